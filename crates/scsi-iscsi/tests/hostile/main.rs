//! Initiators that lie, stall, break off and come in crowds: no panic, bounded memory, and whoever behaves is served
//! as if they were not there.

mod crowd;
mod data;
mod peer;
mod stream;
