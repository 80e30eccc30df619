//! The folder of scripts, or several that are one history.
//!
//! Comes in: paths. Goes out: the headers of all scripts in them, as a graph, and each script when it is asked for; or a new file.
//! Bodies are read only when needed.

mod find;
mod write;

use super::read::{COMPILED, find_header};
use super::rewrite::with_parents;
use super::sql::find_sql_header;
use super::stack::with_stack;
use super::{Format, Graph, Header, Operations, RevisionId, Script, checksum, read, read_sql};
use crate::config::FileTemplate;
use crate::dialect::Engine;
use crate::dialect::postgres::relocate;
use crate::extend::Extensions;
use crate::{Error, ErrorKind, Notice, Result};
use find::{entry, files};
use jiff::{Zoned, tz::TimeZone};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use write::{replace, slug, write_new};

pub use find::Search;

/// Where the scripts of a project lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    /// The folders.
    pub folders: Vec<PathBuf>,
    /// Whether folders inside them are looked into.
    pub search: Search,
}

impl Locations {
    /// One folder, without those inside it.
    pub fn one(folder: impl Into<PathBuf>) -> Self {
        Self {
            folders: vec![folder.into()],
            search: Search::Flat,
        }
    }
}

/// The scripts of one folder or several, with their headers read.
#[derive(Debug, Clone)]
pub struct Folder {
    locations: Locations,
    /// The location that new scripts go to, when somebody has said so.
    chosen: Option<PathBuf>,
    entries: BTreeMap<RevisionId, Entry>,
    graph: Graph,
    pub(super) extensions: Extensions,
    notices: Vec<Notice>,
}

/// One script of a folder, or of a program that scripts are compiled into.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says about itself.
    pub header: Header,
    /// Its file.
    pub path: PathBuf,
    /// The form of its text.
    pub format: Format,
    text: Cow<'static, str>,
    /// What the compiler made of the text, where it is part of the program.
    code: Option<Code>,
    /// What `op.custom(..)` means in it.
    extensions: Extensions,
    /// The namespace that stands for the default one (PostgreSQL).
    home: Option<Arc<str>>,
    /// How the program is called that it is compiled into.
    runner: Option<Arc<str>>,
}

/// The functions of a compiled script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code {
    /// The way there.
    pub(crate) upgrade: fn(&mut Operations),
    /// The way back.
    pub(crate) downgrade: fn(&mut Operations),
}

/// A script is its text; where its functions lie in memory says nothing.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (&self.header, &self.path, self.format, &self.text)
            == (&other.header, &other.path, other.format, &other.text)
    }
}

impl Eq for Entry {}

impl Entry {
    /// The text of the file, as it was when the folder was loaded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The directives in it, for an engine: what its code records where that is compiled, else what is read from the text.
    ///
    /// # Errors
    /// When the text is outside what a script may hold, with its place; when the code makes a call that makes no sense.
    pub fn script(&self, engine: Engine) -> Result<Script> {
        let mut script = if let Some(code) = &self.code {
            let run = |function: fn(&mut Operations)| {
                let mut op = Operations::new(engine.name());
                function(&mut op);
                op.finish()
                    .map_err(|error| error.context(self.path.display().to_string()))
            };
            Script {
                header: self.header.clone(),
                upgrade: run(code.upgrade)?,
                downgrade: run(code.downgrade)?,
            }
        } else {
            match self.format {
                Format::Rust => {
                    read(&self.text, Some(&self.path), engine.name()).map_err(|error| match &self.runner {
                        Some(runner) if error.hints().iter().any(|hint| hint == COMPILED) => error.hint(
                            format!("autogen.toml says how that program is called: `{runner}`"),
                        ),
                        _ => error,
                    })
                }
                Format::Sql => read_sql(&self.text, Some(&self.path), engine),
            }?
        };
        self.extensions.resolve(&mut script.upgrade);
        self.extensions.resolve(&mut script.downgrade);
        if let (Some(home), Engine::Postgres) = (&self.home, engine) {
            relocate::directives_to(&mut script.upgrade, home);
            relocate::directives_to(&mut script.downgrade, home);
        }
        Ok(script)
    }

