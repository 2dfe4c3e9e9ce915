//! `yiwang city`.

mod authority;
mod calendar;
pub(super) mod coverage;
mod merge;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::{Date, Time};
use serde::Serialize;
use yiwang_base::{
    CalendarParts, Day, Refusal, RefusalKind, UnlistedYears, WorkCalendar, WorkHours,
};
use yiwang_server::city::{City, CitySettings};
use yiwang_server::limits::NewLimits;
use yiwang_store::{Item, ItemKind, Store};

use super::context::BY;
use super::record::ToSet;
use super::{Context, output};

#[derive(Debug, Subcommand)]
enum Command {
    Calendar(calendar::Calendar),
    Coverage(coverage::Check),
    Authority(authority::Authority),
    MergeGrids(merge::MergeGrids),
}

/// Show or change the city's name, time zone, working hours, holidays and limits
///
/// Limits in working time run by these. What changes is an entry of the record;
/// deadlines that cases have already stay as they are. A server
/// that runs goes by them at once.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  yiwang city
  yiwang city calendar 2026 --history
  yiwang city coverage
  yiwang city authority
  yiwang city merge-grids --layer city --layer police
  yiwang city --break 12:00-13:30 --weekday sat=09:00-12:00
  yiwang city --name Yunling --name-zh 云陵 --zone Asia/Shanghai --hours 09:00-17:30
  yiwang city --holiday 2026-10-01 --holiday 2026-10-02 --workday 2026-10-10
  yiwang city --limits shorter.toml")]
pub(crate) struct Show {
    #[command(subcommand)]
    command: Option<Command>,
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
    /// A break in the working day, such as 12:00-13:30, or none; may be given again
    #[arg(long = "break", value_name = "FROM-TO")]
    breaks: Vec<String>,
    /// Hours of one weekday, such as sat=09:00-12:00, sun=free or fri=usual; may be given again
    #[arg(long, value_name = "DAY=HOURS")]
    weekday: Vec<String>,
    /// What holds in a year that the calendar does not hold
    #[arg(long, value_name = "RULE")]
    unlisted_years: Option<Unlisted>,
    /// A day on which nobody works, such as 2026-10-01; may be given again
    #[arg(long, value_name = "DATE")]
    holiday: Vec<Date>,
    /// A Saturday or Sunday that is worked; may be given again
    #[arg(long, value_name = "DATE")]
    workday: Vec<Date>,
    /// A day that is neither any more; may be given again
    #[arg(long, value_name = "DATE")]
    ordinary_day: Vec<Date>,
    /// A file of limits (TOML) that holds from now on; try it first with `yiwang eval limits`
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
}

/// What holds in a year that the calendar does not hold.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Unlisted {
    /// Monday to Friday are worked
    PlainWeek,
    /// Limits in working time that reach into it are provisional until it is imported
    Refuse,
}

#[derive(Serialize)]
struct Report {
    name: yiwang_base::LocalText,
    #[serde(flatten)]
    calendar: CalendarParts,
    areas: usize,
    categories: usize,
    units: usize,
}

impl Show {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        match self.command {
            Some(Command::Calendar(command)) => return command.run(context),
            Some(Command::Coverage(command)) => return command.run(context),
            Some(Command::Authority(command)) => return command.run(context),
            Some(Command::MergeGrids(command)) => return command.run(context),
            None => {}
        }
        let config = context.config()?;
        if self.changes() {
            context.set_items(&config, async |store| self.change(store).await)?;
        }
        let report = report(&context.read(&config)?)?;
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }

    fn changes(&self) -> bool {
        let texts = [&self.name, &self.name_zh, &self.zone, &self.hours];
        let days = [&self.holiday, &self.workday, &self.ordinary_day];
        let hours = [&self.breaks, &self.weekday];
        texts.iter().any(|text| text.is_some())
            || days.iter().any(|days| !days.is_empty())
            || hours.iter().any(|hours| !hours.is_empty())
            || self.unlisted_years.is_some()
            || self.limits.is_some()
    }

    async fn change(&self, store: &Store) -> Result<(ToSet, ())> {
        let is_new = CitySettings::stored(store)?.is_none();
        let mut settings = CitySettings::stored_or_unnamed(store)?;
        if let Some(name) = &self.name {
            settings.name.en.clone_from(name);
            if is_new {
                settings.name.zh.clone_from(name);
            }
        }
        if let Some(name) = &self.name_zh {
            settings.name.zh.clone_from(name);
        }
        settings.calendar = self.calendar(settings.calendar.into())?;
        let mut items = Vec::new();
        if let Some(file) = &self.limits {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("reading {}", file.display()))?;
            let new = NewLimits::read(&text, &City::load(store)?.rules)
                .with_context(|| file.display().to_string())?;
            settings.desk = new.desk;
            settings.limits = new.limits;
            for category in &new.categories {
                items.push(Item::of(
                    ItemKind::Category,
                    category.code.as_str(),
                    category,
                )?);
            }
        }
        items.push(settings.item()?);
        let set = ToSet {
            items,
            by: BY.to_owned(),
            grounds: None,
        };
        Ok((set, ()))
    }

    fn calendar(&self, mut calendar: CalendarParts) -> Result<WorkCalendar> {
        if let Some(zone) = &self.zone {
            calendar.zone.clone_from(zone);
        }
        if let Some(text) = &self.hours {
            calendar.hours = hours(text, "--hours")?;
        }
        if !self.breaks.is_empty() {
            let breaks = self.breaks.iter().filter(|text| *text != "none");
            let breaks = breaks.map(|text| hours(text, "--break"));
            calendar.breaks = breaks.collect::<Result<_, _>>()?;
        }
        for text in &self.weekday {
            let (day, hours) = weekday(text)?;
            match hours {
                Some(hours) => calendar.weekdays.insert(day, hours),
                None => calendar.weekdays.remove(&day),
            };
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
        if let Some(rule) = self.unlisted_years {
            calendar.unlisted_years = match rule {
                Unlisted::PlainWeek => UnlistedYears::PlainWeek,
                Unlisted::Refuse => UnlistedYears::Refuse,
            };
        }
        calendar.try_into().context("the calendar")
    }
}

