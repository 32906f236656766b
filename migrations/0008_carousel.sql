-- The carousel: services, people and groups of the service desk, days away, tickets that wait, and who was given which
-- (behaviour/carousel 3). Days are YYYY-MM-DD where the carousel turns, instants are milliseconds UTC.

CREATE TABLE desk_services (
    id           INTEGER PRIMARY KEY,               -- the service desk's number
    enabled      INTEGER NOT NULL DEFAULT 0,        -- whether its tickets go round
    name         TEXT    NOT NULL,
    fullname     TEXT,
    description  TEXT,
    last_user_id INTEGER,                           -- who was given the last ticket; need not be there any more
    stage        TEXT,                              -- what is under way: listing, assigning
    stage_at     INTEGER,                           -- since when, or when the last pass ended
    ordered      INTEGER NOT NULL DEFAULT 0,        -- tickets ordered in this pass
    nobody_since INTEGER,                           -- since when nobody may be given its tickets
    trouble      TEXT,                              -- why its last pass came to nothing
    listed_at    INTEGER,                           -- when its tickets were last read
    cut          INTEGER NOT NULL DEFAULT 0,        -- whether there were more than were read
    date_in      INTEGER NOT NULL,
    removed_at   INTEGER
) STRICT;

CREATE TABLE desk_users (
    id         INTEGER PRIMARY KEY,                 -- the service desk's number
    enabled    INTEGER NOT NULL DEFAULT 0,          -- whether on the carousel
    name       TEXT    NOT NULL,
    firstname  TEXT,
    lastname   TEXT,
    middlename TEXT,
    email      TEXT,
    username   TEXT,
    flagged_at INTEGER,                             -- when the service desk refused this one
    flag       TEXT,                                -- and why
    ts         INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE TABLE desk_usergroups (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    description TEXT,
    date_in     INTEGER NOT NULL,
    removed_at  INTEGER
) STRICT;

CREATE TABLE desk_user_group_binds (
    usergroup_id INTEGER NOT NULL REFERENCES desk_usergroups (id) ON DELETE CASCADE,
    user_id      INTEGER NOT NULL REFERENCES desk_users (id) ON DELETE CASCADE,
    date_in      INTEGER NOT NULL,
    PRIMARY KEY (usergroup_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_user_group_binds_user ON desk_user_group_binds (user_id);

CREATE TABLE desk_service_usergroup_binds (
    service_id   INTEGER NOT NULL REFERENCES desk_services (id) ON DELETE CASCADE,
    usergroup_id INTEGER NOT NULL REFERENCES desk_usergroups (id) ON DELETE CASCADE,
    date_in      INTEGER NOT NULL,
    PRIMARY KEY (service_id, usergroup_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_service_usergroup_binds_group ON desk_service_usergroup_binds (usergroup_id);

CREATE TABLE desk_absence (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES desk_users (id) ON DELETE CASCADE,
    "start" TEXT    NOT NULL,                       -- both ends are days away
    "end"   TEXT    NOT NULL,
    half    TEXT,                                   -- first, second; whole days where empty
    rrule   TEXT,                                   -- RFC 5545
    source  TEXT    NOT NULL                        -- import, manual
) STRICT;

CREATE INDEX desk_absence_user ON desk_absence (user_id);

-- Tickets of the last list that still wait.
CREATE TABLE desk_ticket (
    number     INTEGER PRIMARY KEY,                 -- the service desk's number
    service_id INTEGER NOT NULL REFERENCES desk_services (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    created_at INTEGER,
    status     INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0,          -- how often it could not be given to anybody
    next_try   INTEGER,                             -- not before this; with tries and without this it is parked
    refused    TEXT    NOT NULL DEFAULT '[]'        -- JSON: who was refused for it
) STRICT;

CREATE INDEX desk_ticket_service ON desk_ticket (service_id, place);

CREATE TABLE desk_assignment (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    service_id    INTEGER NOT NULL,
    ticket_number INTEGER NOT NULL,
    user_id       INTEGER NOT NULL,
    way           TEXT    NOT NULL,                 -- turn, reassigned
    state         TEXT    NOT NULL,                 -- planned, sent, confirmed, failed
    outcome       TEXT,                             -- what it came to
    detail        TEXT,                             -- the service desk's reason
    last_user_id  INTEGER,                          -- whose turn was the last one then
    considered    TEXT    NOT NULL,                 -- JSON: everybody of the service, and why or why not
    otherwise_id  INTEGER,                          -- whose turn it would have been, had nobody been away
    by            TEXT,                             -- who wanted it, where somebody did
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

-- A ticket is given to one person at a time, whatever becomes of this process meanwhile.
CREATE UNIQUE INDEX desk_assignment_open ON desk_assignment (ticket_number) WHERE state IN ('planned', 'sent');
CREATE INDEX desk_assignment_ticket ON desk_assignment (ticket_number, id);
CREATE INDEX desk_assignment_planned ON desk_assignment (service_id) WHERE state = 'planned';
CREATE INDEX desk_assignment_service ON desk_assignment (service_id, id);
CREATE INDEX desk_assignment_user ON desk_assignment (user_id, updated_at) WHERE state = 'confirmed';
CREATE INDEX desk_assignment_log ON desk_assignment (updated_at) WHERE state = 'confirmed';
CREATE INDEX desk_assignment_age ON desk_assignment (updated_at);

CREATE TABLE desk_import (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    since    INTEGER,                               -- a reading is under way
    imported TEXT                                   -- JSON: how the last one ended
) STRICT;
