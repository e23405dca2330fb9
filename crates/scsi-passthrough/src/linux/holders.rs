//! Who holds a node: open descriptors in `/proc/*/fd`, mounts in `/proc/self/mounts`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::found::Holder;

/// Who holds which of `nodes`, and how many processes we may not look into.
///
/// Mounts first, then processes by number.
pub fn holders(proc: &Path, nodes: &[PathBuf]) -> (Vec<Holder>, usize) {
    let mut found = mounts(proc, nodes);
    let (processes, unseen) = processes(proc, nodes);
    found.extend(processes);
    (found, unseen)
}

fn mounts(proc: &Path, nodes: &[PathBuf]) -> Vec<Holder> {
    // Bytes: a mount point is any path.
    let Ok(table) = fs::read(proc.join("self/mounts")) else { return Vec::new() };
    let mount = |line: &[u8]| {
        let mut fields = line.split(|&byte| byte == b' ');
        let source = unescape(fields.next()?);
        let at = unescape(fields.next()?);
        let node = nodes.iter().find(|node| **node == source || is_alias(&source, node))?;
        Some(Holder::Mount { node: node.clone(), at })
    };
    table.split(|&byte| byte == b'\n').filter_map(mount).collect()
}

/// Whether `source` is another name of the node, such as `/dev/cdrom`.
fn is_alias(source: &Path, node: &Path) -> bool {
    source.is_absolute()
        && fs::symlink_metadata(source).is_ok_and(|it| it.is_symlink())
        && matches!((fs::canonicalize(source), fs::canonicalize(node)), (Ok(a), Ok(b)) if a == b)
}

/// `proc_pid_mounts(5)`: blank, tab, newline and backslash stand as `\` and three octal digits.
fn unescape(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

fn processes(proc: &Path, nodes: &[PathBuf]) -> (Vec<Holder>, usize) {
    let Ok(entries) = fs::read_dir(proc) else { return (Vec::new(), 0) };
    let mut pids: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    let mut found = Vec::new();
    let mut unseen = 0;
    for pid in pids {
        let folder = proc.join(pid.to_string());
        let descriptors = match fs::read_dir(folder.join("fd")) {
            Ok(descriptors) => descriptors,
            Err(error) => {
                // Anything else is a process that has ended meanwhile.
                unseen += usize::from(error.kind() == std::io::ErrorKind::PermissionDenied);
                continue;
            }
        };
        let mut targets: Vec<PathBuf> =
            descriptors.flatten().filter_map(|entry| fs::read_link(entry.path()).ok()).collect();
        targets.sort_unstable();
        targets.dedup();
        for node in nodes.iter().filter(|node| targets.contains(node)) {
            let name = fs::read(folder.join("comm")).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).trim().to_owned();
            let name = if name.is_empty() { "a process".to_owned() } else { name };
            found.push(Holder::Process { pid, name, node: node.clone() });
        }
    }
    (found, unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_the_mount_table_are_undone() {
        let table = [
            (&br"/media/My\040Disc"[..], "/media/My Disc"),
            (br"/a\134b\011c", "/a\\b\tc"),
            (br"/odd\9\04", r"/odd\9\04"),
            (br"/end\", r"/end\"),
        ];
        for (field, path) in table {
            assert_eq!(unescape(field), Path::new(path));
        }
    }

    #[test]
    fn without_procfs_nobody_holds() {
        assert_eq!(holders(Path::new("/does-not-exist"), &["/dev/sr0".into()]), (Vec::new(), 0));
    }

    #[test]
    fn this_test_holds_what_it_opened() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let node = file.path().canonicalize().unwrap();
        let (found, _) = holders(Path::new("/proc"), std::slice::from_ref(&node));
        assert!(
            found.iter().any(|it| matches!(it, Holder::Process { pid, .. } if *pid == std::process::id())),
            "{found:?}"
        );
    }
}
