//! The files of a target: patterns come in, texts come out.
//!
//! Paths are resolved in a fixed order and read whole, as UTF-8. What the text says is nobody's business here.

use std::{
    ffi::OsStr,
    fs,
    io::ErrorKind as IoKind,
    path::{Path, PathBuf},
};

use super::source::what_a_source_is;
use crate::{Error, ErrorKind, Place, Result, database::redact, nearest::nearest, sql::line_column};

/// A file of a target with its text.
#[derive(Debug, Clone)]
pub(crate) struct SqlFile {
    /// As it is shown.
    pub(crate) path: PathBuf,
    /// All of it, without a byte-order mark.
    pub(crate) text: String,
}

/// The first bytes of a SQLite database.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// The byte-order mark in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The files that `patterns` name: those of each pattern by name, and the patterns in their order. A file that two
/// patterns name is taken once, where it comes first. Hidden files and files that do not end in `.sql` are left out of
/// folders and patterns, and folders are not searched below their first level.
///
/// # Errors
/// [`ErrorKind::Target`] when a pattern names nothing.
pub(crate) fn resolve(patterns: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        for file in resolve_one(pattern)? {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn resolve_one(pattern: &Path) -> Result<Vec<PathBuf>> {
    match fs::metadata(pattern) {
        Ok(found) if found.is_dir() => folder(pattern),
        Ok(_) if is_sql(pattern) => Ok(vec![pattern.to_path_buf()]),
        Ok(_) => Err(not_sql(pattern)),
        Err(_)
            if let Some(text) = pattern.to_str()
                && text.contains(['*', '?', '[']) =>
        {
            matches_of(pattern, text)
        }
        Err(error) if matches!(error.kind(), IoKind::NotFound | IoKind::NotADirectory) => {
            Err(missing(pattern))
        }
        Err(error) => Err(unreadable(pattern, &error)),
    }
}

fn folder(path: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = false;
    for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
        let file = entry.map_err(|error| unreadable(path, &error))?.path();
        if is_hidden(&file) {
            continue;
        }
        if file.is_dir() {
            folders = true;
        } else if is_sql(&file) {
            files.push(file);
        }
    }
    if files.is_empty() {
        let error = target(format!(
            "there is no `.sql` file in the folder `{}`",
            path.display()
        ));
        return Err(if folders {
            error.hint(format!(
                "folders inside it are not searched: for those write `{}`",
                path.join("**").join("*.sql").display()
            ))
        } else {
            error
        });
    }
    files.sort();
    Ok(files)
}

fn matches_of(path: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    // A folder that exists is that folder, even if its name looks like a pattern: the project may lie in `app[2]`.
    let folder = path
        .ancestors()
        .skip(1)
        .filter_map(Path::to_str)
        .find(|folder| Path::new(folder).exists());
    let folder = folder.unwrap_or_default();
    let escaped = glob::Pattern::escape(folder) + &pattern[folder.len()..];
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        ..glob::MatchOptions::new()
    };
    let paths = glob::glob_with(&escaped, options).map_err(|error| {
        target(format!("`{pattern}` is not a pattern: {}", error.msg))
            .hint("in a pattern `*` is any name, `**` any folders, `?` one character, `[ab]` one of these")
    })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| unreadable(error.path(), error.error()))?;
        if is_sql(&path) && !path.is_dir() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(target(format!("no `.sql` file matches the pattern `{pattern}`")));
    }
    files.sort();
    Ok(files)
}

fn is_sql(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn target(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Target, message)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    target(format!("cannot read `{}`: {error}", path.display()))
}

fn missing(path: &Path) -> Error {
    // It may be a URL without its scheme.
    let shown = redact(&path.display().to_string());
    let error = target(format!("there is no file or folder `{shown}`"));
    match similar(path) {
        Some(known) => error.hint(format!("did you mean `{known}`?")),
        None => error.hint(what_a_source_is()),
    }
}

