//! Rings and surfaces from the ways of a relation.

use std::collections::HashMap;

use geo::{BooleanOps, LineString, MultiPolygon, Polygon};

/// Joins ways, each a list of node numbers, end to end into closed rings.
/// Rings come back closed: first node = last node.
///
/// Where more than two ways meet the choice does not matter: [`surface`] counts
/// crossings, and those are the same for each way of walking the same lines.
///
/// # Errors
/// The node at which a ring stays open.
pub(super) fn join(ways: &[Vec<i64>]) -> Result<Vec<Vec<i64>>, i64> {
    let mut ends: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut used = vec![false; ways.len()];
    let mut rings = Vec::new();
    for (n, way) in ways.iter().enumerate() {
        match (way.first(), way.last()) {
            (Some(first), Some(last)) if first == last => {
                used[n] = true;
                rings.push(way.clone());
            }
            (Some(first), Some(last)) => {
                ends.entry(*first).or_default().push(n);
                ends.entry(*last).or_default().push(n);
            }
            _ => used[n] = true,
        }
    }
    for start in 0..ways.len() {
        if std::mem::replace(&mut used[start], true) {
            continue;
        }
        let mut ring = ways[start].clone();
        let (first, mut tail) = (ring[0], ring[ring.len() - 1]);
        while tail != first {
            let next = ends.get_mut(&tail).and_then(|at| {
                // Ways are used once; taking them off the list keeps this linear.
                std::iter::from_fn(|| at.pop()).find(|n| !used[*n])
            });
            let Some(next) = next else { return Err(tail) };
            used[next] = true;
            let way = &ways[next];
            if way[0] == tail {
                ring.extend(&way[1..]);
            } else {
                ring.extend(way.iter().rev().skip(1));
            }
            tail = ring[ring.len() - 1];
        }
        rings.push(ring);
    }
    Ok(rings)
}

/// The surface that rings bound: a point is on it when an odd number of rings
/// goes round it, so holes and islands in holes need no roles.
pub(super) fn surface(rings: Vec<LineString<f64>>) -> MultiPolygon<f64> {
    let each = rings.into_iter().map(|r| Polygon::new(r, Vec::new()));
    let all: MultiPolygon<f64> = each.collect();
    all.union(&MultiPolygon::new(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Rect, coord};
    use proptest::prelude::*;

    fn square(from: f64, to: f64) -> LineString<f64> {
        let (min, max) = (coord! { x: from, y: from }, coord! { x: to, y: to });
        Rect::new(min, max).to_polygon().exterior().clone()
    }

    #[test]
    fn ways_join_whichever_way_they_run() {
        let rings = join(&[
            vec![1, 2, 3],
            vec![5, 4, 3],
            vec![5, 6, 1],
            vec![7, 8, 9, 7],
        ])
        .unwrap();
        assert_eq!(rings, [vec![7, 8, 9, 7], vec![1, 2, 3, 4, 5, 6, 1]]);
    }

    #[test]
    fn an_open_ring_is_named_by_the_node_where_it_ends() {
        assert_eq!(join(&[vec![1, 2, 3], vec![3, 4]]), Err(4));
        assert_eq!(join(&[]), Ok(vec![]));
        assert_eq!(join(&[vec![]]), Ok(vec![]));
    }

    #[test]
    fn holes_and_islands_follow_from_nesting_alone() {
        let lake = surface(vec![square(4.0, 6.0), square(0.0, 10.0), square(2.0, 8.0)]);
        assert_eq!(lake.0.len(), 2, "shore and island");
        assert!((lake.unsigned_area() - (100.0 - 36.0 + 4.0)).abs() < 1e-6);
        assert_eq!(lake.iter().map(|p| p.interiors().len()).sum::<usize>(), 1);
    }

    proptest! {
        /// However a ring is cut into ways and shuffled, it closes again.
        #[test]
        fn a_cut_ring_closes(len in 3_usize..40, cuts in prop::collection::btree_set(1_usize..40, 1..8), flip in any::<u64>(), turn in any::<usize>()) {
            let ring: Vec<i64> = (0..len as i64).chain([0]).collect();
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|c| *c < len).collect();
            cuts.insert(0, 0);
            cuts.push(len);
            let mut ways: Vec<Vec<i64>> = cuts.windows(2).map(|w| ring[w[0]..=w[1]].to_vec()).collect();
            let turn = turn % ways.len();
            ways.rotate_left(turn);
            for (n, way) in ways.iter_mut().enumerate() {
                if flip >> n & 1 == 1 { way.reverse(); }
            }
            let joined = join(&ways).unwrap();
            prop_assert_eq!(joined.len(), 1);
            prop_assert_eq!(joined[0].len(), ring.len());
            prop_assert_eq!(joined[0].first(), joined[0].last());
        }
    }
}
