//! The names of kinds of parts, and the text that identifies a part to readers.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::other_part::Part as Other;
use chancery_proto::brief::v1::part_difference::Part;
use chancery_proto::brief::v1::{Block, BriefContent, KeyJudgment, OtherPart, Section, Statement};

/// Returns the name of a kind of part in the plural; empty for the front matter, of which there is one.
pub(super) fn plural(part: &Part) -> &'static str {
    match part {
        Part::FrontMatter(_) => "",
        Part::Statement(_) => "statements",
        Part::KeyJudgment(_) => "key judgments",
        Part::Section(_) => "sections",
        Part::Block(_) => "blocks",
        Part::OtherPart(pair) => {
            let either = pair.after.as_ref().or(pair.before.as_ref());
            either.and_then(|part| part.part.as_ref()).map_or("other parts", plural_of_other)
        }
    }
}

const fn plural_of_other(part: &Other) -> &'static str {
    match part {
        Other::Domain(_) => "domains",
        Other::Factor(_) => "factors",
        Other::Actor(_) => "actors",
        Other::Place(_) => "places",
        Other::Relationship(_) => "relationships",
        Other::Event(_) => "events",
        Other::Source(_) => "sources",
        Other::Scenario(_) => "scenarios",
        Other::Indicator(_) => "indicators",
        Other::Assumption(_) => "assumptions",
        Other::InformationGap(_) => "information gaps",
        Other::Dissent(_) => "dissents",
    }
}

/// Returns the text of a part before and after; empty where it has none.
pub(super) fn texts(part: &Part) -> (String, String) {
    macro_rules! both {
        ($pair:expr, $text:expr) => {
            (
                $pair.before.as_ref().map($text).unwrap_or_default(),
                $pair.after.as_ref().map($text).unwrap_or_default(),
            )
        };
    }
    match part {
        Part::FrontMatter(pair) => both!(pair, |content: &BriefContent| content.title.clone()),
        Part::Statement(pair) => both!(pair, |statement: &Statement| statement.text.clone()),
        Part::KeyJudgment(pair) => both!(pair, judgment),
        Part::Section(pair) => both!(pair, |section: &Section| section.heading.clone()),
        Part::Block(pair) => both!(pair, block),
        Part::OtherPart(pair) => both!(pair, other),
    }
}

fn judgment(judgment: &KeyJudgment) -> String {
    let sentences: Vec<&str> = judgment.statements.iter().map(|statement| statement.text.as_str()).collect();
    sentences.join(" ")
}

fn block(block: &Block) -> String {
    match &block.kind {
        Some(Kind::Table(table)) => format!("table: {}", table.caption),
        Some(Kind::Figure(figure)) => format!("figure: {}", figure.title),
        Some(Kind::Callout(callout)) => format!("callout: {}", callout.title),
        Some(Kind::Quote(quote)) => format!("quote: {}", quote.attribution),
        Some(Kind::Paragraph(_)) => "paragraph".to_owned(),
        Some(Kind::List(_)) => "list".to_owned(),
        Some(Kind::Withheld(_)) | None => String::new(),
    }
}

fn other(part: &OtherPart) -> String {
    match &part.part {
        Some(Other::Domain(part)) => part.name.clone(),
        Some(Other::Factor(part)) => part.text.clone(),
        Some(Other::Actor(part)) => part.name.clone(),
        Some(Other::Place(part)) => part.name.clone(),
        Some(Other::Relationship(part)) => format!("{} {} {}", part.from_id, part.r#type, part.to_id),
        Some(Other::Event(part)) => part.title.clone(),
        Some(Other::Source(part)) => part.title.clone(),
        Some(Other::Scenario(part)) => part.title.clone(),
        Some(Other::Indicator(part)) => part.text.clone(),
        Some(Other::Assumption(part)) => part.text.clone(),
        Some(Other::InformationGap(part)) => part.text.clone(),
        Some(Other::Dissent(part)) => part.text.clone(),
        None => String::new(),
    }
}
