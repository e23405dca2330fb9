//! Block by block: which session, area, track and index this is, and whether it follows.

use cd_format::address::PREGAP_FRAMES;
use cd_format::sector::{SECTOR_LEN, Sector};
use cd_format::sub_channel::interleave::{p_channel, q_frame};
use cd_format::sub_channel::{CrcState, LEAD_OUT_TNO, QContent, QFrame, SUB_CHANNEL_BYTES};
use cd_format::toc::Adr;
use cd_format::{Control, FRAME_BYTES, Lba, Msf};

use crate::codes::Codes;
use crate::findings::{Findings, words};
use crate::main_channel::{Kind, MainChannel};
use crate::p_channel::{PArea, PChannel};
use crate::report::{Report, SessionSeen};
use crate::rule::Rule;
use crate::rw::{RwChannels, check_cd_text, check_lead_out};
use crate::session::{Area, Closed, Session};
use crate::zeros::check_zeros;
use crate::{CLOCK_BLOCKS, Options};

/// The disc so far.
#[derive(Debug)]
pub(crate) struct Disc<'a> {
    pub(crate) options: &'a Options,
    pub(crate) findings: Findings,
    pub(crate) sessions: Vec<SessionSeen>,
    pub(crate) session: Option<Session>,
    pub(crate) closed: Option<Closed>,
    pub(crate) last_track: u8,
    pub(crate) codes: Codes,
    pub(crate) main: MainChannel,
    pub(crate) p: PChannel,
    pub(crate) rw: RwChannels,
    /// The last block whose place is known. What changes, changes behind it.
    pub(crate) known: i32,
    /// Where a block said it was that does not follow; a second one like it is believed.
    stray: Option<Area>,
    /// Whether the block's place is known: Q says it, or carries a code and the block before had it.
    sure: bool,
    /// CONTROL of the block.
    pub(crate) control: Control,
    blocks: u64,
}

/// What a block's Q frame says, as far as it can be read.
enum Seen {
    Nothing,
    Says(QFrame, QContent),
}

