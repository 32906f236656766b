//! Every fixed statement of the carousel, so that the planner can be asked about all of them.
//!
//! Deliberately not here: pages of the log, whose conditions are put together from a filter (`read`).

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(super) const $name: &str = $text;)*
        /// All of them, for the planner's test.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

statements! {
    SERVICES_ON = "SELECT id FROM desk_services WHERE enabled = 1 AND removed_at IS NULL ORDER BY id";
    SERVICES_ALL = "SELECT id FROM desk_services ORDER BY id";
    SERVICE = "SELECT name, enabled, removed_at IS NOT NULL, last_user_id, stage, ordered, nobody_since IS NOT NULL
               FROM desk_services WHERE id = ?1";
    MEMBERS = "SELECT DISTINCT b.user_id FROM desk_service_usergroup_binds s
               JOIN desk_usergroups g ON g.id = s.usergroup_id AND g.removed_at IS NULL
               JOIN desk_user_group_binds b ON b.usergroup_id = s.usergroup_id
               WHERE s.service_id = ?1";
    PEOPLE_ALL = "SELECT id FROM desk_users ORDER BY id";
    PERSON = "SELECT name, enabled, removed_at IS NOT NULL, flagged_at IS NOT NULL FROM desk_users WHERE id = ?1";
    GIVEN_SINCE = "SELECT count(*) FROM desk_assignment
                   WHERE state = 'confirmed' AND user_id = ?1 AND updated_at >= ?2 AND way = 'turn'";
    LAST_GIVEN = "SELECT max(updated_at) FROM desk_assignment WHERE state = 'confirmed' AND user_id = ?1";
    ABSENCES = "SELECT id, \"start\", \"end\", half, rrule, source FROM desk_absence WHERE user_id = ?1 ORDER BY \"start\", id";
    ABSENT = "SELECT user_id FROM desk_absence WHERE id = ?1";
    WAITING = "SELECT number, place, tries, next_try, refused, created_at, status FROM desk_ticket WHERE service_id = ?1 ORDER BY place";
    OLDEST = "SELECT t.number, t.service_id, s.name, t.created_at, (SELECT count(*) FROM desk_ticket) FROM desk_ticket t
              JOIN desk_services s ON s.id = t.service_id ORDER BY t.created_at IS NULL, t.created_at, t.number LIMIT 1";
    WAITING_COUNT = "SELECT count(*), coalesce(sum(tries > 0 AND next_try IS NULL), 0) FROM desk_ticket WHERE service_id = ?1";
    TICKET_SERVICE = "SELECT service_id FROM desk_ticket WHERE number = ?1";
    OPEN = "SELECT ticket_number FROM desk_assignment WHERE state IN ('planned', 'sent') AND state = 'sent'";
    ASSIGNMENT = "SELECT id, service_id, ticket_number, user_id, way, state FROM desk_assignment WHERE id = ?1";
    LAST_OF_TICKET = "SELECT id, service_id, ticket_number, user_id, way, state FROM desk_assignment
                      WHERE ticket_number = ?1 ORDER BY id DESC LIMIT 1";
    NEXT = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'desk_assignment'), 0) + 1";
    IMPORTING = "SELECT since, imported FROM desk_import WHERE id = 1";
    OFFERINGS = "SELECT id, name, fullname, description FROM desk_services WHERE removed_at IS NULL";
    EMPLOYEES = "SELECT id, name, firstname, lastname, middlename, email, username FROM desk_users WHERE removed_at IS NULL";
    GROUPS = "SELECT id, name, description FROM desk_usergroups WHERE removed_at IS NULL";
    MEMBERSHIPS = "SELECT usergroup_id, user_id FROM desk_user_group_binds";
    BINDINGS = "SELECT service_id, usergroup_id FROM desk_service_usergroup_binds";

    STAGE = "UPDATE desk_services SET stage = ?2, ordered = ?3, stage_at = ?4,
                 trouble = CASE WHEN ?2 IS NULL THEN ?5 ELSE trouble END WHERE id = ?1";
    LISTED = "UPDATE desk_services SET listed_at = ?2, cut = ?3 WHERE id = ?1";
    LIST_FORGET = "DELETE FROM desk_ticket WHERE service_id = ?1 AND number NOT IN (SELECT value FROM json_each(?2))";
    LIST_KEEP = "INSERT INTO desk_ticket (number, service_id, place, created_at, status) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET service_id = ?2, place = ?3, created_at = ?4, status = ?5";
    ASSIGN = "INSERT INTO desk_assignment (id, service_id, ticket_number, user_id, way, state, last_user_id, considered, otherwise_id,
                  by, created_at, updated_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)";
    UNPLAN = "DELETE FROM desk_assignment WHERE state IN ('planned', 'sent') AND state = 'planned' AND ticket_number = ?1";
    SETTLE = "UPDATE desk_assignment SET state = ?2, outcome = ?3, detail = ?4, updated_at = ?5 WHERE id = ?1";
    NOBODY = "UPDATE desk_services SET nobody_since = ?2 WHERE id = ?1";
    FORGET_PLANS = "DELETE FROM desk_assignment WHERE state = 'planned' AND service_id = ?1";
    TURN = "UPDATE desk_services SET last_user_id = ?2 WHERE id = ?1";
    DROP_TICKET = "DELETE FROM desk_ticket WHERE number = ?1";
    RETRY = "UPDATE desk_ticket SET tries = ?2, next_try = ?3, refused = '[]' WHERE number = ?1";
    REFUSE = "UPDATE desk_ticket SET refused = json_insert(refused, '$[#]', ?2) WHERE number = ?1";
    FLAG = "UPDATE desk_users SET flag = ?2, flagged_at = ?3 WHERE id = ?1";
    SWITCH_SERVICE = "UPDATE desk_services SET enabled = ?2 WHERE id = ?1";
    SWITCH_PERSON = "UPDATE desk_users SET enabled = ?2 WHERE id = ?1";
    ABSENCE_NEW = "INSERT INTO desk_absence (user_id, \"start\", \"end\", half, rrule, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    ABSENCE_KEEP = "UPDATE desk_absence SET \"start\" = ?2, \"end\" = ?3, half = ?4, rrule = ?5 WHERE id = ?1";
    ABSENCE_SAME = "SELECT 1 FROM desk_absence
                    WHERE user_id = ?1 AND \"start\" = ?2 AND \"end\" = ?3 AND half IS ?4 AND rrule IS ?5";
    PAIR_DROP = "DELETE FROM desk_absence WHERE user_id = ?1 AND source = 'import' AND half IS NULL AND rrule IS NULL";
    ABSENCE_DROP = "DELETE FROM desk_absence WHERE id = ?1";
    IMPORTING_SINCE = "INSERT INTO desk_import (id, since) VALUES (1, ?1) ON CONFLICT DO UPDATE SET since = ?1";
    IMPORT_ENDED = "INSERT INTO desk_import (id, imported) VALUES (1, ?1) ON CONFLICT DO UPDATE SET imported = ?1";
    OFFERING_KEEP = "INSERT INTO desk_services (id, name, fullname, description, date_in) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET name = ?2, fullname = ?3, description = ?4, removed_at = NULL";
    EMPLOYEE_KEEP = "INSERT INTO desk_users (id, name, firstname, lastname, middlename, email, username, ts)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT DO UPDATE SET name = ?2, firstname = ?3, lastname = ?4, middlename = ?5, email = ?6, username = ?7,
                         removed_at = NULL";
    GROUP_KEEP = "INSERT INTO desk_usergroups (id, name, description, date_in) VALUES (?1, ?2, ?3, ?4)
                  ON CONFLICT DO UPDATE SET name = ?2, description = ?3, removed_at = NULL";
    OFFERING_GONE = "UPDATE desk_services SET removed_at = ?2 WHERE id = ?1";
    EMPLOYEE_GONE = "UPDATE desk_users SET removed_at = ?2 WHERE id = ?1";
    GROUP_GONE = "UPDATE desk_usergroups SET removed_at = ?2 WHERE id = ?1";
    MEMBER_NEW = "INSERT OR IGNORE INTO desk_user_group_binds (usergroup_id, user_id, date_in) VALUES (?1, ?2, ?3)";
    MEMBER_GONE = "DELETE FROM desk_user_group_binds WHERE usergroup_id = ?1 AND user_id = ?2";
    BINDING_NEW = "INSERT OR IGNORE INTO desk_service_usergroup_binds (service_id, usergroup_id, date_in) VALUES (?1, ?2, ?3)";
    BINDING_GONE = "DELETE FROM desk_service_usergroup_binds WHERE service_id = ?1 AND usergroup_id = ?2";
    FORGET = "DELETE FROM desk_assignment WHERE id IN
                  (SELECT id FROM desk_assignment WHERE updated_at < ?1 AND state NOT IN ('planned', 'sent')
                   ORDER BY updated_at LIMIT ?2)";

    SERVICE_ROWS = "SELECT id, enabled, name, fullname, description, last_user_id, stage, stage_at, nobody_since, trouble, listed_at, cut,
                        removed_at FROM desk_services ORDER BY id";
    SERVICE_GROUPS = "SELECT usergroup_id FROM desk_service_usergroup_binds WHERE service_id = ?1 ORDER BY usergroup_id";
    EMPLOYEE_ROWS = "SELECT id, enabled, name, firstname, lastname, middlename, email, username, flagged_at, flag, removed_at
                     FROM desk_users ORDER BY id";
    EMPLOYEE_GROUPS = "SELECT usergroup_id FROM desk_user_group_binds WHERE user_id = ?1 ORDER BY usergroup_id";
    GROUP_ROWS = "SELECT id, name, description, removed_at FROM desk_usergroups ORDER BY id";
    LOG_OF_ID = "SELECT a.id, a.service_id, s.name, a.ticket_number, a.user_id, u.name, a.way, a.state, a.outcome, a.detail,
                     a.last_user_id, a.considered, a.otherwise_id, a.by, a.created_at, a.updated_at
                 FROM desk_assignment a LEFT JOIN desk_services s ON s.id = a.service_id LEFT JOIN desk_users u ON u.id = a.user_id
                 WHERE a.id = ?1";
    GIVEN = "SELECT service_id, user_id, considered, updated_at, last_user_id FROM desk_assignment
             WHERE state = 'confirmed' AND updated_at >= ?1 AND updated_at < ?2 AND way = 'turn' ORDER BY updated_at, id LIMIT ?3";
}
