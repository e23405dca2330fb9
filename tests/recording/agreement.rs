//! What a drive says of a disc in one reply, held against every other reply and against the disc.

use cd_format::{Adr, Lba, Point};
use mmc_sim::Drive;
use mmc_wire::block::disc_information::{DiscStatus, SessionState};
use mmc_wire::block::msf::WireMsf;
use mmc_wire::block::toc::{TocAddress, TocReply};
use mmc_wire::block::track_information::TrackInformation;
use mmc_wire::command::{ReadDiscInformation, ReadToc, ReadTrackInformation, TocFormat, TrackAddress};
use mmc_wire::{Query, Sense};
use proptest::prelude::*;
use scsi_transport::{Reason, TransportExt};

use crate::host::TIMEOUT;

/// `None` where the drive says 5/24/00: it does not have that.
fn ask<Q: Query>(drive: &mut Drive, command: &Q) -> Result<Option<Q::Reply>, TestCaseError> {
    match drive.query(command, TIMEOUT) {
        Ok(reply) => Ok(Some(reply)),
        Err(error) if error.reason == Reason::Sense(Sense::INVALID_FIELD_IN_CDB) => Ok(None),
        Err(error) => Err(TestCaseError::fail(error.to_string())),
    }
}

fn track(drive: &mut Drive, number: u32) -> Result<Option<TrackInformation>, TestCaseError> {
    let cdb = ReadTrackInformation { open: false, address: TrackAddress::TRACK, number, allocation: 48 };
    ask(drive, &cdb)
}

pub fn check(drive: &mut Drive) -> Result<(), TestCaseError> {
    let disc = drive.disc().cloned();
    let Some(disc) = disc else { return Err(TestCaseError::fail("the disc is gone")) };
    let Some(information) = ask(drive, &ReadDiscInformation::standard(34))? else {
        return Err(TestCaseError::fail("READ DISC INFORMATION is refused"));
    };
    let toc = |drive: &mut Drive, format| {
        ask(drive, &ReadToc { format, start: 0, allocation: 0xFFFF, ..ReadToc::default() })
    };
    let full = match toc(drive, TocFormat::FULL_TOC)? {
        Some(TocReply::Full(full)) => Some(full),
        _ => None,
    };
    let list = match toc(drive, TocFormat::TOC)? {
        Some(TocReply::Tracks(list)) => Some(list),
        _ => None,
    };
    // Both tables are there, or neither.
    prop_assert_eq!(full.is_some(), list.is_some());
    let closed = full.as_ref().map_or(0, |full| u16::from(full.last_session));
    let next = track(drive, ReadTrackInformation::INVISIBLE)?;
    match (information.status, information.last_session) {
        (DiscStatus::Blank, state) => {
            prop_assert_eq!((state, closed, information.sessions), (SessionState::Empty, 0, 1));
        }
        (DiscStatus::Appendable, state) => {
            prop_assert!(matches!(state, SessionState::Empty | SessionState::Incomplete));
            prop_assert_eq!(information.sessions, closed + 1);
        }
        (DiscStatus::Finalized, SessionState::Damaged) => prop_assert_eq!(information.sessions, closed + 1),
        (DiscStatus::Finalized, state) => {
            prop_assert_eq!((state, information.sessions), (SessionState::Complete, closed));
        }
        other => return Err(TestCaseError::fail(format!("{other:?}"))),
    }
    prop_assert_eq!(next.is_some(), information.status != DiscStatus::Finalized);
    // READ TOC against READ TRACK INFORMATION, track for track.
    if let (Some(list), Some(full)) = (&list, &full) {
        for descriptor in &list.tracks {
            let TocAddress::Lba(start) = descriptor.start else { continue };
            let point = if descriptor.track == 0xAA { Point::A2 } else { Point(descriptor.track) };
            let entry = full
                .entries
                .iter()
                .rev()
                .find(|entry| entry.adr == Adr::POSITION && entry.point == point)
                .and_then(|entry| entry.p_msf());
            prop_assert_eq!(entry.map(|msf| msf.to_program_lba()), Some(start));
            if descriptor.track != 0xAA {
                let seen = track(drive, descriptor.track.into())?.unwrap();
                prop_assert_eq!((seen.start, seen.mode), (start, descriptor.control));
                prop_assert!(seen.next_writable.is_none());
            }
        }
    }
    // Where the next lead-in is told to be, it is not written yet, and nothing lies beyond it.
    let lead_in = information.last_session_lead_in.filter(|time| !time.is_none()).and_then(|time| {
        let [_, m, ..] = time.to_bytes();
        WireMsf::program_lba(time).map(|lba| if m >= 90 { lba - 450_000 } else { lba })
    });
    prop_assert_eq!(lead_in.is_some(), information.status != DiscStatus::Finalized);
    if let (Some(lead_in), SessionState::Empty) = (lead_in, information.last_session) {
        prop_assert!(disc.store.runs(lead_in).next().is_none(), "recorded behind the next lead-in {lead_in}");
    }
    if let Some(next) = next {
        prop_assert!(next.start >= Lba(0));
        if let Some(lba) = next.next_writable {
            // Links of fixed packets have no address.
            let frame = disc.packet_track().map_or(lba, |track| track.frame_of(lba));
            prop_assert!(!disc.store.is_written(frame), "next writable address {lba} is written");
        }
    }
    Ok(())
}
