//! Printed names, links and markings of content fields and the publish record, read back from finished files.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;

use chancery_brief::marking::Scheme;
use chancery_brief::validate::canonicalize;
use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, Fonts, Format, Limits, Locale, Options, Paper, Printed, RevisionState, TextSize, print,
};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Change, ChangeKind, Event, Figure, FigureKind, RelationshipPolarity, Section, Table,
    TableCell, TableColumn, TableRow,
};
use chancery_testkit::{files, pdf};

fn sample(revision: u32) -> BriefContent {
    files::content("russia-iran", revision)
}

fn printed(edition: &Edition, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(edition, options, &Limits::default(), &Fonts::default(), &mut observe).expect("it prints")
}

/// Returns the structure tree's text with ordinary spaces only.
fn text(edition: &Edition, options: &Options) -> String {
    let text = struct_text(&printed(edition, options).bytes).expect("it reads back");
    text.replace(['\u{a0}', '\u{2009}'], " ")
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

/// Returns the statement ids in a text, such as "c-013", except those that the authors wrote into a note.
fn ids(text: &str) -> Vec<&str> {
    let is_id = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let number = word.strip_prefix("c-").or_else(|| word.strip_prefix("n-"));
        number.is_some_and(|number| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split_whitespace().filter(is_id).collect()
}

#[test]
fn ids_are_printed_only_on_request() {
    let (content, before) = (sample(2), sample(1));
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    for format in [Format::Full, Format::Standard, Format::OnePage] {
        for text_size in [TextSize::Normal, TextSize::Large] {
            if format == Format::OnePage && text_size == TextSize::Large {
                continue;
            }
            let options = Options { text_size, ..of(format) };
            let without = text(&edition, &options);
            let printed = without.replace("Reverses c-082 and c-085", "");
            assert_eq!(ids(&printed), Vec::<&str>::new(), "{format:?} {text_size:?}");
            let with = text(&edition, &Options { show_ids: true, ..options });
            assert!(format == Format::OnePage || ids(&with).len() > 20, "{format:?} {text_size:?}");
        }
    }
}

#[test]
fn judgments_refer_to_the_pages_of_the_statements_that_they_rest_on() {
    let content = sample(2);
    let text = text(&edition(&content), &Options::default());
    let judgment = content.key_judgments[0].statements[0].text.clone();
    let line = text.lines().find(|line| line.contains(&judgment)).unwrap();
    let pages = line.split_once("pp. ").unwrap().1;
    assert!(pages.starts_with(|c: char| c.is_ascii_digit()), "{line}");
    assert!(!text.contains("printed beside its paragraph"));
}

#[test]
fn a_withdrawn_revision_prints_its_reason_in_any_script_and_length() {
    let content = sample(2);
    let long = "A figure was wrong, and so was what followed from it. ".repeat(18);
    let unbroken = "x".repeat(900);
    let persian = "رقم یک جمله نادرست بود و جمله دیگری بر پایه آن نوشته شده بود.";
    let reasons = [long.trim(), &unbroken, persian, "Цифра была неверной.\nИ вывод тоже.", "a \u{202e}b"];
    for reason in reasons {
        let withdrawn =
            Edition { state: RevisionState::Withdrawn, withdraw_reason: reason, ..edition(&content) };
        for format in [Format::Full, Format::Standard] {
            let text = text(&withdrawn, &of(format));
            let expected = reason.replace('\u{202e}', "").split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains("This revision is withdrawn."), "{format:?}");
            let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(squeezed.contains(&format!("Reason: {expected}")), "{format:?} {reason}");
        }
    }
    let short = Edition { state: RevisionState::Withdrawn, withdraw_reason: "Wrong.", ..edition(&content) };
    assert!(text(&short, &of(Format::OnePage)).contains("Reason: Wrong."));
    let published = Edition { withdraw_reason: "Wrong.", ..edition(&content) };
    assert!(!text(&published, &of(Format::Full)).contains("Reason:"));
}

/// Returns a brief with a change of every part that has a name.
fn changed() -> BriefContent {
    let mut content = sample(2);
    let change = |id: &str, now: &str| Change {
        part_id: id.to_owned(),
        kind: ChangeKind::Updated.into(),
        now: now.to_owned(),
        marking: "TLP:CLEAR".to_owned(),
        ..Change::default()
    };
    let ids = [
        content.sections[0].id.clone(),
        content.key_judgments[1].id.clone(),
        content.sources[0].id.clone(),
        content.events[0].id.clone(),
        content.relationships[0].id.clone(),
        content.actors[0].id.clone(),
    ];
    content.changes = ids.iter().map(|id| change(id, "It changed.")).collect();
    content
}

#[test]
fn a_changed_part_is_named_and_linked() {
    let content = changed();
    let tie = &content.relationships[0];
    let name = |id: &str| {
        let actor = content.actors.iter().find(|actor| actor.id == id).unwrap();
        if actor.short_name.is_empty() { actor.name.clone() } else { actor.short_name.clone() }
    };
    let expected = [
        content.sections[0].heading.clone(),
        "Key judgment 2".to_owned(),
        content.sources[0].title.clone(),
        content.events[0].title.clone(),
        format!("{} \u{2013} {}: {}", name(&tie.from_id), name(&tie.to_id), tie.r#type.replace('-', " ")),
    ];
    let printed = printed(&edition(&content), &Options::default());
    let text = struct_text(&printed.bytes).unwrap();
    let file = temporary_files::file("changed-parts.pdf", &printed.bytes);
    let structure = pdf::structure(&file);
    for (name, change) in expected.iter().zip(&content.changes) {
        assert!(text.contains(name.as_str()), "{name}");
        assert!(!text.contains(&format!("{} updated", change.part_id)), "{name}");
    }
    let cell = structure.split("Link").filter(|part| part.contains("Key judgment 2")).count();
    assert!(cell > 0, "the name of the judgment is a link");
    // If ids are printed, the id follows the name.
    let with = self::text(&edition(&content), &Options { show_ids: true, ..Options::default() });
    let event = &content.events[0];
    assert!(with.contains(&event.title) && with.contains(&event.id));
}

#[test]
fn a_changed_part_that_only_the_earlier_revision_has_keeps_its_name() {
    let (mut content, mut before) = (sample(2), sample(1));
    before.events.push(Event { id: "ev-gone".into(), title: "What never was".into(), ..Event::default() });
    content.changes =
        vec![Change { part_id: "ev-gone".into(), kind: ChangeKind::Withdrawn.into(), ..Change::default() }];
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let text = text(&edition, &Options::default());
    assert!(text.contains("What never was") && !text.contains("ev-gone"));
}

#[test]
fn changes_since_a_chosen_revision_replace_the_editions_own() {
    let (content, before) = (sample(2), sample(1));
    let combined = [Change {
        statement_id: "c-013".into(),
        kind: ChangeKind::Corrected.into(),
        was: "What was said once.".into(),
        was_marking: "TLP:CLEAR".into(),
        now: "What is said today.".into(),
        marking: "TLP:CLEAR".into(),
        ..Change::default()
    }];
    let compared = |changes| Edition {
        revision: 5,
        earlier: Some(&before),
        earlier_revision: 2,
        combined_changes: Some(changes),
        ..edition(&content)
    };
    let full = text(&compared(&combined), &of(Format::Full));
    assert!(full.contains("What changed since revision 2") && full.contains("What was said once."));
    assert!(full.contains(&format!("Revision 5: {}", &content.change_summary[..40])));
    let own = content.changes.iter().find(|change| !change.now.is_empty()).unwrap();
    assert!(!full.contains(&own.now), "{}", own.now);
    let standard = text(&compared(&combined), &of(Format::Standard));
    assert!(standard.contains("What changed since revision 2") && standard.contains("What was said once."));
    let page = text(&compared(&combined), &of(Format::OnePage));
    assert!(page.contains("Since revision 2") && page.contains("What was said once."));
    for format in [Format::Full, Format::Standard, Format::OnePage] {
        assert!(text(&compared(&[]), &of(format)).contains("No changes are declared."), "{format:?}");
    }
}

#[test]
fn the_banner_is_at_least_the_marking_of_quoted_earlier_revisions() {
    let (content, before) = (sample(2), sample(1));
    let quote = |marking: &str, was_marking: &str| {
        [Change {
            statement_id: "c-013".into(),
            kind: ChangeKind::Corrected.into(),
            was: "What was said once.".into(),
            was_marking: was_marking.into(),
            now: "What is said today.".into(),
            marking: marking.into(),
            ..Change::default()
        }]
    };
    let banner = |changes: &[Change], format| {
        let edition = Edition {
            earlier: Some(&before),
            earlier_revision: 1,
            combined_changes: Some(changes),
            ..edition(&content)
        };
        let text = text(&edition, &of(format));
        ["TLP:RED", "TLP:AMBER", "TLP:CLEAR"].into_iter().find(|label| text.contains(label)).unwrap()
    };
    assert_eq!(banner(&quote("TLP:CLEAR", "TLP:CLEAR"), Format::Full), "TLP:CLEAR");
    assert_eq!(banner(&quote("TLP:AMBER", "TLP:CLEAR"), Format::Full), "TLP:AMBER");
    assert_eq!(banner(&quote("TLP:CLEAR", "TLP:RED"), Format::Full), "TLP:RED");
    // All formats quote the first reversals.
    for format in [Format::Standard, Format::OnePage] {
        assert_eq!(banner(&quote("TLP:CLEAR", "TLP:RED"), format), "TLP:RED", "{format:?}");
    }
}

#[test]
fn a_source_is_named_by_its_short_title_and_its_address_has_the_date_of_access() {
    let mut content = sample(2);
    let source = &mut content.sources[0];
    (source.short_title, source.accessed) = ("The Ledger".into(), "2025-03-03".into());
    let id = source.id.clone();
    let table = Table {
        caption: "Figures".into(),
        columns: vec![TableColumn { heading: "Name".into(), ..TableColumn::default() }],
        rows: vec![TableRow { cells: vec![TableCell { text: "One".into() }], ..TableRow::default() }],
        source_id: id,
        ..Table::default()
    };
    content.sections[0].blocks.push(Block { kind: Some(Kind::Table(table)), ..Block::default() });
    for format in [Format::Full, Format::Standard] {
        let text = text(&edition(&content), &of(format));
        assert!(text.contains("Accessed 3 March 2025."), "{format:?}");
        assert!(text.contains(&format!("{}. [The Ledger]", content.sources[0].title)), "{format:?}");
        assert!(text.contains("Source: The Ledger, "), "{format:?}");
    }
    for (locale, words) in [
        (Locale::Russian, "Дата обращения: 3 марта 2025 г."),
        (Locale::Persian, "بازیابی در ۳ مارس ۲۰۲۵"),
        (Locale::Arabic, "اطُّلع عليه في ٣ مارس ٢٠٢٥"),
    ] {
        let options = Options { locale: Some(locale), ..Options::default() };
        assert!(text(&edition(&content), &options).contains(words), "{locale:?}");
    }
}

/// Removes the figures of a kind.
fn remove_figures(sections: &mut [Section], kind: FigureKind) {
    let is_other =
        |block: &Block| !matches!(&block.kind, Some(Kind::Figure(figure)) if figure.kind() == kind);
    for section in sections {
        section.blocks.retain(is_other);
        remove_figures(&mut section.sections, kind);
    }
}

#[test]
fn the_annex_of_relationships_has_polarity_as_a_sign_with_a_word() {
    let mut content = sample(2);
    remove_figures(&mut content.sections, FigureKind::ActorNetwork);
    for tie in &mut content.relationships {
        tie.set_polarity(RelationshipPolarity::Unspecified);
    }
    let without = text(&edition(&content), &Options::default());
    let has_column = |text: &str| text.lines().any(|line| line.trim() == "Effect");
    assert!(!has_column(&without));
    let polarities = [
        RelationshipPolarity::Supportive,
        RelationshipPolarity::Adverse,
        RelationshipPolarity::Mixed,
        RelationshipPolarity::Neutral,
    ];
    for (tie, polarity) in content.relationships.iter_mut().zip(polarities) {
        tie.set_polarity(polarity);
    }
    let with = text(&edition(&content), &Options::default());
    assert!(has_column(&with));
    for words in ["+ supportive", "\u{2212} adverse", "\u{b1} mixed", "\u{b7} neutral"] {
        assert_eq!(with.matches(words).count(), 1, "{words}");
    }
    let russian = Options { locale: Some(Locale::Russian), ..Options::default() };
    assert!(text(&edition(&content), &russian).contains("+ поддержка"));
}

#[test]
fn only_highlighted_events_are_marked_as_highlighted() {
    let mut content = sample(2);
    let shown = |content: &BriefContent| text(&edition(content), &Options::default());
    assert!(shown(&content).contains("highlighted"), "the legend explains highlighted events");
    let mut cleared = 0;
    for section in &mut content.sections {
        let inner = section.sections.iter_mut().flat_map(|section| &mut section.blocks);
        for block in section.blocks.iter_mut().chain(inner) {
            if let Some(Kind::Figure(figure)) = &mut block.kind
                && figure.kind() == FigureKind::Timeline
            {
                figure.highlight_ids.clear();
                cleared += 1;
            }
        }
    }
    assert!(cleared > 0, "the sample has a timeline");
    assert!(!shown(&content).contains("highlighted"));
}

#[test]
fn prints_with_every_field_conform() {
    let mut content = changed();
    for source in &mut content.sources {
        (source.short_title, source.accessed) = ("Ledger".into(), "2025-03".into());
    }
    for (index, tie) in content.relationships.iter_mut().enumerate() {
        tie.polarity = i32::try_from(index % 5).unwrap();
    }
    let highlight_ids: Vec<String> = content.events.iter().take(3).map(|event| event.id.clone()).collect();
    let figure = Figure {
        kind: FigureKind::Timeline.into(),
        title: "What mattered".into(),
        highlight_ids,
        ..Figure::default()
    };
    content.sections[0].blocks.push(Block { kind: Some(Kind::Figure(figure)), ..Block::default() });
    canonicalize(&sample(2), Scheme::Tlp).expect("the sample is valid");
    let before = sample(1);
    let combined = content.changes.clone();
    let reason = "Because a figure was wrong. ".repeat(20);
    let edition = Edition {
        state: RevisionState::Withdrawn,
        withdraw_reason: &reason,
        earlier: Some(&before),
        earlier_revision: 1,
        combined_changes: Some(&combined),
        ..edition(&content)
    };
    let mut files = Vec::new();
    for (name, options) in [
        ("full", of(Format::Full)),
        ("ids", Options { show_ids: true, ..of(Format::Full) }),
        ("standard", of(Format::Standard)),
        ("large", Options { text_size: TextSize::Large, ..of(Format::Full) }),
        ("fa", Options { locale: Some(Locale::Persian), paper: Paper::Letter, ..of(Format::Full) }),
    ] {
        let bytes = printed(&edition, &options).bytes;
        files.push(temporary_files::file(&format!("content-fields/{name}.pdf"), &bytes));
    }
    pdf::assert_conform("2a,ua1", &files);
}
