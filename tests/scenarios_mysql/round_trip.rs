//! What `inspect` prints makes the same database again.

use std::process::{Command, Stdio};

use autogen::Engine;

use crate::harness::entries_of;
use crate::support::server::mysql::{Database, servers};

/// What both engines have, in one schema. The words in front of the body of a trigger are spelled anew.
const USUAL: &str = "create table p (id int unsigned not null auto_increment, name varchar(50) character set latin1 collate latin1_bin not null default 'x' comment 'c', primary key (id), unique key u (name(10))) comment 'it''s';
    create table t (id bigint primary key, p_id int unsigned, e enum('a','b') default 'a', s set('x','y'), at timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
        j json, g int generated always as (id * 2) virtual, h int generated always as (id + 1) stored, b bit(4) default b'0101', f double default 1.5, blobby blob,
        constraint fk foreign key (p_id) references p (id) on delete set null on update cascade, constraint ck check (id > 0 and e <> 'c'), note text, fulltext key ft (note)) row_format=dynamic;
    create table m (a int, key i (a) using hash) engine=memory;
    create table r (id int, d date, primary key (id, d)) partition by range (year(d)) (partition p0 values less than (2020), partition p1 values less than maxvalue);
    create view v as select p.name, concat(t.e, _latin1'x', '\\\\') as w from p join t on t.p_id = p.id where t.s is null;
    create TRIGGER `tr` AFTER UPDATE ON `t` FOR EACH ROW insert into p (name) values (old.e);
    create function f(a int) returns int deterministic return a + 1; create procedure pr(in x int) select x;
    create event ev on schedule every 1 day starts '2030-01-01 00:00:00' disable do delete from m;";

fn autogen(folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_autogen"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn same_again(database: &Database, again: &Database, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, printed, said) = autogen(folder.path(), &["inspect", "--url", &database.url()]);
    assert_eq!(code, Some(0), "{what}: {said}");
    again.sql(&printed);
    let sides = ["--from", &database.url(), "--to", &again.url(), "--exit-code"];
    let (code, differences, said) = autogen(folder.path(), &[&["diff"], &sides[..]].concat());
    assert_eq!(code, Some(0), "{what}: {differences}{said}");
    let (before, behind) = (shown(database), shown(again));
    let missing: Vec<_> = before.iter().filter(|entry| !behind.contains(entry)).collect();
    let too_much: Vec<_> = behind.iter().filter(|entry| !before.contains(entry)).collect();
    assert!(
        missing.is_empty() && too_much.is_empty(),
        "{what}: {missing:#?} {too_much:#?}"
    );
}

/// What is not read, since the server has no use for it, and the storage engine of a sequence.
const IDLE: [(&str, &str); 3] = [
    (" key_block_size=4", ""),
    (" /*!50606 storage memory */ /*!50606 column_format fixed */", ""),
    ("nocycle engine=aria", "nocycle engine=innodb"),
];

/// What the engine's own tool shows, in lower case and without quotes around names: headers of triggers and options of MariaDB's storage engines
/// are kept as they were spelled first.
fn shown(database: &Database) -> Vec<String> {
    let plain = |entry: String| {
        let entry = entry.to_lowercase().replace(['`', '"'], "");
        IDLE.iter()
            .fold(entry, |entry, (idle, instead)| entry.replace(idle, instead))
    };
    entries_of(database).into_iter().map(plain).collect()
}

#[test]
fn what_is_printed_of_a_database_makes_the_same_again() {
    for server in servers() {
        let hostile = match server.engine() {
            Engine::Mysql => include_str!("../../fixtures/mysql/hostile.sql"),
            _ => include_str!("../../fixtures/mariadb/hostile.sql"),
        };
        for (what, sql) in [("the usual", USUAL), ("the hostile", hostile)] {
            let (database, again) = (server.database("trip"), server.database("again"));
            database.sql(sql);
            same_again(&database, &again, &format!("{what} on {}", server.engine()));
        }
    }
}
