//! Writing the draft down.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::look::Look;
use super::mask::shown;
use super::roles::{Role, Roles, low};
use super::words::{self, NO, SATISFIED, YES};
use crate::city::channel_word;
use crate::import::requests::Plan;
use crate::import::table::Reading;

/// Examples shown of a column.
const EXAMPLES: usize = 3;

/// All that a draft is made of.
pub(super) struct Drawing<'a> {
    pub(super) system: &'a str,
    pub(super) file: &'a str,
    pub(super) columns: &'a [Look],
    pub(super) roles: &'a Roles,
    pub(super) reading: &'a Reading,
    /// Some rows say nothing of where it was.
    pub(super) unplaced: bool,
}

impl Drawing<'_> {
    /// The mapping, TOML; `plan` is what a check of it found.
    pub(super) fn text(&self, plan: Option<&Plan>) -> String {
        let mut text = String::new();
        self.head(plan, &mut text);
        self.basics(&mut text);
        self.matter(&mut text);
        self.place(&mut text);
        self.people(&mut text);
        text
    }

    fn head(&self, plan: Option<&Plan>, text: &mut String) {
        line(text, "# A draft: read it over, then");
        line(
            text,
            "#   yiwang import requests FILE --mapping THIS --dry-run",
        );
        line(text, "# docs/IMPORT.md explains every key.");
        line(text, &format!("# The file is {}.", comment(self.file)));
        if let Some(plan) = plan {
            let (rows, readable) = (plan.rows, plan.readable);
            line(
                text,
                &format!("# With this draft {readable} of {rows} rows can be taken."),
            );
            for (reason, count) in &plan.unreadable {
                line(text, &format!("#   not taken, {reason}: {count}"));
            }
        }
        line(
            text,
            "#\n# Columns: what each seems to hold, how sure that is, examples (masked).",
        );
        for (at, look) in self.columns.iter().enumerate() {
            let role = self.roles.of[at];
            let what = role.map_or("not used".to_owned(), |(role, sure)| {
                format!("{} ({sure} %)", role_word(role))
            });
            let examples = look.kept.iter().take(EXAMPLES);
            let examples = examples.map(|value| shown(role.map(|(role, _)| role), value));
            let examples: Vec<String> = examples.map(|value| format!("\"{value}\"")).collect();
            let name = comment(&look.name);
            let examples = examples.join(", ");
            let filled = look.filled_percent();
            line(
                text,
                &format!(
                    "# {:>3} {name}: {what}; {filled} % filled; {examples}",
                    at + 1
                ),
            );
        }
        line(text, &format!("\nsystem = {}", quoted(self.system)));
    }

    fn basics(&self, text: &mut String) {
        if let Some(row) = self.reading.header_row {
            line(text, &format!("\n[file]\nheader_row = {row}"));
            if let Some(sheet) = &self.reading.sheet {
                line(text, &format!("sheet = {}", quoted(sheet)));
            }
        } else if let Some(sheet) = &self.reading.sheet {
            line(text, &format!("\n[file]\nsheet = {}", quoted(sheet)));
        }
        self.time(text);
        self.part(text, "id", Role::Id);
        if let Some(at) = self.roles.column(Role::Id) {
            line(text, &format!("digits = {}", self.columns[at].digits_only));
        }
        for (part, role) in [
            ("submitted", Role::Submitted),
            ("dispatched", Role::Dispatched),
            ("target", Role::Target),
            ("closed", Role::Closed),
        ] {
            if self.roles.column(role).is_some() || role == Role::Submitted {
                self.part(text, part, role);
            }
        }
        if self.roles.column(Role::Closed).is_some() {
            self.key(text, "reason", Role::Reason);
        }
    }

    fn time(&self, text: &mut String) {
        let roles = [
            Role::Submitted,
            Role::Dispatched,
            Role::Target,
            Role::Closed,
        ];
        let columns = roles.iter().filter_map(|role| self.roles.column(*role));
        let forms: Vec<_> = columns
            .map(|at| self.columns[at].times.forms(true))
            .collect();
        let formats: BTreeSet<&String> = forms.iter().flat_map(|forms| &forms.formats).collect();
        line(
            text,
            "\n[time]\n# zone = \"Asia/Shanghai\"   # the city's unless said",
        );
        if forms.iter().any(|forms| forms.ambiguous) {
            line(
                text,
                "# LOOK HERE: no value tells whether day or month comes first.",
            );
        }
        let formats: Vec<String> = formats.into_iter().map(|form| quoted(form)).collect();
        line(text, &format!("formats = [{}]", formats.join(", ")));
    }

    fn matter(&self, text: &mut String) {
        let columns = [Role::Title, Role::Words].map(|role| self.roles.column(role));
        let mut columns: Vec<usize> = columns.into_iter().flatten().collect();
        if self.roles.column(Role::Words).is_none() {
            // What it is about is at least something said where a title is empty.
            columns.extend(self.roles.column(Role::Category));
        }
        let columns: Vec<String> = columns.into_iter().map(|at| self.name(at)).collect();
        if columns.is_empty() {
            line(
                text,
                "\n[words]\n# LOOK HERE: nothing looked like it\ncolumns = [1]",
            );
            return;
        }
        line(
            text,
            &format!("\n[words]\ncolumns = [{}]", columns.join(", ")),
        );
        if self.roles.column(Role::Category).is_some() {
            self.part(text, "category", Role::Category);
            self.key(text, "group", Role::Group);
            line(
                text,
                "create = true            # categories that the city does not have",
            );
            line(text, "# aliases = { \"their name\" = \"our code\" }");
            if self.roles.column(Role::Unit).is_some() {
                self.part(text, "unit", Role::Unit);
                line(
                    text,
                    "create = true            # units that the city does not have",
                );
            }
        }
        if self.roles.column(Role::Area).is_some() && self.roles.column(Role::Category).is_some() {
            self.part(text, "area", Role::Area);
        }
    }

    fn place(&self, text: &mut String) {
        line(text, "\n[place]");
        if let Some(at) = self.roles.column(Role::Address) {
            line(text, &format!("address = [{}]", self.name(at)));
        }
        let (lon, lat) = (self.roles.column(Role::Lon), self.roles.column(Role::Lat));
        if let (Some(lon), Some(lat)) = (lon, lat) {
            line(
                text,
                &format!("lon = {}\nlat = {}", self.name(lon), self.name(lat)),
            );
        } else {
            self.key(text, "point", Role::Point);
        }
        line(
            text,
            "# datum = \"gcj-02\"        # or \"bd-09\", where the points come from such a map",
        );
        if self.unplaced {
            line(
                text,
                "may_be_unknown = true    # some rows say nothing of where it was",
            );
        }
    }

    fn people(&self, text: &mut String) {
        let channel = self.roles.column(Role::Channel);
        line(text, "\n[channel]");
        if let Some(at) = channel {
            line(text, &format!("column = {}", self.name(at)));
        }
        line(text, "default = \"partner\"");
        if let Some(at) = channel {
            line(text, "\n[channel.values]");
            for value in &self.columns[at].kept {
                if let Some(channel) = words::channel(value) {
                    line(
                        text,
                        &format!("{} = \"{}\"", quoted(value), channel_word(channel)),
                    );
                }
            }
        }
        let people = [Role::Name, Role::Phone].map(|role| self.roles.column(role));
        if people.iter().any(Option::is_some) {
            line(text, "\n[reporter]");
            self.key(text, "name", Role::Name);
            self.key(text, "phone", Role::Phone);
        }
        if let Some(at) = self.roles.column(Role::Solved)
            && self.roles.column(Role::Closed).is_some()
        {
            self.call_back(at, text);
        }
    }

    fn call_back(&self, solved: usize, text: &mut String) {
        let values = |words: &[&str]| {
            let kept = self.columns[solved].kept.iter();
            let values: Vec<String> = kept
                .filter(|value| words.contains(&low(value).as_str()))
                .map(|value| quoted(value))
                .collect();
            values.join(", ")
        };
        line(
            text,
            &format!("\n[call_back]\nsolved = {}", self.name(solved)),
        );
        line(
            text,
            &format!("yes = [{}]\nno = [{}]", values(YES), values(NO)),
        );
        if let Some(at) = self.roles.column(Role::Satisfaction) {
            line(
                text,
                &format!("satisfaction = {}\n\n[call_back.values]", self.name(at)),
            );
            for value in &self.columns[at].kept {
                if let Some((_, score)) = SATISFIED.iter().find(|(word, _)| word == value) {
                    line(text, &format!("{} = {score}", quoted(value)));
                }
            }
        }
    }

    fn part(&self, text: &mut String, part: &str, role: Role) {
        line(text, &format!("\n[{part}]"));
        match self.roles.column(role) {
            Some(at) => line(text, &format!("column = {}", self.name(at))),
            // It must be there, and only a person can say where.
            None => line(
                text,
                "column = 1               # LOOK HERE: nothing looked like it",
            ),
        }
    }

    fn key(&self, text: &mut String, key: &str, role: Role) {
        if let Some(at) = self.roles.column(role) {
            line(text, &format!("{key} = {}", self.name(at)));
        }
    }

    /// The column as a mapping names it: by its name, where that finds it.
    fn name(&self, at: usize) -> String {
        let same = |look: &&Look| look.name.eq_ignore_ascii_case(&self.columns[at].name);
        let before = self.columns.iter().take(at).filter(same).count();
        match (&self.columns[at].name, before) {
            (name, 0) if !name.is_empty() => quoted(name),
            _ => (at + 1).to_string(),
        }
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A string of TOML: what JSON escapes, TOML understands.
fn quoted(text: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    // The one character that JSON leaves as it is and TOML does not take.
    text.replace('\u{7f}', "\\u007F")
}

fn comment(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn role_word(role: Role) -> String {
    let word = serde_json::to_value(role).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}
