use cd_format::lead_in::Contents;
use cd_format::{Adr, Atip, CdTextPack, Control, DiscKind, DiscType, Lba, Point, Session, TocEntry, Track};
use proptest::prelude::*;

use super::*;
use crate::block::msf::WireMsf;
use crate::layout::Cdb;
use crate::parse::FieldFault;

const FORMATS: [TocFormat; 7] = [
    TocFormat::TOC,
    TocFormat::SESSIONS,
    TocFormat::FULL_TOC,
    TocFormat::PMA,
    TocFormat::ATIP,
    TocFormat::CD_TEXT,
    TocFormat(6),
];

fn bytes_of(reply: &TocReply) -> Vec<u8> {
    let mut out = Vec::new();
    reply.emit(&mut out);
    out
}

fn atip(lead_in: &str, last_lead_out: &str) -> Atip {
    Atip::new(lead_in.parse().unwrap(), last_lead_out.parse().unwrap())
}

/// A CD-R of four data sessions that xorriso wrote, as cd-info lists it (article on images of
/// multi-session discs): tracks at 0, 11702, 18904 and 26106, lead-out 26408; in brackets the
/// times it prints, the last track at 05:50:06.
#[rustfmt::skip]
const FOUR_SESSIONS: [u8; 44] = [
    0x00, 0x2A, 0x01, 0x04,
    0x00, 0x14, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x14, 0x02, 0x00, 0x00, 0x00, 0x2D, 0xB6,
    0x00, 0x14, 0x03, 0x00, 0x00, 0x00, 0x49, 0xD8,
    0x00, 0x14, 0x04, 0x00, 0x00, 0x00, 0x65, 0xFA,
    0x00, 0x14, 0xAA, 0x00, 0x00, 0x00, 0x67, 0x28,
];

#[test]
fn the_track_list_of_a_real_disc_is_read() {
    let read = TrackList::parse(&FOUR_SESSIONS, false).unwrap();
    assert_eq!((read.first_track, read.last_track), (1, 4));
    let starts: Vec<_> = read.tracks.iter().map(|track| (track.track, track.start)).collect();
    let expected = [(1, 0), (2, 11_702), (3, 18_904), (4, 26_106), (0xAA, 26_408)];
    assert_eq!(starts, expected.map(|(track, lba)| (track, TocAddress::Lba(Lba(lba)))));
    assert!(read.tracks.iter().all(|track| (track.adr, track.control) == (Adr::POSITION, Control::DATA)));
    assert_eq!(read.lead_out().and_then(TocAddress::lba), Some(Lba(26_408)));
    assert_eq!(bytes_of(&TocReply::Tracks(read)), FOUR_SESSIONS);
}

#[test]
fn times_are_asked_for_with_the_time_bit() {
    let mut bytes = FOUR_SESSIONS;
    bytes[32..36].copy_from_slice(&[0, 5, 50, 6]);
    let TocReply::Tracks(read) =
        ReadToc { msf: true, ..ReadToc::whole(TocFormat::TOC, 44) }.reply(&bytes).unwrap()
    else {
        panic!("format 0 gives a track list");
    };
    let start = read.tracks[3].start;
    assert_eq!(start, TocAddress::new(Lba(26_106), true));
    assert_eq!(start.lba(), Some(Lba(26_106)));
    assert_eq!(TocAddress::new(Lba(449_850), true), TocAddress::Msf(WireMsf::NONE));
}

/// The same disc's last session, by hand from MMC's table.
#[test]
fn session_information_names_the_last_sessions_first_track() {
    let bytes = [0x00, 0x0A, 0x01, 0x04, 0x00, 0x14, 0x04, 0x00, 0x00, 0x00, 0x65, 0xFA];
    let read = SessionInformation::parse(&bytes, false).unwrap();
    assert_eq!((read.first_session, read.last_session, read.first_track.track), (1, 4, 4));
    assert_eq!(read.first_track.start.lba(), Some(Lba(26_106)));
    assert_eq!(bytes_of(&TocReply::Sessions(read)), bytes);
    let error = SessionInformation::parse(&bytes[..11], false).unwrap_err();
    assert_eq!((error.byte, error.fault), (11, FieldFault::Short));
}

