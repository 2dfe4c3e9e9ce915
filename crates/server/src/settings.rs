//! What stewards may set the city to: what a call asks for, made a value of the rooms.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use yiwang_base::{CalendarParts, LocalText, Refusal, RefusalKind, Span, WorkCalendar};
use yiwang_cases::organization::{Part, Template};
use yiwang_cases::{
    Allowance, AnswerKind, AreaIndex, Category, Choice, CityLimits, DeskLimits, DuplicateLimits,
    Grades, HandlingLimits, OwnLimits, Question, Rules, Unit, WhistleLimits,
};

use crate::city::CitySettings;
use crate::http::read_code;
use crate::judging::AutomaticSetting;
use crate::wire::{
    AutomaticBody, CategoryBody, CategoryLimitsBody, CityBody, DuplicatesBody, HandlingBody,
    LimitsBody, Measure, NameBody, QuestionBody, SpanBody, TemplateBody, TryLimitsBody, UnitBody,
    Word, WorkingTimeBody,
};

/// Longest name, characters.
const MAX_NAME: usize = 120;
/// Longest limit: ten years.
const MAX_MINUTES: u32 = 10 * 366 * 24 * 60;
const MAX_DAYS: u32 = 10 * 366;
/// Confidences from which requests may be dispatched without a person, thousandths.
const CONFIDENCES: std::ops::RangeInclusive<u16> = 500..=999;

/// The unit that a body describes, in a city of these rules.
///
/// # Errors
/// A refusal that names the field.
pub fn unit(code: &str, body: UnitBody, rules: &Rules) -> Result<Unit, Refusal> {
    Ok(Unit {
        code: read_code(code, "unit")?,
        name: name(body.name, "value.name")?,
        kind: body.kind.0,
        duties: known(&body.duties, "value.duties", &rules.categories)?,
        areas: known(&body.areas, "value.areas", &rules.areas)?,
        retired: body.retired,
    })
}

/// Codes of things that there are, each once.
pub(crate) fn known<C: FromStr<Err: Display> + Ord + Clone + Display, T>(
    given: &[String],
    field: &str,
    all: &BTreeMap<C, T>,
) -> Result<Vec<C>, Refusal> {
    let mut seen = BTreeSet::new();
    let mut codes = Vec::new();
    for (place, text) in given.iter().enumerate() {
        let found: Option<C> = text.parse().ok();
        let Some(code) = found.filter(|code| all.contains_key(code)) else {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "setting.unknown",
                "没有这个代码",
                "there is nothing of this code",
            )
            .at(format!("{field}[{place}]"))
            .found(text)
            .allowing(all.keys().map(ToString::to_string)));
        };
        if seen.insert(code.clone()) {
            codes.push(code);
        }
    }
    Ok(codes)
}

/// The template of how streets are organised that a body describes.
///
/// # Errors
/// A refusal that names the field.
pub fn template(body: TemplateBody, rules: &Rules) -> Result<Template, Refusal> {
    let parts = body.parts.into_iter().enumerate().map(|(place, part)| {
        let field = format!("value.parts[{place}]");
        let code = part.code.parse().map_err(|_| {
            wrong(
                &format!("{field}.code"),
                &part.code,
                "代码是 1 到 64 个小写字母、数字或 . _ -",
                "a code has 1 to 64 lower-case letters, digits or . _ -",
            )
        })?;
        Ok(Part {
            code,
            name: name(part.name, &format!("{field}.name"))?,
            kind: part.kind.0,
            duties: known(&part.duties, &format!("{field}.duties"), &rules.categories)?,
            words: part.words,
        })
    });
    let template = Template {
        name: name(body.name, "value.name")?,
        parts: parts.collect::<Result<_, Refusal>>()?,
    };
    template.check().map_err(|refusal| {
        let field = refusal.field.clone().unwrap_or_default();
        refusal.at(format!("value.{field}"))
    })?;
    Ok(template)
}

