//! Bytes at random, and PDUs at random.

use std::sync::LazyLock;

use proptest::prelude::*;
use scsi_iscsi::pdu::BasicHeader;

use crate::peer::{Peer, Target};

/// Targets for all cases of a property: what one of them breaks the next will find.
type Targets = LazyLock<(Target, Target)>;
static BYTES: Targets = LazyLock::new(|| (Target::new(true), Target::new(false)));
static PDUS: Targets = LazyLock::new(|| (Target::new(true), Target::new(false)));

/// A header that is likely to get far: an opcode that exists, lengths and numbers near what is right.
fn header(number: u32) -> impl Strategy<Value = BasicHeader> {
    let opcodes = prop_oneof![0_u8..7, Just(0x10_u8), any::<u8>()];
    (opcodes, any::<bool>(), any::<u8>(), 0_u8..3, 0_usize..600, 0_u32..6, any::<[u8; 48]>(), any::<bool>())
        .prop_map(move |(opcode, immediate, flags, additional, bytes, ahead, noise, wild)| {
            let mut header = if wild { BasicHeader(noise) } else { BasicHeader([0; 48]) };
            header.0[0] = opcode & 0x3F | u8::from(immediate) << 6;
            header.0[1] = flags;
            header.0[4] = if wild { additional } else { 0 };
            header.set_data_bytes(bytes);
            header.0[16..20].copy_from_slice(&ahead.to_be_bytes());
            header.0[20..24].copy_from_slice(&(bytes as u32).to_be_bytes());
            header.0[24..28].copy_from_slice(&number.wrapping_add(ahead).to_be_bytes());
            header.0[32..48].copy_from_slice(&noise[32..48]);
            header
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Before login.
    #[test]
    fn bytes_at_random_do_not_harm_others(bytes in proptest::collection::vec(any::<u8>(), 0..400), prompt: bool) {
        let target = if prompt { &BYTES.0 } else { &BYTES.1 };
        let mut noise = Peer::connect(target);
        noise.send_raw(&bytes);
        drop(noise);
        Peer::log_in(target, "witness", "").is_served();
    }

    /// In the full feature phase, behind a login that was sound.
    #[test]
    fn pdus_at_random_do_not_harm_others(
        headers in proptest::collection::vec(header(1), 1..12),
        fill: u8,
        prompt: bool,
    ) {
        let target = if prompt { &PDUS.0 } else { &PDUS.1 };
        let mut noise = Peer::log_in(target, "noise", "");
        for header in &headers {
            // All that the header promises comes, so that the next PDU is where it should be.
            let bytes = header.additional_bytes() + header.data_bytes().next_multiple_of(4);
            let mut pdu = header.0.to_vec();
            pdu.resize(48 + bytes, fill);
            noise.send_raw(&pdu);
        }
        drop(noise);
        Peer::log_in(target, "witness", "").is_served();
    }
}
