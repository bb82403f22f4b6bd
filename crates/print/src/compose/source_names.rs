//! The names of sources as the print refers to them.

use std::borrow::Cow;

use chancery_proto::brief::v1::Source;

use crate::compose::composer::{Composer, TextContext};
use crate::compose::marked_names::marked_name;
use crate::text::inline::Inline;

impl Composer<'_> {
    /// Returns the name by which the print refers to a source, after its portion marking.
    pub(crate) fn marked_source_name<'s>(&self, source: &'s Source) -> Cow<'s, str> {
        marked_name(source_name(source), &source.marking, &self.content.default_marking)
    }

    /// Returns the name of a source in a text of a marking, which marks the name as well if it is the source's.
    pub(crate) fn source_name_in<'s>(&self, source: &'s Source, marking: &str) -> Cow<'s, str> {
        if source.marking == marking { source_name(source).into() } else { self.marked_source_name(source) }
    }

    /// Appends the names of sources to a list of what a part rests on.
    pub(crate) fn source_names(&mut self, inline: &mut Inline, text_context: TextContext, ids: &[String]) {
        // Names have no language, so that they are not hyphenated.
        let names = TextContext { language: "", ..text_context };
        for id in ids {
            let Some(source) = self.sources_by_id.get(id.as_str()).copied() else { continue };
            if !inline.is_empty() {
                self.push_text(inline, text_context, self.list_separator());
            }
            self.push_text(inline, names, &self.marked_source_name(source));
        }
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
