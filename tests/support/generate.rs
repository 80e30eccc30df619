//! Random SQLite schemas: a seed gives a schema, and a schema gives a changed one. Both are plain SQL text for the program under
//! test, which sees nothing of the model here.

#![expect(clippy::format_push_string, reason = "a test may build text the plain way")]

/// A small generator of numbers (xorshift64*): the same seed gives the same schema on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    /// True about `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

/// A column of the random schema.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub name: String,
    pub ty: &'static str,
    pub not_null: bool,
    pub default: Option<&'static str>,
    pub collate: Option<&'static str>,
    pub generated: Option<(String, bool)>,
}

/// A table of the random schema.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Names of key columns; the first alone may be an alias of the rowid.
    pub key: Vec<String>,
    pub autoincrement: bool,
    pub strict: bool,
    pub without_rowid: bool,
    pub uniques: Vec<(Option<String>, Vec<String>)>,
    pub checks: Vec<(Option<String>, String)>,
    pub references: Vec<(Vec<String>, String, Vec<String>, &'static str)>,
    pub indexes: Vec<(String, bool, Vec<String>, Option<String>)>,
    pub trigger: Option<String>,
}

/// A random schema.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub tables: Vec<Table>,
    pub views: Vec<(String, String)>,
}

const TABLES: &[&str] = &[
    "users",
    "orders",
    "Items",
    "order",
    "two words",
    "tag",
    "audit_log",
    "naïve",
    "a.b",
    "x\"y",
    "group",
];
const COLUMNS: &[&str] = &[
    "name",
    "email",
    "Total",
    "qty",
    "created_at",
    "select",
    "note text",
    "price",
    "status",
    "größe",
    "k'ey",
    "data",
];
const TYPES: &[&str] = &[
    "INTEGER",
    "TEXT",
    "VARCHAR(20)",
    "REAL",
    "NUMERIC(10, 2)",
    "BLOB",
    "INT",
    "boolean",
    "",
];
const STRICT_TYPES: &[&str] = &["INTEGER", "TEXT", "REAL", "BLOB", "INT", "ANY"];
const NUMBER_DEFAULTS: &[&str] = &["0", "-1", "42", "(1 + 2)", "1.5"];
const TEXT_DEFAULTS: &[&str] = &[
    "''",
    "'it''s'",
    "'new'",
    "CURRENT_TIMESTAMP",
    "(lower('ABC'))",
    "NULL",
];

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(", ")
}

fn is_text(ty: &str) -> bool {
    ["TEXT", "VARCHAR(20)"].contains(&ty)
}

fn is_number(ty: &str) -> bool {
    ["INTEGER", "INT", "REAL", "NUMERIC(10, 2)"].contains(&ty)
}

/// A schema of up to six tables and two views.
pub(crate) fn schema(numbers: &mut Numbers) -> Schema {
    let mut schema = Schema::default();
    for _ in 0..=numbers.below(5) {
        let name = numbers.pick(TABLES);
        if schema.tables.iter().all(|t| !t.name.eq_ignore_ascii_case(name)) {
            let table = table(numbers, name, &schema);
            schema.tables.push(table);
        }
    }
    for n in 0..numbers.below(3) {
        let table = numbers.pick(&schema.tables);
        schema.views.push((format!("v{n}"), view_over(numbers, &table)));
    }
    schema
}

fn view_over(numbers: &mut Numbers, table: &Table) -> String {
    if numbers.chance(40) {
        format!("SELECT * FROM {}", quote(&table.name))
    } else {
        let column = numbers.pick(&table.columns);
        format!(
            "SELECT {} AS c, count(*) AS n FROM {} GROUP BY 1",
            quote(&column.name),
            quote(&table.name)
        )
    }
}

fn column(numbers: &mut Numbers, strict: bool, taken: &[Column]) -> Option<Column> {
    let name = numbers.pick(COLUMNS);
    if taken.iter().any(|c| c.name.eq_ignore_ascii_case(name)) {
        return None;
    }
    let ty = numbers.pick(if strict { STRICT_TYPES } else { TYPES });
    let default = match ty {
        _ if numbers.chance(55) => None,
        ty if is_number(ty) && !strict => Some(numbers.pick(NUMBER_DEFAULTS)),
        ty if is_number(ty) => Some("7"),
        ty if is_text(ty) => Some(numbers.pick(TEXT_DEFAULTS)),
        _ => None,
    };
    let source = taken.iter().find(|c| c.generated.is_none() && is_text(c.ty));
    let generated = source
        .filter(|_| numbers.chance(20) && is_text(ty))
        .map(|source| (format!("upper({})", quote(&source.name)), numbers.chance(50)));
    Some(Column {
        name: name.to_owned(),
        ty,
        not_null: numbers.chance(30),
        default: if generated.is_some() { None } else { default },
        collate: (is_text(ty) && numbers.chance(20)).then_some("NOCASE"),
        generated,
    })
}

