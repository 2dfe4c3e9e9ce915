//! The requests of the sample city, one after the other in the order in which
//! they came in, each with all that became of it. Only what is still being
//! reported again is kept in memory.

use std::collections::VecDeque;

use jiff::Timestamp;
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, Lang, LocalText, Personal, Point, truncate_millis,
};
use yiwang_cases::{
    Actor, AnswerKind, Answers, Change, Channel, DeclineReason, Place, Reporter, RequestWords,
    Submit,
};

use super::SampleError;
use super::arrivals::{Arrival, Arrivals};
use super::city::{Plan, SampleCity};
use super::dice::Dice;
use super::journey::{Errand, Office};
use super::land::plane::xy;
use super::matter::{Matter, Season, Where};
use super::people;
use super::phrases::Declined;
use super::pictures::Scene;
use super::spot::Spot;
use super::staff::Staff;
use super::words::Speaker;

/// Something that is reported, perhaps by several people.
#[derive(Debug, Clone, Copy)]
struct Incident {
    spot: Spot,
    since: Timestamp,
    first: CaseId,
    reports: u32,
}

/// Most incidents of one category that are remembered.
const REMEMBERED: usize = 48;

/// An iterator over the changes that make the record.
pub struct Requests<'a> {
    city: &'a SampleCity,
    staff: Staff,
    now: Timestamp,
    grounds: String,
    matters: Vec<&'a Matter>,
    arrivals: Arrivals,
    day: usize,
    waiting: VecDeque<Arrival>,
    /// By matter.
    incidents: Vec<VecDeque<Incident>>,
    last: u64,
    last_same_as: Option<CaseId>,
    total: u64,
}

/// Shares of channels, in the order of [`CHANNELS`].
const CHANNEL_SHARES: [f64; 7] = [0.46, 0.2, 0.1, 0.09, 0.09, 0.04, 0.02];
const CHANNELS: [Channel; 7] = [
    Channel::Hotline,
    Channel::MiniProgram,
    Channel::App,
    Channel::Web,
    Channel::GridWorker,
    Channel::Counter,
    Channel::Partner,
];
/// Share of requests in English.
const ENGLISH: f64 = 0.05;
/// Share of requests that are declined.
const DECLINED: f64 = 0.033;
/// Of the last so many requests, the share that came with a picture, where there is
/// something to be seen and a way to send one.
const PICTURED: (u64, f64) = (800, 0.5);
/// Share of requests with an address but no point.
const NO_POINT: f64 = 0.035;

impl<'a> Requests<'a> {
    /// The requests of a city. `plan` says how many and up to when; its seed
    /// and size are the city's.
    ///
    /// # Errors
    /// When the city's data is broken.
    pub fn new(city: &'a SampleCity, plan: &Plan) -> Result<Self, SampleError> {
        let now = truncate_millis(plan.now);
        let matters: Vec<&Matter> = city.matters().collect();
        Ok(Self {
            staff: Staff::new(city.seed, &city.rules)?,
            now,
            grounds: plan.grounds(),
            arrivals: Arrivals::new(city, now, plan.requests),
            incidents: vec![VecDeque::new(); matters.len()],
            matters,
            day: 0,
            waiting: VecDeque::new(),
            last: 0,
            last_same_as: None,
            total: plan.requests,
            city,
        })
    }

    /// The case that first reported what the last request reports again; `None`
    /// when the last request is about something new.
    pub fn last_repeats(&self) -> Option<CaseId> {
        self.last_same_as
    }

    fn next_arrival(&mut self) -> Option<Arrival> {
        while self.waiting.is_empty() && self.day < self.arrivals.days() {
            self.waiting = self.arrivals.on(self.city, self.day).into();
            self.day += 1;
        }
        self.waiting.pop_front()
    }

