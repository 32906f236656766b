//! `cargo xtask icons`: the bitmaps in `assets/icons` from the SVG sources beside them. The bitmaps are committed, so only
//! a change of a drawing needs this.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::process;
use crate::workspace;

/// The app's bitmaps: file and side in pixels.
const APP: &[(&str, u32)] = &[("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];

/// Sides inside `icon.ico`.
const ICO: &str = "256,128,64,48,32,24,16";

/// Tray states with their colour on a light and on a dark panel: the console's text, warning, alarm and off.
const TRAY: &[(&str, &str, &str)] = &[
    ("ok", "#161B22", "#E8ECF1"),
    ("attention", "#C2410C", "#FF9A5C"),
    ("trouble", "#C81E1E", "#FF7B7B"),
    ("offline", "#66707D", "#8793A1"),
];

/// A tray shows 16 to 32 pixels; twice that stays sharp on dense screens.
const TRAY_SIDE: u32 = 64;

/// Draws every bitmap again.
pub(crate) fn draw() -> Result<()> {
    packages::ensure(Purpose::Icons, false)?;
    let icons = workspace::root().join("assets/icons");
    for (file, side) in APP {
        render(&icons.join("pult.svg"), &icons.join(file), *side, None)?;
    }
    process::run(
        Command::new("convert")
            .arg(icons.join("icon.png"))
            .arg("-define")
            .arg(format!("icon:auto-resize={ICO}"))
            .arg(icons.join("icon.ico")),
    )?;
    let style = workspace::target().join("icon-colour.css");
    fs::create_dir_all(workspace::target())?;
    for (state, light, dark) in TRAY {
        for (panel, colour) in [("light", light), ("dark", dark)] {
            fs::write(&style, format!("svg {{ color: {colour} }}"))?;
            let tray = icons.join("tray");
            let bitmap = tray.join(format!("{state}-on-{panel}.png"));
            render(&tray.join(format!("{state}.svg")), &bitmap, TRAY_SIDE, Some(&style))?;
        }
    }
    Ok(fs::remove_file(style)?)
}

fn render(drawing: &Path, bitmap: &Path, side: u32, style: Option<&Path>) -> Result<()> {
    let mut command = Command::new("rsvg-convert");
    let side = side.to_string();
    command.args(["--width", &side, "--height", &side]).arg("--output").arg(bitmap);
    if let Some(style) = style {
        command.arg("--stylesheet").arg(style);
    }
    process::run(command.arg(drawing))
}
