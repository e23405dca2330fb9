//! The blocks of a session that a fixture describes, made when they are asked for.

use core::ops::Range;

use cd_format::lead_in::Contents;
use cd_format::sector::build::mode1;
use cd_format::sector::scramble::scramble;
use cd_format::sector::{AFTER_HEADER, AFTER_SUB_HEADER, Form2Edc, HeaderAddress, Sector, SubHeader, build};
use cd_format::session::{FIRST_LEAD_OUT_FRAMES, LATER_LEAD_IN_FRAMES, LATER_LEAD_OUT_FRAMES};
use cd_format::sub_channel::interleave::set_pq;
use cd_format::sub_channel::pq16::to_pq16;
use cd_format::sub_channel::{QFrame, Rules, SUB_CHANNEL_BYTES, SessionLayout, SubChannelPlan, TrackLayout};
use cd_format::{Adr, Control, DiscType, Lba, Point, TocEntry};

use crate::fixture::{BlockForm, NextSession, SessionImage, TrackContent};

/// The most blocks that one image may have: a first session of some minutes.
pub const LONGEST: u32 = 60_000;

/// Bytes of the main channel.
const MAIN: usize = 2352;
/// Blocks of a pregap.
const PREGAP: i32 = 150;

/// A session, block by block.
#[derive(Clone, Debug)]
pub struct Image {
    plan: SubChannelPlan,
    layout: SessionLayout,
    contents: Vec<TrackContent>,
    form: BlockForm,
    frames: u32,
}

impl Image {
    /// Lays the session out. `Err` says why there is no such session.
    pub fn new(session: &SessionImage) -> Result<Self, String> {
        let layout = layout(session)?;
        let blocks = i64::from(layout.lead_out.0) - i64::from(layout.lead_in.0);
        let blocks = blocks + i64::from(layout.lead_out_frames);
        let frames = u32::try_from(blocks).ok().filter(|frames| *frames <= LONGEST).ok_or_else(|| {
            format!("the image has {blocks} blocks from lead-in to lead-out: expected at most {LONGEST}")
        })?;
        let toc = toc(&layout, session)?;
        let plan = SubChannelPlan::new(&layout, &toc, Rules::default()).map_err(|error| error.to_string())?;
        let contents = session.tracks.iter().map(|track| track.content).collect();
        Ok(Self { plan, layout, contents, form: session.block, frames })
    }

    /// Address of the first block.
    pub const fn start(&self) -> Lba {
        self.layout.lead_in
    }

    /// How many there are.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Bytes of the first block; of every one, where blocks have a sub-channel.
    pub fn block_bytes(&self) -> usize {
        self.bytes_of(0)
    }

    /// Bytes of block `n`.
    pub fn bytes_of(&self, n: u32) -> usize {
        match self.form {
            BlockForm::Pq => MAIN + 16,
            BlockForm::Packed | BlockForm::Raw => MAIN + SUB_CHANNEL_BYTES,
            cooked => sent(cooked, self.content(self.lba(n))).len(),
        }
    }

    /// Appends block `n` to `out`; nothing where the image has ended.
    pub fn append(&self, n: u32, out: &mut Vec<u8>) {
        let lba = self.lba(n);
        let Some((q, p)) = self.plan.at(lba) else { return };
        let content = self.content(lba);
        let mut main = self.main(lba);
        match self.form {
            BlockForm::Pq | BlockForm::Packed | BlockForm::Raw => {
                if content.is_some_and(is_data) {
                    scramble(&mut main);
                }
                out.extend_from_slice(&main);
            }
            cooked => return out.extend_from_slice(main.get(sent(cooked, content)).unwrap_or_default()),
        }
        if self.form == BlockForm::Pq {
            out.extend_from_slice(&to_pq16(q, p));
        } else {
            // Without packs the two forms of 96 bytes are the same.
            let mut sub = [0; SUB_CHANNEL_BYTES];
            set_pq(&mut sub, p, q);
            out.extend_from_slice(&sub);
        }
    }

    /// The blocks from the first user sector up to the lead-out.
    pub fn tracks(&self) -> Vec<u8> {
        let from = self.layout.tracks.first().map_or(self.layout.lead_out, |track| track.start);
        let nth = |lba: Lba| u32::try_from(lba - self.layout.lead_in).unwrap_or(0);
        let mut bytes = Vec::new();
        (nth(from)..nth(self.layout.lead_out)).for_each(|n| self.append(n, &mut bytes));
        bytes
    }

    /// Block `n` as it is on a disc; `None` where the image has ended.
    pub fn on_disc(&self, n: u32) -> Option<OnDisc> {
        let lba = self.lba(n);
        let (q, _) = self.plan.at(lba)?;
        let content = self.content(lba);
        let mut main = self.main(lba);
        let user = sent(BlockForm::User, content);
        let user = main.get(user).map(<[u8]>::to_vec).unwrap_or_default();
        let data = content.is_some_and(is_data);
        if data {
            scramble(&mut main);
        }
        Some(OnDisc { main, user, data, q: self.form.has_sub_channel().then_some(q) })
    }

    fn lba(&self, n: u32) -> Lba {
        Lba(self.layout.lead_in.0.saturating_add_unsigned(n))
    }

    /// What the track at an address has in it; `None` in lead-in and lead-out.
    fn content(&self, lba: Lba) -> Option<TrackContent> {
        let track = self.layout.tracks.partition_point(|track| track.pregap <= lba).checked_sub(1)?;
        self.contents.get(track).copied().filter(|_| lba < self.layout.lead_out)
    }

