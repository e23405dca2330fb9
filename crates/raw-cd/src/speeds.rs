//! Speeds at the drive: what it offers, what is set, and setting it.
//!
//! Drives count kB/s, IMAPI sectors a second: kB/s * 1000 / 2352, cut off (Microsoft's erase sample,
//! `Utility.cpp`), so that 1x is 74 on a drive that says 176 and 75 on one that says 177.

use cd_format::Lba;
use mmc_wire::block::mode::{Capabilities, PageBody, RotationControl};
use mmc_wire::block::performance::Performance;
use mmc_wire::block::streaming::StreamingDescriptor;
use mmc_wire::command::{GetPerformance, SetCdSpeed, SetStreaming};
use mmc_wire::{Block, Sense};

use crate::mode;
use crate::speed::FASTEST;
use crate::{Adjustment, COMMAND_TIMEOUT, Error, Recorder};

/// What the client asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SpeedRequest {
    pub sectors_per_second: i32,
    pub pure_cav: bool,
}

impl Default for SpeedRequest {
    fn default() -> Self {
        Self { sectors_per_second: FASTEST, pure_cav: false }
    }
}

impl SpeedRequest {
    pub fn new(sectors_per_second: i32, pure_cav: bool) -> Result<Self, Error> {
        if sectors_per_second < FASTEST || sectors_per_second == 0 {
            return Err(Error::InvalidArgument {
                argument: "RequestedSectorsPerSecond",
                given: sectors_per_second.into(),
                expected: "a positive number, or -1 for the fastest",
            });
        }
        Ok(Self { sectors_per_second, pure_cav })
    }

    pub fn is_default(self) -> bool {
        self == Self::default()
    }

    /// The closest that is offered: by speed, of two equally close the slower; then by rotation.
    pub fn choose(self, offered: &[Speed]) -> Option<Speed> {
        let rank = |speed: &Speed| {
            let sectors = speed.sectors_per_second();
            let distance = match self.sectors_per_second {
                FASTEST => i64::from(i32::MAX) - i64::from(sectors),
                wanted => (i64::from(wanted) - i64::from(sectors)).abs(),
            };
            (distance, sectors, speed.pure_cav != self.pure_cav)
        };
        offered.iter().copied().min_by_key(rank)
    }

    /// What differs between what was asked for and what the drive took. The fastest is always
    /// what was asked for, and so is the rotation that comes with it unless CAV was wanted.
    pub fn adjustment(self, taken: Speed) -> Adjustment {
        let fastest = self.sectors_per_second == FASTEST;
        Adjustment::new(
            !fastest && taken.sectors_per_second() != self.sectors_per_second,
            (self.pure_cav || !fastest) && taken.pure_cav != self.pure_cav,
        )
    }
}

/// A speed in the drive's unit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Speed {
    pub kilobytes_per_second: u32,
    pub pure_cav: bool,
}

impl Speed {
    const fn new(kilobytes_per_second: u32, pure_cav: bool) -> Self {
        Self { kilobytes_per_second, pure_cav }
    }

    pub fn sectors_per_second(self) -> i32 {
        let sectors = u64::from(self.kilobytes_per_second) * 1000 / 2352;
        i32::try_from(sectors).unwrap_or(i32::MAX)
    }

    /// The speed that comes out as `sectors` a second: rounded up, as what follows is cut off.
    fn of_sectors(sectors: i32, pure_cav: bool) -> Self {
        let kilobytes = (i64::from(sectors) * 2352 + 999) / 1000;
        Self::new(u32::try_from(kilobytes).unwrap_or(0), pure_cav)
    }
}

/// Sets the speed and tells how what the drive took differs from what was asked for.
///
/// SET STREAMING first, SET CD SPEED where that failed or changed nothing (the erase sample's
/// order). A drive that knows neither keeps its speed, which then is what it took.
pub(crate) fn apply(recorder: &Recorder, request: SpeedRequest) -> Result<Adjustment, Error> {
    let chosen = match request.choose(&offered(recorder)?) {
        Some(speed) => speed,
        None if request.sectors_per_second == FASTEST => return Ok(Adjustment::None),
        None => Speed::of_sectors(request.sectors_per_second, request.pure_cav),
    };
    let streamed = set_streaming(recorder, chosen).is_ok();
    if streamed && current(recorder)? == chosen {
        return Ok(request.adjustment(chosen));
    }
    match set_cd_speed(recorder, chosen) {
        Err(error) if !streamed && error.sense() != Some(Sense::INVALID_OPERATION_CODE) => Err(error),
        _ => Ok(request.adjustment(current(recorder)?)),
    }
}

