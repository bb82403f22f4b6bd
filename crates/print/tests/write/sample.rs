//! A two-page document with every kind of element.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_print::Fonts;
use chancery_print::ProofError;
use chancery_print::document_info::{DocumentInfo, OutlineEntry};
use chancery_print::fonts::FaceId;
use chancery_print::graphics::Color;
use chancery_print::pages::{ActualText, Anchors, ArtifactKind, GlyphRun, Item, Page, PlacedItem};
use chancery_print::tags::{AnchorId, LinkTarget, ListNumbering, Role, Scope, TagId, TagTree};
use chancery_print::testing::{Expected, Proof, prove};
use chancery_print::units::Length;
use chancery_print::write::{WriteError, Writer};

use crate::setter::{a4, artifact, filled, rect, run, stroked, tagged};

/// A laid-out document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    pub(crate) pages: Vec<Page>,
    pub(crate) anchors: Anchors,
}

/// Input of the writer.
pub(crate) struct Sample {
    pub(crate) pages: Pages,
    pub(crate) tags: TagTree,
    pub(crate) info: DocumentInfo,
    pub(crate) outline: Vec<OutlineEntry>,
    pub(crate) anchors: Vec<String>,
    /// Expected text by element and position.
    pub(crate) texts: Vec<(TagId, u32, String)>,
}

impl Sample {
    pub(crate) fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut writer = Writer::new(&Fonts::default());
        for (number, page) in self.pages.pages.iter().enumerate() {
            writer.place(&self.tags, number, page)?;
        }
        writer.finish(&self.tags, &self.pages.anchors, &self.info, &self.outline, &self.anchors)
    }

    pub(crate) fn expected(&self) -> Expected<'_> {
        let mut expected = Expected::new(&self.tags, &self.info, &self.outline, &self.anchors);
        for (node, seq, text) in &self.texts {
            expected.text(*node, *seq, text.as_str());
        }
        expected
    }

    pub(crate) fn prove(&self) -> Result<Proof, ProofError> {
        prove(&self.write().expect("the sample can be written"), &self.expected())
    }
}

pub(crate) fn info() -> DocumentInfo {
    DocumentInfo {
        title: "Russia & Iran: a <partnership>".into(),
        language: "en-GB".into(),
        subject: "What holds, and how sure it is".into(),
        keywords: vec!["Russia".into(), "Iran".into()],
        creator: "The Desk".into(),
        published_at: "2026-03-01T12:00:00Z".into(),
        opens_outline: true,
        producer: "Chancery 0.1.0".into(),
        marking: "TLP:GREEN".into(),
        brief: "workspaces/default/briefs/russia-iran".into(),
        revision: 3,
        edition_digest: "ab".repeat(32),
        import: None,
        data: None,
    }
}

/// Builds a sample.
struct Draft {
    tags: TagTree,
    pages: Vec<Vec<PlacedItem>>,
    y: i64,
    texts: Vec<(TagId, u32, String)>,
}

impl Draft {
    fn add(&mut self, parent: TagId, role: Role) -> TagId {
        self.tags.add(parent, role, None)
    }

    fn place(&mut self, node: TagId, item: Item) {
        let seq = self.tags.next_seq();
        if let Item::Run(run) = &item {
            self.texts.push((node, seq, run.text.to_string()));
        }
        self.pages.last_mut().unwrap().push(tagged(node, seq, item));
    }

    /// Places a run whose text is partly replaced.
    fn place_reading(&mut self, node: TagId, run: GlyphRun, text: &str) {
        self.place(node, Item::Run(run));
        text.clone_into(&mut self.texts.last_mut().unwrap().2);
    }

    /// Adds a line of text of an element and moves down.
    fn line(&mut self, node: TagId, face: FaceId, points: i64, text: &str) {
        self.y -= points * 2;
        self.at(node, face, points, 62, text);
    }

    fn at(&mut self, node: TagId, face: FaceId, points: i64, x: i64, text: &str) {
        let y = self.y;
        self.place(node, Item::Run(run(face, points, x, y, text)));
    }

