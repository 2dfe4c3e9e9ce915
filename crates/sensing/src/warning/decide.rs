//! What a command makes happen.

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, Refusal, RefusalKind, Timestamp, UserName, to_millis};

use super::{Content, Stage, Status, Warning, WarningAction, WarningEvent};
use crate::check::{missing, range, text};
use crate::docket::Step;

/// Longest words of a warning, characters.
const MAX_WORDS: usize = 2_000;
/// Longest reason or name, characters.
const MAX_SHORT: usize = 300;
/// The longest a warning may hold, days.
const MAX_DAYS: i64 = 7;

/// Who says warnings (发布单位).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Its code: six digits of the region, three of the agency, three of its
    /// unit, two more, `ZZZZZZDDDUUUXX`.
    pub code: String,
    /// Its name and where to ask, in the form `name@domain`.
    pub sender: String,
}

impl Sender {
    /// Nobody: what stands before a city says who issues its warnings.
    pub fn unnamed() -> Self {
        Self {
            code: String::new(),
            sender: String::new(),
        }
    }

    /// Refuses a sender that no identifier could be made of.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.code.len() != 14 || !self.code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "warning.sender-code",
                "发布单位代码为 14 位数字：行政区 6 位、部门 3 位、单位 3 位、预留 2 位",
                "a sender's code has 14 digits: region 6, agency 3, unit 3, reserved 2",
            )
            .at("code")
            .found(&self.code)
            .allowing(["ZZZZZZDDDUUUXX"]));
        }
        text(&self.sender, "sender", MAX_SHORT)?;
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | '<' | '&');
        if !self.sender.chars().all(plain) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "warning.sender",
                "发布单位只能用 ASCII 字符，不含空格、逗号、< 和 &",
                "a sender has ASCII characters and no spaces, commas, < or &",
            )
            .at("sender")
            .found(&self.sender));
        }
        Ok(())
    }

    /// The identifier of a message: the code, the local time and a number that
    /// tells messages of one second apart.
    pub fn identifier(&self, now: Timestamp, offset_minutes: i32, number: u64) -> String {
        let local = to_millis(now) + i64::from(offset_minutes) * 60_000;
        let local = yiwang_base::from_millis(local).to_string();
        let digits: String = local
            .chars()
            .filter(char::is_ascii_digit)
            .take(14)
            .collect();
        format!("{}_{digits}_{number}", self.code)
    }
}

/// Who asks, when and where.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The time by the clock of the house.
    pub now: Timestamp,
    /// Who asks, as it stands in the record.
    pub by: &'a str,
    /// The number of the warning.
    pub id: u64,
    /// Who says warnings.
    pub sender: &'a Sender,
    /// What the city's clocks are ahead of UTC, minutes.
    pub offset_minutes: i32,
}

/// A command to a warning.
#[derive(Debug, Clone, PartialEq)]
pub enum WarningCommand {
    /// Draft it.
    Draft {
        /// The alert that it comes of.
        alert: Option<u64>,
        /// What it says.
        content: Content,
        /// Why, as it will stand in the record.
        ground: String,
        /// Whether it is meant.
        status: Status,
    },
    /// Write a draft anew.
    Revise {
        /// What it says.
        content: Content,
    },
    /// Approve a draft.
    Approve {
        /// Who approves.
        approver: UserName,
    },
    /// Issue it.
    Issue,
    /// Say something else.
    Update {
        /// Who approves it, above yellow.
        approver: Option<UserName>,
        /// What it says now.
        content: Content,
    },
    /// Cancel it.
    Cancel {
        /// Why, as it will stand in the record.
        reason: String,
    },
    /// What the clock asks: its end.
    Tick,
}

/// What somebody may do with a warning.
pub fn possible(warning: &Warning) -> Vec<WarningAction> {
    use WarningAction::*;
    match warning.stage {
        Stage::Draft if needs_approval(&warning.content, warning) => {
            vec![Revise, Approve, Cancel]
        }
        Stage::Draft => vec![Revise, Issue, Cancel],
        Stage::Issued => vec![Update, Cancel],
        Stage::Cancelled | Stage::Expired => Vec::new(),
    }
}

fn needs_approval(content: &Content, warning: &Warning) -> bool {
    content.colour > Colour::Yellow && warning.approver.is_none()
}

