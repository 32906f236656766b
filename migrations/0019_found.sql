-- What a supervisor finds and does in place: calls to the outside world by when they were ordered, operators past a limit whom somebody
-- has taken on, and rows that no hook told of (product 4.8). Instants are milliseconds UTC.

-- A call that is tried again bears a new instant, so that ids do not tell the order of instants.
CREATE INDEX outbox_created ON outbox(created_at);

-- Somebody deals with an operator past a limit, or has put it off, for everybody and for one stretch of their state: the next stretch is
-- nobody's again.
CREATE TABLE floor_attention (
    operator INTEGER PRIMARY KEY REFERENCES floor_operator(id) ON DELETE CASCADE,
    interval_id INTEGER NOT NULL,       -- that stretch
    taken_by TEXT,                      -- login
    taken_at INTEGER,
    snoozed_by TEXT,                    -- login
    snoozed_until INTEGER
) STRICT;

-- When the row was found by asking again; none where the other side told of it by itself.
ALTER TABLE rating_request ADD COLUMN recovered_at INTEGER;
ALTER TABLE ct_item ADD COLUMN recovered_at INTEGER;
