//! The program: parses its command line and runs the command.

use std::process::ExitCode;

use crate::cli::{self, Command, Invocation, Origins, ParseError, ServeArgs, UpstreamCommand};
use crate::{Exit, descriptors, fetch, logging, serve, upstream};

/// The maximum number of threads that read and write files.
///
/// The allocator keeps freed memory per thread, so hundreds of threads would hold hundreds of
/// megabytes.
const BLOCKING_THREADS: usize = 8;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program.
pub fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let invocation = match cli::parse(&words) {
        Ok(invocation) => invocation,
        // clap returns `--help` and `--version` as errors too.
        Err(ParseError::Clap(error)) => error.exit(),
        Err(error) => return report_failure(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return report_failure(&error),
    };
    let result = runtime.block_on(run(invocation));
    if matches!(result, Ok(Exit::Interrupted)) {
        // Don't wait for a thread that is blocked by a pipe whose reader doesn't read.
        runtime.shutdown_background();
    }
    match result {
        Ok(exit) => exit.into(),
        Err(error) => report_failure(error.as_ref()),
    }
}

async fn run(invocation: Invocation) -> Result<Exit, AnyError> {
    let origins = &invocation.origins;
    match invocation.command {
        Command::Serve(args) => serve_page(args, origins).await?,
        Command::Fetch(args) => {
            logging::start("error");
            return Ok(fetch::run(args, origins).await?);
        }
        Command::Settings(_) => print(&invocation.settings)?,
        Command::Upstream(args) => serve_demo(args).await?,
        Command::Completions(args) => args.write(cli::command())?,
        Command::Man(args) => args.write(cli::command())?,
    }
    Ok(Exit::Success)
}

async fn serve_page(args: ServeArgs, origins: &Origins) -> Result<(), AnyError> {
    logging::start("warn,backend=info");
    serve::run::run(args, origins).await
}

async fn serve_demo(args: UpstreamCommand) -> Result<(), AnyError> {
    descriptors::raise_limit();
    let listener = serve::run::listen(args.listen)?;
    println!("http://{}/ssn/", listener.local_addr()?);
    upstream::serve(listener, args.demo, serve::run::shutdown_signal()).await?;
    Ok(())
}

/// Writes to standard output. If its reader has closed the pipe, returns an error, unlike `print!`.
fn print(text: &str) -> std::io::Result<()> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
}

fn report_failure(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("rollcall: {error}");
    Exit::CouldNotRun.into()
}
