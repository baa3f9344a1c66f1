//! Describes why a body is not JSON, in the words of Python's decoder, which Belvo's errors repeat.

/// The deepest nesting that is accepted. It is that of the parser that reads the body.
const DEEPEST: usize = 128;

/// Describes the first mistake, such as `Expecting value: line 1 column 1 (char 0)`.
pub(crate) fn diagnose(body: &[u8]) -> String {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(problem) => {
            let at = problem.valid_up_to();
            let byte = body[at];
            return format!(
                "'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte"
            );
        }
    };
    let mut scanner = Scanner { chars: text.chars().collect(), at: 0, depth: 0 };
    match scanner.document() {
        Err(Mistake { sentence, at }) => scanner.show(sentence, at),
        // Python accepts some texts that our parser refuses, such as NaN.
        Ok(()) => scanner.show("Expecting value", 0),
    }
}

struct Mistake {
    sentence: &'static str,
    at: usize,
}

type Scan = Result<(), Mistake>;

/// A scanner that reads the text as Python's decoder does.
struct Scanner {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Scanner {
    fn show(&self, sentence: &str, at: usize) -> String {
        let before = &self.chars[..at.min(self.chars.len())];
        let line = before.iter().filter(|char| **char == '\n').count() + 1;
        let line_start = before.iter().rposition(|char| *char == '\n').map_or(0, |end| end + 1);
        format!("{sentence}: line {line} column {} (char {at})", at - line_start + 1)
    }

    fn document(&mut self) -> Scan {
        if self.peek() == Some('\u{feff}') {
            return self.mistake("Unexpected UTF-8 BOM (decode using utf-8-sig)");
        }
        self.space();
        self.value()?;
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.mistake("Extra data"),
        }
    }

    fn value(&mut self) -> Scan {
        match self.peek() {
            Some('{') => self.nested(Scanner::object),
            Some('[') => self.nested(Scanner::array),
            Some('"') => self.string(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, inner: fn(&mut Scanner) -> Scan) -> Scan {
        if self.depth == DEEPEST {
            return self.mistake("Nesting is too deep");
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        inner(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self) -> Scan {
        if self.take('}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some('"') {
                return self.mistake("Expecting property name enclosed in double quotes");
            }
            self.string()?;
            self.space();
            if !self.take(':') {
                return self.mistake("Expecting ':' delimiter");
            }
            self.space();
            self.value()?;
            if self.is_at_end('}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self) -> Scan {
        if self.take(']') {
            return Ok(());
        }
        loop {
            self.value()?;
            if self.is_at_end(']')? {
                return Ok(());
            }
        }
    }

    /// Reads on after an item: true at the end of its list, false where the next item begins.
    fn is_at_end(&mut self, end: char) -> Result<bool, Mistake> {
        self.space();
        if self.take(end) {
            return Ok(true);
        }
        if !self.take(',') {
            self.mistake("Expecting ',' delimiter")?;
        }
        self.space();
        Ok(false)
    }

    fn string(&mut self) -> Scan {
        let start = self.at;
        let unterminated = Mistake { sentence: "Unterminated string starting at", at: start };
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(unterminated),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => {
                    self.at += 1;
                    match self.peek() {
                        None => return Err(unterminated),
                        Some('u') => self.unicode_escape()?,
                        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => self.at += 1,
                        Some(_) => {
                            return Err(Mistake { sentence: "Invalid \\escape", at: self.at - 1 });
                        }
                    }
                }
                Some('\0'..' ') => return self.mistake("Invalid control character at"),
                Some(_) => self.at += 1,
            }
        }
    }

    fn unicode_escape(&mut self) -> Scan {
        self.at += 1;
        let digits = self.chars.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() < 4 || !digits.iter().all(char::is_ascii_hexdigit) {
            return Err(Mistake { sentence: "Invalid \\uXXXX escape", at: self.at - 1 });
        }
        self.at += 4;
        Ok(())
    }

    /// Scans a number or one of the words that stand for a value.
    fn word(&mut self) -> Scan {
        let words = ["null", "true", "false", "NaN", "Infinity", "-Infinity"];
        if let Some(word) = words.iter().find(|word| self.begins_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        let start = self.at;
        self.take('-');
        if !self.take('0') && self.digits() == 0 {
            self.at = start;
            return self.mistake("Expecting value");
        }
        let whole = self.at;
        if self.take('.') && self.digits() == 0 {
            self.at = whole;
            return Ok(());
        }
        let mantissa = self.at;
        if self.take('e') || self.take('E') {
            let _sign = self.take('+') || self.take('-');
            if self.digits() == 0 {
                self.at = mantissa;
            }
        }
        Ok(())
    }

    fn begins_with(&self, word: &str) -> bool {
        word.chars().enumerate().all(|(place, char)| self.chars.get(self.at + place) == Some(&char))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|char| char.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, char: char) -> bool {
        let found = self.peek() == Some(char);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn mistake(&self, sentence: &'static str) -> Scan {
        Err(Mistake { sentence, at: self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::diagnose;

    /// Python 3.11's decoder printed the expected texts.
    #[test]
    fn mistakes_are_described_as_python_does() {
        for (body, expected) in PYTHON_SAYS {
            assert_eq!(diagnose(body.as_bytes()), *expected, "{body:?}");
        }
    }

    #[test]
    fn hostile_nesting_is_described_too() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(diagnose(deep.as_bytes()), "Nesting is too deep: line 1 column 129 (char 128)");
    }

    const PYTHON_SAYS: &[(&str, &str)] = &[
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("   ", "Expecting value: line 1 column 4 (char 3)"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{\"a\"", "Expecting ':' delimiter: line 1 column 5 (char 4)"),
        ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
        ("{\"a\":", "Expecting value: line 1 column 6 (char 5)"),
        ("{\"a\":}", "Expecting value: line 1 column 6 (char 5)"),
        ("{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
        ("{\"a\":1 \"b\":2}", "Expecting ',' delimiter: line 1 column 8 (char 7)"),
        (
            "{\n  \"institution\": \"planet_mx_employment\", \"x\": \"yyy\",\n}",
            "Expecting property name enclosed in double quotes: line 3 column 1 (char 55)",
        ),
        ("{'a': 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{\"a\": 1}}", "Extra data: line 1 column 9 (char 8)"),
        ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("[", "Expecting value: line 1 column 2 (char 1)"),
        ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
        ("\"a\\", "Unterminated string starting at: line 1 column 1 (char 0)"),
        ("{\"a\": \"x\ny\"}", "Invalid control character at: line 1 column 9 (char 8)"),
        ("{\"a\": \"\\q\"}", "Invalid \\escape: line 1 column 8 (char 7)"),
        ("{\"a\": \"\\u12\"}", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
        ("{\"a\": \"\\u12G4\"}", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
        ("nul", "Expecting value: line 1 column 1 (char 0)"),
        ("-", "Expecting value: line 1 column 1 (char 0)"),
        ("01", "Extra data: line 1 column 2 (char 1)"),
        ("[1.]", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("[1e]", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("{\"é\": 1,\n \"ñ\" 2}", "Expecting ':' delimiter: line 2 column 6 (char 14)"),
        ("\u{feff}{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
        ("hello", "Expecting value: line 1 column 1 (char 0)"),
        ("{\"a\": tru}", "Expecting value: line 1 column 7 (char 6)"),
    ];
}
