//! MySQL and MariaDB whose names of tables are the same in any case of letters (`lower_case_table_names` = 1), and scripts that were
//! written where they are not.

use crate::{
    program::Program,
    server::mysql::{Server, installations, servers},
};

/// What a team declares, before and after.
const FIRST: &str = "
    CREATE TABLE Parents (Id int PRIMARY KEY AUTO_INCREMENT, Name varchar(20) NOT NULL);
    CREATE TABLE Children (Id int PRIMARY KEY, ParentId int, Note varchar(30) DEFAULT 'x', KEY Ix_Note (Note),
        CONSTRAINT Fk_P FOREIGN KEY (ParentId) REFERENCES Parents (Id) ON DELETE CASCADE);
    CREATE VIEW Vw AS SELECT p.Id, c.Note FROM Parents p JOIN Children c ON c.ParentId = p.Id;
    CREATE TRIGGER Tr_A BEFORE INSERT ON Parents FOR EACH ROW SET NEW.Name = UPPER(NEW.Name);
    CREATE TRIGGER Tr_B BEFORE INSERT ON Parents FOR EACH ROW FOLLOWS Tr_A SET NEW.Name = TRIM(NEW.Name);
    CREATE PROCEDURE Pr() SELECT * FROM Parents;
";
const SECOND: &str = "
    CREATE TABLE Parents (Id int PRIMARY KEY AUTO_INCREMENT, Name varchar(40) NOT NULL, Email varchar(50), KEY Ix_Mail (Email),
        CHECK (Name <> ''));
    CREATE TABLE Children (Id bigint PRIMARY KEY, ParentId int, Note varchar(30) DEFAULT 'y', KEY Ix_Note2 (Note, Id),
        CONSTRAINT Fk_P FOREIGN KEY (ParentId) REFERENCES Parents (Id) ON DELETE SET NULL);
    CREATE TABLE Extra (Id int PRIMARY KEY, c int, CONSTRAINT Fk_E FOREIGN KEY (c) REFERENCES Parents (Id));
    CREATE VIEW Vw AS SELECT p.Id, p.Email, c.Note FROM Parents p JOIN Children c ON c.ParentId = p.Id;
    CREATE TRIGGER Tr_A BEFORE INSERT ON Parents FOR EACH ROW SET NEW.Name = LOWER(NEW.Name);
    CREATE PROCEDURE Pr() SELECT * FROM Children;
";

/// Servers that fold, each with one of the same engine that does not.
fn each(test: impl Fn(&Server, &'static Server)) {
    for installation in &installations() {
        let exact = servers()
            .iter()
            .find(|server| server.engine() == installation.engine)
            .unwrap();
        test(
            &Server::start(installation, &["--lower-case-table-names=1"]),
            exact,
        );
    }
}

#[test]
fn scripts_in_any_case_go_up_and_down() {
    each(|folding, exact| {
        let database = exact.database("Shop");
        let program = Program::on(&database.url());
        let config = program.read("autogen.toml") + "version_table = \"Autogen_Version\"\n";
        program.write("autogen.toml", &config);
        for (message, target) in [("one", FIRST), ("two", SECOND)] {
            program.write("schema.sql", target);
            program.run(&["revision", "-m", message]).ok();
            program.run(&["upgrade"]).ok();
        }
        let rename = "    op.rename_table(\"Extra\", \"More\");\n    op.alter_table(\"More\").rename_column(\"c\", \"d\");\n";
        let back = "    op.alter_table(\"more\").rename_column(\"d\", \"c\");\n    op.rename_table(\"more\", \"extra\");\n";
        let head = program.run(&["heads"]).ok().stdout;
        let head = head.split_whitespace().next().unwrap();

        folding.sql("mysql", "CREATE DATABASE Shop");
        program.write(
            "autogen.toml",
            config.replace(&database.url(), &folding.url("Shop")),
        );
        program.run(&["upgrade", "+1"]).ok();
        let rows = "INSERT INTO Parents (Name) VALUES ('q'); INSERT INTO Children VALUES (1, 1, 'z')";
        folding.sql("Shop", rows);
        program.run(&["upgrade"]).ok();
        program.run(&["check"]).ok();
        program.run(&["check", "--to", "migrations"]).ok();
        let both = "SELECT Parents.*, Children.* FROM Parents, Children";
        assert_eq!(folding.sql("Shop", both), "1\tQ\tNULL\t1\t1\tz\n");
        // Once more in other letters.
        program.script_calling("c3", head, rename, back);
        program.run(&["upgrade"]).ok();
        assert_eq!(folding.sql("Shop", "SELECT count(d) FROM more"), "0\n");
        program.run(&["downgrade", "-2"]).ok();
        assert_eq!(folding.sql("Shop", both), "1\tQ\t1\t1\tz\n");
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(
            folding.sql("Shop", "SHOW TABLES"),
            "autogen_version\nautogen_version_history\n"
        );
        program.run(&["upgrade", head]).ok();
        let shown = program.run(&["inspect"]).ok();
        program.write("all.sql", &shown.stdout);
        program.run(&["diff", "--to", "all.sql"]).ok();
    });
}

#[test]
fn a_run_that_was_cut_off_finds_its_tables_again_in_any_case() {
    each(|folding, _| {
        folding.sql("mysql", "CREATE DATABASE Shop");
        let program = Program::on(&folding.url("Shop"));
        program.script_calling(
            "a1",
            "",
            "    op.create_table(\"Orders\").column(\"a\", int()).column(\"b\", varchar(5));\n    op.execute(\"CREATE TABLE Gate (a int)\");\n",
            "    op.drop_table(\"orders\").column(\"a\", int()).column(\"b\", varchar(5));\n    op.execute(\"DROP TABLE Gate\");\n",
        );
        program.script_calling(
            "b2",
            "a1",
            "    op.alter_table(\"ORDERS\").add_column(\"c\", int());\n    op.create_index(\"ix\").on(\"oRDERS\", [\"a\"]);\n    op.execute(\"CREATE UNIQUE INDEX u ON ORDERS (b)\");\n    op.alter_table(\"Orders\").add_column(\"d\", int());\n",
            "    op.alter_table(\"orders\").drop_column(\"d\", int());\n    op.execute(\"DROP INDEX u ON Orders\");\n    op.drop_index(\"ix\").on(\"OrderS\", [\"a\"]);\n    op.alter_table(\"Orders\").drop_column(\"c\", int());\n",
        );
        program.run(&["upgrade", "a1"]).ok();
        folding.sql("Shop", "INSERT INTO Orders (b) VALUES ('x'), ('x')");
        program.run(&["upgrade"]).with_code(1);
        folding.sql("Shop", "UPDATE Orders SET b = NULL");
        program.run(&["upgrade"]).ok();
        program.run(&["downgrade", "a1"]).ok();
        assert_eq!(
            folding.sql(
                "Shop",
                "SELECT GROUP_CONCAT(COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_NAME = 'orders'"
            ),
            "a,b\n"
        );
        folding.sql(
            "Shop",
            "DELETE FROM Orders; INSERT INTO Orders (b) VALUES ('x'), ('x')",
        );
        program.run(&["upgrade"]).with_code(1);
        // What was done of it goes back.
        program.run(&["downgrade", "-1"]).ok();
        program.run(&["downgrade", "base"]).ok();
        assert_eq!(
            folding.sql("Shop", "SHOW TABLES"),
            "autogen_history\nautogen_version\n"
        );
    });
}
