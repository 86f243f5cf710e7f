//! Whether what a client synthesizes is the session.

use auralis_engine::SOUND_VERSION;

/// How many spans must differ, one after the other: a change that was still on its way explains one.
const WRONG: u32 = 2;

/// What is known of a client that synthesizes.
#[derive(Default)]
pub(super) struct Proving {
    wrong: u32,
    /// Whether it was told to hear another transport.
    moved: bool,
}

impl Proving {
    /// Takes what a client has rendered of a span, and what it should be, where that is known. Gives a sentence when the client is to hear the
    /// relay from now on: once.
    pub(super) fn judge(&mut self, sound_version: u32, hash: &str, wanted: Option<u64>) -> Option<String> {
        if self.moved {
            return None;
        }
        if sound_version == SOUND_VERSION {
            match wanted {
                Some(wanted) if hash.parse() != Ok(wanted) => self.wrong += 1,
                Some(_) => self.wrong = 0,
                None => {}
            }
            if self.wrong < WRONG {
                return None;
            }
        }
        self.moved = true;
        Some(if sound_version == SOUND_VERSION {
            "what this device makes is not the session, to the bit.".into()
        } else {
            format!("its sound is of version {SOUND_VERSION}, this device’s of {sound_version}.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_differs_twice_is_told_so_once() {
        let mut proving = Proving::default();
        let mut told = |hash, wanted| proving.judge(SOUND_VERSION, hash, wanted).is_some();
        assert!(!told("7", Some(7)) && !told("8", Some(7)), "one may be a change that was on its way");
        assert!(!told("7", Some(7)) && !told("nonsense", Some(7)));
        assert!(!told("8", None), "nobody knows");
        assert!(told("8", Some(7)));
        assert!(!told("8", Some(7)), "it knows");
    }

    #[test]
    fn who_has_another_sound_is_told_so_at_once() {
        let sentence = Proving::default().judge(SOUND_VERSION + 1, "7", Some(7)).unwrap();
        assert!(
            sentence.contains(&format!("of version {SOUND_VERSION}, this device’s of {}", SOUND_VERSION + 1))
        );
    }
}
