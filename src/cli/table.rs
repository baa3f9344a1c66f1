//! Formats listings: tables for a terminal, JSON for programs.

use serde::Serialize;

/// Formats rows of cells. Each column is as wide as its widest cell.
pub(super) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![header.map(str::to_owned)];
    lines.extend(rows);
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let show = |line: &[String; N]| {
        let cells: Vec<String> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    lines.iter().map(show).collect()
}

/// Formats rows as indented JSON with a line feed at the end.
pub(super) fn as_json(rows: &[impl Serialize]) -> String {
    serde_json::to_string_pretty(rows).expect("rows are plain data") + "\n"
}
