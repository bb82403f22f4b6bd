//! Each lint on content that it warns of and on content that it accepts.

mod likelihoods;
mod parts;

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    AsOf, Block, BriefContent, Citation, Confidence, Event, Figure, FigureKind, KeyJudgment, Likelihood,
    LikelihoodTerm, List, ListItem, Paragraph, Scenario, Section, Source, SourceReliability, Statement,
    StatementStatus, StatementType, Table, TableRow, Withheld,
};

use crate::glyph_coverage::GlyphCoverage;
use crate::lint::{Warning, lint};

fn judgment(id: &str, text: &str) -> Statement {
    let citations = vec![Citation { source_id: "src1".into(), ..Citation::default() }];
    let mut statement = Statement { id: id.into(), text: text.into(), citations, ..Statement::default() };
    statement.set_type(StatementType::Assessment);
    statement
}

fn brief(statements: Vec<Statement>) -> BriefContent {
    let kind = Some(BlockKind::Paragraph(Paragraph { statements }));
    let block = Block { kind, ..Block::default() };
    let section = Section { blocks: vec![block], ..Section::default() };
    BriefContent { language: "en-GB".into(), sections: vec![section], ..BriefContent::default() }
}

fn statements(content: &mut BriefContent) -> &mut Vec<Statement> {
    match &mut content.sections[0].blocks[0].kind {
        Some(BlockKind::Paragraph(paragraph)) => &mut paragraph.statements,
        _ => panic!("the content begins with a paragraph"),
    }
}

fn likelihood(term: LikelihoodTerm) -> Likelihood {
    let mut likelihood = Likelihood::default();
    likelihood.set_term(term);
    likelihood
}

/// Returns a source without a fault.
fn source(id: &str) -> Source {
    let mut source = Source { id: id.into(), date: "2025".into(), ..Source::default() };
    source.set_reliability(SourceReliability::B);
    source
}

fn codes(content: &BriefContent) -> Vec<(&'static str, String)> {
    lint(content, None).into_iter().map(|warning| (warning.code, warning.part_id)).collect()
}

fn one(code: &'static str, id: &str) -> Vec<(&'static str, String)> {
    vec![(code, id.to_owned())]
}

#[test]
fn a_judgment_in_a_section_cites_a_source() {
    let bare = Statement { citations: Vec::new(), ..judgment("s1", "It holds.") };
    assert_eq!(codes(&brief(vec![bare.clone()])), one(super::JUDGMENT_WITHOUT_SOURCE, "s1"));
    assert_eq!(codes(&brief(vec![judgment("s1", "It holds.")])), []);
    let bottom_line = BriefContent { bluf: vec![bare.clone()], ..BriefContent::default() };
    assert_eq!(codes(&bottom_line), []);
    let mut withdrawn = bare;
    withdrawn.set_status(StatementStatus::Withdrawn);
    assert_eq!(codes(&brief(vec![withdrawn])), []);
}

#[test]
fn a_forecast_has_a_horizon_and_criteria() {
    let mut forecast = judgment("s1", "It will hold.");
    forecast.set_type(StatementType::Forecast);
    let all = [
        super::FORECAST_WITHOUT_HORIZON,
        super::FORECAST_WITHOUT_CRITERIA,
        super::FORECAST_WITHOUT_LIKELIHOOD,
    ];
    assert_eq!(codes(&brief(vec![forecast.clone()])), all.map(|code| (code, "s1".to_owned())));
    (forecast.horizon, forecast.resolution_criteria) = ("2027".into(), "A treaty is in force.".into());
    assert_eq!(codes(&brief(vec![forecast.clone()])), one(super::FORECAST_WITHOUT_LIKELIHOOD, "s1"));
    forecast.likelihood = Some(likelihood(LikelihoodTerm::Icd203Likely));
    assert_eq!(codes(&brief(vec![forecast])), []);
}

#[test]
fn hedges_need_a_likelihood_and_english() {
    for text in [
        "It might hold.",
        "It is not likely to hold.",
        "Possibly it could hold.",
        "It is possible that it holds.",
        "It is not possible that it holds.",
    ] {
        assert_eq!(
            codes(&brief(vec![judgment("s1", text)])),
            one(super::HEDGE_WITHOUT_LIKELIHOOD, "s1"),
            "{text}"
        );
    }
    for text in [
        "In May it held.",
        "The mayor held a remote post.",
        "Its likelihood is unknown.",
        "The general called it \"likely\", and “possibly” soon.",
        "The might of the navy grew.",
        "A possible route is closed.",
    ] {
        assert_eq!(codes(&brief(vec![judgment("s1", text)])), [], "{text}");
    }
    let likely = Statement {
        likelihood: Some(likelihood(LikelihoodTerm::Icd203Likely)),
        ..judgment("s1", "It might hold.")
    };
    assert_eq!(codes(&brief(vec![likely])), []);
    let german = BriefContent { language: "de".into(), ..brief(vec![judgment("s1", "Er might.")]) };
    assert_eq!(codes(&german), []);
}

