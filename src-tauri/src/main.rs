//! `pult`: the desk in a window of its own, with the engine inside or with a server's engine behind it.
//!
//! Deliberately not here: commands and rules (the engine's), screens (the page's), listeners (the server's).

// A console window beside the real one helps nobody on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod alone;
mod app;
mod arguments;
mod attach;
mod attach_stream;
mod desk;
mod dialogs;
mod display;
mod ipc;
mod look;
mod news;
mod notify;
mod places;
mod refusal;
mod status;
mod toasts;
mod tray;
mod vault;
mod voice;
mod wall;
mod watch;
mod window;
mod words;

use std::process::ExitCode;

use arguments::{Arguments, Wanted};
use pult_engine::config::Place;
use pult_server::cli;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os()) {
        Wanted::Server(arguments) => {
            let program = cli::Program { place: Place::Desktop, secrets: vault::for_commands };
            cli::run_as(program, arguments)
        }
        Wanted::Window(arguments) => open(arguments),
    }
}

fn open(arguments: Arguments) -> ExitCode {
    cli::keep_memory_private();
    if !display::is_there() {
        // Nobody can see a dialog: the terminal is all there is.
        #[allow(clippy::print_stderr)]
        {
            eprintln!("pult: there is no display here; start the engine without a window: pult --headless");
        }
        return ExitCode::from(2);
    }
    if let Err(error) = display::prepare() {
        return dialogs::cannot_start(&error);
    }
    match app::run(arguments) {
        Ok(code) => code,
        Err(error) => dialogs::cannot_start(&error),
    }
}
