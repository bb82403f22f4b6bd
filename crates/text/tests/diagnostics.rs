//! Problems of broken texts: position, message and remedy.

#![allow(clippy::format_push_string, reason = "short texts")]

use chancery_text::{Context, Positions, Reading, Severity, read};

const FRONT_MATTER: &str =
    "---\ntitle: T\nsources:\n  unctad: {title: A, reliability: B}\n  press: {title: P}\n---\n";

/// Returns the problems of a text, without missing ids: position, severity, code, message and fix.
fn listed(text: &str, first_line: usize) -> String {
    let positions = Positions::new(text);
    let Reading { diagnostics, .. } = read(text, &Context::default());
    let mut list = String::new();
    for found in diagnostics.iter().filter(|found| found.code != "MISSING_ID") {
        let (start, end) = (positions.of(found.range.start), positions.of(found.range.end));
        let severity = match found.severity {
            Severity::Error => "",
            Severity::Warning => "warning ",
            Severity::Hint => "hint ",
        };
        let line = start.line + 1 - first_line;
        let width =
            if end.line == start.line { (end.column - start.column).to_string() } else { "…".into() };
        list += &format!("{line}:{}+{width} {severity}{}: {}\n", start.column, found.code, found.message);
        if let Some(fix) = &found.fix {
            list += &format!("    {:?} -> {:?}\n", fix.range.of(text), fix.replacement);
        }
    }
    list
}

/// Checks the problems of a body; lines are counted from its first one.
fn assert_problems(body: &str, expected: &[&str]) {
    let actual = listed(&format!("{FRONT_MATTER}{body}"), FRONT_MATTER.lines().count() + 1);
    assert_eq!(actual.lines().collect::<Vec<_>>(), expected, "\n{body}\n\n{actual}");
}

/// Checks the problems of a whole text.
fn assert_text_problems(text: &str, expected: &[&str]) {
    let actual = listed(text, 1);
    assert_eq!(actual.lines().collect::<Vec<_>>(), expected, "\n{text}\n\n{actual}");
}

#[test]
fn an_unclosed_brace_and_a_misspelt_key() {
    assert_problems(
        "It fell. {actor: iran; unlikly ^s-1\nIt rose. {actor: iran; unlikly} ^s-2",
        &[
            "1:10+1 UNCLOSED: \"{\" does not close on its line: add \"}\", or write \\{ for text",
            "    \"\" -> \"}\"",
            "2:11+5 UNKNOWN_KEY: a sentence has no annotation \"actor\": did you mean \"actors\"?",
            "    \"actor\" -> \"actors\"",
            "2:24+7 UNKNOWN_KEY: a sentence has no annotation \"unlikly\": did you mean \"unlikely\"?",
            "    \"unlikly\" -> \"unlikely\"",
        ],
    );
}

#[test]
fn a_citation_of_an_unknown_source_and_a_wrong_grade() {
    assert_problems(
        "It fell. [@unctat B2; also @unctad A1; @press B3; but @unctad Z9] ^s-1",
        &[
            "1:12+6 UNKNOWN_SOURCE: the front matter has no source \"unctat\": did you mean \"unctad\"?",
            "    \"unctat\" -> \"unctad\"",
            "1:36+2 GRADE_MISMATCH: the source \"unctad\" is rated B in the front matter, not A",
            "    \"A1\" -> \"B1\"",
            "1:47+2 GRADE_MISMATCH: the source \"press\" is not rated in the front matter, not B",
            "    \"B3\" -> \"3\"",
            "1:63+2 INVALID_CITATION: \"Z9\" is no grade: expected the letter of the source's reliability, A to F, and a credibility, 1 to 6, such as B2",
        ],
    );
}

