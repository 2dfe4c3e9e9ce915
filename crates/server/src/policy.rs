//! Policy: who may do what. The one place; what is not here is denied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Refusal, RefusalKind, UnitCode};
use yiwang_cases::civic::Kind;
use yiwang_cases::civic::task::HELPERS_STEPS;
use yiwang_cases::{Action, Case, Stage, Whistle, WhistleAction};
use yiwang_mqtt::{covers, matches};
use yiwang_sensing::alert::Alert;
use yiwang_sensing::device::Device;
use yiwang_store::Account;

use crate::city::City;
use crate::edge::ALERTS_FILTER;
use crate::mqtt::{READINGS_FILTER, refusals_topic};

/// A role. Everyone who signs in has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Hotline and command desk (坐席).
    Operator,
    /// Staff of a unit; acts on its unit's cases only (承办人员).
    Unit,
    /// Checks on site (核查员). With a street or community as its unit, a grid
    /// worker (网格员): sees what lies in its areas, checks what its unit did not
    /// do itself, and blows whistles for it.
    Verifier,
    /// Reads, and must be able to trust what is read (领导).
    Leader,
    /// Keeps areas, units and data in order, erases on lawful request (数据管理员).
    Steward,
    /// Checks the trail; sees no words of residents (审计员).
    Auditor,
    /// Keeps accounts; sees no words of residents (系统管理员).
    Admin,
    /// Another system that sends requests for its own users (合作平台).
    Partner,
    /// A volunteer, a company or a social organisation: claims tasks (社会力量).
    Contributor,
}

