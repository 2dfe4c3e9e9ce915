//! The questions, the same in every run.

use yiwang_cases::figures::{Counted, default_formulas};

/// All of them: their sort and their address. Each formula that a city begins with is
/// asked by unit, and for the cases behind it, whatever else is asked of it.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = WRITTEN.map(|(sort, path)| (sort, path.to_owned())).into();
    for formula in default_formulas() {
        let code = formula.code;
        // What stands behind a figure of calls are calls.
        let behind = match formula.counted {
            Counted::Calls => "calls",
            Counted::Cases | Counted::Turns => "cases",
        };
        for (sort, path) in [
            (
                "board",
                format!("/api/v1/figures?formula={code}&group=unit"),
            ),
            (
                "behind",
                format!("/api/v1/figures/{behind}?formula={code}&part=met"),
            ),
        ] {
            if all.iter().all(|(_, asked)| *asked != path) {
                all.push((sort, path));
            }
        }
    }
    all
}

const WRITTEN: [(&str, &str); 44] = [
    ("board", "/api/v1/figures?formula=response"),
    ("board", "/api/v1/figures?formula=resolution&group=unit"),
    ("board", "/api/v1/figures?formula=satisfaction&group=area"),
    ("board", "/api/v1/figures?formula=on_time&group=category"),
    ("board", "/api/v1/figures?formula=reopen&group=month"),
    ("board", "/api/v1/figures?formula=response&group=day"),
    ("board", "/api/v1/figures?formula=response&group=week"),
    ("board", "/api/v1/figures?formula=front_line&group=unit"),
    ("board", "/api/v1/figures?formula=overdue&group=unit"),
    ("board", "/api/v1/figures?formula=return&group=channel"),
    (
        "board",
        "/api/v1/figures?formula=not_solved&group=unit&area=d03",
    ),
    (
        "board",
        "/api/v1/figures?formula=response&group=area&area=d03&category=category-007",
    ),
    (
        "board",
        "/api/v1/figures?formula=on_time&group=month&unit=d03-s11",
    ),
    (
        "board",
        "/api/v1/figures?formula=declined&group=category&channel=hotline&stage=closed,declined",
    ),
    (
        "board",
        "/api/v1/figures?formula=resolution&compare=satisfaction&group=unit",
    ),
    ("board", "/api/v1/figures?formula=joint&group=unit_area"),
    ("board", "/api/v1/figures?formula=lowest_tier&group=tier"),
    ("board", "/api/v1/figures?formula=handling_time&group=month"),
    ("board", "/api/v1/figures?formula=check_in&group=month"),
    ("behind", "/api/v1/figures/cases?formula=response"),
    (
        "behind",
        "/api/v1/figures/cases?formula=response&part=not_met",
    ),
    (
        "behind",
        "/api/v1/figures/cases?formula=resolution&part=left_out&reason=not_reached",
    ),
    (
        "behind",
        "/api/v1/figures/cases?formula=reopen&part=met&unit=d03-s11",
    ),
    (
        "behind",
        "/api/v1/figures/cases?formula=return&part=met&area=d03&category=category-007",
    ),
    (
        "behind",
        "/api/v1/figures/cases?formula=response&part=not_met&unit=d03-s11&category=category-007&channel=counter",
    ),
    ("list", "/api/v1/cases"),
    ("list", "/api/v1/cases?order=due"),
    ("list", "/api/v1/cases?stage=closed"),
    ("list", "/api/v1/cases?stage=submitted,accepted"),
    ("list", "/api/v1/cases?unit=d03-s11"),
    ("list", "/api/v1/cases?area=d03"),
    ("list", "/api/v1/cases?area=d03&stage=in_progress"),
    ("list", "/api/v1/cases?category=category-007&stage=reported"),
    (
        "list",
        "/api/v1/cases?category=category-007&area=d03-s11&channel=counter",
    ),
    (
        "list",
        "/api/v1/cases?unit=d03-s11&category=category-007&stage=declined",
    ),
    ("list", "/api/v1/cases?late=true&channel=counter"),
    ("list", "/api/v1/cases?due_soon=true&area=d03&order=due"),
    ("list", "/api/v1/cases?channel=partner&stage=verified"),
    ("counts", "/api/v1/cases/counts"),
    ("counts", "/api/v1/cases/counts?stage=closed"),
    ("counts", "/api/v1/cases/counts?area=d03"),
    ("counts", "/api/v1/cases/counts?channel=hotline"),
    ("counts", "/api/v1/cases/counts?late=true"),
    (
        "counts",
        "/api/v1/cases/counts?category=category-007&unit=d03-s11",
    ),
];
