//! Sounds as a table in CSV: their numbers and their parameters in units for people, a row a sound.
//!
//! The first line names the columns: `voice`, `seed`, then every parameter as "module.name". What is written is read again to the bit.
//! A table from elsewhere may have its columns in any order and leave out `voice` and `seed`, which only decide which noise is played.

use super::Sound;
use crate::voice::{COUNT, PARAMETERS, Parameters};
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read, Write};

const VOICE: &str = "voice";
const SEED: &str = "seed";

/// What is wrong with a table.
#[derive(Debug)]
pub enum TableError {
    /// It could not be read, or is no table: rows of different lengths, or no text.
    Csv(csv::Error),
    /// A parameter has no column.
    Missing(String),
    /// A column is no parameter's, or there is one of that name before.
    Column(String),
    /// A value is not one that its column takes.
    Value {
        /// The line in the file, the first being 1.
        line: u64,
        /// The column's name.
        column: String,
        /// What is there.
        value: String,
        /// What may be there.
        allowed: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv(error) => write!(f, "it is not a table: {error}"),
            Self::Missing(name) => {
                write!(f, "column {name} is missing; each of the {COUNT} parameters needs one")
            }
            Self::Column(name) => {
                write!(f, "column cannot be \"{name}\"; allowed: {VOICE}, {SEED} and each parameter, once")
            }
            Self::Value { line, column, value, allowed } => {
                write!(f, "line {line}: {column} cannot be \"{value}\"; allowed: {allowed}")
            }
        }
    }
}

impl std::error::Error for TableError {}

impl From<csv::Error> for TableError {
    fn from(error: csv::Error) -> Self {
        Self::Csv(error)
    }
}

/// A table that is being written.
#[derive(Debug)]
pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    /// Begins a table with the names of its columns.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        let names = PARAMETERS.iter().map(ToString::to_string);
        csv.write_record([VOICE, SEED].map(String::from).into_iter().chain(names))?;
        Ok(Self { csv })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&mut self, sound: &Sound) -> io::Result<()> {
        let values = sound.parameters.values().iter().map(ToString::to_string);
        let numbers = [sound.voice, sound.seed].map(|n| n.to_string());
        Ok(self.csv.write_record(numbers.into_iter().chain(values))?)
    }

    /// Ends the table, and gives back what it was written to.
    ///
    /// # Errors
    /// If what is left cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Where a column's values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Voice,
    Seed,
    Parameter(usize),
}

/// Reads a table. Where there is no column `voice`, rows are numbered from 0; without a column `seed`, it is 0. No two rows have the same number.
///
/// # Errors
/// If it cannot be read, a column is missing or unknown, or a value is none that its column takes.
pub fn read(from: impl Read) -> Result<Vec<Sound>, TableError> {
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
    let names = table.headers()?.clone();
    let columns = names.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let mut known = HashSet::new();
    if let Some(twice) = columns.iter().position(|column| !known.insert(column)) {
        return Err(TableError::Column(names[twice].to_owned()));
    }
    if let Some(missing) = (0..COUNT).find(|i| !known.contains(&Column::Parameter(*i))) {
        return Err(TableError::Missing(PARAMETERS[missing].to_string()));
    }
    let mut sounds = Vec::new();
    let mut numbers = HashSet::new();
    for (row, record) in table.records().enumerate() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let refused = |column: &str, value: &str, allowed: String| TableError::Value {
            line,
            column: column.to_owned(),
            value: value.to_owned(),
            allowed,
        };
        let (mut voice, mut seed, mut values) = (row as u64, 0, [0.0; COUNT]);
        for ((column, name), value) in columns.iter().zip(&names).zip(&record) {
            let whole = || {
                value
                    .parse()
                    .map_err(|_| refused(name, value, format!("a whole number from 0 to {}", u64::MAX)))
            };
            match column {
                Column::Voice => voice = whole()?,
                Column::Seed => seed = whole()?,
                Column::Parameter(i) => {
                    let range = &PARAMETERS[*i].range;
                    let number = value.parse().ok().filter(|number| range.takes(*number));
                    values[*i] = number.ok_or_else(|| refused(name, value, range.to_string()))?;
                }
            }
        }
        if !numbers.insert(voice) {
            return Err(refused(VOICE, &voice.to_string(), "each number once".into()));
        }
        // Each value was looked at, for the sake of its line.
        let Ok(parameters) = Parameters::new(values) else { continue };
        sounds.push(Sound { seed, voice, parameters });
    }
    Ok(sounds)
}

fn column(name: &str) -> Result<Column, TableError> {
    match name {
        VOICE => Ok(Column::Voice),
        SEED => Ok(Column::Seed),
        _ => {
            let place = PARAMETERS.iter().position(|parameter| parameter.to_string() == name);
            place.map(Column::Parameter).ok_or_else(|| TableError::Column(name.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(sounds: &[Sound]) -> String {
        let mut table = Writer::new(Vec::new()).unwrap();
        sounds.iter().for_each(|sound| table.put(sound).unwrap());
        String::from_utf8(table.finish().unwrap()).unwrap()
    }

    fn sounds() -> Vec<Sound> {
        (5..9).map(|voice| Sound::random(77, voice)).collect()
    }

    #[test]
    fn what_is_written_is_read_again_to_the_bit() {
        let text = table(&sounds());
        assert!(text.starts_with("voice,seed,adsr_1.attack,adsr_1.decay,"));
        assert_eq!(text.lines().count(), 5);
        assert_eq!(read(text.as_bytes()).unwrap(), sounds());
    }

    #[test]
    fn columns_may_be_in_any_order_and_the_numbers_left_out() {
        let text = table(&sounds());
        let turned: Vec<String> = text
            .lines()
            .map(|line| {
                line.split(',').skip(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(", ")
            })
            .collect();
        let read = read(turned.join("\r\n").as_bytes()).unwrap();
        for (i, (a, b)) in read.iter().zip(sounds()).enumerate() {
            assert_eq!((a.voice, a.seed, a.parameters), (i as u64, 0, b.parameters));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let text = table(&sounds());
        let first = text.lines().nth(1).unwrap();
        let release = first.split(',').nth(5).unwrap();
        let second = text.lines().nth(2).unwrap();
        let with =
            |from: &str, to: &str| read(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
        assert_eq!(
            with(&format!(",{release},"), ",6,"),
            "line 2: adsr_1.release cannot be \"6\"; allowed: 0 to 5 s"
        );
        assert_eq!(
            with(&format!(",{release},"), ",NaN,"),
            "line 2: adsr_1.release cannot be \"NaN\"; allowed: 0 to 5 s"
        );
        assert_eq!(with(second, first), "line 3: voice cannot be \"5\"; allowed: each number once");
        assert_eq!(
            with("\n5,77", "\nx,77"),
            "line 2: voice cannot be \"x\"; allowed: a whole number from 0 to 18446744073709551615"
        );
        assert!(
            with("keyboard.midi_f0", "keyboard.pitch")
                .starts_with("column cannot be \"keyboard.pitch\"; allowed: voice, seed")
        );
        assert!(with("adsr_1.decay", "adsr_1.attack").starts_with("column cannot be \"adsr_1.attack\""));
        assert!(with("\n5,", "\n5,5,").starts_with("it is not a table: "));
        let cut: Vec<_> = text.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
        let error = read(cut.join("\n").as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "column vco_2.shape is missing; each of the 78 parameters needs one");
    }
}
