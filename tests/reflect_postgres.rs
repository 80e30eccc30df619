//! What the reflector reads from PostgreSQL servers.

mod support;

use autogen::config::Filter;
use autogen::database::{DatabaseUrl, Open};
use autogen::reflect::reflect;
use autogen::schema::{
    Action, Deferral, Identity, MatchKind, Name, Nulls, ObjectId, ObjectKind, Order, Part, QName, Schema,
    Table,
};
use autogen::{Connection, Notice};
use std::fmt::Write;
use std::path::Path;
use support::server::{Database, Server, postgres};

const HOSTILE: &str = include_str!("../fixtures/postgres/hostile.sql");

async fn connect(database: &Database) -> Connection {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).expect("a URL");
    Connection::open(&url, Open::ReadWrite)
        .await
        .expect("a connection")
}

async fn reflected(database: &Database) -> (Schema, Vec<Notice>) {
    let mut connection = connect(database).await;
    let reflection = reflect(&mut connection, &Filter::everything())
        .await
        .expect("a schema");
    connection.close().await.expect("the end");
    (reflection.schema, reflection.notices)
}

fn loaded(server: &'static Server, sql: &str) -> Database {
    let database = server.database("reflect");
    database.sql(sql);
    database
}

fn table<'s>(schema: &'s Schema, name: &str) -> &'s Table {
    schema.tables.get(&QName::plain(name)).expect(name)
}

fn id(kind: &'static str, name: impl Into<QName>, signature: Option<&str>, on: Option<&str>) -> ObjectId {
    ObjectId {
        kind: ObjectKind::new(kind),
        name: name.into(),
        signature: signature.map(str::to_owned),
        on: on.map(QName::plain),
    }
}

fn definition<'s>(schema: &'s Schema, id: &ObjectId) -> &'s str {
    &schema
        .objects
        .get(id)
        .unwrap_or_else(|| panic!("{id}"))
        .definition
}

#[tokio::test]
async fn the_number_of_round_trips_does_not_grow_with_the_tables() {
    for server in postgres() {
        let mut counts = Vec::new();
        for tables in [10, 1_000] {
            let mut sql = String::new();
            for number in 0..tables {
                let _ = writeln!(
                    sql,
                    "CREATE TABLE t{number} (id serial PRIMARY KEY, a text CHECK (a <> ''), b integer);
                     CREATE INDEX i{number} ON t{number} (lower(a));"
                );
            }
            let database = loaded(server, &format!("BEGIN;{sql}COMMIT;"));
            let mut connection = connect(&database).await;
            let before = connection.round_trips();
            let reflection = reflect(&mut connection, &Filter::everything()).await.unwrap();
            assert_eq!(reflection.schema.tables.len(), tables);
            counts.push(connection.round_trips() - before);
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[0] <= 25, "{} round trips", counts[0]);
    }
}

#[tokio::test]
async fn what_a_dump_loads_reflects_equal_and_so_does_the_same_database_again() {
    for server in postgres() {
        let first = loaded(server, HOSTILE);
        // A dump names the new database's own owner of `public` only where it differs.
        let second = loaded(server, &first.dump());
        let (schema, notices) = reflected(&first).await;
        assert_eq!(notices, []);
        assert_eq!(reflected(&first).await.0, schema);
        let (again, _) = reflected(&second).await;
        assert_eq!(again.to_json("postgres"), schema.to_json("postgres"));
        let (back, _) = Schema::from_json(schema.to_json("postgres")).unwrap();
        assert_eq!(back, schema);
    }
}

