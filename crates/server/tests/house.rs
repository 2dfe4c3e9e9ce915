//! The invariants of docs/ARCHITECTURE.md that a test can guard.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms decide; they know base and nothing else of ours.
const ROOMS: [&str; 3] = ["journal", "cases", "sensing"];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Names in `[dependencies]` of each crate, by the crate's folder.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let folders = std::fs::read_dir(crates()).unwrap();
    folders
        .map(|folder| {
            let folder = folder.unwrap();
            let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
            let manifest: toml::Table = manifest.parse().unwrap();
            let names = manifest["dependencies"].as_table().unwrap().keys();
            let name = folder.file_name().into_string().unwrap();
            (name, names.cloned().collect())
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "ts") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn arrows_point_to_base_and_rooms_do_not_know_each_other() {
    let all = dependencies();
    let ours = |folder: &str| -> Vec<&str> {
        let names = all[folder].iter();
        names.filter_map(|n| n.strip_prefix("yiwang-")).collect()
    };
    assert_eq!(ours("base"), Vec::<&str>::new());
    for room in ROOMS {
        assert_eq!(ours(room), ["base"], "{room}");
    }
    assert!(!ours("store").contains(&"server"));
    assert_eq!(ours("history"), ["sensing"]);
    assert_eq!(ours("sta"), ["base", "sensing"]);
    assert_eq!(ours("mqtt"), Vec::<&str>::new());
    let known: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        known,
        [
            "base", "cases", "history", "journal", "mqtt", "outgoing", "sensing", "server", "sta",
            "store"
        ],
        "a new crate: say here what it may lean on"
    );
}

/// What is written in a comment is not run by `./test`: looking for none takes a program for
/// each crate. Code that shows how a thing is used is a test.
#[test]
fn no_comment_holds_code_that_nobody_runs() {
    let mut all = Vec::new();
    sources(&crates(), &mut all);
    for (path, text) in all {
        let mut open = false;
        for line in text.lines().map(str::trim) {
            let comment = line.strip_prefix("///").or(line.strip_prefix("//!"));
            let Some(fence) = comment.and_then(|c| c.trim().strip_prefix("```")) else {
                continue;
            };
            let says = ["text", "toml", "json"].contains(&fence);
            assert!(open || says, "{}: {line}", path.display());
            open = !open;
        }
    }
}

#[test]
fn only_the_server_knows_http_and_only_the_store_knows_sql() {
    for (name, dependencies) in dependencies() {
        for foreign in ["axum", "hyper", "utoipa", "ureq"] {
            let has = dependencies.iter().any(|d| d == foreign);
            // Answering calls is the server's; making them has a crate of its own.
            let may = match foreign {
                "ureq" => name == "outgoing",
                _ => name == "server",
            };
            assert!(!has || may, "{name} leans on {foreign}");
        }
        for foreign in ["rusqlite", "tokio-postgres"] {
            let has = dependencies.iter().any(|d| d == foreign);
            assert!(!has || name == "store", "{name} leans on {foreign}");
        }
    }
}

#[test]
fn nothing_outside_server_and_store_reads_a_clock_a_disk_the_network_or_chance() {
    let outside = [
        "::now(",
        "SystemTime",
        "Instant",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "getrandom",
        "thread_rng",
        "OsRng",
        "from_os_rng",
        "from_entropy",
    ];
    for room in ROOMS.into_iter().chain(["base", "mqtt", "sta"]) {
        let mut found = Vec::new();
        sources(&crates().join(room).join("src"), &mut found);
        assert!(!found.is_empty());
        for (path, text) in found {
            // What stands under #[cfg(test)] is not the room.
            let room_text = text.split("#[cfg(test)]").next().unwrap();
            for word in outside {
                assert!(
                    !room_text.contains(word),
                    "{}: {word} belongs to the server or the store",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_history_has_the_disk_and_no_clock_network_or_chance() {
    let outside = [
        "::now(",
        "SystemTime",
        "Instant",
        "std::net",
        "getrandom",
        "OsRng",
    ];
    let mut found = Vec::new();
    sources(&crates().join("history").join("src"), &mut found);
    assert!(!found.is_empty());
    for (path, text) in found {
        for word in outside {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

/// What residents write, made up for samples and benchmarks, or learned from.
const RESIDENTS_WORDS: [&str; 6] = [
    "/sample/",
    "/bench/",
    "/triage/",
    "/guess/",
    "conformance",
    "tests.rs",
];

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn what_is_said_in_chinese_has_the_marks_of_chinese() {
    let mut all = Vec::new();
    for folder in std::fs::read_dir(crates()).unwrap() {
        sources(&folder.unwrap().path().join("src"), &mut all);
    }
    sources(&crates().join("../web/src/lib/i18n"), &mut all);
    let of_ours = |path: &Path| {
        let path = path.to_string_lossy().replace('\\', "/");
        !RESIDENTS_WORDS.iter().any(|words| path.contains(words))
    };
    let mut wrong = Vec::new();
    for (path, text) in all.iter().filter(|(path, _)| of_ours(path)) {
        for (number, line) in text.lines().enumerate() {
            // How a place is written in a table, which has the comma of tables.
            let line = line.replace("经度,纬度", "").replace("名称:序号", "");
            if line.trim_start().starts_with("//") {
                continue;
            }
            let marks: Vec<char> = line.chars().collect();
            let is_wrong = marks.windows(3).any(|three| {
                let [before, mark, after] = [three[0], three[1], three[2]];
                let before = is_han(before) || "”》）}".contains(before);
                let after = is_han(after) || "“《".contains(after);
                before && ",:;!?".contains(mark) && after
            });
            if is_wrong {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "half-width marks in Chinese");
}
