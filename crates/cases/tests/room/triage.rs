//! Triage through the room's public face.

use yiwang_cases::triage::{Desk, Example, Model, TrainError, Trained, train};

/// Invented messages of three categories, in both languages.
const MESSAGES: [(&str, &str); 36] = [
    ("lamp", "门口的路灯不亮,晚上一片漆黑"),
    ("lamp", "路灯坏了三天,没有人来修"),
    ("lamp", "小区外的街灯一闪一闪,走夜路害怕"),
    ("lamp", "桥头那盏灯不亮了,请派人检修照明"),
    ("lamp", "公园里的照明灯全灭了"),
    ("lamp", "路口的路灯白天亮着,晚上反而不亮"),
    ("lamp", "The street light at the corner is out"),
    ("lamp", "Two lamps in our road have been dark for a week"),
    ("lamp", "A streetlight flickers all night"),
    ("lamp", "No lighting on the path, the lamp is broken"),
    ("lamp", "street lights off since Monday"),
    ("lamp", "the lamp post light does not work"),
    ("rubbish", "垃圾堆在楼下好几天没人清运"),
    ("rubbish", "垃圾桶满了,臭味很大"),
    ("rubbish", "有人在路边倒了一车建筑垃圾"),
    ("rubbish", "垃圾站污水流到街上,苍蝇很多"),
    ("rubbish", "环卫车好几天没来收垃圾"),
    ("rubbish", "楼道里堆满垃圾,没有保洁打扫"),
    ("rubbish", "Rubbish bags have been lying here for days"),
    ("rubbish", "The garbage was not collected on Tuesday"),
    ("rubbish", "Someone dumped trash behind the shop"),
    ("rubbish", "bins overflow with litter every weekend"),
    ("rubbish", "missed trash collection in our street"),
    ("rubbish", "piles of garbage next to the school"),
    ("school", "学校食堂的饭菜学生吃不饱"),
    ("school", "小学一年级学位不够,孩子没法入学"),
    ("school", "老师让学生课后交钱补课"),
    ("school", "幼儿园收费太高,希望教育局管一管"),
    ("school", "中学门口没有老师值守,学生过马路危险"),
    ("school", "请问转学需要什么材料,校长说名额满了"),
    ("school", "Pupils have no classroom this term"),
    ("school", "The headteacher does not answer parents"),
    ("school", "no school place for my child"),
    ("school", "teachers charge for extra lessons"),
    ("school", "kindergarten fees were raised again"),
    ("school", "the school bus for pupils never comes on time"),
];

pub(crate) fn trained() -> Trained {
    let texts: Vec<[&str; 1]> = MESSAGES.iter().map(|(_, text)| [*text]).collect();
    let examples = MESSAGES.iter().zip(&texts);
    let examples: Vec<Example<'_>> = examples
        .map(|((label, _), texts)| Example { texts, label })
        .collect();
    train(&examples, 1).unwrap()
}

fn best(model: &Model, text: &str) -> (String, f32) {
    let verdict = model.best(&[text], &mut Desk::default()).unwrap();
    (model.labels()[verdict.label].clone(), verdict.confidence)
}

#[test]
fn what_is_new_is_told_in_both_languages() {
    let model = trained().model;
    for (text, label) in [
        ("胡同里的灯泡坏了,夜里看不见路", "lamp"),
        ("路口堆着装修垃圾,没人收", "rubbish"),
        ("班主任要求学生买指定的教材", "school"),
        ("Our street lamp is broken", "lamp"),
        ("Nobody picks up the trash", "rubbish"),
        ("My daughter's teacher is always ill", "school"),
    ] {
        assert_eq!(best(&model, text).0, label, "{text}");
    }
}

#[test]
fn training_twice_gives_the_same_model() {
    assert_eq!(trained(), trained());
}