#[tokio::test]
async fn columns_have_all_that_the_catalog_says() {
    for server in postgres() {
        let (schema, _) = reflected(&loaded(server, HOSTILE)).await;
        let odd = table(&schema, "Odd \"T");
        let types: Vec<_> = odd
            .columns
            .iter()
            .map(|c| format!("{} {}", c.name, c.ty))
            .collect();
        assert_eq!(
            types,
            [
                "id bigint",
                "small smallserial",
                "n serial",
                "title varchar(20)",
                "c text",
                "cit public.citext",
                "at timestamptz(3)[]",
                "m app.mood",
                "d app.posint",
                "pr app.pair",
                "r app.floatrange",
                "total numeric(10,2)",
                "twice numeric",
                "doc jsonb",
            ]
        );
        let column = |name: &str| odd.column(name).expect(name);
        let Some(Identity::Always(options)) = &column("id").identity else {
            panic!("{:?}", column("id"));
        };
        assert_eq!(
            (options.start, options.increment, options.min),
            (Some(10), Some(5), None)
        );
        let title = column("title");
        assert!(title.not_null);
        assert_eq!(title.default.as_deref(), Some("'it''s'::character varying"));
        assert_eq!(title.collation.as_deref(), Some("\"public\".\"my coll\""));
        assert_eq!(column("c").collation.as_deref(), Some("C"));
        let twice = column("twice").generated.as_ref().unwrap();
        assert_eq!(twice.expression.as_str(), "total * (2)::numeric");
        let doc = column("doc");
        assert_eq!(doc.comment.as_deref(), Some("docs"));
        assert_eq!(doc.options["storage"], "external");
        assert_eq!(doc.options["statistics"], "55");
        assert_eq!(column("n").options["attribute.n_distinct"], "5");
        assert_eq!(column("n").default, None);
        // The sequences of serial and identity columns are part of them.
        let sequences: Vec<_> = schema.sequences.keys().map(ToString::to_string).collect();
        assert_eq!(sequences, ["own"]);
        let own = &schema.sequences[&QName::plain("own")];
        assert_eq!(own.options.start, Some(5));
        assert_eq!(own.ty.as_deref(), Some("integer"));
        assert_eq!(own.owned_by, Some((QName::plain("base"), Name::new("a"))));
        assert_eq!(own.comment.as_deref(), Some("s"));
        let inherited = table(&schema, "child").column("id").unwrap();
        assert_eq!(inherited.ty.as_str(), "integer");
        assert!(inherited.options.contains_key("inherited"));
        assert_eq!(
            inherited.default.as_deref(),
            Some("nextval('public.base_id_seq'::regclass)")
        );
    }
}

#[tokio::test]
async fn tables_have_their_options_constraints_and_indexes() {
    for server in postgres() {
        let (schema, _) = reflected(&loaded(server, HOSTILE)).await;
        let odd = table(&schema, "Odd \"T");
        assert_eq!(odd.comment.as_deref(), Some("odd"));
        for (key, value) in [
            ("with.fillfactor", "70"),
            ("with.toast.autovacuum_enabled", "false"),
            ("clustered_on", "ix4"),
            ("replica_identity", "index ix4"),
        ] {
            assert_eq!(odd.options[key], value);
        }
        let uq = &odd.uniques[0];
        assert_eq!(uq.include, [Name::new("n")]);
        assert_eq!(uq.deferral, Deferral::Deferred);
        assert_eq!(uq.options["comment"], "unique");
        assert_eq!(odd.checks[0].expression.as_str(), "total > (0)::numeric");
        assert!(odd.checks[0].options.contains_key("no_inherit"));

        let index = |name: &str| odd.indexes.iter().find(|i| i.name.as_str() == name).expect(name);
        assert_eq!(index("ix1").method.as_deref(), Some("gin"));
        assert_eq!(index("ix1").comment.as_deref(), Some("ix"));
        let class = |name: &str, at: usize| index(name).parts[at].operator_class.clone();
        assert_eq!(class("ix1", 0).as_deref(), Some("app.gin_trgm_ops"));
        let ix2 = index("ix2");
        assert_eq!(ix2.parts[0].order, Order::Descending);
        assert_eq!(ix2.parts[0].nulls, Some(Nulls::Last));
        assert_eq!(ix2.parts[1].collation.as_deref(), Some("\"public\".\"my coll\""));
        assert_eq!(class("ix2", 1).as_deref(), Some("text_pattern_ops"));
        assert_eq!(ix2.predicate.as_deref(), Some("n > 0"));
        assert_eq!(ix2.options["statistics.1"], "77");
        assert_eq!(
            class("ix3", 0).as_deref(),
            Some("app.gist_trgm_ops (siglen='32')")
        );
        assert!(index("ix4").unique);
        assert_eq!(index("ix4").options["with.fillfactor"], "50");
        assert_eq!(class("ix5", 0), None);
        assert_eq!(class("ix5", 1).as_deref(), Some("text_ops"));

        let fast = table(&schema, "fast");
        assert!(fast.options.contains_key("unlogged"));
        assert!(fast.foreign_keys[0].options.contains_key("not_valid"));
        let exclude = &table(&schema, "exc").excludes[0];
        assert_eq!(exclude.elements[0].1, "&&");
        assert_eq!(exclude.method.as_deref(), Some("gist"));
        assert_eq!(exclude.predicate.as_deref(), Some("s IS NOT NULL"));
    }
}

