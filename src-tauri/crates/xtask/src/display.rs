//! A virtual display and a session bus for programs that open a window, so that nothing reaches the person's own.

use std::process::Command;

use crate::process;
use crate::workspace;

/// What has to be on the search path.
const TOOLS: [&str; 4] = ["Xvfb", "xvfb-run", "dbus-run-session", "WebKitWebDriver"];

/// The first tool that is missing.
pub(crate) fn missing() -> Option<&'static str> {
    TOOLS.into_iter().find(|tool| !process::on_path(tool))
}

/// A command whose further arguments are the program to run with a display and a bus for itself.
pub(crate) fn command() -> Command {
    let mut command = Command::new("dbus-run-session");
    command.current_dir(workspace::root()).args(["--", "xvfb-run", "--auto-servernum"]);
    command.arg("--server-args=-screen 0 1440x900x24");
    command
}
