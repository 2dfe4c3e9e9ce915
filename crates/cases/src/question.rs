//! What a category asks of whoever reports it (Open311's service attributes).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Refusal, RefusalKind};

use crate::check::{MAX_NOTE, missing, text};

/// Answers by the question's code; several where several may be chosen.
pub type Answers = BTreeMap<String, Vec<String>>;

/// What an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerKind {
    /// One line.
    String,
    /// A decimal number.
    Number,
    /// An instant, RFC 3339.
    Datetime,
    /// Several lines.
    Text,
    /// One of the choices.
    SingleValueList,
    /// Some of the choices.
    MultiValueList,
}

impl AnswerKind {
    /// All of them.
    pub const ALL: [AnswerKind; 6] = [
        AnswerKind::String,
        AnswerKind::Number,
        AnswerKind::Datetime,
        AnswerKind::Text,
        AnswerKind::SingleValueList,
        AnswerKind::MultiValueList,
    ];

    /// Open311's word for it, `singlevaluelist`.
    pub fn word(self) -> &'static str {
        match self {
            AnswerKind::String => "string",
            AnswerKind::Number => "number",
            AnswerKind::Datetime => "datetime",
            AnswerKind::Text => "text",
            AnswerKind::SingleValueList => "singlevaluelist",
            AnswerKind::MultiValueList => "multivaluelist",
        }
    }
}

/// One of the answers that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is sent.
    pub key: String,
    /// What is read.
    pub name: LocalText,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its code, unique within the category.
    pub code: String,
    /// The question; for one without an answer, the notice to be read.
    pub asks: LocalText,
    /// What an answer must be; `None` for a notice that is only read.
    pub answer: Option<AnswerKind>,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// How to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<LocalText>,
    /// What may be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

impl Question {
    /// Whether these answers fit these questions. With `whole`, what must be
    /// answered must be there too.
    ///
    /// # Errors
    /// A refusal that names the question: `answers.CODE`.
    pub fn check_all(
        questions: &[Question],
        answers: &Answers,
        whole: bool,
    ) -> Result<(), Refusal> {
        for (code, given) in answers {
            let known = questions.iter().find(|question| question.code == *code);
            let kind = known.and_then(|question| question.answer);
            let (Some(question), Some(kind)) = (known, kind) else {
                let codes = questions.iter().filter(|q| q.answer.is_some());
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "answers.unknown",
                    "这一分类没有这个问题",
                    "this category does not ask this",
                )
                .at(field(code))
                .found(code)
                .allowing(codes.map(|q| q.code.clone())));
            };
            question.check(kind, given)?;
        }
        let unanswered = questions.iter().find(|question| {
            let given = answers.get(&question.code);
            question.required && given.is_none_or(|given| given.iter().all(|a| a.trim().is_empty()))
        });
        match unanswered.filter(|_| whole) {
            Some(question) => Err(missing(
                &field(&question.code),
                &question.asks.zh,
                &question.asks.en,
            )),
            None => Ok(()),
        }
    }

    fn check(&self, kind: AnswerKind, given: &[String]) -> Result<(), Refusal> {
        let wrong = |zh: &str, en: &str, found: &str| {
            Refusal::new(RefusalKind::Invalid, "answers.invalid", zh, en)
                .at(field(&self.code))
                .found(found)
        };
        if given.len() > 1 && kind != AnswerKind::MultiValueList {
            return Err(wrong(
                "这个问题只能有一个答案",
                "this question takes one answer",
                &given.len().to_string(),
            )
            .allowing(["1"]));
        }
        for answer in given {
            text(answer, &field(&self.code), MAX_NOTE)?;
            let fits = match kind {
                AnswerKind::String | AnswerKind::Text => true,
                AnswerKind::Number => answer.trim().parse::<f64>().is_ok_and(f64::is_finite),
                AnswerKind::Datetime => answer.trim().parse::<Timestamp>().is_ok(),
                AnswerKind::SingleValueList | AnswerKind::MultiValueList => {
                    self.choices.iter().any(|choice| choice.key == *answer)
                }
            };
            if !fits {
                let allowed: Vec<String> = match kind {
                    AnswerKind::Number => vec!["12.5".into()],
                    AnswerKind::Datetime => vec!["2026-01-31T08:00:00+08:00".into()],
                    _ => self.choices.iter().map(|c| c.key.clone()).collect(),
                };
                return Err(wrong(
                    "答案不合要求",
                    "this answer is not of the kind asked for",
                    answer,
                )
                .allowing(allowed));
            }
        }
        Ok(())
    }
}

fn field(code: &str) -> String {
    format!("answers.{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(code: &str, answer: Option<AnswerKind>, required: bool) -> Question {
        let choice = |key: &str| Choice {
            key: key.into(),
            name: LocalText::same(key),
        };
        Question {
            code: code.into(),
            asks: LocalText::new("灯杆号", "pole number"),
            answer,
            required,
            hint: None,
            choices: vec![choice("on"), choice("off")],
        }
    }

    fn answers(pairs: &[(&str, &[&str])]) -> Answers {
        let own = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        pairs
            .iter()
            .map(|(code, texts)| ((*code).to_owned(), own(texts)))
            .collect()
    }

    #[test]
    fn an_answer_must_be_of_the_kind_asked_for() {
        let table = [
            (AnswerKind::String, &["A-17"][..], true),
            (AnswerKind::String, &["\u{7}"], false),
            (AnswerKind::String, &["a", "b"], false),
            (AnswerKind::Number, &["-2.5"], true),
            (AnswerKind::Number, &["NaN"], false),
            (AnswerKind::Number, &["two"], false),
            (AnswerKind::Datetime, &["2026-01-31T08:00:00+08:00"], true),
            (AnswerKind::Datetime, &["2026-01-31"], false),
            (AnswerKind::SingleValueList, &["on"], true),
            (AnswerKind::SingleValueList, &["dim"], false),
            (AnswerKind::MultiValueList, &["on", "off"], true),
            (AnswerKind::MultiValueList, &["on", "dim"], false),
        ];
        for (kind, given, fits) in table {
            let asked = [question("q", Some(kind), false)];
            let checked = Question::check_all(&asked, &answers(&[("q", given)]), true);
            assert_eq!(checked.is_ok(), fits, "{kind:?} {given:?}");
            if let Err(refusal) = checked {
                assert_eq!(refusal.field.as_deref(), Some("answers.q"));
            }
        }
    }

    #[test]
    fn what_must_be_answered_is_asked_for_where_the_whole_is_wanted() {
        let asked = [question("pole", Some(AnswerKind::String), true)];
        let none = Answers::new();
        assert!(Question::check_all(&asked, &none, false).is_ok());
        let refusal = Question::check_all(&asked, &none, true).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("field.missing", Some("answers.pole"))
        );
        assert!(refusal.message.en.contains("pole number"));
    }

    #[test]
    fn what_is_not_asked_is_not_answered() {
        let asked = [
            question("notice", None, false),
            question("pole", Some(AnswerKind::String), false),
        ];
        for code in ["notice", "colour"] {
            let refusal = Question::check_all(&asked, &answers(&[(code, &["x"])]), false);
            assert_eq!(refusal.unwrap_err().allowed, ["pole"], "{code}");
        }
    }
}
