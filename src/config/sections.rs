//! The tables of `autogen.toml`: hooks, tenants, and several databases.

use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::{
    Config, HookCommand, Hooks, NamingConvention, Tenants,
    read::{KEYS, Reader, Value, in_order},
    tenants::PLACEHOLDER,
};
use crate::Result;
use crate::extend::{Element, Elements};

/// So many tenants are worked on at the same time at most: each has a connection.
const MOST_JOBS: i64 = 256;

impl Reader<'_> {
    fn table<'v, 'd>(&self, key: &str, value: &'v Value<'d>) -> Result<&'v DeTable<'d>> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            other => Err(self.wrong_type(key, "a table", other, value)),
        }
    }

    /// The settings of each database: those that all share, with its own over them.
    pub(super) fn databases(&self, shared: &Config, value: &Value<'_>) -> Result<Vec<(String, Config)>> {
        let own: Vec<&str> = KEYS
            .iter()
            .copied()
            .filter(|key| !matches!(*key, "databases" | "$schema"))
            .collect();
        let mut databases = Vec::new();
        for (name, value) in in_order(self.table("databases", value)?) {
            let mut config = shared.clone();
            config.name = Some(name.get_ref().to_string());
            for (key, value) in in_order(self.table(name.get_ref(), value)?) {
                if !own.contains(&key.get_ref().as_ref()) {
                    return Err(self.unknown(key, &own));
                }
                config.url_is_its_own |= key.get_ref() == "url";
                self.read(&mut config, key, value)?;
            }
            databases.push((name.get_ref().to_string(), config));
        }
        Ok(databases)
    }

    /// What constraints are called: `{ foreign_key = "fk_{table}_{columns}" }`.
    pub(super) fn naming(&self, name: &str, value: &Value<'_>) -> Result<NamingConvention> {
        let mut naming = NamingConvention::default();
        for (key, value) in in_order(self.table(name, value)?) {
            let word = key.get_ref().as_ref();
            let Some((_, kind)) = NamingConvention::KINDS.iter().find(|(known, _)| *known == word) else {
                return Err(self.unknown(key, &NamingConvention::KINDS.map(|(known, _)| known)));
            };
            naming
                .set(*kind, &self.non_empty(word, value)?)
                .map_err(|error| self.at(error.context(format!("`{word}`")), value))?;
        }
        Ok(naming)
    }

    pub(super) fn tenants(&self, name: &str, value: &Value<'_>) -> Result<Tenants> {
        let mut tenants = Tenants::default();
        for (key, value) in in_order(self.table(name, value)?) {
            match key.get_ref().as_ref() {
                "names" => tenants.names = self.texts("names", value)?,
                "from" => tenants.from = Some(self.non_empty("from", value)?),
                "schema" => {
                    tenants.schema = self.non_empty("schema", value)?;
                    self.names_the_tenant("schema", &tenants.schema, value)?;
                }
                "url" => {
                    let url = self.secret("url", value)?;
                    if let Ok(text) = &url.text {
                        self.names_the_tenant("url", text, value)?;
                    }
                    tenants.url = Some(url);
                }
                "jobs" => tenants.jobs = self.jobs(value)?,
                _ => return Err(self.unknown(key, &["names", "from", "schema", "url", "jobs"])),
            }
        }
        Ok(tenants)
    }

    fn names_the_tenant(&self, key: &str, text: &str, value: &Value<'_>) -> Result<()> {
        if text.contains(PLACEHOLDER) {
            return Ok(());
        }
        Err(self
            .error(format!("`{key}` of all tenants is the same"), value)
            .hint(format!("write `{PLACEHOLDER}` where the name of a tenant stands")))
    }

    fn jobs(&self, value: &Value<'_>) -> Result<usize> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.wrong_type("jobs", "a number", value.get_ref(), value));
        };
        i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .filter(|jobs| (1..=MOST_JOBS).contains(jobs))
            .and_then(|jobs| usize::try_from(jobs).ok())
            .ok_or_else(|| self.error(format!("`jobs` must be between 1 and {MOST_JOBS}"), value))
    }

    /// What is compared: `{ comments = false }`. What is not named is.
    pub(super) fn compared(&self, name: &str, value: &Value<'_>) -> Result<Elements> {
        let mut elements = Elements::all();
        for (key, value) in in_order(self.table(name, value)?) {
            let word = key.get_ref().as_ref();
            let Some(element) = Element::ALL.into_iter().find(|element| element.word() == word) else {
                return Err(self.unknown(key, &Element::ALL.map(Element::word)));
            };
            elements.set(element, self.boolean(word, value)?);
        }
        Ok(elements)
    }

    pub(super) fn hooks(&self, name: &str, value: &Value<'_>) -> Result<Hooks> {
        let mut hooks = Hooks::default();
        for (key, value) in in_order(self.table(name, value)?) {
            let event = key.get_ref().as_ref();
            let list = match event {
                "after_write" => &mut hooks.after_write,
                "before_apply" => &mut hooks.before_apply,
                "after_apply" => &mut hooks.after_apply,
                _ => return Err(self.unknown(key, &["after_write", "before_apply", "after_apply"])),
            };
            *list = self.commands(event, value)?;
        }
        Ok(hooks)
    }

    /// A command line, or a list of them: each a text, or a table with `run`.
    fn commands(&self, event: &str, value: &Value<'_>) -> Result<Vec<HookCommand>> {
        match value.get_ref() {
            DeValue::Array(elements) => elements
                .iter()
                .map(|element| self.command(event, element))
                .collect(),
            _ => Ok(vec![self.command(event, value)?]),
        }
    }

    fn command(&self, event: &str, value: &Value<'_>) -> Result<HookCommand> {
        let (mut name, mut run, mut cwd) = (None, Vec::new(), None);
        match value.get_ref() {
            DeValue::String(_) => run = self.words(event, value)?,
            DeValue::Table(table) => {
                for (key, value) in in_order(table) {
                    match key.get_ref().as_ref() {
                        "name" => name = Some(self.non_empty("name", value)?),
                        "run" => run = self.words("run", value)?,
                        "cwd" => cwd = Some(PathBuf::from(self.non_empty("cwd", value)?)),
                        _ => return Err(self.unknown(key, &["name", "run", "cwd"])),
                    }
                }
            }
            other => {
                return Err(self.wrong_type(event, "a command line or a table with `run`", other, value));
            }
        }
        let Some(program) = run.first() else {
            return Err(self
                .error("the hook runs nothing".to_owned(), value)
                .hint("write `run = \"rustfmt {script}\"`"));
        };
        Ok(HookCommand {
            name: name.unwrap_or_else(|| program.clone()),
            run,
            cwd,
        })
    }

    /// The words of a command line, as a shell tells them apart; or a list of them as it is.
    fn words(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>> {
        if let DeValue::Array(_) = value.get_ref() {
            return self.texts(key, value);
        }
        let text = self.non_empty(key, value)?;
        shlex::split(&text)
            .filter(|words| !words.is_empty())
            .ok_or_else(|| self.error(format!("`{key}` has a quote that does not end"), value))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Variables;

    fn parse(text: &str) -> Result<Config> {
        let variables = Variables::from_lookup(|name| match name {
            "DATABASE_URL" => Some("sqlite://other.db".to_owned()),
            _ => None,
        });
        Config::parse(text, Path::new("project/autogen.toml"), &variables)
    }

    fn path_of(config: &Config) -> String {
        let variables = Variables::from_lookup(|_| Some("sqlite://other.db".to_owned()));
        let url = config.database_url(None, &variables).unwrap();
        url.path().unwrap().display().to_string()
    }

    #[test]
    fn a_database_has_what_the_file_says_and_its_own() {
        let config = parse(
            "timezone = 'UTC'\ncolumn_order = true\nurl = 'sqlite://all.db'\n[databases.orders]\nurl = 'sqlite://orders.db'\ncolumn_order = false\n[databases.log]\nscript_location = 'log'",
        )
        .unwrap();
        assert_eq!(config.database_names().collect::<Vec<_>>(), ["orders", "log"]);
        let orders = config.of_database("orders").unwrap();
        assert!(!orders.column_order && config.column_order);
        assert_eq!(orders.name(), Some("orders"));
        // DATABASE_URL is for the project, not for each of its databases.
        assert_eq!(path_of(&orders), "project/orders.db");
        let log = config.of_database("log").unwrap();
        assert_eq!(
            (path_of(&log).as_str(), log.script_location.as_path()),
            ("other.db", Path::new("log"))
        );
        let error = config.of_database("order").unwrap_err();
        assert_eq!(error.hints(), ["did you mean `orders`?"]);
    }

    #[test]
    fn a_tenant_is_a_schema_or_a_database() {
        let config = parse("url = 'postgres://h/d'\n[tenants]\nschema = 't_{tenant}'\njobs = 4").unwrap();
        assert_eq!(config.of_tenant("acme").unwrap().home(), Some("t_acme"));
        let config = parse("[tenants]\nnames = ['a', 'b']\nurl = 'sqlite://t/{tenant}.db'").unwrap();
        let acme = config.of_tenant("acme").unwrap();
        assert_eq!(
            (path_of(&acme).as_str(), acme.home()),
            ("project/t/acme.db", None)
        );
        for odd in ["", "../x", "a/b", ".hidden", "a?mode=ro"] {
            assert!(config.of_tenant(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn hooks_are_texts_or_tables() {
        let config = parse(
            "[hooks]\nafter_write = ['rustfmt --edition 2024 {script}', {name = 'add', run = ['git', 'add', '{script}'], cwd = '..'}]\nbefore_apply = 'echo \"a b\"'",
        )
        .unwrap();
        let [format, add] = config.hooks.after_write.as_slice() else {
            panic!("two hooks")
        };
        assert_eq!((format.name.as_str(), format.run.len()), ("rustfmt", 4));
        assert_eq!(
            (add.name.as_str(), add.run.len(), add.cwd.is_some()),
            ("add", 3, true)
        );
        assert_eq!(config.hooks.before_apply[0].run, ["echo", "a b"]);
    }

    #[test]
    fn mistakes_in_tables_have_their_place() {
        let cases = [
            ("[hooks]\nafter_writ = 'x'", "unknown key `after_writ`", 2),
            (
                "[hooks]\nafter_write = 'x \"'",
                "`after_write` has a quote that does not end",
                2,
            ),
            ("[hooks]\nafter_write = {name = 'x'}", "the hook runs nothing", 2),
            ("[tenants]\nname = 'x'", "unknown key `name`", 2),
            (
                "[tenants]\nschema = 'x'",
                "`schema` of all tenants is the same",
                2,
            ),
            ("[tenants]\njobs = 0", "`jobs` must be between 1 and 256", 2),
            ("[databases]\na = 1", "`a` must be a table, not an integer", 2),
            ("[databases.a]\nurll = 'x'", "unknown key `urll`", 2),
            (
                "[databases.a.databases.b]\nurl = 'x'",
                "unknown key `databases`",
                1,
            ),
            ("transaction = 'all'", "`all` is no value of `transaction`", 1),
        ];
        for (text, message, line) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(
                (error.message(), error.places()[0].line),
                (message, line),
                "{text}"
            );
        }
    }
}
