//! An open node.

use core::ffi::{c_int, c_uint};
use core::time::Duration;
use std::fs::{File, FileType, Metadata, OpenOptions};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use scsi_transport::{Data, Outcome, Transport, TransportError};

use super::{errno, ioctl};
use crate::Access;

/// A drive behind `/dev/sr*` or `/dev/sg*`.
///
/// One command at a time; the answer is there when [`execute`](Transport::execute) returns, and after a
/// timeout too nobody touches the caller's buffer any more: the kernel has aborted the command first.
/// Closing the last handle of a `/dev/sr*` makes the kernel unlock the tray.
#[derive(Debug)]
pub struct Device {
    file: File,
    path: PathBuf,
    access: Access,
    interface_version: u32,
    max_transfer: usize,
}

impl Device {
    /// Opens a node, without waiting for a medium: an empty or open tray does not matter.
    ///
    /// Errors: what is no character or block device, or takes no SG_IO of version 3, is `Host`; no such
    /// node or nothing behind it `Gone`; not allowed or held by another `AccessDenied`.
    pub fn open(path: impl AsRef<Path>, access: Access) -> Result<Self, TransportError> {
        Self::open_with(path.as_ref(), access, OFlags::NONBLOCK)
    }

    /// Opens a node for us alone, or says that somebody holds it.
    ///
    /// The kernel's rule: on `/dev/sr*` it keeps out mounts and others who ask for exclusive use, not
    /// everybody; on `/dev/sg*` it keeps out everybody who comes through `/dev/sg*`, and needs
    /// [`Access::ReadWrite`].
    pub fn open_exclusive(path: impl AsRef<Path>, access: Access) -> Result<Self, TransportError> {
        Self::open_with(path.as_ref(), access, OFlags::NONBLOCK | OFlags::EXCL)
    }

    fn open_with(path: &Path, access: Access, flags: OFlags) -> Result<Self, TransportError> {
        let refused = |error: std::io::Error| errno::on_open(number(&error), path, access);
        // Before opening: some nodes act on being opened (a FIFO waits, a tape rewinds).
        let kind = must_be_device(path, &std::fs::metadata(path).map_err(refused)?)?;
        if kind.is_char_device() && flags.contains(OFlags::EXCL) && access == Access::ReadOnly {
            return Err(TransportError::Request(format!(
                "{} cannot be held exclusively by who opens it read-only; open it read-write",
                path.display()
            )));
        }
        let file = OpenOptions::new()
            .read(true)
            .write(access == Access::ReadWrite)
            // O_NONBLOCK and O_EXCL fit in an int on every architecture.
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(refused)?;
        let kind = must_be_device(path, &file.metadata().map_err(refused)?)?;
        let version = ioctl::version(file.as_fd()).map_err(|errno| errno::on_version(errno, path))?;
        let interface_version = match u32::try_from(version) {
            Ok(version) if version >= SG_V3 => version,
            _ => {
                return Err(TransportError::Host(format!(
                    "{} speaks version {version} of the SCSI generic interface, expected {SG_V3} or later",
                    path.display()
                )));
            }
        };
        let max_transfer = limit(kind.is_block_device(), ioctl::sectors_or_bytes(file.as_fd()), || {
            ioctl::reserved_size(file.as_fd())
        });
        Ok(Self { file, path: path.to_owned(), access, interface_version, max_transfer })
    }

    /// The node that was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it was opened for.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Bytes that one command may move; more is refused with `Request` before anything is sent.
    pub fn max_transfer(&self) -> usize {
        self.max_transfer
    }

    /// Version of the kernel's interface, for example 30527 for 3.5.27.
    pub fn interface_version(&self) -> u32 {
        self.interface_version
    }
}

impl Transport for Device {
    fn execute(
        &mut self,
        cdb: &[u8],
        mut data: Data<'_>,
        timeout: Duration,
    ) -> Result<Outcome, TransportError> {
        let bytes = data.len();
        sendable(cdb, bytes, self.max_transfer)?;
        let mut sense = [0; SENSE_BYTES];
        let answer = ioctl::sg_io(self.file.as_fd(), cdb, &mut data, &mut sense, milliseconds(timeout))
            .map_err(|errno| errno::on_command(errno, &self.path, self.access, cdb, bytes))?;
        answer.outcome(&sense, bytes, timeout)
    }

