//! A listener's certificate, read anew when its files change: a renewal needs no restart and ends no connection.
//!
//! Files that do not fit each other, or that nobody can read, change nothing: the certificate at work stays, the log and the engine's
//! health say why, and the next look tries again. Deliberately not here: getting a certificate.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum_server::tls_rustls::RustlsConfig;
use pult_domain::Area;
use pult_engine::Engine;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(30);

/// When certificate and key were last written, and how long they are; absent for one that cannot be read.
type Look = [Option<(SystemTime, u64)>; 2];

/// The certificate of one listener, and the files it comes from.
struct Renewal {
    listener: &'static str,
    certificate: PathBuf,
    key: PathBuf,
    tls: RustlsConfig,
    seen: Mutex<Look>,
    engine: Engine,
}

/// Reads a listener's certificate and keeps it as new as its files are, until the engine stops.
///
/// # Errors
/// When the files cannot be read or do not fit each other now.
pub(crate) async fn kept(
    engine: &Engine,
    listener: &'static str,
    (certificate, key): (&Path, &Path),
) -> io::Result<RustlsConfig> {
    let seen = look(certificate, key).await;
    let tls = RustlsConfig::from_pem_file(certificate, key).await?;
    engine.own_certificates().serves(listener, engine.clock().now());
    let (certificate, key) = (certificate.to_owned(), key.to_owned());
    let renewal =
        Renewal { listener, certificate, key, tls: tls.clone(), seen: Mutex::new(seen), engine: engine.clone() };
    let (renewal, first) = (Arc::new(renewal), engine.clock().after(EVERY));
    engine.supervisor().start(format!("certificate.{listener}"), move || watch(renewal.clone(), first));
    Ok(tls)
}

async fn watch(renewal: Arc<Renewal>, first: pult_domain::Instant) {
    let engine = renewal.engine.clone();
    let (clock, mut due) = (engine.clock(), first);
    while engine.stop_signal().run_until_cancelled(clock.reach(due)).await.is_some() {
        due = clock.after(EVERY);
        renewal.look_again().await;
    }
}

impl Renewal {
    /// Takes the files where they are others than those seen last.
    async fn look_again(&self) {
        let found = look(&self.certificate, &self.key).await;
        if *self.seen.lock().unwrap_or_else(PoisonError::into_inner) == found {
            return;
        }
        // What was half written at this look is looked at again: then it is another.
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = found;
        let (listener, certificates, now) = (self.listener, self.engine.own_certificates(), self.engine.clock().now());
        match self.tls.reload_from_pem_file(&self.certificate, &self.key).await {
            Ok(()) => {
                tracing::info!(listener, "the certificate was read anew and serves from now on");
                certificates.serves(listener, now);
            }
            Err(error) => {
                tracing::error!(listener, %error, "the new certificate or its key cannot be used: the old one stays");
                certificates.troubled(listener, error.to_string(), now);
            }
        }
        self.engine.bus().changed(Area::Engine, vec![]);
    }
}

async fn look(certificate: &Path, key: &Path) -> Look {
    let of = async |path: &Path| {
        let found = tokio::fs::metadata(path).await.ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    [of(certificate).await, of(key).await]
}

#[cfg(test)]
mod tests;
