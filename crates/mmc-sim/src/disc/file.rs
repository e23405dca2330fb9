//! A disc as one file: what is recorded, by [`Store::save`], and what the disc is, as its description.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cd_format::Lba;
use cd_format::atip::Atip;
use serde::{Deserialize, Serialize};

use super::{Damage, Defect, Disc, DiscState, Laid, SceneError};
use crate::scene::{DiscKind, DiscScene};
use crate::store::{FIRST, LAST, LoadError, SaveError, Store};

/// Of the description; a file of another is refused.
const VERSION: u32 = 1;
/// Of a description with defects, which older readers would not understand.
const VERSION_WITH_DEFECTS: u32 = 2;

/// What the file says of a disc besides its frames, in RON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    version: u32,
    kind: DiscKind,
    atip: Option<Atip>,
    state: DiscState,
    mcn: Option<[u8; 13]>,
    cd_text: Vec<[u8; 18]>,
    identification: Option<u32>,
    formatted: bool,
    laid: Option<LaidOut>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    defects: Vec<Defect>,
}

/// The sessions that a scene laid out, whose frames need no room: the scene, and which of their frames
/// are still there.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LaidOut {
    scene: DiscScene,
    runs: Vec<(Lba, Lba)>,
}

impl LaidOut {
    fn of(disc: &Disc) -> Option<Self> {
        let runs: Vec<(Lba, Lba)> = disc.laid.runs().map(|run| (run.start, run.end)).collect();
        let scene = disc.scene.as_deref().filter(|_| !runs.is_empty())?.clone();
        Some(Self { scene, runs })
    }

    fn restore(&self) -> Result<Laid, SceneError> {
        let mut laid = Disc::build(&self.scene)?.laid;
        let mut kept = FIRST;
        for (start, end) in &self.runs {
            laid.erase(&(kept..*start));
            kept = kept.max(*end);
        }
        laid.erase(&(kept..LAST + 1));
        Ok(laid)
    }
}

/// Why a disc was not loaded or saved.
#[derive(Debug, thiserror::Error)]
pub enum DiscFileError {
    /// The file is not a whole disc file.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The file could not be written; what was there before still is.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The description cannot be read.
    #[error("{}: description: {source}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where in the description, and why.
        source: Box<ron::error::SpannedError>,
    },
    /// The description cannot be written. Does not happen.
    #[error("{}: description: {source}", .path.display())]
    Describe {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<ron::Error>,
    },
    /// The description is of a disc that cannot be.
    #[error("{}: description: {why}", .path.display())]
    Impossible {
        /// The file.
        path: PathBuf,
        /// What does not go together.
        why: String,
    },
}

impl Disc {
    /// Saves the disc. A file that is there is replaced in one step, when all is written; not by a disc that
    /// could never be loaded again.
    pub fn save(&self, path: &Path) -> Result<(), DiscFileError> {
        match self.contradiction() {
            Some(why) => Err(DiscFileError::Impossible { path: path.to_owned(), why }),
            None => self.write(path),
        }
    }

    fn write(&self, path: &Path) -> Result<(), DiscFileError> {
        let description = Description {
            version: if self.damage.is_empty() { VERSION } else { VERSION_WITH_DEFECTS },
            kind: self.kind,
            atip: self.atip.clone(),
            state: self.state.clone(),
            mcn: self.mcn,
            cd_text: self.cd_text.clone(),
            identification: self.identification,
            formatted: self.formatted,
            laid: LaidOut::of(self),
            defects: self.damage.defects().to_vec(),
        };
        let text = ron::to_string(&description)
            .map_err(|source| DiscFileError::Describe { path: path.to_owned(), source: Box::new(source) })?;
        Ok(self.store.save(path, text.as_bytes())?)
    }

    /// Loads a disc: all of it or nothing. A torn or altered file is an error that says where.
    ///
    /// The frames are checked and stay in the file until they are asked for; then they are checked again.
    pub fn load(path: &Path) -> Result<Self, DiscFileError> {
        let (store, text) = Store::open(path)?;
        Self::described(store, &text, path)
    }

