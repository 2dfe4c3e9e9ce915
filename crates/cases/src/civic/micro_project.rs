//! Micro-projects (民生微实事): small works that residents propose and vote for,
//! paid from a budget that is never exceeded, accepted by those who live there.
//!
//! Money is whole cents (分).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode};

use super::life::{Head, Life, Step, Tag, not_now, opens_nothing, words};
use super::voice::Poll;
use super::{Recast, Tally, Words, field};
use crate::Context;
use crate::check::{MAX_SHORT, known_unit, missing, text};

pub(crate) const OPENING: &[&str] = &["propose"];
pub(crate) const STATES: &[&str] = &[
    "proposed",
    "declined",
    "screened",
    "voting",
    "rejected",
    "chosen",
    "funded",
    "carried_out",
    "accepted",
    "published",
];

/// Most cents of a micro-project: a million yuan.
const MOST_CENTS: u64 = 100_000_000;

/// Money that was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Cents.
    pub cents: u64,
    /// On which day.
    pub on: Date,
    /// What for.
    pub what: LocalText,
}

/// A vote: until when, and how many voices it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Until before then.
    pub closes_at: Timestamp,
    /// From then on.
    pub opens_at: Timestamp,
    /// Fewest voices for a result.
    pub quorum: u32,
}

/// A micro-project as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MicroProject {
    /// Where.
    pub area: AreaCode,
    /// Its title, once screened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<LocalText>,
    /// What it is, once screened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<LocalText>,
    /// The unit that carries it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// Whether screening turned it down.
    #[serde(default)]
    pub declined: bool,
    /// What it would cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_cents: Option<u64>,
    /// The vote on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<Vote>,
    /// What the vote said: for, against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Tally>,
    /// Whether the vote chose it.
    #[serde(default)]
    pub chosen: bool,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_cents: Option<u64>,
    /// What was spent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<LocalText>,
    /// How often it was carried out.
    #[serde(default)]
    pub finished: u8,
    /// Residents' scores are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<Vote>,
    /// How many gave 1, 2, 3, 4, 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<Tally>,
    /// Whether it was accepted.
    #[serde(default)]
    pub accepted: bool,
    /// Whether its accounts are published.
    #[serde(default)]
    pub published: bool,
}

/// A step of a micro-project.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the micro-project")]
pub enum Command {
    /// Propose one.
    Propose {
        area: AreaCode,
        words: Personal<String>,
        name: Option<Personal<String>>,
        phone: Option<Personal<String>>,
    },
    /// Take it up for the vote, in words for the public.
    Screen {
        title: LocalText,
        summary: LocalText,
        unit: UnitCode,
        estimate_cents: u64,
    },
    /// Turn it down.
    Decline {
        /// Why, for the public; it stays in the record.
        reason: String,
    },
    /// Let people vote.
    OpenVote { closes_at: Timestamp, quorum: u32 },
    /// Count the votes.
    CloseVote {
        /// As the record counts them.
        tally: Tally,
    },
    /// Set what may be spent.
    Fund { budget_cents: u64 },
    /// Money was paid.
    Spend {
        cents: u64,
        what: LocalText,
        on: Date,
    },
    /// It is carried out: people score it.
    Finish {
        done: LocalText,
        /// Until when people score it.
        closes_at: Timestamp,
    },
    /// Accept it with the scores.
    Accept {
        /// As the record counts them.
        scores: Tally,
        /// Why, where people are not content with it; it stays in the record.
        reason: Option<String>,
    },
    /// Have it done again.
    Redo {
        /// Why; it stays in the record.
        reason: String,
    },
    /// Publish its accounts.
    PublishAccounts {},
}

words! { Command {
    Propose "propose" Screen "screen" Decline "decline" OpenVote "open_vote" CloseVote "close_vote"
    Fund "fund" Spend "spend" Finish "finish" Accept "accept" Redo "redo"
    PublishAccounts "publish_accounts"
} }

/// What can happen to a micro-project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the micro-project")]
pub enum Event {
    /// Proposed. Sealed: by whom, and in which words.
    Proposed { area: AreaCode },
    /// Taken up.
    Screened {
        estimate_cents: u64,
        summary: LocalText,
        title: LocalText,
        unit: UnitCode,
    },
    /// Turned down; why is in the grounds.
    Declined {},
    /// People vote.
    VoteOpened { vote: Vote },
    /// What they said.
    VoteClosed { chosen: bool, tally: Tally },
    /// What may be spent.
    Funded { budget_cents: u64 },
    /// Money was paid.
    Spent { payment: Payment },
    /// Carried out; people score it.
    Finished { done: LocalText, scoring: Vote },
    /// Accepted; why despite low scores is in the grounds.
    Accepted { scores: Tally },
    /// To be done again; why is in the grounds.
    SentBack {},
    /// Its accounts are published.
    AccountsPublished {},
}

