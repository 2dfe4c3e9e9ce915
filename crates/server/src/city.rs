//! The city as the record has it: rules for decisions, outlines for maps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use geo::{BoundingRect, MultiPolygon};
use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, LocalText, ScenarioCode, Timestamp, UnitCode, WorkCalendar, WorkHours,
    truncate_millis,
};
use yiwang_cases::coverage::Piece;
use yiwang_cases::figures::Scope;
use yiwang_cases::scenario::Scenario;
use yiwang_cases::study::{Arm, Study};
use yiwang_cases::{
    Action, Area, AreaIndex, Attendance, Case, Category, Channel, CityLimits, DeclineReason,
    DeskLimits, Event, ReturnReason, Rules, ShelveReason, Stage, StoreError, SupervisionLevel,
    Tier, Unit, UnitKind, WhistleAction, WhistleEvent, WhistleKind, WhistleStage,
};
use yiwang_store::{Item, ItemKind, Store};

use crate::calendars::stored_years;
use crate::grid::successors;
use crate::wire::{
    AreaView, CategoryView, CityView, EventWord, Named, Text, UnitView, WhistleEventWord,
    WhistleWordsView, Word, Worded,
};

/// Settings of the city, kept as one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitySettings {
    /// Name of the city.
    pub name: LocalText,
    /// Working days and hours.
    pub calendar: WorkCalendar,
    /// Limits of the desk's own steps.
    pub desk: DeskLimits,
    /// Grades of urgency, and how far what holds up a case may reach.
    #[serde(default)]
    pub limits: CityLimits,
}

/// Code of the one [`ItemKind::Setting`] item.
pub const SETTINGS: &str = "city";

impl CitySettings {
    /// Settings of a city that has set none: working hours 9 to 17:30, Monday to Friday.
    ///
    /// # Errors
    /// When the time zone is unknown.
    pub fn new(name: LocalText, zone: &str) -> Result<Self, yiwang_base::CalendarError> {
        let hours = WorkHours {
            open: 9 * 60,
            close: 17 * 60 + 30,
        };
        Ok(Self {
            name,
            calendar: WorkCalendar::new(zone, hours, BTreeSet::new(), BTreeSet::new())?,
            desk: DeskLimits::default(),
            limits: CityLimits::default(),
        })
    }

    /// The settings in the record; `None` where none were made.
    ///
    /// # Errors
    /// When the record cannot be read or holds what are no settings.
    pub fn stored(store: &Store) -> Result<Option<Self>, StoreError> {
        store.setting(SETTINGS)
    }

    /// The settings of a city of which nothing is known: unnamed, in Shanghai's
    /// time zone.
    ///
    /// # Errors
    /// When the time zone's data are missing.
    pub fn unnamed() -> Result<Self, yiwang_base::CalendarError> {
        let name = LocalText::new("未命名的城市", "A city without a name");
        Self::new(name, "Asia/Shanghai")
    }

    /// The settings in the record, else those of a city of which nothing is known.
    ///
    /// # Errors
    /// When the record cannot be read or holds what are no settings.
    pub fn stored_or_unnamed(store: &Store) -> Result<Self, StoreError> {
        match Self::stored(store)? {
            Some(settings) => Ok(settings),
            None => Self::unnamed().map_err(|error| StoreError::Broken(error.to_string())),
        }
    }

    /// The settings as an item. Years of the calendar are items of their own.
    ///
    /// # Errors
    /// When they have no JSON form.
    pub fn item(&self) -> Result<Item, StoreError> {
        let mut settings = self.clone();
        settings.calendar = settings.calendar.with_years([]);
        Item::of(ItemKind::Setting, SETTINGS, &settings)
    }
}

/// The city, loaded.
pub struct City {
    /// Its name.
    pub name: LocalText,
    /// IANA time zone.
    pub zone: String,
    /// When it was loaded from the record.
    pub loaded_at: Timestamp,
    /// What decisions look up.
    pub rules: Rules,
    /// Outlines of areas, degrees.
    pub outlines: BTreeMap<AreaCode, MultiPolygon<f64>>,
    /// For areas that a merge of grids took the place of, the cell with most of
    /// their ground.
    pub successors: BTreeMap<AreaCode, AreaCode>,
    /// The timing study that is running.
    pub study: Option<Study>,
    /// What the city is used for.
    pub scenarios: BTreeMap<ScenarioCode, Scenario>,
}

