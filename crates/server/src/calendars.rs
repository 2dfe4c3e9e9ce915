//! Years of working calendars: those that come with the program, and those in files.

use std::path::Path;

use yiwang_base::{CalendarYear, Refusal, RefusalKind, Timestamp, UnlistedYears};
use yiwang_cases::{
    Actor, Asked, CaseFilter, CaseStore as _, Command, Context, Order, Rules, StoreError, execute,
};
use yiwang_store::{Item, ItemKind, Store};

use crate::city::CitySettings;

/// Mainland China's years as the State Council's General Office published them.
/// Each was compared, day by day, with two calendars that others keep
/// (the packages `chinesecalendar` 1.11 and `holidays` 0.109 of PyPI).
const MAINLAND_CHINA: [&str; 3] = [
    include_str!("../data/calendars/cn-2024.toml"),
    include_str!("../data/calendars/cn-2025.toml"),
    include_str!("../data/calendars/cn-2026.toml"),
];

/// Largest file of a year, bytes.
pub const LARGEST_FILE: usize = 1 << 20;

/// The years of mainland China that come with the program.
///
/// # Errors
/// When one of them is broken, which a test excludes.
pub fn mainland_china() -> Result<Vec<CalendarYear>, Refusal> {
    MAINLAND_CHINA.into_iter().map(from_toml).collect()
}

/// A year from a file: JSON where its name ends so, else TOML.
///
/// # Errors
/// When it is not of that form, or its days do not make a year.
pub fn from_file(name: &Path, bytes: &[u8]) -> Result<CalendarYear, Refusal> {
    let shown = name.display().to_string();
    if bytes.len() > LARGEST_FILE {
        return Err(refuse("the file is larger than 1 MiB").at(shown));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refuse("the file is not UTF-8").at(shown));
    };
    let json = name
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let year = if json {
        from_json(text)
    } else {
        from_toml(text)
    };
    year.map_err(|refusal| match &refusal.field {
        None => refusal.at(shown),
        Some(_) => refusal,
    })
}

/// A year from its JSON form.
///
/// # Errors
/// When it is not of that form, or its days do not make a year.
pub fn from_json(text: &str) -> Result<CalendarYear, Refusal> {
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| refuse(&error.to_string()))
}

fn from_toml(text: &str) -> Result<CalendarYear, Refusal> {
    toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let refusal = refuse(error.message());
        match error.span() {
            Some(span) => {
                let line = text[..span.start.min(text.len())].lines().count().max(1);
                refusal.at(format!("line {line}"))
            }
            None => refusal,
        }
    })
}

fn refuse(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "calendar.year",
        "不是一年的节假日安排：须有 year、source、holidays(name、from、to)和 make_up_days",
        "this is not a year of holidays: it has year, source, holidays (name, from, to) and make_up_days",
    )
    .found(found)
    .allowing(["year = 2027, source = \"…\", [[holidays]] from = \"2027-01-01\" to = \"2027-01-03\""])
}

/// A year as an item of the record; its code is its number.
///
/// # Errors
/// When it has no JSON form.
pub fn year_item(year: &CalendarYear) -> Result<Item, StoreError> {
    Item::of(ItemKind::Calendar, &year.year().to_string(), year)
}

/// The years in the record.
///
/// # Errors
/// When the record cannot be read or holds what is no year.
pub fn stored_years(store: &Store) -> Result<Vec<CalendarYear>, StoreError> {
    let items = store.items(ItemKind::Calendar)?;
    items.iter().map(Item::read).collect()
}

/// What adding years to a city writes: the years, and with the first of them
/// the rule that a year which is not there is refused from now on.
///
/// # Errors
/// When the record cannot be read.
pub fn items_of_years(store: &Store, years: &[CalendarYear]) -> Result<Vec<Item>, Refusal> {
    let mut items = years.iter().map(year_item).collect::<Result<Vec<_>, _>>()?;
    if stored_years(store)?.is_empty() && !years.is_empty() {
        let mut settings = CitySettings::stored_or_unnamed(store)?;
        settings.calendar = settings.calendar.with_unlisted_years(UnlistedYears::Refuse);
        items.push(settings.item()?);
    }
    Ok(items)
}

