//! Names with their portion markings. A text of a lower marking may name a source, an actor, a place or a field of a higher
//! one.

use std::borrow::Cow;

/// Returns a portion marking if a part's marking differs from the brief's default.
pub(crate) fn portion(marking: &str, default: &str) -> String {
    if marking.is_empty() || marking == default { String::new() } else { format!("({marking}) ") }
}

/// Returns the name of a part after its portion marking.
pub(crate) fn marked_name<'n>(name: &'n str, marking: &str, default: &str) -> Cow<'n, str> {
    let portion = portion(marking, default);
    if portion.is_empty() { name.into() } else { format!("{portion}{name}").into() }
}
