//! A brief in which every field of every message is set.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Actor, ActorKind, AsOf, Assumption, Block, BriefContent, BriefKind, Callout, Change, ChangeKind,
    Citation, CitationRole, ColumnType, Confidence, ConfidenceLevel, DatePrecision, Dissent, Domain, Event,
    Factor, FactorKind, Figure, FigureKind, Indicator, InformationGap, KeyJudgment, Likelihood,
    LikelihoodScale, LikelihoodTerm, List, ListItem, LocalizedText, Paragraph, Period, Place, PlaceKind,
    PloverType, Quote, Relationship, RelationshipPolarity, RelationshipStatus, Scenario, Section, Source,
    SourceReliability, SourceType, Span, SpanKind, Statement, StatementStatus, StatementType, Subject, Table,
    TableCell, TableColumn, TableRow, TranslationOf, Trend,
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn ids(ids: &str) -> Vec<String> {
    ids.split(' ').map(str::to_owned).collect()
}

fn localized(language: &str, given: &str) -> LocalizedText {
    LocalizedText { language: text(language), text: text(given) }
}

fn period() -> Period {
    Period { edtf: text("2024-05/2025-03"), label: text("the first year") }
}

fn likelihood() -> Likelihood {
    Likelihood {
        scale: LikelihoodScale::Phia.into(),
        term: LikelihoodTerm::PhiaUnlikely.into(),
        low_percent: 26,
        high_percent: 34,
        point_percent: Some(30),
        origin: text("the source's \"hardly\""),
    }
}

fn confidence() -> Confidence {
    Confidence { level: ConfidenceLevel::Moderate.into(), why: text("two sources; both late") }
}

fn span(start: u32, end: u32, kind: SpanKind, target: &str) -> Span {
    Span { start, end, kind: kind.into(), target: text(target) }
}

fn statement(id: &str) -> Statement {
    Statement {
        id: text(id),
        text: text("The port, ایران and [the] *rest*."),
        spans: vec![
            span(0, 8, SpanKind::Link, "https://example.org/a_(b)"),
            span(4, 7, SpanKind::Strong, ""),
            span(10, 15, SpanKind::Language, "fa"),
            span(21, 24, SpanKind::Emphasis, ""),
        ],
        r#type: StatementType::Narrative.into(),
        status: StatementStatus::Superseded.into(),
        likelihood: Some(likelihood()),
        confidence: Some(confidence()),
        marking: text("TLP:RED"),
        domain: text("dom-1"),
        actor_ids: ids("act-1 act-2"),
        place_ids: ids("plc-1"),
        period: Some(period()),
        citations: vec![
            Citation {
                source_id: text("src-1"),
                credibility: 2,
                role: CitationRole::Corroborates.into(),
                locator: text("ch. 2; p. 4"),
                marking: text("TLP:GREEN"),
            },
            Citation {
                source_id: text("src-2"),
                role: CitationRole::States.into(),
                credibility: 3,
                ..Citation::default()
            },
        ],
        horizon: text("2027-12-31"),
        resolution_criteria: text("The registry shows it"),
        topics: vec![text("arms, light"), text("trade")],
        withheld: None,
    }
}

fn plain(id: &str) -> Statement {
    Statement {
        id: text(id),
        text: text("It holds."),
        r#type: StatementType::Assessment.into(),
        ..Statement::default()
    }
}

fn block(id: &str, kind: Kind) -> Block {
    Block { id: text(id), marking: text("TLP:AMBER"), kind: Some(kind) }
}

