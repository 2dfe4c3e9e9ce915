//! What an expression comes to for one entity.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use yiwang_base::Refusal;

use crate::expr::{Expr, Function, Infix};
use crate::geometry::{length, matches_pattern, relate, shape};
use crate::value::Value;

/// What an expression is about.
pub trait Env {
    /// What a property holds; through several entities, [`Value::Many`].
    ///
    /// # Errors
    /// When what it leads to cannot be read.
    fn property(&self, path: &[String]) -> Result<Value, Refusal>;
    /// What `now()` is.
    fn now(&self) -> Timestamp;
}

/// Whether a filter holds.
///
/// # Errors
/// When a property cannot be read.
pub fn holds(expr: &Expr, env: &dyn Env) -> Result<bool, Refusal> {
    Ok(truth(&eval(expr, env)?))
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(bool) => *bool,
        Value::Many(values) => values.iter().any(truth),
        _ => false,
    }
}

/// What an expression comes to. What makes no sense, such as a number
/// compared with a text, comes to nothing, and holds for no entity.
///
/// # Errors
/// When a property cannot be read.
pub fn eval(expr: &Expr, env: &dyn Env) -> Result<Value, Refusal> {
    Ok(match expr {
        Expr::Literal(value) => value.clone(),
        Expr::Path(path) => env.property(path)?,
        Expr::Not(inner) => Value::Bool(!truth(&eval(inner, env)?)),
        Expr::Negative(inner) => each(&eval(inner, env)?, &|value| match value {
            Value::Number(number) => Value::Number(-number),
            Value::Duration(length) => Value::Duration(-length),
            _ => Value::Null,
        }),
        Expr::Infix(a, Infix::And, b) => {
            Value::Bool(truth(&eval(a, env)?) && truth(&eval(b, env)?))
        }
        Expr::Infix(a, Infix::Or, b) => Value::Bool(truth(&eval(a, env)?) || truth(&eval(b, env)?)),
        Expr::Infix(a, infix, b) => {
            let (a, b) = (eval(a, env)?, eval(b, env)?);
            each(&a, &|a| each(&b, &|b| between(a, *infix, b)))
        }
        Expr::Call(function, arguments) => {
            let values = arguments.iter().map(|argument| eval(argument, env));
            let values: Vec<Value> = values.collect::<Result<_, _>>()?;
            match values.as_slice() {
                [] => constant(*function, env.now()),
                [a] => each(a, &|a| of_one(*function, a)),
                [a, b] => each(a, &|a| each(b, &|b| of_two(*function, a, b))),
                [a, b, c, ..] => each(a, &|a| of_three(*function, a, b, c)),
            }
        }
    })
}

/// Applies to a value, or to each of several.
fn each(value: &Value, apply: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Many(values) => {
            let mut all = Vec::with_capacity(values.len());
            for value in values {
                match apply(value) {
                    Value::Many(more) => all.extend(more),
                    one => all.push(one),
                }
            }
            Value::Many(all)
        }
        value => apply(value),
    }
}

fn between(a: &Value, infix: Infix, b: &Value) -> Value {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = || a.compare(b);
    let same = || match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Json(a), Value::Json(b)) => a == b,
        _ => order() == Some(Equal),
    };
    let holds = match infix {
        Infix::Eq => same(),
        Infix::Ne => !same(),
        Infix::Gt => order() == Some(Greater),
        Infix::Ge => matches!(order(), Some(Greater | Equal)),
        Infix::Lt => order() == Some(Less),
        Infix::Le => matches!(order(), Some(Less | Equal)),
        _ => return arithmetic(a, infix, b),
    };
    Value::Bool(holds)
}

