//! Another reader sees in accepted files what the strict one sees. The strict reader takes a file from its first byte to its
//! last; others follow its cross-references, so that a file could show them other objects.

use std::collections::BTreeSet;

use chancery_print::Options;
use chancery_proof::check_form;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Object, ObjectIdentifier, Stream};

use crate::forgery::{Forgery, Part};
use crate::form::print;
use crate::samples::{printed, sample};

/// Checks that the other reader sees the same pages, objects and streams in an accepted file.
#[track_caller]
pub(crate) fn agrees(file: &[u8]) {
    let form = check_form(file).unwrap();
    let pdf = Pdf::new(file.to_vec()).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(pdf.pages().iter().count(), form.pages as usize);
    let identifier = |number: u32| ObjectIdentifier::new(number, 0);
    let mut contents = BTreeSet::new();
    for part in &Forgery::of(file).parts {
        match part {
            Part::Stream { number, content, .. } => {
                let seen = pdf.xref().get::<Stream<'_>>(identifier(*number)).unwrap();
                let decoded = seen.decoded().unwrap_or_else(|error| panic!("stream {number}: {error:?}"));
                assert!(*decoded == **content, "stream {number} differs");
                contents.insert(content.clone());
            }
            Part::Objects { objects, .. } => {
                for (number, _) in objects {
                    assert!(pdf.xref().get::<Object<'_>>(identifier(*number)).is_some(), "object {number}");
                }
            }
        }
    }
    for page in pdf.pages().iter() {
        let content = page.page_stream().unwrap();
        assert!(contents.contains(content), "a page shows what is no stream of the file");
    }
}

#[test]
fn another_reader_sees_the_same_in_prints() {
    agrees(print());
    for name in ["russia-iran-2", "russia-iran-fa-1", "suez-2021-2"] {
        agrees(&printed(&sample(name).content, &Options::default()).unwrap().bytes);
    }
}