    fn running_elements(&mut self) {
        let page = self.pages.last_mut().unwrap();
        page.push(artifact(ArtifactKind::Header, filled(rect(0, 800, 595, 20), Color(0, 0, 0))));
        let mut band = run(FaceId::SansBold, 12, 270, 806, "TLP:GREEN");
        band.color = Color(0x33, 0xFF, 0);
        page.push(artifact(ArtifactKind::Header, Item::Run(band)));
        page.push(artifact(
            ArtifactKind::Footer,
            Item::Run(run(FaceId::Sans, 8, 62, 30, "russia-iran · 1/2")),
        ));
        page.push(artifact(ArtifactKind::Layout, stroked((62, 44), (530, 44), None)));
    }

    fn link(&mut self, parent: TagId, target: LinkTarget, x: i64, text: &str) {
        let contents = format!("to {text}");
        let link = self.add(parent, Role::Link { target, contents });
        self.at(link, FaceId::Serif, 10, x, text);
        let area = rect(x, self.y - 3, 40, 13);
        self.place(link, Item::LinkArea { link, rect: area });
    }
}

pub(crate) fn sample() -> Sample {
    let mut draft = Draft { tags: TagTree::new(), pages: vec![Vec::new()], y: 790, texts: Vec::new() };
    let root = draft.tags.root();
    draft.running_elements();
    let sect = draft.add(root, Role::Sect);
    title(&mut draft, sect);
    prose(&mut draft, sect);
    list(&mut draft, sect);
    table(&mut draft, sect);
    figure(&mut draft, sect);
    draft.pages.push(Vec::new());
    draft.y = 790;
    draft.running_elements();
    second_page(&mut draft, root, sect);
    finished(draft)
}

fn title(draft: &mut Draft, sect: TagId) {
    let title = draft.add(sect, Role::Title);
    draft.line(title, FaceId::SansSemibold, 20, "Russia & Iran");
    let heading = draft.add(sect, Role::H(1));
    draft.line(heading, FaceId::SansSemibold, 13, "Key judgments");
}

fn prose(draft: &mut Draft, sect: TagId) {
    let paragraph = draft.add(sect, Role::P);
    draft.line(paragraph, FaceId::Serif, 10, "The office of the first fifth made an affirmation, AV To. ");
    // A word that a line break divides: its first part has the text of the whole, the rest that of the space after it.
    let mut tight = run(FaceId::Serif, 10, 62, draft.y - 14, "Tight and wide, with a soft hy\u{2010}");
    tight.expansion = 98_500;
    tight.letterspace = Length::milli_pt(-50);
    let end = tight.glyphs.len();
    tight.actual_texts = vec![ActualText { glyphs: end - 3..end, text: Arc::from("hyphen.") }];
    draft.place_reading(paragraph, tight, "Tight and wide, with a soft hyphen.");
    draft.y -= 28;
    let mut rest = run(FaceId::Serif, 10, 62, draft.y, "phen. See ");
    rest.actual_texts = vec![ActualText { glyphs: 0..6, text: Arc::from(" ") }];
    draft.place_reading(paragraph, rest, " See ");
    draft.link(paragraph, LinkTarget::Uri("https://example.org/a?b=c&d=é".into()), 120, "the source");
    draft.at(paragraph, FaceId::Serif, 10, 180, ", and the note");
    let reference = draft.add(paragraph, Role::Reference);
    draft.y += 4;
    draft.link(reference, LinkTarget::Anchor(AnchorId(1)), 245, "1");
    draft.y -= 4;
    draft.at(paragraph, FaceId::SerifItalic, 10, 256, ". ");
    let persian = draft.tags.add(sect, Role::P, Some("fa".into()));
    draft.line(persian, FaceId::Naskh, 11, "سلام به لاله");
    draft.line(persian, FaceId::Vazirmatn, 11, "کتابِ بزرگ");
}

fn list(draft: &mut Draft, sect: TagId) {
    let list = draft.add(sect, Role::L(ListNumbering::Decimal));
    for (label, text) in [("1.", "first"), ("2.", "second")] {
        let item = draft.add(list, Role::Li);
        let lbl = draft.add(item, Role::Lbl);
        let body = draft.add(item, Role::LBody);
        draft.line(lbl, FaceId::Serif, 10, label);
        draft.at(body, FaceId::Serif, 10, 80, text);
    }
}

