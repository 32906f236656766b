-- Addresses that are watched, how each answered, and when nobody looked.
--
-- What was not watched is neither up nor down: `network_watch` says which stretches were, and everything that counts leaves the
-- rest out. Times from packet to answer are microseconds.

CREATE TABLE network_target (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    key              TEXT    NOT NULL UNIQUE,          -- what the address of a request names it by
    title            TEXT    NOT NULL,
    host             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    port             INTEGER,
    path             TEXT,
    packets          INTEGER,
    period_s         INTEGER,
    certificate_port INTEGER,
    workstation_url  TEXT,
    parent_id        INTEGER REFERENCES network_target (id) ON DELETE SET NULL,
    enabled          INTEGER NOT NULL,
    is_default       INTEGER NOT NULL DEFAULT 0,       -- stands in for a target nobody knows (behaviour/helpdesk 6)

    -- The grade, and what its next one depends on.
    grade            INTEGER,                          -- 0 excellent, 1 good, 2 average, 3 poor, 4 disconnected; absent: unknown
    recent           TEXT    NOT NULL DEFAULT '',      -- grades of the last cycles, a digit each, the newest last
    since            INTEGER,                          -- it has had the grade since
    watched_until    INTEGER NOT NULL DEFAULT 0,       -- a cycle later than this begins another stretch of watching
    -- The newest cycle.
    asked_at         INTEGER,
    sent             INTEGER,
    lost             INTEGER,
    min_us           INTEGER,
    median_us        INTEGER,
    max_us           INTEGER,
    jitter_us        INTEGER,
    tcp_instead      INTEGER,
    trouble          TEXT,
    status           INTEGER,
    detail           TEXT,
    last_grade       INTEGER,                          -- of the newest cycle alone
    planned          INTEGER,
    -- The certificate as it was last read.
    cert_until       INTEGER,
    cert_issuer      TEXT,
    cert_read_at     INTEGER,
    cert_told        TEXT                              -- how urgently its end has been told
) STRICT;
CREATE INDEX network_target_parent ON network_target (parent_id) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX network_target_default ON network_target (is_default) WHERE is_default = 1;

-- Off until an administrator has said where it is.
INSERT INTO network_target (key, title, host, kind, port, certificate_port, workstation_url, enabled, is_default)
VALUES ('finesse', 'Finesse', 'finesse.example.com', 'icmp', 8445, 8445, 'https://finesse.example.com/', 0, 1);

-- Every cycle, for some days.
CREATE TABLE network_cycle (
    target_id   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    grade       INTEGER NOT NULL,                      -- of this cycle alone, as above
    sent        INTEGER NOT NULL,
    lost        INTEGER NOT NULL,
    min_us      INTEGER,                               -- absent, like the next three, when nothing answered
    median_us   INTEGER,
    max_us      INTEGER,
    jitter_us   INTEGER,
    tcp_instead INTEGER NOT NULL,
    planned     INTEGER NOT NULL,                      -- asked in a time in which it may be silent
    trouble     TEXT,
    status      INTEGER,
    PRIMARY KEY (target_id, at)
) STRICT, WITHOUT ROWID;

-- The same by the minute, for long: written with each cycle, so that nothing is lost when the cycles are forgotten.
CREATE TABLE network_minute (
    target_id  INTEGER NOT NULL,
    minute     INTEGER NOT NULL,                       -- minutes since 1970 UTC
    cycles     INTEGER NOT NULL,
    failed     INTEGER NOT NULL,                       -- cycles without any answer
    planned    INTEGER NOT NULL,                       -- cycles in a time in which it may be silent
    planned_failed INTEGER NOT NULL,
    sent       INTEGER NOT NULL,
    lost       INTEGER NOT NULL,
    min_us     INTEGER,
    max_us     INTEGER,
    medians_us INTEGER NOT NULL,                       -- sum over the cycles that were answered
    jitters_us INTEGER NOT NULL,
    PRIMARY KEY (target_id, minute)
) STRICT, WITHOUT ROWID;

-- From the first to the last cycle of a stretch without a gap.
CREATE TABLE network_watch (
    target_id INTEGER NOT NULL,
    from_at   INTEGER NOT NULL,
    until_at  INTEGER NOT NULL,
    PRIMARY KEY (target_id, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE network_incident (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES network_target (id) ON DELETE CASCADE,
    began_at  INTEGER NOT NULL,
    ended_at  INTEGER,
    grade     INTEGER NOT NULL,                        -- now
    worst     INTEGER NOT NULL,                        -- at its worst
    trouble   TEXT,
    muted_by  INTEGER,                                 -- the target whose silence explained it
    planned   INTEGER NOT NULL,                        -- it was to be expected
    told      INTEGER NOT NULL                         -- its notice stands
) STRICT;
CREATE UNIQUE INDEX network_incident_open ON network_incident (target_id) WHERE ended_at IS NULL;
CREATE INDEX network_incident_target ON network_incident (target_id, id);
CREATE INDEX network_incident_ended ON network_incident (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE network_maintenance (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER REFERENCES network_target (id) ON DELETE CASCADE, -- absent: all targets
    schedule  TEXT    NOT NULL,                        -- JSON
    ends_at   INTEGER NOT NULL,                        -- the last instant it can matter; the far future for a weekly one
    note      TEXT    NOT NULL,
    set_by    TEXT    NOT NULL,
    set_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX network_maintenance_target ON network_maintenance (target_id, ends_at);
CREATE INDEX network_maintenance_ends ON network_maintenance (ends_at);

-- What was last seen from a workstation: the second place to look from.
CREATE TABLE network_workstation (
    target_id INTEGER NOT NULL REFERENCES network_target (id) ON DELETE CASCADE,
    station   TEXT    NOT NULL,                        -- a name the workstation keeps for itself
    login     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    since     INTEGER NOT NULL,                        -- it has been so since
    reached   INTEGER NOT NULL,
    time_us   INTEGER,
    status    INTEGER,
    trouble   TEXT,
    browser   INTEGER NOT NULL,                        -- a page cannot see a status code, and its time is a rough one
    PRIMARY KEY (target_id, station)
) STRICT, WITHOUT ROWID;
CREATE INDEX network_workstation_at ON network_workstation (at);

-- Targets that are gone and whose history is being forgotten.
CREATE TABLE network_gone (
    target_id INTEGER PRIMARY KEY
) STRICT;
