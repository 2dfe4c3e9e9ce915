//! Steps of what grows out of cases: proposals, topics, disputes and their parties,
//! assets, deliberations, consultations and micro-projects.

use serde::Deserialize;
use utoipa::ToSchema;
use yiwang_base::Refusal;
use yiwang_cases::civic::{
    asset, consultation, deliberation, dispute, micro_project, property_party, proposal, topic,
};

use super::read::Read;
use super::{
    DismissWord, DisputePartyBody, Facts, FormWord, OutcomeWord, PartyRoleWord, PublicText,
    RecastWord, ScopeBody, SortWord, TrackWord, uncounted,
};

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
