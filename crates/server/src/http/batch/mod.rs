//! Many things in one call, each answered for itself: requests, and commands to cases.

pub(super) mod commands;
pub(super) mod requests;

use axum::http::{HeaderMap, header};
use serde_json::value::RawValue;
use yiwang_base::{Lang, Refusal, RefusalKind};

use crate::wire::ItemProblem;

/// Most items in one call.
const MOST_ITEMS: usize = 1000;
/// Decided at once: enough to share a flush to disk.
const AT_ONCE: usize = 128;

/// How the items stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    List,
    Lines,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Form, Refusal> {
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            essence if essence.eq_ignore_ascii_case("application/json") => Ok(Form::List),
            essence if essence.eq_ignore_ascii_case("application/x-ndjson") => Ok(Form::Lines),
            _ => Err(Refusal::new(
                RefusalKind::Invalid,
                "body.content-type",
                "内容类型须为 application/json 或 application/x-ndjson",
                "the content type must be application/json or application/x-ndjson",
            )
            .at("Content-Type")
            .found(kind)
            .allowing(["application/json", "application/x-ndjson"])),
        }
    }

    /// The items, each as it was sent.
    fn items(self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Refusal> {
        let items: Vec<Vec<u8>> = match self {
            Form::List => serde_json::from_slice::<Vec<Box<RawValue>>>(bytes)
                .map_err(|error| no_list(&error))?
                .iter()
                .map(|item| item.get().as_bytes().to_vec())
                .collect(),
            Form::Lines => bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
        };
        if items.is_empty() || items.len() > MOST_ITEMS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "batch.count",
                format!("一次应有 1 至 {MOST_ITEMS} 件"),
                format!("a call has 1 to {MOST_ITEMS} items"),
            )
            .found(items.len().to_string())
            .allowing([format!("1–{MOST_ITEMS}")]));
        }
        Ok(items)
    }
}

fn no_list(error: &serde_json::Error) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "body.not-json",
        "内容不是合格的 JSON 列表，请检查后重新发送",
        "the body is not a well-formed JSON list; correct it and send it again",
    )
    .at(format!("line {}, column {}", error.line(), error.column()))
}

/// Why an item was refused, for its sender.
fn problem(refusal: Refusal, lang: Lang) -> ItemProblem {
    ItemProblem {
        detail: refusal.text(lang).to_owned(),
        code: refusal.code.to_owned(),
        retry: refusal.kind == RefusalKind::Unavailable,
        field: refusal.field,
        found: refusal.found,
        allowed: refusal.allowed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::body::read;
    use super::*;
    use crate::wire::BatchItem;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the body: so many items at most, and each is read or refused.
        #[test]
        fn any_body_is_a_list_or_refused(text in "[\\[\\]{}\",:a-z0-9\n ]{0,200}", lines: bool) {
            let form = if lines { Form::Lines } else { Form::List };
            if let Ok(items) = form.items(text.as_bytes()) {
                prop_assert!((1..=MOST_ITEMS).contains(&items.len()));
                for item in items {
                    let refused = read::<BatchItem>(&item).is_err();
                    let object = item.first() == Some(&b'{');
                    prop_assert!(refused || object);
                }
            }
        }
    }

    #[test]
    fn a_list_keeps_its_order_and_its_bounds() {
        let list = Form::List.items(b"[1, {\"a\": 2} ,\"x\"]").unwrap();
        assert_eq!(list, [&b"1"[..], b"{\"a\": 2}", b"\"x\""]);
        assert_eq!(Form::Lines.items(b"1\r\n\n 2").unwrap(), [b"1", b"2"]);
        let many = format!("[{}1]", "1,".repeat(MOST_ITEMS));
        for body in ["[]", &many] {
            assert_eq!(
                Form::List.items(body.as_bytes()).unwrap_err().code,
                "batch.count"
            );
        }
        assert_eq!(Form::List.items(b"{}").unwrap_err().code, "body.not-json");
    }
}
