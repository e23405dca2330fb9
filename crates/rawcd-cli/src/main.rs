//! `rawcd`: burn and read discs, judge drives, see what they are, and what their answers mean.
//!
//! Exit status: 0 all as expected, 1 something fails, 2 could not run.
#![forbid(unsafe_code)]

mod args;
mod burn;
mod conform;
mod consent;
mod ctl;
mod device;
mod disc;
mod drives;
mod explain;
mod failure;
mod image;
mod info;
mod lint;
mod lock;
mod output;
mod paint;
mod rip;
mod serve;
mod table;

use std::io::Write;
use std::process::ExitCode;

use args::{Args, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.command {
        Command::Conform(options) => conform::run(&options),
        Command::Drives(options) => drives::run(&options),
        Command::Info(options) => info::run(&options),
        Command::Disc(command) => disc::run(&command),
        Command::Image(options) => image::run(&options),
        Command::Burn(options) => burn::run(&options),
        Command::Rip(options) => rip::run(&options),
        Command::Lint(options) => lint::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Ctl(options) => ctl::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Completions { shell } => completions(shell),
    };
    match done {
        Ok(status) => status,
        Err(failure) if failure.reader_left() => ExitCode::SUCCESS,
        Err(failure) => {
            paint::error(&failure);
            ExitCode::from(2)
        }
    }
}

/// To memory first: the generator panics where it cannot write.
fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "rawcd", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