impl City {
    /// Loads the city from the record. A record without settings gets those of
    /// an unnamed city in Shanghai's time zone.
    ///
    /// # Errors
    /// When the record cannot be read or holds what is no area, unit or category.
    pub fn load(store: &Store) -> Result<City, StoreError> {
        let broken = |error: String| StoreError::Broken(error);
        let settings = CitySettings::stored_or_unnamed(store)?;
        let calendar = settings.calendar.with_years(stored_years(store)?);
        let mut areas = BTreeMap::new();
        let mut outlines = BTreeMap::new();
        for item in store.items(ItemKind::Area)? {
            let area: Area = item.read()?;
            if let Some(outline) = &item.attachment {
                let shape =
                    outline_from(outline).map_err(|e| broken(format!("{}: {e}", area.code)))?;
                outlines.insert(area.code.clone(), shape);
            }
            areas.insert(area.code.clone(), area);
        }
        let leaves = outlines
            .iter()
            .filter(|(code, _)| areas.get(*code).is_some_and(|area| area.leaf))
            .map(|(code, shape)| (code.clone(), shape.clone()));
        let locator = Box::new(AreaIndex::new(leaves));
        let mut categories = BTreeMap::new();
        for item in store.items(ItemKind::Category)? {
            let category: Category = item.read()?;
            categories.insert(category.code.clone(), category);
        }
        let mut units = BTreeMap::new();
        for item in store.items(ItemKind::Unit)? {
            let unit: Unit = item.read()?;
            units.insert(unit.code.clone(), unit);
        }
        Ok(City {
            name: settings.name,
            loaded_at: truncate_millis(Timestamp::now()),
            zone: calendar.zone().iana_name().unwrap_or("UTC").to_owned(),
            rules: Rules {
                areas,
                categories,
                units,
                calendar,
                desk: settings.desk,
                limits: settings.limits,
                locator,
            },
            outlines,
            successors: successors(store)?,
            scenarios: crate::scenarios::stored(store)?,
            study: crate::studies::running(store)?,
        })
    }

    /// A city of which there is no more than its settings.
    pub fn bare(settings: CitySettings) -> City {
        City {
            name: settings.name,
            loaded_at: truncate_millis(Timestamp::now()),
            zone: settings
                .calendar
                .zone()
                .iana_name()
                .unwrap_or("UTC")
                .to_owned(),
            rules: Rules {
                areas: BTreeMap::new(),
                categories: BTreeMap::new(),
                units: BTreeMap::new(),
                calendar: settings.calendar,
                desk: settings.desk,
                limits: settings.limits,
                locator: Box::new(AreaIndex::new([])),
            },
            outlines: BTreeMap::new(),
            successors: BTreeMap::new(),
            scenarios: BTreeMap::new(),
            study: None,
        }
    }

    /// The area and all that lie in it, with those that were there before and of
    /// which it, or one in it, has most of the ground.
    pub fn with_descendants(&self, area: &AreaCode) -> Vec<AreaCode> {
        let all = self.rules.areas.keys();
        all.filter(|code| {
            self.rules.lies_in(self.now(code), area) || self.rules.lies_in(code, area)
        })
        .cloned()
        .collect()
    }

    /// Whether a case is in the control of the study that is running: then nothing is
    /// suggested for it.
    pub fn is_control(&self, case: &Case) -> bool {
        let study = self.study.as_ref();
        let study = study.filter(|study| study.has(case.submitted_at));
        study.is_some_and(|study| study.arm(case.id) == Arm::Hidden)
    }

    /// The cases that a scenario is about, with all areas that lie in those it names.
    pub fn scope(&self, scenario: &Scenario) -> Scope {
        let named = scenario.scope.areas.iter();
        let areas = named.flat_map(|area| {
            // An area that is there no more finds nothing, rather than everything.
            let within = self.with_descendants(area);
            within.into_iter().chain([area.clone()])
        });
        let areas: BTreeSet<AreaCode> = areas.collect();
        Scope {
            areas: areas.into_iter().collect(),
            ..scenario.scope.clone()
        }
    }

    /// What the scenarios that are in use are about.
    pub fn scopes(&self) -> Arc<[Scope]> {
        let used = self.scenarios.values().filter(|one| !one.retired);
        used.map(|one| self.scope(one)).collect()
    }

    /// All areas that a unit answers for, with those that lie in them: none for a
    /// unit that does not exist, `None` for one of the whole city.
    pub fn areas_of(&self, unit: &UnitCode) -> Option<BTreeSet<AreaCode>> {
        let own = self.rules.units.get(unit).map(|unit| unit.areas.as_slice());
        match own {
            Some([]) => None,
            own => Some(
                own.unwrap_or_default()
                    .iter()
                    .flat_map(|area| self.with_descendants(area))
                    .collect(),
            ),
        }
    }