#[test]
fn the_future_needs_a_likelihood_in_a_main_clause() {
    for text in ["It will hold.", "If it rains, it won't hold.", "The line is going to close."] {
        let codes = codes(&brief(vec![judgment("s1", text)]));
        assert_eq!(codes, one(super::FORECAST_WITHOUT_LIKELIHOOD, "s1"), "{text}");
    }
    for text in [
        "It announced that it will hold.",
        "Where it will end is open.",
        "The political will is weak.",
        "The drills show a will to act.",
        "The minister said: \"We will pay.\"",
    ] {
        assert_eq!(codes(&brief(vec![judgment("s1", text)])), [], "{text}");
    }
    let mut fact = judgment("s1", "It will hold.");
    fact.set_type(StatementType::Fact);
    assert_eq!(codes(&brief(vec![fact])), []);
    // A key judgment has one for all of its sentences.
    let statements = vec![judgment("s1", "It will hold.")];
    let mut own = KeyJudgment { id: "kj1".into(), statements, ..KeyJudgment::default() };
    own.likelihood = Some(likelihood(LikelihoodTerm::Icd203Likely));
    own.confidence = Some(Confidence::default());
    own.statements[0].citations.clear();
    let content = BriefContent { key_judgments: vec![own], ..brief(vec![]) };
    assert_eq!(codes(&content), []);
}

#[test]
fn a_key_judgment_has_a_confidence() {
    let content = |of_judgment: bool, confidence: [bool; 2]| {
        let likelihood = Some(likelihood(LikelihoodTerm::Icd203Likely));
        let mut statement = Statement { citations: Vec::new(), ..judgment("s1", "It holds.") };
        statement.confidence = confidence[0].then(Confidence::default);
        let mut own = KeyJudgment { id: "kj1".into(), ..KeyJudgment::default() };
        own.confidence = confidence[1].then(Confidence::default);
        if of_judgment {
            own.likelihood = likelihood;
        } else {
            statement.likelihood = likelihood;
        }
        own.statements = vec![statement];
        BriefContent { key_judgments: vec![own], ..brief(vec![]) }
    };
    for of_judgment in [true, false] {
        assert_eq!(
            codes(&content(of_judgment, [false, false])),
            one(super::JUDGMENT_WITHOUT_CONFIDENCE, "kj1")
        );
        assert_eq!(codes(&content(of_judgment, [true, false])), []);
        assert_eq!(codes(&content(of_judgment, [false, true])), []);
    }
    let mut bare = content(true, [false, false]);
    bare.key_judgments[0].likelihood = None;
    assert_eq!(codes(&bare), one(super::JUDGMENT_WITHOUT_CONFIDENCE, "kj1"));
    bare.key_judgments[0].statements[0].withheld = Some(Withheld::default());
    assert_eq!(codes(&bare), []);
}

#[test]
fn likelihood_and_confidence_are_in_separate_sentences() {
    let text = "We judge with high confidence that it is very likely to hold.";
    let mixed =
        Statement { likelihood: Some(likelihood(LikelihoodTerm::Icd203VeryLikely)), ..judgment("s1", text) };
    assert_eq!(codes(&brief(vec![mixed])), one(super::LIKELIHOOD_WITH_CONFIDENCE, "s1"));
}

#[test]
fn a_brief_uses_one_row_of_terms() {
    let with = |id: &str, term| Statement { likelihood: Some(likelihood(term)), ..judgment(id, "It holds.") };
    let (likely, remote) = (LikelihoodTerm::Icd203Likely, LikelihoodTerm::Icd203Remote);
    let mixed = brief(vec![with("s1", likely), with("s2", remote), with("s3", remote)]);
    assert_eq!(codes(&mixed), one(super::MIXED_LIKELIHOOD_ROWS, "s2"));
    assert_eq!(codes(&brief(vec![with("s1", likely), with("s2", LikelihoodTerm::Icd203Unlikely)])), []);
    let scales = brief(vec![with("s1", likely), with("s2", LikelihoodTerm::PhiaUnlikely)]);
    let both = [one(super::TERM_OF_OTHER_SCALE, "s2"), one(super::MIXED_LIKELIHOOD_ROWS, "s2")].concat();
    assert_eq!(codes(&scales), both);
}

