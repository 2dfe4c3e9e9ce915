//! How areas cover the city, and who may act on what.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_cases::authority::{Route, Rung, Unclear};
use yiwang_cases::coverage::{Coverage, Piece};

use super::{FaultWord, FlawWord, TierWord, Word};

/// Whether the areas cover the city once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageView {
    /// Leaf areas with an outline.
    pub leaves: usize,
    /// Ground they cover, square metres.
    pub covered_m2: f64,
    /// Codes of areas without an outline.
    pub without_outline: Vec<String>,
    /// Gaps and overlaps, the largest first.
    pub pieces: Vec<PieceView>,
}

/// A piece of ground that is not covered once.
#[derive(Debug, Serialize, ToSchema)]
pub struct PieceView {
    /// What is wrong with it.
    pub fault: FaultWord,
    /// Codes of the areas concerned.
    pub areas: Vec<String>,
    /// Square metres.
    pub area_m2: f64,
}

impl From<&Coverage> for CoverageView {
    fn from(found: &Coverage) -> Self {
        let piece = |piece: &Piece| PieceView {
            fault: Word(piece.fault),
            areas: piece.areas.iter().map(ToString::to_string).collect(),
            area_m2: piece.area_m2,
        };
        let bare = found.without_outline.iter();
        Self {
            leaves: found.leaves,
            covered_m2: found.covered_m2,
            without_outline: bare.map(ToString::to_string).collect(),
            pieces: found.pieces.iter().map(piece).collect(),
        }
    }
}

/// For which categories it is not clear who acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnclearView {
    /// Gaps first, by category.
    pub unclear: Vec<UnclearRow>,
}

/// A category for which it is not clear who acts, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnclearRow {
    /// What is wrong.
    pub flaw: FlawWord,
    /// Code of the category.
    pub category: String,
    /// Codes of the areas; none for the whole city.
    pub areas: Vec<String>,
    /// Codes of the units that may all act.
    pub units: Vec<String>,
}

impl UnclearView {
    /// The rows of a list.
    pub fn of(found: &[Unclear]) -> UnclearView {
        let row = |one: &Unclear| UnclearRow {
            flaw: Word(one.flaw),
            category: one.category.to_string(),
            areas: one.areas.iter().map(ToString::to_string).collect(),
            units: one.units.iter().map(ToString::to_string).collect(),
        };
        UnclearView {
            unclear: found.iter().map(row).collect(),
        }
    }
}

/// Who may act and who only sees, the lowest tier first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LadderView {
    /// The units.
    pub rungs: Vec<RungView>,
    /// Whether the unit that was asked for may act itself; `null` when none was.
    #[schema(required)]
    pub acts: Option<bool>,
    /// Codes of the units to which its report goes, the first to be asked first.
    pub passes_to: Vec<String>,
    /// Code of the next unit up.
    #[schema(required)]
    pub up: Option<String>,
    /// Code of the next unit down.
    #[schema(required)]
    pub down: Option<String>,
}

/// What a unit is to a matter at a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct RungView {
    /// Its code.
    pub unit: String,
    /// The tier at which it stands; `null` for the whole city.
    #[schema(required)]
    pub tier: Option<TierWord>,
    /// Whether it may act; else it only sees.
    pub acts: bool,
    /// Whether it takes what nobody else takes.
    pub backstop: bool,
}

impl LadderView {
    /// The rungs alone.
    pub fn of(rungs: &[Rung<'_>]) -> LadderView {
        let rung = |rung: &Rung<'_>| RungView {
            unit: rung.unit.code.to_string(),
            tier: rung.tier.map(Word),
            acts: rung.acts,
            backstop: rung.backstop,
        };
        LadderView {
            rungs: rungs.iter().map(rung).collect(),
            acts: None,
            passes_to: Vec::new(),
            up: None,
            down: None,
        }
    }

    /// Says where a report goes.
    pub fn goes(&mut self, route: &Route) {
        self.acts = Some(*route == Route::Acts);
        self.passes_to = match route {
            Route::Acts => Vec::new(),
            Route::PassOn(units) => units.iter().map(ToString::to_string).collect(),
            Route::Backstop(unit) => unit.iter().map(ToString::to_string).collect(),
        };
    }
}
