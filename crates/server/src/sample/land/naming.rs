//! Names of streets, areas and blocks.

use yiwang_base::LocalText;

use super::areas::Division;
use super::blocks::{Block, Use};
use super::ground::Ground;
use super::plane::Xy;
use super::roads::{Road, RoadKind, Roads};
use crate::sample::dice::Dice;
use crate::sample::name::Namer;

/// What everything is called.
pub(crate) struct Names {
    pub(crate) river: LocalText,
    pub(crate) island: LocalText,
    pub(crate) lake: LocalText,
    pub(crate) canal: LocalText,
    /// As [`Ground::hills`].
    pub(crate) hills: Vec<LocalText>,
    /// The towns at the fringe, as [`Ground::built`] without the first.
    pub(crate) towns: Vec<LocalText>,
    /// As [`Division::districts`].
    pub(crate) districts: Vec<LocalText>,
    /// As [`Division::streets`].
    pub(crate) streets: Vec<LocalText>,
    /// As [`Roads::roads`].
    pub(crate) roads: Vec<LocalText>,
    /// As the blocks.
    pub(crate) blocks: Vec<LocalText>,
}

impl Names {
    pub(crate) fn new(
        seed: u64,
        ground: &Ground,
        division: &Division,
        roads: &Roads,
        blocks: &[Block],
    ) -> Names {
        let namer = &mut Namer::new(seed);
        let dice = &mut Dice::new(seed, "naming", 0);
        let districts = division
            .districts
            .iter()
            .map(|_| namer.named("区", "District"))
            .collect();
        let streets = division
            .streets
            .iter()
            .map(|_| namer.named("街道", "Subdistrict"))
            .collect();
        let river = namer.named("河", "River");
        let island = namer.named("岛", "Island");
        let lake = namer.named("湖", "Lake");
        let canal = namer.named("渠", "Canal");
        let hills = vec![namer.named("山", "Mountain"), namer.named("山", "Hill")];
        let towns = ground.built[1..]
            .iter()
            .map(|_| namer.named("镇", "Town"))
            .collect();
        let mut banks = [
            LocalText::new("滨河北路", "North Riverside Road"),
            LocalText::new("滨河南路", "South Riverside Road"),
        ]
        .into_iter();
        let names = roads.roads.iter();
        let roads: Vec<LocalText> = names
            .map(|road| road_name(road, ground, namer, dice, &mut banks))
            .collect();
        let mut count = [0; 3];
        let blocks = blocks
            .iter()
            .map(|block| block_name(block, &roads, namer, dice, &mut count))
            .collect();
        Names {
            river,
            island,
            lake,
            canal,
            hills,
            towns,
            districts,
            streets,
            roads,
            blocks,
        }
    }
}

fn road_name(
    road: &Road,
    ground: &Ground,
    namer: &mut Namer,
    dice: &mut Dice,
    banks: &mut impl Iterator<Item = LocalText>,
) -> LocalText {
    let long = road.length() > 0.8 * ground.extent.built;
    match road.kind {
        RoadKind::OuterRing => LocalText::new("绕城快速路", "Outer Ring Expressway"),
        RoadKind::InnerRing => LocalText::new("内环路", "Inner Ring Road"),
        RoadKind::Riverside => banks.next().unwrap_or_default(),
        RoadKind::Lakeside => LocalText::new("环湖路", "Lakeside Road"),
        RoadKind::Main if long => namer.named("大道", "Avenue"),
        RoadKind::Main => namer.named("路", "Road"),
        RoadKind::Middle if dice.chance(0.7) => namer.named("路", "Road"),
        RoadKind::Middle => namer.named("街", "Street"),
        RoadKind::Small => match dice.weighted(&[4.0, 4.0, 2.0]) {
            0 => namer.named("街", "Street"),
            1 => namer.named("巷", "Lane"),
            _ => namer.named("路", "Road"),
        },
    }
}

