//! Calls of whistles, as figures count them.

use yiwang_base::{AreaCode, CategoryCode, Timestamp, UnitCode};

use super::{Condition, Conditions, Countable, Dated, Moment};
use crate::{Attendance, Call, Channel, Stage, Whistle, WhistleId, WhistleKind};

/// Which call of which whistle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId {
    /// The whistle.
    pub whistle: WhistleId,
    /// Calls of the whistle before this one.
    pub number: u32,
}

/// One call of one unit by a whistle (一次呼叫).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whistled {
    /// Which.
    pub id: CallId,
    /// The call: who, by when, and what came of it.
    pub call: Call,
    /// The whistle's kind.
    pub kind: WhistleKind,
    /// The area that the whistle is about.
    pub area: Option<AreaCode>,
    /// When the whistle ended.
    pub ended_at: Option<Timestamp>,
}

impl Whistled {
    /// The calls of a whistle.
    pub fn of(whistle: &Whistle) -> impl Iterator<Item = Whistled> + '_ {
        (0..)
            .zip(&whistle.calls)
            .map(move |(number, call)| Whistled {
                id: CallId {
                    whistle: whistle.id,
                    number,
                },
                call: call.clone(),
                kind: whistle.kind,
                area: whistle.area.clone(),
                ended_at: whistle.ended_at,
            })
    }

    /// What became of it, as seen at a time.
    pub fn attendance(&self, now: Moment) -> Attendance {
        self.call.attendance(self.ended_at, now.time())
    }
}

impl Countable for Whistled {
    type Id = CallId;

    fn id(&self) -> CallId {
        self.id
    }

    fn counts_as_case(&self) -> bool {
        false
    }

    fn unit(&self) -> Option<&UnitCode> {
        Some(&self.call.unit)
    }

    fn area(&self) -> Option<&AreaCode> {
        self.area.as_ref()
    }

    fn category(&self) -> Option<&CategoryCode> {
        None
    }

    fn channel(&self) -> Option<Channel> {
        None
    }

    fn stage(&self) -> Option<Stage> {
        None
    }

    fn date(&self, dated: Dated) -> Option<Moment> {
        match dated {
            Dated::Called => Some(Moment::of(self.call.called_at)),
            Dated::Submitted | Dated::Dispatched | Dated::Closed => None,
        }
    }

    fn at(&self, now: Moment) -> Conditions {
        use Condition as C;
        let became = self.attendance(now);
        let came: &[Condition] = match became {
            Attendance::OnTime => &[C::CheckedIn, C::CheckedInInTime],
            Attendance::Late => &[C::CheckedIn],
            Attendance::Overdue | Attendance::Absent => &[C::CheckInOverdue],
            Attendance::Refused => &[C::CallRefused],
            Attendance::Released => &[C::CallReleased],
            Attendance::Waiting => &[],
        };
        let kind = match self.kind {
            WhistleKind::Daily => C::DailyWhistle,
            WhistleKind::Campaign => C::CampaignWhistle,
            WhistleKind::Emergency => C::EmergencyWhistle,
        };
        came.iter().copied().chain([kind]).collect()
    }
}
