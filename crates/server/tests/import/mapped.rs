//! Files of other systems under mappings of their own.

use yiwang_base::Purpose;
use yiwang_base::{LocalText, Span};
use yiwang_cases::{Area, Case, Category, Channel, MemoryStore, Rules, Stage, Unit, UnitKind};
use yiwang_server::import::mapping::Mapping;

use crate::city::{cases, import_mapped, rules};
use crate::fixture::grounds;

const MAPPING: &str = r#"
system = "hotline-2019"
time = { zone = "Asia/Shanghai", formats = ["%d/%m/%Y %H:%M", "excel"] }
id.column = "工单编号"
submitted.column = "来电时间"
dispatched.column = "派单时间"
target.column = 5
words.columns = ["标题", "内容"]
reporter = { name = "姓名", phone = "电话" }

[closed]
column = ["结案时间", "办结时间"]
reason = "结果"

[category]
column = "类别"
aliases = { "灯坏了" = "light" }
default = "其他"

[unit]
column = "单位"

[area]
column = "区域"

[place]
address = ["区域", "地址"]
point = "坐标"
datum = "gcj-02"

[channel]
column = "渠道"
values = { "电话" = "hotline", "微信" = "mini_program" }
default = "web"

[outcome]
column = "状态"
closed = ["已办结"]
open = ["办理中"]
declined = { "不予受理" = "outside_remit" }

[call_back]
solved = "解决"
yes = ["是"]
no = ["否"]
not_reached = ["未接通"]
satisfaction = "满意度"
values = { "满意" = 4 }
"#;

const HEADER: &str = "工单编号;来电时间;姓名;电话;时限;标题;内容;类别;单位;区域;地址;坐标;渠道;状态;派单时间;办结时间;结果;解决;满意度";
const GOOD: &str = "A1;03/04/2019 10:00;王小明;19900001234;05/04/2019 10:00;路灯;路灯不亮;路灯;城管局;East;春风路8号;116.404,39.915;电话;已办结;03/04/2019 11:00;04/04/2019 09:00;换了灯泡;是;满意";

fn town() -> Rules {
    let mut rules = rules();
    let area = Area {
        code: "east".parse().unwrap(),
        name: LocalText::new("东区", "East"),
        parent: None,
        leaf: true,
        tier: None,
        retired: false,
    };
    rules.areas.insert(area.code.clone(), area);
    for (code, zh) in [("light", "路灯"), ("other", "其他")] {
        let category = Category {
            code: code.parse().unwrap(),
            name: LocalText::new(zh, code),
            group: LocalText::same("x"),
            respond: Span::Clock { minutes: 60 },
            resolve: Span::Clock { minutes: 60 },
            questions: Vec::new(),
            own: Default::default(),
        };
        rules.categories.insert(category.code.clone(), category);
    }
    let unit = Unit {
        code: "cg".parse().unwrap(),
        name: LocalText::new("城管局", "City management"),
        kind: UnitKind::Department,
        duties: vec!["light".parse().unwrap(), "other".parse().unwrap()],
        areas: Vec::new(),
        retired: false,
    };
    rules.units.insert(unit.code.clone(), unit);
    rules
}

/// What became of rows: cases, and for each reject its code, column and what was found.
fn taken(rows: &[String]) -> (MemoryStore, Vec<Case>, Vec<(String, String)>) {
    let file = format!("{HEADER}\n{}\n", rows.join("\n"));
    let (file, _, _) = encoding_rs::GB18030.encode(&file);
    let mapping = Mapping::read(MAPPING).unwrap();
    let store = MemoryStore::new();
    let (report, rejected) = import_mapped(&store, &mut town(), &file, &mapping).unwrap();
    let mut reader = csv::Reader::from_reader(&rejected[..]);
    let rejects = reader.records().map(|row| {
        let row = row.unwrap();
        (row[1].to_owned(), row[4].to_owned())
    });
    let rejects: Vec<_> = rejects.collect();
    assert_eq!(report.rejected as usize, rejects.len());
    let cases = cases(&store);
    (store, cases, rejects)
}

fn with(change: &[(&str, &str)]) -> String {
    change
        .iter()
        .fold(GOOD.to_owned(), |row, (from, to)| row.replacen(from, to, 1))
}

#[test]
fn a_row_of_a_hotline_becomes_a_case_with_all_that_happened() {
    let (store, cases, rejects) = taken(&[GOOD.to_owned()]);
    assert_eq!(rejects, []);
    let case = &cases[0];
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!((case.stage, case.version), (Stage::Closed, 5));
    assert_eq!(Some(case.submitted_at), at("2019-04-03T02:00:00Z"));
    assert_eq!(case.dispatched_at, at("2019-04-03T03:00:00Z"));
    assert_eq!(case.closed_at, at("2019-04-04T01:00:00Z"));
    assert_eq!(case.deadlines.resolve_by, at("2019-04-05T02:00:00Z"));
    assert_eq!(case.category.as_ref().unwrap().as_str(), "light");
    assert_eq!(case.unit.as_ref().unwrap().as_str(), "cg");
    assert_eq!(
        case.area.as_ref().unwrap().as_str(),
        "east",
        "the column, not the point"
    );
    assert_eq!(case.channel, Channel::Hotline);
    let answer = case.call_back.unwrap();
    assert_eq!((answer.solved, answer.satisfaction), (Some(true), Some(4)));
    let request = case.request.clone().unwrap();
    let request = request.disclose(Purpose::HandleCase);
    assert_eq!(request.words, "路灯\n路灯不亮");
    assert_eq!(request.place.address.as_deref(), Some("East 春风路8号"));
    let point = request.place.point.unwrap();
    assert!((point.lon() - 116.3977).abs() < 1e-3 && (point.lat() - 39.9136).abs() < 1e-3);
    assert_eq!(request.reporter.name.as_deref(), Some("王小明"));
    assert_eq!(request.reporter.phone.as_deref(), Some("19900001234"));
    let said = grounds(&store, case);
    assert_eq!(
        said[0],
        "hotline-2019 line 2; the point was converted from GCJ-02"
    );
    assert_eq!(said[1], "hotline-2019 line 2");
}

