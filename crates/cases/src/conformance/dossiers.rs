//! Dossiers: what grows out of cases.

use std::collections::BTreeMap;

use jiff::civil::date;
use yiwang_base::{CaseId, LocalText, Timestamp, to_millis};

use super::desk::Desk;
use super::sample::{Draft, change, li_na, minute, point, receipt};
use crate::civic::proposal::Pattern;
use crate::civic::recurrence::WeekCount;
use crate::civic::{
    Ballot, Content, Deed, Dossier, DossierChange, DossierError, DossierEvent, DossierFilter,
    DossierId, DossierStore, Kind, Recast, Span, Tally, Voter, Words, appraisal, asset,
    consultation, deliberation, dispute, micro_project, pool, property_party, proposal, task,
    topic, training, week_of,
};
use crate::{Actor, CaseStore, Channel, Receipt, StoreError};

fn code<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn title(text: &str) -> LocalText {
    LocalText::new(text, format!("{text} (en)"))
}

/// What opens a dossier of each kind.
fn openings() -> [DossierEvent; 8] {
    let count = topic::Count {
        cases: 31,
        from: minute(-9000),
        until: minute(0),
    };
    let evidence = proposal::Evidence {
        cases: vec![CaseId(3), CaseId(2)],
        counted: 12,
        elsewhere_hundredths: 130,
        expected_hundredths: 420,
        found_by: "recurrence/1".into(),
        here_hundredths: 210,
        last_at: minute(-30),
        recent: 4,
        recent_weeks: 8,
        seasons: vec![8],
        surprise_billionths: 17,
        unusual: proposal::Unusual::Place,
        from: minute(0),
        until: minute(40_000),
    };
    [
        DossierEvent::Proposal(proposal::Event::Opened {
            evidence: Box::new(evidence),
            pattern: Pattern {
                area: code("west"),
                category: code("light"),
                cell: Some(-1),
            },
        }),
        DossierEvent::Topic(topic::Event::Opened {
            assisting: vec![code("street-east")],
            before: count,
            lead: code("lights"),
            scope: topic::Scope {
                areas: vec![code("west"), code("east")],
                cases: vec![CaseId(2)],
                categories: vec![code("light")],
            },
            summary: title("路灯"),
            title: title("老旧小区路灯"),
        }),
        DossierEvent::Dispute(dispute::Event::Registered {
            area: code("east"),
            cases: vec![CaseId(9)],
            parties: 2,
            title: title("楼上漏水"),
            track: dispute::Track::SelfRule,
            unit: code("street-east"),
        }),
        DossierEvent::PropertyParty(property_party::Event::Registered {
            areas: vec![code("east")],
            duties: vec![code("rubbish")],
            name: title("某物业"),
            role: property_party::Role::Company,
            unit: code("street-east"),
        }),
        DossierEvent::Asset(asset::Event::Registered {
            area: code("west"),
            category: code("light"),
            due_at: minute(5_000),
            every_days: 365,
            inspected_on: Some(date(2026, 1, 5)),
            name: title("3 号楼电梯"),
            party: Some(DossierId(4)),
            sort: asset::Sort::Lift,
            unit: code("lights"),
        }),
        DossierEvent::Deliberation(deliberation::Event::Convened {
            agenda: title("车位怎么分"),
            area: code("east"),
            cases: vec![CaseId(9)],
            form: deliberation::Form::Courtyard,
            parties: vec![title("居民代表"), title("物业公司")],
            title: title("停车"),
            unit: code("street-east"),
        }),
        DossierEvent::Consultation(consultation::Event::Announced {
            area: None,
            choose: 2,
            closes_at: minute(900),
            entitled: Some(1200),
            opens_at: minute(0),
            options: vec![title("健身"), title("花园"), title("停车")],
            question: title("空地做什么"),
            recast: Recast::Replace,
            title: title("空地"),
            unit: code("street-east"),
        }),
        DossierEvent::MicroProject(micro_project::Event::Proposed { area: code("west") }),
    ]
}

