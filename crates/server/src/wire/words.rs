//! Closed sets of words: each is one JSON string, and OpenAPI lists them all.

use std::borrow::Cow;
use std::fmt;

use crate::mqtt::TimeForm;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use yiwang_base::{Colour, Day, UnlistedYears};
use yiwang_cases::authority::Flaw;
use yiwang_cases::civic::{
    Kind, Recast, asset, deliberation, dispute, pool, property_party, proposal, task,
};
use yiwang_cases::coverage::Fault;
use yiwang_cases::figures::{Better, Condition, Counted, Dated, Measured};
use yiwang_cases::organization::{Effect, PartKind};
use yiwang_cases::scenario::{Domain, Gate, Passing, Standing};
use yiwang_cases::study::{Arm, LeftOut, Outcome as StudyOutcome};
use yiwang_cases::{
    Action, AnswerKind, Attendance, Channel, DeclineReason, DoneOutcome, Event, FileKind, Grade,
    PauseKind, PlaceKind, QueuePart, ReturnReason, ShelveReason, Stage, SupervisionLevel, Tier,
    UnitKind, WhistleAction, WhistleEvent, WhistleKind, WhistleStage,
};
use yiwang_sensing::detect::Expert;
use yiwang_sensing::device::Suspicion;

use yiwang_sensing::alert::{AlertAction, Handling, Outcome as AlertOutcome};
use yiwang_sensing::warning::{Stage as WarningStage, Status as WarningStatus, WarningAction};

use super::limits::Measure;
use super::unlisted_word;
use asset::Sort;
use deliberation::Form;
use dispute::{Outcome, Track};
use pool::ResourceSort;
use property_party::Role as PartyRole;
use proposal::DismissReason;
use task::Capacity;

use crate::city::{channel_word, decline_word};
use crate::figures::{GroupWord, PartWord};
use crate::policy::{HookPurpose, Role};

/// A value that has a word for each of its few states.
pub trait Worded: Copy + 'static {
    /// Its name in the OpenAPI document.
    const NAME: &'static str;
    /// What it says.
    const ABOUT: &'static str;
    /// All of them.
    const ALL: &'static [Self];
    /// The word.
    fn word(self) -> &'static str;

    /// The value that a word stands for.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// A value that travels as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<T: Worded> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, T: Worded> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words<T>(std::marker::PhantomData<T>);
        impl<T: Worded> Visitor<'_> for Words<T> {
            type Value = Word<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one of ")?;
                f.write_str(&quoted::<T>())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Word<T>, E> {
                // The sentence that serde makes for enums, which `http::body` reads.
                let unknown = || {
                    E::custom(format!(
                        "unknown variant `{text}`, expected one of {}",
                        quoted::<T>()
                    ))
                };
                T::of(text).map(Word).ok_or_else(unknown)
            }
        }
        deserializer.deserialize_str(Words(std::marker::PhantomData))
    }
}

fn quoted<T: Worded>() -> String {
    let words: Vec<String> = T::ALL
        .iter()
        .map(|value| format!("`{}`", value.word()))
        .collect();
    words.join(", ")
}

impl<T: Worded> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        one_of(T::ABOUT, T::ALL.iter().map(|value| value.word()))
    }
}

impl<T: Worded> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }
}

fn one_of(about: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about))
        .enum_values(Some(words))
        .into()
}

macro_rules! worded {
    ($($type:ident $name:literal $about:literal $word:expr, $alias:ident;)*) => {$(
        impl Worded for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;
            const ALL: &'static [Self] = &$type::ALL;

            fn word(self) -> &'static str {
                $word(self)
            }
        }

        #[doc = $about]
        pub type $alias = Word<$type>;
    )*};
}