/// The category that a body describes.
///
/// # Errors
/// A refusal that names the field.
pub fn category(code: &str, body: CategoryBody) -> Result<Category, Refusal> {
    let mut codes = BTreeSet::new();
    let mut questions = Vec::new();
    for (place, asked) in body.questions.into_iter().enumerate() {
        let question = question(asked, &format!("value.questions[{place}]"))?;
        if !codes.insert(question.code.clone()) {
            return Err(wrong(
                &format!("value.questions[{place}].code"),
                &question.code,
                "这个问题代码出现了两次",
                "the code of this question is there twice",
            ));
        }
        questions.push(question);
    }
    let category = Category {
        code: read_code(code, "category")?,
        name: name(body.name, "value.name")?,
        group: name(body.group, "value.group")?,
        respond: Span::Clock { minutes: 1 },
        resolve: Span::Clock { minutes: 1 },
        questions,
        own: OwnLimits::default(),
    };
    limited(category, &body.limits, "value.limits")
}

/// A category with these limits.
fn limited(
    category: Category,
    body: &CategoryLimitsBody,
    field: &str,
) -> Result<Category, Refusal> {
    let own = |given: Option<SpanBody>, name: &str| {
        given
            .map(|given| span(given, &format!("{field}.{name}")))
            .transpose()
    };
    Ok(Category {
        respond: span(body.respond, &format!("{field}.respond"))?,
        resolve: span(body.resolve, &format!("{field}.resolve"))?,
        own: OwnLimits {
            grade: body.grade.map(|Word(grade)| grade),
            accept: own(body.accept, "accept")?,
            dispatch: own(body.dispatch, "dispatch")?,
            verify: own(body.verify, "verify")?,
            close: own(body.close, "close")?,
        },
        ..category
    })
}

fn question(body: QuestionBody, field: &str) -> Result<Question, Refusal> {
    let listed = matches!(
        body.answer,
        Some(Word(
            AnswerKind::SingleValueList | AnswerKind::MultiValueList
        ))
    );
    if listed && body.choices.is_empty() {
        return Err(wrong(
            &format!("{field}.choices"),
            "",
            "选择题至少要有一个选项",
            "a question with choices has at least one",
        ));
    }
    let choices = body.choices.into_iter().enumerate().map(|(place, one)| {
        Ok(Choice {
            key: short(one.key, &format!("{field}.choices[{place}].key"))?,
            name: name(one.name, &format!("{field}.choices[{place}].name"))?,
        })
    });
    Ok(Question {
        code: short(body.code, &format!("{field}.code"))?,
        asks: name(body.asks, &format!("{field}.asks"))?,
        answer: body.answer.map(|Word(kind)| kind),
        required: body.required,
        hint: body
            .hint
            .map(|hint| name(hint, &format!("{field}.hint")))
            .transpose()?,
        choices: choices.collect::<Result<_, Refusal>>()?,
    })
}

/// The settings that a body describes. Years of the calendar are kept apart.
///
/// # Errors
/// A refusal that names the field.
pub fn city(body: CityBody) -> Result<CitySettings, Refusal> {
    let (desk, limits) = city_limits(&body.limits, "value.limits")?;
    Ok(CitySettings {
        name: name(body.name, "value.name")?,
        calendar: calendar(body.calendar)?,
        desk,
        limits,
    })
}

