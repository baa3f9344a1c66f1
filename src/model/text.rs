//! Text in the encodings in which editors and shells leave it.

use std::borrow::Cow;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF32_MARKS: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];

/// Decodes UTF-8 or UTF-16, with or without a byte order mark. PowerShell's `>` writes UTF-16, and
/// many editors on Windows write the mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if UTF32_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err("it is UTF-32; save it as UTF-8".to_owned());
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // JSON and PEM begin with a character of ASCII, of which one byte is zero in UTF-16.
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    str::from_utf8(bytes).map(Cow::Borrowed).map_err(|problem| {
        let line = bytes[..problem.valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("line {line} is neither UTF-8 nor UTF-16; save it as UTF-8")
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().copied().map(unit)).collect::<Result<_, _>>();
    match decoded {
        Ok(text) if odd.is_empty() => Ok(Cow::Owned(text)),
        _ => Err("it looks like UTF-16, but is damaged; save it as UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn utf_8_and_utf_16_are_read_with_and_without_a_mark() {
        let text = "{\"name\": \"señal 🛰\"}\r\n";
        let units = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect();
        let (little, big): (Vec<u8>, Vec<u8>) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        for (mark, bytes) in [
            (&b""[..], text.as_bytes()),
            (b"\xef\xbb\xbf", text.as_bytes()),
            (b"\xff\xfe", &little),
            (b"", &little),
            (b"\xfe\xff", &big),
            (b"", &big),
        ] {
            assert_eq!(decode(&[mark, bytes].concat()).unwrap(), text, "{mark:?}");
        }
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xef\xbb\xbf").unwrap(), "");
    }

    #[test]
    fn other_bytes_are_refused_with_the_fix() {
        for (bytes, problem) in [
            (&b"{\n\"se\xf1al\"}"[..], "line 2 is neither UTF-8 nor UTF-16"),
            (b"\xff\xfe{\0\"", "it looks like UTF-16, but is damaged"),
            (b"\xff\xfe\0\xd8{\0", "it looks like UTF-16, but is damaged"),
            (b"\xff\xfe\0\0{\0\0\0", "it is UTF-32"),
            (b"\0\0\xfe\xff\0\0\0{", "it is UTF-32"),
        ] {
            let refused = decode(bytes).unwrap_err();
            assert_eq!(refused, format!("{problem}; save it as UTF-8"), "{bytes:?}");
        }
    }
}
