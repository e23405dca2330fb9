//! READ DISC INFORMATION, READ TRACK INFORMATION, READ TOC/PMA/ATIP and GET CONFIGURATION on one disc.

use cd_format::{Adr, Lba, Point, TocEntry};
use mmc_sim::scene::{DiscScene, End, SessionFormat, Written};
use mmc_sim::{DiscKind, Drive};
use mmc_wire::block::disc_information::{DiscStatus, SessionState};
use mmc_wire::block::feature::Profile;
use mmc_wire::block::msf::WireMsf;
use mmc_wire::block::toc::{TocAddress, TocReply};
use mmc_wire::block::track_information::TrackInformation;
use mmc_wire::command::{
    GetConfiguration, ReadDiscInformation, ReadToc, ReadTrackInformation, RequestedType, TocFormat,
    TrackAddress,
};
use mmc_wire::{Query, Sense};
use proptest::prelude::*;
use scsi_transport::{Reason, TransportExt};

use crate::TIMEOUT;
use crate::layout::{Layout, block, in_fixed_packets, layout};

type Checked = Result<(), TestCaseError>;

/// Asks everything and compares.
pub fn check(drive: &mut Drive, disc: &DiscScene) -> Checked {
    let laid = layout(disc);
    disc_information(drive, disc, &laid)?;
    track_information(drive, disc, &laid)?;
    table_of_contents(drive, &laid)?;
    full_toc(drive, disc, &laid)?;
    program_memory(drive, disc, &laid)?;
    atip(drive, disc)?;
    profile(drive, disc)
}

/// `None` where the drive says 5/24/00: it does not have that.
fn ask<Q: Query>(drive: &mut Drive, command: &Q) -> Result<Option<Q::Reply>, TestCaseError> {
    match drive.query(command, TIMEOUT) {
        Ok(reply) => Ok(Some(reply)),
        Err(error) if error.reason == Reason::Sense(Sense::INVALID_FIELD_IN_CDB) => Ok(None),
        Err(error) => Err(TestCaseError::fail(error.to_string())),
    }
}

fn toc(drive: &mut Drive, format: TocFormat, msf: bool) -> Result<Option<TocReply>, TestCaseError> {
    ask(drive, &ReadToc { msf, format, start: 0, allocation: 0xFFFF, ..ReadToc::default() })
}

fn track(
    drive: &mut Drive,
    address: TrackAddress,
    number: u32,
) -> Result<Option<TrackInformation>, TestCaseError> {
    ask(drive, &ReadTrackInformation { open: false, address, number, allocation: 48 })
}

/// A time as a block: in the lead-in before the roll-over, in the program area behind it.
fn lead_in_block(time: Option<WireMsf>) -> Option<i64> {
    let [_, m, s, f] = time?.to_bytes();
    let block = block([m, s, f]);
    (m != 0xFF).then_some(if m >= 90 { block - 450_000 } else { block })
}

fn disc_information(drive: &mut Drive, disc: &DiscScene, laid: &Layout) -> Checked {
    let Some(seen) = ask(drive, &ReadDiscInformation::standard(34))? else {
        return Err(TestCaseError::fail("READ DISC INFORMATION is refused"));
    };
    let closed = laid.lead_outs.len() as u16;
    let (status, last) = match (disc.end, disc.sessions.is_empty()) {
        (_, true) => (DiscStatus::Blank, SessionState::Empty),
        (End::Appendable, false) => (DiscStatus::Appendable, SessionState::Empty),
        (End::Open, false) => (DiscStatus::Appendable, SessionState::Incomplete),
        (End::Finalised, false) => (DiscStatus::Finalized, SessionState::Complete),
    };
    prop_assert_eq!((seen.status, seen.last_session), (status, last));
    prop_assert_eq!(seen.erasable, disc.kind == DiscKind::CdRw);
    let complete = status == DiscStatus::Finalized;
    // The session to come counts, and so does its invisible track.
    prop_assert_eq!(seen.sessions, if complete { closed } else { closed + 1 });
    let written = laid.tracks.len() as u16;
    let first_of_last = laid.tracks.iter().find(|track| track.session == seen.sessions);
    prop_assert_eq!(seen.first_track, 1);
    prop_assert_eq!(
        seen.first_track_in_last_session,
        first_of_last.map_or(written + 1, |track| track.number)
    );
    prop_assert_eq!(seen.last_track_in_last_session, if complete { written } else { written + 1 });
    let next = lead_in_block(seen.last_session_lead_in);
    prop_assert_eq!(next, (!complete).then_some(laid.next_lead_in));
    let limit = seen.last_lead_out.filter(|time| !time.is_none()).and_then(WireMsf::program_lba);
    let pregroove = disc.atip.as_ref().filter(|_| !complete).map(|atip| block(atip.last_lead_out.fields()));
    prop_assert_eq!(limit.map(|lba| i64::from(lba.0)), pregroove);
    Ok(())
}

