//! A table as the model has it, from the tree of its CREATE TABLE.

use crate::config::Filter;
use crate::dialect::Dialect;
use crate::dialect::sqlite::grammar::{self, ColumnRule, Conflict, TableRule};
use crate::dialect::sqlite::{Sqlite, option};
use crate::schema::{
    Check, Column, Constraint, Deferral, ForeignKey, Generated, GeneratedKind, Identity, IndexPart,
    MatchKind, Name, Options, Order, PrimaryKey, QName, Schema, Sql, Table, TypeName, Unique,
};
use crate::sql::{Lexicon, Scanner};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The parsed table in the words of the catalog query: name, NOT NULL, place in the primary key, hidden; for each column.
pub(super) fn shape(parsed: &grammar::Table<'_>) -> String {
    let key: Vec<&str> = key_columns(parsed);
    let mut shape = String::new();
    for column in &parsed.columns {
        let place = key
            .iter()
            .position(|k| k.eq_ignore_ascii_case(&column.name))
            .map_or(0, |i| i + 1);
        let has = |rule: fn(&ColumnRule<'_>) -> bool| column.constraints.iter().any(|c| rule(&c.rule));
        let not_null = has(|r| matches!(r, ColumnRule::NotNull { .. })) && place == 0;
        let hidden = column
            .constraints
            .iter()
            .find_map(|c| match c.rule {
                ColumnRule::Generated {
                    kind: GeneratedKind::Virtual,
                    ..
                } => Some(2),
                ColumnRule::Generated {
                    kind: GeneratedKind::Stored,
                    ..
                } => Some(3),
                _ => None,
            })
            .unwrap_or(0);
        if !shape.is_empty() {
            shape.push('\u{1e}');
        }
        let _ = write!(
            shape,
            "{}\u{1f}{}\u{1f}{place}\u{1f}{hidden}",
            column.name,
            u8::from(not_null)
        );
    }
    shape
}

fn key_columns<'p>(parsed: &'p grammar::Table<'_>) -> Vec<&'p str> {
    let inline = parsed
        .columns
        .iter()
        .filter(|c| {
            c.constraints
                .iter()
                .any(|c| matches!(c.rule, ColumnRule::PrimaryKey { .. }))
        })
        .map(|c| c.name.as_str());
    let apart = parsed.constraints.iter().find_map(|c| match &c.rule {
        TableRule::PrimaryKey { parts, .. } => Some(parts),
        _ => None,
    });
    inline
        .chain(apart.into_iter().flatten().map(|part| part.column.as_str()))
        .collect()
}

/// The table as the model has it, without columns and constraints that the filter excludes.
pub(super) fn table(parsed: &grammar::Table<'_>, filter: &Filter) -> Table {
    let name = parsed.created.name.as_str();
    let mut table = Table::new(name);
    if parsed.strict {
        table.options.insert(option::STRICT.to_owned(), String::new());
    }
    if parsed.without_rowid {
        table
            .options
            .insert(option::WITHOUT_ROWID.to_owned(), String::new());
    }
    let mut constraints = Vec::new();
    for column in &parsed.columns {
        table.columns.push(column_of(column, &mut constraints));
    }
    for constraint in &parsed.constraints {
        if let TableRule::PrimaryKey {
            parts,
            autoincrement: true,
            ..
        } = &constraint.rule
            && let [part] = parts.as_slice()
            && let Some(column) = table
                .columns
                .iter_mut()
                .find(|c| c.name.eq_ignore_ascii_case(&part.column))
        {
            column.identity = Some(Identity::Auto);
        }
        constraints.extend(constraint_of(constraint));
    }
    for constraint in constraints {
        let shown = constraint
            .name()
            .is_none_or(|n| filter.admits("constraint", n, Some(name)));
        if shown {
            table.add_constraint(constraint);
        }
    }
    for at in 0..table.columns.len() {
        // What the engine makes of a key, so that it stays when the option or the key goes.
        table.columns[at].not_null =
            Sqlite.refuses_null(&table, &table.columns[at]) || table.columns[at].not_null;
    }
    table
        .columns
        .retain(|column| filter.admits("column", &column.name, Some(name)));
    table
}

fn column_of(parsed: &grammar::Column<'_>, constraints: &mut Vec<Constraint>) -> Column {
    let mut column = Column::new(parsed.name.as_str(), type_name(parsed.ty.unwrap_or_default()));
    let own = || vec![IndexPart::column(parsed.name.as_str())];
    for constraint in &parsed.constraints {
        let name = constraint.name.as_deref().map(Name::new);
        match &constraint.rule {
            ColumnRule::NotNull { on_conflict } => {
                column.not_null = true;
                set_conflict(&mut column.options, option::NOT_NULL_ON_CONFLICT, *on_conflict);
                if let Some(name) = name {
                    column
                        .options
                        .insert(option::NOT_NULL_NAME.to_owned(), name.to_string());
                }
            }
            ColumnRule::PrimaryKey {
                order,
                on_conflict,
                autoincrement,
            } => {
                let mut options = Options::new();
                set_conflict(&mut options, option::ON_CONFLICT, *on_conflict);
                if *order == Order::Descending {
                    options.insert(option::INLINE.to_owned(), String::new());
                }
                if *autoincrement {
                    column.identity = Some(Identity::Auto);
                }
                let mut columns = own();
                columns[0].order = *order;
                constraints.push(Constraint::PrimaryKey(PrimaryKey {
                    name,
                    columns,
                    include: Vec::new(),
                    deferral: Deferral::NotDeferrable,
                    options,
                }));
            }
            ColumnRule::Unique { on_conflict } => constraints.push(unique(name, own(), *on_conflict)),
            ColumnRule::Check(expression) => constraints.push(check(name, expression)),
            ColumnRule::Default(value) => column.default = Some(Sql::new(*value)),
            ColumnRule::Collate(collation) => column.collation = Some(Name::new(collation.as_str())),
            ColumnRule::References(reference) => {
                constraints.push(foreign_key(
                    name,
                    vec![Name::new(parsed.name.as_str())],
                    reference,
                ));
            }
            ColumnRule::Generated { expression, kind } => {
                column.generated = Some(Generated {
                    expression: Sql::new(*expression),
                    kind: *kind,
                });
            }
            ColumnRule::Null | ColumnRule::Nothing => {}
        }
    }
    column
}

fn constraint_of(parsed: &grammar::TableConstraint<'_>) -> Option<Constraint> {
    let name = parsed.name.as_deref().map(Name::new);
    Some(match &parsed.rule {
        TableRule::PrimaryKey {
            parts, on_conflict, ..
        } => {
            let mut options = Options::new();
            set_conflict(&mut options, option::ON_CONFLICT, *on_conflict);
            Constraint::PrimaryKey(PrimaryKey {
                name,
                columns: parts.iter().map(key_part).collect(),
                include: Vec::new(),
                deferral: Deferral::NotDeferrable,
                options,
            })
        }
        TableRule::Unique { parts, on_conflict } => {
            unique(name, parts.iter().map(key_part).collect(), *on_conflict)
        }
        TableRule::Check { expression, .. } => check(name, expression),
        TableRule::ForeignKey { columns, reference } => foreign_key(
            name,
            columns.iter().map(|c| Name::new(c.as_str())).collect(),
            reference,
        ),
        TableRule::Nothing => return None,
    })
}

fn key_part(part: &grammar::KeyPart) -> IndexPart {
    let mut out = IndexPart::column(part.column.as_str());
    out.order = part.order;
    out.collation = part.collation.as_deref().map(Name::new);
    out
}

fn unique(name: Option<Name>, columns: Vec<IndexPart>, on_conflict: Option<Conflict>) -> Constraint {
    let mut options = Options::new();
    set_conflict(&mut options, option::ON_CONFLICT, on_conflict);
    Constraint::Unique(Unique {
        name,
        columns,
        include: Vec::new(),
        nulls_not_distinct: false,
        deferral: Deferral::NotDeferrable,
        options,
    })
}

fn check(name: Option<Name>, expression: &str) -> Constraint {
    Constraint::Check(Check {
        name,
        expression: Sql::new(expression),
        options: Options::new(),
    })
}

fn foreign_key(name: Option<Name>, columns: Vec<Name>, reference: &grammar::Reference) -> Constraint {
    let match_kind = match reference
        .match_name
        .as_deref()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("full") => MatchKind::Full,
        Some("partial") => MatchKind::Partial,
        _ => MatchKind::Simple,
    };
    Constraint::ForeignKey(ForeignKey {
        name,
        columns,
        table: QName::plain(reference.table.as_str()),
        referenced: reference.columns.iter().map(|c| Name::new(c.as_str())).collect(),
        on_update: reference.on_update,
        on_delete: reference.on_delete,
        match_kind,
        deferral: reference.deferral,
        options: Options::new(),
    })
}

