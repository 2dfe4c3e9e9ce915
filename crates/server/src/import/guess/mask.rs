//! Examples that may be shown: nobody's name or number can be read in them.

use super::Role;

/// Longest example, characters.
const LONGEST: usize = 24;

/// A value as a comment may show it.
pub(super) fn shown(role: Option<Role>, value: &str) -> String {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match role {
        Some(Role::Name) => first_and_stars(&value),
        Some(Role::Phone) => digits_masked(&value, 3),
        Some(Role::Words | Role::Title | Role::Reason | Role::Address) => {
            cut(&digits_masked(&value, 2), 8)
        }
        Some(_) => cut(&value, LONGEST),
        // Nobody knows what it is: it may be anything.
        None => cut(&digits_masked(&value, 4), 12),
    }
}

fn first_and_stars(value: &str) -> String {
    value.chars().take(1).chain("**".chars()).collect()
}

/// Of each run of digits only the first ones stay.
fn digits_masked(value: &str, stay: usize) -> String {
    let mut run = 0;
    let mask = |c: char| {
        run = if c.is_ascii_digit() { run + 1 } else { 0 };
        if run > stay { '*' } else { c }
    };
    value.chars().map(mask).collect()
}

fn cut(value: &str, longest: usize) -> String {
    if value.chars().count() <= longest {
        return value.to_owned();
    }
    value.chars().take(longest).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_in_an_example() {
        assert_eq!(shown(Some(Role::Name), "王小明"), "王**");
        assert_eq!(shown(Some(Role::Phone), "19900001234"), "199********");
        assert_eq!(shown(None, "call 19900001234"), "call 1990***…");
        assert_eq!(shown(Some(Role::Words), "my phone is 199"), "my phone…");
        assert_eq!(shown(Some(Role::Category), "路灯\n不亮"), "路灯 不亮");
    }
}
