//! `decide`: from a case, a command, the rules and the time to events, or to a
//! refusal that says what is possible now.

use yiwang_base::{
    CalendarError, LocalText, Personal, Purpose, Refusal, RefusalKind, Span, Timestamp,
    truncate_millis,
};

use crate::check::{
    MAX_NOTE, MAX_SHORT, check_call_back, check_request, check_source, known_area, known_category,
    missing, text,
};
use crate::dispatch::{Dispatch, decide_dispatch};
use crate::limits::DeskStep;
use crate::parts::check_open_parts;
use crate::{
    Action, Actor, Case, Command, Event, Happening, Question, Rules, Sealed, Stage, Submit, attach,
    duplicate, extend, parts, pause, possible, provisional, returns, score, supervise, withdraw,
};

/// The circumstances of a command.
pub struct Context<'a> {
    /// The city's rules.
    pub rules: &'a Rules,
    /// Who asks.
    pub actor: &'a Actor,
    /// On what grounds, beside what the command itself gives (imports: file and line).
    pub grounds: Option<&'a str>,
    /// The time; what is finer than a millisecond is dropped.
    pub now: Timestamp,
}

/// What a command makes happen.
///
/// # Errors
/// A [`Refusal`]: the case's stage does not allow it, or a field is at fault.
pub fn decide(
    case: Option<&Case>,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Happening>, Refusal> {
    let mut happened = decide_command(case, command, context)?;
    happened.extend(provisional::marks(&happened, case, context));
    Ok(happened)
}

fn decide_command(
    case: Option<&Case>,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Happening>, Refusal> {
    let Some(case) = case else {
        return match command {
            Command::Submit(submit) => decide_submit(submit, context),
            _ => Err(Refusal::new(
                RefusalKind::NotFound,
                "case.not-found",
                "没有这个案卷",
                "there is no such case",
            )),
        };
    };
    let action = command.action();
    let actions = possible(case);
    if !actions.contains(&action) {
        return Err(not_now(case, action, &actions));
    }
    let rules = context.rules;
    let happening = match command {
        Command::Submit(_) => return Err(not_now(case, action, &actions)),
        Command::Accept { category, area } => {
            known_category(rules, category, "category")?;
            known_area(rules, area.as_ref())?;
            let limit = rules.desk_limit(Some(category), DeskStep::Dispatch);
            let dispatch_by = due(context, limit, "category")?;
            let area = area.clone().filter(|area| case.area.as_ref() != Some(area));
            context.event(Event::Accepted {
                area,
                category: category.clone(),
                dispatch_by,
            })
        }
        Command::Decline {
            reason,
            responsible,
            note,
        } => {
            if let Some(responsible) = responsible {
                text(responsible, "responsible", MAX_SHORT)?;
            }
            context
                .event(Event::Declined {
                    reason: *reason,
                    responsible: responsible.clone(),
                })
                .with_note(note, "note")?
        }
        Command::Dispatch {
            unit,
            assisting,
            limits,
            reason,
            note,
        } => {
            let dispatch = Dispatch {
                unit,
                assisting,
                limits: *limits,
                reason: reason.as_deref(),
                backstop: false,
            };
            let event = decide_dispatch(case, &dispatch, context)?;
            let mut happening = context
                .event(event)
                .with_optional_note(note.as_ref(), "note")?;
            if let Some(reason) = reason {
                happening.grounds = Some(text(reason, "reason", MAX_SHORT)?.to_owned());
            }
            happening
        }
        Command::Start => context.event(Event::Started {}),
        Command::ReportBack {
            note,
            open_parts_reason,
        } => {
            let open_parts = check_open_parts(case, open_parts_reason.as_deref())?;
            let verify_by = desk_due(case, DeskStep::Verify, context, "note")?;
            let mut happening = context
                .event(Event::ReportedBack {
                    open_parts,
                    verify_by,
                })
                .with_note(note, "note")?;
            if let Some(reason) = open_parts_reason {
                happening.grounds = Some(reason.clone());
            }
            happening
        }
        Command::Verify { pass: true, note } => {
            let by = desk_due(case, DeskStep::Close, context, "pass")?;
            context
                .event(Event::Verified { by, pass: true })
                .with_optional_note(note.as_ref(), "note")?
        }
        Command::Verify { pass: false, note } => {
            let Some(note) = note else {
                return Err(missing(
                    "note",
                    "核查不通过须写明情况",
                    "say what is not done yet",
                ));
            };
            // Doing it again has the time of one more verification, never less than was left.
            let again = desk_due(case, DeskStep::Verify, context, "pass")?;
            let by = case
                .deadlines
                .resolve_by
                .map_or(again, |owed| owed.max(again));
            context
                .event(Event::Verified { by, pass: false })
                .with_note(note, "note")?
        }
        Command::Close { reason } => decide_close(case, reason.as_ref(), context)?,
        Command::CallBack {
            reached,
            solved,
            satisfaction,
            note,
        } => {
            check_call_back(*reached, *solved, *satisfaction)?;
            context
                .event(Event::CalledBack {
                    reached: *reached,
                    satisfaction: *satisfaction,
                    solved: *solved,
                })
                .with_optional_note(note.as_ref(), "note")?
        }
        Command::Reopen { note } => {
            let dispatch_by = desk_due(case, DeskStep::Dispatch, context, "note")?;
            context
                .event(Event::Reopened { dispatch_by })
                .with_note(note, "note")?
        }
        Command::Erase { ground, entries } => {
            if entries.is_empty() {
                return Err(missing(
                    "entries",
                    "这个案卷已没有可删除的内容",
                    "this case has nothing left to erase",
                ));
            }
            let mut happening = context.event(Event::Erased {
                erases: entries.clone(),
            });
            happening.grounds = Some(text(ground, "ground", MAX_SHORT)?.to_owned());
            happening
        }
        Command::Return(command) => return returns::decide_return(case, command, context),
        Command::Redirect(command) => return returns::decide_redirect(case, command, context),
        Command::Recall(command) => returns::decide_recall(case, command, context)?,
        Command::AddUnit(command) => parts::decide_add(case, command, context)?,
        Command::RemoveUnit(command) => parts::decide_remove(case, command, context)?,
        Command::ReportPart(command) => parts::decide_report(case, command, context)?,
        Command::SettleDue => return provisional::decide_settle(case, context),
        Command::AskExtension(command) => extend::decide_ask(case, command, context)?,
        Command::Extend(command) => extend::decide_extend(case, command, context)?,
        Command::RefuseExtension(command) => extend::decide_refuse(command, context)?,
        Command::Shelve(command) => pause::decide_shelve(case, command, context)?,
        Command::AskResident(command) => pause::decide_ask(case, command, context)?,
        Command::AnswerQuestion(command) => pause::decide_answer(case, command, context)?,
        Command::Resume(command) => pause::decide_resume(case, command, context)?,
        Command::Supervise(command) => supervise::decide_supervise(case, command, context)?,
        Command::AnswerSupervision(command) => context
            .event(Event::SupervisionAnswered {})
            .with_note(&command.note, "note")?,
        Command::Release(command) => supervise::decide_release(case, command, context)?,
        Command::Score(command) => score::decide(case, command, context)?,
        Command::Comment(command) => attach::decide_comment(command, context)?,
        Command::Attach(command) => attach::decide_attach(case, command, context)?,
        Command::Withdraw(command) => withdraw::decide(command, context)?,
        Command::Merge(command) => duplicate::decide_merge(case, command, context)?,
        Command::Unmerge(command) => duplicate::decide_unmerge(case, command, context)?,
        Command::Join(command) => duplicate::decide_join(case, command, context)?,
        Command::AnswerJoined(command) => duplicate::decide_answer(case, command, context)?,
    };
    Ok(vec![happening])
}

fn decide_submit(submit: &Submit, context: &Context<'_>) -> Result<Vec<Happening>, Refusal> {
    let rules = context.rules;
    let request = submit.request.disclose(Purpose::Record);
    check_request(request, matches!(context.actor, Actor::Import(_)))?;
    if let Some(source) = &submit.source {
        check_source(source)?;
    }
    if let Some(category) = &submit.category {
        let known = known_category(rules, category, "category")?;
        Question::check_all(&known.questions, &request.answers, false)?;
    }
    let area = request
        .place
        .point
        .and_then(|point| rules.locator.locate(point));
    let limit = rules.desk_limit(submit.category.as_ref(), DeskStep::Accept);
    let accept_by = due(context, limit, "words")?;
    let mut happening = context.event(Event::Submitted {
        accept_by,
        area,
        category: submit.category.clone(),
        channel: submit.channel,
        source: submit.source.clone(),
    });
    happening.sealed = Some(Sealed::Request(submit.request.clone()));
    Ok(vec![happening])
}

fn decide_close(
    case: &Case,
    reason: Option<&Personal<String>>,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    if case.stage == Stage::Verified {
        return context
            .event(Event::Closed { unverified: false })
            .with_optional_note(reason, "reason");
    }
    let Some(reason) = reason else {
        return Err(missing(
            "reason",
            "未经核查通过而结案，须写明理由",
            "closing without a passed verification needs a reason",
        ));
    };
    context
        .event(Event::Closed { unverified: true })
        .with_note(reason, "reason")
}

/// The end of a limit that begins now. Days of a year that the calendar lacks are
/// counted by the plain week; [`provisional::marks`] then says so.
pub(crate) fn due(context: &Context<'_>, span: Span, field: &str) -> Result<Timestamp, Refusal> {
    context
        .rules
        .calendar
        .due_or_provisional(truncate_millis(context.now), span)
        .map(|due| due.at)
        .map_err(|error| beyond(&error, field))
}

/// By when the desk has taken a step with this case.
pub(crate) fn desk_due(
    case: &Case,
    step: DeskStep,
    context: &Context<'_>,
    field: &str,
) -> Result<Timestamp, Refusal> {
    let limit = context.rules.desk_limit(case.category.as_ref(), step);
    due(context, limit, field)
}

pub(crate) fn beyond(error: &CalendarError, field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "limit.beyond",
        "按工作日历算不出这个时限",
        "the working calendar has no date for this limit",
    )
    .at(field)
    .found(error.to_string())
}

fn not_now(case: &Case, action: Action, actions: &[Action]) -> Refusal {
    let LocalText {
        zh: stage_zh,
        en: stage_en,
    } = case.stage.name();
    let LocalText { zh, en } = action.name();
    Refusal::new(
        RefusalKind::NotNow,
        "case.not-now",
        format!("案卷{}现为“{stage_zh}”，不能{zh}", case.id),
        format!("case {} is {stage_en}: it cannot {en} now", case.id),
    )
    .at("action")
    .found(action.word())
    .allowing(actions.iter().map(|action| action.word()))
}

impl Context<'_> {
    pub(crate) fn event(&self, event: Event) -> Happening {
        Happening {
            at: truncate_millis(self.now),
            by: self.actor.clone(),
            grounds: self.grounds.map(str::to_owned),
            event,
            sealed: None,
        }
    }
}

impl Happening {
    pub(crate) fn with_note(
        mut self,
        note: &Personal<String>,
        field: &str,
    ) -> Result<Self, Refusal> {
        text(note.disclose(Purpose::Record), field, MAX_NOTE)?;
        self.sealed = Some(Sealed::Note(note.clone()));
        Ok(self)
    }

    pub(crate) fn with_optional_note(
        self,
        note: Option<&Personal<String>>,
        field: &str,
    ) -> Result<Self, Refusal> {
        match note {
            Some(note) => self.with_note(note, field),
            None => Ok(self),
        }
    }
}