fn table(numbers: &mut Numbers, name: &str, others: &Schema) -> Table {
    let strict = numbers.chance(20);
    let mut columns = vec![Column {
        name: "id".to_owned(),
        ty: "INTEGER",
        not_null: numbers.chance(50),
        default: None,
        collate: None,
        generated: None,
    }];
    for _ in 0..=numbers.below(6) {
        let new = column(numbers, strict, &columns);
        columns.extend(new);
    }
    let keyed = numbers.chance(85);
    let without_rowid = keyed && numbers.chance(15);
    let mut table = Table {
        name: name.to_owned(),
        columns,
        key: if keyed { vec!["id".to_owned()] } else { Vec::new() },
        autoincrement: keyed && !without_rowid && numbers.chance(25),
        strict,
        without_rowid,
        uniques: Vec::new(),
        checks: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        trigger: None,
    };
    if keyed && !table.autoincrement && numbers.chance(15) {
        let second = plain_columns(&table).into_iter().find(|c| *c != "id");
        table.key.extend(second);
    }
    decorate(numbers, &mut table, others);
    table
}

fn plain_columns(table: &Table) -> Vec<String> {
    table
        .columns
        .iter()
        .filter(|c| c.generated.is_none())
        .map(|c| c.name.clone())
        .collect()
}

/// Gives a table constraints, indexes and a trigger over the columns it has.
fn decorate(numbers: &mut Numbers, table: &mut Table, others: &Schema) {
    let plain = plain_columns(table);
    let prefix: String = table
        .name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    if numbers.chance(30) {
        let name = numbers.chance(50).then(|| format!("uq_{prefix}"));
        let mut columns = vec!["id".to_owned()];
        let second = numbers.pick(&plain);
        if second != "id" {
            columns.push(second);
        }
        if columns != table.key {
            table.uniques.push((name, columns));
        }
    }
    if numbers.chance(30) {
        let name = numbers.chance(50).then(|| format!("ck_{prefix}"));
        let column = quote(&numbers.pick(&plain));
        let expression = numbers
            .pick(&["length({}) < 100", "{} IS NOT 'no'", "{} <> -99 -- never\n"])
            .replace("{}", &column);
        table.checks.push((name, expression));
    }
    if numbers.chance(40) {
        let column = numbers.pick(&plain);
        let actions = &[
            "",
            " ON DELETE CASCADE",
            " ON UPDATE CASCADE ON DELETE SET NULL",
            " DEFERRABLE INITIALLY DEFERRED",
        ];
        let target = match others
            .tables
            .iter()
            .filter(|t| t.key.len() == 1)
            .nth(numbers.below(3))
        {
            Some(other) => other.name.clone(),
            None if table.key.len() == 1 => table.name.clone(),
            None => return,
        };
        table
            .references
            .push((vec![column], target, vec!["id".to_owned()], numbers.pick(actions)));
    }
    for n in 0..numbers.below(3) {
        let mut parts = vec![quote(&numbers.pick(&plain))];
        match numbers.below(4) {
            0 => parts[0].push_str(" DESC"),
            1 => parts[0].push_str(" COLLATE NOCASE"),
            2 => parts.push(format!("lower({})", quote(&numbers.pick(&plain)))),
            _ => {}
        }
        let filter = numbers
            .chance(25)
            .then(|| format!("{} IS NOT NULL", quote(&numbers.pick(&plain))));
        table
            .indexes
            .push((format!("ix_{prefix}_{n}"), false, parts, filter));
    }
    if numbers.chance(20) {
        table.trigger = Some(format!(
            "CREATE TRIGGER tr_{prefix} AFTER DELETE ON {} BEGIN SELECT CASE WHEN 1 THEN 2 END; END",
            quote(&table.name)
        ));
    }
}

/// A schema that has grown out of `before`: tables and columns come, go and change.
pub(crate) fn changed(before: &Schema, numbers: &mut Numbers) -> Schema {
    let mut after = Schema::default();
    for table in &before.tables {
        if numbers.chance(10) {
            continue;
        }
        let table = if numbers.chance(70) {
            changed_table(numbers, table, &after)
        } else {
            table.clone()
        };
        after.tables.push(table);
    }
    if numbers.chance(40) || after.tables.is_empty() {
        let name = numbers.pick(TABLES);
        if after.tables.iter().all(|t| !t.name.eq_ignore_ascii_case(name)) {
            let table = table(numbers, name, &after);
            after.tables.push(table);
        }
    }
    // A table referred to may be gone, or have another key.
    let keyed: Vec<String> = after
        .tables
        .iter()
        .filter(|t| t.key.len() == 1)
        .map(|t| t.name.to_lowercase())
        .collect();
    for table in &mut after.tables {
        table
            .references
            .retain(|(_, target, _, _)| keyed.contains(&target.to_lowercase()));
    }
    for (name, body) in &before.views {
        if numbers.chance(60) {
            let body = if numbers.chance(50) {
                let table = numbers.pick(&after.tables);
                view_over(numbers, &table)
            } else {
                body.clone()
            };
            after.views.push((name.clone(), body));
        }
    }
    after
}

