//! From the parameters of a query to a question about this city.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use yiwang_base::{AreaCode, IdError, Refusal, RefusalKind, ScenarioCode, Timestamp, UnitCode};
use yiwang_cases::figures::{
    Condition, Counted, Every, FigureFilter, FigureQuestion, FirstHands, Formula, FormulaMask,
    GroupBy, Moment, Part, periods,
};
use yiwang_cases::{Channel, Stage, UnitKind};

use super::Formulas;
use crate::city::City;
use crate::wire::Worded;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $word:literal $about:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $about] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: [$name; [$($word),*].len()] = [$($name::$variant),*];

            /// The word of the interface.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// By what a board is divided.
    GroupWord {
        Nothing "nothing" "Not at all.",
        Unit "unit" "By unit.",
        Area "area" "By the areas just below the one asked for, or by the topmost.",
        UnitArea "unit_area" "By unit and area: vertical lines by territorial blocks.",
        Category "category" "By category.",
        Channel "channel" "By channel.",
        Tier "tier" "By the sort of the unit, from community to department.",
        Day "day" "By day.",
        Week "week" "By week, from Monday.",
        Month "month" "By month.",
    }
}

words! {
    /// Which of the turns behind a figure.
    PartWord {
        All "all" "All that the question is about.",
        Counted "counted" "Those counted.",
        Met "met" "Those counted and met.",
        NotMet "not_met" "Those counted and not met.",
        LeftOut "left_out" "Those left out; `reason` says for which reason.",
    }
}

impl GroupWord {
    fn every(self) -> Option<Every> {
        match self {
            GroupWord::Day => Some(Every::Day),
            GroupWord::Week => Some(Every::Week),
            GroupWord::Month => Some(Every::Month),
            _ => None,
        }
    }
}

/// What a query asks for, read.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub question: FigureQuestion,
    /// By what the board is divided.
    pub group: GroupBy,
    /// The same, as it was asked.
    pub group_word: GroupWord,
    /// The formula beside which the same is counted.
    pub compare: Option<Formula>,
    /// Which of the turns behind it.
    pub part: Part,
    /// How many of them; `None` where nothing is said.
    pub limit: Option<usize>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Parameters of a board, and those that open what stands behind it.
const BOARD: [&str; 12] = [
    "formula", "compare", "group", "unit", "tier", "area", "category", "channel", "stage",
    "scenario", "from", "until",
];
const BEHIND: [&str; 14] = [
    "formula", "part", "reason", "limit", "cursor", "unit", "tier", "area", "category", "channel",
    "stage", "scenario", "from", "until",
];

/// Longest page.
const MAX_LIMIT: usize = 200;

impl Asked {
    /// Reads the query of a board, or, with `behind`, of what stands behind it.
    ///
    /// # Errors
    /// A refusal that names the parameter.
    pub fn read(
        query: &str,
        behind: bool,
        city: &City,
        formulas: &Formulas,
        now: Timestamp,
    ) -> Result<Asked, Refusal> {
        let known: &[&str] = if behind { &BEHIND } else { &BOARD };
        let read = Reading::of(query, known, city)?;
        let formula = read.formula.as_deref().unwrap_or("response");
        let formula = formulas.find(formula, "formula")?;
        let compare = read.compared(formulas)?;
        read.finish(city, formula, compare, now)
    }

    /// Reads the query of a board by a formula that nobody has adopted yet, beside the
    /// latest version of the same formula where nothing else is asked for.
    ///
    /// # Errors
    /// A refusal that names the parameter.
    pub fn tried(
        query: &str,
        draft: &Formula,
        city: &City,
        formulas: &Formulas,
        now: Timestamp,
    ) -> Result<Asked, Refusal> {
        // The formula is the one that is tried.
        let read = Reading::of(query, &BOARD[1..], city)?;
        let compare = read.compared(formulas)?;
        let latest = || formulas.latest().find(|one| one.code == draft.code);
        read.finish(city, draft, compare.or_else(latest), now)
    }
}

#[derive(Default)]
struct Reading {
    formula: Option<String>,
    compare: Option<String>,
    group: Option<GroupWord>,
    part: Option<PartWord>,
    reason: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
    areas: Vec<Option<AreaCode>>,
    tiers: Vec<UnitKind>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    filter: FigureFilter,
}

