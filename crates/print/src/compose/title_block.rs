//! Title block with every fact of the running elements, texts of the running elements, and the contents.

use chancery_proto::brief::v1::RevisionBody;

use crate::compose::composer::{Composer, TextContext};
use crate::compose::labels::filled;
use crate::compose::plan::Part;
use crate::compose::stylesheet::{BAND, CONTENTS, FINE, FOOTER, LOCAL_TITLE, SUBTITLE, TITLE};
use crate::compose::tables::{Fact, facts_table};
use crate::compose::{lexicon, stylesheet};
use crate::document_info::{AttachedData, DocumentImport, DocumentInfo};
use crate::flow::{Block, Span, TextBlock};
use crate::pages::{ArtifactKind, Owner};
use crate::tags::{LinkTarget, Role, TagId};
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::languages::is_right_to_left;
use crate::text::paragraph_setup::Align;
use crate::text::runs_right_to_left;
use crate::units::Length;
use crate::{Format, Import, RevisionState};

/// Levels of headings in the contents.
const CONTENTS_LEVELS: u8 = 2;

impl Composer<'_> {
    /// Composes the running elements and the document's metadata.
    pub(crate) fn running_elements(&mut self) {
        let (edition, labels) = (self.edition, self.labels());
        let marking = self.banner().to_owned();
        let color = lexicon::marking_color(&marking);
        self.flow.running_elements.marking = self.artifact(&marking, BAND.colored(color));
        let digest = edition.edition_digest.get(..12).unwrap_or(edition.edition_digest);
        let mut facts = vec![brief_id(edition.brief).to_owned()];
        if edition.revision != 0 {
            facts.push(filled(labels.footer_revision, &[&edition.revision.to_string()]));
        }
        facts.extend(self.as_of_date().map(|date| filled(labels.footer_as_of, &[&isolated(date)])));
        facts.push(digest.to_owned());
        let facts: Vec<String> = facts.iter().map(|fact| isolated(fact)).collect();
        self.flow.running_elements.footer = self.artifact(&facts.join(" \u{b7} "), self.sheet.fit(FOOTER));
        self.flow.running_elements.imprint = self.artifact(self.options.theme.footer, self.sheet.fit(FOOTER));
        self.flow.running_elements.watermark = self.watermark_text();
        self.flow.info = DocumentInfo {
            title: self.content.title.clone(),
            subject: self.content.subtitle.clone(),
            keywords: self.content.tags.clone(),
            language: self.content.language.clone(),
            creator: edition.creator.to_owned(),
            published_at: edition.published_at.to_owned(),
            import: edition.import.map(|import| DocumentImport {
                importer: import.importer.to_owned(),
                imported_on: import.imported_on.to_owned(),
            }),
            opens_outline: self.options.format == Format::Full,
            producer: concat!("Chancery ", env!("CARGO_PKG_VERSION")).to_owned(),
            marking,
            brief: edition.brief.to_owned(),
            revision: edition.revision,
            edition_digest: edition.edition_digest.to_owned(),
            data: self.options.attach_data.then(|| self.data()),
        };
    }

    /// Returns the edition in the form that its digest covers.
    fn data(&self) -> AttachedData {
        let brief_id = brief_id(self.edition.brief).to_owned();
        let content = Some(self.content.clone());
        let body = RevisionBody { brief_id, revision: self.edition.revision, content };
        let description = self.labels().attached_data.to_owned();
        AttachedData { json: chancery_proto::json::to_string_pretty(&body), description }
    }

    pub(crate) fn artifact(&mut self, text: &str, kind: stylesheet::TypeSpec) -> Inline {
        let mut inline = Inline::default();
        let language = self.typesetter.languages.id(&self.content.language);
        let (style, owner) = (kind.style, Owner::Artifact(ArtifactKind::Footer));
        // Characters without a glyph are omitted; the tagged fact in the title block shows them.
        let text: String = text.chars().filter(|c| self.typesetter.covers(&style, *c)).collect();
        inline.push(&text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        inline
    }

    pub(crate) fn as_of_date(&self) -> Option<&str> {
        self.content.as_of.as_ref().map(|as_of| as_of.date.as_str()).filter(|date| !date.is_empty())
    }

    /// Adds the title block and the contents.
    pub(crate) fn front(&mut self, parts: &[Part]) {
        let root = self.flow.tags.root();
        let sect = self.tag(root, Role::Sect);
        self.masthead(sect);
        self.titles(sect);
        if self.options.format == Format::Standard {
            // Saves space: facts take lines instead of a table, and titles in other languages are omitted.
            let facts = self.fact_list();
            self.facts_line(sect, &facts, FINE.colored(stylesheet::QUIET));
            return self.revision_state_lines(sect);
        }
        self.revision_state_lines(sect);
        self.facts(sect);
        if self.options.format == Format::Full {
            self.contents(sect, parts);
            self.flow.blocks.push(Block::PageBreak);
        }
    }

    fn titles(&mut self, sect: TagId) {
        let mut title = self.line(sect, Role::Title, TITLE, &self.content.title);
        title.span = Span::Full;
        title.keep_with_next = true;
        title.after = Length::pt(4);
        self.push(title);
        let other_languages = self.options.format == Format::Full;
        for local in self.content.localized_titles.iter().filter(|_| other_languages) {
            let node = self.flow.tags.add(sect, Role::P, Some(local.language.clone()));
            let mut block = TextBlock {
                right_to_left: is_right_to_left(&local.language),
                span: Span::Full,
                keep_with_next: true,
                ..self.block(LOCAL_TITLE)
            };
            let kind = LOCAL_TITLE.colored(stylesheet::QUIET);
            let text_context = TextContext { node, style: kind.style, language: &local.language, link: None };
            self.push_text(&mut block.inline, text_context, &local.text);
            // In a left-to-right document every title is left-aligned.
            block.align =
                if block.right_to_left == self.flow.right_to_left { Align::Start } else { Align::End };
            self.push(block);
        }
        if !self.content.subtitle.is_empty() {
            let mut subtitle = self.line(sect, Role::P, SUBTITLE.italic(), &self.content.subtitle);
            subtitle.span = Span::Full;
            subtitle.before = Length::pt(4);
            self.push(subtitle);
        }
    }

    /// Adds the lines on the revision's state: draft, superseded or withdrawn.
    pub(crate) fn revision_state_lines(&mut self, sect: TagId) {
        let (mut words, labels) = (Vec::new(), self.labels());
        if self.edition.state == RevisionState::Draft {
            words.push(labels.draft_line.to_owned());
        }
        words.extend(
            self.edition.superseded_by.map(|number| filled(labels.superseded_line, &[&number.to_string()])),
        );
        if self.edition.state == RevisionState::Withdrawn {
            self.withdrawal(sect);
        }
        for word in words {
            let mut block = self.label_line(sect, Role::P, SUBTITLE.strong(), &word);
            block.before = Length::pt(6);
            self.push(block);
        }
    }

    /// Adds the withdrawal and its reason, whose language is unknown.
    fn withdrawal(&mut self, sect: TagId) {
        let labels = self.labels();
        let mut line = self.label_line(sect, Role::P, SUBTITLE.strong(), labels.withdrawn_line);
        line.before = Length::pt(6);
        let reason = printable(self.edition.withdraw_reason);
        line.keep_with_next = !reason.is_empty();
        self.push(line);
        if reason.is_empty() {
            return;
        }
        let node = self.tag(sect, Role::P);
        let right_to_left = runs_right_to_left([reason.as_str()], self.flow.right_to_left);
        let mut block = TextBlock { right_to_left, span: Span::Full, ..self.block(SUBTITLE) };
        let text_context = self.text_context(node, SUBTITLE);
        self.push_label(&mut block.inline, text_context, labels.withdraw_reason);
        // Without a language the reason is not hyphenated.
        self.push_text(
            &mut block.inline,
            TextContext { language: "", ..text_context },
            &format!(" {reason}"),
        );
        self.push(block);
    }

    /// Returns every fact of the running elements, to print once as tagged text (ISO 14289-1, 7.1).
    pub(crate) fn fact_list(&self) -> Vec<Fact> {
        let (edition, labels) = (self.edition, self.labels());
        let as_of = self.content.as_of.as_ref().map(|as_of| {
            let facts = [as_of.date.as_str(), as_of.note.as_str()];
            facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("; ")
        });
        // A draft without a parent revision has no number, and no draft has a publisher.
        let revision = if edition.revision == 0 { String::new() } else { edition.revision.to_string() };
        let published = match (edition.published_at, edition.creator) {
            ("", _) | (_, "") => edition.published_at.to_owned(),
            (time, creator) => filled(labels.published_by, &[time, creator]),
        };
        let published = match edition.import {
            Some(import) => self.as_imported(&published, import),
            None => published,
        };
        let mut facts: Vec<Fact> = vec![
            (labels.marking, self.banner().to_owned()),
            (labels.brief, edition.brief.to_owned()),
            (labels.revision, revision),
            (labels.as_of, as_of.unwrap_or_default()),
            (labels.published, published),
            (labels.edition_digest, edition.edition_digest.to_owned()),
            (labels.recipient, self.options.recipient.to_owned()),
        ];
        facts.retain(|(_, value)| !value.is_empty());
        facts
    }

    /// Returns the publication as stated by an import, which this system did not witness.
    fn as_imported(&self, published: &str, import: Import<'_>) -> String {
        let labels = self.labels();
        let runs_right_to_left = is_right_to_left(self.lexicon.locale().tag());
        // After Arabic letters the parts of a date would be reordered.
        let value = |text: &str| if runs_right_to_left { isolated(text) } else { text.to_owned() };
        let (published, imported_on) = (value(published), value(import.imported_on));
        let sentence = if import.importer.is_empty() {
            filled(labels.published_as_imported, &[&published, &imported_on])
        } else {
            filled(labels.published_as_imported_by, &[&published, &imported_on, &value(import.importer)])
        };
        // In a left-to-right brief, an isolate keeps the sentence's direction.
        if runs_right_to_left { format!("\u{2067}{sentence}\u{2069}") } else { sentence }
    }

    fn facts(&mut self, sect: TagId) {
        let facts = self.fact_list();
        let table = facts_table(self, sect, &facts);
        self.flow.blocks.push(Block::Table(Box::new(table)));
    }

    fn contents(&mut self, sect: TagId, parts: &[Part]) {
        let mut heading = self.label_line(sect, Role::P, stylesheet::heading(2), self.labels().contents);
        heading.before = Length::pt(16);
        heading.after = Length::pt(2);
        heading.keep_with_next = true;
        self.push(heading);
        let mut lists = vec![self.tag(sect, Role::Toc)];
        for part in parts.iter().filter(|part| part.level <= CONTENTS_LEVELS) {
            let level = usize::from(part.level).min(lists.len() + 1);
            if level > lists.len() {
                // A nested list is inside the entry above it.
                let above = lists[lists.len() - 1];
                let nested = self.tag(above, Role::Toc);
                lists.push(nested);
            }
            lists.truncate(level);
            self.contents_entry(lists[level - 1], part, level);
        }
    }

    fn contents_entry(&mut self, list: TagId, part: &Part, level: usize) {
        let kind = CONTENTS[level.min(CONTENTS.len()) - 1];
        let item = self.tag(list, Role::Toci);
        let reference = self.tag(item, Role::Reference);
        self.begin_part(part.section_id());
        let contents = self.link_contents(&part.title);
        let role = Role::Link { target: LinkTarget::Anchor(part.anchor), contents };
        let link = if part.is_own() { self.label_tag(reference, role) } else { self.tag(reference, role) };
        let text_context = TextContext { link: Some(link), ..self.text_context(link, kind) };
        let mut block = self.block(kind);
        self.push_text(&mut block.inline, text_context, &part.title);
        self.push_text(&mut block.inline, text_context, " ");
        let mut tail = Inline::default();
        self.page_of(&mut tail, text_context, part.anchor);
        block.tail = Some(tail);
        let inset = Length::pt(12) * i64::try_from(level - 1).unwrap_or(0);
        block.inset = (inset, Length::ZERO);
        block.span = Span::Full;
        self.push(block);
    }
}

/// Wraps a fact in isolates (UAX #9), so that right-to-left facts do not reorder adjacent numbers.
fn isolated(fact: &str) -> String {
    format!("\u{2068}{fact}\u{2069}")
}

/// Returns a text as a single line without bidi controls.
fn printable(text: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text: String = text.chars().filter(is_allowed).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the last segment of a brief's name.
fn brief_id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