#[test]
fn a_key_judgment_rests_on_several_sources_and_active_statements() {
    let mut content = brief(vec![judgment("s1", "It holds."), judgment("s2", "It holds.")]);
    let rests_on = vec!["s1".into(), "s2".into()];
    content.key_judgments = vec![KeyJudgment { id: "kj1".into(), rests_on, ..KeyJudgment::default() }];
    assert_eq!(codes(&content), one(super::SINGLE_SOURCE, "kj1"));

    // The unknown statement may cite another source.
    content.key_judgments[0].rests_on.push("s3".into());
    assert_eq!(codes(&content), []);

    let mut superseded = judgment("s2", "It held.");
    superseded.citations[0].source_id = "src2".into();
    superseded.set_status(StatementStatus::Superseded);
    let statements = vec![judgment("s1", "It holds."), superseded];
    let content = BriefContent { key_judgments: content.key_judgments, ..brief(statements) };
    assert_eq!(codes(&content), one(super::SUPERSEDED_SUPPORT, "kj1"));
}

#[test]
fn a_reason_that_names_the_only_source_settles_its_being_alone() {
    let mut content = brief(vec![judgment("s1", "It holds.")]);
    let named = Source { publisher: "The Daily".into(), ..source("src1") };
    content.sources = vec![named];
    let mut because = |why: &str| {
        let confidence = Some(Confidence { why: why.into(), ..Confidence::default() });
        let kept = KeyJudgment {
            id: "kj1".into(),
            rests_on: vec!["s1".into()],
            confidence,
            ..KeyJudgment::default()
        };
        content.key_judgments = vec![kept];
        codes(&content)
    };
    assert_eq!(because("there is only the daily"), []);
    assert_eq!(because("src1 alone"), []);
    assert_eq!(because("one source only"), one(super::SINGLE_SOURCE, "kj1"));
}

#[test]
fn dates_are_of_the_gregorian_calendar_and_horizons_ahead() {
    let forecast = |horizon: &str| {
        let mut forecast = judgment("s1", "It holds.");
        forecast.set_type(StatementType::Forecast);
        (forecast.horizon, forecast.resolution_criteria) = (horizon.into(), "It is seen".into());
        brief(vec![forecast])
    };
    let as_of = |date: &str| Some(AsOf { date: date.into(), note: String::new() });
    let dated = |date: &str, horizon: &str| codes(&BriefContent { as_of: as_of(date), ..forecast(horizon) });
    assert_eq!(dated("2026-02", "2026-03"), []);
    assert_eq!(dated("2026-02", "2026"), []);
    assert_eq!(dated("2026-02", "2026-01"), one(super::HORIZON_BEFORE_AS_OF, "s1"));
    assert_eq!(dated("2026-02", "1406-12"), one(super::YEAR_OF_OTHER_CALENDAR, "s1"));
    assert_eq!(dated("1405", "2026"), one(super::YEAR_OF_OTHER_CALENDAR, ""));
    assert_eq!(codes(&forecast("2020")), []);

    let event = |date: &str| {
        let event = Event {
            id: "e1".into(),
            date: date.into(),
            statement_ids: vec!["s1".into()],
            ..Event::default()
        };
        codes(&BriefContent { events: vec![event], ..brief(vec![judgment("s1", "It holds.")]) })
    };
    assert_eq!(event("1403-02-24"), one(super::YEAR_OF_OTHER_CALENDAR, "e1"));
    assert_eq!(event("1722"), []);
}

#[test]
fn the_scenarios_of_a_set_sum_to_100() {
    let scenario = |id: &str, set: &str, percent| Scenario {
        id: id.into(),
        set: set.into(),
        percent,
        ..Scenario::default()
    };
    let scenarios = vec![scenario("a", "x", 60), scenario("b", "y", 100), scenario("c", "x", 30)];
    let content = BriefContent { scenarios, ..BriefContent::default() };
    assert_eq!(codes(&content), one(super::SCENARIOS_NOT_100, "a"));
}

#[test]
fn no_cited_source_is_newer_than_the_as_of_date() {
    let source = |id: &str, date: &str| Source { date: date.into(), ..self::source(id) };
    let as_of = Some(AsOf { date: "2025-06".into(), note: String::new() });
    let content = brief(vec![judgment("s1", "It holds.")]);
    let dated = |date: &str| BriefContent {
        as_of: as_of.clone(),
        sources: vec![Source { accessed: "2026".into(), ..source("src1", date) }],
        ..content.clone()
    };
    assert_eq!(codes(&dated("2025-07-01")), one(super::AS_OF_BEFORE_SOURCE, "src1"));
    assert_eq!(codes(&dated("2025-06-30")), []);
    assert_eq!(codes(&dated("")), []);
}

