-- Changes of tickets that were not made, or not whole, wait for whoever asked for them: to be sent again, or to be put aside.

ALTER TABLE ticket_change ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;    -- whoever asked for it needs to see it no more
