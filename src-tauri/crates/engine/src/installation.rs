//! The name of this installation: eight hexadecimal digits, made once and kept beside the database.
//!
//! Other systems tell our sessions apart by it, so it must differ between machines and outlive restarts. Deliberately not here: any
//! secret; whoever knows it can do nothing with it.

use std::{fs, io, path::Path};

/// The file's name within the data folder.
const FILE: &str = "installation";

/// The name, made now when there is none yet.
///
/// # Errors
/// When the data folder cannot be written.
pub fn name(folder: &Path) -> io::Result<String> {
    let file = folder.join(FILE);
    match fs::read_to_string(&file) {
        Ok(text) if is_name(text.trim()) => Ok(text.trim().to_owned()),
        Ok(_) => make(&file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&file),
        Err(error) => Err(error),
    }
}

fn make(file: &Path) -> io::Result<String> {
    let name = format!("{:08x}", rand::random::<u32>());
    fs::write(file, &name)?;
    Ok(name)
}

fn is_name(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_made_once_and_anew_when_it_was_spoilt() {
        let folder = tempfile::tempdir().unwrap();
        let first = name(folder.path()).unwrap();
        assert!(is_name(&first));
        assert_eq!(name(folder.path()).unwrap(), first);
        fs::write(folder.path().join(FILE), "spoilt").unwrap();
        assert!(is_name(&name(folder.path()).unwrap()));
    }
}
