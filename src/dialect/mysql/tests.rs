//! What a script does to a table, as statements.

use super::{MARIADB, MYSQL, option};
use crate::dialect::Dialect;
use crate::directive::{AlterColumn, AlterTable, Change, ColumnChange, Directive, TableChange};
use crate::plan::plan;
use crate::schema::{
    Action, Check, Column, Constraint, Deferral, ForeignKey, Generated, GeneratedKind, Index, IndexPart,
    MatchKind, Options, Schema, Table,
};

/// `t` with `id`, `a`, an index over `a`, a check and a generated column over it.
fn schema() -> Schema {
    let mut table = Table::new("t");
    let mut generated = Column::new("g", "int");
    generated.generated = Some(Generated {
        expression: "`a` + 1".into(),
        kind: GeneratedKind::Virtual,
    });
    table.columns = vec![Column::new("id", "int"), Column::new("a", "int"), generated];
    table.indexes.push(index("ia", &["a"]));
    table.checks.push(Check {
        name: Some("positive".into()),
        expression: "`a` > 0".into(),
        options: Options::new(),
    });
    let mut schema = Schema::new();
    schema.insert_table(table);
    schema
}

fn index(name: &str, columns: &[&str]) -> Index {
    let mut index = Index::new(name);
    index.parts = columns.iter().map(|column| IndexPart::column(*column)).collect();
    index
}

fn alter(changes: Vec<TableChange>) -> Directive {
    Directive::AlterTable(AlterTable {
        table: "t".into(),
        changes,
    })
}

fn change(column: &str, change: ColumnChange) -> TableChange {
    TableChange::AlterColumn(AlterColumn {
        name: column.into(),
        ty: "int".into(),
        changes: vec![change],
        using: None,
        backfill: None,
    })
}

fn retype(column: &str, ty: &str) -> TableChange {
    change(column, ColumnChange::Type(Change::new("int".into(), ty.into())))
}

fn create(index: Index) -> Directive {
    Directive::CreateIndex {
        table: "t".into(),
        index: Box::new(index),
    }
}

fn drop(index: Index) -> Directive {
    Directive::DropIndex {
        table: "t".into(),
        index: Box::new(index),
    }
}

fn foreign_key(parent: &str) -> Constraint {
    Constraint::ForeignKey(ForeignKey {
        name: Some("f".into()),
        columns: vec!["a".into()],
        table: parent.into(),
        referenced: vec!["id".into()],
        on_update: Action::NoAction,
        on_delete: Action::Cascade,
        match_kind: MatchKind::Simple,
        deferral: Deferral::NotDeferrable,
        options: Options::new(),
    })
}

