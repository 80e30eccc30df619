//! Whole comparisons, by what a user sees.

mod properties;
