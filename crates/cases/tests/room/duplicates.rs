//! Merging duplicates, joining, and finding candidates.

use jiff::SignedDuration;
use proptest::prelude::*;
use yiwang_base::{CaseId, Personal, Point, Refusal};
use yiwang_cases::{
    Action, Actor, AnswerJoined, Asked, Case, CaseStore, Command, Context, DuplicateIndex, Event,
    Join, Joiner, MemoryStore, Merge, Seen, Stage, Unmerge, execute, execute_pair, possible,
    shared_words, terms,
};

use crate::town::{FRIDAY, accept, after, at, case_after, case_at, good, rules, submit, words};

fn asked(id: Option<CaseId>, command: Command) -> Asked {
    Asked {
        id,
        seen_version: None,
        command,
        receipt: None,
    }
}

/// A record with a desk that speaks to it, some minutes after [`FRIDAY`].
struct Desk(MemoryStore);

impl Desk {
    fn ask(&self, id: Option<CaseId>, command: Command, minutes: i64) -> Result<Case, Refusal> {
        let rules = rules();
        let context = Context {
            rules: &rules,
            actor: &Actor::Resident,
            grounds: None,
            now: at(FRIDAY) + SignedDuration::from_mins(minutes),
        };
        let pair = matches!(command, Command::Merge(_) | Command::Unmerge(_));
        let asked = asked(id, command);
        if pair {
            pollster::block_on(execute_pair(&self.0, &asked, &context))
        } else {
            pollster::block_on(execute(&self.0, &asked, &context))
        }
    }

    fn submit(&self) -> Case {
        let mut request = words();
        request.follow_code = None;
        self.ask(None, submit(request), 0).unwrap()
    }

    fn case(&self, id: CaseId) -> Case {
        pollster::block_on(self.0.case(id)).unwrap().unwrap()
    }

    fn merge(&self, id: CaseId, into: CaseId) -> Result<Case, Refusal> {
        let merge = Command::Merge(Merge {
            main: Box::new(self.case(into)),
            reason: None,
        });
        self.ask(Some(id), merge, 10)
    }

    fn unmerge(&self, id: CaseId) -> Result<Case, Refusal> {
        let reason = "another lamp".to_owned();
        self.ask(Some(id), Command::Unmerge(Unmerge { reason }), 20)
    }
}

#[test]
fn a_merged_case_leaves_the_race_and_comes_back_with_the_deadline_it_had() {
    let desk = Desk(MemoryStore::new());
    let [main, case] = [desk.submit(), desk.submit()];
    let due = case.due_at;
    let merged = desk.merge(case.id, main.id).unwrap();
    assert_eq!((merged.stage, merged.due_at), (Stage::Merged, None));
    assert!(!merged.is_late(at("2030-01-01T00:00:00Z")));
    assert_eq!(desk.case(main.id).more.duplicates, [case.id]);
    assert_eq!(
        possible(&merged),
        [
            Action::Unmerge,
            Action::CallBack,
            Action::Comment,
            Action::Attach,
            Action::Erase
        ]
    );
    let back = desk.unmerge(case.id).unwrap();
    assert_eq!((back.stage, back.due_at), (Stage::Submitted, due));
    assert_eq!((back.closed_at, back.more.merged), (None, None));
    assert!(desk.case(main.id).more.duplicates.is_empty());
    let told = pollster::block_on(desk.0.timeline(main.id)).unwrap();
    let told: Vec<&str> = told.iter().map(|e| e.happening.event.word()).collect();
    assert_eq!(told, ["submitted", "absorbed", "released"]);
    // And it can be merged once more.
    desk.merge(case.id, main.id).unwrap();
}

#[test]
fn chains_and_circles_of_merges_are_refused() {
    let desk = Desk(MemoryStore::new());
    let [main, case, third] = [desk.submit(), desk.submit(), desk.submit()];
    let refused = |id: &Case, into: &Case, code: &str| {
        let refusal = desk.merge(id.id, into.id).unwrap_err();
        assert_eq!(refusal.code, code, "{refusal:?}");
        refusal
    };
    refused(&main, &main, "merge.itself");
    desk.merge(case.id, main.id).unwrap();
    let chain = refused(&third, &case, "merge.chain");
    assert_eq!(chain.allowed, [main.id.to_string()]);
    refused(&main, &third, "case.not-now");
    refused(&main, &case, "case.not-now");
    refused(&case, &third, "case.not-now");
    let reason = yiwang_base::Personal::new("x".to_owned());
    let over = Command::Decline {
        reason: yiwang_cases::DeclineReason::NoRequest,
        responsible: None,
        note: reason,
    };
    let closed = desk.submit();
    desk.ask(Some(closed.id), over, 5).unwrap();
    refused(&third, &closed, "merge.main-over");
    let missing = desk.unmerge(third.id).unwrap_err();
    assert_eq!(missing.code, "case.not-now");
}

