//! Saved views (保存的视图): filters of the desk that an account keeps under a name.
//!
//! They are nobody's case and no part of the record: an account sets its own
//! whole, may take them away again, and no entry tells of them. What somebody
//! looks for may be a person's name, so a query is personal data.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, UnitCode, UserName};

use crate::StoreError;

/// Most views that one account keeps.
pub const MAX_VIEWS: usize = 50;
/// Longest name of a view, characters.
pub const MAX_VIEW_NAME: usize = 40;
/// Longest query of a view, bytes as it stands in an address.
pub const MAX_VIEW_QUERY: usize = 2_000;

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// What its owner calls it.
    pub name: String,
    /// The filters and the order, as the desk's address has them.
    pub query: Personal<String>,
    /// Whether those who do the same work see it too.
    pub shared: bool,
}

/// Who does the same work: those of one role, of one unit where the role acts for units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// The role's word.
    pub role: String,
    /// The unit.
    pub unit: Option<UnitCode>,
}

/// The views of one account, in its own order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    /// How often it was set; 0 when it never was.
    pub version: u32,
    /// The views.
    pub views: Vec<SavedView>,
}

/// Whether an account may keep these views.
///
/// # Errors
/// A refusal that names the first at fault.
pub fn check_views(views: &[SavedView]) -> Result<(), Refusal> {
    if views.len() > MAX_VIEWS {
        let refusal = wrong(
            "view.too-many",
            "保存的视图太多",
            "there are too many views",
        );
        return Err(refusal
            .at("views")
            .found(views.len().to_string())
            .allowing([format!("0–{MAX_VIEWS}")]));
    }
    for (at, view) in views.iter().enumerate() {
        let length = view.name.chars().count();
        if !(1..=MAX_VIEW_NAME).contains(&length) || view.name.trim() != view.name {
            let (zh, en) = ("视图名称不合要求", "a view cannot have this name");
            return Err(wrong("view.name", zh, en)
                .at(format!("views[{at}].name"))
                .found(length.to_string())
                .allowing([format!("1–{MAX_VIEW_NAME}")]));
        }
        if view.query.disclose(Purpose::Record).len() > MAX_VIEW_QUERY {
            let (zh, en) = ("筛选条件太长", "these filters are too long");
            return Err(wrong("view.query", zh, en)
                .at(format!("views[{at}].query"))
                .allowing([format!("0–{MAX_VIEW_QUERY}")]));
        }
        if views[..at].iter().any(|other| other.name == view.name) {
            let (zh, en) = ("已有同名的视图", "another view has this name");
            return Err(wrong("view.name-taken", zh, en)
                .at(format!("views[{at}].name"))
                .found(view.name.clone()));
        }
    }
    Ok(())
}

fn wrong(code: &'static str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, zh, en)
}

/// What keeps views. Every store passes the one conformance suite.
pub trait ViewStore: Send + Sync {
    /// The views of an account.
    fn views(&self, of: &UserName) -> impl Future<Output = Result<Shelf, StoreError>> + Send;

    /// Sets the views of an account, who belongs to this circle; gives the new version.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when the shelf is not at `expected`.
    fn set_views(
        &self,
        of: &UserName,
        circle: &Circle,
        expected: u32,
        views: Vec<SavedView>,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// What others of a circle share, by account and in their order.
    fn shared_views(
        &self,
        circle: &Circle,
        except: &UserName,
    ) -> impl Future<Output = Result<Vec<(UserName, SavedView)>, StoreError>> + Send;
}

/// Views that are forgotten when it is dropped: the plain statement of what a store must do.
#[derive(Default)]
pub struct MemoryViews {
    shelves: Mutex<BTreeMap<UserName, (Circle, Shelf)>>,
}

impl ViewStore for MemoryViews {
    async fn views(&self, of: &UserName) -> Result<Shelf, StoreError> {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(shelves
            .get(of)
            .map(|(_, shelf)| shelf.clone())
            .unwrap_or_default())
    }

    async fn set_views(
        &self,
        of: &UserName,
        circle: &Circle,
        expected: u32,
        views: Vec<SavedView>,
    ) -> Result<u32, StoreError> {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let current = shelves.get(of).map_or(0, |(_, shelf)| shelf.version);
        if current != expected {
            return Err(StoreError::Changed { current });
        }
        let version = current + 1;
        shelves.insert(of.clone(), (circle.clone(), Shelf { version, views }));
        Ok(version)
    }

    async fn shared_views(
        &self,
        circle: &Circle,
        except: &UserName,
    ) -> Result<Vec<(UserName, SavedView)>, StoreError> {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let others = shelves
            .iter()
            .filter(|(of, (of_circle, _))| *of != except && of_circle == circle);
        Ok(others
            .flat_map(|(of, (_, shelf))| {
                let shared = shelf.views.iter().filter(|view| view.shared);
                shared.map(|view| (of.clone(), view.clone()))
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> SavedView {
        SavedView {
            name: name.to_owned(),
            query: Personal::new("stage=accepted".into()),
            shared: false,
        }
    }

    #[test]
    fn a_view_has_a_name_of_its_own() {
        let at_fault = |views: &[SavedView]| check_views(views).err().map(|refusal| refusal.code);
        assert_eq!(at_fault(&[]), None);
        assert_eq!(at_fault(&[named("今天到期"), named("逾期")]), None);
        assert_eq!(
            at_fault(&[named("逾期"), named("逾期")]),
            Some("view.name-taken")
        );
        for name in ["", " 逾期", &"长".repeat(MAX_VIEW_NAME + 1)] {
            assert_eq!(at_fault(&[named(name)]), Some("view.name"), "{name}");
        }
        let many: Vec<_> = (0..=MAX_VIEWS).map(|n| named(&n.to_string())).collect();
        assert_eq!(at_fault(&many), Some("view.too-many"));
    }
}
