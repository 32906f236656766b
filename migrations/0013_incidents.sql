-- Incidents: notices that stand for one cause, kept so that somebody can take one on, and so that its end is told once.
--
-- Which notice belongs to which is worked out from the notices and the network whenever one of them changes; what is kept here is the
-- outcome. Times are milliseconds UTC.

CREATE TABLE incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cause TEXT NOT NULL,                    -- JSON: a target, a source, ...
    level TEXT NOT NULL,                    -- the worst it had
    head INTEGER NOT NULL,                  -- the notice that says best what it is
    began_at INTEGER NOT NULL,
    ended_at INTEGER,                       -- nothing of it holds any more
    recovered INTEGER NOT NULL DEFAULT 0,   -- what it came from works again
    merged_into INTEGER,                    -- it turned out to be part of that one
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    snoozed_by TEXT,
    snoozed_until INTEGER                   -- out of sight until then
) STRICT;
CREATE INDEX incident_open ON incident(id) WHERE ended_at IS NULL;
CREATE INDEX incident_ended ON incident(ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE incident_member (
    notice_id INTEGER PRIMARY KEY REFERENCES notice(id) ON DELETE CASCADE,
    incident_id INTEGER NOT NULL REFERENCES incident(id) ON DELETE CASCADE,
    told INTEGER NOT NULL                   -- people are told of it by itself: the incident began with it
) STRICT;
CREATE INDEX incident_member_of ON incident_member(incident_id, notice_id);

-- Notices of troubles that hold: few, among the many notices that never cease.
CREATE INDEX notice_trouble ON notice(id)
    WHERE cleared_at IS NULL AND class IN ('network_incident', 'floor_source', 'source', 'delivery');
-- Calls that were given up, by what they were.
CREATE INDEX outbox_dead ON outbox(integration, kind, id) WHERE state = 5;
