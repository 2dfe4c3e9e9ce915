//! How long it takes to look for duplicates of one request among many recent
//! cases: `cargo run --release -p yiwang-cases --example duplicates -- 100000`.

use std::hint::black_box;
use std::time::Instant;

use jiff::SignedDuration;
use yiwang_base::{CaseId, PlaceError, Point, Timestamp};
use yiwang_cases::{DuplicateIndex, Seen, terms};

const WHAT: [&str; 12] = [
    "路灯不亮",
    "井盖缺失",
    "垃圾没人清",
    "楼上漏水",
    "噪声扰民",
    "停车占道",
    "路面破损",
    "电梯故障",
    "下水道堵塞",
    "树枝压线",
    "暖气不热",
    "广告乱贴",
];
const HOW: [&str; 8] = [
    "已经三天了没人来修",
    "晚上走路很危险",
    "打过电话也没有回音",
    "希望尽快派人处理",
    "老人小孩出行不便",
    "越来越严重了",
    "影响居民正常生活",
    "请相关部门看一下",
];
const NAMES: [&str; 10] = [
    "春风", "听帆", "长安", "和平", "建设", "滨河", "学院", "东湖", "南山", "北苑",
];
/// Requests that are looked for.
const ASKED: u64 = 20_000;

/// A number made from another; the same in every run (SplitMix64).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A request in a city of some 30 by 30 km.
fn request(n: u64) -> Result<(String, Point), PlaceError> {
    let of = |salt: u64, many: usize| (mixed(n * 8 + salt) % many as u64) as usize;
    let text = format!(
        "{}路{}号附近{},{},{}",
        NAMES[of(0, NAMES.len())],
        of(1, 300),
        WHAT[of(2, WHAT.len())],
        HOW[of(3, HOW.len())],
        HOW[of(4, HOW.len())],
    );
    let part = |salt: u64| of(salt, 1_000_000) as f64 / 1e6;
    let point = Point::new(116.2 + 0.35 * part(5), 39.8 + 0.27 * part(6))?;
    Ok((text, point))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cases: u64 = match std::env::args().nth(1) {
        Some(cases) => cases.parse()?,
        None => 100_000,
    };
    let now = Timestamp::now();
    let seen = |n: u64| -> Result<Seen, PlaceError> {
        let (text, point) = request(n)?;
        Ok(Seen {
            at: now - SignedDuration::from_secs((mixed(n) % (30 * 86_400)) as i64),
            terms: terms(&text),
            point: Some(point),
            category: None,
        })
    };
    let mut index = DuplicateIndex::new(cases as usize);
    let began = Instant::now();
    for n in 0..cases {
        index.insert(CaseId(n), seen(n)?);
    }
    let each = |began: Instant, n: u64| began.elapsed().as_secs_f64() * 1e6 / n as f64;
    println!("{cases} cases taken in, {:.1} us each", each(began, cases));

    let asked: Vec<u64> = (cases..cases + ASKED).collect();
    let texts = asked.iter().map(|n| request(*n));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let began = Instant::now();
    for (text, _) in &texts {
        black_box(terms(text));
    }
    println!("terms of a text: {:.1} us", each(began, ASKED));

    let sought = asked.iter().map(|n| seen(*n));
    let sought = sought.collect::<Result<Vec<_>, _>>()?;
    let mut took: Vec<f64> = Vec::with_capacity(sought.len());
    let mut found = 0;
    for one in &sought {
        let began = Instant::now();
        found += black_box(index.candidates(one, None, 10)).len();
        took.push(each(began, 1));
    }
    took.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| took[(took.len() as f64 * share) as usize];
    println!(
        "candidates of one request: mean {:.1} us, p50 {:.1} us, p99 {:.1} us; {:.2} found of each",
        took.iter().sum::<f64>() / took.len() as f64,
        at(0.5),
        at(0.99),
        found as f64 / sought.len() as f64
    );
    Ok(())
}