    fn described(store: Store, text: &[u8], path: &Path) -> Result<Self, DiscFileError> {
        let described: Description = ron::de::from_bytes(text)
            .map_err(|source| DiscFileError::Syntax { path: path.to_owned(), source: Box::new(source) })?;
        let laid =
            described.laid.as_ref().map(LaidOut::restore).transpose().map_err(|error| {
                DiscFileError::Impossible { path: path.to_owned(), why: error.to_string() }
            })?;
        let mut disc = Self {
            kind: described.kind,
            atip: described.atip,
            state: described.state,
            mcn: described.mcn,
            cd_text: described.cd_text,
            identification: described.identification,
            formatted: described.formatted,
            store,
            laid: laid.unwrap_or_default(),
            damage: Damage::default(),
            scene: described.laid.map(|laid| Arc::new(laid.scene)),
        };
        for defect in described.defects {
            disc.damage(defect).map_err(|error| DiscFileError::Impossible {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        }
        let version = described.version;
        let other = (![VERSION, VERSION_WITH_DEFECTS].contains(&version))
            .then(|| format!("version {version}, expected {VERSION} or {VERSION_WITH_DEFECTS}"));
        match other.or_else(|| disc.contradiction()) {
            Some(why) => Err(DiscFileError::Impossible { path: path.to_owned(), why }),
            None => Ok(disc),
        }
    }
}

#[cfg(test)]
mod tests {
    use cd_format::RecordedFrames;

    use super::*;
    use crate::scene::{Content, End, SessionScene, TrackScene, Written};
    use crate::store::FRAME;

    fn scene() -> DiscScene {
        let track = TrackScene {
            content: Content::Audio,
            blocks: 400,
            copy: false,
            pre_emphasis: false,
            isrc: Some("DEA400000001".to_owned()),
            reserved: false,
        };
        let session = SessionScene {
            tracks: vec![track.clone(), track],
            written: Written::Sao,
            format: Default::default(),
        };
        DiscScene {
            sessions: vec![session.clone(), session],
            end: End::Appendable,
            mcn: Some("0012345678905".to_owned()),
            ..DiscScene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap())
        }
    }

    #[test]
    fn a_disc_comes_back_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc.rawcd");
        let disc = Disc::build(&scene()).unwrap();
        disc.save(&path).unwrap();
        let back = Disc::load(&path).unwrap();
        assert_eq!((back.kind, &back.state, back.mcn), (disc.kind, &disc.state, disc.mcn));
        let (runs, mut a, mut b) = (disc.frames().runs(), [0; FRAME], [0; FRAME]);
        assert_eq!(back.frames().runs(), runs);
        for lba in [Lba(-11_634), Lba(-150), Lba(0), Lba(799), Lba(800)] {
            disc.read_frames(lba, &mut a).unwrap();
            back.read_frames(lba, &mut b).unwrap();
            assert!(a == b, "LBA {lba}");
        }
    }

    #[test]
    fn a_description_that_cannot_be_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc.rawcd");
        let sound = Disc::build(&scene()).unwrap();
        type Spoil = fn(&mut Disc);
        let spoilt: [(Spoil, &str); 5] = [
            (|disc| disc.atip = None, "pregroove"),
            (|disc| disc.store = Store::rewritable(), "kind of frames"),
            (|disc| disc.state = DiscState::Complete { closed: Vec::new() }, "without a session"),
            (|disc| disc.mcn = Some([0; 13]), "13 digits"),
            (
                |disc| {
                    if let DiscState::Appendable { closed } = &mut disc.state {
                        closed.reverse();
                    }
                },
                "session 2 in place 1",
            ),
        ];
        for (spoil, reason) in spoilt {
            let mut disc = sound.clone();
            spoil(&mut disc);
            disc.write(&path).unwrap();
            let error = Disc::load(&path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            // Nor is it saved: what was there before still is.
            sound.save(&path).unwrap();
            let error = disc.save(&path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert_eq!(Disc::load(&path).unwrap().state, sound.state);
        }
    }
}
