//! Measuring suggestions.

use serde_json::json;

use crate::binary::{GOOD, Place};

#[test]
fn dispatch_is_scored_on_closed_cases_and_says_what_is_left_out() {
    let place = Place::city();
    let report = place.run(&["eval", "dispatch", "--json"]).ok().json();
    let closed = report["closed"].as_u64().unwrap();
    assert_eq!(closed, GOOD - 2, "two are open");
    let counted = report["counted"].as_u64().unwrap();
    assert_eq!(counted, closed - 1, "one had no unit");
    assert_eq!(
        report["left_out"],
        json!({"without_category": 0, "without_unit": 1})
    );
    // Each category was handled by one unit, to which the import gave it.
    assert_eq!(
        (&report["accuracy"], &report["coverage"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(
        report["baseline"],
        json!({"unit": "pwdx", "accuracy": 9.0 / 10.0})
    );
    let sum: u64 = report["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["counted"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, counted);
    let text = place.run(&["eval", "dispatch"]).ok().out;
    assert!(
        text.contains("accuracy 100.0 %") && text.contains("know the answers"),
        "{text}"
    );
}

/// Invented messages: number, title, body, time, category.
fn messages() -> String {
    let mut file = String::from("\u{feff}id,title,body,time,category\n");
    for n in 0..12 {
        file += &format!(
            "{n}1,路灯坏了,第{n}盏路灯晚上不亮,2024-03-0{},lamp\n",
            n % 9 + 1
        );
        file += &format!("{n}2,Rubbish not collected,garbage bin {n} is full,2024-03-02,rubbish\n");
        file += &format!("{n}3,学校学位不够,孩子上小学没有学位{n},2024-03-03,school\n");
    }
    file
}

#[test]
fn triage_is_scored_by_parts_and_against_another_file() {
    let place = Place::new();
    place.write("a.csv", messages());
    let tabs = messages().replace(',', "\t");
    place.write(
        "b.tsv",
        format!("{tabs}900\tx\ty\t\t\n901\t路灯\t不亮\t\tunknown\n"),
    );
    let columns = ["--text", "title,body", "--label", "category"];
    let folds = ["eval", "triage", "--train", "a.csv", "--folds", "3"];
    let report = place.run(&[&folds[..], &columns].concat()).ok().json();
    assert_eq!(report["judged"], 36);
    assert_eq!(report["macro_f1"], 1.0, "{report}");
    assert_eq!(report["labels"][0]["support"], 12);
    assert!(report["messages_per_second"].as_f64().unwrap() > 0.0);
    let repeats = report["without_near_repeats"]["near_repeats"]
        .as_u64()
        .unwrap();
    assert!(repeats > 0, "they differ in a number only: {report}");
    let apart = [
        "eval",
        "triage",
        "--train",
        "a.csv",
        "--test",
        "b.tsv",
        "--threshold",
        "0",
    ];
    let report = place.run(&[&apart[..], &columns].concat()).ok().json();
    assert_eq!(
        (&report["judged"], &report["coverage"]),
        (&json!(37), &json!(1.0))
    );
    assert_eq!(report["left_out_without_label"], 1);
    assert_eq!(report["accuracy"], 36.0 / 37.0);
    assert_eq!(report["labels"][3]["label"], "unknown");
    assert_eq!(report["labels"][3]["f1"], 0.0);
}

#[test]
fn a_file_that_cannot_be_measured_on_says_why_in_both_languages() {
    let place = Place::new();
    place.write("a.csv", messages());
    place.write("empty.csv", "title,category\n");
    place.write("one.csv", "title,category\nx,lamp\ny,lamp\n");
    let triage = |file: &'static str, text: &'static str| {
        vec![
            "eval", "triage", "--train", file, "--folds", "2", "--text", text, "--label",
            "category",
        ]
    };
    let done = place.run(&triage("a.csv", "titel"));
    done.refused(
        1,
        &["no such column", "titel", "id, title, body, time, category"],
    );
    let mut chinese = triage("a.csv", "titel");
    chinese.extend(["--lang", "zh"]);
    place.run(&chinese).refused(1, &["没有这一列", "titel"]);
    place
        .run(&triage("empty.csv", "title"))
        .refused(1, &["no rows"]);
    place
        .run(&triage("one.csv", "title"))
        .refused(1, &["at least two categories"]);
    place
        .run(&triage("none.csv", "title"))
        .refused(1, &["none.csv"]);
    place.write("gbk.csv", b"title,category\n\xc2\xb7\xb5\xc6,lamp\n");
    place
        .run(&triage("gbk.csv", "title"))
        .refused(1, &["UTF-8", "line 2"]);
    let both = [
        "eval", "triage", "--train", "a.csv", "--text", "title", "--label", "category",
    ];
    place.run(&both).refused(2, &["--test"]);
}

#[test]
fn topics_are_found_scored_and_written() {
    let place = Place::new();
    place.write("a.csv", messages());
    place.write(
        "gold.csv",
        "id,topic\n01,lamps\n11,lamps\n02,bins\n12,bins\n999,x\n",
    );
    let done = place.run(&[
        "eval", "topics", "a.csv", "--gold", "gold.csv", "--top", "2", "--out", "c.csv",
    ]);
    let report = done.ok().json();
    assert_eq!(
        (&report["messages"], &report["topics_found"]),
        (&json!(36), &json!(3))
    );
    assert_eq!(report["topics"].as_array().unwrap().len(), 2);
    assert_eq!(report["score"]["pairwise_f1"], 1.0);
    assert_eq!(report["score"]["not_in_the_file"], 1);
    let written = place.read("c.csv");
    assert_eq!(written.lines().count(), 37);
    assert!(written.starts_with("topic,heat,id\n1,"));
    place.write("plain.csv", "a,b\n1,2\n");
    place
        .run(&["eval", "topics", "plain.csv"])
        .refused(1, &["留言编号", "a, b"]);
}

#[test]
fn handling_time_is_forecast_for_the_last_part_by_time() {
    let place = Place::new();
    let mut file = String::from("OPEN_DT,CLOSED_DT,TYPE,QUEUE\n");
    for n in 0..100 {
        let (day, hour) = (n % 28 + 1, 10 + n % 3);
        file += &format!(
            "2024-{:02}-{day:02} 08:00:00,2024-{:02}-{day:02} {hour}:00:00,Lamp,Q\n",
            n / 28 + 1,
            n / 28 + 1
        );
    }
    file += "2024-05-01 08:00:00,,Lamp,Q\n2024-05-01 08:00:00,2024-04-01 08:00:00,Lamp,Q\n";
    place.write("311.csv", &file);
    let handling = ["eval", "handling", "--profile", "boston311", "311.csv"];
    let report = place.run(&handling).ok().json();
    assert_eq!(
        (&report["learnt_from"], &report["forecast"]),
        (&json!(80), &json!(20))
    );
    assert_eq!(
        report["left_out"],
        json!({"without_an_end": 1, "ended_before_it_began": 1})
    );
    assert!(report["mean_absolute_error_days"].as_f64().unwrap() < 0.1);
    assert!(report["within_interval"].as_f64().unwrap() > 0.5);
    place.write(
        "short.csv",
        file.lines().take(10).collect::<Vec<_>>().join("\n"),
    );
    let short = ["eval", "handling", "--profile", "boston311", "short.csv"];
    place.run(&short).refused(1, &["too few closed cases"]);
}

#[test]
fn limits_are_tried_on_old_cases_before_they_are_the_citys_own() {
    let place = Place::city();
    let same = place.run(&["eval", "limits", "--json"]).ok().json();
    let steps = same["steps"].as_object().unwrap();
    assert!(same["cases"].as_u64().unwrap() > 0 && steps.contains_key("accept"));
    let file = place.path("shorter.toml");
    std::fs::write(&file, "[desk]\naccept = { in = \"clock\", minutes = 0 }\n").unwrap();
    let file = file.to_str().unwrap();
    let shorter = place.run(&["eval", "limits", file, "--json"]).ok().json();
    let late = |report: &serde_json::Value, which: &str| {
        report["steps"]["accept"][which].as_u64().unwrap()
    };
    assert_eq!(late(&shorter, "late"), late(&same, "late"));
    assert!(late(&shorter, "late_then") >= late(&same, "late_then"));
    place.run(&["city", "--limits", file]).ok();
    let adopted = place.run(&["eval", "limits", "--json"]).ok().json();
    assert_eq!(adopted, shorter, "what was tried is what counts now");
    std::fs::write(file, "[desk]\naccept = 5\n").unwrap();
    let refused = place.run(&["eval", "limits", file]);
    refused.refused(1, &["desk.accept"]);
}

/// An invented series of the Numenta benchmark's form: a level that jumps once, in
/// the window that its label names.
fn benchmark(place: &Place) {
    let mut file = String::from("timestamp,value\n");
    for n in 0..2_000 {
        let (day, hour, minute) = (1 + n / 288, n / 12 % 24, n % 12 * 5);
        let value = if (1_500..1_520).contains(&n) {
            90.0
        } else {
            20.0 + f64::from(n % 7)
        };
        file += &format!("2024-05-{day:02} {hour:02}:{minute:02}:00,{value}\n");
    }
    let window = r#"{"made/one.csv": [["2024-05-06 04:00:00.000000", "2024-05-06 08:00:00.000000"]],
        "made/two.csv": []}"#;
    for folder in ["nab/data/made", "nab/labels"] {
        std::fs::create_dir_all(place.path(folder)).unwrap();
    }
    place.write("nab/data/made/one.csv", &file);
    place.write("nab/data/made/two.csv", &file);
    place.write("nab/labels/combined_windows.json", window);
}

#[test]
fn detectors_are_scored_as_the_benchmark_does_and_their_scores_written_out() {
    let place = Place::new();
    benchmark(&place);
    let arguments = ["eval", "nab", "nab", "--out", "out", "--json"];
    let report = place.run(&arguments).ok().json();
    assert_eq!(
        (&report["series"], &report["windows"], &report["readings"]),
        (&json!(2), &json!(1), &json!(4_000))
    );
    let names: Vec<&str> = report["detectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["detector"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["light", "standard", "thorough"]);
    for (line, name) in report["detectors"].as_array().unwrap().iter().zip(names) {
        let scored = &line["scores"]["standard"];
        assert_eq!(
            (&scored["found"], &scored["missed"]),
            (&json!(1), &json!(0))
        );
        let written = place.read(&format!("out/yiwang-{name}/made/yiwang-{name}_one.csv"));
        assert_eq!(written.lines().count(), 2_001);
        assert!(written.starts_with("timestamp,value,anomaly_score,label\n"));
        let labelled = written.lines().filter(|line| line.ends_with(",1")).count();
        assert_eq!(labelled, 49, "both ends of the window belong to it");
        let best = written
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(2).unwrap().parse::<f64>().unwrap())
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1));
        assert!((1_488..1_540).contains(&best.unwrap().0), "{best:?}");
    }
}

#[test]
fn a_benchmark_that_is_not_whole_is_refused_with_the_place() {
    let place = Place::new();
    place
        .run(&["eval", "nab", "nab"])
        .refused(1, &["nab/labels/combined_windows.json"]);
    benchmark(&place);
    place.write(
        "nab/data/made/two.csv",
        "timestamp,value\n2024-05-01 00:00:00,high\n",
    );
    place
        .run(&["eval", "nab", "nab"])
        .refused(1, &["two.csv", "line 2"]);
    place.write(
        "nab/labels/combined_windows.json",
        r#"{"made/one.csv": [["2030-01-01 00:00:00", "2030-01-01 00:00:00"]]}"#,
    );
    place
        .run(&["eval", "nab", "nab"])
        .refused(1, &["2030-01-01 00:00:00", "no time of the series"]);
}
