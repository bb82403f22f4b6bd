//! The composer: the flow so far, and methods that add text with owner and language.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::references::change_subject;
use chancery_proto::brief::v1::{BriefContent, Change, ChangeKind, Source};
use prost::Message;

use crate::compose::abridgement::Abridgement;
use crate::compose::caption_numbers::CaptionNumbers;
use crate::compose::change_ledger::ChangeLedger;
use crate::compose::change_ledger::ReversalSelection;
use crate::compose::coverage_runs::{coverage_runs, missing_characters, nfc};
use crate::compose::figures::timeline::forms::Timelines;
use crate::compose::labels::{Labels, filled};
use crate::compose::lexicon;
use crate::compose::lexicon::Lexicon;
use crate::compose::marked_names::marked_name;
use crate::compose::part_names::{PartNames, part_names};
use crate::compose::plan::Plan;
use crate::compose::prior_revision::RevisionStatements;
use crate::compose::stylesheet::{BODY, Sheet, TypeSpec};
use crate::compose::trends::MovedFigure;
use crate::flow::{Block, Flow, Grid, TextBlock};
use crate::images::PreparedImages;
use crate::pages::Owner;
use crate::tags::{AnchorId, Role, TagId};
use crate::text::Typesetter;
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::languages::is_right_to_left;
use crate::text::text_style::TextStyle;
use crate::units::Length;
use crate::{Edition, Locale, Options, Warning};

/// Builds a flow.
pub(crate) struct Composer<'a> {
    pub(crate) edition: &'a Edition<'a>,
    pub(crate) options: &'a Options<'a>,
    pub(crate) lexicon: Lexicon,
    pub(crate) sheet: Sheet,
    pub(crate) content: &'a BriefContent,
    pub(crate) typesetter: &'a mut Typesetter,
    pub(crate) flow: Flow,
    pub(crate) anchors: BTreeMap<String, AnchorId>,
    pub(crate) numbers: BTreeMap<String, usize>,
    /// Destinations of the sources by number.
    pub(crate) source_anchors: BTreeMap<usize, AnchorId>,
    /// Ids of the statements that a declared change disputes.
    pub(crate) contested: BTreeSet<&'a str>,
    /// Destinations in the annex on the basis of statements, by statement.
    pub(crate) basis_anchors: BTreeMap<String, AnchorId>,
    /// Anchors of each source's citations, in order.
    pub(crate) citing_anchors: BTreeMap<usize, Vec<AnchorId>>,
    /// Statements of the earlier revision to compare with, and of this one.
    pub(crate) prior: RevisionStatements<'a>,
    pub(crate) current: RevisionStatements<'a>,
    pub(crate) names: BTreeMap<&'a str, Cow<'a, str>>,
    pub(crate) sources_by_id: BTreeMap<&'a str, &'a Source>,
    /// Whether the opening has the authors' summary of changes; otherwise the part on changes has it.
    pub(crate) summary_in_opening: bool,
    /// Number of reversals for which the opening has room.
    pub(crate) most_reversals: usize,
    /// The printed changes by weight.
    pub(crate) ledger: ChangeLedger<'a>,
    /// The reversals that the part on changes prints.
    pub(crate) selection: ReversalSelection,
    /// Names of this edition's parts, and of the earlier edition's.
    pub(crate) part_names: PartNames<'a>,
    pub(crate) prior_names: PartNames<'a>,
    /// Characters without a glyph, each with the id of the part where it first occurs.
    missing: BTreeMap<char, String>,
    /// Names without visible characters: the id of the part, and what the name is.
    pub(crate) blank_names: BTreeSet<(String, &'static str)>,
    /// Whether a section was begun.
    pub(crate) in_body: bool,
    /// Whether a figure has the destinations of the relationships.
    pub(crate) relationships_shown: bool,
    /// Marking of the block that is being composed; empty for parts of the printer.
    pub(crate) block_marking: String,
    /// The id of the part that is being composed; empty for the brief as a whole.
    part_id: String,
    /// The marking of every page.
    banner: &'a str,
    /// The figure of trends that moved out of the body.
    pub(crate) moved_trends: Option<MovedFigure<'a>>,
    /// Timelines that were laid out to plan the print.
    pub(crate) timelines: Timelines,
    pub(crate) caption_numbers: CaptionNumbers,
    pub(crate) frames: u32,
    pub(crate) images: PreparedImages,
    /// Parts that the one-page format omits.
    pub(crate) abridgement: Abridgement,
    /// Destinations of omitted empty blocks.
    waiting: Vec<AnchorId>,
    /// Number of digits reserved for page numbers.
    pub(crate) page_digits: usize,
}

