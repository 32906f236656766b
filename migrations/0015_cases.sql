-- What people joined and split by hand, and what texts name of other things. A case itself is stored nowhere: it is put together when
-- somebody looks. Things are written as `kind:id`, for instance `ticket:4312` or `phone:37060000000`.

-- Every word said by hand. Of two things the last word that was not taken back holds.
CREATE TABLE case_hand (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    a         TEXT    NOT NULL,                     -- the lesser of the two
    b         TEXT    NOT NULL,
    verdict   TEXT    NOT NULL,                     -- joined, split
    reason    TEXT    NOT NULL,                     -- in their words
    by        TEXT    NOT NULL,                     -- who: their login
    at        INTEGER NOT NULL,                     -- ms UTC
    undone_at INTEGER                               -- when it was taken back
) STRICT;

CREATE INDEX case_hand_a ON case_hand (a, b, id) WHERE undone_at IS NULL;
CREATE INDEX case_hand_b ON case_hand (b, a, id) WHERE undone_at IS NULL;
CREATE INDEX case_hand_at ON case_hand (at);

-- Telephone numbers, `#4312` and keys like `ABC-12` that stand in texts everybody may read who may see the thing. What only some may
-- read is never in here.
CREATE TABLE case_mention (
    part  TEXT NOT NULL,                            -- the row whose text it is, `entry:55`
    named TEXT NOT NULL,                            -- `+37060000000`, `#4312`, `ABC-12`
    thing TEXT NOT NULL,                            -- what that row belongs to
    place TEXT NOT NULL,                            -- title, text, field, comment, message
    PRIMARY KEY (part, named)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_mention_named ON case_mention (named, thing);
CREATE INDEX case_mention_thing ON case_mention (thing, named, place);

-- The portal's number of a task.
CREATE INDEX erp_task_portal ON erp_task (task_id) WHERE task_id IS NOT NULL;

-- A text that changes, is erased or forgotten names nothing any more; what the new one names is written after it.
CREATE TRIGGER case_ticket_changed AFTER UPDATE OF subject, description, custom ON ticket
WHEN (old.subject, old.description, old.custom) IS NOT (new.subject, new.description, new.custom) BEGIN
    DELETE FROM case_mention WHERE part = 'ticket:' || new.id;
END;
CREATE TRIGGER case_ticket_gone AFTER DELETE ON ticket BEGIN
    DELETE FROM case_mention WHERE part = 'ticket:' || old.id;
END;
CREATE TRIGGER case_entry_changed AFTER UPDATE OF notes, private, removed ON ticket_entry
WHEN (old.notes, old.private, old.removed) IS NOT (new.notes, new.private, new.removed) BEGIN
    DELETE FROM case_mention WHERE part = 'entry:' || new.id;
END;
CREATE TRIGGER case_entry_gone AFTER DELETE ON ticket_entry BEGIN
    DELETE FROM case_mention WHERE part = 'entry:' || old.id;
END;
CREATE TRIGGER case_pair_changed AFTER UPDATE OF summary ON ct_link WHEN old.summary IS NOT new.summary BEGIN
    DELETE FROM case_mention WHERE part = 'pair:' || new.id;
END;
CREATE TRIGGER case_pair_gone AFTER DELETE ON ct_link BEGIN
    DELETE FROM case_mention WHERE part = 'pair:' || old.id;
END;
CREATE TRIGGER case_request_changed AFTER UPDATE OF summary, text, link_id ON ct_request
WHEN (old.summary, old.text, old.link_id) IS NOT (new.summary, new.text, new.link_id) BEGIN
    DELETE FROM case_mention WHERE part = 'request:' || new.id;
END;
CREATE TRIGGER case_request_gone AFTER DELETE ON ct_request BEGIN
    DELETE FROM case_mention WHERE part = 'request:' || old.id;
END;
CREATE TRIGGER case_item_changed AFTER UPDATE OF text, link_id ON ct_item
WHEN (old.text, old.link_id) IS NOT (new.text, new.link_id) BEGIN
    DELETE FROM case_mention WHERE part = 'item:' || new.id;
END;
CREATE TRIGGER case_item_gone AFTER DELETE ON ct_item BEGIN
    DELETE FROM case_mention WHERE part = 'item:' || old.id;
END;
CREATE TRIGGER case_rating_changed AFTER UPDATE OF title ON rating_request WHEN old.title IS NOT new.title BEGIN
    DELETE FROM case_mention WHERE part = 'rating:' || new.id;
END;
CREATE TRIGGER case_rating_gone AFTER DELETE ON rating_request BEGIN
    DELETE FROM case_mention WHERE part = 'rating:' || old.id;
END;
CREATE TRIGGER case_document_changed AFTER UPDATE OF document ON erp_request WHEN old.document IS NOT new.document BEGIN
    DELETE FROM case_mention WHERE part = 'document:' || new.id;
END;
CREATE TRIGGER case_document_gone AFTER DELETE ON erp_request BEGIN
    DELETE FROM case_mention WHERE part = 'document:' || old.id;
END;