worded! {
    PartKind "PartKind" "What sort of part of a street's organisation." PartKind::word, PartKindWord;
    Effect "UnitEffect" "What becomes of a unit when a template is applied." Effect::word, UnitEffectWord;
    Stage "Stage" "Where a case stands." Stage::word, StageWord;
    Action "Action" "What can be done to a case." Action::word, ActionWord;
    Channel "Channel" "How a request came in." channel_word, ChannelWord;
    DeclineReason "DeclineReason" "Why a request is declined." decline_word, DeclineWord;
    ReturnReason "ReturnReason" "Why a unit gives a case back." ReturnReason::word, ReturnWord;
    ShelveReason "ShelveReason" "Why a case cannot be done now." ShelveReason::word, ShelveWord;
    SupervisionLevel "SupervisionLevel" "How high a case is watched." SupervisionLevel::word, SupervisionWord;
    QueuePart "QueuePart" "What a case waits for a unit to do." QueuePart::word, QueuePartWord;
    PauseKind "PauseKind" "What a case stands still for." PauseKind::word, PauseWord;
    FileKind "FileKind" "What sort of file." FileKind::word, FileWord;
    UnitKind "UnitKind" "What sort of unit." UnitKind::word, UnitKindWord;
    PlaceKind "PlaceKind" "What sort of place a name stands for." PlaceKind::word, PlaceKindWord;
    DoneOutcome "DoneOutcome" "How a closed case ended." DoneOutcome::word, DoneOutcomeWord;
    WhistleKind "WhistleKind" "What sort of whistle." WhistleKind::word, WhistleKindWord;
    WhistleStage "WhistleStage" "Where a whistle stands." WhistleStage::word, WhistleStageWord;
    WhistleAction "WhistleAction" "What can be done with a whistle." WhistleAction::word, WhistleActionWord;
    Attendance "Attendance" "What became of a call." Attendance::word, AttendanceWord;
    UnlistedYears "UnlistedYears" "What holds in a year that the calendar does not hold." unlisted_word, UnlistedWord;
    Tier "Tier" "How large an area is." Tier::word, TierWord;
    Fault "CoverageFault" "What is wrong with a piece of ground." Fault::word, FaultWord;
    Flaw "AuthorityFlaw" "What is wrong with who may act." Flaw::word, FlawWord;
    Better "Better" "Which way a figure is better." Better::word, BetterWord;
    Condition "Condition" "What can be asked of a turn or a call." Condition::word, ConditionWord;
    Measured "Measured" "Which time is measured: from coming in, or from dispatch, until closing; or from coming in until dispatch." Measured::word, MeasuredWord;
    Counted "Counted" "What a formula counts: each case once, each turn at a unit, or each call of a unit by a whistle." Counted::word, CountedWord;
    Dated "Dated" "By which time it falls into a period." Dated::word, DatedWord;
    GroupWord "FigureGroup" "By what a board is divided." GroupWord::word, FigureGroupWord;
    PartWord "FigurePart" "Which of the turns behind a figure." PartWord::word, FigurePartWord;
    HookPurpose "HookPurpose" "For what another system is told." HookPurpose::word, HookPurposeWord;
    Kind "DossierKind" "What sort of dossier." Kind::word, KindWord;
    DismissReason "DismissReason" "Why a proposal is dismissed." DismissReason::word, DismissWord;
    Track "DisputeTrack" "By which instrument a dispute is settled." Track::word, TrackWord;
    Outcome "DisputeOutcome" "How a dispute ended." Outcome::word, OutcomeWord;
    PartyRole "PartyRole" "What sort of property party." PartyRole::word, PartyRoleWord;
    Sort "AssetSort" "What sort of asset." Sort::word, SortWord;
    ResourceSort "ResourceSort" "What sort of resource units share." ResourceSort::word, ResourceSortWord;
    Capacity "HelpCapacity" "As what somebody helps." Capacity::word, CapacityWord;
    Form "DeliberationForm" "In which form people talk." Form::word, FormWord;
    Recast "Recast" "What a second voice of the same person does." Recast::word, RecastWord;
    Grade "Grade" "How urgent: names limits of the city's." Grade::word, GradeWord;
    AnswerKind "AnswerKind" "What an answer must be." AnswerKind::word, AnswerKindWord;
    Measure "Measure" "In what a limit is counted." Measure::word, MeasureWord;
    Day "Day" "A day of the week." Day::word, DayWord;
    TimeForm "TimeForm" "How a message says its time." TimeForm::word, TimeFormWord;
    Suspicion "Suspicion" "Why a device is not believed." Suspicion::word, SuspicionWord;
    Colour "Colour" "How grave it is." Colour::word, ColourWord;
    Expert "BaselineExpert" "Which aspect of a stream is out of the ordinary." Expert::word, ExpertWord;
    Handling "AlertHandling" "How far somebody is with an alert." Handling::word, HandlingWord;
    AlertAction "AlertAction" "What can be done with an alert." AlertAction::word, AlertActionWord;
    AlertOutcome "AlertOutcome" "What came of an alert." AlertOutcome::word, AlertOutcomeWord;
    WarningStage "WarningStage" "How far a warning is." WarningStage::word, WarningStageWord;
    WarningStatus "WarningStatus" "Whether a warning is meant." WarningStatus::word, WarningStatusWord;
    WarningAction "WarningAction" "What can be done with a warning." WarningAction::word, WarningActionWord;
    Domain "Domain" "A field of the city's work." Domain::word, DomainWord;
    Gate "Gate" "What a scenario has to pass." Gate::word, GateWord;
    Passing "Passing" "What a gate says." Passing::word, PassingWord;
    StudyOutcome "StudyOutcome" "What a study says of its aim." StudyOutcome::word, StudyOutcomeWord;
    LeftOut "StudyLeftOut" "Why a case of a study is not timed." LeftOut::word, LeftOutWord;
    Arm "StudyArm" "Whether the suggestion is shown, or hidden as in the control." Arm::word, ArmWord;
    Standing "ScenarioStanding" "How a scenario stands." Standing::word, StandingWord;
    Role "Role" "What a person is here for; decides what is allowed." Role::word, RoleWord;
}

