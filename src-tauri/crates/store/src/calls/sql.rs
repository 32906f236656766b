//! Every fixed statement about calls, in one list, so that the test which asks SQLite's planner forgets none.
//!
//! Deliberately not here: statements composed from a filter (`search`), which the same test composes for every filter, and
//! those of the catalogue (`catalogue_sql`).

/// The columns [`super::read::row`] reads.
macro_rules! row_columns {
    () => {
        "c.id, c.centre, c.started_at, c.ended_at, c.state, c.phone, c.ani, \
         (SELECT o.name FROM operators o WHERE o.id = c.operator_id), c.result, c.type_call, c.theme, c.agency_id, \
         c.agency_name, c.agency_manager, c.blacklist, c.card_state, c.lack, \
         coalesce(c.card_id > 0 AND c.pp_id > 0 AND EXISTS \
         (SELECT 1 FROM cc_privat_processing p WHERE p.id = c.pp_id), 0), \
         c.pp_id, c.called_back_by, c.called_back_at"
    };
}
pub(super) const ROW: &str = row_columns!();

/// Taken by one of a list of operators, or by nobody: for a search composed from a filter.
pub(super) const TAKEN_BY: &str = "(c.operator_id IS NULL OR c.operator_id IN (SELECT value FROM json_each(?)))";

// Where a search reads: the planner is told, because it cannot know how selective the values will be.
pub(super) const FROM_STARTED: &str = "calls c INDEXED BY calls_started";
pub(super) const FROM_OPERATOR: &str = "calls c INDEXED BY calls_operator";
pub(super) const FROM_PHONE: &str = "calls c INDEXED BY calls_phone";
pub(super) const FROM_THEME: &str = "calls c INDEXED BY calls_theme";
pub(super) const FROM_AGENCY: &str = "calls c INDEXED BY calls_agency";
pub(super) const FROM_OPEN: &str = "calls c INDEXED BY calls_open";
pub(super) const FROM_PARTS: &str = "call_phones f CROSS JOIN calls c ON c.id = f.rowid";
/// By id alone.
pub(super) const FROM_NEWEST: &str = "calls c NOT INDEXED";

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*
        /// All of them by name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements;

