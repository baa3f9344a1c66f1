//! The NSS, the number of a person at IMSS.

/// Returns the last digit of an NSS from the others: the one with which the whole passes Luhn's test.
pub(crate) fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 if digit > 4 => 2 * digit - 9,
            0 => 2 * digit,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::check_digit;

    #[test]
    fn check_digits_are_those_of_the_textbook() {
        for (digits, check) in [("7992739871", 3), ("1", 8), ("0000000000", 0)] {
            assert_eq!(check_digit(digits), check, "{digits}");
        }
    }
}
