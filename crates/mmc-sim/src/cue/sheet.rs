//! Reading a cue sheet, entry by entry, in the order in which they have to come.

use cd_format::address::PREGAP_FRAMES;
use cd_format::session::MINIMUM_TRACK_FRAMES;
use cd_format::sub_channel::{Isrc, Mcn, TrackLayout};
use cd_format::{Lba, Msf};
use mmc_wire::block::cue_sheet::{CueEntry, CuePosition, CueSheet, MainForm, Sent, SubForm};

use super::{Misfit, Region, Room};

/// What the entries say.
pub(super) struct Read {
    pub mcn: Option<Mcn>,
    pub tracks: Vec<TrackLayout>,
    pub regions: Vec<Region>,
    pub lead_out: Lba,
}

/// Reads all of a sheet.
pub(super) fn read(sheet: &CueSheet, room: Room) -> Result<Read, Misfit> {
    let mut reader = Reader { entries: &sheet.entries, at: 0 };
    let mcn = reader.catalogue()?;
    let lead_in = reader.here();
    let mut session = Building { room, lead_in, regions: Vec::new(), tracks: Vec::new(), isrc: None };
    session.lead_in(&mut reader)?;
    let lead_out = loop {
        if let Some((track, isrc)) = reader.recording()? {
            session.isrc = Some((track, isrc));
            continue;
        }
        let (here, position) = reader.position()?;
        if position.track == CuePosition::LEAD_OUT {
            break session.lead_out(here, position)?;
        }
        session.index(here, position)?;
    };
    if reader.at < sheet.entries.len() {
        // Nothing comes behind the lead-out.
        return Err(reader.here().field(0, None));
    }
    Ok(Read { mcn, tracks: session.tracks, regions: session.regions, lead_out })
}

/// An entry's place in the sheet.
#[derive(Clone, Copy)]
struct Here(usize);

impl Here {
    const fn field(self, byte: usize, bit: Option<u8>) -> Misfit {
        Misfit { byte: self.0 * CueSheet::ENTRY_BYTES + byte, bit }
    }

    const fn control(self) -> Misfit {
        self.field(0, Some(7))
    }

    const fn adr(self) -> Misfit {
        self.field(0, Some(3))
    }

    const fn track(self) -> Misfit {
        self.field(1, Some(7))
    }

    const fn index(self) -> Misfit {
        self.field(2, Some(7))
    }

    const fn sub_form(self) -> Misfit {
        self.field(3, Some(7))
    }

    const fn main_form(self) -> Misfit {
        self.field(3, Some(5))
    }

    const fn time(self) -> Misfit {
        self.field(5, Some(7))
    }
}

struct Reader<'a> {
    entries: &'a [CueEntry],
    at: usize,
}

impl Reader<'_> {
    const fn here(&self) -> Here {
        Here(self.at)
    }

    fn next(&mut self) -> Result<(Here, CueEntry), Misfit> {
        let here = self.here();
        // Where the sheet ends too early, the first byte that is missing is at fault.
        let entry = *self.entries.get(self.at).ok_or(here.field(0, None))?;
        self.at += 1;
        Ok((here, entry))
    }

    fn position(&mut self) -> Result<(Here, CuePosition), Misfit> {
        match self.next()? {
            (here, CueEntry::Position(position)) => Ok((here, position)),
            (here, CueEntry::Catalogue { .. } | CueEntry::Recording { .. }) => Err(here.adr()),
        }
    }

    /// Both entries of the catalogue number, if they are next.
    fn catalogue(&mut self) -> Result<Option<Mcn>, Misfit> {
        let Some(CueEntry::Catalogue { digits: first, .. }) = self.entries.get(self.at) else {
            return Ok(None);
        };
        let start = self.here();
        self.at += 1;
        let (here, CueEntry::Catalogue { digits: second, .. }) = self.next()? else {
            return Err(Here(self.at - 1).adr());
        };
        let [a, b, c, d, e, f, g] = *first;
        let [h, i, j, k, l, m, zero] = second;
        if zero != 0 {
            return Err(here.field(7, Some(7)));
        }
        let ascii = [a, b, c, d, e, f, g, h, i, j, k, l, m];
        if let Some(n) = ascii.iter().position(|byte| !byte.is_ascii_digit()) {
            let place = if n < 7 { start.field(1 + n, Some(7)) } else { here.field(n - 6, Some(7)) };
            return Err(place);
        }
        Ok(Mcn::from_digits(ascii.map(|byte| byte - b'0')))
    }

    /// Both entries of a recording code, if they are next, and the track that it is of.
    fn recording(&mut self) -> Result<Option<(u8, Isrc)>, Misfit> {
        let Some(CueEntry::Recording { track, characters: first, .. }) = self.entries.get(self.at).copied()
        else {
            return Ok(None);
        };
        let start = self.here();
        self.at += 1;
        let (here, CueEntry::Recording { track: again, characters: second, .. }) = self.next()? else {
            return Err(Here(self.at - 1).adr());
        };
        if again != track {
            return Err(here.track());
        }
        let [a, b, c, d, e, f] = first;
        let [g, h, i, j, k, l] = second;
        let ascii = [a, b, c, d, e, f, g, h, i, j, k, l];
        let fits = |n: usize, byte: &u8| {
            if n < 5 { byte.is_ascii_uppercase() || byte.is_ascii_digit() } else { byte.is_ascii_digit() }
        };
        if let Some(n) = ascii.iter().enumerate().position(|(n, byte)| !fits(n, byte)) {
            let place = if n < 6 { start.field(2 + n, Some(7)) } else { here.field(n - 4, Some(7)) };
            return Err(place);
        }
        Ok(Isrc::from_ascii(ascii).map(|isrc| (track, isrc)))
    }
}

