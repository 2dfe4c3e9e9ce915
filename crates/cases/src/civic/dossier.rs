//! The dossier (卷宗): one envelope for every kind.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Refusal, RefusalKind, Timestamp, truncate_millis};

use super::life::{Head, Life, Step, not_now};
use super::{
    DossierId, Words, appraisal, asset, consultation, deliberation, dispute, micro_project, pool,
    property_party, proposal, task, topic, training,
};
use crate::check::{MAX_SHORT, missing, text};
use crate::{Actor, Context};

macro_rules! kinds {
    ($($kind:ident $module:ident $word:literal $zh:literal $en:literal;)*) => {
        /// What sort of dossier.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {
            $(#[doc = concat!($zh, ": ", $en, ".")] #[serde(rename = $word)] $kind,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: [Kind; [$($word),*].len()] = [$(Kind::$kind),*];

            /// The word of the interface and the record.
            pub fn word(self) -> &'static str {
                match self { $(Kind::$kind => $word,)* }
            }

            /// Its name for readers.
            pub fn name(self) -> LocalText {
                match self { $(Kind::$kind => LocalText::new($zh, $en),)* }
            }

            /// The words of the steps that open one.
            pub fn opening(self) -> &'static [&'static str] {
                match self { $(Kind::$kind => $module::OPENING,)* }
            }

            /// The words of where one can stand.
            pub fn states(self) -> &'static [&'static str] {
                match self { $(Kind::$kind => $module::STATES,)* }
            }
        }

        /// What a dossier's events add up to, by its kind. Holds nothing personal.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each is its kind's")]
        pub enum Content {
            $(#[serde(rename = $word)] $kind($module::$kind),)*
        }

        /// A command to a dossier, by its kind.
        #[derive(Debug, Clone)]
        pub enum DossierCommand {
            $(#[doc = concat!("A step of a ", $en, ".")] $kind($module::Command),)*
            /// Erase what is sealed beside it (依法删除).
            Erase {
                /// The legal ground, as it will stand in the record for good.
                ground: String,
                /// Entries that have a sealed part, as the store knows them.
                entries: Vec<u64>,
            },
        }

        /// What can happen to a dossier, by its kind. Holds nothing personal.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "each is its kind's")]
        pub enum DossierEvent {
            $(#[serde(rename = $word)] $kind($module::Event),)*
            /// What was sealed beside these entries is gone (依法删除).
            #[serde(rename = "erased")]
            Erased { erases: Vec<u64> },
        }

        impl Content {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Content::$kind(_) => Kind::$kind,)* }
            }

            /// What lists show, and what it is found by.
            pub fn head(&self) -> Head {
                match self { $(Content::$kind(content) => content.head(),)* }
            }

            /// The words of the steps it takes now, the usual next one first.
            pub fn possible(&self) -> Vec<&'static str> {
                match self { $(Content::$kind(content) => content.possible(),)* }
            }

            fn begin(event: &DossierEvent, at: Timestamp) -> Option<Content> {
                match event {
                    $(DossierEvent::$kind(event) => $module::$kind::begin(event, at).map(Content::$kind),)*
                    DossierEvent::Erased { .. } => None,
                }
            }

            fn apply(&mut self, event: &DossierEvent, at: Timestamp) -> bool {
                match (self, event) {
                    $((Content::$kind(content), DossierEvent::$kind(event)) => content.apply(event, at),)*
                    (_, DossierEvent::Erased { .. }) => {}
                    _ => return false,
                }
                true
            }

            fn decide(&self, command: &DossierCommand, context: &Context<'_>) -> Result<Vec<Deed>, Refusal> {
                match (self, command) {
                    $((Content::$kind(content), DossierCommand::$kind(command)) => {
                        let possible = content.possible();
                        if !possible.contains(&command.word()) {
                            return Err(not_now(command.word(), &possible));
                        }
                        Ok(context.deeds(content.decide(command, context)?, DossierEvent::$kind))
                    })*
                    (_, command) => Err(other_kind(self.kind(), command)),
                }
            }
        }

        impl DossierCommand {
            /// The kind of dossier it is for; `None` for an erasure.
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(DossierCommand::$kind(_) => Some(Kind::$kind),)*
                    DossierCommand::Erase { .. } => None,
                }
            }

            /// Its word, `hold_session`.
            pub fn word(&self) -> &'static str {
                match self {
                    $(DossierCommand::$kind(command) => command.word(),)*
                    DossierCommand::Erase { .. } => "erase",
                }
            }

            fn open(&self, context: &Context<'_>) -> Result<Vec<Deed>, Refusal> {
                match self {
                    $(DossierCommand::$kind(command) => {
                        Ok(context.deeds($module::$kind::open(command, context)?, DossierEvent::$kind))
                    })*
                    DossierCommand::Erase { .. } => Err(Refusal::new(
                        RefusalKind::NotFound,
                        "dossier.not-found",
                        "没有这个卷宗",
                        "there is no such dossier",
                    )),
                }
            }
        }

        impl DossierEvent {
            /// The word of the record, `dispute.session_held`.
            pub fn word(&self) -> String {
                match self {
                    $(DossierEvent::$kind(event) => format!("{}.{}", $word, event.word()),)*
                    DossierEvent::Erased { .. } => "dossier.erased".into(),
                }
            }
        }
    };
}

