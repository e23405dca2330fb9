//! Discs that are made block by block when read: as the encoders of `cd-format` have them, and with
//! edits where a test wants them wrong.

#![allow(dead_code, reason = "each test program takes what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests: a panic is their answer")]

use std::collections::BTreeMap;
use std::ops::Range;

use cd_format::cd_text::CdTextPack;
use cd_format::lead_in::Contents;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{HeaderAddress, Sector, SectorMode, SubHeader, build};
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES};
use cd_format::sub_channel::cd_text_symbols::cd_text_sector;
use cd_format::sub_channel::interleave::{q_frame, set_pq};
use cd_format::sub_channel::rw_pack::{PACKS_PER_SECTOR, RwPack};
use cd_format::sub_channel::{
    Isrc, Mcn, QFrame, Rules, RwInterleaver, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan, TrackLayout,
};
use cd_format::{Atip, Control, DiscType, FRAME_BYTES, Lba, Msf, RecordedFrames, TocEntry};
use cd_lint::Options;

/// First block of the first lead-in.
pub const LEAD_IN: i32 = -4650;

/// What a test asks for.
pub struct Design {
    pub sessions: Vec<SessionDesign>,
    pub rules: Rules,
    pub mcn: Option<Mcn>,
    /// Packs in R to W of the program areas, CD-TEXT in the first lead-in.
    pub rw: bool,
    pub edits: Vec<(i32, Edit)>,
    /// Entries as they come to the lead-ins.
    pub edit_toc: fn(&mut Vec<TocEntry>),
    /// Nothing is recorded before, and from here on.
    pub from: i32,
    pub cut: i32,
    pub options: Options,
}

pub struct SessionDesign {
    pub lead_in_blocks: i32,
    pub tracks: Vec<TrackDesign>,
    pub lead_out_blocks: i32,
    pub disc_type: DiscType,
}

#[derive(Clone, Debug)]
pub struct TrackDesign {
    pub mode: SectorMode,
    pub control: Control,
    pub alternate_copy: bool,
    pub pause: i32,
    pub blocks: i32,
    /// Blocks from index 1 to the others.
    pub indexes: Vec<i32>,
    pub isrc: Option<Isrc>,
}

pub type Edit = Box<dyn Fn(&mut [u8; FRAME_BYTES])>;

impl TrackDesign {
    pub fn audio(blocks: i32) -> Self {
        Self {
            mode: SectorMode::Audio,
            control: Control::AUDIO,
            alternate_copy: false,
            pause: 150,
            blocks,
            indexes: vec![],
            isrc: None,
        }
    }

    pub fn data(mode: SectorMode, blocks: i32) -> Self {
        Self { mode, control: Control::DATA, ..Self::audio(blocks) }
    }
}