fn arithmetic(a: &Value, infix: Infix, b: &Value) -> Value {
    use Value::{Duration, Number, Time};
    let at = |time: &Timestamp, milliseconds: f64| {
        let moved = time.as_millisecond() as f64 + milliseconds;
        Timestamp::from_millisecond(moved as i64).map_or(Value::Null, Time)
    };
    match (a, infix, b) {
        (Number(a), Infix::Add, Number(b)) => Number(a + b),
        (Number(a), Infix::Sub, Number(b)) => Number(a - b),
        (Number(a), Infix::Mul, Number(b)) => Number(a * b),
        (Number(a), Infix::Div, Number(b)) if *b != 0.0 => Number(a / b),
        (Number(a), Infix::Mod, Number(b)) if *b != 0.0 => Number(a % b),
        (Duration(a), Infix::Add, Duration(b)) => Duration(a + b),
        (Duration(a), Infix::Sub, Duration(b)) => Duration(a - b),
        (Duration(a), Infix::Mul, Number(b)) => Duration(a * b),
        (_, Infix::Add, Duration(length)) => match a.timed() {
            Some((time, _)) => at(&time, *length),
            None => Value::Null,
        },
        (_, Infix::Sub, Duration(length)) => match a.timed() {
            Some((time, _)) => at(&time, -*length),
            None => Value::Null,
        },
        (_, Infix::Sub, _) => match (a.timed(), b.timed()) {
            (Some((a, _)), Some((b, _))) => {
                Duration((a.as_millisecond() as f64) - (b.as_millisecond() as f64))
            }
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn constant(function: Function, now: Timestamp) -> Value {
    match function {
        Function::Now => Value::Time(now),
        Function::MinDateTime => Value::Time(Timestamp::MIN),
        Function::MaxDateTime => Value::Time(Timestamp::MAX),
        _ => Value::Null,
    }
}

fn of_one(function: Function, value: &Value) -> Value {
    let number = |number: f64| Value::Number(number);
    if let Value::Text(text) = value {
        match function {
            Function::Length => return number(text.chars().count() as f64),
            Function::ToLower => return Value::Text(text.to_lowercase()),
            Function::ToUpper => return Value::Text(text.to_uppercase()),
            Function::Trim => return Value::Text(text.trim().to_owned()),
            _ => {}
        }
    }
    if let Value::Number(value) = value {
        match function {
            // Halves go away from zero, as OData has it.
            Function::Round => return number(value.round()),
            Function::Floor => return number(value.floor()),
            Function::Ceiling => return number(value.ceil()),
            _ => return Value::Null,
        }
    }
    if function == Function::GeoLength {
        return shape(value)
            .as_ref()
            .and_then(length)
            .map_or(Value::Null, number);
    }
    if let Value::Date(date) = value {
        return match function {
            Function::Year => number(f64::from(date.year())),
            Function::Month => number(f64::from(date.month())),
            Function::Day => number(f64::from(date.day())),
            Function::Date => value.clone(),
            _ => Value::Null,
        };
    }
    let Some((time, _)) = value.timed() else {
        return Value::Null;
    };
    let utc = time.to_zoned(TimeZone::UTC);
    match function {
        Function::Year => number(f64::from(utc.year())),
        Function::Month => number(f64::from(utc.month())),
        Function::Day => number(f64::from(utc.day())),
        Function::Hour => number(f64::from(utc.hour())),
        Function::Minute => number(f64::from(utc.minute())),
        Function::Second => number(f64::from(utc.second())),
        Function::FractionalSeconds => number(f64::from(utc.subsec_nanosecond()) / 1e9),
        Function::Date => Value::Date(utc.date()),
        Function::Time => Value::Clock(utc.time()),
        // Times are kept in UTC.
        Function::TotalOffsetMinutes => number(0.0),
        _ => Value::Null,
    }
}

fn of_two(function: Function, a: &Value, b: &Value) -> Value {
    if let (Value::Text(a), Value::Text(b)) = (a, b) {
        return match function {
            // The part comes first here, and second in the others.
            Function::SubstringOf => Value::Bool(b.contains(a.as_str())),
            Function::EndsWith => Value::Bool(a.ends_with(b.as_str())),
            Function::StartsWith => Value::Bool(a.starts_with(b.as_str())),
            Function::IndexOf => {
                let found = a.find(b.as_str()).map(|at| a[..at].chars().count());
                Value::Number(found.map_or(-1.0, |at| at as f64))
            }
            Function::Concat => Value::Text(format!("{a}{b}")),
            _ => Value::Null,
        };
    }
    if let (Function::Substring, Value::Text(text), Value::Number(from)) = (function, a, b) {
        return Value::Text(text.chars().skip(*from as usize).collect());
    }
    match (shape(a), shape(b)) {
        (Some(a), Some(b)) => relate(function, &a, &b).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn of_three(function: Function, a: &Value, b: &Value, c: &Value) -> Value {
    match (function, a, b, c) {
        (Function::Substring, Value::Text(text), Value::Number(from), Value::Number(length)) => {
            let chars = text.chars().skip(*from as usize).take(*length as usize);
            Value::Text(chars.collect())
        }
        (Function::StRelate, a, b, Value::Text(pattern)) => match (shape(a), shape(b)) {
            (Some(a), Some(b)) => matches_pattern(&a, &b, pattern).map_or(Value::Null, Value::Bool),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}
