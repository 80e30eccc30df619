//! What the property tests on servers share: one script as a folder, and pairs of schemas that are tried side by side.

use autogen::Engine;
use autogen::compare::Comparison;
use autogen::dialect::Dialect;
use autogen::directive::Directive;
use autogen::migrate::Scripts;
use autogen::script::{self, Format, Graph, Header, RevisionId, Script};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many pairs are under way at the same time.
const AT_ONCE: usize = 4;

/// What the environment says, if it does.
pub(crate) fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

/// The one script of a pair.
pub(crate) struct One {
    graph: Graph,
    pub(crate) script: Script,
    checksum: String,
    /// The file that it would be.
    pub(crate) text: String,
}

impl One {
    /// The script of a comparison, written and read again, which must give the same.
    pub(crate) fn of(comparison: Comparison, dialect: &dyn Dialect, context: &str) -> Self {
        let script = Script {
            header: Header::new(RevisionId::new("aaaaaaaaaaaa").expect("an id")),
            downgrade: comparison.downgrade(dialect),
            upgrade: comparison.upgrade,
        };
        let text = script::render(&script).unwrap_or_else(|e| panic!("{e}\n{context}"));
        let read = script::read(&text, None, dialect.engine().name())
            .unwrap_or_else(|e| panic!("{e}\n{context}\n-- script\n{text}"));
        assert_eq!(
            read, script,
            "a script reads back as it was written\n{context}\n-- script\n{text}"
        );
        Self {
            graph: Graph::new([&script.header]).expect("a graph"),
            checksum: script::checksum(&text, Format::Rust, None).expect("a checksum"),
            script: read,
            text,
        }
    }
}

impl Scripts for One {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn header(&self, revision: &RevisionId) -> Option<&Header> {
        (self.script.header.revision == *revision).then_some(&self.script.header)
    }

    fn upgrade(&self, _: &RevisionId, _: Engine) -> autogen::Result<Vec<Directive>> {
        Ok(self.script.upgrade.clone())
    }

    fn downgrade(&self, _: &RevisionId, _: Engine) -> autogen::Result<Vec<Directive>> {
        Ok(self.script.downgrade.clone())
    }

    fn checksum(&self, _: &RevisionId) -> autogen::Result<String> {
        Ok(self.checksum.clone())
    }

    fn file(&self, _: &RevisionId) -> Option<&Path> {
        None
    }
}

/// Tries each pair; `try_one` says whether rows contradicted the way up and the way down. All failures are told with where they were.
///
/// # Panics
/// When one has failed, or rows contradict more than a third of the ways up.
pub(crate) fn try_all<S: Copy + Sync + Display>(
    work: &[(S, u64)],
    try_one: impl AsyncFn(S, u64) -> [bool; 2] + Sync,
) {
    let next = AtomicUsize::new(0);
    let contradicted = [AtomicU64::new(0), AtomicU64::new(0)];
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                while let Some(&(server, seed)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match catch_unwind(AssertUnwindSafe(|| runtime.block_on(try_one(server, seed)))) {
                        Ok(outcome) => {
                            for (count, is_one) in contradicted.iter().zip(outcome) {
                                count.fetch_add(u64::from(is_one), Ordering::Relaxed);
                            }
                        }
                        Err(panic) => {
                            let said = panic
                                .downcast_ref::<String>()
                                .map_or("", String::as_str)
                                .to_owned();
                            let place = (server.to_string(), seed, said);
                            failed.lock().expect("a list").push(place);
                        }
                    }
                }
            });
        }
    });
    let [upgrades, downgrades] = contradicted.map(AtomicU64::into_inner);
    let pairs = work.len() as u64;
    println!("{pairs} pairs; rows contradicted {upgrades} upgrades and {downgrades} downgrades");
    let mut failed = failed.into_inner().expect("a list");
    failed.sort();
    for (server, seed, said) in &failed {
        println!("==== {server} seed {seed}: {said}");
    }
    assert!(failed.is_empty(), "{} of {pairs} pairs failed", failed.len());
    assert!(
        upgrades * 3 < pairs.max(30),
        "most upgrades go through with their rows: {upgrades} of {pairs} did not"
    );
}
