//! The register of what senses, and the segments of readings.

use serde_json::{Map, Value, json};
use yiwang_base::{Refusal, Timestamp};
use yiwang_sensing::registry::{
    Draft, Entity, Key, Kind, Looked, RegistryError, RegistryStore, Target, Wanted, draft_new,
    patch, registry_conforms, removal,
};
use yiwang_store::{Store, replay};

use crate::desk::{Held, now, raw, wait};

fn object(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

fn draft(kind: Kind, name: &str, links: Vec<Target>) -> Draft {
    let body = json!({
        "name": name, "description": "", "encodingType": "text/plain", "metadata": "m",
        "definition": "d", "observationType": "o", "unitOfMeasurement": {},
        "location": {"type": "Point", "coordinates": [116.0, 39.9]},
    });
    Draft {
        kind,
        body: object(body),
        links,
    }
}

fn new(kind: Kind, name: &str) -> Target {
    Target::New(Box::new(draft(kind, name, vec![])))
}

fn make(store: &Store, draft: &Draft) -> Result<Key, RegistryError> {
    let current = |key| store.entity(key).unwrap();
    let change = draft_new(draft, &current, now(), &mut |kind| store.new_id(kind)).unwrap();
    let key = change.set[0].key;
    wait(store.change(change, "user:root".into(), now())).map(|()| key)
}

/// A thing at a place with two datastreams.
fn gauge(store: &Store) -> Key {
    let stream = |name| {
        let links = vec![new(Kind::Sensor, "s"), new(Kind::ObservedProperty, "p")];
        Target::New(Box::new(draft(Kind::Datastream, name, links)))
    };
    let links = vec![new(Kind::Location, "here"), stream("rain"), stream("level")];
    make(store, &draft(Kind::Thing, "gauge", links)).unwrap()
}

#[test]
fn the_record_is_a_register_as_the_one_in_memory_is() {
    let store = Held::new();
    wait(registry_conforms::<Store>(&store)).unwrap();
}

struct Register<'a>(&'a Store);

impl Looked for Register<'_> {
    fn entity(&self, key: Key) -> Result<Option<Entity>, Refusal> {
        Ok(self.0.entity(key)?)
    }

    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, Refusal> {
        Ok(self.0.neighbours(key, kind)?)
    }
}

fn all(kind: Kind, of: Option<Key>, name: Option<&str>) -> Wanted {
    Wanted {
        kind,
        of,
        name: name.map(str::to_owned),
        after: 0,
        limit: 100,
    }
}

fn names(store: &Store, wanted: &Wanted) -> Vec<String> {
    let page = store.page(wanted).unwrap();
    assert_eq!(store.count(wanted).unwrap(), page.len() as u64);
    page.iter().map(|e| e.text("name").to_owned()).collect()
}

#[test]
fn a_thing_is_made_with_all_that_hangs_on_it_or_not_at_all() {
    let store = Held::new();
    let thing = gauge(&store);
    assert_eq!(
        names(&store, &all(Kind::Datastream, Some(thing), None)),
        ["rain", "level"]
    );
    assert_eq!(
        names(&store, &all(Kind::Datastream, Some(thing), Some("rain"))),
        ["rain"]
    );
    assert_eq!(
        names(&store, &all(Kind::Thing, None, Some("gauge"))),
        ["gauge"]
    );
    assert_eq!(
        store.neighbours(thing, Kind::HistoricalLocation).unwrap(),
        [1]
    );
    let lost = draft(
        Kind::Datastream,
        "lost",
        vec![
            Target::There(Key(Kind::Thing, 99)),
            new(Kind::Sensor, "s"),
            new(Kind::ObservedProperty, "p"),
        ],
    );
    let refused = make(&store, &lost);
    assert_eq!(refused, Err(RegistryError::NoSuch(Key(Kind::Thing, 99))));
    assert_eq!(names(&store, &all(Kind::Sensor, None, None)), ["s", "s"]);
    let alone = draft(Kind::Datastream, "alone", vec![]);
    let refused = draft_new(&alone, &|_| None, now(), &mut |_| 1).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("Thing"));
}

