//! Q in the lead-in: every entry of the table of contents three times, over and over.

use crate::toc::{Adr, TocEntry};

use super::layout::PlanError;
use super::program::clock_bcd;
use super::q::QFrame;
use super::rules::{LeadInTime, TocOrder};

/// Times that an entry is repeated before the next one's turn (IEC 60908).
pub const REPEATS: u32 = 3;

/// The entries in their turn, without CRC.
#[derive(Clone, Debug)]
pub(super) struct LeadInTable {
    bodies: Vec<[u8; 10]>,
    time: LeadInTime,
}

impl LeadInTable {
    pub(super) fn new(entries: &[TocEntry], order: TocOrder, time: LeadInTime) -> Result<Self, PlanError> {
        let mut entries: Vec<(usize, TocEntry)> = entries.iter().copied().enumerate().collect();
        let rank = |entry: &TocEntry| match (entry.adr, entry.point.track()) {
            (Adr::POSITION, None) => 1,
            (Adr::POSITION, Some(_)) if order == TocOrder::TracksFirst => 0,
            (Adr::POSITION, Some(_)) => 2,
            _ => 3,
        };
        if order != TocOrder::AsGiven {
            entries.sort_by_key(|(_, entry)| (rank(entry), entry.point));
        }
        let body = |(n, entry): &(usize, TocEntry)| {
            QFrame::toc(entry).map(QFrame::body).map_err(|source| PlanError::Entry { entry: *n, source })
        };
        Ok(Self { bodies: entries.iter().map(body).collect::<Result<_, _>>()?, time })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// The frame of the lead-in's block `n`, whose absolute time is `clock` frames behind 00:00:00.
    pub(super) fn frame(&self, n: u32, clock: u32) -> QFrame {
        let turn = (n / REPEATS) as usize % self.bodies.len().max(1);
        let mut body = self.bodies.get(turn).copied().unwrap_or_default();
        if body[0] & 0x0F == Adr::POSITION.nibble() {
            let running = match self.time {
                LeadInTime::Absolute => clock,
                LeadInTime::FromZero => n,
            };
            body[3..6].copy_from_slice(&clock_bcd(running));
        }
        QFrame::seal(body)
    }
}
