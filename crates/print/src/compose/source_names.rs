//! The names of sources as the print refers to them.

use std::borrow::Cow;

use chancery_proto::brief::v1::Source;

use crate::compose::composer::Composer;
use crate::compose::marked_names::marked_name;

impl Composer<'_> {
    /// Returns the name by which the print refers to a source, after its portion marking.
    pub(crate) fn marked_source_name<'s>(&self, source: &'s Source) -> Cow<'s, str> {
        marked_name(source_name(source), &source.marking, &self.content.default_marking)
    }
}

/// Returns the name by which the print refers to a source: its short title, else its publisher, else its title.
fn source_name(source: &Source) -> &str {
    let names = [&source.short_title, &source.publisher, &source.title];
    names
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(source.id.as_str(), |name| name.split(" (").next().unwrap_or(name))
}
