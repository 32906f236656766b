-- Tickets of the tracker that people work with by hand: as they were last seen, what happened to them, what each account may do and
-- read there, and what somebody wants changed (behaviour/helpdesk 7). Numbers are the tracker's own but for `ticket_change.id`.
-- Instants are milliseconds UTC; lists are JSON.

CREATE TABLE ticket (
    id          INTEGER PRIMARY KEY,
    project_id  INTEGER NOT NULL,
    project     TEXT    NOT NULL,
    tracker_id  INTEGER NOT NULL,
    tracker     TEXT    NOT NULL,
    status_id   INTEGER NOT NULL,
    status      TEXT    NOT NULL,
    closed      INTEGER NOT NULL,
    priority_id INTEGER NOT NULL,
    priority    TEXT    NOT NULL,
    author_id   INTEGER,
    author      TEXT,
    assignee_id INTEGER,
    assignee    TEXT,
    category    TEXT,
    parent_id   INTEGER,
    subject     TEXT    NOT NULL,
    description TEXT    NOT NULL,
    done_ratio  INTEGER NOT NULL,
    private     INTEGER NOT NULL,
    emails      TEXT    NOT NULL,                   -- of who asks and who is told, small letters
    custom      TEXT    NOT NULL,
    start_date  TEXT,
    due_date    TEXT,
    created_on  INTEGER NOT NULL,
    updated_on  INTEGER NOT NULL,
    closed_on   INTEGER,
    watchers    TEXT    NOT NULL DEFAULT '[]',
    children    TEXT    NOT NULL DEFAULT '[]',
    followed    INTEGER NOT NULL,                   -- its changes are news
    status_at   INTEGER NOT NULL,                   -- since when it has its status, as far as is known
    read_at     INTEGER,                            -- when its history was last read
    looked_at   INTEGER NOT NULL,                   -- when it was last known to be there
    missed      INTEGER NOT NULL DEFAULT 0,         -- looks in a row without it
    gone_at     INTEGER,                            -- since when it is no longer visible
    told_status_id INTEGER,                         -- the status people were last told of; none before a look told anybody
    told_status    TEXT
) STRICT;

CREATE INDEX ticket_updated  ON ticket (updated_on, id);
CREATE INDEX ticket_assignee ON ticket (assignee_id, updated_on, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX ticket_author   ON ticket (author_id, updated_on, id) WHERE author_id IS NOT NULL;
CREATE INDEX ticket_open     ON ticket (updated_on, id) WHERE closed = 0;
CREATE INDEX ticket_looked   ON ticket (looked_at) WHERE followed = 1 AND closed = 0;
CREATE INDEX ticket_status   ON ticket (status_id, status, closed) WHERE followed = 1;
CREATE INDEX ticket_project  ON ticket (project_id, created_on);
CREATE INDEX ticket_ended    ON ticket (project_id, closed_on) WHERE closed = 1;
CREATE INDEX ticket_still    ON ticket (project_id, status_at, id) WHERE closed = 0;
CREATE INDEX ticket_project_updated ON ticket (project_id, updated_on, id);

-- Whose address stands in a ticket.
CREATE TABLE ticket_email (
    email     TEXT    NOT NULL,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    PRIMARY KEY (email, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_email_ticket ON ticket_email (ticket_id);

-- What a search looks through, any three letters of it.
CREATE VIRTUAL TABLE ticket_words USING fts5 (words, tokenize = 'trigram', detail = 'full');

CREATE TABLE ticket_entry (
    id         INTEGER PRIMARY KEY,
    ticket_id  INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    user       TEXT    NOT NULL,
    notes      TEXT,
    private    INTEGER NOT NULL,                    -- what was said is for those of `ticket_reader`
    details    TEXT    NOT NULL,
    created_on INTEGER NOT NULL,
    updated_on INTEGER,
    told       INTEGER NOT NULL DEFAULT 0,          -- it is no news any more
    removed    INTEGER NOT NULL DEFAULT 0           -- the tracker has it no longer
) STRICT;

CREATE INDEX ticket_entry_ticket ON ticket_entry (ticket_id, id);
CREATE INDEX ticket_entry_created ON ticket_entry (created_on);
CREATE INDEX ticket_entry_user ON ticket_entry (user_id);

-- Which accounts were shown what only some may read.
CREATE TABLE ticket_reader (
    account   INTEGER NOT NULL,
    entry_id  INTEGER NOT NULL REFERENCES ticket_entry (id) ON DELETE CASCADE,
    PRIMARY KEY (account, entry_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_reader_entry ON ticket_reader (entry_id);

CREATE TABLE ticket_attachment (
    id           INTEGER PRIMARY KEY,
    ticket_id    INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    content_type TEXT,
    author       TEXT,
    created_on   INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_attachment_ticket ON ticket_attachment (ticket_id, id);

-- What an account may do with a ticket: 0 stands for the engine's own.
CREATE TABLE ticket_view (
    account   INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    allowed   TEXT,                                 -- statuses it may set; none where the tracker does not tell
    read_at   INTEGER NOT NULL,
    PRIMARY KEY (account, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_view_ticket ON ticket_view (ticket_id);

-- The tracker's lists, as they were last read.
CREATE TABLE ticket_list (
    kind    TEXT    NOT NULL,                       -- statuses, priorities, projects, fields
    content TEXT    NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_user (
    id    INTEGER PRIMARY KEY,
    login TEXT,
    name  TEXT NOT NULL,
    email TEXT                                      -- small letters
) STRICT;

CREATE INDEX ticket_user_email ON ticket_user (email) WHERE email IS NOT NULL;

CREATE TABLE ticket_change (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id  INTEGER,                             -- none for a new one that is not there yet
    login      TEXT    NOT NULL,                    -- of the console: who asked
    ask        TEXT    NOT NULL,                    -- JSON: what was asked for
    state      TEXT    NOT NULL,                    -- sending, done, partly, conflict, failed
    trouble    TEXT,
    entries    TEXT    NOT NULL,                    -- of the ticket's history: those it made
    at         INTEGER NOT NULL,
    settled_at INTEGER
) STRICT;

CREATE INDEX ticket_change_ticket ON ticket_change (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX ticket_change_new ON ticket_change (id) WHERE ticket_id IS NULL AND settled_at IS NULL;
CREATE INDEX ticket_change_login ON ticket_change (login, id);
CREATE INDEX ticket_change_at ON ticket_change (at);

-- Files people want to attach: each names a body until its change is over.
CREATE TABLE ticket_upload (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    login        TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_upload_login ON ticket_upload (login, sha256);
CREATE INDEX ticket_upload_at ON ticket_upload (at);

-- Choices among tickets that somebody keeps under a name.
CREATE TABLE ticket_filter (
    login  TEXT NOT NULL,
    name   TEXT NOT NULL,
    filter TEXT NOT NULL,
    PRIMARY KEY (login, name)
) STRICT, WITHOUT ROWID;
