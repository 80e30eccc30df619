//! For any two schemas and any rows: the upgrade leads to the second, a second look finds no difference, the downgrade leads
//! back to the first, and no row is lost in a table and column that stay.
//!
//! `AUTOGEN_PAIRS` sets the number of pairs, `AUTOGEN_SEED` the first seed. A failure prints both schemas and its seed.

mod support;

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::dialect::sqlite::Sqlite;
use autogen::directive::Directive;
use autogen::plan::plan;
use autogen::reflect::reflect;
use autogen::schema::Schema;
use autogen::{Connection, Error, ErrorKind};
use support::generate::{self, Numbers};
use support::observer;

const PAIRS: u64 = 600;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(default)
}

async fn loaded(sql: &str) -> Connection {
    let mut connection = Connection::memory().await.expect("a database");
    connection
        .execute(sql)
        .await
        .unwrap_or_else(|e| panic!("{e}\n{sql}"));
    connection
}

async fn schema_of(connection: &mut Connection) -> Schema {
    let reflection = reflect(connection, &Filter::everything())
        .await
        .expect("a schema");
    assert_eq!(reflection.notices, [], "everything can be read");
    reflection.schema
}

/// Rows in each table, as many as its constraints take.
async fn fill(connection: &mut Connection, schema: &generate::Schema, numbers: &mut Numbers) {
    for table in &schema.tables {
        for n in 1..=numbers.below(4) {
            let values = |references: bool| {
                let referring = |name: &String| {
                    table
                        .references
                        .iter()
                        .any(|(columns, ..)| columns.contains(name))
                };
                let columns = table.columns.iter().filter(|c| c.generated.is_none());
                let (names, values): (Vec<String>, Vec<String>) = columns
                    .map(|c| {
                        let value = match c.ty {
                            _ if referring(&c.name) && !references && c.name != "id" => "NULL".to_owned(),
                            "TEXT" | "VARCHAR(20)" => format!("'Text {n}'"),
                            "BLOB" => format!("x'0{n}'"),
                            "REAL" => format!("{n}.5"),
                            _ => n.to_string(),
                        };
                        (generate::quote(&c.name), value)
                    })
                    .unzip();
                format!(
                    "INSERT INTO {} ({}) VALUES ({})",
                    generate::quote(&table.name),
                    names.join(", "),
                    values.join(", ")
                )
            };
            if connection.execute(&values(true)).await.is_err() {
                let _ = connection.execute(&values(false)).await;
            }
        }
    }
}

async fn empty_all(connection: &mut Connection, schema: &generate::Schema) {
    connection.execute("PRAGMA foreign_keys=OFF").await.expect("off");
    for table in &schema.tables {
        connection
            .execute(&format!("DELETE FROM {}", generate::quote(&table.name)))
            .await
            .expect("a delete");
    }
    connection.execute("PRAGMA foreign_keys=ON").await.expect("on");
}

/// Runs directives as one script: guards, statements, checks, all or nothing.
async fn apply(connection: &mut Connection, directives: &[Directive]) -> Result<(), Error> {
    let before = schema_of(connection).await;
    let plan = plan(directives, &before, &Sqlite)?;
    for sql in &plan.session.before {
        connection.execute(sql).await?;
    }
    connection.execute("BEGIN IMMEDIATE").await?;
    let mut result = Ok(());
    let baseline = checks(connection, &plan.session.checks).await;
    'run: for step in &plan.steps {
        for guard in &step.guards {
            let count = connection
                .query(&guard.sql)
                .await
                .unwrap_or_else(|e| panic!("{e}\n{}", guard.sql));
            if count[0].integer(0).expect("a number") > 0 {
                result = Err(Error::new(ErrorKind::RowsContradict, format!("{guard:?}")));
                break 'run;
            }
        }
        for statement in &step.statements {
            if let Err(error) = connection.execute(&statement.sql).await {
                result = Err(error.context(&statement.sql));
                break 'run;
            }
        }
    }
    if result.is_ok() {
        let now = checks(connection, &plan.session.checks).await;
        if now.iter().any(|row| !baseline.contains(row)) {
            result = Err(Error::new(
                ErrorKind::RowsContradict,
                format!("foreign keys: {now:?}"),
            ));
        }
    }
    if result.is_ok() {
        connection.execute("COMMIT").await?;
    } else {
        connection.roll_back().await?;
    }
    for sql in &plan.session.after {
        connection.execute(sql).await?;
    }
    result
}

