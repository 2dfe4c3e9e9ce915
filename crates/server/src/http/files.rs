//! Files that are attached to cases: sent as they are, kept without what tells
//! of camera and place, and given back so that no browser runs them.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use yiwang_base::{Personal, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Attach, Case, CaseStore, Command, Event, File, FileKind, MAX_ATTACHMENT, Recorded,
    Sealed,
};

use super::answers::{
    CaseAnswer, CaseProblems, CommandProblems, FileAnswer, FollowProblems, OneProblems,
};
use super::cases::{case_id, visible};
use super::commands::carry_out;
use super::follow;
use super::parameters::{
    AttachQuery, CasePath, CommandHeaders, FilePath, FollowFilePath, FollowPath, KeyHeader,
    OwnFileQuery,
};
use super::problem::{Answer, ApiError};
use super::session::Visitor;
use super::state::App;
use crate::picture;
use crate::policy::Right;
use crate::wire::FollowView;

/// How long a file may take to arrive: on a slow line in the field as well.
const FILE_WITHIN: Duration = Duration::from_secs(120);

/// A file in a body of its own media type, cleaned.
pub(super) struct FileBody {
    kind: FileKind,
    cleaned: Vec<u8>,
    /// The bytes as they were sent, to tell a repeated call from another.
    sent: Bytes,
}

impl FromRequest<Arc<App>> for FileBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiError> {
        let (head, body) = request.into_parts();
        let media_type = head.headers.get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let kind = picture::kind_of(media_type.unwrap_or_default());
        // Read before its kind is refused: who is still sending when the connection closes
        // never hears why.
        let read = to_bytes(body, MAX_ATTACHMENT);
        let sent = tokio::time::timeout(FILE_WITHIN, read)
            .await
            .map_err(|_| late())?
            .map_err(|_| too_large())?;
        // None of these a page of another site can send without asking first.
        let kind = kind?;
        let cleaned = picture::cleaned(kind, sent.clone())?;
        Ok(FileBody {
            kind,
            cleaned,
            sent,
        })
    }
}

fn late() -> Refusal {
    let seconds = FILE_WITHIN.as_secs();
    Refusal::new(
        RefusalKind::Invalid,
        "body.late",
        format!("文件没有在 {seconds} 秒内传完，请重新发送"),
        format!("the file did not arrive within {seconds} seconds; send it again"),
    )
}

fn too_large() -> Refusal {
    let most = MAX_ATTACHMENT >> 20;
    Refusal::new(
        RefusalKind::TooMuch,
        "body.too-large",
        format!("文件没有传完，或超过 {most} MiB；请缩小后重新发送"),
        format!(
            "the file ended early or is larger than {most} MiB; make it smaller and send it again"
        ),
    )
    .at("file")
    .allowing([format!("1–{MAX_ATTACHMENT}")])
}

/// What is said about a file beside its bytes.
#[derive(Debug, Default)]
struct Said {
    name: Option<String>,
    for_resident: bool,
}

impl Said {
    fn read(query: Option<&str>) -> Result<Said, Refusal> {
        let mut said = Said::default();
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match key.as_ref() {
                "name" => said.name = Some(value.into_owned()),
                "for_resident" => {
                    let wanted = value.parse();
                    said.for_resident =
                        wanted.map_err(|_| not_said("for_resident", &value, ["true", "false"]))?;
                }
                key => return Err(not_said(key, key, ["name", "for_resident"])),
            }
        }
        Ok(said)
    }
}

fn not_said(key: &str, found: &str, allowed: [&str; 2]) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "query.invalid",
        "地址中的参数不对",
        "a parameter of the address cannot be read",
    )
    .at(key)
    .found(found)
    .allowing(allowed)
}

impl FileBody {
    fn command(self, said: Said) -> Command {
        let sha256 = hex::encode(Sha256::digest(&self.cleaned));
        Command::Attach(Attach {
            kind: self.kind,
            for_resident: said.for_resident,
            file: Personal::new(File {
                name: said.name.filter(|name| !name.trim().is_empty()),
                sha256,
                bytes: self.cleaned.into(),
            }),
        })
    }

    /// What was sent, with what was said of it.
    fn asked(&self, said: &Said) -> Vec<u8> {
        let mut bytes = format!("{}/{said:?}/", self.kind.word()).into_bytes();
        bytes.extend_from_slice(&self.sent);
        bytes
    }
}

