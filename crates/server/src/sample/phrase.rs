//! Sentences with choices: `[a|b]` is one of them, `{name}` is filled in.
//! Choices do not nest.

use super::dice::Dice;

/// Writes a sentence, each choice thrown for, each name asked of `fill`.
pub(crate) fn expand(
    sentence: &str,
    dice: &mut Dice,
    fill: &mut dyn FnMut(&str, &mut Dice) -> String,
) -> String {
    let mut out = String::with_capacity(sentence.len() + 24);
    let mut rest = sentence;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open);
        fill_names(before, dice, fill, &mut out);
        let close = after.find(']').unwrap_or(after.len());
        let choices: Vec<&str> = after[1..close].split('|').collect();
        let chosen = *dice.pick(&choices);
        fill_names(chosen, dice, fill, &mut out);
        rest = after.get(close + 1..).unwrap_or_default();
    }
    fill_names(rest, dice, fill, &mut out);
    out
}

fn fill_names(
    text: &str,
    dice: &mut Dice,
    fill: &mut dyn FnMut(&str, &mut Dice) -> String,
    out: &mut String,
) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        out.push_str(&fill(name, dice));
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_thrown_for_and_names_filled_in() {
        let mut dice = Dice::new(1, "phrase", 0);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..40 {
            seen.insert(expand(
                "{at}[有坑|塌了{n}处]。",
                &mut dice,
                &mut |name, _| match name {
                    "at" => "云汀路".into(),
                    _ => "3".into(),
                },
            ));
        }
        let want = ["云汀路塌了3处。", "云汀路有坑。"].map(str::to_owned);
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), want);
    }
}
