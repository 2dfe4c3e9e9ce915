//! Codes of new cells.

use std::collections::BTreeSet;

use geo::{BoundingRect, Centroid, MultiPolygon, Point};
use yiwang_base::{AreaCode, GridCode};

use super::MergeError;
use crate::code_digits;

/// The order in which cells are numbered: west to east in rows from north to
/// south (GB/T 30428). A row is as high as half of the cells.
pub(super) fn order(cells: &[MultiPolygon<f64>]) -> Vec<usize> {
    let centre = |n: &usize| cells[*n].centroid().unwrap_or(Point::new(0.0, 0.0));
    let mut heights: Vec<f64> = cells
        .iter()
        .filter_map(|cell| Some(cell.bounding_rect()?.height()))
        .collect();
    heights.sort_by(f64::total_cmp);
    let row = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
    let mut left: Vec<usize> = (0..cells.len()).collect();
    left.sort_by(|a, b| {
        let (a_at, b_at) = (centre(a), centre(b));
        b_at.y().total_cmp(&a_at.y()).then(a.cmp(b))
    });
    let mut ordered = Vec::with_capacity(cells.len());
    while let Some(first) = left.first() {
        let south = centre(first).y() - row / 2.0;
        let (mut in_row, rest): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|cell| centre(cell).y() >= south);
        in_row.sort_by(|a, b| {
            let (a_at, b_at) = (centre(a), centre(b));
            a_at.x().total_cmp(&b_at.x()).then(a.cmp(b))
        });
        ordered.extend(in_row);
        left = rest;
    }
    ordered
}

/// Codes for so many cells of a container, after those that were ever given: 15
/// digits where the container's code is of digits, else its code with a number.
pub(super) fn codes(
    container: &AreaCode,
    cells: usize,
    taken: &BTreeSet<AreaCode>,
) -> Result<Vec<AreaCode>, MergeError> {
    let wrong = || MergeError::Code(container.clone());
    let digits =
        code_digits(container.as_str()).filter(|digits| [6, 9, 12].contains(&digits.len()));
    let code = |number: usize| -> Result<AreaCode, MergeError> {
        match digits {
            Some(digits) => {
                let sequence = u16::try_from(number).map_err(|_| wrong())?;
                let code = GridCode::new(&format!("{digits:0<12}"), sequence);
                code.map_err(|_| wrong())?
                    .to_string()
                    .parse()
                    .map_err(|_| wrong())
            }
            None => format!("{container}-{number:03}")
                .parse()
                .map_err(|_| wrong()),
        }
    };
    let mut used = 0;
    for number in 1..=999 {
        if taken.contains(&code(number)?) {
            used = number;
        }
    }
    if used + cells > 999 {
        return Err(MergeError::TooMany {
            container: container.clone(),
            cells: used + cells,
        });
    }
    (used + 1..=used + cells).map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, Rect};

    fn square(x: f64, y: f64) -> MultiPolygon<f64> {
        let at = Coord { x, y };
        let far = Coord {
            x: x + 1.0,
            y: y + 1.0,
        };
        MultiPolygon(vec![Rect::new(at, far).to_polygon()])
    }

    #[test]
    fn cells_are_numbered_west_to_east_in_rows_from_north_to_south() {
        let cells = [
            square(1.0, 0.0),
            square(0.0, 0.1),
            square(2.0, 1.0),
            square(0.0, 1.1),
            square(1.0, 0.9),
        ];
        assert_eq!(order(&cells), [3, 4, 2, 1, 0]);
    }

    #[test]
    fn codes_have_fifteen_digits_and_are_never_given_twice() {
        let taken = ["110101001005007".parse().unwrap()].into();
        let told = |container: &str, cells| {
            codes(&container.parse().unwrap(), cells, &taken)
                .map(|codes| codes.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let codes = told("110101001005", 2).unwrap();
        assert_eq!(codes, ["110101001005008", "110101001005009"]);
        assert_eq!(told("110101001", 1).unwrap(), ["110101001000001"]);
        assert_eq!(told("156110101", 1).unwrap(), ["110101000000001"]);
        assert_eq!(told("back-bay", 1).unwrap(), ["back-bay-001"]);
        assert!(matches!(
            told("110101001005", 993),
            Err(MergeError::TooMany { cells: 1000, .. })
        ));
    }
}