/// Something that policy allows or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// See cases and whistles: stage, category, area, units, times.
    ReadCases,
    /// See residents' words, places and notes.
    ReadWords,
    /// See who sent a request.
    ReadReporter,
    /// See the units with their duty lists.
    ReadUnits,
    /// Read the journal's entries.
    ReadEntries,
    /// Read the figures of the server itself.
    ReadMetrics,
    /// Set what the city is made of: its calendar and areas.
    KeepCity,
    /// See figures: rates, and how they are counted. What stands behind one
    /// opens to those who may see the cases.
    ReadFigures,
    /// Add a version of a formula.
    SetFormulas,
    /// Add, list and change the people who sign in.
    KeepAccounts,
    /// Keep views of the desk for oneself and those who do the same work.
    KeepViews,
    /// Say by which channel a request came in.
    SetChannel,
    /// Send many requests in one call.
    SubmitMany,
    /// Take requests from a table.
    SubmitTable,
    /// Look up what came from a telephone number before.
    FindCaller,
    /// Say what other systems are told.
    SetHooks,
    /// Do this to a case.
    Act(Action),
    /// Do this with a whistle.
    Whistle(WhistleAction),
    /// See who is on duty, with telephone numbers.
    ReadRoster,
    /// Set a unit's duty roster.
    SetRoster,
    /// Let two people of a roster change places; of units, in their own.
    SwapDuty,
    /// See things, their datastreams and readings, and the devices.
    ReadSensing,
    /// Send readings, by a program or a device with a key.
    SendReadings,
    /// Keep the register of things and datastreams.
    KeepRegister,
    /// Register devices, and let those that were quarantined speak again.
    KeepDevices,
    /// Open dossiers of this kind and take their steps.
    Run(Kind),
    /// Claim tasks, give them up and report them done.
    HelpOut,
    /// Object to an appraisal, for one's own unit.
    ObjectToAppraisal,
    /// See alerts, the rules that raise them, and warnings before they are issued.
    ReadAlerts,
    /// Acknowledge, handle and silence alerts.
    HandleAlerts,
    /// Set the rules that judge readings.
    SetRules,
    /// Draft, issue and cancel public warnings.
    DraftWarnings,
    /// Approve public warnings above yellow.
    ApproveWarnings,
    /// Record a drill of a scenario.
    RecordDrills,
    /// Rate a scenario as one who works with it.
    RateScenarios,
    /// Accept a scenario, or take that back.
    AcceptScenarios,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 9] = [
        Role::Operator,
        Role::Unit,
        Role::Verifier,
        Role::Leader,
        Role::Steward,
        Role::Auditor,
        Role::Admin,
        Role::Partner,
        Role::Contributor,
    ];

    /// The word of the interface and the record.
    pub fn word(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Unit => "unit",
            Role::Verifier => "verifier",
            Role::Leader => "leader",
            Role::Steward => "steward",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
            Role::Partner => "partner",
            Role::Contributor => "contributor",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether it is of people and programs outside the city's own staff.
    pub fn is_outside(self) -> bool {
        matches!(self, Role::Partner | Role::Contributor)
    }

    /// Whether the role has the right.
    pub fn may(self, right: Right) -> bool {
        use Action::{
            Accept, AddUnit, AnswerJoined, AnswerQuestion, AnswerSupervision, AskExtension,
            AskResident, Attach, CallBack, Close, Comment, Decline, Dispatch, Erase, Extend, Join,
            Merge, Recall, Redirect, RefuseExtension, Release, RemoveUnit, Reopen, ReportBack,
            ReportPart, Resume, Return, Score, SettleDue, Shelve, Start, Submit, Supervise,
            Unmerge, Verify, Withdraw,
        };
        use Right::{
            AcceptScenarios, Act, ApproveWarnings, DraftWarnings, FindCaller, HandleAlerts,
            HelpOut, KeepAccounts, KeepCity, KeepDevices, KeepRegister, KeepViews,
            ObjectToAppraisal, RateScenarios, ReadAlerts, ReadCases, ReadEntries, ReadFigures,
            ReadMetrics, ReadReporter, ReadRoster, ReadSensing, ReadUnits, ReadWords, RecordDrills,
            Run, SendReadings, SetChannel, SetFormulas, SetHooks, SetRoster, SetRules, SubmitMany,
            SubmitTable, SwapDuty, Whistle,
        };
        match right {
            ReadCases | ReadUnits | ReadFigures | KeepViews => !self.is_outside(),
            // Programs and devices are partners' accounts; they read what they send.
            ReadSensing => self != Role::Contributor,
            HelpOut => self == Role::Contributor,
            ObjectToAppraisal => self == Role::Unit,
            SendReadings => self == Role::Partner,
            KeepRegister => matches!(self, Role::Steward | Role::Partner),
            KeepDevices => self == Role::Steward,
            ReadWords => matches!(
                self,
                Role::Operator | Role::Unit | Role::Verifier | Role::Leader
            ),
            ReadReporter => matches!(self, Role::Operator | Role::Unit | Role::Verifier),
            ReadEntries | ReadMetrics => {
                matches!(self, Role::Auditor | Role::Steward | Role::Admin)
            }
            KeepCity => self == Role::Steward,
            KeepAccounts => self == Role::Admin,
            SetChannel => matches!(self, Role::Operator),
            SetFormulas => self == Role::Steward,
            SubmitMany => matches!(self, Role::Operator | Role::Partner),
            FindCaller | SubmitTable => self == Role::Operator,
            SetHooks => self == Role::Steward,
            // Anyone may send a request, also without signing in.
            Act(Submit) => true,
            Act(
                Accept | Decline | Dispatch | Close | CallBack | Reopen | Recall | Redirect | Merge
                | Unmerge,
            ) => self == Role::Operator,
            // Residents do this, by an offer or a code; nobody who is signed in does.
            Act(Join | AnswerJoined) => false,
            Act(Extend | RefuseExtension | Shelve | Withdraw) => self == Role::Operator,
            Act(Start | ReportBack | Return | ReportPart | AskExtension | AnswerSupervision) => {
                self == Role::Unit
            }
            Act(AddUnit | RemoveUnit | AskResident | AnswerQuestion | Resume | Score) => {
                matches!(self, Role::Operator | Role::Unit)
            }
            Act(Supervise | Release) => {
                matches!(self, Role::Operator | Role::Unit | Role::Leader)
            }
            Act(Comment) => matches!(
                self,
                Role::Operator | Role::Unit | Role::Verifier | Role::Leader
            ),
            Act(Attach) => matches!(self, Role::Operator | Role::Unit | Role::Verifier),
            Act(Verify) => matches!(self, Role::Operator | Role::Verifier),
            Act(Erase | SettleDue) => self == Role::Steward,
            // Of units, the rules of the room say which may call and which are called.
            Whistle(WhistleAction::CheckIn | WhistleAction::Refuse) => self == Role::Unit,
            Whistle(WhistleAction::Erase) => self == Role::Steward,
            // Of verifiers, grid workers only: see `User::may`.
            Whistle(_) => matches!(self, Role::Operator | Role::Unit | Role::Verifier),
            ReadRoster => matches!(self, Role::Operator | Role::Unit | Role::Steward),
            SetRoster => self == Role::Steward,
            SwapDuty => matches!(self, Role::Steward | Role::Unit),
            Run(Kind::Proposal | Kind::Consultation) => self == Role::Operator,
            Run(Kind::Topic | Kind::Dispute | Kind::Deliberation | Kind::MicroProject) => {
                matches!(self, Role::Operator | Role::Unit)
            }
            Run(Kind::Pool | Kind::Task) => matches!(self, Role::Operator | Role::Unit),
            Run(Kind::Training) => matches!(self, Role::Steward | Role::Unit),
            Run(Kind::Appraisal) => matches!(self, Role::Steward | Role::Leader),
            ReadAlerts => !self.is_outside(),
            HandleAlerts => matches!(self, Role::Operator | Role::Unit),
            SetRules => self == Role::Steward,
            DraftWarnings => self == Role::Operator,
            ApproveWarnings | AcceptScenarios => self == Role::Leader,
            RecordDrills => matches!(self, Role::Operator | Role::Unit | Role::Steward),
            RateScenarios => matches!(self, Role::Operator | Role::Unit | Role::Verifier),
            Run(Kind::PropertyParty | Kind::Asset) => matches!(self, Role::Steward | Role::Unit),
        }
    }
}

