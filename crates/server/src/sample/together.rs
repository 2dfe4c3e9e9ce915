//! What grew out of the sample city's cases: a few dossiers of each kind, made
//! by the room's own decisions at past times.

mod shared;

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use yiwang_base::{
    AreaCode, CategoryCode, LocalText, Personal, Timestamp, UnitCode, from_millis, to_millis,
};
use yiwang_cases::civic::{
    AskedOf, Ballot, Content, Dossier, DossierCommand, DossierError, DossierId, DossierStore,
    Recast, Voter, asset, consultation, decide_change, deliberation, dispute, micro_project,
    property_party, proposal, topic,
};
use yiwang_cases::{Actor, Context, StoreError};
use yiwang_store::Store;

use super::{Plan, SampleError};
use crate::city::City;
use crate::flows::complaints::count_scope;
use crate::flows::proactive;

const DAY: i64 = 86_400_000;

/// Writes them; the requests must be there.
pub(super) async fn fill(store: &Store, plan: &Plan) -> Result<(), SampleError> {
    let city = City::load(store)?;
    let Some(place) = Place::of(&city) else {
        return Ok(());
    };
    let pen = Pen {
        store,
        city: &city,
        now: plan.now,
    };
    pen.proposals().await?;
    pen.topics().await?;
    pen.disputes(&place).await?;
    pen.property(&place).await?;
    pen.deliberations(&place).await?;
    pen.consultations(&place).await?;
    pen.micro_projects(&place).await?;
    pen.pools(&place).await?;
    pen.tasks(&place).await?;
    let trainings = pen.trainings(&place).await?;
    pen.appraisals(&place, &trainings).await
}

/// A street's office and two of its communities.
struct Place {
    office: UnitCode,
    here: AreaCode,
    there: AreaCode,
}

impl Place {
    fn of(city: &City) -> Option<Place> {
        city.rules.units.values().find_map(|unit| {
            let street = unit.areas.first()?;
            let inside = city.with_descendants(street).into_iter();
            let leaf = |code: &AreaCode| city.rules.areas.get(code).is_some_and(|area| area.leaf);
            let mut leaves = inside.filter(leaf);
            let here = leaves
                .next()
                .filter(|_| unit.code.as_str().starts_with("office-"))?;
            Some(Place {
                office: unit.code.clone(),
                there: leaves.next().unwrap_or_else(|| here.clone()),
                here,
            })
        })
    }
}

struct Pen<'a> {
    store: &'a Store,
    city: &'a City,
    now: Timestamp,
}

fn text(zh: &str, en: &str) -> LocalText {
    LocalText::new(zh, en)
}

fn said(words: &str) -> Personal<String> {
    Personal::new(words.to_owned())
}

fn code<T: std::str::FromStr<Err = yiwang_base::IdError>>(code: &str) -> Result<T, SampleError> {
    Ok(code.parse::<T>()?)
}

