//! What a search for drives finds, and what to do about it.

use core::fmt::Write as _;
use std::path::PathBuf;

use scsi_transport::TransportError;

/// Where to look; a test gives a tree of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Roots {
    /// sysfs.
    pub sys: PathBuf,
    /// procfs.
    pub proc: PathBuf,
    /// Device nodes.
    pub dev: PathBuf,
}

impl Default for Roots {
    /// `/sys`, `/proc`, `/dev`.
    fn default() -> Self {
        Self { sys: "/sys".into(), proc: "/proc".into(), dev: "/dev".into() }
    }
}

/// A drive that the kernel knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// SCSI address in the kernel's notation, host:channel:target:lun.
    pub address: String,
    /// Vendor, as in the drive's INQUIRY data; empty where the kernel does not say.
    pub vendor: String,
    /// Product.
    pub model: String,
    /// Firmware revision.
    pub revision: String,
    /// Its nodes, `sr` before `sg`.
    pub nodes: Vec<Node>,
    /// Who holds it, as far as we may see.
    pub holders: Vec<Holder>,
    /// Processes that we may not look into: any of them may be a holder too.
    pub unseen_processes: usize,
}

/// A way to a drive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// Where it is.
    pub path: PathBuf,
    /// Through which driver.
    pub kind: NodeKind,
    /// Whether it may be opened for reading commands.
    ///
    /// An `sg` node is tried. An `sr` node is only asked for its permissions: closing it again
    /// would unlock the tray under whoever burns through `sg`.
    pub read_only: Result<(), TransportError>,
    /// Whether it may be opened for writing commands.
    pub read_write: Result<(), TransportError>,
}

/// The driver behind a node.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum NodeKind {
    /// `/dev/sr*`: the block device.
    Block,
    /// `/dev/sg*`: SCSI generic.
    Generic,
}

/// Somebody who uses a drive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Holder {
    /// A process that has a node open.
    Process {
        /// Process number.
        pid: u32,
        /// Its name, as far as the kernel keeps it (15 bytes).
        name: String,
        /// The node.
        node: PathBuf,
    },
    /// A mounted disc.
    Mount {
        /// The node.
        node: PathBuf,
        /// Where it is mounted.
        at: PathBuf,
    },
}

impl Found {
    /// The node to use: the first that may be opened read-write, else the first that may be read-only.
    pub fn best_node(&self) -> Option<&Node> {
        let usable = |read_write: bool| {
            self.nodes
                .iter()
                .find(|node| if read_write { node.read_write.is_ok() } else { node.read_only.is_ok() })
        };
        usable(true).or_else(|| usable(false))
    }

    /// What to do to use this drive, in a sentence or two.
    pub fn advice(&self) -> String {
        let Some(first) = self.nodes.first() else {
            return "the kernel knows the drive but gives it no node: load a driver (modprobe sr_mod, or modprobe sg)"
                .into();
        };
        let mut text = String::new();
        // Writing to a String does not fail.
        for holder in &self.holders {
            let _ = match holder {
                Holder::Mount { at, .. } => {
                    write!(text, "unmount the disc first (umount '{}'); ", at.display())
                }
                Holder::Process { pid, name, node } => {
                    write!(
                        text,
                        "{name} (process {pid}) has {} open: let it end or close it; ",
                        node.display()
                    )
                }
            };
        }
        let Some(node) = self.best_node() else {
            let why = first.read_only.as_ref().err().map(ToString::to_string).unwrap_or_default();
            let _ = write!(text, "no node can be opened: {why}");
            return self.with_unseen(text, first);
        };
        let path = node.path.display();
        match &node.read_write {
            Ok(()) if self.holders.is_empty() => {
                let _ = write!(text, "ready: use {path}");
            }
            Ok(()) => {
                let _ = write!(text, "then use {path}");
            }
            Err(why) => {
                let _ = write!(text, "{path} can be used for reading; for writing: {why}");
            }
        }
        text
    }

    /// Where nothing explains a refusal, says who could.
    fn with_unseen(&self, mut text: String, node: &Node) -> String {
        if self.holders.is_empty() && self.unseen_processes > 0 {
            let _ = write!(
                text,
                " ({} processes of other users could not be looked into; as root, fuser -v {} sees them all)",
                self.unseen_processes,
                node.path.display()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied() -> Result<(), TransportError> {
        Err(TransportError::AccessDenied("join the group cdrom".into()))
    }

    fn node(
        kind: NodeKind,
        read_only: Result<(), TransportError>,
        read_write: Result<(), TransportError>,
    ) -> Node {
        let path = match kind {
            NodeKind::Block => "/dev/sr0",
            NodeKind::Generic => "/dev/sg1",
        };
        Node { path: path.into(), kind, read_only, read_write }
    }

    fn found(nodes: Vec<Node>, holders: Vec<Holder>) -> Found {
        Found {
            address: "2:0:0:0".into(),
            vendor: String::new(),
            model: String::new(),
            revision: String::new(),
            nodes,
            holders,
            unseen_processes: 3,
        }
    }

    #[test]
    fn a_free_drive_is_ready() {
        let drive = found(
            vec![node(NodeKind::Block, Ok(()), Ok(())), node(NodeKind::Generic, Ok(()), Ok(()))],
            vec![],
        );
        assert_eq!(drive.advice(), "ready: use /dev/sr0");
    }

    #[test]
    fn the_node_that_may_write_is_better() {
        let drive = found(
            vec![node(NodeKind::Block, Ok(()), denied()), node(NodeKind::Generic, Ok(()), Ok(()))],
            vec![],
        );
        assert_eq!(drive.best_node().map(|node| node.kind), Some(NodeKind::Generic));
    }

    #[test]
    fn a_drive_for_reading_only_says_what_writing_needs() {
        let text = found(vec![node(NodeKind::Block, Ok(()), denied())], vec![]).advice();
        assert!(text.contains("/dev/sr0 can be used for reading") && text.contains("group cdrom"), "{text}");
    }

    #[test]
    fn a_refusal_carries_its_reason_and_whom_we_cannot_see() {
        let text = found(vec![node(NodeKind::Block, denied(), denied())], vec![]).advice();
        assert!(text.contains("group cdrom") && text.contains("3 processes"), "{text}");
    }

    #[test]
    fn a_drive_without_nodes_needs_a_driver() {
        assert!(found(vec![], vec![]).advice().contains("modprobe sr_mod"));
    }

    #[test]
    fn holders_come_first() {
        let holders = vec![
            Holder::Mount { node: "/dev/sr0".into(), at: "/media/My Disc".into() },
            Holder::Process { pid: 77, name: "brasero".into(), node: "/dev/sr0".into() },
        ];
        let text = found(vec![node(NodeKind::Block, Ok(()), Ok(()))], holders).advice();
        assert!(
            text.starts_with("unmount the disc first (umount '/media/My Disc'); brasero (process 77)"),
            "{text}"
        );
        assert!(text.ends_with("then use /dev/sr0"), "{text}");
    }
}
