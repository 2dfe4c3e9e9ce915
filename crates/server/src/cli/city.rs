//! `yiwang city`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Timestamp, WorkHours};
use yiwang_server::city::{City, CitySettings};
use yiwang_store::Store;

use super::context::BY;
use super::{Context, output};

/// Show or change the city's name, time zone, working hours and holidays
///
/// Limits in working time run by these. What changes is an entry of the record;
/// deadlines that cases have already stay as they are. Changes need the data
/// directory to themselves: stop the server first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang city
  yiwang city --name Yunling --name-zh 云陵 --zone Asia/Shanghai --hours 09:00-17:30
  yiwang city --holiday 2026-10-01 --holiday 2026-10-02 --workday 2026-10-10")]
pub(crate) struct Show {
    /// Its name in English; in both languages for a city without a name
    #[arg(long)]
    name: Option<String>,
    /// Its name in Chinese
    #[arg(long, value_name = "NAME")]
    name_zh: Option<String>,
    /// IANA time zone, such as Asia/Shanghai
    #[arg(long)]
    zone: Option<String>,
    /// Working hours, such as 09:00-17:30
    #[arg(long, value_name = "FROM-TO")]
    hours: Option<String>,
    /// A day on which nobody works, such as 2026-10-01; may be given again
    #[arg(long, value_name = "DATE")]
    holiday: Vec<Date>,
    /// A Saturday or Sunday that is worked; may be given again
    #[arg(long, value_name = "DATE")]
    workday: Vec<Date>,
    /// A day that is neither any more; may be given again
    #[arg(long, value_name = "DATE")]
    ordinary_day: Vec<Date>,
}

/// The calendar as it is written.
#[derive(Serialize, Deserialize)]
struct Calendar {
    zone: String,
    hours: WorkHours,
    holidays: BTreeSet<Date>,
    make_up_days: BTreeSet<Date>,
}

#[derive(Serialize)]
struct Report {
    name: yiwang_base::LocalText,
    #[serde(flatten)]
    calendar: Calendar,
    areas: usize,
    categories: usize,
    units: usize,
}

impl Show {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let config = context.config()?;
        if self.changes() {
            context.write(&config, async |store| self.change(store).await)?;
        }
        let report = report(&context.read(&config)?)?;
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }

    fn changes(&self) -> bool {
        let texts = [&self.name, &self.name_zh, &self.zone, &self.hours];
        let days = [&self.holiday, &self.workday, &self.ordinary_day];
        texts.iter().any(|text| text.is_some()) || days.iter().any(|days| !days.is_empty())
    }

    async fn change(&self, store: &Store) -> Result<()> {
        let stored = CitySettings::stored(store)?;
        let is_new = stored.is_none();
        let mut settings = match stored {
            Some(settings) => settings,
            None => CitySettings::unnamed()?,
        };
        if let Some(name) = &self.name {
            settings.name.en.clone_from(name);
            if is_new {
                settings.name.zh.clone_from(name);
            }
        }
        if let Some(name) = &self.name_zh {
            settings.name.zh.clone_from(name);
        }
        settings.calendar = self.calendar(calendar(&settings)?)?;
        let item = settings.item()?;
        store
            .set_items(vec![item], BY.to_owned(), None, Timestamp::now())
            .await?;
        Ok(())
    }

    fn calendar(&self, mut calendar: Calendar) -> Result<yiwang_base::WorkCalendar> {
        if let Some(zone) = &self.zone {
            calendar.zone.clone_from(zone);
        }
        if let Some(text) = &self.hours {
            calendar.hours = hours(text)?;
        }
        for day in self
            .holiday
            .iter()
            .chain(&self.workday)
            .chain(&self.ordinary_day)
        {
            calendar.holidays.remove(day);
            calendar.make_up_days.remove(day);
        }
        calendar.holidays.extend(&self.holiday);
        calendar.make_up_days.extend(&self.workday);
        serde_json::from_value(serde_json::to_value(calendar)?).context("the calendar")
    }
}

fn calendar(settings: &CitySettings) -> Result<Calendar> {
    Ok(serde_json::from_value(serde_json::to_value(
        &settings.calendar,
    )?)?)
}

/// `09:00-17:30`; whether the one comes before the other is the calendar's to say.
fn hours(text: &str) -> Result<WorkHours, Refusal> {
    let minutes = |text: &str| {
        if text.trim() == "24:00" {
            return Some(1440);
        }
        let time: Time = text.trim().parse().ok()?;
        u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()
    };
    text.split_once('-')
        .and_then(|(open, close)| {
            Some(WorkHours {
                open: minutes(open)?,
                close: minutes(close)?,
            })
        })
        .ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "city.hours",
                "工作时间的写法不对",
                "the working hours cannot be read",
            )
            .at("--hours")
            .found(text)
            .allowing(["09:00-17:30"])
        })
}

fn report(store: &Store) -> Result<Report> {
    let settings = match CitySettings::stored(store)? {
        Some(settings) => settings,
        None => CitySettings::unnamed()?,
    };
    let city = City::load(store)?;
    Ok(Report {
        calendar: calendar(&settings)?,
        name: settings.name,
        areas: city.rules.areas.len(),
        categories: city.rules.categories.len(),
        units: city.rules.units.len(),
    })
}

fn text(report: &Report) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let days = |days: &BTreeSet<Date>| {
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        if days.is_empty() {
            "none".to_owned()
        } else {
            days.join(" ")
        }
    };
    let WorkHours { open, close } = report.calendar.hours;
    let rows = [
        ("name", format!("{} / {}", report.name.en, report.name.zh)),
        ("zone", report.calendar.zone.clone()),
        ("hours", format!("{}-{}", clock(open), clock(close))),
        ("holidays", days(&report.calendar.holidays)),
        ("workdays", days(&report.calendar.make_up_days)),
        ("areas", report.areas.to_string()),
        ("categories", report.categories.to_string()),
        ("units", report.units.to_string()),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    output::columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_a_person_writes_them() {
        let read = |text| hours(text).map(|hours| (hours.open, hours.close));
        assert_eq!(read("09:00-17:30"), Ok((540, 1050)));
        assert_eq!(read("00:00 - 24:00"), Ok((0, 1440)));
        for bad in ["", "9-17", "09:00", "09:00–17:30", "25:00-26:00"] {
            let refusal = hours(bad).unwrap_err();
            assert_eq!(refusal.allowed, ["09:00-17:30"], "{bad}");
        }
    }
}
