//! Every statement about the network, in one list, so that the test which asks SQLite's planner forgets none.
//!
//! Deliberately not here: what is done with their rows.

use crate::calls::statements;

/// The columns [`super::read::definition`] reads, from the first.
macro_rules! definition_columns {
    () => {
        "t.id, t.key, t.title, t.host, t.kind, t.port, t.path, t.packets, t.period_s, t.certificate_port, t.workstation_url, \
         t.parent_id, t.enabled"
    };
}

/// The columns [`super::read::cycle`] reads, from the first.
macro_rules! cycle_columns {
    () => {
        "at, grade, sent, lost, min_us, median_us, max_us, jitter_us, tcp_instead, planned, trouble, status"
    };
}

statements! {
    NEXT_TARGET = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'network_target'), 0) + 1";
    NEXT_MAINTENANCE = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'network_maintenance'), 0) + 1";
    TARGET_STATE = concat!("SELECT ", definition_columns!(), ", t.grade, t.recent, t.asked_at, t.cert_told, t.watched_until \
                   FROM network_target t WHERE t.id = ?1");
    OPEN_INCIDENT = "SELECT id, began_at, grade, told FROM network_incident WHERE target_id = ?1 AND ended_at IS NULL";
    // A chain longer than this is cut; a loop, which an edit refuses, would end there too.
    PARENTS = "WITH RECURSIVE above (id, depth) AS (
                   SELECT parent_id, 1 FROM network_target WHERE id = ?1 AND parent_id IS NOT NULL
                   UNION ALL SELECT t.parent_id, depth + 1 FROM above JOIN network_target t ON t.id = above.id
                       WHERE t.parent_id IS NOT NULL AND depth < 8)
               SELECT t.id, t.title, t.grade, t.recent, t.watched_until FROM above JOIN network_target t ON t.id = above.id
               WHERE t.enabled = 1 ORDER BY depth";
    CHILDREN = "WITH RECURSIVE below (id, depth) AS (
                    SELECT id, 1 FROM network_target WHERE parent_id = ?1
                    UNION ALL SELECT t.id, depth + 1 FROM below JOIN network_target t ON t.parent_id = below.id WHERE depth < 8)
                SELECT DISTINCT i.target_id, i.id FROM below
                JOIN network_incident i ON i.target_id = below.id AND i.ended_at IS NULL WHERE i.told = 1 AND i.target_id <> ?1";
    WINDOWS = "SELECT id, schedule FROM network_maintenance WHERE target_id = ?1 AND ends_at > ?2
               UNION ALL SELECT id, schedule FROM network_maintenance WHERE target_id IS NULL AND ends_at > ?2";

    ADD_CYCLE = concat!("INSERT INTO network_cycle (target_id, ", cycle_columns!(), ")
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING");
    ADD_TO_MINUTE = "INSERT INTO network_minute (target_id, minute, cycles, failed, planned, planned_failed, sent, lost, min_us, max_us,
                         medians_us, jitters_us)
                     VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                     ON CONFLICT (target_id, minute) DO UPDATE SET cycles = cycles + 1, failed = failed + excluded.failed,
                         planned = planned + excluded.planned, planned_failed = planned_failed + excluded.planned_failed,
                         sent = sent + excluded.sent, lost = lost + excluded.lost,
                         min_us = min(coalesce(min_us, excluded.min_us), coalesce(excluded.min_us, min_us)),
                         max_us = max(coalesce(max_us, excluded.max_us), coalesce(excluded.max_us, max_us)),
                         medians_us = medians_us + excluded.medians_us, jitters_us = jitters_us + excluded.jitters_us";
    WATCHED_UNTIL = "SELECT watched_until FROM network_target WHERE id = ?1";
    WATCHED_ON = "UPDATE network_watch SET until_at = ?2 WHERE target_id = ?1 AND from_at =
                      (SELECT max(from_at) FROM network_watch WHERE target_id = ?1)";
    WATCHED_ANEW = "INSERT INTO network_watch (target_id, from_at, until_at) VALUES (?1, ?2, ?2) ON CONFLICT DO NOTHING";
    SEEN = "UPDATE network_target SET grade = ?2, recent = ?3, since = coalesce(?4, since), watched_until = ?5, asked_at = ?6, sent = ?7,
                lost = ?8, min_us = ?9, median_us = ?10, max_us = ?11, jitter_us = ?12, tcp_instead = ?13, trouble = ?14, status = ?15,
                detail = ?16, last_grade = ?17, planned = ?18 WHERE id = ?1";
    CERTIFICATE = "UPDATE network_target SET cert_until = ?2, cert_issuer = ?3, cert_read_at = ?4 WHERE id = ?1";
    CERTIFICATE_TOLD = "UPDATE network_target SET cert_told = ?2 WHERE id = ?1";
    OPEN = "INSERT INTO network_incident (target_id, began_at, grade, worst, trouble, muted_by, planned, told)
            VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)";
    KEEP = "UPDATE network_incident SET grade = ?2, worst = max(worst, ?2), muted_by = ?3, planned = ?4, told = ?5 WHERE id = ?1
            RETURNING target_id";
    CLOSE = "UPDATE network_incident SET ended_at = ?2, told = 0 WHERE id = ?1 RETURNING target_id";
    BEGIN_WATCH = "UPDATE network_target SET grade = NULL, recent = '', since = ?1, watched_until = 0";
    END_WATCH = "UPDATE network_target SET watched_until = min(watched_until, ?1)";
    SET_TARGET = "INSERT INTO network_target (id, key, title, host, kind, port, path, packets, period_s, certificate_port, workstation_url,
                      parent_id, enabled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                  ON CONFLICT (id) DO UPDATE SET key = ?2, title = ?3, host = ?4, kind = ?5, port = ?6, path = ?7, packets = ?8,
                      period_s = ?9, certificate_port = ?10, workstation_url = ?11, parent_id = ?12, enabled = ?13";
    BEGIN_ANEW = "UPDATE network_target SET grade = NULL, recent = '', since = NULL, watched_until = 0, asked_at = NULL, cert_until = NULL,
                      cert_issuer = NULL, cert_read_at = NULL WHERE id = ?1";
    REMOVE_TARGET = "DELETE FROM network_target WHERE id = ?1";
    GONE = "INSERT INTO network_gone (target_id) VALUES (?1) ON CONFLICT DO NOTHING";
    SET_MAINTENANCE = "INSERT INTO network_maintenance (id, target_id, schedule, ends_at, note, set_by, set_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    LIFT_MAINTENANCE = "DELETE FROM network_maintenance WHERE id = ?1 RETURNING target_id";

    TARGETS = concat!("SELECT ", definition_columns!(), ", t.is_default, t.grade, t.since, t.watched_until, t.cert_until, t.cert_issuer,
                  t.cert_read_at, t.detail, t.asked_at, t.sent, t.lost, t.min_us, t.median_us, t.max_us, t.jitter_us, t.tcp_instead,
                  t.trouble, t.status, t.last_grade, t.planned FROM network_target t ORDER BY t.id");
    WATCHED = concat!("SELECT ", definition_columns!(), " FROM network_target t WHERE t.enabled = 1 ORDER BY t.id");
    DEFAULT_TARGET = "SELECT id FROM network_target WHERE is_default = 1";
    ID_OF_KEY = "SELECT id FROM network_target WHERE key = ?1";
    EXISTS = "SELECT is_default FROM network_target WHERE id = ?1";
    COUNT = "SELECT count(*) FROM network_target";
    ABOVE = "WITH RECURSIVE above (id, depth) AS (
                 SELECT parent_id, 1 FROM network_target WHERE id = ?1 AND parent_id IS NOT NULL
                 UNION ALL SELECT t.parent_id, depth + 1 FROM above JOIN network_target t ON t.id = above.id
                     WHERE t.parent_id IS NOT NULL AND depth < 8)
             SELECT id FROM above";
    HISTORY = concat!("SELECT ", cycle_columns!(), " FROM network_cycle WHERE target_id = ?1 ORDER BY at DESC LIMIT ?2");
    INCIDENTS = "SELECT id, target_id, began_at, ended_at, worst, trouble, muted_by, planned FROM network_incident
                 WHERE target_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    OPEN_INCIDENTS = "SELECT id, target_id, began_at, ended_at, worst, trouble, muted_by, planned FROM network_incident
                      INDEXED BY network_incident_open WHERE ended_at IS NULL ORDER BY began_at DESC";
    PLACES = "SELECT t.id, t.host, t.parent_id, i.grade, i.planned FROM network_target t
              LEFT JOIN network_incident i ON i.target_id = t.id AND i.ended_at IS NULL WHERE t.enabled = 1 ORDER BY t.id";
    MAINTENANCES = "SELECT id, target_id, schedule, note, set_by, set_at FROM network_maintenance WHERE ends_at > ?1 ORDER BY ends_at, id";
    MAINTENANCE_EXISTS = "SELECT target_id FROM network_maintenance WHERE id = ?1";

    CHART_CYCLES = "SELECT at, 1, median_us IS NULL, sent, lost, min_us, median_us, max_us, jitter_us, planned
                    FROM network_cycle WHERE target_id = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT ?4";
    CHART_MINUTES = "SELECT minute / ?4 * ?4 * 60000 AS cell, sum(cycles), sum(failed), sum(sent), sum(lost), min(min_us),
                         sum(medians_us) / max(1, sum(cycles - failed)), max(max_us), sum(jitters_us) / max(1, sum(cycles - failed)),
                         sum(planned)
                     FROM network_minute WHERE target_id = ?1 AND minute >= ?2 AND minute < ?3 GROUP BY cell ORDER BY cell";
    WATCH = "SELECT from_at, until_at FROM network_watch WHERE target_id = ?1 AND from_at < ?3 AND from_at >= coalesce(
                 (SELECT max(from_at) FROM network_watch WHERE target_id = ?1 AND from_at <= ?2), ?2) AND until_at >= ?2 ORDER BY from_at
             LIMIT ?4";
    NAMES = "SELECT id, key, title, watched_until FROM network_target WHERE enabled = 1 ORDER BY id";
    WATCHED_AT = "SELECT from_at, until_at, NOT EXISTS (SELECT 1 FROM network_watch WHERE target_id = ?1 AND from_at > ?2)
                  FROM network_watch WHERE target_id = ?1 AND from_at <= ?2 ORDER BY from_at DESC LIMIT 1";
    CYCLE_AT = "SELECT grade, planned FROM network_cycle WHERE target_id = ?1 AND at >= ?2 AND at <= ?3 ORDER BY at DESC LIMIT 1";
    MINUTE_AT = "SELECT cycles, failed, planned, medians_us / max(1, cycles - failed) FROM network_minute
                 WHERE target_id = ?1 AND minute = ?2";
    SAW = "SELECT t.id, t.key, t.title, count(c.at), coalesce(sum(c.grade >= 3), 0) FROM network_target t
           LEFT JOIN network_cycle c ON c.target_id = t.id AND c.at >= ?1 AND c.at <= ?2 AND c.planned = 0
           WHERE t.is_default = 1 GROUP BY t.id";
    COUNTS = "SELECT coalesce(sum(cycles), 0), coalesce(sum(failed), 0), coalesce(sum(planned), 0), coalesce(sum(planned_failed), 0),
                  coalesce(sum(sent), 0), coalesce(sum(lost), 0)
              FROM network_minute WHERE target_id = ?1 AND minute >= ?2 AND minute < ?3";

    REPORT = "INSERT INTO network_workstation (target_id, station, login, at, since, reached, time_us, status, trouble, browser)
              VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9)
              ON CONFLICT (target_id, station) DO UPDATE SET login = ?3, since = iif(reached = ?5, since, ?4), at = ?4, reached = ?5,
                  time_us = ?6, status = ?7, trouble = ?8, browser = ?9";
    REPORTS = "SELECT target_id, station, login, at, since, reached, time_us, status, trouble, browser FROM network_workstation
               WHERE at >= ?1 ORDER BY at DESC LIMIT ?2";
    FORGET_REPORTS = "DELETE FROM network_workstation WHERE at < ?1";

    FORGET_CYCLES = "DELETE FROM network_cycle WHERE target_id = ?1 AND at IN
                         (SELECT at FROM network_cycle WHERE target_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3)";
    FORGET_MINUTES = "DELETE FROM network_minute WHERE target_id = ?1 AND minute IN
                          (SELECT minute FROM network_minute WHERE target_id = ?1 AND minute < ?2 ORDER BY minute LIMIT ?3)";
    FORGET_WATCH = "DELETE FROM network_watch WHERE target_id = ?1 AND from_at IN
                        (SELECT from_at FROM network_watch WHERE target_id = ?1 AND from_at < ?2 ORDER BY from_at LIMIT ?3)
                        AND until_at < ?2";
    FORGET_INCIDENTS = "DELETE FROM network_incident WHERE id IN
                            (SELECT id FROM network_incident WHERE ended_at < ?1 AND ended_at IS NOT NULL ORDER BY ended_at LIMIT ?2)";
    FORGET_MAINTENANCES = "DELETE FROM network_maintenance WHERE ends_at < ?1";
    ALL_IDS = "SELECT id, 0 FROM network_target UNION ALL SELECT target_id, 1 FROM network_gone ORDER BY 1";
    FORGOTTEN = "DELETE FROM network_gone WHERE target_id = ?1";
}
