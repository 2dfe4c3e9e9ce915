//! Public warnings of the sample city: the one of the last storm, and an exercise.

use jiff::SignedDuration;
use yiwang_base::{Colour, LocalText, Timestamp, to_millis};
use yiwang_sensing::alert::Alert;
use yiwang_sensing::docket::Kept;
use yiwang_sensing::warning::{Content, Context, Status, Table, Warning, WarningCommand};
use yiwang_store::Store;

use super::{ago, refused, rules};
use crate::alerting::offset_minutes;
use crate::city::City;
use crate::flows::alerts::warning_content;
use crate::flows::warnings::warn;
use crate::sample::staff::OPERATOR;
use crate::sample::{CITY, Plan, SampleError};

/// Who approves warnings.
const APPROVER: &str = "leader";
/// Days before now on which an exercise was held.
const EXERCISE_DAYS: i64 = 9;

/// One warning, step by step.
struct Writing<'a> {
    store: &'a Store,
    city: &'a City,
    kept: Option<Kept<Warning>>,
}

impl Writing<'_> {
    async fn step(
        &mut self,
        by: &str,
        at: Timestamp,
        command: WarningCommand,
    ) -> Result<(), SampleError> {
        let sender = rules::sender();
        let context = Context {
            now: at,
            by,
            id: self.kept.as_ref().map_or(0, |kept| kept.id),
            sender: &sender,
            offset_minutes: offset_minutes(self.city, at),
        };
        let before = self.kept.take();
        let stepped = warn(self.store, before.as_ref(), &command, &context).await;
        self.kept = Some(stepped.map_err(refused)?);
        Ok(())
    }

    /// Approved and issued, some minutes after it was drafted.
    async fn issue(&mut self, at: Timestamp) -> Result<(), SampleError> {
        let approver = APPROVER.parse()?;
        let by = format!("user:{APPROVER}");
        let approve = WarningCommand::Approve { approver };
        self.step(&by, minutes(at, 4), approve).await?;
        let by = format!("user:{OPERATOR}");
        self.step(&by, minutes(at, 6), WarningCommand::Issue).await
    }
}

fn minutes(at: Timestamp, later: i64) -> Timestamp {
    at + SignedDuration::from_mins(later)
}

/// The warning of a storm: drafted by the table of thresholds, approved, issued,
/// and cancelled when the rain was over.
pub(super) async fn storm(
    store: &Store,
    city: &City,
    alert: &Kept<Alert>,
    at: Timestamp,
) -> Result<(), SampleError> {
    let table = Table::rainstorm();
    let Some(content) = warning_content(city, &alert.sheet, &table, at) else {
        return Ok(());
    };
    let mut writing = Writing {
        store,
        city,
        kept: None,
    };
    let draft = WarningCommand::Draft {
        alert: Some(alert.id),
        content,
        ground: format!("告警 {0};alert {0}", alert.id),
        status: Status::Actual,
    };
    writing.step("system:warning-table", at, draft).await?;
    writing.issue(at).await?;
    let by = format!("user:{OPERATOR}");
    let cancel = WarningCommand::Cancel {
        reason: "降雨已停，积水退去。".to_owned(),
    };
    writing.step(&by, minutes(at, 160), cancel).await
}

/// An exercise: issued to nobody but those who took part, and over.
pub(super) async fn exercise(store: &Store, city: &City, plan: &Plan) -> Result<(), SampleError> {
    let day = to_millis(ago(plan.now, EXERCISE_DAYS * 24 * 60));
    // Ten in the morning, by the clocks of the city.
    let offset = i64::from(offset_minutes(city, plan.now)) * 60_000;
    let midnight = day - (day + offset).rem_euclid(86_400_000);
    let at = yiwang_base::from_millis(midnight + 10 * 3_600_000);
    let expires = minutes(at, 120);
    let content = Content {
        areas: Vec::new(),
        area_words: LocalText::new(CITY.0, CITY.1),
        colour: Colour::Orange,
        description: LocalText::new(
            "演练：假定未来三小时降雨量达到 50 毫米以上。",
            "Exercise: more than 50 mm of rain is assumed within three hours.",
        ),
        event: "rainstorm".to_owned(),
        event_name: LocalText::new("防汛演练", "Flood exercise"),
        expires,
        instruction: LocalText::new(
            "请各单位按预案到岗并回报，居民不必采取行动。",
            "Units go to their posts and report; residents need do nothing.",
        ),
        outlines: Vec::new(),
    };
    let mut writing = Writing {
        store,
        city,
        kept: None,
    };
    let by = format!("user:{OPERATOR}");
    let draft = WarningCommand::Draft {
        alert: None,
        content,
        ground: "年度防汛演练计划".to_owned(),
        status: Status::Exercise,
    };
    writing.step(&by, at, draft).await?;
    writing.issue(at).await?;
    writing
        .step("system:clock", expires, WarningCommand::Tick)
        .await
}
