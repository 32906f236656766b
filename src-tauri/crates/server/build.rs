//! Makes sure that there is a page to pack, so that a plain `cargo build` needs no Node.
//!
//! Deliberately not here: building the front end (`cargo xtask` does).

use std::{fs, path::Path};

fn main() -> std::io::Result<()> {
    let dist = Path::new("../../../ui/dist");
    println!("cargo:rerun-if-changed=../../../ui/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(dist)?;
        fs::write(
            page,
            "<!doctype html><title>Pult</title><p>The console is not built: run <code>cargo xtask run</code>.</p>\n",
        )?;
    }
    Ok(())
}
