use std::fmt::Write;

use super::*;
use crate::{Level, compare::RenameOf, schema::QName, script::Folder};

/// A folder with files in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

async fn realise_in(folder: &tempfile::TempDir, source: &str) -> Result<Realised> {
    let source = Source::parse(source, folder.path())?;
    realise(&source, &Context::new(Engine::Sqlite, &Filter::everything())).await
}

async fn realise_text(text: &str) -> Realised {
    realise_in(&folder(&[("a.sql", text)]), "a.sql").await.unwrap()
}

fn tables(realised: &Realised) -> Vec<&str> {
    realised
        .schema
        .tables
        .keys()
        .map(|table| table.name.as_str())
        .collect()
}

fn messages(realised: &Realised) -> Vec<&str> {
    realised
        .notices
        .iter()
        .map(|notice| notice.message.as_str())
        .collect()
}

#[tokio::test]
async fn files_become_a_schema_in_name_order() {
    let folder = folder(&[
        ("2.sql", "\u{feff}CREATE INDEX i ON a (x);"),
        ("1.sql", "CREATE TABLE a (x int); INSERT INTO a VALUES (1);"),
        ("3.txt", "this is not SQL"),
    ]);
    for source in [".", "*.sql"] {
        let realised = realise_in(&folder, source).await.unwrap();
        assert_eq!(tables(&realised), ["a"]);
        assert_eq!(realised.schema.tables[&QName::from("a")].indexes.len(), 1);
        assert_eq!(
            messages(&realised),
            ["1 statement about rows was passed over (1 INSERT)"]
        );
    }
    let error = realise_in(&folder, "2.sql").await.unwrap_err();
    assert_eq!(error.message(), "no such table: main.a");
}

#[tokio::test]
async fn what_the_shell_of_the_engine_takes_is_taken() {
    let sql = "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c AS SELECT 1 AS a;
        ALTER TABLE c ADD COLUMN p int DEFAULT 5 REFERENCES p;";
    assert_eq!(tables(&realise_text(sql).await), ["c", "p"]);
}

#[tokio::test]
async fn hints_come_with_the_schema() {
    let realised =
        realise_text("-- autogen: renamed from b\nCREATE TABLE a (\n x int, -- autogen: renamed from y\n z int\n);\n-- autogen: x\n").await;
    let what: Vec<&RenameOf> = realised.renames.iter().map(|rename| &rename.what).collect();
    assert_eq!(
        what,
        [
            &RenameOf::Table {
                old: "b".into(),
                new: "a".into()
            },
            &RenameOf::Column {
                table: "a".into(),
                old: "y".into(),
                new: "x".into()
            },
        ]
    );
    assert_eq!(messages(&realised), ["`autogen: x` is not a hint"]);
}

#[tokio::test]
async fn nothing_is_an_empty_schema_and_a_warning() {
    for text in [
        "",
        "-- nothing yet",
        "SELECT 1;",
        "CREATE TABLE t (a); DROP TABLE t;",
    ] {
        let realised = realise_text(text).await;
        assert!(realised.schema.is_empty(), "{text}");
        let last = realised.notices.last().unwrap();
        assert_eq!(last.level, Level::Warning, "{text}");
        assert!(last.message.starts_with("the target declares nothing"), "{text}");
    }
    let source = Source::Sql(Vec::new());
    let filter = Filter::everything();
    let realised = realise(&source, &Context::new(Engine::Sqlite, &filter))
        .await
        .unwrap();
    assert!(realised.schema.is_empty() && realised.notices.len() == 1);
}

#[tokio::test]
async fn a_database_is_reflected_as_it_is() {
    let folder = folder(&[]);
    let url = DatabaseUrl::sqlite_file(folder.path().join("app.db"));
    let mut connection = Connection::open(&url, Open::Create).await.unwrap();
    connection
        .execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    let realised = realise_in(&folder, "sqlite:app.db").await.unwrap();
    assert_eq!(tables(&realised), ["t"]);
    assert!(realised.notices.is_empty());
}

#[tokio::test]
async fn a_missing_database_is_an_error_or_empty_and_never_created() {
    let folder = folder(&[]);
    let source = Source::parse("sqlite:app.db", folder.path()).unwrap();
    let filter = Filter::everything();
    let strict = Context::new(Engine::Sqlite, &filter);
    assert!(
        realise(&source, &strict)
            .await
            .unwrap_err()
            .message()
            .ends_with("no such database file")
    );
    let lenient = Context {
        missing: Missing::Empty,
        ..strict
    };
    let realised = realise(&source, &lenient).await.unwrap();
    assert!(realised.schema.is_empty());
    assert!(messages(&realised)[0].ends_with("does not exist and counts as an empty database"));
    assert!(!folder.path().join("app.db").exists());
}

