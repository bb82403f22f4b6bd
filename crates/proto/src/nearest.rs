//! The nearest allowed value, for messages.

/// Longest value that is compared: longer ones are no misspellings.
const COMPARED_LENGTH: usize = 40;

/// Returns the allowed value that a given one most likely misspells.
pub fn nearest<'a>(given: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase();
    let length = given.chars().count();
    if length == 0 || length > COMPARED_LENGTH {
        return None;
    }
    let distance = |value: &str| strsim::osa_distance(&given, &value.to_lowercase());
    let (best, at) = allowed.iter().map(|value| (*value, distance(value))).min_by_key(|(_, at)| *at)?;
    (at <= (length / 3).max(1)).then_some(best)
}

/// Returns the end of a message that rejects a value: the nearest allowed one, or all of them.
pub fn expected(given: &str, allowed: &[&str]) -> String {
    match nearest(given, allowed) {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("expected one of {}", allowed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{expected, nearest};

    #[test]
    fn the_nearest_value_is_a_likely_misspelling() {
        let allowed = ["actors", "places", "topics", "rests-on"];
        assert_eq!(nearest("actor", &allowed), Some("actors"));
        assert_eq!(nearest("Rests_on", &allowed), Some("rests-on"));
        assert_eq!(nearest("colour", &allowed), None);
        assert_eq!(nearest("", &allowed), None);
        assert_eq!(expected("x1y2", &["a", "bcd"]), "expected one of a, bcd");
    }
}
