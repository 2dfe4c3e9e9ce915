//! How far long work is, on standard error: one line that changes on a
//! terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often a terminal is written to.
const SMOOTH: Duration = Duration::from_millis(200);
/// How often a line goes to a log.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// Progress of one piece of work.
pub(crate) struct Progress {
    what: &'static str,
    unit: &'static str,
    began: Instant,
    shown: Instant,
    terminal: bool,
    dirty: bool,
}

impl Progress {
    /// `what` is being done, counted in `unit`: `("importing", "rows")`.
    pub(crate) fn new(what: &'static str, unit: &'static str) -> Progress {
        let now = Instant::now();
        Progress {
            what,
            unit,
            began: now,
            shown: now,
            terminal: std::io::stderr().is_terminal(),
            dirty: false,
        }
    }

    /// So much is done.
    pub(crate) fn at(&mut self, done: u64, total: Option<u64>) {
        let pace = if self.terminal { SMOOTH } else { NOW_AND_THEN };
        if self.shown.elapsed() < pace {
            return;
        }
        self.shown = Instant::now();
        let line = line(self.what, self.unit, done, total, self.began.elapsed());
        let mut out = std::io::stderr().lock();
        // Nobody reads it when it cannot be written; the work goes on.
        let _ = if self.terminal {
            self.dirty = true;
            write!(out, "\r{line}\x1b[K").and_then(|()| out.flush())
        } else {
            writeln!(out, "{line}")
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.dirty {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, unit: &str, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(1e-6);
    let rate_shown = thousands(rate.round() as u64);
    let Some(total) = total.filter(|total| *total > 0) else {
        return format!("{what}: {} {unit}, {rate_shown}/s", thousands(done));
    };
    let percent = done.min(total) * 100 / total;
    let left = if rate > 0.0 {
        let seconds = (total.saturating_sub(done) as f64 / rate).ceil() as u64;
        format!(", {}:{:02} left", seconds / 60, seconds % 60)
    } else {
        String::new()
    };
    let (done, total) = (thousands(done), thousands(total));
    format!("{what}: {done} of {total} {unit} ({percent} %), {rate_shown}/s{left}")
}

/// `4,995`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let shown = [0, 7, 999, 1_000, 4_995, 10_000_000].map(thousands);
        assert_eq!(shown, ["0", "7", "999", "1,000", "4,995", "10,000,000"]);
    }

    #[test]
    fn progress_has_rate_and_time_left() {
        let two = Duration::from_secs(2);
        assert_eq!(
            line("importing", "rows", 2_000, Some(128_000), two),
            "importing: 2,000 of 128,000 rows (1 %), 1,000/s, 2:06 left"
        );
        assert_eq!(
            line("checking", "entries", 10, None, two),
            "checking: 10 entries, 5/s"
        );
        assert_eq!(
            line("importing", "rows", 0, Some(5), two),
            "importing: 0 of 5 rows (0 %), 0/s"
        );
    }
}
