//! What figures count.

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use super::{Conditions, Dated, Moment};
use crate::{Channel, Stage};

/// Something that figures count: a turn at a case, or a call of a whistle.
pub trait Countable {
    /// Which one; pages behind a figure have the highest first.
    type Id: Copy + Ord;

    /// Which one it is.
    fn id(&self) -> Self::Id;
    /// Whether it counts where each case counts once.
    fn counts_as_case(&self) -> bool;
    /// The unit that had it.
    fn unit(&self) -> Option<&UnitCode>;
    /// Where.
    fn area(&self) -> Option<&AreaCode>;
    /// About what; calls are not divided by it.
    fn category(&self) -> Option<&CategoryCode>;
    /// How it came in; calls have none.
    fn channel(&self) -> Option<Channel>;
    /// At which stage it ended or stands; calls have none.
    fn stage(&self) -> Option<Stage>;
    /// One of its times; `None` keeps it out of every question by that time.
    fn date(&self, dated: Dated) -> Option<Moment>;
    /// What holds of it at a time.
    fn at(&self, now: Moment) -> Conditions;
}