    fn make(&mut self, arrival: Arrival) -> Result<Change, SampleError> {
        self.last += 1;
        let id = CaseId(self.last);
        let dice = &mut Dice::new(self.city.seed, "case", id.0);
        let matter = self.matters[arrival.matter];
        let decline = dice.chance(DECLINED).then(|| self.declined(dice));
        let (spot, place, same_as) = if decline.is_some() {
            (
                self.spot(arrival.matter, Where::Citywide, dice)?,
                Where::Citywide,
                None,
            )
        } else {
            let (spot, same_as) = self.incident(id, arrival, dice)?;
            (spot, matter.place, same_as)
        };
        self.last_same_as = same_as;
        let channel = match channel(matter, dice) {
            // Grid workers and other systems report what they know to be the city's.
            Channel::GridWorker | Channel::Partner if decline.is_some() => Channel::Hotline,
            channel => channel,
        };
        let lang = if dice.chance(ENGLISH) && channel != Channel::GridWorker {
            Lang::En
        } else {
            Lang::Zh
        };
        let speaker = Speaker {
            land: &self.city.land,
            spots: &self.city.spots,
            phrases: &self.city.phrases,
            lang,
            place,
            spot,
        };
        let words = match decline {
            Some((_, declined)) => {
                let said = match lang {
                    Lang::Zh => &declined.words.zh,
                    Lang::En => &declined.words.en,
                };
                speaker.plain(said, channel, dice)
            }
            None => speaker.request(matter, channel, dice),
        };
        let point = self.point(&spot, dice);
        let area = point.and_then(|point| self.city.rules.locator.locate(point));
        let address = speaker.address(&self.area_names(area.as_ref()));
        let shown = dice.chance(1.0 - NO_POINT);
        let category = match decline {
            Some(_) => None,
            None => self.said_category(arrival.matter, channel, dice),
        };
        let request = RequestWords {
            answers: match &category {
                Some(said) if *said == matter.code => answers(matter, dice),
                _ => Answers::new(),
            },
            media_url: None,
            words,
            place: Place {
                address: (!shown || dice.chance(0.93)).then_some(address),
                point: point.filter(|_| shown),
            },
            reporter: self.reporter(channel, lang, dice),
            follow_code: follows(channel).then(|| follow_code(dice)),
        };
        let operator = self.operator_at(arrival.at).clone();
        let by = match channel {
            Channel::Web | Channel::App | Channel::MiniProgram => Actor::Resident,
            Channel::Partner => Actor::Import("partner".into()),
            _ => operator,
        };
        let errand = Errand {
            id,
            at: arrival.at,
            by: &by,
            submit: Submit {
                channel,
                category,
                request: Personal::new(request),
                source: None,
            },
            matter,
            area: area.filter(|_| !shown),
            before_last: self.total - self.last,
            same_as,
            picture: match decline {
                None => self.picture(id, matter, channel),
                Some(_) => None,
            },
            decline,
        };
        let office = Office {
            rules: &self.city.rules,
            staff: &self.staff,
            phrases: &self.city.phrases,
            grounds: &self.grounds,
            now: self.now,
        };
        office.journey(errand, dice).map_err(SampleError::Refused)
    }

    /// What the sender took a picture of.
    fn picture(&self, id: CaseId, matter: &Matter, channel: Channel) -> Option<Scene> {
        let (last, share) = PICTURED;
        let sends = follows(channel) || channel == Channel::GridWorker;
        let lately = self.total - self.last < last;
        let dice = &mut Dice::new(self.city.seed, "pictured", id.0);
        (sends && lately && dice.chance(share))
            .then(|| Scene::of(&matter.code, self.city.seed, id.0))
            .flatten()
    }

    fn operator_at(&self, at: Timestamp) -> &Actor {
        let shift = super::shift::Shift::new(&self.city.rules.calendar);
        self.staff.operator(shift.hour(at))
    }

    fn declined(&self, dice: &mut Dice) -> (DeclineReason, &'a Declined) {
        let declined = &self.city.phrases.declined;
        let (reason, declined) = &declined[dice.weighted(&[3.0, 2.0, 2.5, 2.0, 1.0])];
        (*reason, declined)
    }

    fn spot(&self, matter: usize, place: Where, dice: &mut Dice) -> Result<Spot, SampleError> {
        let spots = &self.city.spots;
        spots
            .pick(self.city.seed, matter, place, dice)
            .ok_or(SampleError::NoPlace(self.matters[matter].code.clone()))
    }

    /// Something new, or something that was reported before.
    fn incident(
        &mut self,
        id: CaseId,
        arrival: Arrival,
        dice: &mut Dice,
    ) -> Result<(Spot, Option<CaseId>), SampleError> {
        let matter = self.matters[arrival.matter];
        let lasts = lasts(matter);
        let open = &mut self.incidents[arrival.matter];
        let hours =
            |incident: &Incident| arrival.at.duration_since(incident.since).as_secs_f64() / 3600.0;
        while open.front().is_some_and(|oldest| hours(oldest) > lasts) || open.len() > REMEMBERED {
            open.pop_front();
        }
        if !open.is_empty() && dice.chance(matter.repeats) {
            // What many have reported, and lately, more will report.
            let weights: Vec<f64> = open
                .iter()
                .map(|i| (0.5 + f64::from(i.reports)) * libm::exp(-2.0 * hours(i) / lasts))
                .collect();
            let chosen = &mut open[dice.weighted(&weights)];
            chosen.reports += 1;
            return Ok((chosen.spot, Some(chosen.first)));
        }
        let spot = self.spot(arrival.matter, matter.place, dice)?;
        self.incidents[arrival.matter].push_back(Incident {
            spot,
            since: arrival.at,
            first: id,
            reports: 1,
        });
        Ok((spot, None))
    }