/// What happened to a case, `dispatched`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventWord(pub &'static str);

impl Serialize for EventWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl PartialSchema for EventWord {
    fn schema() -> RefOr<Schema> {
        one_of("What happened to a case.", Event::WORDS.into_iter())
    }
}

impl ToSchema for EventWord {
    fn name() -> Cow<'static, str> {
        "EventWord".into()
    }
}

/// What happened to a whistle, `checked_in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhistleEventWord(pub &'static str);

impl Serialize for WhistleEventWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl PartialSchema for WhistleEventWord {
    fn schema() -> RefOr<Schema> {
        one_of(
            "What happened to a whistle.",
            WhistleEvent::WORDS.into_iter(),
        )
    }
}

impl ToSchema for WhistleEventWord {
    fn name() -> Cow<'static, str> {
        "WhistleEventWord".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_and_another_is_refused_with_the_whole_set() {
        let read = |json: &str| serde_json::from_str::<StageWord>(json);
        assert_eq!(read("\"in_progress\"").unwrap(), Word(Stage::InProgress));
        let error = read("\"lost\"").unwrap_err().to_string();
        assert!(
            error.starts_with("unknown variant `lost`, expected one of `submitted`, "),
            "{error}"
        );
        assert!(read("7").is_err());
    }

    #[test]
    fn the_words_of_events_are_those_of_the_cases_room() {
        let error = serde_json::from_str::<yiwang_cases::Event>(r#"{"lost":{}}"#).unwrap_err();
        let error = error.to_string();
        let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, Event::WORDS);
        let error = serde_json::from_str::<WhistleEvent>(r#"{"lost":{}}"#).unwrap_err();
        let error = error.to_string();
        let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, WhistleEvent::WORDS);
    }
}
