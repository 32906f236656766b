//! Every statement about messages, so that the planner can be asked about all of them.
//!
//! Deliberately not here: what they are for (the files beside).

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*
        /// All of them, for the planner's test.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    NEXT = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0) + 1";
    OF_ID = "SELECT id, account, peer, ours, uid, archive, at, state, tries, again_at, text, words, returned FROM message WHERE id = ?1";
    IS_RETURNED = "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1 AND state = 'failed' AND returned)";
    OF_ARCHIVE = "SELECT id, account, peer, ours, uid, archive, at, state, tries, again_at, text, words, returned FROM message
                  WHERE account = ?1 AND archive = ?2";
    OF_UID = "SELECT id, account, peer, ours, uid, archive, at, state, tries, again_at, text, words, returned FROM message
              WHERE account = ?1 AND peer = ?2 AND ours = ?3 AND uid = ?4";
    WRITTEN = "SELECT EXISTS (SELECT 1 FROM message INDEXED BY message_uid WHERE account = ?1 AND peer = ?2 AND ours = 1 AND uid IS NOT NULL)";
    CONVERSATION = "SELECT read_at FROM conversation WHERE account = ?1 AND peer = ?2";
    NEWEST = "SELECT at, text FROM message WHERE account = ?1 AND peer = ?2 AND ours = 0 ORDER BY at DESC LIMIT 1";
    UNREAD = "SELECT count(*) FROM (SELECT 1 FROM message WHERE account = ?1 AND peer = ?2 AND ours = 0 AND at > ?3 LIMIT 100)";
    TOLD = "SELECT coalesce(t.read_at, t.done_at) IS NOT NULL FROM notice n LEFT JOIN notice_to t ON t.login = ?2 AND t.notice_id = n.id
            WHERE n.key = ?1 AND n.cleared_at IS NULL";
    CONTACT_NAME = "SELECT name FROM contact WHERE account = ?1 AND address = ?2";
    OWNER_OF_ACCOUNT = "SELECT p.login, p.full_name FROM messenger_account m JOIN person p ON p.id = m.person WHERE m.address = ?1";
    OWNER_OF_EMAIL = "SELECT login, full_name FROM person WHERE email_key = ?1";
    HOLDER = "SELECT p.login FROM messenger_account m JOIN person p ON p.id = m.person WHERE m.person = ?1 AND p.blocked_by IS NULL";
    HAS_ACCOUNT = "SELECT EXISTS (SELECT 1 FROM messenger_account WHERE person = ?1)";
    ADMINS = "SELECT login FROM person WHERE role = 3 AND blocked_by IS NULL ORDER BY login";
    ASKED = "SELECT EXISTS (SELECT 1 FROM subscription_question WHERE account = ?1 AND address = ?2)";

    KEEP = "INSERT INTO message (id, account, peer, ours, uid, archive, text, words, at, state, by_login, notice_id, kept_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    LAST = "INSERT INTO conversation (account, peer, last_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET last_at = max(coalesce(last_at, excluded.last_at), excluded.last_at)";
    COMPLETE = "UPDATE OR IGNORE message SET uid = ?2, archive = ?3, at = ?4 WHERE id = ?1";
    READ = "INSERT INTO conversation (account, peer, read_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET read_at = max(coalesce(read_at, excluded.read_at), excluded.read_at)";
    BECAME = "UPDATE message SET state = ?2, failure = ?3, detail = ?4, returned = ?5, again_at = NULL WHERE id = ?1";
    WAIT = "UPDATE message SET state = 'queued', again_at = ?2, tries = ?3 WHERE id = ?1";
    AGAIN = "UPDATE message SET state = 'queued', again_at = NULL, tries = ?2, failure = NULL, detail = NULL, returned = 0 WHERE id = ?1";
    ACCOUNT_OF = "SELECT account FROM message WHERE id = ?1";
    LAST_ANEW = "UPDATE conversation SET last_at = (SELECT at FROM message m WHERE m.account = conversation.account
                     AND m.peer = conversation.peer ORDER BY m.at DESC LIMIT 1) WHERE account = ?1 AND peer = ?2";
    DROP_EMPTY = "DELETE FROM conversation WHERE account = ?1 AND peer = ?2 AND last_at IS NULL";

    ARCHIVED = "UPDATE messenger_account SET archive = ?2, archive_at = ?3
                WHERE person = ?1 AND (archive_at IS NULL OR archive_at <= ?3)";
    ARCHIVE_MARK = "SELECT archive, archive_at FROM messenger_account WHERE person = ?1 AND archive IS NOT NULL";
    PUT_ACCOUNT = "INSERT INTO messenger_account (person, address, added_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT (person) DO UPDATE SET added_at = excluded.added_at,
                       archive = iif(address = excluded.address, archive, NULL),
                       archive_at = iif(address = excluded.address, archive_at, NULL), address = excluded.address";
    ACCOUNT_OF_PERSON = "SELECT address, added_at FROM messenger_account WHERE person = ?1";
    HOLDER_OF_ADDRESS = "SELECT person FROM messenger_account WHERE address = ?1";
    REMOVE_ACCOUNT = "DELETE FROM messenger_account WHERE person = ?1";

    FORGET_CONTACTS = "DELETE FROM contact WHERE account = ?1";
    PUT_CONTACT = "INSERT INTO contact (account, address, name, subscription) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO UPDATE SET name = excluded.name, subscription = excluded.subscription";
    DROP_CONTACT = "DELETE FROM contact WHERE account = ?1 AND address = ?2";
    PUT_PRESENCE = "INSERT INTO presence (account, address, resource, presence, status, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT DO UPDATE SET since = iif(presence = excluded.presence, since, excluded.since),
                        presence = excluded.presence, status = excluded.status";
    DROP_PRESENCE = "DELETE FROM presence WHERE account = ?1 AND address = ?2 AND resource = ?3";
    DROP_PRESENCES_OF = "DELETE FROM presence WHERE account = ?1 AND address = ?2";
    FORGET_PRESENCES = "DELETE FROM presence WHERE account = ?1";
    DROP_ANSWERED = "DELETE FROM subscription_question WHERE account = ?1 AND address IN
                         (SELECT address FROM contact WHERE account = ?1 AND subscription IN ('from', 'both'))";
    ASK = "INSERT INTO subscription_question (account, address, asked_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    ANSWERING = "UPDATE subscription_question SET answering = ?3 WHERE account = ?1 AND address = ?2";
    DROP_QUESTION = "DELETE FROM subscription_question WHERE account = ?1 AND address = ?2";
    FORGET_QUESTIONS = "DELETE FROM subscription_question WHERE account = ?1";

    CONTACTS = "SELECT address, name, subscription FROM contact WHERE account = ?1";
    PRESENCES = "SELECT address, presence, status, since FROM presence WHERE account = ?1";
    QUESTIONS = "SELECT address, asked_at, answering FROM subscription_question WHERE account = ?1 LIMIT ?2";
    CONVERSATIONS = "SELECT peer, read_at FROM conversation WHERE account = ?1 AND last_at IS NOT NULL ORDER BY last_at DESC LIMIT ?2";
    LAST_OF = "SELECT id, peer, ours, text, at, state, failure, detail, again_at FROM message
               WHERE account = ?1 AND peer = ?2 ORDER BY at DESC, id DESC LIMIT 1";
    PAGE = "SELECT id, peer, ours, text, at, state, failure, detail, again_at FROM message
            WHERE account = ?1 AND peer = ?2 AND (at, id) < (?3, ?4) ORDER BY at DESC, id DESC LIMIT ?5";
    ONE = "SELECT id, peer, ours, text, at, state, failure, detail, again_at FROM message WHERE id = ?2 AND account = ?1";
    IS_OF_NOTICE = "SELECT EXISTS (SELECT 1 FROM message WHERE account = ?1 AND peer = ?2 AND ours = 1 AND uid = ?3)";

    OLD = "SELECT id, account, peer FROM message WHERE kept_at < ?1 AND (state IS NULL OR state <> 'queued') ORDER BY kept_at LIMIT ?2";
    OF_PEER = "SELECT id, account, peer FROM message WHERE peer = ?1";
    DELETE = "DELETE FROM message WHERE id = ?1";
    CONTACTS_OF_PEER = "DELETE FROM contact WHERE address = ?1";
    NOTICES_OF = "DELETE FROM notice WHERE subject = ?1";
    CONVERSATIONS_OF_PEER = "DELETE FROM conversation WHERE peer = ?1";
    WANTS_DUPLICATES = "SELECT EXISTS (SELECT 1 FROM notice_preference WHERE login = ?1 AND messenger = 1)";
    WANT_DUPLICATES = "SELECT f.login FROM notice_preference f WHERE f.messenger = 1";
}

