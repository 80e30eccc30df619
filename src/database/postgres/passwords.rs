//! The password file of PostgreSQL: where a connection goes comes in, its password comes out. The rules are those of the
//! PostgreSQL manual's "The Password File": the first line that fits counts, and a file that others may read is not used.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// What the file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Password {
    /// This password.
    Found(String),
    /// Nothing, or there is no file.
    None,
    /// The file is there and cannot be used, for this reason.
    Fault(String),
}

/// Looks for a password in `file`, or in the place where everybody has it.
pub(super) fn find(file: Option<PathBuf>, host: &str, port: u16, database: &str, user: &str) -> Password {
    let Some(file) = file.or_else(default_file) else {
        return Password::None;
    };
    if !file.is_file() {
        return Password::None;
    }
    if let Some(fault) = is_open_to_others(&file) {
        return Password::Fault(fault);
    }
    let text = match fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return Password::Fault(format!("{} cannot be read: {error}", file.display())),
    };
    let port = port.to_string();
    let wanted = [host, &port, database, user];
    text.lines()
        .find_map(|line| password_in(line, wanted))
        .map_or(Password::None, Password::Found)
}

fn default_file() -> Option<PathBuf> {
    if cfg!(windows) {
        return env::var_os("APPDATA").map(|folder| Path::new(&folder).join("postgresql/pgpass.conf"));
    }
    env::home_dir().map(|home| home.join(".pgpass"))
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(file).ok()?.permissions().mode();
    (mode & 0o77 != 0).then(|| {
        let file = file.display();
        format!("{file} was not used because others may read it: `chmod 600 {file}`")
    })
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> Option<String> {
    None
}

/// The password of a line `host:port:database:user:password` that fits, where `*` fits everything and a backslash keeps a
/// colon or a backslash.
fn password_in(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    for wanted in wanted {
        let (field, tail) = next_field(rest)?;
        if field != "*" && unescaped(field) != wanted {
            return None;
        }
        rest = tail;
    }
    Some(unescaped(rest)).filter(|password| !password.is_empty())
}

/// Splits at the first colon that no backslash keeps.
fn next_field(text: &str) -> Option<(&str, &str)> {
    let mut kept = false;
    for (at, c) in text.char_indices() {
        match c {
            ':' if !kept => return Some((&text[..at], &text[at + 1..])),
            '\\' if !kept => kept = true,
            _ => kept = false,
        }
    }
    None
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_has_the_password() {
        let wanted = ["localhost", "5432", "shop", "an:na"];
        for (line, password) in [
            (r"localhost:5432:shop:an\:na:secret", Some("secret")),
            (r"*:*:*:*:a\:b\\c ", Some(r"a:b\c ")),
            ("localhost:5433:shop:*:x", None),
            ("# *:*:*:*:x", None),
            ("*:*:*", None),
            ("*:*:*:*:", None),
            ("", None),
        ] {
            assert_eq!(password_in(line, wanted).as_deref(), password, "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        let find = || find(Some(file.clone()), "h", 1, "d", "u");
        assert_eq!(find(), Password::None);
        fs::write(&file, "x:*:*:*:a\nh:*:*:*:b\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(find(), Password::Fault(fault) if fault.contains("chmod 600")));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(find(), Password::Found("b".into()));
    }
}
