//! Where a password comes from: a prompt, a pipe, or chance.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Result;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_server::accounts::{check_password, made_up_password};

/// A password.
pub(super) struct Password {
    pub(super) text: String,
    /// Whether nobody knows it yet.
    pub(super) made_up: bool,
}

/// A password made up, asked for, or read from standard input.
pub(super) fn get(generate: bool) -> Result<Password> {
    if generate {
        return made_up();
    }
    let text = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("password: ")?;
        if first != rpassword::prompt_password("again: ")? {
            return Err(refuse("两次输入不同", "the two are not the same").into());
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    check(&text)?;
    Ok(Password {
        text,
        made_up: false,
    })
}

fn made_up() -> Result<Password> {
    Ok(Password {
        text: made_up_password()?,
        made_up: true,
    })
}

fn check(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(refuse(
            "没有给出密码；可用 --generate 生成",
            "no password was given; --generate makes one up",
        ));
    }
    check_password(text)
}

fn refuse(zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "user.password", zh, en).at("password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_8_to_128_characters_of_any_script() {
        for good in [
            "12345678",
            "correct horse battery staple",
            "一网统管一网统管",
        ] {
            assert_eq!(check(good), Ok(()));
        }
        for bad in ["", "1234567", "一网统管", "1234567\u{7}", &"x".repeat(129)] {
            let refusal = check(bad).unwrap_err();
            assert!(!refusal.message.en.contains(bad) || bad.is_empty());
        }
    }

    #[test]
    fn passwords_made_up_are_allowed_and_differ() {
        let (one, other) = (made_up().unwrap(), made_up().unwrap());
        assert_eq!(check(&one.text), Ok(()));
        assert!(one.text != other.text && one.text.len() == 16);
    }
}
