//! The case that a row tells of.

use yiwang_base::{AreaCode, CategoryCode, Personal, Timestamp, UnitCode};
use yiwang_cases::{Channel, Place, Reporter, RequestWords, SourceRef};

use super::{Layout, Lookup};
use crate::import::names::{slug, spaced_once};
use crate::import::rejects::Reject;
use crate::import::source_case::{Outcome, SourceCase, SourceCategory, SourceTime, SourceUnit};
use crate::import::table::Row;

/// Longest name of a category or unit, characters.
const MAX_NAME: usize = 120;
/// Most codes or values listed as allowed.
const MAX_LISTED: usize = 20;

/// A code that is made or found, and whether it was found.
type Named<C> = Option<(C, String)>;

impl Layout {
    /// The case that a row tells of. Pure: the same row gives the same case.
    ///
    /// # Errors
    /// A [`Reject`] that names the column at fault, what was found and what is allowed.
    pub fn case(&self, row: &Row, lookup: &Lookup) -> Result<SourceCase, Reject> {
        let fields = Fields::read(self, row)?;
        let at = &self.at;
        let source = SourceRef {
            id: fields.id()?,
            system: self.mapping.system.clone(),
        };
        let opened = fields.time(Some(at.submitted), "opened", None)?;
        let opened = opened.ok_or_else(|| {
            fields.wrong(
                at.submitted,
                "row.time",
                "缺少上报时间",
                "the time at which it was opened is missing",
            )
        })?;
        let category = fields.category(lookup)?;
        let unit = fields.unit(lookup)?;
        let outcome = fields.outcome(&opened)?;
        if category.is_none()
            && let Some(at) = at.category.or(at.unit).or(at.closed)
            && (unit.is_some() || matches!(outcome, Outcome::Closed(_)))
        {
            return Err(fields.wrong(
                at,
                "row.category",
                "已派给单位或已结案，却没有分类",
                "it has a unit or is closed, yet nothing says what it is about",
            ));
        }
        let mut assumed = Vec::new();
        let (place, area) = fields.place(lookup, &mut assumed)?;
        Ok(SourceCase {
            line: row.line,
            source,
            channel: fields.channel(),
            request: Personal::new(RequestWords {
                words: fields.joined(&at.words, "\n", |text| text.trim().to_owned()),
                place,
                reporter: fields.reporter(),
                ..RequestWords::default()
            }),
            dispatched: fields.dispatched(&opened, &outcome)?,
            target: fields.time(at.target, "target", None)?,
            answer: fields.answer(&outcome)?,
            outcome,
            category,
            unit,
            area,
            opened,
            assumed,
        })
    }
}