#[test]
fn malformed_citations() {
    assert_problems(
        "It fell. [@unctad B2 p. 4; see this] ^s-1\nIt rose [@unctad B2]. ^s-2",
        &[
            "1:22+4 INVALID_CITATION: unexpected text in a citation: its form is `@key B2 (MARKING), locator`",
            "1:28+8 INVALID_CITATION: expected a citation: `@key`, `also @key` or `but @key`, with a grade and a locator",
            "2:9+12 WRONG_ORDER: citations and annotations follow the sentence: move them behind its last word, or write \\[ or \\{ for text",
            "    \" [@unctad B2].\" -> \". [@unctad B2]\"",
        ],
    );
}

#[test]
fn a_misspelt_marking_and_one_of_another_scheme() {
    assert_problems(
        "(TLP:AMBR) It fell. ^s-1\n(tlp:red) It rose. ^s-2\n(INTERNAL) It is text. ^s-3\n(c) This too. ^s-4",
        &[
            "1:2+8 UNKNOWN_MARKING: \"(TLP:AMBR)\" reads as a marking but is not written as one: write (TLP:AMBER), or \\( for text",
            "    \"TLP:AMBR\" -> \"TLP:AMBER\"",
            "2:2+7 UNKNOWN_MARKING: \"(tlp:red)\" reads as a marking but is not written as one: write (TLP:RED), or \\( for text",
            "    \"tlp:red\" -> \"TLP:RED\"",
            "3:2+8 FOREIGN_MARKING: (INTERNAL) is a marking of the scheme corporate, not of tlp, and marks nothing: write one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED, \\( for text, or set scheme in the front matter",
            "    \"(\" -> \"\\\\(\"",
        ],
    );
}

#[test]
fn parts_in_the_wrong_order() {
    assert_problems(
        "It fell. {fact} [@press] ^s-1\nIt rose. ^s-2 Then more.",
        &[
            "1:17+8 WRONG_ORDER: the order on a line is text, [citations], {annotations}, ^id: move this",
            "2:10+4 WRONG_ORDER: an id ends its line: put what follows on a line of its own",
        ],
    );
}

#[test]
fn terms_of_other_scales_and_ranges() {
    assert_problems(
        "It fell. {highly likely} ^s-1\nIt rose. {likely 60%} ^s-2\nIt fell. {likly} ^s-3\nIt rose. {phia: very likely} ^s-4",
        &[
            "1:11+13 UNKNOWN_VALUE: \"highly likely\" is a term of another scale: write \"very likely\", the term of this brief's scale, or `phia: highly likely`",
            "2:11+10 INVALID_VALUE: \"60%\" behind the term is no range: write `likely 55-80%` or `likely 55-80% at 60%`",
            "3:11+5 UNKNOWN_KEY: a sentence has no annotation \"likly\": did you mean \"likely\"?",
            "    \"likly\" -> \"likely\"",
            "4:17+11 UNKNOWN_VALUE: \"very likely\" is a term of another scale: write `icd203: very likely`",
        ],
    );
}

#[test]
fn brackets_that_name_a_source_without_its_sign() {
    assert_problems(
        "It fell. [unctad B2, p. 4]\n\nIt rose. [press]\n\nIt stayed [sic]\n\n[unctad](https://example.org) wrote.",
        &[
            "1:1+26 warning BRACKETED_SENTENCE: brackets that name the source \"unctad\" without @ are text: write `[@unctad …]`",
            "    \"\" -> \"@\"",
            "3:1+16 warning BRACKETED_SENTENCE: brackets that name the source \"press\" without @ are text: write `[@press …]`",
            "    \"\" -> \"@\"",
        ],
    );
}

#[test]
fn quotation_marks_in_values() {
    assert_problems(
        "It fell. {high confidence: “two; three”} ^s-1\nIt rose. {resolves: it is \"over\"} ^s-2\nIt fell. {resolves: \"over} ^s-3",
        &[
            "1:28+12 CURLY_QUOTE: a curly quotation mark quotes nothing here: write a straight \" on both sides",
            "    \"“two; three”\" -> \"\\\"two; three\\\"\"",
            "2:21+12 warning QUOTE_IN_VALUE: a value that contains a quotation mark is a JSON string",
            "    \"it is \\\"over\\\"\" -> \"\\\"it is \\\\\\\"over\\\\\\\"\\\"\"",
            "3:21+5 UNCLOSED: the quotation mark does not close: add a \" at the end of the value",
        ],
    );
}

