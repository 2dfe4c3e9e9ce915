//! How fast entries are written and checked, beside bare SHA-256 of the same
//! bytes: `cargo run --release -p yiwang-journal --example speed [entries]`.

use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

use serde_json::json;
use sha2::{Digest, Sha256};
use yiwang_journal::{
    Entry, EntryView, Frontier, Record, Sealed, SigningKey, TileReader, Verifier, check, leaf_hash,
};

struct Tiles(HashMap<(u8, u64), Vec<u8>>);

impl TileReader for Tiles {
    fn tile(&self, level: u8, index: u64, _: u16) -> Result<Vec<u8>, yiwang_journal::Error> {
        let tile = self.0.get(&(level, index)).cloned();
        tile.ok_or(yiwang_journal::Error::Read("not there".to_owned()))
    }
}

fn entry(n: u64) -> Result<Entry, Box<dyn Error>> {
    Ok(Entry {
        at: jiff::Timestamp::from_millisecond(1_790_000_000_000 + i64::try_from(n)?)?,
        by: "resident".to_owned(),
        data: json!({"area": "xuhui/tianping", "category": "road.pothole", "channel": "web",
            "place": {"lat": "31.2046", "lon": "121.4378"}, "due": "2026-10-01T10:00:00Z",
            "unit": "xuhui.roads", "urgency": 2}),
        grounds: Some("受理规则 3.2".to_owned()),
        kind: "case.submitted".to_owned(),
        sealed: None,
        subject: format!("case/{n}"),
        v: 1,
    })
}

fn print(what: &str, count: u64, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    println!("{what:<52} {:>12.0} /s", count as f64 / seconds);
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 300_000,
    };
    let entries = (0..count).map(entry).collect::<Result<Vec<_>, _>>()?;

    let start = Instant::now();
    let bytes = entries
        .iter()
        .map(Entry::to_canonical)
        .collect::<Result<Vec<_>, _>>()?;
    print("canonical form", count, start);
    let length = bytes.iter().map(Vec::len).sum::<usize>() as u64 / count.max(1);
    println!("{:<52} {length:>12} bytes", "mean entry");

    let start = Instant::now();
    for entry in entries.iter().take(20_000) {
        std::hint::black_box(serde_json_canonicalizer::to_vec(entry)?);
    }
    print(
        "canonical form by serde_json_canonicalizer",
        count.min(20_000),
        start,
    );

    let start = Instant::now();
    for entry in &bytes {
        std::hint::black_box(EntryView::<serde_json::Value>::parse(entry)?);
    }
    print("reading, data as any JSON", count, start);

    let start = Instant::now();
    for entry in &bytes {
        std::hint::black_box(Sha256::digest(entry));
    }
    print("bare SHA-256 of the entries", count, start);

    let leaves: Vec<_> = bytes.iter().map(|entry| leaf_hash(entry)).collect();
    let start = Instant::now();
    let mut frontier = Frontier::new();
    let mut tiles = Tiles(HashMap::new());
    for &leaf in &leaves {
        frontier.append(leaf);
        for tile in frontier.take_complete() {
            tiles.0.insert((tile.level, tile.index), tile.bytes);
        }
    }
    print("append to the tree", count, start);

    let start = Instant::now();
    for pair in leaves.chunks_exact(2) {
        std::hint::black_box(yiwang_journal::node_hash(pair[0], pair[1]));
    }
    print("of which the node's hash alone", count / 2, start);

    let key = SigningKey::from_seed("speed.example/trail", &[1; 32])?;
    let note = key.sign(frontier.size(), frontier.root())?;
    let records: Vec<_> = (0..)
        .zip(bytes.iter().zip(&leaves))
        .map(|(seq, (bytes, &leaf))| Record {
            seq,
            bytes,
            leaf,
            sealed: Sealed::None,
        })
        .collect();
    let start = Instant::now();
    let mut verifier = Verifier::new(key.verifier(), [note.clone()], &tiles);
    for record in &records {
        verifier.feed(record)?;
    }
    print("verify, one thread", verifier.finish()?.entries, start);

    let start = Instant::now();
    let mut verifier = Verifier::new(key.verifier(), [note], &tiles);
    let (give, checked) = std::sync::mpsc::sync_channel(4);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let give = give;
            for batch in records.chunks(4096) {
                let batch: Vec<_> = batch.iter().map(check).collect();
                if give.send(batch).is_err() {
                    break;
                }
            }
        });
        checked
            .into_iter()
            .flatten()
            .try_for_each(|one| verifier.take(one))
    })?;
    print(
        "verify, checking on a second thread",
        verifier.finish()?.entries,
        start,
    );
    Ok(())
}