#[test]
fn a_case_that_others_follow_goes_its_road_and_each_reporter_is_called_back() {
    let desk = Desk(MemoryStore::new());
    let [main, case] = [desk.submit(), desk.submit()];
    desk.merge(case.id, main.id).unwrap();
    let main = desk.ask(Some(main.id), accept(), 30).unwrap();
    assert_eq!(main.more.duplicates, [case.id]);
    let said = desk.ask(Some(case.id), good(Action::CallBack), 40).unwrap();
    assert_eq!(said.stage, Stage::Merged, "it follows all the same");
    assert_eq!(said.call_back.unwrap().solved, Some(true));
}

#[test]
fn whoever_joins_is_counted_and_asked_when_it_is_done() {
    let case = case_after(&[Action::Submit, Action::Join, Action::Join]);
    assert_eq!(case.more.joiners.count, 2);
    assert!(!possible(&case).contains(&Action::AnswerJoined));
    let mut done = case_at(Stage::Closed);
    assert!(
        !possible(&done).contains(&Action::AnswerJoined),
        "nobody joined"
    );
    assert!(!possible(&done).contains(&Action::Join), "it is over");
    done.more.joiners.count = 2;
    let answer = |number, satisfaction| {
        Command::AnswerJoined(AnswerJoined {
            number,
            solved: false,
            satisfaction,
            note: None,
        })
    };
    let refused = |command| after(Some(&done), &command, at(FRIDAY)).unwrap_err().code;
    assert_eq!(refused(answer(3, None)), "join.unknown");
    assert_eq!(refused(answer(0, None)), "join.unknown");
    assert_eq!(refused(answer(1, Some(6))), "call-back.satisfaction");
    let said = after(Some(&done), &answer(2, Some(1)), at(FRIDAY)).unwrap();
    let said = after(Some(&said), &answer(2, Some(2)), at(FRIDAY)).unwrap();
    assert_eq!(said.more.joiners.answers.len(), 1, "the last word counts");
    assert_eq!(said.more.joiners.answers[&2].satisfaction, Some(2));
    assert!(said.call_back.is_none(), "the reporter said nothing");
    let empty = Joiner {
        words: Some(" ".into()),
        ..Joiner::default()
    };
    let joiner = Personal::new(empty);
    let open = case_at(Stage::Submitted);
    let refusal = after(Some(&open), &Command::Join(Join { joiner }), at(FRIDAY));
    assert_eq!(refusal.unwrap_err().field.as_deref(), Some("words"));
}

