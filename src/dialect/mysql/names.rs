//! Names that the server would refuse in the middle of a script: it says so before anything runs.

use super::spelling::MAX_NAME;
use crate::directive::Directive;
use crate::{Error, ErrorKind, Result, dialect::names};

/// Refuses a directive that gives something a name which is too long.
///
/// # Errors
/// With the name and how long it is.
pub(super) fn check(directive: &Directive) -> Result<()> {
    names::check(directive, &fits)
}

fn fits(what: &str, name: &str) -> Result<()> {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Script,
        format!("the name of {what} {name} has {length} characters, and {MAX_NAME} is the most"),
    )
    .hint("use a shorter name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Table;

    #[test]
    fn a_name_is_measured_in_characters() {
        let table = |name: String| check(&Directive::CreateTable(Box::new(Table::new(name))));
        assert!(table("ä".repeat(64)).is_ok());
        let error = table("ä".repeat(65)).unwrap_err();
        assert!(error.message().contains("65 characters"), "{error}");
    }
}