async fn checks(connection: &mut Connection, queries: &[String]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for sql in queries {
        rows.extend(observer::query(connection, sql).await);
    }
    rows
}

struct Outcome {
    upgrade_contradicted: bool,
    downgrade_contradicted: bool,
}

async fn one_pair(seed: u64) -> Outcome {
    let mut numbers = Numbers::new(seed);
    let before = generate::schema(&mut numbers);
    let after = if numbers.chance(85) {
        generate::changed(&before, &mut numbers)
    } else {
        generate::schema(&mut numbers)
    };
    let context = format!(
        "seed {seed}\n-- before\n{}\n-- after\n{}",
        before.sql(),
        after.sql()
    );

    let mut database = loaded(&before.sql()).await;
    let mut wanted = loaded(&after.sql()).await;
    let from = observer::picture(&mut database).await;
    let to = observer::picture(&mut wanted).await;
    fill(&mut database, &before, &mut numbers).await;
    let target = schema_of(&mut wanted).await;
    let live = schema_of(&mut database).await;

    let options = CompareOptions::default();
    let comparison =
        compare(Pair::new(&live, &target), &Sqlite, &options).unwrap_or_else(|e| panic!("{e}\n{context}"));
    let again = compare(Pair::new(&live, &target), &Sqlite, &options).expect("a comparison");
    assert_eq!(comparison, again, "a comparison is the same twice\n{context}");
    let context = format!("{context}\n-- upgrade\n{:#?}", comparison.upgrade);

    let rows_before = observer::rows(&mut database).await;
    let mut outcome = Outcome {
        upgrade_contradicted: false,
        downgrade_contradicted: false,
    };
    if let Err(error) = apply(&mut database, &comparison.upgrade).await {
        assert_eq!(error.kind(), ErrorKind::RowsContradict, "{error}\n{context}");
        assert_eq!(
            observer::picture(&mut database).await,
            from,
            "a refused upgrade changes nothing\n{context}"
        );
        assert_eq!(
            observer::rows(&mut database).await,
            rows_before,
            "a refused upgrade loses nothing\n{context}"
        );
        outcome.upgrade_contradicted = true;
        empty_all(&mut database, &before).await;
        apply(&mut database, &comparison.upgrade)
            .await
            .unwrap_or_else(|e| panic!("without rows: {e}\n{context}"));
    }
    let rows_between = observer::rows(&mut database).await;
    if !outcome.upgrade_contradicted {
        assert_eq!(
            observer::lost(&rows_before, &rows_between),
            Vec::<String>::new(),
            "{context}"
        );
    }
    assert_eq!(
        observer::picture(&mut database).await,
        to,
        "the upgrade leads to the target\n{context}"
    );
    let reached = schema_of(&mut database).await;
    let left = compare(Pair::new(&reached, &target), &Sqlite, &options).expect("a comparison");
    assert_eq!(left.upgrade, [], "a second look finds no difference\n{context}");

    let back = comparison.downgrade(&Sqlite);
    let context = format!("{context}\n-- downgrade\n{back:#?}");
    if let Err(error) = apply(&mut database, &back).await {
        assert_eq!(error.kind(), ErrorKind::RowsContradict, "{error}\n{context}");
        outcome.downgrade_contradicted = true;
        empty_all(&mut database, &after).await;
        apply(&mut database, &back)
            .await
            .unwrap_or_else(|e| panic!("without rows: {e}\n{context}"));
    } else if !outcome.upgrade_contradicted {
        let rows = observer::rows(&mut database).await;
        assert_eq!(
            observer::lost(&rows_between, &rows),
            Vec::<String>::new(),
            "{context}"
        );
    }
    assert_eq!(
        observer::picture(&mut database).await,
        from,
        "the downgrade leads back\n{context}"
    );
    outcome
}

#[tokio::test]
async fn any_schema_leads_to_any_other_and_back() {
    let first = setting("AUTOGEN_SEED", 1);
    let pairs = setting("AUTOGEN_PAIRS", PAIRS);
    let mut upgrades = 0;
    let mut downgrades = 0;
    for seed in first..first + pairs {
        let outcome = one_pair(seed).await;
        upgrades += u64::from(outcome.upgrade_contradicted);
        downgrades += u64::from(outcome.downgrade_contradicted);
    }
    println!("{pairs} pairs; rows contradicted {upgrades} upgrades and {downgrades} downgrades");
    assert!(
        upgrades * 3 < pairs.max(30),
        "most upgrades go through with their rows: {upgrades} of {pairs} did not"
    );
}
