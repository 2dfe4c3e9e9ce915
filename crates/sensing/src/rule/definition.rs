//! A rule as data.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, Colour, LocalText, UnitCode};

/// A rule (规则): on which readings, what of it is out of the ordinary, and
/// what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Whether it is followed; one that was taken back stays, with all it was.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub active: bool,
    /// The category of the case that an alert opens; without it none is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// What it is about, such as `ponding`: alerts of one cause in one place are
    /// one alert, whichever rules found it.
    pub cause: String,
    /// What the cause is called for readers; its code is shown without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause_name: Option<LocalText>,
    /// Whom an alert is carried to that nobody acknowledges, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<Escalation>,
    /// Causes whose graver alerts nearby keep an alert of this rule quiet (抑制).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inhibited_by: Vec<String>,
    /// Its name for readers.
    pub name: LocalText,
    /// From which colour on an alert opens a case.
    #[serde(default = "blue")]
    pub opens_case_from: Colour,
    /// Whether it was put away (删除): it is not followed, lists leave it out, and it
    /// can be taken out again with all it was.
    #[serde(default, skip_serializing_if = "is_no")]
    pub removed: bool,
    /// What is out of the ordinary.
    pub when: When,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_yes(active: &bool) -> bool {
    *active
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_no(removed: &bool) -> bool {
    !*removed
}

fn blue() -> Colour {
    Colour::Blue
}

/// One rung of the ladder (升级) that an alert climbs by the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Minutes after it was raised, if nobody has acknowledged it by then.
    pub after_minutes: u32,
    /// Who is told.
    pub to: UnitCode,
}

/// What is out of the ordinary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// One stream by itself.
    One(Condition),
    /// Several streams together.
    Joint(Joint),
    /// Several sensors near each other.
    Near(Near),
}

/// Several streams together (组合条件).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// How grave it is.
    pub colour: Colour,
    /// What must hold.
    pub of: Expr,
    /// Which streams belong together.
    pub per: Per,
    /// Seconds to wait for readings of slower streams before judging: what comes
    /// later than that is taken as if it had come then.
    #[serde(default)]
    pub settle_seconds: u32,
}

/// Which streams are looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Those of one thing.
    Thing,
    /// Those of one area, the innermost each lies in.
    Area,
    /// All that the rule is for.
    City,
}

/// What must hold of several streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expr {
    /// The condition holds for at least one of its streams.
    Is(Condition),
    /// Each held at some time within the window, which ends now.
    All {
        /// What must hold.
        of: Vec<Expr>,
        /// The window; 0 for all at the same time.
        within_seconds: u32,
    },
    /// At least one holds.
    Any {
        /// What may hold.
        of: Vec<Expr>,
    },
    /// Each begins to hold after the one before, all within the window; it holds
    /// from when the last begins until that ends.
    Sequence {
        /// What must begin, in this order.
        of: Vec<Expr>,
        /// From the first beginning to the last.
        within_seconds: u32,
    },
}

/// Several sensors near each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// How grave it is.
    pub colour: Colour,
    /// How many of them, the one in the middle counted.
    pub count: u16,
    /// What must hold for each of them.
    pub of: Condition,
    /// Seconds to wait for slower ones, as in [`Joint::settle_seconds`].
    #[serde(default)]
    pub settle_seconds: u32,
    /// How far from the one in the middle, metres along the ground.
    pub within_metres: f64,
    /// Each held at some time within this window, which ends now.
    pub within_seconds: u32,
}

/// A condition on one stream: what is measured of it, and from where on it is
/// out of the ordinary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// How far it must go back past a level before it counts as cleared
    /// (hysteresis 回差), in the level's unit.
    #[serde(default)]
    pub back_by: f64,
    /// For how long it must have gone back, by readings that say so.
    #[serde(default)]
    pub clear_after_seconds: u32,
    /// For how long it must hold, by readings that say so: a level counts as
    /// reached with the first reading at least this long after the reading that
    /// first showed it, if none between them fell short.
    #[serde(default)]
    pub held_seconds: u32,
    /// From where on, one to four, each with a colour.
    pub levels: Vec<Level>,
    /// What is measured.
    pub measure: Measure,
    /// On which side of a level it is out of the ordinary.
    #[serde(default)]
    pub side: Side,
    /// Which streams it is for.
    pub streams: Scope,
}

/// From where on, and how grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// From where on, the value itself included.
    pub at: f64,
    /// How grave.
    pub colour: Colour,
}

/// On which side of a level it is out of the ordinary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// At the level and above it.
    #[default]
    Above,
    /// At the level and below it.
    Below,
}

/// What is measured of a stream. The level's unit is said with each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// The reading (阈值), in the stream's unit.
    Value {},
    /// How fast it changes (变化率), the stream's unit per `per_seconds`:
    /// against a reading at least `over_seconds` and less than about twice that
    /// back; falling is negative.
    Rate {
        /// Over how long; 0 for reading to reading.
        over_seconds: u32,
        /// For how long a time the change is given.
        per_seconds: u32,
    },
    /// The sum of the readings of the last while (累计), such as rain; the
    /// stream's unit. Counted in twenty-four steps, so the window is at most
    /// one step too long.
    Sum {
        /// How long a while.
        over_seconds: u32,
    },
    /// Their mean (均值), likewise.
    Mean {
        /// How long a while.
        over_seconds: u32,
    },
    /// How long no reading came (静默), seconds. Only [`Side::Above`].
    Silence {},
    /// For how long it has not moved by more than the tolerance (卡滞), seconds.
    Stuck {
        /// How much it may move, the stream's unit.
        tolerance: f64,
    },
    /// How unlikely so long a quiet is by this stream's own habit (作息异常):
    /// 2 is one in a hundred, 3 one in a thousand. Only [`Side::Above`].
    /// What is learned, and how, is at [`super::Routine`].
    Routine {
        /// A reading above this is a sign of life, the stream's unit.
        active_above: f64,
        /// Days to learn before judging.
        learn_days: u16,
    },
    /// How far out of the ordinary the stream's own detector finds it (异常分),
    /// 0 to 1, 0.5 being where the detector itself would raise an alert: it
    /// begins by the damped score and ends by the surprise. Only [`Side::Above`].
    Score {},
}

/// Which streams a condition is for: those that every list that is not empty
/// names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Areas in which they lie, near or far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// Names of what is observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// Numbers of things.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub things: Vec<u64>,
    /// Symbols of units of measurement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
}

impl When {
    /// Its conditions, in the order they are written.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            When::One(condition) => vec![condition],
            When::Near(near) => vec![&near.of],
            When::Joint(joint) => {
                let mut found = Vec::new();
                joint.of.collect(&mut found);
                found
            }
        }
    }
}

impl Expr {
    fn collect<'a>(&'a self, found: &mut Vec<&'a Condition>) {
        match self {
            Expr::Is(condition) => found.push(condition),
            Expr::All { of, .. } | Expr::Any { of } | Expr::Sequence { of, .. } => {
                for part in of {
                    part.collect(found);
                }
            }
        }
    }
}
