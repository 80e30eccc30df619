//! What the reflector reads from MySQL and MariaDB servers.

mod support;

use autogen::config::{Definer, Filter};
use autogen::database::{DatabaseUrl, Open};
use autogen::reflect::reflect;
use autogen::schema::{
    Action, Column, GeneratedKind, Identity, Index, Name, ObjectId, ObjectKind, Order, PartTarget, QName,
    Schema, SequenceOptions, Table,
};
use autogen::{Connection, Engine, Notice};
use std::fmt::Write;
use std::path::Path;
use support::server::mysql::{Database, Server, servers};

/// A schema of all that an engine has.
fn hostile(server: &Server) -> &'static str {
    match server.engine() {
        Engine::Mariadb => include_str!("../fixtures/mariadb/hostile.sql"),
        _ => include_str!("../fixtures/mysql/hostile.sql"),
    }
}

fn is_mariadb(server: &Server) -> bool {
    server.engine() == Engine::Mariadb
}

async fn connect(url: &str) -> Connection {
    let url = DatabaseUrl::parse(url, Path::new("")).expect("a URL");
    Connection::open(&url, Open::ReadWrite)
        .await
        .expect("a connection")
}

async fn reflected_as(url: &str, filter: &Filter) -> (Schema, Vec<Notice>) {
    let mut connection = connect(url).await;
    let reflection = reflect(&mut connection, filter).await.expect("a schema");
    connection.close().await.expect("the end");
    (reflection.schema, reflection.notices)
}

async fn reflected(database: &Database) -> (Schema, Vec<Notice>) {
    reflected_as(&database.url(), &Filter::everything()).await
}

fn loaded(server: &'static Server, sql: &str) -> Database {
    let database = server.database("reflect");
    database.sql(sql);
    database
}

fn table<'s>(schema: &'s Schema, name: &str) -> &'s Table {
    schema.tables.get(&QName::plain(name)).expect(name)
}

fn column<'t>(table: &'t Table, name: &str) -> &'t Column {
    table.column(name).expect(name)
}

fn index<'t>(table: &'t Table, name: &str) -> &'t Index {
    let mut indexes = table.indexes.iter();
    indexes.find(|index| index.name.as_str() == name).expect(name)
}

fn definition(schema: &Schema, kind: &'static str, name: &str, on: Option<&str>) -> String {
    let id = ObjectId {
        kind: ObjectKind::new(kind),
        name: name.into(),
        signature: None,
        on: on.map(QName::plain),
    };
    let object = schema.objects.get(&id).unwrap_or_else(|| panic!("{id}"));
    object.definition.to_string()
}

/// The options of a thing in one line.
fn line(options: &autogen::schema::Options) -> String {
    let pairs: Vec<String> = options
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join("; ")
}

#[tokio::test]
async fn the_number_of_round_trips_does_not_grow_with_the_tables() {
    for server in servers() {
        let mut counts = Vec::new();
        for tables in [10, 1_000] {
            let mut sql = String::new();
            for number in 0..tables {
                let _ = writeln!(
                    sql,
                    "CREATE TABLE t{number} (id int AUTO_INCREMENT PRIMARY KEY, a varchar(20) CHECK (a <> ''), b text, FULLTEXT f (b), \
                     KEY i (a)) ENGINE=MyISAM; CREATE VIEW v{number} AS SELECT id FROM t{number};"
                );
            }
            let database = loaded(server, &sql);
            let mut connection = connect(&database.url()).await;
            let before = connection.round_trips();
            let reflection = reflect(&mut connection, &Filter::everything()).await.unwrap();
            assert_eq!(reflection.schema.tables.len(), tables);
            assert_eq!(reflection.schema.objects.len(), tables);
            counts.push(connection.round_trips() - before);
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[0] <= 4, "{} round trips", counts[0]);
    }
}

