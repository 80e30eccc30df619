//! A stack as large as the input needs, for work whose recursion is as deep as a chain is long.

use std::thread;

/// Runs `work` on a thread of its own with `bytes` of stack; on this one when there is no thread to be had.
///
/// What the thread keeps of the texts it parsed (the places of all tokens) goes with it.
pub(super) fn with_stack<T: Send>(bytes: usize, work: impl Fn() -> T + Sync) -> T {
    thread::scope(|scope| {
        let builder = thread::Builder::new()
            .name("autogen-script".to_owned())
            .stack_size(bytes);
        match builder.spawn_scoped(scope, &work) {
            Ok(thread) => thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => work(),
        }
    })
}
