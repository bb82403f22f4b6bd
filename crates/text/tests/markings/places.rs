//! Places of markings: how far one reaches, and where it marks nothing.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, ListItem};
use chancery_text::{Context, Diagnostic, Exchange, Severity, check, code, format, read, write};

use crate::{fixed, front_matter};

/// Returns the marking and text of each sentence of the first section.
fn marked_sentences(body: &str) -> Vec<(String, String)> {
    let text = format!("{}# H ^h\n\n{body}", front_matter("tlp"));
    let reading = read(&text, &Context::default());
    assert!(!reading.has_errors(), "{body:?}: {:?}", reading.diagnostics);
    let formatted = format(&text, &Context::default()).text;
    let again = read(&formatted, &Context::default()).content;
    let sentences = |content: &BriefContent| {
        let mut sentences = Vec::new();
        for block in &content.sections[0].blocks {
            let statements = match &block.kind {
                Some(Kind::Paragraph(paragraph)) => paragraph.statements.clone(),
                Some(Kind::Quote(quote)) => quote.statements.clone(),
                Some(Kind::Callout(callout)) => callout.statements.clone(),
                Some(Kind::List(list)) => {
                    list.items.iter().flat_map(|item| item.statements.clone()).collect()
                }
                _ => Vec::new(),
            };
            sentences.extend(statements.into_iter().map(|of| (of.marking, of.text)));
        }
        sentences
    };
    assert_eq!(sentences(&again), sentences(&reading.content), "{formatted}");
    sentences(&reading.content)
}

#[test]
fn a_marking_holds_for_the_sentences_behind_it_until_the_next_one() {
    let red = |text: &str| ("TLP:RED".to_owned(), text.to_owned());
    for body in [
        "(TLP:RED) It fell. It rose.\n",
        "(TLP:RED) It fell.\nIt rose.\n",
        "(TLP:RED) It\nfell. It\nrose.\n",
        "> (TLP:RED) It fell. It rose.\n",
        "> [!NOTE] Title\n> (TLP:RED) It fell. It rose.\n",
        "- (TLP:RED) It fell. It rose.\n",
    ] {
        assert_eq!(marked_sentences(body), [red("It fell."), red("It rose.")], "{body}");
    }
    let mixed = marked_sentences("It was. (TLP:RED) It fell. It rose. (TLP:GREEN) It is.\n\nIt will be.\n");
    let labels: Vec<&str> = mixed.iter().map(|(marking, _)| marking.as_str()).collect();
    assert_eq!(labels, ["", "TLP:RED", "TLP:RED", "TLP:GREEN", ""]);
    // A line with an id is a sentence by itself.
    let set = marked_sentences("(TLP:RED) It fell. ^s-1\nIt rose. ^s-2\n");
    assert_eq!(set, [red("It fell."), (String::new(), "It rose.".to_owned())]);
}

#[test]
fn a_marking_before_the_mark_of_its_block_is_an_error_that_moves_it() {
    for (written, moved) in [
        ("(TLP:RED) # Title ^a", "# (TLP:RED) Title ^a"),
        ("(TLP:RED) ### Title ^a", "### (TLP:RED) Title ^a"),
        ("(TLP:RED) > It fell. ^s-1", "> (TLP:RED) It fell. ^s-1"),
        ("(TLP:RED) > [!NOTE] Title ^c", "> [!NOTE] (TLP:RED) Title ^c"),
        ("(TLP:RED) > [!note] Title ^c", "> [!note] (TLP:RED) Title ^c"),
        ("(TLP:RED) - It fell. ^s-1", "- (TLP:RED) It fell. ^s-1"),
        ("(TLP:RED) 2. It fell. ^s-1", "2. (TLP:RED) It fell. ^s-1"),
        ("(TLP:RED) Table: Ships ^t", "Table: (TLP:RED) Ships ^t"),
    ] {
        let text = format!("{}{written}\n", front_matter("tlp"));
        let found = read(&text, &Context::default()).diagnostics;
        let error = found.iter().find(|found| found.code == code::WRONG_ORDER);
        let error = error.unwrap_or_else(|| panic!("{written}: {found:?}"));
        let fix = error.safe_fix(&text).unwrap();
        let mut fixed = text.clone();
        fixed.replace_range(fix.range.start..fix.range.end, &fix.replacement);
        assert!(fixed.ends_with(&format!("\n{moved}\n")), "{fixed}");
    }
    for written in ["(TLP:RED) | A | B |\n|---|---|\n| 1 | 2 |", "(TLP:RED) ```events\n```"] {
        let text = format!("{}# H ^h\n\n{written}\n", front_matter("tlp"));
        let found = read(&text, &Context::default()).diagnostics;
        let error = found.iter().find(|found| found.code == code::WRONG_ORDER).unwrap();
        assert!(error.message.contains("Table: (TLP:RED) CAPTION") && error.fix.is_none(), "{error:?}");
    }
}