fn changed_table(numbers: &mut Numbers, before: &Table, others: &Schema) -> Table {
    let mut table = before.clone();
    for column in &mut table.columns {
        if column.name == "id" || column.generated.is_some() {
            continue;
        }
        match numbers.below(12) {
            0 => column.not_null = !column.not_null,
            1 if is_text(column.ty) => column.default = Some(numbers.pick(TEXT_DEFAULTS)),
            2 if is_number(column.ty) => column.default = None,
            3 if !table.strict && column.ty != "BLOB" => {
                column.ty = numbers.pick(TYPES);
                column.default = None;
                column.collate = None;
            }
            4 if is_text(column.ty) => column.collate = Some("NOCASE"),
            _ => {}
        }
    }
    if numbers.chance(35) {
        let new = column(numbers, table.strict, &table.columns);
        let at = 1 + numbers.below(table.columns.len());
        if let Some(new) = new {
            table.columns.insert(at.min(table.columns.len()), new);
        }
    }
    if numbers.chance(25) && table.columns.len() > 2 {
        let at = 1 + numbers.below(table.columns.len() - 1);
        drop_column(&mut table, at);
    }
    if numbers.chance(40) {
        table.uniques.clear();
        table.checks.clear();
        table.references.clear();
        table.indexes.clear();
        table.trigger = None;
        decorate(numbers, &mut table, others);
    }
    if numbers.chance(8) && !table.without_rowid {
        table.autoincrement = table.key == ["id"] && !table.autoincrement;
    }
    table
}

fn drop_column(table: &mut Table, at: usize) {
    let gone = table.columns.remove(at);
    let quoted = quote(&gone.name);
    let names = |columns: &[String]| columns.contains(&gone.name);
    table
        .columns
        .retain(|c| c.generated.as_ref().is_none_or(|(sql, _)| !sql.contains(&quoted)));
    table.key.retain(|k| *k != gone.name);
    table.uniques.retain(|(_, columns)| !names(columns));
    table.checks.retain(|(_, sql)| !sql.contains(&quoted));
    table.references.retain(|(columns, ..)| !names(columns));
    table.indexes.retain(|(_, _, parts, filter)| {
        !parts.iter().any(|p| p.contains(&quoted)) && !filter.as_ref().is_some_and(|f| f.contains(&quoted))
    });
}

impl Schema {
    /// The schema as a file of statements.
    pub(crate) fn sql(&self) -> String {
        let mut out = String::new();
        for table in &self.tables {
            out.push_str(&table.sql());
            for (name, unique, parts, filter) in &table.indexes {
                let unique = if *unique { "UNIQUE " } else { "" };
                let filter = filter.as_ref().map_or(String::new(), |f| format!(" WHERE {f}"));
                out.push_str(&format!(
                    "CREATE {unique}INDEX {name} ON {} ({}){filter};\n",
                    quote(&table.name),
                    parts.join(", ")
                ));
            }
        }
        for table in &self.tables {
            if let Some(trigger) = &table.trigger {
                out.push_str(&format!("{trigger};\n"));
            }
        }
        for (name, body) in &self.views {
            out.push_str(&format!("CREATE VIEW {name} AS {body};\n"));
        }
        out
    }
}

impl Table {
    fn sql(&self) -> String {
        let inline_key = self.key.len() == 1;
        let mut lines: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let mut line = format!("  {} {}", quote(&column.name), column.ty);
                if inline_key && self.key[0] == column.name {
                    line.push_str(" PRIMARY KEY");
                    if self.autoincrement {
                        line.push_str(" AUTOINCREMENT");
                    }
                }
                if column.not_null {
                    line.push_str(" NOT NULL");
                }
                if let Some(default) = column.default {
                    line.push_str(&format!(" DEFAULT {default}"));
                }
                if let Some(collate) = column.collate {
                    line.push_str(&format!(" COLLATE {collate}"));
                }
                if let Some((expression, stored)) = &column.generated {
                    line.push_str(&format!(
                        " AS ({expression}) {}",
                        if *stored { "STORED" } else { "" }
                    ));
                }
                line
            })
            .collect();
        let named = |name: &Option<String>| {
            name.as_ref()
                .map_or(String::new(), |n| format!("CONSTRAINT {n} "))
        };
        if self.key.len() > 1 {
            lines.push(format!("  PRIMARY KEY ({})", list(&self.key)));
        }
        for (name, columns) in &self.uniques {
            lines.push(format!("  {}UNIQUE ({})", named(name), list(columns)));
        }
        for (name, expression) in &self.checks {
            lines.push(format!("  {}CHECK ({expression})", named(name)));
        }
        for (columns, target, referenced, actions) in &self.references {
            lines.push(format!(
                "  FOREIGN KEY ({}) REFERENCES {} ({}){actions}",
                list(columns),
                quote(target),
                list(referenced)
            ));
        }
        let options: Vec<&str> = [(self.strict, "STRICT"), (self.without_rowid, "WITHOUT ROWID")]
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, sql)| *sql)
            .collect();
        format!(
            "CREATE TABLE {} (\n{}\n) {};\n",
            quote(&self.name),
            lines.join(",\n"),
            options.join(", ")
        )
    }
}
