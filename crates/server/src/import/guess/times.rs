//! Which forms the times of a column are written in.

use crate::import::mapping::{READ_ALWAYS, TimeFormats};

/// Forms of which another reading is possible, tried after those that need no telling.
const OTHERS: [&str; 14] = [
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
];
/// Most forms in one column.
const MOST_FORMS: usize = 3;
/// Serial days that are likely dates: 1982 to 2064.
const SERIAL: std::ops::Range<f64> = 30_000.0..60_000.0;

/// Values tried as times.
#[derive(Debug)]
pub(super) struct Times {
    values: Vec<String>,
    serial: usize,
    seen: usize,
}

/// The forms of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Forms {
    pub(super) formats: Vec<String>,
    /// Per hundred of the values.
    pub(super) percent: usize,
    /// Day and month can be told apart nowhere in it.
    pub(super) ambiguous: bool,
}

/// Values remembered for trying forms.
const REMEMBERED: usize = 500;

impl Times {
    pub(super) fn new() -> Times {
        Times {
            values: Vec::new(),
            serial: 0,
            seen: 0,
        }
    }

    pub(super) fn see(&mut self, value: &str) {
        self.seen += 1;
        let serial = value
            .parse::<f64>()
            .is_ok_and(|days| SERIAL.contains(&days));
        self.serial += usize::from(serial);
        // Long texts are no times and need no trying.
        if self.values.len() < REMEMBERED && value.len() <= 40 {
            self.values.push(value.to_owned());
        }
    }

    /// The forms in which its values can be read, the commonest first.
    /// `named` is whether the column's name speaks of a time: plain numbers are
    /// taken for dates only then.
    pub(super) fn forms(&self, named: bool) -> Forms {
        if self.seen == 0 || self.values.len() * 2 < self.seen.min(REMEMBERED) {
            return Forms::default();
        }
        if named && self.serial == self.seen {
            return Forms {
                formats: vec!["excel".into()],
                percent: 100,
                ambiguous: false,
            };
        }
        let mut left: Vec<&str> = self.values.iter().map(String::as_str).collect();
        let mut forms = Forms::default();
        while !left.is_empty() && forms.formats.len() < MOST_FORMS {
            let candidates = READ_ALWAYS.iter().chain(&OTHERS);
            let best = candidates
                .map(|form| {
                    (
                        left.iter().filter(|value| reads(form, value)).count(),
                        *form,
                    )
                })
                .rev()
                .max_by_key(|(count, _)| *count);
            let Some((count, form)) = best.filter(|(count, _)| *count > 0) else {
                break;
            };
            let other = swapped(form);
            forms.ambiguous |= other.is_some_and(|other| {
                left.iter().filter(|value| reads(&other, value)).count() == count
            });
            left.retain(|value| !reads(form, value));
            forms.formats.push(form.to_owned());
        }
        forms.percent = (self.values.len() - left.len()) * 100 / self.values.len();
        forms
    }
}

/// The form with day and month in the other order.
fn swapped(form: &str) -> Option<String> {
    if let Some(rest) = form.strip_prefix("%m/%d/") {
        Some(format!("%d/%m/{rest}"))
    } else {
        form.strip_prefix("%d/%m/")
            .map(|rest| format!("%m/%d/{rest}"))
    }
}

fn reads(form: &str, value: &str) -> bool {
    TimeFormats::only(form).read(value).is_some()
}
