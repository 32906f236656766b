//! What the house does for itself: backups in time, and forgetting what is past its time.
//!
//! Deliberately not here: how either is done (the store's).

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::{SignedDuration, ToSpan};
use pult_domain::{Area, Instant, NoticeChange};
use pult_store::{Connection, Store, StoreError, backup, calls, floor, network, notices, retention};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, ConfigFile, quoted},
    decide,
    pump::PumpParts,
    troubles::{self, Own},
};

/// How often retention looks, and how often the index of number parts is tidied.
const FORGET_EVERY: Duration = Duration::from_secs(3600);
/// Files removed in one transaction at most.
const FILES: usize = 64;
/// How often the age of the newest backup is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// How often it is noted that what is watched still is: a hard end leaves at most so much unknown.
const STILL_WATCHED: Duration = Duration::from_secs(5);
/// How often it is looked whether a snoozed notice is to come back.
const LOOK_FOR_SNOOZED: Duration = Duration::from_secs(15);

/// The folder backups go to.
#[must_use]
pub fn backup_folder(config: &Config, store: &Store) -> PathBuf {
    config.storage.backup.dir(store.folder())
}

/// Whether a copy is to be given up, asked again and again while it is made. An engine at rest was told to stop before it began, and makes
/// its copy nevertheless.
pub fn given_up(stop: &CancellationToken) -> impl Fn() -> bool + Clone + Send + 'static {
    let (stop, at_rest) = (stop.clone(), stop.is_cancelled());
    move || !at_rest && stop.is_cancelled()
}

/// Makes a checked backup now and removes the oldest beyond the number kept. It is given up at `stop`.
///
/// # Errors
/// When it cannot be written, is not sound, or was given up.
pub async fn back_up(
    config: &Config,
    store: &Store,
    now: Instant,
    stop: &CancellationToken,
) -> Result<PathBuf, StoreError> {
    let (folder, data, keep) =
        (backup_folder(config, store), store.folder().to_owned(), config.storage.backup.keep as usize);
    let stopped = given_up(stop);
    tokio::task::spawn_blocking(move || {
        let made = backup::make(&data, &folder, now, stopped)?;
        backup::rotate(&folder, keep)?;
        Ok(made)
    })
    .await
    .map_err(|_| StoreError::Closed)?
}

/// The command that restores the newest backup of a folder, as a person would type it for this installation.
#[must_use]
pub fn restore_command(file: &ConfigFile, folder: PathBuf) -> String {
    file.command(&format!("restore {}", quoted(&backup::newest(&folder).unwrap_or(folder))))
}

/// Reads the whole database for damage once, and says what it found.
async fn check(parts: &PumpParts, config: &tokio::sync::watch::Receiver<Arc<Config>>, file: &Arc<ConfigFile>) {
    let found = tokio::select! {
        found = parts.store.check() => found,
        () = parts.stop.cancelled() => return,
    };
    let change = match found {
        Ok(None) => troubles::mended_own(Own::Database),
        Ok(Some(detail)) => {
            tracing::error!(%detail, "the database is damaged");
            let (folder, file) = (backup_folder(&config.borrow(), &parts.store), file.clone());
            let command = tokio::task::spawn_blocking(move || restore_command(&file, folder)).await;
            troubles::damaged(&detail, &command.unwrap_or_default())
        }
        Err(error) => {
            tracing::warn!(%error, "the database could not be checked");
            return;
        }
    };
    say(parts, change).await;
}

/// Brings a notice of the house up to date.
async fn say(parts: &PumpParts, change: NoticeChange) {
    let (now, terms) = (parts.clock.now(), parts.registry.terms());
    match parts.store.write_behind(move |c| decide::notices(c, &[change], now, &terms)).await {
        Ok(decided) => parts.aftermath.tell(&[decided]),
        Err(error) => tracing::warn!(%error, "a notice of the house could not be brought up to date"),
    }
}

/// Checks the database once and makes backups in time until stopped: a worker of the supervisor.
pub async fn backups(parts: Arc<PumpParts>, config: tokio::sync::watch::Receiver<Arc<Config>>, file: Arc<ConfigFile>) {
    tokio::join!(check(&parts, &config, &file), back_up_in_time(&parts, &config));
}

