//! The ioctls; the crate's only `unsafe`.
//!
//! Who owns the buffers when: SG_IO returns when the command has ended, by its answer or by the
//! kernel's error handling (abort, reset) after the timeout; after DID_TIME_OUT too nobody writes to the
//! caller's memory any more. Where a signal breaks the wait on a `/dev/sg*` node, the kernel completes the
//! command without us; the data then sits in the kernel's buffers and is dropped, because this module
//! never asks for direct I/O (`SG_FLAG_DIRECT_IO`) or a mapped buffer.

use core::ffi::{c_int, c_uint};
use std::os::fd::BorrowedFd;

use rustix::io::Errno;
use rustix::ioctl::{Getter, Opcode, Updater, ioctl};
use scsi_transport::Data;

use super::answer::Answer;
use super::header::{DXFER_FROM_DEV, DXFER_NONE, DXFER_TO_DEV, Header};

/// `<scsi/sg.h>`.
const SG_GET_RESERVED_SIZE: Opcode = 0x2272;
/// `<scsi/sg.h>`.
const SG_GET_VERSION_NUM: Opcode = 0x2282;
/// `<scsi/sg.h>`.
const SG_IO: Opcode = 0x2285;
/// `<linux/fs.h>`: `_IO(0x12, 103)`.
const BLKSECTGET: Opcode = rustix::ioctl::opcode::none(0x12, 103);

/// Version of the interface: 3.5.27 is 30527.
pub fn version(fd: BorrowedFd<'_>) -> Result<c_int, Errno> {
    // SAFETY: a driver that knows SG_GET_VERSION_NUM writes one int, and only when it returns 0.
    let getter = unsafe { Getter::<SG_GET_VERSION_NUM, c_int>::new() };
    // SAFETY: the getter holds room for that int for the length of the call.
    unsafe { ioctl(fd, getter) }
}

/// Bytes of the buffer that the kernel keeps ready.
pub fn reserved_size(fd: BorrowedFd<'_>) -> Result<c_int, Errno> {
    // SAFETY: a driver that knows SG_GET_RESERVED_SIZE writes one int, and only when it returns 0.
    let getter = unsafe { Getter::<SG_GET_RESERVED_SIZE, c_int>::new() };
    // SAFETY: the getter holds room for that int for the length of the call.
    unsafe { ioctl(fd, getter) }
}

/// What BLKSECTGET writes, as bytes: an unsigned short on a block device, an int on `/dev/sg*`.
pub fn sectors_or_bytes(fd: BorrowedFd<'_>) -> Result<[u8; 4], Errno> {
    // Not a getter: of the short only two bytes come.
    let mut value = 0_u32.to_ne_bytes();
    // SAFETY: BLKSECTGET writes two or four bytes; a short or an int is never longer than `value`.
    let updater = unsafe { Updater::<BLKSECTGET, [u8; 4]>::new(&mut value) };
    // SAFETY: the updater borrows `value` for the length of the call.
    unsafe { ioctl(fd, updater) }?;
    Ok(value)
}

/// Sends one command. `cdb` and `sense` are at most 255 bytes, the data at most `u32::MAX`; what is
/// longer is [`Errno::INVAL`] without asking the kernel.
pub fn sg_io(
    fd: BorrowedFd<'_>,
    cdb: &[u8],
    data: &mut Data<'_>,
    sense: &mut [u8],
    timeout_ms: c_uint,
) -> Result<Answer, Errno> {
    let mut header = Header::empty();
    header.cmd_len = u8::try_from(cdb.len()).map_err(|_| Errno::INVAL)?;
    header.mx_sb_len = u8::try_from(sense.len()).map_err(|_| Errno::INVAL)?;
    header.dxfer_len = c_uint::try_from(data.len()).map_err(|_| Errno::INVAL)?;
    header.timeout = timeout_ms;
    header.cmdp = cdb.as_ptr();
    header.sbp = sense.as_mut_ptr();
    (header.dxfer_direction, header.dxferp) = match data {
        Data::In(buffer) if !buffer.is_empty() => (DXFER_FROM_DEV, buffer.as_mut_ptr().cast()),
        // The kernel only reads from it: the direction says so.
        Data::Out(bytes) if !bytes.is_empty() => (DXFER_TO_DEV, bytes.as_ptr().cast_mut().cast()),
        Data::None | Data::In(_) | Data::Out(_) => (DXFER_NONE, core::ptr::null_mut()),
    };
    // SAFETY: SG_IO takes a `struct sg_io_hdr`, whose layout `Header` has.
    let updater = unsafe { Updater::<SG_IO, Header>::new(&mut header) };
    // SAFETY: the three pointers are those of live slices with the lengths that stand beside them, of
    // which `sense` and an `In` buffer are exclusively borrowed and the others only read; nobody
    // keeps them after the call (see the module's doc).
    unsafe { ioctl(fd, updater) }?;
    Ok(Answer {
        status: header.status,
        host_status: header.host_status,
        driver_status: header.driver_status,
        residue: header.resid,
        sense_bytes: header.sb_len_wr,
        duration_ms: header.duration,
    })
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    /// `ioctl(2)`: ENOTTY, "the specified operation does not apply to the kind of object".
    #[test]
    fn a_driver_that_knows_none_of_them_says_so() {
        let null = std::fs::File::open("/dev/null").unwrap();
        let fd = null.as_fd();
        assert_eq!(version(fd), Err(Errno::NOTTY));
        assert_eq!(reserved_size(fd), Err(Errno::NOTTY));
        assert_eq!(sectors_or_bytes(fd), Err(Errno::NOTTY));
        let mut buffer = [0xA5; 36];
        for mut data in [Data::None, Data::In(&mut buffer), Data::Out(&[1, 2, 3])] {
            assert_eq!(sg_io(fd, &[0; 6], &mut data, &mut [0; 18], 1_000).err(), Some(Errno::NOTTY));
        }
        assert_eq!(buffer, [0xA5; 36]);
    }

    #[test]
    fn lengths_that_the_header_cannot_hold_do_not_reach_the_kernel() {
        let null = std::fs::File::open("/dev/null").unwrap();
        let long = [0; 256];
        let sent = |cdb: &[u8], sense: &mut [u8]| sg_io(null.as_fd(), cdb, &mut Data::None, sense, 1).err();
        assert_eq!(sent(&long, &mut [0; 18]), Some(Errno::INVAL));
        assert_eq!(sent(&[0; 6], &mut [0; 256]), Some(Errno::INVAL));
    }

    /// `<linux/fs.h>`; MIPS, PowerPC and SPARC count their ioctls otherwise.
    #[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "arm", target_arch = "aarch64"))]
    #[test]
    fn blksectget_has_its_number() {
        assert_eq!(BLKSECTGET, 0x1267);
    }
}
