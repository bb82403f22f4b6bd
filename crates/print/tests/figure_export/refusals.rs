//! Figures and tables that cannot be exported.

use chancery_print::testing::edition;
use chancery_print::{FigureError, FigureFormat, Options};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Event, Figure, FigureKind, Section, Table, TableCell, TableColumn, TableRow,
};

use crate::samples::{exported, sample};

fn block(id: &str, kind: Kind) -> Block {
    Block { id: id.into(), kind: Some(kind), ..Block::default() }
}

fn figure(id: &str, kind: FigureKind, title: &str) -> Block {
    block(id, Kind::Figure(Figure { kind: kind.into(), title: title.into(), ..Figure::default() }))
}

fn table(id: &str, rows: usize) -> Block {
    let row = |number: usize| TableRow {
        cells: vec![TableCell { text: format!("Row {number}") }],
        ..TableRow::default()
    };
    let columns = vec![TableColumn { heading: "Rows".into(), ..TableColumn::default() }];
    let (caption, rows) = ("All rows".into(), (0..rows).map(row).collect());
    block(id, Kind::Table(Table { caption, columns, rows, ..Table::default() }))
}

fn brief(blocks: Vec<Block>) -> BriefContent {
    let section = Section { id: "s1".into(), heading: "A section".into(), blocks, ..Section::default() };
    BriefContent {
        title: "A brief".into(),
        language: "en".into(),
        default_marking: "TLP:CLEAR".into(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

fn refused(content: &BriefContent, id: &str) -> FigureError {
    let exported = exported(&edition(content), id, &Options::default(), FigureFormat::Svg);
    exported.expect_err("it cannot be exported")
}

#[test]
fn an_unknown_id_is_answered_with_the_ids_and_titles_there_are() {
    let sample = sample("suez-2021-2.tab-ship");
    let error = refused(&sample.content, "fig-nothing");
    let FigureError::Unknown { id, exportable } = &error else { panic!("{error}") };
    let ids: Vec<&str> = exportable.with_id.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(id, "fig-nothing");
    assert_eq!(
        ids,
        [
            "fig-timeline",
            "tab-ship",
            "fig-trends",
            "fig-network",
            "tab-traffic",
            "tab-revenue",
            "fig-likelihoods"
        ]
    );
    assert!(error.to_string().contains("tab-revenue (Revenue of the canal)"), "{error}");
    // The id of another part is not one of a figure.
    assert!(matches!(refused(&sample.content, "sec-event"), FigureError::Unknown { .. }));
}

#[test]
fn a_figure_without_an_id_is_named_by_its_section() {
    let blocks = vec![figure("", FigureKind::Timeline, "What happened"), table("", 2), table("tab", 2)];
    let content = brief(blocks);
    for id in ["", "x"] {
        let message = refused(&content, id).to_string();
        assert!(message.contains("it has tab (All rows)"), "{message}");
        let advice = "give an id to \"What happened\" in section s1, \"All rows\" in section s1";
        assert!(message.contains(advice), "{message}");
    }
    assert!(refused(&brief(Vec::new()), "x").to_string().ends_with("it has no figures or tables"));
}

#[test]
fn the_list_of_ids_is_bounded() {
    let long = "A title without an end ".repeat(40);
    let blocks = (0..500).map(|number| figure(&format!("fig-{number}"), FigureKind::Timeline, &long));
    let message = refused(&brief(blocks.collect()), "x").to_string();
    assert!(message.len() < 2_500 && message.ends_with("480 more are not listed"), "{message}");
}

#[test]
fn an_uploaded_image_is_named_with_the_way_to_get_it() {
    let digest = "5f".repeat(32);
    let image =
        Figure { kind: FigureKind::Attachment.into(), attachment: digest.clone(), ..Figure::default() };
    let message = refused(&brief(vec![block("map", Kind::Figure(image))]), "map").to_string();
    assert!(message.contains(&format!("workspaces/default/attachments/{digest}")), "{message}");
    assert!(message.contains("BriefService.GetAttachment"), "{message}");
}

#[test]
fn a_figure_or_table_without_data_is_refused() {
    let kinds =
        [FigureKind::Timeline, FigureKind::ActorNetwork, FigureKind::DomainTrends, FigureKind::Likelihoods];
    for kind in kinds {
        let error = refused(&brief(vec![figure("fig", kind, "Nothing")]), "fig");
        assert!(matches!(error, FigureError::NoData { .. }), "{kind:?}: {error}");
    }
    let error = refused(&brief(vec![table("tab", 0)]), "tab");
    assert!(matches!(error, FigureError::NoData { .. }), "{error}");
}

#[test]
fn a_figure_higher_than_a_page_can_be_is_refused() {
    let mut content = brief(vec![table("tab", 2_000), figure("fig", FigureKind::Timeline, "Many events")]);
    let event = |number: usize| Event {
        id: format!("e{number}"),
        title: format!("Event {number}"),
        date: "2024-05-06".into(),
        ..Event::default()
    };
    content.events = (0..2_000).map(event).collect();
    for id in ["tab", "fig"] {
        for format in [FigureFormat::Svg, FigureFormat::Pdf] {
            let error = exported(&edition(&content), id, &Options::default(), format).unwrap_err();
            assert!(matches!(error, FigureError::TooHigh { limit: 14_400, .. }), "{id}: {error}");
        }
    }
    // A high one within the limit is exported.
    let content = brief(vec![table("tab", 500)]);
    let bytes = exported(&edition(&content), "tab", &Options::default(), FigureFormat::Pdf).unwrap();
    assert!(chancery_print::testing::struct_text(&bytes).unwrap().contains("Row 499"));
}