/// Attach a file (附件): a JPEG, a PNG or a PDF of at most 8 MiB, as the body.
#[utoipa::path(post, path = "/api/v1/cases/{id}/attach", tag = "cases", security(("session" = [])),
    request_body(content(("image/jpeg"), ("image/png"), ("application/pdf"))),
    params(CasePath, AttachQuery, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn attach(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    file: FileBody,
) -> Answer<Response> {
    let said = Said::read(query.as_deref())?;
    let bytes = file.asked(&said);
    let make = |_: &_| Ok(file.command(said));
    carry_out(&app, visitor, &headers, &id, &bytes, Action::Attach, make).await
}

/// Attach a file to the own request.
#[utoipa::path(post, path = "/api/v1/follow/{code}/attach", operation_id = "attach_own", tag = "requests",
    request_body(content(("image/jpeg"), ("image/png"), ("application/pdf"))),
    params(FollowPath, OwnFileQuery, KeyHeader),
    responses((status = 200, body = FollowView), FollowProblems))]
pub(super) async fn attach_own(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    file: FileBody,
) -> Answer<Json<FollowView>> {
    let said = Said::read(query.as_deref())?;
    let bytes = file.asked(&said);
    follow::act(&app, &code, &headers, &bytes, file.command(said)).await
}

/// A file of a case, for those who see its words.
#[utoipa::path(get, path = "/api/v1/cases/{id}/files/{seq}", operation_id = "read_file", tag = "cases", security(("session" = [])),
    params(FilePath), responses(FileAnswer, CaseProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, seq)): Path<(String, String)>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadWords)?;
    let case = visible(&app, &user, case_id(&id)?).await?;
    file(&app, &case, &seq, Purpose::HandleCase, |_| true).await
}

/// A file that the resident sent, or that a unit shows.
#[utoipa::path(
    get,
    path = "/api/v1/follow/{code}/files/{seq}",
    operation_id = "read_own_file",
    tag = "requests",
    params(FollowFilePath),
    responses(FileAnswer, OneProblems)
)]
pub(super) async fn read_own(
    State(app): State<Arc<App>>,
    Path((code, seq)): Path<(String, String)>,
) -> Answer<Response> {
    let case = follow::find(&app, &code).await?;
    file(&app, &case, &seq, Purpose::OwnRequest, |shown| shown).await
}

async fn file(
    app: &App,
    case: &Case,
    seq: &str,
    purpose: Purpose,
    sees: impl Fn(bool) -> bool,
) -> Answer<Response> {
    let timeline = app.store.timeline(case.id).await?;
    let number: Option<u64> = seq.parse().ok();
    let entry = timeline.iter().find(|entry| Some(entry.seq) == number);
    let attached = entry.and_then(|entry| match &entry.happening.event {
        Event::Attached(attached) if sees(attached.for_resident) => Some((entry, attached.kind)),
        _ => None,
    });
    let Some((entry, kind)) = attached else {
        return Err(no_file(seq).into());
    };
    let bytes = app.store.file(case.id, entry.seq).await?;
    let bytes = bytes.ok_or_else(|| no_file(seq))?;
    Ok(served(
        entry,
        kind,
        bytes.disclose(purpose).clone(),
        purpose,
    ))
}

fn no_file(seq: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "file.not-found",
        "没有这个附件，或已依法删除",
        "there is no such file, or it was erased",
    )
    .at("seq")
    .found(seq)
}

/// Nothing in it runs, no other page shows it, and nobody keeps it on the way.
fn served(entry: &Recorded, kind: FileKind, bytes: Vec<u8>, purpose: Purpose) -> Response {
    let name = match &entry.happening.sealed {
        Some(Sealed::File(file)) => file.disclose(purpose).name.clone(),
        _ => None,
    };
    let name = name.unwrap_or_else(|| format!("{}.{}", entry.seq, kind.word()));
    // Pictures are shown in the page, documents are saved (RFC 6266, RFC 8187).
    let how = match kind {
        FileKind::Jpeg | FileKind::Png => "inline",
        FileKind::Pdf => "attachment",
    };
    let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    let disposition = HeaderValue::from_str(&format!("{how}; filename*=UTF-8''{name}"));
    let mut response = bytes.into_response();
    let fixed = [
        (header::CONTENT_TYPE, kind.media_type()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(disposition) = disposition {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(
        "Cross-Origin-Resource-Policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}
