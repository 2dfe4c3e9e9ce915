//! What departments share, what helpers take on, what people were taught and how units
//! were appraised: a few dossiers of each.

use jiff::SignedDuration;
use yiwang_base::{CaseId, LocalText, UnitCode};
use yiwang_cases::civic::training::Training;
use yiwang_cases::civic::{
    Content, Dossier, DossierCommand, DossierStore as _, appraisal, pool, task, training,
};
use yiwang_cases::{CaseFilter, CaseStore as _, Order, Stage};

use super::{Pen, Place, SampleError, code, said, text};
use crate::figures::{self, Formulas};
use crate::sample::accounts::HELPERS;

/// Departments whose people and machines are shared, and who is trained and appraised.
const UNITS: [&str; 6] = [
    "urban-management",
    "sanitation",
    "drainage",
    "transport",
    "parks",
    "fire",
];

fn units(of: &[&str]) -> Result<Vec<UnitCode>, SampleError> {
    of.iter().map(|one| code(one)).collect()
}

impl Pen<'_> {
    /// Units of these that the city has.
    fn there(&self, of: &[&str]) -> Result<Vec<UnitCode>, SampleError> {
        let mut there = units(of)?;
        there.retain(|unit| self.city.rules.units.contains_key(unit));
        Ok(there)
    }

    /// Cases of a street that somebody is at work on, the newest first.
    async fn in_hand(&self, place: &Place, most: usize) -> Result<Vec<CaseId>, SampleError> {
        let filter = CaseFilter {
            stages: vec![Stage::InProgress],
            areas: vec![place.here.clone(), place.there.clone()],
            ..CaseFilter::default()
        };
        let page = self.store.list(&filter, Order::default(), None, most);
        Ok(page.await?.cases.iter().map(|case| case.id).collect())
    }

    pub(super) async fn pools(&self, place: &Place) -> Result<(), SampleError> {
        use pool::{Command, ResourceSort};
        let offer = |sort, zh: &str, en: &str, unit: &str, capacity, fit: &[&str]| {
            let fit_for: Result<Vec<_>, SampleError> = fit.iter().map(|one| code(one)).collect();
            Ok::<_, SampleError>(Command::Offer {
                sort,
                name: text(zh, en),
                unit: code(unit)?,
                capacity,
                fit_for: fit_for?,
            })
        };
        let mut steps = vec![
            (
                60,
                Command::SetUp {
                    title: text("街道联动资源池", "Crews shared in the street"),
                    area: place.here.clone(),
                    unit: place.office.clone(),
                    units: self.there(&UNITS[..4])?,
                },
            ),
            (
                59,
                offer(
                    ResourceSort::Crew,
                    "市容应急小队",
                    "Street response crew",
                    "urban-management",
                    8,
                    &["street-stalls", "exposed-rubbish"],
                )?,
            ),
            (
                59,
                offer(
                    ResourceSort::Vehicle,
                    "高压冲洗车",
                    "Pressure washer",
                    "sanitation",
                    2,
                    &["dirty-street", "sewage"],
                )?,
            ),
            (
                58,
                offer(
                    ResourceSort::Vehicle,
                    "移动泵车",
                    "Mobile pump",
                    "drainage",
                    3,
                    &["standing-water", "blocked-drain"],
                )?,
            ),
            (
                57,
                offer(
                    ResourceSort::Skill,
                    "道路结构工程师",
                    "Road engineer",
                    "transport",
                    1,
                    &[],
                )?,
            ),
        ];
        let cases = self.in_hand(place, 2).await?;
        let hours = |days_ago, hours| self.ago(days_ago) + SignedDuration::from_hours(hours);
        if let [out, back] = cases.as_slice() {
            let send = |case: &CaseId, resources: &[u32], days_ago, until| Command::Send {
                case: *case,
                resources: resources.to_vec(),
                from: hours(days_ago, 0),
                until: hours(days_ago, until),
            };
            steps.push((6, send(back, &[1, 2], 6, 5)));
            steps.push((5, Command::BringBack { number: 1 }));
            steps.push((0, send(out, &[3, 4], 0, 8)));
        }
        let wrap = |(days, step)| (days, DossierCommand::Pool(step));
        self.all(steps.into_iter().map(wrap)).await?;
        Ok(())
    }

    pub(super) async fn tasks(&self, place: &Place) -> Result<(), SampleError> {
        use task::{Capacity, Command};
        let [(volunteer, ..), (company, ..)] = HELPERS;
        let publish = |title: LocalText, summary: LocalText, places, until| {
            DossierCommand::Task(Command::Publish {
                title,
                summary,
                area: place.here.clone(),
                unit: place.office.clone(),
                case: None,
                places,
                due: self.day(until),
            })
        };
        let open = publish(
            text("周末清理楼道堆物", "Clearing stairways on Saturday"),
            text(
                "请志愿者帮助独居老人把楼道里的旧家具搬到集中点。",
                "Helpers carry old furniture from the stairways of people who live alone.",
            ),
            12,
            -9,
        );
        let open = self.go(None, 4, open).await?;
        let claim = |capacity| DossierCommand::Task(Command::Claim { capacity });
        self.go_as(volunteer, Some(&open), 3, claim(Capacity::Volunteer))
            .await?;
        let over = publish(
            text(
                "共享单车规范停放劝导",
                "Bicycles set in order at the stations",
            ),
            text(
                "早高峰在地铁口引导共享单车停进停放区。",
                "In the morning peak, bicycles go where they belong at the stations.",
            ),
            6,
            20,
        );
        let mut over = self.go(None, 40, over).await?;
        for (who, capacity, minutes, note) in [
            (
                volunteer,
                Capacity::Volunteer,
                180,
                "早高峰两小时半，摆放约 90 辆。",
            ),
            (
                company,
                Capacity::Company,
                480,
                "公司派 4 人，连续两个早高峰。",
            ),
        ] {
            over = self.go_as(who, Some(&over), 38, claim(capacity)).await?;
            let report = Command::Report {
                minutes,
                note: said(note),
            };
            over = self
                .go_as(who, Some(&over), 30, DossierCommand::Task(report))
                .await?;
        }
        let end = [
            Command::Confirm {
                number: 1,
                minutes: Some(150),
            },
            Command::Confirm {
                number: 2,
                minutes: None,
            },
            Command::Close {
                report: text(
                    "两个地铁口秩序明显好转，转由企业常态维护。",
                    "Both stations are in order; the company keeps them so.",
                ),
            },
        ];
        for step in end {
            over = self.go(Some(&over), 19, DossierCommand::Task(step)).await?;
        }
        Ok(())
    }

    pub(super) async fn trainings(&self, place: &Place) -> Result<Vec<Training>, SampleError> {
        use training::Command;
        let there = self.there(&UNITS)?;
        let plan = |zh: &str, en: &str, sum_zh: &str, sum_en: &str, on| Command::Plan {
            title: text(zh, en),
            summary: text(sum_zh, sum_en),
            unit: place.office.clone(),
            units: there.clone(),
            on: self.day(on),
        };
        let mut steps = vec![(
            50,
            plan(
                "接诉即办规范与回访用语",
                "Handling requests, and calling back",
                "讲解受理、响应和回访的要求，练习常见情形。",
                "What accepting, answering and calling back ask for, with practice.",
                41,
            ),
        )];
        for (n, unit) in (0_u32..).zip(&there) {
            let expected = 8 + 3 * n;
            let came = expected - n % 3;
            let record = Command::Record {
                unit: unit.clone(),
                expected,
                came,
                passed: came - n % 2,
            };
            steps.push((40, record));
        }
        steps.push((
            39,
            Command::Finish {
                report: text(
                    "到训率超过九成，未到人员下月补训。",
                    "More than nine in ten came; the others are taught next month.",
                ),
                reason: None,
            },
        ));
        let wrap = |(days, step)| (days, DossierCommand::Training(step));
        let id = self.all(steps.into_iter().map(wrap)).await?;
        let planned = plan(
            "有限空间作业安全",
            "Safety in confined spaces",
            "下井、进箱涵前的检测、通风和监护。",
            "Testing, airing and watching before anyone goes down.",
            -6,
        );
        self.all([wrap((2, planned))]).await?;
        let ended = self.store.dossier(id).await?.into_iter();
        let content = |dossier: Dossier| match dossier.content {
            Content::Training(training) => Some(training),
            _ => None,
        };
        Ok(ended.filter_map(content).collect())
    }

    /// One that is published, and one to which units may still object.
    pub(super) async fn appraisals(
        &self,
        place: &Place,
        trainings: &[Training],
    ) -> Result<(), SampleError> {
        use appraisal::Command;
        let there = self.there(&UNITS)?;
        let formulas = Formulas::load(self.store)?;
        self.store.load_figures().await?;
        for (zh, en, (from, until), drawn, objections) in [
            ("上一期考评", "The period before", (122, 62), 55, 45),
            ("本期考评", "This period", (61, 2), 1, -12),
        ] {
            let days = (self.day(from), self.day(until));
            let sheet = figures::sheet(
                self.store,
                &formulas,
                self.city,
                &there,
                days,
                self.ago(drawn),
                trainings.iter(),
            );
            let draw_up = Command::DrawUp {
                title: text(zh, en),
                unit: place.office.clone(),
                units: there.clone(),
                from: days.0,
                until: days.1,
                objections_by: self.day(objections),
                weights: None,
                sheet: sheet.await.map_err(SampleError::Refused)?,
            };
            let drawn_up = DossierCommand::Appraisal(draw_up);
            let drawn_up = self.go(None, drawn, drawn_up).await?;
            if objections > 0 {
                let publish = DossierCommand::Appraisal(Command::Publish {});
                self.go(Some(&drawn_up), objections - 1, publish).await?;
            }
        }
        Ok(())
    }
}
