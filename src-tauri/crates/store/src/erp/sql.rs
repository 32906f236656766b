//! Every fixed statement about documents, so that the planner can be asked about all of them.
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
    NEXT = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'erp_request'), 0) + 1";
    ID_OF_GUID = "SELECT id FROM erp_request WHERE guid = ?1";
    WAITING = "SELECT id FROM erp_request WHERE stage = 'directory' ORDER BY id";
    OF_ID = "SELECT state, stage, document, record_id, queued, queued_record_id, tries, trouble FROM erp_request WHERE id = ?1";
    TASKS = "SELECT task_key, state, responsible_id, task_id, ordered, files, detail FROM erp_task WHERE document_id = ?1 ORDER BY id";
    FILES = "SELECT sha256, disk_id FROM erp_file WHERE document_id = ?1 ORDER BY id";
    CACHE = "SELECT payload, fetched_at FROM erp_cache WHERE kind = ?1";
    RESERVED = "SELECT responsible_id, task_id, estimate_s FROM erp_task WHERE state = 'creating'
                UNION ALL
                SELECT responsible_id, task_id, estimate_s FROM erp_task WHERE created_at >= ?1 AND state <> 'creating'";
    LAST_GIVEN = "SELECT max(given_at) FROM erp_task WHERE responsible_id = ?1 AND state <> 'refused'";
    ROW_OF_ID = "SELECT id, guid, number, document ->> 'date', document ->> 'title', document ->> 'author', state, stage,
                     json_array_length(document, '$.lines'),
                     (SELECT count(*) FROM erp_task t WHERE t.document_id = d.id AND t.task_id IS NOT NULL),
                     json_array_length(document, '$.files'), tries, queued IS NOT NULL, trouble, record_id, received_at, updated_at,
                     ended_at
                 FROM erp_request d WHERE id = ?1";
    DOCUMENT = "SELECT document FROM erp_request WHERE id = ?1";
    TASK_ROWS = "SELECT task_key, calculation, state, department_id, responsible_id, task_id, estimate_s, json_array_length(files), detail,
                     workload_snapshot, given_at, created_at, updated_at
                 FROM erp_task WHERE document_id = ?1 ORDER BY id";
    FILE_ROW = "SELECT disk_id FROM erp_file WHERE document_id = ?1 AND sha256 = ?2";
    COUNT = "SELECT count(*) FROM erp_request WHERE state = ?1";

    BEGIN = "INSERT INTO erp_request (id, guid, number, document, record_id, state, received_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 'received', ?6, ?6)";
    AGAIN = "UPDATE erp_request SET number = ?2, document = ?3, record_id = ?4, queued = NULL, queued_record_id = NULL, tries = ?5,
                 state = 'received', stage = NULL, trouble = NULL, updated_at = ?6, ended_at = NULL WHERE id = ?1";
    AGAIN_NOT_THERE = "DELETE FROM erp_task WHERE document_id = ?1 AND task_id IS NULL";
    AGAIN_THERE = "UPDATE erp_task SET state = 'stale', ordered = NULL, detail = NULL, updated_at = ?2 WHERE document_id = ?1";
    AGAIN_FILES = "DELETE FROM erp_file WHERE document_id = ?1 AND disk_id IS NULL";
    QUEUE = "UPDATE erp_request SET queued = ?2, queued_record_id = ?3 WHERE id = ?1";
    STAGE = "UPDATE erp_request SET stage = ?2, updated_at = ?3 WHERE id = ?1";
    TROUBLE = "UPDATE erp_request SET trouble = ?2 WHERE id = ?1";
    SETTLE = "UPDATE erp_request SET state = ?2, stage = NULL, trouble = ?3, updated_at = ?4, ended_at = ?4 WHERE id = ?1";
    CHOOSE = "INSERT INTO erp_task (document_id, task_key, calculation, department_id, responsible_id, state, ordered, estimate_s,
                  workload_snapshot, given_at, updated_at)
              VALUES (?1, ?2, ?3, ?4, ?5, 'creating', ?6, ?7, ?8, ?9, ?9)";
    TASK = "UPDATE erp_task SET state = ?3, task_id = coalesce(?4, task_id), detail = ?5, updated_at = ?6,
                created_at = CASE WHEN ?4 IS NULL THEN created_at ELSE coalesce(created_at, ?6) END,
                ordered = CASE WHEN ?3 = 'creating' THEN ordered END
            WHERE document_id = ?1 AND task_key = ?2";
    ATTACH = "UPDATE erp_task SET files = json_insert(files, '$[#]', ?3) WHERE document_id = ?1 AND task_key = ?2";
    LOSE = "DELETE FROM erp_task WHERE document_id = ?1 AND task_key = ?2";
    FILE = "INSERT OR REPLACE INTO erp_file (document_id, sha256, name, size, disk_id)
            SELECT d.id, ?2, f.value ->> 'name', f.value ->> 'size', ?3
            FROM erp_request d LEFT JOIN json_each(d.document, '$.files') f ON f.value ->> 'sha256' = ?2
            WHERE d.id = ?1 LIMIT 1";
    REMEMBER = "INSERT INTO erp_cache (kind, payload, fetched_at) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET payload = excluded.payload, fetched_at = excluded.fetched_at";
    UNREMEMBER = "DELETE FROM erp_cache WHERE kind = ?1";
    FORGET_DIRECTORY = "DELETE FROM erp_cache";
    FORGET = "DELETE FROM erp_request WHERE id IN
                  (SELECT id FROM erp_request WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2)";
}
