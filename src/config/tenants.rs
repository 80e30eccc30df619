//! Tenants: many of the same schema, each with a ledger of their own. Plain values; who they are, a database may be asked elsewhere.

use super::settings::Secret;
use crate::{Error, ErrorKind, Result};

/// What stands for the name of a tenant in the settings.
pub(super) const PLACEHOLDER: &str = "{tenant}";

/// Who has the same schema.
#[derive(Debug, Clone)]
pub struct Tenants {
    /// `names`: who they are, as far as the file knows.
    pub names: Vec<String>,
    /// `from`: a query of one column that tells who they are.
    pub from: Option<String>,
    /// `schema`: the namespace of a tenant, where all are in one database; `{tenant}` stands for the name.
    pub schema: String,
    /// `url`: the database of a tenant, where each has one.
    pub(super) url: Option<Secret>,
    /// `jobs`: how many are worked on at the same time.
    pub jobs: usize,
}

impl Default for Tenants {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            from: None,
            schema: PLACEHOLDER.to_owned(),
            url: None,
            jobs: 1,
        }
    }
}

impl Tenants {
    /// Whether each tenant has a database, not only a schema.
    pub fn have_databases(&self) -> bool {
        self.url.is_some()
    }

    /// The text for one tenant.
    pub(super) fn fill(text: &str, tenant: &str) -> String {
        text.replace(PLACEHOLDER, tenant)
    }

    /// Refuses what would mean something else in a URL or a path than a name.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when it does.
    pub(super) fn check(&self, tenant: &str) -> Result<()> {
        // In a URL and in the name of the version table these mean something else.
        let odd = |c: char| {
            c.is_control()
                || if self.have_databases() {
                    "/\\?#@:%&".contains(c)
                } else {
                    c == '.'
                }
        };
        let why = if tenant.trim().is_empty() {
            "it is empty".to_owned()
        } else if self.have_databases() && tenant.starts_with('.') {
            "it begins with a dot".to_owned()
        } else if let Some(odd) = tenant.chars().find(|c| odd(*c)) {
            format!("it holds {odd:?}")
        } else {
            return Ok(());
        };
        Err(Error::new(
            ErrorKind::Config,
            format!("{tenant:?} cannot be a tenant: {why}"),
        ))
    }
}
