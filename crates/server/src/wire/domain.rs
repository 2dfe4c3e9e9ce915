//! What scenarios cover, and which categories belong to each domain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::scenario::Domains;

use super::{DomainWord, FigureView, TallyView, Text, Time};

/// A domain's name.
#[derive(Debug, Serialize, ToSchema)]
pub struct DomainBody {
    /// Its word.
    pub domain: DomainWord,
    /// Its name.
    pub name: Text,
}

/// Which categories belong to each domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainsBody {
    /// Codes of categories by the domain's word; a category may belong to several.
    pub categories: BTreeMap<String, Vec<String>>,
}

impl From<&Domains> for DomainsBody {
    fn from(domains: &Domains) -> Self {
        let codes = |codes: &Vec<_>| codes.iter().map(ToString::to_string).collect();
        let all = domains.0.iter();
        DomainsBody {
            categories: all
                .map(|(domain, own)| (domain.word().to_owned(), codes(own)))
                .collect(),
        }
    }
}

/// How well a domain is covered.
#[derive(Debug, Serialize, ToSchema)]
pub struct DomainCoverage {
    /// The domain; `null` for categories that belong to none.
    #[schema(required)]
    pub domain: Option<DomainWord>,
    /// Codes of its categories.
    pub categories: Vec<String>,
    /// Its cases: `met` lie in a scenario. Nothing is counted where it has no category.
    #[schema(required)]
    pub tally: Option<TallyView>,
    /// The query of `/api/v1/figures/cases` that opens its cases.
    #[schema(required)]
    pub query: Option<String>,
    /// Its scenarios that are in use, by how they stand.
    pub standing: BTreeMap<String, u64>,
    /// How many of them pass each gate.
    pub passed: BTreeMap<String, u64>,
}

/// A part of the city's cases, and how many of them lie in a scenario.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoveredView {
    /// All of them.
    pub total: TallyView,
    /// By category.
    pub categories: Vec<FigureView>,
    /// By the topmost areas.
    pub areas: Vec<FigureView>,
}

/// What scenarios cover, and what they do not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioCoverage {
    /// From when cases are counted.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// The domains in their order, and then what belongs to none.
    pub domains: Vec<DomainCoverage>,
    /// The same cases by category and area.
    pub covered: CoveredView,
    /// The query of `/api/v1/figures/cases` that opens the cases in no scenario, with
    /// `part=not_met`.
    pub query: String,
}
