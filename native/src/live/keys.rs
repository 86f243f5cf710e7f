//! What keys do.

use crate::live::player::Steer;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Pause, or go on.
    Pause,
    /// End.
    Quit,
    /// End, as Ctrl-C does.
    Interrupt,
    /// Change the session.
    Steer(Steer),
    /// Change the listener's volume.
    Volume(f32),
}

/// The keys, for people.
pub const HELP: &str =
    "space pause   up/down intensity   left/right tempo   p next preset   +/- volume   q quit";

/// What a key does.
#[must_use]
pub fn action(key: &KeyEvent) -> Option<Action> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return matches!(key.code, KeyCode::Char('c' | 'C')).then_some(Action::Interrupt);
    }
    Some(match key.code {
        KeyCode::Char(' ') => Action::Pause,
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Action::Quit,
        KeyCode::Up => Action::Steer(Steer::Intensity(0.05)),
        KeyCode::Down => Action::Steer(Steer::Intensity(-0.05)),
        KeyCode::Right => Action::Steer(Steer::Tempo(2.0)),
        KeyCode::Left => Action::Steer(Steer::Tempo(-2.0)),
        KeyCode::Char('p' | 'P') => Action::Steer(Steer::NextPreset),
        KeyCode::Char('+' | '=') => Action::Volume(0.05),
        KeyCode::Char('-' | '_') => Action::Volume(-0.05),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_help_does_something() {
        let of = |code| action(&KeyEvent::from(code));
        assert_eq!(of(KeyCode::Char(' ')), Some(Action::Pause));
        assert_eq!(of(KeyCode::Char('q')), Some(Action::Quit));
        assert_eq!(of(KeyCode::Up), Some(Action::Steer(Steer::Intensity(0.05))));
        assert_eq!(of(KeyCode::Down), Some(Action::Steer(Steer::Intensity(-0.05))));
        assert_eq!(of(KeyCode::Left), Some(Action::Steer(Steer::Tempo(-2.0))));
        assert_eq!(of(KeyCode::Right), Some(Action::Steer(Steer::Tempo(2.0))));
        assert_eq!(of(KeyCode::Char('p')), Some(Action::Steer(Steer::NextPreset)));
        assert_eq!(of(KeyCode::Char('+')), Some(Action::Volume(0.05)));
        assert_eq!(of(KeyCode::Char('-')), Some(Action::Volume(-0.05)));
        assert_eq!(of(KeyCode::Char('x')), None);
        let control = |c| action(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
        assert_eq!((control('c'), control('p')), (Some(Action::Interrupt), None));
    }
}
