//! Query options (18-088, clause 9.3).

use yiwang_base::Refusal;
use yiwang_sensing::registry::Kind;

use crate::check::{check_expr, check_select};
use crate::expr::Expr;
use crate::parse::expression;
use crate::split::{bracketed, split};
use crate::{MOST_DEPTH, malformed, unsupported};

/// What of a set or an entity is wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Which entities.
    pub filter: Option<Expr>,
    /// Whether to say how many there are.
    pub count: bool,
    /// In which order.
    pub order: Vec<OrderBy>,
    /// How many to leave out first.
    pub skip: u64,
    /// Most entities in the answer; what the server allows where it is not said.
    pub top: Option<u64>,
    /// Which properties; all where none is named.
    pub select: Vec<String>,
    /// Which related entities to put in.
    pub expand: Vec<Expand>,
    /// Whether observations are answered as data arrays.
    pub data_array: bool,
}

/// By what a set is ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    /// By this.
    pub by: Expr,
    /// The largest first.
    pub descending: bool,
}

/// A related entity, or a set of them, to put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// The relation.
    pub name: String,
    /// What of it is wanted.
    pub options: Options,
}

impl Options {
    /// Reads decoded options for entities of a kind. What does not begin with
    /// `$` is not the standard's and is left alone.
    ///
    /// # Errors
    /// A refusal that names the option at fault; `sta.unsupported` for those
    /// that are not known.
    pub fn read<'a>(
        kind: Kind,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Options, Refusal> {
        let options = read(pairs.filter(|(name, _)| name.starts_with('$')), 0)?;
        options.check(kind)?;
        Ok(options)
    }

    fn check(&self, kind: Kind) -> Result<(), Refusal> {
        if let Some(filter) = &self.filter {
            check_expr(kind, filter, "$filter")?;
        }
        for order in &self.order {
            check_expr(kind, &order.by, "$orderby")?;
        }
        for name in &self.select {
            check_select(kind, name)?;
        }
        if self.data_array && kind != Kind::Observation {
            return Err(malformed(
                "$resultFormat",
                "只有观测可以用数据数组返回",
                "only observations are answered as data arrays",
            ));
        }
        if self.data_array && !self.expand.is_empty() {
            return Err(malformed(
                "$resultFormat",
                "数据数组不能与 $expand 同用",
                "data arrays go without $expand",
            ));
        }
        for expand in &self.expand {
            let relations = kind.relations().iter();
            let relation = relations.clone().find(|r| r.name == expand.name);
            let relation = relation.ok_or_else(|| {
                malformed("$expand", "没有这个关联", "there is no such relation")
                    .found(&expand.name)
                    .allowing(relations.map(|relation| relation.name))
            })?;
            expand.options.check(relation.to)?;
        }
        Ok(())
    }
}

fn read<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    depth: usize,
) -> Result<Options, Refusal> {
    let mut options = Options::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, text) in pairs {
        if seen.contains(&name) {
            return Err(malformed(
                name,
                "此项出现了两次",
                "this option is there twice",
            ));
        }
        seen.push(name);
        match name {
            "$filter" => options.filter = Some(expression(text, name)?),
            "$count" => options.count = truth(name, text)?,
            "$orderby" => options.order = order(text)?,
            "$skip" => options.skip = number(name, text)?,
            "$top" => options.top = Some(number(name, text)?),
            "$select" => {
                options.select = split(text, ',')
                    .into_iter()
                    .map(|name| name.trim().to_owned())
                    .collect();
            }
            "$expand" => options.expand = expand(text, depth)?,
            "$resultFormat" if text == "dataArray" => options.data_array = true,
            name => return Err(unsupported(name).at(name)),
        }
    }
    Ok(options)
}

fn truth(name: &str, text: &str) -> Result<bool, Refusal> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(
            malformed(name, "须为 true 或 false", "this must be true or false")
                .found(text)
                .allowing(["true", "false"]),
        ),
    }
}

fn number(name: &str, text: &str) -> Result<u64, Refusal> {
    text.trim().parse().map_err(|_| {
        malformed(name, "须为非负整数", "this must be a whole number")
            .found(text)
            .allowing(["0", "1", "…"])
    })
}

fn order(text: &str) -> Result<Vec<OrderBy>, Refusal> {
    let one = |part: &str| {
        let part = part.trim();
        let (by, descending) = match part.rsplit_once(char::is_whitespace) {
            Some((by, "desc")) => (by, true),
            Some((by, "asc")) => (by, false),
            _ => (part, false),
        };
        Ok(OrderBy {
            by: expression(by, "$orderby")?,
            descending,
        })
    };
    split(text, ',').into_iter().map(one).collect()
}

fn expand(text: &str, depth: usize) -> Result<Vec<Expand>, Refusal> {
    if depth > MOST_DEPTH / 4 {
        return Err(malformed(
            "$expand",
            "展开层数过多",
            "this is nested too deeply",
        ));
    }
    let mut all: Vec<Expand> = Vec::new();
    for part in split(text, ',') {
        let mut names = split(part.trim(), '/');
        if names.len() > MOST_DEPTH / 4 {
            return Err(malformed(
                "$expand",
                "展开层数过多",
                "this is nested too deeply",
            ));
        }
        let last = names.pop().unwrap_or_default();
        let (name, inside) = bracketed(last).ok_or_else(|| {
            malformed("$expand", "括号不成对", "brackets do not match").found(last)
        })?;
        let options = match inside {
            None => Options::default(),
            Some(inside) => {
                let pairs = split(inside, ';').into_iter().map(|pair| {
                    pair.split_once('=')
                        .map(|(name, text)| (name.trim(), text))
                        .ok_or_else(|| {
                            malformed("$expand", "选项须写作 名=值", "an option is NAME=VALUE")
                                .found(pair)
                        })
                });
                let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
                read(pairs.into_iter(), depth + 1)?
            }
        };
        let mut next = Expand {
            name: name.to_owned(),
            options,
        };
        // A/B is A with B put in.
        while let Some(name) = names.pop() {
            let options = Options {
                expand: vec![next],
                ..Options::default()
            };
            next = Expand {
                name: name.to_owned(),
                options,
            };
        }
        merge(&mut all, next);
    }
    Ok(all)
}

/// `A/B,A/C` puts both B and C into A.
fn merge(all: &mut Vec<Expand>, next: Expand) {
    match all.iter_mut().find(|known| known.name == next.name) {
        None => all.push(next),
        Some(known) => {
            for inner in next.options.expand {
                merge(&mut known.options.expand, inner);
            }
        }
    }
}
