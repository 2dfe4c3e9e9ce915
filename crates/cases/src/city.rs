//! The rules of a city that decisions need: areas, units, categories, calendar.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, LocalText, Point, Span, UnitCode, WorkCalendar};

use crate::{CityLimits, OwnLimits, Question, Tier, WhistleLimits};

/// An area (区域) without its outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: LocalText,
    /// The area it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaCode>,
    /// Whether points are mapped to it (true for the smallest tier only).
    pub leaf: bool,
    /// Its tier, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Whether others have taken its place: cases of before still name it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// What sort of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A department (委办局).
    Department,
    /// A street office (街道).
    Street,
    /// A public utility or contractor (公服企业).
    Utility,
    /// A district's government, which takes what nobody else takes (区级单位).
    District,
    /// A community (社区).
    Community,
}

impl UnitKind {
    /// All of them.
    pub const ALL: [UnitKind; 5] = [
        UnitKind::Department,
        UnitKind::Street,
        UnitKind::Utility,
        UnitKind::District,
        UnitKind::Community,
    ];

    /// Its place in [`UnitKind::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }

    /// Whether units of this sort are of the front line (一线): streets and communities.
    pub fn is_front_line(self) -> bool {
        matches!(self, UnitKind::Street | UnitKind::Community)
    }

    /// The word of the interface, `department`.
    pub fn word(self) -> &'static str {
        match self {
            UnitKind::Department => "department",
            UnitKind::Street => "street",
            UnitKind::Utility => "utility",
            UnitKind::District => "district",
            UnitKind::Community => "community",
        }
    }
}

/// A unit (单位) with its duty list (权责清单).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: LocalText,
    /// Its sort.
    pub kind: UnitKind,
    /// Categories it answers for.
    pub duties: Vec<CategoryCode>,
    /// Areas it answers for, with all that lie in them; empty means the whole city.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// Whether it is out of use (撤并): cases of before still name it, and nothing
    /// new is sent to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A category (分类) with its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// Its name.
    pub name: LocalText,
    /// The major category's name (大类).
    pub group: LocalText,
    /// From dispatch until the resident is contacted, where it has no grade.
    pub respond: Span,
    /// From dispatch until it is resolved, where it has no grade.
    pub resolve: Span,
    /// What is asked of whoever reports it, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// What it has instead of the city's usual limits.
    #[serde(default, skip_serializing_if = "OwnLimits::is_none")]
    pub own: OwnLimits,
}

/// Limits of the desk's own steps, from the step before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskLimits {
    /// From coming in to accepted or declined.
    pub accept: Span,
    /// From accepted to dispatched.
    pub dispatch: Span,
    /// From reported back to verified.
    pub verify: Span,
    /// From verified to closed.
    pub close: Span,
    /// From a whistle to check-in.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub whistle: WhistleLimits,
}

fn is_usual(limits: &WhistleLimits) -> bool {
    *limits == WhistleLimits::default()
}

impl Default for DeskLimits {
    /// Two hours by the clock to accept and to dispatch (the draft rules for
    /// 接诉即办 ask acceptance online within 2 h), one working day for the rest.
    fn default() -> Self {
        let two_hours = Span::Clock { minutes: 120 };
        let one_day = Span::WorkingDays { days: 1 };
        Self {
            accept: two_hours,
            dispatch: two_hours,
            verify: one_day,
            close: one_day,
            whistle: WhistleLimits::default(),
        }
    }
}

/// Maps a point to the one area it lies in.
pub trait LocateArea: Send + Sync {
    /// The leaf area of a point; `None` outside all of them.
    fn locate(&self, point: Point) -> Option<AreaCode>;
}