    fn wait(&mut self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// The kind of a node, if it is one that could be a drive's.
pub fn must_be_device(path: &Path, metadata: &Metadata) -> Result<FileType, TransportError> {
    let kind = metadata.file_type();
    if kind.is_block_device() || kind.is_char_device() {
        return Ok(kind);
    }
    let what = if kind.is_dir() {
        "a directory"
    } else if kind.is_file() {
        "a file"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "something else"
    };
    Err(errno::not_a_device(path, what))
}

/// The errno in an error of the standard library.
pub fn number(error: &std::io::Error) -> Errno {
    // What has none was refused by the library itself, for example a path with a NUL byte.
    Errno::from_io_error(error).unwrap_or(Errno::INVAL)
}

/// Whether the request has a shape that the kernel takes.
fn sendable(cdb: &[u8], bytes: usize, max_transfer: usize) -> Result<(), TransportError> {
    if !(6..=16).contains(&cdb.len()) {
        return Err(TransportError::Request(format!("a CDB of {} bytes; SG_IO takes 6 to 16", cdb.len())));
    }
    if bytes > max_transfer {
        return Err(TransportError::Request(format!(
            "{bytes} bytes of data; this drive's host adapter takes at most {max_transfer} in one command"
        )));
    }
    Ok(())
}

/// Milliseconds for the kernel, rounded up: 0 would be its own default, `u32::MAX` no limit at all.
fn milliseconds(timeout: Duration) -> c_uint {
    let whole = timeout.as_nanos().div_ceil(1_000_000).clamp(1, LONGEST_MS);
    // LONGEST_MS is an i32's.
    c_uint::try_from(whole).unwrap_or(c_uint::MAX >> 1)
}

/// Bytes in one command, from BLKSECTGET and, where that says nothing, from the reserved buffer.
fn limit(
    block: bool,
    sectors_or_bytes: Result<[u8; 4], Errno>,
    reserved: impl FnOnce() -> Result<c_int, Errno>,
) -> usize {
    let told = sectors_or_bytes.ok().and_then(|value| {
        if block {
            // Unsigned short, sectors of 512 bytes.
            Some(usize::from(u16::from_ne_bytes([value[0], value[1]])) * 512)
        } else {
            // Int, bytes.
            usize::try_from(c_int::from_ne_bytes(value)).ok()
        }
    });
    told.filter(|&bytes| bytes > 0)
        .or_else(|| reserved().ok().and_then(|bytes| usize::try_from(bytes).ok()).filter(|&bytes| bytes > 0))
        .unwrap_or(DEFAULT_RESERVED)
}

/// Version 3.0.0 of the interface, the first with `struct sg_io_hdr`.
const SG_V3: u32 = 30_000;
/// The most sense data there can be (SPC "Sense data": 252 bytes); the kernel keeps 96.
const SENSE_BYTES: usize = 252;
/// 24 days; the kernel's timers count in an int.
const LONGEST_MS: u128 = i32::MAX as u128;
/// `SG_DEF_RESERVED_SIZE` of `<scsi/sg.h>`.
const DEFAULT_RESERVED: usize = 32_768;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn host(result: Result<Device, TransportError>) -> String {
        match result {
            Err(TransportError::Host(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_missing_node_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let error = Device::open(dir.path().join("does-not-exist"), Access::ReadOnly).unwrap_err();
        assert!(matches!(&error, TransportError::Gone(text) if text.contains("does-not-exist")), "{error}");
    }

    #[test]
    fn files_and_directories_are_no_devices() {
        let dir = tempfile::tempdir().unwrap();
        let image = dir.path().join("disc.iso");
        std::fs::write(&image, [0; 2048]).unwrap();
        assert!(host(Device::open(&image, Access::ReadOnly)).contains("is a file, not a device node"));
        assert!(host(Device::open(dir.path(), Access::ReadWrite)).contains("is a directory"));
    }

    #[test]
    fn a_character_device_of_another_driver_is_not_scsi() {
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let text = host(Device::open("/dev/null", access));
            assert!(text.contains("/dev/null is not a SCSI device"), "{text}");
        }
    }

    /// The kernel would say EPERM, which reads like a want of permission.
    #[test]
    fn exclusive_use_of_a_character_device_needs_read_write() {
        let error = Device::open_exclusive("/dev/null", Access::ReadOnly).unwrap_err();
        assert!(matches!(&error, TransportError::Request(text) if text.contains("read-write")), "{error}");
        assert!(host(Device::open_exclusive("/dev/null", Access::ReadWrite)).contains("not a SCSI device"));
    }

    #[test]
    fn a_path_that_no_kernel_takes_is_an_error() {
        assert!(Device::open("/dev/sr\0", Access::ReadOnly).is_err());
    }

    #[test]
    fn a_folder_without_permission_denies() {
        let dir = tempfile::tempdir().unwrap();
        let closed = dir.path().join("closed");
        std::fs::create_dir(&closed).unwrap();
        std::fs::write(closed.join("sr0"), []).unwrap();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        let error = Device::open(closed.join("sr0"), Access::ReadOnly).unwrap_err();
        let overridden = std::fs::read_dir(&closed).is_ok();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
        if overridden {
            // Root walks in, and finds a file.
            assert!(matches!(error, TransportError::Host(_)), "{error}");
        } else {
            assert!(
                matches!(&error, TransportError::AccessDenied(text) if text.contains("cdrom")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_cdb_has_6_to_16_bytes() {
        for bytes in [0, 5, 17, 260] {
            let error = sendable(&vec![0; bytes], 0, 512).unwrap_err();
            assert!(matches!(&error, TransportError::Request(text) if text.contains("6 to 16")), "{error}");
        }
        for bytes in [6, 10, 12, 16] {
            assert_eq!(sendable(&vec![0; bytes], 512, 512), Ok(()));
        }
    }

    #[test]
    fn too_much_data_names_the_limit() {
        let error = sendable(&[0; 10], 65_537, 65_536).unwrap_err();
        assert!(
            matches!(&error, TransportError::Request(text) if text.contains("65537") && text.contains("65536"))
        );
    }

    #[test]
    fn timeouts_round_up_and_are_never_the_kernel_s_special_values() {
        let table = [
            (Duration::ZERO, 1),
            (Duration::from_nanos(1), 1),
            (Duration::from_micros(1_500), 2),
            (Duration::from_secs(60), 60_000),
            (Duration::MAX, 0x7FFF_FFFF),
        ];
        for (timeout, milliseconds_should) in table {
            assert_eq!(milliseconds(timeout), milliseconds_should, "{timeout:?}");
        }
    }

    /// Linux `block/ioctl.c`: BLKSECTGET puts an unsigned short of 512-byte sectors; `drivers/scsi/sg.c`: an int of bytes.
    #[test]
    fn the_limit_is_read_in_the_node_s_own_unit() {
        let unasked = || -> Result<c_int, Errno> { panic!("asked without need") };
        let mut short = [0; 4];
        short[..2].copy_from_slice(&240_u16.to_ne_bytes());
        assert_eq!(limit(true, Ok(short), unasked), 122_880);
        assert_eq!(limit(false, Ok(524_288_i32.to_ne_bytes()), unasked), 524_288);
    }

    #[test]
    fn without_a_limit_the_reserved_buffer_counts() {
        for silent in [Err(Errno::NOTTY), Ok([0; 4]), Ok((-1_i32).to_ne_bytes())] {
            assert_eq!(limit(false, silent, || Ok(65_536)), 65_536);
            assert_eq!(limit(false, silent, || Ok(-1)), 32_768);
            assert_eq!(limit(false, silent, || Err(Errno::NOTTY)), 32_768);
        }
    }
}
