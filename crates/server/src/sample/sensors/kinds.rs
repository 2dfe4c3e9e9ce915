//! The kinds of things that measure, and how many of each a city has.

use yiwang_base::LocalText;

use crate::sample::Size;
use crate::sample::matter::Where;

/// What a stream measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measured {
    Rain,
    Ponding,
    River,
    Gas,
    LiftShaking,
    LiftDoor,
    CoverTilt,
    Fine,
    Warmth,
    Noise,
    Water,
}

/// One datastream of a kind of thing.
pub(super) struct Gauge {
    pub(super) of: Measured,
    /// The name of what is observed, by which rules choose streams.
    pub(super) property: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// The unit: its name and its symbol.
    pub(super) unit: (&'static str, &'static str),
    /// What it can measure at all.
    pub(super) range: [f64; 2],
    /// Minutes from one reading to the next.
    pub(super) minutes: i64,
}

/// A kind of thing.
pub(super) struct Sort {
    /// Its short word, as in names of devices.
    pub(super) word: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// What its sensor is.
    pub(super) model: &'static str,
    /// Which unit answers for it.
    pub(super) owner: &'static str,
    /// Where it stands.
    pub(super) place: Where,
    /// Whether it says where it stands: the meter of somebody who lives alone does not.
    pub(super) is_open: bool,
    /// How many a small, a medium and a large city have.
    pub(super) count: [usize; 3],
    pub(super) gauges: &'static [Gauge],
}

/// Things that one device speaks for.
pub(super) const PER_DEVICE: usize = 3;

impl Sort {
    pub(super) fn count(&self, size: Size) -> usize {
        match size {
            Size::Small => self.count[0],
            Size::Medium => self.count[1],
            Size::Large => self.count[2],
        }
    }

    /// How many devices speak for its things.
    pub(super) fn devices(&self, size: Size) -> usize {
        self.count(size).div_ceil(PER_DEVICE)
    }
}

/// The names of all devices, with what each is.
pub(in crate::sample) fn devices(size: Size) -> Vec<(String, LocalText)> {
    let of = |sort: &'static Sort| {
        (0..sort.devices(size)).map(move |n| {
            let post = LocalText::new(
                format!("{}终端 {}", sort.zh, n + 1),
                format!("{}, terminal {}", sort.en, n + 1),
            );
            (device_name(sort, n), post)
        })
    };
    SORTS.iter().flat_map(of).collect()
}

/// The name of a kind's device, which is that of its account.
pub(super) fn device_name(sort: &Sort, number: usize) -> String {
    format!("rtu-{}-{}", sort.word, number + 1)
}

const fn gauge(
    of: Measured,
    property: &'static str,
    (zh, en): (&'static str, &'static str),
    unit: (&'static str, &'static str),
    range: [f64; 2],
    minutes: i64,
) -> Gauge {
    Gauge {
        of,
        property,
        zh,
        en,
        unit,
        range,
        minutes,
    }
}

