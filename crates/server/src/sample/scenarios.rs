//! What the sample city is used for: a few scenarios with their drills and ratings.

use jiff::SignedDuration;
use yiwang_base::{CategoryCode, IdError, LocalText, UnitCode};
use yiwang_cases::figures::Scope;
use yiwang_cases::scenario::{BY_CHOICE, Domain, Domains, Drill, DrillStep, Scenario, Thresholds};
use yiwang_store::{Item, ItemKind, Store};

use super::{FILLED_BY, Plan, SampleError};
use crate::city::City;
use crate::scenarios::domains_item;

/// A scenario: its code, domain, name, whom it serves, and its categories.
type Made = (
    &'static str,
    Domain,
    [&'static str; 2],
    [&'static str; 2],
    &'static [&'static str],
);

const SCENARIOS: [Made; 3] = [
    (
        "elders-at-home",
        Domain::ElderCare,
        ["居家老人关爱", "Older people at home"],
        [
            "独居、高龄和失能老人及其家人",
            "Older people who live alone or need care, and their families",
        ],
        &["elder-care", "lift-fault"],
    ),
    (
        "emergency-response",
        Domain::Emergency,
        ["突发险情处置", "Response to emergencies"],
        ["受险情影响的居民", "Residents in danger"],
        &[
            "burst-pipe",
            "fireworks",
            "gas-leak",
            "loose-cable",
            "manhole",
            "traffic-light",
            "tree-down",
        ],
    ),
    (
        "dark-streets",
        Domain::CityKeeping,
        ["夜间照明保障", "Light on dark streets"],
        ["夜间出行的居民", "Whoever is out at night"],
        &["street-light"],
    ),
];

/// Which categories belong to each domain, beside those of its scenarios.
const DOMAINS: [(Domain, &[&str]); 9] = [
    (
        Domain::ElderCare,
        &["hospital-service", "social-security", "pavement"],
    ),
    (
        Domain::Emergency,
        &["hazard", "standing-water", "power-outage"],
    ),
    (Domain::Health, &["hospital-service"]),
    (Domain::Livelihood, &["social-security", "wages"]),
    (
        Domain::Housing,
        &[
            "property-service",
            "leaks",
            "lift-fault",
            "corridor-clutter",
        ],
    ),
    (
        Domain::Utilities,
        &[
            "water-outage",
            "water-quality",
            "power-outage",
            "no-heating",
        ],
    ),
    (
        Domain::Traffic,
        &["illegal-parking", "pothole", "traffic-light", "bus-service"],
    ),
    (Domain::Environment, &["river-dirty", "dust", "site-noise"]),
    (
        Domain::CityKeeping,
        &[
            "exposed-rubbish",
            "bin-overflow",
            "dirty-street",
            "small-ads",
        ],
    ),
];

/// A step of a drill, and what was seen where it failed.
type Drilled = (&'static str, Option<&'static str>);

/// Scenarios with the steps of a drill.
const DRILLED: [(&str, [Drilled; 3]); 2] = [
    (
        "emergency-response",
        [
            ("接报后两分钟内派单", None),
            ("四十分钟内到场并反馈", None),
            ("现场处置后核查、回访", None),
        ],
    ),
    (
        "elders-at-home",
        [
            ("独居老人来电后半小时内上门", None),
            ("电梯困人时同时通知物业和消防", Some("物业值班电话无人接听")),
            ("次日回访老人", None),
        ],
    ),
];

/// How staff rate each of them, from 1 to 5.
const RATINGS: [u8; 6] = [5, 4, 4, 3, 5, 4];

/// Writes them; the requests must be there.
pub(super) async fn fill(store: &Store, plan: &Plan) -> Result<(), SampleError> {
    let city = City::load(store)?;
    let (mut items, mut domains) = (Vec::new(), Domains::default());
    for (code, domain, name, serves, categories) in SCENARIOS {
        let categories = known(&city, categories)?;
        let scenario = Scenario {
            code: code.parse()?,
            domain,
            gates: Thresholds::default(),
            name: LocalText::new(name[0], name[1]),
            pages: ["/report", "/desk", "/queue"].map(String::from).into(),
            retired: false,
            scope: Scope {
                categories: categories.clone(),
                ..Scope::default()
            },
            serves: LocalText::new(serves[0], serves[1]),
            steps: BY_CHOICE.to_vec(),
        };
        scenario.check().map_err(SampleError::Refused)?;
        items.push(Item::of(ItemKind::Scenario, code, &scenario)?);
        domains.0.insert(domain, categories);
    }
    for (domain, categories) in DOMAINS {
        let own = domains.0.entry(domain).or_default();
        own.extend(known(&city, categories)?);
    }
    items.push(domains_item(&domains)?);
    let zone = city.rules.calendar.zone().clone();
    let held = (plan.now - SignedDuration::from_hours(24 * 40)).to_zoned(zone);
    let units: Vec<UnitCode> = city.rules.units.keys().take(2).cloned().collect();
    for (code, steps) in DRILLED {
        let drill = Drill {
            evidence: format!("演练记录 {}", held.date()),
            on: held.date(),
            scenario: code.parse()?,
            steps: steps
                .into_iter()
                .map(|(name, failed)| DrillStep {
                    name: name.to_owned(),
                    note: failed.map(String::from),
                    passed: failed.is_none(),
                })
                .collect(),
            units: units.clone(),
        };
        drill.check(held.date()).map_err(SampleError::Refused)?;
        items.push(Item::of(ItemKind::Drill, &format!("{code}/1"), &drill)?);
    }
    let staff = store
        .accounts()?
        .into_iter()
        .filter(|one| one.unit.is_some());
    for (account, rating) in staff.zip(RATINGS) {
        for (code, ..) in SCENARIOS {
            let code = format!("{code}/{}", account.name);
            items.push(Item::of(ItemKind::ScenarioRating, &code, &rating)?);
        }
    }
    let grounds = Some(plan.grounds());
    store
        .set_items(items, FILLED_BY.into(), grounds, plan.now)
        .await?;
    Ok(())
}

/// Those of these categories that the city has.
fn known(city: &City, codes: &[&str]) -> Result<Vec<CategoryCode>, IdError> {
    let mut known = Vec::new();
    for code in codes {
        let code: CategoryCode = code.parse()?;
        if city.rules.categories.contains_key(&code) {
            known.push(code);
        }
    }
    Ok(known)
}
