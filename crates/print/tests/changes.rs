//! The part on changes and the annex of all changes, read back from finished files.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod temporary_files;

use std::ops::ControlFlow;
use std::process::Command;

use chancery_print::testing::struct_text;
use chancery_print::{Edition, Fonts, Format, Limits, Locale, Options, Printed, TextSize, print};
use chancery_proto::brief::v1::{
    BriefContent, Change, ChangeKind, Confidence, ConfidenceLevel, Event, KeyJudgment, Likelihood,
    LikelihoodScale, LikelihoodTerm, RevisionDocument, Section, Statement,
};
use chancery_testkit::content;

use chancery_print::testing::edition;

fn sample(revision: u32) -> BriefContent {
    let path = format!("{}/../../examples/russia-iran/revision-{revision}.json", env!("CARGO_MANIFEST_DIR"));
    let json = std::fs::read_to_string(path).unwrap();
    let document: RevisionDocument = chancery_proto::json::from_str(&json).unwrap();
    document.content.unwrap()
}

fn printed(edition: &Edition, options: &Options) -> Printed {
    let mut observe = |_| ControlFlow::Continue(());
    print(edition, options, &Limits::default(), &Fonts::default(), &mut observe).unwrap()
}

/// Returns the structure tree's text with ordinary spaces only.
fn text(edition: &Edition, options: &Options) -> String {
    let text = struct_text(&printed(edition, options).bytes).unwrap();
    text.replace(['\u{a0}', '\u{2009}'], " ")
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

/// Returns the part on changes: the text from its second heading, after the opening's, to the next part.
fn part<'t>(text: &'t str, heading: &str, next: &str) -> &'t str {
    let start = text.match_indices(heading).map(|(at, _)| at).last().unwrap();
    let rest = &text[start..];
    &rest[..rest.find(next).unwrap_or(rest.len())]
}

/// Returns the position of a text, which must be there.
fn at(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("{part:?} is not in {text}"))
}

fn assert_order(text: &str, parts: &[&str]) {
    let positions: Vec<usize> = parts.iter().map(|part| at(text, part)).collect();
    assert!(positions.is_sorted(), "{parts:?} {positions:?}: {text}");
}

fn changed(kind: ChangeKind, id: &str, now: &str) -> Change {
    Change { statement_id: id.into(), kind: kind.into(), now: now.into(), ..Change::default() }
}

#[test]
fn reversals_of_the_sample_are_cards_in_order_with_what_was_said_what_holds_and_why() {
    let (content, before) = (sample(2), sample(1));
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let full = text(&edition, &of(Format::Full));
    let part = part(&full, "What changed since revision 1", "Why this matters");
    assert_order(
        part,
        &[
            "Revision 1 said",
            "no longer holds",
            "“That help decided whether the Assad government survived.”",
            "“Joint action in Syria strongly shaped how the civil war turned out.”",
            "The government both protected fell in December 2024. Their intervention set the course",
            "Confidence high, was moderate to high",
            "The war ended with an opposition victory in December 2024.",
            "Assad government falls; Assad flees to Russia, 8 December 2024",
            "“The tie amounts to a military alliance",
            "The tie is a treaty partnership without a defence guarantee",
            "Confidence low → high",
            "did not come true",
            "Confidence low → moderate",
            "Text unchanged, but scaled back or disputed",
            "moderate → low",
        ],
    );
    // Nineteen changes are no reversals; the annex has them.
    assert!(part.contains("The other 19 changes (confirmed, dated, updated"), "{part}");
    let standard = text(&edition, &of(Format::Standard));
    assert!(standard.contains("19 other changes (confirmed, dated, updated"), "{standard}");
    assert!(standard.contains("see the full brief."));
}