impl Reading {
    fn of(query: &str, known: &[&str], city: &City) -> Result<Reading, Refusal> {
        let mut read = Reading::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // An empty parameter counts as absent.
            if value.is_empty() {
                continue;
            }
            if !known.contains(&name.as_ref()) {
                return Err(wrong("query", &name, known.iter().copied()));
            }
            read.parameter(&name, &value, city)?;
        }
        Ok(read)
    }

    fn compared<'a>(&self, formulas: &'a Formulas) -> Result<Option<&'a Formula>, Refusal> {
        let name = self.compare.as_deref();
        name.map(|name| formulas.find(name, "compare")).transpose()
    }

    fn parameter(&mut self, name: &str, value: &str, city: &City) -> Result<(), Refusal> {
        let filter = &mut self.filter;
        match name {
            "formula" => self.formula = Some(value.to_owned()),
            "compare" => self.compare = Some(value.to_owned()),
            "group" => self.group = Some(one_of(value, "group")?),
            "part" => self.part = Some(one_of(value, "part")?),
            "reason" => self.reason = Some(value.to_owned()),
            "cursor" => self.cursor = Some(value.to_owned()),
            "limit" => {
                let limit = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
                let limit = limit.ok_or_else(|| wrong("limit", value, ["1–200"]))?;
                self.limit = Some(limit);
            }
            "unit" => filter.units.extend(codes(value, "unit")?),
            "category" => filter.categories.extend(codes(value, "category")?),
            "area" => self.areas.extend(codes(value, "area")?),
            "tier" => self.tiers.extend(words::<UnitKind>(value, "tier")?),
            "channel" => filter.channels.extend(words::<Channel>(value, "channel")?),
            "scenario" => {
                for (place, code) in value.split(',').enumerate() {
                    let known = code
                        .parse()
                        .ok()
                        .and_then(|code: ScenarioCode| city.scenarios.get(&code));
                    let known = known.ok_or_else(|| {
                        wrong(
                            &format!("scenario[{place}]"),
                            code,
                            city.scenarios.keys().map(ScenarioCode::as_str),
                        )
                    })?;
                    filter.within.push(city.scope(known));
                }
            }
            "stage" => filter.stages.extend(words::<Stage>(value, "stage")?),
            "from" => self.from = Some(time(value, "from", city)?),
            "until" => self.until = Some(time(value, "until", city)?),
            _ => {}
        }
        Ok(())
    }

    fn finish(
        self,
        city: &City,
        formula: &Formula,
        compare: Option<&Formula>,
        now: Timestamp,
    ) -> Result<Asked, Refusal> {
        let mut filter = self.filter;
        if !self.tiers.is_empty() {
            let asked = std::mem::take(&mut filter.units);
            filter.units = of_tiers(city, &self.tiers)?;
            if !asked.is_empty() {
                filter.units.retain(|unit| asked.contains(unit));
                filter.nothing = filter.units.is_empty();
            }
        }
        for area in &self.areas {
            match area {
                None => filter.areas.push(None),
                Some(area) => {
                    // An area that does not exist finds nothing, rather than everything.
                    filter.areas.push(Some(area.clone()));
                    let within = city.with_descendants(area);
                    filter.areas.extend(within.into_iter().map(Some));
                }
            }
        }
        let group_word = self.group.unwrap_or(GroupWord::Nothing);
        let zone = city.rules.calendar.zone();
        let (from, until) = match group_word.every() {
            None => (self.from, self.until),
            Some(every) => {
                let until = self.until.unwrap_or(now + SignedDuration::from_secs(1));
                let from = self
                    .from
                    .map_or_else(|| usual_from(zone, until, every), Ok)?;
                (Some(from), Some(until))
            }
        };
        filter.from = from.map(rounded_up);
        filter.until = until.map(rounded_up);
        let group = match group_word {
            GroupWord::Nothing => GroupBy::Nothing,
            GroupWord::Unit => GroupBy::Unit,
            GroupWord::Category => GroupBy::Category,
            GroupWord::Channel => GroupBy::Channel,
            GroupWord::Tier => {
                let units = city.rules.units.values();
                GroupBy::Tier(units.map(|unit| (unit.code.clone(), unit.kind)).collect())
            }
            GroupWord::Area => GroupBy::Area(areas_below(city, &self.areas)),
            GroupWord::UnitArea => GroupBy::UnitArea(areas_below(city, &self.areas)),
            GroupWord::Day | GroupWord::Week | GroupWord::Month => {
                let every = group_word.every().unwrap_or(Every::Day);
                let (Some(from), Some(until)) = (filter.from, filter.until) else {
                    return Err(wrong("group", group_word.word(), ["nothing"]));
                };
                GroupBy::Period(periods(zone, from.time(), until.time(), every)?)
            }
        };
        let asked = [
            Some((formula, "formula")),
            compare.map(|other| (other, "compare")),
        ];
        for (formula, field) in asked.into_iter().flatten() {
            fits(formula, field, &filter, group_word)?;
        }
        let part = part(formula, self.part, self.reason.as_deref())?;
        Ok(Asked {
            question: FigureQuestion {
                formula: formula.clone(),
                filter,
                now: Moment::of(now),
                front_line: front_line(city),
                first_hands: first_hands(city, formula, compare),
                scenarios: city.scopes(),
            },
            group,
            group_word,
            compare: compare.cloned(),
            part,
            limit: self.limit,
            cursor: self.cursor,
        })
    }
}

