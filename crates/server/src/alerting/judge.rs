//! The thread that judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use yiwang_base::{Refusal, RuleCode, Timestamp, truncate_millis};
use yiwang_history::{Order, Query, Streams};
use yiwang_sensing::alert::{self, Alert, AlertEvent, Found};
use yiwang_sensing::detect::Outcome;
use yiwang_sensing::docket::{Docket as _, Filter, Kept};
use yiwang_sensing::rule::{Engine, Finding, Ground, Plan};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::SheetMoved;

use super::keep::{Head, Keep, Lesson, Mark};
use super::queue::{Asked, Open};
use super::{offset_minutes, rules, streams, told};
use crate::http::App;

/// Shards of the engine: one for each of the two cores a small installation has.
const SHARDS: u16 = 2;
/// How far event time stays behind the clock: readings that take longer on
/// their way count as late for silences.
const BEHIND_MS: i64 = 5_000;
/// How often a state is written at most, and how much of the time it may take.
const STATE_EVERY: Duration = Duration::from_secs(60);
const SHARE: u32 = 20;
/// How far back readings are judged again where no state can be read, and by
/// which steps event time passes then: a week, as long as what is found raises an
/// alert at all.
const AGAIN_MS: i64 = 7 * 86_400_000;
const STEP_MS: i64 = 60_000;
/// Readings that are judged at once after a start.
const BATCH: usize = 8_192;
/// Entries of alerts that are read at once.
const PAGE: usize = 500;
/// Standing alerts that are looked through after a start without a state.
const MOST_STANDING: usize = 100_000;

/// Begins to judge all that is kept from now on, and before that what was kept
/// while nobody judged. Returns at once; called once, before readings come in.
///
/// # Errors
/// When no thread can be started.
pub fn start(app: &Arc<App>) -> std::io::Result<()> {
    let Some(asked) = app.alerting.queue.receiver() else {
        return Ok(());
    };
    app.sensing.judge_by(&app.alerting.queue);
    let queued_from = app.sensing.history.next_id();
    let (worker, runtime) = (Arc::clone(app), Handle::current());
    let thread = std::thread::Builder::new()
        .name("judge".into())
        .spawn(move || {
            let _open = Open(Arc::clone(&worker.alerting.queue));
            if let Err(error) = run(worker, &runtime, queued_from, &asked) {
                tracing::error!(%error, "readings are kept and not judged");
            }
        })?;
    app.alerting.set_thread(thread);
    Ok(())
}

fn run(
    app: Arc<App>,
    runtime: &Handle,
    queued_from: u64,
    asked: &Receiver<Asked>,
) -> anyhow::Result<()> {
    let mut judge = Judge::open(app, runtime, queued_from)?;
    while let Ok(question) = asked.recv() {
        if matches!(question, Asked::Stop) {
            break;
        }
        if let Err(error) = judge.answer(question) {
            judge.miss(&error);
        }
    }
    judge.write_state()
}

struct Judge {
    app: Arc<App>,
    runtime: Handle,
    engine: Engine,
    keep: Keep,
    /// The id of the next reading, up to when time has passed, and the entry up
    /// to which it has learned; of the state that is written next.
    head: Head,
    /// Since when the engine does not follow the register, and how long it took
    /// to make the last one.
    stale: Option<Instant>,
    made_in: Duration,
    /// Whether something could not be written or read: the marks end there, until a
    /// whole state is written.
    torn: bool,
    written: Instant,
    written_in: Duration,
}

fn now() -> Timestamp {
    truncate_millis(Timestamp::now())
}

impl Judge {
    /// Goes on where the last one stopped.
    fn open(app: Arc<App>, runtime: &Handle, queued_from: u64) -> anyhow::Result<Judge> {
        let begun = Instant::now();
        let keep = Keep::open(app.store.directory())?;
        let mut judge = Judge {
            engine: Engine::new(Plan::new(super::Rules::new(), 0).map_err(refused)?, &[], 1),
            keep,
            head: Head::new(0, queued_from, 0),
            stale: None,
            made_in: Duration::ZERO,
            torn: false,
            written: begun,
            written_in: Duration::ZERO,
            runtime: runtime.clone(),
            app,
        };
        match judge.go_on(queued_from) {
            Ok(true) => {}
            Ok(false) => judge.begin(queued_from)?,
            Err(error) => {
                tracing::error!(
                    %error,
                    "how readings were judged before cannot be read; those of the last week are judged again"
                );
                judge.recover(queued_from)?;
            }
        }
        let readings = queued_from;
        let duration_ms = begun.elapsed().as_millis() as u64;
        tracing::info!(readings, duration_ms, "readings are judged");
        judge.write_state()?;
        Ok(judge)
    }