#[test]
fn emphasis_that_does_not_close() {
    assert_problems(
        "It *fell. ^s-1\nIt **rose *again** now*. ^s-2\nIt ****stays****. ^s-3",
        &[
            "1:4+1 INVALID_SPAN: the emphasis does not close: close it, or write \\* for text",
            "    \"*\" -> \"\\\\*\"",
            "2:4+2 INVALID_SPAN: the emphasis does not close: close it, or write \\*\\* for text",
            "    \"**\" -> \"\\\\*\\\\*\"",
            "2:17+2 INVALID_SPAN: emphasis cannot contain emphasis of its kind or close before what it contains; write \\* for a star",
            "3:4+4 INVALID_SPAN: more than three stars mean nothing: write \\* for a star",
            "    \"****\" -> \"\\\\*\\\\*\\\\*\\\\*\"",
            "3:13+4 INVALID_SPAN: more than three stars mean nothing: write \\* for a star",
            "    \"****\" -> \"\\\\*\\\\*\\\\*\\\\*\"",
        ],
    );
}

#[test]
fn doubtful_escapes_and_links() {
    assert_problems(
        "C:\\new is a path. ^s-1\nSee [this](www.example.org). ^s-2",
        &[
            "1:3+1 warning DOUBTFUL_ESCAPE: the backslash is dropped, because it escapes the 'n': write \\\\ for a backslash",
            "    \"\\\\\" -> \"\\\\\\\\\"",
            "2:11+17 warning INVALID_SPAN: a link leads to https://…, http://…, mailto:… or the #id of a part; write ]\\( for text",
        ],
    );
}

#[test]
fn comments_beside_text() {
    assert_problems(
        "It fell. <!-- check --> ^s-1\n\n<!-- open\n\nIt rose. ^s-2",
        &[
            "1:10+4 INVALID_COMMENT: a comment must be on lines of its own, or its text is published: move it, or write \\<!-- for text",
            "3:1+4 INVALID_COMMENT: the comment does not close: write --> at its end",
        ],
    );
}

#[test]
fn a_withheld_part() {
    assert_problems(
        "It fell. ^s-1\n<!-- withheld -->\nIt rose. ^s-2",
        &[
            "2:1+17 WITHHELD: a part was withheld here, so the text is not the whole brief: it can be read, not imported",
        ],
    );
}

#[test]
fn headings_of_wrong_levels() {
    assert_problems(
        "# A ^a\n\n### B ^b\n\n##### C ^c\n\n#D",
        &[
            "3:1+8 WRONG_DEPTH: the heading skips a level: write ## for a section in the one above it",
            "5:6+5 WRONG_DEPTH: headings have at most 4 levels: remove 1 of the #",
            "7:1+2 NOT_A_BRIEF: a heading has a space behind #: add it, or write \\# for text",
            "    \"\" -> \" \"",
        ],
    );
}

#[test]
fn markdown_without_a_meaning() {
    assert_problems(
        "# A ^a\n\n---\n\n* One\n\n+ Two",
        &[
            "3:1+3 NOT_A_BRIEF: a horizontal rule means nothing in a brief: remove it, or write \\--- for text",
            "5:1+1 NOT_A_BRIEF: list items start with \"- \": write it, or a backslash before the mark for text",
            "    \"*\" -> \"-\"",
            "7:1+1 NOT_A_BRIEF: list items start with \"- \": write it, or a backslash before the mark for text",
            "    \"+\" -> \"-\"",
        ],
    );
}

#[test]
fn blocks_above_the_first_heading() {
    assert_problems(
        "- A bullet. ^s-1\n\n> A quote. ^s-2",
        &[
            "1:1+… MISPLACED: above the first heading, paragraphs are the bottom line and numbered items the key judgments: put other blocks below a heading",
            "3:1+15 MISPLACED: above the first heading, paragraphs are the bottom line and numbered items the key judgments: put other blocks below a heading",
        ],
    );
}

