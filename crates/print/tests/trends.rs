//! The table of trends: where it is printed, and its groups on further pages.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_print::testing::{edition, struct_text};
use chancery_print::{Edition, Fonts, Format, Limits, Options, TextSize, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, Domain, Figure, FigureKind, Section, Trend};
use chancery_testkit::{content, pdf};

const TITLE: &str = "Fields of the brief";

/// Returns a brief with fields that rise, and their figure before other blocks.
fn brief(fields: usize, others: Vec<Block>) -> BriefContent {
    let domain = |index: usize| Domain {
        id: format!("field-{index}"),
        name: format!("Field {index}"),
        trend: Trend::Rising.into(),
        ..Domain::default()
    };
    let figure = Figure { kind: FigureKind::DomainTrends.into(), title: TITLE.into(), ..Figure::default() };
    let figure = Block { id: "figure".into(), kind: Some(Kind::Figure(figure)), ..Block::default() };
    let section = Section {
        id: "body".into(),
        heading: "Course".into(),
        blocks: [vec![figure], others].concat(),
        ..Section::default()
    };
    BriefContent {
        language: "en".into(),
        domains: (0..fields).map(domain).collect(),
        ..content::brief("Fields", vec![section])
    }
}

fn pages(name: &str, content: &BriefContent, text_size: TextSize) -> Vec<String> {
    let options = Options { format: Format::Standard, text_size, ..Options::default() };
    let mut observe = |_| ControlFlow::Continue(());
    let printed =
        print(&edition(content), &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    pdf::page_texts(&temporary_files::file(name, &printed.bytes), pdf::A4_PAGE)
}

#[test]
fn trends_are_printed_once_wherever_their_figure_is() {
    let sentence = content::paragraph(vec![content::statement("s-1", "Volumes were steady.")]);
    for (name, others) in [("alone", vec![]), ("moved", vec![sentence])] {
        let text = pages(&format!("trends.{name}.pdf"), &brief(5, others), TextSize::Normal).concat();
        assert_eq!((text.matches("Field 3").count(), text.matches(TITLE).count()), (1, 1), "{name}: {text}");
    }
}

#[test]
fn a_group_of_trends_has_its_name_on_each_page() {
    for (text_size, fields) in [(TextSize::Normal, 120), (TextSize::Large, 90)] {
        let pages = pages("trends.groups.pdf", &brief(fields, vec![]), text_size);
        let with_fields: Vec<&String> = pages.iter().filter(|page| page.contains("Field ")).collect();
        assert!(with_fields.len() > 1);
        assert!(with_fields.iter().all(|page| page.contains("rising")), "{pages:?}");
    }
}

/// Returns the text of the structure tree, compared with an earlier revision if there is one.
fn text(content: &BriefContent, earlier: Option<&BriefContent>) -> String {
    let edition = Edition { earlier, ..edition(content) };
    let options = Options { format: Format::Standard, ..Options::default() };
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition, &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    struct_text(&printed.bytes).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_field_has_the_word_of_its_trend_and_only_filled_columns_are_printed() {
    let mut content = brief(3, vec![]);
    if let Some(Kind::Figure(figure)) = &mut content.sections[0].blocks[0].kind {
        figure.source = "Source: the desk.".into();
    }
    let plain = text(&content, None);
    assert!(
        plain.contains("Now Field rising Field 0 rising Field 1 rising Field 2 Source: the desk."),
        "{plain}"
    );
    let mut earlier = content.clone();
    earlier.domains[1].set_trend(Trend::Falling);
    content.domains[2].why = "Harvests grew.".into();
    content.domains[2].marking = "TLP:GREEN".into();
    content.default_marking = "TLP:CLEAR".into();
    let compared = text(&content, Some(&earlier));
    for words in
        ["Now Was Field Why", "rising falling Field 1", "(TLP:GREEN) Field 2 Harvests grew.", "falling in"]
    {
        assert!(compared.contains(words), "{words}: {compared}");
    }
}

/// Returns how often a sequence of operators, one a line, is on the pages of the trends.
fn drawn(content: &BriefContent, earlier: Option<&BriefContent>, operators: &str) -> usize {
    let edition = Edition { earlier, ..edition(content) };
    let options = Options { format: Format::Standard, ..Options::default() };
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition, &options, &Limits::default(), &Fonts::default(), &mut observe).unwrap();
    let unpacked = pdf::unpacked(&temporary_files::file("trends.drawn.pdf", &printed.bytes));
    String::from_utf8_lossy(&unpacked).matches(operators).count()
}

#[test]
fn earlier_signs_are_hollow_and_present_ones_filled() {
    const HOLLOW: &str = " l\nh\nS\n";
    for trend in [Trend::Rising, Trend::Mixed, Trend::Steady, Trend::Falling] {
        let content = brief(3, vec![]);
        let mut earlier = content.clone();
        earlier.domains.iter_mut().for_each(|domain| domain.set_trend(trend));
        let hollow = drawn(&content, Some(&earlier), HOLLOW) - drawn(&content, None, HOLLOW);
        // Beside each field, and in the key below the table.
        assert_eq!(hollow, 4, "{trend:?}");
    }
}

#[test]
fn rules_separate_the_groups_of_trends_and_not_their_fields() {
    const RULE: &str = " l\nS\n";
    let of_one_group = brief(6, vec![]);
    let mut of_two = of_one_group.clone();
    of_two.domains[5].set_trend(Trend::Falling);
    let rules = |content: &BriefContent| drawn(content, None, RULE);
    assert_eq!(rules(&of_two), rules(&of_one_group) + 1);
    assert_eq!(rules(&of_one_group), rules(&brief(2, vec![])));
}
