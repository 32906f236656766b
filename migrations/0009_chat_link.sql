-- Conversations of the messenger and issues of the tracker: links, requests, wishes, items that are copied, and what we made ourselves
-- (behaviour/chat_tracker 8). Instants are milliseconds UTC; lists are JSON.

CREATE TABLE ct_link (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_key    TEXT    NOT NULL UNIQUE,
    issue_id     TEXT    NOT NULL,
    url          TEXT    NOT NULL,                  -- the issue's page for people
    summary      TEXT    NOT NULL,
    status       TEXT    NOT NULL,                  -- for people, as last seen
    over         INTEGER NOT NULL,                  -- whether that status ends the issue
    chat_id      INTEGER,                           -- chat of the conversation's first message
    message_id   INTEGER UNIQUE,                    -- that message
    thread_id    INTEGER,
    user_id      INTEGER,                           -- who asked
    last_comment TEXT,                              -- the last comment that was handled
    paused_at    INTEGER,                           -- since when nothing is copied
    paused_why   TEXT,                              -- echo, storm, or who wanted it
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX ct_link_user ON ct_link (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ct_link_paused ON ct_link (paused_at) WHERE paused_at IS NOT NULL;

CREATE TABLE ct_request (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    way         TEXT    NOT NULL,                   -- form, message
    state       TEXT    NOT NULL,                   -- opened, author, department, creating, anchoring, done, failed, skipped
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER,
    message_id  INTEGER,                            -- the message it is made of
    summary     TEXT    NOT NULL,
    subcategory TEXT,
    text        TEXT    NOT NULL,
    files       TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    login       TEXT,
    department  TEXT,
    link_id     INTEGER REFERENCES ct_link (id) ON DELETE SET NULL,
    digest      TEXT,                               -- tells the same form sent twice
    trouble     TEXT,
    at          INTEGER NOT NULL
) STRICT;

CREATE INDEX ct_request_link ON ct_request (link_id) WHERE link_id IS NOT NULL;
CREATE INDEX ct_request_digest ON ct_request (digest) WHERE digest IS NOT NULL;
CREATE INDEX ct_request_author ON ct_request (user_id) WHERE state = 'author';
CREATE INDEX ct_request_trouble ON ct_request (id) WHERE state IN ('author', 'department', 'creating', 'anchoring', 'failed');
CREATE INDEX ct_request_at ON ct_request (at);
CREATE INDEX ct_request_user ON ct_request (user_id);

CREATE TABLE ct_wish (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    state   TEXT    NOT NULL,                       -- person, issue, doing, done, refused
    user_id INTEGER NOT NULL,
    chat_id INTEGER,
    press   TEXT,                                   -- the button; none for a text
    trouble TEXT,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX ct_wish_person ON ct_wish (user_id) WHERE state = 'person';
CREATE INDEX ct_wish_at ON ct_wish (at);

CREATE TABLE ct_item (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    link_id     INTEGER REFERENCES ct_link (id) ON DELETE CASCADE,
    side        TEXT    NOT NULL,                   -- chat, tracker
    external_id TEXT    NOT NULL,                   -- of the message or comment
    event       TEXT    NOT NULL,                   -- written, edited, deleted
    message_id  INTEGER,
    user_id     INTEGER,
    author      TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    files       TEXT    NOT NULL,
    mentioned   TEXT    NOT NULL,                   -- logins of those who are to be let in
    hops        INTEGER NOT NULL,                   -- how often it has gone round
    origin_id   INTEGER,                            -- whose echo it is
    state       TEXT    NOT NULL,                   -- finding, reading, sending, done, skipped, held, failed
    reason      TEXT,
    copy_id     TEXT,                               -- of its copy at the other side
    at          INTEGER NOT NULL,
    parent_id   INTEGER,                            -- of the message whose thread it stands in, where that was no conversation yet
    UNIQUE (side, external_id)
) STRICT;

CREATE INDEX ct_item_link ON ct_item (link_id, id);
CREATE INDEX ct_item_message ON ct_item (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ct_item_held ON ct_item (link_id, id) WHERE state IN ('held', 'failed');
CREATE INDEX ct_item_finding ON ct_item (id) WHERE state = 'finding';
CREATE INDEX ct_item_at ON ct_item (at);
CREATE INDEX ct_item_user ON ct_item (user_id) WHERE user_id IS NOT NULL;

-- Messages and comments we made: never copied, whatever they say.
CREATE TABLE ct_echo (
    side        TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (side, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ct_echo_created ON ct_echo (created_at);

CREATE TABLE ct_user (
    chat_id    INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    nickname   TEXT    NOT NULL,
    email      TEXT,
    login      TEXT,                                -- at the tracker
    bot        INTEGER NOT NULL,
    suspended  INTEGER NOT NULL,
    own        INTEGER NOT NULL,                    -- it is ourselves
    fetched_at INTEGER NOT NULL
) STRICT;

CREATE INDEX ct_user_email ON ct_user (email COLLATE NOCASE) WHERE email IS NOT NULL;
