//! The image creator in Rust, its tracks and the image that it makes.

use std::io::{Cursor, Seek, SeekFrom};

use raw_cd::image_creator::{CdSectorType, CopySetting, ImageCreatorError, TrackData, TrackInfo};
use raw_cd::{HResult, ImageError, RawCdImage, RawCdImageCreator, RawImage, SectorType};

use super::{code, int, is, zeros};
use crate::face::Request;
use crate::image::Image;
use crate::judge::Called;
use crate::literal::hex;
use crate::member::{Object, member};
use crate::term::Term;

/// The most bytes of one `Read`.
const MOST_READ: i64 = 1 << 20;

/// A creator, and the image that it has made.
#[derive(Debug, Default)]
pub(super) struct Creator {
    creator: RawCdImageCreator,
    result: Option<RawCdImage>,
}

impl Creator {
    /// What CreateResultImage gave.
    pub fn result(&mut self) -> Option<&mut RawCdImage> {
        self.result.as_mut()
    }

    /// Calls a member of creator, track or image; `None` where it is another object's.
    pub fn call(&mut self, request: &Request<'_>) -> Option<Result<Called, String>> {
        let Request { member: name, args, image, track, .. } = *request;
        match member(name)?.of {
            Object::Creator => Some(self.creator(name, args, image)),
            Object::Track => Some(self.track(track.unwrap_or(0), name, args)),
            Object::Image => Some(self.image(name, args)),
            Object::ComImage | Object::Point => {
                Some(Err(format!("{name} is a member of the COM object: face: Com")))
            }
            Object::Writer | Object::Recorder | Object::RecorderEx => None,
        }
    }

    fn creator(&mut self, name: &str, args: &[Term], image: Option<&Image>) -> Result<Called, String> {
        let wrong = || format!("{name} does not take {}", Term::List(args.to_vec()));
        let data = |term: &Term| match (term, image) {
            (Term::Int(bytes), _) => Ok(TrackData::new(zeros(*bytes))),
            (Term::Text(text), Some(image)) if text == "tracks" => {
                Ok(TrackData::new(Cursor::new(image.tracks())))
            }
            (Term::Text(text), Some(image)) if text == "image" => {
                let mut bytes = Vec::new();
                (0..image.frames()).for_each(|n| image.append(n, &mut bytes));
                Ok(TrackData::new(Cursor::new(bytes)))
            }
            _ => Err(wrong()),
        };
        let optional = |term: &Term| match term {
            Term::None => Ok(None),
            term => data(term).map(Some),
        };
        let creator = &mut self.creator;
        Ok(match (name, args) {
            ("CreateResultImage", []) => match creator.create_result_image() {
                Ok(image) => {
                    self.result = Some(image);
                    is("image")
                }
                Err(error) => failed(&error),
            },
            ("AddTrack", [_, Term::None]) => {
                return Err("AddTrack cannot be handed NULL in Rust: face: Com".into());
            }
            ("AddTrack", [Term::Int(kind), stream]) => {
                gives(creator.add_track(CdSectorType(int(*kind)?), data(stream)?))
            }
            ("AddSpecialPregap", [stream]) => done(creator.add_special_pregap(optional(stream)?)),
            ("AddSubcodeRWGenerator", [stream]) => done(creator.add_subcode_rw_generator(optional(stream)?)),
            ("put_ResultingImageType", [Term::Int(kind)]) => {
                done(creator.set_resulting_image_type(SectorType(int(*kind)?)))
            }
            ("get_ResultingImageType", []) => is(creator.resulting_image_type().0),
            ("get_StartOfLeadout", []) => gives(creator.start_of_leadout().map(|lba| lba.0)),
            ("put_StartOfLeadoutLimit", [Term::Int(lba)]) => {
                done(creator.set_start_of_leadout_limit(cd_format::Lba(int(*lba)?)))
            }
            ("get_StartOfLeadoutLimit", []) => is(creator.start_of_leadout_limit().0),
            ("put_DisableGaplessAudio", [Term::Bool(off)]) => done(creator.set_disable_gapless_audio(*off)),
            ("get_DisableGaplessAudio", []) => is(creator.disable_gapless_audio()),
            ("put_MediaCatalogNumber", [number]) => done(creator.set_media_catalog_number(text(number))),
            ("get_MediaCatalogNumber", []) => is(creator.media_catalog_number()),
            ("put_StartingTrackNumber", [Term::Int(number)]) => {
                done(creator.set_starting_track_number(int(*number)?))
            }
            ("get_StartingTrackNumber", []) => is(creator.starting_track_number()),
            ("get_TrackInfo", [Term::Int(index)]) => {
                let index = int(*index)?;
                gives(creator.track_info(index).map(|_| format!("track {index}")))
            }
            ("get_NumberOfExistingTracks", []) => is(creator.number_of_existing_tracks()),
            ("get_LastUsedUserSectorInImage", []) => {
                gives(creator.last_used_user_sector_in_image().map(|lba| lba.0))
            }
            ("get_ExpectedTableOfContents", []) => gives(
                creator
                    .expected_table_of_contents()
                    .map(|table| table.into_iter().map(i64::from).collect::<Vec<_>>()),
            ),
            _ => return Err(wrong()),
        })
    }

