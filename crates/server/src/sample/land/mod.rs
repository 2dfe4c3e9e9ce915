//! The land.
mod areas;
mod blob;
mod field;
mod graph;
mod grid;
pub(crate) mod ground;
mod group;
mod noise;
pub(crate) mod plane;
mod river;
mod roads;
mod trace;

#[cfg(test)]
mod dump {
    use super::ground::*;
    use super::roads::*;
    #[test]
    fn dump() {
        let size = std::env::var("SZ").unwrap_or("s".into());
        let e = match &*size { "s" => Extent { limit: 7000., built: 4000., districts: 3, streets: 14 }, "m" => Extent { limit: 12900., built: 7400., districts: 6, streets: 36 }, _ => Extent { limit: 18400., built: 10500., districts: 8, streets: 60 } };
        let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
        let t = std::time::Instant::now();
        let g = Ground::new(seed, e);
        let r = Roads::new(seed, &g);
        println!("roads {} edges {} len km {:.0} in {:?}", r.roads.len(), r.net.edges.len(), r.roads.iter().map(|r| r.length()).sum::<f64>() / 1000., t.elapsed());
        let faces = r.net.faces();
        println!("faces {}", faces.area.iter().filter(|a| **a > 0.).count());
        let t = std::time::Instant::now();
        let d = super::areas::Division::new(seed, &g, &r);
        use geo::Area as _; use geo::Validation as _;
        println!("areas in {:?} sum {:.6} vs {:.6} polys {:?}", t.elapsed(), d.streets.iter().map(|s| s.outline.unsigned_area()).sum::<f64>()/1e6, d.districts.iter().map(|s| s.outline.unsigned_area()).sum::<f64>()/1e6, d.streets.iter().map(|s| (s.outline.0.len(), s.outline.0.iter().map(|p| p.interiors().len()).sum::<usize>(), s.outline.is_valid(), (s.outline.unsigned_area()/1e4) as i64)).collect::<Vec<_>>());
        let f = |l: &Vec<super::plane::Xy>| l.iter().map(|p| vec![p.x, p.y]).collect::<Vec<_>>();
        let l = 1.3 * e.limit;
        let w = g.river.water(-l, l);
        let j = serde_json::json!({
            "streets": d.streets.iter().map(|s| (s.parent, s.outline.iter().map(|p| f(&p.exterior().0)).collect::<Vec<_>>())).collect::<Vec<_>>(),
            "limit": f(&g.limit.ring(1.0, 100.)),
            "lake": f(&g.lake.ring(1.0, 50.)),
            "hills": g.hills.iter().map(|h| f(&h.ring(1.0, 50.))).collect::<Vec<_>>(),
            "built": g.built.iter().map(|h| f(&h.ring(1.0, 50.))).collect::<Vec<_>>(),
            "river": f(&w.exterior().0), "island": f(&w.interiors()[0].0),
            "roads": r.roads.iter().map(|r| (format!("{:?}", r.kind), r.parts.iter().map(f).collect::<Vec<_>>())).collect::<Vec<_>>(),
        });
        std::fs::write("/tmp/sample-scratch/land.json", j.to_string()).unwrap();
    }
}