    /// An engine for the record as it is, but for some streams.
    fn make(&self, without: &HashSet<u64>) -> anyhow::Result<Engine> {
        let (store, city) = (&self.app.store, self.app.city());
        let all = rules(store)?;
        let mut active = all.clone();
        active.retain(|_, rule| rule.active);
        self.app.alerting.set_rules(all);
        let plan = Plan::new(active, offset_minutes(&city, now())).map_err(refused)?;
        let mut engine = Engine::new(plan, &[], SHARDS);
        streams::each(store, &city, &mut |stream| {
            if !without.contains(&stream.id.0) {
                engine.add(&stream);
            }
        })?;
        Ok(engine)
    }

    /// Begins with nothing known: what stands ends, and is found anew.
    fn begin(&mut self, next: u64) -> anyhow::Result<()> {
        self.engine = self.make(&HashSet::new())?;
        let learned = *self.app.store.durable().borrow();
        self.head = Head::new(self.head.number, next, 0);
        self.head.learned = learned;
        let ended = self.no_longer(&HashSet::new())?;
        self.tell(ended);
        Ok(())
    }

    /// Where nobody can read how it stood: judges the readings of the last while
    /// again, each at its own time. What the record has is not found anew, and what
    /// stood there and is not found any more ends.
    fn recover(&mut self, queued_from: u64) -> anyhow::Result<()> {
        self.engine = self.make(&HashSet::new())?;
        let durable = *self.app.store.durable().borrow();
        self.head = Head::new(self.head.number, queued_from, 0);
        self.head.learned = durable;
        let known = self.runtime.block_on(told(&self.app.store, 0))?;
        self.app.alerting.pending.know(known);
        let now = now().as_millisecond() - BEHIND_MS;
        let mut query = Query::of(Streams::All);
        query.from = now - AGAIN_MS;
        query.ids = 0..queued_from;
        query.order = Order::Arrival;
        let mut standing: HashSet<(RuleCode, Option<StreamId>)> = HashSet::new();
        let mut last = query.from;
        let mut batch: Vec<Reading> = Vec::with_capacity(BATCH);
        self.engine.advance(last);
        let mut rows = self.app.sensing.history.rows(query);
        loop {
            let row = rows.next().transpose()?;
            let over = row.is_none();
            // As they came, so that no silence is found before what ends it.
            let full = row
                .as_ref()
                .is_some_and(|row| row.reading.at > last + STEP_MS);
            if full || over || batch.len() == BATCH {
                let mut found = self.engine.feed(&batch);
                batch.clear();
                found.extend(self.engine.advance(last));
                for finding in &found {
                    match finding.to {
                        Some(_) => standing.insert(finding.key()),
                        None => standing.remove(&finding.key()),
                    };
                }
                self.tell(found);
            }
            let Some(row) = row else { break };
            last = last.max(row.reading.at.min(now));
            batch.push(row.reading);
        }
        // Whether anybody sent since then, nobody knows.
        self.engine.leave_out((now - last).max(0), now);
        self.head.advanced = now;
        let ended = self.no_longer(&standing)?;
        self.tell(ended);
        Ok(())
    }

    /// What stands in the record and is not found any more, ended.
    fn no_longer(
        &self,
        standing: &HashSet<(RuleCode, Option<StreamId>)>,
    ) -> anyhow::Result<Vec<Finding>> {
        let filter = Filter {
            open: Some(true),
            before: None,
            limit: MOST_STANDING,
        };
        let open: Vec<Kept<Alert>> = self.app.store.sheets(filter)?;
        let at = now().as_millisecond();
        let recorded = open.into_iter().flat_map(|kept| kept.sheet.found);
        let ended = recorded.map(|standing| Finding {
            at,
            from: Some(standing.colour),
            ground: Ground::RuleGone {},
            rule: standing.rule,
            streams: standing.streams,
            to: None,
        });
        Ok(ended
            .filter(|finding| !standing.contains(&finding.key()))
            .collect())
    }

