//! Load → decide → append, against the record in memory.

use std::sync::atomic::{AtomicUsize, Ordering};

use pollster::block_on;
use yiwang_base::{CaseId, Personal, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{
    Action, Actor, Asked, Breakdown, Case, CaseFilter, CasePoint, CaseStore, Change, Channel,
    Command, Context, Counts, Event, Happening, MapTile, MemoryStore, Order, Page, PageStart,
    Receipt, Recorded, RequestWords, SourceRef, Stage, StoreError, Submit, execute,
};

use crate::town::{FRIDAY, at, good, rules, words};

fn ask_at<S: CaseStore>(store: &S, asked: &Asked, now: Timestamp) -> Result<Case, Refusal> {
    let (rules, actor) = (rules(), Actor::Resident);
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    block_on(execute(store, asked, &context))
}

fn ask<S: CaseStore>(store: &S, asked: &Asked) -> Result<Case, Refusal> {
    ask_at(store, asked, at(FRIDAY))
}

fn asked(id: Option<CaseId>, action: Action) -> Asked {
    Asked {
        id,
        seen_version: None,
        command: good(action),
        receipt: None,
    }
}

/// Words of which several cases can be made.
fn without_code() -> RequestWords {
    RequestWords {
        follow_code: None,
        ..words()
    }
}

fn receipt(key: &str, fingerprint: u8) -> Option<Receipt> {
    Some(Receipt {
        key: key.into(),
        fingerprint: [fingerprint; 32],
    })
}

/// A record in which someone else calls the resident just before each of the
/// first appends, or in which only the append notices a repeated call.
struct Busy {
    record: MemoryStore,
    others: AtomicUsize,
    forgetful: bool,
}

impl Busy {
    fn with_others(others: usize) -> (Self, CaseId) {
        let record = MemoryStore::new();
        let submit = Asked {
            command: crate::town::submit(without_code()),
            ..asked(None, Action::Submit)
        };
        let id = ask(&record, &submit).unwrap().id;
        let busy = Busy {
            record,
            others: AtomicUsize::new(others),
            forgetful: false,
        };
        (busy, id)
    }
}

impl CaseStore for Busy {
    fn new_case_id(&self) -> CaseId {
        self.record.new_case_id()
    }
    async fn case(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        self.record.case(id).await
    }
    async fn case_by_follow_code(&self, code: &str) -> Result<Option<Case>, StoreError> {
        self.record.case_by_follow_code(code).await
    }
    async fn by_source(&self, source: &SourceRef) -> Result<Option<CaseId>, StoreError> {
        self.record.by_source(source).await
    }
    async fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        if self.forgetful {
            return Ok(None);
        }
        self.record.repeated(receipt).await
    }
    async fn append(&self, change: Change) -> Result<(), StoreError> {
        let others = self.others.load(Ordering::Relaxed);
        if others > 0 {
            self.others.store(others - 1, Ordering::Relaxed);
            let mut after = self.record.case(change.after.id).await?.unwrap();
            let call = Happening {
                at: at(FRIDAY),
                by: Actor::Resident,
                grounds: None,
                event: Event::CalledBack {
                    reached: false,
                    satisfaction: None,
                    solved: None,
                },
                sealed: None,
            };
            let expected_version = after.version;
            after.apply(&call).unwrap();
            let other = Change {
                expected_version,
                happenings: vec![call],
                after,
                recorded_at: at(FRIDAY),
                receipt: None,
            };
            self.record.append(other).await.unwrap();
        }
        self.record.append(change).await
    }
    async fn append_both(&self, first: Change, second: Change) -> Result<(), StoreError> {
        self.record.append_both(first, second).await
    }

    async fn joined_by_follow_code(&self, code: &str) -> Result<Option<(CaseId, u32)>, StoreError> {
        self.record.joined_by_follow_code(code).await
    }

    async fn timeline(&self, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
        self.record.timeline(id).await
    }
    async fn file(&self, id: CaseId, seq: u64) -> Result<Option<Personal<Vec<u8>>>, StoreError> {
        self.record.file(id, seq).await
    }
    async fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.record.list(filter, order, start, limit).await
    }
    async fn breakdown(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> Result<Breakdown, StoreError> {
        self.record.breakdown(filter, spans, now).await
    }
    async fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Result<Counts, StoreError> {
        self.record.counts(filter, now).await
    }
    async fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Result<Vec<CasePoint>, StoreError> {
        self.record.points(tile, filter, now).await
    }
}

#[test]
fn a_case_walks_the_whole_road_and_its_timeline_replays_to_it() {
    use Action::{Accept, CallBack, Close, Dispatch, ReportBack, Start, Submit, Verify};
    let store = MemoryStore::new();
    let mut case = ask(&store, &asked(None, Submit)).unwrap();
    for action in [Accept, Dispatch, Start, ReportBack, Verify, Close, CallBack] {
        case = ask(&store, &asked(Some(case.id), action)).unwrap();
        assert_eq!(block_on(store.case(case.id)).unwrap().as_ref(), Some(&case));
    }
    assert_eq!((case.stage, case.version), (Stage::Closed, 8));
    let timeline = block_on(store.timeline(case.id)).unwrap();
    let seqs: Vec<u64> = timeline.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (0..8).collect::<Vec<_>>());
    let replayed = Case::replay(case.id, timeline.iter().map(|entry| &entry.happening));
    assert_eq!(replayed.unwrap(), Some(case));
}

