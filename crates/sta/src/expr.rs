//! Expressions of `$filter` and `$orderby`.

use crate::value::Value;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A value that is written out.
    Literal(Value),
    /// A property, of the entity or of one that it is linked to.
    Path(Vec<String>),
    /// Two expressions with an operator between.
    Infix(Box<Expr>, Infix, Box<Expr>),
    /// `not`.
    Not(Box<Expr>),
    /// A minus sign.
    Negative(Box<Expr>),
    /// A function.
    Call(Function, Vec<Expr>),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are called as in the standard")]
pub enum Infix {
    Or,
    And,
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
}

impl Infix {
    /// How strongly it binds: `and` before `or`, `mul` before `add`.
    pub(crate) fn strength(self) -> u8 {
        use Infix::{Add, And, Div, Eq, Ge, Gt, Le, Lt, Mod, Mul, Ne, Or, Sub};
        match self {
            Or => 1,
            And => 2,
            Eq | Ne => 3,
            Gt | Ge | Lt | Le => 4,
            Add | Sub => 5,
            Mul | Div | Mod => 6,
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Infix> {
        use Infix::{Add, And, Div, Eq, Ge, Gt, Le, Lt, Mod, Mul, Ne, Or, Sub};
        Some(match word {
            "or" => Or,
            "and" => And,
            "eq" => Eq,
            "ne" => Ne,
            "gt" => Gt,
            "ge" => Ge,
            "lt" => Lt,
            "le" => Le,
            "add" => Add,
            "sub" => Sub,
            "mul" => Mul,
            "div" => Div,
            "mod" => Mod,
            _ => return None,
        })
    }
}

macro_rules! functions {
    ($($name:ident $word:literal $least:literal $most:literal,)*) => {
        /// A function of the standard (18-088, table 22).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "they are called as in the standard")]
        pub enum Function { $($name,)* }

        impl Function {
            pub(crate) fn from_word(word: &str) -> Option<Function> {
                match word { $($word => Some(Function::$name),)* _ => None }
            }

            /// How many arguments it takes, at least and at most.
            pub(crate) fn arguments(self) -> (usize, usize) {
                match self { $(Function::$name => ($least, $most),)* }
            }

            /// Its name.
            pub fn word(self) -> &'static str {
                match self { $(Function::$name => $word,)* }
            }
        }
    };
}

functions! {
    SubstringOf "substringof" 2 2,
    EndsWith "endswith" 2 2,
    StartsWith "startswith" 2 2,
    Length "length" 1 1,
    IndexOf "indexof" 2 2,
    Substring "substring" 2 3,
    ToLower "tolower" 1 1,
    ToUpper "toupper" 1 1,
    Trim "trim" 1 1,
    Concat "concat" 2 2,
    Year "year" 1 1,
    Month "month" 1 1,
    Day "day" 1 1,
    Hour "hour" 1 1,
    Minute "minute" 1 1,
    Second "second" 1 1,
    FractionalSeconds "fractionalseconds" 1 1,
    Date "date" 1 1,
    Time "time" 1 1,
    TotalOffsetMinutes "totaloffsetminutes" 1 1,
    Now "now" 0 0,
    MinDateTime "mindatetime" 0 0,
    MaxDateTime "maxdatetime" 0 0,
    Round "round" 1 1,
    Floor "floor" 1 1,
    Ceiling "ceiling" 1 1,
    GeoDistance "geo.distance" 2 2,
    GeoLength "geo.length" 1 1,
    GeoIntersects "geo.intersects" 2 2,
    StEquals "st_equals" 2 2,
    StDisjoint "st_disjoint" 2 2,
    StTouches "st_touches" 2 2,
    StWithin "st_within" 2 2,
    StOverlaps "st_overlaps" 2 2,
    StCrosses "st_crosses" 2 2,
    StIntersects "st_intersects" 2 2,
    StContains "st_contains" 2 2,
    StRelate "st_relate" 3 3,
}

impl Expr {
    /// The parts of a filter that must all hold.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        match self {
            Expr::Infix(a, Infix::And, b) => {
                let mut parts = a.conjuncts();
                parts.extend(b.conjuncts());
                parts
            }
            part => vec![part],
        }
    }

    /// Tells each path in it.
    pub fn paths(&self, tell: &mut dyn FnMut(&[String])) {
        match self {
            Expr::Literal(_) => {}
            Expr::Path(path) => tell(path),
            Expr::Not(inner) | Expr::Negative(inner) => inner.paths(tell),
            Expr::Infix(a, _, b) => {
                a.paths(tell);
                b.paths(tell);
            }
            Expr::Call(_, arguments) => arguments.iter().for_each(|a| a.paths(tell)),
        }
    }

    /// The same of an entity further on: without the first `steps` names of each path.
    #[must_use]
    pub fn below(&self, steps: usize) -> Expr {
        let inner = |expr: &Expr| Box::new(expr.below(steps));
        match self {
            Expr::Literal(value) => Expr::Literal(value.clone()),
            Expr::Path(path) => Expr::Path(path.iter().skip(steps).cloned().collect()),
            Expr::Not(of) => Expr::Not(inner(of)),
            Expr::Negative(of) => Expr::Negative(inner(of)),
            Expr::Infix(a, infix, b) => Expr::Infix(inner(a), *infix, inner(b)),
            Expr::Call(function, arguments) => Expr::Call(
                *function,
                arguments.iter().map(|a| a.below(steps)).collect(),
            ),
        }
    }

    /// The same with values written out in the place of some paths.
    ///
    /// # Errors
    /// What `value` says.
    pub fn bound<F, E>(&self, value: &mut F) -> Result<Expr, E>
    where
        F: FnMut(&[String]) -> Result<Option<Value>, E>,
    {
        Ok(match self {
            Expr::Literal(value) => Expr::Literal(value.clone()),
            Expr::Path(path) => match value(path)? {
                Some(value) => Expr::Literal(value),
                None => Expr::Path(path.clone()),
            },
            Expr::Not(of) => Expr::Not(Box::new(of.bound(value)?)),
            Expr::Negative(of) => Expr::Negative(Box::new(of.bound(value)?)),
            Expr::Infix(a, infix, b) => {
                let (a, b) = (a.bound(value)?, b.bound(value)?);
                Expr::Infix(Box::new(a), *infix, Box::new(b))
            }
            Expr::Call(function, arguments) => {
                let bound = arguments.iter().map(|argument| argument.bound(value));
                Expr::Call(*function, bound.collect::<Result<_, _>>()?)
            }
        })
    }

    /// A comparison of a property with a value that is written out, however round.
    pub fn comparison(&self) -> Option<(&[String], Infix, &Value)> {
        let Expr::Infix(a, infix, b) = self else {
            return None;
        };
        match (&**a, &**b) {
            (Expr::Path(path), Expr::Literal(value)) => Some((path, *infix, value)),
            (Expr::Literal(value), Expr::Path(path)) => {
                let turned = match infix {
                    Infix::Gt => Infix::Lt,
                    Infix::Ge => Infix::Le,
                    Infix::Lt => Infix::Gt,
                    Infix::Le => Infix::Ge,
                    other => *other,
                };
                Some((path, turned, value))
            }
            _ => None,
        }
    }
}