/// How much of a case a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Words, places and notes.
    pub words: bool,
    /// Who sent it.
    pub reporter: bool,
}

impl Sight {
    /// What anyone sees.
    pub const NONE: Sight = Sight {
        words: false,
        reporter: false,
    };
}

/// Whether everybody may hear, without words and point, that this case was done: what was
/// closed, unless its words were erased.
pub fn public_done(case: &Case) -> bool {
    case.stage == Stage::Closed && !case.erased
}

/// For what another system is told what happens to cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookPurpose {
    /// To know how cases stand.
    Notify,
    /// To handle them: the receiver does a unit's work.
    HandleCase,
}

impl HookPurpose {
    /// All of them.
    pub const ALL: [HookPurpose; 2] = [HookPurpose::Notify, HookPurpose::HandleCase];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            HookPurpose::Notify => "notify",
            HookPurpose::HandleCase => "handle_case",
        }
    }

    /// How much of a case it allows to tell: never who sent a request.
    pub fn sight(self) -> Sight {
        Sight {
            words: self == HookPurpose::HandleCase,
            reporter: false,
        }
    }
}

/// Whoever is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account.
    pub account: Account,
    /// Its role.
    pub role: Role,
    /// The areas a grid worker is bound to; `None` for the whole city.
    within: Option<BTreeSet<AreaCode>>,
}

impl User {
    /// The user of an account. A role this program does not know allows nothing.
    pub fn of(account: Account, city: &City) -> Option<User> {
        let role = Role::from_word(&account.role)?;
        let within = match (&account.unit, role) {
            (Some(unit), Role::Verifier) => city.areas_of(unit),
            _ => None,
        };
        Some(User {
            account,
            role,
            within,
        })
    }

