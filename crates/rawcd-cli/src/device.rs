//! Opening what the user names: a real drive, here or on the network, a personality, a medium.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mmc_conformance::fixture::Medium;
use mmc_conformance::media::Media;
use mmc_conformance::source::Source;
use mmc_conformance::{syntax, text_file};
use mmc_sim::{Drive, Personality, Scene};
use scsi_iscsi::initiator::{Chap, Credentials};
use scsi_iscsi::{Initiator, IscsiUrl};
use scsi_passthrough::{Access, Device};
use scsi_transport::{Transport, TransportError};

use crate::failure::Failure;

/// Opens a real drive of this machine.
fn open(path: &str, access: Access) -> Result<Device, Failure> {
    Device::open(Path::new(path), access).map_err(|error| match error {
        TransportError::AccessDenied(why) => {
            Failure::new(why).hint("`rawcd drives` says who may open it and who holds it")
        }
        TransportError::Gone(why) | TransportError::Host(why) => {
            Failure::new(why).hint("`rawcd drives` lists the drives of this machine")
        }
        other => Failure::new(format_args!("{path}: {other}")),
    })
}

/// How a real drive is opened; in tests a simulated one poses as it.
pub type Opener<'a> = &'a dyn Fn(&str, Access) -> Result<Box<dyn Transport + Send>, Failure>;

/// The [`Opener`] that opens real drives: of this machine, or behind an iSCSI target.
pub fn real(name: &str, access: Access) -> Result<Box<dyn Transport + Send>, Failure> {
    if name.starts_with("iscsi://") { network(name) } else { Ok(Box::new(open(name, access)?)) }
}

/// Logs in to the drive of an iSCSI target, `iscsi://[USER@]HOST[:PORT]/TARGET/0`.
fn network(url: &str) -> Result<Box<dyn Transport + Send>, Failure> {
    let url: IscsiUrl = url.parse().map_err(Failure::new)?;
    let mut options = scsi_iscsi::initiator::Options::default();
    if let Some(user) = &url.user {
        let secret = std::env::var_os(SECRET).ok_or_else(|| {
            Failure::new(format_args!("{user}'s secret is not known")).hint(format!("put it into {SECRET}"))
        })?;
        options.chap = Some(Chap {
            initiator: Credentials { name: user.clone(), secret: secret.into_encoded_bytes() },
            target: None,
        });
    }
    let drive = Initiator::connect(&url, options)
        .map_err(|error| Failure::new(format_args!("{}: {error}", url.target)))?;
    Ok(Box::new(drive))
}

/// Where a secret is that must not stand in a command line.
const SECRET: &str = "RAWCD_CHAP_SECRET";

/// Makes a simulated drive.
pub fn simulate(personality: &str, medium: &str) -> Result<Drive, Failure> {
    let scene = self::medium(medium)?;
    Drive::new(self::personality(personality)?, &scene)
        .map_err(|error| Failure::new(format_args!("medium {medium}: {error}")))
}

/// Reads a personality: one of ours by name, or a file.
pub fn personality(name: &str) -> Result<Personality, Failure> {
    if let Some(builtin) = Personality::builtin(name) {
        return Ok(builtin);
    }
    if !is_file_name(name) {
        return Err(Failure::new(format_args!("no personality is called `{name}`"))
            .hint(format!("there are: {}", Personality::builtin_names().join(", "))));
    }
    let text = read(Path::new(name))?;
    Personality::from_ron(&text).map_err(|error| {
        let source = Arc::new(Source::new(name, text.as_str()));
        // What is wrong with the text has a place in it; what is wrong with the drive has none.
        match syntax::read::<Personality>(&text) {
            Err(fault) => Failure::complaint(&fault.complain(&source, 0)),
            Ok(_) => Failure::new(format_args!("{name}: {error}")),
        }
    })
}

/// Reads a medium: one of ours by name, or a file.
pub fn medium(name: &str) -> Result<Scene, Failure> {
    let path =
        if is_file_name(name) { PathBuf::from(name) } else { media_folder()?.join(format!("{name}.ron")) };
    if !path.exists() && !is_file_name(name) {
        return Err(Failure::new(format_args!("no medium is called `{name}`"))
            .hint(format!("there are: {}", media()?.join(", "))));
    }
    let source = Arc::new(Source::new(&path, read(&path)?));
    let mut media = Media::default();
    media.add(name, &source).map_err(|complaint| Failure::complaint(&complaint))?;
    media
        .scene(&Medium::Named(name.to_owned()))
        .ok_or_else(|| Failure::new(format_args!("{name} is no medium")))
}

/// The names of the media.
pub fn media() -> Result<Vec<String>, Failure> {
    let folder = media_folder()?;
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| Failure::new(format_args!("{}: {error}", folder.display())))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".ron").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

fn media_folder() -> Result<PathBuf, Failure> {
    fixtures().map(|fixtures| fixtures.join("media"))
}

/// The fixtures of this project: `fixtures` in the current folder, else beside the source that the
/// program was built from.
pub fn fixtures() -> Result<PathBuf, Failure> {
    let built_from = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    [PathBuf::from("fixtures"), PathBuf::from(built_from)]
        .into_iter()
        .find(|folder| folder.join("media").is_dir())
        .ok_or_else(|| {
            Failure::new("the folder `fixtures` is not here")
                .hint("run rawcd in a checkout of the project, or name a folder with --fixtures")
        })
}

fn is_file_name(name: &str) -> bool {
    name.ends_with(".ron") || name.contains(std::path::MAIN_SEPARATOR)
}

fn read(path: &Path) -> Result<String, Failure> {
    text_file::read(path).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))
}