/// What opens a dossier of the kinds that are between units and helpers.
fn shared_openings() -> [DossierEvent; 4] {
    [
        DossierEvent::Pool(pool::Event::SetUp {
            area: code("east"),
            title: title("东街联动队伍"),
            unit: code("street-east"),
            units: vec![code("lights"), code("street-east")],
        }),
        DossierEvent::Task(task::Event::Published {
            area: code("east"),
            case: Some(CaseId(9)),
            due_at: minute(5_000),
            places: 3,
            summary: title("陪老人下楼"),
            title: title("助老"),
            unit: code("street-east"),
        }),
        DossierEvent::Training(training::Event::Planned {
            due_at: minute(5_000),
            on: date(2026, 9, 28),
            summary: title("限时响应"),
            title: title("办件培训"),
            unit: code("street-east"),
            units: vec![code("lights")],
        }),
        DossierEvent::Appraisal(appraisal::Event::DrawnUp {
            formula: appraisal::FORMULA.into(),
            formulas: vec!["resolution.1".into()],
            from: date(2026, 8, 1),
            lines: vec![appraisal::Line {
                unit: code("lights"),
                counted: vec![appraisal::Counted {
                    component: appraisal::Component::Resolution,
                    met: 7,
                    counted: 9,
                }],
                points: Some(7_777),
                standing: Some(appraisal::Standing::Good),
                objected: false,
                settled: false,
            }],
            objections_by: minute(5_000),
            title: title("八月考评"),
            unit: code("street-east"),
            until: date(2026, 8, 31),
            weights: appraisal::Weights::default(),
        }),
    ]
}

fn deed(at: i64, event: DossierEvent, words: Option<&str>) -> Deed {
    let words = words.map(|text| Words::new(BTreeMap::from([("words".into(), text.into())])));
    Deed {
        at: minute(at),
        by: li_na(),
        grounds: Some("会议纪要 3 号".into()),
        event,
        words,
    }
}

fn written(id: DossierId, before: Option<&Dossier>, deeds: Vec<Deed>) -> DossierChange {
    let mut after = before.cloned();
    for deed in &deeds {
        match &mut after {
            Some(dossier) => assert!(dossier.apply(deed)),
            None => after = Dossier::begin(id, deed),
        }
    }
    DossierChange {
        expected_version: before.map_or(0, |one| one.version),
        recorded_at: deeds.last().unwrap().at,
        deeds,
        after: after.unwrap(),
        receipt: None,
        case: None,
    }
}

impl<S: CaseStore + DossierStore> Desk<'_, S> {
    fn append_dossier(&self, change: DossierChange) -> Result<(), DossierError> {
        self.wait(self.store.append_dossier(change))
    }

    fn dossier(&self, id: DossierId) -> Option<Dossier> {
        self.wait(self.store.dossier(id)).unwrap()
    }

    /// Opens a dossier with something sealed beside its first event.
    fn open(&self, event: DossierEvent, receipt: Option<Receipt>) -> Dossier {
        let id = self.store.new_dossier_id();
        let mut change = written(id, None, vec![deed(0, event, Some("楼上漏水三个月"))]);
        change.receipt = receipt;
        let after = change.after.clone();
        self.append_dossier(change).unwrap();
        after
    }

    fn ids(&self, filter: &DossierFilter) -> Vec<DossierId> {
        let (mut start, mut ids) = (None, Vec::new());
        loop {
            let page = self.wait(self.store.dossiers(filter, start, 3)).unwrap();
            assert!(page.dossiers.len() <= 3);
            ids.extend(page.dossiers.iter().map(|one| one.id));
            start = page.next;
            if start.is_none() {
                return ids;
            }
        }
    }

    fn speaks(
        &self,
        dossier: &Dossier,
        person: u8,
        round: u8,
        options: &[u32],
        recast: Recast,
    ) -> Result<(), DossierError> {
        let ballot = Ballot {
            dossier: dossier.id,
            expected_version: dossier.version,
            round,
            voter: Voter([person; 32]),
            options: options.to_vec(),
            recast,
            at: minute(7),
            by: Actor::Resident,
        };
        self.wait(self.store.cast(ballot))
    }
}

