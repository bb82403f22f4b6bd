//! Names that refer to the parts of a brief if ids are not printed: a section's heading, an event's title, "Key
//! judgment 2".

use std::borrow::Cow;
use std::collections::BTreeMap;

use chancery_brief::reading_order::{self, StatementLocation};
use chancery_brief::references::FRONT_MATTER;
use chancery_proto::brief::v1::{Block, BriefContent, Section, block::Kind};

use crate::compose::labels::{Labels, filled};
use crate::compose::lexicon;
use crate::compose::opening_words::opening_words;
use crate::compose::text_origin::TextOrigin;

/// Maximum length of a name taken from a part's text.
const LONGEST_NAME: usize = 60;

/// Name of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartName<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Origin of the name.
    pub(crate) origin: TextOrigin,
    /// A statement's first words, which distinguish it from others of the same name; empty for other parts.
    pub(crate) opening: Cow<'a, str>,
    /// Id of the enclosing part, the link target if the part has no destination of its own; may be empty.
    pub(crate) holder_id: &'a str,
}

/// Part names by id.
pub(crate) type PartNames<'a> = BTreeMap<&'a str, PartName<'a>>;

/// Returns the names of all parts with an id.
pub(crate) fn part_names<'a>(content: &'a BriefContent, labels: &'static Labels) -> PartNames<'a> {
    let mut names = Names { names: BTreeMap::new() };
    // A change of the brief as a whole names its title.
    names.authors(FRONT_MATTER, content.title.as_str());
    content.sections.iter().for_each(|section| names.section(section));
    for (index, judgment) in content.key_judgments.iter().enumerate() {
        let text = filled(labels.key_judgment_number, &[&(index + 1).to_string()]);
        names.add(&judgment.id, text, TextOrigin::Printer, "");
    }
    for located in reading_order::located_statements(content) {
        let id = located.statement.id.as_str();
        match located.location {
            StatementLocation::BottomLine => names.add(id, labels.bottom_line, TextOrigin::Printer, ""),
            StatementLocation::KeyJudgment(_) | StatementLocation::Section(_) => {
                if let Some(PartName { text, origin, .. }) =
                    names.names.get(located.location.holder_id()).cloned()
                {
                    names.add(id, text, origin, located.location.holder_id());
                }
            }
        }
        if let Some(name) = names.names.get_mut(id) {
            name.opening = opening(&located.statement.text);
        }
    }
    names.annexes(content);
    names.names
}

struct Names<'a> {
    names: PartNames<'a>,
}

impl<'a> Names<'a> {
    fn add(&mut self, id: &'a str, text: impl Into<Cow<'a, str>>, origin: TextOrigin, holder_id: &'a str) {
        let text = text.into();
        if !id.is_empty() && !text.trim().is_empty() {
            let opening = Cow::Borrowed("");
            self.names.entry(id).or_insert(PartName { text, origin, opening, holder_id });
        }
    }

    fn authors(&mut self, id: &'a str, text: impl Into<Cow<'a, str>>) {
        self.add(id, text, TextOrigin::Author, "");
    }

    fn section(&mut self, section: &'a Section) {
        self.authors(&section.id, section.heading.as_str());
        for block in &section.blocks {
            let title = title(block);
            let title = if title.trim().is_empty() { &section.heading } else { title };
            self.add(&block.id, title, TextOrigin::Author, &section.id);
        }
        section.sections.iter().for_each(|section| self.section(section));
    }