#[test]
fn a_line_of_annotations_that_belongs_to_nothing() {
    assert_problems(
        "# A ^a\n\nIt fell. ^s-1\n\n{marking: TLP:RED} ^b-1\n\n# B ^b",
        &[
            "5:1+23 ORPHAN: the annotations belong to no block: a block follows them, or indent them below a list item",
        ],
    );
}

#[test]
fn a_fenced_block_of_an_unknown_kind_that_does_not_close() {
    assert_problems(
        "```event\n2026 | It fell ^e-1\n\n# A ^a",
        &[
            "1:1+8 UNKNOWN_BLOCK: \"event\" is no kind of fenced block: did you mean \"events\"?; write \\``` for text",
            "1:1+8 UNCLOSED: the fenced block does not close: add a line ``` behind its last entry",
            "    \"\" -> \"\\n```\"",
        ],
    );
}

#[test]
fn entries_with_too_few_columns_and_wrong_words() {
    assert_problems(
        "```events\n2026-07 It fell {type: asault} ^e-1\n```\n\n```scenarios\nmany | Slow return ^sc-1\n```\n\n```relationships\na | trades-with | b {status: over; polarity} ^r-1\n```",
        &[
            "2:1+35 WRONG_COLUMNS: expected the columns `DATE | TITLE`, with ` | ` between them and \\| for a bar in a text; number of columns: 1",
            "2:24+6 UNKNOWN_VALUE: \"asault\" is no type: did you mean \"assault\"?",
            "    \"asault\" -> \"assault\"",
            "6:1+4 INVALID_VALUE: \"many\" is no percentage: the columns are `70% | TITLE | TEXT`, the first one a whole number",
            "10:30+4 UNKNOWN_VALUE: \"over\" is no status: expected one of active, weakened, changed, contested, ended",
            "10:36+8 MISSING_VALUE: \"polarity\" has no value: write `polarity: …`",
        ],
    );
}

#[test]
fn tables_without_title_and_with_missing_cells() {
    assert_problems(
        "# A ^a\n\n| Year | Ships |\n|---|---:|\n| 2024 |\n\nTable: Ships ^t-1\n\nIt fell. ^s-1",
        &[
            "3:1+16 INVALID_TABLE: a table has a title line above it: `Table: CAPTION [@source] {annotations} ^id`",
            "    \"\" -> \"Table: \\n\"",
            "5:3+4 INVALID_TABLE: the line has 1 cells, but the table has 2 headings; write \\| for a bar in a cell",
            "7:8+10 INVALID_TABLE: a table has a line of headings, then one of hyphens: `| Year | Ships |`, `|---|---:|`",
        ],
    );
}

#[test]
fn a_figure_of_an_unknown_kind_and_a_malformed_one() {
    assert_problems(
        "# A ^a\n\n![](timelin \"Title\") ^f-1\n\n![](timeline \"Title) ^f-2",
        &[
            "3:5+7 INVALID_FIGURE: \"timelin\" is no kind of figure: did you mean \"timeline\"?",
            "5:1+25 INVALID_FIGURE: expected a figure: `![ALT](KIND \"TITLE\")`, where KIND is timeline, actor-network, domain-trends, likelihoods, a file or sha256:…; write \\! for text",
        ],
    );
}

#[test]
fn ids_that_occur_twice_or_are_malformed() {
    assert_problems(
        "It fell. ^s-1\nIt rose. ^s-1\nIt stays. ^1a",
        &[
            "2:11+3 DUPLICATE_ID: the sentence in line 7 has the id \"s-1\" too: give this one another, such as \"s-2\"",
            "    \"s-1\" -> \"s-2\"",
            "3:12+2 INVALID_ID: \"1a\" is no id: an id has an ASCII letter, then ASCII letters, digits and hyphens, at most 63 in all; write \\^ for text",
        ],
    );
}