/// Every kind is written and read, with what is sealed beside it.
pub fn a_dossier_of_every_kind_reads_back_as_it_was_written<S: CaseStore + DossierStore>(
    desk: &Desk<'_, S>,
) {
    let openings: Vec<DossierEvent> = openings().into_iter().chain(shared_openings()).collect();
    assert_eq!(openings.len(), Kind::ALL.len());
    for (event, kind) in openings.into_iter().zip(Kind::ALL) {
        let opened = desk.open(event.clone(), None);
        assert_eq!(opened.kind(), kind);
        assert_eq!(desk.dossier(opened.id), Some(opened.clone()));
        let deeds = desk.wait(desk.store.deeds(opened.id)).unwrap();
        assert_eq!(deeds.len(), 1);
        assert_eq!(deeds[0].deed, deed(0, event, Some("楼上漏水三个月")));
        assert_eq!(deeds[0].recorded_at, minute(0));
    }
    assert_eq!(desk.dossier(DossierId(1_000)), None);
    assert_eq!(desk.wait(desk.store.deeds(DossierId(1_000))), Ok(vec![]));
}

/// A change for another version is refused with the current one.
pub fn a_dossier_that_moved_on_is_not_overwritten<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    let [_, _, event, ..] = openings();
    let opened = desk.open(event, None);
    let mediator = DossierEvent::Dispute(dispute::Event::MediatorAssigned {});
    let next = written(
        opened.id,
        Some(&opened),
        vec![deed(5, mediator, Some("老李"))],
    );
    desk.append_dossier(next.clone()).unwrap();
    let refused = Err(DossierError::Changed { current: 2 });
    assert_eq!(desk.append_dossier(next.clone()), refused);
    assert_eq!(desk.dossier(opened.id), Some(next.after));
    assert_eq!(desk.wait(desk.store.deeds(opened.id)).unwrap().len(), 2);
}

/// The same call again is told which dossier it made; another one is refused.
pub fn a_step_made_twice_is_told_what_it_did<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    let [_, _, event, ..] = openings();
    let call = receipt("user:li.na/k", 1);
    let opened = desk.open(event.clone(), Some(call.clone()));
    let id = desk.store.new_dossier_id();
    let mut again = written(id, None, vec![deed(9, event, None)]);
    again.receipt = Some(call.clone());
    let repeated = Err(DossierError::Repeated { id: opened.id });
    assert_eq!(desk.append_dossier(again.clone()), repeated);
    assert_eq!(desk.dossier(id), None);
    let known = desk.wait(desk.store.dossier_repeated(&call));
    assert_eq!(known, Ok(Some(opened.id)));
    again.receipt = Some(receipt("user:li.na/k", 2));
    let reused = Err(DossierError::Store(StoreError::KeyReused));
    assert_eq!(desk.append_dossier(again), reused);
}

/// Each filter finds what it names, page by page, the newest first.
pub fn dossiers_are_found_by_what_they_are_about<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    let all: Vec<DossierId> = openings()
        .into_iter()
        .map(|event| desk.open(event, None).id)
        .collect();
    let newest: Vec<DossierId> = all.iter().rev().copied().collect();
    assert_eq!(desk.ids(&DossierFilter::default()), newest);
    let at =
        |places: &[usize]| -> Vec<DossierId> { places.iter().map(|place| all[*place]).collect() };
    let filter = DossierFilter::default;
    let table = [
        (
            DossierFilter {
                kinds: vec![Kind::Topic, Kind::Asset],
                ..filter()
            },
            at(&[4, 1]),
        ),
        (
            DossierFilter {
                areas: vec![code("west")],
                ..filter()
            },
            at(&[7, 4, 1, 0]),
        ),
        (
            DossierFilter {
                units: vec![code("street-east")],
                kinds: vec![Kind::Topic, Kind::Dispute],
                ..filter()
            },
            at(&[2, 1]),
        ),
        (
            DossierFilter {
                categories: vec![code("rubbish")],
                ..filter()
            },
            at(&[3]),
        ),
        (
            DossierFilter {
                case: Some(CaseId(9)),
                ..filter()
            },
            at(&[5, 2]),
        ),
        (
            DossierFilter {
                states: vec!["open".into(), "proposed".into()],
                ..filter()
            },
            at(&[7, 0]),
        ),
        (
            DossierFilter {
                due_before: Some(minute(4_000)),
                ..filter()
            },
            at(&[6]),
        ),
        (
            DossierFilter {
                areas: vec![code("moon")],
                ..filter()
            },
            vec![],
        ),
    ];
    for (filter, expected) in table {
        assert_eq!(desk.ids(&filter), expected, "{filter:?}");
    }
}

