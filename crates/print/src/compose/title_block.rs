//! Texts of the running elements, and the facts of a print.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::RevisionBody;

use crate::Format;
use crate::Import;
use crate::compose::composer::Composer;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::stylesheet::{BAND, FOOTER, RUNNING_TITLE, TypeSpec};
use crate::document_info::{AttachedData, DocumentImport, DocumentInfo};
use crate::flow::{FACT_SEPARATOR, MarkingPlace, PageNumberStyle, RunningElements};
use crate::pages::{ArtifactKind, Owner};
use crate::tags::AnchorId;
use crate::text::inline::{Inline, PieceKind, PieceStyle};
use crate::text::isolated;
use crate::text::languages::is_right_to_left;

/// Number of characters of a running element that layout may have to shorten.
const LONGEST_RUNNING_TEXT: usize = 300;

impl Composer<'_> {
    /// Composes the running elements and the document's metadata.
    pub(crate) fn running_elements(&mut self) {
        let (edition, labels) = (self.edition, self.labels());
        let marking = self.banner().to_owned();
        let page = &labels.page;
        let (kind, marking_place) = marking_style(&marking);
        let mut facts = Vec::new();
        if let Some(date) = self.as_of_date() {
            facts.push(filled(page.as_of_date, &[&self.lexicon.date(date)]));
        }
        if edition.revision != 0 {
            let number = self.lexicon.digits(&edition.revision.to_string());
            facts.push(filled(page.revision_number, &[&number]));
        }
        if !self.options.recipient.is_empty() {
            facts.push(filled(page.recipient_name, &[self.options.recipient]));
        }
        let short_title = short_title(&self.content.title).to_owned();
        let facts = facts.iter().map(|fact| isolated(fact)).collect::<Vec<_>>().join(FACT_SEPARATOR);
        let footer = self.sheet.fit(FOOTER);
        let digits = "0".repeat(self.page_digits);
        let number = isolated(&self.lexicon.digits(&filled(page.page_of_pages, &[&digits, &digits])));
        self.flow.running_elements = RunningElements {
            marking: self.artifact(&marking, kind),
            marking_place,
            imprint: self.artifact(self.options.theme.footer, footer),
            watermark: self.watermark_text(),
            title: self.artifact(&self.content.title, self.sheet.fit(RUNNING_TITLE)),
            sections: Vec::new(),
            facts: self.artifact(&facts, footer),
            footer_title: self.artifact(&short_title, footer),
            page_number: self.artifact(&number, self.sheet.fit(RUNNING_TITLE)),
            number_words: page.page_of_pages,
            leading: footer.leading,
        };
        self.flow.page_numbers =
            PageNumberStyle { digits: self.lexicon.digits_converter(), comma: page.list_comma };
        let title = self.visible_name("title", &self.content.title, brief_id(edition.brief)).into_owned();
        self.flow.info = DocumentInfo {
            title,
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

    /// Adds the parts' names to the running head, with the names of the parts that enclose them.
    pub(crate) fn running_sections(&mut self) {
        let mut open: Vec<String> = Vec::new();
        let entries: Vec<(u8, String, AnchorId)> =
            self.flow.outline.iter().map(|of| (of.level, of.title.clone(), of.anchor)).collect();
        let kind = self.sheet.fit(FOOTER);
        let mut sections = Vec::with_capacity(entries.len());
        for (level, title, anchor) in entries {
            open.truncate(usize::from(level).saturating_sub(1));
            open.push(title);
            let named: Vec<&str> = open.iter().take(2).map(String::as_str).collect();
            let text = format!("  \u{b7}  {}", named.join(": "));
            sections.push((anchor, self.artifact(&text, kind)));
        }
        self.flow.running_elements.sections = sections;
    }

    pub(crate) fn artifact(&mut self, text: &str, kind: TypeSpec) -> Inline {
        let mut inline = Inline::default();
        let language = self.typesetter.languages.id(&self.content.language);
        let (style, owner) = (kind.style, Owner::Artifact(ArtifactKind::Footer));
        // Characters without a glyph are omitted; the tagged fact in the title block shows them.
        let covered = text.chars().filter(|c| self.typesetter.covers(&style, *c));
        // Layout shortens it to the line; it need not measure more than any line holds.
        let text: String = covered.take(LONGEST_RUNNING_TEXT).collect();
        inline.push(&text, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
        inline
    }

    pub(crate) fn as_of_date(&self) -> Option<&str> {
        self.content.as_of.as_ref().map(|as_of| as_of.date.as_str()).filter(|date| !date.is_empty())
    }

    /// Returns the publication as stated by an import, which this system did not witness.
    pub(crate) fn as_imported(&self, published: &str, import: Import<'_>) -> String {
        let labels = self.labels();
        let runs_right_to_left = is_right_to_left(self.lexicon.locale().tag());
        // After Arabic letters the parts of a date would be reordered.
        let value = |text: &str| if runs_right_to_left { isolated(text) } else { text.to_owned() };
        let (published, imported_on) = (value(published), value(&self.lexicon.date(import.imported_on)));
        let sentence = if import.importer.is_empty() {
            filled(labels.published_as_imported, &[&published, &imported_on])
        } else {
            filled(labels.published_as_imported_by, &[&published, &imported_on, &value(import.importer)])
        };
        // In a left-to-right brief, an isolate keeps the sentence's direction.
        if runs_right_to_left { format!("\u{2067}{sentence}\u{2069}") } else { sentence }
    }
}

/// Returns the type of a banner marking and where it is printed.
pub(crate) fn marking_style(marking: &str) -> (TypeSpec, MarkingPlace) {
    if Scheme::Us.rank(marking).is_some() {
        (BAND, MarkingPlace::Centered)
    } else {
        (BAND.colored(lexicon::marking_color(marking)), MarkingPlace::Right)
    }
}

/// Returns the part of a title before its colon.
fn short_title(title: &str) -> &str {
    title.split_once(':').map_or(title, |(short, _)| short).trim()
}

/// Returns a text as a single line without bidi controls.
pub(crate) fn printable(text: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text: String = text.chars().filter(is_allowed).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the last segment of a brief's name.
fn brief_id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
