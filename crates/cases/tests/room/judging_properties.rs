//! What holds of any words, any closed cases: judgements do not panic, stay within
//! their bounds, and come out the same each time.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use yiwang_cases::forecast::{Ended, Forecaster};
use yiwang_cases::topics::{Message, Settings, topics};
use yiwang_cases::triage::{Desk, Example, Judge, Leads, Matter, Model, train};

use crate::town::rules;
use crate::triage::trained;

static MODEL: LazyLock<Model> = LazyLock::new(|| trained().model);

static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let model = two_labels(&["路灯不亮", "垃圾没人收"], 6);
    Judge::new(&rules(), Some(model), Leads::default())
});

/// A model of the town's categories, each taught by its message repeated with numbers.
fn two_labels(messages: &[&str; 2], times: usize) -> Model {
    let texts: Vec<[String; 2]> = (0..2 * times)
        .map(|n| [format!("{}第{n}号", messages[n % 2]), String::new()])
        .collect();
    let texts: Vec<[&str; 2]> = texts
        .iter()
        .map(|[a, b]| [a.as_str(), b.as_str()])
        .collect();
    let examples = texts.iter().enumerate().map(|(n, texts)| Example {
        texts,
        label: if n % 2 == 0 { "light" } else { "rubbish" },
    });
    train(&examples.collect::<Vec<_>>(), 1).unwrap().model
}

/// Words as people type them, and what nobody would.
fn any_words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[路灯垃圾不亮坏了学校老师a-z ]{0,60}",
        any::<String>(),
        "\\PC{0,200}",
        Just("灯".repeat(4_000)),
    ]
}

fn any_ended() -> impl Strategy<Value = Vec<Ended>> {
    let ended = (prop::collection::vec("[a-d]", 0..3), 0.0..1e6)
        .prop_map(|(traits, hours)| Ended { traits, hours });
    prop::collection::vec(ended, 0..80)
}

fn any_messages() -> impl Strategy<Value = Vec<(String, Option<i64>, u32, u32)>> {
    let one = (
        any_words(),
        prop::option::of(-40_000..40_000i64),
        any::<u32>(),
        any::<u32>(),
    );
    prop::collection::vec(one, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_are_judged_within_bounds_and_the_same_each_time(
        words in any_words(),
        address in prop::option::of(any_words()),
        most in 0usize..5,
    ) {
        let rules = rules();
        let matter = Matter { words: &words, address: address.as_deref(), area: None };
        let suggested = JUDGE.suggest(&rules, &matter, most);
        prop_assert!(suggested.len() <= most);
        let codes: BTreeSet<_> = suggested.iter().map(|one| one.category.clone()).collect();
        prop_assert_eq!(codes.len(), suggested.len());
        for one in &suggested {
            prop_assert!((0.0..=1.0).contains(&one.confidence), "{one:?}");
            prop_assert!(rules.categories.contains_key(&one.category));
        }
        prop_assert!(suggested.is_sorted_by(|a, b| a.confidence >= b.confidence));
        let again = JUDGE.suggest(&rules, &matter, most);
        prop_assert_eq!(format!("{suggested:?}"), format!("{again:?}"));
        // The surer one must be, the less is done without a person.
        let mut sure = |from| JUDGE.automatic(&rules, &matter, from, &mut Desk::default()).is_some();
        let done: Vec<bool> = [0.5, 0.8, 0.95, 1.1].into_iter().map(&mut sure).collect();
        prop_assert!(done.is_sorted_by(|a, b| a >= b), "{done:?}");
        prop_assert!(!done[3], "nothing is surer than sure");
    }

    #[test]
    fn a_model_of_any_words_tells_its_labels_with_a_confidence(words in any_words()) {
        let model = &*MODEL;
        let told = model.best(&[&words], &mut Desk::default());
        if let Some(told) = told {
            prop_assert!(told.label < model.labels().len());
            prop_assert!((0.0..=1.0).contains(&told.confidence));
        }
    }

    #[test]
    fn a_forecast_of_any_past_is_an_interval_around_its_median(
        ended in any_ended(),
        traits in prop::collection::vec("[a-f]", 0..4),
    ) {
        let Some(forecaster) = Forecaster::learn(&ended) else {
            prop_assert!(ended.len() < 20);
            return Ok(());
        };
        let told = forecaster.forecast(&traits);
        prop_assert!(told.early.is_finite() && told.late.is_finite(), "{told:?}");
        prop_assert!(0.0 <= told.early, "{told:?}");
        prop_assert!(told.early <= told.median && told.median <= told.late, "{told:?}");
        prop_assert_eq!(forecaster.cases(), ended.len());
        prop_assert_eq!(Forecaster::learn(&ended), Some(forecaster));
    }

    #[test]
    fn any_messages_fall_into_topics_that_share_none(messages in any_messages()) {
        let messages: Vec<Message<'_>> = messages
            .iter()
            .map(|(title, day, likes, against)| Message {
                title,
                day: *day,
                likes: *likes,
                against: *against,
            })
            .collect();
        let settings = Settings::default();
        let found = topics(&messages, &settings);
        let mut seen = BTreeSet::new();
        for topic in &found {
            prop_assert!(topic.messages.len() >= settings.fewest);
            prop_assert!(topic.messages.contains(&topic.core));
            prop_assert!(topic.heat.is_finite() && topic.heat > 0.0, "{topic:?}");
            prop_assert!(topic.first_day <= topic.last_day);
            for n in &topic.messages {
                prop_assert!(*n < messages.len() && seen.insert(*n), "{topic:?}");
            }
        }
        prop_assert!(found.is_sorted_by(|a, b| a.heat >= b.heat));
        prop_assert_eq!(topics(&messages, &settings), found);
    }
}
