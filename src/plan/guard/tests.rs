//! Guards run on real rows.
#![cfg(feature = "sqlite")]

use crate::database::Connection;
use crate::dialect::sqlite::Sqlite;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, NewColumn, TableChange};
use crate::plan::plan;
use crate::schema::{
    Action, Check, Column, Constraint, Deferral, ForeignKey, Index, IndexPart, MatchKind, Options,
    PrimaryKey, Schema, Table, Unique,
};

/// What the guards say about rows that `sql` makes in the tables of [`schema`].
async fn said(sql: &str, directives: &[Directive]) -> Vec<String> {
    said_of(&schema(), sql, directives).await
}

async fn said_of(schema: &Schema, sql: &str, directives: &[Directive]) -> Vec<String> {
    let mut memory = Connection::memory().await.unwrap();
    memory
        .execute("CREATE TABLE users (id integer PRIMARY KEY, name text, email text, team integer); CREATE TABLE teams (id integer PRIMARY KEY, label text)")
        .await
        .unwrap();
    memory.execute(sql).await.unwrap();
    let plan = plan(directives, schema, &Sqlite).unwrap();
    let mut said = Vec::new();
    for guard in plan.steps.iter().flat_map(|step| &step.guards) {
        let rows = memory.query(&guard.sql).await.expect(&guard.sql);
        let rows = u64::try_from(rows[0].integer(0).unwrap()).unwrap();
        if rows > 0 {
            let message = guard.error(rows).message().to_owned();
            said.push(message.strip_prefix("rows contradict: ").unwrap().to_owned());
        }
    }
    said
}

fn schema() -> Schema {
    let mut schema = Schema::new();
    for (name, columns) in [
        (
            "users",
            &["id integer", "name text", "email text", "team integer"][..],
        ),
        ("teams", &["id integer", "label text"]),
    ] {
        schema.insert_table(table(name, columns));
    }
    schema
}

fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(name);
    table.columns = columns
        .iter()
        .map(|column| {
            let (name, ty) = column.split_once(' ').unwrap();
            Column::new(name, ty)
        })
        .collect();
    table.primary_key = Some(key(&["id"]));
    table
}

fn key(columns: &[&str]) -> PrimaryKey {
    PrimaryKey {
        name: None,
        columns: columns.iter().map(|c| IndexPart::column(*c)).collect(),
        include: Vec::new(),
        deferral: Deferral::NotDeferrable,
        options: Options::new(),
    }
}

fn alter(changes: Vec<TableChange>) -> Directive {
    Directive::AlterTable(AlterTable {
        table: "users".into(),
        changes,
    })
}

fn column(name: &str, changes: Vec<ColumnChange>) -> AlterColumn {
    AlterColumn {
        name: name.into(),
        ty: "text".into(),
        changes,
        using: None,
        backfill: None,
    }
}

fn not_null(name: &str) -> AlterColumn {
    column(name, vec![ColumnChange::NotNull(Change::new(false, true))])
}

fn add(new: NewColumn) -> TableChange {
    TableChange::AddColumn(new)
}

fn constraint(constraint: Constraint) -> TableChange {
    TableChange::AddConstraint { constraint }
}

fn unique(columns: &[&str]) -> Constraint {
    Constraint::Unique(Unique {
        name: None,
        columns: columns.iter().map(|c| IndexPart::column(*c)).collect(),
        include: Vec::new(),
        nulls_not_distinct: false,
        deferral: Deferral::NotDeferrable,
        options: Options::new(),
    })
}

fn check(expression: &str) -> Constraint {
    Constraint::Check(Check {
        name: Some("ck".into()),
        expression: expression.into(),
        options: Options::new(),
    })
}

