//! The COM face of `raw-cd`: `IDiscFormat2RawCD` and `IRawCDImageCreator` with their identifiers and
//! their vtables, on any system.
//!
//! A program that was written against IMAPI sees a vtable and an HRESULT; this crate is that vtable.
//! Its rules (NULL pointers, results after a failure, reference counts) can be tested here without
//! Windows.
//!
//! Read first: [`RawCdObject`], the writer; [`RecorderObject`], the drive it is given;
//! [`client`], which calls both through their slots; and [`ImageCreatorObject`], which makes the
//! stream that the writer takes.
//!
//! Always: `E_POINTER` for a NULL result pointer before any other check; a blank result after a
//! failure; a panic ends at the border as `E_FAIL`. Never: a decision about burning. What
//! `raw-cd` answers is handed on.
//!
//! Sources: Microsoft's `imapi2.idl` and `oaidl.h` for the binary side, the pages of each member for
//! the rest. Where windows-core shows through: the objects answer `QueryInterface` for
//! `IInspectable` and `IWeakReferenceSource` too, which Microsoft's do not.
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

pub mod automation;
mod border;
pub mod client;
pub mod dispatch;
mod events;
mod events_object;
mod exclusive;
mod image_creator_object;
mod image_stream;
pub mod interfaces;
pub mod members;
mod object;
mod recorder_object;
mod slot;
mod speed_object;
mod stream;
#[cfg(test)]
mod tests;
mod track_info_object;

pub use events_object::EventArgsObject;
pub use image_creator_object::ImageCreatorObject;
pub use object::RawCdObject;
pub use recorder_object::RecorderObject;
pub use speed_object::SpeedObject;
pub use track_info_object::TrackInfoObject;