/// What a command makes happen.
///
/// # Errors
/// A [`Refusal`]: the warning's stage does not allow it, whoever approves may
/// not, or a field is at fault.
pub fn decide(
    warning: Option<&Warning>,
    command: &WarningCommand,
    context: &Context<'_>,
) -> Result<Vec<Step<WarningEvent>>, Refusal> {
    let step = |event, grounds| {
        vec![Step {
            at: context.now,
            by: context.by.to_owned(),
            event,
            grounds,
        }]
    };
    let Some(warning) = warning else {
        let WarningCommand::Draft {
            alert,
            content,
            ground,
            status,
        } = command
        else {
            return Err(Refusal::new(
                RefusalKind::NotFound,
                "warning.not-found",
                "没有这条预警",
                "there is no such warning",
            ));
        };
        check(content, context.now)?;
        let ground = text(ground, "ground", MAX_SHORT)?.to_owned();
        let event = WarningEvent::Drafted {
            alert: *alert,
            content: content.clone(),
            status: *status,
        };
        return Ok(step(event, Some(ground)));
    };
    let identifier = || {
        context
            .sender
            .identifier(context.now, context.offset_minutes, context.id)
    };
    match command {
        WarningCommand::Draft { .. } => Err(not_now(warning, "draft")),
        WarningCommand::Revise { content } => {
            allowed(warning, WarningAction::Revise)?;
            check(content, context.now)?;
            let content = content.clone();
            Ok(step(WarningEvent::Revised { content }, None))
        }
        WarningCommand::Approve { approver } => {
            allowed(warning, WarningAction::Approve)?;
            not_by_the_drafter(&warning.drafted_by, approver)?;
            let approver = approver.clone();
            Ok(step(WarningEvent::Approved { approver }, None))
        }
        WarningCommand::Issue => {
            allowed(warning, WarningAction::Issue)?;
            check(&warning.content, context.now)?;
            context.sender.check()?;
            let event = WarningEvent::Issued {
                identifier: identifier(),
                sender: context.sender.sender.clone(),
            };
            Ok(step(event, None))
        }
        WarningCommand::Update { approver, content } => {
            allowed(warning, WarningAction::Update)?;
            check(content, context.now)?;
            not_twice_a_second(warning, &identifier(), context)?;
            match approver {
                Some(approver) => not_by_the_drafter(&warning.drafted_by, approver)?,
                None if content.colour > Colour::Yellow => {
                    return Err(missing(
                        "approver",
                        "黄色以上预警须由审批人批准",
                        "a warning above yellow needs somebody who approves it",
                    ));
                }
                None => {}
            }
            let event = WarningEvent::Updated {
                approver: approver.clone(),
                content: content.clone(),
                identifier: identifier(),
            };
            Ok(step(event, None))
        }
        WarningCommand::Cancel { reason } => {
            allowed(warning, WarningAction::Cancel)?;
            let reason = text(reason, "reason", MAX_SHORT)?.to_owned();
            not_twice_a_second(warning, &identifier(), context)?;
            let is_public = warning.stage == Stage::Issued;
            let identifier = is_public.then(identifier);
            let event = WarningEvent::Cancelled { identifier };
            Ok(step(event, Some(reason)))
        }
        WarningCommand::Tick => {
            let over = context.now >= warning.content.expires;
            if warning.stage == Stage::Issued && over {
                return Ok(step(WarningEvent::Expired {}, None));
            }
            Ok(Vec::new())
        }
    }
}

fn check(content: &Content, now: Timestamp) -> Result<(), Refusal> {
    text(&content.event, "content.event", MAX_SHORT)?;
    for (field, words, max) in [
        ("content.event_name", &content.event_name, MAX_SHORT),
        ("content.area_words", &content.area_words, MAX_SHORT),
        ("content.description", &content.description, MAX_WORDS),
        ("content.instruction", &content.instruction, MAX_WORDS),
    ] {
        text(&words.zh, &format!("{field}.zh"), max)?;
        text(&words.en, &format!("{field}.en"), max)?;
    }
    range(content.areas.len(), 0..=1_000, "content.areas")?;
    range(content.outlines.len(), 0..=100, "content.outlines")?;
    for (place, outline) in content.outlines.iter().enumerate() {
        let field = format!("content.outlines[{place}]");
        range(outline.len(), 4..=2_000, &field)?;
        if outline.first() != outline.last() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "warning.outline-open",
                "范围须闭合：最后一点与第一点相同",
                "an outline is closed: its last point is its first",
            )
            .at(field));
        }
    }
    let days = content.expires.duration_since(now).as_hours() / 24;
    if content.expires <= now || days >= MAX_DAYS {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "warning.expires",
            format!("预警须有到期时间，最长 {MAX_DAYS} 天"),
            format!("a warning expires, after {MAX_DAYS} days at the latest"),
        )
        .at("content.expires")
        .found(content.expires.to_string()));
    }
    Ok(())
}

/// Two pairs of eyes: whoever wrote it does not approve it.
fn not_by_the_drafter(drafter: &str, approver: &UserName) -> Result<(), Refusal> {
    if drafter == format!("user:{approver}") {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "warning.own-draft",
            "拟稿人不能审批自己的预警",
            "whoever drafted a warning does not approve it",
        )
        .at("approver")
        .found(approver.as_str()));
    }
    Ok(())
}

fn not_twice_a_second(
    warning: &Warning,
    identifier: &str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let last = warning.messages.last();
    if last.is_some_and(|last| last.identifier == identifier || last.sent > context.now) {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "warning.same-second",
            "一秒内只能发布一条消息，请稍后再试",
            "one message a second: try again",
        ));
    }
    Ok(())
}

fn allowed(warning: &Warning, action: WarningAction) -> Result<(), Refusal> {
    if possible(warning).contains(&action) {
        Ok(())
    } else {
        Err(not_now(warning, action.word()))
    }
}

fn not_now(warning: &Warning, action: &str) -> Refusal {
    let stage = warning.stage.name();
    let actions = possible(warning);
    Refusal::new(
        RefusalKind::NotNow,
        "warning.not-now",
        format!("这条预警现为“{}”，不能这样办", stage.zh),
        format!("this warning is {}: that is not possible now", stage.en),
    )
    .at("action")
    .found(action)
    .allowing(actions.iter().map(|action| action.word()))
}