/// Endings of the names of blocks.
const ROWS: [(&str, &str); 5] = [
    ("小区", "Estate"),
    ("新村", "New Village"),
    ("家园", "Homes"),
    ("佳苑", "Yard"),
    ("公寓", "Apartments"),
];
const TOWERS: [(&str, &str); 6] = [
    ("花园", "Garden"),
    ("华庭", "Court"),
    ("雅居", "Residence"),
    ("名邸", "Mansions"),
    ("府", "House"),
    ("城", "Heights"),
];
const SHOPS: [(&str, &str); 5] = [
    ("广场", "Plaza"),
    ("购物中心", "Shopping Centre"),
    ("大厦", "Tower"),
    ("商务中心", "Business Centre"),
    ("天地", "Arcade"),
];

fn block_name(
    block: &Block,
    roads: &[LocalText],
    namer: &mut Namer,
    dice: &mut Dice,
    count: &mut [usize; 3],
) -> LocalText {
    let road = &roads[block.road as usize];
    let mut number = |of: usize| {
        count[of] += 1;
        count[of]
    };
    let of = |list: &[(&str, &str)], namer: &mut Namer, dice: &mut Dice| {
        let (zh, en) = *dice.pick(list);
        namer.named(zh, en)
    };
    match block.used {
        Use::OldTown => namer.named("里", "Alley"),
        Use::Rows => of(&ROWS, namer, dice),
        Use::Towers => of(&TOWERS, namer, dice),
        Use::Commerce => of(&SHOPS, namer, dice),
        Use::Civic => {
            const OFFICES: [(&str, &str); 6] = [
                ("云陵市民中心", "Yunling Civic Centre"),
                ("云陵市图书馆", "Yunling Library"),
                ("云陵市博物馆", "Yunling Museum"),
                ("云陵市体育中心", "Yunling Sports Centre"),
                ("云陵市文化馆", "Yunling Cultural Centre"),
                ("云陵市档案馆", "Yunling Archives"),
            ];
            match OFFICES.get(number(0) - 1) {
                Some((zh, en)) => LocalText::new(*zh, *en),
                None => namer.named("社区服务中心", "Community Centre"),
            }
        }
        Use::School if dice.chance(0.35) => {
            let n = number(1);
            LocalText::new(
                format!("云陵市第{}中学", chinese(n)),
                format!("Yunling No. {n} Middle School"),
            )
        }
        Use::School => LocalText::new(
            format!("{}小学", road.zh),
            format!("{} Primary School", road.en),
        ),
        Use::Hospital => {
            let n = number(2);
            LocalText::new(
                format!("云陵市第{}医院", chinese(n)),
                format!("Yunling No. {n} Hospital"),
            )
        }
        Use::Market => LocalText::new(
            format!("{}农贸市场", road.zh),
            format!("{} Market", road.en),
        ),
        Use::Park => namer.named("公园", "Park"),
        Use::Works => namer.named("产业园", "Industrial Park"),
        Use::Site => LocalText::new(
            format!("{}在建项目", road.zh),
            format!("{} construction site", road.en),
        ),
    }
}

/// A number in Chinese, 1 to 99.
pub(crate) fn chinese(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (n / 10 % 10, n % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens, ones) => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

/// How far along a street a position is, and on which side: what house numbers
/// are made of.
pub(crate) fn house_number(road: &Road, at: Xy, inside: Xy) -> u32 {
    let mut best = (f64::MAX, 0.0, 0.0);
    let mut gone = 0.0;
    for part in &road.parts {
        for w in part.windows(2) {
            let step = super::plane::distance(w[0], w[1]);
            let Some(way) = super::plane::normed(w[1] - w[0]) else {
                continue;
            };
            let on = super::plane::dot(at - w[0], way).clamp(0.0, step);
            let off = super::plane::distance(w[0] + way * on, at);
            if off < best.0 {
                let side = super::plane::dot(inside - w[0], super::plane::left(way));
                best = (off, gone + on, side);
            }
            gone += step;
        }
    }
    // Two numbers every twenty metres, odd on the left.
    let pair = (best.1 / 20.0) as u32;
    2 * pair + if best.2 > 0.0 { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_say_them() {
        for (n, zh) in [
            (1, "一"),
            (10, "十"),
            (11, "十一"),
            (20, "二十"),
            (35, "三十五"),
        ] {
            assert_eq!(chinese(n), zh);
        }
    }
}
