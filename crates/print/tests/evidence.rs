//! Evidence beside paragraphs, citation marks, portion marks and the annex on the basis of statements, read back from
//! finished files.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_print::testing::struct_text;
use chancery_print::{Fonts, Format, Limits, Options, Printed, TextSize, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Actor, Block, BriefContent, Change, ChangeKind, Citation, CitationRole, Confidence, ConfidenceLevel,
    Domain, KeyJudgment, Likelihood, LikelihoodScale, LikelihoodTerm, List, ListItem, Paragraph, Period,
    Place, Quote, Section, Source, SourceReliability, Statement, StatementStatus, StatementType, Table,
    TableCell, TableColumn, TableRow, Withheld,
};

use chancery_print::testing::edition;

fn printed(content: &BriefContent, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(&edition(content), options, &Limits::default(), &Fonts::default(), &mut observe).expect("it prints")
}

/// Returns the structure tree's text with ordinary spaces only.
fn text(content: &BriefContent, options: &Options) -> String {
    struct_text(&printed(content, options).bytes).unwrap().replace(['\u{a0}', '\u{2009}'], " ")
}

fn full() -> Options<'static> {
    Options { format: Format::Full, ..Options::default() }
}

fn standard() -> Options<'static> {
    Options { format: Format::Standard, ..Options::default() }
}

/// Returns the words of all pages with page, left, top, right and bottom.
fn words(name: &str, content: &BriefContent, options: &Options) -> Vec<(usize, String, [f64; 4])> {
    let file = temporary_files::file(&format!("evidence/{name}.pdf"), &printed(content, options).bytes);
    let pages = chancery_testkit::pdf::words(&file).into_iter();
    pages.flat_map(|(page, _, _, words)| words.into_iter().map(move |(word, at)| (page, word, at))).collect()
}

fn source(id: &str, name: &str, reliability: SourceReliability) -> Source {
    Source {
        id: id.into(),
        title: format!("Title of {id}"),
        short_title: name.into(),
        reliability: reliability.into(),
        ..Source::default()
    }
}

fn cites(id: &str, credibility: u32) -> Citation {
    Citation { source_id: id.into(), credibility, role: CitationRole::States.into(), ..Citation::default() }
}

fn statement(id: &str, text: &str, citations: &[Citation]) -> Statement {
    Statement { id: id.into(), text: text.into(), citations: citations.to_vec(), ..Statement::default() }
}

fn sure(level: ConfidenceLevel, statement: Statement) -> Statement {
    let confidence = Confidence { level: level.into(), why: String::new() };
    Statement { confidence: Some(confidence), ..statement }
}

fn paragraph(statements: Vec<Statement>) -> Block {
    Block { kind: Some(Kind::Paragraph(Paragraph { statements })), ..Block::default() }
}

fn brief(blocks: Vec<Block>, sources: Vec<Source>) -> BriefContent {
    let sections = vec![Section { id: "sec".into(), heading: "Ports".into(), blocks, ..Section::default() }];
    BriefContent {
        title: "Ports".into(),
        language: "en".into(),
        default_marking: "TLP:CLEAR".into(),
        sections,
        sources,
        ..BriefContent::default()
    }
}

fn likely() -> Likelihood {
    Likelihood {
        scale: LikelihoodScale::Icd203.into(),
        term: LikelihoodTerm::Icd203Likely.into(),
        low_percent: 55,
        high_percent: 80,
        origin: "the word probable".into(),
        ..Likelihood::default()
    }
}

/// Returns a brief of one paragraph that cites two sources, with two levels of confidence and a likelihood.
fn ports() -> BriefContent {
    let contradicting = Citation { role: CitationRole::Contradicts.into(), ..cites("b", 4) };
    let statements = vec![
        sure(ConfidenceLevel::High, statement("s1", "Traffic grew in spring.", &[cites("a", 1)])),
        sure(ConfidenceLevel::High, statement("s2", "Fees were raised in June.", &[cites("a", 1)])),
        Statement {
            likelihood: Some(likely()),
            ..sure(
                ConfidenceLevel::Low,
                statement("s3", "Traffic grew again in autumn.", &[cites("a", 3), contradicting]),
            )
        },
    ];
    let sources = vec![
        source("a", "Harbour Gazette", SourceReliability::B),
        source("b", "Crew log", SourceReliability::F),
    ];
    brief(vec![paragraph(statements)], sources)
}

