//! CREATE TABLE.

use super::{
    ast::{
        Column, ColumnConstraint, ColumnRule, Conflict, KeyPart, Reference, Table, TableConstraint, TableRule,
    },
    cursor::{Cursor, Result},
};
use crate::{
    schema::{Action, Deferral, GeneratedKind, Order},
    sql::TokenKind,
};

/// What begins a table constraint.
const TABLE_RULES: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

/// Reads on behind `CREATE [TEMP] TABLE`.
pub(super) fn table<'a>(cursor: &mut Cursor<'a>, temporary: bool) -> Result<Table<'a>> {
    let created = cursor.created(temporary, "a table name")?;
    cursor.expect_symbol("(")?;
    let mut columns = Vec::new();
    column(cursor, &mut columns)?;
    let mut constraints = Vec::new();
    while cursor.take_symbol(",") {
        if TABLE_RULES.iter().any(|keyword| cursor.is_keyword(keyword)) {
            table_constraints(cursor, &mut constraints)?;
            break;
        }
        column(cursor, &mut columns)?;
    }
    cursor.expect_symbol(")")?;
    let mut table = Table {
        created,
        columns,
        constraints,
        strict: false,
        without_rowid: false,
    };
    if cursor.peek().is_some() && !cursor.is_symbol(";") && !cursor.is_symbol(",") {
        table_option(cursor, &mut table)?;
    }
    while cursor.take_symbol(",") {
        table_option(cursor, &mut table)?;
    }
    Ok(table)
}

fn table_option(cursor: &mut Cursor<'_>, table: &mut Table<'_>) -> Result<()> {
    if cursor.take_keywords(&["without", "rowid"]) {
        table.without_rowid = true;
    } else if cursor.take_keyword("strict") {
        table.strict = true;
    } else {
        return Err(cursor.expected("STRICT or WITHOUT ROWID"));
    }
    Ok(())
}

/// Reads a column and puts it behind the others.
fn column<'a>(cursor: &mut Cursor<'a>, columns: &mut Vec<Column<'a>>) -> Result<()> {
    let start = cursor.start();
    let name = cursor.name("a column name")?;
    let ty = column_type(cursor)?;
    columns.push(Column {
        name,
        span: cursor.span_from(start),
        ty,
        constraints: Vec::new(),
    });
    while !cursor.is_symbol(",") && !cursor.is_symbol(")") {
        if let Some(deferral) = deferral(cursor)? {
            defer_last_reference(columns, deferral);
        } else {
            let constraint = column_constraint(cursor)?;
            columns
                .last_mut()
                .expect("pushed above")
                .constraints
                .push(constraint);
        }
    }
    columns.last_mut().expect("pushed above").span = cursor.span_from(start);
    Ok(())
}

/// In SQLite's grammar `DEFERRABLE` is a constraint of its own. It speaks of the foreign key before it, be it another
/// column's, and of none when there is none (`sqlite3DeferForeignKey` in `build.c`).
fn defer_last_reference(columns: &mut [Column<'_>], deferral: Deferral) {
    let constraints = columns
        .iter_mut()
        .rev()
        .flat_map(|column| column.constraints.iter_mut().rev());
    for constraint in constraints {
        if let ColumnRule::References(reference) = &mut constraint.rule {
            reference.deferral = deferral;
            break;
        }
    }
}

/// `name.. [(size [, size])]`, where any run of names is a type.
fn column_type<'a>(cursor: &mut Cursor<'a>) -> Result<Option<&'a str>> {
    let start = cursor.start();
    let mut found = false;
    while cursor.is_id_or_string() {
        cursor.advance();
        found = true;
    }
    if !found {
        return Ok(None);
    }
    if cursor.take_symbol("(") {
        signed_number(cursor)?;
        if cursor.take_symbol(",") {
            signed_number(cursor)?;
        }
        cursor.expect_symbol(")")?;
    }
    let ty = without_generated_always(cursor.slice(cursor.span_from(start)));
    Ok((!ty.is_empty()).then_some(ty))
}

/// A type whose last words are GENERATED ALWAYS, without these: they belong to the constraint that follows, though the
/// grammar takes them for names (`sqlite3AddColumn` in `build.c`, by text as there).
fn without_generated_always(ty: &str) -> &str {
    let without = |ty: &'_ str, word: &str| {
        let start = ty.len().checked_sub(word.len())?;
        ty.get(start..)?.eq_ignore_ascii_case(word).then_some(start)
    };
    if ty.len() < "generated always".len() {
        return ty;
    }
    let Some(end) = without(ty, "always") else {
        return ty;
    };
    let ty = ty[..end].trim_end();
    without(ty, "generated").map_or(ty, |end| ty[..end].trim_end())
}

