//! Which sector types a drive takes: nothing but trying tells.

use mmc_wire::block::mode::MultiSession;

use crate::{Error, Recorder, SectorType, mode, write_page};

/// Tries MODE SELECT with each data block type of raw writing, then puts the page back.
///
/// What may fail and still be an answer is the refusal (key ILLEGAL REQUEST). A drive may also
/// refuse its own page from before, where its defaults are not legal for CD (Pioneer's link size is
/// one for DVD); the last page tried then stays until something is written.
pub(crate) fn supported(recorder: &Recorder) -> Result<Vec<SectorType>, Error> {
    let before = write_page::read(recorder)?;
    let underrun_free = write_page::is_underrun_free(&before);
    let mut types = Vec::new();
    let mut failed = None;
    for sector_type in SectorType::ALL {
        let page = write_page::raw(&before, sector_type, underrun_free, MultiSession::NONE);
        match mode::select(recorder, &page) {
            Ok(()) => types.push(sector_type),
            Err(error) if error.is_refusal() => {}
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let restored = mode::select(recorder, &before);
    match (failed, restored) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if !error.is_refusal() => Err(error),
        (None, _) => Ok(types),
    }
}
