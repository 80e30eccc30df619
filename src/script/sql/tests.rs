use super::*;
use crate::dialect::{Session, Statement};
use crate::schema::Schema;

fn plan(before: &[&str], steps: &[(&str, &[&str])]) -> Plan {
    let steps = steps.iter().map(|(why, statements)| Step {
        directive: Directive::Irreversible {
            why: (*why).to_owned(),
        },
        guards: Vec::new(),
        statements: statements.iter().map(|sql| Statement::new(*sql)).collect(),
    });
    Plan {
        session: Session {
            before: before.iter().map(ToString::to_string).collect(),
            ..Session::default()
        },
        steps: steps.collect(),
        after: Schema::default(),
    }
}

fn header() -> Header {
    let id = |text: &str| RevisionId::new(text).expect("an id");
    Header {
        revises: vec![id("1975ea83b712")],
        branch_labels: vec!["billing".to_owned()],
        depends_on: vec!["77d0".to_owned()],
        message: "add orders\n\nand more".to_owned(),
        created: Some("2026-11-22T06:40:00Z".parse().expect("a time")),
        ..Header::new(id("3f9c1d2ab07e"))
    }
}

fn sql(directives: &[Directive]) -> Vec<&str> {
    directives
        .iter()
        .map(|directive| match directive {
            Directive::Execute { sql } => sql.as_str(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn statements_come_back_to_the_byte() {
    let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT ';'; -- not the end\nEND";
    let upgrade = plan(
        &["PRAGMA foreign_keys=OFF"],
        &[
            (
                "why\n-- autogen: downgrade",
                &["CREATE TABLE \"a\n;b\" (x)", trigger],
            ),
            ("x", &["SELECT 1 -- end"]),
        ],
    );
    let downgrade = plan(&[], &[]);
    let text = render_sql(
        &header(),
        Engine::Sqlite,
        SqlDirection::Plan(&upgrade),
        SqlDirection::Plan(&downgrade),
    )
    .expect("a script");
    let back = read_sql(&text, None, Engine::Sqlite).expect("a script");
    assert_eq!(back.header, header(), "{text}");
    let expected = [
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE \"a\n;b\" (x)",
        trigger,
        "SELECT 1",
    ];
    assert_eq!(sql(&back.upgrade), expected, "{text}");
    assert_eq!(back.downgrade, [], "{text}");
    assert_eq!(find_sql_header(&text, None).expect("a header"), Some(header()));
}

#[test]
fn a_script_in_sql_reads_like_one() {
    let upgrade = plan(&[], &[("orders: new table", &["CREATE TABLE orders (id)"])]);
    let text = render_sql(
        &Header {
            branch_labels: Vec::new(),
            depends_on: Vec::new(),
            ..header()
        },
        Engine::Sqlite,
        SqlDirection::Plan(&upgrade),
        SqlDirection::Irreversible("the orders\nare gone"),
    )
    .expect("a script");
    let expected = "\
-- autogen: message add orders
-- autogen: message
-- autogen: message and more
-- autogen: revision 3f9c1d2ab07e
-- autogen: revises 1975ea83b712
-- autogen: created 2026-11-22 06:40:00 UTC
-- autogen: dialect sqlite

-- autogen: upgrade

-- irreversible: orders: new table
CREATE TABLE orders (id);

-- autogen: downgrade

-- autogen: irreversible the orders are gone
";
    assert_eq!(text, expected);
    let back = read_sql(&text, None, Engine::Sqlite).expect("a script");
    assert_eq!(
        back.downgrade,
        [Directive::Irreversible {
            why: "the orders are gone".to_owned()
        }]
    );
}

#[test]
fn comments_blanks_and_line_ends_are_not_significant() {
    let text = "-- autogen: revision a\n-- autogen: dialect sqlite\n-- autogen: upgrade\nSELECT 'a  b', 1;\n-- autogen: downgrade\n";
    let other = "-- autogen: message x\r\n-- autogen: revision a\r\n-- autogen: dialect sqlite\r\n\r\n-- autogen: upgrade\r\n/* why */ SELECT 'a  b' ,\r\n 1\r\n-- autogen: downgrade";
    assert_eq!(significant(text), significant(other));
    for changed in [
        text.replace("a  b", "a b"),
        text.replace("revision a", "revision b"),
    ] {
        assert_ne!(significant(text), significant(&changed), "{changed}");
    }
    let (up, down) = ("autogen: upgrade", "autogen: downgrade");
    let swapped = text
        .replace(up, "x")
        .replace(down, up)
        .replace("-- x", &format!("-- {down}"));
    assert_ne!(significant(text), significant(&swapped));
    assert_eq!(significant("SELECT 1"), None);
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    let begin = "-- autogen: revision a\n";
    let both = "-- autogen: upgrade\n-- autogen: downgrade\n";
    let cases = [
        ("SELECT 1".to_owned(), 1, "this is no migration script"),
        (
            "-- autogen: revision a-b\n".to_owned(),
            1,
            "cannot be a revision id",
        ),
        (
            format!("{begin}-- autogen: revisess b\n{both}"),
            2,
            "`-- autogen: revisess` has no meaning",
        ),
        (
            format!("{begin}-- autogen: dialect oracle\n{both}"),
            2,
            "\"oracle\" is no engine",
        ),
        (
            format!("{begin}-- autogen: dialect postgres\n{both}"),
            1,
            "this script is written for PostgreSQL",
        ),
        (
            format!("{begin}-- autogen: upgrade\n"),
            3,
            "the script has no line `-- autogen: downgrade`",
        ),
        (format!("{begin}{both}{both}"), 4, "this direction is there twice"),
        (
            format!("{begin}-- autogen: upgrade\nSELECT 'x;\n"),
            3,
            "what opens here is never closed",
        ),
    ];
    for (text, line, message) in cases {
        let error = read_sql(&text, None, Engine::Sqlite).expect_err(message);
        assert!(error.message().contains(message), "{text}: {error}");
        assert_eq!(error.places()[0].line, line, "{text}: {error}");
    }
}

#[test]
fn a_statement_that_looks_like_our_comments_is_refused() {
    let upgrade = plan(
        &[],
        &[("x", &["CREATE VIEW v AS\n-- autogen: downgrade\nSELECT 1"])],
    );
    let nothing = plan(&[], &[]);
    let text = render_sql(
        &header(),
        Engine::Sqlite,
        SqlDirection::Plan(&upgrade),
        SqlDirection::Plan(&nothing),
    );
    assert!(text.is_err());
}
