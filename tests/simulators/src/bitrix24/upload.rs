//! The second step of an upload: a form with the file, sent to the address of the first step. One file, no other fields.

use serde_json::json;

use super::{
    Portal,
    answer::{Refusal, time},
    methods::file_row,
};
use crate::service::{multipart, wire::Answer};

/// Takes the file in. The address is good for one upload.
pub(super) fn take(portal: &Portal, token: &str, content_type: &str, body: &[u8]) -> Answer {
    let now = portal.hands.now();
    let mut state = portal.state();
    let refuse = |refusal: Refusal| Answer::new(refusal.status, refusal.body());
    let Some(upload) = state.world.disk.uploads.remove(token) else {
        return refuse(Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"));
    };
    let Some((name, content)) = file(content_type, body) else {
        return refuse(Refusal::bad("ERROR_COULD_NOT_SAVE_FILE", "Could not save file"));
    };
    match state.world.disk.make(upload.folder, &name, Some(content), upload.unique, now) {
        Ok(id) => {
            let row = state.world.disk.objects.get(&id).map(file_row);
            Answer::new(200, json!({ "result": row, "time": time(now, None) }))
        }
        Err(_) => refuse(Refusal::bad("DISK_OBJ_22000", "An object with this name already exists")),
    }
}

/// Name and bytes of the part called `file`, which is the first.
fn file(content_type: &str, body: &[u8]) -> Option<(String, Vec<u8>)> {
    let part = multipart::parts(content_type, body)?.into_iter().next().filter(|part| part.name == "file")?;
    Some((part.filename.filter(|name| !name.is_empty())?, part.content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_called_file_is_taken_whole() {
        let head =
            "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: x/y\r\n\r\n";
        let mut body = head.as_bytes().to_vec();
        body.extend(b"\x00\r\n--\xff\r\n--X--\r\n");
        let kind = "multipart/form-data; boundary=X";
        assert_eq!(file(kind, &body), Some(("a.bin".to_owned(), b"\x00\r\n--\xff".to_vec())));
        let other = String::from_utf8_lossy(&body).replace("name=\"file\"", "name=\"data\"");
        assert_eq!(file(kind, other.as_bytes()), None);
        assert_eq!(file("application/json", &body), None);
    }
}
