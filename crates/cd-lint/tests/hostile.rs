//! Whatever the bytes are, the linter comes to an end and tells no more than it may.

#![allow(clippy::unwrap_used, reason = "tests: a panic is their answer")]

mod disc;

use std::convert::Infallible;
use std::ops::Range;

use cd_format::sub_channel::QFrame;
use cd_format::sub_channel::interleave::set_pq;
use cd_format::{FRAME_BYTES, Lba, RecordedFrames};
use cd_lint::{MOST_SESSIONS, Options, Report, Rule, lint};
use proptest::prelude::*;

use disc::Design;

/// Frames from a few kinds, in an order that no disc has.
#[derive(Debug)]
struct Noise {
    start: i32,
    frames: Vec<[u8; FRAME_BYTES]>,
    order: Vec<usize>,
}

impl RecordedFrames for Noise {
    type Error = Infallible;

    fn runs(&self) -> Vec<Range<Lba>> {
        let half = self.start.saturating_add(self.order.len() as i32 / 2);
        let end = self.start.saturating_add(self.order.len() as i32);
        vec![Lba(self.start)..Lba(half), Lba(half)..Lba(end), Lba(end)..Lba(self.start), Lba(end)..Lba(end)]
    }

    fn read(&self, lba: Lba, out: &mut [u8]) -> Result<(), Infallible> {
        for (n, frame) in out.chunks_mut(FRAME_BYTES).enumerate() {
            let at = (lba.0 - self.start) as usize + n;
            frame.copy_from_slice(&self.frames[self.order[at]]);
        }
        Ok(())
    }
}

fn assert_bounded(report: &Report, options: &Options) {
    assert!(report.findings.len() <= Rule::ALL.len() * options.findings_per_rule);
    assert!(report.sessions.len() <= MOST_SESSIONS);
    let _ = report.to_string();
    serde_json::to_string(report).unwrap();
}

/// A Q frame with the right CRC, mostly of fields that mean something.
fn q() -> impl Strategy<Value = [u8; 10]> {
    let head = prop_oneof![Just(0x01u8), Just(0x41), Just(0x02), Just(0x43), Just(0x05), any::<u8>()];
    let tno = prop_oneof![Just(0u8), Just(1), Just(2), Just(0xAA), any::<u8>()];
    let index = prop_oneof![Just(0u8), Just(1), Just(2), Just(0xA0), Just(0xA2), Just(0xB0), any::<u8>()];
    let digits = prop::array::uniform7((0u8..8, 0u8..10).prop_map(|(tens, ones)| tens << 4 | ones));
    (head, tno, index, digits)
        .prop_map(|(head, tno, index, [a, b, c, _, d, e, f])| [head, tno, index, a, b, c, 0, d, e, f])
}

fn frame() -> impl Strategy<Value = [u8; FRAME_BYTES]> {
    let main = prop_oneof![
        Just(vec![0; 2352]),
        any::<u8>().prop_map(|mode| {
            let mut sector = vec![0; 2352];
            sector[1..11].fill(0xFF);
            sector[15] = mode;
            sector
        }),
        prop::collection::vec(any::<u8>(), 2352),
    ];
    (main, any::<[u8; 32]>(), any::<bool>(), prop::option::of(q())).prop_map(|(main, noise, p, q)| {
        let mut frame = [0; FRAME_BYTES];
        frame[..2352].copy_from_slice(&main);
        frame[2352..2384].copy_from_slice(&noise);
        if let Some(q) = q {
            set_pq(frame.last_chunk_mut().unwrap(), p, QFrame::seal(q));
        }
        frame
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_at_all_come_to_an_end(
        start in prop_oneof![Just(-150), Just(0), Just(i32::MIN), Just(i32::MAX - 300), any::<i32>()],
        frames in prop::collection::vec(frame(), 1..12),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..300),
        findings_per_rule in 0usize..4,
    ) {
        let start = start.min(i32::MAX - 300);
        let order = picks.iter().map(|pick| pick.index(frames.len())).collect();
        let noise = Noise { start, frames, order };
        let options = Options { findings_per_rule, ..Options::default() };
        let report = lint(&noise, &options).unwrap();
        assert_bounded(&report, &options);
        prop_assert_eq!(report.blocks, noise.order.len() as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// A good disc with some blocks overwritten: what is told lies where they do, or is of a session.
    #[test]
    fn a_damaged_block_is_told(
        lba in 601i32..890,
        noise in any::<[u8; 32]>(),
    ) {
        let mut design = Design::whole();
        design.from = -150;
        design.cut = 2200;
        design.edit(lba, move |frame| {
            for (byte, noise) in frame[2352..].iter_mut().zip(noise.into_iter().cycle()) {
                *byte = noise;
            }
        });
        let disc = design.disc();
        let report = lint(&disc, &disc.options).unwrap();
        prop_assert!(report.findings.iter().any(|finding| finding.lba == Lba(lba)), "{report}");
        let near = |finding: &cd_lint::Finding| (finding.lba.0 - lba).abs() <= 2;
        let others: Vec<_> = report.findings.iter().filter(|finding| !near(finding)).collect();
        prop_assert!(others.iter().all(|finding| finding.rule == Rule::Unfinished), "{report}");
    }
}
