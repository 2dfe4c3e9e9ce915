//! Saved views of the desk.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::{Personal, Purpose, UserName};
use yiwang_cases::views::{SavedView, Shelf};

/// The views of an account, in the order it wants them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewsBody {
    /// All of them; those that are left out are gone.
    #[schema(max_items = 50)]
    pub views: Vec<ViewBody>,
}

/// Filters of the desk under a name.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewBody {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// Filters and order as in the address of the list, `stage=accepted&order=due`.
    #[schema(max_length = 2000)]
    pub query: String,
    /// Whether others of the same role see it too, of the same unit where the role acts for one.
    pub shared: bool,
}

/// A view that somebody else shares.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedView {
    /// Sign-in name of whoever keeps it.
    pub by: String,
    /// What it is called.
    pub name: String,
    /// Its filters and order.
    pub query: String,
}

/// The views that a person sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct Views {
    /// Version of the own ones; 0 when there never were any.
    pub version: u32,
    /// The own ones, in their order.
    pub views: Vec<ViewBody>,
    /// What others share.
    pub shared: Vec<SharedView>,
}

impl From<ViewBody> for SavedView {
    fn from(body: ViewBody) -> SavedView {
        SavedView {
            name: body.name,
            query: Personal::new(body.query),
            shared: body.shared,
        }
    }
}

impl Views {
    /// What a person keeps, and what others share with them.
    pub fn of(shelf: &Shelf, shared: &[(UserName, SavedView)]) -> Views {
        let query = |view: &SavedView| view.query.disclose(Purpose::HandleCase).clone();
        Views {
            version: shelf.version,
            views: shelf
                .views
                .iter()
                .map(|view| ViewBody {
                    name: view.name.clone(),
                    query: query(view),
                    shared: view.shared,
                })
                .collect(),
            shared: shared
                .iter()
                .map(|(by, view)| SharedView {
                    by: by.to_string(),
                    name: view.name.clone(),
                    query: query(view),
                })
                .collect(),
        }
    }
}