fn table(draft: &mut Draft, sect: TagId) {
    let table = draft.add(sect, Role::Table);
    let caption = draft.add(table, Role::Caption);
    draft.line(caption, FaceId::SansItalic, 8, "Trade by year");
    let head = draft.add(table, Role::THead);
    let row = draft.add(head, Role::Tr);
    draft.y -= 14;
    for (x, text) in [(62, "Year"), (200, "Volume")] {
        let cell = draft.add(row, Role::Th { scope: Scope::Column, columns: 1 });
        draft.at(cell, FaceId::SansSemibold, 9, x, text);
    }
    let body = draft.add(table, Role::TBody);
    for (year, volume) in [("2024", "4.8"), ("2025", "")] {
        let row = draft.add(body, Role::Tr);
        draft.y -= 14;
        let cell = draft.add(row, Role::Th { scope: Scope::Row, columns: 1 });
        draft.at(cell, FaceId::Sans, 9, 62, year);
        let cell = draft.add(row, Role::Td);
        draft.at(cell, FaceId::Sans, 9, 200, volume);
    }
}

fn figure(draft: &mut Draft, sect: TagId) {
    let figure = draft.add(sect, Role::Figure { alt: "A bar at 80 per cent: très probable".into() });
    draft.y -= 30;
    let y = draft.y;
    draft.place(figure, filled(rect(62, y, 136, 9), Color(0x1F, 0x4E, 0x79)));
    draft.place(figure, stroked((62, y), (232, y), Some((Length::pt(2), Length::pt(1)))));
    // A character without a glyph is drawn, with an `ActualText`.
    let paragraph = draft.add(sect, Role::P);
    draft.line(paragraph, FaceId::Serif, 10, "A box: ");
    let missing = draft.add(paragraph, Role::Span { actual_text: Some("\u{25A1}".into()) });
    let y = draft.y;
    draft.place(missing, stroked((100, y), (108, y), None));
    // Private use characters keep their text through their cluster's `ActualText`.
    let private = run(FaceId::Serif, 10, 120, y, "x");
    let mut private = chancery_print::pages::GlyphRun { text: Arc::from("\u{E000}"), ..private };
    private.glyphs[0].cluster = 0..3;
    draft.place(paragraph, Item::Run(private));
}

/// A paragraph continued from page one, the note, and an element without content.
fn second_page(draft: &mut Draft, root: TagId, sect: TagId) {
    let paragraph = draft.tags.node(sect).kids[2];
    draft.line(paragraph, FaceId::SerifSemibold, 10, "It continues here.");
    let notes = draft.add(root, Role::Sect);
    let heading = draft.add(notes, Role::H(2));
    draft.line(heading, FaceId::SansSemibold, 13, "Notes");
    let note = draft.add(notes, Role::Note { id: "note-1".into() });
    let lbl = draft.add(note, Role::Lbl);
    draft.y -= 20;
    draft.link(lbl, LinkTarget::Anchor(AnchorId(0)), 62, "1");
    let body = draft.add(note, Role::P);
    draft.at(body, FaceId::Serif, 8, 80, "Ministry of Trade, ");
    draft.at(body, FaceId::Serif, 8, 80 + 70, "e\u{301} combined.");
    let empty = draft.add(notes, Role::Div);
    let _ = draft.add(empty, Role::P);
}

fn finished(draft: Draft) -> Sample {
    let anchors = BTreeMap::from([(AnchorId(0), (0, Length::pt(700))), (AnchorId(1), (1, Length::pt(760)))]);
    let pages = draft.pages.into_iter().map(a4).collect();
    let entry =
        |level, title: &str, anchor| OutlineEntry { level, title: title.into(), anchor: AnchorId(anchor) };
    Sample {
        pages: Pages { pages, anchors },
        tags: draft.tags,
        info: info(),
        outline: vec![entry(1, "Key judgments", 0), entry(2, "Änderungen", 0), entry(1, "Notes", 1)],
        anchors: vec!["key-judgments".into(), "note-1".into()],
        texts: draft.texts,
    }
}
