//! All that a program has registered, as one value to hand around.

use super::compare::{ColumnSides, Comparator, Considered, NameToRead, Verdict};
use super::element::{Element, off_after};
use super::rewrite::Whole;
use super::{CustomObject, DirectiveKind, Drafting, Rewriter};
use crate::Result;
use crate::directive::Directive;
use crate::nearest::nearest;
use crate::schema::{Object, ObjectKind, Schema};
use crate::script::Script;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What a program adds to autogen. A plain value: cloning it is cheap, and none of it is global.
///
/// It is handed to [`Folder::with_extensions`](crate::script::Folder::with_extensions) (so that scripts of the folder know what
/// `op.custom(..)` means) and to [`CompareOptions::extensions`](crate::compare::CompareOptions::extensions).
#[derive(Clone, Default)]
pub struct Extensions(Arc<Registry>);

type OnColumn = Arc<dyn Fn(&ColumnSides<'_>) -> Verdict + Send + Sync>;
type OnName = Arc<dyn Fn(&NameToRead<'_>) -> bool + Send + Sync>;
type OnPart = Arc<dyn Fn(&Considered<'_>) -> bool + Send + Sync>;

#[derive(Clone, Default)]
struct Registry {
    directives: BTreeMap<String, Arc<dyn DirectiveKind>>,
    rewriters: Vec<Arc<dyn Rewriter>>,
    compare_type: Vec<OnColumn>,
    compare_default: Vec<OnColumn>,
    include_name: Vec<OnName>,
    include_object: Vec<OnPart>,
    objects: BTreeMap<String, Arc<dyn CustomObject>>,
    comparators: Vec<Arc<dyn Comparator>>,
    /// Comparators, built-in ones too, that are switched off.
    off: BTreeSet<String>,
}

impl Extensions {
    /// Nothing added.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, add: impl FnOnce(&mut Registry)) -> Self {
        add(Arc::make_mut(&mut self.0));
        self
    }

    /// Adds a kind of directive. One of the same name is replaced.
    #[must_use]
    pub fn directive(self, kind: impl DirectiveKind + 'static) -> Self {
        self.with(|all| {
            let kind: Arc<dyn DirectiveKind> = Arc::new(kind);
            all.directives.insert(kind.name().to_owned(), kind);
        })
    }

    /// Adds a kind of objects. One of the same name is replaced.
    #[must_use]
    pub fn object_kind(self, kind: impl CustomObject + 'static) -> Self {
        self.with(|all| {
            let kind: Arc<dyn CustomObject> = Arc::new(kind);
            all.objects.insert(kind.kind().to_owned(), kind);
        })
    }

    /// Leaves out by name what is not to be read at all, from the live database and from the scratch of a target alike.
    #[must_use]
    pub fn include_name(self, include: impl Fn(&NameToRead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|all| all.include_name.push(Arc::new(include)))
    }

    /// Adds a rewriter behind those that are there.
    #[must_use]
    pub fn rewriter(self, rewriter: impl Rewriter + 'static) -> Self {
        self.with(|all| all.rewriters.push(Arc::new(rewriter)))
    }

    /// Adds a function over whole scripts as a rewriter: Alembic's `process_revision_directives`.
    #[must_use]
    pub fn rewrite_with(
        self,
        rewrite: impl Fn(Vec<Script>, &Drafting<'_>) -> Result<Vec<Script>> + Send + Sync + 'static,
    ) -> Self {
        self.rewriter(Whole(rewrite))
    }

    /// Decides whether the types of a column differ. The first one that does not say [`Verdict::Default`] counts.
    #[must_use]
    pub fn compare_type(self, compare: impl Fn(&ColumnSides<'_>) -> Verdict + Send + Sync + 'static) -> Self {
        self.with(|all| all.compare_type.push(Arc::new(compare)))
    }

    /// Decides whether the defaults of a column differ. The first one that does not say [`Verdict::Default`] counts.
    #[must_use]
    pub fn compare_default(
        self,
        compare: impl Fn(&ColumnSides<'_>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        self.with(|all| all.compare_default.push(Arc::new(compare)))
    }

    /// Leaves out of every comparison what `include` says `false` to. It is asked once for what is on both sides. What is left out is neither
    /// created, changed nor dropped, with all that is in it.
    #[must_use]
    pub fn include_object(self, include: impl Fn(&Considered<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|all| all.include_object.push(Arc::new(include)))
    }

    /// Adds a comparator. Those of one priority are asked in the order in which they were added.
    #[must_use]
    pub fn comparator(self, comparator: impl Comparator + 'static) -> Self {
        self.with(|all| all.comparators.push(Arc::new(comparator)))
    }

    /// Switches comparators on and off by name, as Alembic's `autogenerate_plugins`: `["autogen.*", "~autogen.comments"]`. A name with `~` in
    /// front is switched off; when the first pattern has none, what no pattern means is off. Comparators that are to be meant must have
    /// been added before.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when a pattern means no comparator; the hint names the nearest.
    pub fn select<S: AsRef<str>>(self, patterns: &[S]) -> Result<Self> {
        let off = off_after(patterns, &self.comparator_names())?;
        Ok(self.with(|all| all.off = off))
    }

    /// The names of all comparators, the built-in ones too.
    pub fn comparator_names(&self) -> BTreeSet<String> {
        let own = self
            .0
            .comparators
            .iter()
            .map(|comparator| comparator.name().to_owned());
        Element::ALL
            .map(Element::comparator)
            .into_iter()
            .chain(own)
            .collect()
    }

    /// The kind of directive of that name.
    pub fn directive_kind(&self, name: &str) -> Option<&Arc<dyn DirectiveKind>> {
        self.0.directives.get(name)
    }

    pub(super) fn rewriters(&self) -> &[Arc<dyn Rewriter>] {
        &self.0.rewriters
    }

    pub(crate) fn is_on(&self, element: Element) -> bool {
        self.0.off.is_empty() || !self.0.off.contains(&element.comparator())
    }

    /// The comparators that are on, in the order in which they are asked.
    pub(crate) fn comparators(&self) -> Vec<&dyn Comparator> {
        let all = self.0.comparators.iter().map(|comparator| &**comparator);
        let mut on: Vec<&dyn Comparator> = all.filter(|one| !self.0.off.contains(one.name())).collect();
        on.sort_by_key(|comparator| comparator.priority());
        on
    }

    /// Whether somebody decides about single columns.
    pub(crate) fn judges_columns(&self) -> bool {
        !self.0.compare_type.is_empty() || !self.0.compare_default.is_empty()
    }

    /// Whether somebody decides what is compared at all.
    pub(crate) fn filters(&self) -> bool {
        !self.0.include_object.is_empty()
    }

    pub(crate) fn type_verdict(&self, sides: &ColumnSides<'_>) -> Verdict {
        verdict(&self.0.compare_type, sides)
    }

    pub(crate) fn default_verdict(&self, sides: &ColumnSides<'_>) -> Verdict {
        verdict(&self.0.compare_default, sides)
    }

    pub(crate) fn reads(&self, name: &NameToRead<'_>) -> bool {
        self.0.include_name.iter().all(|include| include(name))
    }

    /// The kinds of objects that an engine has.
    #[cfg(feature = "connect")]
    pub(crate) fn object_kinds(&self, engine: crate::Engine) -> impl Iterator<Item = &Arc<dyn CustomObject>> {
        self.0.objects.values().filter(move |kind| kind.serves(engine))
    }

    /// Puts objects that were read into a schema.
    #[cfg(feature = "connect")]
    pub(crate) fn insert(
        kind: &Arc<dyn CustomObject>,
        objects: Vec<Object>,
        schema: &mut crate::schema::Schema,
    ) {
        for object in objects {
            schema.insert_object(super::object::known(object, kind));
        }
    }

    pub(crate) fn includes(&self, considered: &Considered<'_>) -> bool {
        self.0.include_object.iter().all(|include| include(considered))
    }

    /// Gives directives that were read, or recorded by a compiled script, the behaviour that their names stand for. What is unknown
    /// here stays as it is, and is refused when SQL has to be made of it.
    pub fn resolve(&self, directives: &mut [Directive]) {
        for directive in directives {
            match directive {
                Directive::Custom(custom) => {
                    if let Some(kind) = self.directive_kind(custom.name()) {
                        *custom = custom.clone().behaving(Arc::clone(kind));
                    } else {
                        let known = self.0.directives.keys().map(String::as_str);
                        custom.set_meant(nearest(custom.name(), known));
                    }
                }
                Directive::CreateObject(object) | Directive::DropObject(object) => {
                    self.resolve_object(object);
                }
                Directive::ReplaceObject(change) => {
                    self.resolve_object(&mut change.old);
                    self.resolve_object(&mut change.new);
                }
                _ => {}
            }
        }
    }

    /// Gives the objects of a schema that comes from elsewhere, such as JSON, the behaviour that their kinds stand for.
    pub fn resolve_schema(&self, schema: &mut Schema) {
        for mut object in std::mem::take(&mut schema.objects).into_values() {
            self.resolve_object(&mut object);
            schema.insert_object(object);
        }
    }

    fn resolve_object(&self, object: &mut Object) {
        if let Some(kind) = self.0.objects.get(object.id.kind.as_str()) {
            object.id.kind = ObjectKind::of(Arc::clone(kind));
        }
    }

    /// Whether nothing is registered.
    pub fn is_empty(&self) -> bool {
        let Registry {
            directives,
            rewriters,
            compare_type,
            compare_default,
            include_name,
            include_object,
            objects,
            comparators,
            off,
        } = &*self.0;
        directives.is_empty()
            && rewriters.is_empty()
            && compare_type.is_empty()
            && compare_default.is_empty()
            && include_name.is_empty()
            && include_object.is_empty()
            && objects.is_empty()
            && comparators.is_empty()
            && off.is_empty()
    }
}

fn verdict(deciding: &[OnColumn], sides: &ColumnSides<'_>) -> Verdict {
    let mut verdicts = deciding.iter().map(|decide| decide(sides));
    verdicts
        .find(|verdict| *verdict != Verdict::Default)
        .unwrap_or(Verdict::Default)
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extensions")
            .field("directives", &self.0.directives.keys())
            .field("objects", &self.0.objects.keys())
            .field("comparators", &self.0.comparators)
            .field("off", &self.0.off)
            .finish_non_exhaustive()
    }
}

/// Two are equal when they are the same value, or nothing is registered in either.
impl PartialEq for Extensions {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.is_empty() && other.is_empty())
    }
}

impl Eq for Extensions {}
