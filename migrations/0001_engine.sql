-- The engine's own tables: what came in, what was decided, what is owed, what is due, and who may look.
-- Instants are milliseconds since 1970 in UTC. Small closed lists are integers with their meaning beside them.

-- Everything that crossed the border, redacted, before anybody asked what it means.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    integration TEXT NOT NULL,
    kind INTEGER NOT NULL,              -- 0 hook, 1 poll, 2 console, 3 replay
    route TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,               -- the sender's address, or the person
    verdict TEXT NOT NULL,              -- JSON: why it counts as genuine
    request TEXT NOT NULL,              -- JSON: method, path, query, headers without secrets
    body BLOB,                          -- up to 64 KiB; larger bodies are blobs
    blob TEXT,                          -- sha-256 of a body kept as a file
    replay_of INTEGER,
    state INTEGER NOT NULL DEFAULT 0,   -- 0 waiting, 1 done, 2 duplicate, 3 not understood, 4 failed
    decided_at INTEGER,
    facts INTEGER NOT NULL DEFAULT 0,   -- how many facts it held
    error TEXT                          -- JSON: field and reason, or the rejected rows
) STRICT;
-- Nearly every row is done: the index holds only those that are not, so intake pays for one small entry.
CREATE INDEX inbox_attention ON inbox(state, id) WHERE state <> 1;
CREATE INDEX inbox_integration ON inbox(integration, id);

-- Every fact with the decision it led to. A fact's key is unique in its source: a repeat finds its row and does nothing.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,                -- when it happened
    decided_at INTEGER NOT NULL,
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,               -- the integration, `console` or `timer`
    fact_key TEXT NOT NULL,
    subject TEXT NOT NULL,              -- what the decision was about, `call:17`; empty when about nothing
    record_id INTEGER,
    effect_id INTEGER,                  -- the outbox row whose receipt this fact is
    actor TEXT,                         -- the person behind a console command
    fact TEXT NOT NULL,                 -- JSON
    changes TEXT NOT NULL,              -- JSON
    explanation TEXT NOT NULL,          -- JSON: rule, candidates, counterfactual, inputs
    ordered TEXT NOT NULL               -- JSON: kinds of effect, in order
) STRICT;
CREATE UNIQUE INDEX journal_fact ON journal(source, fact_key);
CREATE INDEX journal_record ON journal(record_id) WHERE record_id IS NOT NULL;
CREATE INDEX journal_effect ON journal(effect_id) WHERE effect_id IS NOT NULL;
CREATE INDEX journal_subject ON journal(subject, id) WHERE subject <> '';

-- What we owe the outside world. The key comes from the cause, so a replay cannot owe the same thing twice.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    effect_key TEXT NOT NULL UNIQUE,
    integration TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    effect TEXT NOT NULL,               -- JSON
    journal_id INTEGER NOT NULL,        -- the decision that caused it
    urgent INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,           -- not before
    not_after INTEGER,
    state INTEGER NOT NULL DEFAULT 0,   -- 0 queued, 1 in flight, 2 done, 3 refused, 4 expired, 5 dead, 6 cancelled
    attempts INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    error TEXT                          -- JSON: the last error
) STRICT;
CREATE INDEX outbox_owed ON outbox(integration, urgent DESC, id) WHERE state < 2;
CREATE INDEX outbox_integration ON outbox(integration, id);
CREATE INDEX outbox_failed ON outbox(id) WHERE state IN (3, 4, 5);
CREATE INDEX outbox_journal ON outbox(journal_id);
CREATE INDEX outbox_settled ON outbox(settled_at) WHERE settled_at IS NOT NULL;

-- Each try of an outbox row, with what was said, secrets masked.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    effect_id INTEGER NOT NULL REFERENCES outbox(id) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,              -- `done` or the code of the error
    exchanges TEXT NOT NULL             -- JSON
) STRICT;
CREATE INDEX attempt_effect ON attempt(effect_id, id);

