//! Members that have the drive for themselves: writing, reading back, cancelling, and their events.

use std::sync::atomic::Ordering;

use super::{Phase, RawCd, Underway};
use crate::error::NoRecorder;
use crate::verify::{self, Verified};
use crate::{Error, RawImage, Subscription, WriteAction, WriteProgress, write};

/// `IDiscFormat2RawCD`: the write.
impl RawCd {
    /// Writes an image that begins at 95:00:00, 22650 sectors before its first user sector.
    ///
    /// Microsoft: IDiscFormat2RawCD::WriteMedia.
    #[doc(alias = "WriteMedia")]
    pub fn write_media(&self, image: &mut dyn RawImage) -> Result<(), Error> {
        self.write_media2(image, write::STANDARD_LEAD_IN_SECTORS)
    }

    /// Writes an image that has `stream_lead_in_sectors` sectors before its first user sector, the
    /// 150 of the pregap among them.
    ///
    /// Microsoft: IDiscFormat2RawCD::WriteMedia2. See [`crate::write`] for the order of the checks, for
    /// what is sent to the drive, and for the failures. However it ends, the object is prepared
    /// afterwards and [`release_media`](Self::release_media) is due.
    #[doc(alias = "WriteMedia2")]
    pub fn write_media2(&self, image: &mut dyn RawImage, stream_lead_in_sectors: i32) -> Result<(), Error> {
        self.working(stream_lead_in_sectors, |job| write::write(job, image))
    }

    /// Reads back what [`write_media2`](Self::write_media2) wrote and compares it with its image. Ours,
    /// not Microsoft's; see [`crate::verify`] for what is compared. Needs the same PrepareMedia. It
    /// counts as a running write: [`cancel_write`](Self::cancel_write) ends it with
    /// [`Error::VerifyCancelled`], and events tell how far it is, with [`WriteAction::UNKNOWN`] and the
    /// user sectors compared in `last_read_lba` and `last_written_lba`.
    pub fn verify_media(
        &self,
        image: &mut dyn RawImage,
        stream_lead_in_sectors: i32,
    ) -> Result<Verified, Error> {
        self.working(stream_lead_in_sectors, |job| {
            let extent = job.found.extent;
            let session = verify::Session {
                recorder: job.recorder,
                extent,
                sector_type: job.options.sector_type,
                lead_in_sectors: stream_lead_in_sectors,
            };
            let mut reporter = write::Reporter::of_comparison(job, image)?;
            verify::compare(&session, image, |sectors| {
                reporter.compared(sectors);
                reporter.pace(WriteAction::UNKNOWN);
                !job.is_cancelled()
            })
        })
    }

    /// Asks the running write to stop; it returns [`Error::Cancelled`], which names what the disc is
    /// now. From an event or from any thread.
    ///
    /// Microsoft: IDiscFormat2RawCD::CancelWrite: it does not stop at once, and a rewritable disc
    /// should be erased. At most one transfer more is sent, then the drive empties its buffer.
    #[doc(alias = "CancelWrite")]
    pub fn cancel_write(&self) -> Result<(), Error> {
        match self.state().phase {
            Phase::Writing(_) => {
                self.cancelled.store(true, Ordering::Relaxed);
                Ok(())
            }
            Phase::Unprepared | Phase::Prepared(_) => Err(Error::WriteNotInProgress),
        }
    }
}

/// Events.
impl RawCd {
    /// Names one more who is told how a write gets on, on the thread that is inside
    /// [`write_media`](Self::write_media). The handler may call any member of the object it is given;
    /// it keeps the write waiting meanwhile. See [`crate::write`] for when it is called.
    ///
    /// Microsoft: DDiscFormat2RawCDEvents::Update. A handler that panicked is not called again.
    #[doc(alias = "Update")]
    pub fn on_update(&self, handler: impl FnMut(&RawCd, &WriteProgress) + Send + 'static) -> Subscription {
        self.subscribers.add(Box::new(handler))
    }

    /// Takes a handler away; whether it was there. From inside it, too.
    pub fn unsubscribe(&self, subscription: Subscription) -> bool {
        self.subscribers.remove(subscription)
    }

    pub(crate) fn tell(&self, progress: &WriteProgress) {
        self.subscribers.tell(self, progress);
    }

    pub(crate) fn set_underway(&self, underway: Underway) {
        self.state().underway = Some(underway);
    }
}

impl RawCd {
    /// Does a job that has the drive for itself, as a running write.
    fn working<T>(
        &self,
        lead_in_sectors: i32,
        work: impl FnOnce(&write::Job<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (recorder, found, options) = {
            let mut state = self.state();
            let found = state.prepared_and_idle()?.found.clone();
            let recorder = state.recorder(NoRecorder::NotSpecified)?.clone();
            self.cancelled.store(false, Ordering::Relaxed);
            state.phase = match core::mem::take(&mut state.phase) {
                Phase::Prepared(prepared) => Phase::Writing(prepared),
                other => other,
            };
            (recorder, found, state.options)
        };
        let _end = EndOfWrite(self);
        work(&write::Job {
            object: self,
            recorder: &recorder,
            found: &found,
            policy: self.policy,
            options,
            lead_in_sectors,
            cancelled: &self.cancelled,
        })
    }
}

/// Back from writing to prepared, however the write ends.
struct EndOfWrite<'a>(&'a RawCd);

impl Drop for EndOfWrite<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.underway = None;
        state.phase = match core::mem::take(&mut state.phase) {
            Phase::Writing(prepared) => Phase::Prepared(prepared),
            other => other,
        };
    }
}