#[test]
fn changes_without_their_kind() {
    assert_problems(
        "It fell. {was: It rose.; evidence: e-1} ^s-1\nIt rose. {!update: new figures} ^s-2\n\n```changes\ns-9 {was: x}\n```",
        &[
            "1:1+44 MISSING_VALUE: a change has a kind: add it, such as `!updated: why`",
            "2:12+6 UNKNOWN_VALUE: \"update\" is no kind of change: did you mean \"updated\"?",
            "    \"update\" -> \"updated\"",
            "5:1+12 MISSING_VALUE: a change has a kind: add it, such as `!updated: why`",
        ],
    );
}

#[test]
fn repeated_annotations_and_values_where_none_belongs() {
    assert_problems(
        "It fell. {fact; fact; actors; row-headers} ^s-1\n\n# A ^a\n\nTable: T {row-headers: yes; colour: red} ^t-1\n| A |\n|---|",
        &[
            "1:17+4 DUPLICATE_KEY: \"fact\" occurs twice: remove one",
            "1:23+6 MISSING_VALUE: \"actors\" has no value: write `actors: …`",
            "1:31+11 UNKNOWN_KEY: a sentence has no annotation \"row-headers\": expected a term of the scale (almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain, remote, highly improbable, improbable, roughly even odds, probable, highly probable, nearly certain), high, moderate or low confidence, or one of active, actors, assessment, by, change-marking, confidence-now, confidence-was, domain, evidence, fact, forecast, likelihood-origin, marking, narrative, now, period, period-label, places, replaced-by, resolves, superseded, topics, was, was-marking, withdrawn",
            "5:24+3 INVALID_VALUE: \"row-headers\" has no value: remove the colon and what follows",
            "5:29+6 UNKNOWN_KEY: a table has no annotation \"colour\": expected one of change-marking, confidence-now, confidence-was, evidence, marking, now, replaced-by, row-headers, source, was, was-marking",
        ],
    );
}

#[test]
fn ids_separated_by_commas() {
    assert_problems(
        "It fell. {actors: iran, iraq} ^s-1",
        &["1:23+1 INVALID_VALUE: ids are separated by spaces: remove the comma", "    \",\" -> \"\""],
    );
}

#[test]
fn tabs_and_control_characters() {
    assert_problems(
        "It\tfell. ^s-1\n\n# A ^a\n\n- One. ^s-2\n\t- Two. ^s-3",
        &[
            "1:3+1 CONTROL_CHARACTER: a tab is a control character, which no text contains: write a space",
            "    \"\\t\" -> \" \"",
            "6:1+1 CONTROL_CHARACTER: the line is indented by a tab: indent by spaces, two for each level",
            "    \"\\t\" -> \"  \"",
        ],
    );
}

#[test]
fn a_list_item_that_is_not_indented() {
    assert_problems(
        "# A ^a\n\n- One,\nand more.",
        &[
            "4:1+9 MISPLACED: a line of a list item is indented: indent it, or put a blank line before a paragraph",
            "    \"\" -> \"  \"",
        ],
    );
}

#[test]
fn a_callout_of_another_kind() {
    assert_problems(
        "# A ^a\n\n> [!WARNING] Read this ^n-1\n> It fell. ^s-1",
        &[
            "3:3+10 UNKNOWN_BLOCK: a callout starts with [!NOTE], whatever it says; write \\[! for text",
            "    \"[!WARNING]\" -> \"[!NOTE]\"",
        ],
    );
}

#[test]
fn a_judgment_with_a_list() {
    assert_problems(
        "1. It fell. ^s-1\n   - Because. ^s-2\n   {colour: red} ^kj-1",
        &[
            "2:1+18 MISPLACED: a key judgment contains no list: put it below a heading",
            "3:5+6 UNKNOWN_KEY: a key judgment has no annotation \"colour\": expected one of change-marking, confidence-now, confidence-was, evidence, likelihood-origin, marking, now, replaced-by, rests-on, revises, revision-note, was, was-marking",
        ],
    );
}