fn calendar(body: WorkingTimeBody) -> Result<WorkCalendar, Refusal> {
    let weekdays = body.weekdays.into_iter().map(|of| {
        let hours = of.hours.into_iter().map(Into::into);
        (of.day.0, hours.collect())
    });
    let parts = CalendarParts {
        zone: body.zone,
        hours: body.hours.into(),
        breaks: body.breaks.into_iter().map(Into::into).collect(),
        weekdays: weekdays.collect(),
        holidays: body.holidays.into_iter().collect(),
        make_up_days: body.make_up_days.into_iter().collect(),
        unlisted_years: body.unlisted_years.0,
        years: Vec::new(),
    };
    use yiwang_base::CalendarError::{
        Beyond, Both, Hours, NoHours, Overlap, TwoOfAYear, YearMissing, Zone,
    };
    WorkCalendar::try_from(parts).map_err(|error| {
        let field = match error {
            Zone(_) => "value.calendar.zone",
            Hours { .. } => "value.calendar.hours",
            NoHours | Overlap(_) => "value.calendar.breaks",
            Both(_) => "value.calendar.make_up_days",
            TwoOfAYear(_) | YearMissing(_) | Beyond => "value.calendar",
        };
        wrong(
            field,
            &error.to_string(),
            "工作时间不成立，请核对",
            "these make no working time: compare them again",
        )
    })
}

fn city_limits(body: &LimitsBody, field: &str) -> Result<(DeskLimits, CityLimits), Refusal> {
    let at = |given: SpanBody, name: &str| span(given, &format!("{field}.{name}"));
    let handling = |given: HandlingBody, name: &str| {
        Ok::<_, Refusal>(HandlingLimits {
            respond: at(given.respond, &format!("grades.{name}.respond"))?,
            resolve: at(given.resolve, &format!("grades.{name}.resolve"))?,
        })
    };
    let within = |found: u32, least: u32, most: u32, name: &str| {
        if (least..=most).contains(&found) {
            return Ok(found);
        }
        Err(wrong(
            &format!("{field}.allowance.{name}"),
            &found.to_string(),
            "这个数不在允许的范围内",
            "this number is out of its range",
        )
        .allowing([format!("{least}–{most}")]))
    };
    let desk = DeskLimits {
        accept: at(body.desk.accept, "desk.accept")?,
        dispatch: at(body.desk.dispatch, "desk.dispatch")?,
        verify: at(body.desk.verify, "desk.verify")?,
        close: at(body.desk.close, "desk.close")?,
        whistle: WhistleLimits {
            campaign: at(body.whistle.campaign, "whistle.campaign")?,
            daily: at(body.whistle.daily, "whistle.daily")?,
            emergency: at(body.whistle.emergency, "whistle.emergency")?,
        },
    };
    let allowed = body.allowance;
    let limits = CityLimits {
        grades: Grades {
            emergency: handling(body.grades.emergency, "emergency")?,
            supply: handling(body.grades.supply, "supply")?,
            ordinary: handling(body.grades.ordinary, "ordinary")?,
            complex: handling(body.grades.complex, "complex")?,
        },
        allowance: Allowance {
            extensions: within(allowed.extensions, 0, 100, "extensions")?,
            extended_percent: within(allowed.extended_percent, 100, 10_000, "extended_percent")?,
            shelve_days: within(allowed.shelve_days, 1, 3650, "shelve_days")?,
            answer: at(allowed.answer, "allowance.answer")?,
            questions: within(allowed.questions, 0, 100, "questions")?,
        },
    };
    Ok((desk, limits))
}

/// The setting of automatic dispatch that a body describes.
///
/// # Errors
/// A refusal that names the field.
pub fn automatic(body: AutomaticBody) -> Result<AutomaticSetting, Refusal> {
    match body.from_permille {
        Some(found) if !CONFIDENCES.contains(&found) => Err(wrong(
            "value.from_permille",
            &found.to_string(),
            "把握至少 50%,不到 100%",
            "a confidence is at least 50 % and below 100 %",
        )
        .allowing(["500–999"])),
        from_permille => Ok(AutomaticSetting { from_permille }),
    }
}

/// The limits of likeness that a body describes.
///
/// # Errors
/// A refusal that names the field.
pub fn duplicates(body: DuplicatesBody) -> Result<DuplicateLimits, Refusal> {
    let limits = DuplicateLimits {
        shown_permille: body.shown_permille,
        sure_permille: body.sure_permille,
        window_days: body.window_days,
    };
    limits.check().map_err(|refusal| {
        let field = refusal.field.clone().unwrap_or_default();
        refusal.at(format!("value.{field}"))
    })?;
    Ok(limits)
}

