//! Keeps the schemas of SQL files until the files change.
//!
//! In comes what a schema was made from, out comes the schema, if exactly this was kept. A file that is damaged, of another
//! version or about something else is as good as none, and so is a folder that cannot be written: then the target is
//! realised again, and nobody is told.
//!
//! The file has two lines: all about the target but its schema, and the schema. Who can tell by the first that the schema is one that is
//! at hand does not read the second.
//!
//! For 1,000 SQLite tables, reading a kept schema takes a tenth of the time of making it; for a few tables it takes longer.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    files::SqlFile,
    manage::{Declares, is_managed},
    prints::Prints,
    realise::{Context, Realised},
};
use crate::{
    Level, Notice, Place,
    compare::{Rename, RenameOf, RenameOrigin},
    config::Manage,
    dialect::Engine,
    schema::{FORMAT_VERSION, Name, ObjectId, QName, Schema},
};

/// The version of the form in which realised targets are kept.
const CACHE_FORMAT: u32 = 3;

/// Less text than this is realised faster than it is looked up.
const WORTH_KEEPING: usize = 64 * 1024;

/// Everything that a realised target depends on, as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// Which target it is: its files and how they are read. The target that is kept under it is replaced when they change.
    slot: String,
    /// What is in it.
    content: String,
    engine: Engine,
}

impl Key {
    /// The key of the schema that an engine makes of these files; `made_by` is its version, and all else about it that matters.
    pub(super) fn new(files: &[SqlFile], context: &Context<'_>, made_by: &str) -> Self {
        let engine = context.engine;
        let mut slot = Hash::default();
        slot.add(engine.name());
        slot.add(&format!("{:?}", context.filter));
        slot.add(&format!("{:?} {:?}", context.manage, context.code));
        slot.add(
            context
                .server
                .map_or("", |server| server.database().database_name().unwrap_or("")),
        );
        for file in files {
            slot.add_bytes(file.path.as_os_str().as_encoded_bytes());
        }
        let mut content = Hash::default();
        content.add(&format!("{CACHE_FORMAT}.{FORMAT_VERSION}"));
        content.add(&this_program());
        content.add(made_by);
        for file in files {
            content.add(&file.text);
        }
        Self {
            slot: slot.finish(),
            content: content.finish(),
            engine,
        }
    }
}

/// The version of this program; and, because programs of one version can differ while they are being developed, the time and
/// length of its file.
fn this_program() -> String {
    let build = std::env::current_exe().and_then(fs::metadata).and_then(|file| {
        Ok((
            file.len(),
            file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default(),
        ))
    });
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), build.ok())
}

/// A hash over fields: no two lists of fields give the same bytes.
#[derive(Default)]
struct Hash(Sha256);

impl Hash {
    fn add(&mut self, field: &str) {
        self.add_bytes(field.as_bytes());
    }

    fn add_bytes(&mut self, field: &[u8]) {
        self.0.update(field.len().to_le_bytes());
        self.0.update(field);
    }

    fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Bytes as text.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The place where one target is kept.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    key: Key,
}

impl Cache {
    /// The place for `key` in `folder`.
    pub(super) fn new(folder: &Path, key: Key) -> Self {
        Self {
            folder: folder.to_path_buf(),
            key,
        }
    }

    /// Whether there is so much text that keeping its schema saves time.
    pub(super) fn is_worth_it(files: &[SqlFile]) -> bool {
        files.iter().map(|file| file.text.len()).sum::<usize>() >= WORTH_KEEPING
    }

    /// What is kept, if it was made from exactly this. Its schema is not read yet.
    pub(super) fn find(&self) -> Option<Kept> {
        let path = self.path();
        let mut file = BufReader::new(File::open(&path).ok()?);
        let about = summed_line(&mut file)?;
        let about: About = serde_json::from_str(&about).ok()?;
        (about.content == self.key.content).then_some(Kept {
            about,
            engine: self.key.engine,
            path,
            file,
        })
    }

    /// Keeps `realised` in the place of what was there. Whoever reads at the same time finds the one or the other, whole.
    pub(super) fn store(&self, realised: &Realised) {
        // What cannot be kept is made again next time.
        let _ = self.try_store(realised);
    }

    fn try_store(&self, realised: &Realised) -> Option<()> {
        let about = About {
            content: self.key.content.clone(),
            prints: Prints::of(&realised.schema),
            renames: realised
                .renames
                .iter()
                .map(KeptRename::new)
                .collect::<Option<_>>()?,
            notices: realised.notices.iter().map(KeptNotice::from).collect(),
            declares: realised.declares,
            assumes: realised.assumes.clone(),
            untold: realised.untold.clone(),
        };
        let about = serde_json::to_string(&about).ok()?;
        let schema = realised.schema.to_json(self.key.engine.name()).to_string();
        fs::create_dir_all(&self.folder).ok()?;
        let path = self.path();
        let written = path.with_extension(format!("{}.tmp", std::process::id()));
        let text = format!("{} {about}\n{} {schema}\n", sum(&about), sum(&schema));
        let stored = fs::write(&written, text).and_then(|()| fs::rename(&written, path));
        if stored.is_err() {
            let _ = fs::remove_file(&written);
        }
        stored.ok()
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("target-{}.json", &self.key.slot[..32]))
    }
}