#[test]
fn a_marking_where_none_can_be_is_an_error_and_an_escape_or_quotation_marks_make_it_text() {
    let table = |cell: &str| format!("# H ^h\n\nTable: Ships ^t\n| A |\n|---|\n| {cell} |\n");
    for (written, as_text) in [
        ("It fell. (TLP:RED) ^s-1\n".to_owned(), "It fell. \\(TLP:RED) ^s-1\n".to_owned()),
        ("The (TLP:RED) fell. ^s-1\n".to_owned(), "The \\(TLP:RED) fell. ^s-1\n".to_owned()),
        ("# The (TLP:RED) ^h\n".to_owned(), "# The \\(TLP:RED) ^h\n".to_owned()),
        (table("(TLP:RED) b"), table("\\(TLP:RED) b")),
        (table("b (tlp:red)"), table("b \\(tlp:red)")),
        (
            "> It fell. ^s-1\n> -- by: (TLP:RED) A\n".to_owned(),
            "> It fell. ^s-1\n> -- by: \\(TLP:RED) A\n".to_owned(),
        ),
        (
            "```indicators\nIt falls. {meaning: (TLP:RED) x} ^i-1\n```\n".to_owned(),
            "```indicators\nIt falls. {meaning: \"(TLP:RED) x\"} ^i-1\n```\n".to_owned(),
        ),
        (
            "It will fall. {likely; low confidence: a (TLP:RED) report} ^s-1\n".to_owned(),
            "It will fall. {likely; low confidence: \"a (TLP:RED) report\"} ^s-1\n".to_owned(),
        ),
    ] {
        let of = |body: &str| {
            let found = read(&(front_matter("tlp") + body), &Context::default()).diagnostics;
            found
                .into_iter()
                .filter(|found| found.code == code::MARKING_IN_TEXT)
                .map(|found| found.severity)
                .collect()
        };
        let severities: Vec<Severity> = of(&written);
        assert_eq!(severities, [Severity::Error], "{written}");
        assert_eq!(of(&as_text), [], "{as_text}");
        let content = read(&(front_matter("tlp") + &as_text), &Context::default()).content;
        assert_eq!(read(&write(&content, &Exchange::default()), &Context::default()).content, content);
    }
    for (line, is_error) in [
        ("subtitle: (TLP:RED) For ministers", true),
        ("subtitle: \"(TLP:RED) For ministers\"", false),
        ("sources: {a: {title: A (TLP:RED) paper}}", true),
        ("sources: {a: {title: A paper, marking: TLP:RED}}", false),
    ] {
        let text = format!("---\ntitle: T\n{line}\n---\n\nIt fell. ^s-1\n");
        let reading = read(&text, &Context::default());
        let found = reading.diagnostics.iter().any(|found| found.code == code::MARKING_IN_TEXT);
        assert_eq!(found, is_error, "{line}");
        let again = read(&write(&reading.content, &Exchange::default()), &Context::default());
        assert!(again.diagnostics.iter().all(|found| found.code != code::MARKING_IN_TEXT), "{line}");
        assert_eq!(again.content, reading.content);
    }
}

