//! Kinds of objects that a program defines.

use super::Site;
use crate::Result;
use crate::dialect::{Engine, Keeps, KindRule, KindStage, Replace, Statement};
use crate::directive::Change;
use crate::schema::{Object, ObjectId, ObjectKind, QName, Sql};
use std::collections::BTreeSet;
use std::fmt;

/// What reading the objects of a kind gives, later.
#[cfg(feature = "connect")]
pub type Reading<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Vec<Object>>> + Send + 'a>>;

/// A kind of objects of the user's own: what lies in a database and is no table, view, or anything else that autogen knows. Its objects take
/// part in everything: they are read from the live database and from the scratch of a target, compared by their definitions, put in
/// order by what they depend on, and stand in scripts as `op.create_object("kind", "name", "definition")`.
///
/// The target says which there are by what its SQL makes, or the program says it itself ([`declared`](Self::declared)).
pub trait CustomObject: Send + Sync {
    /// The kind, in lower case: `scheduled job`.
    fn kind(&self) -> &str;

    /// Whether an engine has such objects.
    fn serves(&self, _engine: Engine) -> bool {
        true
    }

    /// Reads all objects of the kind: a query over the catalog. It is called for the scratch of a target too, where whatever holds the objects
    /// may be missing: then there are none. What [`custom_object`] makes is right.
    ///
    /// # Errors
    /// When they cannot be read.
    #[cfg(feature = "connect")]
    fn reflect<'a>(&'a self, connection: &'a mut crate::Connection) -> Reading<'a>;

    /// The objects that the target has besides those that its SQL makes.
    fn declared(&self, _engine: Engine) -> Vec<Object> {
        Vec::new()
    }

    /// The statements that create an object: its definition, if nothing else is said.
    ///
    /// # Errors
    /// When the engine cannot do it.
    fn create_sql(&self, object: &Object, _site: &Site<'_>) -> Result<Vec<Statement>> {
        Ok(vec![Statement::new(object.definition.as_str())])
    }

    /// The statements that drop an object.
    ///
    /// # Errors
    /// When the engine cannot do it.
    fn drop_sql(&self, object: &Object, site: &Site<'_>) -> Result<Vec<Statement>>;

    /// The statements that put a changed object in the place of the old one: by itself, drop and create.
    ///
    /// # Errors
    /// When the engine cannot do it.
    fn replace_sql(&self, change: &Change<Object>, site: &Site<'_>) -> Result<Vec<Statement>> {
        let mut statements = self.drop_sql(&change.old, site)?;
        statements.extend(self.create_sql(&change.new, site)?);
        Ok(statements)
    }

    /// The object in the one spelling for all spellings that mean the same. For comparing only.
    fn canonical(&self, object: &Object) -> Object {
        object.clone()
    }

    /// Where its objects stand among all else, and what holds for them.
    fn rule(&self) -> &'static KindRule {
        &USUAL
    }
}

/// The rule for kinds that do not say more.
static USUAL: KindRule = KindRule {
    kind: "custom object",
    noun: "custom object",
    replace: Replace::InPlace,
    goes_with_table: false,
    holds_data: false,
    binds_early: false,
    keeps: Keeps::Nothing,
    stage: KindStage::Usual,
    reads_by_name: false,
};

impl fmt::Debug for dyn CustomObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomObject({:?})", self.kind())
    }
}

/// An object of a kind of the user's own, which reads the tables and objects in `depends_on`: they come before it and go after it.
pub fn custom_object(
    kind: &str,
    name: impl Into<QName>,
    definition: impl Into<Sql>,
    depends_on: impl IntoIterator<Item = impl Into<QName>>,
) -> Object {
    Object {
        id: ObjectId {
            kind: ObjectKind::from_text(kind),
            name: name.into(),
            signature: None,
            on: None,
        },
        definition: definition.into(),
        depends_on: depends_on
            .into_iter()
            .map(Into::into)
            .collect::<BTreeSet<QName>>(),
        comment: None,
    }
}

/// The statements for an object of a kind of the user's own; `None` for all other objects.
pub(crate) fn statements(
    directive: &crate::directive::Directive,
    site: &Site<'_>,
) -> Option<Result<Vec<Statement>>> {
    use crate::directive::Directive as D;
    match directive {
        D::CreateObject(object) => object.id.kind.custom().map(|kind| kind.create_sql(object, site)),
        D::DropObject(object) => object.id.kind.custom().map(|kind| kind.drop_sql(object, site)),
        D::ReplaceObject(change) => change
            .new
            .id
            .kind
            .custom()
            .map(|kind| kind.replace_sql(change, site)),
        D::CreateNamespace(_)
        | D::DropNamespace(_)
        | D::CreateTable(_)
        | D::DropTable(_)
        | D::RenameTable(_)
        | D::AlterTable(_)
        | D::CreateIndex { .. }
        | D::DropIndex { .. }
        | D::RenameIndex { .. }
        | D::CreateSequence(_)
        | D::DropSequence(_)
        | D::AlterSequence(_)
        | D::CreateEnum(_)
        | D::DropEnum(_)
        | D::AlterEnum { .. }
        | D::Execute { .. }
        | D::BulkInsert(_)
        | D::Custom(_)
        | D::Run(_)
        | D::Irreversible { .. } => None,
    }
}

/// The object with what knows its kind.
#[cfg(feature = "connect")]
pub(super) fn known(mut object: Object, kind: &std::sync::Arc<dyn CustomObject>) -> Object {
    object.id.kind = ObjectKind::of(std::sync::Arc::clone(kind));
    object
}
