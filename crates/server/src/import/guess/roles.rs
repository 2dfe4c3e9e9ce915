//! Which column holds what.

use serde::Serialize;
use yiwang_cases::Rules;

use super::look::Look;
use super::words::{self, NO, SATISFIED, YES};
use crate::import::mapping::Lookup;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The case's number.
    Id,
    /// When it came in.
    Submitted,
    /// When a unit got it.
    Dispatched,
    /// By when it was to be done.
    Target,
    /// When it was closed.
    Closed,
    /// Why.
    Reason,
    /// A short text.
    Title,
    /// The long text.
    Words,
    /// What it is about.
    Category,
    /// The major category.
    Group,
    /// The unit.
    Unit,
    /// The area.
    Area,
    /// The address.
    Address,
    /// Degrees east.
    Lon,
    /// Degrees north.
    Lat,
    /// Both.
    Point,
    /// The channel.
    Channel,
    /// The reporter's name.
    Name,
    /// The reporter's telephone number.
    Phone,
    /// Whether it is solved.
    Solved,
    /// How satisfied.
    Satisfaction,
}

/// Less than this and a column is not used, per hundred.
const LEAST: u32 = 50;

/// What the columns hold.
#[derive(Debug)]
pub(super) struct Roles {
    /// For each column its role and how sure that is, per hundred.
    pub(super) of: Vec<Option<(Role, u8)>>,
}

impl Roles {
    /// The column of a role.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        let is = |of: &Option<(Role, u8)>| of.is_some_and(|(own, _)| own == role);
        self.of.iter().position(is)
    }
}

/// The likeliest column for each role: of all pairs the best one first.
pub(super) fn choose(columns: &[Look], rules: &Rules) -> Roles {
    let lookup = Lookup::of(rules);
    let mut pairs = Vec::new();
    for (role, _, _) in words::NAMES {
        for (place, look) in columns.iter().enumerate() {
            let score = score(*role, look, &lookup);
            if score >= LEAST {
                pairs.push((score, *role, place));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)).then(a.1.cmp(&b.1)));
    let mut roles = Roles {
        of: vec![None; columns.len()],
    };
    for (score, role, place) in pairs {
        if roles.of[place].is_none() && roles.column(role).is_none() {
            roles.of[place] = Some((role, score.min(100) as u8));
        }
    }
    must_have(columns, &mut roles);
    roles
}

/// A number, a time and words there must be: failing a name, the values decide.
fn must_have(columns: &[Look], roles: &mut Roles) {
    let free = |roles: &Roles| -> Vec<usize> {
        let places = 0..columns.len();
        places.filter(|place| roles.of[*place].is_none()).collect()
    };
    if roles.column(Role::Id).is_none() {
        let best = free(roles).into_iter().find(|at| is_id(&columns[*at]));
        if let Some(at) = best {
            roles.of[at] = Some((Role::Id, 40));
        }
    }
    if roles.column(Role::Submitted).is_none() {
        let full = |at: &usize| columns[*at].times.forms(false).percent >= 60;
        if let Some(at) = free(roles).into_iter().find(full) {
            roles.of[at] = Some((Role::Submitted, 40));
        }
    }
    if roles.column(Role::Words).is_none() && roles.column(Role::Title).is_none() {
        let longest = free(roles)
            .into_iter()
            .filter(|at| !columns[*at].numbers(50) && columns[*at].filled > 0)
            .max_by_key(|at| columns[*at].mean_length());
        if let Some(at) = longest {
            roles.of[at] = Some((Role::Words, 40));
        }
    }
}

fn is_id(look: &Look) -> bool {
    look.filled == look.rows
        && look.rows > 0
        && look.distinct() * 100 >= look.rows.min(20_000) * 98
        && look.longest <= 60
}

/// How likely a column holds this, per hundred: its name, if its values can be that.
fn score(role: Role, look: &Look, lookup: &Lookup) -> u32 {
    let name = words::fit(role, &look.name);
    if name == 0 || look.filled == 0 {
        return 0;
    }
    let few = |most: u64| look.distinct() <= most && look.distinct() <= look.filled;
    let all = |known: &dyn Fn(&str) -> bool| look.kept.iter().all(|value| known(value));
    let fits = match role {
        Role::Id => is_id(look),
        Role::Submitted | Role::Dispatched | Role::Target | Role::Closed => {
            look.times.forms(true).percent >= 60
        }
        Role::Lon => look.numbers(90) && look.least >= -180.0 && look.most <= 180.0,
        Role::Lat => look.numbers(90) && look.least >= -85.0 && look.most <= 85.0,
        Role::Point => all(&|value| {
            value
                .split_once([',', '\u{ff0c}', ';', ' '])
                .is_some_and(is_pair)
        }),
        Role::Category | Role::Group => {
            few(look.filled / 3 + 20) && look.longest <= 120 && !look.numbers(90)
        }
        Role::Unit => few(look.filled / 3 + 20) && look.longest <= 120,
        Role::Channel => few(40),
        Role::Area => all(&|value| lookup.area(value, &Default::default()).is_some()),
        Role::Name => look.longest <= 60 && look.mean_length() <= 30,
        Role::Phone => look.phones(50),
        Role::Solved => {
            all(&|value| YES.contains(&low(value).as_str()) || NO.contains(&low(value).as_str()))
        }
        Role::Satisfaction => all(&|value| {
            SATISFIED.iter().any(|(word, _)| *word == value)
                || value.parse::<u8>().is_ok_and(|n| (1..=5).contains(&n))
        }),
        Role::Title | Role::Words | Role::Reason | Role::Address => !look.numbers(90),
    };
    match fits {
        // A column that is hardly ever filled is likely not the one.
        true => name - name * (100 - look.filled_percent() as u32) / 400,
        false => 0,
    }
}

pub(super) fn low(value: &str) -> String {
    value.to_lowercase()
}

fn is_pair((east, north): (&str, &str)) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().is_ok_and(f64::is_finite);
    number(east) && number(north)
}
