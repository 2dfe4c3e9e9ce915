//! `yiwang eval topics`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use yiwang_base::Refusal;
use yiwang_cases::topics::{Message, PairScore, Settings, Topic, pair_score, topics};

use super::table::{Table, cell};
use crate::cli::output;

/// Which messages of a file speak of the same thing, the hottest topic first
///
/// The file is CSV (commas or tabs, UTF-8) or XLSX. Columns are found by their
/// usual names in Chinese and English, or named by options. With known topics
/// (--gold, by message number) the clusters are scored: of pairs of messages
/// that are in the file of known topics, how many were put together rightly.
/// Prints JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval topics messages.xlsx --top 10
  yiwang eval topics messages.xlsx --gold topics.csv --out clusters.csv")]
pub(super) struct Topics {
    /// The messages
    file: PathBuf,
    /// Known topics: columns for the message's number and for `topic`
    #[arg(long, value_name = "FILE")]
    gold: Option<PathBuf>,
    /// How many topics to report; all are scored and written
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// Write all clusters to this CSV file: topic, heat, message number
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Column of the message's number [default: 留言编号, id]
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Column of the title [default: 留言主题, title]
    #[arg(long, value_name = "COL")]
    title: Option<String>,
    /// Column of the time [default: 留言时间, time]
    #[arg(long, value_name = "COL")]
    time: Option<String>,
}

const ID: [&str; 2] = ["留言编号", "id"];
const TITLE: [&str; 2] = ["留言主题", "title"];
const TIME: [&str; 2] = ["留言时间", "time"];
const LIKES: [&str; 2] = ["点赞数", "likes"];
const AGAINST: [&str; 2] = ["反对数", "against"];
const TOPIC: [&str; 2] = ["topic", "主题"];

#[derive(Serialize)]
struct Report<'a> {
    messages: usize,
    without_time: usize,
    topics_found: usize,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreLine>,
    topics: Vec<TopicLine<'a>>,
}

#[derive(Serialize)]
struct ScoreLine {
    messages: usize,
    not_in_the_file: usize,
    pairwise_precision: f64,
    pairwise_recall: f64,
    pairwise_f1: f64,
}

#[derive(Serialize)]
struct TopicLine<'a> {
    rank: usize,
    title: &'a str,
    heat: f64,
    count: usize,
    likes: u64,
    first: Option<Date>,
    last: Option<Date>,
    messages: Vec<&'a str>,
}

/// The columns of the messages.
struct Columns {
    id: usize,
    title: usize,
    time: Option<usize>,
    likes: Option<usize>,
    against: Option<usize>,
}

impl Topics {
    pub(super) fn run(self) -> Result<ExitCode> {
        let table = Table::read(&self.file)?;
        let columns = self.columns(&table)?;
        let messages: Vec<Message<'_>> = table.rows.iter().map(|row| columns.read(row)).collect();
        let begun = Instant::now();
        let found = topics(&messages, &Settings::default());
        let seconds = begun.elapsed().as_secs_f64();
        let ids: Vec<&str> = table.rows.iter().map(|row| cell(row, columns.id)).collect();
        let score = match &self.gold {
            Some(gold) => Some(self.score(&Table::read(gold)?, &ids, &found)?),
            None => None,
        };
        if let Some(out) = &self.out {
            write(out, &found, &ids).with_context(|| out.display().to_string())?;
        }
        let line = |(n, topic): (usize, &Topic)| TopicLine {
            rank: n + 1,
            title: messages[topic.core].title,
            heat: (topic.heat * 100.0).round() / 100.0,
            count: topic.messages.len(),
            likes: topic
                .messages
                .iter()
                .map(|n| u64::from(messages[*n].likes))
                .sum(),
            first: topic.first_day.and_then(date),
            last: topic.last_day.and_then(date),
            messages: topic.messages.iter().map(|n| ids[*n]).collect(),
        };
        let report = Report {
            messages: messages.len(),
            without_time: messages.iter().filter(|one| one.day.is_none()).count(),
            topics_found: found.len(),
            seconds,
            score,
            topics: found.iter().take(self.top).enumerate().map(line).collect(),
        };
        output::line(&serde_json::to_string_pretty(&report)?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn columns(&self, table: &Table) -> Result<Columns, Refusal> {
        let named = |name: &Option<String>, usual: [&str; 2]| match name {
            Some(name) => table.column(name),
            None => table.usual(usual),
        };
        Ok(Columns {
            id: named(&self.id, ID)?,
            title: named(&self.title, TITLE)?,
            time: match &self.time {
                Some(name) => Some(table.column(name)?),
                None => table.usual(TIME).ok(),
            },
            likes: table.usual(LIKES).ok(),
            against: table.usual(AGAINST).ok(),
        })
    }

    fn score(&self, gold: &Table, ids: &[&str], found: &[Topic]) -> Result<ScoreLine, Refusal> {
        let id = match &self.id {
            Some(name) => gold.column(name)?,
            None => gold.usual(ID)?,
        };
        let topic = gold.usual(TOPIC)?;
        let mut cluster: HashMap<&str, Option<usize>> = ids.iter().map(|id| (*id, None)).collect();
        for (n, topic) in found.iter().enumerate() {
            for message in &topic.messages {
                cluster.insert(ids[*message], Some(n));
            }
        }
        let known = gold.rows.iter().filter_map(|row| {
            let put = cluster.get(cell(row, id))?;
            Some((cell(row, topic), *put))
        });
        let known: Vec<(&str, Option<usize>)> = known.collect();
        let PairScore {
            precision,
            recall,
            f1,
        } = pair_score(&known);
        Ok(ScoreLine {
            messages: known.len(),
            not_in_the_file: gold.rows.len() - known.len(),
            pairwise_precision: precision,
            pairwise_recall: recall,
            pairwise_f1: f1,
        })
    }
}

impl Columns {
    fn read<'a>(&self, row: &'a [String]) -> Message<'a> {
        let count = |column: Option<usize>| {
            let text = column.map_or("", |column| cell(row, column));
            text.parse().unwrap_or(0)
        };
        Message {
            title: cell(row, self.title),
            day: self.time.and_then(|column| day(cell(row, column))),
            likes: count(self.likes),
            against: count(self.against),
        }
    }
}

/// Days since 1970 of a date, 2019-02-28 or 2019/2/28, whatever time follows it.
fn day(text: &str) -> Option<i64> {
    let date = text.split([' ', 'T']).next()?;
    let mut parts = date.split(['-', '/', '.']).map(str::parse::<i16>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    let date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let days = Date::constant(1970, 1, 1).until(date).ok()?;
    Some(i64::from(days.get_days()))
}

fn date(day: i64) -> Option<Date> {
    let days = jiff::Span::new().try_days(day).ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}

fn write(path: &std::path::Path, found: &[Topic], ids: &[&str]) -> Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["topic", "heat", "id"])?;
    for (n, topic) in found.iter().enumerate() {
        for message in &topic.messages {
            let heat = format!("{:.2}", topic.heat);
            writer.write_record([&(n + 1).to_string(), &heat, ids[*message]])?;
        }
    }
    writer.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_from_the_usual_forms_and_is_a_date_again() {
        for text in ["2019/2/28 11:25:05", "2019-02-28", "2019-02-28T01:00:00Z"] {
            assert_eq!(date(day(text).unwrap()).unwrap().to_string(), "2019-02-28");
        }
        for text in ["", "yesterday", "2019/13/1", "2019"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
