//! Who is signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::RoleWord;

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Sign-in name.
    pub user: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// `null` when nobody is.
    #[schema(required)]
    pub user: Option<UserView>,
    /// The number of the entry that is written next: changes from it on tell of all that what
    /// is read after this answer may not hold yet.
    pub next_entry: u64,
}

/// A person who works here.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Sign-in name.
    pub name: String,
    /// Name as shown.
    pub display_name: String,
    /// Role.
    pub role: RoleWord,
    /// Code of the unit the person acts for.
    #[schema(required)]
    pub unit: Option<String>,
}
