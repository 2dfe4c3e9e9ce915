//! People who never were: names, and telephone numbers that nobody has.

use yiwang_base::LocalText;

use super::dice::Dice;
use super::phrases::Phrases;

/// A name in both languages: 林澄岚 / Lin Chenglan.
pub(crate) fn name(phrases: &Phrases, dice: &mut Dice) -> LocalText {
    let (surname, surname_en) = dice.pick(&phrases.surnames);
    let (first, first_en) = dice.pick(&phrases.given);
    if dice.chance(0.25) {
        return LocalText::new(
            format!("{surname}{first}"),
            format!("{surname_en} {}", capital(first_en)),
        );
    }
    let (second, second_en) = dice.pick(&phrases.given);
    let apart = if second_en.starts_with(['a', 'e', 'o']) {
        "'"
    } else {
        ""
    };
    LocalText::new(
        format!("{surname}{first}{second}"),
        format!("{surname_en} {}{apart}{second_en}", capital(first_en)),
    )
}

/// How people give their name: in full, or 林女士.
pub(crate) fn given_name(phrases: &Phrases, dice: &mut Dice) -> String {
    if dice.chance(0.45) {
        let (surname, _) = dice.pick(&phrases.surnames);
        let title = *dice.pick(&["先生", "女士"]);
        return format!("{surname}{title}");
    }
    name(phrases, dice).zh
}

/// A number of the sample city: 199 0000 and four digits, which no network gives out.
pub(crate) fn phone(dice: &mut Dice) -> String {
    format!("1990000{:04}", dice.below(10_000))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}
