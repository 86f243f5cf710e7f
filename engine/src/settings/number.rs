//! Numbers as text. In a page, where `core`'s own conversions would be 15 kB to load, JavaScript reads them and a smaller library writes them.

use alloc::format;
use alloc::string::String;
use core::iter::Peekable;
use core::str::Bytes;

/// Reads a number: the nearest `f64`, and of that the nearest `f32`, ties to even, as `Math.fround` has it. `None` if the text is none.
pub(super) fn read(text: &str) -> Option<f32> {
    is_number(text).then(|| nearest(text)).flatten().map(|x| x as f32)
}

/// Whether it is a number as JavaScript, JSON and Rust all read it: digits with a point among them or beside them, and perhaps an exponent.
fn is_number(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text).bytes().peekable();
    let digits = |rest: &mut Peekable<Bytes<'_>>| {
        let mut found = false;
        while rest.next_if(u8::is_ascii_digit).is_some() {
            found = true;
        }
        found
    };
    let whole = digits(&mut rest);
    let fraction = rest.next_if_eq(&b'.').is_some() && digits(&mut rest);
    let exponent = rest.next_if(|byte| matches!(byte, b'e' | b'E')).is_none_or(|_| {
        let _ = rest.next_if(|byte| matches!(byte, b'+' | b'-'));
        digits(&mut rest)
    });
    (whole || fraction) && exponent && rest.next().is_none()
}

#[cfg(not(all(feature = "js", target_arch = "wasm32")))]
fn nearest(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(all(feature = "js", target_arch = "wasm32"))]
fn nearest(text: &str) -> Option<f64> {
    Some(js_sys::parse_float(text))
}

/// The shortest text that reads back exactly, without an exponent: "0.1", "70".
#[must_use]
pub fn shortest(x: f32) -> String {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(x);
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.strip_suffix(".0").unwrap_or(text).into();
    };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (first, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = |count: usize| "0".repeat(count);
    let places: i32 = exponent.parse().unwrap_or_default();
    if places < 0 {
        format!("{sign}0.{}{first}{rest}", zeros(places.unsigned_abs() as usize - 1))
    } else {
        format!("{sign}{first}{rest}{}", zeros((places as usize).saturating_sub(rest.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_plainly() {
        for (x, wanted) in
            [(0.0, "0"), (1.0, "1"), (0.1, "0.1"), (60.5, "60.5"), (1e-7, "0.0000001"), (300.0, "300")]
        {
            assert_eq!(shortest(x), wanted);
        }
        assert!(shortest(f32::MIN).len() == 40 && shortest(f32::MIN_POSITIVE).len() < 60);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for nothing in
            ["", " ", "1 2", "0x10", "1,5", "one", "--1", "1e", "1e+", ".", "-", "inf", "nan", "1_0", "1f"]
        {
            assert_eq!(read(nothing), None, "{nothing:?}");
        }
        assert_eq!(read(".5"), Some(0.5));
        assert_eq!(read("+2"), Some(2.0));
        assert_eq!(read("5e-1"), Some(0.5));
        assert_eq!(read("-3.E+1"), Some(-30.0));
    }

    proptest! {
        /// Against `core`'s own conversions: the same numbers, and texts as short.
        #[test]
        fn as_core_does(bits: u32, digits in "[0-9]{0,12}\\.?[0-9]{0,12}(e-?[0-9]{1,2})?") {
            let x = f32::from_bits(bits);
            prop_assume!(x.is_finite());
            prop_assert_eq!(shortest(x).parse::<f32>(), Ok(x));
            // Where two texts of the same length are as near, `core` and `zmij` may take one each.
            prop_assert_eq!(shortest(x).len(), x.to_string().len());
            prop_assert_eq!(read(&x.to_string()), Some(x));
            prop_assert_eq!(read(&digits), digits.parse::<f64>().ok().map(|x| x as f32));
        }
    }
}
