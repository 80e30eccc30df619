//! The folder of scripts.
//!
//! Comes in: a path. Goes out: the headers of all scripts in it, as a graph, and each script when it is asked for; or a new file.
//! Bodies are read only when needed.

use super::read::find_header;
use super::sql::find_sql_header;
use super::stack::with_stack;
use super::{Format, Graph, Header, Operations, RevisionId, Script, checksum, read, read_sql};
use crate::config::FileTemplate;
use crate::dialect::Engine;
use crate::dialect::postgres::relocate;
use crate::extend::Extensions;
use crate::{Error, ErrorKind, Result};
use jiff::{Zoned, tz::TimeZone};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of scripts, with their headers read.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    entries: BTreeMap<RevisionId, Entry>,
    graph: Graph,
    pub(super) extensions: Extensions,
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
                Format::Rust => read(&self.text, Some(&self.path), engine.name()),
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
        let path = path.into();
        let found = with_stack(STACK, || {
            files(&path)?
                .iter()
                .map(|file| entry(file))
                .collect::<Result<Vec<_>>>()
        })?;
        Self::of(path, found.into_iter().flatten())
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
        Self::of(PathBuf::new(), found.into_iter().flatten())
    }

    fn of(path: PathBuf, found: impl Iterator<Item = Entry>) -> Result<Self> {
        let mut entries: BTreeMap<RevisionId, Entry> = BTreeMap::new();
        for entry in found {
            if let Some(other) = entries.get(&entry.header.revision) {
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
            entries.insert(entry.header.revision.clone(), entry);
        }
        let graph = Graph::new(entries.values().map(|entry| &entry.header))?;
        Ok(Self {
            path,
            entries,
            graph,
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

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
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
        let path = self.path.join(format!("{name}.{}", format.extension()));
        write_new(&self.path, &path, text)?;
        Ok(path)
    }
}

/// Enough for brackets nested as deep as the reader allows.
const STACK: usize = 2 << 20;

/// A file as a script; `None` when it is none.
fn entry(file: &Path) -> Result<Option<Entry>> {
    let Some(format) = Format::of_path(file) else {
        return Ok(None);
    };
    let bytes = fs::read(file).map_err(|e| unreadable(file, e))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // What is no text has no header, unless it looks as if it had had one.
        Err(error)
            if ["REVISION", "autogen:"]
                .iter()
                .all(|word| !holds(error.as_bytes(), word)) =>
        {
            return Ok(None);
        }
        Err(error) => {
            return Err(
                Error::new(ErrorKind::Script, format!("{} is not UTF-8 text", file.display()))
                    .because(error.utf8_error())
                    .hint("save it as UTF-8, or bring the file back as it was"),
            );
        }
    };
    // Nobody keeps an empty file on purpose: a script was lost here, by a full disk or a slip of `>`.
    if text.trim().is_empty() {
        return Err(
            Error::new(ErrorKind::Script, format!("{} is empty", file.display()))
                .hint("bring the script back as it was, or delete the file"),
        );
    }
    read_entry(file.to_path_buf(), format, text.into())
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
    }))
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// The files of a folder in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| unreadable(folder, e))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() && !name.starts_with('.') && name != "mod.rs" {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be read", path.display())).because(error)
}

/// A message as part of a file name: ASCII letters and digits in lower case, `_` between words, cut at a word.
fn slug(message: &str, longest: usize) -> String {
    let mut slug = String::new();
    for word in message
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        let word = word.to_ascii_lowercase();
        if slug.is_empty() {
            slug.extend(word.chars().take(longest));
        } else if slug.len() + 1 + word.len() <= longest {
            slug.push('_');
            slug.push_str(&word);
        } else {
            break;
        }
    }
    slug
}

/// Writes beside the file first, then gives it its name, which must be free.
fn write_new(folder: &Path, path: &Path, text: &str) -> Result<()> {
    let failed = |error: std::io::Error| {
        let taken = error.kind() == std::io::ErrorKind::AlreadyExists;
        let error = Error::new(ErrorKind::Io, format!("{} cannot be written", path.display())).because(error);
        if taken {
            error.hint("a file of that name is there already: choose another message or id")
        } else {
            error
        }
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let temporary = folder.join(format!(".autogen-{}.tmp", std::process::id()));
    let written = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        // A link fails when the name is taken, where a rename would overwrite.
        .and_then(|()| match fs::hard_link(&temporary, path) {
            // Some file systems have no links, and each says so in its own way.
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .and_then(|mut f| f.write_all(text.as_bytes())),
            linked => linked,
        });
    let _ = fs::remove_file(&temporary);
    written.map_err(failed)
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
