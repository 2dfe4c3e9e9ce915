//! From tokens to an expression, by how strongly operators bind (Pratt 1973).

use yiwang_base::Refusal;

use crate::expr::{Expr, Function, Infix};
use crate::lex::{Token, tokens};
use crate::{MOST_DEPTH, malformed, names};

/// Reads an expression; `at` names the option for refusals.
pub(crate) fn expression(text: &str, at: &str) -> Result<Expr, Refusal> {
    let mut parser = Parser {
        tokens: tokens(text, at)?.into_iter().peekable(),
        at,
        depth: 0,
        infixes: 0,
    };
    let expr = parser.expr(0)?;
    match parser.tokens.next() {
        None => Ok(expr),
        Some(token) => Err(parser.unexpected(Some(&token))),
    }
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    at: &'a str,
    depth: usize,
    infixes: usize,
}

/// Most operators in one expression: so deep may it lean to the left.
const MOST_INFIXES: usize = 400;

/// `not` binds like a sign: more strongly than any operator between.
const SIGN: u8 = 7;

impl Parser<'_> {
    fn unexpected(&self, token: Option<&Token>) -> Refusal {
        let refusal = malformed(
            self.at,
            "表达式不完整或有多余内容",
            "the expression is not complete, or something is left over",
        );
        match token {
            Some(token) => refusal.found(format!("{token:?}")),
            None => refusal.found("end"),
        }
    }

    fn expr(&mut self, least: u8) -> Result<Expr, Refusal> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(malformed(
                self.at,
                "表达式嵌套过深",
                "the expression is nested too deeply",
            ));
        }
        let mut left = self.operand()?;
        while let Some(Token::Name(word)) = self.tokens.peek() {
            let Some(infix) = Infix::from_word(word) else {
                break;
            };
            if infix.strength() <= least {
                break;
            }
            self.infixes += 1;
            if self.infixes > MOST_INFIXES {
                return Err(malformed(
                    self.at,
                    "表达式过长",
                    "the expression is too long",
                ));
            }
            self.tokens.next();
            let right = self.expr(infix.strength())?;
            left = Expr::Infix(Box::new(left), infix, Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, Refusal> {
        match self.tokens.next() {
            Some(Token::Literal(value)) => Ok(Expr::Literal(value)),
            Some(Token::Minus) => Ok(Expr::Negative(Box::new(self.expr(SIGN)?))),
            Some(Token::Open) => {
                let inner = self.expr(0)?;
                self.close()?;
                Ok(inner)
            }
            Some(Token::Name(name)) if name == "not" => Ok(Expr::Not(Box::new(self.expr(SIGN)?))),
            Some(Token::Name(name)) => {
                if self.tokens.next_if_eq(&Token::Open).is_some() {
                    return self.call(&name);
                }
                let mut path = vec![plain(name)];
                while self.tokens.next_if_eq(&Token::Slash).is_some() {
                    match self.tokens.next() {
                        Some(Token::Name(name)) if path.len() < MOST_DEPTH => {
                            path.push(plain(name))
                        }
                        other => return Err(self.unexpected(other.as_ref())),
                    }
                }
                Ok(Expr::Path(path))
            }
            other => Err(self.unexpected(other.as_ref())),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expr, Refusal> {
        let function = Function::from_word(name).ok_or_else(|| {
            malformed(self.at, "没有这个函数", "there is no such function").found(name)
        })?;
        let mut arguments = Vec::new();
        if self.tokens.next_if_eq(&Token::Close).is_none() {
            loop {
                arguments.push(self.expr(0)?);
                if self.tokens.next_if_eq(&Token::Comma).is_none() {
                    break;
                }
            }
            self.close()?;
        }
        let (least, most) = function.arguments();
        if (least..=most).contains(&arguments.len()) {
            return Ok(Expr::Call(function, arguments));
        }
        Err(malformed(
            self.at,
            "函数的参数个数不对",
            "the function takes another number of arguments",
        )
        .found(format!("{name}: {}", arguments.len()))
        .allowing([format!("{least}–{most}")]))
    }

    fn close(&mut self) -> Result<(), Refusal> {
        match self.tokens.next() {
            Some(Token::Close) => Ok(()),
            other => Err(self.unexpected(other.as_ref())),
        }
    }
}

/// One name for an entity's number, where there are two.
fn plain(name: String) -> String {
    if names::is_id(&name) {
        "id".to_owned()
    } else {
        name
    }
}
