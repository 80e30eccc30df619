//! Columns: a row of `information_schema.COLUMNS` comes in, a column of the model goes out.

use super::catalog::{Catalog, Draft, Field};
use super::spelling::{bare, literal, unescaped, without_database};
use crate::Result;
use crate::dialect::{Engine, mysql::option};
use crate::reflect::cells::Cells;
use crate::schema::{Column, Generated, GeneratedKind, Identity, Name, Sql};

/// What stands behind the type of a compressed column (MariaDB).
const COMPRESSED: &str = " /*M!100301 COMPRESSED*/";
/// The same, as versions before 10.11 write it.
const COMPRESSED_BEFORE: &str = " /*!100301 COMPRESSED*/";

/// One row about a column.
pub(super) fn column(catalog: &mut Catalog<'_>, mut row: Cells) -> Result<()> {
    let table = row.text()?;
    let Some(draft) = catalog.tables.get_mut(&table) else {
        return Ok(());
    };
    let name = row.text()?;
    let place = row.number()?;
    let ty = row.text()?;
    let refuses_null = row.text()? == "NO";
    let default = row.optional()?;
    let collation = row.optional()?;
    let extra = Extra::read(&row.optional()?.unwrap_or_default());
    let comment = row.optional()?.filter(|comment| !comment.is_empty());
    let expression = row.optional()?.filter(|expression| !expression.is_empty());
    let srid = row.optional()?;
    let compressed = [COMPRESSED, COMPRESSED_BEFORE]
        .iter()
        .find_map(|mark| ty.strip_suffix(mark));
    let mut column = Column::new(name, compressed.unwrap_or(&ty));
    column.not_null = refuses_null;
    column.comment = comment;
    column.collation = collation
        .as_ref()
        .filter(|collation| **collation != draft.collation)
        .map(Name::new);
    let mut set = |key: &str, value: String| column.options.insert(key.to_owned(), value);
    if compressed.is_some() {
        set(option::COMPRESSED, String::new());
    }
    if extra.is_invisible {
        set(option::INVISIBLE, String::new());
    }
    if extra.is_without_versioning {
        set(option::WITHOUT_VERSIONING, String::new());
    }
    if let Some(on_update) = extra.on_update {
        set(option::ON_UPDATE, on_update);
    }
    if let Some(srid) = srid {
        set(option::SRID, srid);
    }
    if extra.is_auto {
        column.identity = Some(Identity::Auto);
    }
    match (expression, extra.generated) {
        (Some(expression), Some(kind)) => {
            let period = match expression.as_str() {
                "ROW START" => Some(option::ROW_START),
                "ROW END" => Some(option::ROW_END),
                _ => None,
            };
            if let Some(key) = period {
                // The server refuses NULL there by itself.
                column.not_null = false;
                column.options.insert(key.to_owned(), String::new());
            } else {
                column.generated = Some(Generated {
                    expression: self::expression(&expression, catalog.engine, &catalog.database),
                    kind,
                });
            }
        }
        _ => {
            column.default = default
                .and_then(|default| {
                    written_default(&default, &column.ty, extra.has_expression, catalog.engine)
                })
                .map(|sql| Sql::new(without_database(&sql, &catalog.database)));
        }
    }
    draft.columns.push((place, Field { column, collation }));
    Ok(())
}

/// What the geometries of a table refer to: `HEX(column) srid` of each, with commas between (MariaDB).
pub(super) fn geometries(catalog: &mut Catalog<'_>, table: &str, mut row: Cells) -> Result<()> {
    let all = row.text()?;
    let Some(draft) = catalog.tables.get_mut(table) else {
        return Ok(());
    };
    for (name, srid) in all.split(',').filter_map(|one| one.split_once(' ')) {
        let is_it = |field: &&mut Field| {
            let bytes = field.column.name.bytes();
            bytes.fold(String::new(), |hex, byte| format!("{hex}{byte:02X}")) == name
        };
        let mut fields = draft.columns.iter_mut().map(|(_, field)| field);
        // 0 is what a column has that names none.
        if let (Some(field), false) = (fields.find(is_it), srid == "0") {
            let options = &mut field.column.options;
            options.insert(option::SRID.to_owned(), srid.to_owned());
        }
    }
    Ok(())
}

/// An expression as the model has it, from the catalog.
pub(super) fn expression(sql: &str, engine: Engine, database: &str) -> Sql {
    let sql = match engine {
        Engine::Mysql => unescaped(sql),
        _ => sql.to_owned(),
    };
    Sql::new(without_database(bare(&sql), database))
}

/// The default as SHOW CREATE TABLE writes it.
fn written_default(default: &str, ty: &str, is_expression: bool, engine: Engine) -> Option<String> {
    if engine == Engine::Mariadb {
        // It is written already.
        return (default != "NULL").then(|| default.to_owned());
    }
    let is = |kinds: &[&str]| kinds.iter().any(|kind| ty.starts_with(kind));
    Some(if is_expression {
        if is(&["datetime", "timestamp"]) && default.starts_with("CURRENT_TIMESTAMP") {
            default.to_owned()
        } else {
            format!("({})", unescaped(default))
        }
    } else if is(&["bit"]) {
        default.to_owned()
    } else if is(&["binary", "varbinary"]) {
        // The bytes in hexadecimal; of none, not even a digit.
        match default {
            "0x" => "''".to_owned(),
            bytes => bytes.to_owned(),
        }
    } else {
        literal(default)
    })
}

