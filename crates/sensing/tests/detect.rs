//! Detectors through their public face: whatever the readings, they keep their word.

use proptest::prelude::*;
use yiwang_sensing::detect::{Detector, Judgement, Profile};

const PROFILES: [Profile; 3] = Profile::ALL;

/// Finite values of every size, many of them alike.
fn values() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -50.0..50.0,
        2 => Just(7.0),
        1 => prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
        1 => prop_oneof![Just(f64::MAX), Just(f64::MIN), Just(0.0), Just(-0.0)],
    ]
}

/// Steps of time: ordinary ones, none, gaps, and back.
fn steps() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => Just(300_000),
        1 => Just(0),
        1 => 1..1_000_000_000_000_i64,
        1 => -1_000_000_i64..0,
    ]
}

fn readings(most: usize) -> impl Strategy<Value = Vec<(i64, f64)>> {
    let start = prop_oneof![Just(1_700_000_000_000_i64), Just(i64::MIN), -5_i64..5];
    let rest = prop::collection::vec((steps(), values()), 0..most);
    (start, rest).prop_map(|(mut at, rest)| {
        let place = |(step, value)| {
            at = at.saturating_add(step);
            (at, value)
        };
        rest.into_iter().map(place).collect()
    })
}

fn judge(profile: Profile, readings: &[(i64, f64)]) -> Vec<Judgement> {
    let mut detector = Detector::new(profile);
    let judged = readings.iter().map(|(at, v)| detector.observe(*at, *v));
    judged.collect()
}

fn is_sound(judgement: &Judgement) -> bool {
    let band = judgement.expected.is_none_or(|b| {
        b.low.is_finite() && b.high.is_finite() && b.low <= b.mid && b.mid <= b.high
    });
    (0.0..=1.0).contains(&judgement.score)
        && (0.0..=1.0).contains(&judgement.surprise)
        && judgement.score <= judgement.surprise
        && judgement.ground.evidence.is_finite()
        && band
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_finite_reading_gets_a_sound_judgement(readings in readings(400)) {
        for profile in PROFILES {
            for judgement in judge(profile, &readings) {
                prop_assert!(is_sound(&judgement), "{profile:?} {judgement:?}");
            }
        }
    }

    #[test]
    fn the_same_readings_are_judged_the_same(readings in readings(300)) {
        for profile in PROFILES {
            prop_assert_eq!(judge(profile, &readings), judge(profile, &readings));
        }
    }

    #[test]
    fn a_detector_that_was_put_away_goes_on_as_if_it_had_not_been(
        readings in readings(300),
        cut in 0_usize..300,
    ) {
        for profile in PROFILES {
            let cut = cut.min(readings.len());
            let mut detector = Detector::new(profile);
            for (at, value) in &readings[..cut] {
                detector.observe(*at, *value);
            }
            let kept = postcard::to_stdvec(&detector).unwrap();
            let mut restored: Detector = postcard::from_bytes(&kept).unwrap();
            prop_assert_eq!(&restored, &detector);
            for (at, value) in &readings[cut..] {
                prop_assert_eq!(restored.observe(*at, *value), detector.observe(*at, *value));
            }
        }
    }

    #[test]
    fn a_constant_is_never_surprising(value in values(), times in 1_usize..2_000) {
        for profile in PROFILES {
            let mut detector = Detector::new(profile);
            for i in 0..times as i64 {
                let judged = detector.observe(i * 60_000, value);
                prop_assert_eq!(judged.surprise, 0.0);
            }
        }
    }
}

#[test]
fn what_is_late_or_not_a_number_is_not_learned() {
    for profile in PROFILES {
        let mut detector = Detector::new(profile);
        for i in 0..500 {
            detector.observe(i * 60_000, (i % 7) as f64);
        }
        let before = detector.clone();
        for (at, value) in [
            (0, 1e9),
            (500 * 60_000, f64::NAN),
            (500 * 60_000, f64::INFINITY),
        ] {
            assert_eq!(detector.observe(at, value).score, 0.0);
            assert_eq!(detector, before);
        }
    }
}

#[test]
fn a_leap_out_of_the_ordinary_is_raised_once_with_its_ground() {
    for profile in PROFILES {
        let mut detector = Detector::new(profile);
        let ordinary = |i: i64| 20.0 + (i % 12) as f64 * 0.1;
        let early: Vec<i64> = (0..2_000)
            .filter(|i| detector.observe(i * 300_000, ordinary(*i)).score >= 0.5)
            .collect();
        assert!(early.len() <= 4, "{profile:?} {early:?}");
        let raised: Vec<Judgement> = (2_000..2_020)
            .map(|i| detector.observe(i * 300_000, ordinary(i) + 15.0))
            .filter(|j| j.score >= 0.5)
            .collect();
        assert_eq!(raised.len(), 1, "{profile:?} {raised:#?}");
        assert!(raised[0].ground.evidence > 0.0);
        assert!(raised[0].expected.unwrap().high < 35.0);
    }
}
