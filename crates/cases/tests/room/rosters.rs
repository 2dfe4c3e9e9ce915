//! Duty rosters: who is on duty at a time.

use jiff::SignedDuration;
use yiwang_base::{Personal, Purpose, Refusal};
use yiwang_cases::{MAX_SHIFTS, OnCall, Roster, Shift};

use crate::town::{FRIDAY, at};

fn shift(person: &str, from: i64, until: i64) -> Shift {
    let hours = |hours| at(FRIDAY) + SignedDuration::from_hours(hours);
    Shift {
        from: hours(from),
        until: hours(until),
        on_call: Personal::new(OnCall {
            person: person.into(),
            phone: "19900001234".into(),
        }),
    }
}

fn roster(shifts: Vec<Shift>) -> Result<Roster, Refusal> {
    Roster::new("lights".parse().unwrap(), shifts)
}

#[test]
fn whoever_is_on_duty_is_found_from_the_first_minute_and_not_at_the_last() {
    let roster = roster(vec![shift("b", 8, 16), shift("a", 0, 8), shift("c", 6, 10)]).unwrap();
    let on_duty = |hour: i64| -> Vec<String> {
        let at = at(FRIDAY) + SignedDuration::from_hours(hour);
        let shifts = roster.on_duty(at);
        shifts
            .map(|s| s.on_call.disclose(Purpose::HandleCase).person.clone())
            .collect()
    };
    assert_eq!(on_duty(-1), [""; 0]);
    assert_eq!(on_duty(0), ["a"]);
    assert_eq!(on_duty(7), ["a", "c"]);
    assert_eq!(on_duty(8), ["c", "b"]);
    assert_eq!(on_duty(16), [""; 0]);
    assert!(!format!("{roster:?}").contains("19900001234"));
}

#[test]
fn a_shift_that_cannot_be_is_named() {
    let table = [
        (shift("a", 8, 8), "roster.shift", "shifts[1].until"),
        (shift("a", 8, 7), "roster.shift", "shifts[1].until"),
        (shift("a", 0, 7 * 24 + 1), "roster.shift", "shifts[1].until"),
        (shift(" ", 0, 8), "field.missing", "shifts[1].person"),
    ];
    for (wrong, code, field) in table {
        let refusal = roster(vec![shift("b", 0, 8), wrong]).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (code, Some(field))
        );
    }
    let many = vec![shift("a", 0, 8); MAX_SHIFTS + 1];
    assert_eq!(roster(many).unwrap_err().code, "roster.too-long");
}