/// Owner, style, language and link of text to add.
#[derive(Clone, Copy)]
pub(crate) struct TextContext<'t> {
    pub(crate) node: TagId,
    pub(crate) style: TextStyle,
    pub(crate) language: &'t str,
    pub(crate) link: Option<TagId>,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(
        edition: &'a Edition<'a>,
        options: &'a Options<'a>,
        lexicon: Lexicon,
        plan: &mut Plan<'a>,
        typesetter: &'a mut Typesetter,
    ) -> Self {
        let content = edition.content;
        let mut flow = Flow { right_to_left: is_right_to_left(&content.language), ..Flow::default() };
        flow.anchor_names = std::mem::take(&mut plan.anchor_names);
        let actors = content.actors.iter().map(|actor| {
            let short = if actor.short_name.is_empty() { &actor.name } else { &actor.short_name };
            (actor.id.as_str(), marked_name(short, &actor.marking, &content.default_marking))
        });
        let places = content.places.iter().map(|place| {
            (place.id.as_str(), marked_name(&place.name, &place.marking, &content.default_marking))
        });
        let (prior, current) =
            (RevisionStatements::new(edition.earlier), RevisionStatements::new(Some(content)));
        let changes = edition.combined_changes.unwrap_or(&content.changes);
        let ledger = ChangeLedger::new(changes, content, &prior, &current);
        let sources = content.sources.iter().map(|source| (source.id.as_str(), source));
        let mut composer = Self {
            edition,
            options,
            lexicon,
            sheet: Sheet::new(flow.right_to_left, options.text_size),
            content,
            typesetter,
            flow,
            source_anchors: plan
                .numbers
                .iter()
                .filter_map(|(id, number)| Some((*number, *plan.anchors.get(id)?)))
                .collect(),
            contested: contested(changes),
            basis_anchors: BTreeMap::new(),
            anchors: std::mem::take(&mut plan.anchors),
            numbers: std::mem::take(&mut plan.numbers),
            citing_anchors: BTreeMap::new(),
            prior,
            current,
            sources_by_id: sources.collect(),
            summary_in_opening: true,
            most_reversals: usize::MAX,
            ledger,
            selection: ReversalSelection::default(),
            names: actors.chain(places).collect(),
            part_names: part_names(content, lexicon.labels()),
            prior_names: edition
                .earlier
                .map(|earlier| part_names(earlier, lexicon.labels()))
                .unwrap_or_default(),
            blank_names: BTreeSet::new(),
            missing: BTreeMap::new(),
            in_body: false,
            relationships_shown: false,
            block_marking: String::new(),
            part_id: String::new(),
            banner: "",
            moved_trends: MovedFigure::of(&plan.sections),
            timelines: Timelines::default(),
            caption_numbers: CaptionNumbers::default(),
            frames: 0,
            images: PreparedImages::default(),
            abridgement: Abridgement::default(),
            waiting: Vec::new(),
            page_digits: page_digits(content),
        };
        composer.select_reversals();
        composer.banner = composer.highest_marking();
        composer
    }

    /// Returns the banner marking.
    pub(crate) const fn banner(&self) -> &'a str {
        self.banner
    }

    /// Returns the edition's marking, or the default marking of unmarked content, raised to the marking of quotations
    /// from earlier revisions.
    fn highest_marking(&self) -> &'a str {
        let content = self.content;
        let own = if content.marking.is_empty() { &content.default_marking } else { &content.marking };
        lexicon::highest_marking(own, self.quoted_markings())
    }

    /// Returns the changes to print: those since the revision to compare with, otherwise the edition's own.
    pub(crate) fn printed_changes(&self) -> &'a [Change] {
        self.edition.combined_changes.unwrap_or(&self.content.changes)
    }

    /// Returns "Since revision 1", or `None` for a first revision.
    pub(crate) fn since(&self) -> Option<String> {
        let number = self.lexicon.digits(&self.edition.earlier_number()?.to_string());
        Some(filled(self.labels().since_revision, &[&number]))
    }

    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let blank = self.blank_names.iter();
        let blank = blank.map(|(id, what)| Warning::BlankName { what, part_id: id.clone() });
        let missing = self.missing.iter();
        let missing = missing
            .map(|(character, id)| Warning::MissingGlyph { character: *character, part_id: id.clone() });
        blank.chain(missing).collect()
    }

    /// Returns the current part for warnings.
    pub(crate) fn part_id(&self) -> &str {
        &self.part_id
    }

    /// Sets the current part for warnings.
    pub(crate) fn begin_part(&mut self, id: &str) {
        id.clone_into(&mut self.part_id);
    }

    /// Sets the current part for warnings; returns the previous one.
    pub(crate) fn replace_part(&mut self, id: &str) -> String {
        std::mem::replace(&mut self.part_id, id.to_owned())
    }

    pub(crate) fn tag(&mut self, parent: TagId, role: Role) -> TagId {
        self.flow.tags.add(parent, role, None)
    }

    /// Adds an element for labels, in the printer's language.
    pub(crate) fn label_tag(&mut self, parent: TagId, role: Role) -> TagId {
        self.flow.tags.add(parent, role, self.label_language())
    }

    /// Returns the language of the printer's labels if it differs from the brief's.
    pub(crate) fn label_language(&self) -> Option<String> {
        let locale = self.lexicon.locale();
        (Locale::of(&self.content.language) != Some(locale)).then(|| locale.tag().to_owned())
    }

    /// Returns the printer's own words.
    pub(crate) const fn labels(&self) -> &'static Labels {
        self.lexicon.labels()
    }

    /// Appends a label of the printer to the author's text.
    pub(crate) fn push_label(&mut self, inline: &mut Inline, text_context: TextContext, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut text_context = text_context;
        if self.label_language().is_some() {
            text_context.node = self.label_tag(text_context.node, Role::Span { actual_text: None });
            text_context.language = self.lexicon.locale().tag();
        }
        self.push_text(inline, text_context, text);
    }

    /// Returns a context in the document's language.
    pub(crate) fn text_context(&self, node: TagId, kind: TypeSpec) -> TextContext<'a> {
        let style = self.sheet.fit(kind).style;
        TextContext { node, style, language: &self.content.language, link: None }
    }

    /// Returns a context in the printer's language, for an element that has it.
    pub(crate) fn label_context(&self, node: TagId, kind: TypeSpec) -> TextContext<'a> {
        TextContext { language: self.lexicon.locale().tag(), ..self.text_context(node, kind) }
    }

    /// Appends text. A cluster with a character without a glyph becomes a drawn box in a `Span` with the cluster as
    /// its `ActualText`.
    pub(crate) fn push_text(&mut self, inline: &mut Inline, text_context: TextContext, text: &str) {
        for (run, kind) in coverage_runs(self.typesetter, &nfc(text), &text_context.style) {
            if kind == PieceKind::Text {
                self.piece(inline, text_context, run, kind);
                continue;
            }
            for character in missing_characters(self.typesetter, run, &text_context.style) {
                self.missing.entry(character).or_insert_with(|| self.part_id.clone());
            }
            let role = Role::Span { actual_text: Some(run.to_owned()) };
            let span = self.tag(text_context.node, role);
            self.piece(inline, TextContext { node: span, ..text_context }, run, kind);
        }
    }

    pub(crate) fn piece(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        text: &str,
        kind: PieceKind,
    ) {
        if text.is_empty() {
            return;
        }
        let owner = Owner::Tagged { node: text_context.node, seq: self.flow.tags.next_seq() };
        let language = self.typesetter.languages.id(text_context.language);
        let piece = PieceStyle { style: text_context.style, owner, link: text_context.link, language, kind };
        self.isolate(inline, text_context.language == self.lexicon.locale().tag(), &piece);
        inline.push(text, piece);
    }

    /// Begins or ends the isolate of the printer's words where they run against the page (UAX #9): the words and numbers
    /// of a label stay in its own order, whatever the author's text around it is. The end of a paragraph ends it as well.
    fn isolate(&self, inline: &mut Inline, is_label: bool, piece: &PieceStyle) {
        if !self.lexicon.runs_against_page() || is_label == inline.in_isolate {
            return;
        }
        let mark = match (is_label, self.lexicon.runs_right_to_left()) {
            (false, _) => "\u{2069}",
            (true, false) => "\u{2066}",
            (true, true) => "\u{2067}",
        };
        inline.push(mark, PieceStyle { kind: PieceKind::Text, ..piece.clone() });
        inline.in_isolate = is_label;
    }

    /// Returns the separator of names that may contain commas.
    pub(crate) fn list_separator(&self) -> &'static str {
        if self.lexicon.runs_right_to_left() { "\u{61b} " } else { "; " }
    }

    /// Appends the bar of withheld text, as a `Figure` of its own.
    pub(crate) fn withheld(&mut self, inline: &mut Inline, text_context: TextContext) {
        let figure =
            self.label_tag(text_context.node, Role::Figure { alt: self.labels().withheld.to_owned() });
        self.piece(inline, TextContext { node: figure, ..text_context }, "\u{fffc}", PieceKind::Withheld);
    }

    /// Adds a block to the flow. An empty block is omitted, and its destinations move to the next.
    pub(crate) fn push(&mut self, mut block: TextBlock) {
        if block.inline.is_empty() {
            self.waiting.append(&mut block.anchors);
            self.waiting.extend(block.inline.anchors.iter().map(|(_, anchor)| *anchor));
        } else {
            block.anchors.append(&mut self.waiting);
            self.flow.blocks.push(Block::Text(Box::new(block)));
        }
    }

    /// Returns a block of one text with its own element.
    pub(crate) fn line(&mut self, parent: TagId, role: Role, kind: TypeSpec, text: &str) -> TextBlock {
        let node = self.tag(parent, role);
        let mut block = self.block(kind);
        let text_context = self.text_context(node, kind);
        self.push_text(&mut block.inline, text_context, text);
        block
    }

    /// Returns a block of a label with its own element.
    pub(crate) fn label_line(&mut self, parent: TagId, role: Role, kind: TypeSpec, text: &str) -> TextBlock {
        let node = self.label_tag(parent, role);
        let mut block = self.block(kind);
        let text_context = self.label_context(node, kind);
        self.push_text(&mut block.inline, text_context, text);
        block
    }

    /// Returns the indentation of a list's text.
    pub(crate) fn indent(&self) -> Length {
        self.sheet.fit(BODY).leading * 5 / 4
    }

    /// Returns an empty left-aligned block of a type in the document's direction.
    pub(crate) fn block(&self, kind: TypeSpec) -> TextBlock {
        TextBlock {
            leading: self.sheet.fit(kind).leading,
            grid: Grid::Rounded,
            right_to_left: self.flow.right_to_left,
            ..TextBlock::default()
        }
    }
}

/// Estimates the digits of page numbers from the content's size; a page holds at least 800 encoded bytes.
fn page_digits(content: &BriefContent) -> usize {
    match content.encoded_len() / 800 {
        0..=99 => 2,
        100..=999 => 3,
        _ => 4,
    }
}

/// Returns the ids of the statements that a change disputes.
fn contested(changes: &[Change]) -> BTreeSet<&str> {
    changes.iter().filter(|change| change.kind == ChangeKind::Contested as i32).map(change_subject).collect()
}