/// Both speeds are the write speed; the last block is the one that the erase sample gives.
fn set_streaming(recorder: &Recorder, speed: Speed) -> Result<(), Error> {
    let descriptor = StreamingDescriptor {
        rotation_control: u8::from(speed.pure_cav),
        end: Lba(0x0023_1260),
        read_size: speed.kilobytes_per_second,
        read_time: 1000,
        write_size: speed.kilobytes_per_second,
        write_time: 1000,
        ..StreamingDescriptor::default()
    };
    let command = SetStreaming { kind: 0, parameter_bytes: StreamingDescriptor::BYTES as u16 };
    recorder.send(&command, &descriptor.to_bytes(), COMMAND_TIMEOUT)
}

fn set_cd_speed(recorder: &Recorder, speed: Speed) -> Result<(), Error> {
    let command = SetCdSpeed {
        rotation: u8::from(speed.pure_cav),
        read_speed: 0xFFFF,
        write_speed: u16::try_from(speed.kilobytes_per_second).unwrap_or(u16::MAX),
    };
    recorder.order(&command, COMMAND_TIMEOUT)
}

/// The speed in force, from mode page 2Ah: bytes 28 and 29 with the rotation in byte 27, or in
/// a page that ends before the older bytes 20 and 21.
pub(crate) fn current(recorder: &Recorder) -> Result<Speed, Error> {
    let (page, bytes) = capabilities(recorder)?;
    Ok(if bytes >= 30 {
        Speed::new(page.write_speed.into(), page.rotation == RotationControl::CAV)
    } else {
        Speed::new(page.old_write_speed.into(), false)
    })
}

/// The speeds that the drive offers for the disc: GET PERFORMANCE's write speed descriptors; where
/// the drive refuses or has none, those of mode page 2Ah; else that page's highest write speed.
pub(crate) fn offered(recorder: &Recorder) -> Result<Vec<Speed>, Error> {
    match performance(recorder) {
        Ok(speeds) if !speeds.is_empty() => return Ok(speeds),
        Err(error) if !error.is_refusal() => {
            return Err(error);
        }
        _ => {}
    }
    let (page, _) = capabilities(recorder)?;
    let listed = page.write_speeds().into_iter();
    let mut speeds: Vec<Speed> = listed
        .map(|listed| Speed::new(listed.speed.into(), listed.rotation == RotationControl::CAV))
        .filter(|speed| speed.kilobytes_per_second > 0)
        .collect();
    if speeds.is_empty() && page.max_write_speed > 0 {
        speeds.push(Speed::new(page.max_write_speed.into(), false));
    }
    Ok(speeds)
}

fn performance(recorder: &Recorder) -> Result<Vec<Speed>, Error> {
    const DESCRIPTORS: u16 = 32;
    let listed = match recorder.query(&GetPerformance::write_speeds(DESCRIPTORS), COMMAND_TIMEOUT)? {
        Performance::WriteSpeeds(listed) => listed,
        _ => Vec::new(),
    };
    let speeds = listed.iter().map(|listed| Speed::new(listed.write_speed, listed.rotation_control == 1));
    Ok(speeds.filter(|speed| speed.kilobytes_per_second > 0).collect())
}

/// Mode page 2Ah and its length: as long as it says, and long enough to hold a speed.
fn capabilities(recorder: &Recorder) -> Result<(Capabilities, usize), Error> {
    const SHORTEST: usize = 22;
    let page = mode::sense(recorder, Capabilities::CODE)?;
    let seen = page.len();
    let announced = page.get(1).map_or(0, |length| usize::from(*length) + 2);
    if seen != announced {
        return Err(Error::CapabilitiesPage { seen, expected: announced, too_short: false });
    }
    if seen < SHORTEST {
        return Err(Error::CapabilitiesPage { seen, expected: SHORTEST, too_short: true });
    }
    Ok((Capabilities::from_page(&page), seen))
}
