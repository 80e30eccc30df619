//! What a program adds to autogen: directives, rewriters, comparators, filters and object kinds of its own, each through the whole flow.

mod custom;
mod project;
