//! Commands of imports: upload a file, watch it go in, stop it, fetch what was rejected.
//!
//! Deliberately not here: reading and judging rows (`imports`). The same file sent again after a stop goes on where it was.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use pult_store::{
    StoreError,
    imports::{ImportId, ImportRow, newest},
    staff::StaffOutcome,
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::{File, Nothing};
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
    imports::{self, Checked, Desk, ImportError, ImportKind, Order, Progress},
};

/// Imports shown.
const SHOWN: usize = 50;

/// Imports, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Imports {
    /// Those under way with their speed.
    pub running: Vec<Progress>,
    /// All of them.
    pub rows: Vec<ImportRow>,
}

/// Sends a file in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StartRequest {
    /// What its rows are.
    pub kind: ImportKind,
    /// Its name.
    pub name: String,
    /// Its bytes, Base64.
    pub content_base64: String,
}

/// One import.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// Which.
    pub id: ImportId,
}

/// What a staff file would come to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StaffPreview {
    /// Counts, and rows that would not be taken.
    pub outcome: StaffOutcome,
}

/// Imports under way in this engine.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<ImportId, (Progress, CancellationToken)>>>);

impl Running {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ImportId, (Progress, CancellationToken)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Lost | ImportError::Stopped => Self::new(ErrorCode::Internal, "the import was cut short"),
            other => Self::field("content_base64", other.to_string()),
        }
    }
}

pub(super) async fn list(engine: &Engine, _: &Actor, _: Nothing) -> Result<Imports, ApiError> {
    let rows = engine.store().read(|c| newest(c, SHOWN)).await?;
    let running = engine.imports.lock().values().map(|(progress, _)| progress.clone()).collect();
    Ok(Imports { running, rows })
}

pub(super) async fn start(engine: &Engine, actor: &Actor, request: StartRequest) -> Result<Imports, ApiError> {
    let upload = keep(engine, &request).await?;
    let order = Order { kind: request.kind, path: upload, name: base_name(&request.name), actor: actor.clone() };
    let (desk, areas) = (Desk::of(engine), request.kind.areas());
    let (stop, running, bus) = (engine.stop_signal().child_token(), engine.imports.clone(), engine.bus().clone());
    let path = order.path.clone();
    // The answer comes once the file has begun to go in, or cannot.
    let (began, begun) = tokio::sync::oneshot::channel();
    let began = Mutex::new(Some(began));
    tokio::spawn(async move {
        let tell = |progress: Progress| {
            running.lock().insert(progress.import.id, (progress, stop.clone()));
            bus.changed(pult_domain::Area::Engine, vec![]);
            if let Some(began) = began.lock().unwrap_or_else(PoisonError::into_inner).take() {
                // Whoever asked may have gone away.
                let _ = began.send(Ok(()));
            }
        };
        let outcome = imports::run(&desk, order, &stop, tell).await;
        if let Ok(row) = &outcome {
            running.lock().remove(&row.id);
        } else {
            running.lock().retain(|_, (progress, _)| progress.import.finished_at.is_none());
        }
        if let Some(began) = began.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let _ = began.send(outcome.map(drop).map_err(ApiError::from));
        }
        if let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%error, "an imported file could not be removed");
        }
        bus.changed(pult_domain::Area::Engine, vec![]);
        areas.iter().for_each(|area| bus.changed(*area, vec![]));
    });
    begun.await.map_err(|_| ApiError::new(ErrorCode::Internal, "the import was cut short"))??;
    list(engine, actor, Nothing {}).await
}

pub(super) async fn preview_staff(engine: &Engine, _: &Actor, request: StartRequest) -> Result<StaffPreview, ApiError> {
    let upload = keep(engine, &request).await?;
    let outcome = imports::preview_staff(engine.store(), upload.clone()).await;
    if let Err(error) = tokio::fs::remove_file(&upload).await {
        tracing::warn!(%error, "a previewed file could not be removed");
    }
    Ok(StaffPreview { outcome: outcome? })
}

pub(super) async fn check(engine: &Engine, actor: &Actor, request: StartRequest) -> Result<Checked, ApiError> {
    let path = keep(engine, &request).await?;
    let order = Order { kind: request.kind, path, name: base_name(&request.name), actor: actor.clone() };
    let checked = imports::check(&Desk::of(engine), &order, engine.stop_signal()).await;
    if let Err(error) = tokio::fs::remove_file(&order.path).await {
        tracing::warn!(%error, "a checked file could not be removed");
    }
    Ok(checked?)
}

pub(super) async fn cancel(engine: &Engine, actor: &Actor, request: ImportRequest) -> Result<Imports, ApiError> {
    match engine.imports.lock().get(&request.id) {
        Some((_, stop)) => stop.cancel(),
        None => return Err(StoreError::Conflict("it is not under way").into()),
    }
    engine.note(actor, "imports.cancel", &request.id.object()).await?;
    list(engine, actor, Nothing {}).await
}

pub(super) async fn rejected(engine: &Engine, _: &Actor, request: ImportRequest) -> Result<File, ApiError> {
    let csv = imports::rejected_csv(engine.store(), request.id).await?;
    Ok(File::of(format!("import-{}-rejected.csv", request.id.0), "text/csv; charset=utf-8", &csv))
}

/// Keeps an upload where the import can stream it.
async fn keep(engine: &Engine, request: &StartRequest) -> Result<std::path::PathBuf, ApiError> {
    let bytes = data_encoding::BASE64
        .decode(request.content_base64.as_bytes())
        .map_err(|_| ApiError::field("content_base64", "is not Base64"))?;
    let folder = engine.data_folder().join("uploads");
    let path = folder.join(engine.next_act());
    let kept = path.clone();
    tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&kept, bytes)
    })
    .await
    .map_err(|_| ApiError::new(ErrorCode::Internal, "the file was not kept"))?
    .map_err(|e| match e.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull.into(),
        _ => ApiError::new(ErrorCode::Internal, "the file was not kept"),
    })?;
    Ok(path)
}

/// The name without folders, of either kind of system.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect()
}