#[test]
fn the_evidence_of_a_paragraph_follows_its_text() {
    let text = text(&ports(), &standard());
    let expected = [
        "Traffic grew in spring. Fees were raised in June.1 Traffic grew again in autumn.1,2",
        "1 Harbour Gazette B1/3",
        "2 contradicts Crew log F4",
        "high confidence, but",
        "low: \u{201c}Traffic grew again \u{2026}\u{201d}",
        "likely, 55\u{2013}80%: \u{201c}Traffic grew again \u{2026}\u{201d}",
    ];
    let mut rest = text.as_str();
    for part in expected {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not in {rest}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn text_and_margin_share_their_first_baseline_and_paragraphs_are_half_a_line_apart() {
    let lines = "Ships wait at the outer roads for a berth and pay for each day of it. ";
    let one = |id: &str| statement(id, &format!("First{id} {}", lines.repeat(4)), &[cites("a", 1)]);
    let blocks = vec![paragraph(vec![one("p")]), paragraph(vec![one("q")])];
    let content = brief(blocks, vec![source("a", "Harbour", SourceReliability::B)]);
    let words = words("baselines", &content, &standard());
    let of =
        |word: &str| words.iter().filter(|(_, of, _)| of == word).map(|(_, _, at)| *at).collect::<Vec<_>>();
    let (first, second, names) = (of("Firstp")[0], of("Firstq")[0], of("Harbour"));
    // Boxes reach from the ascender to the descender of their size: of serif above and below in these parts.
    let baseline = |at: [f64; 4], size: f64, descent: f64| at[3] - size * descent;
    let serif = |at: [f64; 4]| baseline(at, 10.0, 0.335);
    let sans = |at: [f64; 4]| baseline(at, 7.5, 0.4);
    assert!((serif(first) - sans(names[0])).abs() < 0.8, "{first:?} {names:?}");
    assert!((serif(second) - sans(names[1])).abs() < 0.8, "{second:?} {names:?}");
    assert!(names[0][0] > first[2] + 300.0, "the names are in the side column");
    let left = first[0];
    assert!((second[0] - left).abs() < 0.01, "no first line is indented");
    let apart = second[1] - first[1];
    let count = (apart / 14.0).floor();
    assert!((apart - count * 14.0 - 7.0).abs() < 0.05, "{apart}");
}

#[test]
fn numbers_in_a_row_form_a_range_and_never_break() {
    let sources: Vec<Source> = (0..60)
        .map(|index| source(&format!("a{index}"), &format!("Paper {index}"), SourceReliability::C))
        .collect();
    // The odd sources are cited first, so that the second list has no two numbers in a row.
    let odd: Vec<Citation> = (0..60).step_by(2).map(|index| cites(&format!("a{index}"), 2)).collect();
    let mut alternating = Vec::new();
    for (index, citation) in odd.iter().enumerate() {
        alternating.push(statement(&format!("s{index}"), "One.", std::slice::from_ref(citation)));
        alternating.push(statement(
            &format!("t{index}"),
            "Two.",
            &[cites(&format!("a{}", index * 2 + 1), 2)],
        ));
    }
    let last = statement("u", "Some say so!", &odd);
    let blocks = vec![paragraph(alternating), paragraph(vec![last])];
    let content = brief(blocks, sources);
    let read = text(&content, &standard());
    let numbers: Vec<String> = (0..30).map(|index| (index * 2 + 1).to_string()).collect();
    assert!(read.replace('\u{200b}', "").contains(&format!("Some say so!{}", numbers.join(","))), "{read}");
    let words = words("alternating", &content, &standard());
    let marks: Vec<&str> =
        words.iter().map(|(_, word, _)| word.as_str()).filter(|word| word.contains(',')).collect();
    let joined = marks.join("").replace('\u{200b}', "");
    assert!(joined.contains("1,3,5") && joined.contains("57,59"), "{marks:?}");

    let all: Vec<Citation> = (0..9).map(|index| cites(&format!("a{index}"), 2)).collect();
    let statements = vec![
        statement("s1", "The first.", &all[..2]),
        statement("s2", "The second.", &all[..6]),
        statement("s3", "The third.", &[all[0].clone(), all[4].clone(), all[5].clone(), all[7].clone()]),
        statement("s4", "The fourth.", &[all[7].clone(), all[4].clone(), all[5].clone(), all[0].clone()]),
    ];
    let content = brief(vec![paragraph(statements)], content.sources);
    let read = text(&content, &standard());
    let expected = "The first.1,2 The second.1\u{2013}6 The third. The fourth.1,5\u{2013}7";
    assert!(read.contains(expected), "{read}");
}

#[test]
fn statements_that_do_not_hold_are_marked_before_their_text() {
    let mut content = brief(
        vec![paragraph(vec![
            Statement {
                status: StatementStatus::Superseded.into(),
                ..statement("s1", "The port was open.", &[])
            },
            statement("s2", "The pier is long.", &[]),
        ])],
        Vec::new(),
    );
    content.changes =
        vec![Change { statement_id: "s2".into(), kind: ChangeKind::Contested.into(), ..Change::default() }];
    let read = text(&content, &standard());
    assert!(read.contains("[no longer holds] The port was open. [disputed] The pier is long."), "{read}");
}

#[test]
fn the_only_source_is_named_as_such_if_it_cannot_be_judged() {
    let sources = || {
        vec![source("f", "The customer", SourceReliability::F), source("b", "Crew log", SourceReliability::B)]
    };
    let only = |citations: &[Citation]| {
        let content = brief(vec![paragraph(vec![statement("s", "It is so.", citations)])], sources());
        text(&content, &standard()).contains("only source")
    };
    let against = Citation { role: CitationRole::Contradicts.into(), ..cites("b", 2) };
    assert!(only(&[cites("f", 3)]));
    assert!(only(&[cites("f", 3), against]));
    assert!(!only(&[cites("f", 3), cites("b", 2)]));
    assert!(!only(&[cites("b", 2)]));
    assert!(!only(&[]));
}

/// Returns a brief whose first paragraph has two lines and more evidence than fits beside it.
fn crowded() -> BriefContent {
    let names = "International Association of Port and Harbour Authorities of the Northern Seas ".repeat(4);
    let sources: Vec<Source> = (0..60)
        .map(|index| source(&format!("a{index}"), &format!("{index} {names}"), SourceReliability::C))
        .collect();
    let all: Vec<Citation> = (0..60).map(|index| cites(&format!("a{index}"), 2)).collect();
    let statements = vec![
        sure(ConfidenceLevel::High, statement("s1", "Piers are long here.", &all)),
        sure(ConfidenceLevel::High, statement("s2", "Ships are many.", &all)),
        sure(ConfidenceLevel::Low, statement("s3", "Fees are low and stay low, as all say.", &all)),
    ];
    let next = statement("n1", "Nextone follows.", &[cites("a0", 2)]);
    brief(vec![paragraph(statements), paragraph(vec![next])], sources)
}

#[test]
fn evidence_grows_a_paragraph_by_at_most_two_lines_and_continues_in_the_annex() {
    let content = crowded();
    let read = text(&content, &full());
    let body = &read[read.find("Piers are long").unwrap()..read.find("Nextone").unwrap()];
    assert!(!body.contains("low: "), "exceptions are dropped first: {body}");
    assert!(body.contains("high confidence\n"), "without an exception, nothing follows the level: {body}");
    assert!(body.contains("more: p. "), "{body}");
    assert!(!body.contains("Gazette"));
    let words = words("crowded", &content, &full());
    let at = |word: &str| words.iter().find(|(_, of, _)| of == word).unwrap().clone();
    let (piers, next) = (at("Piers"), at("Nextone"));
    // Two lines of text, two of growth, half a line between paragraphs.
    let apart = next.2[1] - piers.2[1];
    assert!(next.0 == piers.0 && apart <= 14.0 * 4.0 + 7.0 + 0.1, "{apart}");
    let more = words.iter().position(|(_, word, _)| word == "more:").unwrap();
    let page: usize = words[more + 2].1.parse().unwrap();
    let row = words.iter().find(|(page, word, _)| *page >= piers.0 && word == "\u{201c}Piers").unwrap();
    assert_eq!(page, row.0, "the reference is to the page of the statement's row");
    assert!(read.contains("“Piers are long here.”"));
}

#[test]
fn a_likelihood_stays_beside_its_paragraph_when_sources_do_not_fit() {
    let mut content = crowded();
    let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind else {
        panic!("a paragraph")
    };
    paragraph.statements[0].likelihood = Some(Likelihood {
        term: LikelihoodTerm::Icd203Likely.into(),
        low_percent: 55,
        high_percent: 80,
        ..Likelihood::default()
    });
    let read = text(&content, &full());
    let body = &read[read.find("Piers are long").unwrap()..read.find("Nextone").unwrap()];
    assert!(body.contains("likely, 55–80%") && body.contains("more: p. "), "{body}");
    assert!(!body.contains("low: "), "{body}");
}

#[test]
fn without_the_annex_all_evidence_is_beside_the_paragraph() {
    let read = text(&crowded(), &standard());
    let body = &read[read.find("Piers are long").unwrap()..read.find("Nextone").unwrap()];
    assert!(body.contains("low: \u{201c}Fees are \u{2026}\u{201d}") && !body.contains("more: p."), "{body}");
    assert!((0..60).all(|index| body.contains(&format!("{} {index} International", index + 1))), "{body}");
    assert_eq!(body.matches('\u{2026}').count(), 61, "every name ends after two lines");
}

#[test]
fn lists_quotations_and_large_print_have_their_evidence_in_a_line_below() {
    let ports = ports();
    let Some(Kind::Paragraph(Paragraph { statements })) = ports.sections[0].blocks[0].kind.clone() else {
        panic!("a paragraph")
    };
    let line = "1 Harbour Gazette B1/3, 2 contradicts Crew log F4; high confidence, but low: \u{201c}Traffic grew \
                again \u{2026}\u{201d}; likely, 55\u{2013}80%: \u{201c}Traffic grew again \u{2026}\u{201d}";
    let large = Options { text_size: TextSize::Large, ..standard() };
    assert!(text(&ports, &large).contains(line), "{}", text(&ports, &large));
    let item = ListItem { statements: statements.clone(), ..ListItem::default() };
    let list = Kind::List(List { ordered: false, items: vec![item] });
    let quote = Kind::Quote(Quote { statements, attribution: "A pilot".into() });
    for kind in [list, quote] {
        let block = Block { kind: Some(kind), ..Block::default() };
        let content = brief(vec![block], ports.sources.clone());
        let read = text(&content, &standard());
        assert!(read.contains(line), "{read}");
    }
}

#[test]
fn under_the_us_scheme_every_paragraph_title_and_caption_opens_with_its_portion_mark() {
    let mut content = ports();
    content.default_marking = "U".into();
    content.marking = "C".into();
    content.sections[0].blocks.push(Block {
        marking: "C".into(),
        ..paragraph(vec![statement("c", "Convoys form at night.", &[])])
    });
    let cell = |text: &str| TableCell { text: text.into() };
    let column = |heading: &str| TableColumn { heading: heading.into(), ..TableColumn::default() };
    let table = Table {
        caption: "Fees".into(),
        columns: vec![column("Year"), column("Fee")],
        rows: vec![TableRow { cells: vec![cell("2025"), cell("3")], ..TableRow::default() }],
        ..Table::default()
    };
    content.sections[0].blocks.push(Block { kind: Some(Kind::Table(table)), ..Block::default() });
    let read = text(&content, &standard());
    for marked in ["(U) Ports", "(U) Traffic grew in spring.", "(C) Convoys form at night.", "(U) Table 1"] {
        assert!(read.contains(marked), "{marked}: {read}");
    }
    let words = words("us", &content, &standard());
    let mark = words.iter().find(|(_, word, _)| word == "(C)").unwrap();
    assert!(mark.2[0] < 80.0, "the mark opens the paragraph: {mark:?}");

    content.default_marking = "TLP:CLEAR".into();
    content.marking = "TLP:GREEN".into();
    content.sections[0].blocks[1].marking = "TLP:GREEN".into();
    let read = text(&content, &standard());
    assert!(!read.contains("(TLP:CLEAR)") && read.contains("(TLP:GREEN) Convoys form at night."), "{read}");
    let tlp = self::words("tlp", &content, &standard());
    let mark = tlp.iter().find(|(_, word, _)| word == "(TLP:GREEN)").unwrap();
    assert!(mark.2[0] > 400.0, "the mark is in the side column: {mark:?}");
}

#[test]
fn the_annex_has_every_field_of_statements_citations_and_judgments() {
    let mut content = ports();
    let citation = Citation {
        role: CitationRole::Corroborates.into(),
        locator: "folio 12".into(),
        marking: "TLP:GREEN".into(),
        ..cites("a", 2)
    };
    let rich = Statement {
        r#type: StatementType::Forecast.into(),
        likelihood: Some(likely()),
        confidence: Some(Confidence {
            level: ConfidenceLevel::Moderate.into(),
            why: "two seasons of data".into(),
        }),
        domain: "dom".into(),
        actor_ids: vec!["act".into()],
        place_ids: vec!["pla".into()],
        period: Some(Period { edtf: "2025-03".into(), label: "the spring season".into() }),
        citations: vec![citation],
        horizon: "2027-12-31".into(),
        resolution_criteria: "the yearbook of the port".into(),
        topics: vec!["berths".into()],
        ..statement("s4", "The northern harbour will be dredged again before winter comes.", &[])
    };
    let hidden = Statement { withheld: Some(Withheld {}), ..Statement::default() };
    content.sections[0].blocks.push(paragraph(vec![rich, hidden]));
    content.domains = vec![Domain { id: "dom".into(), name: "Shipping".into(), ..Domain::default() }];
    content.actors = vec![Actor { id: "act".into(), name: "Port board".into(), ..Actor::default() }];
    content.places = vec![Place { id: "pla".into(), name: "North mole".into(), ..Place::default() }];
    content.bluf = vec![statement("b1", "The harbour is busy.", &[])];
    content.key_judgments = vec![KeyJudgment {
        id: "kj".into(),
        statements: vec![statement("k1", "Traffic keeps growing.", &[])],
        rests_on: vec!["s1".into()],
        confidence: Some(Confidence { level: ConfidenceLevel::High.into(), why: "all sources agree".into() }),
        likelihood: Some(likely()),
        revision_note: "Firmer than before".into(),
        ..KeyJudgment::default()
    }];
    let read = text(&content, &full());
    let annex = &read[read.rfind("Basis of each statement").unwrap()..];
    let annex = annex.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = [
        "Bottom line, p. 1",
        "“The harbour is busy.”",
        "Key judgments, p. 1",
        "high · all sources agree · likely, 55–80% · origin of the likelihood: the word probable · note on the \
         revision: Firmer than before",
        "Rests on Ports",
        "Ports, p. 3",
        "“The northern harbour will be dredged …”",
        "forecast · field: Shipping · actors: Port board · places: North mole · topics: berths",
        "moderate · two seasons of data · likely, 55–80% · origin of the likelihood: the word probable · horizon: \
         31 December 2027 · settled by: the yearbook of the port · period: March 2025, the spring season",
        "also (TLP:GREEN) Harbour Gazette B2 folio 12",
    ];
    let mut rest = annex.as_str();
    for part in expected {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not in {rest}"));
        rest = &rest[at + part.len()..];
    }
    assert!(annex.contains("Harbour Gazette B3; contradicts Crew log F4"), "{annex}");
}

#[test]
fn hostile_paragraphs_print_in_every_format_and_direction() {
    let name = "x".repeat(300);
    let persian = "این یک جملهٔ فارسی دربارهٔ بندر است. ".repeat(6);
    let long = "The pier and the mole and the quay are all of one piece, so they say. ".repeat(57);
    let five_pages = format!("{}{}", long, "Unbroken".repeat(1_200));
    let sources = vec![source("a", &name, SourceReliability::F), source("b", &persian, SourceReliability::A)];
    let blocks = vec![
        paragraph(vec![statement("s1", "", &[]), statement("s2", "", &[cites("a", 1)])]),
        paragraph(Vec::new()),
        paragraph(vec![Statement { withheld: Some(Withheld {}), ..Statement::default() }]),
        paragraph(vec![sure(ConfidenceLevel::Low, statement("s3", "", &[]))]),
        paragraph(vec![sure(
            ConfidenceLevel::Low,
            statement("s4", &persian, &[cites("a", 1), cites("b", 6)]),
        )]),
        paragraph(vec![Statement {
            likelihood: Some(likely()),
            ..sure(ConfidenceLevel::Low, statement("s5", &five_pages, &[cites("b", 6)]))
        }]),
    ];
    for language in ["en", "fa"] {
        let content = BriefContent { language: language.into(), ..brief(blocks.clone(), sources.clone()) };
        for format in [Format::Full, Format::Standard] {
            for text_size in [TextSize::Normal, TextSize::Large] {
                let options = Options { format, text_size, show_ids: true, ..Options::default() };
                let printed = printed(&content, &options);
                assert!(printed.pages > 4, "{language} {format:?} {text_size:?}: {}", printed.pages);
                let file = temporary_files::file(
                    &format!("evidence/hostile-{language}-{format:?}-{text_size:?}.pdf"),
                    &printed.bytes,
                );
                let (_, width, height, _) = chancery_testkit::pdf::words(&file)[0].clone();
                for (_, _, _, words) in chancery_testkit::pdf::words(&file) {
                    let outside = words
                        .iter()
                        .find(|(_, at)| at[0] < 0.0 || at[2] > width || at[1] < 0.0 || at[3] > height);
                    assert_eq!(outside, None, "{language} {format:?} {text_size:?}");
                }
            }
        }
    }
}

#[test]
fn under_the_us_scheme_a_mark_is_where_the_marking_changes() {
    let own = |id: &str, text: &str, marking: &str| Statement {
        marking: marking.into(),
        ..statement(id, text, &[])
    };
    let block = Block {
        marking: "U".into(),
        ..paragraph(vec![own("s1", "First.", "S"), own("s2", "Second.", "S"), own("s3", "Third.", "U")])
    };
    let mut content = brief(vec![block, paragraph(vec![own("s4", "Fourth.", "")])], Vec::new());
    content.default_marking = "U".into();
    content.marking = "S".into();
    content.bluf = vec![own("b", "Bottom.", "S")];
    let read = text(&content, &standard());
    assert!(read.contains("(S) First. Second. (U) Third.") && read.contains("(U) Fourth."), "{read}");
    assert!(read.contains("(S) Bottom.") && !read.contains("(U) (S)"), "{read}");
}

#[test]
fn a_likelihood_without_a_range_is_one_number() {
    let mut content = ports();
    let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind else {
        panic!("a paragraph")
    };
    for statement in &mut paragraph.statements {
        if let Some(likelihood) = &mut statement.likelihood {
            (likelihood.low_percent, likelihood.high_percent) = (60, 60);
            likelihood.point_percent = Some(60);
        }
    }
    let read = text(&content, &standard());
    assert!(read.contains("likely, 60%") && !read.contains("60\u{2013}60"), "{read}");
}

#[test]
fn names_of_a_higher_marking_than_the_text_around_them_are_marked() {
    let mut content = ports();
    content.marking = "TLP:AMBER".into();
    content.sources[0].marking = "TLP:AMBER".into();
    let name = content.sources[0].short_title.clone();
    let actor =
        Actor { id: "desk".into(), name: "The desk".into(), marking: "TLP:GREEN".into(), ..Actor::default() };
    content.actors.push(actor);
    content.domains.push(Domain {
        id: "trade".into(),
        name: "Trade".into(),
        marking: "TLP:GREEN".into(),
        ..Domain::default()
    });
    if let Some(Kind::Paragraph(paragraph)) = &mut content.sections[0].blocks[0].kind {
        paragraph.statements[0].actor_ids = vec!["desk".into()];
        paragraph.statements[0].domain = "trade".into();
    }
    let standard = text(&content, &standard());
    assert!(standard.contains(&format!("(TLP:AMBER) {name}")), "beside the paragraph: {standard}");
    let full = text(&content, &full());
    let (_, basis) = full.rsplit_once("Basis of").unwrap();
    for marked in [format!("(TLP:AMBER) {name}"), "(TLP:GREEN) The desk".into(), "(TLP:GREEN) Trade".into()] {
        assert!(basis.contains(&marked), "{marked}: {basis}");
    }
}
