use proptest::prelude::*;

use super::*;
use crate::parse::FieldFault;

fn emitted(performance: &Performance) -> Vec<u8> {
    let mut out = Vec::new();
    performance.emit(&mut out);
    out
}

/// Laid out by hand from MMC's table: an 80-minute disc, 32x (5645 kB/s) CAV and 16x (2822 kB/s)
/// CLV exact, fastest first.
#[test]
fn write_speeds_come_fastest_first() {
    #[rustfmt::skip]
    let bytes = [
        0x00, 0x00, 0x00, 0x24, 0x00, 0x00, 0x00, 0x00,
        0x08, 0x00, 0x00, 0x00, 0x00, 0x05, 0x7D, 0xA8, 0x00, 0x00, 0x1B, 0x90, 0x00, 0x00, 0x16, 0x0D,
        0x02, 0x00, 0x00, 0x00, 0x00, 0x05, 0x7D, 0xA8, 0x00, 0x00, 0x1B, 0x90, 0x00, 0x00, 0x0B, 0x06,
    ];
    let cav = WriteSpeedDescriptor {
        rotation_control: 1,
        end: Lba(359_848),
        read_speed: 7056,
        write_speed: 5645,
        ..Default::default()
    };
    let clv = WriteSpeedDescriptor { rotation_control: 0, exact: true, write_speed: 2822, ..cav };
    let asked = GetPerformance::write_speeds(2);
    assert_eq!(asked.allocation_bytes(), bytes.len());
    let speeds = Performance::WriteSpeeds(vec![cav, clv]);
    assert_eq!(asked.reply(&bytes), Ok(speeds.clone()));
    assert_eq!(emitted(&speeds), bytes);
}

/// By hand from MMC's table: reading, 10x at the inside to 24x at the outside.
#[test]
fn nominal_performance_is_a_line() {
    #[rustfmt::skip]
    let bytes = [
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06, 0xE4, 0x00, 0x05, 0x7D, 0xA8, 0x00, 0x00, 0x10, 0x8A,
    ];
    let range = NominalPerformance { start: Lba(0), start_speed: 1764, end: Lba(359_848), end_speed: 4234 };
    let nominal = Performance::Nominal { write: false, ranges: vec![range] };
    assert_eq!(GetPerformance::nominal(false, Lba(0), 1).reply(&bytes), Ok(nominal.clone()));
    assert_eq!(emitted(&nominal), bytes);
}

/// By hand from MMC's table: writing, block 1000 takes 100 ms.
#[test]
fn exceptions_are_six_bytes() {
    let bytes = [0, 0, 0, 10, 0b11, 0, 0, 0, 0x00, 0x00, 0x03, 0xE8, 0x03, 0xE8];
    let block = PerformanceException { lba: Lba(1000), time: 1000 };
    let exceptions = Performance::Exceptions { write: true, blocks: vec![block] };
    assert_eq!(Performance::parse(PerformanceType::PERFORMANCE, &bytes), Ok(exceptions.clone()));
    assert_eq!(emitted(&exceptions), bytes);
}

/// MMC "GET PERFORMANCE Command": bits 4-3 tolerance 10b, bit 2 write, bits 1-0 exceptions.
#[test]
fn the_cdb_asks_for_the_only_tolerance() {
    assert_eq!(GetPerformance::nominal(true, Lba(0), 1).data_type, 0b1_0100);
}

#[test]
fn a_data_length_beyond_all_bounds_is_cut() {
    let speeds = Performance::parse(PerformanceType::WRITE_SPEED, &[0xFF; 30]);
    assert!(matches!(speeds, Ok(Performance::WriteSpeeds(speeds)) if speeds.len() == 1));
    let fault = Performance::parse(PerformanceType::WRITE_SPEED, &[0; 7]).unwrap_err();
    assert_eq!((fault.byte, fault.fault), (4, FieldFault::Short), "a length of 0 ends behind itself");
}

proptest! {
    #[test]
    fn any_bytes_parse_or_fail_cleanly(kind in 0u8..6, bytes in prop::collection::vec(any::<u8>(), 0..64), short: bool) {
        let mut bytes = bytes;
        if short && let Some(head) = bytes.get_mut(..3) {
            head.fill(0);
        }
        let kind = PerformanceType(kind);
        if let Ok(performance) = Performance::parse(kind, &bytes) {
            prop_assert_eq!(Performance::parse(kind, &emitted(&performance)), Ok(performance));
        }
    }
}
