//! The suite that every store of views passes.

use std::future::Future;

use yiwang_base::{Personal, UserName};

use super::desk::BlockOn;
use crate::StoreError;
use crate::views::{Circle, SavedView, Shelf, ViewStore};

/// A store of views and a way to wait for it.
pub struct ViewDesk<'a, S> {
    store: &'a S,
    block_on: BlockOn,
}

impl<'a, S: ViewStore> ViewDesk<'a, S> {
    /// A desk at `store`.
    pub fn new(store: &'a S, block_on: BlockOn) -> Self {
        Self { store, block_on }
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let mut answer = None;
        (self.block_on)(Box::pin(async { answer = Some(future.await) }));
        answer.unwrap()
    }

    fn set(
        &self,
        of: &str,
        circle: &Circle,
        expected: u32,
        views: &[SavedView],
    ) -> Result<u32, StoreError> {
        self.wait(
            self.store
                .set_views(&name(of), circle, expected, views.to_vec()),
        )
    }

    fn shelf(&self, of: &str) -> Shelf {
        self.wait(self.store.views(&name(of))).unwrap()
    }

    fn shared(&self, circle: &Circle, except: &str) -> Vec<(String, String)> {
        let shared = self.wait(self.store.shared_views(circle, &name(except)));
        let names = shared.unwrap().into_iter();
        names
            .map(|(of, view)| (of.to_string(), view.name))
            .collect()
    }
}

fn name(name: &str) -> UserName {
    name.parse().unwrap()
}

fn circle(role: &str, unit: Option<&str>) -> Circle {
    Circle {
        role: role.into(),
        unit: unit.map(|unit| unit.parse().unwrap()),
    }
}

fn view(name: &str, shared: bool) -> SavedView {
    SavedView {
        name: name.into(),
        query: Personal::new(format!("q={name}&stage=accepted,dispatched")),
        shared,
    }
}

/// Views are kept in the order in which they were set, until they are set again.
pub fn views_are_kept_as_they_were_set<S: ViewStore>(desk: &ViewDesk<'_, S>) {
    let operators = circle("operator", None);
    assert_eq!(desk.shelf("li.na"), Shelf::default());
    let views = [
        view("逾期", false),
        view("今天 “到期” 'x'", true),
        view("a", false),
    ];
    assert_eq!(desk.set("li.na", &operators, 0, &views), Ok(1));
    assert_eq!(
        desk.shelf("li.na"),
        Shelf {
            version: 1,
            views: views.to_vec()
        }
    );
    let fewer = [views[2].clone(), views[0].clone()];
    assert_eq!(desk.set("li.na", &operators, 1, &fewer), Ok(2));
    assert_eq!(
        desk.shelf("li.na"),
        Shelf {
            version: 2,
            views: fewer.to_vec()
        }
    );
    assert_eq!(desk.set("li.na", &operators, 2, &[]), Ok(3));
    assert_eq!(
        desk.shelf("li.na"),
        Shelf {
            version: 3,
            views: vec![]
        }
    );
    assert_eq!(desk.shelf("wang"), Shelf::default());
}

/// Of two windows the slower one is told, and changes nothing.
pub fn views_that_moved_on_are_not_overwritten<S: ViewStore>(desk: &ViewDesk<'_, S>) {
    let operators = circle("operator", None);
    let views = [view("逾期", false)];
    assert_eq!(desk.set("li.na", &operators, 0, &views), Ok(1));
    let late = desk.set("li.na", &operators, 0, &[]);
    assert_eq!(late, Err(StoreError::Changed { current: 1 }));
    let early = desk.set("wang", &operators, 1, &views);
    assert_eq!(early, Err(StoreError::Changed { current: 0 }));
    assert_eq!(desk.shelf("li.na").views, views);
}

/// What is shared is seen by others of the same role and unit, and by nobody else.
pub fn views_are_shared_with_those_who_do_the_same_work<S: ViewStore>(desk: &ViewDesk<'_, S>) {
    let (operators, lights) = (circle("operator", None), circle("unit", Some("lights")));
    let own_and_shared = [view("own", false), view("b", true), view("a", true)];
    desk.set("li.na", &operators, 0, &own_and_shared).unwrap();
    desk.set("wang", &operators, 0, &[view("c", true)]).unwrap();
    desk.set("lamp", &lights, 0, &[view("d", true)]).unwrap();
    let seen = |circle: &Circle, except: &str| {
        let shared = desk.shared(circle, except).into_iter();
        shared.map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(seen(&operators, "li.na"), ["c"]);
    assert_eq!(seen(&operators, "zhao"), ["b", "a", "c"]);
    assert_eq!(seen(&lights, "other"), ["d"]);
    assert!(seen(&circle("unit", Some("roads")), "other").is_empty());
    assert!(seen(&circle("unit", None), "other").is_empty());
    assert!(seen(&circle("leader", None), "zhao").is_empty());
    // Whoever changes over takes the views along.
    desk.set("wang", &circle("leader", None), 1, &[view("c", true)])
        .unwrap();
    assert_eq!(seen(&operators, "zhao"), ["b", "a"]);
}

/// Makes a `#[test]` of each test of a store of views.
#[macro_export]
macro_rules! view_conformance {
    ($fresh:expr, $wait:expr) => {
        $crate::view_conformance! { @each $fresh, $wait;
            views_are_kept_as_they_were_set
            views_are_shared_with_those_who_do_the_same_work
            views_that_moved_on_are_not_overwritten
        }
    };
    (@each $fresh:expr, $wait:expr; $($name:ident)*) => {$(
        #[test]
        fn $name() {
            let fresh = $fresh;
            let wait: $crate::conformance::BlockOn = |future| $wait(future);
            let desk = $crate::conformance::views::ViewDesk::new(&*fresh, wait);
            $crate::conformance::views::$name(&desk);
        }
    )*};
}
