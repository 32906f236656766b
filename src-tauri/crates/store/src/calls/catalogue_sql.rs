//! Every fixed statement about the Moscow centre's catalogue and the agencies' telephones, for the same reason as in `sql`.

use super::sql::statements;

macro_rules! named_table {
    ($table:literal, $column:literal) => {
        [
            concat!(
                "INSERT INTO ",
                $table,
                " (id, ",
                $column,
                ") VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET ",
                $column,
                " = coalesce(excluded.",
                $column,
                ", ",
                $column,
                ")"
            ),
            concat!("SELECT min(id) FROM ", $table, " WHERE ", $column, " = ?1"),
            concat!("SELECT max(id) FROM ", $table),
        ]
    };
}

/// A table of ids and names: how a row is written, found by name, and which id is the last.
pub(crate) type NamedTable = [&'static str; 3];
pub(crate) const NAMES: NamedTable = named_table!("cc_names", "name");
pub(crate) const CITY: NamedTable = named_table!("cc_city", "name");
pub(crate) const METRO: NamedTable = named_table!("cc_metro", "name");
pub(crate) const DISTRICT: NamedTable = named_table!("cc_district", "name");
pub(crate) const AREAS: NamedTable = named_table!("cc_areas", "name");
pub(crate) const REGIONS: NamedTable = named_table!("cc_regions", "name");
pub(crate) const COUNTRY: NamedTable = named_table!("cc_country", "name");
pub(crate) const ADS: NamedTable = named_table!("cc_ads", "ads_name");

/// All of them, for the planner's test.
#[cfg(test)]
pub(crate) const TABLES: [NamedTable; 8] = [NAMES, CITY, METRO, DISTRICT, AREAS, REGIONS, COUNTRY, ADS];

/// The names around an agency `g`.
macro_rules! agency_names {
    () => {
        "LEFT JOIN cc_city city ON city.id = g.city_id LEFT JOIN cc_metro metro ON metro.id = g.metro_id \
         LEFT JOIN cc_district district ON district.id = g.district_id LEFT JOIN cc_areas area ON area.id = g.area_id \
         LEFT JOIN cc_regions region ON region.id = g.region"
    };
}

/// The columns of an agency `g` that every reader of it starts with.
macro_rules! agency_columns {
    () => {
        "g.id, g.name, g.english_name, g.adres, g.comment, g.tel_1_id, g.tel_2_id, g.tel_3_id, g.tel_4_id, g.tel_5_id, \
         g.tel_6_id, g.tel_7_id, g.city_id, city.name, g.metro_id, metro.name, g.district_id, district.name, g.area_id, \
         area.name, g.region, region.name, g.time_zone, g.time_rezhim_id, g.english, g.tickets, g.station_not_set, \
         g.switch_msk_agency, g.bank_card, g.stambul, g.austria"
    };
}

statements! {
    OPERATOR_BY_SOURCE = "SELECT operator_id FROM cc_operators WHERE id = ?1";
    OPERATOR_NAME = "SELECT name FROM operators WHERE id = ?1";
    OPERATOR_SHARED = "SELECT count(*) FROM cc_operators WHERE operator_id = ?1";
    RENAME_OPERATOR = "UPDATE operators SET name = ?2 WHERE id = ?1";
    KEEP_OPERATOR = "INSERT INTO cc_operators (id, operator_id) VALUES (?1, ?2) \
                     ON CONFLICT (id) DO UPDATE SET operator_id = excluded.operator_id";

    TELEPHONE_BY_ID = "SELECT number FROM cc_telephone WHERE id = ?1";
    TELEPHONE_BY_DIGITS = "SELECT min(id) FROM cc_telephone WHERE digits = ?1";
    LAST_TELEPHONE = "SELECT max(id) FROM cc_telephone";
    KEEP_TELEPHONE = "INSERT INTO cc_telephone (id, number, digits, comment, time_rezhim_id) VALUES (?1, ?2, ?3, ?4, ?5) \
                      ON CONFLICT (id) DO UPDATE SET number = coalesce(excluded.number, number), \
                      digits = coalesce(excluded.digits, digits), comment = coalesce(excluded.comment, comment), \
                      time_rezhim_id = coalesce(excluded.time_rezhim_id, time_rezhim_id)";
    KEEP_CARD_ROW = "INSERT INTO cc_cards (id, telephone_id) VALUES (?1, ?2) \
                     ON CONFLICT (id) DO UPDATE SET telephone_id = coalesce(excluded.telephone_id, telephone_id)";

    LAST_ENQUIRY = "SELECT max(id) FROM cc_privat_processing";
    ENQUIRY_RESULTS = "SELECT calls_results_ids FROM cc_privat_processing WHERE id = ?1";
    KEEP_ENQUIRY = "INSERT INTO cc_privat_processing (id, calls_results_ids, country_id, metro_id, manager_name_id, client_name_id, \
                    client_city_id, ads_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET \
                    calls_results_ids = excluded.calls_results_ids, country_id = coalesce(excluded.country_id, country_id), \
                    metro_id = coalesce(excluded.metro_id, metro_id), \
                    manager_name_id = coalesce(excluded.manager_name_id, manager_name_id), \
                    client_name_id = coalesce(excluded.client_name_id, client_name_id), \
                    client_city_id = coalesce(excluded.client_city_id, client_city_id), \
                    ads_id = coalesce(excluded.ads_id, ads_id)";

    RESULT_BY_ID = "SELECT id, telephone_id, result, datetime FROM cc_calls_result WHERE id = ?1";
    LAST_RESULT = "SELECT max(id) FROM cc_calls_result";
    KEEP_RESULT = "INSERT INTO cc_calls_result (id, telephone_id, result, datetime) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (id) DO UPDATE SET telephone_id = coalesce(excluded.telephone_id, telephone_id), \
                   result = coalesce(excluded.result, result), datetime = coalesce(excluded.datetime, datetime)";

    AGENCY_BY_NAME = "SELECT min(id) FROM cc_agentstvo WHERE name = ?1";
    AGENCY_NAME = "SELECT name FROM cc_agentstvo WHERE id = ?1";
    LAST_AGENCY = "SELECT max(id) FROM cc_agentstvo";
    KEEP_AGENCY = "INSERT INTO cc_agentstvo (id, name, english_name, adres, comment, tel_1_id, tel_2_id, tel_3_id, tel_4_id, tel_5_id, \
        tel_6_id, tel_7_id, city_id, metro_id, district_id, area_id, region, time_zone, time_rezhim_id, english, tickets, \
        station_not_set, switch_msk_agency, bank_card, stambul, austria, hidden) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
        ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, coalesce(?27, 0)) \
        ON CONFLICT (id) DO UPDATE SET name = coalesce(?2, name), english_name = coalesce(?3, english_name), \
        adres = coalesce(?4, adres), comment = coalesce(?5, comment), tel_1_id = coalesce(?6, tel_1_id), \
        tel_2_id = coalesce(?7, tel_2_id), tel_3_id = coalesce(?8, tel_3_id), tel_4_id = coalesce(?9, tel_4_id), \
        tel_5_id = coalesce(?10, tel_5_id), tel_6_id = coalesce(?11, tel_6_id), tel_7_id = coalesce(?12, tel_7_id), \
        city_id = coalesce(?13, city_id), metro_id = coalesce(?14, metro_id), district_id = coalesce(?15, district_id), \
        area_id = coalesce(?16, area_id), region = coalesce(?17, region), time_zone = coalesce(?18, time_zone), \
        time_rezhim_id = coalesce(?19, time_rezhim_id), english = coalesce(?20, english), tickets = coalesce(?21, tickets), \
        station_not_set = coalesce(?22, station_not_set), switch_msk_agency = coalesce(?23, switch_msk_agency), \
        bank_card = coalesce(?24, bank_card), stambul = coalesce(?25, stambul), austria = coalesce(?26, austria), \
        hidden = coalesce(?27, hidden)";

    CLIENT_CARD = "SELECT p.id, client.name, town.name, manager.name, metro.name, country.name, ads.ads_name, \
        coalesce((SELECT t.number FROM cc_cards k JOIN cc_telephone t ON t.id = k.telephone_id WHERE k.id = c.card_id), c.phone) \
        FROM calls c JOIN cc_privat_processing p ON p.id = c.pp_id \
        LEFT JOIN cc_names client ON client.id = p.client_name_id LEFT JOIN cc_names manager ON manager.id = p.manager_name_id \
        LEFT JOIN cc_city town ON town.id = p.client_city_id LEFT JOIN cc_metro metro ON metro.id = p.metro_id \
        LEFT JOIN cc_country country ON country.id = p.country_id LEFT JOIN cc_ads ads ON ads.id = p.ads_id \
        WHERE c.id = ?1 AND c.card_id > 0 AND c.pp_id > 0";
    ENQUIRY = "SELECT p.calls_results_ids, country.name, metro.name, manager.name, client.name, \
        (SELECT o.name FROM calls c INDEXED BY calls_enquiry JOIN operators o ON o.id = c.operator_id WHERE c.pp_id = p.id \
        ORDER BY c.started_at DESC, c.id DESC LIMIT 1) FROM cc_privat_processing p \
        LEFT JOIN cc_country country ON country.id = p.country_id LEFT JOIN cc_metro metro ON metro.id = p.metro_id \
        LEFT JOIN cc_names manager ON manager.id = p.manager_name_id LEFT JOIN cc_names client ON client.id = p.client_name_id \
        WHERE p.id = ?1";
    AGENCY_OF_TELEPHONE = concat!("SELECT ", agency_columns!(), " FROM cc_agentstvo g ", agency_names!(),
        " WHERE (g.tel_1_id = ?1 OR g.tel_2_id = ?1 OR g.tel_3_id = ?1 OR g.tel_4_id = ?1 OR g.tel_5_id = ?1 \
        OR g.tel_6_id = ?1 OR g.tel_7_id = ?1) AND g.hidden = 0 AND coalesce(district.hidden, 0) = 0 ORDER BY g.id");
    AGENCY = concat!("SELECT ", agency_columns!(), ", g.hidden FROM cc_agentstvo g ", agency_names!(), " WHERE g.id = ?1");
    TELEPHONE = "SELECT id, number, comment, time_rezhim_id FROM cc_telephone WHERE id = ?1";
    SCHEDULE = "SELECT monday_from, monday_to, tuesday_from, tuesday_to, wednesday_from, wednesday_to, thursday_from, thursday_to, \
        friday_from, friday_to, saturday_from, saturday_to, sunday_from, sunday_to FROM cc_time_rezhim WHERE id = ?1";
    KEEP_SCHEDULE = "INSERT INTO cc_time_rezhim (id, monday_from, monday_to, tuesday_from, tuesday_to, wednesday_from, wednesday_to, \
        thursday_from, thursday_to, friday_from, friday_to, saturday_from, saturday_to, sunday_from, sunday_to) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT (id) DO UPDATE SET \
        monday_from = ?2, monday_to = ?3, tuesday_from = ?4, tuesday_to = ?5, wednesday_from = ?6, wednesday_to = ?7, \
        thursday_from = ?8, thursday_to = ?9, friday_from = ?10, friday_to = ?11, saturday_from = ?12, saturday_to = ?13, \
        sunday_from = ?14, sunday_to = ?15";

    AGENCIES_OF_PHONE = "SELECT DISTINCT agency_id FROM agency_phone WHERE digits = ?1 AND agency_id > 0 \
                         ORDER BY agency_id DESC LIMIT 50";
    AGENCY_PHONE_KNOWN = "SELECT oc_rowid, o_rowid FROM agency_phone WHERE agency_id = ?1 AND agency_phone = ?2";
    KEEP_AGENCY_PHONE = "INSERT INTO agency_phone (agency_id, agency_phone, digits, oc_rowid, o_rowid) VALUES (?1, ?2, ?3, ?4, ?5) \
                         ON CONFLICT (agency_id, agency_phone) DO UPDATE SET oc_rowid = coalesce(excluded.oc_rowid, oc_rowid), \
                         o_rowid = coalesce(excluded.o_rowid, o_rowid)";

    TELEPHONES_OF_NUMBER = "SELECT id FROM cc_telephone WHERE digits = ?1";
    AGENCY_HAS_TELEPHONE = "SELECT EXISTS (SELECT 1 FROM cc_agentstvo WHERE tel_1_id = ?1 OR tel_2_id = ?1 OR tel_3_id = ?1 \
                            OR tel_4_id = ?1 OR tel_5_id = ?1 OR tel_6_id = ?1 OR tel_7_id = ?1)";
    FORGET_TELEPHONE = "UPDATE cc_telephone SET number = NULL, digits = NULL, comment = NULL WHERE id = ?1";
    ENQUIRY_USED = "SELECT EXISTS (SELECT 1 FROM calls WHERE pp_id = ?1)";
    CLIENT_OF_ENQUIRY = "SELECT client_name_id FROM cc_privat_processing WHERE id = ?1";
    DELETE_ENQUIRY = "DELETE FROM cc_privat_processing WHERE id = ?1";
    NAME_USED = "SELECT EXISTS (SELECT 1 FROM cc_privat_processing WHERE client_name_id = ?1) \
                 OR EXISTS (SELECT 1 FROM cc_privat_processing WHERE manager_name_id = ?1)";
    DELETE_NAME = "DELETE FROM cc_names WHERE id = ?1";
    DELETE_RESULT = "DELETE FROM cc_calls_result WHERE id = ?1";
}

/// The whole catalogue by name, read for a search. It is a catalogue, not a journal: it grows with the agencies there are.
pub(crate) const AGENCIES: &str = concat!(
    "SELECT g.id, g.name, g.english_name, g.adres, city.name, metro.name, district.name, ",
    "(SELECT number FROM cc_telephone WHERE id = g.tel_1_id), (SELECT number FROM cc_telephone WHERE id = g.tel_2_id), ",
    "(SELECT number FROM cc_telephone WHERE id = g.tel_3_id), (SELECT number FROM cc_telephone WHERE id = g.tel_4_id), ",
    "(SELECT number FROM cc_telephone WHERE id = g.tel_5_id), (SELECT number FROM cc_telephone WHERE id = g.tel_6_id), ",
    "(SELECT number FROM cc_telephone WHERE id = g.tel_7_id) FROM cc_agentstvo g ",
    agency_names!(),
    " WHERE g.hidden = 0 ORDER BY g.name, g.id"
);
