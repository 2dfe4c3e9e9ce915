//! Two years of requests: seasons, days, what becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Zoned;
use jiff::civil::date;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::{Actor, Case, Channel, Event, Sealed, Stage};

use crate::{cases, changes, city, now, two_years};

fn local(case: &Case) -> Zoned {
    case.submitted_at
        .to_zoned(city().rules.calendar.zone().clone())
}

fn is(case: &Case, codes: &[&str]) -> bool {
    let category = case.category.as_ref();
    category.is_some_and(|category| codes.contains(&category.as_str()))
}

/// How many requests about these came in these months, a day of one month each.
fn in_months(codes: &[&str], months: &[i8]) -> f64 {
    let found = cases().filter(|case| is(case, codes) && months.contains(&local(case).month()));
    found.count() as f64 / months.len() as f64
}

#[test]
fn they_come_in_one_after_the_other_over_two_years_and_none_after_now() {
    let all: Vec<&Case> = cases().collect();
    assert_eq!(all.len(), 6_000);
    for (number, case) in (1..).zip(&all) {
        assert_eq!(case.id.0, number);
        assert!(case.submitted_at < now());
    }
    assert!(all.is_sorted_by_key(|case| case.submitted_at));
    assert_eq!(local(all[0]).date(), date(2024, 11, 24));
    assert_eq!(local(all[5_999]).date(), date(2026, 11, 24));
}

#[test]
fn whatever_the_hour_the_desk_has_work_in_every_stage_and_some_of_it_is_late() {
    for hour in ["00:40", "03:20", "08:05", "12:00", "17:45", "22:10"] {
        let now: Timestamp = format!("2026-11-24T{hour}:00+08:00").parse().unwrap();
        // The smallest city that is offered has 6,000.
        for requests in [1_500, 3_000] {
            let changes = changes(city(), 1, now, requests);
            let mut stages = BTreeMap::<Stage, (u32, u32)>::new();
            for case in changes.iter().map(|change| &change.after) {
                let (all, late) = stages.entry(case.stage).or_default();
                *all += 1;
                *late += u32::from(case.is_late(now));
            }
            let there: BTreeSet<Stage> = stages.keys().copied().collect();
            // Whether two requests are about the same is for people to say.
            let all = Stage::ALL.into_iter();
            let all = all.filter(|stage| *stage != Stage::Merged).collect();
            assert_eq!(there, all, "{requests} at {hour}: {stages:?}");
            let late: u32 = stages.values().map(|(_, late)| late).sum();
            let open = stages.iter().filter(|(stage, _)| stage.is_open());
            let open: u32 = open.map(|(_, (all, _))| all).sum();
            assert!(
                late > 0 && late * 2 < open,
                "{requests} at {hour}: {stages:?}"
            );
        }
    }
}

#[test]
fn nothing_happens_after_now_and_a_case_is_what_its_events_make() {
    for change in two_years() {
        let times = change.happenings.iter().map(|happening| happening.at);
        assert!(times.clone().is_sorted() && times.max() <= Some(now()));
        let replayed = Case::replay(change.after.id, &change.happenings).unwrap();
        assert_eq!(replayed.as_ref(), Some(&change.after));
    }
}

#[test]
fn winters_freeze_and_summers_flood() {
    let winter = [12, 1, 2];
    let summer = [6, 7, 8];
    let more = |codes: &[&str], season: &[i8], other: &[i8], times: f64| {
        let (most, least) = (in_months(codes, season), in_months(codes, other));
        assert!(most > times * least, "{codes:?}: {most} and {least}");
    };
    more(&["no-heating"], &winter, &summer, 20.0);
    more(&["standing-water", "tree-down"], &summer, &winter, 3.0);
    more(&["ac-drip"], &summer, &winter, 10.0);
    more(&["site-noise", "square-dance"], &summer, &winter, 3.0);
    more(&["catkins-pests"], &[4, 5], &[9, 10], 5.0);
    more(&["exposed-rubbish"], &summer, &winter, 1.5);
}

#[test]
fn days_and_weeks_have_a_rhythm() {
    let hours = |from: i8, to: i8, codes: &[&str]| {
        let found =
            cases().filter(|case| is(case, codes) && (from..to).contains(&local(case).hour()));
        found.count()
    };
    let noise = ["site-noise", "square-dance"];
    assert!(hours(18, 24, &noise) > 2 * hours(6, 12, &noise));
    let calls = cases()
        .filter(|case| (8..12).contains(&local(case).hour()))
        .count();
    let nights = cases()
        .filter(|case| (1..5).contains(&local(case).hour()))
        .count();
    assert!(calls > 8 * nights, "{calls} and {nights}");
    let calendar = &city().rules.calendar;
    let mut days = BTreeMap::<bool, (u32, BTreeSet<String>)>::new();
    for case in cases().filter(|case| local(case).date() < date(2026, 11, 1)) {
        let day = local(case).date();
        let (count, dates) = days.entry(calendar.is_working_day(day)).or_default();
        *count += 1;
        dates.insert(day.to_string());
    }
    let a_day = |works: bool| f64::from(days[&works].0) / days[&works].1.len() as f64;
    assert!(
        a_day(true) > 1.1 * a_day(false),
        "{} and {}",
        a_day(true),
        a_day(false)
    );
    // National Day: a quiet week.
    let october = |from: i8, to: i8| {
        let found = cases().filter(|case| {
            let day = local(case).date();
            (day.year(), day.month()) == (2025, 10) && (from..to).contains(&day.day())
        });
        found.count()
    };
    assert!(october(1, 8) * 3 < october(13, 20) * 2 + october(20, 27));
}

