//! The seed: which of the 18 quintillion pieces it is.

use super::App;
use super::dom::{by_id, on, window};
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement};

/// A seed that nobody chose.
pub(super) fn random() -> u64 {
    let mut bytes = [0; 8];
    // There is always a source of chance in a browser; without one it is seed 0.
    let _ = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    u64::from_le_bytes(bytes)
}

/// Shows a seed.
pub(super) fn show(seed: u64) {
    let input: HtmlInputElement = by_id("seed");
    input.set_value(&seed.to_string());
    complain(&input, false);
}

/// Listens to what the listener does with it: another seed is another session, from the beginning.
pub(super) fn attend(app: &Rc<App>) {
    let input: HtmlInputElement = by_id("seed");
    let (field, this) = (input.clone(), app.clone());
    on(&input, "change", move |_| match parse(&field.value()) {
        Some(seed) => {
            complain(&field, false);
            take(&this, seed);
        }
        None => complain(&field, true),
    });
    let this = app.clone();
    on(&by_id::<Element>("new-seed"), "click", move |_| {
        take(&this, random());
        this.say("A new piece, with another seed");
    });
    let this = app.clone();
    on(&by_id::<Element>("restart"), "click", move |_| {
        let seed = this.steering.borrow().session().seed;
        take(&this, seed);
        this.say("From the beginning");
    });
}

fn take(app: &Rc<App>, seed: u64) {
    let steering = app.steering.borrow().reseeded(seed);
    app.take(steering);
}

fn complain(input: &HtmlInputElement, wrong: bool) {
    let _ = input.set_attribute("aria-invalid", if wrong { "true" } else { "false" });
    let text = if wrong { "A seed is a whole number from 0 to 18446744073709551615." } else { "" };
    super::dom::show(&by_id("seed-error"), text);
}

fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn seeds_are_whole_numbers_of_64_bits() {
        assert_eq!(parse(" 18446744073709551615 "), Some(u64::MAX));
        for wrong in ["", "-1", "+1", "1.5", "18446744073709551616", "x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
