//! Inline text of statements: spans, status marks, portion markings and citation numbers.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{Span, SpanKind, Statement, StatementStatus};

use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::stylesheet;
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::text::runs_right_to_left;
use crate::text::text_style::{Family, TextStyle, Weight};

/// Number of citation marks up to which a list of them stays on one line, and after which a longer one may break.
const MARKS_ON_ONE_LINE: usize = 6;
const MARKS_BETWEEN_BREAKS: usize = 3;

/// A span of a text, in bytes.
struct TextSpan<'s> {
    start: usize,
    end: usize,
    kind: SpanKind,
    target: &'s str,
}

impl Composer<'_> {
    /// Appends statements separated by spaces; consecutive ones with the same sources are cited after the last.
    /// `enclosing` is the marking of the enclosing part. Under a scheme that marks every portion, a statement is marked where
    /// the marking changes, and the first always; otherwise those that differ from the enclosing part.
    pub(crate) fn statements(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        statements: &[Statement],
        enclosing: &str,
    ) {
        let texts = statements.iter().map(|statement| statement.text.as_str());
        let right_to_left = runs_right_to_left(texts, self.flow.right_to_left);
        let cited: Vec<Vec<usize>> =
            statements.iter().map(|statement| self.cited_numbers(statement)).collect();
        let mut marked = if self.marks_every_portion() { "" } else { enclosing };
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, " ");
            }
            if statement.withheld.is_some() {
                self.withheld(inline, text_context);
                continue;
            }
            let own = if statement.marking.is_empty() { enclosing } else { &statement.marking };
            let is_marked = own != marked;
            if self.marks_every_portion() {
                marked = own;
            }
            self.statement(inline, text_context, statement, Some(own).filter(|_| is_marked));
            self.record_citations(inline, &cited[index]);
            if cited.get(index + 1) != Some(&cited[index]) {
                self.citation_marks(inline, text_context, &cited[index], right_to_left);
            }
        }
    }

    fn statement(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        statement: &Statement,
        marking: Option<&str>,
    ) {
        if let Some(anchor) = self.anchors.get(&statement.id) {
            inline.anchor(*anchor);
        }
        if let Some(marking) = marking.filter(|marking| !marking.is_empty()) {
            self.portion_word(inline, text_context, marking);
        }
        let outer = self.replace_part(&statement.id);
        if let Some(mark) = self.status_mark(statement) {
            self.status_word(inline, text_context, &mark.replace(' ', "\u{a0}"));
            // At the end of a line the mark would seem to belong to the sentence before it.
            self.push_text(inline, text_context, "\u{a0}");
        }
        self.marked_text(inline, text_context, &statement.text, &statement.spans);
        self.begin_part(&outer);
    }

    /// Returns the mark before a statement that does not hold as it is written.
    fn status_mark(&self, statement: &Statement) -> Option<&'static str> {
        let labels = self.labels();
        match StatementStatus::try_from(statement.status).unwrap_or_default() {
            StatementStatus::Superseded => Some(labels.page.no_longer_holds_mark),
            StatementStatus::Withdrawn => Some(labels.withdrawn_mark),
            StatementStatus::Unspecified | StatementStatus::Active => {
                self.contested.contains(statement.id.as_str()).then_some(labels.page.disputed_mark)
            }
        }
    }

    /// Appends the mark of a statement that does not hold as it is written.
    fn status_word(&mut self, inline: &mut Inline, text_context: TextContext, word: &str) {
        let node = self.label_tag(text_context.node, Role::Span { actual_text: None });
        let style = TextStyle {
            family: Family::Sans,
            weight: Weight::Bold,
            italic: false,
            size: text_context.style.size * 75 / 100,
            color: stylesheet::ACCENT,
            ..text_context.style
        };
        self.push_text(inline, TextContext { node, style, language: "", ..text_context }, word);
    }

    /// Appends the marking of a part that consists of statements, unless the statements have their own.
    pub(crate) fn mark_part_of_statements(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        marking: &str,
    ) {
        if !self.marks_every_portion() {
            self.mark_part(inline, text_context, marking);
        }
    }

    /// Returns the portion marking that a part prints, given its own marking or an empty one: under the `us` scheme
    /// every part's, otherwise one that differs from the brief's default.
    pub(crate) fn portion<'m>(&'m self, marking: &'m str) -> Option<&'m str> {
        let default = self.content.default_marking.as_str();
        let marking = if marking.is_empty() { default } else { marking };
        (!marking.is_empty() && (self.marks_every_portion() || marking != default)).then_some(marking)
    }

    /// Returns whether the brief's scheme requires a marking at every portion, as `us` does.
    pub(crate) fn marks_every_portion(&self) -> bool {
        Scheme::Us.rank(self.banner()).is_some()
    }

    /// Appends a portion marking that opens a text.
    pub(crate) fn portion_word(&mut self, inline: &mut Inline, text_context: TextContext, marking: &str) {
        let word = format!("({marking}) ");
        if !self.marks_every_portion() {
            return self.small_word(inline, text_context, &word);
        }
        let node = self.label_tag(text_context.node, Role::Span { actual_text: None });
        let mut style = self.sheet.fit(stylesheet::META).style;
        style.weight = Weight::Bold;
        self.push_text(inline, TextContext { node, style, language: "", ..text_context }, &word);
    }

    /// Appends a label in a small type that sets it apart from the text.
    pub(crate) fn small_word(&mut self, inline: &mut Inline, text_context: TextContext, word: &str) {
        let node = self.label_tag(text_context.node, Role::Span { actual_text: None });
        let mut style = stylesheet::META.strong().style;
        style.size = text_context.style.size * 8 / 10;
        // Without a language the word is not hyphenated.
        self.push_text(inline, TextContext { node, style, language: "", ..text_context }, word);
    }

    pub(crate) fn marked_text(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        text: &str,
        spans: &[Span],
    ) {
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

    /// Returns the numbers of a statement's sources in order, each once.
    fn cited_numbers(&self, statement: &Statement) -> Vec<usize> {
        let numbers = statement.citations.iter().filter_map(|of| self.numbers.get(&of.source_id).copied());
        let mut numbers: Vec<usize> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Records the citations of a statement at its end.
    fn record_citations(&mut self, inline: &mut Inline, numbers: &[usize]) {
        let mut here = None;
        for number in numbers {
            self.cited(inline, *number, &mut here);
        }
    }

    /// Appends the sources' numbers, raised, as `Reference` > `Link`; three or more in a row form a range, whose ends
    /// are linked.
    fn citation_marks(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        numbers: &[usize],
        right_to_left: bool,
    ) {
        let raised = TextContext { style: stylesheet::marker(text_context.style), ..text_context };
        let comma = self.labels().page.list_comma.trim_end();
        let runs = number_runs(numbers);
        let is_long = runs.len() > MARKS_ON_ONE_LINE;
        for (index, run) in runs.into_iter().enumerate() {
            if index > 0 {
                self.push_text(inline, raised, comma);
                if right_to_left {
                    // Without a mark, digits around one comma are one number, from left to right (UAX #9, W4).
                    self.push_text(inline, raised, "\u{200f}");
                }
            }
            if is_long && index > 0 && index % MARKS_BETWEEN_BREAKS == 0 {
                // A raised number does not begin a line; this breaks a list that is wider than the column.
                self.push_text(inline, raised, "\u{200b}");
            }
            let reference = self.tag(text_context.node, Role::Reference);
            let reference_context = TextContext { node: reference, ..raised };
            self.citation_link(inline, reference_context, run.0);
            if let Some(last) = run.1 {
                self.push_text(inline, reference_context, "\u{2013}");
                self.citation_link(inline, reference_context, last);
            }
        }
    }

    /// Appends the numbers of sources as links; three or more in a row form a range.
    pub(crate) fn source_numbers(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        numbers: &[usize],
    ) {
        let comma = self.labels().page.list_comma;
        for (index, (first, last)) in number_runs(numbers).into_iter().enumerate() {
            if index > 0 {
                self.push_text(inline, text_context, comma);
            }
            self.citation_link(inline, text_context, first);
            if let Some(last) = last {
                self.push_text(inline, text_context, "\u{2013}");
                self.citation_link(inline, text_context, last);
            }
        }
    }

    fn citation_link(&mut self, inline: &mut Inline, text_context: TextContext, number: usize) {
        let text = self.lexicon.digits(&number.to_string());
        match self.source_anchors.get(&number).copied() {
            Some(anchor) => {
                let contents = filled(self.labels().source_number, &[&text]);
                self.link_to(inline, text_context, LinkTarget::Anchor(anchor), &text, &contents);
            }
            None => self.push_text(inline, text_context, &text),
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

/// Returns ascending numbers as single ones and as ranges of three or more in a row.
fn number_runs(numbers: &[usize]) -> Vec<(usize, Option<usize>)> {
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).flat_map(|run| match run {
        [first, _, .., last] => vec![(*first, Some(*last))],
        few => few.iter().map(|number| (*number, None)).collect(),
    });
    runs.collect()
}

#[cfg(test)]
mod tests {
    use super::number_runs;

    #[test]
    fn three_or_more_numbers_in_a_row_form_a_range() {
        assert_eq!(number_runs(&[1, 2, 7, 8, 9, 11]), [(1, None), (2, None), (7, Some(9)), (11, None)]);
        assert_eq!(number_runs(&[]), []);
    }
}
