//! `cargo xtask package`: what this machine can build of the packages, and in plain words what it cannot.

mod server;
mod window;

use std::fs;

use anyhow::Result;
use clap::Args;

use crate::binaries::{self, Program};
use crate::node;
use crate::packages::{self, Purpose};
use crate::process::announce;
use crate::workspace::{self, Profile};

/// Which packages.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the headless server
    #[arg(long)]
    server_only: bool,
    /// Try the AppImage too: its packing tool is downloaded by the Tauri CLI
    #[arg(long)]
    appimage: bool,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
}

/// Builds the packages into `<target>/packages` and lists them with their sizes.
pub(crate) fn package(options: &Options) -> Result<()> {
    packages::ensure(Purpose::Package, options.yes)?;
    node::build_page()?;
    let folder = workspace::target().join("packages");
    fs::create_dir_all(&folder)?;

    binaries::build(&[Program::Server], Profile::Release)?;
    let mut made = vec![server::tarball(&folder)?];
    let mut left_out = Vec::new();
    if cfg!(target_os = "linux") {
        made.push(server::deb(&folder)?);
    } else {
        left_out.push("the server's .deb: dpkg-deb and its dependency scan exist on Linux only".to_owned());
    }
    if !options.server_only {
        window::bundle(options.appimage, &folder, &mut made, &mut left_out)?;
    }

    announce("packages");
    for package in &made {
        println!("  {:>6.1} MB  {}", fs::metadata(package)?.len() as f64 / 1e6, package.display());
    }
    for reason in &left_out {
        println!("  not built: {reason}");
    }
    Ok(())
}