/// readom -clone log of a Moser Baer CD-R, ATIP 97:17:06 / 79:59:74 (Ubuntu forums archive). The
/// log has the entries; the header is counted by hand.
#[rustfmt::skip]
const MOSER_BAER: [u8; 70] = [
    0x00, 0x44, 0x01, 0x01,
    0x01, 0x14, 0x00, 0xA0, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x01, 0x14, 0x00, 0xA1, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x01, 0x14, 0x00, 0xA2, 0x00, 0x00, 0x00, 0x00, 0x0E, 0x37, 0x2F,
    0x01, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00,
    0x01, 0x54, 0x00, 0xB0, 0x11, 0x19, 0x2F, 0x02, 0x4F, 0x3B, 0x4A,
    0x01, 0x54, 0x00, 0xC0, 0xA0, 0x00, 0x40, 0x00, 0x61, 0x11, 0x06,
];

#[test]
fn the_full_toc_of_a_real_disc_is_read() {
    let read = FullToc::parse(&MOSER_BAER).unwrap();
    assert_eq!((read.first_session, read.last_session, read.entries.len()), (1, 1, 6));
    let b0 = read.entries[4];
    assert_eq!((b0.session, b0.adr, b0.control, b0.point), (1, Adr::MULTI_SESSION, Control::DATA, Point::B0));
    assert_eq!((b0.msf().unwrap().to_lba(), b0.zero), (Lba(78_272), 2));
    assert_eq!(read.entries[5].p_msf(), Some("97:17:06".parse().unwrap()));
    assert_eq!(read.to_bytes(), MOSER_BAER);
    let expected = Session {
        number: 1,
        tracks: vec![Track { number: 1, control: Control::DATA, start: Lba(0), end: Lba(67_022) }],
        lead_out: Lba(67_022),
        disc_type: DiscType::CD_ROM,
    };
    assert_eq!(cd_format::lead_in::sessions(&read.entries), [expected]);
}

/// What the drive writes for that disc is what the log shows, but for the third byte of C0: there
/// it is 40h, against the layout and other logs.
#[test]
fn the_full_toc_of_a_real_disc_is_written() {
    let session = cd_format::lead_in::sessions(&FullToc::parse(&MOSER_BAER).unwrap().entries);
    let atip = Atip { write_power: 2, ..atip("97:17:06", "79:59:74") };
    let contents = Contents { sessions: &session, atip: Some(&atip), appendable: true };
    let toc = FullToc { first_session: 1, last_session: 1, entries: contents.full_toc().unwrap() };
    let mut expected = MOSER_BAER;
    expected[65] = 0x80;
    assert_eq!(toc.to_bytes(), expected);
}

/// The format's old place, as programs from before MMC use it.
#[test]
fn the_old_place_of_the_format_counts() {
    let old = ReadToc { old_format: 2, ..ReadToc::whole(TocFormat::TOC, 70) };
    assert_eq!(old.bytes()[9], 0x80);
    assert_eq!(old.reply(&MOSER_BAER).unwrap(), TocReply::Full(FullToc::parse(&MOSER_BAER).unwrap()));
}

/// By hand from Microsoft's `CDROM_TOC_PMA_DATA`: track 1 from 00:02:00 to 00:06:02. The session
/// byte is reserved there.
#[test]
fn the_pma_has_no_sessions() {
    let bytes = [0x00, 0x0D, 0, 0, 0x00, 0x14, 0x00, 0x01, 0x00, 0x06, 0x02, 0x00, 0x00, 0x02, 0x00];
    let read = Pma::parse(&bytes).unwrap();
    let track = Track { number: 1, control: Control::DATA, start: Lba(0), end: Lba(302) };
    assert_eq!(read.entries, [cd_format::lead_in::pma_entry(&track).unwrap()]);
    assert_eq!(read.to_bytes(), bytes);
    let mut numbered = bytes;
    numbered[4] = 9;
    assert_eq!(Pma::parse(&numbered), Ok(read));
}

