//! A made-up city of the size of a large real one: 16 districts with 336
//! streets whose outlines have 128 corners each, 200 categories, 352 units.

use std::path::Path;

use geo::{LineString, MultiPolygon, Polygon};
use yiwang_base::{LocalText, Span, Timestamp, from_millis, to_millis};
use yiwang_cases::{Actor, Area, Asked, Category, Command, Context, Unit, UnitKind, change};
use yiwang_store::{Item, ItemKind, Options, Store};

use super::requests::{Dice, submission};
use crate::city::{City, CitySettings, SETTINGS, area_item};

/// West, south, east, north.
pub(super) const BOUNDS: [f64; 4] = [115.9, 39.6, 117.1, 40.3];
/// How many categories there are.
pub(super) const CATEGORIES: u64 = 200;
const DISTRICTS: u32 = 16;
const STREETS: u32 = 21;
const CORNERS_A_SIDE: u32 = 32;

/// Changes written as one job while filling.
const BATCH: usize = 2000;

/// Code of a category.
pub(super) fn category(number: u64) -> String {
    format!("category-{number:03}")
}

/// Fills an empty directory with the city and this many cases, which came in
/// over the last thirty days.
pub(super) async fn build(directory: &Path, cases: u64) -> anyhow::Result<()> {
    let relaxed = Options {
        relaxed: true,
        ..Options::default()
    };
    let store = Store::open(directory, relaxed)?;
    let by = "system:bench".to_owned();
    store
        .set_items(items()?, by, None, Timestamp::now())
        .await?;
    let city = City::load(&store)?;
    let mut dice = Dice(1);
    let month = 30 * 86_400_000;
    let begin = to_millis(Timestamp::now()) - month;
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..cases {
        let context = Context {
            rules: &city.rules,
            actor: &Actor::Resident,
            grounds: None,
            now: from_millis(begin + month * number.cast_signed() / cases.cast_signed()),
        };
        let asked = Asked {
            id: None,
            seen_version: None,
            command: Command::Submit(submission(&mut dice)?),
            receipt: None,
        };
        batch.push(change(&store, None, &asked, &context)?);
        if batch.len() == BATCH || number + 1 == cases {
            for outcome in store.append_all(std::mem::take(&mut batch)).await? {
                outcome?;
            }
        }
    }
    Ok(())
}

fn items() -> anyhow::Result<Vec<Item>> {
    let name = LocalText::new("试验城", "Bench city");
    let settings = CitySettings::new(name, "Asia/Shanghai")?;
    let mut items = vec![Item::of(ItemKind::Setting, SETTINGS, &settings)?];
    for number in 0..CATEGORIES {
        let category = Category {
            code: category(number).parse()?,
            name: LocalText::new(format!("事项{number}"), format!("Matter {number}")),
            group: LocalText::new("市政设施", "Facilities"),
            respond: Span::Clock { minutes: 120 },
            resolve: Span::WorkingDays { days: 3 },
            questions: Vec::new(),
            own: Default::default(),
        };
        items.push(Item::of(
            ItemKind::Category,
            category.code.as_str(),
            &category,
        )?);
    }
    for district in 0..DISTRICTS {
        let code = format!("d{district:02}");
        items.push(area(&code, None, None)?);
        items.push(unit(&code, UnitKind::Department)?);
        for street in 0..STREETS {
            let code = format!("d{district:02}-s{street:02}");
            let parent = format!("d{district:02}");
            items.push(area(
                &code,
                Some(&parent),
                Some(&outline(street, district)),
            )?);
            items.push(unit(&code, UnitKind::Street)?);
        }
    }
    Ok(items)
}

fn area(
    code: &str,
    parent: Option<&str>,
    outline: Option<&MultiPolygon<f64>>,
) -> anyhow::Result<Item> {
    let area = Area {
        code: code.parse()?,
        name: LocalText::same(code),
        parent: parent.map(str::parse).transpose()?,
        leaf: outline.is_some(),
        tier: None,
        retired: false,
    };
    Ok(area_item(&area, outline)?)
}

fn unit(code: &str, kind: UnitKind) -> anyhow::Result<Item> {
    let duties = (0..CATEGORIES).map(|number| category(number).parse());
    let unit = Unit {
        code: code.parse()?,
        name: LocalText::same(code),
        kind,
        duties: duties.collect::<Result<_, _>>()?,
        areas: vec![code.parse()?],
        retired: false,
    };
    Ok(Item::of(ItemKind::Unit, code, &unit)?)
}

/// A cell of the grid whose sides wind, so that finding an area costs what it
/// costs with surveyed outlines.
fn outline(column: u32, row: u32) -> MultiPolygon<f64> {
    let [west, south, east, north] = BOUNDS;
    let width = (east - west) / f64::from(STREETS);
    let height = (north - south) / f64::from(DISTRICTS);
    let (left, bottom) = (
        west + width * f64::from(column),
        south + height * f64::from(row),
    );
    let wind = |part: f64| (part * 40.0).sin() * (part * std::f64::consts::PI).sin() * 0.03;
    let side = |number: u32| f64::from(number) / f64::from(CORNERS_A_SIDE);
    let steps = || (0..CORNERS_A_SIDE).map(side);
    let corners = steps()
        .map(|t| (t, wind(t)))
        .chain(steps().map(|t| (1.0 + wind(t), t)))
        .chain(steps().map(|t| (1.0 - t, 1.0 + wind(1.0 - t))))
        .chain(steps().map(|t| (wind(1.0 - t), 1.0 - t)));
    let ring: LineString<f64> = corners
        .map(|(x, y)| (left + width * x, bottom + height * y))
        .collect();
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())])
}
