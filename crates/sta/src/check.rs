//! Whether the properties that options name are there at all.

use yiwang_base::Refusal;
use yiwang_sensing::registry::Kind;

use crate::expr::Expr;
use crate::{malformed, names};

/// Refuses an expression that names what entities of the kind do not have.
pub(crate) fn check_expr(kind: Kind, expr: &Expr, at: &str) -> Result<(), Refusal> {
    match expr {
        Expr::Literal(_) => Ok(()),
        Expr::Path(path) => check_path(kind, path, at),
        Expr::Not(inner) | Expr::Negative(inner) => check_expr(kind, inner, at),
        Expr::Infix(a, _, b) => {
            check_expr(kind, a, at)?;
            check_expr(kind, b, at)
        }
        Expr::Call(_, arguments) => arguments
            .iter()
            .try_for_each(|argument| check_expr(kind, argument, at)),
    }
}

fn check_path(mut kind: Kind, path: &[String], at: &str) -> Result<(), Refusal> {
    let mut names = path.iter();
    while let Some(name) = names.next() {
        let mut relations = kind.relations().iter();
        if let Some(relation) = relations.find(|relation| relation.name == name) {
            kind = relation.to;
            continue;
        }
        if let Some(field) = kind.field(name) {
            use yiwang_sensing::registry::Sort::{Any, Object};
            // Inside of an object anything may be.
            if names.len() == 0 || matches!(field.sort, Any | Object) {
                return Ok(());
            }
        } else if names::is_id(name) && names.len() == 0 {
            return Ok(());
        }
        return Err(no_such(kind, name, at));
    }
    Err(no_such(kind, &path.join("/"), at))
}

/// Refuses a name of `$select` that entities of the kind do not have.
pub(crate) fn check_select(kind: Kind, name: &str) -> Result<(), Refusal> {
    let first = name.split('/').next().unwrap_or_default();
    let known = names::is_id(first)
        || first == names::SELF_LINK
        || kind.field(first).is_some()
        || kind.relations().iter().any(|r| r.name == first);
    if known {
        Ok(())
    } else {
        Err(no_such(kind, name, "$select"))
    }
}

fn no_such(kind: Kind, name: &str, at: &str) -> Refusal {
    let fields = kind.fields().iter().map(|field| field.name);
    let relations = kind.relations().iter().map(|relation| relation.name);
    malformed(at, "没有这个属性", "there is no such property")
        .found(name)
        .allowing(["id"].into_iter().chain(fields).chain(relations))
}
