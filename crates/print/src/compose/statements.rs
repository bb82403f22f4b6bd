//! Statements to inline text: marks, status words, portion marks, citation numbers.

use chancery_proto::brief::v1::{Citation, Span, SpanKind, Statement, StatementStatus};

use crate::compose::composer::{Composer, Voice};
use crate::compose::labels::filled;
use crate::compose::stylesheet;
use crate::tags::{AnchorId, LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::text::text_style::Weight;

/// A mark on a stretch of text, in bytes.
struct Mark<'s> {
    start: usize,
    end: usize,
    kind: SpanKind,
    target: &'s str,
}

impl Composer<'_> {
    /// Appends statements with a space between them. `enclosing` is the marking of the part they stand in.
    pub(crate) fn statements(
        &mut self,
        inline: &mut Inline,
        voice: Voice,
        statements: &[Statement],
        enclosing: &str,
    ) {
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                self.say(inline, voice, " ");
            }
            self.statement(inline, voice, statement, enclosing);
        }
    }

    fn statement(&mut self, inline: &mut Inline, voice: Voice, statement: &Statement, enclosing: &str) {
        if statement.withheld.is_some() {
            return self.withheld(inline, voice);
        }
        if let Some(anchor) = self.anchors.get(&statement.id) {
            inline.anchor(*anchor);
        }
        if !statement.marking.is_empty() && statement.marking != enclosing {
            self.small_word(inline, voice, &format!("({}) ", statement.marking));
        }
        let outer = self.replace_part(&statement.id);
        match StatementStatus::try_from(statement.status).unwrap_or_default() {
            StatementStatus::Unspecified | StatementStatus::Active => {}
            StatementStatus::Superseded => {
                self.small_word(inline, voice, &format!("{} ", self.labels().superseded_mark));
            }
            StatementStatus::Withdrawn => {
                self.small_word(inline, voice, &format!("{} ", self.labels().withdrawn_mark));
            }
        }
        self.marked_text(inline, voice, &statement.text, &statement.spans);
        self.citations(inline, voice, &statement.citations);
        self.begin_part(&outer);
    }

    /// A word of the printer's own, apart from the text by its type.
    pub(crate) fn small_word(&mut self, inline: &mut Inline, voice: Voice, word: &str) {
        let node = self.own_tag(voice.node, Role::Span { actual_text: None });
        let mut style = stylesheet::META.strong().style;
        style.size = voice.style.size * 8 / 10;
        // No language, no division: such words stay whole.
        self.say(inline, Voice { node, style, language: "", ..voice }, word);
    }

    fn marked_text(&mut self, inline: &mut Inline, voice: Voice, text: &str, spans: &[Span]) {
        if spans.is_empty() {
            return self.say(inline, voice, text);
        }
        let marks = marks(text, spans);
        let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
        edges.extend([0, text.len()]);
        edges.sort_unstable();
        edges.dedup();
        // Elements that are open, with the mark each stands for.
        let mut open: Vec<(usize, Voice)> = Vec::new();
        for pair in edges.windows(2) {
            let covering: Vec<usize> = (0..marks.len())
                .filter(|index| marks[*index].start <= pair[0] && marks[*index].end >= pair[1])
                .collect();
            let kept = open.iter().zip(&covering).take_while(|((mark, _), now)| mark == *now).count();
            open.truncate(kept);
            for index in &covering[kept..] {
                let above = open.last().map_or(voice, |(_, voice)| *voice);
                let inner = self.open_mark(above, &marks[*index]);
                open.push((*index, inner));
            }
            let inner = open.last().map_or(voice, |(_, voice)| *voice);
            self.say(inline, inner, &text[pair[0]..pair[1]]);
        }
    }

    fn open_mark<'v>(&mut self, voice: Voice<'v>, mark: &Mark<'v>) -> Voice<'v> {
        let mut inner = voice;
        match mark.kind {
            SpanKind::Unspecified => {}
            SpanKind::Emphasis => inner.style.italic = !voice.style.italic,
            SpanKind::Strong => inner.style.weight = Weight::Semibold,
            SpanKind::Language => {
                let role = Role::Span { actual_text: None };
                inner.node = self.flow.tags.add(voice.node, role, Some(mark.target.to_owned()));
                inner.language = mark.target;
            }
            SpanKind::Link => {
                // A link inside a link is text: validation refuses it, and so does the standard.
                if voice.link.is_none()
                    && let Some(link) = self.marked_link(voice.node, mark.target)
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
        Some(self.tag(node, Role::Link { target, contents: self.heard(&contents) }))
    }

    /// The sources' numbers, raised: `Reference` > `Link`, with commas between them.
    fn citations(&mut self, inline: &mut Inline, voice: Voice, citations: &[Citation]) {
        let mut numbers: Vec<(usize, &str)> = citations
            .iter()
            .filter_map(|citation| {
                Some((*self.numbers.get(&citation.source_id)?, citation.source_id.as_str()))
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let style = stylesheet::marker(voice.style);
        let mut here = None;
        for (index, (number, id)) in numbers.into_iter().enumerate() {
            let raised = Voice { style, ..voice };
            if index > 0 {
                self.say(inline, raised, ",");
            }
            let Some(anchor) = self.anchors.get(id).copied() else { continue };
            self.cited(inline, number, &mut here);
            let reference = self.tag(voice.node, Role::Reference);
            let target = LinkTarget::Anchor(anchor);
            let within = Voice { node: reference, ..raised };
            let number = number.to_string();
            let hears = filled(self.labels().source_number, &[&number]);
            self.link_to(inline, within, target, &number, &hears);
        }
    }

    /// Marks a place that cites a source. `here` is the place's own anchor, once it has one: the first citation of a
    /// source has a name, to lead back to, and others share one without.
    pub(crate) fn cited(&mut self, inline: &mut Inline, number: usize, here: &mut Option<AnchorId>) {
        let citing = match (self.citings.contains_key(&number), *here) {
            (false, _) => self.new_anchor(&format!("cited.{number}")),
            (true, Some(here)) => here,
            (true, None) => self.new_anchor(""),
        };
        if *here != Some(citing) {
            inline.anchor(citing);
        }
        here.get_or_insert(citing);
        self.citings.entry(number).or_default().push(citing);
    }

    pub(crate) fn new_anchor(&mut self, name: &str) -> AnchorId {
        let index =
            u32::try_from(self.flow.anchor_names.len()).expect("fewer than 2^32 anchors fit in memory");
        self.flow.anchor_names.push(name.to_owned());
        AnchorId(index)
    }
}

/// Spans count code points; out-of-range ones were refused at validation and are cut here.
fn marks<'s>(text: &str, spans: &'s [Span]) -> Vec<Mark<'s>> {
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = |point: u32| offsets.get(point as usize).copied().unwrap_or(text.len());
    let mut marks: Vec<Mark> = spans
        .iter()
        .map(|span| Mark {
            start: at(span.start),
            end: at(span.end),
            kind: SpanKind::try_from(span.kind).unwrap_or_default(),
            target: &span.target,
        })
        .filter(|mark| mark.start < mark.end)
        .collect();
    marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
    marks
}
