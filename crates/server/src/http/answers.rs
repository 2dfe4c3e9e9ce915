//! What calls may answer instead of what they are for, for the OpenAPI document.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::{Content, Header, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, PartialSchema};
use yiwang_base::Lang;
use yiwang_cases::FileKind;

use super::problem::title;

macro_rules! problems {
    ($($(#[$doc:meta])+ $name:ident: $($status:ident)*;)*) => {$(
        $(#[$doc])+
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let known = [$(StatusCode::$status),*]
                    .map(|status| (status.as_str().to_owned(), problem(title(status, Lang::En))));
                // Whatever else goes wrong has the same form.
                let other = ("default".to_owned(), problem("Any other problem"));
                known.into_iter().chain([other]).collect()
            }
        }
    )*};
}

problems! {
    /// A call that anyone may make and that only reads.
    ReadProblems: SERVICE_UNAVAILABLE;
    /// A call that names one thing.
    OneProblems: NOT_FOUND SERVICE_UNAVAILABLE;
    /// A call for staff.
    StaffProblems: UNAUTHORIZED FORBIDDEN SERVICE_UNAVAILABLE;
    /// A call for staff with a filter.
    FilterProblems: UNAUTHORIZED FORBIDDEN UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A call for staff that names a case.
    CaseProblems: UNAUTHORIZED FORBIDDEN NOT_FOUND SERVICE_UNAVAILABLE;
    /// A call for staff that names a whistle.
    WhistleProblems: UNAUTHORIZED FORBIDDEN NOT_FOUND SERVICE_UNAVAILABLE;
    /// A call for staff that names a unit.
    RosterProblems: UNAUTHORIZED FORBIDDEN NOT_FOUND UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A call for staff that names one thing.
    OneStaffProblems: UNAUTHORIZED FORBIDDEN NOT_FOUND SERVICE_UNAVAILABLE;
    /// A change of what the city is made of.
    ChangeProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN NOT_FOUND REQUEST_TIMEOUT CONFLICT
        PRECONDITION_FAILED PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY
        PRECONDITION_REQUIRED SERVICE_UNAVAILABLE;
    /// A table to take away.
    ExportProblems: UNAUTHORIZED FORBIDDEN PAYLOAD_TOO_LARGE UNPROCESSABLE_ENTITY
        SERVICE_UNAVAILABLE;
    /// A new version of a formula.
    FormulaProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN REQUEST_TIMEOUT CONFLICT
        PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// Signing in.
    SignInProblems: BAD_REQUEST UNAUTHORIZED REQUEST_TIMEOUT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY TOO_MANY_REQUESTS SERVICE_UNAVAILABLE;
    /// A new request.
    SubmitProblems: BAD_REQUEST FORBIDDEN REQUEST_TIMEOUT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// What is there already, for someone who types.
    SimilarProblems: BAD_REQUEST REQUEST_TIMEOUT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// Joining a case.
    JoinProblems: BAD_REQUEST NOT_FOUND REQUEST_TIMEOUT CONFLICT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// Many requests in one call.
    BatchProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN REQUEST_TIMEOUT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A call that anyone may make, with a filter.
    OpenFilterProblems: UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// Opening a dossier: some anyone may.
    OpenDossierProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN NOT_FOUND REQUEST_TIMEOUT CONFLICT
        PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A voice or a remark.
    VoiceProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN NOT_FOUND REQUEST_TIMEOUT CONFLICT
        PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A resident's word on the own case.
    FollowProblems: BAD_REQUEST NOT_FOUND REQUEST_TIMEOUT CONFLICT PAYLOAD_TOO_LARGE
        UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A call of staff that sets something which is no case.
    CommandBodyProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN NOT_FOUND REQUEST_TIMEOUT
        PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY SERVICE_UNAVAILABLE;
    /// A command to a case.
    CommandProblems: BAD_REQUEST UNAUTHORIZED FORBIDDEN NOT_FOUND REQUEST_TIMEOUT CONFLICT
        PRECONDITION_FAILED PAYLOAD_TOO_LARGE UNSUPPORTED_MEDIA_TYPE UNPROCESSABLE_ENTITY
        PRECONDITION_REQUIRED SERVICE_UNAVAILABLE;
}

/// The case after a call, with its version.
pub(super) struct CaseAnswer;

impl IntoResponses for CaseAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_version("200", "The case", "CaseDetail")
    }
}

/// The whistle after a call, with its version.
pub(super) struct WhistleAnswer;

impl IntoResponses for WhistleAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_version("200", "The whistle", "WhistleDetail")
    }
}

/// The dossier after a call, with its version.
pub(super) struct DossierAnswer;

impl IntoResponses for DossierAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_version("200", "The dossier", "DossierDetail")
    }
}

/// A dossier that was opened, with its version.
pub(super) struct DossierOpened;

impl IntoResponses for DossierOpened {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_version("201", "The dossier", "DossierDetail")
    }
}

fn with_version(
    status: &str,
    description: &str,
    schema: &str,
) -> BTreeMap<String, RefOr<Response>> {
    let etag = Header::builder()
        .schema(Some(String::schema()))
        .description(Some(format!(
            "{}'s version, `\"3\"`",
            description.to_lowercase()
        )))
        .build();
    let schema = Ref::from_schema_name(schema);
    let response = ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(schema)))
        .header("ETag", etag)
        .build();
    [(status.to_owned(), response.into())].into()
}

/// A file, as it was attached.
pub(super) struct FileAnswer;

impl IntoResponses for FileAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = ResponseBuilder::new().description("The file");
        let kinds = FileKind::ALL.map(FileKind::media_type).into_iter();
        let response = kinds.fold(response, |response, kind| {
            response.content(kind, Content::new(None::<RefOr<Schema>>))
        });
        [("200".to_owned(), response.build().into())].into()
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(schema)))
        .build()
        .into()
}