    /// The area that has taken an area's place, or itself.
    fn now<'a>(&'a self, area: &'a AreaCode) -> &'a AreaCode {
        let mut now = area;
        // A merge may have been merged again; a chain is never longer than this.
        for _ in 0..=self.successors.len() {
            match self.successors.get(now) {
                Some(next) => now = next,
                None => break,
            }
        }
        now
    }

    /// West, south, east, north of all outlines.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.outlines
            .values()
            .filter_map(BoundingRect::bounding_rect)
            .fold(None, |all, one| {
                let [w, s, e, n] = all.unwrap_or([f64::MAX, f64::MAX, f64::MIN, f64::MIN]);
                let (min, max) = (one.min(), one.max());
                Some([w.min(min.x), s.min(min.y), e.max(max.x), n.max(max.y)])
            })
    }

    /// The city as pages need it.
    pub fn view(&self, has_base_map: bool, with_units: bool) -> CityView {
        let rules = &self.rules;
        let units = rules
            .units
            .values()
            .filter(|_| with_units)
            .map(UnitView::from);
        CityView {
            name: (&self.name).into(),
            zone: self.zone.clone(),
            bounds: self.bounds(),
            has_base_map,
            areas: rules.areas.values().map(AreaView::from).collect(),
            units: units.collect(),
            categories: rules.categories.values().map(CategoryView::from).collect(),
            channels: named(channel_name),
            stages: named(|stage: Stage| stage.name().into()),
            actions: named(|action: Action| action.name().into()),
            events: events(),
            decline_reasons: named(decline_name),
            return_reasons: named(|reason: ReturnReason| reason.name().into()),
            whistles: whistle_words(),
            shelve_reasons: named(|reason: ShelveReason| reason.name().into()),
            supervision_levels: named(|level: SupervisionLevel| level.name().into()),
        }
    }

    /// Outlines as GeoJSON, for the map.
    pub fn outlines_geojson(&self) -> geojson::FeatureCollection {
        let features = self.outlines.iter().filter_map(|(code, shape)| {
            let area = self.rules.areas.get(code).filter(|area| !area.retired)?;
            let mut properties = geojson::JsonObject::new();
            properties.insert("code".into(), code.to_string().into());
            properties.insert("zh".into(), area.name.zh.clone().into());
            properties.insert("en".into(), area.name.en.clone().into());
            properties.insert("leaf".into(), area.leaf.into());
            properties.insert("tier".into(), area.tier.map(Tier::word).into());
            let parent = area.parent.as_ref().map(ToString::to_string);
            properties.insert("parent".into(), parent.into());
            Some(geojson::Feature {
                bbox: None,
                geometry: Some(geojson::Geometry::from(shape)),
                id: Some(geojson::feature::Id::String(code.to_string())),
                properties: Some(properties),
                foreign_members: None,
            })
        });
        geojson::FeatureCollection {
            bbox: None,
            features: features.collect(),
            foreign_members: None,
        }
    }
}

/// An area as an item, its outline attached as a GeoJSON geometry.
///
/// # Errors
/// When the area has no JSON form.
pub fn area_item(area: &Area, outline: Option<&MultiPolygon<f64>>) -> Result<Item, StoreError> {
    let mut item = Item::of(ItemKind::Area, area.code.as_str(), area)?;
    item.attachment = outline.map(|shape| geojson::Geometry::from(shape).to_string().into_bytes());
    Ok(item)
}

/// Pieces of ground that are not covered once, for the map.
pub fn pieces_geojson(pieces: &[Piece]) -> geojson::FeatureCollection {
    let features = pieces.iter().map(|piece| {
        let mut properties = geojson::JsonObject::new();
        let areas = piece.areas.iter().map(ToString::to_string);
        properties.insert("fault".into(), piece.fault.word().into());
        properties.insert("areas".into(), areas.collect::<Vec<_>>().into());
        properties.insert("area_m2".into(), piece.area_m2.into());
        geojson::Feature {
            bbox: None,
            geometry: Some(geojson::Geometry::from(&piece.shape)),
            id: None,
            properties: Some(properties),
            foreign_members: None,
        }
    });
    geojson::FeatureCollection {
        bbox: None,
        features: features.collect(),
        foreign_members: None,
    }
}