#[tokio::test]
async fn what_a_dump_loads_reflects_equal_and_so_does_the_same_database_again() {
    for server in servers() {
        let first = loaded(server, hostile(server));
        // A dump names the database of a sequence that a default takes its numbers from.
        let second = server.database("reflect");
        let mut dump = first.dump().replace(&first.name, &second.name);
        if server.is_trixie() {
            // MariaDB 11.8 does not double the quote in the name of a foreign key.
            dump = dump.replace("CONSTRAINT `f`2`", "CONSTRAINT `f``2`");
        }
        second.sql(&dump);
        if server.engine() == Engine::Mariadb {
            // What no dump of MariaDB has.
            second.sql("ALTER TABLE `t``1` MODIFY k geometry REF_SYSTEM_ID=4326 NOT NULL");
        }
        let (schema, notices) = reflected(&first).await;
        assert_eq!(notices, []);
        assert_eq!(reflected(&first).await.0, schema);
        let (again, _) = reflected(&second).await;
        for (name, table) in &schema.tables {
            assert_eq!(again.tables.get(name), Some(table));
        }
        for (id, object) in &schema.objects {
            assert_eq!(again.objects.get(id), Some(object));
        }
        assert!(again == schema, "all else is equal too");
        let (back, _) = Schema::from_json(schema.to_json("mysql")).unwrap();
        assert_eq!(back, schema);
        assert!(
            !schema.to_json("mysql").to_string().contains(&first.name),
            "the database is never named"
        );
    }
}

#[tokio::test]
async fn columns_have_all_that_the_catalog_says() {
    for server in servers() {
        let (schema, _) = reflected(&loaded(server, hostile(server))).await;
        let odd = table(&schema, "t`1");
        let is_mariadb = is_mariadb(server);
        let either = |mysql: &'static str, mariadb: &'static str| if is_mariadb { mariadb } else { mysql };
        for (name, ty, default) in [
            ("a", "tinyint(1)", either("'1'", "1")),
            ("b", "int(5) unsigned zerofill", either("'00007'", "00007")),
            (
                "c",
                "datetime(3)",
                either("CURRENT_TIMESTAMP(3)", "current_timestamp(3)"),
            ),
            ("d", "varchar(20)", r#"'it''s \\ "x" \n nl'"#),
            ("e", r"enum('a','b''c','d,e\\f')", "'b''c'"),
            ("g", "decimal(10,2) unsigned", either("'1.50'", "1.50")),
            ("h", "bit(3)", "b'101'"),
            (
                "i",
                either("json", "longtext"),
                either(
                    r"(json_object(_utf8mb4'k',_utf8mb4'it\'s'))",
                    r"json_object('k','it\'s')",
                ),
            ),
            ("j", either("char(36)", "uuid"), either("(uuid())", "uuid()")),
            (
                "l",
                "varbinary(10)",
                either("0x6162", if server.is_trixie() { "x'6162'" } else { "'ab'" }),
            ),
            ("y", either("int", "int(11)"), either("'-5'", "-5")),
            ("z", "varchar(10)", "''"),
            ("hh", "varchar(9)", "'é'"),
        ] {
            let column = column(odd, name);
            assert_eq!(
                (column.ty.as_str(), column.default.as_deref()),
                (ty, Some(default))
            );
        }
        let names: Vec<&str> = odd.columns.iter().take(4).map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "a", "b", "c"]);
        assert_eq!(column(odd, "id").identity, Some(Identity::Auto));
        assert!(column(odd, "id").not_null);
        assert_eq!(column(odd, "s").default, None);
        assert!(!column(odd, "s").not_null);
        assert_eq!(
            column(odd, "c").options["on_update"],
            either("CURRENT_TIMESTAMP(3)", "current_timestamp(3)")
        );
        assert_eq!(column(odd, "d").collation.as_deref(), Some("latin1_bin"));
        assert_eq!(column(odd, "e").collation, None);
        assert_eq!(column(odd, "p").options["invisible"], "");
        let o = column(odd, "o");
        assert_eq!(o.comment.as_deref(), Some("co'm"));
        let generated = o.generated.as_ref().unwrap();
        assert_eq!(generated.kind, GeneratedKind::Stored);
        assert_eq!(
            generated.expression.as_str(),
            either(
                r"concat(`d`,_latin1'it\'s',_latin1'\\')",
                r"concat(`d`,'it\'s','\\')"
            )
        );
        let n = column(odd, "n").generated.as_ref().unwrap();
        assert_eq!(
            (n.expression.as_str(), n.kind),
            ("`y` + 1", GeneratedKind::Virtual)
        );
        if is_mariadb {
            assert_eq!(column(odd, "nn").options["check"], "json_valid(`nn`)");
            assert_eq!(column(odd, "rr").options["check"], "`rr` > 1");
            assert_eq!(column(odd, "jj").ty.as_str(), "text");
            assert_eq!(column(odd, "jj").options["compressed"], "");
            assert_eq!(column(odd, "kk").ty.as_str(), "inet6");
            assert_eq!(column(odd, "dd").default, None);
            let versioned = table(&schema, "sv");
            assert_eq!(column(versioned, "b").options["without_versioning"], "");
            let explicit = table(&schema, "sv2");
            assert_eq!(line(&column(explicit, "re").options), "invisible=; row_end=");
            assert_eq!(
                column(table(&schema, "sqt"), "id").default.as_deref(),
                Some("nextval(`sq`)")
            );
        } else {
            assert_eq!(column(odd, "k").options["srid"], "4326");
            assert_eq!(column(odd, "x").ty.as_str(), "vector(3)");
            assert_eq!(column(odd, "dd").default.as_deref(), Some("(NULL)"));
        }
    }
}

