use super::*;
use crate::personality::WriteSpeed;

const BLOCK: usize = 2000;

/// A buffer for so many blocks, and a bit that is not enough for another; a frame takes 8 ms.
fn buffer(blocks: u32, calibration: Duration) -> Buffer {
    let pace = Pace::of(WriteSpeed::clv(294));
    assert_eq!(pace.time(Lba(0), 1), Duration::from_millis(8));
    Buffer::new(blocks * BLOCK as u32 + 1999, pace, calibration)
}

fn free(buffer: &Buffer) -> u64 {
    buffer.free() / BLOCK as u64
}

fn run(first: i32, frames: usize) -> Run {
    Run { first: Lba(first), bytes: vec![0; frames * FRAME] }
}

fn recorded(buffer: &mut Buffer, now: Duration) -> Vec<i32> {
    let mut seen = Vec::new();
    let all: Result<(), ()> = buffer.advance(now, |run| {
        seen.push(run.first.0);
        Ok(())
    });
    assert_eq!(all, Ok(()));
    seen
}

const NOW: Duration = Duration::ZERO;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn recording_starts_when_the_buffer_has_no_room_for_a_block() {
    let mut buffer = buffer(4, NOW);
    buffer.push(run(0, 2), BLOCK, NOW);
    assert_eq!(recorded(&mut buffer, ms(1000)), [] as [i32; 0]);
    buffer.push(run(2, 2), BLOCK, ms(1000));
    assert_eq!(free(&buffer), 0);
    assert_eq!(recorded(&mut buffer, ms(1015)), [] as [i32; 0]);
    assert_eq!(free(&buffer), 1);
    assert_eq!(recorded(&mut buffer, ms(1016)), [0]);
}

#[test]
fn recording_starts_when_no_more_comes() {
    let mut buffer = buffer(100, NOW);
    buffer.push(run(0, 1), BLOCK, NOW);
    assert_eq!(recorded(&mut buffer, ms(1999)), [] as [i32; 0]);
    assert_eq!(recorded(&mut buffer, ms(2008)), [0]);
    assert_eq!(buffer.underruns(), 1);
}

/// Once, and whatever it was that lit the laser.
#[test]
fn the_laser_is_calibrated_before_it_records() {
    let mut buffer = buffer(100, ms(3000));
    buffer.push(run(0, 1), BLOCK, NOW);
    assert_eq!(buffer.time_to_empty(NOW), ms(3008));
    buffer.start(NOW);
    assert_eq!(buffer.time_to_empty(ms(1000)), ms(2008));
    assert_eq!(recorded(&mut buffer, ms(3007)), [] as [i32; 0]);
    assert_eq!(recorded(&mut buffer, ms(3008)), [0]);
    buffer.push(run(1, 1), BLOCK, ms(4000));
    assert_eq!(buffer.time_to_empty(ms(4000)), ms(8));
    assert_eq!(recorded(&mut buffer, ms(6008)), [1]);
}

#[test]
fn the_power_goes_in_the_middle_of_a_run() {
    let mut buffer = buffer(4, NOW);
    buffer.push(run(-150, 4), BLOCK, NOW);
    assert!(recorded(&mut buffer, ms(30)).is_empty());
    let cut = buffer.cut().unwrap();
    assert_eq!((cut.first, cut.bytes.len()), (Lba(-150), 3 * FRAME));
    assert_eq!(free(&buffer), 4);
}

#[test]
fn what_is_too_much_fits_with_time() {
    let mut buffer = buffer(4, NOW);
    buffer.push(run(0, 4), BLOCK, NOW);
    assert_eq!(buffer.time_to_fit(NOW), NOW);
    buffer.push(run(4, 2), BLOCK, NOW);
    // The odd bytes are room too.
    assert_eq!(buffer.time_to_fit(NOW), ms(16));
    assert_eq!(buffer.time_to_fit(ms(5)), ms(11));
    assert_eq!(recorded(&mut buffer, ms(16)), [] as [i32; 0]);
    assert_eq!(free(&buffer), 0);
    assert_eq!(recorded(&mut buffer, ms(32)), [0]);
    assert_eq!(free(&buffer), 2);
}

#[test]
fn room_is_made_without_running_empty() {
    let mut buffer = buffer(16, NOW);
    buffer.push(run(0, 16), BLOCK, NOW);
    // 33,999 bytes of 16 blocks and a bit: an eighth is two whole blocks and more.
    assert_eq!(buffer.time_to_make_room(NOW, 2000), ms(13 * 8));
    assert_eq!(buffer.time_to_make_room(ms(8), 2000), ms(12 * 8));
    // More room is needed than an eighth leaves.
    assert_eq!(buffer.time_to_make_room(NOW, 31_000), ms(15 * 8));
    recorded(&mut buffer, ms(13 * 8));
    assert_eq!((buffer.underruns(), free(&buffer)), (0, 13));
}

/// A lead-in of ten frames takes its time, but no room.
#[test]
fn what_the_drive_makes_takes_time_and_no_room() {
    let mut buffer = buffer(4, NOW);
    buffer.push_made(run(-10, 10), NOW);
    buffer.push(run(0, 3), BLOCK, NOW);
    assert_eq!((free(&buffer), buffer.time_to_fit(NOW)), (1, NOW));
    assert_eq!(buffer.time_to_empty(NOW), ms(104));
    buffer.push(run(3, 2), BLOCK, NOW);
    assert_eq!(buffer.time_to_fit(NOW), ms(88));
    assert_eq!(recorded(&mut buffer, ms(88)), [-10]);
    assert_eq!(free(&buffer), 0);
}