/// Nobody speaks twice; a tally counts people and what they chose.
pub fn a_person_speaks_once_in_each_vote<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    let [.., event, _] = openings();
    let opened = desk.open(event, None);
    let (replace, refuse) = (Recast::Replace, Recast::Refuse);
    desk.speaks(&opened, 1, 0, &[0, 2], replace).unwrap();
    desk.speaks(&opened, 2, 0, &[2], replace).unwrap();
    desk.speaks(&opened, 1, 0, &[1], replace).unwrap();
    let again = desk.speaks(&opened, 2, 0, &[0], refuse);
    assert_eq!(again, Err(DossierError::Spoken));
    // Another vote of the same dossier is another urn.
    desk.speaks(&opened, 2, 1, &[0], refuse).unwrap();
    let tally = |round| desk.wait(desk.store.tally(opened.id, round, 3)).unwrap();
    let said = |options: [u64; 3], voices| Tally {
        options: options.to_vec(),
        voices,
    };
    assert_eq!(tally(0), said([0, 1, 1], 2));
    assert_eq!(tally(1), said([1, 0, 0], 1));
    assert_eq!(tally(2), Tally::empty(3));
    let voice = |person| desk.wait(desk.store.voice(opened.id, 0, Voter([person; 32])));
    assert_eq!(voice(1), Ok(Some(vec![1])));
    assert_eq!(voice(9), Ok(None));
    // Voices do not move the dossier, and a dossier that moved takes none for its old version.
    assert_eq!(desk.dossier(opened.id), Some(opened.clone()));
    let withdrawn = DossierEvent::Consultation(consultation::Event::Withdrawn {});
    let next = written(opened.id, Some(&opened), vec![deed(9, withdrawn, None)]);
    desk.append_dossier(next).unwrap();
    let late = desk.speaks(&opened, 3, 0, &[0], replace);
    assert_eq!(late, Err(DossierError::Changed { current: 2 }));
}

/// A case and what it comes of are written together or not at all.
pub fn a_case_and_the_dossier_it_comes_of_are_written_together<S: CaseStore + DossierStore>(
    desk: &Desk<'_, S>,
) {
    let [event, ..] = openings();
    let opened = desk.open(event, None);
    let id = desk.new_id();
    let mut draft = Draft::at(3);
    draft.request.follow_code = Some("CODE".into());
    let accepted = DossierEvent::Proposal(proposal::Event::Accepted {
        case: id,
        unit: None,
    });
    let mut next = written(opened.id, Some(&opened), vec![deed(4, accepted, None)]);
    next.case = Some(change(id, None, vec![draft.happening()]));
    // The follow code is another's: neither the case nor the step is written.
    let first = desk.submit(&draft);
    let taken = Err(DossierError::Store(StoreError::FollowCodeTaken));
    assert_eq!(desk.append_dossier(next.clone()), taken);
    assert_eq!(desk.dossier(opened.id), Some(opened.clone()));
    assert_eq!(desk.case(id), None);
    draft.request.follow_code = Some("OTHER".into());
    next.case = Some(change(id, None, vec![draft.happening()]));
    desk.append_dossier(next.clone()).unwrap();
    assert_eq!(desk.dossier(opened.id), Some(next.after));
    assert_eq!(desk.case(id).map(|case| case.version), Some(1));
    assert_ne!(first.id, id);
    let filter = DossierFilter {
        case: Some(id),
        ..DossierFilter::default()
    };
    assert_eq!(desk.ids(&filter), [opened.id]);
}

