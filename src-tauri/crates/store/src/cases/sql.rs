//! Every fixed statement about cases, so that the planner can be asked about all of them.
//!
//! Deliberately not here: statements of the areas themselves (their own lists).

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*
        /// All of them, for the planner's test.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    KEEP_HAND = "INSERT INTO case_hand (a, b, verdict, reason, by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    TAKE_BACK = "UPDATE case_hand SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL";
    HAND = "SELECT id, a, b, verdict, reason, by, at FROM case_hand WHERE id = ?1 AND undone_at IS NULL";
    HAND_OF_A = "SELECT max(id), a, b, verdict, reason, by, at FROM case_hand INDEXED BY case_hand_a
                 WHERE a = ?1 AND undone_at IS NULL GROUP BY b LIMIT ?2";
    HAND_OF_B = "SELECT max(id), a, b, verdict, reason, by, at FROM case_hand INDEXED BY case_hand_b
                 WHERE b = ?1 AND undone_at IS NULL GROUP BY a LIMIT ?2";
    FORGET_HAND = "DELETE FROM case_hand WHERE id IN (SELECT id FROM case_hand WHERE at < ?1 ORDER BY at LIMIT ?2)";
    EVERY_HAND = "SELECT id, a, b, reason FROM case_hand WHERE id > ?1 ORDER BY id LIMIT ?2";
    ERASE_HAND = "DELETE FROM case_hand WHERE id = ?1";

    NOTE = "INSERT OR IGNORE INTO case_mention (part, named, thing, place) VALUES (?1, ?2, ?3, ?4)";
    NAMED_BY = "SELECT named, min(place) FROM case_mention WHERE thing = ?1 GROUP BY named LIMIT ?2";
    NAMING = "SELECT DISTINCT thing FROM case_mention WHERE named = ?1 ORDER BY thing LIMIT ?2";
    PHONES_NAMED = "SELECT part, named FROM case_mention INDEXED BY case_mention_named WHERE named >= '+' AND named < ','";
    ERASE_MENTION = "DELETE FROM case_mention WHERE part = ?1 AND named = ?2";

    CALLS_OF_NUMBER = "SELECT id FROM calls INDEXED BY calls_phone WHERE phone_rev = ?1 AND phone_rev IS NOT NULL AND (?2 OR centre = 1)
                 AND (?4 IS NULL OR operator_id IS NULL OR operator_id IN (SELECT value FROM json_each(?4)))
                 ORDER BY started_at DESC, id DESC LIMIT ?3";
    NUMBERS_ENDING = "SELECT max(phone), max(started_at) FROM calls INDEXED BY calls_phone
                 WHERE phone_rev >= ?1 AND phone_rev < ?2 AND phone_rev IS NOT NULL AND (?3 OR centre = 1)
                 AND (?5 IS NULL OR operator_id IS NULL OR operator_id IN (SELECT value FROM json_each(?5)))
                 GROUP BY phone_rev LIMIT ?4";
    AGENCY = "SELECT agency_name, agency_manager, blacklist FROM calls INDEXED BY calls_agency
                 WHERE agency_id = ?1 AND agency_id > 0 AND (?2 OR centre = 1)
                 AND (?3 IS NULL OR operator_id IS NULL OR operator_id IN (SELECT value FROM json_each(?3))) ORDER BY started_at DESC, id DESC LIMIT 1";
    TICKET = "SELECT parent_id, emails, children FROM ticket WHERE id = ?1";
    TICKETS_OF_ADDRESS = "SELECT t.id FROM ticket_email e JOIN ticket t ON t.id = e.ticket_id
                 WHERE e.email = ?1 AND +t.created_on BETWEEN ?2 AND ?3 LIMIT ?4";
    RATINGS_OF_ADDRESS = "SELECT id FROM rating_request WHERE email = ?1 COLLATE NOCASE AND email IS NOT NULL
                 AND +closed_at BETWEEN ?2 AND ?3 LIMIT ?4";
    PAIRS_OF_ADDRESS = "SELECT l.id FROM ct_user u JOIN ct_link l ON l.user_id = u.chat_id
                 WHERE u.email = ?1 COLLATE NOCASE AND u.email IS NOT NULL AND l.created_at BETWEEN ?2 AND ?3 LIMIT ?4";
    RATINGS_OF_ISSUE = "SELECT id FROM rating_request WHERE issue_id = ?1 ORDER BY id DESC LIMIT ?2";
    PAIR_OF_KEY = "SELECT id FROM ct_link WHERE issue_key = ?1";
    ASKER_OF_PAIR = "SELECT u.email FROM ct_link l JOIN ct_user u ON u.chat_id = l.user_id WHERE l.id = ?1";
    DOCUMENTS_OF_NUMBER = "SELECT id FROM erp_request WHERE number = ?1 ORDER BY id DESC LIMIT ?2";
    DOCUMENT_OF_TASK = "SELECT document_id FROM erp_task WHERE task_id = ?1 AND task_id IS NOT NULL LIMIT 1";
    OPERATOR_OF_LOGIN = "SELECT id, name FROM floor_operator WHERE login_id = ?1";
    // A house has hundreds of operators, not millions.
    OPERATOR_OF_NAME = "SELECT id, name FROM floor_operator WHERE name = ?1 OR login_name = ?1 ORDER BY id LIMIT 1";
    OPERATOR = "SELECT name FROM floor_operator WHERE id = ?1";
    STRETCH = "SELECT operator, began FROM floor_interval WHERE id = ?1";

    // A subject has tens of decisions; of one that has very many the newest are looked at.
    TROUBLES = "SELECT o.id, o.kind, o.integration, o.state, o.attempts, o.created_at, o.settled_at
                 FROM (SELECT id FROM journal WHERE subject = ?1 AND subject <> '' ORDER BY id DESC LIMIT 200) j
                 JOIN outbox o ON o.journal_id = j.id
                 WHERE o.state IN (3, 4, 5) OR (o.state < 2 AND o.attempts > 1) LIMIT ?2";
}
