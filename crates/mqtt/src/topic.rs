//! Topics and filters (MQTT 3.1.1, section 4.7).

/// Longest topic or filter, bytes: what its length on the wire can say.
const MOST_BYTES: usize = 65_535;

/// Whether this can be published under.
pub fn is_topic(text: &str) -> bool {
    fits(text) && !text.contains(['+', '#'])
}

/// Whether this can be subscribed to.
pub fn is_filter(text: &str) -> bool {
    let mut levels = text.split('/').peekable();
    let mut right = fits(text);
    while let Some(level) = levels.next() {
        right &= match level {
            "#" => levels.peek().is_none(),
            "+" => true,
            level => !level.contains(['+', '#']),
        };
    }
    right
}

fn fits(text: &str) -> bool {
    (1..=MOST_BYTES).contains(&text.len()) && !text.contains('\0')
}

/// Whether a filter matches a topic.
///
/// # Examples
/// `gauges/+/level` matches `gauges/7/level`, and `gauges/#` matches `gauges`; `#` does not
/// match `$SYS/uptime`.
pub fn matches(filter: &str, topic: &str) -> bool {
    covers(filter, topic)
}

/// Whether everything that `inner` matches is matched by `outer` too: whoever
/// may subscribe to `outer` may subscribe to `inner`.
///
/// # Examples
/// `gauges/#` covers `gauges/+/level`; `gauges/+` does not cover `gauges/#`.
pub fn covers(outer: &str, inner: &str) -> bool {
    if inner.starts_with('$') && outer.starts_with(['+', '#']) {
        return false;
    }
    let (mut outer, mut inner) = (outer.split('/'), inner.split('/'));
    loop {
        match (outer.next(), inner.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(outer), Some(inner)) if outer == inner => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_covers_another_that_matches_less() {
        assert!(covers("gauges/#", "gauges/+/level"));
        assert!(!covers("gauges/+", "gauges/#"));
    }

    #[test]
    fn filters_match_as_the_standard_says() {
        // The examples of 4.7.1 and 4.7.2.
        for (filter, topic, expected) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/ranking",
                true,
            ),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/score/wimbledon",
                true,
            ),
            ("sport/#", "sport", true),
            ("#", "a/b", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/", true),
            ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
            ("水位/+", "水位/一号", true),
        ] {
            assert_eq!(matches(filter, topic), expected, "{filter} {topic}");
        }
        for bad in [
            "",
            "sport+",
            "sport/tennis#",
            "sport/tennis/#/ranking",
            "a\0b",
        ] {
            assert!(!is_filter(bad), "{bad:?}");
        }
        assert!(is_filter("+/tennis/#") && is_filter("/") && !is_topic("a/+"));
    }

    #[test]
    fn only_what_is_within_a_pattern_is_covered_by_it() {
        for (outer, inner, expected) in [
            ("a/#", "a/#", true),
            ("a/#", "a/+/c", true),
            ("a/#", "#", false),
            ("a/+", "a/#", false),
            ("a/+", "a/+", true),
            ("a/b", "a/+", false),
            ("+/b", "#", false),
        ] {
            assert_eq!(covers(outer, inner), expected, "{outer} {inner}");
        }
    }
}
