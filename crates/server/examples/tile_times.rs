//! Imports an extract and times every tile of zoom 10 to 16 that it covers:
//!
//! ```text
//! cargo run --release -p yiwang-server --example tile_times -- FILE.osm.pbf
//! ```

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use yiwang_server::basemap::{Basemap, TileId};
use yiwang_server::import::osm::import_osm;
use yiwang_store::basemap::BasemapStore;

fn main() -> Result<()> {
    let file = std::env::args().nth(1).context("name an .osm.pbf file")?;
    let dir = std::env::temp_dir().join(format!("yiwang-tile-times-{}", std::process::id()));
    std::fs::create_dir(&dir)?;
    let outcome = run(Path::new(&file), &dir);
    std::fs::remove_dir_all(&dir)?;
    outcome
}

fn run(file: &Path, dir: &Path) -> Result<()> {
    let store = BasemapStore::new(dir);
    let start = Instant::now();
    let report = import_osm(file, &store, jiff::Timestamp::now(), &mut |_| {})?;
    let bytes = std::fs::metadata(store.path())?.len();
    println!(
        "import: {} ms, {bytes} bytes on disk\n{report:#?}",
        start.elapsed().as_millis()
    );
    let [west, south, east, north] = report.bounds.context("the extract is empty")?;
    let map = Basemap::new(store);
    let mut all = Vec::new();
    for z in 10..=16 {
        let (first, last) = (TileId::at(z, west, north), TileId::at(z, east, south));
        let mut times = Vec::new();
        let mut largest = 0;
        for x in first.x()..=last.x() {
            for y in first.y()..=last.y() {
                let start = Instant::now();
                let tile = map.tile(z, x, y)?;
                times.push(start.elapsed());
                largest = largest.max(tile.map_or(0, |t| t.len()));
            }
        }
        show(&format!("z{z}, largest {largest} bytes"), &mut times);
        all.append(&mut times);
    }
    show("z10–16", &mut all);
    Ok(())
}

fn show(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!(
            "{what}: {} tiles, median {:.2} ms, worst {:.2} ms",
            times.len(),
            ms(*median),
            ms(*worst)
        );
    }
}
