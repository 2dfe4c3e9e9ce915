//! A small town that the tests happen in, and short ways to speak to it.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{
    AreaCode, CaseId, LocalText, Personal, Point, Refusal, Span, Timestamp, WorkCalendar, WorkHours,
};
use yiwang_cases::{
    Action, Actor, AddUnit, AnswerJoined, AnswerQuestion, AnswerSupervision, Area, AskExtension,
    AskResident, Attach, Case, Category, Channel, CityLimits, Command, Comment, Context,
    DeclineReason, DeskLimits, Extend, File, FileKind, Happening, Join, Joiner, Limits, LocateArea,
    Merge, OwnLimits, Place, Recall, Redirect, RefuseExtension, Release, RemoveUnit, ReportPart,
    Reporter, RequestWords, Resume, Return, ReturnReason, Rules, Score, Shelve, ShelveReason,
    Stage, Submit, Supervise, SupervisionLevel, Unit, UnitKind, Unmerge, Withdraw, decide,
};

/// A Friday, 10:00 in Shanghai, before the October holidays of 2026.
pub(crate) const FRIDAY: &str = "2026-09-25T02:00:00Z";

/// Words that must never be seen outside the sealed part.
pub(crate) const SECRETS: [&str; 6] = [
    "路灯坏了三天",
    "春风路8号",
    "王小明",
    "19900001234",
    "K7Q2-XWPM",
    "换了灯泡",
];

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Halves;

impl LocateArea for Halves {
    fn locate(&self, point: Point) -> Option<AreaCode> {
        match (point.lat(), point.lon()) {
            (lat, _) if lat > 60.0 => None,
            (_, lon) if lon < 116.0 => Some("west".parse().unwrap()),
            _ => Some("east".parse().unwrap()),
        }
    }
}

fn area(code: &str, parent: Option<&str>) -> Area {
    Area {
        code: code.parse().unwrap(),
        name: LocalText::same(code),
        parent: parent.map(|code| code.parse().unwrap()),
        leaf: parent.is_some(),
        tier: None,
        retired: false,
    }
}

fn unit(kind: UnitKind, code: &str, duties: &[&str], areas: &[&str]) -> Unit {
    Unit {
        code: code.parse().unwrap(),
        name: LocalText::same(code),
        kind,
        duties: duties.iter().map(|code| code.parse().unwrap()).collect(),
        areas: areas.iter().map(|code| code.parse().unwrap()).collect(),
        retired: false,
    }
}

fn category(code: &str, respond: Span, resolve: Span) -> Category {
    Category {
        code: code.parse().unwrap(),
        name: LocalText::same(code),
        group: LocalText::new("市政设施", "Facilities"),
        respond,
        resolve,
        questions: Vec::new(),
        own: OwnLimits::default(),
    }
}

/// Town: district `town` with the halves `west` and `east`.
pub(crate) fn rules() -> Rules {
    let areas = [
        area("town", None),
        area("west", Some("town")),
        area("east", Some("town")),
    ];
    let units = [
        unit(UnitKind::Department, "lights", &["light", "shared"], &[]),
        unit(UnitKind::Department, "lights-west", &["light"], &["west"]),
        unit(UnitKind::Street, "street-east", &["rubbish"], &["east"]),
        unit(UnitKind::District, "district", &["rubbish"], &["town"]),
        unit(UnitKind::Utility, "idle", &["shared"], &[]),
    ];
    let categories = [
        category(
            "light",
            Span::Clock { minutes: 120 },
            Span::WorkingDays { days: 3 },
        ),
        category(
            "rubbish",
            Span::Working { minutes: 60 },
            Span::Working { minutes: 240 },
        ),
        category(
            "shared",
            Span::Clock { minutes: 120 },
            Span::WorkingDays { days: 3 },
        ),
        category(
            "orphan",
            Span::Clock { minutes: 120 },
            Span::WorkingDays { days: 3 },
        ),
        category(
            "endless",
            Span::Clock { minutes: 5 },
            Span::WorkingDays { days: u32::MAX },
        ),
    ];
    let date = |text: &str| text.parse().unwrap();
    // 1–7 October are free, Sunday 27 September and Saturday 10 October are worked.
    let holidays: BTreeSet<_> = (1..=7).map(|d| date(&format!("2026-10-{d:02}"))).collect();
    let make_up_days = [date("2026-09-27"), date("2026-10-10")].into();
    let hours = WorkHours {
        open: 9 * 60,
        close: 18 * 60,
    };
    Rules {
        areas: areas.map(|a| (a.code.clone(), a)).into(),
        categories: categories.map(|c| (c.code.clone(), c)).into(),
        units: BTreeMap::from(units.map(|u| (u.code.clone(), u))),
        calendar: WorkCalendar::new("Asia/Shanghai", hours, holidays, make_up_days).unwrap(),
        desk: DeskLimits::default(),
        limits: CityLimits::default(),
        locator: Box::new(Halves),
    }
}