    /// Whether the user is a grid worker (网格员).
    pub fn is_grid_worker(&self) -> bool {
        self.role == Role::Verifier && self.account.unit.is_some()
    }

    /// The areas whose cases the user is bound to; `None` for those of the whole city.
    pub fn within(&self) -> Option<&BTreeSet<AreaCode>> {
        self.within.as_ref()
    }

    /// Whether the user has the right at all, whatever the case.
    pub fn may(&self, right: Right) -> bool {
        let calls_for_nobody = self.role == Role::Verifier && !self.is_grid_worker();
        self.role.may(right) && !(calls_for_nobody && matches!(right, Right::Whistle(_)))
    }

    /// Whether the user may publish under this topic of MQTT, one under which
    /// no readings are taken: only what the device's registration says.
    pub fn may_publish(&self, device: Option<&Device>, topic: &str) -> bool {
        let named = device.is_some_and(|d| d.publish.iter().any(|p| matches(p, topic)));
        named && self.may(Right::SendReadings)
    }

    /// Whether the user may subscribe to this filter of MQTT: to what was
    /// refused of its own; a device, to what its registration says; others who
    /// may read readings or alerts, to those.
    pub fn may_subscribe(&self, device: Option<&Device>, filter: &str) -> bool {
        let own = covers(&refusals_topic(self.account.name.as_str()), filter);
        own || match device {
            Some(device) => device.subscribe.iter().any(|p| covers(p, filter)),
            None => {
                self.may(Right::ReadSensing) && covers(READINGS_FILTER, filter)
                    || self.may(Right::ReadAlerts) && covers(ALERTS_FILTER, filter)
            }
        }
    }

    /// Refuses unless the user has the right.
    ///
    /// # Errors
    /// A refusal that names the role.
    pub fn must(&self, right: Right) -> Result<(), Refusal> {
        if self.may(right) {
            Ok(())
        } else {
            Err(forbidden(self.role))
        }
    }

    /// The unit to whose cases the user is bound; `None` for all cases.
    ///
    /// # Errors
    /// When the user should be bound to a unit but has none.
    pub fn bound_to(&self) -> Result<Option<&UnitCode>, Refusal> {
        match (self.role, &self.account.unit) {
            (Role::Unit, Some(unit)) => Ok(Some(unit)),
            (Role::Unit, None) => Err(forbidden(self.role)),
            _ => Ok(None),
        }
    }

    /// The unit for which the user calls others and answers calls: a unit's
    /// staff and a grid worker for theirs, the desk for none.
    ///
    /// # Errors
    /// When the user should be bound to a unit but has none.
    pub fn calls_for(&self) -> Result<Option<&UnitCode>, Refusal> {
        match &self.account.unit {
            Some(unit) if self.is_grid_worker() => Ok(Some(unit)),
            _ => self.bound_to(),
        }
    }

    /// The unit for which the user acts.
    ///
    /// # Errors
    /// When the user acts for none.
    pub fn own_unit(&self) -> Result<&UnitCode, Refusal> {
        self.bound_to()?.ok_or_else(|| forbidden(self.role))
    }

    /// Refuses unless the user may let people of this unit's roster change places.
    ///
    /// # Errors
    /// A refusal that names the role or the unit.
    pub fn must_swap_duty(&self, unit: &UnitCode) -> Result<(), Refusal> {
        self.must(Right::SwapDuty)?;
        match self.bound_to()? {
            Some(own) if own != unit => Err(Refusal::new(
                RefusalKind::Forbidden,
                "policy.other-roster",
                "只能调换本单位的值班",
                "a unit's staff swap shifts in their own unit's roster",
            )
            .at("unit")
            .found(unit.as_str())),
            _ => Ok(()),
        }
    }

