//! Templates with numbered placeholders.

/// Returns a template with its placeholders replaced.
pub(crate) fn filled(template: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let (place, after) = rest[at + 1..].split_once('}').unwrap_or(("", ""));
        text.push_str(place.parse().ok().and_then(|index: usize| values.get(index)).copied().unwrap_or(""));
        rest = after;
    }
    text + rest
}
