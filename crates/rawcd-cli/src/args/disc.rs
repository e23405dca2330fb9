//! The command line of discs: `rawcd disc`, `rawcd burn`, `rawcd rip`.

use std::ops::Range;
use std::path::PathBuf;

use cd_format::Msf;
use cd_image::{ReadOptions, SheetEncoding};
use clap::{Subcommand, ValueEnum};
use mmc_sim::store::{FIRST, LAST};

/// Make, show and compare simulated discs; each is one file.
#[derive(Debug, Subcommand)]
pub enum Disc {
    /// Make a disc file: a blank one, or one of fixtures/media.
    New(New),
    /// List disc files, a line each.
    Ls(Ls),
    /// Draw a disc: lead-ins, sessions, tracks, gaps, lead-outs, in proportion.
    Show(Show),
    /// Make a disc file from an image: CUE, TOC, CCD, ISO, a RON layout, or a raw image.
    Import(Import),
    /// Write a session of a disc as BIN/CUE, BIN/TOC, CCD/IMG/SUB or ISO, and say what is lost.
    Export(Export),
    /// Scratch a disc: some of its blocks read badly from now on. What is recorded stays.
    Damage(Damage),
    /// Look for what breaks a rule of the format. Exit status 1 for errors.
    Lint(Lint),
    /// Say where two discs differ. Exit status 1 when they do.
    Diff(Diff),
}

/// Make a disc file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd disc new my.disc\n  rawcd disc new mini.disc --kind cd-rw --last-lead-out 21:00:00\n  rawcd disc new two.disc --medium appendable-cdr-1"
)]
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
#[command(after_help = "Examples:\n  rawcd disc show my.disc\n  rawcd disc show my.disc --json")]
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

/// Make a disc file from an image.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd disc import album.cue album.disc\n  rawcd disc import data.iso data.disc --appendable"
)]
pub struct Import {
    /// The image.
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
    #[command(flatten)]
    pub disc: New,
    /// Let another session follow.
    #[arg(long)]
    pub appendable: bool,
    #[command(flatten)]
    pub reading: Reading,
}

/// How a sheet is read.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Reading {
    /// Let the sheet name files outside its own folder.
    #[arg(long)]
    pub allow_outside: bool,
    /// What a sheet is written in that is not UTF-8, such as shift_jis. Without it: windows-1252.
    #[arg(long, value_name = "NAME")]
    pub sheet_encoding: Option<SheetEncoding>,
}

impl Reading {
    /// The same for who reads.
    pub const fn options(&self) -> ReadOptions {
        ReadOptions { allow_outside: self.allow_outside, encoding: self.sheet_encoding }
    }
}

/// Scratch a disc.
#[derive(Debug, clap::Args)]
pub struct Damage {
    /// The disc file.
    #[arg(value_name = "DISC")]
    pub disc: PathBuf,
    /// Which blocks: `100..110` are ten, `100` is one.
    #[arg(long, value_name = "FIRST..END", value_parser = blocks, allow_hyphen_values = true)]
    pub range: Range<i32>,
    /// What comes of reading one.
    #[arg(long, value_enum)]
    pub kind: Harm,
    /// Bytes of a block that come wrong; `c2` only.
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    pub bytes: u16,
    /// Which bytes, and how: the same number gives the same errors; `c2` only.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
    /// So many readings of a block fail, and the next ones do not. Without it: all fail.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub recovers_after: u32,
    /// It is not a scratch but a bad recording, and gone when a CD-RW is erased.
    #[arg(long)]
    pub by_recording: bool,
}

/// Reads `100..110` or `100`.
fn blocks(text: &str) -> Result<Range<i32>, String> {
    let number = |text: &str| match text.parse::<i32>() {
        Ok(lba) if (FIRST.0..=LAST.0 + 1).contains(&lba) => Ok(lba),
        Ok(_) => Err(format!("{text} is not on a disc: expected {} to {}", FIRST.0, LAST.0)),
        Err(error) => Err(format!("{text:?}: {error}: expected a block's address, as -150 or 100")),
    };
    let range = match text.split_once("..") {
        Some((first, end)) => number(first)?..number(end)?,
        None => number(text)?..number(text)? + 1,
    };
    if range.is_empty() {
        Err("no block: expected FIRST..END with the end behind".to_owned())
    } else {
        Ok(range)
    }
}

