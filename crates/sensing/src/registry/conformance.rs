//! What every register must do, whatever keeps it.

use serde_json::{Map, Value};
use yiwang_base::from_millis;

use super::{Change, Entity, Key, Kind, MOST_BYTES, RegistryError, RegistryStore, Wanted};

/// Runs the suite on an empty register.
///
/// # Errors
/// What the register did otherwise, in words.
pub async fn registry_conforms<R: RegistryStore>(register: &R) -> Result<(), String> {
    let broken = |error: RegistryError| error.to_string();
    let change = async |set: Vec<Entity>, removed: Vec<Key>| {
        let change = Change { set, removed };
        let at = from_millis(1_800_000_000_000);
        register.change(change, "user:li".to_owned(), at).await
    };
    let ids: Vec<u64> = (0..3).map(|_| register.new_id(Kind::Thing)).collect();
    must(ids == [1, 2, 3], "numbers count up from 1")?;
    must(
        register.new_id(Kind::Sensor) == 1,
        "each kind has numbers of its own",
    )?;
    // One change sets several that are linked to each other, or nothing of it.
    let thing = |id, name: &str| entity(Kind::Thing, id, name, &[]);
    let stream = |id, name: &str, of: &[Key]| entity(Kind::Datastream, id, name, of);
    let (first, second) = (Key(Kind::Thing, 1), Key(Kind::Thing, 2));
    let set = vec![
        stream(1, "水位", &[first]),
        thing(1, "一号站"),
        thing(2, "二号站"),
    ];
    change(set, vec![]).await.map_err(broken)?;
    let missing = Key(Kind::Thing, 9);
    let set = vec![thing(3, "三号站"), stream(2, "x", &[missing])];
    must(
        change(set, vec![]).await == Err(RegistryError::NoSuch(missing)),
        "a link that leads nowhere is refused",
    )?;
    must(
        register
            .entity(Key(Kind::Thing, 3))
            .map_err(broken)?
            .is_none(),
        "and nothing of its change is made",
    )?;
    let set = vec![stream(3, "x", &[second])];
    must(
        change(set, vec![second]).await == Err(RegistryError::NoSuch(second)),
        "what is removed cannot be linked to",
    )?;
    let large = "长".repeat(MOST_BYTES / 3);
    must(
        matches!(
            change(vec![thing(3, &large)], vec![]).await,
            Err(RegistryError::TooLarge(_))
        ),
        "a change that fits into no entry is refused",
    )?;
    let found = register.entity(Key(Kind::Datastream, 1)).map_err(broken)?;
    must(
        found == Some(stream(1, "水位", &[first])),
        "what was set is read, with its links",
    )?;
    // From either end, ascending, after a number, of a name.
    let set = vec![
        stream(5, "雨量", &[first]),
        stream(4, "水位", &[first, second]),
    ];
    change(set, vec![]).await.map_err(broken)?;
    let neighbours = |key, kind| register.neighbours(key, kind).map_err(broken);
    must(
        neighbours(first, Kind::Datastream)? == [1, 4, 5],
        "links are known from the other end",
    )?;
    must(
        neighbours(Key(Kind::Datastream, 4), Kind::Thing)? == [1, 2],
        "and from their own",
    )?;
    must(
        neighbours(first, Kind::Location)?.is_empty(),
        "of the kind that is wanted only",
    )?;
    let page = |of, name: Option<&str>, after, limit| {
        let wanted = Wanted {
            kind: Kind::Datastream,
            of,
            name: name.map(str::to_owned),
            after,
            limit,
        };
        let found = register.page(&wanted).map_err(broken)?;
        let ids: Vec<u64> = found.iter().map(|entity| entity.key.1).collect();
        Ok::<_, String>((ids, register.count(&wanted).map_err(broken)?))
    };
    must(
        page(None, None, 0, 2)? == (vec![1, 4], 3),
        "a page, and how many",
    )?;
    must(
        page(None, None, 1, 9)? == (vec![4, 5], 3),
        "what comes after a number",
    )?;
    must(
        page(Some(second), None, 0, 9)? == (vec![4], 1),
        "what is linked to one",
    )?;
    must(
        page(None, Some("水位"), 0, 9)? == (vec![1, 4], 2),
        "what has a name",
    )?;
    must(
        page(Some(first), Some("雨量"), 0, 9)? == (vec![5], 1),
        "both together",
    )?;
    // What is set again is as it is then, links and all.
    let set = vec![stream(4, "流量", &[second])];
    change(set, vec![]).await.map_err(broken)?;
    must(
        neighbours(first, Kind::Datastream)? == [1, 5],
        "a link that is not said again is gone",
    )?;
    must(page(None, Some("水位"), 0, 9)?.0 == [1], "and so is a name")?;
    // What is removed takes its links along, at both ends.
    change(vec![], vec![first]).await.map_err(broken)?;
    must(
        register.entity(first).map_err(broken)?.is_none(),
        "what is removed is gone",
    )?;
    let left = register.entity(Key(Kind::Datastream, 1)).map_err(broken)?;
    must(
        left.is_some_and(|stream| stream.links.is_empty()),
        "whoever was linked to it is so no more",
    )?;
    change(vec![thing(8, "八号站")], vec![])
        .await
        .map_err(broken)?;
    must(
        register.new_id(Kind::Thing) > 3,
        "a number is not given out twice",
    )
}

fn must(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn entity(kind: Kind, id: u64, name: &str, links: &[Key]) -> Entity {
    let name = ("name".to_owned(), Value::from(name));
    Entity {
        key: Key(kind, id),
        body: Map::from_iter([name]),
        links: links.iter().copied().collect(),
    }
}