impl Pen<'_> {
    fn ago(&self, days: i64) -> Timestamp {
        from_millis(to_millis(self.now) - days * DAY)
    }

    fn day(&self, days_ago: i64) -> Date {
        let zone = self.city.rules.calendar.zone().clone();
        self.ago(days_ago).to_zoned(zone).date()
    }

    /// Takes a step so many days ago.
    async fn go(
        &self,
        before: Option<&Dossier>,
        days_ago: i64,
        command: DossierCommand,
    ) -> Result<Dossier, SampleError> {
        self.go_as("operator", before, days_ago, command).await
    }

    /// The same, by somebody else.
    async fn go_as(
        &self,
        who: &str,
        before: Option<&Dossier>,
        days_ago: i64,
        command: DossierCommand,
    ) -> Result<Dossier, SampleError> {
        let actor = Actor::User(code(who)?);
        let context = Context {
            rules: &self.city.rules,
            actor: &actor,
            grounds: None,
            now: self.ago(days_ago),
        };
        let asked = AskedOf {
            id: before.map(|dossier| dossier.id),
            seen_version: None,
            command,
            receipt: None,
            case: None,
        };
        let id = before.map_or_else(|| self.store.new_dossier_id(), |dossier| dossier.id);
        let change = decide_change(id, before, &asked, &context).map_err(SampleError::Refused)?;
        self.write(yiwang_cases::civic::DossierChange {
            recorded_at: self.now,
            ..change
        })
        .await
    }

    async fn write(
        &self,
        change: yiwang_cases::civic::DossierChange,
    ) -> Result<Dossier, SampleError> {
        let after = change.after.clone();
        match self.store.append_dossier(change).await {
            Ok(()) => Ok(after),
            Err(DossierError::Store(error)) => Err(error.into()),
            Err(error) => Err(StoreError::Broken(error.to_string()).into()),
        }
    }

    /// Steps one after another, each so many days ago.
    async fn all(
        &self,
        steps: impl IntoIterator<Item = (i64, DossierCommand)>,
    ) -> Result<DossierId, SampleError> {
        let mut dossier: Option<Dossier> = None;
        for (days_ago, step) in steps {
            dossier = Some(self.go(dossier.as_ref(), days_ago, step).await?);
        }
        let dossier = dossier.ok_or_else(|| StoreError::Broken("no steps".into()))?;
        Ok(dossier.id)
    }

    async fn proposals(&self) -> Result<(), SampleError> {
        let found = proactive::scan(self.store, &self.city.rules, self.now)
            .await
            .map_err(SampleError::Refused)?;
        // One is dismissed, one accepted; at least one more waits for a person.
        if let [_, .., accepted, dismissed] = found.opened.as_slice() {
            self.accept(*accepted).await?;
            let dossier = self.store.dossier(*dismissed).await?;
            let dismiss = proposal::Command::Dismiss {
                reason: proposal::DismissReason::UnderWay,
                quiet_weeks: None,
                note: Some(said("已列入道路大修计划。")),
            };
            self.go(dossier.as_ref(), 0, DossierCommand::Proposal(dismiss))
                .await?;
        }
        Ok(())
    }

    async fn accept(&self, id: DossierId) -> Result<(), SampleError> {
        let Some(dossier) = self.store.dossier(id).await? else {
            return Ok(());
        };
        let Content::Proposal(one) = &dossier.content else {
            return Ok(());
        };
        let actor = Actor::User(code("operator")?);
        let context = Context {
            rules: &self.city.rules,
            actor: &actor,
            grounds: None,
            now: self.now,
        };
        let case = proactive::case_of(self.store, id, one, None, None, &context)
            .map_err(SampleError::Refused)?;
        let accept = proposal::Command::Accept {
            case: case.after.id,
            unit: None,
            note: None,
        };
        let asked = AskedOf {
            id: Some(id),
            seen_version: None,
            command: DossierCommand::Proposal(accept),
            receipt: None,
            case: Some(case),
        };
        let change =
            decide_change(id, Some(&dossier), &asked, &context).map_err(SampleError::Refused)?;
        self.write(change).await.map(drop)
    }

    async fn topics(&self) -> Result<(), SampleError> {
        let scope = |codes: &[&str]| -> Result<topic::Scope, SampleError> {
            let categories: Result<Vec<CategoryCode>, SampleError> =
                codes.iter().map(|one| code(one)).collect();
            Ok(topic::Scope {
                categories: categories?,
                ..topic::Scope::default()
            })
        };
        let count = async |scope: &topic::Scope, from: i64, until: i64| {
            count_scope(
                self.store,
                self.city,
                scope,
                self.ago(from),
                self.ago(until),
            )
            .await
        };
        let leaks = scope(&["leaks", "property-service"])?;
        let milestone = |zh: &str, en: &str, days_ago: i64| topic::Command::AddMilestone {
            title: text(zh, en),
            due: self.day(days_ago),
        };
        let running = [
            (
                45,
                topic::Command::Open {
                    title: text("老旧小区房屋渗漏治理", "Leaking homes in old estates"),
                    summary: text(
                        "雨季前后，房屋渗漏和物业维修推诿的诉求集中。逐栋排查，明确维修责任和资金。",
                        "Before and after the rains, leaks and quarrels over who repairs them come in together. Every building is looked at; who repairs and who pays is made clear.",
                    ),
                    lead: code("housing")?,
                    assisting: vec![code("market")?],
                    before: count(&leaks, 135, 45).await?,
                    scope: leaks,
                },
            ),
            (
                44,
                milestone("排查完重点小区", "The worst estates are surveyed", 20),
            ),
            (
                44,
                milestone(
                    "维修资金应急使用办法施行",
                    "Emergency use of repair funds is in force",
                    -25,
                ),
            ),
            (
                40,
                topic::Command::AddMeasure {
                    measure: text(
                        "开通维修资金应急通道",
                        "A fast way to repair funds in emergencies",
                    ),
                },
            ),
            (22, topic::Command::ReachMilestone { number: 1 }),
        ];
        self.all(running.map(|(days, step)| (days, DossierCommand::Topic(step))))
            .await?;
        let drains = scope(&["blocked-drain", "standing-water"])?;
        let closed = [
            (
                240,
                topic::Command::Open {
                    title: text(
                        "雨水口清掏与积水点改造",
                        "Drains cleared, ponding points rebuilt",
                    ),
                    summary: text(
                        "汛前清掏全部雨水口，改造反复积水的路段。",
                        "All drains are cleared before the rains, and streets that flood again and again are rebuilt.",
                    ),
                    lead: code("drainage")?,
                    assisting: vec![code("transport")?],
                    before: count(&drains, 330, 240).await?,
                    scope: drains.clone(),
                },
            ),
            (
                239,
                milestone("汛前清掏完毕", "Cleared before the rains", 200),
            ),
            (205, topic::Command::ReachMilestone { number: 1 }),
            (
                150,
                topic::Command::Close {
                    report: text(
                        "雨水口全部清掏，改造积水点 12 处;转入日常巡查。",
                        "All drains are cleared and 12 ponding points rebuilt; from now on they are inspected as a matter of course.",
                    ),
                    after: count(&drains, 240, 150).await?,
                    reason: None,
                },
            ),
        ];
        self.all(closed.map(|(days, step)| (days, DossierCommand::Topic(step))))
            .await?;
        Ok(())
    }

    async fn disputes(&self, place: &Place) -> Result<(), SampleError> {
        let party = |name: &str| dispute::Party {
            name: said(name),
            phone: None,
            statement: None,
        };
        let register =
            |area: &AreaCode, zh: &str, en: &str, track, words: &str| dispute::Command::Register {
                title: text(zh, en),
                area: area.clone(),
                unit: place.office.clone(),
                track,
                parties: vec![party("甲户"), party("乙户")],
                cases: Vec::new(),
                words: said(words),
            };
        let agreed = [
            (
                30,
                register(
                    &place.here,
                    "楼上漏水赔偿",
                    "Damage by water from upstairs",
                    dispute::Track::SelfRule,
                    "楼上卫生间漏水，天花板和衣柜受损，双方对赔偿数额争执不下。",
                ),
            ),
            (
                28,
                dispute::Command::AssignMediator {
                    mediator: said("社区调解员"),
                },
            ),
            (
                24,
                dispute::Command::HoldSession {
                    on: self.day(24),
                    attended: 2,
                    minutes: said("双方现场查看，同意由第三方定损。"),
                },
            ),
            (
                16,
                dispute::Command::Agree {
                    on: self.day(16),
                    agreement: said("楼上修复防水并赔偿 3200 元，月底前付清。"),
                    visit_by: self.day(-5),
                },
            ),
        ];
        self.all(agreed.map(|(days, step)| (days, DossierCommand::Dispute(step))))
            .await?;
        let mediating = [
            (
                9,
                register(
                    &place.there,
                    "夜间练琴噪声",
                    "Piano at night",
                    dispute::Track::Moral,
                    "晚十点后仍练琴，邻居多次反映。",
                ),
            ),
            (
                7,
                dispute::Command::AssignMediator {
                    mediator: said("楼长"),
                },
            ),
        ];
        self.all(mediating.map(|(days, step)| (days, DossierCommand::Dispute(step))))
            .await?;
        Ok(())
    }

    async fn property(&self, place: &Place) -> Result<(), SampleError> {
        let mut company = None;
        for (role, zh, en, area, duties) in [
            (
                property_party::Role::Company,
                "安和物业服务公司",
                "Anhe Property Services",
                &place.here,
                ["property-service", "corridor-clutter", "estate-parking"],
            ),
            (
                property_party::Role::Owners,
                "听帆苑业主委员会",
                "Tingfan Court Owners' Committee",
                &place.here,
                ["property-service", "ev-charging", "estate-parking"],
            ),
            (
                property_party::Role::Company,
                "恒居物业管理公司",
                "Hengju Property Management",
                &place.there,
                ["property-service", "corridor-clutter", "estate-parking"],
            ),
        ] {
            let duties: Result<Vec<CategoryCode>, SampleError> =
                duties.iter().map(|one| code(one)).collect();
            let register = property_party::Command::Register {
                role,
                name: text(zh, en),
                areas: vec![area.clone()],
                duties: duties?,
                unit: place.office.clone(),
                contact: None,
            };
            let dossier = self
                .go(None, 300, DossierCommand::PropertyParty(register))
                .await?;
            company.get_or_insert(dossier.id);
        }
        for (sort, zh, en, category, inspected) in [
            (
                asset::Sort::Lift,
                "听帆苑 1 号楼 1 号梯",
                "Tingfan Court 1, lift 1",
                "lift-fault",
                372,
            ),
            (
                asset::Sort::Lift,
                "听帆苑 1 号楼 2 号梯",
                "Tingfan Court 1, lift 2",
                "lift-fault",
                140,
            ),
            (
                asset::Sort::Lift,
                "听帆苑 2 号楼 1 号梯",
                "Tingfan Court 2, lift 1",
                "lift-fault",
                352,
            ),
            (
                asset::Sort::Parking,
                "听帆苑地下车库",
                "Tingfan Court car park",
                "estate-parking",
                60,
            ),
        ] {
            let register = asset::Command::Register {
                sort,
                name: text(zh, en),
                area: place.here.clone(),
                category: code(category)?,
                unit: place.office.clone(),
                party: company,
                every_days: 365,
                inspected_on: Some(self.day(inspected)),
            };
            self.go(None, 30, DossierCommand::Asset(register)).await?;
        }
        Ok(())
    }

    async fn deliberations(&self, place: &Place) -> Result<(), SampleError> {
        let steps = [
            (
                50,
                deliberation::Command::Convene {
                    title: text("听帆苑车位怎么分", "Who parks where in Tingfan Court"),
                    agenda: text(
                        "固定车位与临时车位的比例、收费和夜间错时停车。",
                        "How many places are let and how many are free, what they cost, and parking next door at night.",
                    ),
                    area: place.here.clone(),
                    unit: place.office.clone(),
                    form: deliberation::Form::Courtyard,
                    parties: vec![
                        text("居民代表", "Residents"),
                        text("业主委员会", "Owners' committee"),
                        text("物业公司", "Property company"),
                    ],
                    cases: Vec::new(),
                },
            ),
            (
                49,
                deliberation::Command::AddStep {
                    title: text("入户问需", "Asking at the doors"),
                    on: self.day(42),
                },
            ),
            (
                49,
                deliberation::Command::AddStep {
                    title: text("院落议事会", "The courtyard meeting"),
                    on: self.day(30),
                },
            ),
            (
                41,
                deliberation::Command::FinishStep {
                    number: 1,
                    summary: text(
                        "走访 212 户，七成希望设临时车位。",
                        "212 households were asked; seven in ten want places for visitors.",
                    ),
                    minutes: None,
                },
            ),
            (
                30,
                deliberation::Command::FinishStep {
                    number: 2,
                    summary: text(
                        "到会 46 人，就比例和收费达成一致。",
                        "46 people came and agreed on numbers and prices.",
                    ),
                    minutes: None,
                },
            ),
            (
                28,
                deliberation::Command::Decide {
                    text: text(
                        "留出 24 个临时车位，夜间与相邻写字楼错时共享。",
                        "24 places stay free for visitors; at night the offices next door share theirs.",
                    ),
                    in_favour: 39,
                    against: 7,
                },
            ),
        ];
        self.all(steps.map(|(days, step)| (days, DossierCommand::Deliberation(step))))
            .await?;
        Ok(())
    }

    /// Lets so many people speak, each option by its share.
    async fn voices(&self, id: DossierId, shares: &[u32]) -> Result<(), SampleError> {
        let Some(dossier) = self.store.dossier(id).await? else {
            return Ok(());
        };
        let round = dossier.content.poll().map_or(0, |poll| poll.round);
        let people = (0..)
            .zip(shares)
            .flat_map(|(option, n)| (0..*n).map(move |k| (option, k)));
        for (option, person) in people {
            let who = format!("sample {id} {option} {person}");
            let ballot = Ballot {
                dossier: id,
                expected_version: dossier.version,
                round,
                voter: Voter(Sha256::digest(who).into()),
                options: vec![option],
                recast: Recast::Replace,
                at: self.now,
                by: Actor::Resident,
            };
            match self.store.cast(ballot).await {
                Ok(()) => {}
                Err(DossierError::Store(error)) => return Err(error.into()),
                Err(error) => return Err(StoreError::Broken(error.to_string()).into()),
            }
        }
        Ok(())
    }

    async fn consultations(&self, place: &Place) -> Result<(), SampleError> {
        let announce = |title, question, options: Vec<LocalText>, from: i64, until: i64| {
            DossierCommand::Consultation(consultation::Command::Announce {
                title,
                question,
                choose: 1,
                options,
                recast: Recast::Replace,
                area: None,
                entitled: Some(1860),
                unit: place.office.clone(),
                opens_at: self.ago(from),
                closes_at: self.ago(until),
            })
        };
        let open = announce(
            text("街角空地做什么", "What becomes of the corner"),
            text(
                "拆除临时建筑后留下约 900 平方米空地，您希望用来做什么？",
                "Sheds were taken down and some 900 square metres are free. What should be there?",
            ),
            vec![
                text("口袋公园", "A pocket park"),
                text("健身与儿童活动场地", "Exercise and play"),
                text("非机动车停放", "Bicycle parking"),
            ],
            6,
            -10,
        );
        let open = self.go(None, 7, open).await?;
        self.voices(open.id, &[64, 51, 17]).await?;
        let over = announce(
            text("菜市场营业时间", "Hours of the food market"),
            text(
                "菜市场早市几点开始合适？",
                "When should the morning market begin?",
            ),
            vec![
                text("五点半", "Half past five"),
                text("六点", "Six o'clock"),
                text("六点半", "Half past six"),
            ],
            40,
            20,
        );
        let over = self.go(None, 41, over).await?;
        self.voices(over.id, &[38, 122, 75]).await?;
        let tally = self.store.tally(over.id, 0, 3).await?;
        let publish = consultation::Command::Publish { tally };
        let over = self
            .go(Some(&over), 19, DossierCommand::Consultation(publish))
            .await?;
        let answer = consultation::Command::Answer {
            answer: text(
                "按多数意见，早市六点开始，下月起施行。",
                "As most wish, the market begins at six from next month on.",
            ),
        };
        self.go(Some(&over), 12, DossierCommand::Consultation(answer))
            .await?;
        Ok(())
    }

    async fn micro_projects(&self, place: &Place) -> Result<(), SampleError> {
        use micro_project::Command;
        let wrap = |(days, step): (i64, Command)| (days, DossierCommand::MicroProject(step));
        let propose = |area: &AreaCode, words: &str| Command::Propose {
            area: area.clone(),
            words: said(words),
            name: None,
            phone: None,
        };
        let screen = |zh: &str, en: &str, sum_zh: &str, sum_en: &str, cents| Command::Screen {
            title: text(zh, en),
            summary: text(sum_zh, sum_en),
            unit: place.office.clone(),
            estimate_cents: cents,
        };
        self.all([wrap((
            3,
            propose(&place.there, "小区门口能不能加个遮雨的等候亭？"),
        ))])
        .await?;
        let voting = [
            (
                20,
                propose(&place.here, "楼下想要几条长椅，老人走累了能歇歇。"),
            ),
            (
                15,
                screen(
                    "步道边加装长椅",
                    "Benches along the path",
                    "在 600 米步道旁加装 8 条长椅。",
                    "Eight benches along the path of 600 metres.",
                    1_600_000,
                ),
            ),
            (
                5,
                Command::OpenVote {
                    closes_at: self.ago(-9),
                    quorum: 60,
                },
            ),
        ];
        let voting = self.all(voting.map(wrap)).await?;
        self.voices(voting, &[71, 4]).await?;
        let steps = [
            (
                160,
                propose(&place.here, "单元门口台阶太高，轮椅进出不便。"),
            ),
            (
                150,
                screen(
                    "单元门口加装坡道",
                    "Ramps at the doors",
                    "为 14 个单元门口加装坡道和扶手。",
                    "Ramps and handrails at 14 doors.",
                    4_800_000,
                ),
            ),
            (
                140,
                Command::OpenVote {
                    closes_at: self.ago(125),
                    quorum: 60,
                },
            ),
        ];
        let id = self.all(steps.map(wrap)).await?;
        self.voices(id, &[133, 6]).await?;
        let mut dossier = self.store.dossier(id).await?;
        let tally = self.store.tally(id, 0, 2).await?;
        let pay = |cents, zh: &str, en: &str, days_ago| Command::Spend {
            cents,
            what: text(zh, en),
            on: self.day(days_ago),
        };
        let works = [
            (120, Command::CloseVote { tally }),
            (
                115,
                Command::Fund {
                    budget_cents: 4_500_000,
                },
            ),
            (90, pay(2_650_000, "坡道施工", "Building the ramps", 90)),
            (70, pay(1_490_000, "扶手", "Handrails", 70)),
            (
                60,
                Command::Finish {
                    done: text(
                        "14 处坡道和扶手全部完工。",
                        "All 14 ramps and handrails are in place.",
                    ),
                    closes_at: self.ago(40),
                },
            ),
        ];
        for (days, step) in works.map(wrap) {
            dossier = Some(self.go(dossier.as_ref(), days, step).await?);
        }
        self.voices(id, &[0, 2, 5, 31, 58]).await?;
        let round = dossier
            .as_ref()
            .and_then(|one| one.content.poll())
            .map_or(1, |poll| poll.round);
        let scores = self.store.tally(id, round, 5).await?;
        for (days, step) in [
            (
                38,
                Command::Accept {
                    scores,
                    reason: None,
                },
            ),
            (30, Command::PublishAccounts {}),
        ]
        .map(wrap)
        {
            dossier = Some(self.go(dossier.as_ref(), days, step).await?);
        }
        Ok(())
    }
}
