//! Formulas as data.

use std::collections::BTreeSet;

use yiwang_base::LocalText;
use yiwang_cases::figures::{
    Clause, Condition, Exclusion, Formula, FormulaKey, default_formula, default_formulas,
};

fn response() -> Formula {
    default_formula("response").unwrap()
}

#[test]
fn the_formulas_of_version_1_are_in_order_and_each_says_in_words_what_it_counts() {
    let mut codes = BTreeSet::new();
    let mut words = BTreeSet::new();
    for formula in default_formulas() {
        assert_eq!(formula.check(), Ok(()), "{}", formula.code);
        assert_eq!(formula.version, 1);
        assert!(codes.insert(formula.code.clone()), "{}", formula.code);
        assert!(words.insert(formula.words()), "{}", formula.code);
    }
    assert!(default_formula("cheerfulness").is_none());
    let said = response().words();
    assert_eq!(
        said.en,
        "Counts each turn at a unit that was dispatched in the period. \
         Left out: it was merged: its main case counts (“was merged with another case”). \
         Left out: no limit to contact was set (not “a limit to contact was set”). \
         Left out: it was given back, sent on or ended before the limit ran out \
         (“the turn ended before the case did” and not “the resident was contacted” \
         and not “the limit to contact passed without contact”). \
         Left out: the limit is still running (not “the resident was contacted” \
         and not “the limit to contact passed without contact”). \
         Of the rest, met: “the resident was contacted within the limit”."
    );
    assert!(said.zh.starts_with(
        "统计派单时间在本期内的案卷，每个单位的每次办理各计一次。剔除：已并案，随主案计算"
    ));
}

#[test]
fn a_formula_reads_back_from_its_json() {
    for formula in default_formulas() {
        let json = serde_json_canonicalizer::to_string(&formula).unwrap();
        let read: Formula = serde_json::from_str(&json).unwrap();
        assert_eq!(read, formula);
    }
    let strange = r#"{"all":["is_nice"]}"#;
    assert!(serde_json::from_str::<Clause>(strange).is_err());
}

#[test]
fn a_key_reads_back_as_it_is_shown() {
    let key = response().key();
    assert_eq!(key.to_string(), "response.1");
    assert_eq!("response.1".parse(), Ok(key));
    // A code may hold points itself.
    let long: FormulaKey = "our.own.12".parse().unwrap();
    assert_eq!((long.code.as_str(), long.version), ("our.own", 12));
    for text in [
        "",
        "response",
        "response.",
        "response.x",
        "response.01",
        "response.-1",
        ".1",
        "A.1",
    ] {
        assert!(text.parse::<FormulaKey>().is_err(), "{text}");
    }
}

#[test]
fn a_formula_that_cannot_be_counted_by_is_refused_by_its_field() {
    let refused = |change: &dyn Fn(&mut Formula), code: &str, field: &str| {
        let mut formula = response();
        change(&mut formula);
        let refusal = formula.check().unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (code, Some(field))
        );
    };
    refused(&|f| f.name.zh.clear(), "field.missing", "name.zh");
    refused(&|f| f.met = Clause::default(), "field.missing", "met");
    refused(
        &|f| f.met.none = f.met.all.clone(),
        "formula.condition-twice",
        "met",
    );
    refused(
        &|f| f.exclusions[1].code = f.exclusions[0].code.clone(),
        "formula.reason-twice",
        "exclusions[1].code",
    );
    refused(
        &|f| f.exclusions[2].reason.en = " ".into(),
        "field.missing",
        "exclusions[2].reason.en",
    );
    refused(
        &|f| f.exclusions[0].when = Clause::default(),
        "field.missing",
        "exclusions[0].when",
    );
    let many = |f: &mut Formula| {
        f.exclusions = (0..21)
            .map(|number| Exclusion {
                code: format!("r{number}").parse().unwrap(),
                reason: LocalText::same("x"),
                when: Clause {
                    all: vec![Condition::Open],
                    none: Vec::new(),
                },
            })
            .collect();
    };
    refused(&many, "formula.too-many-exclusions", "exclusions");
}