fn foreign_key(columns: &[&str], table: &str, referenced: &[&str]) -> Constraint {
    Constraint::ForeignKey(ForeignKey {
        name: None,
        columns: columns.iter().map(|c| (*c).into()).collect(),
        table: table.into(),
        referenced: referenced.iter().map(|c| (*c).into()).collect(),
        on_update: Action::NoAction,
        on_delete: Action::NoAction,
        match_kind: MatchKind::Simple,
        deferral: Deferral::NotDeferrable,
        options: Options::new(),
    })
}

fn unique_index(parts: Vec<IndexPart>, predicate: Option<&str>) -> Directive {
    Directive::CreateIndex {
        table: "users".into(),
        index: Box::new(Index {
            unique: true,
            parts,
            predicate: predicate.map(Into::into),
            ..Index::new("ux")
        }),
    }
}

fn rename_column(old: &str, new: &str) -> TableChange {
    TableChange::RenameColumn(Change::new(old.into(), new.into()))
}

const USERS: &str =
    "INSERT INTO users (name, email, team) VALUES ('a', 'x', 1), ('A', 'x', NULL), (NULL, NULL, 7)";

#[tokio::test]
async fn null_in_a_column_that_becomes_not_null() {
    let set = alter(vec![TableChange::AlterColumn(not_null("email"))]);
    assert_eq!(
        said(USERS, std::slice::from_ref(&set)).await,
        ["1 row of users has NULL in email, which becomes NOT NULL"]
    );
    assert!(said("DELETE FROM users", &[set]).await.is_empty());

    let filled = |sql: &str| {
        alter(vec![TableChange::AlterColumn(AlterColumn {
            backfill: Some(sql.into()),
            ..not_null("email")
        })])
    };
    assert!(said(USERS, &[filled("'none' -- of them")]).await.is_empty());
    assert_eq!(
        said(USERS, &[filled("name")]).await,
        ["1 row of users gets NULL from the backfill of email, which becomes NOT NULL"]
    );
}

#[tokio::test]
async fn a_new_column_that_nothing_fills() {
    let new = |default: Option<&str>, backfill: Option<&str>| {
        let mut new = NewColumn::from(Column::new("age", "integer"));
        new.column.not_null = true;
        new.column.default = default.map(Into::into);
        new.backfill = backfill.map(Into::into);
        alter(vec![add(new)])
    };
    assert_eq!(
        said(USERS, &[new(None, None)]).await,
        ["3 rows of users have no value for the new column age, which is NOT NULL without a default"]
    );
    assert_eq!(said(USERS, &[new(Some("NULL"), None)]).await.len(), 1);
    assert!(said(USERS, &[new(Some("0"), None)]).await.is_empty());
    assert!(said(USERS, &[new(None, Some("id"))]).await.is_empty());
    assert!(said("", &[new(None, None)]).await.is_empty());
}

#[tokio::test]
async fn equal_keys_under_what_becomes_unique() {
    let on = |columns: &[&str]| alter(vec![constraint(unique(columns))]);
    assert_eq!(
        said(USERS, &[on(&["email"])]).await,
        ["2 rows of users share email with another row, which the new unique constraint forbids"]
    );
    // NULLs are never equal, not even in one of several columns.
    assert!(said(USERS, &[on(&["email", "team"])]).await.is_empty());

    let mut nocase = IndexPart::column("name");
    nocase.collation = Some("nocase".into());
    assert_eq!(
        said(USERS, &[unique_index(vec![nocase.clone()], None)]).await,
        ["2 rows of users share name with another row, which the new unique index ux forbids"]
    );
    assert!(
        said(USERS, &[unique_index(vec![nocase], Some("id > 1"))])
            .await
            .is_empty()
    );
    let lower = IndexPart::expression("lower(name)");
    assert_eq!(said(USERS, &[unique_index(vec![lower], None)]).await.len(), 1);
    assert!(
        said(USERS, &[unique_index(vec![IndexPart::column("name")], None)])
            .await
            .is_empty()
    );

    let mut not_distinct = unique(&["team"]);
    if let Constraint::Unique(unique) = &mut not_distinct {
        unique.nulls_not_distinct = true;
    }
    let nulls = "INSERT INTO users (team) VALUES (NULL), (NULL)";
    assert_eq!(
        said(nulls, &[alter(vec![constraint(not_distinct)])]).await.len(),
        1
    );
}

