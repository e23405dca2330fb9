//! Q frame and P bit of every block of a session, made when asked for.

use core::iter::FusedIterator;

use crate::address::{Lba, PREGAP_FRAMES};
use crate::toc::{Control, TocEntry};

use super::layout::{PlanError, SessionLayout};
use super::lead_in::LeadInTable;
use super::program::{Section, lead_out, mcn_template, sections};
use super::q::QFrame;
use super::rules::Rules;

/// What P and Q of a session are, block by block, from the first of the lead-in to the last of the
/// lead-out.
///
/// Holds one item for every index and every lead-in entry, however long the session: memory does not
/// grow with blocks.
/// ```
/// use cd_format::session::{DiscType, FIRST_LEAD_OUT_FRAMES};
/// use cd_format::sub_channel::{QContent, Rules, SessionLayout, SubChannelPlan, TrackLayout};
/// use cd_format::{Control, Lba};
///
/// let layout = SessionLayout {
///     lead_in: Lba(-11_635),
///     tracks: vec![TrackLayout {
///         number: 1,
///         control: Control::AUDIO,
///         alternate_copy: false,
///         pregap: Lba(-150),
///         start: Lba(0),
///         indexes: vec![],
///         isrc: None,
///     }],
///     lead_out: Lba(4500),
///     lead_out_frames: FIRST_LEAD_OUT_FRAMES as u32,
///     mcn: None,
/// };
/// let plan = SubChannelPlan::new(&layout, &layout.toc(DiscType::CD_ROM)?, Rules::default())?;
/// let (q, p) = plan.at(Lba(-150)).ok_or("outside")?;
/// assert!(p && matches!(q.content()?, QContent::Position { tno: 1, index: 0, .. }));
/// assert_eq!(plan.frames().len(), 11_635 + 4500 + 6750);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SubChannelPlan {
    lead_in: i32,
    program: i32,
    lead_out: i32,
    end: i32,
    table: LeadInTable,
    sections: Vec<Section>,
    mcn: Option<[u8; 10]>,
    lead_out_control: Control,
    rules: Rules,
}

impl SubChannelPlan {
    /// The plan of `layout`, whose lead-in carries `toc`: the entries of this session alone.
    ///
    /// A session without a lead-in of its own needs no entries.
    pub fn new(layout: &SessionLayout, toc: &[TocEntry], rules: Rules) -> Result<Self, PlanError> {
        layout.check()?;
        let (Some(program), Some(last)) = (layout.program(), layout.tracks.last()) else {
            return Err(PlanError::NoTrack);
        };
        let table = LeadInTable::new(toc, rules.toc_order, rules.lead_in_time)?;
        if table.is_empty() && layout.lead_in < program {
            return Err(PlanError::EmptyToc(program.0.abs_diff(layout.lead_in.0)));
        }
        Ok(Self {
            lead_in: layout.lead_in.0,
            program: program.0,
            lead_out: layout.lead_out.0,
            end: layout.lead_out.0.saturating_add_unsigned(layout.lead_out_frames),
            table,
            sections: sections(layout, rules),
            mcn: mcn_template(layout),
            lead_out_control: last.control,
            rules,
        })
    }

    /// Frame and P bit of block `lba`; `None` outside the session. Looks the index up, O(log n).
    pub fn at(&self, lba: Lba) -> Option<(QFrame, bool)> {
        let lba = lba.0;
        if lba < self.program {
            return (lba >= self.lead_in).then(|| self.in_lead_in(lba));
        }
        if lba >= self.lead_out {
            return (lba < self.end).then(|| self.in_lead_out(lba));
        }
        let section = self.sections.get(self.section_of(lba))?;
        Some(section.at(lba, self.mcn.as_ref(), self.rules))
    }

    /// Frames and P bits from the first block of the lead-in to the last of the lead-out.
    pub fn frames(&self) -> Frames<'_> {
        self.frames_from(Lba(self.lead_in))
    }

    /// The same from block `lba` on, or from the lead-in's first when that is later.
    pub fn frames_from(&self, lba: Lba) -> Frames<'_> {
        let next = lba.0.clamp(self.lead_in, self.end);
        Frames { plan: self, next, section: self.section_of(next) }
    }

    /// The section that `lba` lies in; 0 before the program area.
    fn section_of(&self, lba: i32) -> usize {
        self.sections.partition_point(|section| section.start <= lba).saturating_sub(1)
    }

    fn in_lead_in(&self, lba: i32) -> (QFrame, bool) {
        let clock = if lba < -PREGAP_FRAMES { lba + 100 * 60 * 75 } else { lba } + PREGAP_FRAMES;
        (self.table.frame(lba.abs_diff(self.lead_in), clock as u32), false)
    }

    fn in_lead_out(&self, lba: i32) -> (QFrame, bool) {
        let n = lba.abs_diff(self.lead_out);
        (lead_out(self.lead_out_control, n, (lba + PREGAP_FRAMES) as u32), self.rules.lead_out_p.bit(n))
    }
}

/// Frames and P bits of consecutive blocks. Knows which index it is in, and looks nothing up.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    plan: &'a SubChannelPlan,
    next: i32,
    section: usize,
}

impl Frames<'_> {
    /// The block that comes next.
    pub const fn lba(&self) -> Lba {
        Lba(self.next)
    }
}

impl Iterator for Frames<'_> {
    type Item = (QFrame, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let (plan, lba) = (self.plan, self.next);
        if lba >= plan.end {
            return None;
        }
        self.next += 1;
        if lba < plan.program {
            return Some(plan.in_lead_in(lba));
        }
        if lba >= plan.lead_out {
            return Some(plan.in_lead_out(lba));
        }
        if plan.sections.get(self.section + 1).is_some_and(|next| next.start <= lba) {
            self.section += 1;
        }
        plan.sections.get(self.section).map(|section| section.at(lba, plan.mcn.as_ref(), plan.rules))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.plan.end.abs_diff(self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Frames<'_> {}
impl FusedIterator for Frames<'_> {}

#[cfg(test)]
mod tests;
