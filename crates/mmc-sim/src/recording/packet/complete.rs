//! The end of a packet track, and the repair of one that was cut short.
//!
//! MMC "CLOSE TRACK SESSION Command", track: its entry goes to the PMA, and what is shorter than four
//! seconds is filled with zeros (Pioneer R8 and R11 command references). "REPAIR TRACK Command": the
//! last packet becomes a whole one, and the track may go on.

use cd_format::Lba;
use cd_format::address::PREGAP_FRAMES;
use cd_format::session::{MINIMUM_TRACK_FRAMES, RUN_OUT_FRAMES};
use mmc_wire::Sense;
use mmc_wire::block::mode::{DataBlockType, WriteParameters};

use super::{PacketStream, link_block, put_back};
use crate::disc::packets::{FIXED_PACKET, LEADER, LEADER_FRAMES, LINK_SIZE, TRAILER, fixed_indicator};
use crate::disc::{Disc, Incomplete, Packets, Track};
use crate::recording::tao::record_in_pma;
use crate::recording::user_data::{UserData, filler};
use crate::scene::Content;
use crate::store::{At, Source};

/// What a frame is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    Pause,
    Link(u8),
    Zeros,
}

/// Makes the last packet of track `number` whole.
pub(crate) fn mend(disc: &mut Disc, number: u8) -> Result<(), Sense> {
    let Some((track, packets, cut)) = find(disc, number) else { return Ok(()) };
    if cut.whole_packets {
        return Ok(());
    }
    let mut stream = stream(disc, &track, packets)?;
    let next = cut.next;
    let fills = match packets {
        Packets::Fixed => missing_of_fixed(&track, next),
        Packets::Variable => missing_of_variable(&track, next),
    };
    append(disc, &stream, next, &fills)?;
    let end = next + i32::try_from(fills.len()).unwrap_or(0);
    stream.track.blocks = match packets {
        Packets::Fixed => blocks((end - track.start + LEADER_FRAMES) / super::PITCH * FIXED_PACKET),
        Packets::Variable => blocks(end - RUN_OUT_FRAMES - track.start),
    };
    let cut = Incomplete { next: end, whole_packets: true, ..cut };
    put_back(disc, stream.track, Some(cut));
    Ok(())
}

/// Ends track `number`.
pub(crate) fn close(disc: &mut Disc, number: u8) -> Result<(), Sense> {
    mend(disc, number)?;
    let Some((mut track, packets, cut)) = find(disc, number) else { return Ok(()) };
    let stream = stream(disc, &track, packets)?;
    let short = track.start + MINIMUM_TRACK_FRAMES - track.end_frame();
    if short > 0 {
        let mut fills: Vec<Fill> = Vec::new();
        let zeros = match packets {
            Packets::Fixed => {
                let more = (short + super::PITCH - 1) / super::PITCH;
                track.blocks += blocks(more * FIXED_PACKET);
                more
            }
            Packets::Variable => {
                let zeros = (short - LINK_SIZE).max(1);
                track.blocks += blocks(LINK_SIZE + zeros);
                zeros
            }
        };
        let (packets, each) = match packets {
            Packets::Fixed => (zeros, FIXED_PACKET),
            Packets::Variable => (1, zeros),
        };
        for _ in 0..packets {
            fills.extend(LEADER.map(Fill::Link));
            fills.extend((0..each).map(|_| Fill::Zeros));
            fills.extend(TRAILER.map(Fill::Link));
        }
        append(disc, &stream, cut.next, &fills)?;
    }
    put_back(disc, track.clone(), None);
    record_in_pma(disc, &track);
    Ok(())
}

/// Track `number` of the open session, if it is in packets and not ended.
fn find(disc: &Disc, number: u8) -> Option<(Track, Packets, Incomplete)> {
    let open = disc.open()?;
    let cut = open.incomplete.filter(|cut| cut.track == number)?;
    let track = open.tracks.iter().find(|track| track.number == number)?;
    Some((track.clone(), track.packets?, cut))
}

fn stream(disc: &Disc, track: &Track, packets: Packets) -> Result<PacketStream, Sense> {
    let Some(last) = disc.lead_out_limit() else { return Err(Sense::COMMAND_SEQUENCE_ERROR) };
    let page = WriteParameters {
        track_mode: track.control,
        data_block_type: match track.content {
            Content::Audio | Content::Mode1 => DataBlockType::MODE_1,
            Content::Mode2 => DataBlockType::MODE_2_FORM_1,
        },
        ..WriteParameters::default()
    };
    PacketStream::at_end_of(track.clone(), packets, last - RUN_OUT_FRAMES, UserData::of(&page)?, None)
}

/// From frame `next` to the end of the fixed packet that it lies in.
fn missing_of_fixed(track: &Track, next: Lba) -> Vec<Fill> {
    let mut fills = Vec::new();
    let mut offset = next - track.start;
    loop {
        fills.push(match fixed_indicator(offset) {
            _ if offset < -LEADER_FRAMES => Fill::Pause,
            0 => Fill::Zeros,
            indicator => Fill::Link(indicator),
        });
        offset += 1;
        if offset >= FIXED_PACKET && (offset + LEADER_FRAMES) % super::PITCH == 0 {
            return fills;
        }
    }
}

/// What makes a packet of a variable one that ends before frame `next`: its run-out, and a block of user data
/// if there is none.
fn missing_of_variable(track: &Track, next: Lba) -> Vec<Fill> {
    let mut fills = Vec::new();
    let (end, begun) = if track.blocks == 0 {
        (track.start - PREGAP_FRAMES, PREGAP_FRAMES)
    } else {
        (track.end(), LINK_SIZE)
    };
    let done = (next - end).clamp(0, begun);
    let in_run_out = track.blocks > 0 && done < RUN_OUT_FRAMES;
    if in_run_out {
        let left = usize::try_from(done).unwrap_or(0);
        fills.extend(TRAILER.into_iter().skip(left).map(Fill::Link));
        return fills;
    }
    let links_from = begun - LEADER_FRAMES;
    for n in done..begun {
        let indicator = usize::try_from(n - links_from).ok().and_then(|n| LEADER.get(n));
        fills.push(indicator.map_or(Fill::Pause, |indicator| Fill::Link(*indicator)));
    }
    fills.push(Fill::Zeros);
    fills.extend(TRAILER.map(Fill::Link));
    fills
}

fn append(disc: &mut Disc, stream: &PacketStream, from: Lba, fills: &[Fill]) -> Result<(), Sense> {
    let mut bytes = Vec::new();
    for (n, fill) in (0..).zip(fills) {
        let (frame, content) = (from + n, stream.track.content);
        let sector = match fill {
            Fill::Pause => filler(content, frame),
            Fill::Link(indicator) => link_block(content, frame, *indicator),
            Fill::Zeros => stream.padding(frame),
        };
        stream.put(&sector, frame, &mut bytes);
    }
    disc.store.append(At::Next(from), Source::Owned(bytes)).map_err(|_| Sense::WRITE_ERROR)
}

fn blocks(frames: i32) -> u32 {
    u32::try_from(frames).unwrap_or(0)
}