    /// Whether the user may see this case at all.
    pub fn sees(&self, case: &Case) -> bool {
        let here = |areas: &BTreeSet<AreaCode>| {
            case.area.as_ref().is_some_and(|area| areas.contains(area))
        };
        match self.bound_to() {
            Ok(None) => self.may(Right::ReadCases) && self.within.as_ref().is_none_or(here),
            Ok(Some(unit)) => case.concerns(unit),
            Err(_) => false,
        }
    }

    /// Whether the user would check what its own unit did.
    fn would_check_itself(&self, action: Action, case: &Case) -> bool {
        action == Action::Verify && self.is_grid_worker() && self.account.unit == case.unit
    }

    /// Refuses unless the user may take steps of dossiers of this kind that
    /// these units lead or assist.
    ///
    /// # Errors
    /// A refusal that names the role or the unit.
    pub fn must_run(&self, kind: Kind, units: &[UnitCode]) -> Result<(), Refusal> {
        self.must(Right::Run(kind))?;
        match self.bound_to()? {
            Some(unit) if !units.contains(unit) => Err(Refusal::new(
                RefusalKind::Forbidden,
                "policy.other-unit",
                "这个卷宗由其他单位牵头",
                "another unit leads this dossier",
            )
            .at("unit")
            .found(unit.as_str())),
            _ => Ok(()),
        }
    }

    /// Refuses unless the user may take this step of a dossier of this kind that
    /// these units lead or assist: what helpers do is theirs alone, and a unit
    /// objects to what is said of it.
    ///
    /// # Errors
    /// A refusal that names the role or the unit.
    pub fn must_step(&self, kind: Kind, step: &str, units: &[UnitCode]) -> Result<(), Refusal> {
        match (kind, step) {
            (Kind::Task, step) if HELPERS_STEPS.contains(&step) => self.must(Right::HelpOut),
            (Kind::Appraisal, "object") => {
                self.must(Right::ObjectToAppraisal)?;
                self.must_be_of(units)
            }
            _ => self.must_run(kind, units),
        }
    }

    /// Refuses whoever is bound to a unit unless it is one of these.
    ///
    /// # Errors
    /// A refusal that names the unit.
    pub fn must_be_of(&self, units: &[UnitCode]) -> Result<(), Refusal> {
        match self.bound_to()? {
            Some(unit) if !units.contains(unit) => Err(Refusal::new(
                RefusalKind::Forbidden,
                "policy.other-unit",
                "这一步由其他单位办理",
                "another unit takes this step",
            )
            .at("unit")
            .found(unit.as_str())
            .allowing(units.iter().map(ToString::to_string))),
            _ => Ok(()),
        }
    }

    /// How much of a case the user sees.
    pub fn sight(&self) -> Sight {
        Sight {
            words: self.may(Right::ReadWords),
            reporter: self.may(Right::ReadReporter),
        }
    }

    /// Whether the user may do this to this case: staff of a unit do what
    /// their unit's part in it lets them.
    pub fn may_act(&self, action: Action, case: &Case) -> bool {
        self.may(Right::Act(action))
            && match self.bound_to() {
                Ok(None) => self.sees(case) && !self.would_check_itself(action, case),
                Ok(Some(unit)) => case.lets(unit, action),
                Err(_) => false,
            }
    }

    /// Refuses unless the user may do this to this case.
    ///
    /// # Errors
    /// A refusal that names the unit.
    pub fn must_act(&self, action: Action, case: &Case) -> Result<(), Refusal> {
        if self.may_act(action, case) {
            return Ok(());
        }
        let Some(unit) = &self.account.unit else {
            return Err(forbidden(self.role));
        };
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "policy.not-your-part",
            "以您单位在本案中的身份，不能办理这一步",
            "your unit's part in this case does not let it do this",
        )
        .at("action")
        .found(unit.as_str()))
    }
}