#[test]
fn a_text_without_front_matter() {
    assert_text_problems(
        "It fell.\n",
        &[
            "1:1+0 FRONT_MATTER: the text starts with front matter: `---`, then `title: …` and other fields, then `---`",
            "    \"\" -> \"---\\ntitle: \\n---\\n\\n\"",
        ],
    );
}

#[test]
fn front_matter_that_does_not_end() {
    assert_text_problems(
        "---\ntitle: T\n\nIt fell.\n",
        &[
            "1:1+3 FRONT_MATTER: the front matter does not end: add a line `---` behind its last field",
            "    \"\" -> \"---\\n\"",
        ],
    );
}

#[test]
fn errors_in_several_entries_of_the_front_matter() {
    assert_text_problems(
        "---\ntitle: \"T\nsubtitle: x: y\nlanguage: en\ntitel: U\nsources:\n  a: {title: A, reliabilty: B, type: nws}\n  a: {title: B, type: [news]}\n---\n",
        &[
            "2:8+0 INVALID_YAML: the front matter is not YAML here: while scanning a quoted scalar, found unexpected end of stream: the quotation mark does not close, or closes too early",
            "3:11+4 INVALID_YAML: a value that contains a colon and a space is quoted: write \" on both sides",
            "    \"x: y\" -> \"\\\"x: y\\\"\"",
            "5:1+5 UNKNOWN_KEY: the front matter has no field \"titel\": did you mean \"title\"?",
            "    \"titel\" -> \"title\"",
            "7:17+10 UNKNOWN_KEY: the entry has no field \"reliabilty\": did you mean \"reliability\"?",
            "    \"reliabilty\" -> \"reliability\"",
            "7:38+3 UNKNOWN_VALUE: \"nws\" is no type: did you mean \"news\"?",
            "    \"nws\" -> \"news\"",
            "8:3+1 DUPLICATE_KEY: the key \"a\" occurs twice: remove one",
            "8:23+6 INVALID_VALUE: type is a text, not a list: quote a text that starts with [ or {",
        ],
    );
}

#[test]
fn yaml_features_and_wrong_forms() {
    assert_text_problems(
        "---\ntitle: &x T\nsubtitle: *x\nkind: !!str event\nabout: {a: b}\nas-of: [2026]\nrevision: two\nscheme: nato\nmarking: TLP:CLEER\n---\n",
        &[
            "2:11+1 YAML_FEATURE: the front matter has no anchors and no tags: every value is a text, a list or a map",
            "3:11+2 YAML_FEATURE: the front matter has no aliases: write the value",
            "4:13+5 YAML_FEATURE: the front matter has no anchors and no tags: every value is a text, a list or a map",
            "5:8+6 INVALID_VALUE: about is a list: write `about: [one, two]`",
            "6:8+6 INVALID_VALUE: as-of is a map, such as `{key: value}`, not a list",
            "7:11+3 INVALID_VALUE: revision is a whole number, not \"two\"",
            "8:9+4 UNKNOWN_VALUE: \"nato\" is no scheme of markings: expected one of tlp, us, corporate",
            "9:10+9 UNKNOWN_MARKING: \"TLP:CLEER\" is no marking of the scheme tlp: expected one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED",
            "    \"TLP:CLEER\" -> \"TLP:CLEAR\"",
        ],
    );
}

#[test]
fn a_byte_order_mark_crlf_and_nul() {
    assert_text_problems(
        "\u{feff}---\r\ntitle: T\r\n---\r\n",
        &[
            "1:1+1 hint BYTE_ORDER_MARK: the text starts with a byte order mark: the formatter removes it",
            "    \"\\u{feff}\" -> \"\"",
            "1:5+… hint CRLF: lines end with CRLF, which is accepted: the formatter writes LF",
        ],
    );
}

