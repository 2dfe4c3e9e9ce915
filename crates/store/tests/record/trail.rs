//! Tiles, bundles, checkpoints and proofs of a stored record.

use std::sync::Arc;

use yiwang_base::CaseId;
use yiwang_journal::{
    Checkpoint, Error, Frontier, Hash, TileReader, TrailPath, consistency_proof, decode_bundle,
    leaf_hash, root, verify_consistency, verify_export,
};
use yiwang_store::Store;

use crate::desk::{Held, erase, fill, key, wait};

/// Reads tiles as a stranger does: by their paths.
struct Served<'a>(&'a Store);

impl TileReader for Served<'_> {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Error> {
        let path = TrailPath::Tile {
            level,
            index,
            width,
        };
        serve(self.0, path).ok_or_else(|| Error::Read(format!("{path} is not served")))
    }
}

fn serve(store: &Store, path: TrailPath) -> Option<Vec<u8>> {
    wait(store.trail(path)).unwrap()
}

fn checkpoint(store: &Store) -> Checkpoint {
    let note = serve(store, TrailPath::Checkpoint).unwrap();
    let note = String::from_utf8(note).unwrap();
    key().verifier().open(&note).unwrap()
}

/// The leaves of the tree, from the served bundles of entries.
fn leaves(store: &Store, size: u64) -> Vec<Hash> {
    let mut leaves = Vec::new();
    for index in 0..size.div_ceil(256) {
        let width = (size - index * 256).min(256) as u16;
        let bundle = serve(store, TrailPath::Entries { index, width }).unwrap();
        let entries = decode_bundle(&bundle).unwrap();
        assert_eq!(entries.len(), usize::from(width));
        leaves.extend(entries.iter().map(|entry| leaf_hash(entry)));
    }
    leaves
}

/// Everything served agrees with the checkpoint and with itself.
fn agrees(store: &Store, checkpoint: &Checkpoint) {
    let leaves = leaves(store, checkpoint.size);
    let mut frontier = Frontier::new();
    for leaf in &leaves {
        frontier.append(*leaf);
    }
    assert_eq!(frontier.root(), checkpoint.root);
    assert_eq!(
        root(&Served(store), checkpoint.size).unwrap(),
        checkpoint.root
    );
    for (index, chunk) in leaves.chunks(256).enumerate() {
        let whole: Vec<u8> = chunk.iter().flat_map(|leaf| leaf.0).collect();
        for width in [1, chunk.len() / 2, chunk.len()] {
            if width > 0 {
                let tile = Served(store).tile(0, index as u64, width as u16).unwrap();
                assert_eq!(tile, whole[..width * 32]);
            }
        }
    }
}

#[test]
fn the_tree_grows_the_same_over_restarts() {
    let mut store = Held::new();
    assert_eq!(serve(&store, TrailPath::Checkpoint), None);
    let mut signed: Vec<Checkpoint> = Vec::new();
    // Sizes around the edges of tiles, with a restart after each.
    for cases in [1, 126, 1, 1, 127, 300, 5, 90] {
        fill(&store, cases);
        wait(store.sign(&key())).unwrap();
        let now = checkpoint(&store);
        assert_eq!(now.size, *store.durable().borrow());
        agrees(&store, &now);
        for then in &signed {
            let proof = consistency_proof(&Served(&store), then.size, now.size).unwrap();
            verify_consistency(&proof, then.size, then.root, now.size, now.root).unwrap();
        }
        store.reopen();
        // What was published is served before anything is signed anew.
        assert_eq!(checkpoint(&store), now);
        agrees(&store, &now);
        signed.push(now);
    }
    assert_eq!(signed.last().unwrap().size, 2 * 651);
}

