//! Naming a column of a file.

use serde::Deserialize;

/// A column: by its name, by its number from 1, or the first that is there of
/// several. Of a name that comes more than once the first is meant; `name#2`
/// is the second.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "a column is a name, a number from 1, or a list of them"
)]
pub enum Column {
    /// By number.
    Number(u32),
    /// By name; capital and small letters are the same.
    Name(String),
    /// The first that is there.
    OneOf(Vec<Column>),
}

impl Column {
    /// Its place in a header; `None` where it is not there.
    pub fn find(&self, header: &[String]) -> Option<usize> {
        match self {
            Column::Number(number) => {
                let place = usize::try_from(*number).ok()?.checked_sub(1)?;
                (place < header.len()).then_some(place)
            }
            Column::Name(name) => {
                let name = name.trim();
                let nth = |name: &str, n: usize| {
                    let named = header.iter().enumerate().filter(|(_, own)| same(own, name));
                    named.map(|(place, _)| place).nth(n)
                };
                nth(name, 0).or_else(|| {
                    let (name, n) = split_repeat(name)?;
                    nth(name, n.checked_sub(1)?)
                })
            }
            Column::OneOf(columns) => columns.iter().find_map(|column| column.find(header)),
        }
    }

    /// As a person reads it: `closed_dt or 4`.
    pub fn show(&self) -> String {
        match self {
            Column::Number(number) => number.to_string(),
            Column::Name(name) => name.clone(),
            Column::OneOf(columns) => {
                let columns: Vec<String> = columns.iter().map(Column::show).collect();
                columns.join(" / ")
            }
        }
    }
}

/// `name#2` as name and number.
fn split_repeat(name: &str) -> Option<(&str, usize)> {
    let (name, n) = name.rsplit_once('#')?;
    Some((name, n.parse().ok()?))
}

fn same(header: &str, name: &str) -> bool {
    header.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_by_name_number_and_repeat() {
        let header = ["id", "Days", "days", "a#2", ""].map(str::to_owned);
        let name = |name: &str| Column::Name(name.into()).find(&header);
        assert_eq!(name("ID"), Some(0));
        assert_eq!(name("days"), Some(1), "the first of two");
        assert_eq!(
            (name("days#1"), name("days#2"), name("days#3")),
            (Some(1), Some(2), None)
        );
        assert_eq!(name("a#2"), Some(3), "a name that looks like a repeat");
        assert_eq!((name("days#0"), name("none")), (None, None));
        let number = |n| Column::Number(n).find(&header);
        assert_eq!(
            (number(0), number(1), number(5), number(6)),
            (None, Some(0), Some(4), None)
        );
        let either = Column::OneOf(vec![Column::Name("none".into()), Column::Number(2)]);
        assert_eq!(either.find(&header), Some(1));
        assert_eq!(either.show(), "none / 2");
    }
}