impl Design {
    pub fn new(sessions: Vec<Vec<TrackDesign>>) -> Self {
        let session = |(n, tracks): (usize, Vec<TrackDesign>)| SessionDesign {
            lead_in_blocks: LATER_LEAD_IN_FRAMES,
            tracks,
            lead_out_blocks: if n == 0 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES },
            disc_type: DiscType::CD_ROM_XA,
        };
        Self {
            sessions: sessions.into_iter().enumerate().map(session).collect(),
            rules: Rules::default(),
            mcn: None,
            rw: false,
            edits: vec![],
            edit_toc: |_| (),
            from: i32::MIN,
            cut: i32::MAX,
            options: Options {
                lead_in: Some(Lba(LEAD_IN)),
                last_lead_out: Some(Lba(359_849)),
                ..Options::default()
            },
        }
    }

    /// Two sessions with everything that has a rule: mode 1 from 0 to 450, sound with two indexes from
    /// 600 to 1200, form 1 from 1350 to 1750, sound from 1900 to 2200; the second session's sound from
    /// 13600 to 14000.
    pub fn whole() -> Self {
        let mut sound = TrackDesign::audio(600);
        sound.indexes = vec![300];
        sound.isrc = Some("US-K7Y-98-12345".parse().unwrap());
        let first = vec![
            TrackDesign::data(SectorMode::Mode1, 450),
            sound,
            TrackDesign::data(SectorMode::Mode2Form1, 400),
            TrackDesign::audio(300),
        ];
        let mut design = Self::new(vec![first, vec![TrackDesign::audio(400)]]);
        design.mcn = Some("0012345678905".parse().unwrap());
        design.rw = true;
        design
    }

    /// Edits block `lba`.
    pub fn edit(&mut self, lba: i32, edit: impl Fn(&mut [u8; FRAME_BYTES]) + 'static) {
        self.edits.push((lba, Box::new(edit)));
    }

    /// Edits the Q frame of block `lba`, and gives it the right CRC.
    pub fn edit_q(&mut self, lba: i32, edit: impl Fn(&mut [u8; 10]) + 'static) {
        self.edit(lba, move |frame| {
            let raw = frame.last_chunk_mut::<SUB_CHANNEL_BYTES>().unwrap();
            let p = raw[0] & 0x80 != 0;
            let mut body = q_frame(raw).body();
            edit(&mut body);
            set_pq(raw, p, QFrame::seal(body));
        });
    }

    /// Edits the descrambled sector of block `lba`.
    pub fn edit_sector(&mut self, lba: i32, edit: impl Fn(&mut Sector) + 'static) {
        self.edit(lba, move |frame| {
            let sector = frame.first_chunk_mut().unwrap();
            scramble(sector);
            edit(sector);
            scramble(sector);
        });
    }

    pub fn disc(self) -> Disc {
        let mut next = LEAD_IN;
        let mut number = 0;
        let mut layouts = vec![];
        for session in &self.sessions {
            let lead_in = next;
            next += session.lead_in_blocks;
            let mut tracks = vec![];
            for track in &session.tracks {
                number += 1;
                let start = next + track.pause;
                tracks.push(TrackLayout {
                    number,
                    control: track.control,
                    alternate_copy: track.alternate_copy,
                    pregap: Lba(next),
                    start: Lba(start),
                    indexes: track.indexes.iter().map(|index| Lba(start + index)).collect(),
                    isrc: track.isrc,
                });
                next = start + track.blocks;
            }
            let lead_out = Lba(next);
            next += session.lead_out_blocks;
            let lead_out_frames = session.lead_out_blocks as u32;
            layouts.push(SessionLayout {
                lead_in: Lba(lead_in),
                tracks,
                lead_out,
                lead_out_frames,
                mcn: self.mcn,
            });
        }
        let numbered = (1..).zip(layouts.iter().zip(&self.sessions));
        let sessions: Vec<_> =
            numbered.map(|(n, (layout, design))| layout.session(n, design.disc_type)).collect();
        let atip = Atip::new(Lba(LEAD_IN).to_msf().unwrap(), Lba(359_849).to_msf().unwrap());
        let contents = Contents { sessions: &sessions, atip: Some(&atip), appendable: false };
        let mut toc = contents.full_toc().unwrap();
        (self.edit_toc)(&mut toc);
        let plan = |(n, layout): (u8, &SessionLayout)| {
            let toc: Vec<TocEntry> = toc.iter().copied().filter(|entry| entry.session == n).collect();
            SubChannelPlan::new(layout, &toc, self.rules).unwrap()
        };
        let plans = (1..).zip(&layouts).map(plan).collect();
        let rw = layouts.iter().map(|layout| if self.rw { packs(layout) } else { vec![] }).collect();
        let mut edits: BTreeMap<i32, Vec<Edit>> = BTreeMap::new();
        for (lba, edit) in self.edits {
            edits.entry(lba).or_default().push(edit);
        }
        let modes =
            self.sessions.iter().flat_map(|session| &session.tracks).map(|track| track.mode).collect();
        let run = LEAD_IN.max(self.from)..next.min(self.cut);
        Disc { layouts, plans, modes, rw, cd_text: self.rw, edits, run, options: self.options }
    }
}