fn set_conflict(options: &mut Options, key: &str, conflict: Option<Conflict>) {
    let word = match conflict {
        None | Some(Conflict::Abort) => return,
        Some(Conflict::Rollback) => "rollback",
        Some(Conflict::Fail) => "fail",
        Some(Conflict::Ignore) => "ignore",
        Some(Conflict::Replace) => "replace",
    };
    options.insert(key.to_owned(), word.to_owned());
}

/// A declared type in one spelling: lower case, one blank between words, none around parentheses and commas.
fn type_name(declared: &str) -> TypeName {
    let mut out = String::with_capacity(declared.len());
    let mut glued = true;
    for token in Scanner::new(declared, &Lexicon::SQLITE).filter(|t| !t.is_trivia()) {
        let text = token.text(declared);
        let tight = matches!(text, "(" | ")" | ",");
        if !glued && !tight {
            out.push(' ');
        }
        out.push_str(&text.to_ascii_lowercase());
        glued = matches!(text, "(" | "," | "+" | "-");
    }
    TypeName::new(out)
}

/// A foreign key that names no columns refers to the primary key: say so, that both spellings are one.
pub(super) fn name_referenced_columns(schema: &mut Schema) {
    let keys: BTreeMap<String, Vec<Name>> = schema
        .tables
        .values()
        .filter_map(|table| {
            let key = table.primary_key.as_ref()?;
            let columns = key
                .columns
                .iter()
                .filter_map(|p| p.column_name().cloned())
                .collect();
            Some((table.name.name.to_ascii_lowercase(), columns))
        })
        .collect();
    for key in schema
        .tables
        .values_mut()
        .flat_map(|t| &mut t.foreign_keys)
        .filter(|k| k.referenced.is_empty())
    {
        if let Some(columns) = keys.get(&key.table.name.to_ascii_lowercase())
            && columns.len() == key.columns.len()
        {
            key.referenced.clone_from(columns);
        }
    }
}
