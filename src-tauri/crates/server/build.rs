//! Makes sure that there is a page to pack, so that a plain `cargo build` needs no Node, and has a release keep one copy
//! of functions whose code is equal.
//!
//! Deliberately not here: building the front end (`cargo xtask` does).

use std::{env, fs, path::Path};

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
    // The linker that Rust brings for this target can; a generic function has many equal forms, a tenth of the program.
    if env::var("PROFILE").as_deref() == Ok("release")
        && env::var("TARGET").as_deref() == Ok("x86_64-unknown-linux-gnu")
    {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
    Ok(())
}
