//! A new file for a script: its name, and the writing of it, which happens wholly or not at all.

use crate::{Error, ErrorKind, Result};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// A message as part of a file name: ASCII letters and digits in lower case, `_` between words, cut at a word.
pub(super) fn slug(message: &str, longest: usize) -> String {
    let mut slug = String::new();
    for word in message
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        let word = word.to_ascii_lowercase();
        if slug.is_empty() {
            slug.extend(word.chars().take(longest));
        } else if slug.len() + 1 + word.len() <= longest {
            slug.push('_');
            slug.push_str(&word);
        } else {
            break;
        }
    }
    slug
}

/// Writes beside the file first, then gives it its name, which must be free.
pub(super) fn write_new(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let failed = |error: std::io::Error| {
        let taken = error.kind() == std::io::ErrorKind::AlreadyExists;
        let error = Error::new(ErrorKind::Io, format!("{} cannot be written", path.display())).because(error);
        if taken {
            error.hint("a file of that name is there already: choose another message or id")
        } else {
            error
        }
    };
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let temporary = folder.join(format!(".autogen-{}.tmp", std::process::id()));
    let written = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        // A link fails when the name is taken, where a rename would overwrite.
        .and_then(|()| match fs::hard_link(&temporary, path) {
            // Some file systems have no links, and each says so in its own way.
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .and_then(|mut f| f.write_all(text.as_bytes())),
            linked => linked,
        });
    let _ = fs::remove_file(&temporary);
    written.map_err(failed)
}

/// Puts another text in the place of a file, which is the old one or the new one at any time.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Io, format!("{} cannot be written", path.display())).because(error)
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let temporary = folder.join(format!(".autogen-{}.tmp", std::process::id()));
    let written = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(failed)
}