#[tokio::test]
async fn a_key_that_stays_and_compares_otherwise() {
    let mut schema = schema();
    let users = schema.tables.get_mut(&"users".into()).unwrap();
    users.add_constraint(unique(&["name"]));
    let recollate = |old: Option<&str>, new: Option<&str>| {
        alter(vec![TableChange::AlterColumn(column(
            "name",
            vec![ColumnChange::Collation(Change::new(
                old.map(Into::into),
                new.map(Into::into),
            ))],
        ))])
    };
    assert_eq!(
        said_of(&schema, USERS, &[recollate(None, Some("nocase"))])
            .await
            .len(),
        1
    );
    assert!(
        said_of(&schema, USERS, &[recollate(None, Some("rtrim"))])
            .await
            .is_empty()
    );
    assert!(
        said_of(&schema, USERS, &[recollate(Some("nocase"), None)])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn rows_that_break_a_new_check() {
    assert_eq!(
        said(USERS, &[alter(vec![constraint(check("team < 5 -- few"))])]).await,
        ["1 row of users breaks the new check ck: team < 5 -- few"]
    );
    // What the engine will convert first is for the engine to judge.
    let converted = TableChange::AlterColumn(column(
        "team",
        vec![ColumnChange::Type(Change::new("integer".into(), "text".into()))],
    ));
    assert!(
        said(USERS, &[alter(vec![converted, constraint(check("team < 5"))])])
            .await
            .is_empty()
    );
    let mut zero = NewColumn::from(Column::new("n", "integer"));
    zero.column.default = Some("'0'".into());
    assert!(
        said(USERS, &[alter(vec![add(zero), constraint(check("n < 5"))])])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn rows_that_refer_to_nothing() {
    let rows = format!("{USERS}; INSERT INTO teams VALUES (1, 'one')");
    let refer =
        |table: &str, referenced: &[&str]| alter(vec![constraint(foreign_key(&["team"], table, referenced))]);
    for referenced in [&["id"][..], &[]] {
        assert_eq!(
            said(&rows, &[refer("teams", referenced)]).await,
            ["1 row of users refers by team to nothing in teams, which the new foreign key forbids"]
        );
    }
    let itself = refer("users", &["id"]);
    assert_eq!(said(&rows, &[itself]).await.len(), 1);

    let new = || Directive::CreateTable(Box::new(table("groups", &["id integer"])));
    assert_eq!(
        said(&rows, &[new(), refer("groups", &["id"])]).await,
        ["2 rows of users refer by team to nothing in groups, which the new foreign key forbids"]
    );
    // SQL of the user's own may have filled it.
    let fill = Directive::Execute {
        sql: "SELECT 1".into(),
    };
    let mut memory_has_groups = schema();
    memory_has_groups.insert_table(table("groups", &["id integer"]));
    let directives = [new(), fill, refer("groups", &["id"])];
    let plan = plan(&directives, &schema(), &Sqlite).unwrap();
    assert!(plan.steps[2].guards[0].sql.contains("groups"));
}

#[tokio::test]
async fn a_foreign_key_that_was_there_in_another_form_is_no_news() {
    let mut schema = schema();
    let users = schema.tables.get_mut(&"users".into()).unwrap();
    let old = foreign_key(&["team"], "teams", &["id"]);
    users.add_constraint(old.clone());
    let mut cascading = foreign_key(&["group_id"], "teams", &["id"]);
    if let Constraint::ForeignKey(key) = &mut cascading {
        key.on_delete = Action::Cascade;
    }
    let directive = alter(vec![
        rename_column("team", "group_id"),
        TableChange::DropConstraint {
            constraint: foreign_key(&["group_id"], "teams", &["id"]),
        },
        constraint(cascading),
    ]);
    assert!(said_of(&schema, USERS, &[directive]).await.is_empty());
}

#[tokio::test]
async fn values_that_a_type_refuses() {
    let rows = "INSERT INTO users (name) VALUES ('1'), ('one'), (NULL)";
    let strict = TableChange::SetOption(crate::directive::OptionChange {
        key: "strict".into(),
        value: Change::new(None, Some(String::new())),
    });
    let to_integer = |using: Option<&str>| {
        TableChange::AlterColumn(AlterColumn {
            using: using.map(Into::into),
            ..column(
                "name",
                vec![ColumnChange::Type(Change::new("text".into(), "integer".into()))],
            )
        })
    };
    assert_eq!(
        said(rows, &[alter(vec![to_integer(None), strict.clone()])]).await,
        ["1 row of users has a value in name that type integer refuses"]
    );
    assert!(
        said(rows, &[alter(vec![to_integer(Some("length(name)")), strict])])
            .await
            .is_empty()
    );
    assert!(said(rows, &[alter(vec![to_integer(None)])]).await.is_empty());
}

#[tokio::test]
async fn a_guard_reads_tables_and_columns_by_the_names_they_have_before_the_script() {
    let people = |changes| {
        Directive::AlterTable(AlterTable {
            table: "people".into(),
            changes,
        })
    };
    let mut filled = not_null("mail");
    filled.backfill = Some("nick".into());
    let directives = [
        Directive::RenameTable(Change::new("users".into(), "people".into())),
        people(vec![
            rename_column("name", "nick"),
            rename_column("email", "mail"),
        ]),
        people(vec![TableChange::AlterColumn(not_null("nick"))]),
        people(vec![
            TableChange::AlterColumn(filled),
            constraint(check("people.team < 5")),
        ]),
        Directive::CreateIndex {
            table: "people".into(),
            index: Box::new(Index {
                unique: true,
                parts: vec![IndexPart::expression("lower(nick)")],
                ..Index::new("ux")
            }),
        },
    ];
    assert_eq!(
        said(USERS, &directives).await,
        [
            "1 row of people has NULL in nick, which becomes NOT NULL",
            "1 row of people gets NULL from the backfill of mail, which becomes NOT NULL",
            "1 row of people breaks the new check ck: people.team < 5",
            "2 rows of people share lower(nick) with another row, which the new unique index ux forbids",
        ]
    );
}

#[tokio::test]
async fn a_new_table_has_no_guards() {
    let mut refusing = table("users2", &["id integer", "a text"]);
    refusing.columns[1].not_null = true;
    let directives = [
        Directive::CreateTable(Box::new(refusing)),
        Directive::AlterTable(AlterTable {
            table: "users2".into(),
            changes: vec![constraint(unique(&["a"])), constraint(check("a > 1"))],
        }),
        Directive::CreateIndex {
            table: "users2".into(),
            index: Box::new(Index {
                unique: true,
                parts: vec![IndexPart::column("a")],
                ..Index::new("ux")
            }),
        },
    ];
    let plan = plan(&directives, &schema(), &Sqlite).unwrap();
    assert!(plan.steps.iter().all(|step| step.guards.is_empty()));
}

#[tokio::test]
async fn a_primary_key_of_numbered_rows_takes_nulls() {
    let mut schema = Schema::new();
    let mut users = table(
        "users",
        &["id integer", "name text", "email text", "team integer"],
    );
    users.primary_key = None;
    schema.insert_table(users);
    let rows = "DROP TABLE users; CREATE TABLE users (id integer, name text, email text, team integer); INSERT INTO users (id) VALUES (NULL), (NULL), (1), (1)";
    let directive = alter(vec![constraint(Constraint::PrimaryKey(key(&["id"])))]);
    assert_eq!(
        said_of(&schema, rows, &[directive]).await,
        ["2 rows of users share id with another row, which the new primary key forbids"]
    );
}
