//! From text to tokens.

use jiff::Timestamp;
use yiwang_base::Refusal;

use crate::geometry::from_wkt;
use crate::malformed;
use crate::value::Value;

/// A token of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name: of a property, a function or an operator.
    Name(String),
    Literal(Value),
    Open,
    Close,
    Comma,
    Slash,
    Minus,
}

/// The tokens of an expression. `at` names the option for refusals.
pub(crate) fn tokens(text: &str, at: &str) -> Result<Vec<Token>, Refusal> {
    let mut rest = text;
    let mut tokens = Vec::new();
    while let Some(next) = rest.chars().next() {
        let (token, length) = match next {
            c if c.is_whitespace() => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '/' => (Token::Slash, 1),
            '\'' => {
                let (text, length) = quoted(rest, at)?;
                (Token::Literal(Value::Text(text)), length)
            }
            c if c.is_ascii_digit() => number_or_time(rest, at)?,
            '-' => (Token::Minus, 1),
            c if is_name(c) => {
                let length = rest.find(|c| !is_name(c) && !c.is_ascii_digit());
                let name = &rest[..length.unwrap_or(rest.len())];
                let after = &rest[name.len()..];
                match name {
                    "geography" | "geometry" | "duration" if after.starts_with('\'') => {
                        let (text, length) = quoted(after, at)?;
                        let literal = if name == "duration" {
                            duration(&text, at)?
                        } else {
                            Value::Shape(Box::new(from_wkt(&text, at)?))
                        };
                        (Token::Literal(literal), name.len() + length)
                    }
                    "true" => (Token::Literal(Value::Bool(true)), 4),
                    "false" => (Token::Literal(Value::Bool(false)), 5),
                    "null" => (Token::Literal(Value::Null), 4),
                    name => (Token::Name(name.to_owned()), name.len()),
                }
            }
            c => {
                return Err(malformed(
                    at,
                    "有不认识的字符",
                    "there is a character that means nothing here",
                )
                .found(c.to_string()));
            }
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    Ok(tokens)
}

fn is_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '@' | '.' | '$')
}

/// A text in quotes, in which two quotes are one; and how long it is written.
fn quoted(rest: &str, at: &str) -> Result<(String, usize), Refusal> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((index, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok((text, index + 1));
        }
    }
    Err(malformed(
        at,
        "引号没有结束",
        "a quotation mark is not closed",
    ))
}

fn duration(text: &str, at: &str) -> Result<Value, Refusal> {
    let wrong = || {
        malformed(at, "时长不对", "this is no duration")
            .found(text)
            .allowing(["PT1H30M"])
    };
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    // A day has 24 hours where no calendar is at hand.
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(days).map_err(|_| wrong())?;
    Ok(Value::Duration(duration.as_secs_f64() * 1000.0))
}

/// What begins with a digit: a number, a day, a time, a time of day, a period.
fn number_or_time(rest: &str, at: &str) -> Result<(Token, usize), Refusal> {
    let bytes = rest.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let after = bytes.get(digits).copied();
    let is_date = digits == 4 && after == Some(b'-');
    let is_clock = digits == 2 && after == Some(b':');
    let wrong = |text: &str| {
        malformed(at, "数字或时间不对", "this is neither a number nor a time")
            .found(text)
            .allowing(["12.5", "2026-01-31T08:00:00Z", "2026-01-31"])
    };
    if !is_date && !is_clock {
        let length = number_length(bytes);
        let text = &rest[..length];
        let number: f64 = text.parse().map_err(|_| wrong(text))?;
        return Ok((Token::Literal(Value::Number(number)), length));
    }
    let length = time_length(bytes);
    let text = &rest[..length];
    let literal = if is_clock {
        text.parse().ok().map(Value::Clock)
    } else if !text.contains('T') {
        text.parse().ok().map(Value::Date)
    } else {
        let from: Timestamp = text.parse().map_err(|_| wrong(text))?;
        let until = bytes.get(length) == Some(&b'/');
        if until && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
            let to = &bytes[length + 1..];
            let to = &rest[length + 1..length + 1 + time_length(to)];
            let until = to.parse().map_err(|_| wrong(to))?;
            let token = Token::Literal(Value::Period(from, until));
            return Ok((token, length + 1 + to.len()));
        }
        Some(Value::Time(from))
    };
    let literal = literal.ok_or_else(|| wrong(text))?;
    Ok((Token::Literal(literal), length))
}

fn time_length(bytes: &[u8]) -> usize {
    let part = |b: &&u8| b.is_ascii_digit() || matches!(b, b'T' | b'Z' | b':' | b'.' | b'+' | b'-');
    bytes.iter().take_while(part).count()
}

fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}
