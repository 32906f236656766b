-- The journal of calls of both contact centres, the catalogue of the Moscow centre around it, and the agencies' telephones.
--
-- The names the previous systems used for these tables live on as views (`call_info`, `cc_calls`) and as the `cc_` tables,
-- so that an export or a person with the sqlite3 shell finds what they know. Whatever a column holds is the business of
-- behaviour/helpdesk 1.3 and 2.3; the comments here say why the table looks as it does.

-- Everybody who ever answered a call. The Vilnius telephony knows an id, the Moscow source a name: both are a name here.
CREATE TABLE operators (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- One table for both centres: one journal, one cursor, one set of indexes. Codes instead of words, because there are millions of rows.
-- AUTOINCREMENT: an id that was ever shown, linked or promised is never given to another call.
CREATE TABLE calls (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    source_key     TEXT    NOT NULL UNIQUE,                          -- `<source>/<its id>`: the same row again is an update
    centre         INTEGER NOT NULL CHECK (centre IN (0, 1)),        -- 0 Moscow, 1 Vilnius
    day            INTEGER NOT NULL,                                 -- yyyymmdd in the centre's own zone
    started_at     INTEGER NOT NULL,                                 -- ms UTC
    ended_at       INTEGER,                                          -- ms UTC; absent while open and when nobody said
    state          INTEGER NOT NULL CHECK (state IN (0, 1)),         -- 0 open, 1 ended
    phone          TEXT,                                             -- digits, at most 15
    phone_rev      TEXT,                                             -- the same backwards: exact and "ends with" searches
    ani            TEXT,                                             -- what was sent, where it had no digits
    operator_id    INTEGER REFERENCES operators (id),
    result         INTEGER,
    type_call      INTEGER,
    theme          TEXT,
    agency_id      INTEGER,                                          -- numbered by the agency service; 0 none found
    agency_name    TEXT,
    agency_manager TEXT,
    region         TEXT,
    card           TEXT,                                             -- the agency's card as JSON
    card_state     INTEGER NOT NULL DEFAULT 0 CHECK (card_state IN (0, 1, 2, 3)), -- none, asked, found, missing
    lack           TEXT,                                             -- why a card is missing
    blacklist      INTEGER,                                          -- from the card, so that a page need not parse JSON
    card_id        INTEGER,
    pp_id          INTEGER,
    called_back_by TEXT,
    called_back_at INTEGER,
    record_id      INTEGER                                           -- the record it began with
) STRICT;

-- The journal's order, and everything the totals of a day need, so that neither sorts nor visits the table.
CREATE INDEX calls_started ON calls (started_at, id, day, centre, operator_id, ended_at);
-- One operator's calls over all time.
CREATE INDEX calls_operator ON calls (operator_id, started_at, id);
-- A whole number, its last digits, and another source's row of the same call.
CREATE INDEX calls_phone ON calls (phone_rev, started_at, id) WHERE phone_rev IS NOT NULL;
-- The rest is partial: most calls are not open, have no theme, belong to no agency and have no client card.
CREATE INDEX calls_open ON calls (operator_id, phone_rev) WHERE state = 0;
CREATE INDEX calls_theme ON calls (theme, started_at, id) WHERE theme IS NOT NULL;
CREATE INDEX calls_agency ON calls (agency_id, started_at, id) WHERE agency_id > 0;
CREATE INDEX calls_enquiry ON calls (pp_id) WHERE pp_id IS NOT NULL;

-- Further keys of a call two sources told us about: the second source's key finds the row the first one made.
CREATE TABLE call_aliases (
    source_key TEXT    NOT NULL PRIMARY KEY,
    call_id    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX call_aliases_call ON call_aliases (call_id);

-- Any three or more digits of a number over all time. The digits stay in `calls`; the index keeps only which rows have which three.
CREATE VIRTUAL TABLE call_phones USING fts5 (
    phone, content = 'calls', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
-- An erased number must leave the index at once and not at some later merge.
INSERT INTO call_phones (call_phones, rank) VALUES ('secure-delete', 1);
-- Pieces are merged by the engine when it has nothing better to do; should it never, sixteen of a size are merged at once.
INSERT INTO call_phones (call_phones, rank) VALUES ('automerge', 0);
-- A piece is written whenever a record's changes end, and many small pieces cost more than all other indexes together. So the
-- index lags behind: calls up to this id are in it, those after it are few and are looked at one by one.
CREATE TABLE call_phones_upto (id INTEGER NOT NULL) STRICT;
INSERT INTO call_phones_upto (id) VALUES (0);

-- Roll-ups: what a chart of a month or the totals of all time read instead of the calls. Retention leaves them as they are.
CREATE TABLE call_hours (
    hour   INTEGER NOT NULL,                                         -- hours since 1970 UTC
    centre INTEGER NOT NULL,
    result INTEGER NOT NULL,                                         -- 0 to 6, or -1 for any other code and for none
    calls  INTEGER NOT NULL,
    PRIMARY KEY (hour, centre, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_days (
    day    INTEGER NOT NULL,                                         -- yyyymmdd in the centre's zone
    centre INTEGER NOT NULL,
    calls  INTEGER NOT NULL,
    timed  INTEGER NOT NULL,                                         -- how many of them have a known end
    ms     INTEGER NOT NULL,                                         -- how long those took together
    PRIMARY KEY (day, centre)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_themes (
    theme TEXT    NOT NULL PRIMARY KEY,
    calls INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER calls_inserted AFTER INSERT ON calls BEGIN
    INSERT INTO call_hours (hour, centre, result, calls)
        VALUES (new.started_at / 3600000, new.centre, CASE WHEN new.result BETWEEN 0 AND 6 THEN new.result ELSE -1 END, 1)
        ON CONFLICT (hour, centre, result) DO UPDATE SET calls = calls + 1;
    INSERT INTO call_days (day, centre, calls, timed, ms)
        VALUES (new.day, new.centre, 1, new.ended_at IS NOT NULL, coalesce(new.ended_at - new.started_at, 0))
        ON CONFLICT (day, centre) DO UPDATE
        SET calls = calls + 1, timed = timed + excluded.timed, ms = ms + excluded.ms;
END;

CREATE TRIGGER calls_moved AFTER UPDATE OF started_at, ended_at, day, centre, result ON calls
WHEN (old.started_at, old.centre, old.day) IS NOT (new.started_at, new.centre, new.day)
    OR old.ended_at IS NOT new.ended_at OR old.result IS NOT new.result
BEGIN
    UPDATE call_hours SET calls = calls - 1
        WHERE hour = old.started_at / 3600000 AND centre = old.centre
        AND result = CASE WHEN old.result BETWEEN 0 AND 6 THEN old.result ELSE -1 END;
    INSERT INTO call_hours (hour, centre, result, calls)
        VALUES (new.started_at / 3600000, new.centre, CASE WHEN new.result BETWEEN 0 AND 6 THEN new.result ELSE -1 END, 1)
        ON CONFLICT (hour, centre, result) DO UPDATE SET calls = calls + 1;
    UPDATE call_days SET calls = calls - 1, timed = timed - (old.ended_at IS NOT NULL),
            ms = ms - coalesce(old.ended_at - old.started_at, 0)
        WHERE day = old.day AND centre = old.centre;
    INSERT INTO call_days (day, centre, calls, timed, ms)
        VALUES (new.day, new.centre, 1, new.ended_at IS NOT NULL, coalesce(new.ended_at - new.started_at, 0))
        ON CONFLICT (day, centre) DO UPDATE
        SET calls = calls + 1, timed = timed + excluded.timed, ms = ms + excluded.ms;
END;

CREATE TRIGGER calls_theme_given AFTER INSERT ON calls WHEN new.theme IS NOT NULL BEGIN
    INSERT INTO call_themes (theme, calls) VALUES (new.theme, 1) ON CONFLICT (theme) DO UPDATE SET calls = calls + 1;
END;

CREATE TRIGGER calls_theme_changed AFTER UPDATE OF theme ON calls WHEN old.theme IS NOT new.theme BEGIN
    UPDATE call_themes SET calls = calls - 1 WHERE theme = old.theme;
    DELETE FROM call_themes WHERE theme = old.theme AND calls < 1;
    INSERT INTO call_themes (theme, calls) SELECT new.theme, 1 WHERE new.theme IS NOT NULL
        ON CONFLICT (theme) DO UPDATE SET calls = calls + 1;
END;

-- Ids only grow, so a new call is never among those that are in the index already.
CREATE TRIGGER calls_phones_due AFTER INSERT ON calls WHEN new.id >= 512 + (SELECT id FROM call_phones_upto) BEGIN
    INSERT INTO call_phones (rowid, phone)
        SELECT id, phone FROM calls WHERE id > (SELECT id FROM call_phones_upto) AND phone IS NOT NULL;
    UPDATE call_phones_upto SET id = new.id;
END;

CREATE TRIGGER calls_phone_changed AFTER UPDATE OF phone ON calls
WHEN old.phone IS NOT new.phone AND old.id <= (SELECT id FROM call_phones_upto) BEGIN
    INSERT INTO call_phones (call_phones, rowid, phone) SELECT 'delete', old.id, old.phone WHERE old.phone IS NOT NULL;
    INSERT INTO call_phones (rowid, phone) SELECT new.id, new.phone WHERE new.phone IS NOT NULL;
END;

CREATE TRIGGER calls_deleted AFTER DELETE ON calls BEGIN
    INSERT INTO call_phones (call_phones, rowid, phone)
        SELECT 'delete', old.id, old.phone WHERE old.phone IS NOT NULL AND old.id <= (SELECT id FROM call_phones_upto);
    DELETE FROM call_aliases WHERE call_id = old.id;
END;

-- The Moscow centre's catalogue, with its source's columns. References between these tables are not enforced: the source names
-- rows it has not sent yet. A row named without an id gets one above 1,000,000,000,000, where no source's own ids reach.
CREATE TABLE cc_operators (
    id          INTEGER PRIMARY KEY,                                 -- the source's id of somebody in `operators`
    operator_id INTEGER NOT NULL REFERENCES operators (id)
) STRICT;
CREATE INDEX cc_operators_operator ON cc_operators (operator_id);

CREATE TABLE cc_cards (id INTEGER PRIMARY KEY, telephone_id INTEGER) STRICT;
CREATE INDEX cc_cards_telephone ON cc_cards (telephone_id);

CREATE TABLE cc_telephone (
    id             INTEGER PRIMARY KEY,
    number         TEXT,
    digits         TEXT,                                             -- of `number`, for exact comparison
    comment        TEXT,
    time_rezhim_id INTEGER
) STRICT;
CREATE INDEX cc_telephone_digits ON cc_telephone (digits);

CREATE TABLE cc_privat_processing (
    id                INTEGER PRIMARY KEY,
    calls_results_ids TEXT NOT NULL DEFAULT '',                      -- ids of cc_calls_result joined by `|`
    country_id        INTEGER,
    metro_id          INTEGER,
    manager_name_id   INTEGER,
    client_name_id    INTEGER,
    client_city_id    INTEGER,
    ads_id            INTEGER
) STRICT;
CREATE INDEX cc_privat_processing_client ON cc_privat_processing (client_name_id);
CREATE INDEX cc_privat_processing_manager ON cc_privat_processing (manager_name_id);

CREATE TABLE cc_calls_result (id INTEGER PRIMARY KEY, telephone_id INTEGER, result INTEGER, datetime INTEGER) STRICT;
CREATE INDEX cc_calls_result_telephone ON cc_calls_result (telephone_id);

CREATE TABLE cc_names (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_names_name ON cc_names (name);
CREATE TABLE cc_city (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_city_name ON cc_city (name);
CREATE TABLE cc_metro (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_metro_name ON cc_metro (name);
CREATE TABLE cc_district (id INTEGER PRIMARY KEY, name TEXT, hidden INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX cc_district_name ON cc_district (name);
CREATE TABLE cc_areas (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_areas_name ON cc_areas (name);
CREATE TABLE cc_regions (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_regions_name ON cc_regions (name);
CREATE TABLE cc_country (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE INDEX cc_country_name ON cc_country (name);
CREATE TABLE cc_ads (id INTEGER PRIMARY KEY, ads_name TEXT) STRICT;
CREATE INDEX cc_ads_name ON cc_ads (ads_name);

CREATE TABLE cc_agentstvo (
    id                INTEGER PRIMARY KEY,
    name              TEXT,
    english_name      TEXT,
    adres             TEXT,
    comment           TEXT,
    tel_1_id          INTEGER,
    tel_2_id          INTEGER,
    tel_3_id          INTEGER,
    tel_4_id          INTEGER,
    tel_5_id          INTEGER,
    tel_6_id          INTEGER,
    tel_7_id          INTEGER,
    city_id           INTEGER,
    metro_id          INTEGER,
    district_id       INTEGER,
    area_id           INTEGER,
    region            INTEGER,
    time_zone         TEXT,
    time_rezhim_id    INTEGER,
    english           INTEGER,
    tickets           INTEGER,
    station_not_set   INTEGER,
    switch_msk_agency INTEGER,
    bank_card         INTEGER,
    stambul           INTEGER,
    austria           INTEGER,
    hidden            INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cc_agentstvo_name ON cc_agentstvo (name);
-- An agency is found by any of its seven telephones: one index each, joined by the planner.
CREATE INDEX cc_agentstvo_tel_1 ON cc_agentstvo (tel_1_id);
CREATE INDEX cc_agentstvo_tel_2 ON cc_agentstvo (tel_2_id);
CREATE INDEX cc_agentstvo_tel_3 ON cc_agentstvo (tel_3_id);
CREATE INDEX cc_agentstvo_tel_4 ON cc_agentstvo (tel_4_id);
CREATE INDEX cc_agentstvo_tel_5 ON cc_agentstvo (tel_5_id);
CREATE INDEX cc_agentstvo_tel_6 ON cc_agentstvo (tel_6_id);
CREATE INDEX cc_agentstvo_tel_7 ON cc_agentstvo (tel_7_id);

CREATE TABLE cc_time_rezhim (
    id             INTEGER PRIMARY KEY,
    monday_from    TEXT, monday_to    TEXT,                          -- `HH:MM`; a day without both is a day off
    tuesday_from   TEXT, tuesday_to   TEXT,
    wednesday_from TEXT, wednesday_to TEXT,
    thursday_from  TEXT, thursday_to  TEXT,
    friday_from    TEXT, friday_to    TEXT,
    saturday_from  TEXT, saturday_to  TEXT,
    sunday_from    TEXT, sunday_to    TEXT
) STRICT;

-- Telephones of the agencies the Vilnius centre serves. Imported with their source's row ids, compared by digits.
CREATE TABLE agency_phone (
    agency_id    INTEGER NOT NULL,
    agency_phone TEXT    NOT NULL,
    digits       TEXT    NOT NULL,
    oc_rowid     TEXT,
    o_rowid      TEXT,
    PRIMARY KEY (agency_id, agency_phone)
) STRICT, WITHOUT ROWID;
CREATE INDEX agency_phone_digits ON agency_phone (digits, agency_id);

-- The Vilnius journal under its old name and columns. The end of an open call is its beginning, as it always was.
CREATE VIEW call_info AS
SELECT c.id AS CALL_INFO_ID,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS TIME_BEGIN,
       strftime('%Y-%m-%dT%H:%M:%fZ', CASE c.state WHEN 0 THEN c.started_at ELSE c.ended_at END / 1000.0, 'unixepoch') AS TIME_END,
       CAST(c.agency_id AS TEXT) AS AGENCY_ID,
       c.phone AS PHONE_NUMBER,
       o.name AS CURRATOR,
       c.theme AS THEME,
       c.region AS REGION,
       c.agency_manager AS AGENCY_MANAGER,
       c.agency_name AS AGENCY_NAME,
       CASE c.state WHEN 0 THEN 'open' ELSE 'ended' END AS state
FROM calls c LEFT JOIN operators o ON o.id = c.operator_id
WHERE c.centre = 1;

-- The Moscow journal under its old name and columns.
CREATE VIEW cc_calls AS
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS datetime, card_id, operator_id,
       pp_id AS privat_processing_id, result, type_call
FROM calls WHERE centre = 0;
