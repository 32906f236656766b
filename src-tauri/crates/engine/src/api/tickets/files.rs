//! Files of tickets: bringing one that is to be attached, and fetching one that is.
//!
//! Deliberately not here: attaching it (the integration's).

use pult_domain::areas::{chat_link::FileLink, tickets::Upload};
use pult_integrations::{CallError, Integration};
use pult_store::{StoreError, tickets};
use serde::Deserialize;
use ts_rs::TS;

use crate::{
    Engine,
    api::File,
    areas::tickets::source,
    auth::Actor,
    config::Config,
    error::{ApiError, ErrorCode},
};

/// The largest file that is fetched, bytes.
const LARGEST: u64 = 40 << 20;

/// A file that is to be attached.
#[derive(Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UploadRequest {
    /// Its name, 1 to 255 characters.
    pub name: String,
    /// What it says it is.
    pub content_type: String,
    /// Its bytes, Base64.
    pub content_base64: String,
}

/// A file of a ticket.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRequest {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
}

/// The largest file that may be attached, bytes.
pub(super) fn largest(config: &Config) -> u64 {
    u64::from(config.areas.tickets.max_file_mb) << 20
}

pub(in crate::api) async fn upload(engine: &Engine, actor: &Actor, request: UploadRequest) -> Result<Upload, ApiError> {
    let name = request.name.trim().to_owned();
    // A path is never taken for a name, whoever sends it.
    let strange = |letter: char| letter.is_control() || "/\\".contains(letter);
    let is_name = (1..=255).contains(&name.chars().count()) && !name.contains(strange) && name != "." && name != "..";
    if !is_name {
        return Err(ApiError::field("name", "1 to 255 characters, no path"));
    }
    let content = data_encoding::BASE64.decode(request.content_base64.as_bytes());
    let content = content.map_err(|_| ApiError::field("content_base64", "not Base64"))?;
    let (size, most) = (content.len() as u64, largest(&engine.config()));
    if size == 0 || size > most {
        return Err(ApiError::field("content_base64", format!("1 to {most} bytes")));
    }
    let store = engine.store().clone();
    let put = tokio::task::spawn_blocking(move || store.blobs().put(&content)).await;
    let blob = put.map_err(|_| StoreError::Closed)??;
    let content_type: String = request.content_type.chars().filter(char::is_ascii_graphic).take(100).collect();
    let upload = Upload { sha256: blob.sha256.clone(), name, content_type, size };
    let (login, kept, now) = (actor.login.clone(), upload.clone(), engine.clock().now());
    engine.store().write(move |c| tickets::keep_upload(c, &login, &blob, &kept, now)).await?;
    Ok(upload)
}

pub(in crate::api) async fn attachment(
    engine: &Engine,
    actor: &Actor,
    request: AttachmentRequest,
) -> Result<File, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    let found = engine
        .store()
        .read(move |c| {
            let found = tickets::attachment(c, request.id)?;
            Ok(match found {
                Some((ticket, file)) if !tickets::by_ids(c, &viewer, &[ticket])?.is_empty() => Some(file),
                _ => None,
            })
        })
        .await?;
    let file = found.ok_or(StoreError::NotFound("file"))?;
    let tracker = engine.registry().get(source(&engine.registry().terms()));
    let files = tracker.as_deref().and_then(Integration::attachments);
    let files = files.ok_or_else(|| ApiError::new(ErrorCode::Unreachable, "the tracker is not connected"))?;
    let link = FileLink { name: file.name.clone(), size: Some(file.size), source: file.id.to_string(), page: None };
    let bytes = files.fetch(&link, LARGEST).await.map_err(|error| match error {
        CallError::Refused { .. } => ApiError::new(ErrorCode::NotFound, error.to_string()),
        _ => ApiError::new(ErrorCode::Unreachable, error.to_string()),
    })?;
    // Saved and never shown in the console's own page, whatever it says it is.
    Ok(File::of(file.name, "application/octet-stream", &bytes))
}
