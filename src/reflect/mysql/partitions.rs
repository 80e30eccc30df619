//! Partitions, read from SHOW CREATE TABLE: `information_schema` loses the algorithm of keys, directories and limits of rows.
//!
//! Comes in: the clause PARTITION BY. Goes out: `partition_by`, `partition_count`, `subpartition_by`, `subpartition_count` and
//! `partitions`, in one spelling for both engines.

use super::create::Clauses;
use super::spelling::quoted;
use crate::dialect::mysql::option;
use crate::schema::Options;
use std::fmt::Write;

/// Reads what stands behind PARTITION BY.
pub(super) fn read(clauses: &Clauses<'_>, start: usize, options: &mut Options) {
    let end = clauses.len();
    let is_list = |at: usize| clauses.is_symbol(at, "(") && clauses.is_word(at + 1, "PARTITION");
    let is_clause = |at: usize| {
        is_list(at)
            || ["SUBPARTITION", "PARTITIONS", "SUBPARTITIONS"]
                .iter()
                .any(|word| clauses.is_word(at, word))
    };
    let mut next = clauses.find((start, end), is_clause);
    options.insert(option::PARTITION_BY.to_owned(), method(clauses, (start, next)));
    while next < end {
        let at = next;
        if is_list(at) {
            let partitions = clauses.items(at).into_iter();
            let lines: Vec<String> = partitions.map(|item| partition(clauses, item)).collect();
            options.insert(option::PARTITIONS.to_owned(), lines.join("\n"));
        }
        next = clauses.find((clauses.skip(at), end), is_clause);
        if clauses.is_word(at, "SUBPARTITION") {
            options.insert(
                option::SUBPARTITION_BY.to_owned(),
                method(clauses, (at + 2, next)),
            );
        } else if clauses.is_word(at, "SUBPARTITIONS") {
            options.insert(option::SUBPARTITION_COUNT.to_owned(), clauses.meaning(at + 1));
        } else if clauses.is_word(at, "PARTITIONS") {
            options.insert(option::PARTITION_COUNT.to_owned(), clauses.meaning(at + 1));
        }
    }
}

/// How rows are shared out: ``RANGE (year(`d`))``, ``KEY (`id`)``, ``LIST COLUMNS(`a`)``.
fn method(clauses: &Clauses<'_>, range: (usize, usize)) -> String {
    let is_key = clauses.find(range, |at| clauses.is_word(at, "KEY")) < range.1;
    let is_columns = clauses.find(range, |at| clauses.is_word(at, "COLUMNS")) < range.1;
    let open = clauses.find(range, |at| clauses.is_symbol(at, "("));
    if open == range.1 || !(is_key || is_columns) {
        return clauses.text(range);
    }
    // MySQL quotes these names only where it must.
    let names: Vec<String> = clauses
        .items(open)
        .into_iter()
        .map(|(at, _)| quoted(&clauses.meaning(at)))
        .collect();
    let gap = if is_columns { "" } else { " " };
    format!("{}{gap}({})", clauses.text((range.0, open)), names.join(","))
}

