//! What must not allocate: it is done for every command, by hosts and drives alike.
//!
//! `allocation_counter` puts a counting allocator into this test program, and only into this one.

use core::hint::black_box;
use core::time::Duration;

use allocation_counter::measure;
use mmc_sim::{DiscKind, Drive, Personality, Scene};
use mmc_wire::Command;
use mmc_wire::command::ROWS;
use scsi_transport::{Data, Transport};

/// Without this the tests below would pass on any allocator that counts nothing.
#[test]
fn an_allocation_is_counted() {
    assert_eq!(measure(|| drop(black_box(Vec::<u8>::with_capacity(34)))).count_total, 1);
}

#[test]
fn parsing_and_emitting_a_cdb_allocates_nothing() {
    let unknown = [0xFF; 16];
    let reserved_bit = [0x00, 0, 0, 0x20, 0, 0];
    let count = measure(|| {
        for row in ROWS {
            let mut cdb = [0; 16];
            cdb[0] = row.opcode;
            let command = Command::parse(black_box(&cdb));
            assert_eq!(command.map(|command| command.bytes()[0]), Ok(row.opcode));
        }
        assert!(Command::parse(black_box(&unknown)).is_ok());
        assert!(Command::parse(black_box(&reserved_bit)).is_err());
        assert!(Command::parse(black_box(&[])).is_err());
    });
    assert_eq!(count.count_total, 0);
}

/// The drive keeps the buffer that it makes replies in, and GOOD has no sense data.
#[test]
fn a_drive_that_has_answered_once_answers_again_without_allocating() {
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
    let mut drive = Drive::new(Personality::reference(), &scene).unwrap();
    let mut reply = [0; 34];
    let mut ask = |cdb: &[u8], data: Data<'_>| {
        let outcome = drive.execute(cdb, data, Duration::from_secs(1)).unwrap();
        assert!(outcome.is_good());
    };
    let mut both = || {
        ask(&[0; 6], Data::None);
        ask(&[0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0], Data::In(&mut reply));
    };
    both();
    assert_eq!(measure(both).count_total, 0);
}