impl User {
    /// Whether the user may act on this alert: staff of a unit do where their unit works.
    pub fn may_handle_alert(&self, alert: &Alert, city: &City) -> bool {
        self.may(Right::HandleAlerts)
            && match self.bound_to() {
                Ok(None) => true,
                Ok(Some(unit)) => city
                    .areas_of(unit)
                    .is_none_or(|areas| alert.area().is_some_and(|area| areas.contains(area))),
                Err(_) => false,
            }
    }

    /// That the user may act on this alert.
    ///
    /// # Errors
    /// A refusal that names the role, or the area that is another unit's.
    pub fn must_handle_alert(&self, alert: &Alert, city: &City) -> Result<(), Refusal> {
        self.must(Right::HandleAlerts)?;
        if self.may_handle_alert(alert, city) {
            return Ok(());
        }
        let area = alert.area().map_or("", AreaCode::as_str);
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "policy.other-area-alert",
            "这条告警不在您单位的辖区，请交指挥台处理",
            "this alert lies outside the areas of your unit: leave it to the desk",
        )
        .at("alert")
        .found(area))
    }
}

impl User {
    /// Whether the user may see this whistle at all.
    pub fn sees_whistle(&self, whistle: &Whistle) -> bool {
        match self.calls_for() {
            Ok(None) => self.may(Right::ReadCases),
            Ok(Some(unit)) => whistle.concerns(unit),
            Err(_) => false,
        }
    }

    /// Whether the user may do this with this whistle: staff of a unit do what
    /// their unit's part in it lets them.
    pub fn may_act_on_whistle(&self, action: WhistleAction, whistle: &Whistle) -> bool {
        self.may(Right::Whistle(action))
            && match self.calls_for() {
                Ok(None) => self.sees_whistle(whistle),
                Ok(Some(unit)) => whistle.lets(unit, action),
                Err(_) => false,
            }
    }

    /// Refuses unless the user's unit has a part in this whistle that the step
    /// belongs to. Whether the step is possible now is the room's question.
    ///
    /// # Errors
    /// A refusal that names the unit.
    pub fn must_act_on_whistle(
        &self,
        action: WhistleAction,
        whistle: &Whistle,
    ) -> Result<(), Refusal> {
        let called = |unit| whistle.call(unit).is_some();
        let has_part = match self.calls_for()? {
            None => true,
            Some(unit) => match action {
                WhistleAction::CheckIn | WhistleAction::Refuse | WhistleAction::Reach => {
                    called(unit) || whistle.by.as_ref() == Some(unit)
                }
                _ => whistle.by.as_ref() == Some(unit),
            },
        };
        if has_part && self.sees_whistle(whistle) {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "policy.not-your-part",
            "这一步由吹哨单位或坐席办理",
            "the unit that blew the whistle does this, or the desk",
        )
        .at("action")
        .found(action.word()))
    }
}

