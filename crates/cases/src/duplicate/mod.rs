//! Duplicates (重复件): cases that speak of the same matter.
//!
//! **Words:** a *term* is a pair of neighbouring Chinese characters or a Latin
//! word; a *candidate* is a case that may speak of the same; its *grounds* are
//! what speaks for that: words, metres, hours. A *cluster* is a set of cases
//! held together by candidates.
//!
//! **Invariants**
//! - Candidates are pure: the same index and question give the same answer.
//! - The index keeps no words: only numbers made from terms. What is erased of a
//!   case is taken out of it.
//! - A search looks at a bounded number of cases, however many there are.

mod cluster;
mod index;
mod join;
mod merge;
mod score;
mod terms;

pub use cluster::{Cluster, clusters};
pub use index::{DuplicateIndex, Match, Seen};
pub use join::{AnswerJoined, Join, Joined, JoinedAnswer, JoinedAnswered, Joiner, Joiners};
pub use merge::{Absorbed, Merge, Merged, MergedState, Released, Unmerge, Unmerged};
pub use score::{DUPLICATES_RULE, DuplicateLimits, Likeness, metres_between};
pub use terms::{shared_words, terms};

pub(crate) use join::{decide_answer, decide_join};
pub(crate) use merge::{absorbed, decide_merge, decide_unmerge, released};
