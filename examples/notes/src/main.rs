//! Notes over TCP, with a database that is always up to date: the application migrates it when it starts.
//!
//! `notes serve ADDRESS` answers lines: `add some text`, `list`. `notes migrate ...` is the whole command line of autogen with the scripts
//! of this program: `notes migrate current`, `notes migrate downgrade -1`.

use std::process::ExitCode;

use autogen::Environment;
use sqlx::{Row, SqlitePool, sqlite::SqliteConnectOptions};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

mod migrations {
    autogen::include_migrations!();
}

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    match arguments.next().as_ref().and_then(|word| word.to_str()) {
        Some("migrate") => match migrations::scripts() {
            Ok(scripts) => {
                let environment = Environment::new().scripts(scripts);
                autogen::cli::run_with(environment, std::iter::once(program).chain(arguments))
            }
            Err(error) => failed(&error),
        },
        Some("serve") => {
            let address = arguments.next().and_then(|word| word.into_string().ok());
            match start(address.as_deref().unwrap_or("127.0.0.1:7878")) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(&*error),
            }
        }
        _ => {
            eprintln!("usage: notes serve [ADDRESS] | notes migrate COMMAND");
            ExitCode::FAILURE
        }
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

#[tokio::main]
async fn start(address: &str) -> Result<()> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://notes.db".to_owned());
    let options: SqliteConnectOptions = url.parse()?;
    let pool = SqlitePool::connect_with(options.create_if_missing(true)).await?;
    // Any number of these may start at the same time.
    let outcome = autogen::upgrade(&pool, &migrations::scripts()?, "head").await?;
    let listener = TcpListener::bind(address).await?;
    println!(
        "applied {} scripts; listening on {}",
        outcome.ran.len(),
        listener.local_addr()?
    );
    loop {
        let (stream, _) = listener.accept().await?;
        let pool = pool.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(stream, &pool).await {
                eprintln!("{error}");
            }
        });
    }
}

/// Answers the lines of one visitor.
async fn answer(mut stream: TcpStream, pool: &SqlitePool) -> Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        let reply = match line.split_once(' ').unwrap_or((line.as_str(), "")) {
            ("add", body) if !body.is_empty() => {
                let words = i64::try_from(body.split_whitespace().count())?;
                sqlx::query("INSERT INTO notes (body, words) VALUES (?, ?)")
                    .bind(body)
                    .bind(words)
                    .execute(pool)
                    .await?;
                "added\n".to_owned()
            }
            ("list", "") => {
                let rows = sqlx::query("SELECT id, body, words FROM notes ORDER BY id")
                    .fetch_all(pool)
                    .await?;
                let line = |row: &sqlx::sqlite::SqliteRow| {
                    format!(
                        "{}: {} ({} words)\n",
                        row.get::<i64, _>(0),
                        row.get::<String, _>(1),
                        row.get::<i64, _>(2)
                    )
                };
                rows.iter().map(line).collect::<String>() + ".\n"
            }
            _ => "say `add TEXT` or `list`\n".to_owned(),
        };
        writer.write_all(reply.as_bytes()).await?;
    }
    Ok(())
}
