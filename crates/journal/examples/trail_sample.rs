//! Writes a small log in the tlog-tiles layout, for verifiers that are not
//! ours: `trail_sample OUT SIZE`.
//!
//! OUT/trail/ is what `/trail/` serves. Beside it lie `vkey`, `foreign` (the key
//! of another log of that name), `old` (a checkpoint of the log when it was
//! smaller), `fork` (a checkpoint of that size signed by the same key over other
//! entries) and `receipts/`.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::json;
use yiwang_journal::{
    Entry, Frontier, Hash, SigningKey, TlogProof, TrailPath, WithFrontier, encode_bundle,
    inclusion_proof, leaf_hash,
};

fn entry(n: u64, by: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let entry = Entry {
        at: jiff::Timestamp::from_millisecond(1_790_000_000_000 + i64::try_from(n)?)?,
        by: by.to_owned(),
        data: json!({"category": "路灯", "n": n}),
        grounds: None,
        kind: "case.submitted".to_owned(),
        sealed: None,
        subject: format!("case/{n}"),
        v: 1,
    };
    Ok(entry.to_canonical()?)
}

fn write(base: &Path, path: TrailPath, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let file = base.join(path.to_string());
    fs::create_dir_all(file.parent().ok_or("no folder")?)?;
    Ok(fs::write(file, bytes)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (out, size) = match (args.next(), args.next()) {
        (Some(out), Some(size)) => (out, size.parse::<u64>()?),
        _ => return Err("usage: trail_sample OUT SIZE".into()),
    };
    let out = Path::new(&out);
    let trail = out.join("trail");
    let key = SigningKey::from_seed("sample.example/trail", &[42; 32])?;
    fs::create_dir_all(out.join("receipts"))?;
    fs::write(out.join("vkey"), key.verifier().to_string())?;
    let foreign = SigningKey::from_seed(key.origin(), &[43; 32])?;
    fs::write(out.join("foreign"), foreign.verifier().to_string())?;

    let entries = (0..size)
        .map(|n| entry(n, "resident"))
        .collect::<Result<Vec<_>, _>>()?;
    for (index, chunk) in (0..).zip(entries.chunks(256)) {
        let width = u16::try_from(chunk.len())?;
        let bundle = encode_bundle(chunk.iter().map(Vec::as_slice))?;
        write(&trail, TrailPath::Entries { index, width }, &bundle)?;
    }

    let (mut frontier, mut fork) = (Frontier::new(), Frontier::new());
    let mut tiles = std::collections::HashMap::new();
    let old = size - size / 3;
    for (n, bytes) in (0..).zip(&entries) {
        frontier.append(leaf_hash(bytes));
        for tile in frontier.take_complete() {
            let path = TrailPath::Tile {
                level: tile.level,
                index: tile.index,
                width: 256,
            };
            write(&trail, path, &tile.bytes)?;
            tiles.insert((tile.level, tile.index), tile.bytes);
        }
        fork.append(leaf_hash(&entry(n, "somebody else")?));
        if frontier.size() == old {
            fs::write(out.join("old"), key.sign(old, frontier.root())?)?;
            fs::write(out.join("fork"), key.sign(old, fork.root())?)?;
        }
    }
    for level in 0..frontier.levels() {
        let open = frontier.open_tile(level);
        let width = u16::try_from(open.len() / Hash::LEN)?;
        let index = size >> (8 * (u32::from(level) + 1));
        if width > 0 {
            write(
                &trail,
                TrailPath::Tile {
                    level,
                    index,
                    width,
                },
                open,
            )?;
        }
    }
    let checkpoint = key.sign(size, frontier.root())?;
    write(&trail, TrailPath::Checkpoint, checkpoint.as_bytes())?;

    let reader = WithFrontier {
        frontier: &frontier,
        complete: Complete(tiles),
    };
    for index in [0, size / 2, size - 1] {
        let receipt = TlogProof {
            extra: None,
            index,
            hashes: inclusion_proof(&reader, index, size)?,
            checkpoint: checkpoint.clone(),
        };
        let file = out.join(format!("receipts/{index}.tlog-proof"));
        fs::write(file, receipt.to_string())?;
    }
    Ok(())
}

struct Complete(std::collections::HashMap<(u8, u64), Vec<u8>>);

impl yiwang_journal::TileReader for Complete {
    fn tile(&self, level: u8, index: u64, _: u16) -> Result<Vec<u8>, yiwang_journal::Error> {
        let tile = self.0.get(&(level, index)).cloned();
        tile.ok_or_else(|| yiwang_journal::Error::Read(format!("no tile {level}/{index}")))
    }
}
