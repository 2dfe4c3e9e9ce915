//! Parameters of a query or a form. An empty parameter counts as absent.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::Answers;

use crate::http::session::token_hash;
use crate::http::state::{App, now};
use crate::policy::User;

/// Parameters in the order given.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Of a query string.
    pub(super) fn of_query(query: Option<&str>) -> Form {
        Form::read(query.unwrap_or_default().as_bytes())
    }

    /// Of a body, which must say that it is a form.
    pub(super) fn of_body(headers: &HeaderMap, body: &Bytes) -> Result<Form, Refusal> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        let kind = kind.unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "open311.content-type",
                "请以表单形式提交",
                "send it as a form",
            )
            .at("Content-Type")
            .found(kind)
            .allowing(["application/x-www-form-urlencoded"]));
        }
        Ok(Form::read(body))
    }

    fn read(bytes: &[u8]) -> Form {
        let pairs = form_urlencoded::parse(bytes).into_owned();
        Form(
            pairs
                .filter(|(_, value)| !value.trim().is_empty())
                .collect(),
        )
    }

    /// The first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    pub(super) fn must(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing(name))
    }

    /// Values separated by commas.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.get(name).unwrap_or_default().split(',');
        values.map(str::trim).filter(|value| !value.is_empty())
    }

    /// A number of degrees.
    pub(super) fn degrees(&self, name: &str) -> Result<Option<f64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let number = text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        number
            .map(Some)
            .ok_or_else(|| wrong(name, text, ["42.3601"]))
    }

    /// A whole number from 1 on.
    pub(super) fn count(&self, name: &str, most: usize) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let number = text.trim().parse().ok().filter(|n| (1..=most).contains(n));
        number
            .map(Some)
            .ok_or_else(|| wrong(name, text, [format!("1–{most}")]))
    }

    /// A W3C datetime with an offset.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let time = text.trim().parse();
        time.map(Some).map_err(|_| {
            wrong(
                name,
                text,
                ["2026-01-31T08:00:00+08:00", "2026-01-31T00:00:00Z"],
            )
        })
    }

    /// `attribute[CODE]=v` and `attribute[CODE][]=v`.
    pub(super) fn attributes(&self) -> Answers {
        let mut answers = Answers::new();
        for (name, value) in &self.0 {
            let code = name
                .strip_prefix("attribute[")
                .map(|rest| rest.strip_suffix("[]").unwrap_or(rest))
                .and_then(|rest| rest.strip_suffix(']'));
            if let Some(code) = code {
                answers
                    .entry(code.to_owned())
                    .or_default()
                    .push(value.clone());
            }
        }
        answers
    }

    /// Whoever the key belongs to, if one is given.
    pub(super) async fn user(&self, app: &App) -> Result<Option<User>, Refusal> {
        let Some(key) = self.get("api_key") else {
            return Ok(None);
        };
        let account = app.store.session(token_hash(key.trim()), now()).await?;
        let user = account.and_then(|account| User::of(account, &app.city()));
        user.map(Some).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Forbidden,
                "open311.key",
                "api_key 无效或已停用",
                "this api_key is not known or no longer valid",
            )
            .at("api_key")
        })
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.missing",
        "缺少此项",
        "this parameter is missing",
    )
    .at(name)
}

/// A parameter that does not hold what it should.
pub(super) fn wrong<S: Into<String>>(
    name: &str,
    found: &str,
    allowed: impl IntoIterator<Item = S>,
) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.invalid",
        "此项的内容不对",
        "this parameter does not hold what it should",
    )
    .at(name)
    .found(found)
    .allowing(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_gathered_by_their_code() {
        let form = Form::of_query(Some(
            "attribute%5BWHISHETN%5D=123&attribute[A][]=x&attribute[A][]=y&attribute[=z&a=&b=%20",
        ));
        let answers = form.attributes();
        assert_eq!(answers["WHISHETN"], ["123"]);
        assert_eq!(answers["A"], ["x", "y"]);
        assert_eq!(answers.len(), 2);
        assert_eq!((form.get("a"), form.get("b")), (None, None));
    }
}
