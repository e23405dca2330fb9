//! One small `impl` a command. By the time a handler runs, unit attentions have been told, the
//! medium is there if the command needs one, and the CDB is a value.

mod capacity;
mod close;
mod configuration;
mod cue_sheet;
mod disc_information;
mod erase;
mod event;
mod identity;
mod mechanical;
mod mode;
mod optimum_power;
mod performance;
mod read;
mod ready;
mod refused;
mod sub_channel;
mod toc;
mod track_information;
mod write;

pub(crate) use read::Failed;

use core::ops::ControlFlow;

use mmc_wire::command::*;
use mmc_wire::layout::{Cdb, Place};
use mmc_wire::{Command, Sense};

use crate::drive::Drive;
use crate::refusal::Refusal;

/// A command's data phase as its handler sees it.
pub(crate) struct Io<'a> {
    /// What the host sent.
    pub out: &'a [u8],
    /// Bytes that the host has room for: no handler need make more.
    pub room: usize,
    /// Where the whole reply goes; it is cut to the allocation length afterwards.
    pub reply: &'a mut Vec<u8>,
}

impl Io<'_> {
    /// Whether the host has room for more; what it has no room for is not read.
    const fn go_on(&self) -> ControlFlow<()> {
        if self.reply.len() < self.room { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// What a command does.
pub(crate) trait Handle<C: Cdb> {
    /// Whether the simulator has the command at all.
    const MODELLED: bool = true;

    /// Does it, or says why not. A refused command leaves drive and medium untouched.
    fn handle(&mut self, cdb: &C, io: &mut Io<'_>) -> Result<(), Refusal>;
}

/// The allocation length field, found by its name while compiling.
const fn allocation_place<C: Cdb>() -> Option<Place> {
    let mut n = 0;
    while n < C::FIELDS.len() {
        if matches!(C::FIELDS[n].name.as_bytes(), b"allocation") {
            return Some(C::FIELDS[n].place);
        }
        n += 1;
    }
    None
}

/// Runs a handler and gives the bytes that may move: all of the reply, or as many as the host
/// allowed. A shorter allocation is never an error (SPC "Allocation length").
fn run<C: Cdb>(drive: &mut Drive, cdb: &C, io: &mut Io<'_>) -> Result<usize, Refusal>
where
    Drive: Handle<C>,
{
    drive.handle(cdb, io)?;
    match const { allocation_place::<C>() } {
        Some(place) => {
            let mut whole = [0; 16];
            cdb.set(&mut whole);
            let allowed: u32 = mmc_wire::layout::read(&whole, place);
            Ok(io.reply.len().min(allowed as usize))
        }
        None => Ok(io.reply.len().max(io.out.len())),
    }
}

macro_rules! arms { ($($opcode:literal $name:ident $text:literal $data:ident $effect:ident [$($flag:ident),*];)*) => {
    /// One arm a command, one call an arm.
    pub(crate) fn dispatch(drive: &mut Drive, command: &Command, io: &mut Io<'_>) -> Result<usize, Refusal> {
        match command {
            $(Command::$name(cdb) => run(drive, cdb, io),)*
            Command::Other(_) => Err(Sense::INVALID_OPERATION_CODE.into()),
        }
    }

    /// Whether the simulator has the command at all.
    pub(crate) const fn is_modelled(opcode: u8) -> bool {
        match opcode {
            $($opcode => <Drive as Handle<$name>>::MODELLED,)*
            _ => false,
        }
    }
} }

mmc_wire::for_each_command!(arms);
