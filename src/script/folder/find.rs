//! The files in which scripts lie.
//!
//! Comes in: folders. Goes out: their files in the order of their paths, and each as a script if it is one.

use super::{Entry, read_entry};
use crate::script::Format;
use crate::{Error, ErrorKind, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Whether folders inside a folder are looked into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Search {
    /// Only the folder itself.
    #[default]
    Flat,
    /// All folders inside it too.
    Recursive,
}

/// A file as a script; `None` when it is none.
pub(super) fn entry(file: &Path) -> Result<Option<Entry>> {
    let Some(format) = Format::of_path(file) else {
        return Ok(None);
    };
    let bytes = fs::read(file).map_err(|e| unreadable(file, e))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // What is no text has no header, unless it looks as if it had had one.
        Err(error)
            if ["REVISION", "autogen:"]
                .iter()
                .all(|word| !holds(error.as_bytes(), word)) =>
        {
            return Ok(None);
        }
        Err(error) => {
            return Err(
                Error::new(ErrorKind::Script, format!("{} is not UTF-8 text", file.display()))
                    .because(error.utf8_error())
                    .hint("save it as UTF-8, or bring the file back as it was"),
            );
        }
    };
    // Nobody keeps an empty file on purpose: a script was lost here, by a full disk or a slip of `>`.
    if text.trim().is_empty() {
        return Err(
            Error::new(ErrorKind::Script, format!("{} is empty", file.display()))
                .hint("bring the script back as it was, or delete the file"),
        );
    }
    read_entry(file.to_path_buf(), format, text.into())
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// The files of a folder in the order of their paths. A folder that is not there has none.
pub(super) fn files(folder: &Path, search: Search) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![(folder.to_path_buf(), Vec::new())];
    while let Some((folder, mut way)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(&folder, error)),
        };
        if search == Search::Recursive {
            // A link to a folder further up would lead round and round.
            let real = folder.canonicalize().map_err(|e| unreadable(&folder, e))?;
            if way.contains(&real) {
                continue;
            }
            way.push(real);
        }
        for entry in entries {
            let entry = entry.map_err(|e| unreadable(&folder, e))?;
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            if hidden || name == "mod.rs" {
                continue;
            }
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| unreadable(&path, e))?;
            // Only of a link it is not known by now what it leads to.
            let is_folder = kind.is_dir() || (kind.is_symlink() && path.is_dir());
            match search {
                Search::Recursive if is_folder => open.push((path, way.clone())),
                Search::Flat | Search::Recursive => {
                    if kind.is_file() || (kind.is_symlink() && path.is_file()) {
                        files.push(path);
                    }
                }
            }
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be read", path.display())).because(error)
}
