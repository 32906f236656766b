-- Documents of the accounting system, the tasks made of them, and what is known of the house they are given out in
-- (behaviour/erp_tasks 5, 7).
--
-- Instants are milliseconds UTC. A document is found again by the sender's id of it, so that one sent twice makes its tasks once; that
-- holds until its retention ends. How busy anybody is is never kept but as the reason of a choice.

CREATE TABLE erp_request (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    guid             TEXT    NOT NULL UNIQUE,        -- the sender's id of the document
    number           TEXT    NOT NULL,
    record_id        INTEGER NOT NULL,               -- the inbox row it came in last: there is the content of its files
    document         TEXT    NOT NULL,               -- JSON: what it says
    queued           TEXT,                           -- JSON: what it said when it came again while it was being worked on
    queued_record_id INTEGER,
    state            TEXT    NOT NULL,               -- received, partial, done, update_failed, error
    stage            TEXT,                           -- directory, survey, creation, files, update; none once it is settled
    tries            INTEGER NOT NULL DEFAULT 0,     -- how often what failed was tried again by itself
    trouble          TEXT,                           -- JSON: why it was not worked on to its end
    received_at      INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    ended_at         INTEGER                         -- when it was settled; none while it is worked on
) STRICT;

CREATE INDEX erp_request_waiting ON erp_request (id) WHERE stage = 'directory';
CREATE INDEX erp_request_state ON erp_request (state, id);
CREATE INDEX erp_request_number ON erp_request (number, id);
CREATE INDEX erp_request_ended ON erp_request (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE erp_task (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id       INTEGER NOT NULL REFERENCES erp_request (id) ON DELETE CASCADE,
    task_key          TEXT    NOT NULL,
    calculation       TEXT    NOT NULL,              -- the sub-department's name, as sent
    department_id     INTEGER NOT NULL,
    responsible_id    INTEGER NOT NULL,
    task_id           INTEGER,                       -- the portal's number of it, once it is there
    state             TEXT    NOT NULL,              -- creating, created, stale, done, refused, update_failed, completed
    ordered           TEXT,                          -- JSON: what is to be created, until it is
    estimate_s        INTEGER,
    workload_snapshot TEXT    NOT NULL,              -- JSON: among whom was chosen, and why this one
    files             TEXT    NOT NULL DEFAULT '[]', -- JSON: the portal's numbers of files that were added to it
    detail            TEXT,                          -- why it was refused
    given_at          INTEGER NOT NULL,              -- when somebody was chosen
    created_at        INTEGER,                       -- when it was heard to be there
    updated_at        INTEGER NOT NULL,
    UNIQUE (document_id, task_key)
) STRICT;

-- Tasks a survey may not show yet, and whose turn it was last.
CREATE INDEX erp_task_creating ON erp_task (id) WHERE state = 'creating';
CREATE INDEX erp_task_created ON erp_task (created_at) WHERE created_at IS NOT NULL;
CREATE INDEX erp_task_given ON erp_task (responsible_id, given_at) WHERE state <> 'refused';

CREATE TABLE erp_file (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES erp_request (id) ON DELETE CASCADE,
    sha256      TEXT    NOT NULL,
    name        TEXT,                                -- as the document had it then
    size        INTEGER,
    disk_id     INTEGER,                             -- the portal's number of it; none where it could not be uploaded
    UNIQUE (document_id, sha256)
) STRICT;

CREATE TABLE erp_cache (
    kind       TEXT    PRIMARY KEY,                  -- departments, people, project, schedule; reading and failed are marks
    payload    TEXT    NOT NULL,                     -- JSON
    fetched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