async fn back_up_in_time(parts: &PumpParts, config: &tokio::sync::watch::Receiver<Arc<Config>>) {
    let folder = backup_folder(&config.borrow(), &parts.store);
    match tokio::task::spawn_blocking(move || backup::remove_unfinished(&folder)).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => tracing::warn!(%error, "an unfinished backup could not be removed"),
    }
    loop {
        let (now, current) = (parts.clock.now(), config.borrow().clone());
        let folder = backup_folder(&current, &parts.store);
        let newest = tokio::task::spawn_blocking(move || backup::newest_at(&folder)).await.ok().flatten();
        let every = SignedDuration::from_hours(current.storage.backup.every_hours.into());
        if newest.is_none_or(|at| now.duration_since(at) >= every) {
            let change = match back_up(&current, &parts.store, now, &parts.stop).await {
                Ok(path) => {
                    tracing::info!(path = %path.display(), "a backup was made and checked");
                    troubles::mended_own(Own::Backup)
                }
                Err(_) if parts.stop.is_cancelled() => return,
                Err(error) => {
                    tracing::error!(%error, "a backup failed; the next try is in ten minutes");
                    troubles::no_backup(&error.to_string())
                }
            };
            say(parts, change).await;
        }
        tokio::select! {
            () = parts.clock.pause(LOOK_EVERY) => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

/// Removes the files of bodies that no row names any more, and says how many.
///
/// # Errors
/// When the folder or the database cannot be read or written.
pub async fn sweep(store: &Store) -> Result<usize, StoreError> {
    let blobs = store.blobs().clone();
    let files = store.read(move |c| blobs.unnamed(c)).await?;
    let mut removed = 0;
    for slice in files.chunks(FILES) {
        let (blobs, slice) = (store.blobs().clone(), slice.to_vec());
        removed += store.write_behind(move |c| blobs.remove_unnamed(c, &slice)).await?;
    }
    Ok(removed)
}

/// Forgets what is past its time and tidies an index, in small slices behind everybody else, until stopped: a worker of the
/// supervisor.
pub async fn forget(parts: Arc<PumpParts>, config: tokio::sync::watch::Receiver<Arc<Config>>) {
    loop {
        let now = parts.clock.now();
        let limits = limits(&config.borrow().clone(), now);
        in_slices(&parts, "forgetting", || {
            let (limits, zones) = (limits.clone(), parts.registry.terms().zones.clone());
            move |c| Ok(retention::forget_some(c, &limits, &zones, now)? > 0)
        })
        .await;
        in_slices(&parts, "merging the index of number parts", || |c| Ok(calls::merge_phone_parts(c)?)).await;
        let there = parts.clone();
        match parts.store.write_behind(move |c| troubles::tidy(c, now, &there.registry.terms())).await {
            Ok(decided) => parts.aftermath.tell(&[decided]),
            Err(error) => tracing::warn!(%error, "notices of connections were not brought up to date"),
        }
        match sweep(&parts.store).await {
            Ok(0) => {}
            Ok(files) => tracing::debug!(files, "removed bodies that no row names"),
            Err(error) => tracing::warn!(%error, "bodies that no row names stay for now"),
        }
        tokio::select! {
            () = parts.clock.pause(FORGET_EVERY) => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

/// Notes at short intervals that what is watched still is, until stopped: a worker of the supervisor.
pub async fn watch(parts: Arc<PumpParts>) {
    loop {
        let now = parts.clock.now();
        if let Err(error) = parts.store.write_behind(move |c| floor::extend_watches(c, now)).await {
            tracing::debug!(%error, "that the floor is still watched was not noted");
        }
        tokio::select! {
            () = parts.clock.pause(STILL_WATCHED) => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

/// Brings snoozed notices back in time until stopped: a worker of the supervisor.
pub async fn bring_back(parts: Arc<PumpParts>) {
    loop {
        let now = parts.clock.now();
        let next = parts.store.read(notices::next_due).await.ok().flatten();
        if next.is_some_and(|next| next <= now) {
            match parts.store.write_behind(move |c| notices::due(c, now)).await {
                Ok(back) => {
                    parts.aftermath.bus().changed(Area::Notices, back.into_iter().map(|id| id.0).collect());
                    continue;
                }
                Err(error) => tracing::warn!(%error, "snoozed notices wait: the store does not take it"),
            }
        }
        // One may be put off for less than that meanwhile.
        let soon = parts.clock.after(LOOK_FOR_SNOOZED);
        let wake = next.filter(|next| *next > now).map_or(soon, |next| next.min(soon));
        tokio::select! {
            () = parts.clock.reach(wake) => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

/// Runs one act after the other until one says that nothing is left, the store does not take it, or the engine stops.
async fn in_slices<F>(parts: &PumpParts, what: &str, act: impl Fn() -> F)
where
    F: FnOnce(&Connection) -> Result<bool, StoreError> + Send + 'static,
{
    while !parts.stop.is_cancelled() {
        match parts.store.write_behind(act()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "{what} waits: the store does not take it");
                return;
            }
        }
    }
}

fn limits(config: &Config, now: Instant) -> retention::Limits {
    let before = |days: u32| now.checked_sub((i64::from(days) * 24).hours()).unwrap_or(Instant::UNIX_EPOCH);
    let kept = &config.retention;
    retention::Limits {
        records: before(kept.records_days),
        journal: before(kept.journal_days),
        calls: before(kept.calls_days),
        floor: before(kept.floor_days),
        ratings: before(kept.ratings_days),
        erp: before(kept.erp_days),
        carousel: before(kept.carousel_days),
        chat_link: before(kept.chat_days),
        tickets: before(kept.tickets_days),
        messages: before(kept.messages_days),
        network: network::Limits {
            cycles: before(config.areas.network.cycles_days),
            minutes: before(config.areas.network.minutes_days),
        },
        audit: before(kept.audit_days),
    }
}
