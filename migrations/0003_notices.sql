-- What a person should know: raised by rules, brought up to date while it stands, cleared when it no longer holds.
--
-- `key` is the rule's own: among notices that still stand it is unique, so that the same trouble is one notice however often it is
-- seen. A cleared notice stays for the history. Who has read what stands in `notice_seen`; a notice nobody marked is unread.

CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    class TEXT NOT NULL,
    level TEXT NOT NULL,                -- info, warning, critical
    subject TEXT NOT NULL,              -- where its screen is, `operator:17`
    code TEXT NOT NULL,                 -- the sentence, as a code of the console's texts
    detail TEXT NOT NULL,               -- JSON: values for the sentence
    journal_id INTEGER,                 -- the decision that raised it: "why did I get it?"
    raised_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    cleared_at INTEGER,                 -- no longer so
    times INTEGER NOT NULL DEFAULT 1    -- how often it was seen while it stood
) STRICT;
CREATE UNIQUE INDEX notice_standing ON notice(key) WHERE cleared_at IS NULL;
CREATE INDEX notice_raised ON notice(raised_at);

CREATE TABLE notice_seen (
    notice_id INTEGER NOT NULL REFERENCES notice(id) ON DELETE CASCADE,
    login TEXT NOT NULL,                -- whose eyes; `window` for whoever sits at the engine's own window
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (notice_id, login)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_seen_login ON notice_seen(login, notice_id);
