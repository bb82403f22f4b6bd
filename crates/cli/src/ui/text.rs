//! Briefs as plain text for a terminal, abridged, in reading order.

use std::fmt::Write as _;

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, Brief, BriefContent, BriefRevision, ImportRecord, Indicator, List, Scenario, Section, Source,
    SourceReliability, Statement,
};
use prost_types::Timestamp;

use super::text_table;

/// Formats a time in UTC, to the second; `-` for none.
pub fn time(time: Option<&Timestamp>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| Timestamp { nanos: 0, ..*time }.to_string())
}

/// Adds who imported a revision and when to the facts that the import states.
pub fn as_imported(facts: String, import: Option<&ImportRecord>) -> String {
    let Some(import) = import else { return facts };
    let imported = time(import.import_time.as_ref());
    if import.importer.is_empty() {
        format!("{facts}, as stated by the import of {imported}")
    } else {
        format!("{facts}, as stated by the import of {imported} by {}", import.importer)
    }
}

/// Formats a number of pages.
pub fn pages(count: u32) -> String {
    if count == 1 { "1 page".to_owned() } else { format!("{count} pages") }
}

/// Formats a number of things.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Formats a duration in its two largest units.
pub fn duration(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {} s", seconds % 60),
        (1..48, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

/// Formats the newest revision of a brief.
pub fn brief(brief: &Brief) -> String {
    let published = format!("{}, published {}", brief.newest_revision, time(brief.publish_time.as_ref()));
    let head = [
        ("brief", brief.name.clone()),
        ("revision", as_imported(published, brief.import_record.as_ref())),
        ("digest", brief.edition_digest.clone()),
    ];
    document(&head, brief.content.as_ref())
}

/// Formats a revision.
pub fn revision(revision: &BriefRevision) -> String {
    let published = time(revision.publish_time.as_ref());
    let mut head = vec![
        ("revision", revision.name.clone()),
        (
            "published",
            as_imported(format!("{published} by {}", revision.creator), revision.import_record.as_ref()),
        ),
        ("digest", revision.edition_digest.clone()),
    ];
    if let Some(withdrawn) = revision.withdraw_time.as_ref() {
        head.insert(1, ("withdrawn", format!("{}: {}", time(Some(withdrawn)), revision.withdraw_reason)));
    }
    if let Some(purged) = revision.purge_time.as_ref() {
        head.insert(1, ("purged", format!("{} {}", time(Some(purged)), revision.purge_reason)));
    }
    document(&head, revision.content.as_ref())
}

fn document(head: &[(&str, String)], content: Option<&BriefContent>) -> String {
    let mut text = String::new();
    for (name, value) in head {
        // Writing to a String does not fail, here and below.
        let _ = writeln!(text, "{name:<9} {value}");
    }
    if let Some(content) = content {
        text.push_str(&body(content));
    }
    text
}

fn body(content: &BriefContent) -> String {
    let mut text = format!("marking   {}\n\n{}\n", content.marking, content.title);
    if !content.subtitle.is_empty() {
        let _ = writeln!(text, "{}", content.subtitle);
    }
    if !content.bluf.is_empty() {
        let _ = write!(text, "\nBottom line\n{}\n", sentences(&content.bluf));
    }
    if !content.key_judgments.is_empty() {
        text.push_str("\nKey judgments\n");
    }
    for (judgment, number) in content.key_judgments.iter().zip(1..) {
        let _ = writeln!(text, "{number}. {}", sentences(&judgment.statements));
    }
    for part in &content.sections {
        section(&mut text, part, 1);
    }
    text.push_str(&entries("Scenarios", &content.scenarios, scenario));
    text.push_str(&entries("Indicators", &content.indicators, indicator));
    text.push_str(&entries("Sources", &content.sources, source));
    text
}

/// Formats the parts below a heading, one a line; no text without parts.
fn entries<T>(heading: &str, parts: &[T], line: impl Fn(&T) -> String) -> String {
    if parts.is_empty() {
        return String::new();
    }
    parts.iter().fold(format!("\n{heading}\n"), |text, part| text + &line(part) + "\n")
}

fn scenario(scenario: &Scenario) -> String {
    let set = if scenario.set.is_empty() { String::new() } else { format!(" [{}]", scenario.set) };
    format!("{:>3} % {}{set}{}", scenario.percent, scenario.title, after_colon(&scenario.text))
}

fn indicator(indicator: &Indicator) -> String {
    format!("- {}{}", indicator.text, after_colon(&indicator.meaning))
}

/// Formats a source with its id, by which citations name it, and its grade.
fn source(source: &Source) -> String {
    let facts = [source.publisher.as_str(), &source.date, &source.url];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    let grade = match source.reliability() {
        SourceReliability::Unspecified => String::new(),
        grade => format!(" ({})", grade.as_str_name().trim_start_matches("SOURCE_RELIABILITY_")),
    };
    let comma = if facts.is_empty() { "" } else { ", " };
    format!("{}: {}{comma}{}{grade}", source.id, source.title, facts.join(", "))
}

fn after_colon(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

fn section(text: &mut String, part: &Section, level: usize) {
    let _ = write!(text, "\n{} {}\n", "#".repeat(level), part.heading);
    for piece in &part.blocks {
        block(text, piece);
    }
    for inner in &part.sections {
        section(text, inner, level + 1);
    }
}

fn block(text: &mut String, block: &Block) {
    match &block.kind {
        Some(Kind::Paragraph(paragraph)) => {
            let _ = writeln!(text, "{}", sentences(&paragraph.statements));
        }
        Some(Kind::List(items)) => list(text, items, 0),
        Some(Kind::Table(table)) => {
            let _ = write!(text, "\n{}\n", text_table::text(table));
        }
        Some(Kind::Callout(callout)) => {
            let _ = writeln!(text, "{}: {}", callout.title, sentences(&callout.statements));
        }
        Some(Kind::Quote(quote)) => {
            let _ = writeln!(text, "> {} ({})", sentences(&quote.statements), quote.attribution);
        }
        Some(Kind::Figure(figure)) => {
            let _ = writeln!(text, "[figure: {}]", figure.title);
        }
        Some(Kind::Withheld(_)) => text.push_str("[withheld]\n"),
        None => {}
    }
}

fn list(text: &mut String, items: &List, depth: usize) {
    for (item, number) in items.items.iter().zip(1..) {
        let mark = if items.ordered { format!("{number}.") } else { "-".to_owned() };
        let item_text =
            if item.withheld.is_some() { "[withheld]".to_owned() } else { sentences(&item.statements) };
        let _ = writeln!(text, "{}{mark} {item_text}", "  ".repeat(depth));
        if let Some(inner) = &item.list {
            list(text, inner, depth + 1);
        }
    }
}

fn sentences(statements: &[Statement]) -> String {
    let text = |statement: &Statement| {
        if statement.withheld.is_some() { "[withheld]".to_owned() } else { statement.text.clone() }
    };
    statements.iter().map(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        BriefContent, Scenario, Section, Source, SourceReliability, Statement, Withheld,
    };
    use prost_types::Timestamp;

    use super::{body, time};

    #[test]
    fn a_brief_reads_from_its_bottom_line_to_its_last_section() {
        let statement = |text: &str| Statement { text: text.into(), ..Default::default() };
        let content = BriefContent {
            title: "Title".into(),
            marking: "TLP:GREEN".into(),
            bluf: vec![statement("First."), Statement { withheld: Some(Withheld {}), ..Default::default() }],
            sections: vec![Section { heading: "Heading".into(), ..Default::default() }],
            scenarios: vec![Scenario {
                percent: 70,
                title: "Slow".into(),
                text: "T.".into(),
                ..Default::default()
            }],
            sources: vec![Source {
                id: "board".into(),
                title: "Figures".into(),
                date: "2026".into(),
                reliability: SourceReliability::B.into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let expected = "marking   TLP:GREEN\n\nTitle\n\nBottom line\nFirst. [withheld]\n\n# Heading\n\n\
            Scenarios\n 70 % Slow: T.\n\nSources\nboard: Figures, 2026 (B)\n";
        assert_eq!(body(&content), expected);
    }

    #[test]
    fn times_are_utc_without_fractions() {
        let noon = Timestamp { seconds: 1_767_268_800, nanos: 5 };
        assert_eq!(time(Some(&noon)), "2026-01-01T12:00:00Z");
        assert_eq!(time(None), "-");
    }
}