#[test]
fn the_words_that_decided_are_shown_where_they_stand() {
    let model = trained().model;
    let text = "您好,我家楼下的垃圾好几天没人清运了,谢谢";
    let label = model
        .labels()
        .iter()
        .position(|label| label == "rubbish")
        .unwrap();
    let deciding = model.deciding(&[text], label, 3);
    let words: Vec<&str> = deciding.iter().map(|one| &text[one.on.clone()]).collect();
    assert!(words.iter().any(|word| word.contains("垃圾")), "{words:?}");
    assert!(!words.iter().any(|word| word.contains("谢谢")), "{words:?}");
    let sum: f32 = deciding.iter().map(|one| one.share).sum();
    assert!(sum > 0.0 && sum <= 1.0, "{sum}");
    let english = "There is trash everywhere, thank you";
    let deciding = model.deciding(&[english], label, 1);
    assert_eq!(&english[deciding[0].on.clone()], "trash");
}

#[test]
fn confidences_add_up_and_nothing_known_leaves_all_open() {
    let model = trained().model;
    let mut desk = Desk::default();
    for text in ["路灯坏了", "qqq", ""] {
        let ranked = model.ranked(&[text], &mut desk);
        assert_eq!(ranked.len(), 3);
        let sum: f32 = ranked.iter().map(|verdict| verdict.confidence).sum();
        assert!((sum - 1.0).abs() < 1e-5);
    }
    assert!(best(&model, "qqq").1 < 0.7, "{:?}", best(&model, "qqq"));
    assert!(best(&model, "路灯坏了").1 > best(&model, "qqq").1);
}

#[test]
fn held_out_judgements_are_mostly_right_and_there_is_one_for_each_example() {
    let trained = trained();
    assert_eq!(trained.held_out.len(), MESSAGES.len());
    let right = trained.held_out.iter().filter(|one| one.is == one.said);
    assert!(right.count() > MESSAGES.len() * 2 / 3);
}

#[test]
fn one_label_or_uneven_texts_cannot_be_trained_on() {
    let one = [
        Example {
            texts: &["a"],
            label: "x",
        },
        Example {
            texts: &["b"],
            label: "x",
        },
    ];
    assert_eq!(train(&one, 1), Err(TrainError::TooFewLabels(1)));
    let uneven = [
        Example {
            texts: &["a"],
            label: "x",
        },
        Example {
            texts: &["b", "c"],
            label: "y",
        },
    ];
    assert_eq!(train(&uneven, 1), Err(TrainError::Texts));
    assert_eq!(train(&[], 1), Err(TrainError::Texts));
}

#[test]
fn a_model_is_made_again_from_its_numbers_and_not_from_broken_ones() {
    let model = trained().model;
    let parts = model.parts();
    assert_eq!(Model::from_parts(parts.clone()), Some(model));
    let mut json = serde_json::to_value(&parts).unwrap();
    json["bias"].as_array_mut().unwrap().pop();
    assert_eq!(
        Model::from_parts(serde_json::from_value(json).unwrap()),
        None
    );
    let mut json = serde_json::to_value(&parts).unwrap();
    json["matters"] = 7.into();
    assert_eq!(
        Model::from_parts(serde_json::from_value(json).unwrap()),
        None
    );
}

#[test]
fn terms_that_few_examples_have_are_not_kept() {
    let texts = [["路灯坏了"], ["路灯不亮"], ["垃圾没收"], ["垃圾成堆"]];
    let labels = ["lamp", "lamp", "rubbish", "rubbish"];
    let examples = texts.iter().zip(labels);
    let examples: Vec<Example<'_>> = examples
        .map(|(texts, label)| Example { texts, label })
        .collect();
    let terms = |least| {
        let parts = serde_json::to_value(train(&examples, least).unwrap().model.parts()).unwrap();
        parts["terms"][0].as_array().unwrap().len()
    };
    // 路, 灯, 路灯, 垃, 圾, 垃圾 are in two messages each.
    assert_eq!(terms(2), 6);
    assert!(terms(1) > 6);
}
