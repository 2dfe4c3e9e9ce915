//! Duplicates: candidates, merging, joining, clusters, places in a text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::{Case, FoundPlace, Match};

use super::object::object;
use super::request::{PlaceBody, PointBody, ReporterBody};
use super::{CaseRow, PlaceKindWord, StageWord, Time, Word};

/// Merge a case with another as a duplicate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// Number of the main case, `C1024`.
    pub into: String,
    /// Why, where there is more to say than that they are alike; it stays in the record.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

/// Take a case out of a merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmergeBody {
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// What others have to do with a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergingView {
    /// The main case that it follows.
    #[schema(required)]
    pub merged_into: Option<String>,
    /// Cases that follow it.
    pub duplicates: Vec<String>,
    /// How many joined it.
    pub joined: u32,
    /// How many of those say that it is solved.
    pub joined_solved: u32,
    /// How many of those say that it is not.
    pub joined_unsolved: u32,
}

impl MergingView {
    /// Those of a case.
    pub fn of(case: &Case) -> MergingView {
        let more = &case.more;
        let answers = more.joiners.answers.values();
        let solved = answers.filter(|answer| answer.solved).count() as u32;
        MergingView {
            merged_into: more.merged.as_ref().map(|merged| merged.into.to_string()),
            duplicates: more.duplicates.iter().map(ToString::to_string).collect(),
            joined: more.joiners.count,
            joined_solved: solved,
            joined_unsolved: more.joiners.answers.len() as u32 - solved,
        }
    }
}

/// A case that may be about the same matter, with what speaks for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateView {
    /// The case.
    pub case: CaseRow,
    /// All of it together, 0 to 1000.
    #[schema(maximum = 1000)]
    pub score: u16,
    /// How alike the words are, 0 to 1000.
    #[schema(maximum = 1000)]
    pub text: u16,
    /// Pieces that both say, the longest first; empty for readers who do not see words.
    pub shared: Vec<String>,
    /// Metres between them; `null` where one has no point.
    #[schema(required)]
    pub metres: Option<u32>,
    /// Hours between them.
    pub hours: u32,
    /// Whether the category is the same; `null` where one has none.
    #[schema(required)]
    pub same_category: Option<bool>,
}

impl CandidateView {
    /// A match with its case.
    pub fn of(found: &Match, case: CaseRow, shared: Vec<String>) -> CandidateView {
        let likeness = &found.likeness;
        CandidateView {
            case,
            score: likeness.score,
            text: likeness.text,
            shared,
            metres: likeness.metres,
            hours: likeness.hours,
            same_category: likeness.same_category,
        }
    }
}

/// What there is beside a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicatesView {
    /// The rule that found the candidates, with its version.
    pub rule: String,
    /// Whether older cases are searched too: shortly after a start they are not yet.
    pub complete: bool,
    /// Open cases that may be about the same matter, the likeliest first.
    pub candidates: Vec<CandidateView>,
    /// The main case that it follows.
    #[schema(required)]
    pub main: Option<CaseRow>,
    /// Cases that follow it, each with what its reporter said last.
    pub merged: Vec<CaseRow>,
    /// Places that its words name.
    pub places: Vec<FoundPlaceView>,
    /// Code of the area that its words name, where it has no point.
    #[schema(required)]
    pub suggested_area: Option<String>,
}

/// A place that a text names.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPlaceView {
    /// Where it begins in the text, characters from 0.
    pub begin: usize,
    /// Where it ends, not included.
    pub end: usize,
    /// The name, as the map has it.
    pub name: String,
    /// What sort of place.
    pub kind: PlaceKindWord,
    /// Code of the area that it is or lies in.
    #[schema(required)]
    pub area: Option<String>,
    /// Where its middle is; `null` where several places have the name.
    #[schema(required)]
    pub point: Option<PointBody>,
    /// How far it reaches from there, metres.
    pub reach_metres: u32,
}

impl FoundPlaceView {
    /// A place, with the area that it is or lies in.
    pub fn of(found: &FoundPlace, area: Option<String>) -> FoundPlaceView {
        FoundPlaceView {
            begin: found.begin,
            end: found.end,
            name: found.name.clone(),
            kind: Word(found.kind),
            area,
            point: found.point.map(|point| PointBody {
                lon: point.lon(),
                lat: point.lat(),
            }),
            reach_metres: found.reach_metres,
        }
    }
}

/// What somebody is about to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimilarBody {
    /// The words so far.
    #[schema(max_length = 4000)]
    pub words: String,
    /// Code of a category, if one is chosen.
    pub category: Option<String>,
    /// Where it is.
    #[serde(default, deserialize_with = "object")]
    pub place: PlaceBody,
}

/// What is there already, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarView {
    /// Open cases that may be about the same matter, the likeliest first.
    pub cases: Vec<SimilarCase>,
    /// Places that the words name.
    pub places: Vec<FoundPlaceView>,
    /// Code of the area in which that is.
    #[schema(required)]
    pub suggested_area: Option<String>,
}

/// A case as anyone may see it: neither words nor number nor exact place.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarCase {
    /// By this word it can be joined, for some hours.
    pub offer: String,
    /// Code of its category.
    #[schema(required)]
    pub category: Option<String>,
    /// Where it stands.
    pub stage: StageWord,
    /// About how far it is, in steps of a hundred metres; `null` where nobody can tell.
    #[schema(required)]
    pub about_metres: Option<u32>,
    /// About when it came in: the beginning of that hour.
    pub about_when: Time,
    /// How many joined it.
    pub joined: u32,
}

/// Join a case.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinBody {
    /// Who joins; optional.
    #[serde(default, deserialize_with = "object")]
    pub reporter: ReporterBody,
    /// What there is to add.
    #[schema(max_length = 4000)]
    pub words: Option<String>,
}

/// A case was joined.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedView {
    /// The code by which whoever joined follows it, `ABCD-EFGH-JKMN`.
    pub follow_code: String,
    /// Where the case stands.
    pub stage: StageWord,
    /// How many joined it by now.
    pub joined: u32,
}

/// Cases that are held together by what they say, where and when.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterView {
    /// The oldest open case: the one that others would be merged with.
    pub main: CaseRow,
    /// The other open cases, oldest first; at most 50.
    pub cases: Vec<CaseRow>,
    /// How many cases it holds, also those that are over or merged.
    pub size: usize,
    /// The weakest of the links that hold it together, 0 to 1000.
    pub weakest: u16,
}

/// The clusters among open cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClustersView {
    /// The rule that found them, with its version.
    pub rule: String,
    /// The clusters, the largest first; at most 50.
    pub clusters: Vec<ClusterView>,
    /// When they were found; `null` shortly after a start.
    #[schema(required)]
    pub as_of: Option<Time>,
}