fn sum(body: &str) -> String {
    let mut hash = Hash::default();
    hash.add(body);
    hash.finish()
}

/// The rest of a line, when it is what its beginning is the hash of.
fn summed_line(file: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    file.read_line(&mut line).ok()?;
    let (checksum, body) = line.strip_suffix('\n')?.split_once(' ')?;
    (checksum == sum(body)).then(|| body.to_owned())
}

/// A target that is kept, whose schema has not been read yet.
pub(super) struct Kept {
    about: About,
    engine: Engine,
    path: PathBuf,
    /// It stands where the schema begins.
    file: BufReader<File>,
}

impl Kept {
    /// Whether its schema is `live` in all that is managed: by what the settings say, else by what it speaks of.
    pub(super) fn is_like(&self, live: &Schema, manage: Option<&BTreeSet<Manage>>) -> bool {
        self.about.prints.are_like(&Prints::of(live), |what| {
            is_managed(what, manage, self.about.declares)
        })
    }

    /// The target, with a schema that [is like](Self::is_like) its own.
    pub(super) fn with_schema(self, schema: Arc<Schema>) -> Realised {
        let About {
            content: _,
            prints: _,
            renames,
            notices,
            declares,
            assumes,
            untold,
        } = self.about;
        Realised {
            schema,
            renames: renames.into_iter().map(Rename::from).collect(),
            notices: notices.into_iter().map(Notice::from).collect(),
            declares,
            assumes,
            untold,
            ..Realised::default()
        }
    }

    /// The target with its own schema, if that is whole; if not, nothing is kept any more.
    pub(super) fn load(mut self) -> Option<Realised> {
        let schema = self.schema();
        if schema.is_none() {
            let _ = fs::remove_file(&self.path);
        }
        Some(self.with_schema(Arc::new(schema?)))
    }

    fn schema(&mut self) -> Option<Schema> {
        let schema = serde_json::from_str(&summed_line(&mut self.file)?).ok()?;
        let (schema, dialect) = Schema::from_json(schema).ok()?;
        (dialect == self.engine.name()).then_some(schema)
    }
}

/// All of a target but its schema.
#[derive(Serialize, Deserialize)]
struct About {
    content: String,
    prints: Prints,
    renames: Vec<KeptRename>,
    notices: Vec<KeptNotice>,
    declares: Declares,
    assumes: BTreeSet<Name>,
    untold: BTreeSet<ObjectId>,
}

#[derive(Serialize, Deserialize)]
struct KeptRename {
    /// The table, by its name in the target.
    table: QName,
    /// `None` when the table is what was renamed.
    column: Option<Name>,
    old: QName,
    place: KeptPlace,
}

#[derive(Serialize, Deserialize)]
struct KeptNotice {
    is_warning: bool,
    message: String,
    place: Option<KeptPlace>,
    hint: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptPlace {
    file: Option<PathBuf>,
    line: usize,
    column: usize,
    snippet: String,
}

impl KeptRename {
    /// `None` for a rename that no comment declares.
    fn new(rename: &Rename) -> Option<Self> {
        let RenameOrigin::Hint(place) = &rename.origin else {
            return None;
        };
        let place = KeptPlace::from(place);
        Some(match &rename.what {
            RenameOf::Table { old, new } => Self {
                table: new.clone(),
                column: None,
                old: old.clone(),
                place,
            },
            RenameOf::Column { table, old, new } => Self {
                table: table.clone(),
                column: Some(new.clone()),
                old: QName::plain(old),
                place,
            },
        })
    }
}

impl From<KeptRename> for Rename {
    fn from(kept: KeptRename) -> Self {
        let what = match kept.column {
            None => RenameOf::Table {
                old: kept.old,
                new: kept.table,
            },
            Some(new) => RenameOf::Column {
                table: kept.table,
                old: kept.old.name,
                new,
            },
        };
        Self {
            what,
            origin: RenameOrigin::Hint(kept.place.into()),
        }
    }
}

impl From<&Notice> for KeptNotice {
    fn from(notice: &Notice) -> Self {
        Self {
            is_warning: notice.level == Level::Warning,
            message: notice.message.clone(),
            place: notice.place.as_ref().map(KeptPlace::from),
            hint: notice.hint.clone(),
        }
    }
}

impl From<KeptNotice> for Notice {
    fn from(kept: KeptNotice) -> Self {
        Self {
            level: if kept.is_warning {
                Level::Warning
            } else {
                Level::Notice
            },
            message: kept.message,
            place: kept.place.map(Place::from),
            hint: kept.hint,
        }
    }
}

impl From<&Place> for KeptPlace {
    fn from(place: &Place) -> Self {
        Self {
            file: place.file.clone(),
            line: place.line,
            column: place.column,
            snippet: place.snippet.clone(),
        }
    }
}

impl From<KeptPlace> for Place {
    fn from(kept: KeptPlace) -> Self {
        Self {
            file: kept.file,
            line: kept.line,
            column: kept.column,
            snippet: kept.snippet,
        }
    }
}