#[tokio::test]
async fn tables_have_their_options_constraints_and_indexes() {
    for server in servers() {
        let (schema, _) = reflected(&loaded(server, hostile(server))).await;
        let is_mariadb = is_mariadb(server);
        let odd = table(&schema, "t`1");
        assert_eq!(odd.comment.as_deref(), Some("tab'le \\ c"));
        assert_eq!(line(&odd.options), "row_format=DYNAMIC; stats_persistent=1");
        let key = odd.primary_key.as_ref().unwrap();
        assert_eq!(
            (key.columns[1].length, key.columns[1].order),
            (Some(3), Order::Descending)
        );
        assert_eq!(odd.uniques, []);
        let uq = index(odd, "uq");
        assert!(uq.unique);
        assert_eq!(uq.comment.as_deref(), Some("ix'"));
        assert_eq!(uq.parts[1].length, Some(5));
        assert_eq!(index(odd, "sp").method.as_deref(), Some("spatial"));
        assert_eq!(index(odd, "sp").parts[0].length, None);
        assert_eq!(index(odd, "ft").method.as_deref(), Some("fulltext"));
        let mut names: Vec<&str> = odd.indexes.iter().map(|index| index.name.as_str()).collect();
        assert!(names.contains(&"we`ird, x"));
        assert!(names.is_sorted(), "{names:?}");
        names.dedup();
        assert_eq!(names.len(), odd.indexes.len());
        let checks: Vec<String> = odd
            .checks
            .iter()
            .map(|c| {
                format!(
                    "{}: {} [{}]",
                    c.name.as_ref().unwrap(),
                    c.expression,
                    line(&c.options)
                )
            })
            .collect();
        if is_mariadb {
            assert_eq!(
                checks,
                [
                    "CONSTRAINT_1: `a` > 1 []",
                    r"ck1: `a` > 3 and `d` <> 'it\'s \\' []",
                    "ck2: `b` > 1 []"
                ]
            );
            assert_eq!(index(odd, "inv").options["ignored"], "");
            assert_eq!(index(odd, "lu").method.as_deref(), Some("hash"));
            let period = table(&schema, "per");
            assert_eq!(line(&period.options), "period.p x=`s`, `e`");
            assert_eq!(period.checks, []);
            let u = index(period, "u");
            assert_eq!(
                (u.parts.len(), line(&u.options)),
                (1, "without_overlaps=p x".to_owned())
            );
            assert_eq!(
                line(&table(&schema, "sv2").options),
                "period.SYSTEM_TIME=`rs`, `re`; versioning="
            );
            assert_eq!(
                line(&table(&schema, "comp").options),
                "page_compressed=1; page_compression_level=3"
            );
            assert_eq!(
                line(&table(&schema, "ar0").options),
                "engine=Aria; page_checksum=0; transactional=0"
            );
        } else {
            assert_eq!(
                checks,
                [
                    r"ck1: (`a` > 3) and (`d` <> _utf8mb4'it\'s \\') []",
                    "ck2: `b` > 1 [not_enforced=]",
                    "t`1_chk_1: `bb` > 5 []"
                ]
            );
            assert_eq!(index(odd, "inv").options["invisible"], "");
            assert_eq!(index(odd, "ft").options["parser"], "ngram");
            let targets: Vec<_> = index(odd, "fn").parts.iter().map(|part| &part.target).collect();
            assert_eq!(
                targets,
                [
                    &PartTarget::Expression("`a` + 1".into()),
                    &PartTarget::Expression("lower(`d`)".into())
                ]
            );
            assert_eq!(line(&table(&schema, "comp").options), "compression=zlib");
        }
        assert_eq!(
            line(&table(&schema, "comp2").options),
            "key_block_size=8; row_format=COMPRESSED; stats_auto_recalc=0; stats_sample_pages=7"
        );
        assert_eq!(
            line(&table(&schema, "my").options),
            "checksum=1; collation=latin1_swedish_ci; delay_key_write=1; engine=MyISAM; pack_keys=1; row_format=FIXED"
        );
        let memory = table(&schema, "mem");
        assert_eq!(index(memory, "a").method.as_deref(), Some("btree"));
        assert_eq!(index(memory, "h").method, None);

        let child = table(&schema, "child");
        let keys: Vec<_> = child
            .foreign_keys
            .iter()
            .map(|key| {
                let name = key.name.as_ref().unwrap().to_string();
                (name, key.on_delete, key.on_update, line(&key.options))
            })
            .collect();
        let restrict = if is_mariadb {
            Action::NoAction
        } else {
            Action::Restrict
        };
        let explicit = |word: &str| {
            if is_mariadb {
                format!("explicit_no_action={word}")
            } else {
                String::new()
            }
        };
        assert_eq!(
            keys,
            [
                ("f1".to_owned(), Action::Cascade, Action::SetNull, String::new()),
                (
                    "f3".to_owned(),
                    Action::NoAction,
                    Action::NoAction,
                    explicit("delete")
                ),
                ("f`2".to_owned(), restrict, Action::NoAction, explicit("update")),
            ]
        );
        assert_eq!(child.foreign_keys[2].referenced, [Name::new("x"), Name::new("y")]);
        assert_eq!(index(child, "f`2").parts.len(), 2, "the index of a foreign key");
    }
}