/// The session so far.
struct Building {
    room: Room,
    /// The lead-in's entry.
    lead_in: Here,
    regions: Vec<Region>,
    tracks: Vec<TrackLayout>,
    /// A code that waits for its track.
    isrc: Option<(u8, Isrc)>,
}

impl Building {
    /// The lead-in's entry. Its time is 00:00:00, or the lead-in's own, or the program area's: hosts
    /// and drives differ (MMC-5 "Cue Sheet" asks for the lead-in's own, many drives for zero).
    fn lead_in(&mut self, reader: &mut Reader<'_>) -> Result<(), Misfit> {
        let (here, position) = reader.position()?;
        if position.track != 0 {
            return Err(here.track());
        }
        if position.index != 0 {
            return Err(here.index());
        }
        let (main, sub) = forms(here, position)?;
        if main.sent() != Sent::Nothing {
            return Err(here.main_form());
        }
        let [m, s, f] = position.time;
        let time = Msf::new(m, s, f).map_err(|_| here.time())?;
        let legal = [Lba(-150), self.room.lead_in, self.room.program];
        if !legal.contains(&time.to_lba()) && !legal.contains(&time.to_program_lba()) {
            return Err(here.time());
        }
        self.regions.push(Region { start: self.room.lead_in, end: self.room.program, main, sub });
        Ok(())
    }

    /// An index of a track.
    fn index(&mut self, here: Here, position: CuePosition) -> Result<(), Misfit> {
        let start = address(here, position)?;
        let (main, sub) = forms(here, position)?;
        if main.is_data() != position.control.is_data() {
            return Err(here.main_form());
        }
        match self.tracks.last() {
            Some(track) if track.number == position.track => {
                self.next_index(here, position, start)?;
                self.same_mode(here, main)?;
            }
            Some(_) => self.next_track(here, position, start)?,
            None => {
                self.next_track(here, position, start)?;
                self.fitting_lead_in(main)?;
            }
        }
        self.begin(here, Region { start, end: start, main, sub })
    }

    /// The sectors of a track are of one mode (ECMA-130 20, tracks), and so is the one entry of its pause:
    /// of a pre-gap the last two seconds have the track's.
    fn same_mode(&self, here: Here, main: MainForm) -> Result<(), Misfit> {
        match self.regions.last() {
            Some(before) if mode_of(before.main) != mode_of(main) => Err(here.main_form()),
            Some(_) | None => Ok(()),
        }
    }

    /// A lead-in may be silent before data (SCSI-2, CD-ROM model, example of a disc), but there are no
    /// sectors before sound.
    fn fitting_lead_in(&self, first: MainForm) -> Result<(), Misfit> {
        match self.regions.first() {
            Some(lead_in) if lead_in.main.is_data() && !first.is_data() => Err(self.lead_in.main_form()),
            Some(_) | None => Ok(()),
        }
    }

    /// The first entry of a track.
    fn next_track(&mut self, here: Here, position: CuePosition, start: Lba) -> Result<(), Misfit> {
        self.check_last_track(here, start)?;
        let expected = self.tracks.last().map(|track| track.number + 1).or(self.room.first_track);
        if !matches!(position.track, 1..=99) || expected.is_some_and(|number| number != position.track) {
            return Err(here.track());
        }
        if position.index > 1 || (self.tracks.is_empty() && position.index != 0) {
            return Err(here.index());
        }
        if self.tracks.is_empty() && start != self.room.program {
            return Err(here.time());
        }
        let isrc = match self.isrc.take() {
            Some((track, _)) if track != position.track => return Err(here.track()),
            waiting => waiting.map(|(_, isrc)| isrc),
        };
        self.tracks.push(TrackLayout {
            number: position.track,
            control: position.control,
            alternate_copy: alternate_copy(here, position)?,
            pregap: start,
            start: if position.index == 0 { NOT_YET } else { start },
            indexes: Vec::new(),
            isrc,
        });
        Ok(())
    }

