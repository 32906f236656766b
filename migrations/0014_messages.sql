-- What people write to each other by the messenger, what the engine writes to them of notices, who is on whose list of contacts and how
-- they are (behaviour/helpdesk 5, contracts/xmpp). Instants are milliseconds UTC.
--
-- An account is a person of the console, by number: 0 is whoever sits at the engine's own window, -1 the engine's own account. What people
-- wrote stands here and in what is owed, in no record and no decision: it is read by those it is for, and forgotten by its age.

CREATE TABLE message (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    account   INTEGER NOT NULL,
    peer      TEXT    NOT NULL,                  -- the other side, whoever of the two wrote; small letters, without a resource
    ours      INTEGER NOT NULL,
    uid       TEXT,                              -- the id its sender gave it
    archive   TEXT,                              -- where the account's archive has it
    text      TEXT    NOT NULL,                  -- for people
    words     TEXT,                              -- JSON: of a duplicate, what it is worded from
    at        INTEGER NOT NULL,                  -- when it was written
    state     TEXT,                              -- queued, sent, delivered, failed; NULL for what we did not send
    failure   TEXT,
    detail    TEXT,
    returned  INTEGER NOT NULL DEFAULT 0,        -- the other side's server gave it back for good
    tries     INTEGER NOT NULL DEFAULT 0,        -- after it came back
    again_at  INTEGER,                           -- when the next one is
    by_login  TEXT,                              -- who wrote it in the console
    notice_id INTEGER,                           -- the notice it is a duplicate of
    kept_at   INTEGER NOT NULL                   -- when it came to us: its age counts from the later of the two
) STRICT;

-- However many ways a message comes, it is one.
CREATE UNIQUE INDEX message_archive ON message (account, archive) WHERE archive IS NOT NULL;
CREATE UNIQUE INDEX message_uid     ON message (account, peer, ours, uid) WHERE uid IS NOT NULL;
CREATE INDEX message_conversation   ON message (account, peer, at, id);
CREATE INDEX message_theirs         ON message (account, peer, at) WHERE ours = 0;
CREATE INDEX message_peer           ON message (peer);
CREATE INDEX message_kept           ON message (kept_at);

-- A conversation: up to when it is read, and its newest message.
CREATE TABLE conversation (
    account INTEGER NOT NULL,
    peer    TEXT    NOT NULL,
    read_at INTEGER,                             -- everything of theirs up to then is read
    last_at INTEGER,                             -- when its newest message was written; NULL while it has none
    PRIMARY KEY (account, peer)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_last ON conversation (account, last_at) WHERE last_at IS NOT NULL;
CREATE INDEX conversation_peer ON conversation (peer);

-- People's own accounts. Their passwords are secrets.
CREATE TABLE messenger_account (
    person     INTEGER PRIMARY KEY,
    address    TEXT    NOT NULL UNIQUE,
    added_at   INTEGER NOT NULL,
    archive    TEXT,                             -- the archive's own id of the newest message we have seen of it
    archive_at INTEGER                           -- when that was written
) STRICT;

CREATE TABLE contact (
    account      INTEGER NOT NULL,
    address      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    subscription TEXT    NOT NULL,               -- none, to, from, both
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_address ON contact (address);

-- How contacts are, program by program. Forgotten at every start and with every session: what nobody sees is not known.
CREATE TABLE presence (
    account  INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    resource TEXT    NOT NULL,
    presence TEXT    NOT NULL,
    status   TEXT    NOT NULL,
    since    INTEGER NOT NULL,
    PRIMARY KEY (account, address, resource)
) STRICT, WITHOUT ROWID;

-- Who waits to be told if they may see how somebody is.
CREATE TABLE subscription_question (
    account   INTEGER NOT NULL,
    address   TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL,
    answering INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;

-- Whether any class of notices goes to somebody's messenger: few people want that, and each notice looks for them.
ALTER TABLE notice_preference ADD COLUMN messenger INTEGER NOT NULL DEFAULT 0;
UPDATE notice_preference SET messenger = EXISTS (
    SELECT 1 FROM json_each(rest, '$.rules') WHERE json_extract(value, '$.messenger'));
CREATE INDEX notice_preference_messenger ON notice_preference (login) WHERE messenger = 1;
