//! Telling why a command did not do it: what, where, what is allowed, what to do.

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Error;
use yiwang_base::{Lang, Refusal};
use yiwang_server::config::ConfigError;

/// Writes the error to standard error; returns the exit code that goes with it.
pub(super) fn tell(error: &Error, lang: Lang) -> ExitCode {
    // Whoever reads our output has seen enough, as in `yiwang export cases | head`.
    let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == ErrorKind::BrokenPipe)
    };
    if !error.chain().any(broken_pipe) {
        eprintln!("{}", sentence(error, lang));
    }
    if error.is::<ConfigError>() {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    }
}

/// The error in words: what was tried, then the refusal in the reader's
/// language, or else what went wrong.
fn sentence(error: &Error, lang: Lang) -> String {
    let mut text = match lang {
        Lang::Zh => String::from("错误:"),
        Lang::En => String::from("error: "),
    };
    for (n, cause) in error.chain().enumerate() {
        if n > 0 {
            text += ": ";
        }
        let refusal = match cause.downcast_ref::<ConfigError>() {
            Some(ConfigError(refusal)) => Some(refusal),
            None => cause.downcast_ref::<Refusal>(),
        };
        if let Some(refusal) = refusal {
            text += refusal.text(lang);
            details(refusal, lang, &mut text);
            break;
        }
        text += &cause.to_string();
    }
    text
}

fn details(refusal: &Refusal, lang: Lang, text: &mut String) {
    let words = match lang {
        Lang::Zh => ["位置:", "现为:", "允许:"],
        Lang::En => ["at:      ", "found:   ", "allowed: "],
    };
    let allowed = match refusal.allowed.as_slice() {
        [] => None,
        allowed => Some(allowed.join(", ")),
    };
    let values = [&refusal.field, &refusal.found, &allowed];
    for (word, value) in words.into_iter().zip(values) {
        if let Some(value) = value {
            *text += &format!("\n  {word}{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;
    use yiwang_base::RefusalKind;

    #[test]
    fn a_refusal_is_told_in_the_readers_language_with_place_found_and_allowed() {
        let refusal = Refusal::new(RefusalKind::Invalid, "x.y", "颜色不对", "wrong colour")
            .at("colour")
            .found("pink")
            .allowing(["red", "blue"]);
        let error = Err::<(), _>(refusal)
            .context("reading paint.csv")
            .unwrap_err();
        assert_eq!(
            sentence(&error, Lang::En),
            "error: reading paint.csv: wrong colour\n  at:      colour\n  found:   pink\n  allowed: red, blue"
        );
        assert_eq!(
            sentence(&error, Lang::Zh),
            "错误:reading paint.csv: 颜色不对\n  位置:colour\n  现为:pink\n  允许:red, blue"
        );
    }

    #[test]
    fn another_error_is_told_with_all_its_causes() {
        let error = anyhow::anyhow!("no such file").context("reading a.csv");
        assert_eq!(
            sentence(&error, Lang::En),
            "error: reading a.csv: no such file"
        );
    }
}
