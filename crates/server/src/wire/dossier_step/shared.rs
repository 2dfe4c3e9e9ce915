//! Steps of what units share, ask for, teach and are judged by: pools, tasks,
//! trainings, appraisals.

use serde::Deserialize;
use utoipa::ToSchema;
use yiwang_base::Refusal;
use yiwang_cases::civic::{appraisal, pool, task, training};

use super::read::Read;
use super::{CapacityWord, Facts, PublicText, ResourceSortWord, WeightsBody, uncounted};

steps! {
    /// A step of a shared pool.
    PoolStep pool {
        /// Set one up (组建).
        SetUp {
            /// Its title.
            title: PublicText,
            /// Code of the area for which it is.
            area: String,
            /// Code of the unit that keeps it.
            unit: String,
            /// Codes of departments that share in it.
            #[schema(min_items = 1)]
            units: Vec<String>,
        };
        /// Share a crew, a vehicle or skilled people (入池).
        Offer {
            /// What sort.
            sort: ResourceSortWord,
            /// Its name.
            name: PublicText,
            /// Code of the department whose it is.
            unit: String,
            /// How many people, or places, it has.
            #[schema(minimum = 1, maximum = 10000)]
            capacity: u32,
            /// Codes of categories of cases for which it is fit; none means any.
            #[serde(default)]
            fit_for: Vec<String>,
        };
        /// Send resources out for a case, all of them or none (联合出动).
        Send {
            /// Its number.
            case: String,
            /// Numbers of the resources, counted from 1.
            #[schema(min_items = 1)]
            resources: Vec<u32>,
            /// From then on.
            #[schema(format = DateTime)]
            from: String,
            /// Until then.
            #[schema(format = DateTime)]
            until: String,
        };
        /// They are back (归队).
        BringBack {
            /// The sending's number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
        };
        /// Share something no longer (出池).
        TakeOut {
            /// The resource's number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// Share nothing any more.
        Retire {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of a task. Whoever helps claims it, gives it up and reports it done.
    TaskStep task {
        /// Ask for help (发布).
        Publish {
            /// Its title.
            title: PublicText,
            /// What is to be done, for the public: without residents' names or words.
            summary: PublicText,
            /// Code of the area.
            area: String,
            /// Code of the unit that asks.
            unit: String,
            /// Number of the case that it helps to solve.
            case: Option<String>,
            /// How many are wanted.
            #[schema(minimum = 1, maximum = 100)]
            places: u32,
            /// By the end of this day.
            #[schema(format = Date)]
            due: String,
        };
        /// Take it on (认领).
        Claim {
            /// As what.
            capacity: CapacityWord,
        };
        /// Leave it to others (放弃).
        GiveUp {};
        /// It is done (完成).
        Report {
            /// Minutes it took.
            #[schema(minimum = 1, maximum = 6000)]
            minutes: u32,
            /// What was done; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            note: String,
        };
        /// The work is confirmed (确认).
        Confirm {
            /// The claim's number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
            /// What counts of the minutes reported; all unless told.
            #[schema(minimum = 1)]
            minutes: Option<u32>,
        };
        /// The work is not done yet (退回).
        SendBack {
            /// The claim's number, counted from 1.
            #[schema(minimum = 1)]
            number: u32,
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// End it.
        Close {
            /// What came of it, for the public.
            report: PublicText,
        };
        /// Call it off.
        Cancel {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of a training.
    TrainingStep training {
        /// Plan one (计划).
        Plan {
            /// Its title.
            title: PublicText,
            /// What is taught.
            summary: PublicText,
            /// Code of the unit that holds it.
            unit: String,
            /// Codes of units whose people are to come.
            #[schema(min_items = 1)]
            units: Vec<String>,
            /// On which day.
            #[schema(format = Date)]
            on: String,
        };
        /// Say who came of a unit (到训); the last word counts.
        Record {
            /// Code of the unit.
            unit: String,
            /// How many were to come.
            #[schema(minimum = 1)]
            expected: u32,
            /// How many came.
            came: u32,
            /// How many of them passed.
            passed: u32,
        };
        /// End it.
        Finish {
            /// What came of it.
            report: PublicText,
            /// Why, where nobody said who came of a unit; it stays in the record.
            #[schema(max_length = 300)]
            reason: Option<String>,
        };
        /// Call it off.
        Cancel {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }

    /// A step of an appraisal.
    AppraisalStep appraisal {
        /// Draw one up of a period that is over (拟定): the server counts.
        DrawUp {
            /// Its title.
            title: PublicText,
            /// Code of the unit that appraises.
            unit: String,
            /// Codes of the units that are appraised.
            #[schema(min_items = 1)]
            units: Vec<String>,
            /// The first day.
            #[schema(format = Date)]
            from: String,
            /// The last day.
            #[schema(format = Date)]
            until: String,
            /// Units may object until the end of this day.
            #[schema(format = Date)]
            objections_by: String,
            /// How much each component weighs; the usual weights unless told.
            weights: Option<WeightsBody>,
        } + sheet;
        /// Object, once, for one's own unit (申诉).
        Object {
            /// Code of the unit.
            unit: String,
            /// Why; sealed.
            #[schema(min_length = 1, max_length = 4000)]
            words: String,
        };
        /// Answer an objection (复核).
        Settle {
            /// Code of the unit.
            unit: String,
            /// New points, hundredths; the points stand unless told.
            #[schema(maximum = 10000)]
            points: Option<u32>,
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
        /// Publish it (公布), once no unit may object any more.
        Publish {};
        /// Take it back.
        Withdraw {
            /// Why; it stays in the record.
            #[schema(min_length = 1, max_length = 300)]
            reason: String,
        };
    }
}