#[test]
fn a_figure_list_or_table_without_data_is_reported_with_its_path() {
    let block = |id: &str, kind: BlockKind| Block { id: id.into(), kind: Some(kind), ..Block::default() };
    let figure = |kind: FigureKind| BlockKind::Figure(Figure { kind: kind.into(), ..Figure::default() });
    let list = |items: Vec<ListItem>| List { items, ..List::default() };
    let item =
        |statements: Vec<Statement>, list: Option<List>| ListItem { statements, list, ..ListItem::default() };
    let with = |blocks: Vec<Block>| {
        let section = Section { id: "sec1".into(), blocks, ..Section::default() };
        BriefContent { sections: vec![section], ..BriefContent::default() }
    };
    let sentence = || vec![judgment("s1", "It holds.")];
    let one_empty = |kind: BlockKind, message: &str| {
        let content = with(vec![block("b1", kind.clone())]);
        let found: Vec<_> = lint(&content, None)
            .into_iter()
            .filter(|found| found.code == super::BLOCK_WITHOUT_DATA)
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].part_id, "b1");
        assert!(found[0].message.starts_with(message), "{}", found[0].message);
        assert_eq!(lint(&with(vec![block("", kind)]), None)[0].part_id, "sec1");
    };
    one_empty(figure(FigureKind::Timeline), "sections[0].blocks[0] is a timeline without events");
    one_empty(figure(FigureKind::ActorNetwork), "sections[0].blocks[0] is an actor network");
    one_empty(figure(FigureKind::DomainTrends), "sections[0].blocks[0] is a domain trends");
    one_empty(figure(FigureKind::Likelihoods), "sections[0].blocks[0] is a likelihoods");
    one_empty(BlockKind::Table(Table::default()), "sections[0].blocks[0] is a table");
    one_empty(BlockKind::List(list(vec![])), "sections[0].blocks[0].list is a list");
    one_empty(BlockKind::List(list(vec![item(vec![], None)])), "sections[0].blocks[0].list is a list");
    let inner = list(vec![item(sentence(), Some(list(vec![])))]);
    let found = lint(&with(vec![block("b1", BlockKind::List(inner))]), None);
    assert!(found[0].message.starts_with("sections[0].blocks[0].list.items[0].list is a list"), "{found:?}");

    let full = BriefContent {
        events: vec![Event { id: "e1".into(), source_ids: vec!["src1".into()], ..Event::default() }],
        ..with(vec![
            block("", figure(FigureKind::Timeline)),
            block("", figure(FigureKind::Attachment)),
            block("", BlockKind::Table(Table { rows: vec![TableRow::default()], ..Table::default() })),
        ])
    };
    assert_eq!(codes(&full), []);
}

fn latin() -> GlyphCoverage {
    ('\u{20}'..='\u{ff}').collect()
}

fn missing_glyphs(content: &BriefContent) -> Vec<Warning> {
    lint(content, Some(&latin())).into_iter().filter(|found| found.code == super::MISSING_GLYPH).collect()
}

#[test]
fn a_character_that_no_font_has_is_named_once_at_its_first_part() {
    let content = BriefContent {
        title: "Trade with \u{65e5}".into(),
        ..brief(vec![judgment("s1", "It holds \u{928}\u{928}."), judgment("s2", "\u{65e5}\u{928}\u{10ffff}")])
    };
    let found = missing_glyphs(&content);
    let message = "no font has U+0928 (\u{928}), so a box is printed in its place; add a font that has it";
    let parts: Vec<_> = found.iter().map(|found| found.part_id.as_str()).collect();
    assert_eq!(parts, ["", "s1", "s2"]);
    assert_eq!(found[1].message, message);
    assert!(found[0].message.contains("U+65E5") && found[2].message.contains("U+10FFFF"), "{found:?}");
    assert!(lint(&content, None).iter().all(|found| found.code != super::MISSING_GLYPH));
    assert_eq!(missing_glyphs(&brief(vec![judgment("s1", "It holds: caf\u{e9}.")])), []);
}

#[test]
fn at_most_200_warnings_are_about_characters_and_the_last_counts_the_others() {
    let text = |characters: u32| -> String {
        (0..characters).map(|number| char::from_u32(0x4e00 + number).unwrap()).collect()
    };
    let found = missing_glyphs(&brief(vec![judgment("s1", &text(200))]));
    assert!(found.len() == 200 && found[199].message.contains("U+4EC7"), "{:?}", found.last());
    let found = missing_glyphs(&brief(vec![judgment("s1", &text(203))]));
    let last = found.last().unwrap();
    assert_eq!((found.len(), last.part_id.as_str()), (200, ""));
    assert_eq!(last.message, "4 more characters that no font has are not listed");
}
