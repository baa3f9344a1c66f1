//! Numbers of bytes as flags write them: `64MiB`, `512KiB`, `1GiB`, `1048576`.

const UNITS: [(&str, usize); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// Reads a number of bytes.
///
/// # Errors
/// A sentence that quotes the text and shows how to write it.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let unit = UNITS.into_iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)));
    let (number, bytes) = unit.unwrap_or((text, 1));
    let number: usize = number.trim_end().parse().map_err(|_| {
        format!("{text:?} is not a size; write it as 64MiB, 512KiB, 1GiB or a number of bytes")
    })?;
    number.checked_mul(bytes).ok_or_else(|| format!("{text:?} is more than this machine can count"))
}

/// Shows a number of bytes as it would be written, in the largest unit that divides it.
pub(crate) fn show(bytes: usize) -> String {
    let unit = UNITS.into_iter().find(|(_, unit)| bytes != 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(unit, size)| format!("{}{unit}", bytes / size))
}

#[cfg(test)]
mod tests {
    use crate::model::size::{parse, show};

    #[test]
    fn sizes_are_shown_as_they_are_written() {
        for text in ["64MiB", "512KiB", "1GiB", "1025", "0"] {
            assert_eq!(show(parse(text).unwrap()), text);
        }
        assert_eq!(show(parse("1048576").unwrap()), "1MiB");
        assert_eq!(parse("1 MiB"), Ok(1 << 20));
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_ways_to_write_one() {
        for text in ["", "MiB", "64MB", "-1", "1.5GiB", "64mib"] {
            let sentence = parse(text).unwrap_err();
            assert!(sentence.ends_with("write it as 64MiB, 512KiB, 1GiB or a number of bytes"));
        }
        assert!(parse("99999999999999999999").unwrap_err().contains("is not a size"));
        assert!(parse("18446744073709551615GiB").unwrap_err().contains("more than this machine"));
    }
}
