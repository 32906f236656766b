//! Every fixed statement about conversations and issues, so that the planner can be asked about all of them.
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
    NEXT = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?1), 0) + 1";
    LINK_OF_ID = "SELECT id, issue_key, issue_id, url, summary, status, over, chat_id, message_id, thread_id, user_id, last_comment, paused_at,
                      paused_why, created_at FROM ct_link WHERE id = ?1";
    LINK_OF_ISSUE = "SELECT id, issue_key, issue_id, url, summary, status, over, chat_id, message_id, thread_id, user_id, last_comment, paused_at,
                      paused_why, created_at FROM ct_link WHERE issue_key = ?1";
    LINK_OF_MESSAGE = "SELECT id, issue_key, issue_id, url, summary, status, over, chat_id, message_id, thread_id, user_id, last_comment, paused_at,
                      paused_why, created_at FROM ct_link WHERE message_id = ?1";
    REQUEST_OF_ID = "SELECT id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login, department, link_id,
                      digest, trouble, at FROM ct_request WHERE id = ?1";
    REQUEST_OF_DIGEST = "SELECT id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login, department, link_id,
                      digest, trouble, at FROM ct_request WHERE digest = ?1 AND at > ?2 ORDER BY id DESC LIMIT 1";
    REQUESTS_OF_AUTHOR = "SELECT id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login, department, link_id,
                      digest, trouble, at FROM ct_request WHERE user_id = ?1 AND state = 'author' ORDER BY id LIMIT 50";
    REQUEST_OF_LINK = "SELECT id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login, department, link_id,
                      digest, trouble, at FROM ct_request WHERE link_id = ?1 ORDER BY id LIMIT 1";
    REQUESTS_OPEN = "SELECT id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login, department, link_id,
                      digest, trouble, at FROM ct_request
                      WHERE state IN ('author', 'department', 'creating', 'anchoring', 'failed') ORDER BY id DESC LIMIT ?1";
    WISH_OF_ID = "SELECT id, state, user_id, chat_id, press, trouble, at FROM ct_wish WHERE id = ?1";
    WISHES_OF_PERSON = "SELECT id, state, user_id, chat_id, press, trouble, at FROM ct_wish WHERE user_id = ?1 AND state = 'person'
                      ORDER BY id LIMIT 50";
    ITEM_OF_ID = "SELECT id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id, state,
                      reason, copy_id, at, parent_id FROM ct_item WHERE id = ?1";
    ITEM_OF_MESSAGE = "SELECT id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id, state,
                      reason, copy_id, at, parent_id FROM ct_item WHERE message_id = ?1 AND event = 'written' ORDER BY id LIMIT 1";
    ITEMS_OF_LINK = "SELECT id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id, state,
                      reason, copy_id, at, parent_id, recovered_at FROM ct_item WHERE link_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    HELD_OF_LINK = "SELECT id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id, state,
                      reason, copy_id, at, parent_id FROM ct_item WHERE link_id = ?1 AND state IN ('held', 'failed') AND state = 'held' ORDER BY id";
    ITEMS_FINDING = "SELECT id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id, state,
                      reason, copy_id, at, parent_id FROM ct_item INDEXED BY ct_item_finding WHERE state = 'finding' ORDER BY id LIMIT 500";
    IS_ANCHORING = "SELECT 1 FROM ct_request INDEXED BY ct_request_trouble
                      WHERE state IN ('author', 'department', 'creating', 'anchoring', 'failed') AND state = 'anchoring' AND id <> ?1";
    RECENT_OF_LINK = "SELECT id, side, author, text, hops, at FROM ct_item WHERE link_id = ?1 AND id < ?2 AND at > ?3
                      AND +state IN ('sending', 'done', 'held') ORDER BY id DESC LIMIT 50";
    IS_ITEM = "SELECT 1 FROM ct_item WHERE side = ?1 AND external_id = ?2";
    IS_ECHO = "SELECT 1 FROM ct_echo WHERE side = ?1 AND external_id = ?2";
    USER = "SELECT chat_id, name, nickname, email, bot, suspended, own, fetched_at FROM ct_user WHERE chat_id = ?1";
    KEEP_LINK = "INSERT INTO ct_link (id, issue_key, issue_id, url, summary, status, over, chat_id, message_id, thread_id, user_id, last_comment,
                     paused_at, paused_why, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT (id) DO UPDATE SET issue_key = excluded.issue_key, url = excluded.url, summary = excluded.summary,
                     status = excluded.status, over = excluded.over, chat_id = excluded.chat_id, message_id = excluded.message_id,
                     thread_id = excluded.thread_id, user_id = excluded.user_id, last_comment = excluded.last_comment,
                     paused_at = excluded.paused_at, paused_why = excluded.paused_why";
    KEEP_REQUEST = "INSERT INTO ct_request (id, way, state, user_id, chat_id, message_id, summary, subcategory, text, files, name, login,
                     department, link_id, digest, trouble, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
                 ON CONFLICT (id) DO UPDATE SET state = excluded.state, chat_id = excluded.chat_id, summary = excluded.summary,
                     subcategory = excluded.subcategory, text = excluded.text, files = excluded.files, name = excluded.name,
                     login = excluded.login, department = excluded.department, link_id = excluded.link_id, digest = excluded.digest,
                     trouble = excluded.trouble";
    KEEP_WISH = "INSERT INTO ct_wish (id, state, user_id, chat_id, press, trouble, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET state = excluded.state, trouble = excluded.trouble";
    KEEP_ITEM = "INSERT INTO ct_item (id, link_id, side, external_id, event, message_id, user_id, author, text, files, mentioned, hops, origin_id,
                     state, reason, copy_id, at, parent_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
                 ON CONFLICT (id) DO UPDATE SET link_id = excluded.link_id, author = excluded.author, text = excluded.text,
                     files = excluded.files, mentioned = excluded.mentioned, hops = excluded.hops, origin_id = excluded.origin_id,
                     state = excluded.state, reason = excluded.reason, copy_id = excluded.copy_id";
    HAS_ITEM = "SELECT 1 FROM ct_item WHERE id = ?1";
    RECOVERED = "UPDATE ct_item SET recovered_at = ?2 WHERE id = ?1";
    KEEP_USER = "INSERT INTO ct_user (chat_id, name, nickname, email, login, bot, suspended, own, fetched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (chat_id) DO UPDATE SET name = excluded.name, nickname = excluded.nickname, email = excluded.email,
                     login = excluded.login, bot = excluded.bot, suspended = excluded.suspended, own = excluded.own,
                     fetched_at = excluded.fetched_at";
    KEEP_ECHO = "INSERT INTO ct_echo (side, external_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    COUNT_LINKS = "SELECT seq FROM sqlite_sequence WHERE name = 'ct_link'";
    COUNT_PAUSED = "SELECT count(*) FROM ct_link INDEXED BY ct_link_paused WHERE paused_at IS NOT NULL";
    COUNT_STUCK = "SELECT state, count(*) FROM ct_item INDEXED BY ct_item_held WHERE state IN ('held', 'failed') GROUP BY state";
    COUNT_REQUESTS = "SELECT state = 'failed', count(*) FROM ct_request INDEXED BY ct_request_trouble
                 WHERE state IN ('author', 'department', 'creating', 'anchoring', 'failed') GROUP BY 1";
    STUCK_OF_LINK = "SELECT state, count(*) FROM ct_item WHERE link_id = ?1 AND state IN ('held', 'failed') GROUP BY state";
    LAST_OF_LINK = "SELECT side, author, text, state, at FROM ct_item WHERE link_id = ?1 ORDER BY id DESC LIMIT 1";
    USERS_OF_EMAIL = "SELECT chat_id FROM ct_user WHERE email = ?1 COLLATE NOCASE";
    FORGET_ITEMS_OF = "UPDATE ct_item SET author = '', text = '', files = '[]', mentioned = '[]' WHERE id IN
                 (SELECT id FROM ct_item WHERE side = 'chat' AND user_id = ?1)";
    FORGET_REQUESTS_OF = "UPDATE ct_request SET name = '', login = NULL, summary = '', text = '', files = '[]', department = NULL
                 WHERE user_id = ?1";
    FORGET_LINKS_OF = "UPDATE ct_link SET summary = '' WHERE id IN (SELECT id FROM ct_link WHERE user_id = ?1)";
    ISSUES_OF = "SELECT issue_key FROM ct_link WHERE user_id = ?1
                 UNION ALL SELECT ct_link.issue_key FROM ct_item JOIN ct_link ON ct_link.id = ct_item.link_id WHERE ct_item.user_id = ?1";
    FORGET_USER = "DELETE FROM ct_user WHERE chat_id = ?1";
    FORGET_ITEMS = "DELETE FROM ct_item WHERE id IN
                 (SELECT id FROM ct_item INDEXED BY ct_item_at WHERE at < ?1 AND state IN ('done', 'skipped') ORDER BY at LIMIT ?2)";
    FORGET_REQUESTS = "DELETE FROM ct_request WHERE id IN
                 (SELECT id FROM ct_request INDEXED BY ct_request_at WHERE at < ?1 AND state IN ('opened', 'done', 'skipped')
                  ORDER BY at LIMIT ?2)";
    FORGET_WISHES = "DELETE FROM ct_wish WHERE id IN (SELECT id FROM ct_wish WHERE at < ?1 ORDER BY at LIMIT ?2)";
    FORGET_USERS = "DELETE FROM ct_user WHERE chat_id IN (SELECT chat_id FROM ct_user WHERE fetched_at < ?1 ORDER BY fetched_at LIMIT ?2)";
    FORGET_ECHOES = "DELETE FROM ct_echo WHERE (side, external_id) IN
                 (SELECT side, external_id FROM ct_echo WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)";
}
