-- The floor: operators as they are, and every stretch of time they were in one state.
--
-- Instants are milliseconds UTC by the source's clock. `floor_watch` says when a team's news could be relied on: outside of it
-- nothing is known, unless a stretch that began before a gap was seen to go on after it. An open stretch has no end.

CREATE TABLE floor_operator (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login_id TEXT NOT NULL UNIQUE,      -- the source's id of the person
    login_name TEXT,
    first_name TEXT,
    last_name TEXT,
    name TEXT NOT NULL,                 -- what is shown
    extension TEXT,                     -- none while signed out
    state TEXT NOT NULL,
    pending TEXT,
    reason TEXT,                        -- JSON
    since INTEGER,                      -- as the source said; none when it did not
    interval_id INTEGER,                -- the stretch that goes on
    began INTEGER,                      -- when it did
    alarm INTEGER NOT NULL DEFAULT 0,   -- 1 past the first limit, 2 past the second
    missing INTEGER NOT NULL DEFAULT 0, -- not in the newest answer about the team
    command_id INTEGER,                 -- a request whose outcome is awaited, or the last one
    dialogs TEXT NOT NULL DEFAULT '[]'  -- JSON: the calls of this moment
) STRICT;

CREATE TABLE floor_team (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id TEXT NOT NULL UNIQUE,       -- the source's id
    name TEXT NOT NULL,
    why TEXT                            -- why it is not watched now; none while it is
) STRICT;

CREATE TABLE floor_member (
    team INTEGER NOT NULL REFERENCES floor_team(id) ON DELETE CASCADE,
    operator INTEGER NOT NULL REFERENCES floor_operator(id) ON DELETE CASCADE,
    PRIMARY KEY (team, operator)
) STRICT, WITHOUT ROWID;
CREATE INDEX floor_member_operator ON floor_member(operator);

CREATE TABLE floor_watch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team INTEGER NOT NULL REFERENCES floor_team(id) ON DELETE CASCADE,
    began INTEGER NOT NULL,
    upto INTEGER NOT NULL,              -- grows while it is open
    open INTEGER NOT NULL
) STRICT;
CREATE INDEX floor_watch_team ON floor_watch(team, began);
CREATE INDEX floor_watch_open ON floor_watch(team) WHERE open = 1;

CREATE TABLE floor_interval (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operator INTEGER NOT NULL REFERENCES floor_operator(id) ON DELETE CASCADE,
    began INTEGER NOT NULL,
    ended INTEGER,                      -- as far as anybody saw
    state TEXT NOT NULL,
    reason TEXT,                        -- JSON
    kind TEXT,                          -- where the reason comes from
    approximate INTEGER NOT NULL,       -- the source gave no time for its beginning
    verdict TEXT,                       -- JSON: what a "not ready" was caused by, with its evidence
    overruled TEXT                      -- JSON: a person's own verdict, who and why
) STRICT;
CREATE INDEX floor_interval_operator ON floor_interval(operator, began);
CREATE INDEX floor_interval_began ON floor_interval(began);
CREATE INDEX floor_interval_befell ON floor_interval(kind, began) WHERE kind IS NOT NULL;

CREATE TABLE floor_queue (
    queue_id TEXT PRIMARY KEY,
    report TEXT NOT NULL,               -- JSON
    heard_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE floor_reason (
    reason_id TEXT PRIMARY KEY,
    code INTEGER,
    label TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE floor_command (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operator INTEGER NOT NULL REFERENCES floor_operator(id) ON DELETE CASCADE,
    wanted TEXT NOT NULL,
    note TEXT NOT NULL,
    by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    answered_at INTEGER
) STRICT;
CREATE INDEX floor_command_operator ON floor_command(operator, id);
CREATE INDEX floor_command_asked ON floor_command(asked_at);

CREATE TABLE floor_note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operator INTEGER NOT NULL REFERENCES floor_operator(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX floor_note_operator ON floor_note(operator, id);

-- A person's own account at another system, which their acts there are done with. The password is a secret and not here.
CREATE TABLE person_account (
    login TEXT NOT NULL,                -- of the console
    integration TEXT NOT NULL,
    account TEXT NOT NULL,              -- the system's id of the person
    since INTEGER NOT NULL,
    PRIMARY KEY (login, integration)
) STRICT, WITHOUT ROWID;
