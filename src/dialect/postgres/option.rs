//! How the model calls the attributes that only PostgreSQL has.

/// The namespace that a name without one is in.
pub(crate) const DEFAULT_NAMESPACE: &str = "public";

pub(crate) use crate::schema::INHERITED;
/// Storage parameters: `with.fillfactor`.
pub(crate) const WITH: &str = "with.";
/// The sequence in which storage parameters were set, when it is not that of their names. The server keeps and shows it; it makes no
/// difference.
pub(crate) const PARAMETER_ORDER: &str = "parameter_order";
/// Tables, indexes, keys.
pub(crate) const TABLESPACE: &str = "tablespace";

/// Column: `plain`, `external`, `extended`, `main`.
pub(crate) const STORAGE: &str = "storage";
/// Column: `pglz`, `lz4`.
pub(crate) const COMPRESSION: &str = "compression";
/// Column: the statistics target. Index: `statistics.1` of an expression.
pub(crate) const STATISTICS: &str = "statistics";
/// Column: `attribute.n_distinct`.
pub(crate) const ATTRIBUTE: &str = "attribute.";
/// Column: the qualified SQL name of the sequence of an identity.
pub(crate) const SEQUENCE_NAME: &str = "sequence_name";
/// Column: the name of its NOT NULL constraint (18).
pub(crate) const NOT_NULL_NAME: &str = "not_null_name";
/// Column: its NOT NULL holds for new rows only (18).
pub(crate) const NOT_NULL_NOT_VALID: &str = "not_null_not_valid";
/// Column: its NOT NULL is not that of children (18).
pub(crate) const NOT_NULL_NO_INHERIT: &str = "not_null_no_inherit";
/// Column: the comment on its NOT NULL constraint (18).
pub(crate) const NOT_NULL_COMMENT: &str = "not_null_comment";

/// Table.
pub(crate) const UNLOGGED: &str = "unlogged";
/// Table.
pub(crate) const ACCESS_METHOD: &str = "access_method";
/// Table: `nothing`, `full`, `index <name>`.
pub(crate) const REPLICA_IDENTITY: &str = "replica_identity";
/// Table.
pub(crate) const ROW_SECURITY: &str = "row_security";
/// Table.
pub(crate) const FORCE_ROW_SECURITY: &str = "force_row_security";
/// Table: the name of an index.
pub(crate) const CLUSTERED_ON: &str = "clustered_on";
/// Table: the qualified SQL name of a composite type.
pub(crate) const OF_TYPE: &str = "of_type";
/// Table: `RANGE (created_at)`.
pub(crate) const PARTITION_BY: &str = "partition_by";
/// Table: the qualified SQL name of the parent.
pub(crate) const PARTITION_OF: &str = "partition_of";
/// Table: `FOR VALUES ...` or `DEFAULT`.
pub(crate) const PARTITION_BOUND: &str = "partition_bound";
/// Table: the qualified SQL names of the parents.
pub(crate) const INHERITS: &str = "inherits";

/// Constraint.
pub(crate) const COMMENT: &str = "comment";
/// Key, exclusion: the comment on its index.
pub(crate) const INDEX_COMMENT: &str = "index_comment";
/// Foreign key, check.
pub(crate) const NOT_VALID: &str = "not_valid";
/// Foreign key, check (18).
pub(crate) const NOT_ENFORCED: &str = "not_enforced";
/// Check.
pub(crate) const NO_INHERIT: &str = "no_inherit";
/// Key: of its last column (18).
pub(crate) const WITHOUT_OVERLAPS: &str = "without_overlaps";
/// Foreign key: its last column is a period (18).
pub(crate) const PERIOD: &str = "period";
/// Foreign key: the columns that ON DELETE SET sets.
pub(crate) const SET_COLUMNS: &str = "set_columns";

/// Index, key: not on all partitions.
pub(crate) use crate::schema::ONLY;
/// Index: built without keeping writers out.
pub(crate) const CONCURRENTLY: &str = crate::schema::CONCURRENTLY;