/// Everything a decision looks up.
pub struct Rules {
    /// Areas by code.
    pub areas: BTreeMap<AreaCode, Area>,
    /// Categories by code.
    pub categories: BTreeMap<CategoryCode, Category>,
    /// Units by code.
    pub units: BTreeMap<UnitCode, Unit>,
    /// Working days and hours.
    pub calendar: WorkCalendar,
    /// Limits of the desk's own steps.
    pub desk: DeskLimits,
    /// Grades of urgency, and how far what holds up a case may reach.
    pub limits: CityLimits,
    /// Finds a point's area.
    pub locator: Box<dyn LocateArea>,
}

impl Rules {
    /// An area and those it lies in, the smallest first; none where there is no area.
    fn around<'a>(&'a self, area: Option<&'a AreaCode>) -> impl Iterator<Item = &'a AreaCode> {
        let parent = |code: &&'a AreaCode| self.areas.get(*code)?.parent.as_ref();
        // A chain longer than the number of areas would be a loop.
        std::iter::successors(area, parent).take(self.areas.len() + 1)
    }

    /// Whether `area` is `ancestor` or lies in it.
    pub fn lies_in(&self, area: &AreaCode, ancestor: &AreaCode) -> bool {
        self.around(Some(area)).any(|code| code == ancestor)
    }

    /// Whether the unit is in use and its area is the whole city or has this area in it.
    pub fn covers(&self, unit: &Unit, area: Option<&AreaCode>) -> bool {
        covers_one_of(unit, self.around(area))
    }

    /// Whether the unit's duty list names the category in this area.
    pub fn answers_for(
        &self,
        unit: &Unit,
        category: &CategoryCode,
        area: Option<&AreaCode>,
    ) -> bool {
        self.covers(unit, area) && unit.duties.contains(category)
    }

    /// Units whose duty list names the category in this area; those of the
    /// smallest area around it come first, since the lowest tier that can act
    /// should (一线处置).
    pub fn dutiful_units(&self, category: &CategoryCode, area: Option<&AreaCode>) -> Vec<&Unit> {
        // There are many units, and few areas around one.
        let around: Vec<_> = self.around(area).collect();
        let around = || around.iter().copied();
        // Most units answer for another area, which is told sooner than a long list.
        let units = self.units.values();
        let units = units
            .filter(|unit| covers_one_of(unit, around()))
            .filter(|unit| unit.duties.contains(category));
        let mut units: Vec<_> = units.collect();
        units.sort_by_cached_key(|unit| steps_up(unit, around()));
        units
    }

    /// Whether one unit comes before all others that answer for the category
    /// here: then it is clear whose duty it is.
    pub fn duty_is_clear(&self, category: &CategoryCode, area: Option<&AreaCode>) -> bool {
        match self.dutiful_units(category, area).as_slice() {
            [] => false,
            [_] => true,
            [first, second, ..] => self.steps_up(area, first) != self.steps_up(area, second),
        }
    }

    /// The district's unit for an area, which takes what nobody else takes
    /// (区级兜底): of several, the one of the smallest area around it.
    pub fn backstop(&self, area: Option<&AreaCode>) -> Option<&Unit> {
        let districts = self
            .units
            .values()
            .filter(|unit| unit.kind == UnitKind::District && self.covers(unit, area));
        districts.min_by_key(|unit| self.steps_up(area, unit))
    }

    /// How many areas up from `area` the unit's own begins; the whole city is farthest.
    pub(crate) fn steps_up(&self, area: Option<&AreaCode>, unit: &Unit) -> usize {
        steps_up(unit, self.around(area))
    }
}

/// Whether the unit is in use and answers for the whole city or for one of these areas.
fn covers_one_of<'a>(unit: &Unit, mut around: impl Iterator<Item = &'a AreaCode>) -> bool {
    !unit.retired && (unit.areas.is_empty() || around.any(|area| unit.areas.contains(area)))
}

/// The place of the first of these areas that is the unit's own; the last of all where none is.
fn steps_up<'a>(unit: &Unit, mut around: impl Iterator<Item = &'a AreaCode>) -> usize {
    let own = around.position(|area| unit.areas.contains(area));
    own.unwrap_or(usize::MAX)
}
