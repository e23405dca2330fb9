#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

pub mod automation;
pub mod interfaces;
pub mod members;
mod slot;
