//! Definitions that cannot be followed are refused, by field.

use serde_json::{Value, json};
use yiwang_sensing::rule::Rule;

use crate::town::level;

fn refused(when: Value) -> String {
    let rule = json!({"name": {"zh": "试验", "en": "Trial"}, "cause": "trial", "when": when});
    let rule: Rule = serde_json::from_value(rule).unwrap();
    rule.check().unwrap_err().field.unwrap()
}

fn one(more: Value) -> String {
    refused(json!({"one": level(more)}))
}

#[test]
fn each_field_is_named_that_is_wrong() {
    let levels = json!([{"at": 5, "colour": "red"}, {"at": 4, "colour": "blue"}]);
    assert_eq!(one(json!({"levels": levels})), "when.one.levels[1]");
    assert_eq!(one(json!({"levels": []})), "when.one.levels");
    assert_eq!(one(json!({"back_by": -1})), "when.one.back_by");
    assert_eq!(
        one(json!({"held_seconds": 700_000})),
        "when.one.held_seconds"
    );
    assert_eq!(
        one(json!({"streams": {"units": ["m"]}})),
        "when.one.streams.properties"
    );
    let silence = json!({"measure": {"silence": {}}, "side": "below"});
    assert_eq!(one(silence), "when.one.side");
    let rate = json!({"measure": {"rate": {"over_seconds": 0, "per_seconds": 0}}});
    assert_eq!(one(rate), "when.one.measure.rate.per_seconds");
    let all = json!({"all": {"within_seconds": 1, "of": [{"is": level(json!({}))}]}});
    let joint = json!({"joint": {"colour": "red", "per": "thing", "of": all}});
    assert_eq!(refused(joint), "when.joint.of.all.of");
    let near = json!({"near": {
        "colour": "red", "count": 1, "within_metres": 10, "within_seconds": 1,
        "of": level(json!({})),
    }});
    assert_eq!(refused(near), "when.near.count");
}

#[test]
fn what_is_put_away_is_not_followed() {
    let rule = |active: bool| -> Rule {
        serde_json::from_value(json!({
            "name": {"zh": "x", "en": "x"}, "cause": "x", "active": active, "removed": true,
            "cause_name": {"zh": "积水", "en": "Ponding"},
            "when": {"one": level(json!({}))},
        }))
        .unwrap()
    };
    assert_eq!(rule(false).check(), Ok(()));
    let refused = rule(true).check().unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("active"));
    let mut unnamed = rule(false);
    unnamed.cause_name = Some(yiwang_base::LocalText::new("积水", ""));
    let refused = unnamed.check().unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("cause_name.en"));
}

#[test]
fn a_ladder_climbs() {
    let rule = json!({
        "name": {"zh": "试验", "en": "Trial"},
        "cause": "trial",
        "escalate": [{"after_minutes": 10, "to": "a"}, {"after_minutes": 10, "to": "b"}],
        "when": {"one": level(json!({}))},
    });
    let rule: Rule = serde_json::from_value(rule).unwrap();
    let refusal = rule.check().unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("escalate[1].after_minutes"));
    assert_eq!(refusal.allowed, [">10"]);
}

#[test]
fn a_definition_reads_back_as_written() {
    let rule = crate::town::rule(json!({"one": level(json!({"held_seconds": 60}))}));
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
    let unknown = text.replace("held_seconds", "hold");
    assert!(serde_json::from_str::<Rule>(&unknown).is_err());
}
