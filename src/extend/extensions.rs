//! All that a program has registered, as one value to hand around.

use super::DirectiveKind;
use crate::directive::Directive;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a program adds to autogen. A plain value: cloning it is cheap, and none of it is global.
///
/// It is handed to [`Folder::with_extensions`](crate::script::Folder::with_extensions) (so that scripts of the folder know what
/// `op.custom(..)` means) and to [`CompareOptions::extensions`](crate::compare::CompareOptions::extensions).
#[derive(Clone, Default)]
pub struct Extensions(Arc<Registry>);

#[derive(Clone, Default)]
struct Registry {
    directives: BTreeMap<String, Arc<dyn DirectiveKind>>,
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

    /// The kind of directive of that name.
    pub fn directive_kind(&self, name: &str) -> Option<&Arc<dyn DirectiveKind>> {
        self.0.directives.get(name)
    }

    /// Gives directives that were read, or recorded by a compiled script, the behaviour that their names stand for. What is unknown
    /// here stays as it is, and is refused when SQL has to be made of it.
    pub fn resolve(&self, directives: &mut [Directive]) {
        for directive in directives {
            if let Directive::Custom(custom) = directive
                && let Some(kind) = self.directive_kind(custom.name())
            {
                *custom = custom.clone().behaving(Arc::clone(kind));
            }
        }
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extensions")
            .field("directives", &self.0.directives.keys())
            .finish()
    }
}

/// Two are equal when they are the same value, or nothing is registered in either.
impl PartialEq for Extensions {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.is_empty() && other.is_empty())
    }
}

impl Eq for Extensions {}

impl Extensions {
    /// Whether nothing is registered.
    pub fn is_empty(&self) -> bool {
        let Registry { directives } = &*self.0;
        directives.is_empty()
    }
}
