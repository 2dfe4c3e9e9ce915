//! What the fields of a dossier's commands must hold.

use jiff::civil::Date;
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Personal, Purpose, Refusal, RefusalKind, Timestamp,
    UnitCode,
};

use crate::check::{MAX_NOTE, MAX_SHORT, known_category, known_unit, missing, text};
use crate::{Context, Rules};

/// Most items of a list in a command.
pub(crate) const MOST: usize = 100;

/// A short text in both languages.
pub(crate) fn title(value: &LocalText, field: &str) -> Result<(), Refusal> {
    both(value, field, MAX_SHORT)
}

/// A longer text in both languages.
pub(crate) fn summary(value: &LocalText, field: &str) -> Result<(), Refusal> {
    both(value, field, MAX_NOTE)
}

fn both(value: &LocalText, field: &str, max: usize) -> Result<(), Refusal> {
    text(&value.zh, &format!("{field}.zh"), max)?;
    text(&value.en, &format!("{field}.en"), max)?;
    Ok(())
}

/// What somebody said.
pub(crate) fn said(value: &Personal<String>, field: &str) -> Result<(), Refusal> {
    text(value.disclose(Purpose::Record), field, MAX_NOTE).map(drop)
}

/// A name or a telephone number.
pub(crate) fn short(value: &Personal<String>, field: &str) -> Result<(), Refusal> {
    text(value.disclose(Purpose::Record), field, MAX_SHORT).map(drop)
}

/// Something optional, checked where it is given.
pub(crate) fn given<T>(
    value: Option<&T>,
    field: &str,
    check: impl Fn(&T, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    value.map_or(Ok(()), |value| check(value, field))
}

pub(crate) fn known_area(rules: &Rules, code: &AreaCode, field: &str) -> Result<(), Refusal> {
    if rules.areas.contains_key(code) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "area.unknown",
        "没有这个区域",
        "there is no such area",
    )
    .at(field)
    .found(code.as_str()))
}

pub(crate) fn areas(rules: &Rules, codes: &[AreaCode], field: &str) -> Result<(), Refusal> {
    each(codes, field, |code, at| known_area(rules, code, at))
}

pub(crate) fn categories(
    rules: &Rules,
    codes: &[CategoryCode],
    field: &str,
) -> Result<(), Refusal> {
    each(codes, field, |code, at| {
        known_category(rules, code, at).map(drop)
    })
}

pub(crate) fn units(rules: &Rules, codes: &[UnitCode], field: &str) -> Result<(), Refusal> {
    each(codes, field, |code, at| {
        known_unit(rules, code, at).map(drop)
    })
}

pub(crate) fn cases(ids: &[CaseId], field: &str) -> Result<(), Refusal> {
    each(ids, field, |_, _| Ok(()))
}

/// A list: not too long, nothing twice, each part in order.
pub(crate) fn each<T: PartialEq>(
    values: &[T],
    field: &str,
    check: impl Fn(&T, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if values.len() > MOST {
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "list.too-long",
            format!("最多 {MOST} 项，现有 {} 项", values.len()),
            format!("at most {MOST} of them, found {}", values.len()),
        )
        .at(field)
        .allowing([format!("0–{MOST}")]));
    }
    for (n, value) in values.iter().enumerate() {
        let at = format!("{field}[{n}]");
        check(value, &at)?;
        if values[..n].contains(value) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "list.twice",
                "同一项出现了两次，请删去一个",
                "this is named twice; remove one of them",
            )
            .at(at));
        }
    }
    Ok(())
}

/// A list that must not be empty.
pub(crate) fn some<T>(values: &[T], field: &str) -> Result<(), Refusal> {
    if values.is_empty() {
        return Err(missing(field, "至少须有一项", "name at least one of them"));
    }
    Ok(())
}

/// A number within bounds.
pub(crate) fn within<N: PartialOrd + std::fmt::Display>(
    number: N,
    field: &str,
    least: N,
    most: N,
) -> Result<N, Refusal> {
    if number < least || number > most {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "number.out-of-range",
            format!("须在 {least} 与 {most} 之间"),
            format!("must be between {least} and {most}"),
        )
        .at(field)
        .found(number.to_string())
        .allowing([format!("{least}–{most}")]));
    }
    Ok(number)
}

/// The end of a local day: what is due on a day is due by then.
pub(crate) fn end_of(day: Date, field: &str, context: &Context<'_>) -> Result<Timestamp, Refusal> {
    let zone = context.rules.calendar.zone().clone();
    day.tomorrow()
        .and_then(|next| next.to_zoned(zone))
        .map(|zoned| zoned.timestamp())
        .map_err(|_| wrong_day(day, field))
}

/// Today, where the city is.
pub(crate) fn today(context: &Context<'_>) -> Date {
    context
        .now
        .to_zoned(context.rules.calendar.zone().clone())
        .date()
}

/// A day that has not passed.
pub(crate) fn not_past(day: Date, field: &str, context: &Context<'_>) -> Result<(), Refusal> {
    if day < today(context) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "day.past",
            "这一天已经过去，请选择今天或以后",
            "this day has passed; choose today or a later one",
        )
        .at(field)
        .found(day.to_string())
        .allowing([format!("≥ {}", today(context))]));
    }
    Ok(())
}

/// A day that is not still to come.
pub(crate) fn not_future(day: Date, field: &str, context: &Context<'_>) -> Result<(), Refusal> {
    if day > today(context) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "day.future",
            "这一天还没有到，请填写已经发生的日期",
            "this day is still to come; give the day on which it happened",
        )
        .at(field)
        .found(day.to_string())
        .allowing([format!("≤ {}", today(context))]));
    }
    Ok(())
}

pub(crate) fn wrong_day(day: Date, field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "day.beyond",
        "日期超出可用范围",
        "this day is beyond what can be named",
    )
    .at(field)
    .found(day.to_string())
}

/// One of a numbered list, counted from 1.
pub(crate) fn numbered<'a, T>(list: &'a [T], number: u32, field: &str) -> Result<&'a T, Refusal> {
    let index = (number as usize).checked_sub(1);
    index.and_then(|index| list.get(index)).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "number.unknown",
            "没有这个编号",
            "there is nothing with this number",
        )
        .at(field)
        .found(number.to_string())
        .allowing([format!("1–{}", list.len())])
    })
}
