//! Accounts of people who sign in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_store::{Account, AccountData};

use super::{HeldKeys, RoleWord, Time, Word};
use crate::policy::Role;

/// The accounts, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// All of them.
    pub accounts: Vec<AccountView>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Sign-in name.
    pub name: String,
    /// Name as shown.
    pub display_name: String,
    /// The role; `null` for one that this program does not know, which allows nothing.
    #[schema(required)]
    pub role: Option<RoleWord>,
    /// Code of the unit the person acts for.
    #[schema(required)]
    pub unit: Option<String>,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// A password that was made up just now: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub password: Option<String>,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            name: account.name.to_string(),
            display_name: account.display_name.clone(),
            role: Role::from_word(&account.role).map(Word),
            unit: account.unit.as_ref().map(ToString::to_string),
            disabled: account.disabled,
            password: None,
        }
    }
}

/// What an account was at a time, and the keys it had.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct AccountVersion {
    /// The role; `null` for one that this program does not know, which allows nothing.
    #[schema(required)]
    pub role: Option<RoleWord>,
    /// Code of the unit the person acted for.
    #[schema(required)]
    pub unit: Option<String>,
    /// Whether sign-in was refused.
    pub disabled: bool,
    /// How many passwords it had been given, the first among them.
    pub passwords: u64,
    /// The ids of its keys.
    #[schema(value_type = Vec<String>)]
    pub keys: HeldKeys,
}

impl AccountVersion {
    /// After it was set. What leaves all else as it was set a password, and so did the first.
    pub fn set(&mut self, data: AccountData) {
        let role = Role::from_word(&data.role).map(Word);
        let unit = data.unit.map(|unit| unit.to_string());
        let same = (role, &unit, data.disabled) == (self.role, &self.unit, self.disabled);
        if same || self.passwords == 0 {
            self.passwords += 1;
        }
        self.keys.end_all();
        (self.role, self.unit, self.disabled) = (role, unit, data.disabled);
    }
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// Sign-in name.
    pub name: String,
    /// The role.
    pub role: RoleWord,
    /// Code of the unit; with the role unit, and only there.
    pub unit: Option<String>,
    /// Name as shown; the sign-in name unless given.
    pub display_name: Option<String>,
    /// The password; one is made up and told unless given.
    pub password: Option<String>,
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password; one is made up and told unless given.
    pub password: Option<String>,
}

/// A key for another system.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyBody {
    /// Days until it ends; 365 unless given.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u16>,
}

/// A key: it is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyView {
    /// The account as which it acts.
    pub name: String,
    /// The key.
    pub key: String,
    /// When it ends.
    pub ends: Time,
}

/// Refuse someone's sign-in, or allow it again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableBody {}
