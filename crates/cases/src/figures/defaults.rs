//! The formulas that every city begins with: version 1.

use yiwang_base::LocalText;

use super::Condition::{self, *};
use super::{Better, Clause, Counted, Dated, Exclusion, Formula, Measured};

/// Fewer than this are not ranked: the 95 % interval of a rate of one half is
/// then wider than 34 points.
const ENOUGH: u32 = 30;

/// The formulas of version 1, in the order in which they are offered.
///
/// # References
/// Response (响应率), resolution (解决率) and satisfaction (满意率) are the three
/// rates of 接诉即办: contacted within the limit of those dispatched; solved and
/// satisfied of those who answered when called back. First contact is the usual
/// "first contact resolution" of call centres. Check-in (报到率) is the part of
/// the calls by whistles (街乡吹哨、部门报到) at which the unit came by its deadline,
/// of those whose deadline has told. Handled jointly (联办率) tells of which turns other
/// units assisted; scored well (考评优良率) of which the streets and communities
/// concerned gave 4 of 5 or better, their right to score (考评权). Review (审核派单)
/// measures the desk: how long a request waited until it was dispatched, beside the
/// part that the first unit kept, so that haste does not pass for speed. Asked back
/// (请补充率), told again (重复反映率) and given up (撤诉率) tell what trouble a resident had
/// on the way, whatever the answer was; covered (场景覆盖率) tells which cases lie in the scope
/// of a scenario (应用场景) that is in use when the question is asked. The lowest tier that may act (一线处置) is told
/// by the duty lists that are in force when the question is asked.
pub fn default_formulas() -> Vec<Formula> {
    use Better::{Higher, Lower, Neither};
    use Counted::{Calls, Cases, Turns};
    use Dated::{Called, Closed, Dispatched, Submitted};
    vec![
        of(
            "response",
            ("响应率", "Response"),
            Turns,
            Dispatched,
            Higher,
        )
        .out("merged", MERGED, &[Merged], &[])
        .out("no_limit", NO_CONTACT_LIMIT, &[], &[ContactLimit])
        .out(
            "ended",
            ENDED_BEFORE,
            &[Ended],
            &[Contacted, ContactOverdue],
        )
        .out("pending", PENDING, &[], &[Contacted, ContactOverdue])
        .met(&[ContactedInTime], &[]),
        asked("resolution", ("解决率", "Resolution"), Higher)
            .out("no_answer", NO_ANSWER, &[], &[Solved, NotSolved])
            .met(&[Solved], &[]),
        asked("satisfaction", ("满意率", "Satisfaction"), Higher)
            .out("no_rating", NO_RATING, &[], &[Rated])
            .met(&[RatedAtLeast4], &[]),
        of(
            "on_time",
            ("按时办结率", "On time"),
            Turns,
            Dispatched,
            Higher,
        )
        .out("merged", MERGED, &[Merged], &[])
        .out("no_limit", NO_RESOLVE_LIMIT, &[], &[ResolveLimit])
        .out("ended", ENDED_BEFORE, &[Ended], &[Done, DoneOverdue])
        .out("pending", PENDING, &[], &[Done, DoneOverdue])
        .met(&[DoneInTime], &[]),
        of(
            "first_contact",
            ("首次办结率", "First contact"),
            Cases,
            Closed,
            Higher,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .out("no_unit", NO_UNIT, &[], &[Condition::Dispatched])
        .met(&[FirstTurn], &[FailedVerification, NotSolved]),
        Formula {
            measured: Some(Measured::AtDesk),
            ..of(
                "review",
                ("一次派准率", "Dispatched right at once"),
                Turns,
                Dispatched,
                Higher,
            )
            .out("merged", MERGED, &[Merged], &[])
            .out("again", AGAIN, &[], &[FirstTurn])
            .met(&[], &[GivenBack, SentOn])
        },
        of("reopen", ("重办率", "Reopened"), Turns, Closed, Lower)
            .out("declined", DECLINED, &[Condition::Declined], &[])
            .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
            .out("merged", MERGED, &[Merged], &[])
            .met(&[OpenedAgain], &[]),
        of("return", ("退单率", "Given back"), Turns, Dispatched, Lower)
            .out("backstop", BACKSTOP, &[Backstop], &[])
            .met(&[GivenBack], &[]),
        asked(
            "not_solved",
            ("结案后“未解决”率", "Closed, then “not solved”"),
            Lower,
        )
        .out("no_answer", NO_ANSWER, &[], &[Solved, NotSolved])
        .met(&[NotSolved], &[]),
        of(
            "reached",
            ("回访覆盖率", "Called back and reached"),
            Turns,
            Closed,
            Higher,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .met(&[Reached], &[]),
        of(
            "verified",
            ("核查结案率", "Closed after verification"),
            Turns,
            Closed,
            Higher,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .met(&[], &[Unverified]),
        of(
            "front_line",
            ("一线办结率", "Closed at the front line"),
            Cases,
            Closed,
            Higher,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .out("no_unit", NO_UNIT, &[], &[Condition::Dispatched])
        .met(&[FrontLine], &[]),
        of(
            "declined",
            ("不予受理率", "Declined"),
            Cases,
            Submitted,
            Neither,
        )
        .out("undecided", UNDECIDED, &[Open], &[Condition::Dispatched])
        .met(&[Condition::Declined], &[]),
        of(
            "overdue",
            ("在办超时率", "Open and late"),
            Cases,
            Submitted,
            Lower,
        )
        .out("finished", FINISHED, &[], &[Open])
        .met(&[StepLate], &[]),
        of(
            "lowest_tier",
            ("最低层级办结率", "Closed at the lowest tier that may act"),
            Cases,
            Closed,
            Higher,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .out("no_unit", NO_UNIT, &[], &[Condition::Dispatched])
        .out("no_duty", NO_DUTY, &[], &[DutyNamed])
        .met(&[LowestTier], &[]),
        Formula {
            measured: Some(Measured::Whole),
            ..of(
                "handling_time",
                ("办理时长", "Handling time"),
                Cases,
                Closed,
                Neither,
            )
            .out("declined", DECLINED, &[Condition::Declined], &[])
            .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
            .out("merged", MERGED, &[Merged], &[])
            .out("no_unit", NO_UNIT, &[], &[Condition::Dispatched])
            .out("no_limit", NO_RESOLVE_LIMIT, &[], &[ResolveLimit])
            .met(&[DoneInTime], &[])
        },
        of(
            "joint",
            ("联办率", "Handled jointly"),
            Turns,
            Dispatched,
            Neither,
        )
        .out("merged", MERGED, &[Merged], &[])
        .met(&[Assisted], &[]),
        of(
            "front_line_score",
            ("一线考评优良率", "Scored well by the front line"),
            Turns,
            Dispatched,
            Higher,
        )
        .out("merged", MERGED, &[Merged], &[])
        .out("no_score", NO_SCORE, &[], &[Scored])
        .met(&[ScoredAtLeast4], &[]),
        of(
            "asked_back",
            ("请补充率", "Residents asked back"),
            Cases,
            Closed,
            Lower,
        )
        .out("declined", DECLINED, &[Condition::Declined], &[])
        .out("merged", MERGED, &[Merged], &[])
        .met(&[ResidentAsked], &[]),
        of(
            "told_again",
            ("重复反映率", "Told again"),
            Cases,
            Submitted,
            Lower,
        )
        .out("merged", MERGED, &[Merged], &[])
        .met(&[ToldAgain], &[]),
        of("withdrawn", ("撤诉率", "Given up"), Cases, Closed, Lower)
            .out("declined", DECLINED, &[Condition::Declined], &[])
            .out("merged", MERGED, &[Merged], &[])
            .met(&[Withdrawn], &[]),
        of(
            "covered",
            ("场景覆盖率", "Covered by a scenario"),
            Cases,
            Submitted,
            Higher,
        )
        .out("merged", MERGED, &[Merged], &[])
        .met(&[InScenario], &[]),
        of("check_in", ("报到率", "Check-in"), Calls, Called, Higher)
            .out("refused", REFUSED, &[CallRefused], &[])
            .out("released", RELEASED, &[CallReleased], &[])
            .out("pending", EXPECTED, &[], &[CheckedIn, CheckInOverdue])
            .met(&[CheckedInInTime], &[]),
    ]
}

/// The default version of a formula.
pub fn default_formula(code: &str) -> Option<Formula> {
    let mut all = default_formulas().into_iter();
    all.find(|formula| formula.code.as_str() == code)
}

type Names = (&'static str, &'static str);

const NO_CONTACT_LIMIT: Names = ("没有设联系时限", "no limit to contact was set");
const NO_RESOLVE_LIMIT: Names = ("没有设办结时限", "no limit to resolve was set");
const ENDED_BEFORE: Names = (
    "时限届满前已退单、转派或终止",
    "it was given back, sent on or ended before the limit ran out",
);
const PENDING: Names = ("时限未到，尚未办理", "the limit is still running");
const DECLINED: Names = ("不予受理", "it was not taken on");
const WITHDRAWN: Names = ("诉求人已撤诉", "the resident withdrew it");
const MERGED: Names = ("已并案，随主案计算", "it was merged: its main case counts");
const NO_UNIT: Names = ("未派单即结案", "no unit had it");
const NOT_ASKED: Names = ("尚未回访", "nobody has called back yet");
const NOT_REACHED: Names = ("回访未接通", "the call-back reached nobody");
const NO_ANSWER: Names = (
    "回访未问到是否解决",
    "the resident did not say whether it is solved",
);
const NO_RATING: Names = ("诉求人未作评价", "the resident gave no rating");
const NO_SCORE: Names = ("一线未作考评", "the front line gave no score");
const AGAIN: Names = ("不是首次派单", "it was not the first dispatch");
const BACKSTOP: Names = (
    "区级兜底，不能退单",
    "as the district's backstop the unit could not give it back",
);
const UNDECIDED: Names = ("尚未派单，也未答复是否受理", "it is not decided yet");
const FINISHED: Names = ("已办完", "it is finished");
const NO_DUTY: Names = (
    "当地没有单位的权责清单列明此类",
    "no duty list names it there",
);
const REFUSED: Names = (
    "被呼叫单位说明不属其职责",
    "the unit said that it is not its duty",
);
const RELEASED: Names = (
    "报到时限未到，哨已结束",
    "the whistle ended before the deadline",
);
const EXPECTED: Names = ("报到时限未到，尚未报到", "the unit still has time");

/// A formula of closings about which the resident was asked.
fn asked(code: &str, name: Names, better: Better) -> Draft {
    of(code, name, Counted::Turns, Dated::Closed, better)
        .out("declined", DECLINED, &[Declined], &[])
        .out("withdrawn", WITHDRAWN, &[Withdrawn], &[])
        .out("merged", MERGED, &[Merged], &[])
        .out("not_asked", NOT_ASKED, &[], &[CalledBack])
        .out("not_reached", NOT_REACHED, &[], &[Reached])
}

struct Draft(Formula);

fn of(code: &str, name: Names, counted: Counted, dated: Dated, better: Better) -> Draft {
    Draft(Formula {
        better,
        code: code_of(code),
        counted,
        dated,
        enough: ENOUGH,
        exclusions: Vec::new(),
        measured: None,
        met: Clause::default(),
        name: LocalText::new(name.0, name.1),
        retired: false,
        version: 1,
    })
}

impl Draft {
    fn out(mut self, code: &str, why: Names, all: &[Condition], none: &[Condition]) -> Draft {
        self.0.exclusions.push(Exclusion {
            code: code_of(code),
            reason: LocalText::new(why.0, why.1),
            when: clause(all, none),
        });
        self
    }

    fn met(mut self, all: &[Condition], none: &[Condition]) -> Formula {
        self.0.met = clause(all, none);
        self.0
    }
}

fn clause(all: &[Condition], none: &[Condition]) -> Clause {
    Clause {
        all: all.to_vec(),
        none: none.to_vec(),
    }
}

#[expect(
    clippy::expect_used,
    reason = "each is a literal above, which a test reads"
)]
fn code_of(code: &str) -> yiwang_base::FormulaCode {
    code.parse().expect("a code of this file")
}
