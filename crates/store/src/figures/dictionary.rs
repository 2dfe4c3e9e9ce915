//! Codes as small numbers.

use std::collections::HashMap;
use std::hash::Hash;

/// Codes in the order in which they first came; 0 stands for none.
pub(super) struct Dictionary<C> {
    codes: Vec<C>,
    numbers: HashMap<C, u32>,
}

impl<C> Default for Dictionary<C> {
    fn default() -> Self {
        Dictionary {
            codes: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<C: Clone + Eq + Hash> Dictionary<C> {
    /// The number of a code, given to it if it has none.
    pub(super) fn give(&mut self, code: Option<&C>) -> u32 {
        let Some(code) = code else { return 0 };
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        self.codes.push(code.clone());
        let number = self.codes.len() as u32;
        self.numbers.insert(code.clone(), number);
        number
    }

    /// The code of a number.
    pub(super) fn code(&self, number: u32) -> Option<&C> {
        self.codes.get((number as usize).checked_sub(1)?)
    }

    /// Numbers in use, with the 0 of none.
    pub(super) fn size(&self) -> usize {
        self.codes.len() + 1
    }

    /// For each number whether it is one of these; `None` when any is.
    pub(super) fn chosen(&self, wanted: &[Option<C>]) -> Option<Vec<bool>> {
        if wanted.is_empty() {
            return None;
        }
        let mut chosen = vec![false; self.size()];
        for code in wanted {
            let number = match code {
                None => Some(0),
                // No turn has a code that has no number.
                Some(code) => self.numbers.get(code).copied(),
            };
            if let Some(number) = number {
                chosen[number as usize] = true;
            }
        }
        Some(chosen)
    }

    /// All codes, by number; the first is none.
    pub(super) fn all(&self) -> impl Iterator<Item = Option<&C>> {
        std::iter::once(None).chain(self.codes.iter().map(Some))
    }
}