#[tokio::test]
async fn partitions_of_every_kind_are_read() {
    for server in servers() {
        let (schema, _) = reflected(&loaded(server, hostile(server))).await;
        let of = |name: &str| line(&table(&schema, name).options);
        assert_eq!(
            of("pr"),
            "partition_by=RANGE (year(`d`)); partitions=PARTITION `p0` VALUES LESS THAN (1990) (SUBPARTITION `s0` COMMENT = 'x', \
             SUBPARTITION `s1`)\nPARTITION `p1` VALUES LESS THAN MAXVALUE (SUBPARTITION `s2`, SUBPARTITION `s3`); \
             subpartition_by=HASH (to_days(`d`))"
        );
        assert_eq!(
            of("pr2"),
            "partition_by=RANGE (year(`d`)); partitions=PARTITION `p0` VALUES LESS THAN (1990) MAX_ROWS = 5 MIN_ROWS = 2 \
             COMMENT = 'it\\'s'\nPARTITION `p1` VALUES LESS THAN MAXVALUE; subpartition_by=KEY (`id`); subpartition_count=2"
        );
        assert_eq!(of("ph"), "partition_by=LINEAR HASH (`id`); partition_count=4");
        assert_eq!(of("pk"), "partition_by=KEY ALGORITHM = 1 (); partition_count=3");
        assert_eq!(
            of("pk2"),
            "partition_by=KEY (`id`); partitions=PARTITION `p0`\nPARTITION `foo`"
        );
        assert_eq!(
            of("prc"),
            "partition_by=RANGE COLUMNS(`a`,`b`); partitions=PARTITION `p0` VALUES LESS THAN (1,'it''s')\n\
             PARTITION `p1` VALUES LESS THAN (MAXVALUE,MAXVALUE)"
        );
        if is_mariadb(server) {
            assert_eq!(
                of("pst"),
                "partition_by=SYSTEM_TIME LIMIT 1000; partitions=PARTITION `p0` HISTORY\nPARTITION `p1` HISTORY\n\
                 PARTITION `pn` CURRENT; versioning="
            );
        }
    }
}

