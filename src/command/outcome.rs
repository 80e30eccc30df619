//! How a command that did not fail has ended.

/// The end of a command, and so its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As asked.
    Fine,
    /// Some of several have failed, which was told.
    Failed,
    /// There are differences.
    Differences,
    /// The database is behind or ahead of the scripts.
    OutOfStep,
}

impl Outcome {
    /// The exit code.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Failed => 1,
            Self::Differences => 2,
            Self::OutOfStep => 3,
        }
    }
}
