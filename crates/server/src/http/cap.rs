//! Public warnings in the Common Alerting Protocol 1.2, with an Atom feed.

use std::io::Cursor;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::tz::Offset;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use yiwang_base::{Colour, LocalText, Refusal, RefusalKind, Timestamp, from_millis, to_millis};
use yiwang_sensing::docket::Docket;
use yiwang_sensing::warning::{
    Actual, Context, Message, MessageKind, Sender, Status, Warning, WarningCommand, decide,
};

use super::filter::wrong;
use super::problem::Answer;
use super::state::{App, now};
use super::warnings::issued;
use crate::alerting::offset_minutes;
use crate::wire::CapBody;

type Xml = Writer<Cursor<Vec<u8>>>;

/// Warnings on one page of the feed.
const ENTRIES: usize = 100;

/// The warnings that were issued, the newest first, a hundred on a page (RFC 5005);
/// `before` names the warning whose page ended there. Exercises and tests never
/// stand here.
pub(super) async fn feed(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let before = before(&query.unwrap_or_default())?;
    let mut found = issued(&app, None, before, ENTRIES + 1)?;
    let more = found.len() > ENTRIES;
    found.truncate(ENTRIES);
    let next = found.last().filter(|_| more).map(|kept| kept.id);
    let offset = offset(&app);
    let city = app.city();
    let mut xml = begin();
    let mut root = xml.create_element("feed");
    root = root.with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    let written = root.write_inner_content(|xml| {
        let messages = |actual: &Actual<'_>| actual.warning().messages.last().cloned();
        let latest = found
            .iter()
            .filter_map(Actual::of)
            .filter_map(|a| messages(&a));
        let updated = latest.map(|m| m.sent).max().unwrap_or(from_millis(0));
        text(xml, "id", "urn:yiwang:warnings")?;
        text(xml, "title", &format!("{} 预警 Warnings", city.name.zh))?;
        text(xml, "updated", &time(updated, offset))?;
        if let Some(next) = next {
            let href = format!("/cap/feed.atom?before={next}");
            xml.create_element("link")
                .with_attribute(("rel", "next"))
                .with_attribute(("href", href.as_str()))
                .write_empty()?;
        }
        for actual in found.iter().filter_map(Actual::of) {
            let Some(message) = messages(&actual) else {
                continue;
            };
            xml.create_element("entry").write_inner_content(|xml| {
                let link = format!("/cap/{}.xml", message.identifier);
                text(xml, "id", &format!("urn:cap:{}", message.identifier))?;
                text(xml, "title", &headline(&message).zh)?;
                text(xml, "updated", &time(message.sent, offset))?;
                xml.create_element("author")
                    .write_inner_content(|xml| text(xml, "name", actual.sender()))?;
                xml.create_element("link")
                    .with_attribute(("rel", "alternate"))
                    .with_attribute(("type", "application/cap+xml"))
                    .with_attribute(("href", link.as_str()))
                    .write_empty()?;
                text(xml, "summary", &message.content.description.zh)
            })?;
        }
        Ok(())
    });
    written.map_err(|error| unwritten(&error))?;
    Ok(answer(xml, "application/atom+xml; charset=utf-8"))
}

/// One message, by its identifier.
pub(super) async fn message(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
) -> Answer<Response> {
    let identifier = file.strip_suffix(".xml").unwrap_or(&file);
    // It ends in the warning's number.
    let id = identifier
        .rsplit_once('_')
        .and_then(|(_, id)| id.parse().ok());
    let found = match id {
        Some(id) => Docket::<Warning>::sheet(&app.store, id).map_err(Refusal::from)?,
        None => None,
    };
    if let Some(actual) = found.as_ref().and_then(Actual::of) {
        let messages = &actual.warning().messages;
        let place = messages.iter().position(|m| m.identifier == identifier);
        if let Some(place) = place {
            let status = actual.warning().status;
            let xml = alert(actual.sender(), status, &messages[..=place], offset(&app));
            let xml = xml.map_err(|error| unwritten(&error))?;
            return Ok(answer(xml, "application/cap+xml; charset=utf-8"));
        }
    }
    Err(Refusal::new(
        RefusalKind::NotFound,
        "warning.not-found",
        "没有这条预警",
        "there is no such warning",
    )
    .found(identifier)
    .into())
}

/// After which warning a page begins.
fn before(query: &str) -> Result<Option<u64>, Refusal> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let said = pairs.find(|(name, _)| name == "before");
    let read =
        said.map(|(name, value)| value.parse().map_err(|_| wrong(&name, &value, ["1, 2, …"])));
    read.transpose()
}

/// What would go out if it were issued now: of a warning that was issued, its update or
/// its cancellation. Refused where it could not be drafted.
pub(super) fn preview(
    app: &App,
    body: &CapBody,
    of: Option<&Warning>,
    context: &Context<'_>,
) -> Result<Response, Refusal> {
    if !body.cancel {
        let command = WarningCommand::Draft {
            alert: None,
            content: body.content.clone(),
            ground: "preview".to_owned(),
            status: body.status.0,
        };
        decide(None, &command, context)?;
    }
    let named = context.sender.check().is_ok();
    let sender = if named {
        context.sender.clone()
    } else {
        Sender {
            code: "0".repeat(14),
            sender: "unnamed@example".to_owned(),
        }
    };
    let mut messages = of.map_or_else(Vec::new, |of| of.messages.clone());
    let kind = match (messages.is_empty(), body.cancel) {
        (true, _) => MessageKind::Alert,
        (false, true) => MessageKind::Cancel,
        (false, false) => MessageKind::Update,
    };
    messages.push(Message {
        content: body.content.clone(),
        identifier: sender.identifier(context.now, context.offset_minutes, context.id),
        kind,
        sent: context.now,
    });
    let said_by = of
        .and_then(|of| of.sender.as_deref())
        .unwrap_or(&sender.sender);
    let xml = alert(said_by, body.status.0, &messages, offset(app));
    let xml = xml.map_err(|error| unwritten(&error))?;
    Ok(answer(xml, "application/cap+xml; charset=utf-8"))
}