statements! {
    NEXT_ID = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'calls'), 0) + 1";
    // The index of number parts holds the calls up to this one.
    PHONES_UPTO = "SELECT id FROM call_phones_upto";
    MERGE_PHONES = "INSERT INTO call_phones (call_phones, rank) VALUES ('merge', ?1)";
    OPERATOR_BY_NAME = "SELECT id FROM operators WHERE name = ?1";
    ADD_OPERATOR = "INSERT INTO operators (name) VALUES (?1)";

    BEGIN = "INSERT INTO calls (id, source_key, centre, day, started_at, state, phone, phone_rev, operator_id, agency_id, \
             region, card_state, record_id) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    END = "UPDATE calls SET state = 1, ended_at = ?2 WHERE id = ?1";
    SET_THEME = "UPDATE calls SET theme = ?2 WHERE id = ?1";
    SET_CALLED_BACK = "UPDATE calls SET called_back_by = ?2, called_back_at = ?3 WHERE id = ?1";
    KEEP_CARD = "UPDATE calls SET card = ?2, card_state = 2, lack = NULL, blacklist = ?3, \
                 agency_name = coalesce(agency_name, ?4), agency_manager = coalesce(agency_manager, ?5) WHERE id = ?1";
    NO_CARD = "UPDATE calls SET card_state = 3, lack = ?2 WHERE id = ?1 AND card IS NULL";

    CALL_BY_ID = "SELECT id, started_at, state, theme, called_back_at IS NOT NULL, card IS NOT NULL FROM calls WHERE id = ?1";
    ID_BY_KEY = "SELECT id FROM calls WHERE source_key = ?1";
    ID_BY_ALIAS = "SELECT call_id FROM call_aliases WHERE source_key = ?1";
    ADD_ALIAS = "INSERT INTO call_aliases (source_key, call_id) VALUES (?1, ?2) ON CONFLICT (source_key) DO NOTHING";
    // The planner is told the index here too: by itself it prefers one in the order asked for, which holds all the operator's calls.
    OPEN_OF_OPERATOR = "SELECT id, started_at, state, theme, called_back_at IS NOT NULL, card IS NOT NULL \
                        FROM calls INDEXED BY calls_open WHERE state = 0 AND operator_id IS ?1 AND phone_rev = ?2 \
                        ORDER BY started_at DESC, id DESC LIMIT 20";
    NEWEST_OF_OPERATOR = "SELECT id, started_at, state, theme, called_back_at IS NOT NULL, card IS NOT NULL \
                          FROM calls INDEXED BY calls_phone WHERE phone_rev = ?2 AND operator_id IS ?1 \
                          ORDER BY started_at DESC, id DESC LIMIT 1";
    TWIN = "SELECT c.id FROM calls c INDEXED BY calls_phone WHERE c.phone_rev = ?1 AND c.started_at BETWEEN ?2 AND ?3 \
            AND c.operator_id = ?4 AND substr(c.source_key, 1, length(?5)) <> ?5 AND NOT EXISTS (SELECT 1 FROM call_aliases a \
            WHERE a.call_id = c.id AND substr(a.source_key, 1, length(?5)) = ?5) \
            ORDER BY abs(c.started_at - ?6), c.id LIMIT 1";

    REPORTED_ROW = "SELECT source_key, centre, card_id, pp_id FROM calls WHERE id = ?1";
    REPORT_NEW = "INSERT INTO calls (source_key, centre, day, started_at, state, phone, phone_rev, ani, operator_id, result, \
                  type_call, agency_name, card_id, pp_id, record_id) \
                  VALUES (?1, 0, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    REPORT_AGAIN = "UPDATE calls SET day = coalesce(?2, day), started_at = coalesce(?3, started_at), \
                    phone = coalesce(?4, phone), phone_rev = coalesce(?5, phone_rev), ani = coalesce(?6, ani), \
                    operator_id = coalesce(?7, operator_id), result = coalesce(?8, result), \
                    type_call = coalesce(?9, type_call), agency_name = coalesce(?10, agency_name), \
                    card_id = coalesce(?11, card_id), pp_id = coalesce(?12, pp_id) WHERE id = ?1";

    IMPORT_CALL = "INSERT INTO calls (id, source_key, centre, day, started_at, ended_at, state, phone, phone_rev, ani, operator_id, \
                   theme, agency_id, agency_name, agency_manager, region) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
                   ON CONFLICT (id) DO UPDATE SET day = ?4, started_at = ?5, ended_at = coalesce(?6, ended_at), \
                   phone = coalesce(?7, phone), phone_rev = coalesce(?8, phone_rev), ani = coalesce(?9, ani), \
                   operator_id = coalesce(?10, operator_id), theme = coalesce(?11, theme), agency_id = coalesce(?12, agency_id), \
                   agency_name = coalesce(?13, agency_name), agency_manager = coalesce(?14, agency_manager), \
                   region = coalesce(?15, region)";

    ROW_BY_ID = concat!("SELECT ", row_columns!(), " FROM calls c WHERE c.id = ?1");
    DETAIL = concat!("SELECT ", row_columns!(), ", c.card, c.region, c.card_id, c.record_id FROM calls c WHERE c.id = ?1");
    // By id and not by time: the last five are the last five written. Ids of the other centre are passed over at most
    // 20,000 deep, so that a quiet centre does not cost a walk through a busy one.
    LATEST = "SELECT c.id, c.started_at, c.ended_at, c.state, c.phone, o.name, c.theme, c.region, c.agency_manager, c.agency_name \
              FROM calls c LEFT JOIN operators o ON o.id = c.operator_id \
              WHERE c.centre = 1 AND c.id > (SELECT max(id) FROM calls) - 20000 \
              AND (?2 IS NULL OR c.operator_id IS NULL OR c.operator_id IN (SELECT value FROM json_each(?2))) ORDER BY c.id DESC LIMIT ?1";
    // A few minutes of both centres.
    RECENT = "SELECT c.started_at, c.result, (SELECT o.name FROM operators o WHERE o.id = c.operator_id), c.phone, c.type_call, \
              c.theme, c.agency_name, c.region FROM calls c INDEXED BY calls_started \
              WHERE c.started_at >= ?1 AND c.started_at <= ?2 ORDER BY c.started_at DESC LIMIT ?3";
    HISTOGRAM = "SELECT hour, centre, result, calls FROM call_hours WHERE hour >= ?1 AND hour < ?2 \
                 AND (?3 IS NULL OR centre = ?3) AND calls > 0 ORDER BY hour, centre, result";
    THEMES = "SELECT theme FROM call_themes ORDER BY calls DESC, theme LIMIT ?1";
    MONTHS = "SELECT day / 10000, day / 100 % 100, sum(calls) FROM call_days WHERE centre = 0 GROUP BY day / 100 \
              HAVING sum(calls) > 0 ORDER BY day / 100";
    // The roll-ups know no operator: of some operators the calls themselves are counted.
    MONTHS_OF_SOME = "SELECT day / 10000, day / 100 % 100, count(*) FROM (\
                      SELECT c.day FROM calls c INDEXED BY calls_operator WHERE c.operator_id IS NULL AND c.centre = 0 \
                      UNION ALL SELECT c.day FROM json_each(?1) j CROSS JOIN calls c INDEXED BY calls_operator \
                      ON c.operator_id = j.value WHERE c.centre = 0) GROUP BY day / 100 ORDER BY day / 100";
    ENQUIRY_SEEN = "SELECT EXISTS (SELECT 1 FROM calls c INDEXED BY calls_enquiry WHERE c.pp_id = ?1 AND c.pp_id IS NOT NULL \
                    AND (?2 OR c.centre = 1) \
                    AND (?3 IS NULL OR c.operator_id IS NULL OR c.operator_id IN (SELECT value FROM json_each(?3))))";
    DAY_TOTAL = "SELECT sum(calls), sum(timed), sum(ms) FROM call_days WHERE day = ?1 AND (?2 IS NULL OR centre = ?2)";
    MOSCOW_DAY = "SELECT c.id, coalesce((SELECT t.number FROM cc_cards k JOIN cc_telephone t ON t.id = k.telephone_id \
                  WHERE k.id = c.card_id), c.phone), (SELECT o.name FROM operators o WHERE o.id = c.operator_id), \
                  c.started_at, c.card_id, c.pp_id, coalesce(c.card_id > 0 AND c.pp_id > 0 AND EXISTS \
                  (SELECT 1 FROM cc_privat_processing p WHERE p.id = c.pp_id), 0), c.result, c.type_call \
                  FROM calls c WHERE c.started_at >= ?1 AND c.started_at < ?2 AND c.centre = 0 \
                  ORDER BY c.started_at DESC, c.id DESC";

    CALLS_OF_NUMBER = "SELECT id, pp_id FROM calls WHERE phone_rev = ?1";
    FORGET_CALLER = "UPDATE calls SET phone = NULL, phone_rev = NULL, ani = NULL, theme = NULL, card = NULL, card_state = 0, lack = NULL, blacklist = NULL, \
                     agency_manager = NULL, card_id = NULL, pp_id = NULL, source_key = iif(instr(source_key, ?2) > 0, 'erased/' || id, source_key) \
                     WHERE id = ?1";
    FORGET_ALIASES = "DELETE FROM call_aliases WHERE call_id = ?1 AND instr(source_key, ?2) > 0";
    EVERY_THEME = "SELECT theme FROM call_themes";
    FORGET_THEME = "UPDATE calls SET theme = NULL WHERE theme = ?1";
    AGENCY_PHONES = "SELECT count(*) FROM agency_phone WHERE digits = ?1";
    DELETE_BEFORE = "DELETE FROM calls WHERE id IN (SELECT c.id FROM calls c INDEXED BY calls_started \
                     WHERE c.started_at < ?1 AND c.day < ?2 ORDER BY c.started_at LIMIT ?3)";
}