kinds! {
    Proposal proposal "proposal" "未诉先办" "proactive proposal";
    Topic topic "topic" "每月一题" "monthly topic";
    Dispute dispute "dispute" "矛盾纠纷" "dispute";
    PropertyParty property_party "property_party" "物业治理主体" "property-management party";
    Asset asset "asset" "电梯与停车设施" "asset";
    Deliberation deliberation "deliberation" "大家商量着办" "deliberation";
    Consultation consultation "consultation" "问计于民" "consultation";
    MicroProject micro_project "micro_project" "民生微实事" "micro-project";
    Pool pool "pool" "联动资源池" "shared pool";
    Task task "task" "共治任务" "task";
    Training training "training" "培训" "training";
    Appraisal appraisal "appraisal" "考评" "appraisal";
}

/// A dossier (卷宗).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Its number.
    pub id: DossierId,
    /// How many events it has had, voices apart; a command names the version it was made for.
    pub version: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the last event happened, voices apart.
    pub changed_at: Timestamp,
    /// Whether something sealed beside it was erased.
    pub erased: bool,
    /// What it is about.
    pub content: Content,
}

/// An event of a dossier with its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When it happened.
    pub at: Timestamp,
    /// Who caused it.
    pub by: Actor,
    /// On what grounds.
    pub grounds: Option<String>,
    /// What happened.
    pub event: DossierEvent,
    /// What is sealed beside it; `None` also when it was erased.
    pub words: Option<Words>,
}

impl Context<'_> {
    fn deeds<E>(&self, steps: Vec<Step<E>>, wrap: fn(E) -> DossierEvent) -> Vec<Deed> {
        let deed = |step: Step<E>| Deed {
            at: truncate_millis(self.now),
            by: self.actor.clone(),
            grounds: step.grounds.or_else(|| self.grounds.map(str::to_owned)),
            event: wrap(step.event),
            words: step.words,
        };
        steps.into_iter().map(deed).collect()
    }
}

impl Dossier {
    /// What a command makes happen to a dossier, or how one begins.
    ///
    /// # Errors
    /// A [`Refusal`]: it stands where this is not possible, or a field is at fault.
    pub fn decide(
        dossier: Option<&Dossier>,
        command: &DossierCommand,
        context: &Context<'_>,
    ) -> Result<Vec<Deed>, Refusal> {
        let Some(dossier) = dossier else {
            return command.open(context);
        };
        match command {
            DossierCommand::Erase { ground, entries } => erase(ground, entries, context),
            command => dossier.content.decide(command, context),
        }
    }

    /// The dossier that a first event begins; `None` for one that begins nothing.
    pub fn begin(id: DossierId, first: &Deed) -> Option<Dossier> {
        Some(Dossier {
            id,
            version: 1,
            opened_at: first.at,
            changed_at: first.at,
            erased: false,
            content: Content::begin(&first.event, first.at)?,
        })
    }

    /// The dossier after one more event; `false` for an event of another kind.
    pub fn apply(&mut self, next: &Deed) -> bool {
        if !self.content.apply(&next.event, next.at) {
            return false;
        }
        self.erased |= matches!(next.event, DossierEvent::Erased { .. });
        self.version += 1;
        self.changed_at = next.at;
        true
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// What lists show, and what it is found by.
    pub fn head(&self) -> Head {
        self.content.head()
    }

    /// The words of the steps it takes now.
    pub fn possible(&self) -> Vec<&'static str> {
        self.content.possible()
    }
}

fn erase(ground: &str, entries: &[u64], context: &Context<'_>) -> Result<Vec<Deed>, Refusal> {
    if entries.is_empty() {
        return Err(missing(
            "entries",
            "这个卷宗没有可删除的内容",
            "this dossier has nothing to erase",
        ));
    }
    let ground = text(ground, "ground", MAX_SHORT)?.to_owned();
    Ok(vec![Deed {
        at: truncate_millis(context.now),
        by: context.actor.clone(),
        grounds: Some(ground),
        event: DossierEvent::Erased {
            erases: entries.to_vec(),
        },
        words: None,
    }])
}

fn other_kind(kind: Kind, command: &DossierCommand) -> Refusal {
    let found = command.kind().map_or("erase", Kind::word);
    Refusal::new(
        RefusalKind::Invalid,
        "dossier.other-kind",
        format!("这是{}的卷宗，不能用别类的步骤", kind.name().zh),
        format!(
            "this dossier is a {}: it takes no step of another kind",
            kind.name().en
        ),
    )
    .at("kind")
    .found(found)
    .allowing([kind.word()])
}