/// What is erased is gone, and the rest adds up as before.
pub fn what_is_erased_of_a_dossier_is_gone<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    let [_, _, event, ..] = openings();
    let call = receipt("user:li.na/k", 1);
    let opened = desk.open(event.clone(), Some(call.clone()));
    let other = desk.open(event, None);
    let sealed = |id| desk.wait(desk.store.sealed_deeds(id)).unwrap();
    let entries = sealed(opened.id);
    assert_eq!(entries.len(), 1);
    let erase = |erases: Vec<u64>| {
        let erased = deed(30, DossierEvent::Erased { erases }, None);
        written(opened.id, Some(&opened), vec![erased])
    };
    let foreign = sealed(other.id)[0];
    let refused = Err(DossierError::Store(StoreError::NothingSealed {
        entry: foreign,
    }));
    assert_eq!(
        desk.append_dossier(erase(vec![entries[0], foreign])),
        refused
    );
    assert_eq!(sealed(opened.id), entries);
    desk.append_dossier(erase(entries)).unwrap();
    assert_eq!(sealed(opened.id), [0; 0]);
    assert_eq!(sealed(other.id).len(), 1);
    let deeds = desk.wait(desk.store.deeds(opened.id)).unwrap();
    assert!(deeds.iter().all(|one| one.deed.words.is_none()));
    let stored = desk.dossier(opened.id).unwrap();
    assert!(stored.erased);
    assert_eq!(stored.content, opened.content);
    assert!(matches!(stored.content, Content::Dispute(_)));
    // Who guesses words cannot try them out against the call's fingerprint.
    let guessed = desk.wait(desk.store.dossier_repeated(&call));
    assert_eq!(guessed, Err(StoreError::KeyReused));
}

/// Complaints are counted by place and week; declined and proactive ones are not.
pub fn weeks_and_patterns_count_complaints<S: CaseStore + DossierStore>(desk: &Desk<'_, S>) {
    const WEEK: i64 = 7 * 24 * 60;
    let offset = 8 * 3_600_000;
    let at = |minutes: i64, area, lon| {
        let mut draft = Draft::at(minutes);
        draft.area = Some(area);
        draft.request.place.point = point(lon, 39.9);
        desk.submit(&draft)
    };
    let first = at(0, "west", 116.4);
    let second = at(10, "west", 116.4);
    let far = at(20, "west", 116.5);
    let next = at(WEEK, "west", 116.4);
    let east = at(30, "east", 116.4);
    let declined = at(40, "west", 116.4);
    desk.let_happen(&declined, 50, super::sample::declined(), None);
    let mut proactive = Draft::at(45);
    proactive.channel = Channel::Proactive;
    desk.submit(&proactive);
    let mut nowhere = Draft::at(46);
    nowhere.area = None;
    desk.submit(&nowhere);
    let span = Span {
        from: minute(0),
        until: minute(2 * WEEK),
    };
    let counts = desk.wait(desk.store.week_counts(span, offset, 16)).unwrap();
    let week = |at: Timestamp| week_of(to_millis(at), offset);
    let sum = |area: &str, in_week: i32| -> (u32, usize) {
        let here = |one: &&WeekCount| one.area.as_str() == area && one.week == in_week;
        let found: Vec<&WeekCount> = counts.iter().filter(here).collect();
        (found.iter().map(|one| one.count).sum(), found.len())
    };
    assert_eq!(sum("west", week(minute(0))), (3, 2));
    assert_eq!(sum("west", week(minute(WEEK))), (1, 1));
    assert_eq!(sum("east", week(minute(0))), (1, 1));
    assert_eq!(counts.iter().map(|one| one.count).sum::<u32>(), 5);
    let near = counts.iter().find(|one| one.count == 2).unwrap();
    let pattern = |cell| Pattern {
        area: code("west"),
        category: code("light"),
        cell,
    };
    let found = |cell, spans: &[Span], limit| {
        desk.wait(desk.store.pattern_cases(&pattern(cell), spans, limit))
            .unwrap()
    };
    let all = [next.id, far.id, second.id, first.id];
    assert_eq!(found(None, &[span], 50), all);
    assert_eq!(found(None, &[span], 2), all[..2]);
    assert_eq!(
        found(near.cell, &[span], 50),
        [next.id, second.id, first.id]
    );
    let two = [
        Span {
            from: minute(0),
            until: minute(10),
        },
        Span {
            from: minute(WEEK),
            until: minute(WEEK + 1),
        },
    ];
    assert_eq!(found(None, &two, 50), [next.id, first.id]);
    assert_eq!(found(None, &[], 50), []);
    assert_ne!(east.id, first.id);
}
