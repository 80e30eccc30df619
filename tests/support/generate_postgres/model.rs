//! What a random schema is made of.

/// What can be done with the values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Integer,
    Number,
    Text,
    /// Types with an order of their own, of which nothing else is used.
    Ordered,
    Array,
    Json,
    /// No order: not in keys and indexes.
    Plain,
}

/// A type as SQL, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) sql: String,
    pub(crate) family: Family,
    /// A value of it as SQL, with `#` for a number.
    pub(crate) value: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Fill {
    Nothing,
    Default(String),
    Serial,
    /// The words behind GENERATED.
    Identity(String),
    /// The expression, and whether it is stored.
    Generated(String, bool),
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) not_null: bool,
    pub(crate) fill: Fill,
    pub(crate) collate: Option<&'static str>,
    pub(crate) comment: Option<String>,
    /// `SET STORAGE EXTERNAL` and the like.
    pub(crate) settings: Vec<&'static str>,
}

impl Column {
    pub(crate) fn is_generated(&self) -> bool {
        matches!(self.fill, Fill::Generated(..))
    }
}

/// A column that something leans on, and what it takes it for; `None` for anything.
pub(crate) type Use = (String, Option<Family>);

/// A constraint, index, trigger, policy ... of a table, with what it leans on.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Statements with `{table}` for the table.
    pub(crate) sql: String,
    pub(crate) uses: Vec<Use>,
    /// The table that a foreign key refers to.
    pub(crate) refers: Option<String>,
    pub(crate) kind: PartKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartKind {
    Unique,
    Check,
    ForeignKey,
    Index,
    Other,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Plain {
        unlogged: bool,
    },
    /// The method, and the bounds of the partitions by their names.
    Partitioned(&'static str, Vec<(String, String)>),
    /// The parent's name.
    Child(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Namespace and name as SQL.
    pub(crate) name: String,
    /// Letters for the names of what belongs to it.
    pub(crate) short: String,
    pub(crate) shape: Shape,
    pub(crate) columns: Vec<Column>,
    /// Whether `id` is the key.
    pub(crate) keyed: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) comment: Option<String>,
    /// Statements that set options, with `{table}`.
    pub(crate) options: Vec<&'static str>,
}

impl Table {
    pub(crate) fn is_unlogged(&self) -> bool {
        matches!(self.shape, Shape::Plain { unlogged: true })
    }

    pub(crate) fn is_partitioned(&self) -> bool {
        matches!(self.shape, Shape::Partitioned(..))
    }

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
    /// Whether it needs the key of what it reads first.
    pub(crate) needs_key: bool,
    /// Statements.
    pub(crate) sql: String,
}

/// A type, function or sequence.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    /// What statements call it.
    pub(crate) name: String,
    pub(crate) sql: String,
    /// For types: how columns see it.
    pub(crate) ty: Option<Type>,
}

/// A random schema.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub(crate) version: u32,
    pub(crate) has_app: bool,
    pub(crate) enums: Vec<(String, Vec<String>)>,
    /// Domains and composite types.
    pub(crate) types: Vec<Thing>,
    pub(crate) sequences: Vec<Thing>,
    pub(crate) functions: Vec<Thing>,
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
    /// Functions over the row types of tables, sequences owned by columns, publications, statistics: name of the table, statement.
    pub(crate) over_tables: Vec<(String, String, Vec<Use>)>,
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
