//! Sequences (MariaDB), read from SHOW CREATE SEQUENCE: `information_schema` has them from 11.5 on.

use super::create::Clauses;
use crate::schema::{Name, QName, Sequence, SequenceOptions, TypeName};

/// How many numbers a session takes at once by itself.
const CACHE: i64 = 1000;
/// The type of numbers that needs no word.
const TYPE: &str = "bigint";

/// A sequence from its statement.
pub(super) fn sequence(name: &str, statement: &str) -> Sequence {
    let clauses = Clauses::new(statement);
    // What stands behind some words; `minvalue -5` is three tokens.
    let number = |words: &[&str]| -> Option<i64> {
        let is_phrase = |at: &usize| {
            let mut each = words.iter().enumerate();
            each.all(|(offset, word)| clauses.is_word(at + offset, word))
        };
        let at = (0..clauses.len()).find(is_phrase)? + words.len();
        if clauses.is_symbol(at, "-") {
            format!("-{}", clauses.meaning(at + 1)).parse().ok()
        } else {
            clauses.meaning(at).parse().ok()
        }
    };
    let has = |word: &str| (0..clauses.len()).any(|at| clauses.is_word(at, word));
    let increment = number(&["increment", "by"]).unwrap_or(1);
    let ty = (0..clauses.len())
        .find(|at| clauses.is_word(*at, "as"))
        .map(|at| {
            let unsigned = if clauses.is_word(at + 2, "unsigned") {
                " unsigned"
            } else {
                ""
            };
            format!("{}{unsigned}", clauses.meaning(at + 1))
        })
        .filter(|ty| ty != TYPE);
    let (least, greatest) = bounds(ty.as_deref().unwrap_or(TYPE), increment);
    let min = number(&["minvalue"]);
    let max = number(&["maxvalue"]);
    // It starts where it can go furthest.
    let first = if increment < 0 {
        max.unwrap_or(greatest)
    } else {
        min.unwrap_or(least)
    };
    let cache = if has("nocache") {
        Some(0)
    } else {
        number(&["cache"])
    };
    let comment = (0..clauses.len())
        .find(|at| clauses.is_word(*at, "comment") && clauses.is_symbol(at + 1, "="))
        .map(|at| clauses.meaning(at + 2));
    Sequence {
        name: QName::plain(Name::new(name)),
        ty: ty.map(TypeName::new),
        options: SequenceOptions {
            start: number(&["start", "with"]).filter(|start| *start != first),
            increment: Some(increment).filter(|increment| *increment != 1),
            min: min.filter(|min| *min != least),
            max: max.filter(|max| *max != greatest),
            cache: cache.filter(|cache| *cache != CACHE),
            cycle: has("cycle"),
        },
        owned_by: None,
        comment,
    }
}

/// The bounds that a sequence of that type has by itself: those of the type, but for one number at each end that the server keeps for
/// itself, and from 1 on or up to -1.
fn bounds(ty: &str, increment: i64) -> (i64, i64) {
    let (word, is_unsigned) = match ty.split_once(' ') {
        Some((word, _)) => (word, true),
        None => (ty, false),
    };
    let word = word.split('(').next().unwrap_or(word);
    let bits = match word {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" => 32,
        _ => 64,
    };
    if bits == 64 {
        return if increment < 0 {
            (i64::MIN + 1, -1)
        } else {
            (1, i64::MAX - 1)
        };
    }
    let values = 1_i64 << bits;
    let (least, greatest) = if is_unsigned {
        (0, values - 1)
    } else {
        (-values / 2, values / 2 - 1)
    };
    if increment < 0 {
        (least + 1, if is_unsigned { greatest - 1 } else { -1 })
    } else {
        (1, greatest - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &str) -> (SequenceOptions, Option<String>) {
        let sequence = sequence(
            "s",
            &format!("CREATE SEQUENCE `start with` {options} ENGINE=InnoDB"),
        );
        (sequence.options, sequence.comment)
    }

    #[test]
    fn defaults_are_left_out() {
        assert_eq!(
            read("start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 cache 1000 nocycle").0,
            SequenceOptions::default()
        );
        assert_eq!(
            read(
                "start with -1 minvalue -9223372036854775807 maxvalue -1 increment by -1 cache 1000 nocycle"
            )
            .0,
            SequenceOptions {
                increment: Some(-1),
                ..SequenceOptions::default()
            }
        );
    }

    #[test]
    fn everything_else_is_read() {
        assert_eq!(
            read("start with 5 minvalue -100 maxvalue 100 increment by -2 nocache cycle").0,
            SequenceOptions {
                start: Some(5),
                increment: Some(-2),
                min: Some(-100),
                max: Some(100),
                cache: Some(0),
                cycle: true,
            }
        );
    }

    #[test]
    fn small_types_have_small_bounds() {
        let sequence = sequence(
            "s",
            "CREATE SEQUENCE `s` as tinyint unsigned start with 1 minvalue 1 maxvalue 254 increment by 1 cache 1000 nocycle ENGINE=InnoDB COMMENT='x'",
        );
        assert_eq!(
            sequence.ty.as_ref().map(TypeName::as_str),
            Some("tinyint unsigned")
        );
        assert_eq!(sequence.options, SequenceOptions::default());
        assert_eq!(sequence.comment.as_deref(), Some("x"));
    }
}