#[tokio::test]
async fn engines_are_not_mixed() {
    let folder = folder(&[]);
    let error = realise_in(&folder, "postgres://u:secret@h/d").await.unwrap_err();
    assert_eq!(
        error.message(),
        "postgres://u:***@h/d is a database of PostgreSQL, and the other side is SQLite"
    );
}

#[tokio::test]
async fn a_filter_leaves_out_what_is_not_managed() {
    let folder = folder(&[(
        "a.sql",
        "CREATE TABLE t (a); CREATE TABLE autogen_version (a); CREATE TABLE tmp_x (a);",
    )]);
    let filter = Filter::new(&[], &["tmp_*"]).unwrap().hiding(["autogen_version"]);
    let source = Source::parse("a.sql", folder.path()).unwrap();
    let realised = realise(&source, &Context::new(Engine::Sqlite, &filter))
        .await
        .unwrap();
    assert_eq!(tables(&realised), ["t"]);
}

/// A script that follows `revises` and does this.
fn script(revision: &str, revises: &str, upgrade: &str) -> String {
    format!(
        "//! a step\n//!\n//! Revision: {revision}\n//! Revises:  {revises}\n\nuse autogen::script::*;\n\n\
         pub const REVISION: Revision = Revision::new(\"{revision}\").revises(&[{}]);\n\n\
         pub fn upgrade(op: &mut Operations) {{\n{upgrade}\n}}\n\npub fn downgrade(op: &mut Operations) {{}}\n",
        if revises.is_empty() {
            String::new()
        } else {
            format!("\"{revises}\"")
        },
    )
}

#[tokio::test]
async fn migrations_are_replayed_up_to_a_revision() {
    let create = r#"op.create_table("a").column("id", integer()).column("x", text());"#;
    let rename = r#"op.rename_table("a", "b");
        op.execute("ALTER TABLE b ADD COLUMN y int");
        op.alter_table("b").drop_column("x", text());"#;
    let folder = folder(&[
        ("1.rs", &script("aaaa1111", "", create)),
        ("2.rs", &script("bbbb2222", "aaaa1111", rename)),
    ]);
    let scripts = Folder::load(folder.path()).unwrap();
    let filter = Filter::everything();
    let context = Context {
        scripts: Some(&scripts),
        ..Context::new(Engine::Sqlite, &filter)
    };
    let columns = async |revision: Option<&str>| {
        let realised = realise(&Source::Migrations(revision.map(str::to_owned)), &context).await?;
        let columns = realised.schema.tables.values().flat_map(|table| {
            table
                .columns
                .iter()
                .map(|column| format!("{}.{}", table.name, column.name))
        });
        Ok::<_, Error>(columns.collect::<Vec<_>>())
    };
    assert_eq!(columns(None).await.unwrap(), ["b.id", "b.y"]);
    assert_eq!(columns(Some("aaaa")).await.unwrap(), ["a.id", "a.x"]);
    assert_eq!(columns(Some("base")).await.unwrap(), Vec::<String>::new());
    assert!(columns(Some("cccc")).await.is_err());
    let error = realise(&Source::Migrations(None), &Context::new(Engine::Sqlite, &filter)).await;
    assert_eq!(
        error.unwrap_err().message(),
        "there are no scripts to replay here"
    );
}

/// A schema so large that it is loaded in parts.
fn large() -> String {
    let mut sql = String::from("CREATE TABLE \"T 0\" (id INTEGER PRIMARY KEY AUTOINCREMENT, a text);\n");
    for n in 1..300 {
        let parent = if n == 1 {
            "\"t 0\"".to_owned()
        } else {
            format!("t{}", n - 1)
        };
        write!(
            sql,
            "CREATE TABLE t{n} (id integer PRIMARY KEY, a text UNIQUE, p int REFERENCES {parent});
             CREATE INDEX i{n} ON T{n} (p DESC) WHERE a <> '';
             CREATE VIEW v{n} AS SELECT a.id FROM t{n} AS a JOIN {parent} USING (id);
             CREATE TRIGGER g{n} AFTER UPDATE OF a ON t{n} BEGIN DELETE FROM {parent}; END;\n"
        )
        .unwrap();
    }
    sql.push_str("CREATE VIRTUAL TABLE f USING fts5(a);\n");
    sql
}