    /// A further entry of a track.
    fn next_index(&mut self, here: Here, position: CuePosition, start: Lba) -> Result<(), Misfit> {
        let first = self.tracks.len() == 1;
        let Some(track) = self.tracks.last_mut() else { return Err(here.track()) };
        if position.control != track.control {
            return Err(here.control());
        }
        if alternate_copy(here, position)? != track.alternate_copy {
            return Err(here.field(4, Some(7)));
        }
        if self.isrc.is_some() {
            // The code of a track comes before its first index.
            return Err(here.track());
        }
        if track.start == NOT_YET {
            if position.index != 1 {
                return Err(here.index());
            }
            // The first pause has 150 blocks at least.
            if first && start - track.pregap < PREGAP_FRAMES {
                return Err(here.time());
            }
            track.start = start;
        } else {
            let expected = 2 + track.indexes.len();
            if expected > 99 || usize::from(position.index) != expected {
                return Err(here.index());
            }
            track.indexes.push(start);
        }
        Ok(())
    }

    /// The lead-out's entry.
    fn lead_out(&mut self, here: Here, position: CuePosition) -> Result<Lba, Misfit> {
        if self.tracks.is_empty() || self.isrc.is_some() {
            return Err(here.track());
        }
        if position.index != 1 {
            return Err(here.index());
        }
        let start = address(here, position)?;
        self.check_last_track(here, start)?;
        let (main, sub) = forms(here, position)?;
        if main.sent() != Sent::Nothing {
            return Err(here.main_form());
        }
        // It is of the last track's kind (ECMA-130 22.3 "Q-channel", control).
        if self.regions.last().is_some_and(|last| last.main.is_data() != main.is_data()) {
            return Err(here.main_form());
        }
        // Nobody sends a lead-out's sub-channel: SYNCHRONIZE CACHE comes before it.
        if sub != SubForm::None {
            return Err(here.sub_form());
        }
        alternate_copy(here, position)?;
        if start > self.room.last_lead_out {
            return Err(here.time());
        }
        self.begin(here, Region { start, end: start, main, sub })?;
        Ok(start)
    }

    /// The track before must have an index 1, and four seconds from there.
    fn check_last_track(&self, here: Here, end: Lba) -> Result<(), Misfit> {
        match self.tracks.last() {
            Some(track) if track.start == NOT_YET => Err(here.track()),
            Some(track) if end - track.start < MINIMUM_TRACK_FRAMES => Err(here.time()),
            _ => Ok(()),
        }
    }

    /// A region begins, and so the one before ends.
    fn begin(&mut self, here: Here, region: Region) -> Result<(), Misfit> {
        if let Some(last) = self.regions.last_mut() {
            if region.start <= last.start {
                return Err(here.time());
            }
            last.end = region.start;
        }
        self.regions.push(region);
        Ok(())
    }
}

/// The mode that sectors of a form have; sound has none.
const fn mode_of(main: MainForm) -> Option<u8> {
    match main {
        MainForm::Audio(_) => None,
        MainForm::Mode1(_) => Some(1),
        MainForm::Xa(_) | MainForm::Mode2(_) => Some(2),
    }
}

/// Index 1 has not come yet. No time of a sheet is this.
const NOT_YET: Lba = Lba(i32::MAX);

fn forms(here: Here, position: CuePosition) -> Result<(MainForm, SubForm), Misfit> {
    let sub = position.form.sub_channel().ok_or(here.sub_form())?;
    let main = position.form.main().ok_or(here.main_form())?;
    Ok((main, sub))
}

fn address(here: Here, position: CuePosition) -> Result<Lba, Misfit> {
    let [m, s, f] = position.time;
    if m > 99 {
        return Err(here.field(5, Some(7)));
    }
    if s > 59 {
        return Err(here.field(6, Some(7)));
    }
    Msf::new(m, s, f).map(Msf::to_program_lba).map_err(|_| here.field(7, Some(7)))
}

fn alternate_copy(here: Here, position: CuePosition) -> Result<bool, Misfit> {
    match position.serial_copy {
        0 => Ok(false),
        CuePosition::ALTERNATE_COPY => Ok(true),
        _ => Err(here.field(4, Some(6))),
    }
}
