//! The command line of discs: `rawcd disc`, `rawcd burn`, `rawcd rip`.

use std::path::PathBuf;

use cd_format::Msf;
use clap::{Subcommand, ValueEnum};

/// Make, show and compare simulated discs; each is one file.
#[derive(Debug, Subcommand)]
pub enum Disc {
    /// Make a disc file: a blank one, or one of fixtures/media.
    New(New),
    /// List disc files, a line each.
    Ls(Ls),
    /// Draw a disc: lead-ins, sessions, tracks, gaps, lead-outs, in proportion.
    Show(Show),
    /// Say where two discs differ. Exit status 1 when they do.
    Diff(Diff),
}

/// Make a disc file.
#[derive(Debug, clap::Args)]
pub struct New {
    /// The file to make.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What kind of disc.
    #[arg(long, value_enum, default_value_t = Kind::CdR, conflicts_with = "medium")]
    pub kind: Kind,
    /// Where the lead-in starts, from the disc's ATIP: minute 90 or later.
    #[arg(long, value_name = "MM:SS:FF", default_value = "97:26:66", conflicts_with = "medium")]
    pub lead_in: Msf,
    /// The last possible start of the lead-out, from the disc's ATIP.
    #[arg(long, value_name = "MM:SS:FF", default_value = "79:59:74", conflicts_with = "medium")]
    pub last_lead_out: Msf,
    /// A disc of fixtures/media by name, or a RON file of the kind.
    #[arg(long, value_name = "NAME|FILE")]
    pub medium: Option<String>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// What kind of disc.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Kind {
    /// Recorded once.
    CdR,
    /// Rewritable.
    CdRw,
}

/// List disc files.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Disc files, and folders that hold some. Without any: the current folder.
    #[arg(value_name = "FILE|FOLDER")]
    pub paths: Vec<PathBuf>,
}

/// Draw a disc.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The disc file.
    #[arg(value_name = "DISC")]
    pub disc: PathBuf,
    /// Columns of the drawing. Without it: the terminal's, at most 100.
    #[arg(long, value_name = "COLUMNS")]
    pub width: Option<usize>,
    /// For a program.
    #[arg(long)]
    pub json: bool,
}

/// Compare two discs.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// A disc file.
    #[arg(value_name = "DISC")]
    pub left: PathBuf,
    /// Another.
    #[arg(value_name = "OTHER")]
    pub right: PathBuf,
}

/// Burn a raw image.
#[derive(Debug, clap::Args)]
pub struct Burn {
    /// The image: what `rawcd image` makes, or an image of IMAPI's raw image creator.
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
    #[command(flatten)]
    pub onto: Onto,
    /// What a sector of the image holds. Without it: what the file's size and its Q sub-channel say.
    #[arg(long, value_enum)]
    pub sector_type: Option<Sectors>,
    /// Sectors of the image before its first user sector; 22650 for one that begins at 95:00:00.
    /// Without it: what the image's Q sub-channel says.
    #[arg(long, value_name = "SECTORS")]
    pub lead_in_sectors: Option<i32>,
    /// Which discs may be written.
    #[arg(long, value_enum, default_value_t = Policy::BlankOnly)]
    pub policy: Policy,
    /// Do not read the disc back. GOOD proves nothing: a real drive has answered it 147,198 times and left
    /// a blank disc.
    #[arg(long)]
    pub no_verify: bool,
    /// Write this real disc without asking.
    #[arg(long, requires = "device")]
    pub yes_write_this_disc: bool,
}

/// Where to.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false, id = "where")]
pub struct Onto {
    /// A disc file; it is put into a simulated drive, and saved when the burn is over.
    #[arg(long, value_name = "FILE", group = "where")]
    pub disc: Option<PathBuf>,
    /// A real drive such as /dev/sr0.
    #[arg(long, value_name = "DEVICE", group = "where")]
    pub device: Option<String>,
    /// Which simulated drive: a name, or a RON file.
    #[arg(long, value_name = "NAME|FILE", default_value = "reference", conflicts_with = "device")]
    pub personality: String,
}

/// What a sector of a raw image holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Sectors {
    /// 2368 bytes: main channel, P and Q.
    PqOnly,
    /// 2448 bytes: main channel, P and Q, R to W as packs.
    Cooked,
    /// 2448 bytes: main channel, P to W as recorded.
    Raw,
}

/// Which discs may be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Policy {
    /// Blank ones.
    BlankOnly,
    /// Those too to which a session can be added.
    Appendable,
}