    fn track(&mut self, index: i32, name: &str, args: &[Term]) -> Result<Called, String> {
        let there = self.creator.track_info(index).map_err(|error| error.to_string())?;
        let wrong = || format!("{name} does not take {}", Term::List(args.to_vec()));
        let read = match (name, args) {
            ("get_StartingLba", []) => Some(is(there.starting_lba().0)),
            ("get_SectorCount", []) => Some(is(there.sector_count())),
            ("get_TrackNumber", []) => Some(is(i64::from(there.track_number()))),
            ("get_SectorType", []) => Some(is(there.sector_type().0)),
            ("get_ISRC", []) => Some(is(there.isrc())),
            ("get_DigitalAudioCopySetting", []) => Some(is(there.digital_audio_copy_setting().0)),
            ("get_AudioHasPreemphasis", []) => Some(is(there.audio_has_preemphasis())),
            ("get_TrackIndexes", []) => Some(is(there.track_indexes().to_vec())),
            _ => None,
        };
        if let Some(read) = read {
            return Ok(read);
        }
        let mut change = |set: &dyn Fn(&mut TrackInfo) -> Result<HResult, ImageCreatorError>| match self
            .creator
            .track_info_mut(index)
            .and_then(set)
        {
            Ok(success) => code(success),
            Err(error) => failed(&error),
        };
        let ok = |()| HResult::S_OK;
        Ok(match (name, args) {
            ("put_ISRC", [isrc]) => change(&|track| track.set_isrc(text(isrc)).map(ok)),
            ("put_DigitalAudioCopySetting", [Term::Int(setting)]) => {
                let setting = CopySetting(int(*setting)?);
                change(&|track| track.set_digital_audio_copy_setting(setting).map(ok))
            }
            ("put_AudioHasPreemphasis", [Term::Bool(on)]) => {
                change(&|track| track.set_audio_has_preemphasis(*on).map(ok))
            }
            ("AddTrackIndex", [Term::Int(offset)]) => {
                let offset = int(*offset)?;
                change(&|track| track.add_track_index(offset).map(raw_cd::image_creator::AddedIndex::hresult))
            }
            ("ClearTrackIndex", [Term::Int(offset)]) => {
                let offset = int(*offset)?;
                change(&|track| track.clear_track_index(offset).map(ok))
            }
            _ => return Err(wrong()),
        })
    }

    fn image(&mut self, name: &str, args: &[Term]) -> Result<Called, String> {
        let image = self.result.as_mut().ok_or("CreateResultImage has given no image")?;
        Ok(match (name, args) {
            ("Read", [Term::Int(bytes)]) => {
                let bytes = usize::try_from((*bytes).clamp(0, MOST_READ)).unwrap_or(0);
                match fill(image, bytes) {
                    Ok(bytes) => is(hex(&bytes)),
                    Err(error) => stream_failed(&error),
                }
            }
            ("Seek", [Term::Int(distance), Term::Int(origin)]) => {
                let to = match (origin, u64::try_from(*distance)) {
                    (0, Ok(at)) => SeekFrom::Start(at),
                    (1, _) => SeekFrom::Current(*distance),
                    (2, _) => SeekFrom::End(*distance),
                    _ => return Err(format!("Rust has no place {distance} from origin {origin}: face: Com")),
                };
                match image.seek(to) {
                    Ok(at) => is(i64::try_from(at).unwrap_or(i64::MAX)),
                    Err(error) => stream_failed(&error.into()),
                }
            }
            ("Stat", []) => is(i64::try_from(image.size()).unwrap_or(i64::MAX)),
            _ => return Err(format!("{name} does not take {}", Term::List(args.to_vec()))),
        })
    }
}

/// As many bytes as there are, up to `bytes`.
fn fill(image: &mut RawCdImage, bytes: usize) -> Result<Vec<u8>, ImageError> {
    let mut buffer = vec![0; bytes];
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match image.read_some(rest)? {
            0 => break,
            got => filled += got,
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}

/// NULL is the empty string.
fn text(term: &Term) -> &str {
    if let Term::Text(text) = term { text } else { "" }
}

fn stream_failed(error: &ImageError) -> Called {
    Called { code: error.hresult, value: Term::None, note: error.text.clone() }
}

fn failed(error: &ImageCreatorError) -> Called {
    Called { code: error.hresult(), value: Term::None, note: error.to_string() }
}

fn done(result: Result<(), ImageCreatorError>) -> Called {
    match result {
        Ok(()) => code(HResult::S_OK),
        Err(error) => failed(&error),
    }
}

fn gives<T: Into<Term>>(result: Result<T, ImageCreatorError>) -> Called {
    match result {
        Ok(value) => is(value),
        Err(error) => failed(&error),
    }
}
