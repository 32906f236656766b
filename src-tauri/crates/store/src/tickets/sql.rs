//! Every fixed statement about tickets, so that the planner can be asked about all of them.
//!
//! Deliberately not here: the pages, whose conditions are put together from a filter (`page`).

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*
        /// All of them, for the planner's test.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    NEXT_CHANGE = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'ticket_change'), 0) + 1";
    TICKET = "SELECT id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, author_id, author,
                     assignee_id, assignee, category, parent_id, subject, description, done_ratio, private, emails, custom, start_date,
                     due_date, created_on, updated_on, closed_on, watchers, followed, missed, gone_at, told_status_id, told_status
                 FROM ticket WHERE id = ?1";
    TOLD_ENTRIES = "SELECT id FROM ticket_entry WHERE ticket_id = ?1 AND told = 1";
    SWEEP = "SELECT id FROM
                     (SELECT id, looked_at FROM (SELECT id, looked_at FROM ticket INDEXED BY ticket_looked
                          WHERE followed = 1 AND closed = 0 AND (gone_at IS NULL OR gone_at > ?2) ORDER BY looked_at LIMIT ?3)
                      UNION ALL
                      SELECT id, looked_at FROM ticket INDEXED BY ticket_updated
                          WHERE followed = 1 AND closed = 1 AND updated_on > ?1 AND (gone_at IS NULL OR gone_at > ?2))
                 ORDER BY looked_at LIMIT ?3";
    CHANGE = "SELECT id, ticket_id, ask, state, trouble, entries, at, settled_at FROM ticket_change WHERE id = ?1";
    CHANGES_OF = "SELECT id, ticket_id, ask, state, trouble, entries, at, settled_at FROM ticket_change
                 WHERE ticket_id = ?1 AND (settled_at IS NULL OR settled_at > ?2) ORDER BY id";
    SHOWN_CHANGES = "SELECT id, ticket_id, ask, state, trouble, entries, at, settled_at FROM ticket_change
                 WHERE ticket_id = ?1 AND aside = 0 AND (settled_at IS NULL OR settled_at > ?2 OR state IN ('partly', 'conflict', 'failed'))
                 ORDER BY id";
    UNMADE = "SELECT id, ticket_id, ask, state, trouble, entries, at, settled_at FROM ticket_change
                 WHERE login = ?1 AND ticket_id IS NULL AND aside = 0 AND settled_at IS NOT NULL ORDER BY id DESC LIMIT ?2";
    PUT_ASIDE = "UPDATE ticket_change SET aside = 1 WHERE id = ?1 AND login = ?2 AND settled_at IS NOT NULL";
    NEW_UNDER_WAY = "SELECT id, ticket_id, ask, state, trouble, entries, at, settled_at FROM ticket_change
                 WHERE ticket_id IS NULL AND settled_at IS NULL ORDER BY id";
    LIST = "SELECT content, read_at FROM ticket_list WHERE kind = ?1";
    USER = "SELECT name FROM ticket_user WHERE id = ?1";
    USERS = "SELECT id, name FROM ticket_user ORDER BY id";
    USER_OF_EMAIL = "SELECT id FROM ticket_user WHERE email = ?1";
    ENTRIES = "SELECT e.id, e.user_id, e.user, e.notes, e.private, e.details, e.created_on, e.updated_on,
                     EXISTS (SELECT 1 FROM ticket_reader r WHERE r.account = ?2 AND r.entry_id = e.id)
                 FROM ticket_entry e WHERE e.ticket_id = ?1 AND e.removed = 0 ORDER BY e.id";
    SAID = "SELECT e.id, e.user_id, e.user, e.notes, e.private, e.created_on FROM ticket_entry e
                 WHERE e.ticket_id = ?1 AND e.removed = 0 AND e.notes <> ''
                     AND (e.private = 0 OR EXISTS (SELECT 1 FROM ticket_reader r WHERE r.account = ?2 AND r.entry_id = e.id))
                 ORDER BY e.id DESC LIMIT ?3";
    ATTACHMENTS = "SELECT id, name, size, content_type, author, created_on FROM ticket_attachment WHERE ticket_id = ?1 ORDER BY id";
    ATTACHMENT = "SELECT id, name, size, content_type, author, created_on, ticket_id FROM ticket_attachment WHERE id = ?1";
    VIEW = "SELECT allowed, read_at FROM ticket_view WHERE account = ?1 AND ticket_id = ?2";
    READ_AT = "SELECT read_at, children, watchers FROM ticket WHERE id = ?1";
    KEEP_TICKET = "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority,
                     author_id, author, assignee_id, assignee, category, parent_id, subject, description, done_ratio, private, emails,
                     custom, start_date, due_date, created_on, updated_on, closed_on, followed, status_at, looked_at, told_status_id, told_status)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
                     ?25, ?26, ?27, ?28, ?26, ?29, iif(?30, ?6, NULL), iif(?30, ?7, NULL))
                 ON CONFLICT (id) DO UPDATE SET
                     status_at = CASE WHEN status_id = excluded.status_id THEN status_at ELSE excluded.updated_on END,
                     project_id = excluded.project_id, project = excluded.project, tracker_id = excluded.tracker_id,
                     tracker = excluded.tracker, status_id = excluded.status_id, status = excluded.status, closed = excluded.closed,
                     priority_id = excluded.priority_id, priority = excluded.priority, author_id = excluded.author_id,
                     author = excluded.author, assignee_id = excluded.assignee_id, assignee = excluded.assignee,
                     category = excluded.category, parent_id = excluded.parent_id, subject = excluded.subject,
                     description = excluded.description, done_ratio = excluded.done_ratio, private = excluded.private,
                     emails = excluded.emails, custom = excluded.custom, start_date = excluded.start_date,
                     due_date = excluded.due_date, created_on = excluded.created_on, updated_on = excluded.updated_on,
                     closed_on = excluded.closed_on, followed = max(followed, excluded.followed),
                     told_status_id = iif(?30, excluded.status_id, told_status_id),
                     told_status = iif(?30, excluded.status, told_status),
                     looked_at = iif(?31, max(looked_at, excluded.looked_at), looked_at),
                     missed = iif(?31, 0, missed), gone_at = iif(?31, NULL, gone_at)";
    KEEP_HISTORY = "UPDATE ticket SET watchers = ?2, children = ?3, read_at = ?4 WHERE id = ?1";
    FORGET_EMAILS = "DELETE FROM ticket_email WHERE ticket_id = ?1";
    KEEP_EMAIL = "INSERT OR IGNORE INTO ticket_email (email, ticket_id) VALUES (?1, ?2)";
    FORGET_WORDS = "DELETE FROM ticket_words WHERE rowid = ?1";
    KEEP_WORDS = "INSERT INTO ticket_words (rowid, words) VALUES (?1, ?2)";
    KEEP_ENTRY = "INSERT INTO ticket_entry (id, ticket_id, user_id, user, notes, private, details, created_on, updated_on, told)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO UPDATE SET ticket_id = excluded.ticket_id, user = excluded.user, 
                     notes = CASE WHEN excluded.private = 1 THEN coalesce(excluded.notes, notes) ELSE excluded.notes END,
                     private = excluded.private, details = excluded.details, updated_on = excluded.updated_on,
                     told = max(told, excluded.told), removed = 0";
    ENTRY_IDS = "SELECT id FROM ticket_entry WHERE ticket_id = ?1 AND id >= ?2 AND private = 0 AND removed = 0";
    REMOVE_ENTRY = "UPDATE ticket_entry SET removed = 1, notes = NULL, details = '[]' WHERE id = ?1";
    KEEP_WATCHERS = "UPDATE ticket SET watchers = ?2 WHERE id = ?1";
    TAKE_NOTE = "UPDATE ticket_entry SET notes = NULL, removed = max(removed, ?2), details = iif(?2, '[]', details) WHERE id = ?1";
    KEEP_READER = "INSERT OR IGNORE INTO ticket_reader (account, entry_id) VALUES (?1, ?2)";
    FORGET_READER = "DELETE FROM ticket_reader WHERE account = ?1 AND entry_id IN (SELECT id FROM ticket_entry WHERE ticket_id = ?2)";
    FORGET_VIEW = "DELETE FROM ticket_view WHERE account = ?1 AND ticket_id = ?2";
    FORGET_ATTACHMENTS = "DELETE FROM ticket_attachment WHERE ticket_id = ?1";
    KEEP_ATTACHMENT = "INSERT OR REPLACE INTO ticket_attachment (id, ticket_id, name, size, content_type, author, created_on)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    KEEP_VIEW = "INSERT INTO ticket_view (account, ticket_id, allowed, read_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (account, ticket_id) DO UPDATE SET allowed = excluded.allowed, read_at = excluded.read_at";
    LOOKED = "UPDATE ticket SET missed = ?2, gone_at = ?3, looked_at = ?4 WHERE id = ?1";
    KEEP_LIST = "INSERT INTO ticket_list (kind, content, read_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (kind) DO UPDATE SET content = excluded.content, read_at = excluded.read_at";
    KEEP_USER = "INSERT INTO ticket_user (id, login, name, email) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET login = coalesce(excluded.login, login), name = excluded.name,
                     email = coalesce(excluded.email, email)";
    KEEP_CHANGE = "INSERT INTO ticket_change (id, ticket_id, login, ask, state, trouble, entries, at, settled_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (id) DO UPDATE SET ticket_id = excluded.ticket_id, state = excluded.state, trouble = excluded.trouble,
                     entries = excluded.entries, settled_at = excluded.settled_at";
    KEEP_UPLOAD = "INSERT INTO ticket_upload (login, sha256, name, content_type, size, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    UPLOAD = "SELECT name, content_type, size FROM ticket_upload WHERE login = ?1 AND sha256 = ?2 ORDER BY id DESC LIMIT 1";
    OLD_UPLOADS = "SELECT id, sha256 FROM ticket_upload WHERE at < ?1 ORDER BY at LIMIT ?2";
    FORGET_UPLOAD = "DELETE FROM ticket_upload WHERE id = ?1";
    FILTERS = "SELECT name, filter FROM ticket_filter WHERE login = ?1 ORDER BY name";
    KEEP_FILTER = "INSERT INTO ticket_filter (login, name, filter) VALUES (?1, ?2, ?3)
                 ON CONFLICT (login, name) DO UPDATE SET filter = excluded.filter";
    COUNT_FILTERS = "SELECT count(*) FROM ticket_filter WHERE login = ?1 AND name <> ?2";
    REMOVE_FILTER = "DELETE FROM ticket_filter WHERE login = ?1 AND name = ?2";
    TICKETS_OF_EMAIL = "SELECT ticket_id FROM ticket_email WHERE email = ?1";
    TICKETS_OF_AUTHOR = "SELECT id FROM ticket WHERE author_id = ?1";
    ERASE_TICKET = "UPDATE ticket SET author = NULL, subject = '', description = '', emails = '[]', custom = '[]' WHERE id = ?1";
    TICKETS_OF_USER = "SELECT DISTINCT ticket_id FROM ticket_entry WHERE user_id = ?1";
    ERASE_ENTRIES = "UPDATE ticket_entry SET user = '', notes = NULL WHERE user_id = ?1";
    ERASE_ATTACHMENTS = "UPDATE ticket_attachment SET author = NULL WHERE ticket_id = ?1";
    ERASE_CHANGES_OF = "DELETE FROM ticket_change WHERE ticket_id = ?1";
    ERASE_CHANGES_BY = "DELETE FROM ticket_change WHERE login = ?1";
    ERASE_USER = "UPDATE ticket_user SET login = NULL, name = '', email = NULL WHERE id = ?1";
    FORGET_TICKETS = "SELECT id FROM ticket INDEXED BY ticket_updated WHERE updated_on < ?1 AND (closed = 1 OR gone_at IS NOT NULL)
                 ORDER BY updated_on LIMIT ?2";
    FORGET_TICKET = "DELETE FROM ticket WHERE id = ?1";
    LINES_CREATED = "SELECT id, subject, status_id, status, closed, assignee_id, assignee, created_on, closed_on FROM ticket
                 WHERE project_id = ?1 AND created_on >= ?2 AND created_on < ?3 ORDER BY created_on DESC LIMIT ?4";
    SORTED = "SELECT tracker, status_id, category, author_id, author, assignee_id, assignee, custom FROM ticket
                 WHERE project_id = ?1 AND created_on >= ?2 AND created_on < ?3 ORDER BY created_on DESC LIMIT ?4";
    LINES_CLOSED = "SELECT id, subject, status_id, status, closed, assignee_id, assignee, created_on, closed_on FROM ticket
                 WHERE project_id = ?1 AND closed = 1 AND closed_on >= ?2 AND closed_on < ?3 ORDER BY closed_on DESC LIMIT ?4";
    FORGET_CHANGES = "DELETE FROM ticket_change WHERE id IN
                 (SELECT id FROM ticket_change WHERE at < ?1 AND settled_at IS NOT NULL ORDER BY at LIMIT ?2)";
}