#[test]
fn references_name_the_pages_on_which_the_statements_and_cards_are() {
    let (content, before) = (sample(2), sample(1));
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let bytes = printed(&edition, &of(Format::Full)).bytes;
    let file = temporary_files::file("changes/pages.pdf", &bytes);
    let page_of = |needle: &str| {
        (1..40).find(|page| {
            let page = page.to_string();
            let run = Command::new("pdftotext").args(["-f", &page, "-l", &page]).arg(&file).arg("-").output();
            let text = String::from_utf8_lossy(&run.unwrap().stdout).replace(['\n', '\u{a0}'], " ");
            text.contains(needle)
        })
    };
    let structure = struct_text(&bytes).unwrap().replace(['\u{a0}', '\u{2009}'], " ");
    let part = part(&structure, "What changed since revision 1", "Why this matters");
    let annex = page_of("All changes Part of the brief").unwrap();
    assert!(part.contains(&format!("are in the annex, p. {annex}.")), "{annex}: {part}");
    let own = page_of("Revision 1 said").unwrap();
    assert!(structure.contains(&format!("see A, p. {own}")), "{own}");
    // The corrected statement is in the body, after the part.
    let body = (own + 1..annex).find(|page| {
        let page = page.to_string();
        let run = Command::new("pdftotext").args(["-f", &page, "-l", &page]).arg(&file).arg("-").output();
        let text = String::from_utf8_lossy(&run.unwrap().stdout).replace('\n', " ");
        text.contains("second main pillar")
            && text.contains("Two-way trade has risen, but growth was interrupted")
    });
    let card = &part[at(part, "“Two-way trade has risen without interruption.”") - 40..];
    assert!(card.contains(&format!("p. {}", body.unwrap())), "{body:?}: {card}");
}

#[test]
fn the_annex_has_every_field_of_every_change() {
    let (mut content, before) = (sample(2), sample(1));
    let change = Change {
        statement_id: "c-013".into(),
        kind: ChangeKind::Updated.into(),
        was: "Earlier words.".into(),
        was_marking: "TLP:GREEN".into(),
        now: "Later words.".into(),
        why: "A reason of its own.".into(),
        confidence_before: ConfidenceLevel::Low.into(),
        confidence_after: ConfidenceLevel::High.into(),
        replaced_by: vec!["n-005".into()],
        evidence_ids: vec!["e-108".into(), "SRC-TRADE".into()],
        marking: "TLP:AMBER".into(),
        part_id: String::new(),
    };
    content.changes.push(change);
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let full = text(&edition, &of(Format::Full));
    let annex = part(&full, "All changes", "\u{0}");
    let row = &annex[at(annex, "(TLP:AMBER)")..];
    let name = |id: &str| {
        let source = content.sources.iter().find(|source| source.id == id).unwrap();
        if source.short_title.is_empty() { source.title.clone() } else { source.short_title.clone() }
    };
    let source = name("SRC-TRADE");
    for field in [
        "updated",
        "Confidence low → high",
        "(TLP:GREEN) was “Earlier words.”",
        "Later words. See “",
        "A reason of its own.",
        "Assad government falls; Assad flees to Russia, 8 December 2024",
        &source,
    ] {
        at(row, field);
    }
    // Everything that any change declares is somewhere in the file.
    for change in &content.changes {
        let now = [change.was.as_str(), &change.now, &change.why];
        now.into_iter().filter(|text| !text.is_empty()).for_each(|text| {
            at(&full, text);
        });
    }
}

#[test]
fn ids_are_in_the_tables_on_request_and_parts_of_no_edition_are_named_by_nothing_else() {
    let (content, before) = (sample(2), sample(1));
    let mut changes = content.changes.clone();
    changes.push(Change {
        evidence_ids: vec!["gone-7".into()],
        replaced_by: vec!["gone-8".into()],
        ..changed(ChangeKind::Superseded, "gone-9", "It is gone.")
    });
    let edition = Edition {
        earlier: Some(&before),
        earlier_revision: 1,
        combined_changes: Some(&changes),
        ..edition(&content)
    };
    let without = text(&edition, &of(Format::Full));
    assert!(without.contains("It is gone.") && !without.contains("gone-"), "{without}");
    let with = text(&edition, &Options { show_ids: true, ..of(Format::Full) });
    for id in ["gone-7", "gone-8", "gone-9", "c-082, c-085, c-121"] {
        assert!(with.contains(id), "{id}");
    }
}