#[test]
fn a_nul_character() {
    assert_text_problems(
        "---\ntitle: T\n---\n\nIt \0 fell.\n",
        &[
            "5:4+1 NUL: the text contains U+0000, so it is no text: save it as UTF-8, or remove each such character",
        ],
    );
}

#[test]
fn the_fences_underlines_and_numbers_of_markdown_are_errors_with_their_cure() {
    assert_problems(
        "# H ^h\n\nIt fell. ^s-1\n~~~events\n2026 | A storm ^e-1\n~~~\n",
        &[
            "4:1+3 NOT_A_BRIEF: a fenced block opens and closes with three backquotes: write ```, or \\~~~ for text",
            "    \"~~~\" -> \"```\"",
            "6:1+3 NOT_A_BRIEF: a fenced block opens and closes with three backquotes: write ```, or \\~~~ for text",
            "    \"~~~\" -> \"```\"",
        ],
    );
    assert_problems(
        "\nThe port\n========\n\nIt fell. ^s-1\n\nThe town\n---\n\n===\n\nIt is == text.\n",
        &[
            "3:1+8 NOT_A_BRIEF: a line under words makes no heading in a brief: write # before the words instead, or \\=== for text",
            "    \"The port\\n========\" -> \"# The port\"",
            "8:1+3 NOT_A_BRIEF: a line under words makes no heading in a brief: write # before the words instead, or \\--- for text",
        ],
    );
    assert_problems(
        "# H ^h\n\n1) It fell. ^s-1\n2) It rose. ^s-2\n",
        &[
            "3:1+2 NOT_A_BRIEF: numbered items and key judgments start with \"1.\", in ASCII: write it, or a backslash before the mark for text",
            "    \"1)\" -> \"1.\"",
            "4:1+2 NOT_A_BRIEF: numbered items and key judgments start with \"2.\", in ASCII: write it, or a backslash before the mark for text",
            "    \"2)\" -> \"2.\"",
        ],
    );
    assert_problems("\\=== It fell. ^s-1\n\\~~~ It rose. ^s-2\n= It is. ^s-3\n~~ It was. ^s-4\n", &[]);
}

#[test]
fn a_pasted_table_and_a_numbered_caption() {
    assert_problems(
        "# A ^a\n\nTable 1: Transits\nYear\tShips\n2024\t34\n2025\t50\t7\n\nIt fell. ^s-1",
        &[
            "3:1+8 INVALID_TABLE: the title line of a table is `Table: CAPTION [@source] {annotations} ^id`, without a number, and its rows are lines such as `| Year | Ships |` below it",
            "    \"Table 1:\" -> \"Table:\"",
            "4:1+… INVALID_TABLE: rows of a table have bars between their cells, not tabs: write `Table: CAPTION`, then the headings, such as `| Year | Ships |`, then `|---|---|` and the rows; some rows have more cells than the first one, or quoted cells",
        ],
    );
    assert_problems(
        "# A ^a\n\nYear\tAll\tContainer\n\nTable 2. Ships\n\n| Year | Ships |\n|---|---:|\n| 2024 | 34 |\n\nTable 3: Tolls\n\nTable 4: a sentence. ^s-1",
        &[
            "3:1+18 INVALID_TABLE: rows of a table have bars between their cells, not tabs: write `Table: CAPTION`, then the headings, such as `| Year | All | Container |`, then `|---|---|---|` and the rows",
            "    \"Year\\tAll\\tContainer\" -> \"Table: \\n| Year | All | Container |\\n|---|---|---|\"",
            "5:1+8 INVALID_TABLE: the title line of a table is `Table: CAPTION [@source] {annotations} ^id`, without a number, and its rows are lines such as `| Year | Ships |` below it",
            "    \"Table 2.\" -> \"Table:\"",
            "11:1+8 warning INVALID_TABLE: this is read as a sentence: a table has the title line `Table: CAPTION`, without a number, directly above rows such as `| Year | Ships |`",
        ],
    );
}