#[test]
fn a_stale_version_is_refused_with_the_current_one() {
    let store = MemoryStore::new();
    let id = ask(&store, &asked(None, Action::Submit)).unwrap().id;
    let seen = |version, action| Asked {
        seen_version: Some(version),
        ..asked(Some(id), action)
    };
    assert!(ask(&store, &seen(1, Action::Accept)).is_ok());
    let refusal = ask(&store, &seen(1, Action::Dispatch)).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Changed);
    assert_eq!(refusal.code, "case.changed");
    assert_eq!(refusal.field.as_deref(), Some("If-Match"));
    assert_eq!(refusal.allowed, ["2"]);
    assert!(ask(&store, &seen(2, Action::Dispatch)).is_ok());
}

#[test]
fn a_command_that_names_no_version_is_decided_anew_when_someone_was_quicker() {
    let (busy, id) = Busy::with_others(3);
    let case = ask(&busy, &asked(Some(id), Action::Accept)).unwrap();
    assert_eq!((case.stage, case.version), (Stage::Accepted, 5));
}

#[test]
fn a_command_that_names_its_version_is_not_tried_again() {
    let (busy, id) = Busy::with_others(1);
    let seen = Asked {
        seen_version: Some(1),
        ..asked(Some(id), Action::Accept)
    };
    let refusal = ask(&busy, &seen).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Changed);
    assert_eq!(refusal.allowed, ["2"]);
}

#[test]
fn a_case_that_everybody_wants_is_refused_as_busy_at_last() {
    let (busy, id) = Busy::with_others(1_000);
    let refusal = ask(&busy, &asked(Some(id), Action::Accept)).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
    assert_eq!(refusal.code, "case.busy");
}

#[test]
fn the_same_call_twice_gives_the_same_answer_and_is_done_once() {
    let store = MemoryStore::new();
    let call = Asked {
        receipt: receipt("web/abc", 1),
        ..asked(None, Action::Submit)
    };
    let first = ask(&store, &call).unwrap();
    let again = ask_at(&store, &call, at("2026-09-25T03:00:00Z")).unwrap();
    assert_eq!(first, again);
    let counts = block_on(store.counts(&CaseFilter::default(), at(FRIDAY))).unwrap();
    assert_eq!(counts.by_stage.values().sum::<u64>(), 1);
    // Also after the case has moved on, when the command itself is not possible any more.
    let accept = Asked {
        receipt: receipt("web/def", 2),
        seen_version: Some(1),
        ..asked(Some(first.id), Action::Accept)
    };
    let accepted = ask(&store, &accept).unwrap();
    assert_eq!(ask(&store, &accept).unwrap(), accepted);
    assert_eq!(block_on(store.timeline(first.id)).unwrap().len(), 2);
}

#[test]
fn the_same_call_twice_at_once_is_done_once() {
    let (mut busy, _) = Busy::with_others(0);
    busy.forgetful = true;
    let call = Asked {
        receipt: receipt("web/abc", 1),
        ..asked(None, Action::Submit)
    };
    let first = ask(&busy, &call).unwrap();
    assert_eq!(ask(&busy, &call).unwrap(), first);
}

#[test]
fn a_key_used_for_another_call_is_refused() {
    for forgetful in [false, true] {
        let (mut busy, _) = Busy::with_others(0);
        busy.forgetful = forgetful;
        let call = |fingerprint| Asked {
            receipt: receipt("web/abc", fingerprint),
            ..asked(None, Action::Submit)
        };
        ask(&busy, &call(1)).unwrap();
        let refusal = ask(&busy, &call(2)).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Invalid);
        assert_eq!(refusal.code, "idempotency.key-reused");
    }
}

#[test]
fn a_refused_command_leaves_its_key_unused() {
    let store = MemoryStore::new();
    let mut empty = words();
    empty.words.clear();
    let call = |request| Asked {
        receipt: receipt("web/abc", 1),
        command: crate::town::submit(request),
        ..asked(None, Action::Submit)
    };
    assert!(ask(&store, &call(empty)).is_err());
    assert!(ask(&store, &call(words())).is_ok());
}

#[test]
fn a_case_that_is_not_there_is_not_found() {
    let store = MemoryStore::new();
    let refusal = ask(&store, &asked(Some(CaseId(9)), Action::Accept)).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::NotFound);
    assert_eq!(refusal.found.as_deref(), Some("C9"));
    let refusal = ask(&store, &asked(None, Action::Accept)).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::NotFound);
}

#[test]
fn a_source_comes_in_once() {
    let store = MemoryStore::new();
    let from = |id: &str| Asked {
        command: Command::Submit(Submit {
            channel: Channel::Partner,
            category: None,
            request: Personal::new(without_code()),
            source: Some(SourceRef {
                id: id.into(),
                system: "elsewhere".into(),
            }),
        }),
        ..asked(None, Action::Submit)
    };
    let first = ask(&store, &from("101")).unwrap();
    let refusal = ask(&store, &from("101")).unwrap_err();
    assert_eq!(refusal.code, "case.source-known");
    assert_eq!(refusal.found, Some(first.id.to_string()));
    assert!(ask(&store, &from("102")).is_ok());
    let source = first.source.as_ref().unwrap();
    assert_eq!(block_on(store.by_source(source)), Ok(Some(first.id)));
}

#[test]
fn what_the_store_cannot_do_is_told_without_its_insides() {
    for error in [
        StoreError::Full,
        StoreError::ReadOnly("/var/lib/secret".into()),
        StoreError::Broken("table cases has no column".into()),
    ] {
        let refusal = Refusal::from(error);
        assert_eq!(refusal.kind, RefusalKind::Unavailable);
        let shown = format!("{refusal:?}");
        assert!(
            !shown.contains("secret") && !shown.contains("column"),
            "{shown}"
        );
        assert!(refusal.message.zh.contains("未写入任何内容"));
        assert!(refusal.message.en.contains("nothing was written"));
    }
}
