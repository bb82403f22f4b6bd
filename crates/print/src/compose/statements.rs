//! Inline text of statements: spans, status marks, portion markings and citation numbers.

use chancery_proto::brief::v1::{Citation, Span, SpanKind, Statement, StatementStatus};

use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::stylesheet;
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::Weight;

/// A span of a text, in bytes.
struct TextSpan<'s> {
    start: usize,
    end: usize,
    kind: SpanKind,
    target: &'s str,
}

impl Composer<'_> {
    /// Appends statements separated by spaces. `enclosing` is the marking of the enclosing part.
    pub(crate) fn statements(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        statements: &[Statement],
        enclosing: &str,
    ) {
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, " ");
            }
            self.statement(inline, text_context, statement, enclosing);
        }
    }

    fn statement(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        statement: &Statement,
        enclosing: &str,
    ) {
        if statement.withheld.is_some() {
            return self.withheld(inline, text_context);
        }
        if let Some(anchor) = self.anchors.get(&statement.id) {
            inline.anchor(*anchor);
        }
        if !statement.marking.is_empty() && statement.marking != enclosing {
            self.small_word(inline, text_context, &format!("({}) ", statement.marking));
        }
        let outer = self.replace_part(&statement.id);
        match StatementStatus::try_from(statement.status).unwrap_or_default() {
            StatementStatus::Unspecified | StatementStatus::Active => {}
            StatementStatus::Superseded => {
                self.small_word(inline, text_context, &format!("{} ", self.labels().superseded_mark));
            }
            StatementStatus::Withdrawn => {
                self.small_word(inline, text_context, &format!("{} ", self.labels().withdrawn_mark));
            }
        }
        self.marked_text(inline, text_context, &statement.text, &statement.spans);
        self.citations(inline, text_context, &statement.citations);
        self.begin_part(&outer);
    }

    /// Appends a label in a small type that sets it apart from the text.
    pub(crate) fn small_word(&mut self, inline: &mut Inline, text_context: TextContext, word: &str) {
        let node = self.label_tag(text_context.node, Role::Span { actual_text: None });
        let mut style = stylesheet::META.strong().style;
        style.size = text_context.style.size * 8 / 10;
        // Without a language the word is not hyphenated.
        self.push_text(inline, TextContext { node, style, language: "", ..text_context }, word);
    }

    fn marked_text(&mut self, inline: &mut Inline, text_context: TextContext, text: &str, spans: &[Span]) {
        if spans.is_empty() {
            return self.push_text(inline, text_context, text);
        }
        let text_spans = text_spans(text, spans);
        let mut edges: Vec<usize> = text_spans.iter().flat_map(|span| [span.start, span.end]).collect();
        edges.extend([0, text.len()]);
        edges.sort_unstable();
        edges.dedup();
        // Open elements, each with the span that it represents.
        let mut open: Vec<(usize, TextContext)> = Vec::new();
        for pair in edges.windows(2) {
            let covering: Vec<usize> = (0..text_spans.len())
                .filter(|index| text_spans[*index].start <= pair[0] && text_spans[*index].end >= pair[1])
                .collect();
            let kept = open.iter().zip(&covering).take_while(|((span, _), now)| span == *now).count();
            open.truncate(kept);
            for index in &covering[kept..] {
                let above = open.last().map_or(text_context, |(_, text_context)| *text_context);
                let inner = self.open_mark(above, &text_spans[*index]);
                open.push((*index, inner));
            }
            let inner = open.last().map_or(text_context, |(_, text_context)| *text_context);
            self.push_text(inline, inner, &text[pair[0]..pair[1]]);
        }
    }

    fn open_mark<'v>(&mut self, text_context: TextContext<'v>, span: &TextSpan<'v>) -> TextContext<'v> {
        let mut inner = text_context;
        match span.kind {
            SpanKind::Unspecified => {}
            SpanKind::Emphasis => inner.style.italic = !text_context.style.italic,
            SpanKind::Strong => inner.style.weight = Weight::Semibold,
            SpanKind::Language => {
                let role = Role::Span { actual_text: None };
                inner.node = self.flow.tags.add(text_context.node, role, Some(span.target.to_owned()));
                inner.language = span.target;
            }
            SpanKind::Link => {
                // Nested links are plain text: validation refuses them, and so does the standard.
                if text_context.link.is_none()
                    && let Some(link) = self.marked_link(text_context.node, span.target)
                {
                    inner.node = link;
                    inner.link = Some(link);
                    inner.style.color = stylesheet::ACCENT;
                }
            }
        }
        inner
    }

    fn marked_link(&mut self, node: TagId, target: &str) -> Option<TagId> {
        let (target, contents) = match target.strip_prefix('#') {
            Some(id) => {
                let name = self.name_of_part(id).map_or(id, |name| &name.text);
                (LinkTarget::Anchor(*self.anchors.get(id)?), filled(self.labels().go_to, &[name]))
            }
            None => (LinkTarget::Uri(target.to_owned()), target.to_owned()),
        };
        Some(self.tag(node, Role::Link { target, contents: self.link_contents(&contents) }))
    }

    /// Appends the sources' numbers, raised and comma-separated, as `Reference` > `Link`.
    fn citations(&mut self, inline: &mut Inline, text_context: TextContext, citations: &[Citation]) {
        let mut numbers: Vec<(usize, &str)> = citations
            .iter()
            .filter_map(|citation| {
                Some((*self.numbers.get(&citation.source_id)?, citation.source_id.as_str()))
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let style = stylesheet::marker(text_context.style);
        let mut here = None;
        for (index, (number, id)) in numbers.into_iter().enumerate() {
            let raised = TextContext { style, ..text_context };
            if index > 0 {
                self.push_text(inline, raised, ",");
            }
            let Some(anchor) = self.anchors.get(id).copied() else { continue };
            self.cited(inline, number, &mut here);
            let reference = self.tag(text_context.node, Role::Reference);
            let target = LinkTarget::Anchor(anchor);
            let reference_context = TextContext { node: reference, ..raised };
            let number = number.to_string();
            let contents = filled(self.labels().source_number, &[&number]);
            self.link_to(inline, reference_context, target, &number, &contents);
        }
    }

    /// Records a citation of a source at the current position. `here` is the position's anchor, if it has one: the
    /// first citation of a source gets a named anchor for the back link, others share an unnamed one.
    pub(crate) fn cited(&mut self, inline: &mut Inline, number: usize, here: &mut Option<AnchorId>) {
        let citing = match (self.citing_anchors.contains_key(&number), *here) {
            (false, _) => self.new_anchor(&format!("cited.{number}")),
            (true, Some(here)) => here,
            (true, None) => self.new_anchor(""),
        };
        if *here != Some(citing) {
            inline.anchor(citing);
        }
        here.get_or_insert(citing);
        self.citing_anchors.entry(number).or_default().push(citing);
    }

    pub(crate) fn new_anchor(&mut self, name: &str) -> AnchorId {
        let index =
            u32::try_from(self.flow.anchor_names.len()).expect("fewer than 2^32 anchors fit in memory");
        self.flow.anchor_names.push(name.to_owned());
        AnchorId(index)
    }
}

/// Converts spans from code points to bytes. Validation refuses spans out of range; here they are clamped.
fn text_spans<'s>(text: &str, spans: &'s [Span]) -> Vec<TextSpan<'s>> {
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = |point: u32| offsets.get(point as usize).copied().unwrap_or(text.len());
    let mut text_spans: Vec<TextSpan> = spans
        .iter()
        .map(|span| TextSpan {
            start: at(span.start),
            end: at(span.end),
            kind: SpanKind::try_from(span.kind).unwrap_or_default(),
            target: &span.target,
        })
        .filter(|span| span.start < span.end)
        .collect();
    text_spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    text_spans
}
