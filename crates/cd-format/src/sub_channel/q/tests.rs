use proptest::prelude::*;

use super::*;

fn msf(text: &str) -> Msf {
    text.parse().unwrap()
}

fn bytes(body: [u8; 10], crc: u16) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..10].copy_from_slice(&body);
    bytes[10..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn toc(point: Point, time: [u8; 3], p_time: [u8; 3]) -> QFrame {
    let entry = TocEntry::new(1, Adr::POSITION, Control::AUDIO, point).with_time(time);
    QFrame::toc(&entry.with_p_time(p_time)).unwrap()
}

/// Frames whose CRC an independent implementation of ECMA-130 22.3.6 computed.
#[test]
fn frames_are_those_of_the_standard() {
    let zero = [0; 3];
    let position = |control, tno, index, relative, absolute| {
        QFrame::position(control, tno, index, msf(relative), msf(absolute)).unwrap()
    };
    let mut b0 = TocEntry::new(1, Adr::MULTI_SESSION, Control::AUDIO, Point::B0)
        .with_time([25, 32, 0])
        .with_p_time([79, 59, 74]);
    b0.zero = 2;
    let mcn: Mcn = "0012345678905".parse().unwrap();
    #[rustfmt::skip]
    let frames = [
        (toc(Point::A0, zero, [1, 0, 0]), [0x01, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0], 0x2163),
        (toc(Point::A1, zero, [1, 0, 0]), [0x01, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0], 0x66B0),
        (toc(Point::A2, zero, [0, 6, 0]), [0x01, 0, 0xA2, 0, 0, 0, 0, 0, 6, 0], 0x3353),
        (toc(Point(1), zero, [0, 2, 0]), [0x01, 0, 0x01, 0, 0, 0, 0, 0, 2, 0], 0xB10B),
        (toc(Point::A0, [97, 26, 65], [1, 0, 0]), [0x01, 0, 0xA0, 0x97, 0x26, 0x65, 0, 1, 0, 0], 0x26C7),
        (QFrame::toc(&b0).unwrap(), [0x05, 0, 0xB0, 0x25, 0x32, 0, 2, 0x79, 0x59, 0x74], 0x148A),
        (position(Control::AUDIO, 1, 0, "00:01:74", "00:00:00"), [0x01, 1, 0, 0, 0x01, 0x74, 0, 0, 0, 0], 0xAAB9),
        (position(Control::AUDIO, 1, 0, "00:02:00", "00:00:00"), [0x01, 1, 0, 0, 0x02, 0, 0, 0, 0, 0], 0xF0D9),
        (position(Control::AUDIO, 1, 1, "00:00:00", "00:02:00"), [0x01, 1, 1, 0, 0, 0, 0, 0, 2, 0], 0x5A28),
        (position(Control::DATA, 1, 1, "00:00:00", "00:02:00"), [0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0], 0x2832),
        (position(Control::AUDIO, LEAD_OUT_TNO, 1, "00:00:00", "00:06:00"), [0x01, 0xAA, 1, 0, 0, 0, 0, 0, 6, 0], 0x8A19),
        (QFrame::mcn(Control::AUDIO, &mcn, msf("00:00:16")), [0x02, 0x00, 0x12, 0x34, 0x56, 0x78, 0x90, 0x50, 0, 0x16], 0x0354),
    ];
    for (frame, body, crc) in frames {
        assert_eq!(frame.to_bytes(), bytes(body, crc), "{body:02X?}");
        assert!(frame.crc_ok());
    }
}

/// Packed by hand: U S K 7 Y are 37, 35, 27, 7, 41, six bits each and two of zero.
#[test]
fn a_recording_code_is_five_six_bit_characters_and_seven_digits() {
    let isrc: Isrc = "US-K7Y-98-12345".parse().unwrap();
    let frame = QFrame::isrc(Control::AUDIO, &isrc, msf("12:34:56"));
    assert_eq!(frame.body(), [0x03, 0x96, 0x36, 0xC7, 0xA4, 0x98, 0x12, 0x34, 0x50, 0x56]);
    assert_eq!(frame.content(), Ok(QContent::Isrc { isrc, frame: 56 }));
}

/// A catalogue number of leading zeros is not a lead-in, which CDEmu once took it for.
#[test]
fn adr_comes_before_tno() {
    let mcn: Mcn = "0012345678905".parse().unwrap();
    let frame = QFrame::mcn(Control::AUDIO, &mcn, msf("00:00:16"));
    assert_eq!(frame.content(), Ok(QContent::Mcn { mcn, frame: 16 }));
}

/// Point C0 of a TDK CD-R (DiscImageCreator issue 43): ATIP bytes C0h 00h 98h stay as they are,
/// the lead-in start 97:32:00 is decimal. And the disc type of A0 is bits: 20h is XA.
#[test]
fn bits_are_not_made_decimal() {
    let c0 = TocEntry::new(1, Adr::MULTI_SESSION, Control::DATA, Point::C0)
        .with_time([0xC0, 0x00, 0x98])
        .with_p_time([97, 32, 0]);
    let frame = QFrame::toc(&c0).unwrap();
    assert_eq!(frame.body(), [0x45, 0, 0xC0, 0xC0, 0x00, 0x98, 0, 0x97, 0x32, 0x00]);
    assert_eq!(frame.toc_entry(1), Ok(c0));
    assert_eq!(toc(Point::A0, [0; 3], [12, 0x20, 0]).body()[7..], [0x12, 0x20, 0x00]);
    assert_eq!(toc(Point(12), [0; 3], [0; 3]).body()[2], 0x12);
}

#[test]
fn no_next_session_stays_ff() {
    let b0 = TocEntry::new(2, Adr::MULTI_SESSION, Control::DATA, Point::B0).with_time([0xFF; 3]);
    let frame = QFrame::toc(&b0).unwrap();
    assert_eq!(frame.body()[3..6], [0xFF; 3]);
    assert_eq!(frame.toc_entry(2), Ok(b0));
}

#[test]
fn a_crc_that_is_not_inverted_is_told_apart() {
    let mut bytes = toc(Point::A0, [0; 3], [1, 0, 0]).to_bytes();
    bytes[10..].copy_from_slice(&0xDE9Cu16.to_be_bytes());
    assert_eq!(QFrame::from_bytes(bytes).crc_state(), CrcState::NotInverted);
    bytes[11] ^= 1;
    assert_eq!(QFrame::from_bytes(bytes).crc_state(), CrcState::Bad);
}

#[test]
fn what_is_wrong_is_named() {
    let frame = QFrame::seal([0x01, 0x01, 0x1A, 0, 0, 0, 0, 0, 2, 0]);
    assert_eq!(
        frame.content().unwrap_err().to_string(),
        "Q byte 2 is 1A: expected index as two decimal digits"
    );
    let late = QFrame::seal([0x01, 0x01, 0x01, 0, 0x60, 0, 0, 0, 2, 0]);
    assert_eq!(
        late.content().unwrap_err().to_string(),
        "Q bytes 3 to 5: expected a relative time, seen 0:60:0"
    );
    assert_eq!(QFrame::seal([4; 10]).content(), Err(QError::UnknownAdr(Adr::new(4))));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: [u8; 12]) {
        let frame = QFrame::from_bytes(bytes);
        prop_assert_eq!(frame.to_bytes(), bytes);
        let _ = frame.content();
        if let Ok(entry) = frame.toc_entry(1) {
            prop_assert_eq!(QFrame::toc(&entry).unwrap().body(), frame.body());
        }
    }

    #[test]
    fn what_is_read_says_the_same_again(control in 0u8..16, bytes: [u8; 9], adr in 1u8..=3) {
        let mut body = [0; 10];
        body[0] = control << 4 | adr;
        for (to, from) in body[1..].iter_mut().zip(bytes) {
            *to = bcd(from % 60);
        }
        let frame = QFrame::seal(body);
        let control = Control::new(control);
        let at = |f| Msf::new(0, 0, f).unwrap();
        match frame.content() {
            Ok(QContent::Position { tno, index, relative, absolute }) => {
                body[6] = 0;
                prop_assert_eq!(QFrame::position(control, tno, index, relative, absolute).unwrap().body(), body);
            }
            Ok(QContent::Mcn { mcn, frame }) => {
                (body[7], body[8]) = (body[7] & 0xF0, 0);
                prop_assert_eq!(QFrame::mcn(control, &mcn, at(frame)).body(), body);
            }
            Ok(QContent::Isrc { isrc, frame }) => {
                (body[4], body[8]) = (body[4] & 0xFC, body[8] & 0xF0);
                prop_assert_eq!(QFrame::isrc(control, &isrc, at(frame)).body(), body);
            }
            Ok(QContent::Toc(entry)) => prop_assert_eq!(QFrame::toc(&entry).unwrap(), frame),
            Err(error) => prop_assert!(matches!(error, QError::NotACharacter { .. }), "{}", error),
        }
    }

    #[test]
    fn a_flipped_bit_is_seen(body: [u8; 10], bit in 0usize..96) {
        let mut bytes = QFrame::seal(body).to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!QFrame::from_bytes(bytes).crc_ok());
    }
}
