//! Partitions.

use crate::harness::*;

fn table(partitions: &str) -> String {
    format!("create table t (id int not null, d date not null, v int, primary key (id, d)) {partitions};")
}

const ROWS: &str = "insert into t values (1, '2020-05-01', 1), (2, '2021-05-01', 2);";
const RANGE: &str = "partition by range (year(d)) (partition p0 values less than (2021), partition p1 values less than (2022))";

#[test]
fn a_table_is_parted_and_put_together() {
    Scenario::new("partitions")
        .from(&table(""))
        .rows(ROWS)
        .to(&table(RANGE))
        .holds();
    Scenario::new("partitions")
        .from(&table(RANGE))
        .to(&table(RANGE))
        .equal();
    for partitions in [
        "partition by hash (id) partitions 4",
        "partition by key (id) partitions 3",
        "partition by list (id) (partition a values in (1, 2), partition b values in (3))",
        "partition by range columns (d) (partition p0 values less than ('2021-01-01'), partition p1 values less than (maxvalue))",
        "partition by range (year(d)) subpartition by hash (id) subpartitions 2 (partition p0 values less than (2022), partition p1 values less than maxvalue)",
    ] {
        Scenario::new("partitions").to(&table(partitions)).holds();
        Scenario::new("partitions")
            .from(&table(partitions))
            .to(&table(partitions))
            .equal();
    }
}

#[test]
fn partitions_come_and_are_parted_anew_with_their_rows() {
    Scenario::new("partitions")
        .from(&table(RANGE))
        .rows(ROWS)
        .to(&table(
            "partition by range (year(d)) (partition p0 values less than (2021), partition p1 values less than (2022), partition p2 values less than (2023))",
        ))
        .holds();
    Scenario::new("partitions")
        .from(&table(RANGE))
        .rows(ROWS)
        .to(&table(
            "partition by range (year(d)) (partition p0 values less than (2020), partition n values less than (2021), partition p1 values less than (2022))",
        ))
        .holds();
    Scenario::new("partitions")
        .from(&table("partition by hash (id) partitions 2"))
        .rows(ROWS)
        .to(&table("partition by hash (id) partitions 5"))
        .holds();
}
