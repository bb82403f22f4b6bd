//! Expected text of a brief in reading order, derived from its content alone: texts of the author, each of which the
//! file must contain at or after the position of the previous one.

use chancery_print::{Format, Options};
use chancery_proto::brief::v1::{
    Block, BriefContent, ColumnType, Domain, FactorKind, FigureKind, List, Section, Source, Statement, Trend,
    block::Kind,
};

/// Returns the texts that a format must contain, in order.
pub(crate) fn in_order(content: &BriefContent, options: &Options) -> Vec<String> {
    let mut expected = vec![content.title.clone(), content.subtitle.clone()];
    statements(&mut expected, &content.bluf);
    for judgment in &content.key_judgments {
        statements(&mut expected, &judgment.statements);
    }
    expected.push(content.change_summary.clone());
    if options.format != Format::OnePage {
        trends(&mut expected, content);
    }
    let scenarios = content.scenarios.iter().flat_map(|part| [part.title.clone(), part.text.clone()]);
    let indicators = content.indicators.iter().map(|part| part.text.clone());
    expected.extend(scenarios.chain(indicators));
    if options.format == Format::OnePage {
        expected.extend(grouped_by_trend(content).map(|domain| domain.name.clone()));
    } else {
        content.sections.iter().for_each(|part| section(&mut expected, part));
    }
    if options.format == Format::Full {
        back(&mut expected, content);
    }
    if options.format != Format::OnePage {
        sources(&mut expected, content);
    }
    if options.format == Format::Full {
        expected.extend(content.localized_titles.iter().map(|title| title.text.clone()));
    }
    expected.retain(|text| !text.trim().is_empty());
    expected
}

/// Adds the trends, which precede the forecasts under the title of their figure.
fn trends(expected: &mut Vec<String>, content: &BriefContent) {
    let blocks = content.sections.iter().flat_map(|section| &section.blocks);
    let mut figures = blocks.filter_map(|block| match &block.kind {
        Some(Kind::Figure(figure)) if figure.kind() == FigureKind::DomainTrends => Some(figure),
        _ => None,
    });
    let figure = figures.next();
    expected.extend(figure.map(|figure| figure.title.clone()));
    for domain in grouped_by_trend(content) {
        expected.extend([domain.name.clone(), domain.why.clone()]);
    }
    expected.extend(figure.map(|figure| figure.source.clone()));
}

fn grouped_by_trend(content: &BriefContent) -> impl Iterator<Item = &Domain> {
    let trends = [Trend::Rising, Trend::Mixed, Trend::Steady, Trend::Falling, Trend::Unknown];
    let of = |trend| content.domains.iter().filter(move |domain| domain.trend() == trend);
    trends.into_iter().flat_map(of)
}

fn statements(expected: &mut Vec<String>, statements: &[Statement]) {
    expected.extend(statements.iter().map(|statement| statement.text.clone()));
}

fn section(expected: &mut Vec<String>, part: &Section) {
    expected.push(part.heading.clone());
    part.blocks.iter().for_each(|part| block(expected, part));
    part.sections.iter().for_each(|part| section(expected, part));
}

fn block(expected: &mut Vec<String>, block: &Block) {
    match block.kind.as_ref().unwrap() {
        Kind::Paragraph(paragraph) => statements(expected, &paragraph.statements),
        Kind::List(items) => list(expected, items),
        Kind::Table(table) => {
            expected.push(table.caption.clone());
            expected.extend(table.columns.iter().map(|column| column.heading.clone()));
            // Dates are printed in words.
            let is_date = |column: usize| table.columns[column].r#type() == ColumnType::Date;
            let cells = table.rows.iter().flat_map(|row| row.cells.iter().enumerate());
            expected.extend(cells.filter(|(column, _)| !is_date(*column)).map(|(_, cell)| cell.text.clone()));
        }
        Kind::Callout(callout) => {
            expected.push(callout.title.clone());
            statements(expected, &callout.statements);
        }
        Kind::Quote(quote) => {
            statements(expected, &quote.statements);
            expected.push(quote.attribution.clone());
        }
        Kind::Figure(figure) if figure.kind() == FigureKind::DomainTrends => {}
        Kind::Figure(figure) => expected.extend([figure.title.clone(), figure.source.clone()]),
        Kind::Withheld(_) => {}
    }
}

fn list(expected: &mut Vec<String>, items: &List) {
    for item in &items.items {
        statements(expected, &item.statements);
        item.list.iter().for_each(|inner| list(expected, inner));
    }
}

/// Parts after the body.
fn back(expected: &mut Vec<String>, content: &BriefContent) {
    let kinds = [
        FactorKind::Driver,
        FactorKind::Constraint,
        FactorKind::ImplicationRegional,
        FactorKind::ImplicationGlobal,
        FactorKind::Outlook,
    ];
    for kind in kinds {
        let factors = content.factors.iter().filter(|factor| factor.kind() == kind);
        expected.extend(factors.map(|factor| factor.text.clone()));
    }
    expected.extend(content.assumptions.iter().map(|part| part.text.clone()));
    expected.extend(content.information_gaps.iter().map(|part| part.text.clone()));
    expected.extend(content.actors.iter().map(|part| part.name.clone()));
}

/// Returns an address with percent-encoded letters decoded.
fn letters(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped =
            after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        // Escaped ASCII stays escaped, because it means something else unescaped.
        let letter = escaped.filter(|code| byte == b'%' && *code >= 0x80);
        bytes.push(letter.unwrap_or(byte));
        rest = if letter.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| address.to_owned())
}

/// Returns cited sources in order of their first citation, then the others.
fn sources(expected: &mut Vec<String>, content: &BriefContent) {
    let mut cited: Vec<String> = Vec::new();
    let mut cite = |statements: &[Statement]| {
        let citations = statements.iter().flat_map(|statement| &statement.citations);
        cited.extend(citations.map(|citation| citation.source_id.clone()));
    };
    cite(&content.bluf);
    content.key_judgments.iter().for_each(|judgment| cite(&judgment.statements));
    content.sections.iter().for_each(|part| cited_in(part, &mut cite));
    let place = |source: &&Source| cited.iter().position(|id| *id == source.id).unwrap_or(usize::MAX);
    let mut sources: Vec<&Source> = content.sources.iter().collect();
    sources.sort_by_key(place);
    for source in sources {
        expected.extend([source.title.clone(), source.publisher.clone()]);
        expected.push(source.descriptor.trim_end_matches('.').to_owned());
        expected.push(letters(source.url.strip_prefix("https://").unwrap_or(&source.url)));
    }
}

fn cited_in(part: &Section, cite: &mut impl FnMut(&[Statement])) {
    for block in &part.blocks {
        match block.kind.as_ref().unwrap() {
            Kind::Paragraph(paragraph) => cite(&paragraph.statements),
            Kind::List(list) => cited_in_list(list, cite),
            Kind::Callout(callout) => cite(&callout.statements),
            Kind::Quote(quote) => cite(&quote.statements),
            Kind::Table(_) | Kind::Figure(_) | Kind::Withheld(_) => {}
        }
    }
    part.sections.iter().for_each(|part| cited_in(part, cite));
}

fn cited_in_list(list: &List, cite: &mut impl FnMut(&[Statement])) {
    for item in &list.items {
        cite(&item.statements);
        item.list.iter().for_each(|inner| cited_in_list(inner, cite));
    }
}