/// The lowest tiers that may act, where one of the formulas asks for them.
pub(super) fn first_hands(
    city: &City,
    formula: &Formula,
    compare: Option<&Formula>,
) -> Arc<FirstHands> {
    let mut asked = [Some(formula), compare].into_iter().flatten();
    if asked.any(|formula| {
        let mask = FormulaMask::of(formula);
        mask.looks_at(Condition::DutyNamed) || mask.looks_at(Condition::LowestTier)
    }) {
        let rules = &city.rules;
        return Arc::new(FirstHands::of(&rules.areas, rules.units.values()));
    }
    Arc::default()
}

/// Refuses to narrow or divide calls of whistles by what only cases have.
fn fits(
    formula: &Formula,
    field: &str,
    filter: &FigureFilter,
    group: GroupWord,
) -> Result<(), Refusal> {
    let asked = [
        ("category", !filter.categories.is_empty()),
        ("channel", !filter.channels.is_empty()),
        ("scenario", !filter.within.is_empty()),
        ("stage", !filter.stages.is_empty()),
        (
            "group",
            matches!(group, GroupWord::Category | GroupWord::Channel),
        ),
    ];
    let calls = formula.counted == Counted::Calls;
    match asked.into_iter().find(|(_, asked)| calls && *asked) {
        None => Ok(()),
        Some((by, _)) => Err(Refusal::new(
            RefusalKind::Invalid,
            "figures.calls-have-none",
            format!(
                "{}统计的是吹哨的呼叫，没有分类、渠道和环节；请按单位、区域或时间统计",
                formula.name.zh
            ),
            format!(
                "{} counts calls of whistles, which have no category, channel or stage; ask by unit, area or time",
                formula.name.en
            ),
        )
        .at(by)
        .found(format!("{field}={}", formula.key()))
        .allowing(["unit", "tier", "area", "from", "until", "group=unit|tier|area|unit_area|day|week|month"])),
    }
}

/// The units of these sorts.
fn of_tiers(city: &City, tiers: &[UnitKind]) -> Result<Vec<Option<UnitCode>>, Refusal> {
    let units = city.rules.units.values();
    let found: Vec<_> = units
        .filter(|unit| tiers.contains(&unit.kind))
        .map(|unit| Some(unit.code.clone()))
        .collect();
    // No unit would stand for any unit.
    if found.is_empty() {
        let all: BTreeSet<_> = city
            .rules
            .units
            .values()
            .map(|unit| unit.kind.word())
            .collect();
        let words: Vec<_> = tiers.iter().map(|tier| tier.word()).collect();
        return Err(wrong("tier", &words.join(","), all));
    }
    Ok(found)
}

/// Units of the lowest tiers: streets and communities.
pub(super) fn front_line(city: &City) -> BTreeSet<UnitCode> {
    let units = city.rules.units.values();
    units
        .filter(|unit| unit.kind.is_front_line())
        .map(|unit| unit.code.clone())
        .collect()
}