#[tokio::test]
async fn partitions_say_what_comes_from_their_parents() {
    for server in postgres() {
        let (schema, _) = reflected(&loaded(server, HOSTILE)).await;
        assert_eq!(
            table(&schema, "parent").options["partition_by"],
            "RANGE (created)"
        );
        let part = table(&schema, "part2a");
        assert_eq!(part.options["partition_of"], "public.part2");
        assert_eq!(part.options["partition_bound"], "DEFAULT");
        assert_eq!(part.columns.len(), 3);
        assert!(part.columns.iter().all(|c| c.options.contains_key("inherited")));
        let key = part.primary_key.as_ref().unwrap();
        assert_eq!(key.options["inherited"], "part2_pkey");
        assert_eq!(part.checks[0].options["inherited"], "");
        assert_eq!(part.indexes[0].options["inherited"], "part2_note_idx");
        let refers = table(&schema, "refers");
        // Those that the server keeps for each partition referred to are its own business.
        assert_eq!(refers.foreign_keys.len(), 1);
        let key = &refers.foreign_keys[0];
        assert_eq!(key.match_kind, MatchKind::Full);
        assert_eq!(key.on_delete, Action::Cascade);
        assert_eq!(key.deferral, Deferral::Immediate);
        assert_eq!(key.referenced, [Name::new("id"), Name::new("created")]);
        assert!(refers.indexes[0].options.contains_key("only"));
        let inherited = &table(&schema, "refers0").foreign_keys[0];
        assert!(inherited.options.contains_key("inherited"));
        assert_eq!(table(&schema, "child").options["inherits"], "public.base");
    }
}

#[tokio::test]
async fn all_other_kinds_are_definitions() {
    for server in postgres() {
        let (schema, _) = reflected(&loaded(server, HOSTILE)).await;
        let mut kinds: Vec<&str> = schema.objects.keys().map(|id| id.kind.as_str()).collect();
        kinds.dedup();
        assert_eq!(
            kinds,
            [
                "aggregate",
                "cast",
                "collation",
                "column comment",
                "composite type",
                "default privileges",
                "domain",
                "event trigger",
                "extension",
                "foreign data wrapper",
                "foreign table",
                "function",
                "index",
                "materialized view",
                "operator",
                "owner",
                "policy",
                "privileges",
                "procedure",
                "publication",
                "range type",
                "rule",
                "server",
                "statistics",
                "text search configuration",
                "text search dictionary",
                "trigger",
                "user mapping",
                "view",
            ]
        );
        let of = |id: &ObjectId| definition(&schema, id).to_owned();
        assert_eq!(
            of(&id("domain", ("app", "posint"), None, None)),
            "CREATE DOMAIN app.posint AS integer DEFAULT 1 NOT NULL CONSTRAINT pos CHECK ((VALUE > 0));\n\
             COMMENT ON CONSTRAINT pos ON DOMAIN app.posint IS 'positive'"
        );
        assert_eq!(
            of(&id("column comment", "a", None, Some("v"))),
            "COMMENT ON COLUMN public.v.a IS 'it''s a'"
        );
        assert_eq!(
            of(&id("privileges", "base", Some("table"), None)),
            "GRANT SELECT ON TABLE public.base TO PUBLIC;\n\
             GRANT UPDATE (a) ON TABLE public.base TO pg_monitor WITH GRANT OPTION"
        );
        assert_eq!(
            of(&id(
                "privileges",
                ("app", "eq"),
                Some("function(app.pair, app.pair)"),
                None
            )),
            "REVOKE EXECUTE ON FUNCTION app.eq(app.pair, app.pair) FROM PUBLIC"
        );
        assert_eq!(
            of(&id("owner", "v", Some("view"), None)),
            "ALTER VIEW public.v OWNER TO pg_monitor"
        );
        assert!(
            of(&id("trigger", "tr", None, Some("base")))
                .ends_with(";\nALTER TABLE public.base DISABLE TRIGGER tr")
        );
        // What came with an extension or a range type goes with it.
        let functions = schema.objects.keys().filter(|id| id.kind.as_str() == "function");
        assert_eq!(functions.count(), 5);
        let view = id("view", "v", None, None);
        assert_eq!(schema.shapes[&view], ["id integer", "a text"]);
        assert_eq!(schema.objects[&view].comment.as_deref(), Some("view"));
        let mood = &schema.enums[&QName::from(("app", "mood"))];
        assert_eq!(mood.values, ["sad", "ok", "it's \"great\", {x}"]);
    }
}