/// `sat=09:00-12:00,14:00-16:00`, `sat=free`, or `sat=usual` for what it is unless
/// it is named.
fn weekday(text: &str) -> Result<(Day, Option<Vec<WorkHours>>), Refusal> {
    let wrong = || {
        Refusal::new(
            RefusalKind::Invalid,
            "city.weekday",
            "某一天工作时间的写法不对",
            "the hours of a weekday cannot be read",
        )
        .at("--weekday")
        .found(text)
        .allowing([
            "sat=09:00-12:00",
            "fri=09:00-12:00,13:00-15:00",
            "sun=free",
            "fri=usual",
        ])
    };
    let (day, of) = text.split_once('=').ok_or_else(wrong)?;
    let day = Day::ALL.into_iter().find(|one| one.word() == day.trim());
    let day = day.ok_or_else(wrong)?;
    let of = match of.trim() {
        "usual" => None,
        "free" => Some(Vec::new()),
        several => {
            let each = several.split(',').map(|one| hours(one, "--weekday"));
            Some(each.collect::<Result<_, _>>()?)
        }
    };
    Ok((day, of))
}

/// `09:00-17:30`; whether the one comes before the other is the calendar's to say.
fn hours(text: &str, option: &str) -> Result<WorkHours, Refusal> {
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
            .at(option)
            .found(text)
            .allowing(["09:00-17:30"])
        })
}

fn report(store: &Store) -> Result<Report> {
    let city = City::load(store)?;
    Ok(Report {
        calendar: city.rules.calendar.clone().into(),
        name: city.name,
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
    let span = |hours: &WorkHours| format!("{}-{}", clock(hours.open), clock(hours.close));
    let spans = |all: &[WorkHours]| {
        let all: Vec<String> = all.iter().map(span).collect();
        if all.is_empty() {
            "free".to_owned()
        } else {
            all.join(",")
        }
    };
    let calendar = &report.calendar;
    let mut hours = span(&calendar.hours);
    if !calendar.breaks.is_empty() {
        hours += &format!(" without {}", spans(&calendar.breaks));
    }
    for (day, of) in &calendar.weekdays {
        hours += &format!("; {} {}", day.word(), spans(of));
    }
    let years: Vec<String> = calendar
        .years
        .iter()
        .map(|year| year.year().to_string())
        .collect();
    let unlisted = match calendar.unlisted_years {
        UnlistedYears::PlainWeek => "the plain week",
        UnlistedYears::Refuse => "refused",
    };
    let rows = [
        ("name", format!("{} / {}", report.name.en, report.name.zh)),
        ("zone", calendar.zone.clone()),
        ("hours", hours),
        (
            "years",
            format!(
                "{}; others: {unlisted}",
                if years.is_empty() {
                    "none".to_owned()
                } else {
                    years.join(" ")
                }
            ),
        ),
        ("holidays", days(&calendar.holidays)),
        ("workdays", days(&calendar.make_up_days)),
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
        let read = |text| hours(text, "--hours").map(|hours| (hours.open, hours.close));
        assert_eq!(read("09:00-17:30"), Ok((540, 1050)));
        assert_eq!(read("00:00 - 24:00"), Ok((0, 1440)));
        for bad in ["", "9-17", "09:00", "09:00–17:30", "25:00-26:00"] {
            let refusal = hours(bad, "--hours").unwrap_err();
            assert_eq!(refusal.allowed, ["09:00-17:30"], "{bad}");
        }
    }
}