/// One row's fields, all of them text.
pub(super) struct Fields<'a> {
    pub(super) layout: &'a Layout,
    texts: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn read(layout: &'a Layout, row: &'a Row) -> Result<Self, Reject> {
        let (record, expected) = (&row.record, layout.header.len());
        if record.len() != expected {
            return Err(Reject::new(
                "row.columns",
                "",
                &record.len().to_string(),
                format!("这一行有 {} 列，应有 {expected} 列", record.len()),
                format!(
                    "this row has {} columns, {expected} are expected",
                    record.len()
                ),
            ));
        }
        if row.garbled {
            return Err(Reject::new(
                "row.encoding",
                "",
                "\u{FFFD}",
                "这一行有不能按文件编码读出的文字",
                "this row has bytes that are no text in the file's encoding",
            ));
        }
        let texts = record.iter().enumerate().map(|(n, field)| {
            std::str::from_utf8(field).map_err(|_| {
                Reject::new(
                    "row.utf-8",
                    layout.name(n),
                    &String::from_utf8_lossy(field),
                    "不是 UTF-8 编码的文字",
                    "this is not text in UTF-8",
                )
            })
        });
        Ok(Self {
            layout,
            texts: texts.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn get(&self, place: usize) -> &'a str {
        self.texts.get(place).map_or("", |text| text.trim())
    }

    pub(super) fn maybe(&self, place: Option<usize>) -> &'a str {
        place.map_or("", |place| self.get(place))
    }

    pub(super) fn wrong(&self, place: usize, code: &'static str, zh: &str, en: &str) -> Reject {
        Reject::new(code, self.layout.name(place), self.get(place), zh, en)
    }

    pub(super) fn not_among<S: Into<String>>(
        &self,
        place: usize,
        code: &'static str,
        (zh, en): (&str, &str),
        allowed: impl Iterator<Item = S>,
    ) -> Reject {
        let allowed: Vec<String> = allowed.take(MAX_LISTED).map(Into::into).collect();
        let (zh, en) = if allowed.is_empty() {
            (zh.to_owned(), en.to_owned())
        } else {
            let allowed = allowed.join(", ");
            (
                format!("{zh}(可用：{allowed})"),
                format!("{en} (allowed: {allowed})"),
            )
        };
        Reject::new(code, self.layout.name(place), self.get(place), zh, en)
    }

    /// Fields joined, what is empty or said already left out.
    fn joined(&self, places: &[usize], by: &str, tidy: impl Fn(&str) -> String) -> String {
        let mut parts: Vec<String> = Vec::new();
        for place in places {
            let part = tidy(self.get(*place));
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(by)
    }

    fn id(&self) -> Result<String, Reject> {
        let place = self.layout.at.id;
        let id = self.get(place);
        if id.is_empty() {
            return Err(self.wrong(place, "row.id", "缺少编号", "the case's number is missing"));
        }
        if self.layout.mapping.id.digits && !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.wrong(
                place,
                "row.id",
                "编号应全为数字",
                "a case number has digits only",
            ));
        }
        if rounded(id) {
            return Err(self.wrong(
                place,
                "row.id",
                "编号被表格软件改成了科学记数，已失真；请从原系统重新导出为文本",
                "a spreadsheet has rounded this number: export it again as text",
            ));
        }
        Ok(id.to_owned())
    }

    pub(super) fn time(
        &self,
        place: Option<usize>,
        what: &str,
        not_before: Option<Timestamp>,
    ) -> Result<Option<SourceTime>, Reject> {
        let Some(place) = place else {
            return Ok(None);
        };
        let text = self.get(place);
        if text.is_empty() {
            return Ok(None);
        }
        let layout = self.layout;
        let time = layout
            .formats
            .read(text)
            .and_then(|written| written.in_zone(what, &layout.zone, not_before));
        time.map(Some).ok_or_else(|| {
            let forms = layout.formats.show();
            Reject::new(
                "row.time",
                layout.name(place),
                text,
                format!("读不出时间，应写作 {forms}(当地时间)"),
                format!("this is no time written as {forms}, local"),
            )
        })
    }

    fn dispatched(
        &self,
        opened: &SourceTime,
        outcome: &Outcome,
    ) -> Result<Option<SourceTime>, Reject> {
        let Some(place) = self.layout.at.dispatched else {
            return Ok(None);
        };
        let time = self.time(Some(place), "dispatched", Some(opened.at))?;
        let ended = outcome.ending().map(|ending| ending.at.at);
        match &time {
            Some(time) if time.at < opened.at || ended.is_some_and(|ended| ended < time.at) => {
                Err(self.wrong(
                    place,
                    "row.order",
                    "派单时间应在上报之后、结案之前",
                    "it was dispatched before it was opened or after it ended",
                ))
            }
            _ => Ok(time),
        }
    }

    /// A name that becomes part of the city's tables.
    fn name(&self, place: usize, name: &'a str) -> Result<&'a str, Reject> {
        let length = name.chars().count();
        if !(1..=MAX_NAME).contains(&length) || name.chars().any(char::is_control) {
            return Err(self.wrong(
                place,
                "row.name",
                "名称应为 1 到 120 字，不含控制字符",
                "a name has 1 to 120 characters and no control characters",
            ));
        }
        Ok(name)
    }

    /// What a column names: found by code, name or alias, or else made where that is allowed.
    fn named<C: std::str::FromStr>(
        &self,
        place: usize,
        default: Option<&'a str>,
        create: bool,
        find: impl Fn(&str) -> Option<C>,
        missing: (&'static str, &str, &str),
    ) -> Result<Named<C>, Reject> {
        let text = match (self.get(place), default) {
            ("", None) => return Ok(None),
            ("", Some(default)) => default,
            (text, _) => text,
        };
        if let Some(code) = find(text) {
            return Ok(Some((code, text.to_owned())));
        }
        if !create {
            let (code, zh, en) = missing;
            return Err(self.wrong(place, code, zh, en));
        }
        let name = self.name(place, text)?;
        let code = slug(name).parse().map_err(|_| {
            self.wrong(
                place,
                "row.name",
                "名称中须有字母或数字",
                "a name has at least one letter or digit",
            )
        })?;
        Ok(Some((code, name.to_owned())))
    }

    fn category(&self, lookup: &Lookup) -> Result<Option<SourceCategory>, Reject> {
        let at = &self.layout.at;
        let (Some(place), Some(part)) = (at.category, &self.layout.mapping.category) else {
            return Ok(None);
        };
        let missing = (
            "category.unknown",
            "没有这个分类，可在对照文件的 category.aliases 中对应，或设 create = true",
            "there is no such category: give it one in category.aliases, or set create = true",
        );
        let find = |text: &str| -> Option<CategoryCode> { lookup.category(text, &part.aliases) };
        let named = self.named(place, part.default.as_deref(), part.create, find, missing)?;
        let Some((code, name)) = named else {
            return Ok(None);
        };
        let group = match at.group {
            Some(place) if !self.get(place).is_empty() => self.name(place, self.get(place))?,
            _ => name.as_str(),
        };
        Ok(Some(SourceCategory {
            code,
            group: group.to_owned(),
            name,
        }))
    }

    fn unit(&self, lookup: &Lookup) -> Result<Option<SourceUnit>, Reject> {
        let at = &self.layout.at;
        let (Some(place), Some(part)) = (at.unit, &self.layout.mapping.unit) else {
            return Ok(None);
        };
        let missing = (
            "unit.unknown",
            "没有这个单位，可在对照文件的 unit.aliases 中对应，或设 create = true",
            "there is no such unit: give it one in unit.aliases, or set create = true",
        );
        let find = |text: &str| -> Option<UnitCode> { lookup.unit(text, &part.aliases) };
        let named = self.named(place, part.default.as_deref(), part.create, find, missing)?;
        let Some((code, name)) = named else {
            return Ok(None);
        };
        let long_name = match at.long_name {
            Some(place) if !self.get(place).is_empty() => {
                Some(self.name(place, self.get(place))?.to_owned())
            }
            _ => None,
        };
        Ok(Some(SourceUnit {
            code,
            name,
            long_name,
        }))
    }

    fn channel(&self) -> Channel {
        let part = &self.layout.mapping.channel;
        let text = self.maybe(self.layout.at.channel);
        part.values.get(text).copied().unwrap_or(part.default)
    }

    fn reporter(&self) -> Reporter {
        let given = |place| Some(self.maybe(place)).filter(|text| !text.is_empty());
        Reporter {
            name: given(self.layout.at.name).map(str::to_owned),
            phone: given(self.layout.at.phone).map(str::to_owned),
            email: None,
        }
    }

    fn place(
        &self,
        lookup: &Lookup,
        assumed: &mut Vec<String>,
    ) -> Result<(Place, Option<AreaCode>), Reject> {
        let at = &self.layout.at;
        let point = self.point(assumed)?;
        let mut address = self.joined(&at.address, " ", spaced_once);
        let area = self.area(lookup)?;
        if point.is_none() && address.is_empty() {
            // An area is at least somewhere.
            address = spaced_once(self.maybe(at.area));
        }
        if point.is_none() && address.is_empty() {
            if !self.layout.mapping.place.may_be_unknown {
                let column = at.address.first().copied().or(at.point).or(at.lat);
                return Err(Reject::new(
                    "row.place",
                    column.map_or("", |place| self.layout.name(place)),
                    self.maybe(column),
                    "既无坐标也无地址；若来源确实没有，可设 place.may_be_unknown = true",
                    "neither a point nor an address is given; where the source has none, set place.may_be_unknown = true",
                ));
            }
            assumed.push("the source gives no place".to_owned());
        }
        let place = Place {
            address: (!address.is_empty()).then_some(address),
            point,
        };
        Ok((place, area))
    }

    fn area(&self, lookup: &Lookup) -> Result<Option<AreaCode>, Reject> {
        let (Some(place), Some(part)) = (self.layout.at.area, &self.layout.mapping.area) else {
            return Ok(None);
        };
        match self.get(place) {
            "" => Ok(None),
            text => lookup.area(text, &part.aliases).map(Some).ok_or_else(|| {
                self.wrong(
                    place,
                    "area.unknown",
                    "没有这个区域，可在对照文件的 area.aliases 中对应",
                    "there is no such area: give it one in area.aliases",
                )
            }),
        }
    }
}

/// `1.01004E+11`: what is left of a long number that a spreadsheet took for one.
fn rounded(id: &str) -> bool {
    let Some((digits, power)) = id.split_once(['E', 'e']) else {
        return false;
    };
    let number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    power.strip_prefix('+').is_some_and(number) && number(digits)
}