words! { Event {
    Proposed "proposed" Screened "screened" Declined "declined" VoteOpened "vote_opened"
    VoteClosed "vote_closed" Funded "funded" Spent "spent" Finished "finished"
    Accepted "accepted" SentBack "sent_back" AccountsPublished "accounts_published"
} }

/// The mean of scores 1 to 5 in hundredths; `None` without scores.
pub fn mean_hundredths(scores: &Tally) -> Option<u64> {
    let sum: u64 = (1..).zip(&scores.options).map(|(score, n)| score * n).sum();
    (sum * 100 + scores.voices / 2).checked_div(scores.voices)
}

/// From this mean on people are content, in hundredths.
pub const CONTENT_FROM: u64 = 300;

impl MicroProject {
    /// Cents spent.
    pub fn spent_cents(&self) -> u64 {
        self.payments.iter().map(|payment| payment.cents).sum()
    }

    /// Cents left of the budget.
    pub fn left_cents(&self) -> u64 {
        self.budget_cents
            .unwrap_or(0)
            .saturating_sub(self.spent_cents())
    }

    pub(crate) fn poll(&self) -> Option<Poll> {
        let (round, options, vote) = match self.head().state {
            "voting" => (0, 2, self.vote?),
            // A redone work is scored anew: each time has a round of its own.
            "carried_out" => (self.finished, 5, self.scoring?),
            _ => return None,
        };
        Some(Poll {
            round,
            options,
            choose: 1,
            recast: Recast::Replace,
            area: Some(self.area.clone()),
            opens_at: vote.opens_at,
            closes_at: vote.closes_at,
        })
    }

    fn check_over(
        &self,
        vote: Option<Vote>,
        action: &str,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        match vote {
            Some(vote) if context.now < vote.closes_at => Err(Refusal::new(
                RefusalKind::NotNow,
                "project.still-open",
                "投票或评分还没有截止",
                "people are still voting or scoring",
            )
            .at("action")
            .found(action)
            .allowing([format!("≥ {:.3}", vote.closes_at)])),
            _ => Ok(()),
        }
    }
}

fn vote_until(closes_at: Timestamp, quorum: u32, context: &Context<'_>) -> Result<Vote, Refusal> {
    if closes_at <= context.now {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "project.time",
            "截止时间须在现在以后",
            "it must close after now",
        )
        .at("closes_at")
        .found(format!("{closes_at:.3}")));
    }
    Ok(Vote {
        closes_at: yiwang_base::truncate_millis(closes_at),
        opens_at: yiwang_base::truncate_millis(context.now),
        quorum,
    })
}

