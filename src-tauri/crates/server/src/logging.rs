//! The program's own log: to the terminal or the journal of the system, and to files where a folder is set.
//!
//! Deliberately not here: records, decisions and the audit trail, which are data and not log.

use pult_engine::config::{Level, Log, Rotation};
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins logging. The guard writes what is buffered when it is dropped, so `main` keeps it.
///
/// # Errors
/// When the folder of log files cannot be used.
pub fn start(log: &Log) -> anyhow::Result<Option<WorkerGuard>> {
    let level = match log.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    // What libraries say below a warning is noise to everybody but their authors; the environment can ask for it.
    let ours = format!(
        "warn,pult={level},pultd={level},pult_server={level},pult_engine={level},pult_store={level},pult_integrations={level}"
    );
    let filter = EnvFilter::try_from_env("PULT_LOG").unwrap_or_else(|_| EnvFilter::new(ours));
    let (file, guard) = match &log.dir {
        None => (None, None),
        Some(dir) => {
            let rotation = match log.rotation {
                Rotation::Hourly => rolling::Rotation::HOURLY,
                Rotation::Daily => rolling::Rotation::DAILY,
                Rotation::Never => rolling::Rotation::NEVER,
            };
            let appender = rolling::Builder::new()
                .rotation(rotation)
                .filename_prefix("pult")
                .filename_suffix("log")
                .max_log_files(log.keep as usize)
                .build(dir)?;
            let (writer, guard) = tracing_appender::non_blocking(appender);
            (Some(layer(log.json, false, writer)), Some(guard))
        }
    };
    Registry::default().with(filter).with(layer(log.json, true, std::io::stderr)).with(file).init();
    Ok(guard)
}

fn layer<S, W>(json: bool, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    use std::io::IsTerminal;
    let base = fmt::layer().with_writer(writer).with_target(false);
    match json {
        true => base.json().boxed(),
        false => base.with_ansi(colours && std::io::stderr().is_terminal()).boxed(),
    }
}