#[tokio::test]
async fn what_leans_on_what_is_known() {
    for server in postgres() {
        let (schema, _) = reflected(&loaded(server, HOSTILE)).await;
        let column = |table: &str, column: &str| Part::Column(table.into(), column.into());
        let object = Part::Object;
        let odd = "Odd \"T";
        let function = |name: &'static str| object(id("function", ("app", name), Some(""), None));
        for (part, needs) in [
            (column(odd, "m"), vec![Part::Type(("app", "mood").into())]),
            (
                column(odd, "cit"),
                vec![object(id("extension", "citext", None, None))],
            ),
            (
                Part::Default(odd.into(), "twice".into()),
                vec![column(odd, "total")],
            ),
            (
                Part::Constraint("refers".into(), "fk".into()),
                vec![
                    column("parent", "created"),
                    column("parent", "id"),
                    column("refers", "created"),
                    column("refers", "id"),
                    Part::Constraint("parent".into(), "pk".into()),
                ],
            ),
            (
                Part::Relation("part2a".into()),
                vec![Part::Relation("part2".into())],
            ),
            (
                Part::Relation("v".into()),
                vec![column("base", "a"), column("base", "id")],
            ),
            (Part::Relation("mv".into()), vec![column("v", "id")]),
            (
                Part::Default("child".into(), "id".into()),
                vec![column("base", "id")],
            ),
            (Part::Sequence("own".into()), vec![column("base", "a")]),
            (
                object(id("index", "mvx", None, Some("mv"))),
                vec![column("mv", "id")],
            ),
            (
                object(id("trigger", "ctr", None, Some("base"))),
                vec![Part::Relation("base".into()), function("trig")],
            ),
            (
                object(id("privileges", "base_id_seq", Some("sequence"), None)),
                vec![column("base", "id")],
            ),
        ] {
            let known: Vec<Part> = schema.dependencies[&part].iter().cloned().collect();
            assert_eq!(known, needs, "{part:?}");
        }
    }
}

#[tokio::test]
async fn an_open_transaction_stays_open_and_keeps_its_search_path() {
    for server in postgres() {
        let database = loaded(server, "CREATE SCHEMA app; CREATE TABLE app.t (id integer);");
        let mut connection = connect(&database).await;
        connection.execute("SET search_path = app").await.unwrap();
        for sql in ["BEGIN", "CREATE TABLE u (id integer)"] {
            connection.execute(sql).await.unwrap();
        }
        let schema = reflect(&mut connection, &Filter::everything())
            .await
            .unwrap()
            .schema;
        let names: Vec<_> = schema.tables.keys().map(ToString::to_string).collect();
        assert_eq!(names, ["app.t", "app.u"]);
        let rows = connection
            .query("SELECT current_setting('search_path')")
            .await
            .unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "app");
        connection.execute("ROLLBACK").await.unwrap();
        let schema = reflect(&mut connection, &Filter::everything())
            .await
            .unwrap()
            .schema;
        assert_eq!(schema.tables.len(), 1);
        // The transaction of the reflection itself is over.
        connection.execute("CREATE TABLE w (id integer)").await.unwrap();
        let rows = connection
            .query("SELECT current_setting('search_path')")
            .await
            .unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "app");
    }
}

