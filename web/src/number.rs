//! Numbers for people and for style sheets, without the tables of `core`'s own conversions, which weigh as much as a whole panel.

/// A number rounded to so many decimals: "3.1", "-0.50"; what is no number is "0".
#[must_use]
pub fn decimals(x: f64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let whole = (x.abs() * scale as f64).round() as u64;
    let sign = if x < 0.0 && whole > 0 { "-" } else { "" };
    let (before, after) = (whole / scale, whole % scale);
    if places == 0 {
        format!("{sign}{before}")
    } else {
        format!("{sign}{before}.{after:0width$}", width = places as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounded() {
        assert_eq!(decimals(58.4, 0), "58");
        assert_eq!(decimals(3.149, 1), "3.1");
        assert_eq!(decimals(0.05, 2), "0.05");
        assert_eq!(decimals(99.999, 2), "100.00");
        assert_eq!(decimals(-0.5, 2), "-0.50");
        assert_eq!(decimals(-0.001, 2), "0.00");
        assert_eq!(decimals(f64::NAN, 1), "0.0");
    }

    proptest! {
        #[test]
        fn near_what_it_is_of(x in -1e9..1e9_f64, places in 0..4_u32) {
            let read: f64 = decimals(x, places).parse().unwrap();
            prop_assert!((read - x).abs() <= 0.5 / 10_f64.powi(places as i32) * (1.0 + 1e-9) + x.abs() * 1e-15);
        }
    }
}
