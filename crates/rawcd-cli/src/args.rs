//! The command line.

pub mod disc;
pub mod serve;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Judge CD writers, simulated and real, and see what they are.
///
/// MMC here is the SCSI Multi-Media Command set of optical drives, not memory cards.
#[derive(Debug, Parser)]
#[command(name = "rawcd", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the conformance fixtures on the simulated drive or on a real one.
    ///
    /// Exit status: 0 all as expected, 1 something fails, 2 could not run.
    Conform(Conform),
    /// List the optical drives of this machine: may I open them, who holds them, what to do.
    Drives(Drives),
    /// Show a drive and its disc: features, ATIP, sessions, StartOfNextSession.
    Info(Info),
    /// Make, show and compare simulated discs; each is one file.
    #[command(subcommand)]
    Disc(disc::Disc),
    /// Make a raw image: WAV, PCM, ISO and raw-sector tracks laid out by a CUE sheet or RON.
    Image(disc::Image),
    /// Burn an image onto a simulated disc or, with consent, a real one; and verify it.
    Burn(disc::Burn),
    /// Read a disc through a drive and write it as an image. Exit status 1 for unreadable blocks.
    Rip(disc::Rip),
    /// Look for what breaks a rule of the format on a disc or in an image.
    Lint(disc::Lint),
    /// Put a drive on the network by iSCSI: burning programs, systems and virtual machines use it as a real one.
    ///
    /// Runs until SIGINT, SIGTERM or `rawcd ctl stop`; then the running command is finished and the disc is saved.
    /// What a host was told is over, as by SYNCHRONIZE CACHE, is saved before it is told. The first line of the output
    /// comes when the server listens. Exit status: 0 stopped, 2 could not run.
    Serve(Box<serve::Serve>),
    /// Change the disc of a `rawcd serve` that runs, and see how it is.
    Ctl(serve::Ctl),
    /// Explain an HRESULT, a sense triple, sense bytes or a CDB.
    Explain(Explain),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Run the conformance fixtures.
#[derive(Debug, clap::Args)]
pub struct Conform {
    /// A directory of fixtures, or one file; can be given several times. Without it: ours.
    #[arg(long, value_name = "DIR")]
    pub fixtures: Vec<PathBuf>,
    /// Only cases whose name contains this; `*` stands for anything.
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// `sim`, or a real drive such as /dev/sr0 or iscsi://HOST/TARGET/0. `sim:blank-cdrw-80` treats the simulated drive with that
    /// medium as a real one, to try what --allow and --plan do.
    #[arg(long, value_name = "DEVICE", default_value = "sim")]
    pub device: String,
    /// Judge this simulated drive: a name, or a RON file. Without it each case has the drive it is about.
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "device")]
    pub personality: Option<String>,
    /// Which tiers may run on a real drive beside read_only: rewritable, consumes_blank, or both with a comma.
    ///
    /// rewritable: a CD-RW in the drive is erased and written to. consumes_blank: a blank CD-R is. What will be
    /// consumed is said beforehand, and nothing is written without your word for the disc in the drive.
    #[arg(long, value_name = "TIERS", requires = "device")]
    pub allow: Option<String>,
    /// The disc that may be consumed, as `--plan` names it. Without it you are asked.
    #[arg(long, value_name = "ID", requires = "allow")]
    pub disc_id: Option<String>,
    /// Say what a run on a real drive would consume, and the id of the disc in it. Nothing is written.
    #[arg(long, requires = "device", conflicts_with_all = ["list", "disc_id"])]
    pub plan: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the report to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List the cases and run none, as text or with `--format json`.
    #[arg(long)]
    pub list: bool,
    /// Name every case, not only those that are not as expected.
    #[arg(long, short)]
    pub verbose: bool,
}

/// How to report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// For a person.
    Text,
    /// One object, for a program.
    Json,
    /// JUnit XML, for a CI server.
    Junit,
    /// Test Anything Protocol.
    Tap,
}

/// List the optical drives.
#[derive(Debug, clap::Args)]
pub struct Drives {
    /// For a program.
    #[arg(long)]
    pub json: bool,
}

/// Show a drive and its disc.
#[derive(Debug, clap::Args)]
pub struct Info {
    /// A real drive such as /dev/sr0, or iscsi://HOST/TARGET/0. Without it: a simulated one.
    #[arg(long, value_name = "DEVICE", conflicts_with_all = ["personality", "medium"])]
    pub device: Option<String>,
    /// Which simulated drive: a name, or a RON file.
    #[arg(long, value_name = "NAME|FILE", default_value = "reference")]
    pub personality: String,
    /// Which disc is in it: a name of fixtures/media, or a RON file.
    #[arg(long, value_name = "NAME|FILE", default_value = "blank-cdr-80")]
    pub medium: String,
    /// List the personalities and media there are.
    #[arg(long)]
    pub list: bool,
    /// For a program.
    #[arg(long)]
    pub json: bool,
}

/// Explain an answer.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// `0xC0AA0602`, `E_IMAPI_…`, `-1062599166`; `5/24/00`; `70 00 05 …`; `2A 00 FF FF D2 8E 00 00 1A 00`.
    #[arg(required = true, num_args = 1.., allow_hyphen_values = true, value_name = "WHAT")]
    pub what: Vec<String>,
    /// For a program.
    #[arg(long)]
    pub json: bool,
}
