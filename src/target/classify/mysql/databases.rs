//! The databases that a target names: its own under its name on the server, or under the name that a dump gives it.

use std::borrow::Cow;

use crate::{
    sql::Split,
    target::{
        classify::{Refusal, Verdict, shorten},
        cursor::Cursor,
    },
};

/// How many statements may stand between the first word about a database and its USE.
const HEADER: usize = 8;

/// The database that these statements create, if they use it behind that: the header of a dump.
pub(super) fn founded<'a>(statements: Split<'a>) -> Option<Cow<'a, str>> {
    let mut created: Option<Cow<'a, str>> = None;
    for statement in statements.take(HEADER) {
        let mut cursor = Cursor::new(statement.text, statement.lexicon());
        if cursor.eat("use") {
            let used = cursor.name()?.name;
            return created.filter(|created| *created == used);
        }
        if !cursor.eat("create") {
            continue;
        }
        cursor.eat_all(&["or", "replace"]);
        if cursor.eat("database") || cursor.eat("schema") {
            cursor.eat_all(&["if", "not", "exists"]);
            created = Some(cursor.name()?.name);
        }
    }
    None
}

/// USE: the name comes next.
pub(super) fn uses<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    named(
        cursor,
        "a target describes one database: remove the USE; where the file also creates that database, it is taken for the one \
         that is described",
    )
}

/// CREATE, ALTER or DROP DATABASE; the cursor stands behind these words.
pub(super) fn changes<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    cursor.eat_all(&["if", "not", "exists"]);
    cursor.eat_all(&["if", "exists"]);
    if cursor.at_any(&[
        "character",
        "charset",
        "default",
        "collate",
        "comment",
        "encryption",
        "read",
    ]) {
        // ALTER DATABASE without a name is about the one that is in use.
        return Verdict::PassOver;
    }
    named(
        cursor,
        "a target describes what is in one database: remove the statement; with `USE` of the same name behind it, that database is \
         taken for the one that is described",
    )
}

fn named<'a>(cursor: &mut Cursor<'a>, hint: &str) -> Verdict<'a> {
    let Some(named) = cursor.name() else {
        return Verdict::Run;
    };
    let refusal = Refusal {
        offset: named.offset,
        message: format!("`{}` is another database", shorten(&named.name)),
        hint: Some(hint.to_owned()),
    };
    Verdict::OnDatabase(named.name, refusal)
}
