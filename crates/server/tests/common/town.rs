//! A small town: two streets, three units, three categories, one person of each
//! role, and a sign-in for each that tests can use without a password.

use std::path::Path;

use geo::{MultiPolygon, Rect, coord};
use sha2::{Digest as _, Sha256};
use yiwang_base::{LocalText, Span, Timestamp, UserName, from_millis, to_millis};
use yiwang_cases::{Area, Category, Unit, UnitKind};
use yiwang_server::city::{CitySettings, SETTINGS, area_item};
use yiwang_server::http::hash_password;
use yiwang_store::{Account, Item, ItemKind, Options, Store};

/// Every role, and with it a person of that name; `crew` and `hall` are of other units.
pub(crate) const PEOPLE: [&str; 12] = [
    "operator",
    "second",
    "unit",
    "crew",
    "hall",
    "verifier",
    "leader",
    "steward",
    "auditor",
    "admin",
    "partner",
    "contributor",
];
/// Everyone's password.
pub(crate) const PASSWORD: &str = "corrèct-horse-电池-9131";

/// A point in the west street, and one in the east street.
pub(crate) const WEST: (f64, f64) = (116.25, 39.95);
pub(crate) const EAST: (f64, f64) = (116.75, 39.95);

/// The session token of a person, made when the town was.
pub(crate) fn token(name: &str) -> String {
    format!("token-of-{name}-{}", "x".repeat(24))
}

/// What the record keeps of it.
pub(crate) fn token_hash(name: &str) -> [u8; 32] {
    Sha256::digest(token(name)).into()
}

/// Fills an empty data directory.
pub(crate) fn found(directory: &Path) {
    pollster::block_on(async {
        let store = Store::open(directory, Options::default()).unwrap();
        let now = Timestamp::now();
        let by = || "system:test".to_owned();
        store.set_items(items(), by(), None, now).await.unwrap();
        let hash = hash_password(PASSWORD).unwrap();
        let expires = from_millis(to_millis(now) + 12 * 3_600_000);
        for name in PEOPLE {
            let account = account(name, false);
            store
                .set_account(account, hash.clone(), by(), now)
                .await
                .unwrap();
            store
                .open_session(token_hash(name), user(name), now, expires)
                .await
                .unwrap();
        }
        // One whose sign-in has run out, and one who was shown the door.
        store
            .open_session(token_hash("stale"), user("operator"), now, now)
            .await
            .unwrap();
        let gone = account("gone", true);
        store.set_account(gone, hash, by(), now).await.unwrap();
    });
}

/// Adds to a town the office of its west street, someone who works there, and
/// a grid worker.
pub(crate) fn add_street(directory: &Path) {
    pollster::block_on(async {
        let store = Store::open(directory, Options::default()).unwrap();
        let now = Timestamp::now();
        let by = || "system:test".to_owned();
        let street = Unit {
            code: "west-street".parse().unwrap(),
            name: LocalText::new("西街道", "West street"),
            kind: UnitKind::Street,
            duties: vec![],
            areas: vec!["west".parse().unwrap()],
            retired: false,
        };
        let street = Item::of(ItemKind::Unit, "west-street", &street).unwrap();
        let set = store.set_items(vec![street], by(), None, now);
        set.await.unwrap();
        let expires = from_millis(to_millis(now) + 12 * 3_600_000);
        for (name, role) in [("street", "unit"), ("warden", "verifier")] {
            let account = Account {
                name: user(name),
                unit: Some("west-street".parse().unwrap()),
                ..account(role, false)
            };
            let set = store.set_account(account, "x".into(), by(), now);
            set.await.unwrap();
            let session = store.open_session(token_hash(name), user(name), now, expires);
            session.await.unwrap();
        }
    });
}

pub(crate) fn account(name: &str, disabled: bool) -> Account {
    let (role, unit) = match name {
        "unit" => ("unit", Some("lights")),
        "crew" => ("unit", Some("roads-east")),
        "hall" => ("unit", Some("town-hall")),
        "second" | "gone" => ("operator", None),
        role => (role, None),
    };
    Account {
        name: user(name),
        display_name: format!("{name} 同志"),
        role: role.into(),
        unit: unit.map(|code| code.parse().unwrap()),
        disabled,
    }
}

fn user(name: &str) -> UserName {
    name.parse().unwrap()
}

fn items() -> Vec<Item> {
    let name = LocalText::new("小城", "Littletown");
    let settings = CitySettings::new(name, "Asia/Shanghai").unwrap();
    let mut items = vec![Item::of(ItemKind::Setting, SETTINGS, &settings).unwrap()];
    items.push(area("town", None, None));
    items.push(area("west", Some("town"), Some((116.0, 116.5))));
    items.push(area("east", Some("town"), Some((116.5, 117.0))));
    items.push(unit(
        "lights",
        "照明中心",
        "Street lighting",
        &["light"],
        &[],
    ));
    items.push(unit(
        "roads-east",
        "东街道路队",
        "East roads crew",
        &["road"],
        &["east"],
    ));
    items.push(district());
    items.push(category("light", "路灯不亮", "Street light out"));
    items.push(category("road", "路面破损", "Road damage"));
    items.push(category("noise", "施工噪声", "Building noise"));
    items
}

fn area(code: &str, parent: Option<&str>, lon: Option<(f64, f64)>) -> Item {
    let area = Area {
        code: code.parse().unwrap(),
        name: LocalText::same(code),
        parent: parent.map(|code| code.parse().unwrap()),
        leaf: lon.is_some(),
        tier: None,
        retired: false,
    };
    let outline = lon.map(|(west, east)| {
        let south_west = coord! { x: west, y: 39.8 };
        let north_east = coord! { x: east, y: 40.1 };
        MultiPolygon::new(vec![Rect::new(south_west, north_east).to_polygon()])
    });
    area_item(&area, outline.as_ref()).unwrap()
}

/// It answers for no category: it takes what nobody else takes.
fn district() -> Item {
    let unit = Unit {
        code: "town-hall".parse().unwrap(),
        name: LocalText::new("区政府", "Town hall"),
        kind: UnitKind::District,
        duties: vec![],
        areas: vec!["town".parse().unwrap()],
        retired: false,
    };
    Item::of(ItemKind::Unit, "town-hall", &unit).unwrap()
}

fn unit(code: &str, zh: &str, en: &str, duties: &[&str], areas: &[&str]) -> Item {
    let unit = Unit {
        code: code.parse().unwrap(),
        name: LocalText::new(zh, en),
        kind: UnitKind::Department,
        duties: duties.iter().map(|code| code.parse().unwrap()).collect(),
        areas: areas.iter().map(|code| code.parse().unwrap()).collect(),
        retired: false,
    };
    Item::of(ItemKind::Unit, code, &unit).unwrap()
}

fn category(code: &str, zh: &str, en: &str) -> Item {
    let category = Category {
        code: code.parse().unwrap(),
        name: LocalText::new(zh, en),
        group: LocalText::new("市政设施", "Facilities"),
        respond: Span::Clock { minutes: 120 },
        resolve: Span::WorkingDays { days: 3 },
        questions: Vec::new(),
        own: Default::default(),
    };
    Item::of(ItemKind::Category, code, &category).unwrap()
}
