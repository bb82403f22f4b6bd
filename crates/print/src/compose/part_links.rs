//! Links to parts of the brief: by name, by first words, by page.

use std::borrow::Cow;

use crate::compose::composer::{Composer, TextContext};
use crate::compose::coverage_runs::shortened;
use crate::compose::labels::filled;
use crate::compose::part_names::PartName;
use crate::compose::stylesheet;
use crate::compose::text_origin::TextOrigin;
use crate::tags::{AnchorId, LinkTarget, Role};
use crate::text::inline::{Deferred, Inline, PieceKind};
use crate::text::plain_text::is_blank;
use crate::text::text_style::TextStyle;

impl<'a> Composer<'a> {
    /// Appends a link to a part of the brief, or plain text if the part is not printed.
    pub(crate) fn link(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        id: &str,
        text: &str,
        contents: &str,
    ) {
        let Some(anchor) = self.anchors.get(id).copied() else {
            return self.push_text(inline, text_context, text);
        };
        self.link_to(inline, text_context, LinkTarget::Anchor(anchor), text, contents);
    }

    pub(crate) fn link_to(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        target: LinkTarget,
        text: &str,
        contents: &str,
    ) {
        let contents = self.link_contents(contents);
        let link = self.tag(text_context.node, Role::Link { target, contents });
        let style = TextStyle { color: stylesheet::ACCENT, ..text_context.style };
        self.push_text(inline, TextContext { node: link, style, link: Some(link), ..text_context }, text);
    }

    /// Returns the `Contents` of a link, with a fallback for blank text.
    pub(crate) fn link_contents(&self, text: &str) -> String {
        if is_blank(text) { self.labels().blank_link.to_owned() } else { shortened(text) }
    }

    /// Appends placeholder digits for a page number.
    pub(crate) fn page_of(&mut self, inline: &mut Inline, text_context: TextContext, anchor: AnchorId) {
        let zeros = "0".repeat(self.page_digits);
        self.piece(inline, text_context, &zeros, PieceKind::Deferred(Deferred::PageOf(anchor)));
    }

    /// Appends links to parts, by id if ids are printed, otherwise by name, each name once.
    pub(crate) fn links(&mut self, inline: &mut Inline, text_context: TextContext, ids: &[String]) {
        if self.options.show_ids {
            for (index, id) in ids.iter().enumerate() {
                if index > 0 {
                    self.push_text(inline, text_context, ", ");
                }
                let contents = filled(self.labels().go_to, &[id]);
                self.link(inline, text_context, id, id, &contents);
            }
            return;
        }
        let mut named: Vec<Cow<'a, str>> = Vec::new();
        for id in ids {
            let name = self.name_of_part(id).map_or_else(|| id.clone().into(), |name| name.text.clone());
            if named.contains(&name) {
                continue;
            }
            if !named.is_empty() {
                self.push_text(inline, text_context, self.list_separator());
            }
            self.named_link(inline, text_context, id);
            named.push(name);
        }
    }

    /// Returns whether this edition has a part with a name.
    pub(crate) fn is_in_edition(&self, id: &str) -> bool {
        self.part_names.contains_key(id)
    }

    /// Returns a part's name in this edition or in the earlier one.
    pub(crate) fn name_of_part(&self, id: &str) -> Option<&PartName<'a>> {
        self.part_names.get(id).or_else(|| self.prior_names.get(id))
    }

    /// Appends a part's name, linked if the part is printed. A part of neither edition is named by its id.
    pub(crate) fn named_link(&mut self, inline: &mut Inline, text_context: TextContext, id: &str) {
        let Some(PartName { text, origin, .. }) = self.name_of_part(id).cloned() else {
            return self.push_text(inline, text_context, id);
        };
        self.part_link(inline, text_context, id, &text, origin);
    }

    /// Appends a link with a statement's first words in quotation marks, where a section's name would be ambiguous.
    pub(crate) fn quoted_link(&mut self, inline: &mut Inline, text_context: TextContext, id: &str) {
        let opening = self.name_of_part(id).map(|name| name.opening.clone()).unwrap_or_default();
        if opening.is_empty() {
            return self.named_link(inline, text_context, id);
        }
        self.part_link(inline, text_context, id, &format!("\u{201c}{opening}\u{201d}"), TextOrigin::Author);
    }

    fn part_link(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        id: &str,
        text: &str,
        origin: TextOrigin,
    ) {
        let mut text_context = text_context;
        if origin == TextOrigin::Printer && self.label_language().is_some() {
            text_context.node = self.label_tag(text_context.node, Role::Span { actual_text: None });
            text_context.language = self.lexicon.locale().tag();
        }
        // Only this edition's enclosing part counts: the earlier edition's may contain other parts now.
        let holder_id = self.part_names.get(id).map_or("", |name| name.holder_id);
        let linked_id = if self.anchors.contains_key(id) { id } else { holder_id };
        let contents = filled(self.labels().go_to, &[text]);
        self.link(inline, text_context, linked_id, text, &contents);
    }
}
