//! Stems: a file for each layer, and one for what delay and reverb make of them all.
//!
//! They are unmastered: together they are the mix before compressor and limiter.

use auralis_engine::Layer;
use auralis_engine::settings::LAYERS;

/// How many stems there are.
pub const STEMS: usize = LAYERS + 1;

/// The name of the stem that holds delay and reverb.
pub const SPACE: &str = "space";

/// What the stems are called, in their order.
pub fn names() -> impl Iterator<Item = &'static str> {
    Layer::ALL.map(Layer::name).into_iter().chain([SPACE])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_has_one_and_space_is_the_last() {
        let names: Vec<_> = names().collect();
        assert_eq!(names.len(), STEMS);
        assert_eq!((names[0], names[STEMS - 1]), ("drone", "space"));
    }
}