/// Figures that cdrecord -atip prints: INFODISC high speed CD-RW (97:25:30, 79:59:73, power 3,
/// reference speed 6, A1 24 1A D8, A2 26 B2 4A); CMC CD-R (97:26:66, 79:59:74, power 4, A-,
/// unrestricted). Laid out by hand.
#[test]
fn the_atip_of_real_discs_is_read() {
    #[rustfmt::skip]
    let rewritable = [
        0x00, 0x1A, 0x00, 0x00, 0xB6, 0x00, 0xCE, 0x00, 0x61, 0x19, 0x1E, 0x00, 0x4F, 0x3B, 0x49, 0x00,
        0x24, 0x1A, 0xD8, 0x00, 0x26, 0xB2, 0x4A, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];
    let disc = Atip {
        kind: DiscKind::CdRw,
        sub_type: 1,
        write_power: 3,
        reference_speed: 6,
        a1: Some([0x24, 0x1A, 0xD8]),
        a2: Some([0x26, 0xB2, 0x4A]),
        ..atip("97:25:30", "79:59:73")
    };
    assert_eq!(AtipReply::parse(&rewritable).unwrap().atip.unwrap().atip(), Some(disc.clone()));
    assert_eq!(AtipReply { atip: Some((&disc).into()) }.to_bytes(), rewritable);

    #[rustfmt::skip]
    let once = [
        0x00, 0x1A, 0x00, 0x00, 0xC0, 0x40, 0x90, 0x00, 0x61, 0x1A, 0x42, 0x00, 0x4F, 0x3B, 0x4A, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];
    let disc = Atip { sub_type: 2, write_power: 4, unrestricted_use: true, ..atip("97:26:66", "79:59:74") };
    assert_eq!(AtipReply::parse(&once).unwrap().atip.unwrap().atip(), Some(disc.clone()));
    assert_eq!(AtipReply { atip: Some((&disc).into()) }.to_bytes(), once);
    assert_eq!(disc.lead_in_lba(), Lba(-11_634));
    // The same three bytes that point C0 of its lead-in would carry.
    assert_eq!(disc.special_information(), once[4..7]);
}

#[test]
fn supplementary_information_makes_the_atip_longer() {
    let disc = Atip { s4: Some([1, 2, 3]), ..atip("97:26:66", "79:59:74") };
    let bytes = AtipReply { atip: Some((&disc).into()) }.to_bytes();
    assert_eq!((bytes.len(), &bytes[..2], &bytes[28..]), (32, &[0x00, 0x1E][..], &[1, 2, 3, 0][..]));
    assert_eq!(AtipReply::parse(&bytes).unwrap().atip.unwrap().atip(), Some(disc));
}

/// A pressed disc: a header alone, or a Yamaha's zeros.
#[test]
fn a_pressed_disc_has_no_atip() {
    assert_eq!(AtipReply::parse(&[0, 2, 0, 0]), Ok(AtipReply { atip: None }));
    assert_eq!(AtipReply { atip: None }.to_bytes(), [0, 2, 0, 0]);
    let mut zeros = [0; 28];
    zeros[1] = 0x1A;
    assert_eq!(AtipReply::parse(&zeros).unwrap().atip.unwrap().atip(), None);
    for end in [0, 3, 5, 14] {
        assert_eq!(AtipReply::parse(&zeros[..end]).unwrap_err().fault, FieldFault::Short, "{end}");
    }
}

/// A title pack, its CRC by the rule of MMC "CD-TEXT".
#[test]
fn cd_text_packs_are_read() {
    let bytes = *b"\x00\x14\x00\x00\x80\x00\x00\x00Joyful Night\xF0\xF7";
    let read = CdText::parse(&bytes).unwrap();
    assert_eq!(read.packs, [CdTextPack::new([0x80, 0, 0, 0], *b"Joyful Night")]);
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(CdText::parse(&[0, 2, 0, 0]), Ok(CdText { packs: Vec::new() }));
}

#[test]
fn an_entry_cut_off_is_left_out() {
    let cut = FullToc::parse(&MOSER_BAER[..69]).unwrap();
    assert_eq!(cut.entries.len(), 5);
    // Hosts ask for the header first, to learn the length.
    assert_eq!(FullToc::parse(&MOSER_BAER[..4]).unwrap().entries, []);
    let error = FullToc::parse(&MOSER_BAER[..3]).unwrap_err();
    assert_eq!((error.byte, error.fault), (3, FieldFault::Short));
}

#[test]
fn a_table_never_outgrows_its_length_field() {
    let entry = TocEntry::new(1, Adr::POSITION, Control::DATA, Point(1));
    let bytes = FullToc { first_session: 1, last_session: 1, entries: vec![entry; 6000] }.to_bytes();
    assert_eq!(usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) + 2, bytes.len());
    assert_eq!((bytes.len() - 4) % 11, 0);
    assert_eq!(FullToc::parse(&bytes).unwrap().entries.len(), 5957);
}