/// For each area the one that it counts for: the child of the area asked for
/// that it lies in; with none or several asked for, the topmost.
fn areas_below(city: &City, asked: &[Option<AreaCode>]) -> BTreeMap<AreaCode, AreaCode> {
    let above = match asked {
        [Some(area)] => Some(area),
        _ => None,
    };
    let areas = &city.rules.areas;
    let stands_for = |area: &AreaCode| {
        let mut current = area;
        // A chain longer than the number of areas would be a loop.
        for _ in 0..areas.len() {
            match areas.get(current).and_then(|area| area.parent.as_ref()) {
                Some(parent) if Some(parent) != above && Some(current) != above => current = parent,
                _ => break,
            }
        }
        current.clone()
    };
    areas
        .keys()
        .map(|area| (area.clone(), stands_for(area)))
        .collect()
}

fn part(formula: &Formula, part: Option<PartWord>, reason: Option<&str>) -> Result<Part, Refusal> {
    if let Some(reason) = reason {
        if let Some(other) = part.filter(|part| *part != PartWord::LeftOut) {
            return Err(wrong("part", other.word(), ["left_out"]));
        }
        let mut reasons = formula.exclusions.iter();
        let place = reasons.position(|exclusion| exclusion.code.as_str() == reason);
        let known = formula.exclusions.iter().map(|one| one.code.to_string());
        return place
            .map(Part::Reason)
            .ok_or_else(|| wrong("reason", reason, known));
    }
    Ok(match part {
        None | Some(PartWord::All) => Part::All,
        Some(PartWord::Counted) => Part::Counted,
        Some(PartWord::Met) => Part::Met,
        Some(PartWord::NotMet) => Part::NotMet,
        Some(PartWord::LeftOut) => Part::LeftOut,
    })
}

/// When a board by period begins where nothing is said: some thirty periods back.
fn usual_from(zone: &TimeZone, until: Timestamp, every: Every) -> Result<Timestamp, Refusal> {
    let back = match every {
        Every::Day => 30.days(),
        Every::Week => 26.weeks(),
        Every::Month => 24.months(),
    };
    let local = until.to_zoned(zone.clone());
    let begin = local.checked_sub(back).and_then(|at| match every {
        Every::Month => at.first_of_month()?.start_of_day(),
        _ => at.start_of_day(),
    });
    let begin = begin.map_err(|_| wrong("until", &until.to_string(), ["2026-01-31"]))?;
    Ok(begin.timestamp())
}

/// The first whole second at or after a time.
fn rounded_up(at: Timestamp) -> Moment {
    let moment = Moment::of(at);
    if moment.time() < at {
        Moment::of(at + SignedDuration::from_secs(1))
    } else {
        moment
    }
}

/// Codes with commas between; `-` stands for none.
fn codes<T: std::str::FromStr<Err = IdError>>(
    value: &str,
    field: &str,
) -> Result<Vec<Option<T>>, Refusal> {
    let each = value.split(',').filter(|part| !part.is_empty());
    each.map(|part| match part {
        "-" => Ok(None),
        code => code.parse().map(Some).map_err(|_| {
            Refusal::new(
                RefusalKind::Invalid,
                "code.malformed",
                "代码为 1 至 64 个小写字母、数字或 . _ -",
                "a code has 1 to 64 of a-z 0-9 . _ -",
            )
            .at(field)
            .found(code)
        }),
    })
    .collect()
}

fn words<T: Worded>(value: &str, field: &str) -> Result<Vec<T>, Refusal> {
    let each = value.split(',').filter(|part| !part.is_empty());
    each.map(|word| one_of(word, field)).collect()
}

fn one_of<T: Worded>(word: &str, field: &str) -> Result<T, Refusal> {
    T::of(word).ok_or_else(|| wrong(field, word, T::ALL.iter().map(|value| value.word())))
}

/// An instant, or a date: then the beginning of that day in the city.
fn time(text: &str, field: &str, city: &City) -> Result<Timestamp, Refusal> {
    let unreadable = || wrong(field, text, ["2026-01-31", "2026-01-31T08:00:00Z"]);
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let date: Date = text.parse().map_err(|_| unreadable())?;
    let begin = date.to_zoned(city.rules.calendar.zone().clone());
    Ok(begin.map_err(|_| unreadable())?.timestamp())
}

/// Refuses a parameter of a query that cannot be read.
pub(crate) fn wrong<S: Into<String>>(
    field: &str,
    found: &str,
    allowed: impl IntoIterator<Item = S>,
) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "query.invalid",
        "查询条件不对",
        "a parameter of the query cannot be read",
    )
    .at(field)
    .found(found)
    .allowing(allowed)
}
