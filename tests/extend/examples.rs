//! The examples do what they say.

#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/audit_trigger.rs"]
pub(crate) mod audit_trigger;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/compare_callback.rs"]
mod compare_callback;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/expand_contract.rs"]
mod expand_contract;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/scheduled_jobs.rs"]
mod scheduled_jobs;

#[tokio::test]
async fn audit_trigger_keeps_what_happens() {
    let place = tempfile::tempdir().expect("a folder");
    let said = audit_trigger::run(place.path()).await.expect("it runs");
    assert_eq!(said, ["audit orders", "insert 7", "insert 8", "delete 7"]);
}

#[tokio::test]
async fn expand_contract_makes_two_revisions_of_one() {
    let place = tempfile::tempdir().expect("a folder");
    let said = expand_contract::run(place.path()).await.expect("it runs");
    assert_eq!(
        said,
        [
            "one name: users: add column full_name",
            "one name (contract): users: drop column last, drop column first",
            "2 scripts applied"
        ]
    );
}

#[tokio::test]
async fn scheduled_jobs_are_brought_in_step() {
    let place = tempfile::tempdir().expect("a folder");
    let said = scheduled_jobs::run(place.path()).await.expect("it runs");
    assert_eq!(
        said,
        [
            "old: drop scheduled job",
            "sessions: new table",
            "report: new scheduled job",
            "sweep: replace scheduled job",
            "in step"
        ]
    );
}

#[tokio::test]
async fn compare_callback_decides_what_differs() {
    let said = compare_callback::run().await.expect("it runs");
    let default = "drop default 'x'";
    assert_eq!(
        said,
        [
            format!(
                "plain: orders: alter column total (type smallint to bigint), alter column note (type varchar(10) to varchar(20), {default}); \
                 legacy_orders: drop table"
            ),
            format!("with callbacks: orders: alter column note (type varchar(10) to varchar(20), {default})"),
            "with callbacks, without defaults: orders: alter column note (type varchar(10) to varchar(20))"
                .to_owned(),
        ]
    );
}