    /// The checksum that the ledger keeps: reformatting does not change it.
    ///
    /// # Errors
    /// When the text is no script at all.
    pub fn checksum(&self) -> Result<String> {
        checksum(&self.text, self.format, Some(&self.path))
    }
}

impl Folder {
    /// Reads the headers of all scripts in a folder, not in folders inside it. A folder that is not there is an empty one. Files
    /// without a header, hidden files and `mod.rs` are no scripts.
    ///
    /// # Errors
    /// When a file cannot be read, a header is malformed, two files have one revision, or the graph does not hold together; the
    /// message names the files.
    pub fn load(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open(Locations::one(path))
    }

    /// Reads the headers of all scripts in several folders, which are one history. Where one file can be reached in two ways, it is
    /// taken once, and [`notices`](Self::notices) say so.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn open(locations: Locations) -> Result<Self> {
        let found = with_stack(STACK, || {
            let mut found = Vec::new();
            for folder in &locations.folders {
                for file in files(folder, locations.search)? {
                    found.extend(entry(&file)?);
                }
            }
            Ok::<_, Error>(found)
        })?;
        Self::of(locations, found.into_iter())
    }

    /// The scripts that are part of this program: their files' names, their texts, and what the compiler made of those in Rust.
    ///
    /// # Errors
    /// As [`load`](Self::load), except for files.
    pub(crate) fn embedded(
        scripts: impl IntoIterator<Item = (&'static str, &'static str, Option<Code>)>,
    ) -> Result<Self> {
        let scripts = scripts.into_iter().collect::<Vec<_>>();
        let found = with_stack(STACK, || {
            scripts
                .iter()
                .map(|&(file, text, code)| {
                    let path = PathBuf::from(file);
                    let format = Format::of_path(&path).unwrap_or_default();
                    let entry = read_entry(path, format, text.into())?;
                    Ok(entry.map(|entry| Entry { code, ..entry }))
                })
                .collect::<Result<Vec<_>>>()
        })?;
        Self::of(Locations::one(PathBuf::new()), found.into_iter().flatten())
    }

    fn of(locations: Locations, found: impl Iterator<Item = Entry>) -> Result<Self> {
        let mut entries: BTreeMap<RevisionId, Entry> = BTreeMap::new();
        let mut order = Vec::new();
        let mut notices = Vec::new();
        for entry in found {
            let Some(other) = entries.get(&entry.header.revision) else {
                order.push(entry.header.revision.clone());
                entries.insert(entry.header.revision.clone(), entry);
                continue;
            };
            if is_same_file(&other.path, &entry.path) {
                notices.push(
                    Notice::warning(format!(
                        "{} and {} are the same file, which counts once",
                        other.path.display(),
                        entry.path.display()
                    ))
                    .hint("`version_locations` should not lie inside each other, nor a link lead from one to another"),
                );
                continue;
            }
            return Err(Error::new(
                ErrorKind::Script,
                format!(
                    "{} and {} have the same revision {}",
                    other.path.display(),
                    entry.path.display(),
                    entry.header.revision
                ),
            )
            .hint("delete the one that is a copy, or give it another id"));
        }
        let headers = order.iter().filter_map(|id| entries.get(id));
        let graph = Graph::new(headers.map(|entry| &entry.header))?;
        Ok(Self {
            locations,
            chosen: None,
            entries,
            graph,
            notices,
            extensions: Extensions::default(),
        })
    }

    /// Lets the scripts know what `op.custom(..)` means in the program.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &Extensions) -> Self {
        for entry in self.entries.values_mut() {
            entry.extensions = extensions.clone();
        }
        self.extensions = extensions.clone();
        self
    }

    /// Says how the program is called that the scripts are compiled into, for the errors of those that only it can run.
    #[must_use]
    pub fn with_runner(mut self, runner: &str) -> Self {
        let runner: Arc<str> = runner.into();
        for entry in self.entries.values_mut() {
            entry.runner = Some(Arc::clone(&runner));
        }
        self
    }

    /// Lets the scripts work on another namespace than the default one (PostgreSQL): that of a tenant. What they name with a namespace of
    /// its own stays; SQL of `op.execute` is kept to the byte, and the search path says what it means.
    #[must_use]
    pub fn in_namespace(mut self, namespace: &str) -> Self {
        let home: Arc<str> = namespace.into();
        for entry in self.entries.values_mut() {
            entry.home = Some(Arc::clone(&home));
        }
        self
    }

    /// Where they lie.
    pub fn locations(&self) -> &Locations {
        &self.locations
    }

    /// What a person should know about where they lie.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Lets new scripts go to one of the locations.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn with_new_scripts_in(mut self, folder: &Path) -> Result<Self> {
        let is_it = |location: &&PathBuf| {
            *location == folder || (location.exists() && is_same_file(location, folder))
        };
        match self.locations.folders.iter().find(is_it) {
            Some(location) => {
                self.chosen = Some(location.clone());
                Ok(self)
            }
            None => Err(Error::new(
                ErrorKind::Usage,
                format!("{} is no location of scripts", folder.display()),
            )
            .hint(format!("the locations are {}", self.named_locations()))),
        }
    }

    fn named_locations(&self) -> String {
        let names = self.locations.folders.iter();
        let names: Vec<String> = names.map(|location| location.display().to_string()).collect();
        names.join(", ")
    }

    /// How the revisions follow each other.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The script of a revision.
    pub fn get(&self, id: &RevisionId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// All scripts, parents before children.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.graph.order().filter_map(|id| self.entries.get(id))
    }

    /// Whether there is no script.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes a new script into the folder, which is made when it is not there. The file is complete or not there at all.
    ///
    /// `zone` is the time zone of the times in file names; `slug_length` the longest slug, in characters.
    ///
    /// # Errors
    /// When a file of that name or a script of that revision is there already, or the file cannot be written.
    pub fn write(
        &self,
        header: &Header,
        text: &str,
        format: Format,
        template: &FileTemplate,
        slug_length: usize,
        zone: &TimeZone,
    ) -> Result<PathBuf> {
        if let Some(other) = self.entries.get(&header.revision) {
            return Err(Error::new(
                ErrorKind::Script,
                format!(
                    "revision {} is there already: {}",
                    header.revision,
                    other.path.display()
                ),
            )
            .hint("choose another id"));
        }
        let time: Zoned = header
            .created
            .unwrap_or_else(jiff::Timestamp::now)
            .to_zoned(zone.clone());
        let name = template.render(
            header.revision.as_str(),
            &slug(&header.message, slug_length),
            &time,
        );
        if name.contains('/') && self.locations.search == Search::Flat {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the script would be {name}, in a folder where scripts are not looked for"),
            )
            .hint("a `file_template` with `/` needs `recursive_version_locations = true`"));
        }
        let path = self
            .location_for(header)?
            .join(format!("{name}.{}", format.extension()));
        write_new(&path, text)?;
        Ok(path)
    }

    /// Lets a script revise other ones, by rewriting its file in place. Gives the path.
    ///
    /// # Errors
    /// When there is no such script, its header cannot be changed, or its file not be written.
    pub fn rewrite_parents(&self, revision: &RevisionId, parents: &[RevisionId]) -> Result<PathBuf> {
        let entry = self.entries.get(revision).ok_or_else(|| {
            Error::new(
                ErrorKind::Script,
                format!("there is no script of revision {revision}"),
            )
        })?;
        let text = with_parents(&entry.text, entry.format, &entry.path, parents)?;
        replace(&entry.path, &text)?;
        Ok(entry.path.clone())
    }

    /// Puts one script in the place of several: its text in that of the last, whose id it has; the files of the others go. Gives the
    /// path.
    ///
    /// # Errors
    /// When one of them is not there, or a file cannot be written or removed.
    pub fn squash(&self, revisions: &[&RevisionId], text: &str, format: Format) -> Result<PathBuf> {
        let entries: Vec<&Entry> = revisions.iter().filter_map(|id| self.entries.get(*id)).collect();
        let Some((last, others)) = entries.split_last() else {
            return Err(Error::new(ErrorKind::Usage, "there is nothing to squash"));
        };
        let path = last.path.with_extension(format.extension());
        replace(&path, text)?;
        let old = others.iter().map(|entry| &entry.path);
        for gone in old.chain((path != last.path).then_some(&last.path)) {
            std::fs::remove_file(gone).map_err(|error| {
                Error::new(ErrorKind::Io, format!("{} cannot be removed", gone.display()))
                    .because(error)
                    .hint(format!("remove it by hand: what it did is in {}", path.display()))
            })?;
        }
        Ok(path)
    }

    /// Where a new script goes: where somebody said, else to what it follows, else to the only location.
    fn location_for(&self, header: &Header) -> Result<&Path> {
        if let Some(chosen) = &self.chosen {
            return Ok(chosen);
        }
        let [first, rest @ ..] = self.locations.folders.as_slice() else {
            return Err(Error::new(ErrorKind::Config, "there is no location of scripts")
                .hint("`version_locations` must name a folder"));
        };
        let holds = |file: &Path| {
            let mut locations = self.locations.folders.iter();
            locations.find(|location| file.starts_with(location))
        };
        let mut parents = header
            .revises
            .iter()
            .filter_map(|parent| self.entries.get(parent));
        match parents.find_map(|parent| holds(&parent.path)) {
            Some(location) => Ok(location),
            None if rest.is_empty() => Ok(first),
            None => Err(Error::new(
                ErrorKind::Usage,
                "the first script of a branch may lie in several places",
            )
            .hint(format!(
                "say where with `--version-path`: {}",
                self.named_locations()
            ))),
        }
    }
}

