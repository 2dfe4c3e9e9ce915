//! Public warnings as staff see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_sensing::docket::{Kept, Step};
use yiwang_sensing::warning::{Content, Sender, Table, Warning, WarningEvent};

use super::{
    ColourWord, SheetStepView, Text, Time, WarningActionWord, WarningStageWord, WarningStatusWord,
    Word,
};

/// A public warning.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// Its number.
    pub id: u64,
    /// The number of its steps: what `If-Match` names.
    pub version: u64,
    /// Whether it is meant.
    pub status: WarningStatusWord,
    /// How far it is.
    pub stage: WarningStageWord,
    /// How grave.
    pub colour: ColourWord,
    /// What it is about.
    pub event_name: Text,
    /// What it says.
    #[schema(value_type = Object)]
    pub content: Content,
    /// When it was drafted.
    pub drafted_at: Time,
    /// Who drafted it.
    pub drafted_by: String,
    /// Who approved it.
    #[schema(required)]
    pub approver: Option<String>,
    /// The alert that it comes of.
    #[schema(required)]
    pub alert: Option<u64>,
    /// Identifiers of what was said to the public, in order.
    pub messages: Vec<String>,
    /// What the reader may do with it now.
    pub actions: Vec<WarningActionWord>,
}

impl WarningView {
    /// The warning as it is shown; `actions` are those the reader may take.
    pub fn of(kept: &Kept<Warning>, actions: Vec<WarningActionWord>) -> Self {
        let warning = &kept.sheet;
        let messages = warning.messages.iter();
        Self {
            id: kept.id,
            version: kept.version,
            status: Word(warning.status),
            stage: Word(warning.stage),
            colour: Word(warning.content.colour),
            event_name: (&warning.content.event_name).into(),
            content: warning.content.clone(),
            drafted_at: Time(warning.drafted_at),
            drafted_by: warning.drafted_by.clone(),
            approver: warning.approver.as_ref().map(ToString::to_string),
            alert: warning.alert,
            messages: messages.map(|m| m.identifier.clone()).collect(),
            actions,
        }
    }
}

/// Some warnings, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningsView {
    /// The warnings.
    pub warnings: Vec<WarningView>,
    /// What `before` of the next page is; `null` on the last one.
    #[schema(required)]
    pub next: Option<u64>,
}

/// A warning with what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningDetail {
    /// The warning.
    pub warning: WarningView,
    /// What happened, in order.
    pub steps: Vec<SheetStepView>,
}

impl From<&Step<WarningEvent>> for SheetStepView {
    fn from(step: &Step<WarningEvent>) -> Self {
        Self::of(step, step.event.word(), step.event.name())
    }
}

/// A warning to draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// The alert that it comes of.
    #[serde(default)]
    pub alert: Option<u64>,
    /// What it says: its form is described in docs/API.md.
    #[schema(value_type = Object)]
    pub content: Content,
    /// Why, as it will stand in the record.
    #[schema(max_length = 300)]
    pub ground: String,
    /// Whether it is meant: this never changes.
    pub status: WarningStatusWord,
}

/// A step of a warning to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum WarningStepBody {
    /// Write a draft anew; an approval is lost by it.
    Revise {
        /// What it says.
        #[schema(value_type = Object)]
        content: Content,
    },
    /// Approve a draft; whoever drafted it may not.
    Approve {},
    /// Issue it.
    Issue {},
    /// Say something else; above yellow, whoever may approve does this.
    Update {
        /// What it says now.
        #[schema(value_type = Object)]
        content: Content,
    },
    /// Cancel it.
    Cancel {
        /// Why, as it will stand in the record.
        #[schema(max_length = 300)]
        reason: String,
    },
}

/// A warning to see in CAP before it is one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapBody {
    /// What it says: its form is described in docs/API.md.
    #[schema(value_type = Object)]
    pub content: Content,
    /// Whether it is meant.
    pub status: WarningStatusWord,
    /// The warning that it would be said of: once that was issued, this is an update of it.
    #[serde(default)]
    pub warning: Option<u64>,
    /// Whether it would be its cancellation.
    #[serde(default)]
    pub cancel: bool,
}

/// Who issues warnings, and by which tables.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WarningSettings {
    /// Who issues them: `code` of 14 digits and `sender`, `name@domain`.
    #[schema(value_type = Object)]
    pub sender: Sender,
    /// Tables of thresholds: each is followed by rules of its own.
    #[schema(value_type = Vec<Object>)]
    pub tables: Vec<Table>,
}

impl WarningSettings {
    /// What holds before anything is set: the table of rainstorms, and nobody who issues.
    pub fn usual() -> Self {
        Self {
            sender: Sender::unnamed(),
            tables: vec![Table::rainstorm()],
        }
    }
}

/// A warning that holds, for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicWarning {
    /// Its number.
    pub id: u64,
    /// How grave.
    pub colour: ColourWord,
    /// What it is about.
    pub event_name: Text,
    /// For where.
    pub area: Text,
    /// What is expected.
    pub description: Text,
    /// What to do.
    pub instruction: Text,
    /// When it was last said.
    pub sent: Time,
    /// Until when it holds.
    pub expires: Time,
    /// Codes of the areas it is for.
    pub areas: Vec<String>,
    /// Where it is in CAP 1.2.
    pub cap: String,
}

/// A change of a warning, as the live feed tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningChangeView {
    /// The entry's number.
    pub seq: u64,
    /// What happened, `issued`.
    pub event: String,
    /// Who did it.
    pub by: String,
    /// The warning now.
    pub warning: WarningView,
}
