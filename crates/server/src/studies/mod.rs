//! Timing studies of this city: the one that runs, and what the record shows of each.

use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::study::{Act, Arm, Gain, Outcome, Step, Study, Subject, Timed, compare, time};
use yiwang_cases::{Actor, Case, Channel, Command, StoreError};
use yiwang_store::{Changed, ItemKind, ItemVersion, Store};

use crate::city::City;
use crate::judging::{Judging, matter};

/// Changes read at once.
const PAGE: usize = 2_000;

/// The study that is running.
///
/// # Errors
/// When the record cannot be read, or holds what is no study.
pub fn running(store: &Store) -> Result<Option<Study>, StoreError> {
    let all = stored(store)?;
    Ok(all.into_iter().find(|study| study.ended_at.is_none()))
}

/// All studies, by code.
///
/// # Errors
/// When the record cannot be read, or holds what is no study.
pub fn stored(store: &Store) -> Result<Vec<Study>, StoreError> {
    let items = store.items(ItemKind::Study)?;
    items.iter().map(|item| item.read()).collect()
}

/// What the record will say of a dispatch while a study runs: whether the first category
/// and the first unit that were suggested are taken. Nothing in the control.
pub fn grounds(city: &City, judging: &Judging, case: &Case, command: &Command) -> Option<String> {
    let (Some(study), Command::Dispatch { unit, .. }) = (&city.study, command) else {
        return None;
    };
    if !study.has(case.submitted_at) || study.arm(case.id) == Arm::Hidden {
        return None;
    }
    let request = case.request.as_ref()?.disclose(Purpose::HandleCase);
    let suggested = judging
        .judge
        .suggest(&city.rules, &matter(request, case), 1);
    let first = suggested.first()?;
    let lead = first.units.first()?;
    Some(study.grounds(case.category.as_ref() == Some(&first.category) && lead.unit == *unit))
}

/// What a study shows.
pub struct Shown {
    /// Each of its cases.
    pub timed: Vec<Timed>,
    /// How many people dispatched what is timed.
    pub people: usize,
    /// How much quicker people are with the suggestion.
    pub gain: Option<Gain>,
    /// What that says of the aim.
    pub outcome: Outcome,
}

impl Shown {
    /// How long the timed cases took of which this is so, milliseconds.
    pub fn times(&self, so: impl Fn(&Timed) -> bool) -> Vec<u32> {
        let those = self.timed.iter().filter(|one| so(one));
        those.filter_map(|one| one.took.ok()).collect()
    }
}

/// Times the cases of a study by the steps in the record from its begin to its end.
///
/// # Errors
/// When the record cannot be read.
pub async fn measure(
    store: &Store,
    study: &Study,
    versions: &[ItemVersion],
) -> Result<Shown, StoreError> {
    let (mut subjects, mut acts) = (Vec::new(), Vec::new());
    let mut from = versions.first().map_or(0, |begun| begun.seq);
    let over = |at: Timestamp| study.ended_at.is_some_and(|ended| at >= ended);
    loop {
        let page = store.changes_from(from, PAGE).await?;
        let (more, last) = (page.len() == PAGE, page.last().map(|one| (one.seq, one.at)));
        for change in page.into_iter().filter(|change| !over(change.at)) {
            let by = match change.by.parse() {
                Ok(Actor::User(name)) => Some(name),
                _ => None,
            };
            if let Some(subject) = subject(study, &change, by.is_some()) {
                subjects.push(subject);
            }
            let step = match change.event {
                "dispatched" => Step::Dispatched {
                    followed: change
                        .grounds
                        .as_deref()
                        .and_then(|said| study.followed(said)),
                },
                _ => Step::Other,
            };
            acts.push(Act {
                at: change.at,
                by,
                case: change.case.id,
                step,
            });
        }
        match last {
            Some((seq, at)) if more && !over(at) => from = seq + 1,
            _ => break,
        }
    }
    let study = study.clone();
    // The draws take a processor for a while: others are answered meanwhile.
    tokio::task::spawn_blocking(move || reckon(&study, &subjects, &acts))
        .await
        .map_err(|error| StoreError::Broken(error.to_string()))
}

/// What the times of a study's cases say.
fn reckon(study: &Study, subjects: &[Subject], acts: &[Act]) -> Shown {
    let timed = time(study, subjects, acts);
    let mut shown = Shown {
        timed,
        people: 0,
        gain: None,
        outcome: Outcome::TooFew,
    };
    let of = |arm| shown.times(|one| one.arm == arm);
    let compared = compare(&of(Arm::Shown), &of(Arm::Hidden), study.aim_percent);
    let people: std::collections::BTreeSet<_> = acts
        .iter()
        .filter(|act| act.step != Step::Other)
        .filter_map(|act| act.by.as_ref())
        .collect();
    shown.people = people.len();
    (shown.gain, shown.outcome) = compared;
    shown
}

/// A case that came in while the study ran.
fn subject(study: &Study, change: &Changed, by_user: bool) -> Option<Subject> {
    let case = &change.case;
    let came = change.event == "submitted" && study.has(case.submitted_at);
    came.then(|| Subject {
        id: case.id,
        submitted_at: case.submitted_at,
        // A partner's program signs in too, and sees no suggestion.
        by_staff: by_user && case.channel != Channel::Partner,
    })
}