/// All kinds.
pub(super) static SORTS: [Sort; 9] = [
    Sort {
        word: "rain",
        zh: "雨量站",
        en: "rain gauge",
        model: "翻斗式雨量计 tipping bucket, 0.1 mm",
        owner: "water-affairs",
        place: Where::Park,
        is_open: true,
        count: [4, 12, 24],
        gauges: &[gauge(
            Measured::Rain,
            "rainfall",
            ("降雨量", "Rainfall"),
            ("millimetre", "mm"),
            [0.0, 60.0],
            10,
        )],
    },
    Sort {
        word: "ponding",
        zh: "积水监测点",
        en: "ponding gauge",
        model: "超声波水位计 ultrasonic, ±0.5 cm",
        owner: "drainage",
        place: Where::Low,
        is_open: true,
        count: [5, 18, 40],
        gauges: &[gauge(
            Measured::Ponding,
            "water_depth",
            ("积水深度", "Depth of water"),
            ("centimetre", "cm"),
            [0.0, 200.0],
            10,
        )],
    },
    Sort {
        word: "river",
        zh: "河道水位站",
        en: "river gauge",
        model: "雷达水位计 radar, ±3 mm",
        owner: "water-affairs",
        place: Where::Water,
        is_open: true,
        count: [2, 4, 8],
        gauges: &[gauge(
            Measured::River,
            "river_level",
            ("河道水位", "River level"),
            ("metre", "m"),
            [0.0, 12.0],
            10,
        )],
    },
    Sort {
        word: "gas",
        zh: "燃气报警器",
        en: "gas detector",
        model: "激光甲烷 laser methane, 0–100 %LEL",
        owner: "gas",
        place: Where::Shops,
        is_open: true,
        count: [4, 20, 60],
        gauges: &[gauge(
            Measured::Gas,
            "gas_concentration",
            ("燃气浓度", "Gas concentration"),
            ("percent of the lower explosive limit", "%LEL"),
            [0.0, 100.0],
            30,
        )],
    },
    Sort {
        word: "lift",
        zh: "电梯监测",
        en: "lift monitor",
        model: "三轴加速度 three-axis accelerometer",
        owner: "market",
        place: Where::Home,
        is_open: true,
        count: [3, 20, 60],
        gauges: &[
            gauge(
                Measured::LiftShaking,
                "lift_vibration",
                ("轿厢振动", "Vibration of the car"),
                ("millimetre per second", "mm/s"),
                [0.0, 50.0],
                30,
            ),
            gauge(
                Measured::LiftDoor,
                "lift_door_retries",
                ("开关门重试次数", "Times the door tried again"),
                ("count", "1"),
                [0.0, 100.0],
                30,
            ),
        ],
    },
    Sort {
        word: "cover",
        zh: "智能井盖",
        en: "manhole cover",
        model: "倾角传感器 tilt, ±1°",
        owner: "drainage",
        place: Where::Street,
        is_open: true,
        count: [3, 20, 60],
        gauges: &[gauge(
            Measured::CoverTilt,
            "cover_tilt",
            ("井盖倾角", "Tilt of the cover"),
            ("degree", "°"),
            [0.0, 180.0],
            60,
        )],
    },
    Sort {
        word: "air",
        zh: "空气监测站",
        en: "air station",
        model: "β 射线法 beta attenuation",
        owner: "ecology",
        place: Where::Stop,
        is_open: true,
        count: [3, 9, 18],
        gauges: &[
            gauge(
                Measured::Fine,
                "pm2_5",
                ("细颗粒物（PM2.5）", "Fine particles (PM2.5)"),
                ("microgram per cubic metre", "µg/m³"),
                [0.0, 1000.0],
                60,
            ),
            gauge(
                Measured::Warmth,
                "air_temperature",
                ("气温", "Air temperature"),
                ("degree Celsius", "°C"),
                [-50.0, 60.0],
                60,
            ),
        ],
    },
    Sort {
        word: "noise",
        zh: "噪声监测点",
        en: "noise meter",
        model: "1 级声级计 class 1 sound level meter",
        owner: "ecology",
        place: Where::Site,
        is_open: true,
        count: [4, 9, 18],
        gauges: &[gauge(
            Measured::Noise,
            "sound_level",
            ("等效声级", "Sound level"),
            ("decibel, A-weighted", "dB(A)"),
            [0.0, 140.0],
            30,
        )],
    },
    Sort {
        word: "care",
        zh: "关爱水表",
        en: "care meter",
        model: "远传水表 remote water meter, 1 L",
        owner: "civil-affairs",
        place: Where::Home,
        is_open: false,
        count: [4, 30, 90],
        gauges: &[gauge(
            Measured::Water,
            "water_use",
            ("用水量", "Water used"),
            ("litre", "L"),
            [0.0, 500.0],
            30,
        )],
    },
];
