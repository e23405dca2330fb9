use cd_format::Lba;
use proptest::prelude::*;

use super::*;
use crate::block::msf::WireMsf;
use crate::parse::FieldFault;

fn emitted(reply: &SubChannel) -> Vec<u8> {
    let mut out = Vec::new();
    reply.emit(&mut out);
    out
}

/// Laid out by hand from MMC's table: playing track 2, index 1, at 00:04:00, which is two
/// seconds in. Times are binary here even where READ CD gives BCD.
#[test]
fn a_playing_drive_tells_where_it_is() {
    let bytes = [0x00, 0x11, 0x00, 0x0C, 0x01, 0x10, 0x02, 0x01, 0, 0, 4, 0, 0, 0, 2, 0];
    let time = |s| TocAddress::Msf(WireMsf { hour: 0, m: 0, s, f: 0 });
    let position = Position {
        adr: Adr::new(1),
        control: Control::new(0),
        track: 2,
        index: 1,
        absolute: time(4),
        relative: time(2),
    };
    let reply =
        SubChannel { audio_status: AudioStatus::PLAYING, data: Some(SubChannelData::Position(position)) };
    let asked = ReadSubChannel {
        msf: true,
        data: true,
        format: SubChannelFormat::POSITION,
        allocation: 16,
        ..Default::default()
    };
    assert_eq!(asked.reply(&bytes), Ok(reply.clone()));
    assert_eq!(emitted(&reply), bytes);
    let Ok(SubChannel { data: Some(SubChannelData::Position(blocks)), .. }) =
        SubChannel::parse(&bytes, false)
    else {
        panic!("a position");
    };
    assert_eq!(blocks.absolute, TocAddress::Lba(Lba(0x400)));
}

/// By hand from MMC's table: a catalogue number, read at frame 3Ah.
#[test]
fn a_catalogue_number_has_thirteen_digits() {
    let mut bytes = vec![0x00, 0x15, 0x00, 0x14, 0x02, 0, 0, 0, 0x80];
    bytes.extend(b"4988001234567");
    bytes.extend([0x00, 0x3A]);
    let reply = SubChannel::parse(&bytes, false).unwrap();
    let Some(SubChannelData::Mcn(mcn)) = reply.data else { panic!("a catalogue number") };
    assert_eq!((mcn.text().as_deref(), mcn.frame()), (Some("4988001234567"), 0x3A));
    assert_eq!(reply.audio_status, AudioStatus::NONE);
    assert_eq!(emitted(&reply), bytes);
}

/// By hand from MMC's table: the code of track 5, read at frame 07h; AFRAME lies one byte
/// earlier than with the catalogue number.
#[test]
fn a_recording_code_has_twelve_characters() {
    let mut bytes = vec![0x00, 0x15, 0x00, 0x14, 0x03, 0x10, 0x05, 0x00, 0x80];
    bytes.extend(b"USRC17607839");
    bytes.extend([0x00, 0x07, 0x00]);
    let reply = SubChannel::parse(&bytes, false).unwrap();
    let Some(SubChannelData::Isrc { track, isrc, .. }) = reply.data else { panic!("a recording code") };
    assert_eq!((track, isrc.text().as_deref(), isrc.frame()), (5, Some("USRC17607839"), 7));
    assert_eq!(emitted(&reply), bytes);
}

#[test]
fn a_field_that_is_not_valid_has_no_code() {
    let mut field = McnField::of(b"4988001234567");
    assert_eq!(field.code(), Some(*b"4988001234567"));
    field.0[0] = 0;
    assert_eq!((field.code(), field.text()), (None, None));
    assert_eq!(McnField::of(&[7; 13]).text(), None, "not ASCII");
}

#[test]
fn the_header_may_come_alone() {
    let reply = SubChannel { audio_status: AudioStatus::NONE, data: None };
    assert_eq!(SubChannel::parse(&[0, 0x15, 0, 0, 9, 9], false), Ok(reply.clone()));
    assert_eq!(emitted(&reply), [0, 0x15, 0, 0]);
    let fault = SubChannel::parse(&[0, 0x15, 0, 12, 1, 0x10], false).unwrap_err();
    assert_eq!((fault.byte, fault.fault), (6, FieldFault::Short));
}

proptest! {
    #[test]
    fn any_bytes_parse_or_fail_cleanly(bytes in prop::collection::vec(any::<u8>(), 0..32), format in 0u8..5, msf: bool) {
        let mut bytes = bytes;
        if let Some(head @ [_, ..]) = bytes.get_mut(2..5) {
            head.copy_from_slice(&[0, 24, format]);
        }
        if let Ok(reply) = SubChannel::parse(&bytes, msf) {
            prop_assert_eq!(SubChannel::parse(&emitted(&reply), msf), Ok(reply));
        }
    }
}
