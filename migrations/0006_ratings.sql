-- Whose opinion of a closed issue was asked for, what they answered, and what a silence was taken for (behaviour/ratings 4).
--
-- A row is never deleted when it is rated: it is the history of satisfaction, until its retention ends. A question that never went
-- out is no silence: such a row is `undeliverable` and is counted apart.

CREATE TABLE rating_request (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id       INTEGER NOT NULL,
    title          TEXT    NOT NULL,
    author_id      INTEGER NOT NULL,                 -- the service desk's number of whoever wrote the issue
    author_name    TEXT,
    email          TEXT,
    messenger_user TEXT,
    closed_at      INTEGER NOT NULL,
    deadline_at    INTEGER NOT NULL,
    state          TEXT    NOT NULL,                 -- received, resolving, asked, rating, rated, undeliverable, cancelled
    rate           TEXT,                             -- good, normal, bad
    rated_by       TEXT,                             -- user, auto, supervisor
    rated_by_login TEXT,                             -- which supervisor
    refusal        TEXT,                             -- why the service desk does not take the rating
    held_at        INTEGER,
    held_by        TEXT,
    hold_reason    TEXT,
    asked_at       INTEGER,
    message_id     TEXT,
    message_way    TEXT,
    lack           TEXT,                             -- why the author could not be asked
    lack_detail    TEXT,
    ending         TEXT,                             -- why it was cancelled
    ending_reason  TEXT,
    ending_by      TEXT,
    created_at     INTEGER NOT NULL,
    ended_at       INTEGER                           -- when it was rated or cancelled
) STRICT;

-- One asking at a time for one issue.
CREATE UNIQUE INDEX rating_request_pending ON rating_request (issue_id) WHERE state NOT IN ('rated', 'cancelled');
CREATE INDEX rating_request_issue ON rating_request (issue_id, id);
CREATE INDEX rating_request_state ON rating_request (state, id);
CREATE INDEX rating_request_deadline ON rating_request (deadline_at, id) WHERE state NOT IN ('rated', 'cancelled');
-- Figures of a period, and what is old enough to be forgotten.
CREATE INDEX rating_request_closed ON rating_request (closed_at, state, rate, rated_by);
CREATE INDEX rating_request_ended ON rating_request (ended_at) WHERE ended_at IS NOT NULL;
-- Whoever asks to be forgotten.
CREATE INDEX rating_request_email ON rating_request (email COLLATE NOCASE) WHERE email IS NOT NULL;