#[test]
fn a_cloudburst_brings_many_reports_of_few_places() {
    let mut days = BTreeMap::<String, Vec<&Case>>::new();
    for case in cases().filter(|case| is(case, &["standing-water"])) {
        days.entry(local(case).date().to_string())
            .or_default()
            .push(case);
    }
    let worst = days.values().max_by_key(|cases| cases.len()).unwrap();
    assert!(worst.len() >= 4, "{days:?}");
    let all: usize = days.values().map(Vec::len).sum();
    assert!(days.len() * 2 < all, "{all} reports on {} days", days.len());
}

#[test]
fn the_same_thing_is_reported_again_in_other_words() {
    let again = two_years().iter().filter(|change| {
        let note = match change
            .happenings
            .last()
            .and_then(|last| last.sealed.as_ref())
        {
            Some(Sealed::Note(note)) => note.disclose(Purpose::Export).as_str(),
            _ => "",
        };
        ["并入", "同一事项", "重复诉求"]
            .iter()
            .any(|said| note.contains(said))
    });
    assert!(again.count() > 60);
}

#[test]
fn channels_units_and_outcomes_are_mixed() {
    let share = |f: &dyn Fn(&Case) -> bool| cases().filter(|case| f(case)).count() as f64 / 6_000.0;
    assert!((0.4..0.55).contains(&share(&|case| case.channel == Channel::Hotline)));
    // Proactive cases come of proposals, which only a person accepts.
    let channels = Channel::ALL.into_iter();
    for channel in channels.filter(|channel| *channel != Channel::Proactive) {
        assert!(
            share(&|case| case.channel == channel) > 0.005,
            "{channel:?}"
        );
    }
    assert!((0.02..0.06).contains(&share(&|case| case.stage == Stage::Declined)));
    assert!((0.04..0.12).contains(&share(&|case| case.failed_verifications > 0)));
    assert!((0.008..0.04).contains(&share(&|case| case.reopened > 0)));
    assert!((0.02..0.06).contains(&share(&|case| case.more.returns.count() > 0)));
    assert!(share(&|case| case.more.lead.backstop) > 0.0003);
    assert!(share(&|case| !case.more.parts.0.is_empty()) > 0.01);
    assert!(share(&|case| case.more.withdrawn) > 0.004);
    assert!(share(&|case| !case.more.pauses.past.is_empty()) > 0.01);
    assert!(share(&|case| !case.more.supervisions.0.is_empty()) > 0.004);
    assert!(share(&|case| !case.more.scores.0.is_empty()) > 0.02);
    let on_time = share(
        &|case| matches!((case.reported_at, case.deadlines.resolve_by), (Some(at), Some(by)) if at <= by),
    );
    assert!((0.75..0.95).contains(&on_time), "{on_time}");
    let content = cases().filter_map(|case| case.call_back?.satisfaction);
    let (sum, count) = content.fold((0.0, 0.0), |(s, n), one| (s + f64::from(one), n + 1.0));
    assert!((3.7..4.6).contains(&(sum / count)), "{}", sum / count);
    let mut late = BTreeMap::<&str, (u32, u32)>::new();
    for case in cases() {
        if let (Some(unit), Some(at), Some(by)) =
            (&case.unit, case.reported_at, case.deadlines.resolve_by)
        {
            let (all, late) = late.entry(unit.as_str()).or_default();
            *all += 1;
            *late += u32::from(at > by);
        }
    }
    let rates = late.values().filter(|(all, _)| *all > 100);
    let rates: Vec<f64> = rates
        .map(|(all, late)| f64::from(*late) / f64::from(*all))
        .collect();
    let best = rates.iter().copied().fold(f64::MAX, f64::min);
    let worst = rates.iter().copied().fold(0.0, f64::max);
    assert!(worst > best + 0.05, "{best} and {worst}");
}

#[test]
fn whoever_acts_is_someone_of_the_city() {
    let units = &city().rules.units;
    let desk = ["operator", "operator.night", "verifier"];
    for happening in two_years().iter().flat_map(|change| &change.happenings) {
        if let Actor::User(name) = &happening.by {
            let known = desk.contains(&name.as_str())
                || units.keys().any(|unit| unit.as_str() == name.as_str());
            assert!(known, "{name}");
        }
    }
}

#[test]
fn telephone_numbers_are_given_out_by_no_network() {
    for case in cases() {
        let request = case.request.as_ref().unwrap().disclose(Purpose::Export);
        if let Some(phone) = &request.reporter.phone {
            assert!(phone.starts_with("1990000") && phone.len() == 11, "{phone}");
        }
    }
}

#[test]
fn who_sent_a_picture_is_shown_the_place_once_it_is_done() {
    let (mut sent, mut answered) = (0, 0);
    for change in two_years() {
        let pictures: Vec<_> = change
            .happenings
            .iter()
            .filter_map(|one| match (&one.event, &one.sealed) {
                (Event::Attached(attached), Some(Sealed::File(file))) => Some((attached, file)),
                _ => None,
            })
            .collect();
        for (attached, file) in &pictures {
            let file = file.disclose(Purpose::Export);
            assert_eq!(attached.bytes, file.bytes.len() as u64);
            assert!(attached.for_resident && attached.bytes < 6_000);
            assert!(file.bytes.starts_with(b"\x89PNG\r\n"));
        }
        sent += usize::from(!pictures.is_empty());
        answered += usize::from(pictures.len() == 2);
        assert!(pictures.len() <= 2);
        if let [(_, before), (_, after)] = pictures[..] {
            let bytes = |file: &yiwang_base::Personal<yiwang_cases::File>| {
                file.disclose(Purpose::Export).bytes.clone()
            };
            assert_ne!(bytes(before), bytes(after));
        }
    }
    assert!((30..400).contains(&sent), "{sent} cases with a picture");
    assert!(
        answered > sent / 2,
        "{answered} of {sent} were shown it done"
    );
}
