//! Every fixed statement about ratings, so that the planner can be asked about all of them.
//!
//! Deliberately not here: the pages, whose conditions are put together from a filter (`read`).

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*
        /// All of them, for the planner's test.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    NEXT = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'rating_request'), 0) + 1";
    OF_ID = "SELECT id, issue_id, title, state, author_id, author_name, email, messenger_user, closed_at, deadline_at, held_at, asked_at,
                 message_id, message_way, rate, rated_by, refusal IS NOT NULL, lack, ending
             FROM rating_request WHERE id = ?1";
    NEWEST_OF_ISSUE = "SELECT id, issue_id, title, state, author_id, author_name, email, messenger_user, closed_at, deadline_at, held_at,
                 asked_at, message_id, message_way, rate, rated_by, refusal IS NOT NULL, lack, ending
             FROM rating_request WHERE issue_id = ?1 ORDER BY id DESC LIMIT 1";
    BEGIN = "INSERT INTO rating_request (id, issue_id, title, author_id, closed_at, deadline_at, state, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'received', ?7)";
    LOOK_UP_AGAIN = "UPDATE rating_request SET state = 'received', lack = NULL, lack_detail = NULL WHERE id = ?1";
    CONTACT = "UPDATE rating_request SET state = 'resolving', author_name = ?2, email = ?3 WHERE id = ?1";
    PERSON = "UPDATE rating_request SET messenger_user = ?2 WHERE id = ?1";
    UNDELIVERABLE = "UPDATE rating_request SET state = 'undeliverable', lack = ?2, lack_detail = ?3 WHERE id = ?1";
    ASKED = "UPDATE rating_request SET state = 'asked', asked_at = ?2, message_id = ?3, message_way = ?4, deadline_at = ?5 WHERE id = ?1";
    RATE = "UPDATE rating_request SET state = 'rating', rate = ?2, rated_by = ?3, rated_by_login = ?4, refusal = NULL, held_at = NULL,
                held_by = NULL, hold_reason = NULL WHERE id = ?1";
    RECOVERED = "UPDATE rating_request SET recovered_at = ?2 WHERE id = ?1";
    RATED = "UPDATE rating_request SET state = 'rated', ended_at = ?2 WHERE id = ?1";
    REFUSED = "UPDATE rating_request SET refusal = ?2 WHERE id = ?1";
    HOLD = "UPDATE rating_request SET held_at = ?2, hold_reason = ?3, held_by = ?4 WHERE id = ?1";
    RELEASE = "UPDATE rating_request SET held_at = NULL, hold_reason = NULL, held_by = NULL, deadline_at = ?2 WHERE id = ?1";
    CANCEL = "UPDATE rating_request SET state = 'cancelled', ending = ?2, rate = ?3, rated_by = NULL, rated_by_login = NULL,
                  ending_reason = ?4, ending_by = ?5, ended_at = ?6, refusal = NULL, held_at = NULL, held_by = NULL, hold_reason = NULL
              WHERE id = ?1";
    ROWS_OF_ISSUE = "SELECT id, issue_id, title, author_id, author_name, email, closed_at, deadline_at, state, rate, rated_by, rated_by_login,
                     refusal, held_at, held_by, hold_reason, asked_at, lack, lack_detail, ending, ending_reason, ending_by, created_at,
                     ended_at, recovered_at
                 FROM rating_request WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2";
    COUNTS = "SELECT state, rate, rated_by, count(*) FROM rating_request INDEXED BY rating_request_closed
              WHERE closed_at >= ?1 AND closed_at < ?2 GROUP BY state, rate, rated_by";
    COURSE = "SELECT closed_at / 900000, rate, rated_by, count(*) FROM rating_request INDEXED BY rating_request_closed
              WHERE closed_at >= ?1 AND closed_at < ?2 AND state = 'rated' GROUP BY 1, rate, rated_by";
    OF_AUTHOR = "SELECT id FROM rating_request WHERE email = ?1 COLLATE NOCASE";
    FORGET_AUTHOR = "UPDATE rating_request SET author_name = NULL, email = NULL, messenger_user = NULL, title = '' WHERE id = ?1";
    GIVE_UP = "UPDATE rating_request SET state = 'cancelled', ending = 'by_hand', ended_at = ?2, held_at = NULL, held_by = NULL,
                   hold_reason = NULL WHERE id = ?1 AND state NOT IN ('rated', 'cancelled')";
    FORGET = "DELETE FROM rating_request WHERE id IN
                  (SELECT id FROM rating_request WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2)";
    ROW_OF_ID = "SELECT id, issue_id, title, author_id, author_name, email, closed_at, deadline_at, state, rate, rated_by, rated_by_login,
                     refusal, held_at, held_by, hold_reason, asked_at, lack, lack_detail, ending, ending_reason, ending_by, created_at,
                     ended_at, recovered_at
                 FROM rating_request WHERE id = ?1";
}
