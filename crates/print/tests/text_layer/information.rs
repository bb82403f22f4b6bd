//! The information dictionary and the XMP packet state the same.

use chancery_print::{Fonts, Limits, Options, print};
use lopdf::{Document, Object};
use std::ops::ControlFlow;

use crate::{brief, temporary_files};

#[test]
fn title_author_subject_keywords_and_dates_are_the_same_in_both() {
    let mut content = brief("ru", "H", &["Текст."]);
    content.title = "Россия & Iran: a <pact>".into();
    content.subtitle = "What holds, and how sure".into();
    content.tags = vec!["sanctions".into(), "торговля".into()];
    let edition = chancery_print::Edition {
        published_at: "2026-01-02T03:04:05.678Z",
        creator: "Отдел",
        ..chancery_print::testing::edition(&content)
    };
    let mut observe = |_| ControlFlow::Continue(());
    let bytes = print(&edition, &Options::default(), &Limits::default(), &Fonts::default(), &mut observe)
        .unwrap()
        .bytes;
    let document = Document::load_mem(&bytes).unwrap();
    let info = document.trailer.get(b"Info").and_then(Object::as_reference).unwrap();
    let info = document.get_dictionary(info).unwrap();
    let value = |key: &[u8]| -> String {
        let bytes = info.get(key).unwrap().as_str().unwrap();
        match bytes {
            [0xFE, 0xFF, units @ ..] => {
                let units: Vec<u16> =
                    units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
                String::from_utf16(&units).unwrap()
            }
            _ => String::from_utf8(bytes.to_vec()).unwrap(),
        }
    };
    let packet = String::from_utf8_lossy(&bytes).into_owned();
    for (key, expected, property) in [
        (
            "Title",
            "Россия & Iran: a <pact>",
            "<rdf:li xml:lang=\"x-default\">Россия &amp; Iran: a &lt;pact&gt;</rdf:li>",
        ),
        ("Author", "Отдел", "<rdf:li>Отдел</rdf:li>"),
        (
            "Subject",
            "What holds, and how sure",
            "<rdf:li xml:lang=\"x-default\">What holds, and how sure</rdf:li>",
        ),
        ("Keywords", "sanctions, торговля", "<pdf:Keywords>sanctions, торговля</pdf:Keywords>"),
        ("CreationDate", "D:20260102030405Z", "<xmp:CreateDate>2026-01-02T03:04:05Z</xmp:CreateDate>"),
        ("ModDate", "D:20260102030405Z", "<xmp:ModifyDate>2026-01-02T03:04:05Z</xmp:ModifyDate>"),
    ] {
        assert_eq!(value(key.as_bytes()), expected);
        assert!(packet.contains(property), "{property}");
    }
    assert_eq!(info.len(), 8);
    chancery_testkit::pdf::assert_conform("ua1,2a", &[temporary_files::file("information.pdf", &bytes)]);
}

#[test]
fn a_draft_without_a_publisher_or_a_time_has_no_entries_for_them() {
    let content = brief("en", "H", &["Text."]);
    let edition = chancery_print::Edition {
        published_at: "",
        creator: "",
        ..chancery_print::testing::edition(&content)
    };
    let mut observe = |_| ControlFlow::Continue(());
    let bytes = print(&edition, &Options::default(), &Limits::default(), &Fonts::default(), &mut observe)
        .unwrap()
        .bytes;
    let document = Document::load_mem(&bytes).unwrap();
    let info = document.trailer.get(b"Info").and_then(Object::as_reference).unwrap();
    let keys: Vec<&[u8]> =
        document.get_dictionary(info).unwrap().iter().map(|(key, _)| key.as_slice()).collect();
    assert_eq!(keys, [&b"Title"[..], b"Creator", b"Producer"]);
}
