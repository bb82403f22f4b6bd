//! The texts of content that a print shows, by part.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Confidence, Likelihood, LocalizedText, Period, Statement, Table,
};

use crate::content_tree::{Node, visit};
use crate::part::change_subject;

/// Calls `on_text` with the id of the part and the text, for each text that some format shows: first those of the brief
/// as a whole, which have no id, then those of the other parts in document order. A text of a block without an id has the
/// id of the section.
///
/// Leaves out ids, codes, dates and URLs, which are ASCII, and texts that a file contains but no page shows:
/// alternative texts, tags, and names and remarks for other uses.
pub(crate) fn for_each_printed_text<'a>(
    content: &'a BriefContent,
    on_text: &mut impl FnMut(&'a str, &'a str),
) {
    of_whole(content, on_text);
    visit(content, &mut |node| match node {
        Node::KeyJudgment(judgment) => {
            on_text(&judgment.id, &judgment.revision_note);
            of_likelihood(&judgment.id, judgment.likelihood.as_ref(), on_text);
            of_confidence(&judgment.id, judgment.confidence.as_ref(), on_text);
        }
        Node::Section(section) => on_text(&section.id, &section.heading),
        Node::Block(located) => {
            let block = located.block;
            let id = if block.id.is_empty() { &located.section.id } else { &block.id };
            of_block(id, block, on_text);
        }
        Node::Statement(statement, _) => of_statement(statement, on_text),
    });
    of_network(content, on_text);
    of_annexes(content, on_text);
}

fn of_whole<'a>(content: &'a BriefContent, on_text: &mut impl FnMut(&'a str, &'a str)) {
    on_text("", &content.title);
    of_localized("", &content.localized_titles, on_text);
    on_text("", &content.subtitle);
    if let Some(as_of) = &content.as_of {
        on_text("", &as_of.note);
    }
    on_text("", &content.change_summary);
}

fn of_statement<'a>(statement: &'a Statement, on_text: &mut impl FnMut(&'a str, &'a str)) {
    let id = &statement.id;
    on_text(id, &statement.text);
    of_likelihood(id, statement.likelihood.as_ref(), on_text);
    of_confidence(id, statement.confidence.as_ref(), on_text);
    of_period(id, statement.period.as_ref(), on_text);
    for citation in &statement.citations {
        on_text(id, &citation.locator);
    }
    on_text(id, &statement.resolution_criteria);
    for topic in &statement.topics {
        on_text(id, topic);
    }
}

fn of_block<'a>(id: &'a str, block: &'a Block, on_text: &mut impl FnMut(&'a str, &'a str)) {
    match &block.kind {
        Some(BlockKind::Table(table)) => of_table(id, table, on_text),
        Some(BlockKind::Callout(callout)) => on_text(id, &callout.title),
        Some(BlockKind::Quote(quote)) => on_text(id, &quote.attribution),
        Some(BlockKind::Figure(figure)) => {
            on_text(id, &figure.title);
            on_text(id, &figure.source);
        }
        Some(BlockKind::Paragraph(_) | BlockKind::List(_) | BlockKind::Withheld(_)) | None => {}
    }
}

fn of_table<'a>(id: &'a str, table: &'a Table, on_text: &mut impl FnMut(&'a str, &'a str)) {
    on_text(id, &table.caption);
    for column in &table.columns {
        on_text(id, &column.heading);
    }
    for cell in table.rows.iter().flat_map(|row| &row.cells) {
        on_text(id, &cell.text);
    }
}

/// Visits domains, factors, actors, places, relationships, events and sources.
fn of_network<'a>(content: &'a BriefContent, on_text: &mut impl FnMut(&'a str, &'a str)) {
    for domain in &content.domains {
        on_text(&domain.id, &domain.name);
        on_text(&domain.id, &domain.why);
    }
    for factor in &content.factors {
        on_text(&factor.id, &factor.text);
    }
    for actor in &content.actors {
        on_text(&actor.id, &actor.name);
        on_text(&actor.id, &actor.short_name);
        of_localized(&actor.id, &actor.labels, on_text);
        on_text(&actor.id, &actor.role);
        of_period(&actor.id, actor.period.as_ref(), on_text);
        on_text(&actor.id, &actor.note);
    }
    for place in &content.places {
        on_text(&place.id, &place.name);
    }
    for relationship in &content.relationships {
        on_text(&relationship.id, &relationship.label);
        on_text(&relationship.id, &relationship.item);
        of_period(&relationship.id, relationship.period.as_ref(), on_text);
        on_text(&relationship.id, &relationship.note);
    }
    for event in &content.events {
        on_text(&event.id, &event.title);
        on_text(&event.id, &event.note);
    }
    for source in &content.sources {
        for text in [&source.title, &source.publisher, &source.descriptor, &source.short_title] {
            on_text(&source.id, text);
        }
    }
}

/// Visits scenarios, indicators, assumptions, information gaps, dissents and changes.
fn of_annexes<'a>(content: &'a BriefContent, on_text: &mut impl FnMut(&'a str, &'a str)) {
    for scenario in &content.scenarios {
        on_text(&scenario.id, &scenario.set);
        on_text(&scenario.id, &scenario.title);
        on_text(&scenario.id, &scenario.text);
    }
    for indicator in &content.indicators {
        on_text(&indicator.id, &indicator.text);
        on_text(&indicator.id, &indicator.meaning);
    }
    for assumption in &content.assumptions {
        on_text(&assumption.id, &assumption.text);
        on_text(&assumption.id, &assumption.if_wrong);
    }
    for gap in &content.information_gaps {
        on_text(&gap.id, &gap.text);
    }
    for dissent in &content.dissents {
        on_text(&dissent.id, &dissent.text);
        on_text(&dissent.id, &dissent.holder);
    }
    for change in &content.changes {
        for text in [&change.was, &change.now, &change.why] {
            on_text(change_subject(change), text);
        }
    }
}

fn of_localized<'a>(id: &'a str, texts: &'a [LocalizedText], on_text: &mut impl FnMut(&'a str, &'a str)) {
    for localized in texts {
        on_text(id, &localized.text);
    }
}

fn of_likelihood<'a>(id: &'a str, of: Option<&'a Likelihood>, on_text: &mut impl FnMut(&'a str, &'a str)) {
    if let Some(likelihood) = of {
        on_text(id, &likelihood.origin);
    }
}

fn of_confidence<'a>(id: &'a str, of: Option<&'a Confidence>, on_text: &mut impl FnMut(&'a str, &'a str)) {
    if let Some(confidence) = of {
        on_text(id, &confidence.why);
    }
}

fn of_period<'a>(id: &'a str, of: Option<&'a Period>, on_text: &mut impl FnMut(&'a str, &'a str)) {
    if let Some(period) = of {
        on_text(id, &period.label);
    }
}
