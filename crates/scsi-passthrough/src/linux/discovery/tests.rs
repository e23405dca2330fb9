//! Discovery on trees of our own.

use std::fs::{create_dir_all, write};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;
use crate::found::Holder;

struct Tree {
    dir: tempfile::TempDir,
    roots: Roots,
}

impl Tree {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roots =
            Roots { sys: dir.path().join("sys"), proc: dir.path().join("proc"), dev: dir.path().join("dev") };
        for root in [&roots.sys, &roots.proc, &roots.dev] {
            create_dir_all(root).unwrap();
        }
        Self { dir, roots }
    }

    /// As the kernel lays it out: attributes end in a newline, strings are padded with blanks.
    fn device(&self, address: &str, kind: &str, nodes: &[&str]) -> PathBuf {
        let device = self.roots.sys.join("class/scsi_device").join(address).join("device");
        for node in nodes {
            create_dir_all(device.join(node)).unwrap();
        }
        create_dir_all(&device).unwrap();
        write(device.join("type"), format!("{kind}\n")).unwrap();
        write(device.join("vendor"), "PIONEER \n").unwrap();
        write(device.join("model"), "DVD-RW  DVR-216D\n").unwrap();
        write(device.join("rev"), "1.09\n").unwrap();
        device
    }

    fn dev(&self, name: &str) -> PathBuf {
        self.roots.dev.join(name)
    }

    fn process(&self, pid: &str, name: &str, open: &[PathBuf]) {
        let folder = self.roots.proc.join(pid);
        create_dir_all(folder.join("fd")).unwrap();
        write(folder.join("comm"), format!("{name}\n")).unwrap();
        for (n, target) in open.iter().enumerate() {
            symlink(target, folder.join("fd").join(n.to_string())).unwrap();
        }
    }

    fn mounts(&self, text: &str) {
        create_dir_all(self.roots.proc.join("self")).unwrap();
        write(self.roots.proc.join("self/mounts"), text).unwrap();
    }
}

#[test]
fn nothing_there_is_no_drive() {
    let tree = Tree::new();
    assert_eq!(drives(&tree.roots), []);
    let nowhere = tree.dir.path().join("nowhere");
    assert_eq!(drives(&Roots { sys: nowhere.clone(), proc: nowhere.clone(), dev: nowhere }), []);
}

#[test]
fn only_type_5_is_a_drive_and_addresses_sort_by_number() {
    let tree = Tree::new();
    tree.device("10:0:0:0", "5", &["block/sr1"]);
    tree.device("2:0:0:0", "5", &["block/sr0", "scsi_generic/sg1"]);
    tree.device("0:0:0:0", "0", &["block/sda", "scsi_generic/sg0"]);
    let found = drives(&tree.roots);
    assert_eq!(found.iter().map(|drive| drive.address.as_str()).collect::<Vec<_>>(), ["2:0:0:0", "10:0:0:0"]);
    let first = &found[0];
    assert_eq!(
        (first.vendor.as_str(), first.model.as_str(), first.revision.as_str()),
        ("PIONEER", "DVD-RW  DVR-216D", "1.09")
    );
    assert_eq!(
        first.nodes.iter().map(|node| (node.kind, node.path.clone())).collect::<Vec<_>>(),
        [(NodeKind::Block, tree.dev("sr0")), (NodeKind::Generic, tree.dev("sg1"))]
    );
}

#[test]
fn a_node_that_is_missing_or_no_device_says_so() {
    let tree = Tree::new();
    tree.device("2:0:0:0", "5", &["block/sr0", "scsi_generic/sg1"]);
    write(tree.dev("sg1"), []).unwrap();
    let found = drives(&tree.roots);
    let [block, generic] = &found[0].nodes[..] else { panic!("{found:?}") };
    assert!(matches!(block.read_only, Err(TransportError::Gone(_))), "{block:?}");
    assert!(matches!(generic.read_write, Err(TransportError::Host(_))), "{generic:?}");
    assert!(found[0].advice().contains("does not exist"), "{}", found[0].advice());
}

