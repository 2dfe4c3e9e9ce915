//! What the record says of the suggestion, at the dispatch of a case of a study.

use super::Study;

const FOLLOWED: &str = "suggestion followed";
const CHANGED: &str = "suggestion changed";

impl Study {
    /// The grounds of a dispatch by a person who saw the suggestion.
    pub fn grounds(&self, followed: bool) -> String {
        let said = if followed { FOLLOWED } else { CHANGED };
        format!("study {}: {said}", self.code)
    }

    /// What grounds say; `None` where they say something else.
    pub fn followed(&self, grounds: &str) -> Option<bool> {
        let said = grounds.strip_prefix("study ")?;
        let said = said.strip_prefix(self.code.as_str())?.strip_prefix(": ")?;
        match said {
            FOLLOWED => Some(true),
            CHANGED => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yiwang_base::{LocalText, from_millis};

    #[test]
    fn what_is_written_reads_back_and_other_studies_and_words_say_nothing() {
        let study = |code: &str| Study {
            aim_percent: 20,
            away_minutes: 15,
            begun_at: from_millis(0),
            code: code.parse().unwrap(),
            control_percent: 50,
            ended_at: None,
            name: LocalText::same("s"),
        };
        let spring = study("spring");
        for followed in [true, false] {
            assert_eq!(spring.followed(&spring.grounds(followed)), Some(followed));
            assert_eq!(study("spring.2").followed(&spring.grounds(followed)), None);
        }
        assert_eq!(spring.followed("the duty list has nobody"), None);
    }
}
