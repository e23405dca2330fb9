//! Telling how far a write has come, twice a second.

use core::time::Duration;

use cd_format::Lba;

use super::{Job, Stream};
use crate::{Clock, Error, RawCd, RawImage, WriteAction, WriteProgress};

/// Between two events (Microsoft: DWriteEngine2Events::Update).
const INTERVAL: Duration = Duration::from_millis(500);

/// Keeps the figures of one write, and tells them when it is time.
pub(crate) struct Reporter<'a> {
    object: &'a RawCd,
    clock: &'a dyn Clock,
    began: Duration,
    due: Duration,
    /// When the first sector was sent.
    sending_since: Option<Duration>,
    /// 0 when unknown.
    sectors_per_second: u32,
    sent: u32,
    figures: WriteProgress,
}

impl<'a> Reporter<'a> {
    pub fn new(
        object: &'a RawCd,
        clock: &'a dyn Clock,
        start_lba: Lba,
        sector_count: u32,
        buffer_bytes: usize,
    ) -> Self {
        let now = clock.now();
        let buffer = u32::try_from(buffer_bytes).unwrap_or(u32::MAX);
        Self {
            object,
            clock,
            began: now,
            due: now,
            sending_since: None,
            sectors_per_second: 0,
            sent: 0,
            figures: WriteProgress {
                action: WriteAction::PREPARING,
                elapsed: Duration::ZERO,
                remaining: Duration::ZERO,
                start_lba,
                sector_count,
                last_read_lba: start_lba,
                last_written_lba: start_lba,
                total_system_buffer: buffer,
                used_system_buffer: 0,
                free_system_buffer: buffer,
            },
        }
    }

    /// For reading a session back: from the first user sector to the end of the image, which is a
    /// little more than is read.
    pub fn of_comparison(job: &'a Job<'_>, image: &mut dyn RawImage) -> Result<Self, Error> {
        let extent = &job.found.extent;
        let part = Stream::of(job.options.sector_type, job.lead_in_sectors, image)?.part(extent)?;
        let lead_in = u32::try_from(extent.lead_in_sectors()).unwrap_or(0);
        let sectors = part.sectors.saturating_sub(lead_in);
        Ok(Self::new(job.object, job.recorder.clock(), extent.first_user, sectors, 0))
    }

    /// So many sectors were compared in all.
    pub fn compared(&mut self, sectors: u32) {
        self.read(0, 0);
        self.sent = sectors;
        self.figures.last_read_lba = self.last_of(sectors);
        self.figures.last_written_lba = self.last_of(sectors);
    }

    /// The drive's speed, for the estimate as long as there is nothing to measure.
    pub fn expect_speed(&mut self, sectors_per_second: i32) {
        self.sectors_per_second = u32::try_from(sectors_per_second).unwrap_or(0);
    }

    /// So many more sectors were read: `bytes` of buffer.
    pub fn read(&mut self, sectors: u32, bytes: usize) {
        self.sending_since.get_or_insert(self.clock.now());
        self.figures.last_read_lba = self.last_of(self.sent.saturating_add(sectors));
        self.set_used(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// The drive took so many more: all that was read.
    pub fn sent(&mut self, sectors: u32) {
        self.sent = self.sent.saturating_add(sectors);
        self.figures.last_written_lba = self.last_of(self.sent);
        self.set_used(0);
    }

    /// Sectors that the drive took so far.
    pub const fn sectors_sent(&self) -> u32 {
        self.sent
    }

    /// Tells the figures now.
    pub fn tell(&mut self, action: WriteAction) {
        let now = self.clock.now();
        self.due = now.saturating_add(INTERVAL);
        self.figures.action = action;
        self.figures.elapsed = now.saturating_sub(self.began);
        self.figures.remaining = self.remaining(now);
        self.object.tell(&self.figures);
    }

    /// Tells them if the last time is half a second ago.
    pub fn pace(&mut self, action: WriteAction) {
        if self.clock.now() >= self.due {
            self.tell(action);
        }
    }

    fn remaining(&self, now: Duration) -> Duration {
        let left = self.figures.sector_count.saturating_sub(self.sent);
        let taken = now.saturating_sub(self.sending_since.unwrap_or(now));
        let (time, sectors) = match (self.sent, self.sectors_per_second) {
            (1.., _) => (taken, self.sent),
            (0, 1..) => (Duration::from_secs(1), self.sectors_per_second),
            (0, 0) => return Duration::ZERO,
        };
        let nanos = time.as_nanos().saturating_mul(left.into()) / u128::from(sectors);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The last of the first `sectors` sectors.
    fn last_of(&self, sectors: u32) -> Lba {
        self.figures.start_lba + i32::try_from(sectors.saturating_sub(1)).unwrap_or(i32::MAX)
    }

    fn set_used(&mut self, bytes: u32) {
        self.figures.used_system_buffer = bytes.min(self.figures.total_system_buffer);
        self.figures.free_system_buffer = self.figures.total_system_buffer - self.figures.used_system_buffer;
    }
}
