//! Steps of dossiers, as callers send them: one object that names the kind and
//! in it the step, `{"dispute": {"hold_session": {…}}}`.

use serde::Deserialize;
use utoipa::ToSchema;
use yiwang_base::{CaseId, Refusal, RefusalKind};
use yiwang_cases::civic::{DossierCommand, Tally, appraisal, topic};

use super::{
    CapacityWord, DismissWord, FormWord, OutcomeWord, PartyRoleWord, RecastWord, ResourceSortWord,
    SortWord, TrackWord, Word,
};

/// A text for the public; English may be left out where there is none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicText {
    /// 简体中文.
    #[schema(min_length = 1, max_length = 4000)]
    pub zh: String,
    /// English; the Chinese text where it is missing.
    #[schema(max_length = 4000)]
    pub en: Option<String>,
}

/// Which complaints a topic is about.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScopeBody {
    /// Codes of areas; none means the whole city.
    pub areas: Vec<String>,
    /// Codes of categories; taken from the cases where none is named.
    pub categories: Vec<String>,
    /// Numbers of cases it grew out of.
    pub cases: Vec<String>,
}

/// One of those who are at odds.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputePartyBody {
    /// Name; sealed.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Telephone number; sealed.
    #[schema(max_length = 300)]
    pub phone: Option<String>,
    /// What the party says; sealed.
    #[schema(max_length = 4000)]
    pub statement: Option<String>,
}

/// How much each component of an appraisal weighs; together 100.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsBody {
    /// Response.
    pub response: u32,
    /// Resolution.
    pub resolution: u32,
    /// Satisfaction, as residents rate the service.
    pub satisfaction: u32,
    /// Done on time.
    pub on_time: u32,
    /// Scores of the front line.
    pub front_line_score: u32,
    /// Check-in when called by a whistle.
    pub check_in: u32,
    /// Training attended.
    pub training: u32,
}

/// What the server itself knows of a step: what is counted, what is written with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) before: Option<topic::Count>,
    pub(crate) after: Option<topic::Count>,
    pub(crate) tally: Option<Tally>,
    pub(crate) scores: Option<Tally>,
    pub(crate) case: Option<CaseId>,
    pub(crate) sheet: Option<appraisal::Sheet>,
}

macro_rules! steps {
    ($(
        $(#[$about:meta])* $name:ident $module:ident {
            $($(#[$doc:meta])* $step:ident {
                $($(#[$field_doc:meta])* $field:ident : $type:ty,)*
            } $(+ $fact:ident)? ;)*
        }
    )*) => {$(
        $(#[$about])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        pub enum $name {
            $($(#[$doc])* $step { $($(#[$field_doc])* $field: $type,)* },)*
        }

        impl $name {
            pub(super) fn command(self, facts: &Facts) -> Result<$module::Command, Refusal> {
                // Most steps need nothing that the server counts.
                let _ = facts;
                Ok(match self {
                    $($name::$step { $($field,)* } => $module::Command::$step {
                        $($field: $field.read(stringify!($field))?,)*
                        $($fact: facts.$fact.clone().ok_or_else(uncounted)?,)?
                    },)*
                })
            }
        }
    )*};
}

mod grown;
mod read;
mod shared;

use grown::{
    AssetStep, ConsultationStep, DeliberationStep, DisputeStep, MicroProjectStep,
    PropertyPartyStep, ProposalStep, TopicStep,
};
use shared::{AppraisalStep, PoolStep, TaskStep, TrainingStep};

fn uncounted() -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "dossier.not-now",
        "卷宗现在的状态不能办这一步",
        "the dossier cannot take this step now",
    )
    .at("action")
}

/// A step of a dossier, under the word of its kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DossierBody {
    /// 未诉先办.
    Proposal(ProposalStep),
    /// 每月一题.
    Topic(TopicStep),
    /// 矛盾纠纷.
    Dispute(DisputeStep),
    /// 物业治理主体.
    PropertyParty(PropertyPartyStep),
    /// 电梯与停车设施.
    Asset(AssetStep),
    /// 大家商量着办.
    Deliberation(DeliberationStep),
    /// 问计于民.
    Consultation(ConsultationStep),
    /// 民生微实事.
    MicroProject(MicroProjectStep),
    /// 联动资源池.
    Pool(PoolStep),
    /// 共治任务.
    Task(TaskStep),
    /// 培训.
    Training(TrainingStep),
    /// 考评.
    Appraisal(AppraisalStep),
}

impl DossierBody {
    /// The scope of a topic that is opened, as it is written.
    pub(crate) fn scope(&mut self) -> Option<&mut ScopeBody> {
        match self {
            DossierBody::Topic(TopicStep::Open { scope, .. }) => Some(scope),
            _ => None,
        }
    }

    /// The units and the period of an appraisal that is drawn up, as they are written.
    pub(crate) fn appraised(&self) -> Option<(&[String], &str, &str)> {
        match self {
            DossierBody::Appraisal(AppraisalStep::DrawUp {
                units, from, until, ..
            }) => Some((units, from, until)),
            _ => None,
        }
    }

    /// Whether it accepts a proposal: then a case is written with it.
    pub(crate) fn accepts_proposal(&self) -> bool {
        matches!(self, DossierBody::Proposal(ProposalStep::Accept { .. }))
    }

    /// The word of a step that others than those who run the dossier take.
    pub(crate) fn others_step(&self) -> Option<&'static str> {
        match self {
            DossierBody::Task(TaskStep::Claim { .. }) => Some("claim"),
            DossierBody::Task(TaskStep::GiveUp {}) => Some("give_up"),
            DossierBody::Task(TaskStep::Report { .. }) => Some("report"),
            DossierBody::Appraisal(AppraisalStep::Object { .. }) => Some("object"),
            _ => None,
        }
    }

    /// The command it asks for.
    pub(crate) fn command(self, facts: &Facts) -> Result<DossierCommand, Refusal> {
        Ok(match self {
            DossierBody::Proposal(step) => DossierCommand::Proposal(step.command(facts)?),
            DossierBody::Topic(step) => DossierCommand::Topic(step.command(facts)?),
            DossierBody::Dispute(step) => DossierCommand::Dispute(step.command(facts)?),
            DossierBody::PropertyParty(step) => DossierCommand::PropertyParty(step.command(facts)?),
            DossierBody::Asset(step) => DossierCommand::Asset(step.command(facts)?),
            DossierBody::Deliberation(step) => DossierCommand::Deliberation(step.command(facts)?),
            DossierBody::Consultation(step) => DossierCommand::Consultation(step.command(facts)?),
            DossierBody::MicroProject(step) => DossierCommand::MicroProject(step.command(facts)?),
            DossierBody::Pool(step) => DossierCommand::Pool(step.command(facts)?),
            DossierBody::Task(step) => DossierCommand::Task(step.command(facts)?),
            DossierBody::Training(step) => DossierCommand::Training(step.command(facts)?),
            DossierBody::Appraisal(step) => DossierCommand::Appraisal(step.command(facts)?),
        })
    }
}
