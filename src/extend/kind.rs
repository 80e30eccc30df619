//! Kinds of directives that a program defines.

use crate::Result;
use crate::dialect::{Dialect, Engine, Placement, Statement};
use crate::directive::{Custom, Directive};
use crate::schema::{QName, Schema};
use std::fmt;

/// A kind of directive of the user's own: what `op.custom("name")` in a script means.
///
/// Only [`name`](Self::name) and [`sql`](Self::sql) have to be written.
///
/// ```
/// use autogen::dialect::Statement;
/// use autogen::directive::{Custom, Directive};
/// use autogen::extend::{DirectiveKind, Extensions, Site};
///
/// struct Analyze;
///
/// impl DirectiveKind for Analyze {
///     fn name(&self) -> &str {
///         "analyze"
///     }
///
///     fn fields(&self) -> &[&str] {
///         &["table"]
///     }
///
///     fn sql(&self, directive: &Custom, site: &Site<'_>) -> autogen::Result<Vec<Statement>> {
///         let table = site.quote(directive.text("table")?);
///         Ok(vec![Statement::new(format!("ANALYZE {table}"))])
///     }
///
///     // It changes nothing, so nothing has to be undone.
///     fn reverse(&self, _: &Custom) -> Option<Vec<Directive>> {
///         Some(Vec::new())
///     }
/// }
///
/// let extensions = Extensions::new().directive(Analyze);
/// ```
pub trait DirectiveKind: Send + Sync {
    /// The name that scripts call it by: `op.custom("name")`.
    fn name(&self) -> &str;

    /// The keys of its fields. A field of another key is an error that names the nearest. None means any.
    fn fields(&self) -> &[&str] {
        &[]
    }

    /// The statements that carry it out, in order. What [`Site::engine`] says decides their spelling. A statement may say
    /// [how it stands to the transaction](Statement::placed).
    ///
    /// # Errors
    /// When a field is missing or wrong, or the engine cannot do it. [`Custom::error`] makes an error with the place in the script.
    fn sql(&self, directive: &Custom, site: &Site<'_>) -> Result<Vec<Statement>>;

    /// How its statements stand to the transaction of the script, where they do not say so themselves.
    fn placement(&self, _directive: &Custom) -> Placement {
        Placement::Inside
    }

    /// The directives that undo it, in the order in which they run; `None` when there is no way back, and the downgrade then holds
    /// `op.irreversible(..)`.
    fn reverse(&self, _directive: &Custom) -> Option<Vec<Directive>> {
        None
    }

    /// What stands above it in a script and in listings, on one line; `None` for its name and fields.
    fn summary(&self, _directive: &Custom) -> Option<String> {
        None
    }

    /// What it destroys for good, each as a fragment such as `every row of fax`.
    fn losses(&self, _directive: &Custom) -> Vec<String> {
        Vec::new()
    }

    /// What it does to the schema, as far as the model can follow it.
    fn effect(&self, _directive: &Custom) -> Effect {
        Effect::Unknown
    }

    /// What it has to come behind and before, when a [comparator](super::Comparator) emits it.
    fn links(&self, _directive: &Custom) -> Links {
        Links::default()
    }
}

impl fmt::Debug for dyn DirectiveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DirectiveKind({:?})", self.name())
    }
}

/// Where a directive is carried out.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The engine's side: quoting, literals, facts.
    pub dialect: &'a dyn Dialect,
    /// The schema that the directive starts from, as far as it is known.
    pub before: &'a Schema,
}

impl Site<'_> {
    /// Which engine.
    pub fn engine(&self) -> Engine {
        self.dialect.engine()
    }

    /// A name as an identifier.
    pub fn quote(&self, name: &str) -> String {
        self.dialect.quote(name)
    }

    /// A name that may be in a namespace, as identifiers.
    pub fn quote_name(&self, name: &QName) -> String {
        match &name.namespace {
            Some(namespace) => format!("{}.{}", self.quote(namespace), self.quote(&name.name)),
            None => self.quote(&name.name),
        }
    }

    /// A text as a literal.
    pub fn text(&self, text: &str) -> String {
        self.dialect.literal(&text.into())
    }
}

/// What a directive of the user's own does to the schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Only the database knows: it is looked at again behind the directive.
    Unknown,
    /// Nothing: it is about rows, rights, statistics.
    Nothing,
    /// The same as these directives.
    Like(Vec<Directive>),
}

/// What a directive of the user's own must come behind and before: tables and views by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Tables or views that are there after it.
    pub makes: Vec<QName>,
    /// Tables or views that are not there after it.
    pub takes: Vec<QName>,
    /// Tables or views that it finds as they will be at the end.
    pub needs: Vec<QName>,
    /// Tables or views that may go or change only behind it.
    pub releases: Vec<QName>,
}
