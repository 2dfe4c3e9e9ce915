//! Whistles of the sample city (吹哨报到): streets that call departments, who come,
//! come late, say whose duty it is, or do not come.

use jiff::SignedDuration;
use yiwang_base::{Personal, Timestamp, UnitCode, truncate_millis};
use yiwang_cases::{
    Actor, Blow, Call, CallUnit, CheckIn, Context, Place, PlannedMilestone, Presence, RefuseCall,
    ScoreUnit, StoreError, UnitKind, Whistle, WhistleAppended, WhistleChange, WhistleCommand,
    WhistleKind, WhistleReplayError, WhistleStore as _, WhistleWords, decide_whistle,
};
use yiwang_store::Store;

use super::dice::Dice;
use super::staff::handler;
use super::{Plan, SampleError};
use crate::city::City;

/// How many are blown in the weeks before now.
const WHISTLES: u64 = 60;
/// Hours from one to the next.
const APART: i64 = 26;

const DAILY: [&str; 4] = [
    "老旧小区门口夜间占道经营，请到场协同处置。",
    "居民反映楼道堆物多次清理后反弹，请现场会商。",
    "路口积水与井盖松动一并处理，请带设备到场。",
    "背街小巷违停影响消防通道，请现场联合整治。",
];
const CAMPAIGN: &str = "沿街环境集中整治，请各单位按节点推进。";
const EMERGENCY: &str = "道路塌陷，请立即到场围挡、排险。";
const NOBODY_CAME: &str = "被叫单位均未到场，改由本街道自行处置。";
const SOME_ABSENT: &str = "现场已处置完毕，未到单位另行通报。";
const NOT_OURS: &str = "不属本单位职责，管护权属另有单位。";

/// Writes them.
pub(super) async fn fill(store: &Store, plan: &Plan) -> Result<(), SampleError> {
    blow(store, plan.seed, plan.now, (WHISTLES, APART)).await
}

/// Writes so many whistles, so many hours apart, the last some minutes before `now`.
///
/// # Errors
/// When the record cannot be read or written.
pub(crate) async fn blow(
    store: &Store,
    seed: u64,
    now: Timestamp,
    (whistles, apart): (u64, i64),
) -> Result<(), SampleError> {
    let city = City::load(store)?;
    let of_kind = |kind: UnitKind| -> Vec<UnitCode> {
        let units = city.rules.units.values().filter(|unit| unit.kind == kind);
        units.map(|unit| unit.code.clone()).collect()
    };
    let (streets, departments) = (of_kind(UnitKind::Street), of_kind(UnitKind::Department));
    if streets.is_empty() || departments.is_empty() {
        return Ok(());
    }
    for number in 0..whistles {
        let dice = &mut Dice::new(seed, "whistle", number);
        let mut desk = Desk {
            store,
            city: &city,
            now,
            whistle: None,
        };
        let hours = (whistles - 1 - number).cast_signed() * apart;
        desk.tell((number, hours), dice, &streets, &departments)
            .await?;
    }
    Ok(())
}

/// One whistle, step by step up to now.
struct Desk<'a> {
    store: &'a Store,
    city: &'a City,
    now: Timestamp,
    whistle: Option<Whistle>,
}