impl Life for MicroProject {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Propose {
            area,
            words,
            name,
            phone,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::known_area(context.rules, area, "area")?;
        field::said(words, "words")?;
        field::given(name.as_ref(), "name", field::short)?;
        field::given(phone.as_ref(), "phone", field::short)?;
        let sealed = Words::one("words", words)
            .and("name", name.as_ref())
            .and("phone", phone.as_ref());
        Ok(Step::sealing(
            Event::Proposed { area: area.clone() },
            sealed,
        ))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Propose { .. } => Err(not_now("propose", &self.possible())),
            Command::Screen {
                title,
                summary,
                unit,
                estimate_cents,
            } => {
                field::title(title, "title")?;
                field::summary(summary, "summary")?;
                known_unit(context.rules, unit, "unit")?;
                field::within(*estimate_cents, "estimate_cents", 1, MOST_CENTS)?;
                Ok(Step::new(Event::Screened {
                    estimate_cents: *estimate_cents,
                    summary: summary.clone(),
                    title: title.clone(),
                    unit: unit.clone(),
                }))
            }
            Command::Decline { reason } => Step::because(Event::Declined {}, reason),
            Command::OpenVote { closes_at, quorum } => {
                field::within(*quorum, "quorum", 1, 1_000_000)?;
                let vote = vote_until(*closes_at, *quorum, context)?;
                Ok(Step::new(Event::VoteOpened { vote }))
            }
            Command::CloseVote { tally } => {
                self.check_over(self.vote, "close_vote", context)?;
                let quorum = self.vote.map_or(1, |vote| vote.quorum);
                let of = |option: usize| tally.options.get(option).copied().unwrap_or(0);
                Ok(Step::new(Event::VoteClosed {
                    chosen: tally.voices >= u64::from(quorum) && of(0) > of(1),
                    tally: tally.clone(),
                }))
            }
            Command::Fund { budget_cents } => {
                let most = self.estimate_cents.unwrap_or(MOST_CENTS);
                field::within(*budget_cents, "budget_cents", 1, most)?;
                Ok(Step::new(Event::Funded {
                    budget_cents: *budget_cents,
                }))
            }
            Command::Spend { cents, what, on } => {
                field::title(what, "what")?;
                field::not_future(*on, "on", context)?;
                field::within(self.payments.len() + 1, "what", 1, field::MOST)?;
                let left = self.left_cents();
                if *cents == 0 || *cents > left {
                    return Err(Refusal::new(
                        RefusalKind::Invalid,
                        "project.over-budget",
                        format!("超出预算：还剩 {left} 分"),
                        format!("over the budget: {left} cents are left"),
                    )
                    .at("cents")
                    .found(cents.to_string())
                    .allowing([format!("1–{left}")]));
                }
                Ok(Step::new(Event::Spent {
                    payment: Payment {
                        cents: *cents,
                        on: *on,
                        what: what.clone(),
                    },
                }))
            }
            Command::Finish { done, closes_at } => {
                field::summary(done, "done")?;
                field::within(u32::from(self.finished) + 1, "done", 1, 20)?;
                let scoring = vote_until(*closes_at, 1, context)?;
                Ok(Step::new(Event::Finished {
                    done: done.clone(),
                    scoring,
                }))
            }
            Command::Accept { scores, reason } => {
                self.check_over(self.scoring, "accept", context)?;
                let event = Event::Accepted {
                    scores: scores.clone(),
                };
                let content = mean_hundredths(scores).is_some_and(|mean| mean >= CONTENT_FROM);
                match reason.as_deref() {
                    Some(reason) => {
                        text(reason, "reason", MAX_SHORT)?;
                        Step::because(event, reason)
                    }
                    None if !content => Err(missing(
                        "reason",
                        "没有居民评分或平均分低于 3 分，通过验收须说明理由",
                        "nobody scored it, or the mean is below 3: accepting it needs a reason",
                    )),
                    None => Ok(Step::new(event)),
                }
            }
            Command::Redo { reason } => Step::because(Event::SentBack {}, reason),
            Command::PublishAccounts {} => Ok(Step::new(Event::AccountsPublished {})),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Proposed { area } = event else {
            return None;
        };
        Some(MicroProject {
            area: area.clone(),
            title: None,
            summary: None,
            unit: None,
            declined: false,
            estimate_cents: None,
            vote: None,
            votes: None,
            chosen: false,
            budget_cents: None,
            payments: Vec::new(),
            done: None,
            finished: 0,
            scoring: None,
            scores: None,
            accepted: false,
            published: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Proposed { .. } => {}
            Event::Screened {
                estimate_cents,
                summary,
                title,
                unit,
            } => {
                self.estimate_cents = Some(*estimate_cents);
                self.summary = Some(summary.clone());
                self.title = Some(title.clone());
                self.unit = Some(unit.clone());
            }
            Event::Declined {} => self.declined = true,
            Event::VoteOpened { vote } => self.vote = Some(*vote),
            Event::VoteClosed { chosen, tally } => {
                self.chosen = *chosen;
                self.votes = Some(tally.clone());
            }
            Event::Funded { budget_cents } => self.budget_cents = Some(*budget_cents),
            Event::Spent { payment } => self.payments.push(payment.clone()),
            Event::Finished { done, scoring } => {
                self.done = Some(done.clone());
                self.finished = self.finished.saturating_add(1);
                self.scoring = Some(*scoring);
            }
            Event::Accepted { scores } => {
                self.scores = Some(scores.clone());
                self.accepted = true;
            }
            Event::SentBack {} => {
                self.done = None;
                self.scoring = None;
            }
            Event::AccountsPublished {} => self.published = true,
        }
    }

    fn head(&self) -> Head {
        let state = if self.declined {
            "declined"
        } else if self.published {
            "published"
        } else if self.accepted {
            "accepted"
        } else if self.done.is_some() {
            "carried_out"
        } else if self.budget_cents.is_some() {
            "funded"
        } else if self.votes.is_some() {
            if self.chosen { "chosen" } else { "rejected" }
        } else if self.vote.is_some() {
            "voting"
        } else if self.title.is_some() {
            "screened"
        } else {
            "proposed"
        };
        let due_at = match state {
            "voting" => self.vote.map(|vote| vote.closes_at),
            "carried_out" => self.scoring.map(|vote| vote.closes_at),
            _ => None,
        };
        let mut tags = vec![Tag::Area(self.area.clone())];
        tags.extend(self.unit.clone().map(Tag::Unit));
        Head {
            state,
            title: self.title.clone(),
            unit: self.unit.clone(),
            due_at,
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "proposed" => vec!["screen", "decline"],
            "screened" => vec!["open_vote", "decline"],
            "voting" => vec!["close_vote"],
            "chosen" => vec!["fund", "decline"],
            "funded" => vec!["spend", "finish"],
            "carried_out" => vec!["accept", "redo", "spend"],
            "accepted" => vec!["publish_accounts", "spend"],
            _ => vec![],
        }
    }
}
