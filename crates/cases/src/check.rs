//! What the fields of a command must hold.

pub(crate) use yiwang_base::field::{missing, text};
use yiwang_base::{AreaCode, CategoryCode, Refusal, RefusalKind, UnitCode};

use crate::{Category, RequestWords, Rules, SourceRef, Unit};

/// Longest words of a request, characters (Open311's limit for a description).
pub(crate) const MAX_WORDS: usize = 4_000;
/// Longest note, characters.
pub(crate) const MAX_NOTE: usize = 4_000;
/// Longest name, telephone number, address or reason, characters.
pub(crate) const MAX_SHORT: usize = 300;

/// `anywhere`: another system's history may say nothing of where it was, and
/// nobody can be asked any more.
pub(crate) fn check_request(request: &RequestWords, anywhere: bool) -> Result<(), Refusal> {
    text(&request.words, "words", MAX_WORDS)?;
    let place = &request.place;
    let nowhere =
        place.point.is_none() && place.address.as_deref().is_none_or(|a| a.trim().is_empty());
    if nowhere && !anywhere {
        return Err(missing(
            "place",
            "请给出地点：地图上的一点，或一个地址",
            "say where it is: a point on the map or an address",
        ));
    }
    let short = [
        ("place.address", &place.address),
        ("reporter.name", &request.reporter.name),
        ("reporter.phone", &request.reporter.phone),
        ("reporter.email", &request.reporter.email),
        ("media_url", &request.media_url),
    ];
    for (field, value) in short {
        if let Some(value) = value {
            text(value, field, MAX_SHORT)?;
        }
    }
    if let Some(url) = &request.media_url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "media-url.scheme",
            "图片地址须以 http:// 或 https:// 开头",
            "the address of a picture begins with http:// or https://",
        )
        .at("media_url")
        .allowing(["http://…", "https://…"]));
    }
    Ok(())
}

/// A source stands in the event for good, so what it may hold is narrow.
pub(crate) fn check_source(source: &SourceRef) -> Result<(), Refusal> {
    text(&source.system, "source.system", MAX_SHORT)?;
    text(&source.id, "source.id", MAX_SHORT)?;
    Ok(())
}

pub(crate) fn check_call_back(
    reached: bool,
    solved: Option<bool>,
    satisfaction: Option<u8>,
) -> Result<(), Refusal> {
    if let Some(score) = satisfaction
        && !(1..=5).contains(&score)
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "call-back.satisfaction",
            "满意度为 1 到 5",
            "satisfaction is 1 to 5",
        )
        .at("satisfaction")
        .found(score.to_string())
        .allowing(["1", "2", "3", "4", "5"]));
    }
    if reached && solved.is_none() {
        return Err(missing(
            "solved",
            "已联系上居民，须记下问题是否解决",
            "the resident was reached: write down whether it is solved",
        ));
    }
    if !reached && (solved.is_some() || satisfaction.is_some()) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "call-back.not-reached",
            "未联系上居民，不能记解决与否和满意度",
            "the resident was not reached: there is no answer to write down",
        )
        .at("reached")
        .found("false")
        .allowing(["true"]));
    }
    Ok(())
}

pub(crate) fn known_category<'a>(
    rules: &'a Rules,
    code: &CategoryCode,
    field: &str,
) -> Result<&'a Category, Refusal> {
    rules.categories.get(code).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "category.unknown",
            "没有这个分类",
            "there is no such category",
        )
        .at(field)
        .found(code.as_str())
        .allowing(rules.categories.keys().map(ToString::to_string))
    })
}

pub(crate) fn known_unit<'a>(
    rules: &'a Rules,
    code: &UnitCode,
    field: &str,
) -> Result<&'a Unit, Refusal> {
    let refused = |kind, zh, en| {
        let in_use = rules.units.values().filter(|unit| !unit.retired);
        Refusal::new(RefusalKind::Invalid, kind, zh, en)
            .at(field)
            .found(code.as_str())
            .allowing(in_use.map(|unit| unit.code.to_string()))
    };
    match rules.units.get(code) {
        None => Err(refused(
            "unit.unknown",
            "没有这个单位",
            "there is no such unit",
        )),
        Some(unit) if unit.retired => Err(refused(
            "unit.retired",
            "这个单位已经停用，请另选一个",
            "this unit is out of use: name another",
        )),
        Some(unit) => Ok(unit),
    }
}

/// Refuses an area that is not there.
///
/// # Errors
/// A refusal that names the field `area`.
pub fn known_area(rules: &Rules, code: Option<&AreaCode>) -> Result<(), Refusal> {
    match code {
        Some(code) if !rules.areas.contains_key(code) => Err(Refusal::new(
            RefusalKind::Invalid,
            "area.unknown",
            "没有这个区域",
            "there is no such area",
        )
        .at("area")
        .found(code.as_str())),
        _ => Ok(()),
    }
}