/// One partition or subpartition, with its own subpartitions.
fn partition(clauses: &Clauses<'_>, item: (usize, usize)) -> String {
    let (start, end) = item;
    let is_sublist = |at: usize| clauses.is_symbol(at, "(") && clauses.is_word(at + 1, "SUBPARTITION");
    let sublist = clauses.find(item, is_sublist);
    let mut out = format!(
        "{} {}",
        clauses.text((start, start + 1)).to_uppercase(),
        quoted(&clauses.meaning(start + 1))
    );
    let mut at = start + 2;
    while at < sublist {
        let engine = clauses.find((at, sublist), |at| {
            clauses.is_word(at, "ENGINE") && clauses.is_symbol(at + 1, "=")
        });
        if at < engine {
            out.push(' ');
            out.push_str(&clauses.text((at, engine)));
        }
        // All partitions have the engine of their table.
        at = engine + 3;
    }
    if sublist < end {
        let parts: Vec<String> = clauses
            .items(sublist)
            .into_iter()
            .map(|item| partition(clauses, item))
            .collect();
        let _ = write!(out, " ({})", parts.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::create;

    fn partitioning(sql: &str) -> Vec<(String, String)> {
        let shown = create::read(&format!(
            "CREATE TABLE `t` (\n  `id` int NOT NULL\n) ENGINE=InnoDB\n{sql}"
        ));
        shown.options.into_iter().collect()
    }

    fn expect(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn both_engines_spell_one_thing_alike() {
        let expected = expect(&[
            ("partition_by", "RANGE (year(`d`))"),
            (
                "partitions",
                "PARTITION `p0` VALUES LESS THAN (1990) MAX_ROWS = 5 COMMENT = 'it\\'s, )'\nPARTITION `p1` VALUES LESS THAN MAXVALUE",
            ),
            ("subpartition_by", "KEY (`id`)"),
            ("subpartition_count", "2"),
        ]);
        assert_eq!(
            partitioning(
                "/*!50100 PARTITION BY RANGE (year(`d`))\nSUBPARTITION BY KEY (id)\nSUBPARTITIONS 2\n\
                 (PARTITION p0 VALUES LESS THAN (1990) MAX_ROWS = 5 COMMENT = 'it\\'s, )' ENGINE = InnoDB,\n \
                 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */"
            ),
            expected
        );
        assert_eq!(
            partitioning(
                " PARTITION BY RANGE (year(`d`))\nSUBPARTITION BY KEY (`id`)\nSUBPARTITIONS 2\n\
                 (PARTITION `p0` VALUES LESS THAN (1990) MAX_ROWS = 5 COMMENT = 'it\\'s, )' ENGINE = InnoDB,\n \
                 PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)"
            ),
            expected
        );
    }

    #[test]
    fn subpartitions_stand_with_their_partition() {
        assert_eq!(
            partitioning(
                "/*!50100 PARTITION BY RANGE (year(`d`))\nSUBPARTITION BY HASH (to_days(`d`))\n(PARTITION p0 VALUES LESS THAN (1990)\n \
                 (SUBPARTITION s0 COMMENT = 'x' ENGINE = InnoDB,\n  SUBPARTITION `s3` ENGINE = InnoDB)) */"
            ),
            expect(&[
                ("partition_by", "RANGE (year(`d`))"),
                (
                    "partitions",
                    "PARTITION `p0` VALUES LESS THAN (1990) (SUBPARTITION `s0` COMMENT = 'x', SUBPARTITION `s3`)"
                ),
                ("subpartition_by", "HASH (to_days(`d`))"),
            ])
        );
    }

    #[test]
    fn counts_and_columns_and_periods_are_read() {
        assert_eq!(
            partitioning("/*!50100 PARTITION BY LINEAR HASH (`id`)\nPARTITIONS 4 */"),
            expect(&[("partition_by", "LINEAR HASH (`id`)"), ("partition_count", "4")])
        );
        assert_eq!(
            partitioning(
                "/*!50100 PARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 ()\nPARTITIONS 3 */"
            ),
            expect(&[("partition_by", "KEY ALGORITHM = 1 ()"), ("partition_count", "3")])
        );
        assert_eq!(
            partitioning(
                "/*!50500 PARTITION BY LIST  COLUMNS(a,`b c`)\n(PARTITION p0 VALUES IN ((1,'a')) ENGINE = InnoDB) */"
            ),
            expect(&[
                ("partition_by", "LIST COLUMNS(`a`,`b c`)"),
                ("partitions", "PARTITION `p0` VALUES IN ((1,'a'))")
            ])
        );
        assert_eq!(
            partitioning(
                " PARTITION BY SYSTEM_TIME LIMIT 1000\n(PARTITION `p0` HISTORY ENGINE = InnoDB,\n PARTITION `pn` CURRENT ENGINE = InnoDB)"
            ),
            expect(&[
                ("partition_by", "SYSTEM_TIME LIMIT 1000"),
                ("partitions", "PARTITION `p0` HISTORY\nPARTITION `pn` CURRENT")
            ])
        );
    }
}