    /// The point that was put on the map: near the spot, not on it.
    fn point(&self, spot: &Spot, dice: &mut Dice) -> Option<Point> {
        let off = xy(9.0 * dice.normal(), 9.0 * dice.normal());
        let at = self.city.land.plane.degrees(spot.at + off);
        let point = Point::new(at.x, at.y).ok()?;
        if self.city.rules.locator.locate(point).is_some() {
            return Some(point);
        }
        let at = self.city.land.plane.degrees(spot.at);
        Point::new(at.x, at.y).ok()
    }

    /// The district and the street.
    fn area_names(&self, area: Option<&AreaCode>) -> Vec<&LocalText> {
        let areas = &self.city.rules.areas;
        let street = area.and_then(|code| areas.get(code));
        let district = street.and_then(|street| areas.get(street.parent.as_ref()?));
        district
            .into_iter()
            .chain(street)
            .map(|area| &area.name)
            .collect()
    }

    fn reporter(&self, channel: Channel, lang: Lang, dice: &mut Dice) -> Reporter {
        let (name, phone) = match channel {
            Channel::Hotline | Channel::Counter => (0.95, 1.0),
            Channel::GridWorker | Channel::Partner | Channel::Proactive => (0.1, 0.1),
            Channel::Web | Channel::App | Channel::MiniProgram => (0.5, 0.75),
        };
        let phrases = &self.city.phrases;
        Reporter {
            name: dice.chance(name).then(|| match lang {
                Lang::Zh => people::given_name(phrases, dice),
                Lang::En => dice.pick(&phrases.foreign).clone(),
            }),
            phone: dice.chance(phone).then(|| people::phone(dice)),
            email: None,
        }
    }

    /// What the sender says it is about: often right, sometimes not said,
    /// sometimes wrong.
    fn said_category(
        &self,
        matter: usize,
        channel: Channel,
        dice: &mut Dice,
    ) -> Option<CategoryCode> {
        let (right, wrong) = match channel {
            Channel::GridWorker | Channel::Partner | Channel::Proactive => (1.0, 0.0),
            Channel::Hotline | Channel::Counter => (0.86, 0.04),
            Channel::Web | Channel::App | Channel::MiniProgram => (0.55, 0.09),
        };
        let share = dice.unit();
        if share < right {
            Some(self.matters[matter].code.clone())
        } else if share < right + wrong {
            Some(dice.pick(&self.matters).code.clone())
        } else {
            None
        }
    }
}

impl Iterator for Requests<'_> {
    type Item = Result<Change, SampleError>;

    fn next(&mut self) -> Option<Self::Item> {
        let arrival = self.next_arrival()?;
        Some(self.make(arrival))
    }
}

/// For how many hours the same thing is reported again.
fn lasts(matter: &Matter) -> f64 {
    match matter.season {
        Season::Flood | Season::Wind => 14.0,
        _ if matter.is_emergency() => 10.0,
        _ => 24.0 * 5.0,
    }
}

/// Answers to what the category asks; most people give them.
fn answers(matter: &Matter, dice: &mut Dice) -> Answers {
    let mut answers = Answers::new();
    for question in &matter.questions {
        let answer = match question.answer {
            Some(AnswerKind::Number) => (12 + dice.below(6)).to_string(),
            Some(AnswerKind::SingleValueList) => dice.pick(&question.choices).key.clone(),
            Some(AnswerKind::String) => format!("YL-{}", 1000 + dice.below(9000)),
            _ => continue,
        };
        if dice.chance(0.7) {
            answers.insert(question.code.clone(), vec![answer]);
        }
    }
    answers
}

fn channel(matter: &Matter, dice: &mut Dice) -> Channel {
    let channel = CHANNELS[dice.weighted(&CHANNEL_SHARES)];
    // Grid workers walk the streets; they do not stand in kitchens.
    let indoors = matches!(
        matter.place,
        Where::Citywide | Where::Hospital | Where::Shops
    );
    match channel {
        Channel::GridWorker if indoors => Channel::Hotline,
        channel => channel,
    }
}

/// Whether whoever sent it was given a follow code.
fn follows(channel: Channel) -> bool {
    matches!(channel, Channel::Web | Channel::App | Channel::MiniProgram)
}

fn follow_code(dice: &mut Dice) -> String {
    crate::follow_code::of_bits(dice.bits())
}
