//! What somebody says, and where they say it is.

use yiwang_base::{Lang, LocalText};
use yiwang_cases::Channel;

use super::dice::Dice;
use super::land::{Land, Use};
use super::matter::{Matter, Where};
use super::phrase::expand;
use super::phrases::{Both, Manner, Phrases};
use super::spot::{Named, Spot, Spots};

/// What words are made from.
pub(crate) struct Speaker<'a> {
    pub(crate) land: &'a Land,
    pub(crate) spots: &'a Spots,
    pub(crate) phrases: &'a Phrases,
    pub(crate) lang: Lang,
    /// The sort of place that is spoken of.
    pub(crate) place: Where,
    pub(crate) spot: Spot,
}

impl<'a, T> Both<T> {
    fn of(&'a self, lang: Lang) -> &'a T {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl Speaker<'_> {
    /// A request about a matter, in the manner of its channel.
    pub(crate) fn request(&self, matter: &Matter, channel: Channel, dice: &mut Dice) -> String {
        let said = match self.lang {
            Lang::Zh => &matter.zh,
            Lang::En => &matter.en,
        };
        let core = self.say(dice.pick::<String>(&said.says), dice);
        let more = (!said.more.is_empty() && dice.chance(0.45))
            .then(|| self.say(dice.pick::<String>(&said.more), dice));
        self.in_manner(channel, &core, more.as_deref(), dice)
    }

    /// Other words in the manner of a channel.
    pub(crate) fn plain(&self, words: &[String], channel: Channel, dice: &mut Dice) -> String {
        let core = self.say(dice.pick::<String>(words), dice);
        self.in_manner(channel, &core, None, dice)
    }

    fn in_manner(
        &self,
        channel: Channel,
        core: &str,
        more: Option<&str>,
        dice: &mut Dice,
    ) -> String {
        let phrases = self.phrases;
        let manner: &Manner = match channel {
            Channel::Hotline => &phrases.hotline,
            Channel::GridWorker => &phrases.grid_worker,
            Channel::Counter => &phrases.counter,
            Channel::Partner | Channel::Proactive => &phrases.partner,
            Channel::Web | Channel::App | Channel::MiniProgram => &phrases.resident,
        }
        .of(self.lang);
        let open = self.say(dice.pick::<String>(&manner.open), dice);
        let ask = self.say(dice.pick::<String>(&manner.ask), dice);
        match self.lang {
            Lang::En => [open.trim_end(), core, more.unwrap_or_default(), &ask]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            Lang::Zh => {
                // Not everybody ends a sentence where the school says.
                let stop = *dice.pick(&["。", "。", "。", "！", "，", " "]);
                let mut words = format!("{open}{core}");
                for part in [more.unwrap_or_default(), &ask] {
                    if !part.is_empty() {
                        words.push_str(stop);
                        words.push_str(part);
                    }
                }
                if words.ends_with(['。', '！', '？', '谢', '🙏']) || dice.chance(0.3) {
                    words
                } else {
                    words + "。"
                }
            }
        }
    }

    /// The address, as it is written: area, street, number, estate and building.
    pub(crate) fn address(&self, areas: &[&LocalText]) -> String {
        let road = self.text(&self.land.names.roads[self.spot.road as usize]);
        let number = self.land.number_of(&self.spot);
        let place = self
            .spot
            .name
            .map(|named| self.text(self.land.name_of(named)));
        let mut areas: Vec<String> = areas.iter().map(|area| self.text(area)).collect();
        let is_stop = matches!(self.spot.name, Some(Named::Stop(_)));
        match self.lang {
            Lang::Zh => {
                let areas = areas.concat();
                let place = place.unwrap_or_default();
                if is_stop {
                    return format!("{areas}{place}");
                }
                // 云汀路11号在建项目, not 云汀路11号云汀路在建项目.
                let place = place.strip_prefix(&road).unwrap_or(&place);
                let building = self
                    .spot
                    .building
                    .map_or(String::new(), |n| format!("{n}号楼"));
                format!("{areas}{road}{number}号{place}{building}")
            }
            Lang::En => {
                // English goes from the smallest to the largest.
                areas.reverse();
                let place = place.map_or(String::new(), |place| match self.spot.building {
                    Some(n) => format!("{place}, Building {n}, "),
                    None => format!("{place}, "),
                });
                format!("{place}{number} {road}, {}", areas.join(", "))
            }
        }
    }

    fn say(&self, sentence: &str, dice: &mut Dice) -> String {
        expand(sentence, dice, &mut |name, dice| self.fill(name, dice))
    }

    fn text(&self, name: &LocalText) -> String {
        name.get(self.lang).to_owned()
    }

    fn named(&self, named: Option<Named>) -> String {
        named.map_or_else(String::new, |named| self.text(self.land.name_of(named)))
    }

    fn road(&self, road: u32) -> String {
        self.text(&self.land.names.roads[road as usize])
    }

    /// What stands for a name in a sentence.
    fn fill(&self, name: &str, dice: &mut Dice) -> String {
        let Speaker {
            spots, spot, lang, ..
        } = self;
        match name {
            "at" => {
                let ways = self.phrases.at.get(&self.place).map(|both| both.of(*lang));
                let way = ways.map_or("{road}", |ways| dice.pick(ways).as_str());
                expand(way, dice, &mut |name, dice| self.fill(name, dice))
            }
            "road" => self.road(spot.road),
            "cross" => {
                let other = spots.crossing_near(spot.road, spot.at);
                self.road(other.unwrap_or(spot.road))
            }
            "no" => self.land.number_of(spot).to_string(),
            "near" => match (self.place, spot.name) {
                (Where::Shops, Some(own)) => self.named(Some(own)),
                _ => self.named(spots.near(spot, dice)),
            },
            "home" => match spot.name {
                Some(own @ Named::Block(n)) if self.land.blocks[n as usize].used.is_home() => {
                    self.named(Some(own))
                }
                _ => self.named(spots.home_near(spot.at)),
            },
            "place" => match (self.place, spot.name) {
                (Where::Citywide, _) => self.named(spots.school_near(spot.at)),
                (_, Some(own)) => self.named(Some(own)),
                (_, None) => self.named(spots.near(spot, dice)),
            },
            "stop" => match spot.name {
                Some(own @ Named::Stop(_)) => self.named(Some(own)),
                _ => self.named(spots.stop_near(spot.at)),
            },
            "water" => match spot.name {
                Some(own @ (Named::River | Named::Lake | Named::Canal)) => self.named(Some(own)),
                _ => self.named(Some(Named::River)),
            },
            // The same street always has the same lines.
            "route" => (1 + spot.road * 7 % 58).to_string(),
            "bld" => {
                let n = spot
                    .building
                    .map_or_else(|| 1 + dice.below(20), usize::from);
                match lang {
                    Lang::Zh => format!("{n}号楼"),
                    Lang::En => format!("Building {n}"),
                }
            }
            "ent" => format!("{}单元", 1 + dice.below(4)),
            "floor" => (2 + dice.below(self.floors())).to_string(),
            "since" => dice.pick(self.phrases.since.of(*lang)).clone(),
            "days" => dice.pick(self.phrases.days.of(*lang)).clone(),
            "few" => ["两", "三", "四", "五", "六"][dice.below(5)].to_owned(),
            "n" => (5 + dice.below(35)).to_string(),
            "warm" => (18 + dice.below(5)).to_string(),
            _ => String::new(),
        }
    }

    fn floors(&self) -> usize {
        match self.spot.name {
            Some(Named::Block(n)) => match self.land.blocks[n as usize].used {
                Use::Towers => 24,
                Use::OldTown => 1,
                _ => 5,
            },
            _ => 5,
        }
    }
}

/// What staff write about a matter at a place, in Chinese.
pub(crate) fn staff_note(notes: &[String], dice: &mut Dice) -> Option<String> {
    if notes.is_empty() {
        return None;
    }
    let note = expand(
        dice.pick::<String>(notes),
        dice,
        &mut |name, dice| match name {
            "few" => ["两", "三", "四", "五", "六"][dice.below(5)].to_owned(),
            "n" => (5 + dice.below(35)).to_string(),
            "warm" => (18 + dice.below(5)).to_string(),
            "route" => (1 + dice.below(58)).to_string(),
            _ => String::new(),
        },
    );
    (!note.is_empty()).then_some(note)
}
