//! Squares of the map, about 200 m wide: where complaints come back, and what of
//! closed cases may be told to everybody.

use std::collections::BTreeMap;

use yiwang_base::{CELL_ZOOM, CategoryCode, Point, Purpose, Timestamp, cell, point_of_cell};

use crate::{Case, Stage};

/// Squares are tiles of this zoom: 306 m at the equator, 234 m in Beijing.
pub const SQUARE_ZOOM: u32 = 17;
/// Fewer closed cases in a square are not told: nobody can be picked out (k-anonymity with
/// k = 3; Sweeney 2002), and fewer open ones are no pattern.
pub const SQUARE_FEWEST: usize = 3;

/// A square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Square(i64);

impl Square {
    const SHIFT: u32 = 2 * (CELL_ZOOM - SQUARE_ZOOM);

    /// The square that a point lies in.
    pub fn of(point: Point) -> Square {
        Square(cell(point) >> Self::SHIFT)
    }

    /// Its middle; `None` for no square of the map.
    pub fn middle(self) -> Option<Point> {
        // On a Z-order curve the middle is three quarters on: half of each axis.
        point_of_cell((self.0 << Self::SHIFT) + 3 * (1 << (Self::SHIFT - 2)))
    }
}

/// How a closed case ended, in words that are nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoneOutcome {
    /// The resident says it is solved.
    Solved,
    /// The resident says it is not.
    NotSolved,
    /// Someone checked on site, and the resident has said nothing.
    Checked,
    /// Closed with a reason that stands in the record.
    Closed,
}

impl DoneOutcome {
    /// All of them.
    pub const ALL: [DoneOutcome; 4] = [
        DoneOutcome::Solved,
        DoneOutcome::NotSolved,
        DoneOutcome::Checked,
        DoneOutcome::Closed,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            DoneOutcome::Solved => "solved",
            DoneOutcome::NotSolved => "not_solved",
            DoneOutcome::Checked => "checked",
            DoneOutcome::Closed => "closed",
        }
    }

    fn of(case: &Case) -> DoneOutcome {
        match case.call_back.and_then(|call| call.solved) {
            Some(true) => DoneOutcome::Solved,
            Some(false) => DoneOutcome::NotSolved,
            None if case.closed_unverified => DoneOutcome::Closed,
            None => DoneOutcome::Checked,
        }
    }
}

/// A closed case as everybody may see it: no words, no point, no person, no number.
#[derive(Debug, Clone, PartialEq)]
pub struct DoneNear {
    /// The square it lies in.
    pub square: Square,
    /// What it was about.
    pub category: CategoryCode,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// From coming in to closed, whole hours, rounded up.
    pub hours: u64,
    /// How it ended.
    pub outcome: DoneOutcome,
}

/// What was done in those squares that are near and have at least [`SQUARE_FEWEST`] closed
/// cases, the last closed first, and how many cases are not told since theirs has fewer.
/// A square is near as a whole or not at all: another place to look from tells nothing more.
pub fn done_near<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    is_near: impl Fn(Square) -> bool,
) -> (Vec<DoneNear>, usize) {
    let mut squares: BTreeMap<Square, Vec<DoneNear>> = BTreeMap::new();
    let told = cases.into_iter().filter_map(told);
    for one in told.filter(|one| is_near(one.square)) {
        squares.entry(one.square).or_default().push(one);
    }
    let (enough, few): (Vec<_>, Vec<_>) = squares
        .into_values()
        .partition(|cases| cases.len() >= SQUARE_FEWEST);
    let mut done: Vec<DoneNear> = enough.into_iter().flatten().collect();
    done.sort_by_key(|one| std::cmp::Reverse(one.closed_at));
    (done, few.iter().map(Vec::len).sum())
}

/// A closed case without what is personal; `None` while it is open, and where no point or
/// category is left.
fn told(case: &Case) -> Option<DoneNear> {
    let closed_at = case.closed_at.filter(|_| case.stage == Stage::Closed)?;
    let seconds = closed_at.as_second() - case.submitted_at.as_second();
    Some(DoneNear {
        square: Square::of(point(case)?),
        category: case.category.clone()?,
        closed_at,
        hours: seconds.max(0).cast_unsigned().div_ceil(3600),
        outcome: DoneOutcome::of(case),
    })
}

fn point(case: &Case) -> Option<Point> {
    let request = case.request.as_ref()?;
    request.disclose(Purpose::HandleCase).place.point
}

/// A square where the same is complained about again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurring {
    /// The square.
    pub square: Square,
    /// About what.
    pub category: CategoryCode,
    /// How many times.
    pub cases: usize,
    /// How many of them are open.
    pub open: usize,
    /// When the last came in.
    pub last: Timestamp,
}

/// Squares and categories with at least [`SQUARE_FEWEST`] cases, most first.
pub fn recurring<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Vec<Recurring> {
    let mut found: BTreeMap<(Square, CategoryCode), Recurring> = BTreeMap::new();
    for case in cases {
        let (Some(point), Some(category)) = (point(case), case.category.clone()) else {
            continue;
        };
        let square = Square::of(point);
        let one = found
            .entry((square, category.clone()))
            .or_insert(Recurring {
                square,
                category,
                cases: 0,
                open: 0,
                last: case.submitted_at,
            });
        one.cases += 1;
        one.open += usize::from(case.stage.is_open());
        one.last = one.last.max(case.submitted_at);
    }
    let mut found: Vec<Recurring> = found
        .into_values()
        .filter(|one| one.cases >= SQUARE_FEWEST)
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse((one.cases, one.last)));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::duplicate::metres_between;

    proptest! {
        /// The middle tells no more than about where.
        #[test]
        fn a_square_blurs_its_points(lon in 73.0..135.0f64, lat in 18.0..54.0f64) {
            let point = Point::new(lon, lat).unwrap();
            let middle = Square::of(point).middle().unwrap();
            prop_assert_eq!(Square::of(middle), Square::of(point));
            let metres = metres_between(point, middle);
            prop_assert!(metres < 210.0, "{metres} m away");
        }
    }

    #[test]
    fn points_of_one_square_cannot_be_told_apart() {
        let at = |lon, lat| Square::of(Point::new(lon, lat).unwrap());
        assert_eq!(at(116.3970, 39.9080), at(116.3972, 39.9081));
        assert_ne!(at(116.3970, 39.9080), at(116.4070, 39.9080));
        assert_eq!(
            at(116.3970, 39.9080).middle(),
            at(116.3972, 39.9081).middle()
        );
    }
}
