//! How a case stands, in the words of Open311 and its extension.

use yiwang_base::Lang;
use yiwang_cases::{Case, DeclineReason, Stage};

/// `open` or `closed`.
pub(super) fn status(stage: Stage) -> &'static str {
    if stage.is_open() { "open" } else { "closed" }
}

/// The stages of a status word.
pub(super) fn stages(status: &str) -> Option<Vec<Stage>> {
    let open = match status {
        "open" => true,
        "closed" => false,
        _ => return None,
    };
    let stages = Stage::ALL.into_iter();
    Some(stages.filter(|stage| stage.is_open() == open).collect())
}

/// A sentence on how it stands.
pub(super) fn notes(case: &Case, lang: Lang) -> String {
    let mut notes = case.stage.name().get(lang).to_owned();
    if let Some(reason) = case.decline {
        let name = crate::city::decline_name(reason);
        let name = match lang {
            Lang::Zh => name.zh,
            Lang::En => name.en,
        };
        notes = format!("{notes}: {name}");
    }
    notes
}

/// What an event means for whoever follows the request, in the words of
/// `servicerequestupdates`.
pub(super) fn update_status(event: &str, case: &Case) -> &'static str {
    match event {
        "submitted" => "OPEN",
        "accepted" => "INVESTIGATING",
        "dispatched" => "ACTION_SCHEDULED",
        "declined" => match case.decline {
            Some(DeclineReason::OutsideRemit) => "NOT_COUNCILS_RESPONSIBILITY",
            _ => "NO_FURTHER_ACTION",
        },
        "verified" => "FIXED",
        "closed" => "CLOSED",
        "reopened" => "REOPEN",
        "merged" => "DUPLICATE",
        "unmerged" => "REOPEN",
        _ => "IN_PROGRESS",
    }
}
