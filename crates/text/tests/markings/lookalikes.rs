//! Forms that only look like markings.

use chancery_text::{Context, Exchange, Severity, check, read, write};

use crate::{findings, fixed, front_matter};

#[test]
fn every_form_of_a_traffic_light_label_is_an_error_with_the_marking_as_its_fix() {
    for form in [
        "( TLP:RED )",
        "(\u{a0}TLP:RED)",
        "（TLP:RED）",
        "（ＴＬＰ：ＲＥＤ）",
        "(ТLР:RED)",
        "(ΤLΡ:RΕD)",
        "(𝐓𝐋𝐏:𝐑𝐄𝐃)",
        "(T\u{200b}LP:RED)",
        "**(TLP:RED)**",
        "*(TLP:RED)*",
        "***(TLP:RED)***",
        "_(TLP:RED)_",
        "`(TLP:RED)`",
        "(**TLP:RED**)",
        "((TLP:RED))",
        "[TLP:RED]",
        "[(TLP:RED)]",
        "【TLP:RED】",
        "(TLP:RED]",
        "(tlp:red)",
        "(Tlp:Red)",
        "(TLP RED)",
        "(TLP-RED)",
        "(TLP–RED)",
        "(TLP—RED)",
        "(TLP_RED)",
        "(TLP/RED)",
        "(TLP;RED)",
        "(TLP.RED)",
        "(TLP: RED)",
        "(TLP : RED)",
        "(TLP：RED)",
        "(TLPRED)",
        "(RED)",
        "(RED//NF)",
        "(TLP:RED//NF)",
        "(TLP:RED only)",
        "(TLP RED ONLY)",
        "TLP:RED",
        "**TLP:RED**",
        "TLP:RED:",
        "TLP:RED)",
        "(TLP:RED",
        "tlp:red",
        "TLP RED",
        "TLP: RED",
        "RED:",
    ] {
        assert_eq!(fixed("tlp", &format!("{form} It fell. ^s-1\n")), "(TLP:RED) It fell. ^s-1\n", "{form}");
    }
    for form in [
        "(TLP:AMBER STRICT)",
        "(TLP:AMBER-STRICT)",
        "(AMBER+STRICT)",
        "(TLP:AMBER + STRICT)",
        "(AMBER STRICT)",
    ] {
        let body = format!("{form} It fell. ^s-1\n");
        assert_eq!(fixed("tlp", &body), "(TLP:AMBER+STRICT) It fell. ^s-1\n", "{form}");
    }
}

#[test]
fn every_form_of_a_label_of_the_other_schemes_is_an_error_with_the_marking_as_its_fix() {
    for (form, label) in [
        ("( S )", "S"),
        ("（Ｓ）", "S"),
        ("(Ѕ)", "S"),
        ("(s)", "S"),
        ("[S]", "S"),
        ("**(S)**", "S"),
        ("(S//NF)", "S"),
        ("(s//nf)", "S"),
        ("(S/NF)", "S"),
        ("(S-NF)", "S"),
        ("(S NOFORN)", "S"),
        ("S//NF", "S"),
        ("(TS//SI//NOFORN)", "TS"),
        ("(U//FOUO)", "U"),
        ("(C REL TO USA, GBR)", "C"),
        ("(ts)", "TS"),
        ("(SECRET)", "S"),
        ("(Secret)", "S"),
        ("(SECRET//NOFORN)", "S"),
        ("(Top Secret)", "TS"),
        ("(TOP-SECRET)", "TS"),
        ("(CONFIDENTAL)", "C"),
        ("(SECERT)", "S"),
        ("SECRET:", "S"),
    ] {
        assert_eq!(
            fixed("us", &format!("{form} It fell. ^s-1\n")),
            format!("({label}) It fell. ^s-1\n"),
            "{form}"
        );
    }
    for (form, label) in [
        ("(internal)", "INTERNAL"),
        ("[CONFIDENTIAL]", "CONFIDENTIAL"),
        ("( Restricted )", "RESTRICTED"),
        ("(СONFIDENTIAL)", "CONFIDENTIAL"),
        ("(INTERNAL USE ONLY)", "INTERNAL"),
        ("(CONFIDENTIAL//LEGAL)", "CONFIDENTIAL"),
        ("PUBLIC:", "PUBLIC"),
    ] {
        assert_eq!(
            fixed("corporate", &format!("{form} It fell. ^s-1\n")),
            format!("({label}) It fell. ^s-1\n"),
            "{form}"
        );
    }
}

