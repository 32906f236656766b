-- Tells the simulator every stanza that comes and goes, and gives notifications the shape Openfire gives them where that
-- is wanted. Passwords are not told. Nothing here changes what is accepted or refused.

local filters = require "util.filters";
local json = require "util.json";
local jid = require "util.jid";
local st = require "util.stanza";
local new_id = require "util.id".short;

local shape = module:get_option_string("finesse_shape", "prosody");
local service = "pubsub." .. module.host;

local function tell(direction, session, text)
	-- The publisher is the simulator itself, the only one to come by the port without TLS.
	if not session.secure then return; end
	io.stdout:write("WIRE ", json.encode({ direction = direction, who = session.full_jid; text = text }), "\n");
	io.stdout:flush();
end

local function inbound(stanza, session)
	if st.is_stanza(stanza) and stanza.attr.xmlns == "urn:ietf:params:xml:ns:xmpp-sasl" then
		tell("in", session, "<auth>[secret]</auth>");
	else
		tell("in", session, tostring(stanza));
	end
	return stanza;
end

local function outbound(stanza, session)
	local event = shape == "openfire" and st.is_stanza(stanza) and stanza.name == "message"
		and stanza.attr.from == service and stanza:get_child("event", "http://jabber.org/protocol/pubsub#event");
	if event and event.tags[1] then
		stanza = st.clone(stanza);
		stanza.attr.type = nil;
		stanza.attr.id = event.tags[1].attr.node .. "__" .. jid.bare(stanza.attr.to) .. "__" .. new_id();
	end
	tell("out", session, tostring(stanza));
	return stanza;
end

filters.add_filter_hook(function (session)
	if session.type == "c2s_unauthed" or session.type == "c2s" then
		filters.add_filter(session, "stanzas/in", inbound);
		filters.add_filter(session, "stanzas/out", outbound);
	end
end);
