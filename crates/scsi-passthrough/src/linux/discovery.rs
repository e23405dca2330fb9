//! Drives in sysfs: `class/scsi_device/<address>/device` with its `type`, `vendor`, `model`, `rev` and the
//! folders `block` and `scsi_generic` that name the nodes.

use std::fs;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, accessat};
use scsi_transport::TransportError;

use super::device::{Device, must_be_device, number};
use super::errno;
use super::holders::holders;
use crate::Access;
use crate::found::{Found, Node, NodeKind, Roots};

/// See [`crate::drives`].
pub fn drives(roots: &Roots) -> Vec<Found> {
    let mut addresses = names(&roots.sys.join("class/scsi_device"));
    addresses.sort_by_cached_key(|address| {
        // 10:0:0:0 behind 2:0:0:0; what is no address comes last.
        let numbers: Option<Vec<u64>> = address.split(':').map(|part| part.parse().ok()).collect();
        (numbers.is_none(), numbers, address.clone())
    });
    addresses.into_iter().filter_map(|address| drive(roots, address)).collect()
}

fn drive(roots: &Roots, address: String) -> Option<Found> {
    let device = roots.sys.join("class/scsi_device").join(&address).join("device");
    if attribute(&device, "type") != CD_DVD {
        return None;
    }
    // The holders first: a node that we try would show us.
    let mut paths = Vec::new();
    for (kind, folder) in [(NodeKind::Block, "block"), (NodeKind::Generic, "scsi_generic")] {
        let mut nodes = names(&device.join(folder));
        nodes.sort_unstable();
        paths.extend(nodes.into_iter().map(|name| (kind, roots.dev.join(name))));
    }
    let only_paths: Vec<_> = paths.iter().map(|(_, path)| path.clone()).collect();
    let (holders, unseen_processes) = holders(&roots.proc, &only_paths);
    let nodes = paths
        .into_iter()
        .map(|(kind, path)| {
            let may = |access| may_open(&path, kind, access);
            Node { read_only: may(Access::ReadOnly), read_write: may(Access::ReadWrite), kind, path }
        })
        .collect();
    Some(Found {
        vendor: attribute(&device, "vendor"),
        model: attribute(&device, "model"),
        revision: attribute(&device, "rev"),
        address,
        nodes,
        holders,
        unseen_processes,
    })
}

/// Tries an `sg` node; asks for the permissions of an `sr` node, see [`Node::read_only`].
fn may_open(path: &Path, kind: NodeKind, access: Access) -> Result<(), TransportError> {
    match kind {
        NodeKind::Generic => Device::open(path, access).map(drop),
        NodeKind::Block => {
            let metadata =
                fs::metadata(path).map_err(|error| errno::on_open(number(&error), path, access))?;
            must_be_device(path, &metadata)?;
            let wanted = match access {
                Access::ReadOnly => rustix::fs::Access::READ_OK,
                Access::ReadWrite => rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK,
            };
            accessat(CWD, path, wanted, AtFlags::EACCESS).map_err(|errno| errno::on_open(errno, path, access))
        }
    }
}

/// The text of a sysfs attribute, trimmed, without control characters; empty where there is none.
fn attribute(device: &Path, name: &str) -> String {
    let bytes = fs::read(device.join(name)).unwrap_or_default();
    // INQUIRY strings are what the drive likes; one that moves the cursor must not reach a terminal.
    String::from_utf8_lossy(&bytes).trim().chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The names in a folder that could be nodes; none where there is no such folder.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Peripheral device type 05h: CD, DVD or BD (SPC "Peripheral device type"), in sysfs' decimal.
const CD_DVD: &str = "5";

#[cfg(test)]
mod tests;
