//! How a result is told: a row of a table for people, and JSON for programs.

use std::fmt::Display;
use std::io;

use serde_json::{Map, Value};

use crate::report::machine;
use crate::screen::show;

/// What was measured, in its order.
#[derive(Default)]
pub struct Outcome {
    cells: Vec<String>,
    values: Map<String, Value>,
}

impl Outcome {
    /// One more figure: its name, what it is as JSON, and how it is shown.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>, shown: impl Display) -> Self {
        self.cells.push(shown.to_string());
        self.values.insert(name.into(), value.into());
        self
    }

    /// Shows both.
    ///
    /// # Errors
    /// If standard output can't be written to.
    pub fn show(mut self, what: &str) -> io::Result<()> {
        self.values.insert("what".into(), what.into());
        self.values.insert("machine".into(), machine::processor().into());
        self.values.insert("date".into(), machine::today().into());
        show(format!("| {what} | {} |", self.cells.join(" | ")))?;
        show(Value::Object(self.values))
    }
}
