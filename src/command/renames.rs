//! Renames as they are declared on the command line: `old=new` for a table, `table.old=new` or `table.old=table.new` for a column.
//!
//! Names may hold dots and equals signs themselves, so a flag is read against the two schemas: it means what there is.

use crate::{
    Error, ErrorKind, Result,
    compare::{Pair, Rename, RenameOf, RenameOrigin},
    dialect::Dialect,
    nearest::nearest,
    schema::{QName, Schema, Table},
};

/// Reads `--rename` flags.
///
/// # Errors
/// [`ErrorKind::Usage`] when a flag is not of these forms or names what there is not.
pub(super) fn renames(
    flags: &[String],
    schemas: Pair<&Schema>,
    dialect: &dyn Dialect,
) -> Result<Vec<Rename>> {
    let sides = Sides { schemas, dialect };
    // Tables first: a column's table may go by its old or its new name.
    let mut tables: Vec<Pair<&QName>> = Vec::new();
    let mut columns = Vec::new();
    for flag in flags {
        match sides.tables(flag) {
            Some(names) => tables.push(names),
            None => columns.push(flag),
        }
    }
    let mut renames: Vec<RenameOf> = tables
        .iter()
        .map(|names| RenameOf::Table {
            old: names.live.clone(),
            new: names.target.clone(),
        })
        .collect();
    for flag in columns {
        match sides.column(flag, &tables) {
            Some(rename) => renames.push(rename),
            None => return Err(sides.explain(flag, &tables)),
        }
    }
    Ok(renames
        .into_iter()
        .map(|what| Rename {
            what,
            origin: RenameOrigin::Flag,
        })
        .collect())
}

struct Sides<'a> {
    schemas: Pair<&'a Schema>,
    dialect: &'a dyn Dialect,
}

impl<'a> Sides<'a> {
    fn table(&self, schema: &'a Schema, name: &str) -> Option<&'a Table> {
        schema
            .tables
            .values()
            .find(|table| self.dialect.same_name(&table.name.to_string(), name))
    }

    /// Two tables, when that is what the flag names.
    fn tables(&self, flag: &str) -> Option<Pair<&'a QName>> {
        splits(flag, '=').find_map(|(old, new)| {
            Some(Pair::new(
                &self.table(self.schemas.live, old)?.name,
                &self.table(self.schemas.target, new)?.name,
            ))
        })
    }

    /// A column on both sides, when that is what the flag names.
    fn column(&self, flag: &str, renamed: &[Pair<&QName>]) -> Option<RenameOf> {
        splits(flag, '=').find_map(|(old, new)| {
            splits(old, '.').find_map(|(table, old)| {
                let tables = self.same_table(table, renamed)?;
                let old = &self.column_of(tables.live, old)?.name;
                let new = self.column_of(tables.target, new).or_else(|| {
                    splits(new, '.')
                        .filter(|(table, _)| {
                            self.dialect.same_name(table, &tables.target.name.to_string())
                                || self.dialect.same_name(table, &tables.live.name.to_string())
                        })
                        .find_map(|(_, new)| self.column_of(tables.target, new))
                })?;
                Some(RenameOf::Column {
                    table: tables.target.name.clone(),
                    old: old.clone(),
                    new: new.name.clone(),
                })
            })
        })
    }

