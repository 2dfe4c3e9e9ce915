//! Requests as residents send them: Chinese and English, with and without a
//! category, a name and a telephone number; the same ones in each run.

use serde_json::json;
use yiwang_base::{Personal, Point};
use yiwang_cases::{Channel, Place, Reporter, RequestWords, Submit};

use super::city;
use crate::follow_code;

const OPENINGS: [&str; 8] = [
    "小区门口的路灯坏了三天,晚上很黑,老人出门不方便。",
    "楼下施工队夜里十二点还在打桩,孩子睡不着。",
    "人行道上有一个大坑,昨天有人摔倒了。",
    "垃圾桶满了没人清运,味道很大。",
    "自来水从昨天开始发黄,不敢喝。",
    "The street light outside our gate has been out for three days; it is dark and people trip.",
    "Water has been leaking from the hydrant at the corner since this morning.",
    "Cars park on the pavement every evening and wheelchairs cannot pass.",
];
const DETAILS: [&str; 4] = [
    "希望尽快派人来看一看,谢谢。",
    "已经打过一次电话,没有人来。附近的学校下午四点放学,请避开那个时间。",
    "Please send someone; call me before you come.",
    "",
];

/// Numbers that look random and are the same in each run (SplitMix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as u64) as usize]
    }

    fn point(&mut self) -> (f64, f64) {
        let [west, south, east, north] = city::BOUNDS;
        let mut between = |low: f64, high: f64| {
            let part = self.below(1_000_000) as f64 / 1e6;
            ((low + (high - low) * part) * 1e6).round() / 1e6
        };
        (between(west, east), between(south, north))
    }
}

struct Written {
    words: String,
    category: Option<String>,
    address: Option<String>,
    point: (f64, f64),
    reporter: Option<(String, String)>,
}

fn words(dice: &mut Dice) -> String {
    format!("{}{}", dice.of(&OPENINGS), dice.of(&DETAILS))
}

fn write(dice: &mut Dice, words: String) -> Written {
    let half = |dice: &mut Dice| dice.below(2) == 0;
    Written {
        words,
        category: half(dice).then(|| city::category(dice.below(city::CATEGORIES))),
        address: half(dice).then(|| format!("春风路{}号楼{}门", dice.below(200), dice.below(9))),
        point: dice.point(),
        reporter: half(dice).then(|| {
            let phone = format!("199{:08}", dice.below(100_000_000));
            (format!("居民{}", dice.below(100_000)), phone)
        }),
    }
}

/// The body of a request, as a page sends it.
pub(super) fn body(dice: &mut Dice) -> String {
    let words = words(dice);
    body_saying(dice, words)
}

/// The body of a request that says this, as a page sends it.
pub(super) fn body_saying(dice: &mut Dice, words: String) -> String {
    let Written {
        words,
        category,
        address,
        point: (lon, lat),
        reporter,
    } = write(dice, words);
    let mut body = json!({"words": words, "place": {"point": {"lon": lon, "lat": lat}}});
    if let Some(category) = category {
        body["category"] = category.into();
    }
    if let Some(address) = address {
        body["place"]["address"] = address.into();
    }
    if let Some((name, phone)) = reporter {
        body["reporter"] = json!({"name": name, "phone": phone});
    }
    body.to_string()
}

/// The same as a command, for filling a record.
pub(super) fn submission(dice: &mut Dice) -> anyhow::Result<Submit> {
    let words = words(dice);
    let written = write(dice, words);
    let (name, phone) = written.reporter.unzip();
    let request = RequestWords {
        words: written.words,
        place: Place {
            address: written.address,
            point: Some(Point::new(written.point.0, written.point.1)?),
        },
        reporter: Reporter {
            name,
            phone,
            ..Reporter::default()
        },
        follow_code: Some(follow_code::new()?),
        ..RequestWords::default()
    };
    Ok(Submit {
        channel: Channel::Web,
        category: written.category.map(|code| code.parse()).transpose()?,
        request: Personal::new(request),
        source: None,
    })
}
