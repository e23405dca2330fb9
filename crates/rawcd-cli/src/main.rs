//! `rawcd`: judge drives, see what they are, and what their answers mean.
//!
//! Exit status: 0 all as expected, 1 something fails, 2 could not run.
#![forbid(unsafe_code)]

mod args;
mod conform;
mod device;
mod drives;
mod explain;
mod failure;
mod info;
mod paint;
mod table;

use std::process::ExitCode;

use args::{Args, Command};
use clap::{CommandFactory, Parser};

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.command {
        Command::Conform(options) => conform::run(&options),
        Command::Drives(options) => drives::run(&options),
        Command::Info(options) => info::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "rawcd", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|failure| {
        paint::error(&failure);
        ExitCode::from(2)
    })
}