fn track_information(drive: &mut Drive, disc: &DiscScene, laid: &Layout) -> Checked {
    for expected in &laid.tracks {
        let seen = track(drive, TrackAddress::TRACK, expected.number.into())?;
        let Some(seen) = seen else { return Err(TestCaseError::fail(format!("{expected:?} is refused"))) };
        prop_assert_eq!((seen.track, seen.session), (expected.number, expected.session));
        prop_assert_eq!((seen.start.0.into(), seen.track_blocks.into()), (expected.start, expected.blocks));
        for lba in [expected.start, expected.start + expected.blocks - 1] {
            let by_block = track(drive, TrackAddress::LBA, lba as u32)?;
            prop_assert_eq!(by_block.as_ref(), Some(&seen), "by block {}", lba);
        }
        let first = laid.tracks.iter().find(|track| track.session == expected.session);
        let by_session = track(drive, TrackAddress::SESSION, expected.session.into())?;
        prop_assert_eq!(by_session.map(|seen| seen.track), first.map(|track| track.number));
    }
    let written = laid.tracks.len() as u32;
    let invisible = track(drive, TrackAddress::TRACK, ReadTrackInformation::INVISIBLE)?;
    let by_number = track(drive, TrackAddress::TRACK, written + 1)?;
    prop_assert_eq!(&invisible, &by_number);
    prop_assert_eq!(invisible.is_some(), disc.sessions.is_empty() || disc.end != End::Finalised);
    let Some(seen) = invisible else { return Ok(()) };
    prop_assert_eq!(u32::from(seen.track), written + 1);
    prop_assert!(seen.blank);
    prop_assert_eq!(i64::from(seen.start.0), laid.next_track);
    // After power on the write type is track at once: the next block is the track's first.
    prop_assert_eq!(seen.next_writable, Some(seen.start));
    let limit = disc.atip.as_ref().map_or(0, |atip| block(atip.last_lead_out.fields()));
    prop_assert_eq!(i64::from(seen.free_blocks), (limit - laid.next_track - 2).max(0));
    Ok(())
}

/// Formats 0 and 1, as blocks and as times.
fn table_of_contents(drive: &mut Drive, laid: &Layout) -> Checked {
    let closed = laid.lead_outs.len() as u16;
    let readable: Vec<_> = laid.tracks.iter().filter(|track| track.session <= closed).collect();
    for msf in [false, true] {
        let format = |address: TocAddress| matches!(address, TocAddress::Msf(_)) == msf;
        let tracks = toc(drive, TocFormat::TOC, msf)?;
        prop_assert_eq!(tracks.is_some(), closed > 0);
        if let Some(TocReply::Tracks(list)) = tracks {
            prop_assert!(list.tracks.iter().all(|track| format(track.start)));
            let seen: Vec<_> = list
                .tracks
                .iter()
                .map(|track| (track.track, track.start.lba().map(|lba| lba.0.into())))
                .collect();
            let mut expected: Vec<_> =
                readable.iter().map(|track| (track.number as u8, Some(track.start))).collect();
            expected.push((0xAA, laid.lead_outs.last().copied()));
            prop_assert_eq!(seen, expected);
            prop_assert_eq!((list.first_track, usize::from(list.last_track)), (1, readable.len()));
        }
        let sessions = toc(drive, TocFormat::SESSIONS, msf)?;
        prop_assert_eq!(sessions.is_some(), closed > 0);
        if let Some(TocReply::Sessions(seen)) = sessions {
            prop_assert_eq!((seen.first_session, u16::from(seen.last_session)), (1, closed));
            let first = readable.iter().find(|track| track.session == closed).unwrap();
            prop_assert_eq!(u16::from(seen.first_track.track), first.number);
            prop_assert_eq!(seen.first_track.start.lba(), Some(Lba(first.start as i32)));
        }
    }
    Ok(())
}

