//! Rules of the sample city: one of every kind, for what its sensors measure.

use yiwang_base::{Colour, LocalText, RuleCode};
use yiwang_sensing::rule::{
    Condition, Escalation, Expr, Joint, Level, Measure, Near, Per, Rule, Scope, Side, When,
};
use yiwang_sensing::warning::{Sender, Table};
use yiwang_store::{Item, ItemKind};

use crate::alerting::Rules;
use crate::flows::warnings::{SENDER, TABLES, rule_code};
use crate::sample::SampleError;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// Who issues warnings: the region is a number that no province has.
pub(super) fn sender() -> Sender {
    Sender {
        code: "99010041600000".to_owned(),
        sender: "warning@yunling.example".to_owned(),
    }
}

/// The settings of warnings, and all rules, as items of the record.
pub(super) fn items(rules: &Rules) -> Result<Vec<Item>, SampleError> {
    let mut items = vec![
        Item::of(ItemKind::Setting, SENDER, &sender())?,
        Item::of(ItemKind::Setting, TABLES, &vec![Table::rainstorm()])?,
    ];
    for (code, rule) in rules {
        items.push(Item::of(ItemKind::Rule, code.as_str(), rule)?);
    }
    Ok(items)
}

/// All rules, those of the table of rainstorms among them.
pub(super) fn rules() -> Result<Rules, SampleError> {
    let table = Table::rainstorm();
    let by_table = table.rules().into_iter();
    let by_table = by_table.map(|(hours, rule)| (rule_code(&table.event, hours), rule));
    let own = own()?
        .into_iter()
        .map(|(code, rule)| (code.to_owned(), rule));
    let all = own.chain(by_table);
    let all = all.map(|(code, rule)| Ok((code.parse::<RuleCode>()?, rule)));
    all.collect()
}

fn rule(cause: &str, zh: &str, en: &str, when: When) -> Rule {
    Rule {
        active: true,
        category: None,
        cause: cause.to_owned(),
        cause_name: None,
        escalate: Vec::new(),
        inhibited_by: Vec::new(),
        name: LocalText::new(zh, en),
        opens_case_from: Colour::Blue,
        removed: false,
        when,
    }
}

fn condition(measure: Measure, property: &str, levels: &[(f64, Colour)]) -> Condition {
    let level = |(at, colour): &(f64, Colour)| Level {
        at: *at,
        colour: *colour,
    };
    Condition {
        back_by: 0.0,
        clear_after_seconds: 0,
        held_seconds: 0,
        levels: levels.iter().map(level).collect(),
        measure,
        side: Side::Above,
        streams: Scope {
            properties: vec![property.to_owned()],
            ..Scope::default()
        },
    }
}

fn ladder(steps: &[(u32, &str)]) -> Result<Vec<Escalation>, SampleError> {
    let rung = |(after_minutes, to): &(u32, &str)| {
        Ok(Escalation {
            after_minutes: *after_minutes,
            to: to.parse()?,
        })
    };
    steps.iter().map(rung).collect()
}

