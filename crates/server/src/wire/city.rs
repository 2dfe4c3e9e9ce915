//! What the city is made of.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_cases::{Area, Category, Unit};

use super::{
    ActionWord, ChannelWord, DeclineWord, EventWord, ReturnWord, ShelveWord, StageWord,
    SupervisionWord, Text, TierWord, UnitKindWord, WhistleWordsView, Word,
};

/// A word and its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named<W: ToSchema> {
    /// The word.
    pub code: W,
    /// Its name.
    pub name: Text,
}

/// The city.
#[derive(Debug, Serialize, ToSchema)]
pub struct CityView {
    /// Its name.
    pub name: Text,
    /// IANA time zone.
    pub zone: String,
    /// West, south, east, north; `null` without areas.
    #[schema(required, min_items = 4, max_items = 4)]
    pub bounds: Option<[f64; 4]>,
    /// Whether there is a base map.
    pub has_base_map: bool,
    /// Areas.
    pub areas: Vec<AreaView>,
    /// Units; empty for those who are not signed in.
    pub units: Vec<UnitView>,
    /// Categories.
    pub categories: Vec<CategoryView>,
    /// Channels.
    pub channels: Vec<Named<ChannelWord>>,
    /// Stages.
    pub stages: Vec<Named<StageWord>>,
    /// Actions.
    pub actions: Vec<Named<ActionWord>>,
    /// Sorts of events.
    pub events: Vec<Named<EventWord>>,
    /// Reasons to decline.
    pub decline_reasons: Vec<Named<DeclineWord>>,
    /// Reasons to give a case back.
    pub return_reasons: Vec<Named<ReturnWord>>,
    /// Words of whistles.
    pub whistles: WhistleWordsView,
    /// Reasons to shelve a case.
    pub shelve_reasons: Vec<Named<ShelveWord>>,
    /// How high a case can be watched, the lowest first.
    pub supervision_levels: Vec<Named<SupervisionWord>>,
}

/// An area.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// The area it lies in.
    #[schema(required)]
    pub parent: Option<String>,
    /// Whether points are mapped to it.
    pub leaf: bool,
    /// Its tier, where it is known.
    #[schema(required)]
    pub tier: Option<TierWord>,
    /// Whether others have taken its place; older cases still name it.
    pub retired: bool,
}

impl From<&Area> for AreaView {
    fn from(area: &Area) -> Self {
        Self {
            code: area.code.to_string(),
            name: (&area.name).into(),
            parent: area.parent.as_ref().map(ToString::to_string),
            leaf: area.leaf,
            tier: area.tier.map(Word),
            retired: area.retired,
        }
    }
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Its sort.
    pub kind: UnitKindWord,
    /// Codes of the categories it answers for.
    pub duties: Vec<String>,
    /// Codes of the areas it answers for; empty for the whole city.
    pub areas: Vec<String>,
    /// Whether it is out of use: nothing new is sent to it.
    pub retired: bool,
}

impl From<&Unit> for UnitView {
    fn from(unit: &Unit) -> Self {
        Self {
            code: unit.code.to_string(),
            name: (&unit.name).into(),
            kind: Word(unit.kind),
            duties: unit.duties.iter().map(ToString::to_string).collect(),
            areas: unit.areas.iter().map(ToString::to_string).collect(),
            retired: unit.retired,
        }
    }
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// The major category.
    pub group: Text,
}

impl From<&Category> for CategoryView {
    fn from(category: &Category) -> Self {
        Self {
            code: category.code.to_string(),
            name: (&category.name).into(),
            group: (&category.group).into(),
        }
    }
}
