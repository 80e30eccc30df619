//! How the model calls the attributes that only MySQL and MariaDB have.

/// Table: the storage engine, when it is not `InnoDB`.
pub(crate) const ENGINE: &str = "engine";
/// Table: the collation, when it is not that of the database.
pub(crate) const COLLATION: &str = "collation";
/// Table: the names of its tables in backticks (MERGE).
pub(crate) const UNION: &str = "union";
/// Table: `Y`, `N` (MySQL).
pub(crate) const ENCRYPTION: &str = "encryption";
/// Table: `zlib`, `lz4` (MySQL).
pub(crate) const COMPRESSION: &str = "compression";
/// Table.
pub(crate) const TABLESPACE: &str = "tablespace";
/// Table: where it is (FEDERATED).
pub(crate) const CONNECTION: &str = "connection";
/// Table, partition.
pub(crate) const DATA_DIRECTORY: &str = "data_directory";
/// Table, partition.
pub(crate) const INDEX_DIRECTORY: &str = "index_directory";
/// Table: `RANGE (year(d))`.
pub(crate) const PARTITION_BY: &str = "partition_by";
/// Table: how many partitions there are, when nothing else is said of them.
pub(crate) const PARTITION_COUNT: &str = "partition_count";
/// Table: `HASH (id)`.
pub(crate) const SUBPARTITION_BY: &str = "subpartition_by";
/// Table: how many subpartitions each partition has.
pub(crate) const SUBPARTITION_COUNT: &str = "subpartition_count";
/// Table: one partition per line.
pub(crate) const PARTITIONS: &str = "partitions";
/// Table: `WITH SYSTEM VERSIONING` (MariaDB).
pub(crate) const VERSIONING: &str = "versioning";
/// Table: `period.SYSTEM_TIME` is `` `from`, `to` `` (MariaDB).
pub(crate) const PERIOD: &str = "period.";

/// Column: `CURRENT_TIMESTAMP(3)`.
pub(crate) const ON_UPDATE: &str = "on_update";
/// Column, index (MySQL).
pub(crate) const INVISIBLE: &str = "invisible";
/// Column: the spatial reference system.
pub(crate) const SRID: &str = "srid";
/// Column: a check that belongs to it (MariaDB).
pub(crate) const CHECK: &str = "check";
/// Column (MariaDB).
pub(crate) const COMPRESSED: &str = "compressed";
/// Column (MariaDB).
pub(crate) const WITHOUT_VERSIONING: &str = "without_versioning";
/// Column: the begin of its row (MariaDB).
pub(crate) const ROW_START: &str = "row_start";
/// Column: the end of its row (MariaDB).
pub(crate) const ROW_END: &str = "row_end";
/// Column, table, index: JSON for the storage engine (MySQL).
pub(crate) const ENGINE_ATTRIBUTE: &str = "engine_attribute";
/// Column: `FIXED`, `DYNAMIC` (NDB).
pub(crate) const COLUMN_FORMAT: &str = "column_format";
/// Column: `DISK`, `MEMORY` (NDB).
pub(crate) const STORAGE: &str = "storage";

/// Primary key: `hash`, `btree`.
pub(crate) const METHOD: &str = "method";
/// Primary key.
pub(crate) const COMMENT: &str = "comment";
/// Table, key, index.
pub(crate) const KEY_BLOCK_SIZE: &str = "key_block_size";
/// Index: `ngram` (FULLTEXT).
pub(crate) const PARSER: &str = "parser";
/// Index: the optimizer does not see it (MariaDB).
pub(crate) const IGNORED: &str = "ignored";
/// Index: `with.distance`, `with.m` (VECTOR).
pub(crate) const WITH: &str = "with.";
/// Index, primary key: the period of its last part (MariaDB).
pub(crate) const WITHOUT_OVERLAPS: &str = "without_overlaps";
/// Index.
pub(crate) const CLUSTERING: &str = "clustering";

/// Check (MySQL).
pub(crate) const NOT_ENFORCED: &str = "not_enforced";
/// Foreign key: which of its actions say NO ACTION in words (MariaDB): `delete`, `update`, `delete,update`.
pub(crate) const EXPLICIT_NO_ACTION: &str = "explicit_no_action";