pub(crate) fn note(text: &str) -> Personal<String> {
    Personal::new(text.to_owned())
}

pub(crate) fn words() -> RequestWords {
    RequestWords {
        words: "路灯坏了三天".into(),
        place: Place {
            address: Some("春风路8号".into()),
            point: Some(Point::new(115.5, 39.9).unwrap()),
        },
        reporter: Reporter {
            name: Some("王小明".into()),
            phone: Some("19900001234".into()),
            ..Reporter::default()
        },
        follow_code: Some("K7Q2-XWPM".into()),
        ..RequestWords::default()
    }
}

pub(crate) fn submit(request: RequestWords) -> Command {
    Command::Submit(Submit {
        channel: Channel::Web,
        category: Some("light".parse().unwrap()),
        request: Personal::new(request),
        source: None,
    })
}

pub(crate) fn accept() -> Command {
    Command::Accept {
        category: "light".parse().unwrap(),
        area: None,
    }
}

pub(crate) fn dispatch(unit: &str) -> Command {
    dispatch_with(unit, &[])
}

pub(crate) fn dispatch_with(unit: &str, assisting: &[&str]) -> Command {
    Command::Dispatch {
        unit: unit.parse().unwrap(),
        assisting: assisting.iter().map(|code| code.parse().unwrap()).collect(),
        limits: Limits::ByCategory,
        reason: None,
        note: None,
    }
}

/// A command of each sort that no field is wrong with.
pub(crate) fn good(action: Action) -> Command {
    let said = note("换了灯泡");
    match action {
        Action::Submit => submit(words()),
        Action::Accept => accept(),
        Action::Decline => Command::Decline {
            reason: DeclineReason::OutsideRemit,
            responsible: Some("the province's power company".into()),
            note: said,
        },
        Action::Dispatch => dispatch("lights"),
        Action::Start => Command::Start,
        Action::ReportBack => Command::ReportBack {
            note: said,
            open_parts_reason: None,
        },
        Action::Verify => Command::Verify {
            pass: true,
            note: None,
        },
        Action::Close => Command::Close { reason: Some(said) },
        Action::CallBack => Command::CallBack {
            reached: true,
            solved: Some(true),
            satisfaction: Some(5),
            note: Some(said),
        },
        Action::Reopen => Command::Reopen { note: said },
        Action::Erase => Command::Erase {
            ground: "residents' request under article 47".into(),
            entries: vec![0],
        },
        Action::Return => Command::Return(Return {
            reason: ReturnReason::NotOurDuty,
            responsible: Some("district".parse().unwrap()),
            note: said,
        }),
        Action::Redirect => Command::Redirect(Redirect {
            unit: "lights-west".parse().unwrap(),
            assisting: vec![],
            reason: "nearer".into(),
            note: Some(said),
        }),
        Action::Recall => Command::Recall(Recall { reason: None }),
        Action::AddUnit => Command::AddUnit(AddUnit {
            by: None,
            unit: "idle".parse().unwrap(),
            note: Some(said),
        }),
        Action::RemoveUnit => Command::RemoveUnit(RemoveUnit {
            by: None,
            unit: "idle".parse().unwrap(),
            reason: "not needed".into(),
        }),
        Action::ReportPart => Command::ReportPart(ReportPart {
            unit: "idle".parse().unwrap(),
            note: said,
        }),
        Action::SettleDue => Command::SettleDue,
        Action::AskExtension => Command::AskExtension(AskExtension {
            resolve_by: at("2026-09-30T10:00:00Z"),
            reason: "the part is ordered".into(),
        }),
        Action::Extend => Command::Extend(Extend {
            resolve_by: Some(at("2026-09-30T10:00:00Z")),
            reason: "the part is ordered".into(),
        }),
        Action::RefuseExtension => Command::RefuseExtension(RefuseExtension {
            reason: "there is a lamp in the store".into(),
        }),
        Action::Shelve => Command::Shelve(Shelve {
            reason: ShelveReason::AwaitingFunds,
            review_by: at("2026-10-25T02:00:00Z"),
            note: said,
        }),
        Action::AskResident => Command::AskResident(AskResident { note: said }),
        Action::AnswerQuestion => Command::AnswerQuestion(AnswerQuestion { note: said }),
        Action::Resume => Command::Resume(Resume { note: None }),
        Action::Supervise => Command::Supervise(Supervise {
            by: None,
            level: SupervisionLevel::Key,
            answer_by: at("2026-09-26T02:00:00Z"),
            note: said,
        }),
        Action::AnswerSupervision => Command::AnswerSupervision(AnswerSupervision { note: said }),
        Action::Release => Command::Release(Release {
            by: None,
            note: None,
        }),
        Action::Score => Command::Score(Score {
            by: None,
            unit: "lights".parse().unwrap(),
            score: 4,
            reason: "done in time".into(),
        }),
        Action::Comment => Command::Comment(Comment { note: said }),
        Action::Attach => Command::Attach(Attach {
            kind: FileKind::Jpeg,
            for_resident: false,
            file: Personal::new(file("王小明.jpg", b"bytes")),
        }),
        Action::Merge => Command::Merge(Merge {
            main: Box::new(other_case()),
            reason: Some("the same lamp".into()),
        }),
        Action::Unmerge => Command::Unmerge(Unmerge {
            reason: "another lamp".into(),
        }),
        Action::Join => Command::Join(Join { joiner: joiner() }),
        Action::AnswerJoined => Command::AnswerJoined(AnswerJoined {
            number: 1,
            solved: true,
            satisfaction: Some(4),
            note: Some(said),
        }),
        Action::Withdraw => Command::Withdraw(Withdraw { note: said }),
    }
}

