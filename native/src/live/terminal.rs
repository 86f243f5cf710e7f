//! Where keys come from and where the status line is shown.

use crate::live::keys::{self, Action};
use crate::live::textures::Told;
use crate::{say, warn};
use crossterm::cursor::MoveToColumn;
use crossterm::event::{self, Event, KeyEventKind};
use crossterm::style::Print;
use crossterm::terminal::{self, Clear, ClearType};
use std::io::{self, IsTerminal, Stderr, Write, stderr, stdin};
use std::time::Duration;

/// A person's end of the program.
pub trait Terminal {
    /// Waits at most so long for a key that does something.
    fn action(&mut self, at_most: Duration) -> Option<Action>;
    /// Shows the status.
    fn show(&mut self, line: &dyn Fn(usize) -> String);
    /// Tells the person something that stays, above the status.
    fn tell(&mut self, told: &Told);
}

/// The terminal that the program runs in; where there is none, no key comes and nothing is shown.
pub struct Screen {
    out: Option<Stderr>,
}

impl Screen {
    /// Takes the terminal over, if there is one, until this is dropped.
    #[must_use]
    pub fn new() -> Self {
        let there = stdin().is_terminal() && stderr().is_terminal();
        Self { out: (there && terminal::enable_raw_mode().is_ok()).then(stderr) }
    }

    /// Whether there is one.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.out.is_some()
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self::new()
    }
}

impl Terminal for Screen {
    fn action(&mut self, at_most: Duration) -> Option<Action> {
        if self.out.is_none() || !matches!(event::poll(at_most), Ok(true)) {
            if self.out.is_none() {
                std::thread::sleep(at_most);
            }
            return None;
        }
        match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => keys::action(&key),
            _ => None,
        }
    }

    fn show(&mut self, line: &dyn Fn(usize) -> String) {
        if let Some(out) = &mut self.out {
            let width = terminal::size().map_or(80, |(columns, _)| usize::from(columns).max(2) - 1);
            // A terminal that cannot be written to is no reason to stop the music.
            let _ = draw(out, &line(width));
        }
    }

    fn tell(&mut self, told: &Told) {
        if let Some(out) = &mut self.out {
            // The sentence takes the status's place, which is shown anew below it.
            let _ = draw(out, "");
        }
        if told.is_warning {
            warn(&told.sentence)
        } else {
            say(&told.sentence)
        }
        if let Some(out) = &mut self.out {
            // In raw mode a line's end does not go back to its beginning.
            let _ = draw(out, "");
        }
    }
}

fn draw(out: &mut impl Write, line: &str) -> io::Result<()> {
    crossterm::queue!(out, MoveToColumn(0), Clear(ClearType::CurrentLine), Print(line))?;
    out.flush()
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(out) = &mut self.out {
            let _ = terminal::disable_raw_mode();
            let _ = writeln!(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_replaces_the_one_before() {
        let mut out = Vec::new();
        draw(&mut out, "hello").unwrap();
        assert_eq!(out, b"\x1b[1G\x1b[2Khello");
    }
}
