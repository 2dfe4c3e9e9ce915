//! Figures, and the formulas that they are counted by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::{FormulaCode, LocalText, Refusal, RefusalKind};
use yiwang_cases::Channel;
use yiwang_cases::UnitKind;
use yiwang_cases::figures::{
    Clause, Condition, Exclusion, Figure, Formula, GroupKey, Rank, Spread, Tally,
};

use super::object::object;
use super::{
    AttendanceWord, BetterWord, CaseRow, ConditionWord, CountedWord, DatedWord, FigureGroupWord,
    FigurePartWord, MeasuredWord, Text, Time, WhistleKindWord, Word, Worded,
};
use crate::figures::FormulaAdded;

/// The same text in both languages, as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    /// 简体中文.
    #[schema(min_length = 1, max_length = 300)]
    pub zh: String,
    /// English.
    #[schema(min_length = 1, max_length = 300)]
    pub en: String,
}

impl From<TextBody> for LocalText {
    fn from(text: TextBody) -> LocalText {
        LocalText::new(text.zh, text.en)
    }
}

/// Conditions of which each must hold, and others of which none may.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseBody {
    /// All of these hold.
    #[serde(default)]
    pub all: Vec<ConditionWord>,
    /// None of these holds.
    #[serde(default)]
    pub none: Vec<ConditionWord>,
}

impl From<ClauseBody> for Clause {
    fn from(clause: ClauseBody) -> Clause {
        let own = |words: Vec<ConditionWord>| words.into_iter().map(|word| word.0).collect();
        Clause {
            all: own(clause.all),
            none: own(clause.none),
        }
    }
}

impl From<&Clause> for ClauseBody {
    fn from(clause: &Clause) -> ClauseBody {
        ClauseBody {
            all: clause.all.iter().copied().map(Word).collect(),
            none: clause.none.iter().copied().map(Word).collect(),
        }
    }
}

/// A reason to leave something out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionBody {
    /// A word for it, unique within the formula.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// The reason, for readers.
    #[serde(deserialize_with = "object")]
    pub reason: TextBody,
    /// When it applies.
    #[serde(deserialize_with = "object")]
    pub when: ClauseBody,
}

/// A new version of a formula.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormulaBody {
    /// Its code; a new code begins a new formula.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Its version: one more than the latest, 1 for a new formula.
    #[schema(minimum = 1)]
    pub version: u32,
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: TextBody,
    /// What is counted.
    pub counted: CountedWord,
    /// By which time it falls into a period.
    pub dated: DatedWord,
    /// Which way it is better.
    pub better: BetterWord,
    /// Fewer counted than this are too few to be ranked.
    #[schema(minimum = 0)]
    pub enough: u32,
    /// What is left out and why, in the order in which the reasons are tried.
    #[schema(max_items = 20)]
    pub exclusions: Vec<ExclusionBody>,
    /// Which time is measured of what counts; none unless told.
    #[serde(default)]
    pub measured: Option<MeasuredWord>,
    /// What counts as met.
    #[serde(deserialize_with = "object")]
    pub met: ClauseBody,
    /// Takes it out of use: it is offered no more. The formulas that come with the program
    /// stay in use.
    #[serde(default)]
    pub retired: bool,
    /// Why there is a new version; it stays in the record. Needed to add it, not to try it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300)]
    pub grounds: String,
}

impl FormulaBody {
    /// The formula, and on what grounds.
    ///
    /// # Errors
    /// A refusal that names the code at fault.
    pub fn formula(self) -> Result<(Formula, String), Refusal> {
        let mut exclusions = Vec::with_capacity(self.exclusions.len());
        for (number, exclusion) in self.exclusions.into_iter().enumerate() {
            exclusions.push(Exclusion {
                code: code(&exclusion.code, &format!("exclusions[{number}].code"))?,
                reason: exclusion.reason.into(),
                when: exclusion.when.into(),
            });
        }
        let formula = Formula {
            better: self.better.0,
            code: code(&self.code, "code")?,
            counted: self.counted.0,
            dated: self.dated.0,
            enough: self.enough,
            exclusions,
            measured: self.measured.map(|measure| measure.0),
            met: self.met.into(),
            name: self.name.into(),
            retired: self.retired,
            version: self.version,
        };
        Ok((formula, self.grounds))
    }
}

fn code(text: &str, field: &str) -> Result<FormulaCode, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "code.malformed",
            "代码为 1 至 64 个小写字母、数字或 . _ -",
            "a code has 1 to 64 of a-z 0-9 . _ -",
        )
        .at(field)
        .found(text)
    })
}

/// Who added a version of a formula, when and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormulaSetView {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub by: String,
    /// Why.
    #[schema(required)]
    pub grounds: Option<String>,
}

/// A reason to leave something out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// A word for it.
    pub code: String,
    /// The reason, for readers.
    pub reason: Text,
    /// When it applies.
    pub when: ClauseBody,
}