#[tokio::test]
async fn a_large_schema_is_the_same_as_in_one_piece() {
    let sql = large();
    let parts = realise_text(&sql).await;
    // A statement that means something only together with the others keeps them together.
    let whole = realise_text(&format!("{sql}CREATE TABLE gone (a); DROP TABLE gone;")).await;
    assert_eq!(parts.schema.tables.len(), 300);
    assert_eq!(parts.schema.objects.len(), 2 * 299 + 1);
    assert!(parts == whole);
}

#[tokio::test]
async fn a_virtual_table_that_reads_another_table_finds_it_in_a_large_schema() {
    let sql = large() + "CREATE VIRTUAL TABLE g USING fts4(content=\"t7\");";
    assert_eq!(realise_text(&sql).await.schema.objects.len(), 2 * 299 + 2);
    let sql = large() + "CREATE VIRTUAL TABLE g USING fts4(content=\"nowhere\");";
    let error = realise_in(&folder(&[("a.sql", &sql)]), "a.sql")
        .await
        .unwrap_err();
    assert_eq!(error.message(), "no such table: main.nowhere");
}

#[tokio::test]
async fn an_error_in_a_large_schema_is_found_as_in_a_small_one() {
    let sql = large() + "CREATE TABLE last (a int,, b int);";
    let error = realise_in(&folder(&[("a.sql", &sql)]), "a.sql")
        .await
        .unwrap_err();
    assert_eq!(error.message(), "near \",\": syntax error");
    assert_eq!(error.places()[0].line, sql.lines().count());
    let sql = large() + "CREATE TABLE t7 (a int);";
    let error = realise_in(&folder(&[("a.sql", &sql)]), "a.sql")
        .await
        .unwrap_err();
    assert!(
        error.hints()[0].starts_with("`t7` is created before"),
        "{:?}",
        error.hints()
    );
}

#[tokio::test]
async fn a_kept_schema_is_used_until_anything_changes() {
    let folder = folder(&[]);
    let path = folder.path().join("a.sql");
    let cache = folder.path().join("cache");
    let kept = || std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let hint =
        "-- autogen: renamed from b\nCREATE TABLE a (x int -- autogen: renamed from y\n);\n-- autogen:";
    std::fs::write(&path, large() + hint).unwrap();
    let source = Source::parse("a.sql", folder.path()).unwrap();
    let (everything, some) = (Filter::everything(), Filter::new(&[], &["t1*"]).unwrap());
    let context = Context {
        cache: Some(&cache),
        ..Context::new(Engine::Sqlite, &everything)
    };

    let made = realise(&source, &context).await.unwrap();
    assert!(made.renames.len() == 2 && made.notices.len() == 1);
    let written = std::fs::read_to_string(kept()).unwrap();
    assert!(realise(&source, &context).await.unwrap() == made);
    assert_eq!(std::fs::read_to_string(kept()).unwrap(), written);

    // What is damaged in any way is made again.
    for damage in [
        written.replace("t299", "u299"),
        written[..written.len() / 2].to_owned(),
        String::new(),
        "\n{}".to_owned(),
    ] {
        std::fs::write(kept(), damage).unwrap();
        assert!(realise(&source, &context).await.unwrap() == made);
        assert_eq!(std::fs::read_to_string(kept()).unwrap(), written);
    }

    // Another filter, another text: another schema.
    let filtered = realise(
        &source,
        &Context {
            filter: &some,
            ..context
        },
    )
    .await
    .unwrap();
    assert!(filtered.schema.tables.len() < made.schema.tables.len());
    assert!(realise(&source, &context).await.unwrap() == made);
    std::fs::write(&path, large()).unwrap();
    let changed = realise(&source, &context).await.unwrap();
    assert!(changed.schema.tables.len() + 1 == made.schema.tables.len() && changed.renames.is_empty());
    assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 2);
}

#[tokio::test]
async fn a_cache_that_cannot_be_used_does_not_matter() {
    let folder = folder(&[
        ("a.sql", &large()),
        ("small.sql", "CREATE TABLE t (a);"),
        ("file", ""),
    ]);
    let filter = Filter::everything();
    let no_folder = folder.path().join("file");
    let context = Context {
        cache: Some(&no_folder),
        ..Context::new(Engine::Sqlite, &filter)
    };
    let source = Source::parse("a.sql", folder.path()).unwrap();
    assert_eq!(realise(&source, &context).await.unwrap().schema.tables.len(), 300);
    let cache = folder.path().join("cache");
    let source = Source::parse("small.sql", folder.path()).unwrap();
    realise(
        &source,
        &Context {
            cache: Some(&cache),
            ..context
        },
    )
    .await
    .unwrap();
    assert!(!cache.exists(), "a small target is not kept");
}
