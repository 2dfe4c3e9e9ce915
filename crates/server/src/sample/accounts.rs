//! People who can sign in: one for each role, two at the desk, a handler for
//! every unit, a grid worker for every street, and the devices that send readings.
//! Their passwords come from the system's random source, not from the seed, and
//! are told once.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yiwang_base::LocalText;
use yiwang_cases::UnitKind;
use yiwang_store::Account;

use super::city::{SampleCity, Size};
use super::dice::Dice;
use super::people;
use super::staff::{NIGHT_OPERATOR, OPERATOR, VERIFIER, handler};
use super::{CITY, FillError};
use crate::http::hash_password;
use crate::policy::Role;

/// Somebody who can sign in, with the password that is told once.
pub struct SignIn {
    /// The account.
    pub account: Account,
    /// What it is for, for readers.
    pub post: LocalText,
    /// The password.
    pub password: String,
}

const POSTS: [(&str, Role, &str, &str); 7] = [
    (OPERATOR, Role::Operator, "坐席（白班）", "operator, day"),
    (
        NIGHT_OPERATOR,
        Role::Operator,
        "坐席（夜班）",
        "operator, night",
    ),
    (VERIFIER, Role::Verifier, "核查员", "verifier"),
    ("leader", Role::Leader, "领导", "leader"),
    ("steward", Role::Steward, "数据管理员", "steward"),
    ("auditor", Role::Auditor, "审计员", "auditor"),
    ("admin", Role::Admin, "系统管理员", "administrator"),
];

/// Who helps with tasks: name and post.
pub(super) const HELPERS: [(&str, &str, &str); 2] = [
    ("volunteer", "志愿者", "volunteer"),
    ("company", "共建企业", "partner company"),
];

/// Everybody of a city, with new passwords.
pub(super) fn sign_ins(city: &SampleCity, size: Size) -> Result<Vec<SignIn>, FillError> {
    let dice = &mut Dice::new(city.seed, "accounts", 0);
    let mut somebody = |name: &str, role: Role, post: LocalText| -> Result<SignIn, FillError> {
        let person = people::name(&city.phrases, dice);
        Ok(SignIn {
            account: Account {
                name: name.parse().map_err(super::SampleError::from)?,
                display_name: format!("{} {}", person.zh, person.en),
                role: role.word().to_owned(),
                unit: None,
                disabled: false,
            },
            post,
            password: password()?,
        })
    };
    let mut all = Vec::new();
    for (name, role, zh, en) in POSTS {
        all.push(somebody(name, role, LocalText::new(zh, en))?);
    }
    for unit in city.rules.units.values() {
        let mut one = somebody(&handler(&unit.code), Role::Unit, unit.name.clone())?;
        one.account.unit = Some(unit.code.clone());
        all.push(one);
    }
    for unit in city.rules.units.values() {
        if let (UnitKind::Street, [area]) = (unit.kind, unit.areas.as_slice()) {
            let (zh, en) = (&unit.name.zh, &unit.name.en);
            let post = LocalText::new(format!("{zh}网格员"), format!("{en}, grid worker"));
            let mut one = somebody(&format!("grid-{area}"), Role::Verifier, post)?;
            one.account.unit = Some(unit.code.clone());
            all.push(one);
        }
    }
    for (name, zh, en) in HELPERS {
        let post = LocalText::new(zh, en);
        all.push(somebody(name, Role::Contributor, post)?);
    }
    for (name, post) in super::sensors::devices(size) {
        all.push(SignIn {
            account: Account {
                name: name.parse().map_err(super::SampleError::from)?,
                display_name: format!("{} {}", post.zh, post.en),
                role: Role::Partner.word().to_owned(),
                unit: None,
                disabled: false,
            },
            post,
            password: password()?,
        });
    }
    Ok(all)
}

/// 72 bits: twelve characters that need no quoting.
fn password() -> Result<String, FillError> {
    let mut bytes = [0; 9];
    getrandom::fill(&mut bytes).map_err(FillError::Randomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The hashes of all passwords, in order; hashing is slow on purpose, so all
/// processors help.
pub(super) fn hashes(sign_ins: &[SignIn]) -> Result<Vec<String>, FillError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = sign_ins.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = sign_ins
            .chunks(part)
            .map(|part| {
                scope.spawn(move || {
                    let hashes = part.iter().map(|one| hash_password(&one.password));
                    hashes.collect::<Result<Vec<_>, _>>()
                })
            })
            .collect();
        let mut all = Vec::new();
        for part in parts {
            let hashes = part
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.extend(hashes.map_err(|error| FillError::Password(error.to_string()))?);
        }
        Ok(all)
    })
}

/// The list as it is shown once and kept in the data directory.
pub fn table(sign_ins: &[SignIn]) -> String {
    let mut text = format!(
        "{}（示例城市，虚构）的登录名与密码\nSign-in names and passwords of {} (a sample city, invented)\n\n",
        CITY.0, CITY.1
    );
    let width = sign_ins
        .iter()
        .map(|one| one.account.name.as_str().len())
        .max();
    for one in sign_ins {
        let (name, password, post) = (one.account.name.as_str(), &one.password, &one.post);
        let _ = writeln!(
            text,
            "  {name:width$}  {password}  {} · {}  ({})",
            post.zh,
            post.en,
            one.account.display_name,
            width = width.unwrap_or(0),
        );
    }
    text
}