/// A version of a formula.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormulaView {
    /// Which version of which formula, `response.1`.
    pub key: String,
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: u32,
    /// Its name.
    pub name: Text,
    /// What it counts, as a sentence.
    pub words: Text,
    /// What is counted.
    pub counted: CountedWord,
    /// By which time it falls into a period.
    pub dated: DatedWord,
    /// Which way it is better.
    pub better: BetterWord,
    /// Fewer counted than this are too few to be ranked.
    pub enough: u32,
    /// What is left out and why.
    pub exclusions: Vec<ReasonView>,
    /// Which time is measured of what counts.
    #[schema(required)]
    pub measured: Option<MeasuredWord>,
    /// What counts as met.
    pub met: ClauseBody,
    /// Whether this version takes it out of use.
    pub retired: bool,
    /// Who added it; `null` for those that every city begins with.
    #[schema(required)]
    pub added: Option<FormulaSetView>,
}

impl FormulaView {
    /// A formula, and who added it.
    pub fn of(formula: &Formula, added: Option<&FormulaAdded>) -> FormulaView {
        FormulaView {
            key: formula.key().to_string(),
            code: formula.code.to_string(),
            version: formula.version,
            name: (&formula.name).into(),
            words: formula.words().into(),
            counted: Word(formula.counted),
            dated: Word(formula.dated),
            better: Word(formula.better),
            enough: formula.enough,
            exclusions: formula
                .exclusions
                .iter()
                .map(|exclusion| ReasonView {
                    code: exclusion.code.to_string(),
                    reason: (&exclusion.reason).into(),
                    when: (&exclusion.when).into(),
                })
                .collect(),
            measured: formula.measured.map(Word),
            met: (&formula.met).into(),
            retired: formula.retired,
            added: added.map(|added| FormulaSetView {
                seq: added.seq,
                at: Time(added.at),
                by: added.by.clone(),
                grounds: added.grounds.clone(),
            }),
        }
    }
}

/// All formulas, and what they can be made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormulasView {
    /// All versions, those of one formula side by side.
    pub formulas: Vec<FormulaView>,
    /// What they can be made of.
    pub conditions: Vec<ConditionView>,
}

/// What can be asked of what a formula counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionView {
    /// Its word.
    pub code: ConditionWord,
    /// What it says, for readers.
    pub name: Text,
    /// Whether it is asked of calls of whistles; else of turns and cases.
    pub of_calls: bool,
}

impl ConditionView {
    /// A condition.
    pub fn of(condition: Condition) -> ConditionView {
        ConditionView {
            code: Word(condition),
            name: condition.name().into(),
            of_calls: condition.is_of_calls(),
        }
    }
}

/// How many were left out for a reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutView {
    /// The reason's word.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// What was counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct TallyView {
    /// Counted and met.
    pub met: u64,
    /// Counted, met or not.
    pub counted: u64,
    /// Left out, by reason, in the formula's order.
    pub left_out: Vec<LeftOutView>,
    /// Counted and left out together.
    pub all: u64,
    /// `met / counted`, 0 to 1; `null` when nothing counts.
    #[schema(required)]
    pub rate: Option<f64>,
    /// Where the rate probably lies (95 %): from.
    #[schema(required)]
    pub low: Option<f64>,
    /// To.
    #[schema(required)]
    pub high: Option<f64>,
    /// How long it took; `null` where the formula measures no time, or nothing counts.
    #[schema(required)]
    pub times: Option<TimesView>,
}

/// How long things took.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimesView {
    /// How many were measured.
    pub measured: u64,
    /// Seconds that at least half of them did not exceed.
    pub median_seconds: u32,
    /// Seconds that at least nine in ten of them did not exceed.
    pub p90_seconds: u32,
}

impl TallyView {
    /// What was counted by a formula.
    pub fn of(formula: &Formula, tally: &Tally, spread: Option<Spread>) -> TallyView {
        // Six places tell a million cases apart; more would only be noise.
        let rounded = |share: f64| (share * 1e6).round() / 1e6;
        let interval = tally.interval();
        let reasons = formula.exclusions.iter().zip(&tally.left_out);
        TallyView {
            met: tally.met,
            counted: tally.counted,
            left_out: reasons
                .map(|(exclusion, count)| LeftOutView {
                    reason: exclusion.code.to_string(),
                    count: *count,
                })
                .collect(),
            all: tally.all(),
            rate: tally.rate().map(rounded),
            low: interval.map(|interval| rounded(interval.low)),
            high: interval.map(|interval| rounded(interval.high)),
            times: spread.map(|spread| TimesView {
                measured: spread.measured,
                median_seconds: spread.median,
                p90_seconds: spread.p90,
            }),
        }
    }
}

