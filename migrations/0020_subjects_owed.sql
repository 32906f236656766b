-- What is owed to the outside world by subject and by when its time ends: a lane behind whose oldest effects many subjects wait finds the
-- first effect of each without reading those that wait behind it.
CREATE INDEX outbox_subject ON outbox(integration, subject, urgent DESC, id) WHERE state < 2;
CREATE INDEX outbox_ending ON outbox(integration, not_after) WHERE state < 2 AND not_after IS NOT NULL;
