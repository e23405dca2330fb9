use core::time::Duration;

use cd_format::sector::scramble::scramble;
use cd_format::sub_channel::interleave::set_pq;
use scsi_transport::{Outcome, TransportError};

use super::*;
use crate::fixture::{BlockForm, NextSession, SessionImage, TrackContent, TrackImage};
use crate::image::Image;

/// A drive that reads what it is given at the address asked for, of a data sector descrambled.
struct Reader<'a> {
    image: &'a Image,
    /// Does something to a block with its sub-channel.
    spoil: fn(i32, &mut Vec<u8>),
    refuses: Option<i32>,
    sent: Vec<(i32, u32)>,
}

impl Transport for Reader<'_> {
    fn execute(&mut self, cdb: &[u8], data: Data<'_>, _: Duration) -> Result<Outcome, TransportError> {
        let lba = i32::from_be_bytes([cdb[2], cdb[3], cdb[4], cdb[5]]);
        let (count, sub) = match cdb[0] {
            0xBE => (u32::from_be_bytes([0, cdb[6], cdb[7], cdb[8]]), cdb[10] == 1),
            _ => (u32::from_be_bytes([0, 0, cdb[7], cdb[8]]), false),
        };
        self.sent.push((lba, count));
        if self.refuses.is_some_and(|bad| (lba..lba + count as i32).contains(&bad)) {
            return Ok(Outcome::check(vec![0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0]));
        }
        let Data::In(room) = data else { panic!("a reading command") };
        let mut all = Vec::new();
        for at in lba..lba + count as i32 {
            let block = self.image.on_disc((at + 11_634) as u32).unwrap();
            let mut main = block.main;
            if block.data {
                scramble(&mut main);
            }
            let whole = cdb[0] == 0xBE && cdb[9] == 0xF8;
            let mut bytes = if whole { main.to_vec() } else { block.user };
            if sub {
                let mut raw = [0; 96];
                set_pq(&mut raw, false, block.q.unwrap());
                bytes.extend(raw);
            }
            (self.spoil)(at, &mut bytes);
            all.extend(bytes);
        }
        assert_eq!(all.len(), room.len());
        room.copy_from_slice(&all);
        Ok(Outcome::good(all.len()))
    }

    fn wait(&mut self, _: Duration) {}
}

fn image(block: BlockForm) -> Image {
    let track = |content, pause| TrackImage { content, blocks: 300, pause };
    Image::new(&SessionImage {
        lead_in: -11_634,
        tracks: vec![track(TrackContent::Mode1, 0), track(TrackContent::Audio, 150)],
        session: 1,
        first_track: 1,
        block,
        next: NextSession::Absent,
        lead_out: None,
    })
    .unwrap()
}

const WHOLE: ReadCommand = ReadCommand::ReadCd { main: MainPart::Whole, sub: SubPart::Raw };

fn read(
    by: ReadCommand,
    spoil: fn(i32, &mut Vec<u8>),
    or_refused: &[SensePattern],
    refuses: Option<i32>,
) -> (Verdict, Vec<(i32, u32)>) {
    let image = image(BlockForm::Raw);
    let mut line = Reader { image: &image, spoil, refuses, sent: Vec::new() };
    let blocks = if matches!(by, ReadCommand::Read10) { 40 } else { 750 };
    let range = Range { from: Lba(0), blocks, by, or_refused };
    let verdict = compare(&mut line, range, |lba| image.on_disc((lba.0 + 11_634) as u32)).unwrap();
    (verdict, line.sent)
}

fn seen(verdict: Verdict) -> (String, String, String) {
    let Verdict::Fail(mismatch) = verdict else { panic!("a difference was expected") };
    (mismatch.what, mismatch.expected, mismatch.seen)
}

#[test]
fn what_was_recorded_is_found_and_no_command_reads_over_a_border() {
    for by in
        [WHOLE, ReadCommand::ReadCd { main: MainPart::User, sub: SubPart::Nothing }, ReadCommand::Read10]
    {
        let (verdict, sent) = read(by, |_, _| {}, &[], None);
        assert_eq!(verdict, Verdict::Pass, "{by:?}");
        assert_eq!(sent[0], (0, 26));
        assert!(sent.iter().all(|(lba, count)| (lba + *count as i32 <= 300) == (*lba < 300)));
    }
}

#[test]
fn one_bit_is_enough() {
    let last_data = |lba, block: &mut Vec<u8>| block[2351] ^= u8::from(lba == 299);
    let (what, ..) = seen(read(WHOLE, last_data, &[], None).0);
    assert_eq!(what, "LBA 299, the main channel, byte 2351");
    let audio = |lba, block: &mut Vec<u8>| block[4] ^= u8::from(lba == 749);
    let (what, expected, seen_) = seen(read(WHOLE, audio, &[], None).0);
    assert_eq!((&what[..], &expected[..], &seen_[..]), ("LBA 749, the main channel, byte 4", "00", "01"));
    let user = |lba, block: &mut Vec<u8>| block[0] ^= u8::from(lba == 7);
    let (what, ..) = seen(read(ReadCommand::Read10, user, &[], None).0);
    assert_eq!(what, "LBA 7, user data, byte 0");
}

/// A frame with a bad CRC says nothing; that all have one is no reading.
#[test]
fn q_is_judged_where_it_can_be_read() {
    let some = |lba, block: &mut Vec<u8>| block[2352 + 95] ^= if lba % 3 == 0 { 0x40 } else { 0 };
    assert_eq!(read(WHOLE, some, &[], None).0, Verdict::Pass);
    let all = |_, block: &mut Vec<u8>| block[2352 + 95] ^= 0x40;
    assert_eq!(seen(read(WHOLE, all, &[], None).0).0, "Q frames with a good CRC");
}

#[test]
fn a_refusal_counts_only_where_the_fixture_allows_it() {
    let allowed = [SensePattern::read("5/21/*").unwrap()];
    assert_eq!(read(WHOLE, |_, _| {}, &allowed, Some(30)).0, Verdict::Pass);
    assert!(!read(WHOLE, |_, _| {}, &[], Some(30)).0.is_pass());
    // What is read has to be right all the same.
    let wrong = |lba, block: &mut Vec<u8>| block[20] ^= u8::from(lba == 100);
    assert!(!read(WHOLE, wrong, &allowed, Some(30)).0.is_pass());
    let image = image(BlockForm::Raw);
    let mut line = Reader { image: &image, spoil: |_, _| {}, refuses: Some(1), sent: Vec::new() };
    let range = Range { from: Lba(1), blocks: 1, by: WHOLE, or_refused: &[] };
    assert_eq!(refuses(&mut line, range, &allowed), Verdict::Pass);
}

#[test]
fn of_what_nobody_recorded_nothing_is_said() {
    let image = image(BlockForm::Raw);
    let mut line = Reader { image: &image, spoil: |_, _| {}, refuses: None, sent: Vec::new() };
    let range = Range { from: Lba(5), blocks: 1, by: WHOLE, or_refused: &[] };
    assert!(compare(&mut line, range, |_| None).unwrap_err().contains("LBA 5"));
}
