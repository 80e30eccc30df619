//! E: a script that fails, and two runs at once.

use crate::harness::*;
use crate::project::Project;

#[test]
fn e_05_a_script_whose_second_statement_fails_leaves_nothing_behind_and_can_be_tried_again() {
    let project = Project::new(&[
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
    ]);
    block_on(async {
        project
            .load("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '1')")
            .await;
        let before = project.dump().await;
        let broken = project.revision(
            &project.compare().await,
            &[("pub fn downgrade".to_owned(), "pub fn downgrade".to_owned())],
        );
        assert_eq!(
            summaries(&broken.upgrade),
            ["fresh: new table", "t: alter column v (type text to integer)"]
        );
        let good = project.script_text();
        project.write_script(&good.replacen(
            "op.alter_table(\"t\")",
            "op.execute(\"INSERT INTO nowhere VALUES (1)\");\n    op.alter_table(\"t\")",
            1,
        ));

        let error = project.upgrade().await.expect_err("the second statement fails");
        assert!(error.to_string().contains("nowhere"), "E-05: {error}");
        assert_eq!(
            project.dump().await,
            before,
            "E-05: the first statement is rolled back"
        );
        assert_eq!(
            project.applied().await,
            0,
            "E-05: the ledger says nothing was applied"
        );
        project
            .upgrade()
            .await
            .expect_err("it fails again, and for the same reason");

        project.write_script(&good);
        project.upgrade().await.expect("the mended script is applied");
        assert_eq!(project.applied().await, 1);
        assert!(project.compare().await.is_empty());
        assert_eq!(project.query("SELECT id, v FROM t").await, "1|1");
    });
}

#[test]
fn e_06_two_upgrades_in_two_threads_do_not_know_of_each_other() {
    let run = |name: &'static str| {
        std::thread::spawn(move || {
            let table =
                |n| format!("CREATE TABLE {name}_{n} (id INTEGER PRIMARY KEY, v INTEGER CHECK (v > {n}))");
            let to = (0..20).map(table).collect::<Vec<_>>().join(";\n");
            let project = Project::new(&[&to]);
            block_on(async {
                project.load(&to.replace("INTEGER CHECK", "BIGINT CHECK")).await;
                for n in 0..20 {
                    project
                        .load(&format!("INSERT INTO {name}_{n} VALUES (1, 50)"))
                        .await;
                }
                project.revision(&project.compare().await, &[]);
                for _ in 0..3 {
                    project.upgrade().await.expect("an upgrade");
                    assert!(project.compare().await.is_empty(), "E-06: {name}");
                    assert_eq!(project.query(&format!("SELECT v FROM {name}_7")).await, "50");
                    project.downgrade().await.expect("a downgrade");
                    assert_eq!(project.applied().await, 0, "E-06: {name}");
                }
            });
        })
    };
    for thread in [run("left"), run("right")] {
        thread.join().expect("the thread ends well");
    }
}
