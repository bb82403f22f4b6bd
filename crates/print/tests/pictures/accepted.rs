//! Every image that `chancery_images::check` accepts prints: randomly changed files are refused, or yield a file that
//! passes its proof.

use std::path::Path;

use chancery_images::{Limits, check};
use chancery_print::Options;
use proptest::prelude::*;

use crate::brief::{brief, edition, figure, images, printed};
use crate::make::{LOGO, colored, glow, gradient, with_orientation};

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images");
    let mut paths: Vec<_> = ["photos", "drawings", "damaged"]
        .iter()
        .flat_map(|kind| std::fs::read_dir(folder.join(kind)).unwrap().map(|entry| entry.unwrap().path()))
        .collect();
    paths.sort();
    let made = [LOGO.as_bytes().to_vec(), with_orientation(&colored(3, 2), 6), gradient(9, 5), glow(9)];
    paths.iter().map(|path| std::fs::read(path).unwrap()).chain(made).collect()
}

/// Returns whether the file was accepted; accepted files are printed.
fn accepted_and_printed(bytes: &[u8]) -> bool {
    let checked = check(bytes, &Limits::default());
    let content = brief("en", vec![figure(bytes, "An image")]);
    let images = images(&[bytes]);
    let printed = printed(&edition(&content, &images), &Options::default());
    match (&checked, &printed) {
        (Ok(_), Ok(_)) => true,
        (Err(_), Err(_)) => false,
        _ => panic!("the check: {checked:?}; the print: {:?}", printed.map(|printed| printed.pages)),
    }
}

#[test]
fn files_are_printed_exactly_when_the_check_accepts_them() {
    let accepted = seeds().iter().filter(|bytes| accepted_and_printed(bytes)).count();
    // Five photos, four drawings, and four generated images.
    assert_eq!(accepted, 13);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn changed_files_are_printed_exactly_when_the_check_accepts_them(
        seed in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        removed in 0_usize..30,
        noise in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..8),
            "[-0-9.e ,MLHVCSQTAZz<>/='\"#a-z]{0,12}".prop_map(String::into_bytes),
        ],
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed.index(seeds.len())].clone();
        let at = at.index(bytes.len());
        let end = (at + removed).min(bytes.len());
        bytes.splice(at..end, noise);
        accepted_and_printed(&bytes);
    }
}
