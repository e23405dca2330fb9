//! Q and P from the first pregap to the lead-out: one section for every index of every track.

use crate::address::{Lba, Msf};
use crate::toc::{Adr, Control};

use super::layout::SessionLayout;
use super::p::{ProgramP, TWO_SECONDS};
use super::q::{LEAD_OUT_TNO, QFrame, head, isrc_body, mcn_body};
use super::rules::{Code, PauseTime, Rules};

/// Blocks whose frames have track and index in common.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// First block.
    pub(super) start: i32,
    /// The track's index 1, where relative time is zero.
    zero: i32,
    control: Control,
    alternate_copy: bool,
    /// TNO and index as they stand in the frame.
    tno: u8,
    index: u8,
    isrc: Option<[u8; 10]>,
    /// What was due in the first block and comes in the second.
    moved_on: Option<Code>,
    /// Blocks with P set.
    p: core::ops::Range<i32>,
}

/// All sections of a session that [`check`](SessionLayout::check) has passed.
pub(super) fn sections(layout: &SessionLayout, rules: Rules) -> Vec<Section> {
    let mut sections = Vec::new();
    for (n, track) in layout.tracks.iter().enumerate() {
        let next = layout.tracks.get(n + 1);
        let end = next.map_or(layout.lead_out, |next| next.pregap).0;
        let p_from = match (rules.program_p, next) {
            (ProgramP::TwoSeconds, Some(next)) => next.start.0 - TWO_SECONDS,
            _ => i32::MAX,
        };
        let isrc = track.isrc.map(|isrc| isrc_body(0, &isrc, Msf::default()));
        let pause = (track.pregap < track.start).then_some(track.pregap);
        let starts = pause
            .into_iter()
            .map(|start| (0, start))
            .chain((1..).zip([track.start].into_iter().chain(track.indexes.iter().copied())));
        let starts: Vec<(u8, Lba)> = starts.collect();
        for (k, (index, start)) in starts.iter().enumerate() {
            let start = start.0;
            let end = starts.get(k + 1).map_or(end, |next| next.1.0);
            let p = match (index, rules.program_p) {
                (0, _) => start..end,
                (1, ProgramP::PauseAndFirstBlock) if n == 0 => start..start + 1,
                _ => p_from.clamp(start, end)..end,
            };
            sections.push(Section {
                start,
                zero: track.start.0,
                control: track.control,
                alternate_copy: track.alternate_copy,
                tno: bcd(track.number),
                index: bcd(*index),
                isrc,
                moved_on: None,
                p,
            });
        }
    }
    move_codes_on(&mut sections, layout.lead_out.0, rules);
    sections
}

/// A code due in a section's first block comes in its second, or where there is none, later.
fn move_codes_on(sections: &mut [Section], end: i32, rules: Rules) {
    let ends: Vec<i32> = sections.iter().skip(1).map(|next| next.start).chain([end]).collect();
    let mut waiting = None;
    for (section, end) in sections.iter_mut().zip(ends) {
        let due = rules.codes.due(section.start + TWO_SECONDS, section.start - section.zero);
        let due = waiting.take().or(due);
        if end - section.start == 1 {
            waiting = due;
        } else {
            section.moved_on = due;
        }
    }
}

impl Section {
    /// Frame and P bit of block `lba`, which lies in this section.
    pub(super) fn at(&self, lba: i32, mcn: Option<&[u8; 10]>, rules: Rules) -> (QFrame, bool) {
        let absolute = lba + TWO_SECONDS;
        let clock = clock_bcd(absolute as u32);
        let code = match lba - self.start {
            0 => None,
            1 => self.moved_on.or(rules.codes.due(absolute, lba - self.zero)),
            _ => rules.codes.due(absolute, lba - self.zero),
        };
        let control = self.control_at(absolute);
        let body = match code {
            Some(Code::Mcn) => mcn.map(|body| stamped(*body, head(control, Adr::CATALOGUE), clock)),
            Some(Code::Isrc) => self.isrc.map(|body| stamped(body, head(control, Adr::ISRC), clock)),
            None => None,
        };
        let body = body.unwrap_or_else(|| {
            let relative = if lba >= self.zero {
                lba - self.zero
            } else {
                self.zero - lba - i32::from(rules.pause_time == PauseTime::EndsAtZero)
            };
            position(control, [self.tno, self.index], clock_bcd(relative as u32), clock)
        });
        (QFrame::seal(body), self.p.contains(&lba))
    }

    fn control_at(&self, absolute: i32) -> Control {
        if self.alternate_copy { self.control.with_copy(absolute / 4 % 2 == 0) } else { self.control }
    }
}

/// The frame of the lead-out's block `n`.
pub(super) fn lead_out(control: Control, n: u32, clock: u32) -> QFrame {
    QFrame::seal(position(control, [LEAD_OUT_TNO, 1], clock_bcd(n), clock_bcd(clock)))
}

/// The catalogue number's frame but for CONTROL, ADR and AFRAME.
pub(super) fn mcn_template(layout: &SessionLayout) -> Option<[u8; 10]> {
    layout.mcn.as_ref().map(|mcn| mcn_body(0, mcn, Msf::default()))
}

fn position(control: Control, [tno, index]: [u8; 2], [m, s, f]: [u8; 3], clock: [u8; 3]) -> [u8; 10] {
    [head(control, Adr::POSITION), tno, index, m, s, f, 0, clock[0], clock[1], clock[2]]
}

/// The template with head and AFRAME.
fn stamped(mut body: [u8; 10], head: u8, clock: [u8; 3]) -> [u8; 10] {
    body[0] = head;
    body[9] = clock[2];
    body
}

/// `frames` behind 00:00:00 as minute, second and frame in BCD; from 100 minutes on, 00:00:00 again.
pub(super) const fn clock_bcd(frames: u32) -> [u8; 3] {
    let seconds = frames / 75;
    [BCD[(seconds / 60 % 100) as usize], BCD[(seconds % 60) as usize], BCD[(frames - seconds * 75) as usize]]
}

const fn bcd(n: u8) -> u8 {
    BCD[(n % 100) as usize]
}

static BCD: [u8; 100] = {
    let mut table = [0; 100];
    let mut n = 0;
    while n < 100 {
        table[n as usize] = n / 10 * 16 + n % 10;
        n += 1;
    }
    table
};
