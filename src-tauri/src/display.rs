//! Whether there is a display, and how the web view had better draw on it.
//!
//! Deliberately not here: the window.

use std::path::Path;

/// Turns off the web view's drawing through shared graphics memory.
#[cfg(target_os = "linux")]
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Whether a window can be opened from here. Asked before anything of the desktop is started, which would abort.
pub(crate) fn is_there() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Turns off the toolkit's own drawing through a graphics library: nothing here draws so, and where there is no card, asking at
/// start what it could do loads a whole compiler, 30 MB for a program that waits in the tray.
#[cfg(target_os = "linux")]
const NO_TOOLKIT_GL: (&str, &str) = ("GDK_GL", "disable");

/// Chooses how the web view and the toolkit draw. They read their environment at start, and changing the environment of a
/// running program is unsafe: where a variable is missing, the program starts itself once more with it.
///
/// # Errors
/// When the program cannot start itself again.
#[cfg(target_os = "linux")]
pub(crate) fn prepare() -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    if std::env::var_os(NO_DMABUF).is_some() || draws_on_a_card() {
        return Ok(());
    }
    let mut again = std::process::Command::new(std::env::current_exe()?);
    if std::env::var_os(NO_TOOLKIT_GL.0).is_none() {
        again.env(NO_TOOLKIT_GL.0, NO_TOOLKIT_GL.1);
    }
    Err(again.args(std::env::args_os().skip(1)).env(NO_DMABUF, "1").exec().into())
}

/// Other systems bring another web view.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare() -> anyhow::Result<()> {
    Ok(())
}

/// Whether pictures are drawn by a graphics card of the computer that shows them.
#[cfg(target_os = "linux")]
fn draws_on_a_card() -> bool {
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|value| !value.is_empty());
    let here = wayland || std::env::var("DISPLAY").is_ok_and(|display| shows_here(&display));
    here && has_render_node(Path::new("/dev/dri"))
}

/// `:0` and `unix:0` are displays of this computer; `host:10` is somebody else's, reached over the network.
#[cfg(target_os = "linux")]
fn shows_here(display: &str) -> bool {
    display.starts_with(':') || display.starts_with("unix:")
}

#[cfg(target_os = "linux")]
fn has_render_node(folder: &Path) -> bool {
    let Ok(nodes) = std::fs::read_dir(folder) else { return false };
    nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_display_of_another_computer_is_told_by_its_host() {
        for (display, here) in [(":0", true), (":99.0", true), ("unix:0", true), ("localhost:10.0", false), ("", false)]
        {
            assert_eq!(shows_here(display), here, "{display:?}");
        }
    }

    #[test]
    fn a_card_is_known_by_its_render_node() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_render_node(&folder.path().join("absent")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_render_node(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_render_node(folder.path()));
    }
}
