//! The command line of the drive on the network: `rawcd serve`, `rawcd ctl`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;

/// Put a drive on the network by iSCSI, for programs and systems that know nothing of RawCD.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd disc new my.disc && rawcd serve --disc my.disc\n  rawcd serve --medium blank-cdrw-80 --personality plextor-px-w4824a --trace\n  rawcd serve --listen 0.0.0.0:3260 --chap alice --chap-secret-file alice.secret --disc my.disc\n  rawcd serve --listen 127.0.0.1:0 --record session.ron\n\nEnvironment: RAWCD_CHAP_SECRET, RAWCD_MUTUAL_CHAP_SECRET hold secrets that are in no file.\nrawcd ctl insert, eject and swap change the disc while it runs."
)]
pub struct Serve {
    /// Where to listen. Port 0 takes a free one, and it is printed.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3260")]
    pub listen: SocketAddr,
    /// The name of the target: an iSCSI name, as iqn.2026-11.org.example:drive.
    #[arg(long, value_name = "IQN", default_value = DEFAULT_NAME)]
    pub name: String,
    /// Which simulated drive: a name, or a RON file.
    #[arg(long, value_name = "NAME|FILE", default_value = "reference")]
    pub personality: String,
    /// The disc in it: a file, into which it is saved. Without any: an empty drive.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["medium", "device"])]
    pub disc: Option<PathBuf>,
    /// The disc in it: a fresh one of fixtures/media, which is saved nowhere.
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "device")]
    pub medium: Option<String>,
    /// A real drive such as /dev/sr0, for reading unless --yes-write-this-disc says more.
    #[arg(long, value_name = "DEVICE", conflicts_with_all = ["personality", "realtime"])]
    pub device: Option<String>,
    /// Whoever logs in may write the disc that is in the real drive now, and no other.
    #[arg(long, requires = "device")]
    pub yes_write_this_disc: bool,
    /// The simulated drive is as slow as a real one. Without it no program waits for anything.
    #[arg(long)]
    pub realtime: bool,
    /// Print a line for each command.
    #[arg(long)]
    pub trace: bool,
    /// Keep every command with its data in a file, as it happens; a recording that is there is replaced.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Let in only who knows the secret of this name (CHAP).
    #[arg(long, value_name = "USER")]
    pub chap: Option<String>,
    /// The file that has the secret: its first line. Without it: RAWCD_CHAP_SECRET.
    #[arg(long, value_name = "FILE", requires = "chap")]
    pub chap_secret_file: Option<PathBuf>,
    /// Prove to initiators who ask that this is the right target, by this name and another secret.
    #[arg(long, value_name = "USER", requires = "chap")]
    pub mutual_chap: Option<String>,
    /// The file that has that secret. Without it: RAWCD_MUTUAL_CHAP_SECRET.
    #[arg(long, value_name = "FILE", requires = "mutual_chap")]
    pub mutual_chap_secret_file: Option<PathBuf>,
    /// What to call this server for `rawcd ctl`. Without it: its port.
    #[arg(long, value_name = "NAME")]
    pub control: Option<String>,
    /// What discovery tells initiators to connect to, where that is not the address they came by.
    #[arg(long, value_name = "HOST:PORT")]
    pub portal: Option<String>,
    /// Say on standard error who comes and goes.
    #[arg(long, short)]
    pub verbose: bool,
}

/// Of the project's pages, in the form of RFC 7143 4.2.7.4: a name's owner had it in that month.
pub const DEFAULT_NAME: &str = "iqn.2026-11.io.github.rawcd:drive";

/// Change the disc of a `rawcd serve` that runs, and see how it is.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd ctl status\n  rawcd ctl insert my.disc\n  rawcd ctl swap blank-cdr-80\n  rawcd ctl --socket 3260 eject"
)]
pub struct Ctl {
    /// Which server: its control name. Not needed where only one runs.
    #[arg(long, value_name = "NAME")]
    pub socket: Option<String>,
    /// `status` for a program.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub command: CtlCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum CtlCommand {
    /// Say what is in the drive, and who uses it.
    Status,
    /// Open the tray, save the disc and take it out.
    Eject {
        /// As with a paper clip: although a host has locked the tray or is writing. A recording is cut short.
        #[arg(long)]
        force: bool,
    },
    /// Put a disc in: a disc file, or a fresh disc of fixtures/media.
    Insert {
        /// Which.
        #[arg(value_name = "FILE|MEDIUM")]
        disc: String,
    },
    /// Eject the disc and put another one in.
    Swap {
        /// Which.
        #[arg(value_name = "FILE|MEDIUM")]
        disc: String,
        /// As of `eject`.
        #[arg(long)]
        force: bool,
    },
    /// Push the tray in.
    Close,
    /// Press the button of the drive; the disc stays on the tray.
    Press,
    /// Save the disc now, or into another file, which is its own from then on.
    Save {
        /// The file to make.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// End the server, as SIGTERM does.
    Stop,
}
