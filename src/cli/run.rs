//! One run of the program: arguments in, exit code out.

use std::{ffi::OsString, pin::pin, process::ExitCode};

use futures_util::future::{Either, select};

use super::{
    arguments::{self, Arguments},
    terminal::Terminal,
};
use crate::{
    Environment, Error, ErrorKind, Result,
    command::{self, Outcome},
    report,
};

/// The whole command line as a program of one's own has it: runs the command that the arguments of the process ask for, with what
/// `environment` adds. Gives the exit code: 0 fine, 1 error, 2 differences found, 3 database behind or ahead of the scripts.
pub fn run(environment: Environment) -> ExitCode {
    run_with(environment, std::env::args_os())
}

/// The same with other arguments, the program's name first.
pub fn run_with(environment: Environment, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let arguments = match arguments::parse(args.iter().cloned()) {
        Ok(mut arguments) => {
            arguments.global.scope.environment = environment;
            arguments
        }
        Err(error) => return usage(&error, wants_json(&args)),
    };
    let terminal = Terminal::new(&arguments.global);
    match in_runtime(&terminal, arguments) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn in_runtime(terminal: &Terminal, arguments: Arguments) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "no runtime could be started").because(error))?;
    runtime.block_on(async {
        let work = pin!(command::run(terminal, arguments));
        let work = match select(pin!(stop_signal()), work).await {
            Either::Right((outcome, _)) => return outcome,
            // What only reads is dropped where it is.
            Either::Left((stop, _)) if !terminal.interrupt() => return Err(stop),
            Either::Left((_, work)) => work,
        };
        // What writes rolls back and says what became of it. Who has no patience for that asks again.
        match select(pin!(stop_signal()), work).await {
            Either::Right((outcome, _)) => outcome,
            Either::Left((stop, _)) => Err(stop),
        }
    })
}

/// Waits until the user, or the system, asks the program to stop.
async fn stop_signal() -> Error {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            select(pin!(interrupt.recv()), pin!(terminate.recv())).await;
            return interrupted();
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return interrupted();
    }
    std::future::pending().await
}

fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "interrupted, nothing was changed")
}

/// Tells a wrong usage, or gives the help that was asked for.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    use clap::error::ErrorKind as Clap;
    let asked = matches!(error.kind(), Clap::DisplayHelp | Clap::DisplayVersion);
    if json && !asked {
        let text = error.render().to_string();
        let text = text.trim_start_matches("error: ").trim_end();
        let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut error = Error::new(ErrorKind::Usage, message.trim());
        for hint in rest.lines().map(str::trim).filter(|line| !line.is_empty()) {
            error = error.hint(hint);
        }
        eprintln!("{:#}", report::error(&error));
    } else {
        // A reader that went away has not asked for help after all.
        drop(error.print());
    }
    ExitCode::from(u8::from(!asked))
}

/// Whether the arguments, wrong as they are, ask for JSON.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|arg| arg == "--format=json")
        || args
            .windows(2)
            .any(|pair| pair[0] == "--format" && pair[1] == "json")
}