fn outline_from(bytes: &[u8]) -> Result<MultiPolygon<f64>, String> {
    let geometry: geojson::Geometry = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    MultiPolygon::try_from(geometry).map_err(|e| e.to_string())
}

/// All words of a sort with their names.
fn named<T: Worded>(name: impl Fn(T) -> Text) -> Vec<Named<Word<T>>> {
    let one = |value: &T| Named {
        code: Word(*value),
        name: name(*value),
    };
    T::ALL.iter().map(one).collect()
}

fn events() -> Vec<Named<EventWord>> {
    let one = |word: &'static str| {
        let name = Event::name_of(word)?.into();
        let code = EventWord(word);
        Some(Named { code, name })
    };
    Event::WORDS.into_iter().filter_map(one).collect()
}

fn whistle_words() -> WhistleWordsView {
    let event = |word: &'static str| {
        let name = WhistleEvent::name_of(word)?.into();
        let code = WhistleEventWord(word);
        Some(Named { code, name })
    };
    WhistleWordsView {
        kinds: named(|kind: WhistleKind| kind.name().into()),
        stages: named(|stage: WhistleStage| stage.name().into()),
        actions: named(|action: WhistleAction| action.name().into()),
        events: WhistleEvent::WORDS.into_iter().filter_map(event).collect(),
        attendances: named(|attendance: Attendance| attendance.name().into()),
    }
}

/// A channel's word on the wire.
pub fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Hotline => "hotline",
        Channel::Web => "web",
        Channel::App => "app",
        Channel::MiniProgram => "mini_program",
        Channel::Counter => "counter",
        Channel::GridWorker => "grid_worker",
        Channel::Partner => "partner",
        Channel::Proactive => "proactive",
    }
}

/// The name of the channel of a word; the word itself where it is none.
pub(crate) fn channel_name_of(word: &str) -> Text {
    match Channel::of(word) {
        Some(channel) => channel_name(channel),
        None => LocalText::same(word).into(),
    }
}

/// The name of a sort of unit, by its word.
pub(crate) fn unit_kind_name_of(word: &str) -> Text {
    let mut kinds = UnitKind::ALL.into_iter();
    let name = match kinds.find(|kind| kind.word() == word) {
        Some(UnitKind::Department) => LocalText::new("委办局", "Department"),
        Some(UnitKind::Street) => LocalText::new("街道", "Street"),
        Some(UnitKind::Utility) => LocalText::new("公服企业", "Utility"),
        Some(UnitKind::District) => LocalText::new("区级单位", "District"),
        Some(UnitKind::Community) => LocalText::new("社区", "Community"),
        None => LocalText::same(word),
    };
    name.into()
}

fn channel_name(channel: Channel) -> Text {
    let (zh, en) = match channel {
        Channel::Hotline => ("12345 热线", "12345 hotline"),
        Channel::Web => ("网页", "Web"),
        Channel::App => ("手机应用", "App"),
        Channel::MiniProgram => ("小程序", "Mini program"),
        Channel::Counter => ("窗口", "Counter"),
        Channel::GridWorker => ("网格员", "Grid worker"),
        Channel::Partner => ("其他系统", "Other system"),
        Channel::Proactive => ("未诉先办", "Proactive"),
    };
    LocalText::new(zh, en).into()
}

/// A reason's word on the wire.
pub fn decline_word(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::OutsideRemit => "outside_remit",
        DeclineReason::LegalProceedings => "legal_proceedings",
        DeclineReason::NotEnoughDetail => "not_enough_detail",
        DeclineReason::NoRequest => "no_request",
        DeclineReason::AgainstLaw => "against_law",
    }
}

pub(crate) fn decline_name(reason: DeclineReason) -> Text {
    let (zh, en) = match reason {
        DeclineReason::OutsideRemit => ("不属于本市职责", "Not for this city's units"),
        DeclineReason::LegalProceedings => (
            "已进入诉讼、仲裁或复议",
            "Before a court, in arbitration or under review",
        ),
        DeclineReason::NotEnoughDetail => ("内容不清，无法办理", "Not enough detail to act on"),
        DeclineReason::NoRequest => ("没有提出诉求", "Nothing is asked for"),
        DeclineReason::AgainstLaw => ("诉求违反法律法规", "The law forbids what is asked"),
    };
    LocalText::new(zh, en).into()
}

/// A case's number from a path or a form.
pub fn parse_case_id(text: &str) -> Option<CaseId> {
    text.parse().ok()
}
