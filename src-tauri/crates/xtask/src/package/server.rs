//! The headless server's packages: a .deb laid out by hand and packed by `dpkg-deb`, and a tarball for everything else
//! that has a glibc. The files that go beside the program are in `assets/packaging`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{self, announce};
use crate::workspace::{self, Profile};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Libraries of glibc itself; libgcc_s is brought by every package of glibc, which ends threads with it.
const GLIBC: &[&str] = &["libc.so", "libm.so", "libgcc_s.so", "libpthread.so", "libdl.so", "librt.so", "ld-linux"];

/// A file of the .deb: where it comes from, where it goes, its mode.
type Entry = (PathBuf, &'static str, u32);

fn entries() -> Vec<Entry> {
    let root = workspace::root();
    let packaging = root.join("assets/packaging");
    vec![
        (workspace::binary(Profile::Release, "pultd"), "usr/bin/pultd", 0o755),
        (packaging.join("pultd.service"), "usr/lib/systemd/system/pultd.service", 0o644),
        (packaging.join("pult.sysusers"), "usr/lib/sysusers.d/pult.conf", 0o644),
        (packaging.join("pult.tmpfiles"), "usr/lib/tmpfiles.d/pult.conf", 0o644),
        (packaging.join("pult.toml"), "etc/pult/pult.toml", 0o640),
        (root.join("README.md"), "usr/share/doc/pultd/README.md", 0o644),
        (root.join("LICENSE"), "usr/share/doc/pultd/copyright", 0o644),
        (packaging.join("deb/conffiles"), "DEBIAN/conffiles", 0o644),
        (packaging.join("deb/postinst"), "DEBIAN/postinst", 0o755),
        (packaging.join("deb/prerm"), "DEBIAN/prerm", 0o755),
        (packaging.join("deb/postrm"), "DEBIAN/postrm", 0o755),
    ]
}

/// Packs the .deb and returns its place.
pub(crate) fn deb(folder: &Path) -> Result<PathBuf> {
    announce("packing the server's .deb");
    let staged = fresh(&workspace::target().join("staged/pultd"))?;
    for (from, to, mode) in entries() {
        put(&from, &staged.join(to), mode)?;
    }
    let architecture = process::capture(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned();
    let size = fs::metadata(staged.join("usr/bin/pultd"))?.len() / 1024;
    let control = fs::read_to_string(workspace::root().join("assets/packaging/deb/control.in"))?
        .replace("@VERSION@", VERSION)
        .replace("@ARCH@", &architecture)
        .replace("@SIZE@", &size.to_string())
        .replace("@DEPENDS@", &libraries(&staged)?);
    fs::write(staged.join("DEBIAN/control"), control)?;
    let place = folder.join(format!("pultd_{VERSION}_{architecture}.deb"));
    process::run(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&staged).arg(&place))?;
    Ok(place)
}

/// The packages whose libraries the program links, with the versions it needs, as Debian computes them.
fn libraries(staged: &Path) -> Result<String> {
    // dpkg-shlibdeps wants a source package's control file to stand where it runs.
    let folder = fresh(&workspace::target().join("staged/shlibdeps"))?;
    fs::create_dir_all(folder.join("debian"))?;
    fs::write(folder.join("debian/control"), "Source: pultd\n\nPackage: pultd\nArchitecture: any\n")?;
    let mut scan = Command::new("dpkg-shlibdeps");
    let found = process::capture(scan.current_dir(&folder).arg("-O").arg(staged.join("usr/bin/pultd")))?;
    let list = found.trim().strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps named no library")?;
    Ok(list.to_owned())
}

/// Packs the tarball and returns its place. A program that needs more than glibc is refused.
pub(crate) fn tarball(folder: &Path) -> Result<PathBuf> {
    announce("packing the server's tarball");
    if cfg!(target_os = "linux") {
        let program = workspace::binary(Profile::Release, "pultd");
        let newest = newest_glibc(&process::capture(Command::new("objdump").arg("-T").arg(&program))?);
        let list = process::capture(Command::new("objdump").arg("-p").arg(&program))?;
        if let Some(other) = needed(&list).find(|library| !GLIBC.iter().any(|known| library.starts_with(known))) {
            bail!("pultd links {other}: the tarball would need more than glibc");
        }
        println!("  it needs glibc {} or newer, and nothing else", newest.unwrap_or_default());
    }
    let name = format!("pultd-{VERSION}-{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let staged = fresh(&workspace::target().join("staged/tarball"))?;
    let inside = staged.join(&name);
    let root = workspace::root();
    put(&workspace::binary(Profile::Release, "pultd"), &inside.join("pultd"), 0o755)?;
    for file in ["README.md", "LICENSE", "assets/packaging/pultd.service", "assets/packaging/pult.toml"] {
        let from = root.join(file);
        put(&from, &inside.join(from.file_name().unwrap_or_default()), 0o644)?;
    }
    let place = folder.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--owner=0", "--group=0", "--numeric-owner", "--create", "--gzip", "--file"]).arg(&place);
    process::run(tar.arg("--directory").arg(&staged).arg(&name))?;
    Ok(place)
}

/// The libraries a program names, from what `objdump -p` prints.
fn needed(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter_map(|line| line.trim().strip_prefix("NEEDED")).map(str::trim)
}

/// The newest version of glibc that a program's symbols ask for, from what `objdump -T` prints.
fn newest_glibc(symbols: &str) -> Option<String> {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|rest| {
        let version = rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        version.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>()
    });
    versions.max().map(|parts| parts.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}

fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    set_mode(folder, 0o755)?;
    Ok(folder.to_owned())
}

/// Copies a file with a mode that does not depend on the person's umask.
fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    if let Some(folder) = to.parent() {
        make_folders(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    set_mode(to, mode)
}

fn make_folders(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        make_folders(above)?;
    }
    fs::create_dir(folder)?;
    set_mode(folder, 0o755)
}

#[cfg(unix)]
fn set_mode(place: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(place, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_needs_is_read_from_objdump() {
        let list =
            "Dynamic Section:\n  NEEDED               libgcc_s.so.1\n  NEEDED               libc.so.6\n  INIT 0x1000\n";
        assert_eq!(needed(list).collect::<Vec<_>>(), ["libgcc_s.so.1", "libc.so.6"]);
        let symbols =
            "0000  DF *UND*  0000 (GLIBC_2.9) poll\n0000  DF *UND*  0000 (GLIBC_2.34) dlsym\n0000 (GCC_3.0) x";
        assert_eq!(newest_glibc(symbols).as_deref(), Some("2.34"));
        assert_eq!(newest_glibc(""), None);
    }
}
