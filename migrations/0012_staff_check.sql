-- What the staff register said last of people's passwords, and sessions that were opened on the strength of it.

ALTER TABLE person ADD COLUMN staff_hash TEXT;            -- Argon2id of the password it found right; dropped when it finds it wrong
ALTER TABLE person ADD COLUMN staff_checked_at INTEGER;   -- when it did

ALTER TABLE session ADD COLUMN checked_offline INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ask_again_at INTEGER;      -- the register answers again: such a session ends then
CREATE INDEX session_offline ON session(ask_again_at) WHERE checked_offline = 1;
