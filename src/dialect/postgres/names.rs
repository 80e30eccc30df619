//! Names that the server would cut.
//!
//! It keeps 63 bytes of a name and says so in a notice only (manual, Lexical Structure). Then the database holds another name than the
//! target says, and every later script fails on it. So such a name is refused before anything runs.

use super::spelling::{MAX_NAME, cut};
use crate::directive::Directive;
use crate::{Error, ErrorKind, Result, dialect::names};

/// Refuses a directive that gives something a name which is too long.
///
/// # Errors
/// With the name as the server would keep it.
pub(super) fn check(directive: &Directive) -> Result<()> {
    names::check(directive, &fits)
}

fn fits(what: &str, name: &str) -> Result<()> {
    // The names of these say what they are about.
    if name.len() <= MAX_NAME || matches!(what, "cast" | "transform") {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Script,
        format!(
            "the name of {what} {name} has {} bytes, and PostgreSQL keeps {MAX_NAME}",
            name.len()
        ),
    )
    .hint(format!(
        "it would become {}: use a shorter name",
        cut(name, MAX_NAME)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Table;

    #[test]
    fn a_name_that_would_be_cut_is_refused() {
        let name = format!("{}ä", "a".repeat(62));
        let error = check(&Directive::CreateTable(Box::new(Table::new(name.as_str())))).unwrap_err();
        assert!(error.message().contains("64 bytes"), "{error}");
        assert!(error.hints()[0].contains(&format!("become {}:", "a".repeat(62))));
        assert!(check(&Directive::CreateTable(Box::new(Table::new("ä")))).is_ok());
    }
}