/// The words of `EXTRA`, between which there are blanks, or commas and blanks.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own")]
struct Extra {
    is_auto: bool,
    is_invisible: bool,
    is_without_versioning: bool,
    /// Whether the default is an expression (MySQL).
    has_expression: bool,
    on_update: Option<String>,
    generated: Option<GeneratedKind>,
}

impl Extra {
    fn read(text: &str) -> Self {
        let mut extra = Self::default();
        let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).map_or("", |at| words[at]);
            match *word {
                "auto_increment" => extra.is_auto = true,
                "INVISIBLE" => extra.is_invisible = true,
                "DEFAULT_GENERATED" => extra.has_expression = true,
                "GENERATED" if matches!(before, "STORED" | "PERSISTENT") => {
                    extra.generated = Some(GeneratedKind::Stored);
                }
                "GENERATED" if before == "VIRTUAL" => extra.generated = Some(GeneratedKind::Virtual),
                "VERSIONING" => extra.is_without_versioning = true,
                value if before.eq_ignore_ascii_case("update") => extra.on_update = Some(value.to_owned()),
                _ => {}
            }
        }
        extra
    }
}

/// What SHOW CREATE TABLE says of the columns beyond the catalog.
pub(super) fn complete(draft: &mut Draft, database: &str) {
    let Some(shown) = draft.shown.take() else {
        return;
    };
    // Every other engine takes STORAGE and COLUMN_FORMAT and forgets them.
    let is_ndb = draft.engine.eq_ignore_ascii_case("ndbcluster");
    for (name, says) in &shown.columns {
        let Some(field) = draft.column(name) else {
            continue;
        };
        let column = &mut field.column;
        if let (Some(generated), Some(says)) = (&mut column.generated, &says.generated) {
            generated.expression = Sql::new(without_database(bare(says), database));
        }
        if let (Some(default), Some(says)) = (&mut column.default, &says.default) {
            *default = Sql::new(without_database(says, database));
        }
        if is_ndb {
            column.options.extend(says.options.clone());
        }
    }
    draft.shown = Some(shown);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_extra_are_told_apart() {
        let on_update = |value: &str| Some(value.to_owned());
        for (text, expected) in [
            ("", Extra::default()),
            (
                "auto_increment",
                Extra {
                    is_auto: true,
                    ..Extra::default()
                },
            ),
            (
                "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE",
                Extra {
                    has_expression: true,
                    is_invisible: true,
                    on_update: on_update("CURRENT_TIMESTAMP(3)"),
                    ..Extra::default()
                },
            ),
            (
                "on update current_timestamp(6), INVISIBLE, WITHOUT SYSTEM VERSIONING",
                Extra {
                    is_invisible: true,
                    is_without_versioning: true,
                    on_update: on_update("current_timestamp(6)"),
                    ..Extra::default()
                },
            ),
            (
                "STORED GENERATED",
                Extra {
                    generated: Some(GeneratedKind::Stored),
                    ..Extra::default()
                },
            ),
            (
                "VIRTUAL GENERATED, INVISIBLE",
                Extra {
                    generated: Some(GeneratedKind::Virtual),
                    is_invisible: true,
                    ..Extra::default()
                },
            ),
        ] {
            assert_eq!(Extra::read(text), expected, "{text}");
        }
    }

    #[test]
    fn defaults_are_written_as_show_create_table_writes_them() {
        let mysql = |default: &str, ty: &str, is_expression: bool| {
            written_default(default, ty, is_expression, Engine::Mysql)
        };
        for (default, ty, is_expression, expected) in [
            ("1", "int", false, "'1'"),
            ("it's", "varchar(9)", false, "'it''s'"),
            ("NULL", "varchar(9)", false, "'NULL'"),
            ("CURRENT_TIMESTAMP", "varchar(20)", false, "'CURRENT_TIMESTAMP'"),
            (
                "CURRENT_TIMESTAMP(3)",
                "datetime(3)",
                true,
                "CURRENT_TIMESTAMP(3)",
            ),
            (
                r"json_object(_utf8mb4\'k\')",
                "json",
                true,
                "(json_object(_utf8mb4'k'))",
            ),
            ("b'101'", "bit(3)", false, "b'101'"),
            ("0x6162", "varbinary(9)", false, "0x6162"),
        ] {
            assert_eq!(mysql(default, ty, is_expression).as_deref(), Some(expected));
        }
        let mariadb = |default: &str| written_default(default, "varchar(9)", false, Engine::Mariadb);
        assert_eq!(mariadb("NULL"), None);
        assert_eq!(mariadb("'NULL'").as_deref(), Some("'NULL'"));
    }
}