fn column(heading: &str, column: ColumnType) -> TableColumn {
    TableColumn { heading: text(heading), r#type: column.into() }
}

fn row(marking: &str, first: &str, second: &str) -> TableRow {
    let cells = [first, second].map(|cell| TableCell { text: text(cell) }).into();
    TableRow { marking: text(marking), cells, withheld: None }
}

fn blocks() -> Vec<Block> {
    let inner = List {
        ordered: false,
        items: vec![ListItem { statements: vec![plain("s-5")], ..ListItem::default() }],
    };
    let item = ListItem {
        marking: text("TLP:AMBER+STRICT"),
        statements: vec![plain("s-4")],
        list: Some(inner),
        withheld: None,
    };
    let figure = Figure {
        kind: FigureKind::Timeline.into(),
        title: text("Attacks \"fell\""),
        source: text("the desk"),
        alt: text("A line [falling]"),
        highlight_ids: ids("ev-1"),
        attachment: String::new(),
    };
    let image = Figure {
        kind: FigureKind::Attachment.into(),
        attachment: "ab".repeat(32),
        alt: text("A map"),
        ..Figure::default()
    };
    vec![
        block("par-1", Kind::Paragraph(Paragraph { statements: vec![statement("s-3")] })),
        block("lst-1", Kind::List(List { ordered: true, items: vec![item] })),
        block(
            "tab-1",
            Kind::Table(Table {
                caption: text("Transits | a day"),
                columns: vec![column("Year", ColumnType::Date), column("Ships", ColumnType::Number)],
                rows: vec![row("TLP:RED", "2024", "a|b"), row("TLP:AMBER+STRICT", "2025", "")],
                source_id: text("src-1"),
                row_headers: true,
            }),
        ),
        block(
            "note-1",
            Kind::Callout(Callout { title: text("How to read"), statements: vec![plain("s-6")] }),
        ),
        block(
            "quo-1",
            Kind::Quote(Quote { statements: vec![plain("s-7")], attribution: text("A. Person, 2026") }),
        ),
        block("fig-1", Kind::Figure(figure)),
        block("fig-2", Kind::Figure(image)),
    ]
}

fn change() -> Change {
    Change {
        kind: ChangeKind::PartlyAnswered.into(),
        was: text("It was; or not."),
        was_marking: text("TLP:GREEN"),
        now: text("It is."),
        why: text("new facts"),
        confidence_before: ConfidenceLevel::High.into(),
        confidence_after: ConfidenceLevel::Low.into(),
        replaced_by: ids("s-1"),
        evidence_ids: ids("ev-1 src-1"),
        marking: text("TLP:RED"),
        ..Change::default()
    }
}

/// Returns a brief in which every field that authors set is set. It is not valid in every reference.
pub fn full() -> BriefContent {
    let subsection = Section {
        id: text("sec-2"),
        heading: text("Depth"),
        domain: text("dom-1"),
        marking: text("TLP:RED"),
        blocks: vec![],
        sections: vec![],
    };
    let section = Section {
        id: text("sec-1"),
        heading: text("The port"),
        domain: text("dom-1"),
        marking: text("TLP:GREEN"),
        blocks: blocks(),
        sections: vec![subsection],
    };
    BriefContent {
        kind: BriefKind::Country.into(),
        title: text("A brief: all fields"),
        localized_titles: vec![localized("fa", "عنوان"), localized("ru", "Доклад")],
        subtitle: text("Subtitle"),
        language: text("en-GB"),
        subject: Some(Subject { entity_ids: ids("act-1 plc-1") }),
        as_of: Some(AsOf { date: text("2026-11"), note: text("open sources") }),
        default_marking: text("TLP:CLEAR"),
        marking: String::new(),
        likelihood_scale: LikelihoodScale::Phia.into(),
        bluf: vec![plain("s-1")],
        key_judgments: vec![KeyJudgment {
            id: text("kj-1"),
            statements: vec![plain("s-2")],
            rests_on: ids("s-3 s-4"),
            likelihood: Some(likelihood()),
            confidence: Some(confidence()),
            marking: text("TLP:AMBER"),
            revises_id: text("kj-0"),
            revision_note: text("likelier"),
        }],
        sections: vec![section],
        ..annexes()
    }
}

fn annexes() -> BriefContent {
    BriefContent {
        domains: vec![Domain {
            id: text("dom-1"),
            name: text("Trade"),
            section: text("sec-1"),
            trend: Trend::Rising.into(),
            why: text("more ships"),
            marking: text("TLP:GREEN"),
        }],
        factors: vec![
            factor("f-1", FactorKind::Driver),
            factor("f-2", FactorKind::Outlook),
            factor("f-3", FactorKind::Driver),
        ],
        actors: vec![Actor {
            id: text("act-1"),
            name: text("The Authority"),
            kind: ActorKind::Organisation.into(),
            short_name: text("Authority"),
            labels: vec![localized("ar", "هيئة")],
            country_code: text("EGY"),
            role: text("operator"),
            member_of: ids("act-2"),
            period: Some(period()),
            successor_id: text("act-2"),
            place_id: text("plc-1"),
            note: text("a note"),
            marking: text("TLP:GREEN"),
        }],
        places: vec![Place {
            id: text("plc-1"),
            name: text("The canal"),
            kind: PlaceKind::Waterway.into(),
            labels: vec![localized("ar", "قناة")],
            country_code: text("EGY"),
            latitude_e6: Some(-29_973_000),
            longitude_e6: Some(0),
            note: text("a note"),
            marking: text("TLP:GREEN"),
        }],
        sources: vec![
            Source {
                id: text("src-1"),
                title: text("A report"),
                publisher: text("Board"),
                date: text("2024-06~"),
                url: text("https://example.org/?a=b#c"),
                r#type: SourceType::Primary.into(),
                reliability: SourceReliability::B.into(),
                descriptor: text("yearly; revised"),
                marking: text("TLP:GREEN"),
                short_title: text("Report"),
                accessed: text("2025-01-02"),
            },
            Source { id: text("src-2"), title: text("no"), ..Source::default() },
        ],
        changes: vec![
            Change { statement_id: text("s-3"), ..change() },
            Change { part_id: text("sec-1"), ..change() },
            Change { statement_id: text("s-gone"), ..change() },
            Change { part_id: text("fig-gone"), ..change() },
        ],
        change_summary: text("More of it."),
        tags: ids("canal trade"),
        regions: ids("plc-1"),
        translation_of: Some(TranslationOf { brief_id: text("original"), revision: 3 }),
        ..entries()
    }
}

fn factor(id: &str, kind: FactorKind) -> Factor {
    Factor {
        id: text(id),
        kind: kind.into(),
        text: text("A factor"),
        statement_ids: ids("s-1"),
        marking: text("TLP:GREEN"),
    }
}

fn entries() -> BriefContent {
    BriefContent {
        relationships: vec![Relationship {
            id: text("rel-1"),
            from_id: text("act-1"),
            to_id: text("plc-1"),
            r#type: text("runs"),
            symmetric: true,
            period: Some(period()),
            status: RelationshipStatus::Weakened.into(),
            statement_ids: ids("s-1"),
            item: text("the locks"),
            domain: text("dom-1"),
            place_id: text("plc-1"),
            note: text("a note"),
            marking: text("TLP:GREEN"),
            polarity: RelationshipPolarity::Mixed.into(),
            label: text("operates"),
        }],
        events: vec![Event {
            id: text("ev-1"),
            title: text("It opened | at last"),
            date: text("2026-07-06"),
            precision: DatePrecision::Month.into(),
            r#type: PloverType::Assault.into(),
            actor_ids: ids("act-1"),
            place_ids: ids("plc-1"),
            statement_ids: ids("s-1"),
            source_ids: ids("src-1"),
            note: text("a note"),
            marking: text("TLP:GREEN"),
        }],
        scenarios: vec![Scenario {
            id: text("sc-1"),
            set: text("2027"),
            title: text("Slow return"),
            text: text("Escorts first."),
            percent: 70,
            statement_ids: ids("s-1"),
            indicator_ids: ids("ind-1"),
            marking: text("TLP:GREEN"),
        }],
        indicators: vec![Indicator {
            id: text("ind-1"),
            text: text("Cover below 0.1 %"),
            meaning: text("calm"),
            statement_ids: ids("s-1"),
            marking: text("TLP:GREEN"),
        }],
        assumptions: vec![Assumption {
            id: text("as-1"),
            text: text("No war"),
            if_wrong: text("all changes"),
            statement_ids: ids("s-1"),
            marking: text("TLP:GREEN"),
        }],
        information_gaps: vec![InformationGap {
            id: text("gap-1"),
            text: text("The count"),
            marking: text("TLP:GREEN"),
        }],
        dissents: vec![Dissent {
            id: text("dis-1"),
            text: text("It is not so"),
            holder: text("a reviewer"),
            statement_ids: ids("s-1"),
            marking: text("TLP:GREEN"),
        }],
        ..BriefContent::default()
    }
}
