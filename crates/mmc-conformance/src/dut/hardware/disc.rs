//! The disc in a real drive: made what a case needs, and looked after when the case is over.

use mmc_sim::scene::DiscScene;
use mmc_sim::{DiscKind, Scene};

use super::super::Refusal;
use super::super::compose::{compose, shortened, unrecordable};
use super::super::fit::{is_about_its_disc, wanted};
use super::super::guard::Grant;
use super::super::inspect::{InDrive, Seen};
use super::super::settle::{After, LONGEST, erase, settle};
use super::{Hardware, locked};
use crate::fixture::Risk;
use crate::suite::Case;

impl Hardware {
    /// Makes sure that the disc is the one that was agreed to, and in the state that a writing case needs.
    pub(super) fn prepare(&mut self, case: &Case, there: &InDrive) -> Result<InDrive, Refusal> {
        let Some(held) = &self.held else {
            return Err(Refusal::Ignored("may write to the disc, and this run is read-only".into()));
        };
        if let Some(why) = &held.ended {
            return Err(Refusal::Ignored(format!("may write to the disc, and that has ended: {why}")));
        }
        if held.is_used_up() {
            let reason = "needs a blank CD-R, and the one that was agreed to has been recorded on";
            return Err(Refusal::Ignored(reason.into()));
        }
        self.is_still(there).map_err(|why| Refusal::Broken(format!("nothing is written any more: {why}")))?;
        let needs = self.needs(case, Grant::Disc, there)?;
        let (InDrive::Disc(there), Some(make)) = (there, needs.make) else { return Ok(needs.disc) };
        let made = self.made(there, &make, &needs.disc).map_err(|why| self.stopped(why))?;
        let told = locked(&self.drive).take_changed();
        match told {
            None => Ok(InDrive::Disc(made)),
            Some(sense) => Err(self.stopped(format!("the drive says {sense}: the disc may be another"))),
        }
    }

    /// Looks whether the disc is the one that was agreed to, as the last case left it; else writing ends. A disc
    /// that was changed while nothing was written is found out here.
    pub(super) fn is_as_left(&mut self) -> Result<(), String> {
        if self.held.as_ref().is_none_or(|held| held.ended.is_some()) {
            return Ok(());
        }
        match self.look() {
            Ok(there) => self.is_still(&there),
            Err(why) => self.ended(why),
        }
    }

    /// The same of a disc that has just been looked at.
    fn is_still(&mut self, there: &InDrive) -> Result<(), String> {
        let told = locked(&self.drive).take_changed();
        let another = told.map(|sense| format!("the drive says {sense}: the disc may be another"));
        match another.or_else(|| self.held.as_ref().and_then(|held| held.another(there))) {
            Some(why) => self.ended(why),
            None => Ok(()),
        }
    }

    /// Ends all writing.
    fn ended(&mut self, why: String) -> Result<(), String> {
        if let Some(held) = &mut self.held {
            held.ended = Some(why.clone());
        }
        Err(why)
    }

    /// Makes the CD-RW the disc that a case needs.
    fn made(&mut self, there: &Seen, make: &DiscScene, needed: &InDrive) -> Result<Seen, String> {
        let mut seen = if there.status == "blank" { there.clone() } else { self.erased(there)? };
        if !make.sessions.is_empty() {
            let Some(settings) = &self.settings else {
                return Err("the drive's settings are not known".into());
            };
            let mut drive = locked(&self.drive);
            drive.grant(Grant::Disc);
            let notice = &mut self.notice;
            let mut tell = |progress: Option<u16>| notice(&told("recording what the case needs", progress));
            let done = compose(&mut *drive, settings, make, &mut tell);
            drive.grant(Grant::Nothing);
            self.consumed.recorded += 1;
            done?;
            drop(drive);
            self.restore();
            seen = self.seen_again(there)?;
        }
        match needed {
            InDrive::Disc(needed) if seen.is_like(needed) && seen.lies_as(needed) => Ok(seen),
            needed => Err(format!(
                "{needed} was to be recorded, and there is {seen}, with other addresses or tracks"
            )),
        }
    }

    /// Looks at the disc after something was done to it.
    fn seen_again(&mut self, before: &Seen) -> Result<Seen, String> {
        match self.look()? {
            InDrive::Disc(seen) if seen.is_of_the_make(before) => {
                if let Some(held) = &mut self.held {
                    held.left = seen.clone();
                }
                Ok(seen)
            }
            other => Err(format!("{before} was written to, and there is {other}")),
        }
    }