/// What may have been meant by a path that does not exist: a neighbour, or the scripts.
fn similar(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut names: Vec<String> = fs::read_dir(parent.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| !is_hidden(path) && (is_sql(path) || path.is_dir()))
        .filter_map(|path| path.file_name().and_then(OsStr::to_str).map(str::to_owned))
        .collect();
    names.sort();
    if let Some(name) = nearest(name, names.iter().map(String::as_str)) {
        return Some(path.with_file_name(name).display().to_string());
    }
    let words = ["migrations"];
    nearest(name.split('@').next()?, words).map(str::to_owned)
}

fn not_sql(path: &Path) -> Error {
    if begins_as_sqlite(path) {
        return target(format!("`{}` is a SQLite database", path.display())).hint(format!(
            "write it as a URL: `{}`",
            crate::DatabaseUrl::sqlite_file(path)
        ));
    }
    target(format!("`{}` does not end in `.sql`", path.display())).hint(what_a_source_is())
}

fn begins_as_sqlite(path: &Path) -> bool {
    use std::io::Read;
    let mut first = [0; SQLITE_MAGIC.len()];
    fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut first))
        .is_ok_and(|()| first == *SQLITE_MAGIC)
}

/// Reads a file.
///
/// # Errors
/// [`ErrorKind::Target`] when it cannot be read, is not UTF-8, or holds a NUL byte; with the place.
pub(crate) fn read(path: &Path) -> Result<SqlFile> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    if bytes.starts_with(SQLITE_MAGIC) {
        return Err(not_sql(path));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| not_utf8(path, &error))?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
    }
    if let Some(offset) = text.bytes().position(|byte| byte == 0) {
        return Err(target("the file contains a NUL byte")
            .at(place(path, &text, offset))
            .hint("SQL is plain text: save the file without it"));
    }
    Ok(SqlFile {
        path: path.to_path_buf(),
        text,
    })
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Error {
    let bytes = error.as_bytes();
    let offset = error.utf8_error().valid_up_to();
    let before = String::from_utf8_lossy(&bytes[..offset]);
    let place = place(path, &before, before.len());
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let failed = target(format!(
        "the file is not UTF-8: byte {} is 0x{byte:02X}",
        offset + 1
    ))
    .at(place);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        failed.hint("it seems to be UTF-16: save it as UTF-8")
    } else {
        failed.hint("save the file as UTF-8")
    }
}