prop_compose! {
    fn entry()(bytes in any::<[u8; 5]>(), time in any::<[u8; 3]>(), p_time in any::<[u8; 3]>()) -> TocEntry {
        let [session, nibbles, tno, point, zero] = bytes;
        TocEntry {
            session, adr: Adr::new(nibbles >> 4), control: Control::new(nibbles), tno, point: Point(point), time, zero, p_time,
        }
    }
}

prop_compose! {
    fn descriptor(msf: bool)(nibbles: u8, track: u8, address in any::<[u8; 4]>()) -> TrackDescriptor {
        let start = if msf {
            TocAddress::Msf(WireMsf::from_bytes(address))
        } else {
            TocAddress::Lba(Lba(i32::from_be_bytes(address)))
        };
        TrackDescriptor { adr: Adr::new(nibbles >> 4), control: Control::new(nibbles), track, start }
    }
}

prop_compose! {
    fn atip_descriptor()(
        numbers in any::<[u8; 3]>(),
        flags in any::<[bool; 3]>(),
        times in any::<[[u8; 3]; 2]>(),
        values in any::<[Option<[u8; 3]>; 4]>(),
    ) -> AtipDescriptor {
        let [lead_in, last_lead_out] = times.map(|[m, s, f]| WireMsf { hour: 0, m, s, f });
        let [a1, a2, a3, s4] = values;
        AtipDescriptor {
            write_power: numbers[0] & 7,
            double_density: flags[0],
            reference_speed: numbers[1] & 7,
            unrestricted_use: flags[1],
            kind: if flags[2] { DiscKind::CdRw } else { DiscKind::CdR },
            sub_type: numbers[2] & 7,
            lead_in,
            last_lead_out,
            a1,
            a2,
            a3,
            s4,
        }
    }
}

fn reply(format: TocFormat, msf: bool) -> BoxedStrategy<TocReply> {
    let head = any::<[u8; 2]>();
    match format {
        TocFormat::TOC => (head, prop::collection::vec(descriptor(msf), 0..100))
            .prop_map(|([first_track, last_track], tracks)| {
                TocReply::Tracks(TrackList { first_track, last_track, tracks })
            })
            .boxed(),
        TocFormat::SESSIONS => (head, descriptor(msf))
            .prop_map(|([first_session, last_session], first_track)| {
                TocReply::Sessions(SessionInformation { first_session, last_session, first_track })
            })
            .boxed(),
        TocFormat::FULL_TOC => (head, prop::collection::vec(entry(), 0..100))
            .prop_map(|([first_session, last_session], entries)| {
                TocReply::Full(FullToc { first_session, last_session, entries })
            })
            .boxed(),
        TocFormat::PMA => prop::collection::vec(entry(), 0..100)
            .prop_map(|entries| {
                let entries = entries.into_iter().map(|entry| TocEntry { session: 0, ..entry }).collect();
                TocReply::Pma(Pma { entries })
            })
            .boxed(),
        TocFormat::ATIP => {
            prop::option::of(atip_descriptor()).prop_map(|atip| TocReply::Atip(AtipReply { atip })).boxed()
        }
        TocFormat::CD_TEXT => prop::collection::vec(any::<[u8; 18]>(), 0..100)
            .prop_map(|packs| {
                TocReply::CdText(CdText { packs: packs.into_iter().map(CdTextPack::from_bytes).collect() })
            })
            .boxed(),
        _ => prop::collection::vec(any::<u8>(), 0..100).prop_map(TocReply::Other).boxed(),
    }
}

fn question() -> impl Strategy<Value = ReadToc> {
    (prop::sample::select(FORMATS.to_vec()), any::<bool>())
        .prop_map(|(format, msf)| ReadToc { msf, ..ReadToc::whole(format, u16::MAX) })
}

proptest! {
    #[test]
    fn every_reply_survives_the_wire(
        (question, reply) in question().prop_flat_map(|question| (Just(question), reply(question.format, question.msf)))
    ) {
        prop_assert_eq!(question.reply(&bytes_of(&reply)), Ok(reply));
    }

    #[test]
    fn any_bytes_are_read_or_refused(question in question(), mut bytes in prop::collection::vec(any::<u8>(), 0..120), length in any::<Option<u8>>()) {
        if let (Some(length), [high, low, ..]) = (length, &mut bytes[..]) {
            (*high, *low) = (0, length % 120);
        }
        match question.reply(&bytes) {
            Ok(reply) => prop_assert_eq!(question.reply(&bytes_of(&reply)), Ok(reply)),
            Err(error) => prop_assert!(error.byte <= bytes.len()),
        }
    }
}