#[test]
fn a_thing_that_moves_has_been_where_it_was() {
    let store = Held::new();
    let thing = gauge(&store);
    let there = draft(Kind::Location, "there", vec![Target::There(thing)]);
    make(&store, &there).unwrap();
    assert_eq!(
        names(&store, &all(Kind::Location, Some(thing), None)),
        ["there"]
    );
    assert_eq!(
        store.neighbours(thing, Kind::HistoricalLocation).unwrap(),
        [1, 2]
    );
    let entity = store.entity(thing).unwrap().unwrap();
    let back = [Key(Kind::Location, 1)];
    let later: Timestamp = now();
    let fields = object(json!({"name": "moved"}));
    let change = patch(&entity, &fields, &back, false, later, &mut |kind| {
        store.new_id(kind)
    });
    wait(store.change(change.unwrap(), "user:root".into(), later)).unwrap();
    assert_eq!(
        names(&store, &all(Kind::Location, Some(thing), None)),
        ["here"]
    );
    assert_eq!(
        store.neighbours(thing, Kind::HistoricalLocation).unwrap(),
        [1, 2, 3]
    );
    assert_eq!(store.entity(thing).unwrap().unwrap().text("name"), "moved");
}

#[test]
fn what_is_removed_takes_along_what_cannot_be_without_it() {
    let mut store = Held::new();
    let (first, second) = (gauge(&store), gauge(&store));
    let change = removal(first, &Register(&store)).unwrap();
    wait(store.change(change, "user:root".into(), now())).unwrap();
    assert_eq!(names(&store, &all(Kind::Datastream, None, None)).len(), 2);
    assert_eq!(store.count(&all(Kind::Sensor, None, None)).unwrap(), 4);
    let change = removal(Key(Kind::Location, 2), &Register(&store)).unwrap();
    wait(store.change(change, "user:root".into(), now())).unwrap();
    assert_eq!(store.entity(second).unwrap().unwrap().links.len(), 0);
    assert_eq!(
        store
            .count(&all(Kind::HistoricalLocation, None, None))
            .unwrap(),
        0
    );
    let change = removal(second, &Register(&store)).unwrap();
    wait(store.change(change, "user:root".into(), now())).unwrap();
    store.reopen();
    assert_eq!(
        gauge(&store),
        Key(Kind::Thing, 3),
        "no number is given twice"
    );
}

#[test]
fn the_entries_add_up_to_the_rows_and_a_changed_row_is_found() {
    let store = Held::new();
    gauge(&store);
    let change = removal(gauge(&store), &Register(&store)).unwrap();
    wait(store.change(change, "user:root".into(), now())).unwrap();
    for (name, replaces) in [("a", vec![]), ("b", vec![]), ("c", vec!["a", "b"])] {
        let replaces: Vec<String> = replaces.into_iter().map(String::from).collect();
        let body = json!({"name": name, "sha256": "00", "replaces": replaces});
        wait(store.record_segment(name.into(), &body, replaces, "system".into(), now())).unwrap();
    }
    assert_eq!(store.segments().unwrap().len(), 1);
    let directory = store.close();
    let found = || {
        replay(directory.path(), true, &mut |_| {})
            .unwrap()
            .differing
    };
    assert_eq!(found(), [""; 0]);
    let sql = raw(directory.path());
    sql.execute("UPDATE register SET body = '{}' WHERE kind = 1", [])
        .unwrap();
    sql.execute("UPDATE segment SET body = '{}'", []).unwrap();
    assert_eq!(found(), ["register/thing/1", "segment/c"]);
    sql.execute("DELETE FROM register_link WHERE own = 0", [])
        .unwrap();
    assert!(found().contains(&"register/links".to_owned()));
}

#[test]
fn what_is_larger_than_an_entry_is_refused_as_a_whole() {
    let store = Held::new();
    let sensors = (0..900).map(|_| new(Kind::Sensor, "s"));
    let mut change = yiwang_sensing::registry::Change::default();
    for target in sensors {
        let Target::New(sensor) = target else {
            continue;
        };
        let made = draft_new(&sensor, &|_| None, now(), &mut |kind| store.new_id(kind));
        change.set.extend(made.unwrap().set);
    }
    let refused = wait(store.change(change, "user:root".into(), now()));
    assert!(
        matches!(refused, Err(RegistryError::TooLarge(_))),
        "{refused:?}"
    );
    assert_eq!(store.count(&all(Kind::Sensor, None, None)).unwrap(), 0);
}