#[tokio::test]
async fn what_the_filter_excludes_is_not_there() {
    for server in postgres() {
        let database = loaded(server, HOSTILE);
        let mut connection = connect(&database).await;
        let mut filter = Filter::new::<&str>(&[], &["table:base", "index:ix*", "view:v"])
            .unwrap()
            .hiding(["FAST"]);
        let schema = reflect(&mut connection, &filter).await.unwrap().schema;
        assert!(!schema.tables.contains_key(&QName::plain("base")));
        assert!(!schema.tables.contains_key(&QName::plain("fast")));
        assert!(schema.sequences.is_empty(), "they go with their tables");
        assert!(table(&schema, "Odd \"T").indexes.is_empty());
        let on_base = |id: &&ObjectId| id.on == Some(QName::plain("base")) || id.name == QName::plain("base");
        assert_eq!(schema.objects.keys().find(on_base), None);
        filter.set_namespaces(["app"]);
        let schema = reflect(&mut connection, &filter).await.unwrap().schema;
        assert!(schema.tables.is_empty());
        assert_eq!(schema.namespaces.len(), 1);
        assert!(
            schema
                .objects
                .contains_key(&id("procedure", ("app", "p"), Some("integer"), None))
        );
    }
}

#[tokio::test]
async fn an_invalid_index_is_seen_as_such() {
    for server in postgres() {
        let database = loaded(
            server,
            "CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1); CREATE INDEX fine ON t (a);",
        );
        let mut connection = connect(&database).await;
        let failed = connection
            .execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")
            .await;
        assert!(failed.is_err());
        let (schema, _) = reflected(&database).await;
        let indexes = &table(&schema, "t").indexes;
        let marks: Vec<_> = indexes
            .iter()
            .map(|i| (i.name.as_str(), i.options.contains_key("invalid")))
            .collect();
        assert_eq!(marks, [("broken", true), ("fine", false)]);
    }
}

#[tokio::test]
async fn version_18_names_not_nulls_and_knows_its_own_constraints() {
    for server in postgres().iter().filter(|s| s.installation.version >= 18) {
        let (schema, _) = reflected(&loaded(
            server,
            "CREATE TABLE t (id int4range, during daterange, a integer CONSTRAINT mine NOT NULL NO INHERIT, b integer,
                 v integer GENERATED ALWAYS AS (a + 1) VIRTUAL, CONSTRAINT late CHECK (a > 0) NOT ENFORCED,
                 PRIMARY KEY (id, during WITHOUT OVERLAPS));
             ALTER TABLE t ADD CONSTRAINT bn NOT NULL b NOT VALID;
             CREATE TABLE u (id int4range, during daterange,
                 FOREIGN KEY (id, PERIOD during) REFERENCES t (id, PERIOD during));",
        ))
        .await;
        let t = table(&schema, "t");
        let a = t.column("a").unwrap();
        assert_eq!(a.options["not_null_name"], "mine");
        assert!(a.options.contains_key("not_null_no_inherit"));
        let b = t.column("b").unwrap();
        assert_eq!(b.options["not_null_name"], "bn");
        assert!(b.options.contains_key("not_null_not_valid"));
        assert_eq!(t.checks[0].options.keys().collect::<Vec<_>>(), ["not_enforced"]);
        let key = t.primary_key.as_ref().unwrap();
        assert!(key.options.contains_key("without_overlaps"));
        assert!(table(&schema, "u").foreign_keys[0].options.contains_key("period"));
        let generated = t.column("v").unwrap().generated.as_ref().unwrap();
        assert_eq!(generated.kind, autogen::schema::GeneratedKind::Virtual);
    }
}