/// Enough for brackets nested as deep as the reader allows.
const STACK: usize = 2 << 20;

/// Whether two paths lead to one file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// A text as a script; `None` when it has no header.
fn read_entry(path: PathBuf, format: Format, text: Cow<'static, str>) -> Result<Option<Entry>> {
    let header = match format {
        Format::Rust => find_header(&text, Some(&path))?,
        Format::Sql => find_sql_header(&text, Some(&path))?,
    };
    Ok(header.map(|header| Entry {
        header,
        path,
        format,
        text,
        code: None,
        extensions: Extensions::default(),
        home: None,
        runner: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::render;

    fn script(id: &str, revises: &[&str], message: &str) -> Script {
        let mut header = Header::new(RevisionId::new(id).expect("an id"));
        header.revises = revises
            .iter()
            .map(|r| RevisionId::new(*r).expect("an id"))
            .collect();
        message.clone_into(&mut header.message);
        Script {
            header,
            upgrade: Vec::new(),
            downgrade: Vec::new(),
        }
    }

    fn put(folder: &Folder, script: &Script) -> Result<PathBuf> {
        let text = render(script).expect("a text");
        let template = FileTemplate::parse("{rev}_{slug}").expect("a template");
        folder.write(&script.header, &text, Format::Rust, &template, 20, &TimeZone::UTC)
    }

    #[test]
    fn a_script_that_was_written_is_found_again() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("migrations");
        let folder = Folder::load(&path).expect("no folder is an empty one");
        assert!(folder.is_empty() && !path.exists());
        let first = script("aaaa", &[], "Add orders, für Ümläute & a very long tail");
        let file = put(&folder, &first).expect("a file");
        assert_eq!(
            file.file_name().and_then(|n| n.to_str()),
            Some("aaaa_add_orders_f_r_ml.rs")
        );
        put(&folder, &script("bbbb", &["aaaa"], "")).expect("a file");
        std::fs::write(path.join("notes.txt"), "x").expect("a file");
        std::fs::write(path.join("mod.rs"), "mod a;").expect("a file");
        let folder = Folder::load(&path).expect("a folder");
        let ids: Vec<&str> = folder.entries().map(|e| e.header.revision.as_str()).collect();
        assert_eq!(ids, ["aaaa", "bbbb"]);
        let entry = folder.get(&first.header.revision).expect("a script");
        assert_eq!(entry.script(Engine::Sqlite).expect("a script"), first);
        assert_eq!(entry.checksum().expect("a sum").len(), 64);
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::load(place.path()).expect("a folder");
        let file = put(&folder, &script("aaaa", &[], "x")).expect("a file");
        let before = std::fs::read_to_string(&file).expect("a text");
        assert!(put(&folder, &script("aaaa", &[], "x")).is_err());
        assert_eq!(std::fs::read_to_string(&file).expect("a text"), before);
        let names: Vec<_> = std::fs::read_dir(place.path()).expect("a folder").collect();
        assert_eq!(names.len(), 1, "no temporary file is left");
    }

    #[test]
    fn scripts_in_sql_stand_beside_those_in_rust() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::load(place.path()).expect("a folder");
        put(&folder, &script("aaaa", &[], "x")).expect("a file");
        let sql = "-- autogen: revision bbbb\n-- autogen: revises aaaa\n-- autogen: upgrade\nSELECT 1;\n-- autogen: downgrade\n";
        std::fs::write(place.path().join("b.sql"), sql).expect("a file");
        std::fs::write(place.path().join("schema.sql"), "CREATE TABLE t (a);").expect("a file");
        std::fs::write(place.path().join("odd.rs"), [0xff, 0xfe]).expect("a file");
        let folder = Folder::load(place.path()).expect("a folder");
        let entry = folder.entries().next_back().expect("a script");
        assert_eq!(
            (entry.header.revision.as_str(), entry.format),
            ("bbbb", Format::Sql)
        );
        let script = entry.script(Engine::Sqlite).expect("a script");
        assert_eq!(
            script.upgrade,
            [crate::directive::Directive::Execute {
                sql: "SELECT 1".into()
            }]
        );
    }

    #[test]
    fn a_script_that_is_damaged_is_named() {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("a.rs");
        std::fs::write(&file, b"pub const REVISION: Revision = Revision::new(\"a\xff\");").expect("a file");
        assert!(
            Folder::load(place.path())
                .expect_err("no text")
                .message()
                .contains("a.rs")
        );
        std::fs::write(&file, "pub const REVISION: Revision = Revision::new(\"a\"").expect("a file");
        let error = Folder::load(place.path()).expect_err("no Rust");
        assert_eq!(error.places()[0].file.as_deref(), Some(file.as_path()));
    }

    #[test]
    fn a_parent_that_is_gone_is_named() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::load(place.path()).expect("a folder");
        put(&folder, &script("bbbb", &["aaaa"], "x")).expect("a file");
        let error = Folder::load(place.path()).expect_err("no parent");
        assert!(
            error.message().contains("bbbb") && error.message().contains("aaaa"),
            "{error}"
        );
    }

    #[test]
    fn two_files_of_one_revision_are_named() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::load(place.path()).expect("a folder");
        let file = put(&folder, &script("aaaa", &[], "x")).expect("a file");
        std::fs::copy(&file, place.path().join("copy.rs")).expect("a copy");
        let error = Folder::load(place.path()).expect_err("two");
        assert!(
            error.message().contains("aaaa_x.rs") && error.message().contains("copy.rs"),
            "{error}"
        );
    }
}