#[test]
fn a_marking_behind_its_sentence_is_one_error() {
    for body in [
        "It fell. (TLP:RED)\n",
        "It fell. [@a B2] (TLP:RED)\n",
        "(TLP:RED)\n",
        "It fell. ^s-1\n(TLP:RED) ^s-2\n",
    ] {
        let found = check(&(front_matter("tlp") + body), &Context::default(), None).findings;
        let errors: Vec<&Diagnostic> =
            found.iter().filter(|found| found.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{body}: {errors:?}");
    }
}

/// Returns the markings of the events and indicators of a body.
fn entry_markings(body: &str) -> Vec<String> {
    let reading = read(&(front_matter("tlp") + body), &Context::default());
    assert!(!reading.has_errors(), "{body}: {:?}", reading.diagnostics);
    let content = reading.content;
    let written = write(&content, &Exchange::default());
    let again = read(&written, &Context::default()).content;
    let markings = |content: &BriefContent| -> Vec<String> {
        let events = content.events.iter().map(|event| event.marking.clone());
        events.chain(content.indicators.iter().map(|indicator| indicator.marking.clone())).collect()
    };
    assert_eq!(markings(&again), markings(&content), "{written}");
    markings(&content)
}

#[test]
fn entries_below_a_marked_heading_have_its_marking() {
    let event = "```events\n2026-01-05 | It fell ^e-1\n(TLP:AMBER) 2026-01-06 | It rose ^e-2\n```\n";
    let indicator = "```indicators\nIt falls ^i-1\n```\n";
    let of = |head: &str| entry_markings(&format!("{head}\n\nOne. ^s-1\n\n{event}"));
    assert_eq!(of("# (TLP:RED) H ^h"), ["TLP:RED", "TLP:AMBER"]);
    assert_eq!(of("# H {marking: TLP:RED} ^h"), ["TLP:RED", "TLP:AMBER"]);
    assert_eq!(of("# H ^h"), ["", "TLP:AMBER"]);
    assert_eq!(of("# (TLP:RED) H ^h\n\n## Inner ^k"), ["TLP:RED", "TLP:AMBER"]);
    let after = format!("# (TLP:RED) H ^h\n\nOne. ^s-1\n\n{event}\n# Next ^k\n\nTwo. ^s-2\n\n{indicator}");
    assert_eq!(entry_markings(&after), ["TLP:RED", "TLP:AMBER", ""]);
    // Written below a marked section, entries without a marking have the floor's explicitly.
    let last = format!("# Open ^o\n\nOne. ^s-1\n\n{event}\n# (TLP:RED) Last ^k\n\nTwo. ^s-2\n");
    let content = read(&(front_matter("tlp") + &last), &Context::default()).content;
    let written = write(&content, &Exchange::default());
    assert!(written.contains("(TLP:CLEAR) 2026-01-05 | It fell ^e-1\n"), "{written}");
}

#[test]
fn a_marking_behind_several_sentences_or_a_list_is_an_error() {
    for body in [
        "One. [@a]\nTwo. [@a]\n{marking: TLP:RED}\n",
        "One. Two.\n{marking: TLP:RED}\n",
        "One. ^s-1\nTwo. ^s-2\n{marking: TLP:RED}\n",
        "> One. Two.\n> {marking: TLP:RED}\n",
        "- One. [@a]\n- Two. [@a]\n{marking: TLP:RED}\n",
    ] {
        let text = format!("{}# H ^h\n\n{body}", front_matter("tlp"));
        let found = read(&text, &Context::default()).diagnostics;
        assert!(
            found.iter().any(|found| found.code == code::MISPLACED && found.fix.is_none()),
            "{body}: {found:?}"
        );
    }
    for body in ["One. [@a]\n{marking: TLP:RED}\n", "- One. [@a]\n- Two. [@a]\n  {marking: TLP:RED}\n"] {
        let text = format!("{}# H ^h\n\n{body}", front_matter("tlp"));
        assert!(!read(&text, &Context::default()).has_errors(), "{body}");
    }
}

#[test]
fn a_nested_item_has_the_marking_of_the_item_above_it() {
    let text =
        format!("{}# H ^h\n\n- (TLP:RED) One.\n  - Two.\n    - Three.\n- Four.\n", front_matter("tlp"));
    let content = read(&text, &Context::default()).content;
    let Some(Kind::List(list)) = &content.sections[0].blocks[0].kind else { panic!("no list") };
    let inner = &list.items[0].list.as_ref().unwrap().items[0];
    let innermost = &inner.list.as_ref().unwrap().items[0];
    let marking = |item: &ListItem| item.statements[0].marking.clone();
    assert_eq!([marking(&list.items[0]), marking(inner), marking(innermost)], ["TLP:RED"; 3]);
    assert_eq!(marking(&list.items[1]), "");
}

#[test]
fn labels_in_cells_outside_of_the_column_of_markings_are_errors() {
    let table = |heading: &str, cells: [&str; 2]| {
        let rows = cells.map(|cell| format!("| a | {cell} |\n")).concat();
        format!("# H ^h\n\nTable: Ships ^t\n| A | {heading} |\n|---|---|\n{rows}")
    };
    let found = |scheme: &str, body: &str| -> Vec<(Severity, Option<String>)> {
        let found = read(&(front_matter(scheme) + body), &Context::default()).diagnostics;
        let found = found.into_iter().filter(|found| found.code == code::MARKING_IN_TEXT);
        found.map(|found| (found.severity, found.fix.map(|fix| fix.replacement))).collect()
    };
    let fixed = (Severity::Error, Some("{marking}".to_owned()));
    for heading in ["Marking", "{Marking}", "TLP"] {
        assert_eq!(found("tlp", &table(heading, ["TLP:RED", "TLP:CLEAR"])), std::slice::from_ref(&fixed));
    }
    assert_eq!(found("tlp", &table("Colour", ["TLP:RED", "none"])), [(Severity::Error, None)]);
    assert_eq!(found("tlp", &table("{marking}", ["TLP:RED", ""])), []);
    assert_eq!(found("us", &table("Class", ["S", "C"])), [(Severity::Warning, None)]);
    assert_eq!(found("us", &table("Vitamin", ["C", "D"])), []);
    let escaped = table("Colour", ["TLP\\:RED", "TLP\\:CLEAR"]);
    assert_eq!(found("tlp", &escaped), []);
    let content = read(&(front_matter("tlp") + &escaped), &Context::default()).content;
    let again = read(&write(&content, &Exchange::default()), &Context::default());
    assert_eq!((again.content, again.diagnostics.len()), (content, 0));
}

#[test]
fn symbols_of_one_letter_are_no_errors() {
    for (scheme, text) in [
        ("tlp", "(C) 2026 by the desk. ^s-1\n"),
        ("us", "Sulphur (S) burns. ^s-1\n"),
        ("us", "The (C) route is open. ^s-1\n"),
    ] {
        assert!(!read(&(front_matter(scheme) + text), &Context::default()).has_errors(), "{text}");
    }
}

#[test]
fn a_marking_with_what_separates_it_and_one_in_square_brackets_are_errors() {
    for form in ["(TLP:RED): ", "(TLP:RED). ", "[TLP:RED]: "] {
        assert_eq!(fixed("tlp", &format!("{form}It fell. ^s-1\n")), "(TLP:RED) It fell. ^s-1\n", "{form}");
    }
    let inner = read(&(front_matter("tlp") + "It fell [TLP:RED]. ^s-1\n"), &Context::default());
    assert!(inner.diagnostics.iter().any(|found| found.code == code::MARKING_IN_TEXT));
    let callout = format!("{}# H ^h\n\n> (TLP:RED) [!NOTE] Title ^n\n> One. ^s-1\n", front_matter("tlp"));
    let found = read(&callout, &Context::default()).diagnostics;
    let fix = found.iter().find(|found| found.code == code::WRONG_ORDER).unwrap().fix.clone().unwrap();
    assert_eq!(fix.replacement, "[!NOTE] (TLP:RED)");
}

#[test]
fn declared_changes_below_a_marked_heading_have_its_marking() {
    let body = "# Open ^o\n\nOne. ^s-1\n\n# (TLP:RED) H ^h\n\nTwo. ^s-2\n\n```changes\ns-1 {!updated: secret; was: \"It was.\"}\n```\n";
    let reading = read(&(front_matter("tlp") + body), &Context::default());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let content = reading.content;
    assert_eq!(content.changes[0].marking, "TLP:RED");
    let again = read(&write(&content, &Exchange::default()), &Context::default()).content;
    assert_eq!(again.changes[0].marking, "TLP:RED");
    let open = body.replace("{!updated", "{change-marking: TLP:CLEAR; !updated");
    let content = read(&(front_matter("tlp") + &open), &Context::default()).content;
    assert_eq!(content.changes[0].marking, "TLP:CLEAR");
}

#[test]
fn a_list_directly_below_a_marked_paragraph_has_its_marking() {
    let marked =
        |body: &str| marked_sentences(body).into_iter().map(|(marking, _)| marking).collect::<Vec<_>>();
    assert_eq!(marked("(TLP:RED) Ports:\n- One.\n- Two.\n"), ["TLP:RED"; 3]);
    assert_eq!(marked("(TLP:RED) Ports:\n\n- One.\n- Two.\n"), ["TLP:RED", "", ""]);
}

#[test]
fn other_forms_of_labels_in_cells_and_brackets_are_errors() {
    let table = |cell: &str| format!("# H ^h\n\nTable: Ships ^t\n| A | B |\n|---|---|\n| a | {cell} |\n");
    let has_error = |body: &str| read(&(front_matter("tlp") + body), &Context::default()).has_errors();
    for cell in ["TLP RED", "TLP: RED", "tlp:red", "TLP-RED", "TLP:RED only"] {
        assert!(has_error(&table(cell)), "{cell}");
        let escaped = cell.replacen([' ', ':', '-'], &format!("\\{}", &cell[3..4]), 1);
        assert!(!has_error(&table(&escaped)), "{escaped}");
        let content = read(&(front_matter("tlp") + &table(&escaped)), &Context::default()).content;
        let again = read(&write(&content, &Exchange::default()), &Context::default());
        assert_eq!((again.content, again.diagnostics.len()), (content, 0), "{cell}");
    }
    for cell in ["red", "TLP rules", "a TLP", "-"] {
        assert!(!has_error(&table(cell)), "{cell}");
    }
    for form in ["<TLP:RED> ", "~~(TLP:RED)~~ "] {
        assert_eq!(fixed("tlp", &format!("{form}It fell. ^s-1\n")), "(TLP:RED) It fell. ^s-1\n", "{form}");
    }
    for body in ["One. Two. {marking: TLP:RED}\n", "One. {marking: TLP:RED} Two.\n"] {
        assert!(has_error(&format!("# H ^h\n\n{body}")), "{body}");
    }
}