fn own() -> Result<Vec<(&'static str, Rule)>, SampleError> {
    use Colour::{Blue, Orange, Red, Yellow};
    let value = Measure::Value {};
    let depth = condition(
        value,
        "water_depth",
        &[(10.0, Blue), (15.0, Yellow), (25.0, Orange), (40.0, Red)],
    );
    let ponding = Rule {
        category: Some("standing-water".parse()?),
        escalate: ladder(&[(10, "drainage"), (30, "emergency")])?,
        opens_case_from: Orange,
        ..rule(
            "ponding",
            "积水深度超限",
            "Water stands too deep",
            When::One(Condition {
                back_by: 3.0,
                ..depth.clone()
            }),
        )
    };
    let ponding_near = rule(
        "ponding-wide",
        "多处同时积水",
        "Water stands in several places",
        When::Near(Near {
            colour: Orange,
            count: 3,
            of: Condition {
                levels: vec![Level {
                    at: 15.0,
                    colour: Yellow,
                }],
                ..depth.clone()
            },
            settle_seconds: 0,
            within_metres: 4_000.0,
            within_seconds: HOUR,
        }),
    );
    let downpour = condition(
        Measure::Sum { over_seconds: HOUR },
        "rainfall",
        &[(20.0, Yellow)],
    );
    let after_rain = rule(
        "runoff",
        "强降雨后积水上涨",
        "Water rises after heavy rain",
        When::Joint(Joint {
            colour: Yellow,
            of: Expr::Sequence {
                of: vec![
                    Expr::Is(downpour),
                    Expr::Is(Condition {
                        levels: vec![Level {
                            at: 25.0,
                            colour: Orange,
                        }],
                        ..depth
                    }),
                ],
                within_seconds: 3 * HOUR,
            },
            per: Per::City,
            settle_seconds: 0,
        }),
    );
    let rising = condition(
        Measure::Rate {
            over_seconds: HOUR,
            per_seconds: HOUR,
        },
        "river_level",
        &[(0.3, Yellow), (0.6, Orange)],
    );
    let river = Rule {
        escalate: ladder(&[(30, "water-affairs")])?,
        ..rule(
            "river-rising",
            "河道水位上涨过快",
            "The river rises fast",
            When::One(rising),
        )
    };
    let leak = condition(
        value,
        "gas_concentration",
        &[(10.0, Yellow), (20.0, Orange), (50.0, Red)],
    );
    let gas = Rule {
        category: Some("gas-leak".parse()?),
        escalate: ladder(&[(3, "gas"), (10, "fire")])?,
        opens_case_from: Orange,
        ..rule(
            "gas-leak",
            "燃气浓度超限",
            "Gas in the air",
            When::One(Condition {
                back_by: 5.0,
                clear_after_seconds: 10 * MINUTE,
                ..leak
            }),
        )
    };
    let silent = condition(
        Measure::Silence {},
        "gas_concentration",
        &[
            (12.0 * f64::from(HOUR), Blue),
            (24.0 * f64::from(HOUR), Yellow),
        ],
    );
    let gas_silent = Rule {
        escalate: ladder(&[(120, "gas")])?,
        inhibited_by: vec!["gas-leak".to_owned()],
        ..rule(
            "gas-silent",
            "燃气报警器失联",
            "A gas detector is silent",
            When::One(silent),
        )
    };
    let stuck = condition(
        Measure::Stuck { tolerance: 0.05 },
        "sound_level",
        &[(24.0 * f64::from(HOUR), Blue)],
    );
    let noise_stuck = rule(
        "sensor-stuck",
        "噪声读数长时间不变",
        "A noise meter is stuck",
        When::One(stuck),
    );
    let loud = condition(
        Measure::Mean { over_seconds: HOUR },
        "sound_level",
        &[(75.0, Blue), (78.0, Yellow)],
    );
    let noise = rule(
        "noise",
        "施工噪声超标",
        "A site is too loud",
        When::One(Condition {
            held_seconds: 30 * MINUTE,
            back_by: 2.0,
            ..loud
        }),
    );
    let part = |property: &str, at: f64| Expr::Is(condition(value, property, &[(at, Yellow)]));
    let lift = Rule {
        category: Some("lift-fault".parse()?),
        escalate: ladder(&[(60, "market")])?,
        opens_case_from: Red,
        ..rule(
            "lift",
            "电梯振动大且反复开关门",
            "A lift shakes and its door tries again",
            When::Joint(Joint {
                colour: Orange,
                of: Expr::All {
                    of: vec![part("lift_vibration", 8.0), part("lift_door_retries", 3.0)],
                    within_seconds: 2 * HOUR,
                },
                per: Per::Thing,
                settle_seconds: 0,
            }),
        )
    };
    let cover = Rule {
        category: Some("manhole".parse()?),
        escalate: ladder(&[(15, "drainage")])?,
        ..rule(
            "cover-open",
            "井盖倾斜或打开",
            "A manhole cover is open",
            When::One(condition(value, "cover_tilt", &[(15.0, Orange)])),
        )
    };
    let quiet = condition(
        Measure::Routine {
            active_above: 0.5,
            learn_days: 10,
        },
        "water_use",
        &[(4.0, Yellow), (6.0, Orange)],
    );
    let care = Rule {
        category: Some("elder-care".parse()?),
        escalate: ladder(&[(30, "civil-affairs")])?,
        opens_case_from: Yellow,
        ..rule(
            "care",
            "独居老人用水异常",
            "No water used by somebody who lives alone",
            When::One(quiet),
        )
    };
    let air = rule(
        "air",
        "细颗粒物读数异常",
        "Fine particles are out of the ordinary",
        When::One(condition(Measure::Score {}, "pm2_5", &[(0.7, Yellow)])),
    );
    Ok(vec![
        ("ponding", ponding),
        ("ponding-wide", ponding_near),
        ("runoff", after_rain),
        ("river-rising", river),
        ("gas-leak", gas),
        ("gas-silent", gas_silent),
        ("noise-stuck", noise_stuck),
        ("night-noise", noise),
        ("lift-fault", lift),
        ("cover-open", cover),
        ("care-quiet", care),
        ("air-unusual", air),
    ])
}
