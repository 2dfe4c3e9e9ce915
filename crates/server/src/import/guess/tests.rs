use yiwang_base::LocalText;

use super::*;
use crate::city::{City, CitySettings};

fn drafted(file: &str) -> Draft {
    let city = City::bare(CitySettings::new(LocalText::same("x"), "Asia/Shanghai").unwrap());
    let reading = Reading::default();
    let table = Table::open(file.as_bytes(), &reading).unwrap();
    guess(&table, &reading, "test", &city.rules).unwrap()
}

fn roles(draft: &Draft) -> Vec<Option<Role>> {
    draft.columns.iter().map(|column| column.role).collect()
}

#[test]
fn columns_are_known_by_their_names_and_their_values() {
    let rows: String = (0..30)
        .map(|n| {
            format!(
                "G{n:04},2026/1/{} 8:05:0{},王小{n},1990000{n:04},路灯{n}不亮已经很久请派人来修,春风路{n}号,11{}.4,39.9,市政设施,城管局,12345热线,2026-02-03 10:00,满意\n",
                n % 28 + 1, n % 10, n % 8
            )
        })
        .collect();
    let draft = drafted(&format!(
        "工单编号,来电时间,诉求人,联系电话,诉求内容,事发地址,经度,纬度,诉求类型,承办单位,受理渠道,办结时间,满意度\n{rows}"
    ));
    use Role::{
        Address, Category, Channel, Closed, Id, Lat, Lon, Name, Phone, Satisfaction, Submitted,
        Unit, Words,
    };
    let expected = [
        Id,
        Submitted,
        Name,
        Phone,
        Words,
        Address,
        Lon,
        Lat,
        Category,
        Unit,
        Channel,
        Closed,
        Satisfaction,
    ];
    assert_eq!(roles(&draft), expected.map(Some));
    assert_eq!((draft.rows, draft.readable), (30, 30), "{}", draft.mapping);
    assert!(draft.columns.iter().all(|column| column.confidence >= 50));
    for line in [
        "column = \"工单编号\"",
        "digits = false",
        "\"12345热线\" = \"hotline\"",
        "formats = [\"%Y-%m-%d %H:%M\", \"%Y/%m/%d %H:%M:%S%.f\"]",
    ] {
        assert!(
            draft.mapping.contains(line),
            "{line} is not in {}",
            draft.mapping
        );
    }
    for secret in ["王小1", "19900000001", "路灯1不亮已经很久"] {
        assert!(!draft.mapping.contains(secret), "{secret}");
    }
}

#[test]
fn a_file_that_says_little_still_gets_a_mapping_that_works() {
    let rows: String = (0..20)
        .map(|n| format!("{n},2026-01-{:02} 08:00:00,说了些什么 {n}\n", n + 1))
        .collect();
    let draft = drafted(&format!("a,b,c\n{rows}"));
    assert_eq!(
        roles(&draft),
        [Some(Role::Id), Some(Role::Submitted), Some(Role::Words)]
    );
    assert_eq!((draft.rows, draft.readable), (20, 20));
    assert!(draft.mapping.contains("may_be_unknown = true"));
}

#[test]
fn day_and_month_that_cannot_be_told_apart_are_pointed_at() {
    let file = |day: u32| {
        let rows: String = (0..20)
            .map(|n| format!("{n},{:02}/{:02}/2026 08:00:00,x\n", n % 12 + 1, n % day + 1))
            .collect();
        format!("id,created date,description\n{rows}")
    };
    assert!(drafted(&file(12)).mapping.contains("LOOK HERE"));
    let draft = drafted(&file(20));
    assert!(!draft.mapping.contains("LOOK HERE"), "{}", draft.mapping);
    assert!(draft.mapping.contains("%m/%d/%Y %H:%M:%S"));
}

#[test]
fn nothing_that_looks_like_a_number_is_said_and_not_hidden() {
    let draft = drafted("words\nx\nx\n");
    assert!(draft.mapping.contains("LOOK HERE: nothing looked like it"));
    assert_eq!(draft.readable, 0);
}

proptest::proptest! {
    #[test]
    fn any_table_gets_a_mapping_that_can_be_read(
        header in proptest::collection::vec("[^\n\"]{0,8}|编号|时间|内容|type|x", 1..6),
        cells in proptest::collection::vec("[^\n\"]{0,12}|2026-01-31|39.9", 0..30),
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for row in cells.chunks(header.len()) {
            writer.write_record(row).unwrap();
        }
        let file = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let draft = drafted(&file);
        proptest::prop_assert!(Mapping::read(&draft.mapping).is_ok(), "{}", draft.mapping);
    }
}
