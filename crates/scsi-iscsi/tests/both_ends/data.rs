//! Data of every size, by every way.

use std::time::Duration;

use proptest::prelude::*;
use scsi_iscsi::initiator::Options;
use scsi_iscsi::pdu::Digests;
use scsi_transport::{Data, Transport};

use crate::memory::{READ, Target, WRITE};

const PATIENCE: Duration = Duration::from_secs(60);

fn pattern(bytes: usize, seed: u8) -> Vec<u8> {
    (0..bytes).map(|at| (at as u8).wrapping_mul(31).wrapping_add((at >> 8) as u8) ^ seed).collect()
}

fn options() -> impl Strategy<Value = Options> {
    let sizes = || prop_oneof![Just(512_u32), 512..5000_u32, Just(262_144)];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (flags, sizes(), sizes(), sizes()).prop_map(|((header, data, immediate, r2t), burst, first, receive)| {
        Options {
            digests: Digests { header, data },
            digests_required: true,
            immediate_data: immediate,
            initial_r2t: r2t,
            max_burst: burst.max(first),
            first_burst: first,
            max_receive: receive,
            ..Options::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// RFC 7143 13: whatever two sides agree on, what is written comes back.
    #[test]
    fn what_is_written_comes_back(
        options in options(),
        ours in (any::<bool>(), any::<bool>(), prop_oneof![Just(512_u32), 512..5000_u32, Just(262_144)]),
        bytes in prop_oneof![0_usize..64, 0_usize..20_000, Just(262_144), Just(262_145), Just(300_001)],
        seed: u8,
        prompt: bool,
    ) {
        let (initial_r2t, immediate_data, segment) = ours;
        let target = Target::new(|server| {
            server.prompt = prompt;
            server.policy.offers.initial_r2t = initial_r2t;
            server.policy.offers.immediate_data = immediate_data;
            server.policy.offers.max_recv_data_segment = segment;
        });
        let mut initiator = target.log_in("writer", options.clone());
        let agreed = initiator.parameters();
        prop_assert_eq!(agreed.digests, options.digests);
        prop_assert_eq!(agreed.initial_r2t, options.initial_r2t || initial_r2t);
        prop_assert_eq!(agreed.immediate_data, options.immediate_data && immediate_data);
        let written = pattern(bytes, seed);
        let outcome = initiator.execute(&WRITE, Data::Out(&written), PATIENCE).unwrap();
        prop_assert!(outcome.is_good());
        prop_assert_eq!(outcome.transferred, bytes);
        // With more room than there is data, and with less.
        let mut read = vec![0; bytes + 100];
        let outcome = initiator.execute(&READ, Data::In(&mut read), PATIENCE).unwrap();
        prop_assert_eq!(outcome.transferred, bytes);
        prop_assert!(read[..bytes] == written[..] && read[bytes..].iter().all(|byte| *byte == 0));
        let mut part = vec![0; bytes / 2];
        let outcome = initiator.execute(&READ, Data::In(&mut part), PATIENCE).unwrap();
        prop_assert_eq!(outcome.transferred, bytes / 2);
        prop_assert!(part[..] == written[..bytes / 2]);
    }
}

/// Status and sense arrive behind the data that came before the refusal.
#[test]
fn data_and_a_refusal_arrive_together() {
    let target = Target::new(|_| {});
    let mut initiator = target.log_in("reader", Options::default());
    let mut room = [0; 16];
    let outcome = initiator.execute(&[0xC1; 6], Data::In(&mut room), PATIENCE).unwrap();
    assert_eq!((outcome.status.0, outcome.transferred), (2, 3));
    assert_eq!((outcome.sense[2], outcome.sense[12]), (5, 0x20));
    assert_eq!(room[..4], [0xEE, 0xEE, 0xEE, 0]);
}