#[test]
fn ids_in_the_authors_words_are_letters() {
    let (mut content, before) = (sample(2), sample(1));
    content.changes.iter_mut().find(|change| change.statement_id == "c-065").unwrap().why =
        "It follows from c-082 and c-085, not from c-041.".into();
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let full = text(&edition, &of(Format::Full));
    let start = at(&full, "It follows from A, p. ");
    let sentence = &full[start..start + 90];
    assert!(sentence.contains(", not from “"), "{sentence}");
}

#[test]
fn many_and_tall_changes_fit_on_one_page_and_the_rest_is_counted() {
    let (content, before) = (sample(2), sample(1));
    let statements = chancery_brief::reading_order::statements(&content);
    let ids = statements.iter().map(|statement| statement.id.clone()).cycle();
    let kinds = [ChangeKind::Withdrawn, ChangeKind::Contested, ChangeKind::Confirmed];
    let changes: Vec<Change> = (0..300)
        .zip(ids)
        .map(|(index, id)| changed(kinds[index % 3], &id, &format!("Fact {index} holds.")))
        .collect();
    let edition = Edition {
        earlier: Some(&before),
        earlier_revision: 1,
        combined_changes: Some(&changes),
        ..edition(&content)
    };
    let full = text(&edition, &of(Format::Full));
    let own = part(&full, "What changed since revision 1", "Why this matters");
    assert_order(own, &["A\nwithdrawn", "more reversals, ", "statements scaled back or disputed: p. "]);
    assert!(own.contains("The other 100 changes (confirmed) are in the annex, p. "), "{own}");
    let annex = part(&full, "All changes", "\u{0}");
    let printed_now = |index: usize| full.contains(&format!("Fact {index} holds."));
    assert!((0..300).all(printed_now) && annex.contains("Fact 299 holds."));
    // Without an annex the full brief has all of them in the part.
    let alone = text(&edition, &Options { annexes: Some(false), ..of(Format::Full) });
    assert!(
        (0..300).filter(|index| index % 3 < 2).all(|index| alone.contains(&format!("Fact {index} holds.")))
    );
    assert!(!alone.contains("more reversals:"));

    let tall = [changed(ChangeKind::Withdrawn, "c-013", &"A long description. ".repeat(600))];
    let edition = Edition { combined_changes: Some(&tall), ..edition };
    for format in [Format::Full, Format::Standard] {
        let long = text(&edition, &of(format));
        assert!(long.matches("A long description.").count() >= 600, "{format:?}");
    }
}

#[test]
fn a_part_without_reversals_counts_the_changes_and_a_comparison_without_changes_says_so() {
    let (content, before) = (sample(2), sample(1));
    let confirmed = [changed(ChangeKind::Confirmed, "c-013", "It still holds.")];
    let compared = |changes| Edition {
        earlier: Some(&before),
        earlier_revision: 1,
        combined_changes: Some(changes),
        ..edition(&content)
    };
    for format in [Format::Full, Format::Standard] {
        let text = text(&compared(&confirmed), &of(format));
        let part = part(&text, "What changed since revision 1", "Why this matters");
        assert!(part.contains("Confirmed 1") && !part.contains("no longer holds"), "{format:?}: {part}");
        assert_eq!(part.contains("The only change: p. "), format == Format::Full, "{part}");
    }
    let none = text(&compared(&[]), &of(Format::Full));
    assert!(none.contains("No changes are declared.") && !none.contains("All changes"));
    let mut first = sample(1);
    first.changes.clear();
    first.change_summary.clear();
    let first = text(&Edition { revision: 1, ..edition(&first) }, &of(Format::Full));
    assert!(!first.contains("What changed") && !first.contains("All changes"));
}

