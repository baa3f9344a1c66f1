//! The processes of this machine, read from Linux's `/proc`.

use std::fs;

#[derive(Clone, Copy)]
pub(super) struct Process {
    pub id: i32,
    pub parent: i32,
    /// True if it has ended, and nobody has asked for its status yet.
    pub is_zombie: bool,
}

/// Returns all processes that can be seen.
pub(super) fn processes() -> Vec<Process> {
    let Ok(directories) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = directories.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(process).collect()
}

/// Returns a process and those that descend from it.
pub(super) fn tree(root: i32) -> Vec<i32> {
    let all = processes();
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        tree.extend(all.iter().filter(|process| process.parent == parent).map(|it| it.id));
        next += 1;
    }
    tree
}

/// Reads a line such as `17 (sh) S 1 …`. The name in brackets may hold any character.
fn process(id: i32) -> Option<Process> {
    let line = fs::read(format!("/proc/{id}/stat")).ok()?;
    let line = String::from_utf8_lossy(&line);
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    let is_zombie = fields.next()? == "Z";
    Some(Process { id, parent: fields.next()?.parse().ok()?, is_zombie })
}
