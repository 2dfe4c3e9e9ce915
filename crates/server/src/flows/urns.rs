//! A vote is over → its voices are counted and the result is published.

use yiwang_base::{Refusal, Timestamp};
use yiwang_cases::Rules;
use yiwang_cases::civic::{
    Content, DossierCommand, DossierFilter, DossierStore, Kind, consultation, micro_project,
};
use yiwang_store::Store;

use super::proactive::by_rule;

/// The rule, as the record names it.
const RULE: &str = "vote-over/1";

/// Publishes consultations and closes votes on micro-projects whose time is
/// over; gives how many.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn empty_due(store: &Store, rules: &Rules, now: Timestamp) -> Result<usize, Refusal> {
    let filter = DossierFilter {
        kinds: vec![Kind::Consultation, Kind::MicroProject],
        states: vec!["announced".into(), "voting".into()],
        due_before: Some(now),
        ..DossierFilter::default()
    };
    let mut emptied = 0;
    // Each that is counted leaves the list.
    for dossier in store.dossiers(&filter, None, 200).await?.dossiers {
        let Some(poll) = dossier.content.poll() else {
            continue;
        };
        let tally = store.tally(dossier.id, poll.round, poll.options).await?;
        let command = match dossier.content {
            Content::Consultation(_) => {
                DossierCommand::Consultation(consultation::Command::Publish { tally })
            }
            _ => DossierCommand::MicroProject(micro_project::Command::CloseVote { tally }),
        };
        by_rule(store, rules, Some(dossier.id), command, RULE, now).await?;
        emptied += 1;
    }
    Ok(emptied)
}