#[test]
fn what_a_row_does_not_say_did_not_happen() {
    let rows = [
        // An alias, a channel that no word is given for, nobody answered.
        with(&[
            ("A1", "B1"),
            (";路灯;城管局", ";灯坏了;城管局"),
            (";电话;", ";信件;"),
            (";是;满意", ";未接通;"),
        ]),
        // Open, with a serial date, no category of its own.
        with(&[
            ("A1", "B2"),
            ("03/04/2019 10:00", "43558.5"),
            (";路灯;城管局;", ";;;"),
            ("已办结", "办理中"),
            ("04/04/2019 09:00;换了灯泡;是;满意", ";;;"),
            ("03/04/2019 11:00", ""),
        ]),
        // Not taken on.
        with(&[
            ("A1", "B3"),
            ("已办结", "不予受理"),
            ("换了灯泡;是;满意", ";;"),
        ]),
        // Nothing but an area to say where it was.
        with(&[("A1", "B4"), (";春风路8号;116.404,39.915", ";;0,0")]),
    ];
    let (store, cases, rejects) = taken(&rows);
    assert_eq!(rejects, []);
    let stages: Vec<Stage> = cases.iter().map(|case| case.stage).collect();
    assert_eq!(
        stages,
        [
            Stage::Closed,
            Stage::Accepted,
            Stage::Declined,
            Stage::Closed
        ]
    );
    assert_eq!(cases[0].category.as_ref().unwrap().as_str(), "light");
    assert_eq!(cases[0].channel, Channel::Web);
    let answer = cases[0].call_back.unwrap();
    assert_eq!((answer.reached, answer.solved), (false, None));
    assert_eq!(cases[1].category.as_ref().unwrap().as_str(), "other");
    assert_eq!(
        cases[1].submitted_at,
        "2019-04-03T04:00:00Z".parse().unwrap()
    );
    let nowhere = cases[3].request.clone().unwrap();
    let place = &nowhere.disclose(Purpose::HandleCase).place;
    assert_eq!(
        (place.address.as_deref(), place.point),
        (Some("East"), None)
    );
    assert!(grounds(&store, &cases[3])[0].contains("0,0 stands for none"));
}

#[test]
fn rows_that_contradict_themselves_are_rejected_with_column_and_reason() {
    let rows = [
        (with(&[("A1", "")]), "工单编号", ""),
        (with(&[("A1", "1.01E+11")]), "工单编号", "1.01E+11"),
        (
            with(&[("03/04/2019 10:00", "2019-13-01")]),
            "来电时间",
            "2019-13-01",
        ),
        (
            with(&[("03/04/2019 11:00", "02/04/2019 11:00")]),
            "派单时间",
            "02/04/2019 11:00",
        ),
        (
            with(&[("03/04/2019 11:00", "05/04/2019 11:00")]),
            "派单时间",
            "05/04/2019 11:00",
        ),
        (
            with(&[(";路灯;城管局", ";下水道;城管局")]),
            "类别",
            "下水道",
        ),
        (with(&[("城管局", "水务局")]), "单位", "水务局"),
        (with(&[("East", "西区")]), "区域", "西区"),
        (with(&[("116.404,39.915", "east of it")]), "坐标", "of it"),
        (
            with(&[("116.404,39.915", "39.915,116.404")]),
            "坐标",
            "116.404",
        ),
        (with(&[("已办结", "转办")]), "状态", "转办"),
        (with(&[("04/04/2019 09:00", "")]), "办结时间", ""),
        (
            with(&[("已办结", "办理中")]),
            "办结时间",
            "04/04/2019 09:00",
        ),
        (
            with(&[("04/04/2019 09:00", "02/04/2019 09:00")]),
            "办结时间",
            "02/04/2019 09:00",
        ),
        (with(&[("是;满意", "也许;满意")]), "解决", "也许"),
        (with(&[("是;满意", "是;九分")]), "满意度", "九分"),
        (with(&[("已办结", "不予受理")]), "解决", "是"),
    ];
    let file: Vec<String> = rows.iter().map(|(row, _, _)| row.clone()).collect();
    let (_, cases, rejects) = taken(&file);
    assert_eq!(cases, []);
    let expected: Vec<_> = rows
        .iter()
        .map(|(_, column, found)| ((*column).to_owned(), (*found).to_owned()))
        .collect();
    assert_eq!(rejects, expected);
}

#[test]
fn without_a_place_a_row_is_rejected_unless_the_mapping_lets_it() {
    let no_place = MAPPING
        .replace("address = [\"区域\", \"地址\"]\n", "")
        .replace("[area]\ncolumn = \"区域\"\n", "");
    let row = with(&[("116.404,39.915", "")]);
    let file = format!("{HEADER}\n{row}\n");
    for (may, imported) in [("false", 0), ("true", 1)] {
        let text = no_place.replace("datum = \"gcj-02\"", &format!("may_be_unknown = {may}"));
        let mapping = Mapping::read(&text).unwrap();
        let store = MemoryStore::new();
        let done = import_mapped(&store, &mut town(), file.as_bytes(), &mapping).unwrap();
        assert_eq!(done.0.imported, imported, "{may}");
    }
}