impl<'a> Disc<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self {
            options,
            findings: Findings::new(options.findings_per_rule),
            sessions: Vec::new(),
            session: None,
            closed: None,
            last_track: 0,
            codes: Codes::default(),
            main: MainChannel::default(),
            p: PChannel::default(),
            rw: RwChannels::default(),
            known: 0,
            stray: None,
            sure: false,
            control: Control::AUDIO,
            blocks: 0,
        }
    }

    /// A recorded stretch begins.
    pub(crate) fn begin_run(&mut self, lba: i32) {
        self.known = lba.saturating_sub(1);
        self.stray = None;
        self.sure = false;
    }

    /// It ends before `lba`.
    pub(crate) fn end_run(&mut self, lba: i32) {
        // Without a lead-out, the last track may be one that was written track-at-once.
        self.main.end_track(lba, &mut self.findings);
        self.end_session(lba);
    }

    pub(crate) fn into_report(self) -> Report {
        let (findings, omitted) = self.findings.into_parts();
        Report { blocks: self.blocks, sessions: self.sessions, findings, omitted }
    }

    /// The next block.
    pub(crate) fn see(&mut self, lba: i32, frame: &[u8; FRAME_BYTES]) {
        self.blocks += 1;
        let Some((sector, raw)) = frame.split_first_chunk::<SECTOR_LEN>() else { return };
        let Some(raw) = raw.first_chunk::<SUB_CHANNEL_BYTES>() else { return };
        if let Seen::Says(q, content) = self.read_q(lba, raw) {
            self.see_q(lba, q, content);
        } else {
            self.sure = false;
            self.codes.unreadable();
        }
        self.see_others(lba, raw, sector);
    }

    fn read_q(&mut self, lba: i32, raw: &[u8; SUB_CHANNEL_BYTES]) -> Seen {
        let q = q_frame(raw);
        let state = q.crc_state();
        if state != CrcState::Good {
            self.findings.add(Rule::QCrc, lba, || {
                let [.., hi, lo] = q.to_bytes();
                let [.., right_hi, right_lo] = QFrame::seal(q.body()).to_bytes();
                let kind = if state == CrcState::NotInverted { ", not inverted" } else { "" };
                words(
                    format_args!("CRC {right_hi:02X}{right_lo:02X}"),
                    format_args!("{hi:02X}{lo:02X}{kind}"),
                )
            });
            return Seen::Nothing;
        }
        match q.content() {
            Ok(content) => Seen::Says(q, content),
            Err(error) => {
                self.findings.add(Rule::QContent, lba, || words("a frame that says something", error));
                Seen::Nothing
            }
        }
    }

    fn see_q(&mut self, lba: i32, q: QFrame, content: QContent) {
        self.control = q.control();
        check_zeros(lba, q, &content, &mut self.findings);
        match content {
            // Other uses of mode 5 than in a lead-in say nothing of the place.
            QContent::Toc(entry) if entry.tno != 0 => {}
            QContent::Toc(entry) => {
                if self.goes_to(lba, Area::LeadIn, 0)
                    && let Some(session) = &mut self.session
                {
                    session.toc.see(lba, entry, &mut self.findings);
                }
            }
            QContent::Position { tno, index, relative, absolute } => {
                self.check_absolute(lba, absolute);
                if tno == LEAD_OUT_TNO && index != 1 {
                    self.findings.add(Rule::LeadOutIndex, lba, || {
                        words("index 01 in the lead-out", format_args!("{index:02}"))
                    });
                }
                let area = if tno == LEAD_OUT_TNO { Area::LeadOut } else { Area::Index { tno, index } };
                if self.goes_to(lba, area, relative.clock()) {
                    self.check_relative(lba, area, relative);
                    self.check_control(lba, q);
                }
                if self.in_program() {
                    self.codes.pass(lba, &mut self.findings);
                }
            }
            QContent::Mcn { frame, .. } | QContent::Isrc { frame, .. } => {
                if !self.sure {
                    self.codes.unreadable();
                    return;
                }
                if !self.in_program() {
                    return;
                }
                self.check_control(lba, q);
                let expected = lba.saturating_add(PREGAP_FRAMES).rem_euclid(75);
                if i32::from(frame) != expected {
                    self.findings.add(Rule::MsfContinuity, lba, || {
                        words(format_args!("AFRAME {expected:02}"), format_args!("{frame:02}"))
                    });
                }
                match content {
                    QContent::Mcn { mcn, .. } => self.codes.mcn(lba, mcn, &mut self.findings),
                    QContent::Isrc { isrc, .. } => {
                        let track = self.session.as_ref().and_then(Session::track);
                        let is_data = track.is_some_and(|track| track.control.is_data());
                        self.codes.isrc(lba, isrc, is_data, &mut self.findings);
                    }
                    QContent::Position { .. } | QContent::Toc(_) => {}
                }
            }
        }
    }

    /// Whether block `lba` may lie in `area`. If it is another than the block before, it begins here,
    /// or at the block that has relative time 0.
    fn goes_to(&mut self, lba: i32, area: Area, relative: i32) -> bool {
        let before = self.session.as_ref().map(|session| session.area);
        // One frame alone is not to end a session: a lead-out counts from its first block.
        let is_vouched_for = area != Area::LeadOut
            || before.is_none_or(|before| before == area)
            || (self.known.saturating_add(1)..=lba).contains(&lba.saturating_sub(relative));
        let follows = is_vouched_for && before.is_none_or(|before| before.may_precede(area));
        if !follows && self.stray != Some(area) {
            self.stray = Some(area);
            let before = before.map_or_else(String::new, Area::text);
            self.findings
                .add(Rule::IndexOrder, lba, || words(format_args!("what may follow {before}"), area.text()));
            return false;
        }
        self.stray = None;
        if before != Some(area) {
            self.begin(lba, area, relative);
        }
        self.known = lba;
        self.sure = true;
        true
    }

    fn check_absolute(&mut self, lba: i32, seen: Msf) {
        let expected = lba.saturating_add(PREGAP_FRAMES).rem_euclid(CLOCK_BLOCKS);
        if seen.clock() != expected {
            self.findings.add(Rule::MsfContinuity, lba, || words(clock_text(expected), seen));
        }
    }

    fn check_relative(&mut self, lba: i32, area: Area, seen: Msf) {
        let Some(session) = &mut self.session else { return };
        let down = matches!(area, Area::Index { index: 0, .. });
        let sign = if down { 1 } else { -1 };
        let number = lba.saturating_add(sign * seen.clock());
        if let Some(expected) = session.relative.see(number) {
            let clock = expected.saturating_sub(lba).saturating_mul(sign).rem_euclid(CLOCK_BLOCKS);
            self.findings.add(Rule::RelativeTime, lba, || words(clock_text(clock), seen));
        }
    }

    fn check_control(&mut self, lba: i32, q: QFrame) {
        let Some(session) = &mut self.session else { return };
        match session.area {
            Area::Index { tno, .. } => {
                if let Some(track) = session.tracks.get_mut(&tno) {
                    track.control.see(lba, q.control(), &mut self.findings);
                }
            }
            Area::LeadOut if q.adr() == Adr::POSITION => {
                if let Some(track) = session.track() {
                    track.control.see_in_lead_out(lba, q.control(), &mut self.findings);
                }
            }
            Area::LeadIn | Area::LeadOut => {}
        }
    }

    fn in_program(&self) -> bool {
        self.session.as_ref().is_some_and(|session| matches!(session.area, Area::Index { .. }))
    }

    /// P, R to W and the main channel. Without Q there is no telling whether an area has just ended.
    fn see_others(&mut self, lba: i32, raw: &[u8; SUB_CHANNEL_BYTES], sector: &Sector) {
        let Some(session) = &self.session else {
            self.main.see(lba, sector, Kind::Unknown, &mut self.findings);
            return;
        };
        let track = session.track();
        let (p_area, kind) = match session.area {
            Area::LeadIn => (PArea::LeadIn, Kind::LeadIn { start: session.lead_in.unwrap_or(lba) }),
            Area::Index { index, .. } => {
                let p_area = match index {
                    0 => PArea::Pause,
                    _ if track.is_some_and(|track| track.start == Some(lba)) => PArea::FirstBlock,
                    _ => PArea::Track,
                };
                (p_area, track_kind(session, index > 0))
            }
            Area::LeadOut => {
                let n = lba.saturating_sub(session.lead_out.unwrap_or(lba)).unsigned_abs();
                if self.sure {
                    check_lead_out(lba, n, raw, &mut self.findings);
                }
                let kind = match track.map(|track| track.control) {
                    Some(control) if control.is_settled() => Kind::LeadOut { control: control.control() },
                    _ => Kind::Unknown,
                };
                (PArea::LeadOut(n), kind)
            }
        };
        match session.area {
            Area::LeadIn if self.sure => check_cd_text(lba, raw, &mut self.findings),
            Area::Index { .. } => self.rw.see(lba, raw, self.sure, &mut self.findings),
            Area::LeadIn | Area::LeadOut => {}
        }
        if self.sure {
            self.p.see(lba, p_channel(raw), p_area, &mut self.findings);
        }
        let kind = if self.sure { kind } else { Kind::Unknown };
        self.main.see(lba, sector, kind, &mut self.findings);
    }
}

fn track_kind(session: &Session, steady: bool) -> Kind {
    match session.track() {
        Some(track) if track.control.is_settled() => Kind::Track { control: track.control.control(), steady },
        _ => Kind::Unknown,
    }
}

pub(crate) fn clock_text(clock: i32) -> String {
    let time = Lba(clock.saturating_sub(PREGAP_FRAMES)).to_program_msf();
    time.map_or_else(|| clock.to_string(), |time| time.to_string())
}
