//! What a build script does: scripts in folders to a file of Rust that the program includes.

use crate::script::{Entry, Folder, Format, Locations, Search};
use crate::{Error, ErrorKind, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::path::{Path, PathBuf};

/// The name of the file in `OUT_DIR`.
const FILE: &str = "autogen_migrations.rs";

/// Collects the scripts of one folder, relative to the crate's own. To be called by a build script; see [`Collection`] for more than
/// one folder.
///
/// # Errors
/// As [`Collection::write`].
pub fn collect(folder: impl AsRef<Path>) -> Result<()> {
    Collection::new().folder(folder).write()
}

/// Which scripts become part of a program.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    folders: Vec<PathBuf>,
    search: Search,
}

impl Collection {
    /// No scripts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the scripts of a folder, relative to that of the crate.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folders.push(folder.as_ref().to_path_buf());
        self
    }

    /// Looks into folders inside of the folders too, as `recursive_version_locations` does.
    #[must_use]
    pub fn recursive(mut self) -> Self {
        self.search = Search::Recursive;
        self
    }

    /// Writes the file that [`include_migrations!`](crate::include_migrations) includes, and tells cargo what it depends on.
    ///
    /// # Errors
    /// When this is no build script (`OUT_DIR` is not set), a folder is not there or cannot be read, the scripts do not hold together,
    /// or the file cannot be written.
    pub fn write(&self) -> Result<()> {
        let home = variable("CARGO_MANIFEST_DIR")?;
        let out = Path::new(&variable("OUT_DIR")?).join(FILE);
        let mut folders = Vec::new();
        for folder in &self.folders {
            let folder = Path::new(&home).join(folder);
            if !folder.is_dir() {
                return Err(
                    Error::new(ErrorKind::Io, format!("{} is no folder", folder.display()))
                        .hint("name the folder of the scripts, relative to that of the crate"),
                );
            }
            // A folder is another one when a file comes or goes; the files themselves the compiler knows.
            println!("cargo::rerun-if-changed={}", folder.display());
            folders.push(folder);
        }
        let entries: Vec<Entry> = Folder::open(Locations {
            folders,
            search: self.search,
        })?
        .entries()
        .cloned()
        .collect();
        let text = prettyplease::unparse(&syn::parse2(module(&entries)?).map_err(|error| {
            Error::new(ErrorKind::Internal, "what was made of the scripts is no Rust").because(error)
        })?);
        std::fs::write(&out, text).map_err(|error| {
            Error::new(ErrorKind::Io, format!("{} cannot be written", out.display())).because(error)
        })
    }
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|_| {
        Error::new(ErrorKind::Usage, format!("`{name}` is not set"))
            .hint("`embed::collect` is for build scripts, which cargo runs with it")
    })
}

/// The file: a module for each script in Rust, and the function that names all.
fn module(entries: &[Entry]) -> Result<TokenStream> {
    let mut modules = TokenStream::new();
    let mut list = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let path = std::path::absolute(&entry.path)
            .ok()
            .and_then(|path| path.to_str().map(str::to_owned))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Io,
                    format!(
                        "{}: the path is no text, as the compiler needs it",
                        entry.path.display()
                    ),
                )
            })?;
        let file = entry.path.file_name().unwrap_or_default().to_string_lossy();
        list.push(match entry.format {
            Format::Rust => {
                // A revision may begin with a digit, a module may not; the number keeps equal ones of two folders apart.
                let name = format_ident!("r{at}_{}", entry.header.revision.as_str());
                modules.extend(quote! {
                    #[allow(warnings, clippy::all, clippy::pedantic)]
                    #[path = #path]
                    mod #name;
                });
                quote! {
                    ::autogen::embed::Embedded::rust(#file, include_str!(#path), #name::upgrade, #name::downgrade)
                }
            }
            Format::Sql => quote! { ::autogen::embed::Embedded::sql(#file, include_str!(#path)) },
        });
    }
    Ok(quote! {
        #modules
        /// The scripts of this program.
        ///
        /// # Errors
        /// When they do not hold together.
        pub fn scripts() -> ::autogen::Result<::autogen::script::Folder> {
            ::autogen::embed::scripts(&[#(#list),*])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_becomes_a_module_or_a_text() {
        let place = tempfile::tempdir().expect("a folder");
        let rust = "use autogen::script::*;\npub const REVISION: Revision = Revision::new(\"3f9c\");\npub fn upgrade(op: &mut Operations) { backfill(op) }\npub fn downgrade(_: &mut Operations) {}\n";
        std::fs::write(place.path().join("3f9c_a.rs"), rust).expect("a file");
        let sql = "-- autogen: revision bbbb\n-- autogen: revises 3f9c\n-- autogen: upgrade\nSELECT 1;\n-- autogen: downgrade\n";
        std::fs::write(place.path().join("bbbb_b.sql"), sql).expect("a file");
        let folder = Folder::load(place.path()).expect("scripts");
        let entries: Vec<Entry> = folder.entries().cloned().collect();
        let text = prettyplease::unparse(&syn::parse2(module(&entries).expect("a module")).expect("Rust"));
        assert!(text.contains("mod r0_3f9c;"), "{text}");
        assert!(text.contains("\"3f9c_a.rs\""), "{text}");
        assert!(text.contains("Embedded::sql"), "{text}");
        assert!(text.contains("r0_3f9c::downgrade"), "{text}");
    }
}