#[tokio::test]
async fn all_other_kinds_are_definitions() {
    for server in servers() {
        let (schema, _) = reflected(&loaded(server, hostile(server))).await;
        let is_mariadb = is_mariadb(server);
        let mut kinds: Vec<&str> = schema.objects.keys().map(|id| id.kind.as_str()).collect();
        kinds.dedup();
        let mut expected = vec!["event", "function", "procedure", "trigger", "view"];
        if is_mariadb {
            expected.splice(2..2, ["package", "package body"]);
        }
        assert_eq!(kinds, expected);
        let paren = |sql: &str| {
            if is_mariadb {
                sql.to_owned()
            } else {
                format!("({sql})")
            }
        };
        assert_eq!(
            definition(&schema, "view", "v1", None),
            format!(
                "CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v1` AS select `mem`.`a` AS `a`,`mem`.`a` AS `b`,\
                 'mem.a `mem`.' AS `c` from `mem` where {} WITH CASCADED CHECK OPTION",
                paren("`mem`.`a` > 1")
            )
        );
        assert!(
            definition(&schema, "view", "v3", None).starts_with(
                "CREATE OR REPLACE ALGORITHM=TEMPTABLE SQL SECURITY DEFINER VIEW `v3` AS select"
            )
        );
        let reads: Vec<String> = schema
            .objects
            .values()
            .find(|object| object.id.name == QName::plain("v3"))
            .map(|view| view.depends_on.iter().map(ToString::to_string).collect())
            .unwrap();
        assert_eq!(reads, ["parent", "v1"]);
        assert_eq!(
            definition(&schema, "function", "f1", None),
            format!(
                "CREATE FUNCTION `f1`(x int, `y z` varchar(10)) RETURNS varchar(20) CHARSET latin1{}\n    DETERMINISTIC\n    \
                 COMMENT 'it''s'\nreturn concat(x, `y z`)",
                if is_mariadb {
                    " COLLATE latin1_swedish_ci"
                } else {
                    ""
                }
            )
        );
        assert_eq!(
            definition(&schema, "procedure", "p\"2", None),
            "SET sql_mode = 'ANSI_QUOTES';\nCREATE PROCEDURE \"p\"\"2\"()\nselect \"a\" from \"mem\""
        );
        let trigger = |name| definition(&schema, "trigger", name, Some("mem"));
        assert_eq!(
            trigger("tr1"),
            "CREATE TRIGGER `tr1` BEFORE INSERT ON `mem` FOR EACH ROW set new.a = 1"
        );
        assert_eq!(
            trigger("tr0"),
            "CREATE TRIGGER `tr0` BEFORE INSERT ON `mem` FOR EACH ROW FOLLOWS `tr1` set new.a = new.a + 1"
        );
        assert_eq!(
            trigger("tr2"),
            "CREATE TRIGGER `tr2` BEFORE INSERT ON `mem` FOR EACH ROW FOLLOWS `tr0` begin set new.a = 2; end"
        );
        assert_eq!(
            trigger("tr3"),
            "SET sql_mode = 'ANSI_QUOTES';\nCREATE TRIGGER `tr3` AFTER DELETE ON `mem` FOR EACH ROW set @a = 'x'"
        );
        assert_eq!(
            definition(&schema, "event", "ev", None),
            "SET sql_mode = 'ANSI_QUOTES';\nSET character_set_client = latin1, collation_connection = latin1_swedish_ci;\n\
             CREATE EVENT `ev` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ENDS '2031-01-01 00:00:00' ON COMPLETION \
             PRESERVE DISABLE COMMENT 'x' DO select 1"
        );
        if is_mariadb {
            let sequence = &schema.sequences[&QName::plain("sq2")];
            assert_eq!(sequence.comment.as_deref(), Some("x"));
            let options = &sequence.options;
            assert_eq!(
                (options.start, options.increment, options.min, options.max),
                (Some(5), Some(-2), Some(-100), Some(100))
            );
            assert_eq!((options.cache, options.cycle), (Some(7), true));
            assert_eq!(
                schema.sequences[&QName::plain("sq")].options,
                SequenceOptions::default()
            );
            assert!(
                definition(&schema, "package body", "pp", None).contains("\nCREATE PACKAGE BODY \"pp\" as")
            );
        }
    }
}

