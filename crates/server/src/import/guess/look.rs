//! What the values of a column look like.

use std::collections::HashSet;

use super::times::Times;

/// Most different values that are remembered.
const MOST_DISTINCT: usize = 20_000;
/// Values that are kept to be shown or mapped.
const MOST_KEPT: usize = 40;
/// Rows whose values are tried as times and numbers.
const TRIED: u64 = 2_000;

/// A column, seen so far.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) name: String,
    /// Rows, and those in which it is not empty.
    pub(super) rows: u64,
    pub(super) filled: u64,
    distinct: HashSet<String>,
    /// The first different values.
    pub(super) kept: Vec<String>,
    /// Characters in all.
    characters: u64,
    pub(super) longest: usize,
    pub(super) digits_only: bool,
    /// Of the values that were tried: how many, numbers, telephone numbers.
    tried: u64,
    numbers: u64,
    phones: u64,
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) times: Times,
}

impl Look {
    pub(super) fn new(name: &str) -> Look {
        Look {
            name: name.trim().to_owned(),
            rows: 0,
            filled: 0,
            distinct: HashSet::new(),
            kept: Vec::new(),
            characters: 0,
            longest: 0,
            digits_only: true,
            tried: 0,
            numbers: 0,
            phones: 0,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            times: Times::new(),
        }
    }

    pub(super) fn see(&mut self, value: &str) {
        self.rows += 1;
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        let length = value.chars().count();
        self.characters += length as u64;
        self.longest = self.longest.max(length);
        self.digits_only &= value.bytes().all(|b| b.is_ascii_digit());
        if self.distinct.len() < MOST_DISTINCT && !self.distinct.contains(value) {
            self.distinct.insert(value.to_owned());
            if self.kept.len() < MOST_KEPT {
                self.kept.push(value.to_owned());
            }
        }
        if self.tried < TRIED {
            self.tried += 1;
            if let Ok(number) = value.parse::<f64>()
                && number.is_finite()
            {
                self.numbers += 1;
                self.least = self.least.min(number);
                self.most = self.most.max(number);
            }
            self.phones += u64::from(is_phone(value));
            self.times.see(value);
        }
    }

    pub(super) fn distinct(&self) -> u64 {
        self.distinct.len() as u64
    }

    /// Whether so many per hundred of its values are numbers.
    pub(super) fn numbers(&self, percent: u64) -> bool {
        self.tried > 0 && self.numbers * 100 >= self.tried * percent
    }

    pub(super) fn phones(&self, percent: u64) -> bool {
        self.tried > 0 && self.phones * 100 >= self.tried * percent
    }

    /// Per hundred of the rows.
    pub(super) fn filled_percent(&self) -> u64 {
        (self.filled * 100).checked_div(self.rows).unwrap_or(0)
    }

    /// Characters in a value that is there.
    pub(super) fn mean_length(&self) -> u64 {
        self.characters.checked_div(self.filled).unwrap_or(0)
    }
}

/// A telephone number: digits with what stands between them, as many as one has.
pub(super) fn is_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let others = value
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'));
    let dashed = value.contains(['-', '+', '(']) && (7..=15).contains(&digits);
    let mobile = digits == 11 && value.starts_with('1') && value.len() == 11;
    others && (dashed || mobile)
}