fn answer(xml: Xml, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, xml.into_inner().into_inner()).into_response()
}

fn unwritten(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "a warning could not be written");
    Refusal::new(
        RefusalKind::Unavailable,
        "server.failed",
        "暂时无法生成预警文件",
        "the warning cannot be written now",
    )
}

fn offset(app: &App) -> Offset {
    let seconds = offset_minutes(&app.city(), now()) * 60;
    Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
}

/// A time as CAP wants it: whole seconds and an offset, never `Z`.
fn time(at: Timestamp, offset: Offset) -> String {
    let seconds = to_millis(at).div_euclid(1_000) * 1_000;
    from_millis(seconds).display_with_offset(offset).to_string()
}

fn begin() -> Xml {
    let mut xml = Writer::new(Cursor::new(Vec::new()));
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    // Writing to memory does not fail.
    let _ = xml.write_event(Event::Decl(declaration));
    xml
}

fn text(xml: &mut Xml, name: &str, words: &str) -> std::io::Result<()> {
    // What XML cannot hold is left out.
    let plain: String = words
        .chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r') || !c.is_control())
        .collect();
    xml.create_element(name)
        .write_text_content(BytesText::new(&plain))?;
    Ok(())
}

fn headline(message: &Message) -> LocalText {
    let content = &message.content;
    let colour = content.colour.name();
    let (zh, en) = match message.kind {
        MessageKind::Alert => ("发布", "issued"),
        MessageKind::Update => ("变更为", "changed to"),
        MessageKind::Cancel => ("解除", "cancelled"),
    };
    LocalText::new(
        format!(
            "{}{zh}{}{}预警",
            content.area_words.zh, content.event_name.zh, colour.zh
        ),
        format!(
            "{} {} warning {en}: {}",
            colour.en, content.event_name.en, content.area_words.en
        ),
    )
}

/// Red, orange, yellow, blue in the words of CAP.
fn severity(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "Extreme",
        Colour::Orange => "Severe",
        Colour::Yellow => "Moderate",
        Colour::Blue => "Minor",
    }
}

/// The last of some messages, which refers to those before. The order of the
/// elements is that of the schema.
fn alert(
    sender: &str,
    status: Status,
    messages: &[Message],
    offset: Offset,
) -> std::io::Result<Xml> {
    let mut xml = begin();
    let Some((message, before)) = messages.split_last() else {
        return Ok(xml);
    };
    let namespace = ("xmlns", "urn:oasis:names:tc:emergency:cap:1.2");
    let root = xml.create_element("alert").with_attribute(namespace);
    root.write_inner_content(|xml| {
        text(xml, "identifier", &message.identifier)?;
        text(xml, "sender", sender)?;
        text(xml, "sent", &time(message.sent, offset))?;
        text(xml, "status", status.cap())?;
        text(xml, "msgType", message.kind.cap())?;
        text(xml, "scope", "Public")?;
        if !before.is_empty() {
            let references = before.iter().map(|m| {
                let sent = time(m.sent, offset);
                format!("{sender},{},{sent}", m.identifier)
            });
            text(xml, "references", &references.collect::<Vec<_>>().join(" "))?;
        }
        for zh in [true, false] {
            info(xml, message, zh, offset)?;
        }
        Ok(())
    })?;
    Ok(xml)
}

fn info(xml: &mut Xml, message: &Message, zh: bool, offset: Offset) -> std::io::Result<()> {
    let content = &message.content;
    let of = |words: &LocalText| {
        if zh {
            words.zh.clone()
        } else {
            words.en.clone()
        }
    };
    xml.create_element("info").write_inner_content(|xml| {
        text(xml, "language", if zh { "zh-CN" } else { "en" })?;
        text(xml, "category", "Met")?;
        text(xml, "event", &of(&content.event_name))?;
        let (urgency, certainty) = match message.kind {
            MessageKind::Cancel => ("Past", "Observed"),
            _ => ("Expected", "Likely"),
        };
        text(xml, "urgency", urgency)?;
        text(xml, "severity", severity(content.colour))?;
        text(xml, "certainty", certainty)?;
        text(xml, "effective", &time(message.sent, offset))?;
        text(xml, "expires", &time(content.expires, offset))?;
        text(xml, "headline", &of(&headline(message)))?;
        text(xml, "description", &of(&content.description))?;
        text(xml, "instruction", &of(&content.instruction))?;
        xml.create_element("parameter").write_inner_content(|xml| {
            text(xml, "valueName", "colour")?;
            text(xml, "value", content.colour.word())
        })?;
        xml.create_element("area").write_inner_content(|xml| {
            text(xml, "areaDesc", &of(&content.area_words))?;
            for outline in &content.outlines {
                let pairs = outline.iter().map(|p| format!("{},{}", p.lat(), p.lon()));
                text(xml, "polygon", &pairs.collect::<Vec<_>>().join(" "))?;
            }
            for area in &content.areas {
                xml.create_element("geocode").write_inner_content(|xml| {
                    text(xml, "valueName", "area")?;
                    text(xml, "value", area.as_str())
                })?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}