#[test]
fn ordinary_brackets_are_text_and_come_back_unchanged() {
    let of_any_scheme = [
        "(see annex)",
        "(a)",
        "(1)",
        "(i)",
        "(red)",
        "(Red)",
        "(clear)",
        "(Red Sea)",
        "(RED SEA)",
        "(S-300)",
        "(C-130)",
        "(U-boat)",
        "(US)",
        "(USS Cole)",
        "(TLP)",
        "(TLP rules)",
        "(TS-2)",
        "(s)hips",
        "[S]hips",
        "[C]ontrol",
        "[sic]",
        "(secretly)",
        "(internally)",
        "(unclear)",
        "Red: the colour",
        "RED, they said",
        "Public: a word",
        "SECRET talks",
        "*Secret* talks",
        "**PUBLIC** talks",
        "Т. е.",
        "\"(TLP:RED)\" is a label",
        "The label (TLP:RED)",
        "TLP:RED-marked paper",
    ];
    for scheme in ["tlp", "us", "corporate"] {
        for form in of_any_scheme {
            let body = format!("{form} fell. ^s-1\n");
            assert_eq!(findings(scheme, &body), [], "{scheme} {form}");
        }
    }
    for (scheme, form) in [
        ("tlp", "(c) 2026"),
        ("tlp", "(s)"),
        ("tlp", "(u)"),
        ("corporate", "(c)"),
        ("us", "(x)"),
        ("tlp", "(secret)"),
    ] {
        assert_eq!(findings(scheme, &format!("{form} It fell. ^s-1\n")), [], "{scheme} {form}");
    }
}

#[test]
fn labels_of_other_schemes_are_errors() {
    for (scheme, form) in [
        ("tlp", "(S)"),
        ("tlp", "(SECRET)"),
        ("tlp", "(S//NF)"),
        ("tlp", "[SECRET]"),
        ("us", "(TLP:RED)"),
        ("us", "(tlp:red)"),
        ("us", "（TLP：RED）"),
        ("corporate", "TLP:RED"),
        ("us", "(INTERNAL)"),
        ("us", "(OFFICIAL-SENSITIVE)"),
        ("tlp", "(OFFICIAL)"),
        ("corporate", "(NATO SECRET)"),
    ] {
        let found = findings(scheme, &format!("{form} It fell. ^s-1\n"));
        assert_eq!(found.iter().map(|found| found.severity).collect::<Vec<_>>(), [Severity::Error], "{form}");
    }
}

