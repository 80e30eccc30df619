//! What a random schema is made of.

/// Which of the two engines it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Mysql,
    Mariadb,
}

/// What can be done with the values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Integer,
    Number,
    /// Text short enough for a key.
    Text,
    /// Text of any length: keys need a length, defaults are expressions.
    Long,
    /// Types with an order of their own, of which nothing else is used.
    Ordered,
    /// Not in keys, no default.
    Plain,
}

/// A type as SQL, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) sql: &'static str,
    pub(crate) family: Family,
    /// A value of it as SQL, with `#` for a number.
    pub(crate) value: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fill {
    Nothing,
    Default(String),
    Counter,
    /// The expression, the columns it reads, and whether it is stored.
    Generated(String, Vec<Use>, bool),
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) not_null: bool,
    pub(crate) fill: Fill,
    pub(crate) collate: Option<&'static str>,
    pub(crate) comment: Option<String>,
    pub(crate) invisible: bool,
}

impl Column {
    pub(crate) fn is_generated(&self) -> bool {
        matches!(self.fill, Fill::Generated(..))
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.ty.family, Family::Text | Family::Long)
    }
}

/// A column that something leans on, and what it takes it for; `None` for anything that can be in a key.
pub(crate) type Use = (String, Option<Family>);

/// A key, check, index or trigger of a table, with what it leans on.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// A line of the table, or a statement with `{table}` for the table.
    pub(crate) sql: String,
    pub(crate) uses: Vec<Use>,
    /// The table that a foreign key refers to.
    pub(crate) refers: Option<String>,
    pub(crate) kind: PartKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartKind {
    Index,
    Check,
    ForeignKey,
    Trigger,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// Letters for the names of what belongs to it.
    pub(crate) short: String,
    pub(crate) columns: Vec<Column>,
    /// Whether `id` is the key.
    pub(crate) keyed: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) comment: Option<String>,
    pub(crate) collate: Option<&'static str>,
    pub(crate) option: Option<&'static str>,
    /// Everything behind `PARTITION BY`.
    pub(crate) partition: Option<String>,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Columns that rows may say the values of.
    pub(crate) fn plain(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|c| !c.is_generated())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) name: String,
    /// Tables and views it reads, with the columns.
    pub(crate) reads: Vec<(String, Vec<String>)>,
    pub(crate) sql: String,
}

/// A random schema.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    pub(crate) flavour: Flavour,
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
    /// Functions, procedures, events and sequences, which lean on nothing: name and statement.
    pub(crate) others: Vec<(String, String)>,
}

pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