-- Deadlines of areas: they survive restarts and clock jumps because they are rows.
CREATE TABLE timer (
    area TEXT NOT NULL,
    key TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (area, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer(due_at);

-- How far each poll has come, and whether a person has paused an integration.
CREATE TABLE connection (
    integration TEXT PRIMARY KEY,
    cursor TEXT,
    paused_by TEXT,
    paused_at INTEGER,
    last_in_at INTEGER,                 -- newest record
    last_out_at INTEGER,                -- newest successful call
    trouble TEXT                        -- JSON: what a person has to mend, `unauthorized` for one
) STRICT, WITHOUT ROWID;

-- Bodies over 64 KiB, kept as files named by their hash; the row is written after the file is safe.
CREATE TABLE blob (
    sha256 TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL UNIQUE,     -- the login in small letters of any alphabet, which NOCASE would not fold
    full_name TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    office TEXT,
    department TEXT,
    position TEXT,
    phone TEXT,
    vpn INTEGER,
    vpn_end_date TEXT,                  -- YYYY-MM-DD
    words TEXT NOT NULL,                -- what a search looks through, in small letters
    role INTEGER NOT NULL,              -- 0 operator, 1 viewer, 2 supervisor, 3 admin
    grants TEXT NOT NULL DEFAULT '[]',  -- JSON list
    teams TEXT NOT NULL DEFAULT '[]',   -- JSON list; empty is all teams
    password_hash TEXT,                 -- Argon2id; none until one is set
    blocked_by INTEGER,                 -- 0 an administrator, 1 the staff register
    created_at INTEGER NOT NULL,
    seen_at INTEGER
) STRICT;
CREATE UNIQUE INDEX person_email ON person(email_key) WHERE email_key IS NOT NULL;
CREATE INDEX person_role ON person(role);

-- Failed sign-ins by login, whether anybody has that login or not: a lock must not tell which logins exist.
CREATE TABLE sign_in (
    login_key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    locked_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_last ON sign_in(last_at);

-- Only hashes of session tokens and keys are kept: the database lets nobody in.
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,        -- moves on with use
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session(person_id, id);
CREATE INDEX session_expiry ON session(expires_at);

CREATE TABLE api_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    key_hash BLOB NOT NULL UNIQUE,
    role INTEGER NOT NULL,              -- as in person: what the key may do at most
    grants TEXT NOT NULL,               -- JSON list
    routes TEXT NOT NULL,               -- JSON list of route names, `*` for all: where it may do it
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,               -- JSON, without secrets
    address TEXT NOT NULL
) STRICT;
CREATE INDEX audit_actor ON audit(actor, id);
CREATE INDEX audit_object ON audit(object, id);

-- How far a clean-up that leaves its rows standing has come.
CREATE TABLE retention (
    kind TEXT PRIMARY KEY,
    upto INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A running or finished import: it goes on from `line` when the same file is started again.
CREATE TABLE import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,   -- 0 running, 1 done, 2 cancelled, 3 failed, 4 interrupted
    started_by TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    total INTEGER,                      -- rows in the file, once known
    line INTEGER NOT NULL DEFAULT 0,    -- rows dealt with
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    error TEXT
) STRICT;
CREATE INDEX import_file ON import(kind, sha256, id);
CREATE INDEX import_unfinished ON import(id) WHERE state = 0;
CREATE TABLE import_rejected (
    import_id INTEGER NOT NULL REFERENCES import(id) ON DELETE CASCADE,
    row INTEGER NOT NULL,               -- the row's number, the first under the header being 1
    line INTEGER NOT NULL,              -- where it begins in the file
    reason TEXT NOT NULL,
    text TEXT NOT NULL,                 -- the row as it came, cut at 2,000 characters
    PRIMARY KEY (import_id, row)
) STRICT, WITHOUT ROWID;