    /// Takes up the state that was written last, and judges what came after it;
    /// says whether there is one.
    fn go_on(&mut self, queued_from: u64) -> anyhow::Result<bool> {
        let Some((mut head, parts)) = self.keep.read()? else {
            return Ok(false);
        };
        let marks = self.keep.marks(head.number)?;
        let added = marks.iter().filter_map(|mark| match mark {
            Mark::Add { stream, .. } => Some(*stream),
            _ => None,
        });
        self.engine = self.make(&added.collect())?;
        let known = self.runtime.block_on(told(&self.app.store, head.entries))?;
        let pending = std::mem::take(&mut head.pending);
        let first = head.rules();
        self.head = head;
        let mut damaged = None;
        let parts = std::iter::once(Ok(first)).chain(parts);
        let whole = parts.map_while(|part| part.map_err(|error| damaged = Some(error)).ok());
        let ended = self.engine.resume(whole);
        if let Some(error) = damaged {
            return Err(error.into());
        }
        self.app.alerting.pending.know(known);
        self.tell(pending);
        self.tell(ended);
        self.replay(marks, queued_from)?;
        // Nobody listened while the server was not there.
        let now = now().as_millisecond() - BEHIND_MS;
        if self.head.advanced > 0 {
            let gap = now - self.head.advanced;
            self.engine.leave_out(gap.max(0), now);
        }
        Ok(true)
    }

    /// Judges readings that are in the history, and what was marked between them.
    fn replay(&mut self, marks: Vec<Mark>, until: u64) -> anyhow::Result<()> {
        let mut marks = marks.into_iter().peekable();
        let mut query = Query::of(Streams::All);
        query.ids = self.head.next..until;
        query.order = Order::Arrival;
        let mut batch: Vec<Reading> = Vec::with_capacity(BATCH);
        for row in self.app.sensing.history.rows(query) {
            let row = row?;
            while let Some(mark) = marks.next_if(|mark| mark.before() <= row.id) {
                self.judge(&batch);
                batch.clear();
                self.pass(mark)?;
            }
            batch.push(row.reading);
            self.head.next = row.id + 1;
            if batch.len() == BATCH {
                self.judge(&batch);
                batch.clear();
            }
        }
        self.judge(&batch);
        for mark in marks {
            self.pass(mark)?;
        }
        self.head.next = until.max(self.head.next);
        Ok(())
    }

    fn judge(&mut self, readings: &[Reading]) {
        if !readings.is_empty() {
            let found = self.engine.feed(readings);
            self.tell(found);
        }
    }

    /// Does what a mark says.
    fn pass(&mut self, mark: Mark) -> anyhow::Result<()> {
        match mark {
            Mark::Tick { to, .. } => {
                self.head.advanced = to;
                let found = self.engine.advance(to);
                self.tell(found);
            }
            Mark::Add { stream, .. } => {
                let city = self.app.city();
                if let Some(stream) = streams::stream(&self.app.store, &city, StreamId(stream))? {
                    self.engine.add(&stream);
                }
            }
            Mark::Learn { lesson, .. } => self.learn(&lesson),
        }
        Ok(())
    }

    fn learn(&mut self, lesson: &Lesson) {
        self.head.learned = self.head.learned.max(lesson.entry);
        self.engine
            .learn(&lesson.rule, lesson.stream, lesson.outcome);
    }

    /// Marks something, then does it.
    fn mark(&mut self, mark: Mark) -> anyhow::Result<()> {
        if !self.torn {
            self.keep.mark(std::slice::from_ref(&mark))?;
        }
        self.pass(mark)
    }