#[test]
fn the_banner_covers_what_each_format_quotes() {
    let (content, mut before) = (sample(2), sample(1));
    let banner = |before: &BriefContent, changes: &[Change], format| {
        let edition = Edition {
            earlier: Some(before),
            earlier_revision: 1,
            combined_changes: Some(changes),
            ..edition(&content)
        };
        let text = text(&edition, &of(format));
        ["TLP:RED", "TLP:AMBER", "TLP:CLEAR"].into_iter().find(|label| text.contains(label)).unwrap()
    };
    let was = |kind: ChangeKind| Change {
        was: "What was said once.".into(),
        was_marking: "TLP:RED".into(),
        marking: "TLP:AMBER".into(),
        ..changed(kind, "c-013", "What is said today.")
    };
    for format in [Format::Full, Format::Standard, Format::OnePage] {
        assert_eq!(banner(&before, &[was(ChangeKind::Corrected)], format), "TLP:RED", "{format:?}");
        // Only the annex quotes changes that are no reversals.
        let expected = if format == Format::Full { "TLP:RED" } else { "TLP:CLEAR" };
        assert_eq!(banner(&before, &[was(ChangeKind::Updated)], format), expected, "{format:?}");
    }
    // An earlier judgment that was not carried over is quoted.
    let left = before.key_judgments.iter_mut().find(|judgment| judgment.id == "kj1-6").unwrap();
    left.marking = "TLP:AMBER".into();
    assert_eq!(banner(&before, &[], Format::Standard), "TLP:AMBER");
    // So is one that was only reworded, but not on a single page.
    let (mut reworded, mut before) = (sample(2), sample(1));
    let judgment = |content: &mut BriefContent, id: &str| {
        content.key_judgments.iter().position(|judgment| judgment.id == id).unwrap()
    };
    let (now, then) = (judgment(&mut reworded, "kj2-4"), judgment(&mut before, "kj1-3"));
    before.key_judgments[then].marking = "TLP:AMBER".into();
    let confidence = before.key_judgments[then].confidence.clone();
    reworded.key_judgments[now].confidence = confidence;
    for (format, expected) in [(Format::Standard, "TLP:AMBER"), (Format::OnePage, "TLP:CLEAR")] {
        let edition = Edition { earlier: Some(&before), ..edition(&reworded) };
        let text = text(&edition, &of(format));
        let banner = ["TLP:AMBER", "TLP:CLEAR"].into_iter().find(|label| text.contains(label));
        assert_eq!(banner, Some(expected), "{format:?}");
    }
}

#[test]
fn judgments_are_listed_with_what_they_revise_and_why() {
    let (mut content, before) = (sample(2), sample(1));
    let closed = Change {
        part_id: "kj1-2".into(),
        kind: ChangeKind::Closed.into(),
        now: "Covered by judgment 1.".into(),
        why: "The treaty now carries it.".into(),
        ..Change::default()
    };
    content.changes.push(closed);
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    for format in [Format::Full, Format::Standard] {
        let text = text(&edition, &of(format));
        let part = part(&text, "What changed since revision 1", "Why this matters");
        assert_order(
            part,
            &[
                "likelier, reworded",
                "“The two are likely to remain important partners for years.”",
                "Likely, 55–80%",
                "It is very likely that cooperation continues through 2027",
                "Very likely, 80–95%",
                "Confidence moderate → not stated",
                "Likelier: the treaty is in force, cooperation outlasted the war of June 2025",
                "less sure, reworded",
                "“Commerce and own-currency payments are built to withstand sanctions.”",
                "not carried over",
                "“Defence is the most visible field: arms, drills and training.”",
                "Covered by judgment 1.",
                "The treaty now carries it.",
                "no longer holds",
            ],
        );
        // The first judgment is new, and its note says no more than that. Of another, nothing is declared.
        for absent in ["The partnership is a treaty tie", "Neighbours, above all Saudi Arabia"] {
            assert!(!part.contains(absent), "{part}");
        }
    }
}