fn signed_number(cursor: &mut Cursor<'_>) -> Result<()> {
    let _sign = cursor.take_symbol("+") || cursor.take_symbol("-");
    if cursor.peek().is_some_and(|token| token.kind == TokenKind::Number) {
        cursor.advance();
        Ok(())
    } else {
        Err(cursor.expected("a number"))
    }
}

fn column_constraint<'a>(cursor: &mut Cursor<'a>) -> Result<ColumnConstraint<'a>> {
    let start = cursor.start();
    let name = constraint_name(cursor)?;
    let rule = match column_rule(cursor)? {
        Some(rule) => rule,
        None if name.is_some() => ColumnRule::Nothing,
        None => return Err(cursor.expected("a column constraint, `,` or `)`")),
    };
    Ok(ColumnConstraint {
        name,
        span: cursor.span_from(start),
        rule,
    })
}

fn constraint_name(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    if cursor.take_keyword("constraint") {
        cursor.name("a constraint name").map(Some)
    } else {
        Ok(None)
    }
}

fn column_rule<'a>(cursor: &mut Cursor<'a>) -> Result<Option<ColumnRule<'a>>> {
    let rule = if cursor.take_keywords(&["not", "null"]) {
        ColumnRule::NotNull {
            on_conflict: on_conflict(cursor)?,
        }
    } else if cursor.take_keyword("null") {
        on_conflict(cursor)?;
        ColumnRule::Null
    } else if cursor.take_keywords(&["primary", "key"]) {
        ColumnRule::PrimaryKey {
            order: order(cursor),
            on_conflict: on_conflict(cursor)?,
            autoincrement: cursor.take_keyword("autoincrement"),
        }
    } else if cursor.take_keyword("unique") {
        ColumnRule::Unique {
            on_conflict: on_conflict(cursor)?,
        }
    } else if cursor.take_keyword("check") {
        ColumnRule::Check(cursor.parenthesised()?)
    } else if cursor.take_keyword("default") {
        ColumnRule::Default(default_value(cursor)?)
    } else if cursor.take_keyword("collate") {
        ColumnRule::Collate(cursor.collation()?)
    } else if cursor.is_keyword("references") {
        ColumnRule::References(reference(cursor)?)
    } else if cursor.take_keywords(&["generated", "always", "as"]) || cursor.take_keyword("as") {
        let expression = cursor.parenthesised()?;
        let kind = if cursor.take_keyword("stored") {
            GeneratedKind::Stored
        } else {
            cursor.take_keyword("virtual");
            GeneratedKind::Virtual
        };
        ColumnRule::Generated { expression, kind }
    } else {
        return Ok(None);
    };
    Ok(Some(rule))
}

/// A literal with an optional sign, a name, or any expression in parentheses.
fn default_value<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str> {
    let start = cursor.start();
    if cursor.is_symbol("(") {
        cursor.parenthesised()?;
        return Ok(cursor.slice(cursor.span_from(start)));
    }
    let signed = cursor.take_symbol("+") || cursor.take_symbol("-");
    let is_literal = cursor.is_keyword("null")
        || ["current_date", "current_time", "current_timestamp"]
            .iter()
            .any(|word| cursor.is_keyword(word))
        || cursor.peek().is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Number | TokenKind::String | TokenKind::Blob
            )
        });
    if is_literal || (!signed && cursor.is_id()) {
        cursor.advance();
        Ok(cursor.slice(cursor.span_from(start)))
    } else {
        Err(cursor.expected("a default value"))
    }
}

fn order(cursor: &mut Cursor<'_>) -> Order {
    if cursor.take_keyword("desc") {
        Order::Descending
    } else {
        cursor.take_keyword("asc");
        Order::Ascending
    }
}

fn on_conflict(cursor: &mut Cursor<'_>) -> Result<Option<Conflict>> {
    if !cursor.take_keywords(&["on", "conflict"]) {
        return Ok(None);
    }
    for (keyword, conflict) in [
        ("rollback", Conflict::Rollback),
        ("abort", Conflict::Abort),
        ("fail", Conflict::Fail),
        ("ignore", Conflict::Ignore),
        ("replace", Conflict::Replace),
    ] {
        if cursor.take_keyword(keyword) {
            return Ok(Some(conflict));
        }
    }
    Err(cursor.expected("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE"))
}