/// The statements that read whole tables that are small by their nature: people's own accounts, and what is seen while sessions are open.
pub(super) const HOLDERS: &str =
    "SELECT m.person, m.address FROM messenger_account m LEFT JOIN person p ON p.id = m.person
    WHERE m.person = 0 OR p.blocked_by IS NULL AND p.id IS NOT NULL ORDER BY m.person";
/// As [`HOLDERS`].
pub(super) const FORGET_ALL_PRESENCES: &str = "DELETE FROM presence";
/// As [`HOLDERS`].
pub(super) const SEEN_OF_PEER: [&str; 2] =
    ["DELETE FROM presence WHERE address = ?1", "DELETE FROM subscription_question WHERE address = ?1"];
/// As [`HOLDERS`]: the console's people and where they are written to. What somebody settled about notices is one text.
pub(super) const SETTLED_ADDRESSES: &str =
    "SELECT json_extract(f.rest, '$.messenger'), p.login, p.full_name FROM notice_preference f JOIN person p ON p.login = f.login
    WHERE json_extract(f.rest, '$.messenger') IS NOT NULL ORDER BY p.id";
/// As [`SETTLED_ADDRESSES`].
pub(super) const COLLEAGUES: &str =
    "SELECT p.login, p.full_name, m.address, json_extract(f.rest, '$.messenger'), p.email FROM person p
    LEFT JOIN messenger_account m ON m.person = p.id LEFT JOIN notice_preference f ON f.login = p.login
    WHERE p.blocked_by IS NULL ORDER BY p.full_name, p.login";
