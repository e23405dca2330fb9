//! The format object: `IDiscFormat2` and `IDiscFormat2RawCD`.

mod properties;
mod writing;

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::NoRecorder;
use crate::media::Media;
use crate::prepare::{self, Prepared};
use crate::progress::Subscribers;
use crate::speeds::Speed;
use crate::speeds::{self, SpeedRequest};
use crate::{
    Adjustment, ClientName, ClientNameError, Error, MediaPolicy, MediaType, Recorder, SectorType, support,
};

/// Writes raw CDs: `IDiscFormat2RawCD` with what it inherits from `IDiscFormat2`.
///
/// Members take `&self` and may be called from any thread; those that talk to the drive wait for
/// each other. While [`write_media`](Self::write_media) runs, what its image and its
/// [events](Self::on_update) call back is answered at once, by the rules for a running write; nothing
/// then comes between the drive and its sectors: disc type and speeds are those from before the first
/// one.
///
/// | state | comes by | members that need it |
/// |---|---|---|
/// | no recorder | `RawCd::default()`, `set_recorder(None)` | |
/// | recorder set | `set_recorder` | media type, blank checks, speeds |
/// | prepared | `prepare_media` | the two addresses, sector types, write, release |
/// | writing | inside `write_media` | `cancel_write` |
///
/// Dropping a prepared object unlocks the tray and gives the drive back.
#[doc(alias = "IDiscFormat2RawCD")]
#[derive(Debug, Default)]
pub struct RawCd {
    policy: MediaPolicy,
    state: Mutex<State>,
    cancelled: AtomicBool,
    subscribers: Subscribers,
}

#[derive(Debug, Default)]
struct State {
    recorder: Option<Recorder>,
    client_name: Option<ClientName>,
    speed: SpeedRequest,
    options: Options,
    phase: Phase,
    underway: Option<Underway>,
}

/// What was asked of the drive just before it began to record, for members that are called while it
/// does.
#[derive(Clone, Debug)]
pub(crate) struct Underway {
    pub media_type: MediaType,
    pub current: Result<Speed, Error>,
    pub offered: Result<Vec<Speed>, Error>,
}

/// What lives from one PrepareMedia to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Do without buffer underrun protection.
    pub buffer_underrun_free_disabled: bool,
    /// What the image's sectors hold.
    pub sector_type: SectorType,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Unprepared,
    Prepared(Prepared),
    Writing(Prepared),
}

impl State {
    /// What was found out while preparing; there is none before and after.
    fn prepared(&self) -> Result<&Prepared, Error> {
        match &self.phase {
            Phase::Unprepared => Err(Error::NotPrepared),
            Phase::Prepared(prepared) | Phase::Writing(prepared) => Ok(prepared),
        }
    }

    /// The same for members that a running write forbids.
    fn prepared_and_idle(&self) -> Result<&Prepared, Error> {
        self.not_writing()?;
        self.prepared()
    }

    fn not_writing(&self) -> Result<(), Error> {
        match self.phase {
            Phase::Writing(_) => Err(Error::WriteInProgress),
            Phase::Unprepared | Phase::Prepared(_) => Ok(()),
        }
    }

    fn unprepared(&self) -> Result<(), Error> {
        match self.phase {
            Phase::Writing(_) => Err(Error::WriteInProgress),
            Phase::Prepared(_) => Err(Error::Prepared),
            Phase::Unprepared => Ok(()),
        }
    }

    fn recorder(&self, otherwise: NoRecorder) -> Result<&Recorder, Error> {
        self.recorder.as_ref().ok_or(Error::NoRecorder(otherwise))
    }
}