    /// The main channel of a block, of a data sector not scrambled.
    fn main(&self, lba: Lba) -> Sector {
        let mut main = [0; MAIN];
        let (Some(content), Some(address)) = (self.content(lba), HeaderAddress::of(lba)) else { return main };
        let user = lba.0.to_be_bytes().repeat(MAIN / 4);
        let form = |submode| SubHeader::from_bytes([0, 0, submode, 0]);
        match content {
            TrackContent::Audio => main.copy_from_slice(&user),
            TrackContent::Mode1 => with(&user, |user| mode1(&mut main, address, user)),
            TrackContent::Form1 => with(&user, |user| build::form1(&mut main, address, form(0x08), user)),
            TrackContent::Formless => with(&user, |user| build::mode2(&mut main, address, user)),
            TrackContent::Mode2 => with(&user, |user| {
                build::form2(&mut main, address, form(0x20), user, Form2Edc::Computed);
            }),
        }
        main
    }
}

/// A block as it is on a disc.
#[derive(Clone, Debug)]
pub struct OnDisc {
    /// The main channel; of a data sector scrambled.
    pub main: Sector,
    /// The user data in it.
    pub user: Vec<u8>,
    /// Whether it is a data sector.
    pub data: bool,
    /// Q, where it is the host's.
    pub q: Option<QFrame>,
}

/// Makes a sector of the beginning of the user data.
fn with<const N: usize>(user: &[u8], make: impl FnOnce(&[u8; N])) {
    if let Some(user) = user.first_chunk() {
        make(user);
    }
}

fn is_data(content: TrackContent) -> bool {
    content != TrackContent::Audio
}

/// Which bytes of the main channel are sent of a block.
fn sent(form: BlockForm, content: Option<TrackContent>) -> Range<usize> {
    let Some(content) = content.filter(|content| is_data(*content)) else { return 0..MAIN };
    let user = match content {
        TrackContent::Form1 => AFTER_SUB_HEADER..AFTER_SUB_HEADER + 2048,
        TrackContent::Mode2 => AFTER_SUB_HEADER..AFTER_SUB_HEADER + 2324,
        TrackContent::Mode1 => AFTER_HEADER..AFTER_HEADER + 2048,
        TrackContent::Formless | TrackContent::Audio => AFTER_HEADER..MAIN,
    };
    match form {
        BlockForm::User => user,
        BlockForm::SubHeader => AFTER_HEADER..user.end,
        BlockForm::BehindHeader => AFTER_HEADER..MAIN,
        BlockForm::Main | BlockForm::Pq | BlockForm::Packed | BlockForm::Raw => 0..MAIN,
    }
}

fn layout(session: &SessionImage) -> Result<SessionLayout, String> {
    let first = session.lead_in < 0;
    let far = || "the session reaches beyond every address".to_owned();
    let mut next = if first { Some(-PREGAP) } else { session.lead_in.checked_add(LATER_LEAD_IN_FRAMES) }
        .ok_or_else(far)?;
    let mut tracks = Vec::new();
    for (n, track) in session.tracks.iter().enumerate() {
        let pregap = next;
        let pause = track.pause.saturating_add(if n == 0 { PREGAP.unsigned_abs() } else { 0 });
        let start = next.checked_add_unsigned(pause).ok_or_else(far)?;
        next = start.checked_add_unsigned(track.blocks).ok_or_else(far)?;
        tracks.push(TrackLayout {
            number: u8::try_from(n).ok().and_then(|n| session.first_track.checked_add(n)).ok_or_else(
                || format!("track {} and {n} more: a disc has at most 99", session.first_track),
            )?,
            control: if track.content == TrackContent::Audio { Control::AUDIO } else { Control::DATA },
            alternate_copy: false,
            pregap: Lba(pregap),
            start: Lba(start),
            indexes: Vec::new(),
            isrc: None,
        });
    }
    let usual = if first { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
    Ok(SessionLayout {
        lead_in: Lba(session.lead_in),
        tracks,
        lead_out: Lba(next),
        lead_out_frames: session.lead_out.unwrap_or(usual.unsigned_abs()),
        mcn: None,
    })
}

/// What the lead-in says.
fn toc(layout: &SessionLayout, session: &SessionImage) -> Result<Vec<TocEntry>, String> {
    let sessions = [layout.session(session.session, DiscType::CD_ROM)];
    let appendable = session.next == NextSession::Follows;
    let mut toc = Contents { sessions: &sessions, atip: None, appendable }
        .full_toc()
        .map_err(|error| error.to_string())?;
    if appendable && let Some(entry) = toc.iter_mut().find(|entry| entry.point == Point::B0) {
        // `full_toc` counts from the sessions it is given; this one may be a later one.
        let behind = if session.lead_in < 0 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
        let next = Lba(layout.lead_out.0.saturating_add(behind + LATER_LEAD_IN_FRAMES));
        let time = next.to_program_msf().ok_or("the next session would lie beyond 99:59:74")?;
        *entry = entry.with_time(time.fields());
    }
    if session.next == NextSession::Never {
        let control = layout.tracks.first().map_or(Control::AUDIO, |track| track.control);
        let mut b0 = TocEntry::new(session.session, Adr::MULTI_SESSION, control, Point::B0)
            .with_time([0xFF; 3])
            .with_p_time([0; 3]);
        b0.zero = 1;
        toc.push(b0);
    }
    Ok(toc)
}

#[cfg(test)]
mod tests;
