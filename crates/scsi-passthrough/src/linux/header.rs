//! `struct sg_io_hdr` of Linux `include/scsi/sg.h`, in C's layout.

use core::ffi::{c_int, c_uchar, c_uint, c_ushort, c_void};
use core::ptr;

/// `SG_DXFER_NONE`: no data phase.
pub const DXFER_NONE: c_int = -1;
/// `SG_DXFER_TO_DEV`: to the drive.
pub const DXFER_TO_DEV: c_int = -2;
/// `SG_DXFER_FROM_DEV`: from the drive.
pub const DXFER_FROM_DEV: c_int = -3;

/// `struct sg_io_hdr`; `[i]` is filled by us, `[o]` by the kernel.
#[repr(C)]
#[derive(Debug)]
pub struct Header {
    /// `[i]` `'S'`: version 3.
    pub interface_id: c_int,
    /// `[i]` One of the `DXFER_` values.
    pub dxfer_direction: c_int,
    /// `[i]` Bytes of the CDB.
    pub cmd_len: c_uchar,
    /// `[i]` Room for sense data, bytes.
    pub mx_sb_len: c_uchar,
    /// `[i]` Elements of a scatter list; 0 is none.
    pub iovec_count: c_ushort,
    /// `[i]` Bytes of the data phase.
    pub dxfer_len: c_uint,
    /// `[i]`, `[*io]` The data.
    pub dxferp: *mut c_void,
    /// `[i]`, `[*i]` The CDB.
    pub cmdp: *const c_uchar,
    /// `[i]`, `[*o]` The sense data.
    pub sbp: *mut c_uchar,
    /// `[i]` Milliseconds.
    pub timeout: c_uint,
    /// `[i]` 0: indirect I/O, through the kernel's own buffers.
    pub flags: c_uint,
    /// `[i->o]` Ours, unused.
    pub pack_id: c_int,
    /// `[i->o]` Ours, unused.
    pub usr_ptr: *mut c_void,
    /// `[o]` SCSI status byte.
    pub status: c_uchar,
    /// `[o]` The same in the notation of SCSI-1; unused.
    pub masked_status: c_uchar,
    /// `[o]` Message byte of parallel SCSI; unused.
    pub msg_status: c_uchar,
    /// `[o]` Bytes of sense data written.
    pub sb_len_wr: c_uchar,
    /// `[o]` `DID_` code of the host adapter.
    pub host_status: c_ushort,
    /// `[o]` `DRIVER_` code of the kernel's driver.
    pub driver_status: c_ushort,
    /// `[o]` `dxfer_len` less the bytes moved.
    pub resid: c_int,
    /// `[o]` Milliseconds that the command took.
    pub duration: c_uint,
    /// `[o]` Bits; unused.
    pub info: c_uint,
}

impl Header {
    /// A header of version 3 with nothing in it.
    pub const fn empty() -> Self {
        Self {
            interface_id: b'S' as c_int,
            dxfer_direction: DXFER_NONE,
            cmd_len: 0,
            mx_sb_len: 0,
            iovec_count: 0,
            dxfer_len: 0,
            dxferp: ptr::null_mut(),
            cmdp: ptr::null(),
            sbp: ptr::null_mut(),
            timeout: 0,
            flags: 0,
            pack_id: 0,
            usr_ptr: ptr::null_mut(),
            status: 0,
            masked_status: 0,
            msg_status: 0,
            sb_len_wr: 0,
            host_status: 0,
            driver_status: 0,
            resid: 0,
            duration: 0,
            info: 0,
        }
    }
}

// A wrong size would let the kernel write past the header: not left to a test that somebody must run.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Header>() == 88 && align_of::<Header>() == 8);
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Header>() == 64 && align_of::<Header>() == 4);

#[cfg(test)]
mod tests {
    use core::mem::offset_of;

    use super::*;

    /// Offsets as C's rules give them for `include/scsi/sg.h`: four-byte fields, then pointers of
    /// eight bytes on eight, the status bytes packed behind `usr_ptr`.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn every_field_is_where_the_kernel_looks() {
        let table = [
            ("interface_id", offset_of!(Header, interface_id), 0),
            ("dxfer_direction", offset_of!(Header, dxfer_direction), 4),
            ("cmd_len", offset_of!(Header, cmd_len), 8),
            ("mx_sb_len", offset_of!(Header, mx_sb_len), 9),
            ("iovec_count", offset_of!(Header, iovec_count), 10),
            ("dxfer_len", offset_of!(Header, dxfer_len), 12),
            ("dxferp", offset_of!(Header, dxferp), 16),
            ("cmdp", offset_of!(Header, cmdp), 24),
            ("sbp", offset_of!(Header, sbp), 32),
            ("timeout", offset_of!(Header, timeout), 40),
            ("flags", offset_of!(Header, flags), 44),
            ("pack_id", offset_of!(Header, pack_id), 48),
            ("usr_ptr", offset_of!(Header, usr_ptr), 56),
            ("status", offset_of!(Header, status), 64),
            ("masked_status", offset_of!(Header, masked_status), 65),
            ("msg_status", offset_of!(Header, msg_status), 66),
            ("sb_len_wr", offset_of!(Header, sb_len_wr), 67),
            ("host_status", offset_of!(Header, host_status), 68),
            ("driver_status", offset_of!(Header, driver_status), 70),
            ("resid", offset_of!(Header, resid), 72),
            ("duration", offset_of!(Header, duration), 76),
            ("info", offset_of!(Header, info), 80),
        ];
        for (field, is, should) in table {
            assert_eq!(is, should, "{field}");
        }
        assert_eq!(size_of::<Header>(), 88);
    }

    #[test]
    fn an_empty_header_says_version_3_and_no_data() {
        let header = Header::empty();
        assert_eq!((header.interface_id, header.dxfer_direction, header.flags), (0x53, -1, 0));
    }
}