/// R to W of a program area, from its first block.
fn packs(layout: &SessionLayout) -> Vec<[u8; SUB_CHANNEL_BYTES]> {
    let mut interleaver = RwInterleaver::default();
    let blocks = layout.program().unwrap().0..layout.lead_out.0;
    blocks
        .map(|lba| {
            let pack = |n: usize| RwPack::new(0x09, lba as u8 & 0x3F, [(n as i32 + lba) as u8 & 0x3F; 16]);
            let packs: [RwPack; PACKS_PER_SECTOR] = std::array::from_fn(pack);
            interleaver.sector(&packs)
        })
        .collect()
}

pub struct Disc {
    layouts: Vec<SessionLayout>,
    plans: Vec<SubChannelPlan>,
    modes: Vec<SectorMode>,
    rw: Vec<Vec<[u8; SUB_CHANNEL_BYTES]>>,
    cd_text: bool,
    edits: BTreeMap<i32, Vec<Edit>>,
    run: Range<i32>,
    pub options: Options,
}

impl Disc {
    fn frame(&self, lba: i32, out: &mut [u8; FRAME_BYTES]) {
        let n = self.layouts.iter().rposition(|layout| layout.lead_in.0 <= lba).unwrap();
        let layout = &self.layouts[n];
        out.fill(0);
        let program = layout.program().unwrap().0;
        let track = layout.tracks.iter().rfind(|track| track.pregap.0 <= lba);
        let track = track.unwrap_or(&layout.tracks[0]);
        let mode = self.modes[usize::from(track.number) - 1];
        // Encoding takes its time in tests, so that of a lead-in only the end has sectors.
        let silent = lba < program - 20 || n == 0 && lba < program && self.cd_text;
        if mode != SectorMode::Audio && !silent {
            let address = HeaderAddress::of(Lba(lba)).unwrap();
            let sub_header = SubHeader { submode: SubHeader::DATA, ..SubHeader::default() };
            let user: Vec<u8> = (0..mode.user_len()).map(|n| (n as i32 + lba) as u8).collect();
            let sector = out.first_chunk_mut().unwrap();
            build::sector(sector, mode, address, sub_header, &user).unwrap();
            scramble(sector);
        } else if (program..layout.lead_out.0).contains(&lba) {
            out[..2352].fill(lba as u8);
        }
        let raw = out.last_chunk_mut::<SUB_CHANNEL_BYTES>().unwrap();
        if let Some(symbols) = usize::try_from(lba - program).ok().and_then(|at| self.rw[n].get(at)) {
            *raw = *symbols;
        } else if n == 0 && lba < program && self.cd_text {
            let packs: Vec<CdTextPack> = (0..5).map(|n| CdTextPack::new([0x80, 0, n, 0], [n; 12])).collect();
            *raw = cd_text_sector(&packs, (lba - layout.lead_in.0) as u32);
        }
        let (q, p) = self.plans[n].at(Lba(lba)).unwrap();
        set_pq(raw, p, q);
        for edit in self.edits.get(&lba).into_iter().flatten() {
            edit(out);
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("LBA {0} is not recorded")]
pub struct NotRecorded(i32);

impl RecordedFrames for Disc {
    type Error = NotRecorded;

    fn runs(&self) -> Vec<Range<Lba>> {
        vec![Lba(self.run.start)..Lba(self.run.end)]
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), NotRecorded> {
        let (frames, _) = out.as_chunks_mut::<FRAME_BYTES>();
        for (lba, frame) in (lba.0..).zip(frames) {
            if !self.run.contains(&lba) {
                return Err(NotRecorded(lba));
            }
            self.frame(lba, frame);
        }
        Ok(())
    }
}

/// `frames` more than a time in BCD at `at`, seconds not passed.
pub fn add_frames(body: &mut [u8], at: usize, frames: u8) {
    let n = (body[at + 2] >> 4) * 10 + (body[at + 2] & 0x0F);
    let n = (n + frames) % 75;
    body[at + 2] = n / 10 * 16 + n % 10;
}

/// The block's clock time.
pub fn time_of(lba: i32) -> Msf {
    Lba(lba).to_program_msf().unwrap()
}