/// Where a part stands among the others; those that cannot be told apart share places.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankView {
    /// The best place it may have; 1 is the best of all.
    pub best: usize,
    /// The worst.
    pub worst: usize,
}

impl From<Rank> for RankView {
    fn from(rank: Rank) -> RankView {
        RankView {
            best: rank.best,
            worst: rank.worst,
        }
    }
}

/// One part of a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// The code of the unit, area, category, channel or sort of unit, or the time at which the
    /// period begins; `null` for what has none.
    #[schema(required)]
    pub key: Option<String>,
    /// On a board by unit and area, the area's code; `null` for what has none.
    #[schema(required)]
    pub area: Option<String>,
    /// What was counted.
    #[serde(flatten)]
    pub tally: TallyView,
    /// Its place; `null` where too few were counted, or where no way is better.
    #[schema(required)]
    pub rank: Option<RankView>,
    /// People who work for the unit, on a board by unit.
    #[schema(required)]
    pub workers: Option<u32>,
    /// The same, counted by the other formula.
    #[schema(required)]
    pub compare: Option<TallyView>,
}

/// The figures of one formula.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardView {
    /// How it was counted.
    pub formula: FormulaView,
    /// How the figures beside were counted.
    #[schema(required)]
    pub compare: Option<FormulaView>,
    /// By what the board is divided.
    pub group: FigureGroupWord,
    /// The period, from; `null` for everything.
    #[schema(required)]
    pub from: Option<Time>,
    /// Until.
    #[schema(required)]
    pub until: Option<Time>,
    /// All parts together.
    pub total: TallyView,
    /// The same, counted by the other formula.
    #[schema(required)]
    pub total_compare: Option<TallyView>,
    /// The parts.
    pub figures: Vec<FigureView>,
    /// Entries of the journal that it knows.
    pub entries: u64,
    /// When it was counted.
    pub as_of: Time,
}

/// The key of a part on the wire.
pub(crate) fn key_of(figure: &Figure) -> Option<String> {
    match &figure.key {
        GroupKey::All => None,
        GroupKey::Unit(code) | GroupKey::UnitArea(code, _) => {
            code.as_ref().map(ToString::to_string)
        }
        GroupKey::Area(code) => code.as_ref().map(ToString::to_string),
        GroupKey::Category(code) => code.as_ref().map(ToString::to_string),
        GroupKey::Channel(place) => Channel::ALL
            .get(*place)
            .map(|one| Worded::word(*one).into()),
        GroupKey::Tier(place) => place
            .and_then(|place| UnitKind::ALL.get(place))
            .map(|kind| kind.word().into()),
        GroupKey::Period(start) => Some(format!("{:.3}", start.time())),
    }
}

/// The area of a part of a board by unit and area.
pub(crate) fn area_of(figure: &Figure) -> Option<String> {
    match &figure.key {
        GroupKey::UnitArea(_, area) => area.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// A turn behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindRow {
    /// The case's number, `C1024`.
    pub id: String,
    /// Turns of the case before this one.
    pub turn: u32,
    /// Whether it is the case's last, the case as it stands.
    pub last: bool,
    /// The unit that had the turn; `null` while the desk had it.
    #[schema(required)]
    pub unit: Option<String>,
    /// When the turn began at the unit.
    #[schema(required)]
    pub dispatched_at: Option<Time>,
    /// When it was closed or declined.
    #[schema(required)]
    pub closed_at: Option<Time>,
    /// `met`, `not_met` or `left_out`.
    pub part: FigurePartWord,
    /// Why it was left out.
    #[schema(required)]
    pub reason: Option<String>,
    /// The case now; `null` when it is not for this reader.
    #[schema(required)]
    pub case: Option<CaseRow>,
}

/// A page of the turns behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindPageView {
    /// The turns: the case with the highest number first.
    pub turns: Vec<BehindRow>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// When the page was made.
    pub as_of: Time,
}

/// A call of a unit by a whistle, behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallBehindRow {
    /// The whistle's number, `W12`.
    pub whistle: String,
    /// Calls of the whistle before this one.
    pub call: u32,
    /// The whistle's kind.
    pub kind: WhistleKindWord,
    /// The unit that was called.
    pub unit: String,
    /// The area that the whistle is about.
    #[schema(required)]
    pub area: Option<String>,
    /// When it was called.
    pub called_at: Time,
    /// By when it was to check in.
    pub check_in_by: Time,
    /// When it checked in.
    #[schema(required)]
    pub checked_in_at: Option<Time>,
    /// What became of the call.
    pub attendance: AttendanceWord,
    /// `met`, `not_met` or `left_out`.
    pub part: FigurePartWord,
    /// Why it was left out.
    #[schema(required)]
    pub reason: Option<String>,
}

/// A page of the calls behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallsBehindView {
    /// The calls: those of the whistle with the highest number first.
    pub calls: Vec<CallBehindRow>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// When the page was made.
    pub as_of: Time,
}