#[tokio::test]
async fn an_event_that_starts_when_it_is_created_does_not_say_when() {
    for server in servers() {
        let (schema, _) = reflected(&loaded(
            server,
            "SET time_zone = '+03:00'; CREATE EVENT e ON SCHEDULE EVERY 1 HOUR DISABLE DO SELECT 1;
             CREATE EVENT f ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00' DISABLE DO SELECT 1;",
        ))
        .await;
        assert_eq!(
            definition(&schema, "event", "e", None),
            "CREATE EVENT `e` ON SCHEDULE EVERY 1 HOUR ON COMPLETION NOT PRESERVE DISABLE DO SELECT 1"
        );
        assert_eq!(
            definition(&schema, "event", "f", None),
            "SET time_zone = '+03:00';\nCREATE EVENT `f` ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00' ON COMPLETION NOT PRESERVE \
             DISABLE DO SELECT 1"
        );
    }
}

#[tokio::test]
async fn definers_are_read_when_they_are_managed() {
    for server in servers() {
        let database = loaded(
            server,
            "CREATE TABLE t (a int); CREATE DEFINER=`o dd`@`h%` VIEW v AS SELECT a FROM t;
             CREATE DEFINER=`o dd`@`h%` PROCEDURE p() SELECT 1; CREATE DEFINER=`o dd`@`h%` TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1;
             CREATE DEFINER=`o dd`@`h%` EVENT e ON SCHEDULE AT '2035-01-01' DO SELECT 1;",
        );
        let mut filter = Filter::everything();
        for (definer, is_kept) in [(Definer::Current, false), (Definer::Keep, true)] {
            filter.set_definer(definer);
            let (schema, _) = reflected_as(&database.url(), &filter).await;
            assert_eq!(schema.objects.len(), 4);
            for object in schema.objects.values() {
                let clause = "DEFINER=`o dd`@`h%` ";
                assert_eq!(
                    object.definition.contains(clause),
                    is_kept,
                    "{}",
                    object.definition
                );
                assert_eq!(object.definition.contains("DEFINER="), is_kept);
            }
        }
    }
}

#[tokio::test]
async fn what_another_database_has_is_named_with_it_and_an_alias_is_no_database() {
    for server in servers() {
        let other = loaded(server, "CREATE TABLE o (id int PRIMARY KEY)");
        let own = server.database("reflect");
        let (own_name, other_name) = (&own.name, &other.name);
        own.sql(&format!(
            "CREATE TABLE t (id int PRIMARY KEY, o int, CONSTRAINT fk FOREIGN KEY (o) REFERENCES {other_name}.o (id));
             CREATE VIEW v AS SELECT {own_name}.id, t2.o, '`{own_name}`.`t`' AS s FROM t AS {own_name} JOIN {own_name}.t AS t2 \
             JOIN {other_name}.o"
        ));
        let (schema, _) = reflected(&own).await;
        let key = &table(&schema, "t").foreign_keys[0];
        assert_eq!(
            key.table.namespace.as_ref().map(Name::as_str),
            Some(other_name.as_str())
        );
        let view = definition(&schema, "view", "v", None);
        for part in [
            format!("select `{own_name}`.`id` AS `id`"),
            format!("'`{own_name}`.`t`' AS `s`"),
            format!("`t` `{own_name}`"),
            "`t` `t2`".to_owned(),
            format!("`{other_name}`.`o`"),
        ] {
            assert!(view.contains(&part), "{part}\n{view}");
        }
        assert!(!view.contains(&format!("`{own_name}`.`t` ")), "{view}");
    }
}

#[tokio::test]
async fn what_may_not_be_seen_is_left_alone_by_name() {
    for server in servers() {
        let database = loaded(
            server,
            "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE PROCEDURE p() SELECT 1; CREATE VIEW w AS SELECT 1;
             CREATE TABLE m1 (a int) ENGINE=MyISAM; CREATE TABLE m2 (a int) ENGINE=MERGE UNION=(m1) INSERT_METHOD=LAST;",
        );
        let (schema, notices) = reflected(&database).await;
        assert_eq!(notices, []);
        assert_eq!(
            line(&table(&schema, "m2").options).to_lowercase(),
            "engine=mrg_myisam; insert_method=last; union=`m1`"
        );
        let user = format!("u_{}", database.name);
        database.sql(&format!(
            "DROP TABLE m1; CREATE USER {user}; GRANT SELECT, INSERT, EXECUTE ON {}.* TO {user};",
            database.name
        ));
        let url = server.url_as(&user, &database.name);
        let (schema, notices) = reflected_as(&url, &Filter::everything()).await;
        assert_eq!(schema.tables.len(), 1);
        assert_eq!(schema.objects.len(), 0);
        let mut said: Vec<String> = notices.iter().map(|n| n.message.clone()).collect();
        said.sort();
        let beginnings = [
            "events cannot be seen: the user has no right EVENT",
            "procedure p is left alone: the user has no right",
            "table m2 is left alone: ",
            "triggers cannot be seen: the user has no right TRIGGER",
            "view v is left alone: the user has no right",
            "view w is left alone: the user has no right",
        ];
        assert_eq!(said.len(), beginnings.len(), "{said:?}");
        for (text, beginning) in said.iter().zip(beginnings) {
            assert!(text.starts_with(beginning), "{text}");
        }
    }
}