impl Desk<'_> {
    async fn tell(
        &mut self,
        (number, hours): (u64, i64),
        dice: &mut Dice,
        streets: &[UnitCode],
        departments: &[UnitCode],
    ) -> Result<(), SampleError> {
        // The last was blown some minutes ago.
        let at = self.now - SignedDuration::from_hours(hours) - SignedDuration::from_mins(9);
        let kind = match number % 6 {
            5 => WhistleKind::Emergency,
            2 => WhistleKind::Campaign,
            _ => WhistleKind::Daily,
        };
        let by = dice.pick(streets);
        let own = Actor::User(handler(by).parse()?);
        let blow = self.blow(kind, by, at, dice, departments);
        if !self.step(&own, at, WhistleCommand::Blow(blow)).await? {
            return Ok(());
        }
        let calls = self
            .whistle
            .iter()
            .flat_map(|whistle| whistle.calls.clone());
        let mut answers: Vec<_> = calls.filter_map(|call| answer(call, dice)).collect();
        answers.sort_by_key(|(at, _)| *at);
        for (at, answer) in answers {
            let unit = match &answer {
                WhistleCommand::Refuse(refuse) => refuse.unit.clone(),
                WhistleCommand::CheckIn(came) => came.unit.clone(),
                _ => continue,
            };
            let actor = Actor::User(handler(&unit).parse()?);
            self.step(&actor, at, answer).await?;
        }
        self.end(&own, by, dice).await
    }

    fn blow(
        &self,
        kind: WhistleKind,
        by: &UnitCode,
        at: Timestamp,
        dice: &mut Dice,
        departments: &[UnitCode],
    ) -> Blow {
        let mut called = departments.to_vec();
        dice.shuffle(&mut called);
        called.truncate(1 + dice.below(3));
        let area = self.city.areas_of(by).and_then(|areas| {
            let leaf = |code: &&_| {
                self.city
                    .rules
                    .areas
                    .get(*code)
                    .is_some_and(|area| area.leaf)
            };
            let leaves: Vec<_> = areas.iter().filter(leaf).cloned().collect();
            (!leaves.is_empty()).then(|| dice.pick(&leaves).clone())
        });
        let words = match kind {
            WhistleKind::Daily => dice.pick(&DAILY),
            WhistleKind::Campaign => CAMPAIGN,
            WhistleKind::Emergency => EMERGENCY,
        };
        let day = |days: i64| at + SignedDuration::from_hours(24 * days);
        let milestones = match kind {
            WhistleKind::Campaign => vec![("摸排", day(2)), ("整治", day(7)), ("回头看", day(14))],
            _ => Vec::new(),
        };
        Blow {
            kind,
            by: Some(by.clone()),
            about: None,
            area,
            calls: called
                .into_iter()
                .map(|unit| CallUnit {
                    unit,
                    within_minutes: None,
                })
                .collect(),
            milestones: milestones
                .into_iter()
                .map(|(title, due)| PlannedMilestone {
                    title: title.to_owned(),
                    due,
                })
                .collect(),
            words: Personal::new(WhistleWords {
                words: (*words).to_owned(),
                place: Place::default(),
            }),
        }
    }

    /// What was done is confirmed, most is scored, and the whistle closed; the
    /// latest still go on.
    async fn end(
        &mut self,
        own: &Actor,
        by: &UnitCode,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let Some(whistle) = self.whistle.clone() else {
            return Ok(());
        };
        let last = whistle.calls.iter().map(|call| call.check_in_by).max();
        let last = last.unwrap_or(whistle.blown_at).max(whistle.changed_at);
        let mut at = last + SignedDuration::from_mins(30 + dice.below(600) as i64);
        let by = Some(by.clone());
        for milestone in 0..whistle.milestones.len() as u32 {
            let reach = WhistleCommand::Reach {
                by: by.clone(),
                milestone,
                note: None,
            };
            at = at.max(whistle.milestones[milestone as usize].due - SignedDuration::from_hours(5));
            if !self.step(own, at, reach).await? {
                return Ok(());
            }
        }
        if whistle
            .calls
            .iter()
            .all(|call| call.checked_in_at.is_none())
        {
            let withdraw = WhistleCommand::Withdraw {
                by,
                reason: NOBODY_CAME.to_owned(),
            };
            self.step(own, at, withdraw).await?;
            return Ok(());
        }
        let confirm = WhistleCommand::Confirm {
            by: by.clone(),
            note: None,
        };
        if !self.step(own, at, confirm).await? {
            return Ok(());
        }
        for call in whistle
            .calls
            .iter()
            .filter(|call| call.checked_in_at.is_some())
        {
            let score = WhistleCommand::Score(ScoreUnit {
                by: by.clone(),
                unit: call.unit.clone(),
                score: 3 + dice.below(3) as u8,
                note: None,
            });
            self.step(own, at, score).await?;
        }
        let absent = whistle.open_calls().next().is_some();
        let close = WhistleCommand::Close {
            by,
            reason: absent.then(|| SOME_ABSENT.to_owned()),
        };
        self.step(own, at, close).await?;
        Ok(())
    }

    /// Takes a step at its time; false where that is yet to come.
    async fn step(
        &mut self,
        actor: &Actor,
        at: Timestamp,
        command: WhistleCommand,
    ) -> Result<bool, SampleError> {
        let at = truncate_millis(at);
        if at > self.now {
            return Ok(false);
        }
        let context = Context {
            rules: &self.city.rules,
            actor,
            grounds: None,
            now: at,
        };
        let decided = decide_whistle(self.whistle.as_ref(), &command, &context);
        let happening = decided.map_err(SampleError::Refused)?;
        let broken = |error: WhistleReplayError| StoreError::Broken(error.to_string());
        let after = match self.whistle.take() {
            None => Whistle::begin(self.store.new_whistle_id(), &happening).map_err(broken)?,
            Some(mut whistle) => {
                whistle.apply(&happening).map_err(broken)?;
                whistle
            }
        };
        let change = WhistleChange {
            expected_version: after.version - 1,
            happening,
            after: after.clone(),
            recorded_at: self.now,
            receipt: None,
        };
        match self.store.append_whistle(change).await? {
            WhistleAppended::Done => self.whistle = Some(after),
            WhistleAppended::Repeated(id) => {
                let error = format!("whistle {id} has no key that could be repeated");
                return Err(StoreError::Broken(error).into());
            }
        }
        Ok(true)
    }
}

/// What a called unit does: most come in time.
fn answer(call: Call, dice: &mut Dice) -> Option<(Timestamp, WhistleCommand)> {
    let time = call.check_in_by.duration_since(call.called_at);
    let after =
        |share: f64| call.called_at + SignedDuration::from_secs_f64(time.as_secs_f64() * share);
    let share = match dice.weighted(&[0.78, 0.09, 0.07, 0.06]) {
        0 => dice.between(0.1, 0.95),
        1 => dice.between(1.05, 2.0),
        2 => {
            let refuse = RefuseCall {
                unit: call.unit.clone(),
                reason: NOT_OURS.to_owned(),
                responsible: None,
            };
            return Some((after(0.3), WhistleCommand::Refuse(refuse)));
        }
        _ => return None,
    };
    let presence = Presence {
        person: "值班人员".to_owned(),
        phone: None,
        place: Place {
            address: Some("吹哨地点".to_owned()),
            point: None,
        },
        arrived_at: None,
        note: None,
    };
    let came = CheckIn {
        unit: call.unit.clone(),
        presence: Personal::new(presence),
    };
    Some((after(share), WhistleCommand::CheckIn(came)))
}
