//! SQL and rows of the user's own.
//!
//! Comes in: what a script hands over as it is. Goes out: single statements, untouched, or an error for what would break the
//! promise that a script is one transaction.

use crate::dialect::{Dialect, Placement, Statement};
use crate::directive::BulkInsert;
use crate::sql::{self, Lexicon, StatementKind, Token};
use crate::{Error, ErrorKind, Place, Result};

/// The statements of `op.execute`.
pub(super) fn execute(text: &str, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    let lexicon = Lexicon::of(dialect.engine());
    sql::split(text, lexicon)
        .map(|statement| {
            let refused = |why: String| {
                let (line, column) = sql::line_column(text, statement.offset);
                Err(Error::new(ErrorKind::Script, why).at(Place {
                    file: None,
                    line,
                    column,
                    snippet: statement.text.to_owned(),
                }))
            };
            match statement.kind {
                StatementKind::Sql => {}
                StatementKind::ClientCommand => {
                    return refused(format!(
                        "{} speaks to a client program and not to the database",
                        statement.text.split_whitespace().next().unwrap_or_default()
                    ));
                }
                StatementKind::CopyData => {
                    return refused("data behind COPY FROM STDIN cannot be sent".to_owned())
                        .map_err(|e| e.hint("use op.bulk_insert or INSERT"));
                }
            }
            if let Some(word) = ends_transaction(&statement) {
                return refused(format!("{word} in a script")).map_err(|e| {
                    e.hint("a script runs in one transaction of its own: take the statement out")
                });
            }
            let placement = dialect.placement(statement.text);
            let has_body =
                lexicon.delimiter_command && statement.tokens().any(|t| t.is_symbol(statement.text, ";"));
            Ok(Statement::new(statement.text)
                .placed(placement)
                .delimited(has_body))
        })
        .collect()
}

/// The statements of a directive of the user's own, one by one; what a kind says of one holds for all that it falls into.
pub(super) fn custom(statements: Vec<Statement>, dialect: &dyn Dialect) -> Result<Vec<Statement>> {
    let mut out = Vec::with_capacity(statements.len());
    for whole in statements {
        let mut note = whole.note;
        for mut statement in execute(&whole.sql, dialect)? {
            statement.note = note.take();
            if whole.placement != Placement::Inside {
                statement.placement = whole.placement;
            }
            statement.needs_delimiter |= whole.needs_delimiter;
            out.push(statement);
        }
    }
    Ok(out)
}

/// The first word of a statement that would begin or end a transaction. Savepoints stay inside it.
fn ends_transaction(statement: &sql::Statement) -> Option<String> {
    let words: Vec<Token> = statement.tokens().filter(|t| !t.is_trivia()).take(4).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|t| t.is_keyword(statement.text, word));
    let to_savepoint = (1..4).any(|at| is(at, "to"));
    let ends = ["begin", "commit", "end", "abort"].iter().any(|word| is(0, word))
        || (is(0, "start") && is(1, "transaction"))
        || (is(0, "rollback") && !to_savepoint);
    ends.then(|| words[0].text(statement.text).to_ascii_uppercase())
}

/// Checks that every row has a value for every column.
pub(super) fn check_rows(insert: &BulkInsert) -> Result<()> {
    if insert.columns.is_empty() {
        return Err(Error::new(ErrorKind::Script, "no column is named")
            .hint("name the columns: op.bulk_insert(\"table\", [\"a\", \"b\"], ...)"));
    }
    let wrong = insert
        .rows
        .iter()
        .position(|row| row.len() != insert.columns.len());
    match wrong {
        None => Ok(()),
        Some(at) => Err(Error::new(
            ErrorKind::Script,
            format!(
                "row {} has {} values for {} columns",
                at + 1,
                insert.rows[at].len(),
                insert.columns.len()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::sqlite::Sqlite;
    use crate::directive::Literal;

    #[test]
    fn statements_stay_as_they_are_written() {
        let sql = "INSERT INTO t VALUES ('a;b') ; -- one\n\nUPDATE t  SET a = 1 -- x\n WHERE b;";
        let statements = execute(sql, &Sqlite).unwrap();
        let texts: Vec<&str> = statements.iter().map(|s| s.sql.as_str()).collect();
        assert_eq!(
            texts,
            [
                "INSERT INTO t VALUES ('a;b')",
                "UPDATE t  SET a = 1 -- x\n WHERE b"
            ]
        );
        assert!(execute(" -- nothing\n", &Sqlite).unwrap().is_empty());
    }

    #[test]
    fn a_script_cannot_end_its_own_transaction() {
        for sql in [
            "BEGIN",
            "SELECT 1;\n  COMMIT;",
            "end transaction",
            "/* x */ ROLLBACK",
            "start transaction",
        ] {
            let error = execute(sql, &Sqlite).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Script, "{sql}");
            assert!(error.message().ends_with(" in a script"), "{sql}");
        }
        assert_eq!(
            execute("SELECT 1;\n  COMMIT;", &Sqlite).unwrap_err().places()[0].line,
            2
        );
        for sql in [
            "SAVEPOINT a; ROLLBACK TO a; RELEASE a",
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
        ] {
            assert!(execute(sql, &Sqlite).is_ok(), "{sql}");
        }
    }

    #[test]
    fn every_row_needs_a_value_for_every_column() {
        let mut insert = BulkInsert {
            table: "t".into(),
            columns: vec!["a".into(), "b".into()],
            rows: vec![vec![Literal::Null, Literal::Null], vec![Literal::Null]],
        };
        assert_eq!(
            check_rows(&insert).unwrap_err().message(),
            "row 2 has 1 values for 2 columns"
        );
        insert.rows.pop();
        assert!(check_rows(&insert).is_ok());
    }
}