/// Format 2: every closed session's lead-in, and what it says of the next.
fn full_toc(drive: &mut Drive, disc: &DiscScene, laid: &Layout) -> Checked {
    let Some(TocReply::Full(full)) = toc(drive, TocFormat::FULL_TOC, true)? else {
        prop_assert!(laid.lead_outs.is_empty());
        return Ok(());
    };
    let closed = laid.lead_outs.len();
    prop_assert_eq!((full.first_session, usize::from(full.last_session)), (1, closed));
    for (n, lead_out) in (1_u8..).zip(&laid.lead_outs) {
        let of = |adr, point| {
            let mine = |entry: &&TocEntry| (entry.session, entry.adr, entry.point) == (n, adr, point);
            full.entries.iter().find(mine).copied()
        };
        let tracks: Vec<_> = laid.tracks.iter().filter(|track| track.session == n.into()).collect();
        let a0 = of(Adr::POSITION, Point::A0).map(|entry| entry.p_time);
        let psec = match disc.sessions[usize::from(n) - 1].format {
            SessionFormat::CdRom => 0x00,
            SessionFormat::CdI => 0x10,
            SessionFormat::Xa => 0x20,
        };
        prop_assert_eq!(a0, Some([tracks[0].number as u8, psec, 0]));
        let a1 = of(Adr::POSITION, Point::A1).map(|entry| entry.p_time[0]);
        prop_assert_eq!(a1, tracks.last().map(|track| track.number as u8));
        prop_assert_eq!(of(Adr::POSITION, Point::A2).map(|entry| block(entry.p_time)), Some(*lead_out));
        for track in &tracks {
            let seen = of(Adr::POSITION, Point(track.number as u8)).map(|entry| block(entry.p_time));
            prop_assert_eq!(seen, Some(track.start));
        }
        // B0: where the next program area begins, its pregap included.
        let next = match usize::from(n) {
            n if n < closed || disc.end == End::Open => Some(*lead_out),
            _ if disc.end == End::Appendable => Some(*lead_out),
            _ => None,
        };
        let next = next.map(|lead_out| lead_out + 4500 + if n == 1 { 6750 } else { 2250 });
        prop_assert_eq!(of(Adr::MULTI_SESSION, Point::B0).map(|entry| block(entry.time)), next);
        // C0: the first lead-in repeats the pregroove's, where there are mode-5 pointers at all.
        let c0 = of(Adr::MULTI_SESSION, Point::C0).map(|entry| entry.p_time);
        let atip = disc.atip.as_ref().filter(|_| n == 1 && next.is_some());
        prop_assert_eq!(c0, atip.map(|atip| atip.lead_in.fields()));
    }
    Ok(())
}

/// Format 3: tracks with start and stop. A stop is the first block of what follows, lead-out or next
/// pregap, so that the run-out of a track written at once lies before it (Pioneer R11 command
/// reference, READ TRACK INFORMATION: size = stop - start - 2).
fn program_memory(drive: &mut Drive, disc: &DiscScene, laid: &Layout) -> Checked {
    let Some(TocReply::Pma(pma)) = toc(drive, TocFormat::PMA, true)? else {
        prop_assert!(disc.kind == DiscKind::CdRom || disc.end == End::Finalised);
        return Ok(());
    };
    let seen: Vec<_> = pma
        .entries
        .iter()
        .filter(|entry| entry.adr == Adr::POSITION)
        .map(|entry| (u16::from(entry.point.0), block(entry.p_time), block(entry.time)))
        .collect();
    let expected: Vec<_> = laid
        .tracks
        .iter()
        .map(|track| {
            let session = &disc.sessions[usize::from(track.session) - 1];
            let open = usize::from(track.session) > laid.lead_outs.len();
            let run_out = if session.written == Written::Tao || open { 2 } else { 0 };
            let frames = if disc.formatted { in_fixed_packets(track.blocks) } else { track.blocks + run_out };
            (track.number, track.start, track.start + frames)
        })
        .collect();
    prop_assert_eq!(seen, expected);
    Ok(())
}

/// Format 4. Drives refuse it on CD-RW or answer emptily on pressed discs; a CD-R has it.
fn atip(drive: &mut Drive, disc: &DiscScene) -> Checked {
    let seen = match toc(drive, TocFormat::ATIP, true)? {
        Some(TocReply::Atip(reply)) => reply.atip.and_then(|descriptor| descriptor.atip()),
        _ => None,
    };
    match (&disc.atip, seen) {
        (None, None) => {}
        (Some(_), None) => prop_assert_eq!(disc.kind, DiscKind::CdRw),
        (expected, Some(seen)) => prop_assert_eq!(expected.as_ref(), Some(&seen)),
    }
    Ok(())
}

fn profile(drive: &mut Drive, disc: &DiscScene) -> Checked {
    if !drive.personality().knows(0x46) {
        return Ok(());
    }
    let all = GetConfiguration { requested: RequestedType::ALL, starting_feature: 0, allocation: 0xFFFF };
    let Some(seen) = ask(drive, &all)? else {
        return Err(TestCaseError::fail("GET CONFIGURATION is refused"));
    };
    let allowed: &[Profile] = match (disc.kind, disc.end) {
        (DiscKind::CdRom, _) => &[Profile::CD_ROM],
        (DiscKind::CdRw, _) => &[Profile::CD_RW],
        // Drives part ways: a finalised CD-R is a CD-ROM to some.
        (DiscKind::CdR, End::Finalised) => &[Profile::CD_R, Profile::CD_ROM],
        (DiscKind::CdR, _) => &[Profile::CD_R],
    };
    prop_assert!(allowed.contains(&seen.current_profile), "{:?}", seen.current_profile);
    Ok(())
}