/// `IDiscFormat2`.
impl RawCd {
    /// An object that follows `policy` where a disc already holds a session.
    pub fn new(policy: MediaPolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Which discs PrepareMedia takes.
    pub const fn policy(&self) -> MediaPolicy {
        self.policy
    }

    /// Whether the drive can write raw: `Ok(true)`, or [`Error::FormatNotSupported`], which is the
    /// answer no and not a failure. The disc does not matter, nor does the recorder that is set.
    ///
    /// Microsoft: IDiscFormat2::IsRecorderSupported, whose remarks name this code for the raw CD
    /// object. Tested is feature 002Eh, current or not, and in it the RAW bit (inference).
    #[doc(alias = "IsRecorderSupported")]
    pub fn is_recorder_supported(&self, recorder: &Recorder) -> Result<bool, Error> {
        support::of_recorder(recorder).map(|_| true)
    }

    /// Whether the disc in the drive is a CD-R or CD-RW and the drive can write it raw. Blank or
    /// not is another question.
    ///
    /// Microsoft: IDiscFormat2::IsCurrentMediaSupported; without a disc
    /// `E_IMAPI_RECORDER_MEDIA_NO_MEDIA`, as from Windows 7 on.
    #[doc(alias = "IsCurrentMediaSupported")]
    pub fn is_current_media_supported(&self, recorder: &Recorder) -> Result<bool, Error> {
        if self.is_recording_on(recorder) {
            return Ok(true);
        }
        Ok(Media::read(recorder)?.is_supported())
    }

    /// Whether the drive says that the disc is blank.
    ///
    /// Microsoft: IDiscFormat2::get_MediaPhysicallyBlank; no recorder is `E_POINTER`. While sectors are
    /// sent `E_IMAPI_DF2RAW_WRITE_IN_PROGRESS` (inference): the disc is neither.
    #[doc(alias = "get_MediaPhysicallyBlank")]
    pub fn media_physically_blank(&self) -> Result<bool, Error> {
        let recorder = self.state().recorder(NoRecorder::Pointer)?.clone();
        if self.underway().is_some() {
            return Err(Error::WriteInProgress);
        }
        Ok(Media::read(&recorder)?.is_blank())
    }

    /// Whether the disc looks blank; for CDs the same as
    /// [`media_physically_blank`](Self::media_physically_blank) (Microsoft's erase sample).
    #[doc(alias = "get_MediaHeuristicallyBlank")]
    pub fn media_heuristically_blank(&self) -> Result<bool, Error> {
        self.media_physically_blank()
    }

    /// CD-R and CD-RW.
    #[doc(alias = "get_SupportedMediaTypes")]
    pub fn supported_media_types(&self) -> Vec<MediaType> {
        MediaType::SUPPORTED.to_vec()
    }
}

/// `IDiscFormat2RawCD`: methods.
impl RawCd {
    /// Takes the drive for this writer and finds out where a session may begin and end.
    ///
    /// Microsoft: IDiscFormat2RawCD::PrepareMedia. Needs a recorder (060A), an object that is not
    /// prepared (0603) and a client name (0604), asked for in this order. Resets
    /// BufferUnderrunFreeDisabled and RequestedSectorType. A failure gives back what was taken.
    #[doc(alias = "PrepareMedia")]
    pub fn prepare_media(&self) -> Result<Adjustment, Error> {
        let mut state = self.state();
        let recorder = state.recorder(NoRecorder::NotSpecified)?;
        if state.prepared().is_ok() {
            return Err(Error::Prepared);
        }
        let name = state.client_name.as_ref().ok_or(Error::ClientName(ClientNameError::Missing))?;
        let (prepared, adjustment) = prepare::prepare(recorder, name, self.policy, state.speed)?;
        state.options = Options::default();
        state.phase = Phase::Prepared(prepared);
        Ok(adjustment)
    }

    /// Ends what PrepareMedia began: unlocks the tray, gives the drive back. Closes nothing on the
    /// disc: a raw image brings its own lead-out.
    ///
    /// Microsoft: IDiscFormat2RawCD::ReleaseMedia. The object is unprepared afterwards even
    /// where the drive did not unlock the tray and that error is returned.
    #[doc(alias = "ReleaseMedia")]
    pub fn release_media(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.prepared_and_idle()?;
        match core::mem::take(&mut state.phase) {
            Phase::Prepared(prepared) | Phase::Writing(prepared) => prepared.release(),
            Phase::Unprepared => Err(Error::NotPrepared),
        }
    }

    /// Asks for a speed, in sectors a second (75 is 1x; -1 the fastest), and a rotation control.
    ///
    /// Microsoft: IDiscFormat2RawCD::SetWriteSpeed. Remembered and tried at once; PrepareMedia
    /// applies it again. Without a recorder `E_IMAPI_RECORDER_REQUIRED`. Below -1 and 0 are
    /// `E_INVALIDARG`.
    #[doc(alias = "SetWriteSpeed")]
    pub fn set_write_speed(&self, sectors_per_second: i32, pure_cav: bool) -> Result<Adjustment, Error> {
        let mut state = self.state();
        state.not_writing()?;
        let recorder = state.recorder(NoRecorder::Required)?.clone();
        state.speed = SpeedRequest::new(sectors_per_second, pure_cav)?;
        speeds::apply(&recorder, state.speed)
    }
}

impl RawCd {
    /// The recorder that is set; the object is not locked while the drive is asked.
    fn drive(&self) -> Result<Recorder, Error> {
        self.state().recorder(NoRecorder::NotSpecified).cloned()
    }

    fn underway(&self) -> Option<Underway> {
        self.state().underway.clone()
    }

    fn is_recording_on(&self, recorder: &Recorder) -> bool {
        let state = self.state();
        state.underway.is_some() && state.recorder.as_ref().is_some_and(|set| set.is_same_handle(recorder))
    }

    fn media_type(&self, recorder: &Recorder) -> Result<MediaType, Error> {
        match self.underway() {
            Some(underway) => Ok(underway.media_type),
            None => Ok(Media::read(recorder)?.media_type),
        }
    }

    fn current_speed(&self) -> Result<Speed, Error> {
        let recorder = self.drive()?;
        match self.underway() {
            Some(underway) => underway.current,
            None => speeds::current(&recorder),
        }
    }

    fn offered_speeds(&self, recorder: &Recorder) -> Result<Vec<Speed>, Error> {
        match self.underway() {
            Some(underway) => underway.offered,
            None => speeds::offered(recorder),
        }
    }

    /// A member that panicked has left a state that was whole before it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
