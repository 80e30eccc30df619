//! Rewriters over new scripts.

use crate::project::{Project, header, sqlite};
use autogen::directive::{Custom, Directive, NewColumn, TableChange, reverse};
use autogen::extend::{Drafting, Extensions, Rewrite, Way};
use autogen::schema::{Column, Schema, Table};
use autogen::script::{Operations, Script, integer, text};

fn script(record: impl FnOnce(&mut Operations)) -> Script {
    let mut op = Operations::new("sqlite");
    record(&mut op);
    let upgrade = op.finish().expect("no mistake");
    Script {
        header: header("aaaa", &[]),
        downgrade: reverse(&upgrade),
        upgrade,
    }
}

fn rewritten(extensions: &Extensions, script: Script) -> Vec<Script> {
    let schema = Schema::new();
    let drafting = Drafting {
        dialect: Some(sqlite()),
        live: &schema,
        target: &schema,
        blank: false,
    };
    extensions.rewrite(script, &drafting).expect("scripts")
}

fn summaries(directives: &[Directive]) -> Vec<String> {
    directives.iter().map(Directive::summary).collect()
}

fn orders() -> Script {
    script(|op| {
        op.create_table("orders").column("id", integer());
        op.create_index("ix").on("orders", ["id"]);
        op.alter_table("users")
            .add_column("fax", text())
            .drop_column("old", text());
    })
}

#[test]
fn rules_see_both_directions_and_their_own_work_only_once() {
    let rewrite = Rewrite::new()
        .on_create_table(|mut table, way| {
            assert_eq!(way, Way::Upgrade);
            table.columns.push(Column::new("created", "text"));
            let twin = Table::new(format!("{}_old", table.name.name));
            [table, twin]
                .map(|table| Directive::CreateTable(Box::new(table)))
                .into()
        })
        .on_drop_table(|table, way| {
            assert_eq!(way, Way::Downgrade);
            vec![
                Directive::Custom(Custom::new("archive").field("table", table.name.name.as_str())),
                Directive::DropTable(Box::new(table)),
            ]
        })
        .on_table_change(|_, change, _| match change {
            TableChange::DropColumn(_) => Vec::new(),
            other => vec![other],
        })
        .on_drop_index(|_, _, _| Vec::new());
    let scripts = rewritten(&Extensions::new().rewriter(rewrite), orders());
    let [script] = scripts.as_slice() else {
        panic!("one script: {scripts:?}")
    };
    assert_eq!(
        summaries(&script.upgrade),
        [
            "orders: new table",
            "orders_old: new table",
            "orders: new index ix",
            "users: add column fax"
        ]
    );
    assert_eq!(
        summaries(&script.downgrade),
        [
            "users: add column old",
            "archive (table: orders)",
            "orders: drop table"
        ]
    );
}

#[test]
fn rewriters_are_chained_and_an_empty_result_writes_nothing() {
    let drop_all = Rewrite::new().on_directive(|_, _| Vec::new());
    let count = Rewrite::new()
        .on_directive(|directive, _| vec![directive.clone(), directive])
        .chain(drop_all.clone());
    assert!(rewritten(&Extensions::new().rewriter(count), orders()).is_empty());
    let none = Extensions::new()
        .rewrite_with(|_, _| Ok(Vec::new()))
        .rewriter(drop_all);
    assert!(rewritten(&none, orders()).is_empty());
}

#[tokio::test]
async fn one_revision_becomes_two_that_follow_each_other() {
    // What only adds goes first; what takes away waits for the next deployment.
    let split = Extensions::new().rewrite_with(|drafts, _| {
        let mut out = Vec::new();
        for mut expand in drafts {
            let mut contract = expand.next(format!("{}: contract", expand.header.message));
            for directive in std::mem::take(&mut expand.upgrade) {
                match directive {
                    Directive::AlterTable(mut alter) => {
                        let goes = |change: &TableChange| matches!(change, TableChange::DropColumn(_));
                        let mut late = alter.clone();
                        late.changes.retain(goes);
                        alter.changes.retain(|change| !goes(change));
                        contract
                            .upgrade
                            .extend((!late.changes.is_empty()).then_some(Directive::AlterTable(late)));
                        expand
                            .upgrade
                            .extend((!alter.changes.is_empty()).then_some(Directive::AlterTable(alter)));
                    }
                    other => expand.upgrade.push(other),
                }
            }
            for script in [&mut expand, &mut contract] {
                script.downgrade = reverse(&script.upgrade);
            }
            out.extend([expand, contract]);
        }
        Ok(out)
    });
    let project = Project::new(split.clone());
    let first = script(|op| {
        op.create_table("users")
            .column("id", integer())
            .column("old", text());
    });
    // Nothing to contract: one script.
    let scripts = rewritten(&split, first);
    assert_eq!(scripts.len(), 1);
    project.add(&scripts[0]);
    let mut change = orders();
    change.header = header("bbbb", &["aaaa"]);
    let scripts = rewritten(&split, change);
    assert_eq!(scripts.len(), 2);
    for script in &scripts {
        project.add(script);
    }
    assert_eq!(project.upgrade("head").await.expect("an upgrade").ran.len(), 3);
    assert_eq!(
        project
            .texts("SELECT group_concat(name) FROM pragma_table_info('users')")
            .await,
        ["id,fax"]
    );
    project.downgrade("aaaa").await.expect("a downgrade");
    assert_eq!(
        project
            .texts("SELECT group_concat(name) FROM pragma_table_info('users')")
            .await,
        ["id,old"]
    );
}

#[test]
fn a_script_that_follows_one_left_out_follows_what_that_followed() {
    let extensions = Extensions::new().rewrite_with(|drafts, _| {
        let mut first = drafts.into_iter().next().expect("a draft");
        let mut second = first.next("second");
        second.upgrade.append(&mut first.upgrade);
        Ok(vec![first, second])
    });
    let mut draft = orders();
    draft.header = header("bbbb", &["aaaa"]);
    let scripts = rewritten(&extensions, draft);
    assert_eq!(scripts.len(), 1);
    assert_eq!(scripts[0].header.revises[0].as_str(), "aaaa");
    assert_eq!(scripts[0].header.message, "second");
}

#[test]
fn two_scripts_of_one_revision_are_refused() {
    let extensions = Extensions::new().rewrite_with(|drafts, _| Ok([drafts.clone(), drafts].concat()));
    let schema = Schema::new();
    let drafting = Drafting {
        dialect: None,
        live: &schema,
        target: &schema,
        blank: false,
    };
    let error = extensions.rewrite(orders(), &drafting).expect_err("twice");
    assert_eq!(error.message(), "a rewriter gave two scripts the revision aaaa");
}

#[test]
fn what_a_rewriter_adds_is_a_column_like_any_other() {
    let rewrite = Rewrite::new().on_alter_table(|mut alter, way| {
        if way == Way::Upgrade {
            alter
                .changes
                .push(TableChange::AddColumn(NewColumn::from(Column::new(
                    "changed", "text",
                ))));
        }
        vec![Directive::AlterTable(alter)]
    });
    let scripts = rewritten(&Extensions::new().rewriter(rewrite), orders());
    assert_eq!(
        scripts[0].upgrade[2].summary(),
        "users: add column fax, drop column old, add column changed"
    );
}
