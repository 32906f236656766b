-- What the past of the floor needs beside the stretches: how the messengers of operators were, as evidence of why somebody was not ready
-- (product 4.4), who was in which team before they left it, and when a note was put right.
--
-- Presence is kept for addresses of operators alone. A span begins with what a session heard and ends with the next it heard, or with the
-- session: outside of spans nothing is known. Instants are milliseconds UTC. Forgotten with the history of states.

-- The address a supervisor settled; absent: that of the person of the console who signs in by the same name, if there is one.
ALTER TABLE floor_operator ADD COLUMN messenger TEXT;
CREATE INDEX floor_operator_messenger ON floor_operator(messenger) WHERE messenger IS NOT NULL;

CREATE TABLE floor_presence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,           -- whose session saw it
    address TEXT NOT NULL,
    presence TEXT NOT NULL,             -- of their most present program
    began INTEGER NOT NULL,
    ended INTEGER                       -- none while it goes on
) STRICT;
CREATE INDEX floor_presence_address ON floor_presence(address, began);
CREATE UNIQUE INDEX floor_presence_open ON floor_presence(account, address) WHERE ended IS NULL;
CREATE INDEX floor_presence_ended ON floor_presence(ended) WHERE ended IS NOT NULL;

-- Until when the sessions that have open spans were heard: a hard end leaves the right end behind.
CREATE TABLE floor_presence_heard (
    account INTEGER PRIMARY KEY,
    upto INTEGER NOT NULL
) STRICT;

-- Teams somebody has left: the past knows them as they were until then. Whoever comes back stands in floor_member again.
CREATE TABLE floor_left (
    team INTEGER NOT NULL REFERENCES floor_team(id) ON DELETE CASCADE,
    operator INTEGER NOT NULL REFERENCES floor_operator(id) ON DELETE CASCADE,
    until INTEGER NOT NULL,
    PRIMARY KEY (team, operator)
) STRICT, WITHOUT ROWID;
CREATE INDEX floor_left_operator ON floor_left(operator);
CREATE INDEX floor_left_until ON floor_left(until);

-- When a note was last put right; none while it is as it was written.
ALTER TABLE floor_note ADD COLUMN changed_at INTEGER;
CREATE INDEX floor_note_at ON floor_note(at);