/// `/dev/null` stands for a node that everybody may read and write.
#[test]
fn sr_is_asked_for_permissions_and_sg_is_tried() {
    let tree = Tree::new();
    tree.device("2:0:0:0", "5", &["block/sr0", "scsi_generic/sg1"]);
    symlink("/dev/null", tree.dev("sr0")).unwrap();
    symlink("/dev/null", tree.dev("sg1")).unwrap();
    let found = drives(&tree.roots);
    let [block, generic] = &found[0].nodes[..] else { panic!("{found:?}") };
    assert_eq!((&block.read_only, &block.read_write), (&Ok(()), &Ok(())));
    assert!(
        matches!(&generic.read_only, Err(TransportError::Host(text)) if text.contains("not a SCSI device"))
    );
    assert_eq!(found[0].advice(), format!("ready: use {}", tree.dev("sr0").display()));
}

#[test]
fn holders_are_processes_and_mounts() {
    let tree = Tree::new();
    tree.device("2:0:0:0", "5", &["block/sr0", "scsi_generic/sg1"]);
    symlink("/dev/null", tree.dev("sr0")).unwrap();
    let (sr0, sg1) = (tree.dev("sr0"), tree.dev("sg1"));
    tree.process("4711", "xfburn", &[PathBuf::from("/dev/null"), sg1.clone(), sg1.clone()]);
    tree.process("99", "idle", &[PathBuf::from("socket:[12345]")]);
    tree.mounts(&format!(
        "proc /proc proc rw 0 0\n{} /media/My\\040Disc iso9660 ro 0 0\nbroken\n\n",
        sr0.display()
    ));
    let found = drives(&tree.roots);
    assert_eq!(
        found[0].holders,
        [
            Holder::Mount { node: sr0, at: "/media/My Disc".into() },
            Holder::Process { pid: 4711, name: "xfburn".into(), node: sg1 },
        ]
    );
    assert!(found[0].advice().contains("umount '/media/My Disc'") && found[0].advice().contains("xfburn"));
}

#[test]
fn a_mount_through_another_name_counts() {
    let tree = Tree::new();
    tree.device("2:0:0:0", "5", &["block/sr0"]);
    write(tree.dev("sr0"), []).unwrap();
    symlink(tree.dev("sr0"), tree.dev("cdrom")).unwrap();
    tree.mounts(&format!("{} /mnt iso9660 ro 0 0\n", tree.dev("cdrom").display()));
    assert_eq!(drives(&tree.roots)[0].holders, [Holder::Mount { node: tree.dev("sr0"), at: "/mnt".into() }]);
}

#[test]
fn odd_entries_spoil_nothing() {
    let tree = Tree::new();
    tree.device("2:0:0:0", "5", &["block/sr0"]);
    // No attributes; a type that is a folder; a name that is no address; a vendor that is no text; no nodes.
    create_dir_all(tree.roots.sys.join("class/scsi_device/3:0:0:0")).unwrap();
    create_dir_all(tree.roots.sys.join("class/scsi_device/4:0:0:0/device/type")).unwrap();
    tree.device("odd", "5", &[]);
    let garbled = tree.device("5:0:0:0", "5", &[]);
    write(garbled.join("vendor"), b"\x1B[2J\xFF\0").unwrap();
    write(garbled.join("block"), b"a file where a folder should be").unwrap();
    create_dir_all(tree.roots.proc.join("17")).unwrap();
    write(tree.roots.proc.join("18"), []).unwrap();
    tree.mounts("\\\n \n\\777 \\04\n");
    let found = drives(&tree.roots);
    assert_eq!(
        found.iter().map(|drive| drive.address.as_str()).collect::<Vec<_>>(),
        ["2:0:0:0", "5:0:0:0", "odd"]
    );
    assert_eq!(found[1].vendor, "?[2J\u{FFFD}?");
    assert!(found[1].advice().contains("modprobe"));
}

#[test]
fn this_machine_is_looked_at_without_failing() {
    for drive in drives(&Roots::default()) {
        assert!(!drive.address.is_empty() && !drive.advice().is_empty());
    }
}