    /// The table on both sides, by its old or its new name.
    fn same_table(&self, name: &str, renamed: &[Pair<&QName>]) -> Option<Pair<&'a Table>> {
        let same = |known: &QName| self.dialect.same_name(&known.to_string(), name);
        let names = renamed
            .iter()
            .find(|names| same(names.live) || same(names.target));
        let (live, target) = match names {
            Some(names) => (names.live.to_string(), names.target.to_string()),
            None => (name.to_owned(), name.to_owned()),
        };
        Some(Pair::new(
            self.table(self.schemas.live, &live)?,
            self.table(self.schemas.target, &target)?,
        ))
    }

    fn column_of(&self, table: &'a Table, name: &str) -> Option<&'a crate::schema::Column> {
        table
            .columns
            .iter()
            .find(|column| self.dialect.same_name(&column.name, name))
    }

    /// Why a flag names nothing.
    fn explain(&self, flag: &str, renamed: &[Pair<&QName>]) -> Error {
        let usage = |message: String| Error::new(ErrorKind::Usage, format!("--rename {flag}: {message}"));
        let Some((old, new)) = flag
            .split_once('=')
            .filter(|(old, new)| !old.is_empty() && !new.is_empty())
        else {
            return usage("it names no two things".to_owned())
                .hint("write `--rename old_table=new_table` or `--rename table.old_column=new_column`");
        };
        if let Some((table, column)) = old.rsplit_once('.') {
            if let Some(tables) = self.same_table(table, renamed) {
                let new = new.rsplit_once('.').map_or(new, |(_, new)| new);
                return match self.column_of(tables.live, column) {
                    None => suggest(
                        usage(format!("{table} has no column {column}")),
                        column,
                        tables.live.columns.iter().map(|c| c.name.to_string()),
                    ),
                    Some(_) => suggest(
                        usage(format!("the target's {table} has no column {new}")),
                        new,
                        tables.target.columns.iter().map(|c| c.name.to_string()),
                    ),
                };
            }
            return suggest(
                usage(format!("there is no table {table} on both sides")),
                table,
                names(self.schemas.live),
            );
        }
        if self.table(self.schemas.live, old).is_none() {
            suggest(
                usage(format!("there is no table {old} to rename")),
                old,
                names(self.schemas.live),
            )
        } else {
            suggest(
                usage(format!("the target has no table {new}")),
                new,
                names(self.schemas.target),
            )
        }
    }
}

fn names(schema: &Schema) -> impl Iterator<Item = String> {
    schema.tables.keys().map(ToString::to_string)
}

fn suggest(error: Error, word: &str, known: impl Iterator<Item = String>) -> Error {
    let known: Vec<String> = known.collect();
    match nearest(word, known.iter().map(String::as_str)) {
        Some(known) => error.hint(format!("did you mean `{known}`?")),
        None => error,
    }
}

/// Every way to cut the text in two at a character.
fn splits(text: &str, at: char) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(at)
        .map(move |(place, _)| (&text[..place], &text[place + at.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dialect::sqlite::Sqlite, schema::Column};

    fn schema(tables: &[(&str, &[&str])]) -> Schema {
        let mut schema = Schema::new();
        for (name, columns) in tables {
            let mut table = Table::new(*name);
            table.columns = columns
                .iter()
                .map(|column| Column::new(*column, "text"))
                .collect();
            schema.insert_table(table);
        }
        schema
    }

    fn read(flags: &[&str]) -> Result<Vec<RenameOf>> {
        let live = schema(&[("user", &["mail", "name"]), ("a.b", &["x=y", "z"])]);
        let target = schema(&[("users", &["email", "name"]), ("a.b", &["x", "z"])]);
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        let renames = renames(&flags, Pair::new(&live, &target), &Sqlite)?;
        Ok(renames.into_iter().map(|rename| rename.what).collect())
    }

    fn column(table: &str, old: &str, new: &str) -> RenameOf {
        RenameOf::Column {
            table: table.into(),
            old: old.into(),
            new: new.into(),
        }
    }

    #[test]
    fn a_columns_table_goes_by_its_old_or_its_new_name() {
        let expected = vec![
            RenameOf::Table {
                old: "user".into(),
                new: "users".into(),
            },
            column("users", "mail", "email"),
        ];
        for flag in [
            "user.mail=email",
            "users.mail=email",
            "USER.Mail=users.email",
            "users.mail=users.email",
        ] {
            assert_eq!(read(&[flag, "user=users"]).unwrap(), expected, "{flag}");
        }
    }

    #[test]
    fn names_may_hold_dots_and_equals_signs() {
        assert_eq!(read(&["a.b.x=y=x"]).unwrap(), [column("a.b", "x=y", "x")]);
    }

    #[test]
    fn a_flag_that_names_nothing_says_what_is_missing() {
        for (flag, message, hint) in [
            ("user", "it names no two things", "write `--rename"),
            (
                "usr=users",
                "there is no table usr to rename",
                "did you mean `user`?",
            ),
            (
                "user=uses",
                "the target has no table uses",
                "did you mean `users`?",
            ),
            ("a.b.q=z", "a.b has no column q", ""),
            ("a.b.z=w", "the target's a.b has no column w", ""),
        ] {
            let error = read(&[flag]).unwrap_err();
            assert!(error.message().ends_with(message), "{error}");
            assert!(
                error.hints().first().map_or("", String::as_str).starts_with(hint),
                "{error}"
            );
        }
    }
}