    fn answer(&mut self, question: Asked) -> anyhow::Result<()> {
        let before = self.head.next;
        match question {
            Asked::Readings(chunk) => {
                let found = self.engine.feed(&chunk.readings);
                let count = chunk.readings.len() as u64;
                self.head.next = chunk.first + count;
                self.tell(found);
                self.app.alerting.queue.judged(count);
            }
            Asked::Tick(now) => {
                let to = now.as_millisecond() - BEHIND_MS;
                self.mark(Mark::Tick { before, to })?;
                self.follow_register()?;
                self.study()?;
                self.app.alerting.set_counts(self.engine.counts());
                let pause = STATE_EVERY.max(self.written_in * SHARE);
                if self.torn || self.written.elapsed() >= pause {
                    self.write_state()?;
                }
            }
            Asked::Register { streams, others } => {
                let (known, new): (Vec<u64>, Vec<u64>) = streams
                    .into_iter()
                    .partition(|stream| self.engine.knows(StreamId(*stream)));
                for stream in new {
                    self.mark(Mark::Add { before, stream })?;
                }
                if others || !known.is_empty() {
                    self.stale.get_or_insert_with(Instant::now);
                }
            }
            Asked::Reload(tell) => {
                let outcome = self.reload().map_err(|error| {
                    tracing::error!(%error, "rules and streams cannot be read");
                    Refusal::from(yiwang_cases::StoreError::Broken(error.to_string()))
                });
                // Whoever asked may have gone away.
                let _ = tell.send(outcome);
            }
            Asked::Stop => {}
        }
        Ok(())
    }

    /// Takes note that a question was not answered whole: it goes on, reads the record
    /// anew and writes a whole state as soon as it can.
    fn miss(&mut self, error: &anyhow::Error) {
        if !self.torn {
            tracing::error!(%error, "something of how readings are judged cannot be read or written; it is tried again");
        }
        self.torn = true;
        self.stale.get_or_insert_with(Instant::now);
    }

    /// Follows a register that has changed, not so often that nothing else is done.
    fn follow_register(&mut self) -> anyhow::Result<()> {
        let due = |since: Instant| since.elapsed() >= self.made_in * SHARE;
        if self.stale.is_some_and(due) {
            self.reload()?;
        }
        Ok(())
    }

    /// Learns what the record says came of alerts since it last looked.
    fn study(&mut self) -> anyhow::Result<()> {
        let durable = *self.app.store.durable().borrow();
        while self.head.learned < durable {
            let store = &self.app.store;
            let from = self.head.learned;
            let page = self
                .runtime
                .block_on(store.sheets_from::<Alert>(from, PAGE))?;
            let full = page.len() == PAGE;
            for moved in page {
                let entry = moved.seq + 1;
                for lesson in lessons(&moved, entry) {
                    let before = self.head.next;
                    self.mark(Mark::Learn { before, lesson })?;
                }
                self.head.learned = entry;
            }
            if !full {
                self.head.learned = durable;
            }
        }
        Ok(())
    }

    /// Goes on with the rules and streams as they are in the record now.
    fn reload(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let mut next = self.make(&HashSet::new())?;
        let ended = next.resume(self.engine.parts());
        self.engine = next;
        self.tell(ended);
        self.stale = None;
        self.made_in = begun.elapsed();
        self.write_state()
    }

    fn tell(&mut self, found: Vec<Finding>) {
        if found.is_empty() {
            return;
        }
        if let Err(error) = self.keep.sync() {
            tracing::error!(%error, "marks of what was judged cannot be written");
        }
        self.app.alerting.pending.add(found);
    }

    fn write_state(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        self.head.number += 1;
        let durable = self.app.store.durable();
        let pending = &self.app.alerting.pending;
        let (waiting, entries) = pending.as_it_stands(|| *durable.borrow());
        (self.head.pending, self.head.entries) = (waiting, entries);
        self.keep.write(&mut self.head, self.engine.parts())?;
        self.head.pending.clear();
        self.torn = false;
        self.written = Instant::now();
        self.written_in = begun.elapsed();
        Ok(())
    }
}

/// What an entry teaches the detectors that raised its alert.
fn lessons(moved: &SheetMoved<Alert>, entry: u64) -> Vec<Lesson> {
    let AlertEvent::Labelled { outcome } = &moved.data else {
        return Vec::new();
    };
    let outcome = match outcome {
        alert::Outcome::Real => Outcome::Real,
        alert::Outcome::False => Outcome::FalseAlarm,
        alert::Outcome::Unknown => return Vec::new(),
    };
    let found = moved.kept.sheet.rules.iter();
    let lesson = |(rule, found): (&RuleCode, &Found)| {
        let stream = *found.streams.first()?;
        Some(Lesson {
            rule: rule.clone(),
            stream,
            outcome,
            entry,
        })
    };
    found.filter_map(lesson).collect()
}

fn refused(refusal: Refusal) -> anyhow::Error {
    anyhow::anyhow!("{}", refusal.message.en)
}
