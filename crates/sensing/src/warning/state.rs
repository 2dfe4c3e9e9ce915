//! A warning as it stands.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Timestamp, UserName};

use super::{Content, MessageKind, Status, WarningEvent};
use crate::docket::{Kept, Sheet, Step};

/// How far a warning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 草稿.
    Draft,
    /// 已发布.
    Issued,
    /// 已解除.
    Cancelled,
    /// 已到期.
    Expired,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 4] = [
        Stage::Draft,
        Stage::Issued,
        Stage::Cancelled,
        Stage::Expired,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Issued => "issued",
            Stage::Cancelled => "cancelled",
            Stage::Expired => "expired",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            Stage::Draft => LocalText::new("草稿", "draft"),
            Stage::Issued => LocalText::new("已发布", "issued"),
            Stage::Cancelled => LocalText::new("已解除", "cancelled"),
            Stage::Expired => LocalText::new("已到期", "expired"),
        }
    }
}

/// What somebody may do with a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningAction {
    /// 改稿.
    Revise,
    /// 审批.
    Approve,
    /// 发布.
    Issue,
    /// 变更.
    Update,
    /// 解除.
    Cancel,
}

impl WarningAction {
    /// All of them.
    pub const ALL: [WarningAction; 5] = [
        WarningAction::Revise,
        WarningAction::Approve,
        WarningAction::Issue,
        WarningAction::Update,
        WarningAction::Cancel,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            WarningAction::Revise => "revise",
            WarningAction::Approve => "approve",
            WarningAction::Issue => "issue",
            WarningAction::Update => "update",
            WarningAction::Cancel => "cancel",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            WarningAction::Revise => LocalText::new("改稿", "revise"),
            WarningAction::Approve => LocalText::new("审批", "approve"),
            WarningAction::Issue => LocalText::new("发布", "issue"),
            WarningAction::Update => LocalText::new("变更", "update"),
            WarningAction::Cancel => LocalText::new("解除", "cancel"),
        }
    }
}

/// What was said to the public at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What it says.
    pub content: Content,
    /// Its identifier.
    pub identifier: String,
    /// What sort.
    pub kind: MessageKind,
    /// When it was sent.
    pub sent: Timestamp,
}

/// A warning (预警).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// The alert that it comes of.
    pub alert: Option<u64>,
    /// Who approved what it says.
    pub approver: Option<UserName>,
    /// What it says now.
    pub content: Content,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// Who drafted it, as it stands in the record.
    pub drafted_by: String,
    /// What was said to the public, in order.
    pub messages: Vec<Message>,
    /// Who says it, once it is issued.
    pub sender: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Whether it is meant.
    pub status: Status,
}

/// An actual warning that was issued: all that may be published.
#[derive(Debug, Clone, Copy)]
pub struct Actual<'a> {
    id: u64,
    warning: &'a Warning,
    sender: &'a str,
}

impl<'a> Actual<'a> {
    /// The warning, if it is actual and was ever issued.
    pub fn of(kept: &'a Kept<Warning>) -> Option<Self> {
        let warning = &kept.sheet;
        let sender = warning.sender.as_deref()?;
        let is_public = warning.status == Status::Actual && !warning.messages.is_empty();
        is_public.then_some(Self {
            id: kept.id,
            warning,
            sender,
        })
    }

    /// Its number.
    pub fn id(self) -> u64 {
        self.id
    }

    /// Who says it.
    pub fn sender(self) -> &'a str {
        self.sender
    }

    /// The warning.
    pub fn warning(self) -> &'a Warning {
        self.warning
    }

    /// Whether it holds at a time.
    pub fn holds(self, now: Timestamp) -> bool {
        self.warning.stage == Stage::Issued && now < self.warning.content.expires
    }
}

impl Warning {
    fn say(&mut self, kind: MessageKind, identifier: &str, sent: Timestamp) {
        self.messages.push(Message {
            content: self.content.clone(),
            identifier: identifier.to_owned(),
            kind,
            sent,
        });
    }
}

impl Sheet for Warning {
    type Event = WarningEvent;

    const WORD: &'static str = "warning";

    fn take(before: Option<Self>, _: u64, step: &Step<WarningEvent>) -> Option<Self> {
        let mut warning = match (before, &step.event) {
            (
                None,
                WarningEvent::Drafted {
                    alert,
                    content,
                    status,
                },
            ) => {
                return Some(Warning {
                    alert: *alert,
                    approver: None,
                    content: content.clone(),
                    drafted_at: step.at,
                    drafted_by: step.by.clone(),
                    messages: Vec::new(),
                    sender: None,
                    stage: Stage::Draft,
                    status: *status,
                });
            }
            (None, _) | (Some(_), WarningEvent::Drafted { .. }) => return None,
            (Some(warning), _) => warning,
        };
        match &step.event {
            WarningEvent::Drafted { .. } => return None,
            WarningEvent::Revised { content } => {
                warning.content = content.clone();
                warning.drafted_by.clone_from(&step.by);
                warning.approver = None;
            }
            WarningEvent::Approved { approver } => warning.approver = Some(approver.clone()),
            WarningEvent::Issued { identifier, sender } => {
                warning.stage = Stage::Issued;
                warning.sender = Some(sender.clone());
                warning.say(MessageKind::Alert, identifier, step.at);
            }
            WarningEvent::Updated {
                approver,
                content,
                identifier,
            } => {
                warning.content = content.clone();
                warning.approver.clone_from(approver);
                warning.say(MessageKind::Update, identifier, step.at);
            }
            WarningEvent::Cancelled { identifier } => {
                warning.stage = Stage::Cancelled;
                if let Some(identifier) = identifier {
                    warning.say(MessageKind::Cancel, identifier, step.at);
                }
            }
            WarningEvent::Expired {} => warning.stage = Stage::Expired,
        }
        Some(warning)
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Issued)
    }

    fn word(event: &WarningEvent) -> &'static str {
        event.word()
    }
}