#[tokio::test]
async fn what_is_excluded_is_not_read() {
    for server in servers() {
        let database = loaded(server, hostile(server));
        let filter = Filter::new::<&str>(&[], &["table:mem", "index:u*", "view:v?", "function:*"])
            .unwrap()
            .hiding(["CHILD"]);
        let (schema, _) = reflected_as(&database.url(), &filter).await;
        assert!(!schema.tables.contains_key(&QName::plain("mem")));
        assert!(!schema.tables.contains_key(&QName::plain("child")));
        assert!(
            !table(&schema, "t`1")
                .indexes
                .iter()
                .any(|i| i.name.starts_with('u'))
        );
        let kinds: Vec<&str> = schema.objects.keys().map(|id| id.kind.as_str()).collect();
        assert!(
            !kinds
                .iter()
                .any(|kind| ["view", "function", "trigger"].contains(kind)),
            "{kinds:?}"
        );
    }
}

#[tokio::test]
async fn an_open_transaction_stays_open() {
    for server in servers() {
        let database = loaded(server, "CREATE TABLE t (a int)");
        let mut connection = connect(&database.url()).await;
        connection.execute("START TRANSACTION").await.unwrap();
        connection.execute("INSERT INTO t VALUES (1)").await.unwrap();
        let reflection = reflect(&mut connection, &Filter::everything()).await.unwrap();
        assert_eq!(reflection.schema.tables.len(), 1);
        connection.execute("ROLLBACK").await.unwrap();
        let rows = connection.query("SELECT count(*) FROM t").await.unwrap();
        assert_eq!(rows[0].integer(0).unwrap(), 0);
        // And none is left open.
        reflect(&mut connection, &Filter::everything()).await.unwrap();
        connection.execute("INSERT INTO t VALUES (2)").await.unwrap();
        connection.roll_back().await.unwrap();
        let rows = connection.query("SELECT count(*) FROM t").await.unwrap();
        assert_eq!(rows[0].integer(0).unwrap(), 1);
    }
}

#[tokio::test]
async fn files_elsewhere_and_tablespaces_are_read_where_the_user_may() {
    for server in servers().iter().filter(|server| !is_mariadb(server)) {
        let database = server.database("reflect");
        let space = format!("ts_{}", database.name);
        database.sql(&format!(
            "CREATE TABLESPACE {space} ADD DATAFILE '{space}.ibd' ENGINE=InnoDB; CREATE TABLE a (x int) TABLESPACE {space};
             CREATE TABLE b (x int);"
        ));
        let (schema, _) = reflected(&database).await;
        assert_eq!(line(&table(&schema, "a").options), format!("tablespace={space}"));
        assert_eq!(line(&table(&schema, "b").options), "");
        database.sql(&format!("DROP TABLE a; DROP TABLESPACE {space}"));
    }
}

#[tokio::test]
async fn kinds_that_are_not_managed_are_left_alone_by_name() {
    for server in servers().iter().filter(|server| !is_mariadb(server)) {
        let database = loaded(
            server,
            "CREATE TABLE t (id int PRIMARY KEY);
             CREATE LIBRARY l LANGUAGE JAVASCRIPT AS 'export function f(n) { return n; }';
             CREATE JSON RELATIONAL DUALITY VIEW d AS SELECT JSON_DUALITY_OBJECT('_id': id) FROM t;",
        );
        let (schema, notices) = reflected(&database).await;
        assert_eq!(schema.objects.len(), 0);
        let said: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
        assert_eq!(
            said,
            [
                "library l is left alone: autogen does not manage such things",
                "JSON duality view d is left alone: autogen does not manage such things",
            ]
        );
    }
}
