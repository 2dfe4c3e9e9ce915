//! Prints an exported case for verifiers that are not ours, always the same:
//! of its sealed texts one is shown, one withheld, one erased. The pages' own
//! check is tested with it (`web/src/lib/trail/vectors/`).

use std::collections::HashMap;
use std::error::Error;

use serde_json::{Value, json};
use yiwang_journal::{
    Entry, ExportedCase, ExportedEntry, ExportedSeal, Frontier, Hash, SigningKey, TileReader,
    WithFrontier, inclusion_proof, leaf_hash, seal,
};

const SIZE: u64 = 300;
const WORDS: &str = r#"{"request":{"words":"路灯坏了"}}"#;
const ERASED: &str = r#"{"note":"已换灯泡"}"#;

/// What happened to case 7: number, event, particulars, what was sealed.
fn history() -> [(u64, &'static str, Value, Option<&'static str>); 5] {
    let erased = json!({"erases": [270], "event": {"erased": {"erases": [270]}}});
    let event = |word: &str, data: Value| json!({"event": {word: data}});
    [
        (
            40,
            "submitted",
            event("submitted", json!({"channel": "web"})),
            Some(WORDS),
        ),
        (
            41,
            "accepted",
            event("accepted", json!({"category": "lamp"})),
            None,
        ),
        (
            255,
            "dispatched",
            event("dispatched", json!({"unit": "road"})),
            Some(r#"{"note":"急"}"#),
        ),
        (
            270,
            "reported_back",
            event("reported_back", json!({})),
            Some(ERASED),
        ),
        (299, "erased", erased, None),
    ]
}

struct Complete(HashMap<(u8, u64), Vec<u8>>);

impl TileReader for Complete {
    fn tile(&self, level: u8, index: u64, _: u16) -> Result<Vec<u8>, yiwang_journal::Error> {
        let tile = self.0.get(&(level, index)).cloned();
        tile.ok_or_else(|| yiwang_journal::Error::Read(format!("no tile {level}/{index}")))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let key = SigningKey::from_seed("sample.example/trail", &[42; 32])?;
    let salt = |n: u64| -> [u8; 32] { [n.to_be_bytes()[7]; 32] };
    let history = history();
    let mut bytes = Vec::new();
    for n in 0..SIZE {
        let ours = history.iter().find(|(index, ..)| *index == n);
        let sealed = ours.and_then(|(.., sealed)| *sealed);
        let entry = Entry {
            at: jiff::Timestamp::from_millisecond(1_790_000_000_000 + i64::try_from(n)?)?,
            by: ours.map_or("resident", |_| "user:li.na").to_owned(),
            data: ours.map_or_else(|| json!({"n": n}), |(_, _, data, _)| data.clone()),
            grounds: None,
            kind: format!("case.{}", ours.map_or("submitted", |(_, event, ..)| event)),
            sealed: sealed.map(|text| seal::commit(&salt(n), text.as_bytes())),
            subject: ours.map_or_else(|| format!("case/{}", n + 1_000), |_| "case/7".to_owned()),
            v: 1,
        };
        bytes.push(entry.to_canonical()?);
    }

    let mut frontier = Frontier::new();
    let mut tiles = HashMap::new();
    for entry in &bytes {
        frontier.append(leaf_hash(entry));
        for tile in frontier.take_complete() {
            tiles.insert((tile.level, tile.index), tile.bytes);
        }
    }
    let root: Hash = frontier.root();
    let reader = WithFrontier {
        frontier: &frontier,
        complete: Complete(tiles),
    };
    let mut entries = Vec::new();
    for (index, _, _, sealed) in &history {
        entries.push(ExportedEntry {
            index: *index,
            entry: String::from_utf8(bytes[usize::try_from(*index)?].clone())?,
            proof: inclusion_proof(&reader, *index, SIZE)?,
            sealed: sealed
                .filter(|text| *text == WORDS)
                .map(|text| ExportedSeal {
                    salt: salt(*index),
                    body: text.to_owned(),
                }),
            erased: *sealed == Some(ERASED),
        });
    }
    let case = ExportedCase {
        subject: "case/7".to_owned(),
        log: key.verifier().to_string(),
        checkpoint: key.sign(SIZE, root)?,
        entries,
    };
    println!("{}", serde_json::to_string_pretty(&case)?);
    Ok(())
}