fn statements(directives: &[Directive], before: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    let plan = plan(directives, before, dialect).expect("it can be planned");
    let steps = plan.steps.into_iter();
    steps
        .flat_map(|step| step.statements)
        .map(|statement| statement.sql.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_table_and_its_indexes_change_in_one_statement() {
    let directives = [
        drop(index("ia", &["a"])),
        alter(vec![
            retype("id", "bigint"),
            TableChange::AddColumn(Column::new("b", "int").into()),
        ]),
        create(index("iab", &["a", "b"])),
    ];
    assert_eq!(
        statements(&directives, &schema(), &MYSQL),
        [
            "ALTER TABLE `t` DROP KEY `ia`, MODIFY COLUMN `id` bigint, ADD COLUMN `b` int, ADD KEY `iab` (`a`,`b`)"
        ]
    );
}

#[test]
fn a_new_table_has_its_indexes_from_the_start() {
    let mut table = Table::new("n");
    table.columns.push(Column::new("a", "int"));
    let directives = [
        Directive::CreateTable(Box::new(table)),
        Directive::CreateIndex {
            table: "n".into(),
            index: Box::new(index("i", &["a"])),
        },
    ];
    assert_eq!(
        statements(&directives, &Schema::new(), &MARIADB),
        ["CREATE TABLE `n` ( `a` int, KEY `i` (`a`) ) ENGINE=InnoDB"]
    );
}

#[test]
fn a_foreign_key_goes_before_its_column_changes() {
    let mut before = schema();
    let mut parent = Table::new("p");
    parent.columns.push(Column::new("id", "int"));
    before.insert_table(parent);
    let table = before.tables.get_mut(&"t".into()).expect("it is there");
    table.add_constraint(foreign_key("p"));
    let constraint = foreign_key("p");
    let directives = [alter(vec![
        TableChange::DropConstraint {
            constraint: constraint.clone(),
        },
        retype("a", "bigint"),
        TableChange::AddConstraint { constraint },
    ])];
    assert_eq!(
        statements(&directives, &before, &MYSQL),
        [
            "ALTER TABLE `t` DROP FOREIGN KEY `f`",
            "ALTER TABLE `t` MODIFY COLUMN `a` bigint, ADD CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE CASCADE",
        ]
    );
}

#[test]
fn what_names_a_renamed_column_is_made_again_on_mysql_and_followed_on_mariadb() {
    let rename = [alter(vec![TableChange::RenameColumn(Change::new(
        "a".into(),
        "b".into(),
    ))])];
    assert_eq!(
        statements(&rename, &schema(), &MYSQL),
        [
            "ALTER TABLE `t` DROP CHECK `positive`, RENAME COLUMN `a` TO `b`, ADD CONSTRAINT `positive` CHECK (`b` > 0), MODIFY COLUMN `g` int GENERATED ALWAYS AS (`b` + 1) VIRTUAL"
        ]
    );
    assert_eq!(
        statements(&rename, &schema(), &MARIADB),
        ["ALTER TABLE `t` RENAME COLUMN `a` TO `b`"]
    );
}

#[test]
fn values_of_a_virtual_column_are_carried_over_when_it_becomes_a_plain_one() {
    let old = schema().tables[&"t".into()].columns[2].generated.clone();
    let plain = [alter(vec![change(
        "g",
        ColumnChange::Generated(Change::new(old, None)),
    )])];
    assert_eq!(
        statements(&plain, &schema(), &MYSQL),
        [
            "ALTER TABLE `t` ADD COLUMN `autogen_g` int",
            "UPDATE `t` SET `autogen_g` = (`g` )",
            "ALTER TABLE `t` DROP COLUMN `g`, CHANGE COLUMN `autogen_g` `g` int AFTER `a`",
        ]
    );
}

#[test]
fn a_default_alone_is_set_alone_unless_on_update_would_go() {
    let set = |default: &str| {
        let new = Some(default.into());
        [alter(vec![change(
            "a",
            ColumnChange::Default(Change::new(None, new)),
        )])]
    };
    assert_eq!(
        statements(&set("5"), &schema(), &MARIADB),
        ["ALTER TABLE `t` ALTER COLUMN `a` SET DEFAULT 5"]
    );
    let mut noted = schema();
    let table = noted.tables.get_mut(&"t".into()).expect("it is there");
    let now = "current_timestamp()".to_owned();
    table.columns[1].options.insert(option::ON_UPDATE.to_owned(), now);
    assert_eq!(
        statements(&set("'2020-01-01'"), &noted, &MARIADB),
        ["ALTER TABLE `t` MODIFY COLUMN `a` int DEFAULT '2020-01-01' ON UPDATE current_timestamp()"]
    );
}

#[test]
fn partitions_change_in_a_statement_of_their_own() {
    let mut before = schema();
    let table = before.tables.get_mut(&"t".into()).expect("it is there");
    let option = |key: &str, old: Option<&str>, new: &str| {
        TableChange::SetOption(crate::directive::OptionChange {
            key: key.to_owned(),
            value: Change::new(old.map(str::to_owned), Some(new.to_owned())),
        })
    };
    let by = ("RANGE (`id`)", "PARTITION `p0` VALUES LESS THAN (10)");
    table
        .options
        .insert(option::PARTITION_BY.to_owned(), by.0.to_owned());
    table
        .options
        .insert(option::PARTITIONS.to_owned(), by.1.to_owned());
    let more = format!("{}\nPARTITION `p1` VALUES LESS THAN (20)", by.1);
    let add = [alter(vec![option(option::PARTITIONS, Some(by.1), &more)])];
    assert_eq!(
        statements(&add, &before, &MYSQL),
        ["ALTER TABLE `t` ADD PARTITION (PARTITION `p1` VALUES LESS THAN (20))"]
    );
}