/// A file of these bytes, with a hash that is not theirs: rules do not look.
pub(crate) fn file(name: &str, bytes: &[u8]) -> File {
    File {
        name: Some(name.to_owned()),
        sha256: "0".repeat(64),
        bytes: bytes.into(),
    }
}

/// Someone who joins a case.
pub(crate) fn joiner() -> Personal<Joiner> {
    Personal::new(Joiner {
        reporter: words().reporter,
        words: Some("路灯坏了三天".into()),
        follow_code: "K7Q2-XWPM".into(),
    })
}

/// A case that came in beside the one that tests are about: C8.
pub(crate) fn other_case() -> Case {
    let submitted = decide_at(None, &submit(words()), at(FRIDAY)).unwrap();
    Case::begin(CaseId(8), &submitted[0]).unwrap()
}

/// Decides at a time, by a user of the desk.
pub(crate) fn decide_at(
    case: Option<&Case>,
    command: &Command,
    now: Timestamp,
) -> Result<Vec<Happening>, Refusal> {
    let actor = Actor::User("li.na".parse().unwrap());
    let rules = rules();
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    decide(case, command, &context)
}

/// The case after a command at a time.
pub(crate) fn after(
    case: Option<&Case>,
    command: &Command,
    now: Timestamp,
) -> Result<Case, Refusal> {
    let happenings = decide_at(case, command, now)?;
    let mut after = case.cloned();
    for happening in &happenings {
        apply(&mut after, happening);
    }
    Ok(after.unwrap())
}

/// The case after one more event.
pub(crate) fn apply(case: &mut Option<Case>, happening: &Happening) {
    match case {
        None => *case = Some(Case::begin(CaseId(7), happening).unwrap()),
        Some(case) => case.apply(happening).unwrap(),
    }
}

/// The case that good commands of these sorts make, all at [`FRIDAY`].
pub(crate) fn case_after(actions: &[Action]) -> Case {
    let mut case = None;
    for action in actions {
        case = Some(after(case.as_ref(), &good(*action), at(FRIDAY)).unwrap());
    }
    case.unwrap()
}

/// A case at a stage, by the straight road.
pub(crate) fn case_at(stage: Stage) -> Case {
    use Action::{Accept, Close, Decline, Dispatch, Merge, ReportBack, Start, Submit, Verify};
    let road = [Submit, Accept, Dispatch, Start, ReportBack, Verify, Close];
    let steps = match stage {
        Stage::Submitted => 1,
        Stage::Accepted => 2,
        Stage::Dispatched => 3,
        Stage::InProgress => 4,
        Stage::Reported => 5,
        Stage::Verified => 6,
        Stage::Closed => 7,
        Stage::Declined => return case_after(&[Submit, Decline]),
        Stage::Merged => return case_after(&[Submit, Merge]),
    };
    let case = case_after(&road[..steps]);
    assert_eq!(case.stage, stage);
    case
}