fn place(path: &Path, text: &str, offset: usize) -> Place {
    let (line, column) = line_column(text, offset);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..]
        .find('\n')
        .map_or(text.len(), |length| offset + length);
    let snippet = text[start..end].trim_end_matches('\r').to_owned();
    Place {
        file: Some(path.to_path_buf()),
        line,
        column,
        snippet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "-- empty").unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<PathBuf> = patterns
            .iter()
            .map(|pattern| folder.path().join(pattern))
            .collect();
        resolve(&patterns)
            .unwrap()
            .iter()
            .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
            .collect()
    }

    fn error(folder: &tempfile::TempDir, pattern: &str) -> Error {
        resolve(&[folder.path().join(pattern)]).unwrap_err()
    }

    #[test]
    fn folders_and_patterns_give_their_files_by_name() {
        let folder = folder_with(&[
            "s/b.sql",
            "s/a.sql",
            "s/10.SQL",
            "s/.hidden.sql",
            "s/note.txt",
            "s/deep/c.sql",
            "z.sql",
        ]);
        assert_eq!(names(&folder, &["s"]), ["s/10.SQL", "s/a.sql", "s/b.sql"]);
        assert_eq!(names(&folder, &["s/*.sql"]), ["s/a.sql", "s/b.sql"]);
        assert_eq!(names(&folder, &["s/*"]), ["s/10.SQL", "s/a.sql", "s/b.sql"]);
        assert_eq!(
            names(&folder, &["**/*.sql"]),
            ["s/a.sql", "s/b.sql", "s/deep/c.sql", "z.sql"]
        );
        assert_eq!(
            names(&folder, &["z.sql", "s/b.sql", "s"]),
            ["z.sql", "s/b.sql", "s/10.SQL", "s/a.sql"]
        );
        assert!(resolve(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_file_whose_name_looks_like_a_pattern_is_a_file() {
        let folder = folder_with(&["a[1].sql", "a1.sql"]);
        assert_eq!(names(&folder, &["a[1].sql"]), ["a[1].sql"]);
        let folder = folder_with(&["app[2]/a.sql", "app2/b.sql"]);
        assert_eq!(names(&folder, &["app[2]/*.sql"]), ["app[2]/a.sql"]);
        assert_eq!(names(&folder, &["app[23]/*.sql"]), ["app2/b.sql"]);
    }

    #[test]
    fn what_names_nothing_is_an_error() {
        let folder = folder_with(&["schema.sql", "empty/deep/a.sql", "bare/note.txt", "note.txt"]);
        let shown = |error: Error| {
            (
                error
                    .message()
                    .replace(&folder.path().display().to_string(), "DIR"),
                error,
            )
        };
        let (message, missing) = shown(error(&folder, "shcema.sql"));
        assert_eq!(message, "there is no file or folder `DIR/shcema.sql`");
        assert!(
            missing.hints()[0].ends_with("/schema.sql`?"),
            "{:?}",
            missing.hints()
        );
        assert_eq!(missing.kind(), ErrorKind::Target);
        assert_eq!(
            error(&folder, "migratoins").hints(),
            ["did you mean `migrations`?"]
        );
        assert!(error(&folder, "x").hints()[0].starts_with("a source is a `.sql` file"));
        assert_eq!(
            shown(error(&folder, "x*.sql")).0,
            "no `.sql` file matches the pattern `DIR/x*.sql`"
        );
        assert!(error(&folder, "x[.sql").message().contains("is not a pattern"));
        assert_eq!(
            shown(error(&folder, "bare")).0,
            "there is no `.sql` file in the folder `DIR/bare`"
        );
        assert!(error(&folder, "empty").hints()[0].ends_with("/empty/**/*.sql`"));
        assert_eq!(
            shown(error(&folder, "note.txt")).0,
            "`DIR/note.txt` does not end in `.sql`"
        );
        assert_eq!(
            shown(error(&folder, "schema.sql/a.sql")).0,
            "there is no file or folder `DIR/schema.sql/a.sql`"
        );
    }

    #[test]
    fn a_database_is_not_taken_for_text() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["app.db", "app.sql"] {
            let path = folder.path().join(name);
            fs::write(&path, [SQLITE_MAGIC, &[0; 84]].concat()).unwrap();
            let error = resolve(std::slice::from_ref(&path))
                .and_then(|files| read(&files[0]))
                .unwrap_err();
            assert!(error.message().ends_with("is a SQLite database"), "{error}");
            assert_eq!(
                error.hints(),
                [format!("write it as a URL: `sqlite://{}`", path.display())]
            );
        }
    }

    fn read_bytes(bytes: &[u8]) -> Result<SqlFile> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        fs::write(&path, bytes).unwrap();
        read(&path)
    }

    #[test]
    fn a_byte_order_mark_is_left_out() {
        assert_eq!(read_bytes(b"\xef\xbb\xbfSELECT 1").unwrap().text, "SELECT 1");
        assert_eq!(read_bytes(b"").unwrap().text, "");
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_where_they_are() {
        let nul = read_bytes("é;\nab\0c\n".as_bytes()).unwrap_err();
        assert_eq!(nul.message(), "the file contains a NUL byte");
        let place = &nul.places()[0];
        assert_eq!(
            (place.line, place.column, place.snippet.as_str()),
            (2, 3, "ab\0c")
        );

        let latin = read_bytes(b"a\n-- caf\xe9 au lait\n").unwrap_err();
        assert_eq!(latin.message(), "the file is not UTF-8: byte 9 is 0xE9");
        let place = &latin.places()[0];
        assert_eq!(
            (place.line, place.column, place.snippet.as_str()),
            (2, 7, "-- caf")
        );

        let wide = read_bytes(b"\xff\xfea\0").unwrap_err();
        assert_eq!(wide.hints(), ["it seems to be UTF-16: save it as UTF-8"]);
    }

    #[test]
    fn a_file_that_is_missing_is_an_error() {
        let error = read(Path::new("/nonexistent/a.sql")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Target);
        assert!(error.message().starts_with("cannot read `/nonexistent/a.sql`"));
    }
}