fn forbidden(role: Role) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "policy.forbidden",
        "您的角色没有这项权限；如确有需要，请联系系统管理员",
        "your role does not allow this; ask an administrator if you need it",
    )
    .found(role.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_purpose_lets_another_system_hear_who_sent_a_request() {
        assert_eq!(HookPurpose::Notify.sight(), Sight::NONE);
        let handle = HookPurpose::HandleCase.sight();
        assert!(handle.words && !handle.reporter);
    }

    /// Rights by role, written out: a change of policy must change this table.
    #[test]
    fn each_role_may_do_what_the_table_says_and_nothing_else() {
        let table = [
            (
                Role::Operator,
                "alerts handle_alerts draft_warnings sensing cases words reporter units figures views channel many table caller submit accept decline dispatch verify close call_back reopen redirect recall add_unit remove_unit merge unmerge extend refuse_extension shelve ask_resident answer_question resume supervise release score comment attach withdraw roster whistle.blow whistle.call_unit whistle.reach whistle.reopen whistle.confirm whistle.score whistle.close whistle.withdraw \
                 proposal topic dispute deliberation consultation micro_project pool task",
            ),
            (
                Role::Unit,
                "alerts handle_alerts sensing cases words reporter units figures views submit start report_back return report_part add_unit remove_unit ask_extension ask_resident answer_question resume supervise answer_supervision release score comment attach roster swap_duty whistle.blow whistle.call_unit whistle.check_in whistle.refuse whistle.reach whistle.reopen whistle.confirm whistle.score whistle.close whistle.withdraw \
                 topic dispute property_party asset deliberation micro_project pool task training object_to_appraisal",
            ),
            (
                Role::Verifier,
                "alerts sensing cases words reporter units figures views submit verify comment attach whistle.blow whistle.call_unit whistle.reach whistle.reopen whistle.confirm whistle.score whistle.close whistle.withdraw",
            ),
            (
                Role::Leader,
                "alerts approve_warnings sensing cases words units figures views submit supervise release comment appraisal",
            ),
            (
                Role::Steward,
                "alerts set_rules sensing register devices cases units figures views formulas entries metrics city hooks submit erase settle_due roster set_roster swap_duty whistle.erase property_party asset training appraisal",
            ),
            (
                Role::Auditor,
                "alerts sensing cases units figures views entries metrics submit",
            ),
            (
                Role::Admin,
                "alerts sensing cases units figures views entries metrics accounts submit",
            ),
            (Role::Partner, "sensing send_readings register many submit"),
            (Role::Contributor, "submit help_out"),
        ];
        let plain = [
            (Right::ReadCases, "cases"),
            (Right::ReadWords, "words"),
            (Right::ReadReporter, "reporter"),
            (Right::ReadUnits, "units"),
            (Right::ReadEntries, "entries"),
            (Right::ReadMetrics, "metrics"),
            (Right::KeepCity, "city"),
            (Right::ReadFigures, "figures"),
            (Right::SetFormulas, "formulas"),
            (Right::KeepAccounts, "accounts"),
            (Right::KeepViews, "views"),
            (Right::SetChannel, "channel"),
            (Right::ReadRoster, "roster"),
            (Right::SetRoster, "set_roster"),
            (Right::SwapDuty, "swap_duty"),
            (Right::SubmitMany, "many"),
            (Right::SetHooks, "hooks"),
            (Right::FindCaller, "caller"),
            (Right::SubmitTable, "table"),
            (Right::ReadSensing, "sensing"),
            (Right::SendReadings, "send_readings"),
            (Right::KeepRegister, "register"),
            (Right::KeepDevices, "devices"),
            (Right::ReadAlerts, "alerts"),
            (Right::HandleAlerts, "handle_alerts"),
            (Right::SetRules, "set_rules"),
            (Right::DraftWarnings, "draft_warnings"),
            (Right::ApproveWarnings, "approve_warnings"),
            (Right::HelpOut, "help_out"),
            (Right::ObjectToAppraisal, "object_to_appraisal"),
        ];
        let plain = plain.map(|(right, word)| (right, word.to_owned()));
        let acts = Action::ALL.map(|action| (Right::Act(action), action.word().to_owned()));
        let whistles = WhistleAction::ALL.map(|action| {
            let word = format!("whistle.{}", action.word());
            (Right::Whistle(action), word)
        });
        let runs = Kind::ALL.map(|kind| (Right::Run(kind), kind.word().to_owned()));
        assert_eq!(table.map(|(role, _)| role), Role::ALL);
        for (role, words) in table {
            let allowed: Vec<&str> = words.split(' ').collect();
            for (right, word) in plain.iter().chain(&acts).chain(&whistles).chain(&runs) {
                assert_eq!(
                    role.may(*right),
                    allowed.contains(&word.as_str()),
                    "{role:?} {word}"
                );
            }
        }
    }
}