/// The city's rules with limits to be tried. They know no outlines: what was
/// done before has its area already.
///
/// # Errors
/// A refusal that names the field.
pub fn tried(rules: &Rules, body: &TryLimitsBody) -> Result<Rules, Refusal> {
    let (desk, limits) = match &body.limits {
        Some(limits) => city_limits(limits, "limits")?,
        None => (rules.desk.clone(), rules.limits),
    };
    let mut categories = rules.categories.clone();
    for (place, one) in body.categories.iter().enumerate() {
        let code: Vec<yiwang_base::CategoryCode> = known(
            std::slice::from_ref(&one.code),
            &format!("categories[{place}].code"),
            &rules.categories,
        )?;
        for category in code.iter().filter_map(|code| rules.categories.get(code)) {
            let field = format!("categories[{place}].limits");
            let category = limited(category.clone(), &one.limits, &field)?;
            categories.insert(category.code.clone(), category);
        }
    }
    Ok(Rules {
        areas: rules.areas.clone(),
        categories,
        units: rules.units.clone(),
        calendar: rules.calendar.clone(),
        desk,
        limits,
        locator: Box::new(AreaIndex::new([])),
    })
}

fn span(body: SpanBody, field: &str) -> Result<Span, Refusal> {
    let most = match body.measure.0 {
        Measure::WorkingDays => MAX_DAYS,
        Measure::Clock | Measure::Working => MAX_MINUTES,
    };
    if !(1..=most).contains(&body.amount) {
        return Err(wrong(
            &format!("{field}.amount"),
            &body.amount.to_string(),
            "时限至少为 1，最长十年",
            "a limit is at least 1 and ten years at most",
        )
        .allowing([format!("1–{most}")]));
    }
    Ok(match body.measure.0 {
        Measure::Clock => Span::Clock {
            minutes: body.amount,
        },
        Measure::Working => Span::Working {
            minutes: body.amount,
        },
        Measure::WorkingDays => Span::WorkingDays { days: body.amount },
    })
}

pub(crate) fn name(body: NameBody, field: &str) -> Result<LocalText, Refusal> {
    Ok(LocalText::new(
        short(body.zh, &format!("{field}.zh"))?,
        short(body.en, &format!("{field}.en"))?,
    ))
}

fn short(text: String, field: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=MAX_NAME).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(wrong(
        field,
        text,
        "请填 1 到 120 个字，不含控制字符",
        "write 1 to 120 characters without control characters",
    ))
}

fn wrong(field: &str, found: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "setting.invalid", zh, en)
        .at(field)
        .found(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> CityBody {
        CityBody::from(&CitySettings::unnamed().unwrap())
    }

    #[test]
    fn what_a_city_is_set_to_reads_back_the_same() {
        let settings = CitySettings::unnamed().unwrap();
        assert_eq!(city(CityBody::from(&settings)).unwrap(), settings);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        let refused = |change: fn(&mut CityBody)| {
            let mut body = whole();
            change(&mut body);
            city(body).unwrap_err().field.unwrap()
        };
        assert_eq!(refused(|b| b.name.zh = " ".into()), "value.name.zh");
        assert_eq!(
            refused(|b| b.calendar.zone = "Moon/Base".into()),
            "value.calendar.zone"
        );
        assert_eq!(
            refused(|b| b.limits.desk.accept.amount = 0),
            "value.limits.desk.accept.amount"
        );
        assert_eq!(
            refused(|b| b.limits.allowance.extended_percent = 50),
            "value.limits.allowance.extended_percent"
        );
        assert_eq!(
            refused(|b| b.limits.grades.complex.resolve = SpanBody {
                measure: Word(Measure::WorkingDays),
                amount: u32::MAX,
            }),
            "value.limits.grades.complex.resolve.amount"
        );
    }
}
