//! From errno to an error that says whose move is next. Pure.

use core::fmt::Display;
use std::path::Path;

use rustix::io::Errno;
use scsi_transport::TransportError;

use crate::Access;

/// Why the node could not be opened or looked at.
pub fn on_open(errno: Errno, path: &Path, access: Access) -> TransportError {
    let node = path.display();
    match errno {
        Errno::NOENT | Errno::NOTDIR => TransportError::Gone(format!("{node} does not exist")),
        Errno::NODEV | Errno::NXIO => {
            TransportError::Gone(format!("{node} is a node without a device behind it"))
        }
        Errno::ACCESS | Errno::PERM => denied(&node),
        Errno::ROFS => TransportError::AccessDenied(format!(
            "{node} cannot be opened for writing; open it read-only, or use the drive's /dev/sg node"
        )),
        Errno::BUSY => busy(&node),
        _ => other(errno, &node, format_args!("opening it {}", words(access))),
    }
}

/// Why the node does not tell its version of the interface.
pub fn on_version(errno: Errno, path: &Path) -> TransportError {
    let node = path.display();
    match errno {
        Errno::NOTTY | Errno::INVAL | Errno::OPNOTSUPP | Errno::NOSYS => not_scsi(&node),
        Errno::NODEV | Errno::NXIO => TransportError::Gone(node.to_string()),
        Errno::ACCESS | Errno::PERM => denied(&node),
        Errno::BUSY => busy(&node),
        _ => other(errno, &node, "SG_GET_VERSION_NUM"),
    }
}

/// Why the kernel did not take the command, or did not bring its answer.
pub fn on_command(
    errno: Errno,
    path: &Path,
    access: Access,
    cdb: &[u8],
    data_bytes: usize,
) -> TransportError {
    let node = path.display();
    let opcode = cdb.first().copied().unwrap_or(0);
    match errno {
        Errno::NODEV | Errno::NXIO => TransportError::Gone(node.to_string()),
        // The node is open already: it is the kernel's command filter that speaks.
        Errno::PERM | Errno::ACCESS => TransportError::AccessDenied(match access {
            Access::ReadOnly => format!(
                "the kernel does not pass opcode {opcode:02X}h through {node} opened read-only; open it \
                 read-write, or have CAP_SYS_RAWIO"
            ),
            Access::ReadWrite => format!(
                "the kernel does not pass opcode {opcode:02X}h through {node}; use the drive's /dev/sg node \
                 read-write, or have CAP_SYS_RAWIO"
            ),
        }),
        Errno::BUSY => busy(&node),
        Errno::NOTTY | Errno::INVAL => not_scsi(&node),
        Errno::MSGSIZE => TransportError::Request(format!(
            "the kernel does not take a CDB of {} bytes on {node}",
            cdb.len()
        )),
        Errno::NOMEM => TransportError::Host(format!(
            "{node}: the kernel has no buffer for {data_bytes} bytes now; send less at a time"
        )),
        Errno::INTR => TransportError::Host(format!(
            "{node}: a signal broke the wait for opcode {opcode:02X}h; whether the drive carried it out is \
             not known"
        )),
        _ => other(errno, &node, format_args!("SG_IO, opcode {opcode:02X}h, {data_bytes} bytes")),
    }
}

/// The node is of another kind.
pub fn not_a_device(path: &Path, what: &str) -> TransportError {
    TransportError::Host(format!(
        "{} is {what}, not a device node; expected /dev/sr0 or /dev/sg0, for example",
        path.display()
    ))
}

/// The node's driver does not carry SCSI commands.
pub fn not_scsi(node: &dyn Display) -> TransportError {
    TransportError::Host(format!("{node} is not a SCSI device: it does not take SG_IO"))
}

fn denied(node: &dyn Display) -> TransportError {
    TransportError::AccessDenied(format!(
        "{node} may not be opened by this user; join the group that owns it (ls -l {node}; mostly cdrom or \
         optical) and log in again, or run as its owner"
    ))
}

fn busy(node: &dyn Display) -> TransportError {
    TransportError::AccessDenied(format!(
        "{node} is held by somebody: a mount (umount it), a burning program or player that opened it \
         exclusively, or a desktop's volume monitor (fuser -v {node} names them)"
    ))
}

fn other(errno: Errno, node: &dyn Display, doing: impl Display) -> TransportError {
    TransportError::Host(format!("{node}: {doing} failed: {}", std::io::Error::from(errno)))
}

const fn words(access: Access) -> &'static str {
    match access {
        Access::ReadOnly => "read-only",
        Access::ReadWrite => "read-write",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "/dev/sr9";

    fn parts(error: TransportError) -> (&'static str, String) {
        match error {
            TransportError::Gone(text) => ("gone", text),
            TransportError::AccessDenied(text) => ("denied", text),
            TransportError::Host(text) => ("host", text),
            TransportError::Request(text) => ("request", text),
            _ => ("another", String::new()),
        }
    }

    #[test]
    fn opening_says_whose_move_is_next() {
        let table = [
            (Errno::NOENT, "gone", "does not exist"),
            (Errno::NODEV, "gone", "without a device"),
            (Errno::NXIO, "gone", "without a device"),
            (Errno::ACCESS, "denied", "cdrom or optical"),
            (Errno::PERM, "denied", "cdrom or optical"),
            (Errno::BUSY, "denied", "umount"),
            (Errno::ROFS, "denied", "read-only"),
            (Errno::MFILE, "host", "read-write failed"),
        ];
        for (errno, kind, words) in table {
            let (is, text) = parts(on_open(errno, Path::new(NODE), Access::ReadWrite));
            assert_eq!(is, kind, "{errno:?}");
            assert!(text.contains(words) && text.contains(NODE), "{errno:?}: {text}");
        }
    }

    #[test]
    fn a_node_of_another_driver_is_not_a_scsi_device() {
        for errno in [Errno::NOTTY, Errno::INVAL] {
            let (kind, text) = parts(on_version(errno, Path::new(NODE)));
            assert_eq!(kind, "host");
            assert!(text.contains("not a SCSI device"), "{text}");
        }
    }

    #[test]
    fn commands_fail_with_opcode_and_node() {
        let table = [
            (Errno::NODEV, "gone", NODE),
            (Errno::NXIO, "gone", NODE),
            (Errno::PERM, "denied", "BDh"),
            (Errno::BUSY, "denied", "held by"),
            (Errno::INVAL, "host", "not a SCSI device"),
            (Errno::NOTTY, "host", "not a SCSI device"),
            (Errno::MSGSIZE, "request", "12 bytes"),
            (Errno::NOMEM, "host", "4096 bytes"),
            (Errno::INTR, "host", "not known"),
            (Errno::IO, "host", "BDh, 4096 bytes failed"),
        ];
        let cdb = [0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0];
        for (errno, kind, words) in table {
            let (is, text) = parts(on_command(errno, Path::new(NODE), Access::ReadOnly, &cdb, 4096));
            assert_eq!(is, kind, "{errno:?}");
            assert!(text.contains(words) && text.contains(NODE), "{errno:?}: {text}");
        }
    }

    #[test]
    fn the_filter_s_advice_follows_the_access() {
        let advice = |access| parts(on_command(Errno::PERM, Path::new(NODE), access, &[0xBD], 0)).1;
        assert!(advice(Access::ReadOnly).contains("open it read-write"));
        assert!(advice(Access::ReadWrite).contains("/dev/sg"));
    }
}