#[test]
fn a_judgment_without_an_earlier_one_is_reversed_only_if_its_note_names_what_it_reverses() {
    let before = sample(1);
    let third = |note: &str| {
        let mut content = sample(2);
        content.key_judgments.truncate(3);
        content.key_judgments[2].revision_note = note.into();
        let text = text(&Edition { earlier: Some(&before), ..edition(&content) }, &of(Format::Standard));
        let row = &text[at(&text, "The Syrian foundation of joint")..];
        row[..at(row, "Bar:")].to_owned()
    };
    assert!(third("Reverses c-082 and c-085").contains("reversed"));
    assert!(third("").contains("reversed"), "it rests on the statement that replaced c-082");
    assert!(third("New: c-013 came true").contains("new"));
    assert!(third("New since the settlement").contains("new"));
}

#[test]
fn a_judgment_names_its_sources_by_number_and_those_against_it() {
    let (mut content, before) = (sample(2), sample(1));
    content.key_judgments.truncate(3);
    let support = content.key_judgments[2].rests_on[0].clone();
    let edition_of = |content: &BriefContent| {
        let text = text(&Edition { earlier: Some(&before), ..edition(content) }, &of(Format::Standard));
        let row = &text[at(&text, "The Syrian foundation of joint")..];
        row[..at(row, "Bar:")].to_owned()
    };
    assert!(edition_of(&content).contains("3 sources, A1–B1 4, 5, 26"), "{}", edition_of(&content));
    let statement = statement_mut(&mut content, &support);
    statement.citations[0].role = chancery_proto::brief::v1::CitationRole::Contradicts.into();
    assert!(edition_of(&content).contains("contradicts"), "{}", edition_of(&content));
}

fn statement_mut<'c>(
    content: &'c mut BriefContent,
    id: &str,
) -> &'c mut chancery_proto::brief::v1::Statement {
    use chancery_proto::brief::v1::block::Kind;
    let mut open: Vec<_> = content.sections.iter_mut().collect();
    while let Some(section) = open.pop() {
        for block in &mut section.blocks {
            if let Some(Kind::Paragraph(paragraph)) = &mut block.kind
                && let Some(found) = paragraph.statements.iter_mut().find(|statement| statement.id == id)
            {
                return found;
            }
        }
        open.extend(section.sections.iter_mut());
    }
    panic!("no statement {id}")
}

#[test]
fn the_part_conforms_in_every_direction_size_and_language() {
    let (mut content, before) = (sample(2), sample(1));
    content.events.push(Event { id: "e-900".into(), title: "An undated event".into(), ..Event::default() });
    content.changes[0].evidence_ids.push("e-900".into());
    let edition = Edition { earlier: Some(&before), ..edition(&content) };
    let mut right_to_left = content.clone();
    right_to_left.language = "fa".into();
    let mirrored = Edition { content: &right_to_left, ..edition };
    let mut files = Vec::new();
    for (name, edition, options) in [
        ("full", edition, of(Format::Full)),
        ("ids", edition, Options { show_ids: true, ..of(Format::Standard) }),
        ("large", edition, Options { text_size: TextSize::Large, ..of(Format::Full) }),
        ("ar", edition, Options { locale: Some(Locale::Arabic), ..of(Format::Full) }),
        ("fa", mirrored, of(Format::Full)),
    ] {
        let bytes = printed(&edition, &options).bytes;
        files.push(temporary_files::file(&format!("changes/{name}.pdf"), &bytes));
    }
    chancery_testkit::pdf::assert_conform("2a,ua1", &files);
}

#[test]
fn a_summary_without_changes_is_printed_once() {
    let mut content = sample(2);
    content.changes.clear();
    for format in [Format::Full, Format::Standard] {
        let text = text(&Edition { revision: 1, ..edition(&content) }, &of(format));
        assert_eq!(text.matches(content.change_summary.as_str()).count(), 1, "{format:?}: {text}");
    }
}