#[test]
fn the_error_is_at_every_place_of_a_marking() {
    for (body, fixed_body) in [
        ("# ( TLP:RED ) Title ^a\n", "# (TLP:RED) Title ^a\n"),
        ("1. [TLP:RED] It fell. ^s-1\n   ^kj-1\n", "1. (TLP:RED) It fell. ^s-1\n   ^kj-1\n"),
        ("# H ^h\n\n- ***(TLP:RED)*** It fell. ^s-1\n", "# H ^h\n\n- (TLP:RED) It fell. ^s-1\n"),
        (
            "> [!NOTE] （TLP:RED） Title ^n\n> It fell. ^s-1\n",
            "> [!NOTE] (TLP:RED) Title ^n\n> It fell. ^s-1\n",
        ),
        ("> (TLP-RED) It fell. ^s-1\n", "> (TLP:RED) It fell. ^s-1\n"),
        (
            "Table: (tlp red) Ships ^t\n| A |\n|---|\n| b |\n",
            "Table: (TLP:RED) Ships ^t\n| A |\n|---|\n| b |\n",
        ),
        ("```indicators\n[RED] It falls. ^i-1\n```\n", "```indicators\n(TLP:RED) It falls. ^i-1\n```\n"),
        ("It fell. (TLP–RED) It rose.\n", "It fell. (TLP:RED) It rose.\n"),
        ("**(TLP:RED) It fell.** It rose. ^s-1\n", "(TLP:RED) **It fell.** It rose. ^s-1\n"),
        ("# H ^h\n\n{marking: RED} ^b\nIt fell. ^s-1\n", "# H ^h\n\n{marking: TLP:RED} ^b\nIt fell. ^s-1\n"),
        ("It fell. [@a B2 (tlp red), p. 4] ^s-1\n", "It fell. [@a B2 (TLP:RED), p. 4] ^s-1\n"),
        (
            "# H ^h\n\nTable: Ships ^t\n| A | {marking} |\n|---|---|\n| b | tlp-red |\n",
            "# H ^h\n\nTable: Ships ^t\n| A | {marking} |\n|---|---|\n| b | TLP:RED |\n",
        ),
    ] {
        assert_eq!(fixed("tlp", body), fixed_body);
    }
    let [second] = findings("tlp", "(TLP:GREEN) (TLP:RED) It fell. ^s-1\n").try_into().unwrap();
    assert_eq!(second.severity, Severity::Error);
    assert!(second.message.contains("the marking (TLP:GREEN) already"), "{}", second.message);
}

#[test]
fn a_marking_behind_the_comma_of_a_citation_is_an_error() {
    let [found] = findings("tlp", "It fell. [@a B2, p. 4 (tlp:red)] ^s-1\n").try_into().unwrap();
    assert_eq!(found.severity, Severity::Error);
    for text in ["It fell. [@a B2, p. 4 (annex)] ^s-1\n", "It fell. [@a B2, \"p. 4 (TLP:RED)\"] ^s-1\n"] {
        assert_eq!(findings("tlp", text), []);
        let content = read(&(front_matter("tlp") + text), &Context::default()).content;
        assert_eq!(read(&write(&content, &Exchange::default()), &Context::default()).content, content);
    }
}

#[test]
fn the_message_names_the_character_of_another_script_and_the_right_spelling() {
    let [found] = findings("tlp", "(ТLP:RED) It fell. ^s-1\n").try_into().unwrap();
    assert_eq!(
        found.message,
        "\"(ТLP:RED)\" reads as a marking but is not written as one: it contains the Cyrillic letter Т (U+0422): \
         write (TLP:RED), or \\( for text"
    );
}

#[test]
fn text_that_looks_like_a_marking_is_written_so_that_it_is_read_as_text() {
    for text in [
        "(TLP:RED) It fell.",
        "( TLP:RED ) It fell.",
        "（TLP：RED） It fell.",
        "[TLP:RED] It fell.",
        "TLP:RED It fell.",
        "TLP RED It fell.",
        "RED: It fell.",
        "(TLP:RED It fell.",
        "(OFFICIAL) It fell.",
        "_(TLP:RED)_ It fell.",
    ] {
        for marking in ["", "TLP:GREEN"] {
            let mut content = read(&(front_matter("tlp") + "It fell. ^s-1\n"), &Context::default()).content;
            text.clone_into(&mut content.bluf[0].text);
            marking.clone_into(&mut content.bluf[0].marking);
            let written = write(&content, &Exchange::default());
            let checked = check(&written, &Context::default(), None);
            let markings = checked.findings.iter().filter(|found| found.code.ends_with("_MARKING"));
            assert_eq!(markings.count(), 0, "{written}\n{:?}", checked.findings);
            assert_eq!(checked.reading.content, content, "{written}");
        }
    }
}