#[test]
fn more_state_of_records_before_merging_still_reads() {
    let more: yiwang_cases::More = serde_json::from_str(r#"{"redirects":1}"#).unwrap();
    assert_eq!((more.redirects, more.joiners.count), (1, 0));
    let json = serde_json::to_string(&yiwang_cases::More::default()).unwrap();
    assert_eq!(json, "{}");
    let event: Event = serde_json::from_str(r#"{"merged":{"into":5}}"#).unwrap();
    assert_eq!(event.word(), "merged");
}

fn seen(text: &str, minutes: i64, point: Option<(f64, f64)>, category: Option<&str>) -> Seen {
    Seen {
        at: at(FRIDAY) + SignedDuration::from_mins(minutes),
        terms: terms(text),
        point: point.map(|(lon, lat)| Point::new(lon, lat).unwrap()),
        category: category.map(|code| code.parse().unwrap()),
    }
}

const HERE: (f64, f64) = (116.3, 39.9);
/// Some 85 m east of [`HERE`], and some 850 m.
const NEAR: (f64, f64) = (116.301, 39.9);
const FAR: (f64, f64) = (116.31, 39.9);

/// An index with a hundred other matters all over the city.
fn index() -> DuplicateIndex {
    let mut index = DuplicateIndex::new(1_000);
    let matters = ["楼上漏水", "噪声扰民", "垃圾没人清", "停车占道", "井盖缺失"];
    for n in 0..100_u64 {
        let matter = matters[n as usize % 5];
        let text = format!("{matter}第{n}栋请处理");
        let place = (116.0 + n as f64 * 0.005, 39.8 + n as f64 * 0.002);
        index.insert(
            CaseId(1_000 + n),
            seen(&text, n as i64, Some(place), Some("rubbish")),
        );
    }
    index
}

#[test]
fn the_same_matter_told_in_other_words_nearby_is_found_before_others() {
    let mut index = index();
    index.insert(
        CaseId(1),
        seen("春风路口的路灯坏了三天没人修", 0, Some(HERE), Some("light")),
    );
    index.insert(CaseId(2), seen("路灯坏了", 0, Some(FAR), Some("light")));
    let sought = seen("路灯不亮,春风路口很黑", 60, Some(NEAR), None);
    let found = index.candidates(&sought, None, 5);
    assert_eq!(found[0].case, CaseId(1), "{found:?}");
    assert!(found[0].likeness.metres.unwrap() < 100);
    assert_eq!(found[0].likeness.hours, 1);
    let other = found.iter().find(|found| found.case == CaseId(2));
    assert!(other.is_none_or(|other| other.likeness.score + 100 < found[0].likeness.score));
    assert!(found.iter().all(|found| found.case.0 < 1_000), "{found:?}");
    assert_eq!(
        shared_words("春风路口的路灯坏了三天没人修", "路灯不亮,春风路口很黑", 3),
        ["春风路口", "路灯"]
    );
}

#[test]
fn without_a_point_the_words_alone_find_it() {
    let mut index = index();
    index.insert(
        CaseId(1),
        seen("东门菜市场后面垃圾堆积如山恶臭", 0, Some(HERE), None),
    );
    let sought = seen("菜市场后面的垃圾堆积,恶臭难闻,东门这边", 500, None, None);
    assert_eq!(index.candidates(&sought, None, 5)[0].case, CaseId(1));
    let long_after = seen(
        "菜市场后面的垃圾堆积,恶臭难闻,东门这边",
        60 * 24 * 60,
        None,
        None,
    );
    assert_eq!(index.candidates(&long_after, None, 5), []);
}

#[test]
fn what_is_taken_out_is_not_found_and_the_oldest_go_first() {
    let mut index = index();
    let lamp = |minutes| seen("春风路口的路灯坏了三天没人修", minutes, Some(HERE), None);
    index.insert(CaseId(1), lamp(0));
    assert_eq!(index.candidates_of(CaseId(1), 5), [], "not itself");
    index.insert(CaseId(2), lamp(1));
    assert_eq!(index.candidates_of(CaseId(2), 5)[0].case, CaseId(1));
    index.remove(CaseId(1));
    index.remove(CaseId(1));
    assert_eq!(index.candidates_of(CaseId(2), 5), []);
    assert!(!index.holds(CaseId(1)));
    let mut small = DuplicateIndex::new(3);
    for n in 0..10 {
        small.insert(CaseId(n), lamp(n as i64));
    }
    assert_eq!(small.len(), 3);
    let found = small.candidates(&lamp(20), None, 9);
    let ids: Vec<u64> = found.iter().map(|found| found.case.0).collect();
    assert_eq!(ids, [9, 8, 7], "the newest of equals first");
    small.insert(CaseId(8), lamp(30));
    assert_eq!(small.len(), 3, "a case is held once");
}

proptest! {
    /// However many cases there are, whatever they say: a search is bounded,
    /// sorted, and tells the same twice.
    #[test]
    fn candidates_are_sorted_and_each_once(
        texts in proptest::collection::vec(("[路灯坏了垃圾桶井盖]{2,12}", 0.0..0.02_f64, any::<bool>()), 1..60)
    ) {
        let mut index = DuplicateIndex::new(40);
        for (n, (text, east, with_point)) in texts.iter().enumerate() {
            let point = with_point.then_some((116.3 + east, 39.9));
            index.insert(CaseId(n as u64), seen(text, n as i64, point, None));
        }
        prop_assert!(index.len() <= 40);
        let (text, east, _) = &texts[0];
        let sought = seen(text, 100, Some((116.3 + east, 39.9)), None);
        let found = index.candidates(&sought, None, 10);
        prop_assert!(found.len() <= 10);
        prop_assert!(found.windows(2).all(|two| two[0].likeness.score >= two[1].likeness.score));
        let mut ids: Vec<_> = found.iter().map(|found| found.case).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), found.len());
        prop_assert!(found.iter().all(|found| index.holds(found.case)));
        prop_assert_eq!(index.candidates(&sought, None, 10), found);
    }
}