/// What settling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Settled {
    /// Cases whose deadlines are the calendar's own now.
    pub settled: u64,
    /// Cases whose deadlines still wait for a year.
    pub waiting: u64,
}

/// Settles all provisional deadlines that the calendar now knows.
///
/// # Errors
/// When the record cannot be read or written; what was settled until then stays so.
pub async fn settle_all(store: &Store, rules: &Rules, actor: &Actor) -> Result<Settled, Refusal> {
    let filter = CaseFilter {
        provisional: true,
        ..CaseFilter::default()
    };
    let mut done = Settled::default();
    let mut start = None;
    loop {
        let page = store.list(&filter, Order::Newest, start, 500).await?;
        for case in &page.cases {
            let asked = Asked {
                id: Some(case.id),
                seen_version: None,
                command: Command::SettleDue,
                receipt: None,
            };
            let context = Context {
                rules,
                actor,
                grounds: None,
                now: Timestamp::now(),
            };
            match execute(store, &asked, &context).await {
                Ok(_) => done.settled += 1,
                // Another year is missing, or somebody was quicker.
                Err(refusal)
                    if refusal.kind == RefusalKind::NotNow
                        || refusal.code == "calendar.year-missing" =>
                {
                    done.waiting += 1;
                }
                Err(refusal) => return Err(refusal),
            }
        }
        start = page.next;
        if start.is_none() {
            return Ok(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use yiwang_base::WorkCalendar;

    /// Days off and days worked instead, counted by hand from the notices.
    #[test]
    fn each_year_has_the_days_of_its_notice() {
        let years = mainland_china().unwrap();
        let counts: Vec<_> = years
            .iter()
            .map(|year| (year.year(), year.off().len(), year.make_up_days().len()))
            .collect();
        let expected = [
            (2024, 1 + 8 + 3 + 5 + 1 + 3 + 7, 8),
            (2025, 1 + 8 + 3 + 5 + 3 + 8, 5),
            (2026, 3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
        ];
        assert_eq!(counts, expected);
        for year in &years {
            assert!(year.source().contains("国办发明电"), "{}", year.source());
            let weekend = |day: &jiff::civil::Date| day.weekday().to_monday_zero_offset() >= 5;
            assert!(year.make_up_days().iter().all(weekend), "{}", year.year());
        }
    }

    /// All working days of three years, as month by month the packages named
    /// above count them.
    #[test]
    fn each_month_has_as_many_working_days_as_others_count() {
        let calendar = CitySettings::unnamed().unwrap().calendar;
        let calendar: WorkCalendar = calendar.with_years(mainland_china().unwrap());
        let expected = [
            (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
            (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
            (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
        ];
        for (year, months) in expected {
            for (month, count) in (1..).zip(months) {
                let first = date(year, month, 1);
                let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
                let days = days.take_while(|day| day.month() == month);
                let worked = days.filter(|day| calendar.is_working_day(*day)).count();
                assert_eq!(worked, count, "{year}-{month}");
            }
        }
    }

    #[test]
    fn what_is_no_year_is_refused_with_its_place() {
        let refused = |text: &str| from_file(Path::new("2027.toml"), text.as_bytes()).unwrap_err();
        let missing = refused("year = 2027\n");
        assert_eq!(missing.code, "calendar.year");
        assert!(missing.found.unwrap().contains("source"));
        let day = refused(
            "year = 2027\nsource = \"x\"\nmake_up_days = []\n[[holidays]]\nname = {zh=\"a\",en=\"a\"}\nfrom = \"2027-02-30\"\nto = \"2027-03-01\"\n",
        );
        assert_eq!(day.field.as_deref(), Some("line 6"), "{:?}", day.found);
        let empty = from_file(
            Path::new("2027.json"),
            br#"{"year":2027,"source":"x","holidays":[],"make_up_days":[]}"#,
        );
        assert!(
            empty
                .unwrap_err()
                .found
                .unwrap()
                .contains("not published yet")
        );
    }
}