    fn annexes(&mut self, content: &'a BriefContent) {
        let short = |name: &'a str, otherwise: &'a str| if name.is_empty() { otherwise } else { name };
        for domain in &content.domains {
            self.add(&domain.id, domain.name.as_str(), TextOrigin::Author, &domain.section);
        }
        content.factors.iter().for_each(|part| self.authors(&part.id, opening(&part.text)));
        content.actors.iter().for_each(|part| self.authors(&part.id, short(&part.short_name, &part.name)));
        content.places.iter().for_each(|part| self.authors(&part.id, part.name.as_str()));
        for tie in &content.relationships {
            let end = |id: &'a str| self.names.get(id).map_or(id, |name| name.text.as_ref()).to_owned();
            let kind = lexicon::relationship(tie);
            let text = format!("{} \u{2013} {}: {kind}", end(&tie.from_id), end(&tie.to_id));
            self.authors(&tie.id, text);
        }
        content.events.iter().for_each(|part| self.authors(&part.id, part.title.as_str()));
        content.sources.iter().for_each(|part| self.authors(&part.id, short(&part.short_title, &part.title)));
        content.scenarios.iter().for_each(|part| self.authors(&part.id, part.title.as_str()));
        content.indicators.iter().for_each(|part| self.authors(&part.id, opening(&part.text)));
        content.assumptions.iter().for_each(|part| self.authors(&part.id, opening(&part.text)));
        content.information_gaps.iter().for_each(|part| self.authors(&part.id, opening(&part.text)));
        content.dissents.iter().for_each(|part| self.authors(&part.id, opening(&part.text)));
    }
}

/// Returns a block's title; empty without one.
fn title(block: &Block) -> &str {
    match &block.kind {
        Some(Kind::Table(table)) => &table.caption,
        Some(Kind::Figure(figure)) => &figure.title,
        Some(Kind::Callout(callout)) => &callout.title,
        Some(Kind::Paragraph(_) | Kind::List(_) | Kind::Quote(_) | Kind::Withheld(_)) | None => "",
    }
}

/// Returns a text's first words, with an ellipsis if it is shortened.
fn opening(text: &str) -> Cow<'_, str> {
    opening_words(text, LONGEST_NAME).map_or(text.into(), |words| format!("{words}\u{2026}").into())
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        Actor, Block, BriefContent, Factor, KeyJudgment, Paragraph, Relationship, Section, Source, Statement,
        block::Kind,
    };

    use super::part_names;
    use crate::Locale;
    use crate::compose::labels::Labels;

    fn statement(id: &str) -> Statement {
        Statement { id: id.into(), text: "A sentence.".into(), ..Statement::default() }
    }

    #[test]
    fn parts_are_named_by_their_visible_text() {
        let paragraph = Kind::Paragraph(Paragraph { statements: vec![statement("s3")] });
        let block = Block { id: "b1".into(), kind: Some(paragraph), ..Block::default() };
        let actor = |id: &str, name: &str| Actor { id: id.into(), name: name.into(), ..Actor::default() };
        let content = BriefContent {
            bluf: vec![statement("s1")],
            key_judgments: vec![KeyJudgment {
                id: "kj".into(),
                statements: vec![statement("s2")],
                ..KeyJudgment::default()
            }],
            sections: vec![Section {
                id: "sec".into(),
                heading: "Trade".into(),
                blocks: vec![block],
                ..Section::default()
            }],
            actors: vec![actor("a1", "Here"), actor("a2", "There")],
            relationships: vec![Relationship {
                id: "r1".into(),
                from_id: "a1".into(),
                to_id: "a2".into(),
                r#type: "trades-with".into(),
                ..Relationship::default()
            }],
            sources: vec![Source {
                id: "src".into(),
                title: "A long report".into(),
                short_title: "Report".into(),
                ..Source::default()
            }],
            factors: vec![Factor { id: "f1".into(), text: "word ".repeat(30), ..Factor::default() }],
            ..BriefContent::default()
        };
        let names = part_names(&content, Labels::of(Locale::English));
        let text = |id: &str| names[id].text.to_string();
        assert_eq!(
            ["s1", "kj", "s2", "sec", "s3", "b1", "r1", "src"].map(text),
            [
                "Bottom line",
                "Key judgment 1",
                "Key judgment 1",
                "Trade",
                "Trade",
                "Trade",
                "Here \u{2013} There: trades with",
                "Report"
            ]
        );
        let opening = |id: &str| names[id].opening.to_string();
        assert_eq!(["s1", "s2", "s3", "kj"].map(opening), ["A sentence.", "A sentence.", "A sentence.", ""]);
        assert!(text("f1").ends_with("word\u{2026}") && text("f1").chars().count() <= 61);
    }
}
