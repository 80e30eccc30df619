SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
CREATE TABLE t (
  id int primary key,
  a varchar(40) default 'it''s a \\ "q" \n line' comment 'c:\\dir ''x'' "y" \n z',
  e enum('a\\b','it''s','"q"','x,y') default 'a\\b',
  s set('a\\b','it''s','"q"') default 'it''s,a\\b',
  g varchar(90) generated always as (concat(a, '\\', "'", '"')) virtual,
  x varchar(40) default (concat('\\', '"', "'")),
  constraint `c``k"'\` check (a <> '\\n' and a not like '%\\%%' escape '|' and a <> '"')
) comment 'table \\ it''s "q"';
CREATE TABLE t2 (a varchar(9));
CREATE TABLE p (k varchar(20) not null, primary key (k)) PARTITION BY LIST COLUMNS (k) (PARTITION p0 VALUES IN ('a\\b','it''s','"') COMMENT = 'p\\c ''q''', PARTITION p1 VALUES IN ('x'));
CREATE TABLE r (k varchar(20) not null, primary key (k)) PARTITION BY RANGE COLUMNS (k) (PARTITION p0 VALUES LESS THAN ('a\\b'), PARTITION p1 VALUES LESS THAN ('b''\\'), PARTITION p2 VALUES LESS THAN (MAXVALUE));
CREATE INDEX ix ON t (a) COMMENT 'i\\x ''q'' "';
CREATE VIEW v AS SELECT a, '\\' AS b, 'it''s' AS c, "dq" AS d1, '\n' AS e, '"' AS f FROM t WHERE a <> '\\"''';
DELIMITER //
CREATE PROCEDURE pr(IN p varchar(20)) COMMENT 'r\\c ''q'' "' BEGIN SELECT '\\', 'it''s', "dq \" '"; END//
CREATE FUNCTION f() RETURNS varchar(20) DETERMINISTIC RETURN CONCAT('\\', "'")//
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = CONCAT('\\', "q", 'it\'s')//
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'e\\c ''q''' DO SELECT '\\', "q"//
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'//
CREATE PROCEDURE pr2() COMMENT 'r\c ''q'' "' BEGIN SELECT '\', 'it''s', "pr2x" FROM (SELECT 1 AS "pr2x") z; END//
CREATE TRIGGER tr2 BEFORE UPDATE ON "t2" FOR EACH ROW SET NEW."a" = '\'//
CREATE VIEW v2 AS SELECT "a", '\' AS b FROM "t2"//
CREATE EVENT ev2 ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'e\c ''q''' DO SELECT '\', 1 AS "q"//
DELIMITER ;