/// Returns the text of a print in one line.
fn line(edition: &Edition, format: Format) -> String {
    text(edition, &of(format)).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a change with its reason.
fn explained(id: &str, was: &str) -> Change {
    Change { was: was.into(), why: "New figures.".into(), ..changed(ChangeKind::Updated, id, "") }
}

/// Returns a brief with one key judgment, whose sentence has likelihood and confidence.
fn judged(text: &str, term: LikelihoodTerm, level: ConfidenceLevel) -> BriefContent {
    let (low_percent, high_percent) = chancery_brief::likelihood::bounds(term);
    let statement = Statement {
        likelihood: Some(Likelihood {
            scale: LikelihoodScale::Icd203.into(),
            term: term.into(),
            low_percent,
            high_percent,
            ..Likelihood::default()
        }),
        confidence: Some(Confidence { level: level.into(), ..Confidence::default() }),
        ..content::statement("s-1", text)
    };
    let judgment = KeyJudgment { id: "kj-1".into(), statements: vec![statement], ..KeyJudgment::default() };
    let body = content::paragraph(vec![content::statement("s-2", "Nine ships came.")]);
    let section =
        Section { id: "body".into(), heading: "Body".into(), blocks: vec![body], ..Section::default() };
    BriefContent {
        language: "en".into(),
        likelihood_scale: LikelihoodScale::Icd203.into(),
        key_judgments: vec![judgment],
        ..content::brief("Judged", vec![section])
    }
}

/// Returns a judgment before and after its sentence was reworded, with a declared change.
fn reworded(change: Change) -> (BriefContent, BriefContent) {
    let of = |text| judged(text, LikelihoodTerm::Icd203Likely, ConfidenceLevel::Low);
    let now = BriefContent { changes: vec![change], ..of("Traffic will grow fast.") };
    (of("Traffic will grow."), now)
}

#[test]
fn a_judgment_has_the_likelihood_and_confidence_of_its_only_sentence_with_them() {
    let before = judged("Traffic will grow.", LikelihoodTerm::Icd203Likely, ConfidenceLevel::Low);
    let mut now = judged("Traffic will grow.", LikelihoodTerm::Icd203VeryLikely, ConfidenceLevel::Low);
    let compared = Edition { earlier: Some(&before), earlier_revision: 1, ..edition(&now) };
    let standard = line(&compared, Format::Standard);
    assert!(!standard.contains("not stated") && standard.contains("low"), "{standard}");
    assert!(standard.contains("was likely, 55–80%"), "{standard}");
    // Of two sentences, it is not known which is meant.
    let mut second = now.key_judgments[0].statements[0].clone();
    second.id = "s-3".into();
    now.key_judgments[0].statements.push(second);
    let standard = line(&edition(&now), Format::Standard);
    assert!(standard.contains("not stated"), "{standard}");
}

#[test]
fn a_changed_sentence_has_its_present_text_before_the_earlier_one_and_its_reason_beside_its_judgment() {
    let (before, now) = reworded(explained("s-1", "Traffic will grow."));
    let compared = Edition { earlier: Some(&before), earlier_revision: 1, ..edition(&now) };
    let full = line(&compared, Format::Full);
    let annex = part(&full, "What holds now", "Sources");
    assert!(annex.contains("Traffic will grow fast. was “Traffic will grow.” New figures."), "{annex}");
    let standard = line(&compared, Format::Standard);
    assert!(standard.contains("New figures."), "{standard}");
}

#[test]
fn the_only_change_is_in_the_annex_even_if_it_is_that_of_a_key_judgment() {
    let (before, now) = reworded(explained("kj-1", ""));
    let compared = Edition { earlier: Some(&before), earlier_revision: 1, ..edition(&now) };
    let full = line(&compared, Format::Full);
    let annex = part(&full, "What holds now", "Sources");
    assert!(annex.contains("New figures."), "{annex}");
}
