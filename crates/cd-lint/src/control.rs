//! CONTROL: one for a track, with a copy bit that may alternate.

use cd_format::Control;

use crate::findings::{Findings, words};
use crate::rule::Rule;

/// CONTROL of a track so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrackControl {
    /// The copy bit left out.
    kind: Control,
    copy: Copying,
    /// Of the track before: the first part of a pause may still be its.
    before: Option<Control>,
    in_pause: bool,
    /// A block of a pause that has another CONTROL: right if the next one has it too.
    held: Option<(i32, Control)>,
}

/// What the copy bit does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Copying {
    /// Too early to say: this, since that block.
    Since(bool, i32),
    Constant(bool),
    /// Changes every four blocks, to this at that block.
    Alternates(bool, i32),
}

/// Blocks between changes of an alternating copy bit: 9.375 Hz.
const ALTERNATES_EVERY: i32 = 4;

impl TrackControl {
    /// The track that begins at `lba` with `control`.
    pub(crate) fn new(
        lba: i32,
        control: Control,
        in_pause: bool,
        before: Option<&Self>,
        findings: &mut Findings,
    ) -> Self {
        if control.nibble() >= 0b1100 {
            findings.add(Rule::ControlBits, lba, || words("CONTROL below 1100b", text(control)));
        }
        let copy = Copying::Since(control.permits_copy(), lba);
        let before = before.map(|track| track.kind);
        Self { kind: control.with_copy(false), copy, before, in_pause, held: None }
    }

    /// Whether the track is data.
    pub(crate) const fn is_data(&self) -> bool {
        self.kind.is_data()
    }

    /// Whether `control` in the lead-in is this track's. Of a copy bit that alternates, either will do.
    pub(crate) fn agrees_with(&self, control: Control) -> bool {
        let copy = match self.copy {
            Copying::Since(copy, _) | Copying::Constant(copy) => control.permits_copy() == copy,
            Copying::Alternates(..) => true,
        };
        control.with_copy(false) == self.kind && copy
    }

    /// The track's CONTROL.
    pub(crate) fn control(&self) -> Control {
        self.kind.with_copy(matches!(self.copy, Copying::Since(true, _) | Copying::Constant(true)))
    }

    /// Whether it is sure what the block that was seen last is.
    pub(crate) const fn is_settled(&self) -> bool {
        self.held.is_none()
    }

    /// Index 1 begins.
    pub(crate) fn begin_index_1(&mut self, findings: &mut Findings) {
        self.tell_held(findings);
        self.in_pause = false;
    }

    fn tell_held(&mut self, findings: &mut Findings) {
        if let Some((lba, control)) = self.held.take() {
            let expected = self.control();
            findings.add(Rule::ControlBits, lba, || words(text(expected), text(control)));
        }
    }

    /// CONTROL of a block of the track.
    pub(crate) fn see(&mut self, lba: i32, control: Control, findings: &mut Findings) {
        let kind = control.with_copy(false);
        let may_change = self.in_pause && self.before == Some(self.kind);
        if kind != self.kind && may_change {
            match self.held {
                Some((at, held)) if held.with_copy(false) == kind => {
                    *self = Self::new(at, control, true, None, findings);
                }
                _ => {
                    self.tell_held(findings);
                    self.held = Some((lba, control));
                }
            }
            return;
        }
        self.tell_held(findings);
        if kind != self.kind {
            let expected = self.control();
            findings.add(Rule::ControlBits, lba, || words(text(expected), text(control)));
            return;
        }
        let bit = control.permits_copy();
        if let Copying::Since(since, start) = self.copy {
            self.copy = match (since == bit, lba.saturating_sub(start)) {
                (true, n) if n > ALTERNATES_EVERY => Copying::Constant(bit),
                (true, _) => self.copy,
                (false, n) if n <= ALTERNATES_EVERY => Copying::Alternates(bit, lba),
                (false, _) => Copying::Constant(since),
            };
        }
        let expected = match self.copy {
            Copying::Since(copy, _) | Copying::Constant(copy) => copy,
            Copying::Alternates(copy, from) => {
                copy == (lba.saturating_sub(from).div_euclid(ALTERNATES_EVERY).rem_euclid(2) == 0)
            }
        };
        if expected != bit {
            let expected = self.kind.with_copy(expected);
            findings.add(Rule::ControlBits, lba, || words(text(expected), text(control)));
        }
    }

    /// CONTROL of a block of the lead-out behind this, the last track.
    pub(crate) fn see_in_lead_out(&self, lba: i32, control: Control, findings: &mut Findings) {
        if !self.agrees_with(control) {
            let expected = self.control();
            findings.add(Rule::ControlBits, lba, || words(text(expected), text(control)));
        }
    }
}

fn text(control: Control) -> String {
    format!("CONTROL {:04b}b", control.nibble())
}
