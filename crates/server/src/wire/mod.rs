//! Wire types: the JSON that callers see. Domain types never leave as they are.

mod account;
mod alert;
mod baseline;
mod batch;
mod calendar;
mod caller;
mod case;
mod city;
mod device;
mod device_keys;
mod domain;
mod dossier;
mod dossier_step;
mod duplicate;
mod duty;
mod figures;
mod files;
mod gateway;
mod grid;
mod hook;
mod judged_again;
mod life;
mod limits;
mod mapping;
mod near;
mod object;
mod organization;
mod proof;
mod queue;
mod request;
mod scenario;
mod seat;
mod session;
mod settings;
mod study;
mod suggestion;
mod table;
mod template;
mod view;
mod warning;
mod whistle;
mod words;

pub use account::{
    AccountBody, AccountVersion, AccountView, Accounts, DisableBody, KeyBody, KeyView, PasswordBody,
};
pub use alert::{
    AlertCaseBody, AlertChangeView, AlertDetail, AlertReportsView, AlertStepBody, AlertView,
    AlertsView, EpisodeView, JudgingView, PreviewBody, PreviewView, RuleBody, RuleView,
    SheetStepView, TrialView,
};
pub use baseline::{BaselineView, ExpectedView};
pub use batch::{
    ActItem, ActOutcome, ActRow, ActView, BatchItem, BatchOutcome, BatchRow, BatchView, ItemProblem,
};
pub(crate) use calendar::unlisted_word;
pub use calendar::{
    CalendarView, HolidayBody, HoursView, NameBody, WeekdayView, YearBody, YearHistory, YearSet,
    YearView,
};
pub use caller::{CallerBody, CallerView};
pub use case::{
    BreakdownView, ByStage, CallBackView, CaseDetail, CasePage, CaseRow, ChangeView, CountsView,
    HourView, PortionView, SourceView, SuggestedUnit, TimelineRow,
};
pub(crate) use case::{seen_note, seen_words};
pub use city::{AreaView, CategoryView, CityView, Named, UnitView};
pub use device::{
    AggregateView, AggregatesView, DeviceBody, DeviceView, DroppedView, MqttView, OutsideView,
    ReleaseDeviceBody, RetentionBody, SummariesView, SummaryView,
};
pub use device_keys::{DeviceKeyBody, DeviceKeyView, DeviceVersion, HeldKeys};
pub use domain::{CoveredView, DomainBody, DomainCoverage, DomainsBody, ScenarioCoverage};
pub(crate) use dossier::Reader;
pub use dossier::{
    ContributionView, ContributionsView, CountView, CreditCase, CreditView, DeedRow,
    DossierCaseBody, DossierChangeView, DossierDetail, DossierPageView, DossierRow,
    EraseDossierBody, NeedView, NeedsView, RemarkBody, ScanView, SignalView, SignalsView,
    VoiceBody, VoiceView,
};
pub(crate) use dossier_step::Facts;
pub use dossier_step::{DossierBody, PublicText, ScopeBody};
pub use duplicate::{
    CandidateView, ClusterView, ClustersView, DuplicatesView, FoundPlaceView, JoinBody, JoinedView,
    MergeBody, MergingView, SimilarBody, SimilarCase, SimilarView, UnmergeBody,
};
pub use duty::{
    AddUnitBody, DutyView, PartView, RecallBody, RedirectBody, RemoveUnitBody, ReportPartBody,
    ReturnBody, SettleDueBody,
};
pub use figures::{
    BehindPageView, BehindRow, BoardView, CallBehindRow, CallsBehindView, ClauseBody,
    ConditionView, ExclusionBody, FigureView, FormulaBody, FormulaSetView, FormulaView,
    FormulasView, LeftOutView, RankView, ReasonView, TallyView, TextBody, TimesView,
};
pub(crate) use figures::{area_of, key_of};
pub use files::FileView;
pub use gateway::{GatewayBody, GatewayView};
pub use grid::{
    AdoptBody, CrossingView, GridCellView, GridCrosswalk, GridLayerSet, GridLayerView, GridLayers,
    GridMergeView, GridMerges, GridPreview, GridStatistics, KeptView, SetBackBody, UndoBody,
};
pub use hook::{DeadLetter, HookBody, HookSetView, HookView, ResendBody, ResentView};
pub use judged_again::{JudgedAgainView, VerdictWord};
pub use life::{
    AskExtensionBody, ExtendBody, LifeView, PauseView, ReasonBody, ReleaseBody, ResumeBody,
    ScoreBody, ScoreView, ShelveBody, SuperviseBody, SupervisionView,
};
pub use limits::{
    AllowanceBody, CategoryLimitsBody, DeskBody, GradesBody, HandlingBody, LimitsBody, Measure,
    SpanBody, TriedCategory, TriedLimits, TriedLine, TryLimitsBody, WhistleLimitsBody,
};
pub use mapping::{MappingBody, TriedMappingView, TryMappingBody};
pub use near::{
    DoneView, LoadView, NearView, RecurringView, RecurringsView, TierLoadView, UnitLoadView,
    WorkView,
};
pub use object::Object;
pub use organization::{CoverageView, LadderView, PieceView, RungView, UnclearRow, UnclearView};
pub use proof::{ProofEntry, ProofSeal, ProofView};
pub(crate) use queue::open_parts;
pub use queue::{QueueCounts, QueuePartName, QueueRow, QueueView};
pub use request::{
    AcceptBody, AnswerBody, CallBackBody, CloseBody, DeclineBody, DispatchBody, EraseBody,
    FollowRow, FollowView, NoteBody, PlaceBody, PointBody, ReportBackBody, ReporterBody,
    RequestBody, StartBody, SubmittedView, VerifyBody,
};
pub use scenario::{
    AcceptanceBody, AcceptanceView, DrillBody, DrillStepBody, DrillView, GateView, LikedView,
    RatingBody, ScenarioBody, ScenarioFigure, ScenarioRow, ScenarioView, ScenariosView,
    ThresholdsBody, UsedView,
};
pub use seat::{SeatView, SeatsBody, SeatsView};
pub use session::{Credentials, SessionView, UserView};
pub use settings::{
    AutomaticBody, AutomaticView, CategoryBody, ChoiceBody, CityBody, DuplicatesBody, ModelView,
    QuestionBody, SetBody, Setting, SettingHistory, Settings, ShownView, TrainBody, UnitBody,
    WeekdayBody, WorkingTimeBody,
};
pub use study::{
    ArmView, EndStudyBody, GainView, StudiesView, StudyBody, StudyCase, StudyRow, StudyStep,
    StudyView,
};
pub use suggestion::{
    CodeCount, SuggestBody, SuggestedCategory, SuggestedLead, SuggestionView, TopicView,
    TopicsView, UsualView,
};
pub use table::{RejectedRow, TableBody, TableView};
pub use template::{
    ApplyTemplateBody, ReorganizationView, Reorganizations, TemplateBody, TemplatePartBody,
    TemplatePreview, UnitChangeView, UnitSide,
};
pub use view::{SharedView, ViewBody, Views, ViewsBody};
pub use warning::{
    CapBody, DraftBody, PublicWarning, WarningChangeView, WarningDetail, WarningSettings,
    WarningStepBody, WarningView, WarningsView,
};
pub use whistle::{
    BlowBody, CallBody, CallUnitBody, CallView, CheckInBody, CheckInsPage, CheckInsView,
    ConfirmBody, EndBody, GapView, MilestoneBody, MilestoneView, OnDutyNow, OnDutyView,
    PresenceView, ReachBody, RefuseBody, RosterBody, RosterView, ScoreCallBody, ShiftBody,
    SwapBody, UnreachBody, WhistleChangeView, WhistleDetail, WhistlePageView, WhistleRow,
    WhistleTimelineRow, WhistleWordsView, WithdrawWhistleBody,
};
pub use words::{
    ActionWord, AlertActionWord, AlertOutcomeWord, AnswerKindWord, ArmWord, AttendanceWord,
    BetterWord, CapacityWord, ChannelWord, ColourWord, ConditionWord, CountedWord, DatedWord,
    DayWord, DeclineWord, DismissWord, DomainWord, DoneOutcomeWord, EventWord, ExpertWord,
    FaultWord, FigureGroupWord, FigurePartWord, FileWord, FlawWord, FormWord, GateWord, GradeWord,
    HandlingWord, HookPurposeWord, KindWord, LeftOutWord, MeasureWord, MeasuredWord, OutcomeWord,
    PartKindWord, PartyRoleWord, PassingWord, PauseWord, PlaceKindWord, QueuePartWord, RecastWord,
    ResourceSortWord, ReturnWord, RoleWord, ShelveWord, SortWord, StageWord, StandingWord,
    StudyOutcomeWord, SupervisionWord, SuspicionWord, TierWord, TimeFormWord, TrackWord,
    UnitEffectWord, UnitKindWord, UnlistedWord, WarningActionWord, WarningStageWord,
    WarningStatusWord, WhistleActionWord, WhistleEventWord, WhistleKindWord, WhistleStageWord,
    Word, Worded,
};

use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use yiwang_base::{LocalText, Timestamp};

/// The same text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&LocalText> for Text {
    fn from(text: &LocalText) -> Self {
        text.clone().into()
    }
}

impl From<LocalText> for Text {
    fn from(text: LocalText) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

/// RFC 3339 in UTC with milliseconds, `2026-01-31T08:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}
