//! Which character stands between the fields of a CSV file.

use std::io::{self, Read};

use super::DELIMITERS;

/// How much of a file is looked at, bytes and rows.
const LOOK_AT: u64 = 1 << 20;
const ROWS: usize = 200;

/// The delimiter under which the rows have most often as many fields as the
/// header; of several, the one that makes more fields. A comma where none does.
pub(super) fn detect(file: impl Read, header_row: u64) -> io::Result<u8> {
    let mut head = Vec::new();
    file.take(LOOK_AT).read_to_end(&mut head)?;
    let whole = (head.len() as u64) < LOOK_AT;
    let best = DELIMITERS
        .into_iter()
        .map(|delimiter| (fit(&head, delimiter, header_row, whole), delimiter))
        // The first of those that fit alike.
        .rev()
        .max_by_key(|(fit, _)| *fit);
    Ok(best
        .filter(|(fit, _)| fit.1 > 1)
        .map_or(b',', |(_, delimiter)| delimiter))
}

/// Per thousand of the rows that have as many fields as the header, and how many those are.
fn fit(head: &[u8], delimiter: u8, header_row: u64, whole: bool) -> (usize, usize) {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(head);
    let skipped = usize::try_from(header_row.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut counts: Vec<usize> = reader
        .byte_records()
        .skip(skipped)
        .take(ROWS)
        .map_while(Result::ok)
        .map(|record| record.len())
        .collect();
    if !whole && counts.len() < ROWS {
        // The last row was cut off with the head.
        counts.pop();
    }
    let Some((fields, rest)) = counts.split_first() else {
        return (0, 0);
    };
    if *fields < 2 {
        return (0, 0);
    }
    let alike = rest.iter().filter(|count| *count == fields).count();
    let share = if rest.is_empty() {
        1000
    } else {
        alike * 1000 / rest.len()
    };
    (share, *fields)
}
