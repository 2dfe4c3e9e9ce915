//! Steps of dossiers, as callers send them: one object that names the kind and
//! in it the step, `{"dispute": {"hold_session": {…}}}`.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
};
use yiwang_cases::civic::{
    DossierCommand, DossierId, Tally, asset, consultation, deliberation, dispute, micro_project,
    property_party, proposal, topic,
};

use super::{
    DismissWord, FormWord, OutcomeWord, PartyRoleWord, RecastWord, SortWord, TrackWord, Word,
};
use crate::http::read_code;

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

/// What the server itself knows of a step: what is counted, what is written with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) before: Option<topic::Count>,
    pub(crate) after: Option<topic::Count>,
    pub(crate) tally: Option<Tally>,
    pub(crate) scores: Option<Tally>,
    pub(crate) case: Option<CaseId>,
}

/// Reads a field of a body as what the room knows.
trait Read<D> {
    fn read(self, at: &str) -> Result<D, Refusal>;
}

macro_rules! as_it_is {
    ($($type:ty),*) => {$(
        impl Read<$type> for $type {
            fn read(self, _: &str) -> Result<$type, Refusal> {
                Ok(self)
            }
        }
    )*};
}
as_it_is!(String, bool, u32, u64);

macro_rules! codes {
    ($($type:ty),*) => {$(
        impl Read<$type> for String {
            fn read(self, at: &str) -> Result<$type, Refusal> {
                read_code(&self, at)
            }
        }
    )*};
}
codes!(AreaCode, UnitCode, CategoryCode);

impl Read<Personal<String>> for String {
    fn read(self, _: &str) -> Result<Personal<String>, Refusal> {
        Ok(Personal::new(self))
    }
}

/// A number of the record, a day or an instant.
fn parsed<T: std::str::FromStr>(text: &str, at: &str, example: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "field.invalid",
            format!("格式不对，应如 {example}"),
            format!("this cannot be read; write it like {example}"),
        )
        .at(at)
        .found(text)
        .allowing([example])
    })
}

macro_rules! parsed {
    ($($type:ty, $example:literal;)*) => {$(
        impl Read<$type> for String {
            fn read(self, at: &str) -> Result<$type, Refusal> {
                parsed(&self, at, $example)
            }
        }
    )*};
}
parsed! {
    CaseId, "C1024";
    DossierId, "D12";
    Date, "2026-03-31";
    Timestamp, "2026-03-31T10:00:00Z";
}

impl<T> Read<T> for Word<T> {
    fn read(self, _: &str) -> Result<T, Refusal> {
        Ok(self.0)
    }
}

impl Read<LocalText> for PublicText {
    fn read(self, _: &str) -> Result<LocalText, Refusal> {
        let en = self.en.filter(|en| !en.trim().is_empty());
        Ok(match en {
            Some(en) => LocalText::new(self.zh, en),
            None => LocalText::same(self.zh),
        })
    }
}

impl Read<topic::Scope> for ScopeBody {
    fn read(self, at: &str) -> Result<topic::Scope, Refusal> {
        Ok(topic::Scope {
            areas: self.areas.read(&format!("{at}.areas"))?,
            cases: self.cases.read(&format!("{at}.cases"))?,
            categories: self.categories.read(&format!("{at}.categories"))?,
        })
    }
}

impl Read<dispute::Party> for DisputePartyBody {
    fn read(self, at: &str) -> Result<dispute::Party, Refusal> {
        Ok(dispute::Party {
            name: self.name.read(at)?,
            phone: self.phone.read(at)?,
            statement: self.statement.read(at)?,
        })
    }
}

impl<D, W: Read<D> + MaybeEmpty> Read<Option<D>> for Option<W> {
    fn read(self, at: &str) -> Result<Option<D>, Refusal> {
        let given = self.filter(|value| !value.is_nothing());
        given.map(|value| value.read(at)).transpose()
    }
}

impl<D, W: Read<D>> Read<Vec<D>> for Vec<W> {
    fn read(self, at: &str) -> Result<Vec<D>, Refusal> {
        let values = self.into_iter().enumerate();
        values
            .map(|(n, value)| value.read(&format!("{at}[{n}]")))
            .collect()
    }
}

/// An empty text in an optional field counts as absent.
trait MaybeEmpty {
    fn is_nothing(&self) -> bool {
        false
    }
}
impl MaybeEmpty for String {
    fn is_nothing(&self) -> bool {
        self.trim().is_empty()
    }
}
impl MaybeEmpty for u32 {}

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
            fn command(self, facts: &Facts) -> Result<$module::Command, Refusal> {
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

fn uncounted() -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "dossier.not-now",
        "卷宗现在的状态不能办这一步",
        "the dossier cannot take this step now",
    )
    .at("action")
}

