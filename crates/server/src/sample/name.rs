//! Names that nobody bears: two characters out of lists that fit together,
//! with their sounds, so that every name is there in both languages.

use std::collections::BTreeSet;

use yiwang_base::LocalText;

use super::dice::Dice;

/// First characters and their sounds.
const FIRST: [(&str, &str); 48] = [
    ("云", "yun"),
    ("澄", "cheng"),
    ("岚", "lan"),
    ("汀", "ting"),
    ("霁", "ji"),
    ("沐", "mu"),
    ("栖", "qi"),
    ("漱", "shu"),
    ("鹭", "lu"),
    ("鸢", "yuan"),
    ("菱", "ling"),
    ("荻", "di"),
    ("芷", "zhi"),
    ("蘅", "heng"),
    ("桐", "tong"),
    ("槿", "jin"),
    ("梧", "wu"),
    ("榆", "yu"),
    ("枫", "feng"),
    ("樟", "zhang"),
    ("砚", "yan"),
    ("墨", "mo"),
    ("琴", "qin"),
    ("瑶", "yao"),
    ("璟", "jing"),
    ("珞", "luo"),
    ("绮", "qi"),
    ("锦", "jin"),
    ("翠", "cui"),
    ("碧", "bi"),
    ("曦", "xi"),
    ("晴", "qing"),
    ("晓", "xiao"),
    ("朗", "lang"),
    ("皓", "hao"),
    ("逸", "yi"),
    ("静", "jing"),
    ("悠", "you"),
    ("远", "yuan"),
    ("望", "wang"),
    ("听", "ting"),
    ("揽", "lan"),
    ("叠", "die"),
    ("漾", "yang"),
    ("涵", "han"),
    ("潭", "tan"),
    ("秋", "qiu"),
    ("霖", "lin"),
];

/// Second characters and their sounds.
const SECOND: [(&str, &str); 40] = [
    ("溪", "xi"),
    ("泽", "ze"),
    ("渚", "zhu"),
    ("湾", "wan"),
    ("浦", "pu"),
    ("汐", "xi"),
    ("岫", "xiu"),
    ("屿", "yu"),
    ("岗", "gang"),
    ("垣", "yuan"),
    ("圃", "pu"),
    ("坞", "wu"),
    ("亭", "ting"),
    ("榭", "xie"),
    ("轩", "xuan"),
    ("阁", "ge"),
    ("麓", "lu"),
    ("苑", "yuan"),
    ("宁", "ning"),
    ("和", "he"),
    ("庆", "qing"),
    ("悦", "yue"),
    ("昌", "chang"),
    ("祥", "xiang"),
    ("禾", "he"),
    ("棠", "tang"),
    ("蒲", "pu"),
    ("芦", "lu"),
    ("莲", "lian"),
    ("樱", "ying"),
    ("月", "yue"),
    ("星", "xing"),
    ("霞", "xia"),
    ("露", "lu"),
    ("虹", "hong"),
    ("雁", "yan"),
    ("鹤", "he"),
    ("舟", "zhou"),
    ("帆", "fan"),
    ("桥", "qiao"),
];

/// Pairs that are a real and well-known name after all.
const TAKEN: [&str; 6] = ["云溪", "碧溪", "枫桥", "锦和", "云和", "望亭"];

/// Gives names, none of them twice.
pub(crate) struct Namer {
    dice: Dice,
    given: BTreeSet<String>,
}

impl Namer {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "names", 0),
            given: TAKEN.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A stem that nothing else bears: 云汀 / Yunting. When all pairs are given
    /// (in a large city), a third character keeps them apart.
    pub(crate) fn stem(&mut self) -> LocalText {
        for tries in 0.. {
            let (a, b) = (*self.dice.pick(&FIRST), *self.dice.pick(&SECOND));
            let mut name = LocalText::new(format!("{}{}", a.0, b.0), joined(a.1, b.1));
            if tries > 40 {
                let c = *self.dice.pick(&FIRST);
                name = LocalText::new(format!("{}{}", c.0, name.zh), joined(c.1, &name.en));
            }
            let fresh = a.1 != b.1 && !self.given.contains(&name.zh);
            if fresh {
                self.given.insert(name.zh.clone());
                return LocalText::new(name.zh, capital(&name.en));
            }
        }
        LocalText::default()
    }

    /// A stem with what it names behind it: 云汀路 / Yunting Road.
    pub(crate) fn named(&mut self, zh: &str, en: &str) -> LocalText {
        let stem = self.stem();
        LocalText::new(format!("{}{zh}", stem.zh), format!("{} {en}", stem.en))
    }
}

/// Two syllables, an apostrophe where they could be read otherwise.
fn joined(a: &str, b: &str) -> String {
    let apart = if b.starts_with(['a', 'e', 'o']) {
        "'"
    } else {
        ""
    };
    format!("{a}{apart}{b}")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_given_twice_and_are_there_in_both_languages() {
        let mut namer = Namer::new(3);
        let names: Vec<LocalText> = (0..3_000).map(|_| namer.stem()).collect();
        let zh: BTreeSet<&str> = names.iter().map(|n| n.zh.as_str()).collect();
        assert_eq!(zh.len(), names.len());
        for name in names {
            assert!(
                name.en.is_ascii() && name.en.starts_with(|c: char| c.is_ascii_uppercase()),
                "{}",
                name.en
            );
        }
    }

    #[test]
    fn syllables_that_could_run_together_are_kept_apart() {
        assert_eq!(joined("xi", "an"), "xi'an");
        assert_eq!(joined("yun", "ting"), "yunting");
    }
}
