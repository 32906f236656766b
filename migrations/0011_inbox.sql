-- Whom a notice is for, what each person did with it, and how they want to hear of notices.
--
-- A notice is for everybody who may see its screen, or for the people named in `notice_to`. A person's row there also holds what they
-- did with it; of a notice for everybody it is made when they first do something. Without a row, such a notice is unread.

ALTER TABLE notice ADD COLUMN everyone INTEGER NOT NULL DEFAULT 1;
ALTER TABLE notice ADD COLUMN words TEXT NOT NULL DEFAULT '';    -- what a search looks through, in small letters
CREATE INDEX notice_everyone ON notice(everyone, id);
CREATE INDEX notice_stands ON notice(everyone, id) WHERE cleared_at IS NULL;
CREATE INDEX notice_subject ON notice(subject, id);

CREATE TABLE notice_to (
    login TEXT NOT NULL,                    -- `window` for whoever sits at the engine's own window
    notice_id INTEGER NOT NULL REFERENCES notice(id) ON DELETE CASCADE,
    why TEXT,                               -- why they: a code of the console's texts; NULL for a notice for everybody
    times INTEGER NOT NULL DEFAULT 1,       -- how often they were told
    read_at INTEGER,
    done_at INTEGER,                        -- put aside for good: what is done is read
    snoozed_until INTEGER,                  -- out of sight until then
    back_at INTEGER,                        -- when it last came back into sight
    emptied_at INTEGER,                     -- done by emptying the list, which can be taken back for a while
    was_read_at INTEGER,                    -- what `read_at` was before that
    PRIMARY KEY (login, notice_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_to_notice ON notice_to(notice_id);
CREATE INDEX notice_to_unread ON notice_to(login, notice_id) WHERE read_at IS NULL AND done_at IS NULL;
CREATE INDEX notice_to_open ON notice_to(login, notice_id) WHERE done_at IS NULL;
CREATE INDEX notice_to_done ON notice_to(login, notice_id) WHERE done_at IS NOT NULL;
CREATE INDEX notice_to_snoozed ON notice_to(login, notice_id) WHERE snoozed_until IS NOT NULL;
CREATE INDEX notice_to_due ON notice_to(snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX notice_to_back ON notice_to(login, back_at) WHERE back_at IS NOT NULL;
CREATE INDEX notice_to_emptied ON notice_to(login, emptied_at) WHERE emptied_at IS NOT NULL;

INSERT INTO notice_to (login, notice_id, read_at) SELECT login, notice_id, seen_at FROM notice_seen;
DROP TABLE notice_seen;

-- What somebody does not want to hear of: one subject (`ticket:4312`), or a class of notices.
CREATE TABLE notice_mute (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL,
    kind TEXT NOT NULL,                     -- subject, class
    target TEXT NOT NULL,
    until INTEGER,                          -- NULL: for good
    muted_at INTEGER NOT NULL,
    UNIQUE (login, kind, target)
) STRICT;

-- How somebody wants to hear of notices; nobody here has the usual.
CREATE TABLE notice_preference (
    login TEXT PRIMARY KEY,
    scope TEXT NOT NULL,                    -- whose tickets: mine, all, off
    check_seconds INTEGER NOT NULL,         -- how often the tracker is asked for them
    rest TEXT NOT NULL                      -- JSON: all else
) STRICT, WITHOUT ROWID;