    /// Erases the CD-RW.
    pub(super) fn erased(&mut self, disc: &Seen) -> Result<Seen, String> {
        if disc.kind != Some(DiscKind::CdRw) {
            return Err(format!("{disc} cannot be erased"));
        }
        let mut drive = locked(&self.drive);
        drive.grant(Grant::Disc);
        if drive.granted() != Grant::Disc {
            return Err("the drive says that the disc may be another".into());
        }
        let notice = &mut self.notice;
        let done = erase(&mut *drive, &mut self.consumed.erased, &mut |progress| {
            notice(&told("erasing the CD-RW", progress));
        });
        drive.grant(Grant::Nothing);
        done?;
        drop(drive);
        self.seen_again(disc)
    }

    /// Looks after the case before: the drive has to be done, unlocked, set as it was found, and what the case
    /// left on the disc is noted.
    pub(super) fn tidy(&mut self) -> Result<(), String> {
        let Some(risk) = self.untidy.take() else { return Ok(()) };
        let mut drive = locked(&self.drive);
        let notice = &mut self.notice;
        let mut tell = |progress: Option<u16>| notice(&told("waiting for the drive", progress));
        let after = if drive.granted() == Grant::Disc { After::Recording } else { After::Anything };
        let done = settle(&mut *drive, after, LONGEST, &mut tell);
        drive.grant(Grant::Nothing);
        drop(drive);
        self.restore();
        let looked = done.and_then(|()| self.look());
        let changed = locked(&self.drive).take_changed();
        let Some(held) = &mut self.held else { return looked.map(|_| ()) };
        let why = match (looked, changed) {
            (Err(why), _) => why,
            (_, Some(sense)) => format!("the drive says {sense}: the disc may be another"),
            (Ok(InDrive::Disc(seen)), None) if seen.is_of_the_make(&held.agreed) => {
                if risk == Risk::MayWrite {
                    held.left = seen;
                    self.consumed.blanks = held.is_used_up().into();
                }
                return Ok(());
            }
            (Ok(other), None) => format!("{} was agreed to, and there is {other}", held.agreed),
        };
        if held.ended.is_some() {
            return Ok(());
        }
        held.ended = Some(why.clone());
        Err(why)
    }

    pub(super) fn restore(&self) {
        if let Some(settings) = &self.settings {
            settings.restore(&mut *locked(&self.drive));
        }
    }

    /// Ends all writing.
    fn stopped(&mut self, why: String) -> Refusal {
        let refusal = Refusal::Broken(format!("nothing is written any more: {why}"));
        let _ = self.ended(why);
        refusal
    }
}

/// `erasing the CD-RW: 45 %`.
fn told(what: &str, progress: Option<u16>) -> String {
    progress.map_or_else(|| what.to_owned(), |done| format!("{what}: {} %", u32::from(done) * 100 / 65536))
}

/// The disc that a case finds.
pub(crate) struct Needs {
    pub disc: InDrive,
    /// What has to be made of the CD-RW first.
    pub make: Option<DiscScene>,
}

/// What a CD-RW is made for a case that needs it in another state; a disc that is no CD-RW stays as it is.
pub(super) fn brought_about(case: &Case, scene: &Scene, there: &InDrive) -> Result<Needs, String> {
    let as_it_is = Needs { disc: there.clone(), make: None };
    let (InDrive::Disc(wanted), InDrive::Disc(there)) = (wanted(scene)?, there) else { return Ok(as_it_is) };
    if wanted.kind != Some(DiscKind::CdRw) || there.kind != wanted.kind {
        return Ok(as_it_is);
    }
    // A case that holds of any disc of its kind does not mind short tracks.
    let blank = wanted.status == "blank";
    let scene = if blank || is_about_its_disc(case, scene) { scene.clone() } else { shortened(scene) };
    let Some(make) = scene.disc.clone() else { return Ok(as_it_is) };
    if let Some(reason) = unrecordable(&make) {
        return Err(reason);
    }
    let InDrive::Disc(wanted) = self::wanted(&scene)? else { return Ok(as_it_is) };
    let (atip, pregroove) = (there.atip.clone(), there.pregroove.clone());
    Ok(Needs { disc: InDrive::Disc(Seen { atip, pregroove, ..wanted }), make: Some(make) })
}