#[test]
fn marks_of_lists_before_entries() {
    assert_problems(
        "```indicators\n- Cover falls {meaning: Calm} ^ind-1\n2. Tolls rise ^ind-2\n\\- A hyphen ^ind-3\n-5 % a year ^ind-4\n```\n```events\n* 2026 | It fell ^e-1\n```",
        &[
            "2:1+2 NOT_A_BRIEF: a line of `indicators` is an entry, `INDICATOR {meaning: …}`, and has no mark of a list: remove it, or write a backslash before the mark for text",
            "    \"- \" -> \"\"",
            "3:1+3 NOT_A_BRIEF: a line of `indicators` is an entry, `INDICATOR {meaning: …}`, and has no mark of a list: remove it, or write a backslash before the mark for text",
            "    \"2. \" -> \"\"",
            "8:1+2 NOT_A_BRIEF: a line of `events` is an entry, `DATE | TITLE`, and has no mark of a list: remove it, or write a backslash before the mark for text",
            "    \"* \" -> \"\"",
        ],
    );
}

#[test]
fn a_marking_inside_a_sentence() {
    assert_problems(
        "(TLP:GREEN) Iran (TLP:RED) sends parts. (tlp:amber) [@press (TLP:RED)] ^s-1\nThe \\(TLP:RED) label and f(TLP:RED) are text. ^s-2",
        &[
            "1:18+9 MARKING_IN_TEXT: \"(TLP:RED)\" marks nothing here: a marking is the first thing of its line, before the sentence; write \\( for text",
            "1:41+11 MARKING_IN_TEXT: \"(tlp:amber)\" marks nothing here: a marking is the first thing of its line, before the sentence; write \\( for text",
        ],
    );
}

#[test]
fn other_words_for_a_likelihood() {
    assert_problems(
        "It falls. {very probably} ^s-1\nIt falls. {highly unlikely; high confidence} ^s-2\nIt falls. {phia: most probably} ^s-3\nIt falls. {even chance} ^s-4",
        &[
            "1:12+13 UNKNOWN_KEY: a sentence has no annotation \"very probably\": did you mean \"very likely\"?",
            "    \"very probably\" -> \"very likely\"",
            "2:12+15 UNKNOWN_VALUE: \"highly unlikely\" is a term of another scale: write \"very unlikely\", the term of this brief's scale, or `phia: highly unlikely`",
            "3:18+13 UNKNOWN_VALUE: \"most probably\" is no term of the scale: did you mean \"highly likely\"?",
            "4:12+11 UNKNOWN_KEY: a sentence has no annotation \"even chance\": did you mean \"roughly even chance\"?",
            "    \"even chance\" -> \"roughly even chance\"",
        ],
    );
}

#[test]
fn ids_with_semicolons_between_them() {
    assert_problems(
        "1. It falls. ^s-1\n   {likely; low confidence; rests-on: s-dpo; s-talks} ^kj-1\n\n# H ^h\n\nIt fell. ^s-dpo\nIt rose. ^s-talks",
        &[
            "2:46+7 UNKNOWN_KEY: a key judgment has no annotation \"s-talks\": the ids of `rests-on` are separated by spaces, such as `s-01 s-02`",
            "    \"; \" -> \" \"",
        ],
    );
}

#[test]
fn a_grade_behind_the_comma_of_a_citation() {
    assert_problems(
        "It fell. [@unctad, B2, p. 4; also @unctad, B1] ^s-1\nIt rose. [@unctad, \"B2, p. 4\"; also @unctad B1, B2B] ^s-2",
        &[
            "1:18+4 INVALID_CITATION: the grade of a citation is before its comma, as in `@unctad B2, p. 4`; put the whole place in quotation marks for text",
            "    \", B2\" -> \" B2\"",
            "1:42+4 INVALID_CITATION: the grade of a citation is before its comma, as in `@unctad B1, p. 4`; put the whole place in quotation marks for text",
            "    \", B1\" -> \" B1\"",
        ],
    );
}