steps! {
    /// A step of a proposal; the rule that finds recurrences opens one.
    ProposalStep proposal {
        /// Act on it: it becomes a case (受理).
        Accept {
            /// Code of the unit it goes to at once, if that is clear.
            unit: Option<String>,
            /// What is to be done; sealed.
            #[schema(max_length = 4000)]
            note: Option<String>,
        } + case;
        /// Do not act on it (不采纳); the pattern stays quiet.
        Dismiss {
            /// Why.
            reason: DismissWord,
            /// For how many weeks it stays quiet; 8 unless told.
            #[schema(minimum = 1, maximum = 52)]
            quiet_weeks: Option<u32>,
            /// In words; sealed.
            #[schema(max_length = 4000)]
            note: Option<String>,
        };
    }

    /// A step of a monthly topic.
    TopicStep topic {
        /// Make complaints of a sort a programme (立项).
        Open {
            /// Its title.
            title: PublicText,
            /// What it is about, for the public.
            summary: PublicText,
            /// Code of the unit that leads.
            lead: String,
            /// Codes of units that assist.
            #[serde(default)]
            assisting: Vec<String>,
            /// Which complaints.
            scope: ScopeBody,
        } + before;
        /// Say what is being done (措施).
        AddMeasure {
            /// What.
            measure: PublicText,
        };
        /// Say what is to be reached by when (节点).
        AddMilestone {
            /// What.
            title: PublicText,
            /// By the end of this day, `2026-03-31`.
            #[schema(format = Date)]
            due: String,
        };
        /// A milestone was reached.
        ReachMilestone {
            /// Its number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
        };
        /// End it (结题).
        Close {
            /// The closing report, for the public.
            report: PublicText,
            /// Why, where a milestone was not reached; it stays in the record.
            #[schema(max_length = 300)]
            reason: Option<String>,
        } + after;
    }

    /// A step of a dispute.
    DisputeStep dispute {
        /// Take it up (登记).
        Register {
            /// What it is about, without names.
            title: PublicText,
            /// Code of the area.
            area: String,
            /// Code of the unit that takes care of it.
            unit: String,
            /// By which instrument.
            track: TrackWord,
            /// Who is at odds, at least two.
            #[schema(min_items = 2)]
            parties: Vec<DisputePartyBody>,
            /// Numbers of cases in which it showed.
            #[serde(default)]
            cases: Vec<String>,
            /// What it is about; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            words: String,
        };
        /// Let somebody mediate (指派调解员).
        AssignMediator {
            /// Who; sealed.
            #[schema(min_length = 1, max_length = 300)]
            mediator: String,
        };
        /// Try another instrument.
        ChangeTrack {
            /// Which.
            track: TrackWord,
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// A sitting was held (调解).
        HoldSession {
            /// On which day.
            #[schema(format = Date)]
            on: String,
            /// How many parties came.
            attended: u32,
            /// The minutes; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            minutes: String,
        };
        /// They agreed (达成协议).
        Agree {
            /// On which day.
            #[schema(format = Date)]
            on: String,
            /// On what; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            agreement: String,
            /// By which day somebody looks whether it is kept.
            #[schema(format = Date)]
            visit_by: String,
        };
        /// Somebody looked whether it is kept (回访).
        Visit {
            /// On which day.
            #[schema(format = Date)]
            on: String,
            /// Whether it is kept.
            kept: bool,
            /// What was found; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            note: String,
            /// By which day the next visit is due, if there is to be one.
            #[schema(format = Date)]
            next_by: Option<String>,
        };
        /// End it (结案).
        Close {
            /// How.
            outcome: OutcomeWord,
            /// In words; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            note: String,
        };
    }

    /// A step of a property party.
    PropertyPartyStep property_party {
        /// Enter it (登记).
        Register {
            /// What sort.
            role: PartyRoleWord,
            /// Its name.
            name: PublicText,
            /// Codes of the communities it answers for.
            areas: Vec<String>,
            /// Codes of the categories it answers for.
            duties: Vec<String>,
            /// Code of the unit that watches over it.
            unit: String,
            /// Whom to speak to; sealed.
            #[schema(max_length = 300)]
            contact: Option<String>,
        };
        /// Change what it answers for.
        SetDuties {
            /// Codes of communities.
            areas: Vec<String>,
            /// Codes of categories.
            duties: Vec<String>,
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// Change whom to speak to.
        SetContact {
            /// Whom; sealed.
            #[schema(min_length = 1, max_length = 300)]
            contact: String,
        };
        /// It answers for them no longer.
        Retire {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of an asset.
    AssetStep asset {
        /// Enter it (登记).
        Register {
            /// What sort.
            sort: SortWord,
            /// Its name.
            name: PublicText,
            /// Code of the area.
            area: String,
            /// Code of the category of complaints about it.
            category: String,
            /// Code of the unit that watches over it.
            unit: String,
            /// Number of the property party that keeps it, `D12`.
            party: Option<String>,
            /// Days from one inspection to the next.
            #[schema(minimum = 1, maximum = 3660)]
            every_days: u32,
            /// Day of the last inspection.
            #[schema(format = Date)]
            inspected_on: Option<String>,
        };
        /// It was inspected (检验).
        Inspect {
            /// On which day.
            #[schema(format = Date)]
            on: String,
            /// Whether it passed.
            passed: bool,
            /// What was found; required where it did not pass; sealed.
            #[schema(max_length = 4000)]
            note: Option<String>,
        };
        /// It is gone.
        Retire {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of a deliberation.
    DeliberationStep deliberation {
        /// Call people together (发起协商).
        Convene {
            /// What is talked about.
            title: PublicText,
            /// The agenda.
            agenda: PublicText,
            /// Code of the area.
            area: String,
            /// Code of the unit that convenes.
            unit: String,
            /// In which form.
            form: FormWord,
            /// Who takes part: bodies and groups, not names.
            parties: Vec<PublicText>,
            /// Numbers of cases it is about.
            #[serde(default)]
            cases: Vec<String>,
        };
        /// Plan a step.
        AddStep {
            /// What is done in it.
            title: PublicText,
            /// On which day.
            #[schema(format = Date)]
            on: String,
        };
        /// A step is done.
        FinishStep {
            /// Its number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
            /// What came of it, for the public.
            summary: PublicText,
            /// The minutes; sealed.
            #[schema(max_length = 4000)]
            minutes: Option<String>,
        };
        /// Decide (形成决定).
        Decide {
            /// What.
            text: PublicText,
            /// How many were for it.
            in_favour: u32,
            /// How many were against.
            against: u32,
        };
        /// A case that is there follows from it.
        FollowUp {
            /// Its number.
            case: String,
        };
        /// End it.
        Close {
            /// What became of it, for the public.
            report: PublicText,
            /// Why, where nothing was decided; it stays in the record.
            #[schema(max_length = 300)]
            reason: Option<String>,
        };
    }

    /// A step of a consultation; voices and remarks have calls of their own.
    ConsultationStep consultation {
        /// Ask (发布).
        Announce {
            /// Its title.
            title: PublicText,
            /// What is asked.
            question: PublicText,
            /// What can be chosen, 2 to 20.
            #[schema(min_items = 2, max_items = 20)]
            options: Vec<PublicText>,
            /// How many of them a voice may name.
            #[schema(minimum = 1)]
            choose: u32,
            /// What a second voice does.
            recast: RecastWord,
            /// Code of the area whose people are asked; all without it.
            area: Option<String>,
            /// How many people are asked, for the turnout.
            entitled: Option<u32>,
            /// Code of the unit that asks.
            unit: String,
            /// From then on.
            #[schema(format = DateTime)]
            opens_at: String,
            /// Until before then.
            #[schema(format = DateTime)]
            closes_at: String,
        };
        /// Publish what people said, when the vote is over (公布结果).
        Publish {} + tally;
        /// Say what is made of it (采纳情况).
        Answer {
            /// What.
            answer: PublicText,
        };
        /// Ask no longer.
        Withdraw {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of a micro-project.
    MicroProjectStep micro_project {
        /// Propose one; anyone may (提议).
        Propose {
            /// Code of the area.
            area: String,
            /// What; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            words: String,
            /// Who proposes; sealed.
            #[schema(max_length = 300)]
            name: Option<String>,
            /// Telephone number; sealed.
            #[schema(max_length = 300)]
            phone: Option<String>,
        };
        /// Take it up for the vote, in words for the public (初审).
        Screen {
            /// Its title.
            title: PublicText,
            /// What it is.
            summary: PublicText,
            /// Code of the unit that carries it out.
            unit: String,
            /// What it would cost, cents.
            #[schema(minimum = 1)]
            estimate_cents: u64,
        };
        /// Turn it down.
        Decline {
            /// Why, for the public; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// Let people vote: for it (0) or against it (1).
        OpenVote {
            /// Until before then.
            #[schema(format = DateTime)]
            closes_at: String,
            /// Fewest voices for a result.
            #[schema(minimum = 1)]
            quorum: u32,
        };
        /// Count the votes.
        CloseVote {} + tally;
        /// Set what may be spent (拨款).
        Fund {
            /// Cents.
            #[schema(minimum = 1)]
            budget_cents: u64,
        };
        /// Money was paid.
        Spend {
            /// Cents; never more than is left.
            #[schema(minimum = 1)]
            cents: u64,
            /// What for.
            what: PublicText,
            /// On which day.
            #[schema(format = Date)]
            on: String,
        };
        /// It is carried out; people score it, 1 (option 0) to 5 (option 4).
        Finish {
            /// What was done.
            done: PublicText,
            /// Until before then.
            #[schema(format = DateTime)]
            closes_at: String,
        };
        /// Accept it with the scores (验收).
        Accept {
            /// Why, where the mean is below 3 or nobody scored; it stays in the record.
            #[schema(max_length = 300)]
            reason: Option<String>,
        } + scores;
        /// Have it done again.
        Redo {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// Publish its accounts (公开决算).
        PublishAccounts {};
    }
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
}

impl DossierBody {
    /// The scope of a topic that is opened, as it is written.
    pub(crate) fn scope(&mut self) -> Option<&mut ScopeBody> {
        match self {
            DossierBody::Topic(TopicStep::Open { scope, .. }) => Some(scope),
            _ => None,
        }
    }

    /// Whether it accepts a proposal: then a case is written with it.
    pub(crate) fn accepts_proposal(&self) -> bool {
        matches!(self, DossierBody::Proposal(ProposalStep::Accept { .. }))
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
        })
    }
}