/// What comes of reading a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Harm {
    /// Corrected by the first decoder, and nobody hears of it.
    C1,
    /// Some bytes come wrong, and flagged; layered correction repairs a few of them in data.
    C2,
    /// No byte comes right.
    Lost,
    /// Q comes with a bad CRC.
    Q,
    /// All of the sub-channel comes with errors.
    SubChannel,
    /// 3/02/00, no seek complete.
    NoSeek,
    /// 3/15/00, random positioning error.
    Positioning,
    /// 4/09/01, tracking servo failure.
    Tracking,
    /// 4/09/02, focus servo failure.
    Focus,
}

/// Write a session of a disc file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd disc export my.disc copy.cue\n  rawcd disc export my.disc second.iso --session 2"
)]
pub struct Export {
    /// The disc file.
    #[arg(value_name = "DISC")]
    pub disc: PathBuf,
    #[command(flatten)]
    pub part: Part,
}

/// What of a disc to write, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct Part {
    /// The file to write; its name says in which format: .cue, .toc, .ccd, .iso.
    #[arg(value_name = "FILE")]
    pub output: PathBuf,
    /// Which session.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub session: u8,
    /// Which track, for .iso. Without it: the session's first data track.
    #[arg(long, value_name = "NUMBER")]
    pub track: Option<u8>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// Look for what breaks a rule of the format.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  rawcd lint my.disc\n  rawcd lint album.cue\n  rawcd lint --rules")]
pub struct Lint {
    /// A disc file, or a sheet.
    #[arg(value_name = "DISC", required_unless_present = "rules")]
    pub disc: Option<PathBuf>,
    /// List the rules.
    #[arg(long)]
    pub rules: bool,
    /// For a program.
    #[arg(long)]
    pub json: bool,
}

/// Read a disc through a drive. Exit status 1 when blocks could not be read.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd rip data.iso --device /dev/sr0\n  rawcd rip copy.ccd --disc my.disc --session 2"
)]
pub struct Rip {
    #[command(flatten)]
    pub part: Part,
    #[command(flatten)]
    pub from: Onto,
    /// What to do about a block that cannot be read.
    #[arg(long, value_enum, default_value_t = OnError::Skip)]
    pub on_error: OnError,
    /// How often to read such a block again.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    pub retries: u32,
}

/// What to do about a block that cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum OnError {
    /// End there, and say where. Exit status 2.
    Stop,
    /// Put zeros in its place, go on, and name all of them at the end. Exit status 1.
    Skip,
}

/// Make a raw image of a sheet.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd image album.cue album.raw\n  rawcd image more.iso second.raw --after my.disc"
)]
pub struct Image {
    /// CUE, TOC, CCD, RON layout or ISO: tracks from WAV, raw PCM, ISO and raw-sector files.
    #[arg(value_name = "SHEET")]
    pub sheet: PathBuf,
    /// The image to make: 2448 bytes a sector, from 95:00:00 on unless --after names a disc.
    #[arg(value_name = "IMAGE")]
    pub output: PathBuf,
    /// Make it for this disc file: its next session.
    #[arg(long, value_name = "DISC")]
    pub after: Option<PathBuf>,
    /// Let another session follow.
    #[arg(long)]
    pub appendable: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// Compare two discs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  rawcd disc diff my.disc copy.disc")]
pub struct Diff {
    /// A disc file.
    #[arg(value_name = "DISC")]
    pub left: PathBuf,
    /// Another.
    #[arg(value_name = "OTHER")]
    pub right: PathBuf,
}

/// Burn an image.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rawcd burn album.cue --disc my.disc\n  rawcd burn data.iso --disc my.disc --appendable\n  rawcd burn more.iso --disc my.disc --policy appendable\n  rawcd burn album.raw --device /dev/sr0 --strict"
)]
pub struct Burn {
    /// A sheet (CUE, TOC, CCD, ISO, RON), or a raw image of `rawcd image` or IMAPI's image creator.
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
    /// Let another session follow; sheets only, a raw image says it itself.
    #[arg(long)]
    pub appendable: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// Do not read the disc back. GOOD proves nothing: a real drive has answered it 147,198 times and left
    /// a blank disc.
    #[arg(long)]
    pub no_verify: bool,
    /// Look at the whole image before the burn, as is done before every burn on a real disc, and write nothing
    /// if it breaks a rule of the format.
    #[arg(long)]
    pub strict: bool,
    /// Write this real disc without asking.
    #[arg(long, requires = "device")]
    pub yes_write_this_disc: bool,
}

/// Where the disc is.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("where").required(true).multiple(false))]
pub struct Onto {
    /// A disc file; it is put into a simulated drive, and saved when the burn is over.
    #[arg(long, value_name = "FILE", group = "where")]
    pub disc: Option<PathBuf>,
    /// A real drive such as /dev/sr0, or one on the network: iscsi://HOST/TARGET/0.
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
