//! `pultd`: Pult without a window.
//!
//! Deliberately not here: commands (`cli`).

fn main() -> std::process::ExitCode {
    pult_server::cli::run()
}