#[test]
fn what_is_not_signed_yet_is_not_served() {
    let store = Held::new();
    let tile = |level, index, width| TrailPath::Tile {
        level,
        index,
        width,
    };
    fill(&store, 130);
    assert_eq!(serve(&store, tile(0, 0, 1)), None);
    wait(store.sign(&key())).unwrap();
    fill(&store, 200);
    assert_eq!(checkpoint(&store).size, 260);
    for (path, served) in [
        (tile(0, 0, 256), true),
        (tile(0, 1, 4), true),
        (tile(0, 1, 5), false),
        (tile(0, 1, 256), false),
        (tile(0, 2, 1), false),
        (tile(1, 0, 1), true),
        (tile(1, 0, 2), false),
        (tile(2, 0, 1), false),
        (tile(7, 0, 1), false),
        (tile(0, u64::MAX, 256), false),
        (TrailPath::Entries { index: 1, width: 4 }, true),
        (TrailPath::Entries { index: 1, width: 5 }, false),
        (
            TrailPath::Entries {
                index: u64::MAX,
                width: 256,
            },
            false,
        ),
    ] {
        assert_eq!(serve(&store, path).is_some(), served, "{path}");
    }
    wait(store.sign(&key())).unwrap();
    assert_eq!(checkpoint(&store).size, 660);
    assert!(serve(&store, tile(0, 1, 256)).is_some());
}

#[test]
fn the_served_checkpoint_never_goes_back_however_many_ask_at_once() {
    let store = Arc::new(Held::new());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut asking = Vec::new();
        for n in 0..60 {
            let store = Arc::clone(&store);
            asking.push(tokio::spawn(async move {
                let id = yiwang_cases::CaseStore::new_case_id(&**store);
                let change = crate::desk::declined(id, n);
                yiwang_cases::CaseStore::append(&**store, change)
                    .await
                    .unwrap();
                let signed = store.sign(&key()).await.unwrap();
                let mine = key().verifier().open(&signed.note).unwrap().size;
                let served = store.signed().unwrap();
                let served = key().verifier().open(&served.note).unwrap().size;
                assert!(served >= mine, "{served} is served after {mine} was signed");
            }));
        }
        for task in asking {
            task.await.unwrap();
        }
    });
    let last = checkpoint(&store);
    assert_eq!(last.size, 120);
    agrees(&store, &last);
}

#[test]
fn signing_what_is_signed_writes_nothing() {
    let store = Held::new();
    fill(&store, 3);
    let first = wait(store.sign(&key())).unwrap();
    let second = wait(store.sign(&key())).unwrap();
    assert_eq!(first.note, second.note);
    let directory = store.close();
    let count: i64 = crate::desk::raw(directory.path())
        .query_row("SELECT count(*) FROM checkpoint", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1);
}

#[test]
fn an_exported_case_is_proven_without_the_server() {
    let store = Held::new();
    let cases = fill(&store, 400);
    let (key, other) = (key(), &cases[200]);
    let verifier = key.verifier();
    let export = |id, sealed| wait(store.export_case(id, &key, sealed)).unwrap();
    let shown = export(cases[7].id, true).unwrap();
    let report = verify_export(&shown, Some(verifier)).unwrap();
    assert_eq!(report.subject, format!("case/{}", cases[7].id.0));
    assert_eq!((report.entries, report.sealed_shown), (2, 2));
    assert!(
        shown.entries[0]
            .sealed
            .as_ref()
            .unwrap()
            .body
            .contains("路灯 7 坏了三天")
    );
    let withheld = export(cases[7].id, false).unwrap();
    let report = verify_export(&withheld, Some(verifier)).unwrap();
    assert_eq!((report.sealed_shown, report.sealed_withheld), (0, 2));
    assert!(!format!("{withheld:?}").contains("路灯"));

    let erased = erase(&store, other);
    let exported = export(erased.id, true).unwrap();
    let report = verify_export(&exported, Some(verifier)).unwrap();
    assert_eq!(
        (report.entries, report.erased, report.sealed_shown),
        (3, 2, 0)
    );
    assert_eq!(export(CaseId(9_999), true), None);

    // A word changed in the document is found.
    let mut forged = shown;
    forged.entries[1].entry = forged.entries[1].entry.replace("li.na", "li.nu");
    let fault = verify_export(&forged, Some(verifier)).unwrap_err();
    assert_eq!(fault.first, Some(forged.entries[1].index));
}