/// `REFERENCES table [(columns)] [ON DELETE .. | ON UPDATE .. | MATCH ..]..`
fn reference(cursor: &mut Cursor<'_>) -> Result<Reference> {
    cursor.expect_keyword("references")?;
    let mut reference = Reference {
        table: cursor.name("a table name")?,
        columns: Vec::new(),
        on_delete: Action::default(),
        on_update: Action::default(),
        match_name: None,
        deferral: Deferral::default(),
    };
    if cursor.is_symbol("(") {
        reference.columns = cursor.names("a column name")?;
    }
    loop {
        if cursor.take_keywords(&["on", "delete"]) {
            reference.on_delete = action(cursor)?;
        } else if cursor.take_keywords(&["on", "update"]) {
            reference.on_update = action(cursor)?;
        } else if cursor.take_keyword("match") {
            reference.match_name = Some(cursor.name("a kind of match")?);
        } else {
            return Ok(reference);
        }
    }
}

fn action(cursor: &mut Cursor<'_>) -> Result<Action> {
    for (keywords, action) in [
        (&["set", "null"][..], Action::SetNull),
        (&["set", "default"], Action::SetDefault),
        (&["cascade"], Action::Cascade),
        (&["restrict"], Action::Restrict),
        (&["no", "action"], Action::NoAction),
    ] {
        if cursor.take_keywords(keywords) {
            return Ok(action);
        }
    }
    Err(cursor.expected("SET NULL, SET DEFAULT, CASCADE, RESTRICT or NO ACTION"))
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | INITIALLY IMMEDIATE]`
fn deferral(cursor: &mut Cursor<'_>) -> Result<Option<Deferral>> {
    let deferrable = if cursor.take_keywords(&["not", "deferrable"]) {
        false
    } else if cursor.take_keyword("deferrable") {
        true
    } else {
        return Ok(None);
    };
    let deferred = if !cursor.take_keyword("initially") || cursor.take_keyword("immediate") {
        false
    } else if cursor.take_keyword("deferred") {
        true
    } else {
        return Err(cursor.expected("DEFERRED or IMMEDIATE"));
    };
    Ok(Some(match (deferrable, deferred) {
        (false, _) => Deferral::NotDeferrable,
        (true, false) => Deferral::Immediate,
        (true, true) => Deferral::Deferred,
    }))
}

/// The table constraints up to the closing parenthesis; the commas between them may be missing.
fn table_constraints<'a>(cursor: &mut Cursor<'a>, constraints: &mut Vec<TableConstraint<'a>>) -> Result<()> {
    loop {
        let start = cursor.start();
        let name = constraint_name(cursor)?;
        let rule = match table_rule(cursor)? {
            Some(rule) => rule,
            None if name.is_some() => TableRule::Nothing,
            None => return Err(cursor.expected("a table constraint")),
        };
        constraints.push(TableConstraint {
            name,
            span: cursor.span_from(start),
            rule,
        });
        if !cursor.take_symbol(",") && cursor.is_symbol(")") {
            return Ok(());
        }
    }
}

fn table_rule<'a>(cursor: &mut Cursor<'a>) -> Result<Option<TableRule<'a>>> {
    let rule = if cursor.take_keywords(&["primary", "key"]) {
        cursor.expect_symbol("(")?;
        let parts = key_parts(cursor)?;
        let autoincrement = cursor.take_keyword("autoincrement");
        cursor.expect_symbol(")")?;
        TableRule::PrimaryKey {
            parts,
            autoincrement,
            on_conflict: on_conflict(cursor)?,
        }
    } else if cursor.take_keyword("unique") {
        cursor.expect_symbol("(")?;
        let parts = key_parts(cursor)?;
        cursor.expect_symbol(")")?;
        TableRule::Unique {
            parts,
            on_conflict: on_conflict(cursor)?,
        }
    } else if cursor.take_keyword("check") {
        TableRule::Check {
            expression: cursor.parenthesised()?,
            on_conflict: on_conflict(cursor)?,
        }
    } else if cursor.take_keywords(&["foreign", "key"]) {
        let columns = cursor.names("a column name")?;
        let mut reference = reference(cursor)?;
        reference.deferral = deferral(cursor)?.unwrap_or_default();
        TableRule::ForeignKey { columns, reference }
    } else {
        return Ok(None);
    };
    Ok(Some(rule))
}

fn key_parts(cursor: &mut Cursor<'_>) -> Result<Vec<KeyPart>> {
    let mut parts = Vec::new();
    loop {
        // A part is an expression to SQLite's grammar, so a column may stand in parentheses.
        let mut open = 0;
        while cursor.take_symbol("(") {
            open += 1;
        }
        let column = cursor.name("a column name")?;
        for _ in 0..open {
            cursor.expect_symbol(")")?;
        }
        let collation = if cursor.take_keyword("collate") {
            Some(cursor.collation()?)
        } else {
            None
        };
        parts.push(KeyPart {
            column,
            collation,
            order: order(cursor),
        });
        if !cursor.take_symbol(",") {
            return Ok(parts);
        }
    }
}
