//! Conformance of a file with images to PDF/UA-1 and PDF/A-2a.

use chancery_print::graphics::Color;
use chancery_print::{Options, Theme};
use chancery_testkit::pdf;

use crate::brief::{brief, digest, edition, figure, images, paragraph, printed};
use crate::make::{LOGO, colored, glow, gradient, with_orientation};
use crate::temporary_files;

#[test]
fn verapdf_finds_a_brief_with_pictures_and_a_theme_to_be_pdf_ua_1_and_pdf_a_2a() {
    let (photo, chart, stamp, logo) = (colored(60, 40), gradient(300, 200), glow(120), LOGO.as_bytes());
    let blocks = vec![
        figure(&photo, "A photo"),
        paragraph("c-1", "What appears between the pictures."),
        figure(&chart, "A chart"),
        figure(&stamp, "A stamp"),
        figure(logo, "A drawing"),
    ];
    let progressive =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/images/photos/progressive.jpg"));
    let progressive = progressive.unwrap();
    let drawing =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/images/drawings/inkscape-plain.svg"));
    let drawing = drawing.unwrap();
    let turned: Vec<Vec<u8>> = (1..=8).map(|value| with_orientation(&photo, value)).collect();
    let others = turned.iter().chain([&progressive, &drawing]);
    let blocks =
        blocks.into_iter().chain(others.clone().map(|bytes| figure(bytes, "Another kind"))).collect();
    let content = brief("en", blocks);
    let all: Vec<&[u8]> =
        [&photo[..], &chart, &stamp, logo].into_iter().chain(others.map(Vec::as_slice)).collect();
    let images = images(&all);
    let logo = digest(logo);
    let theme = Theme {
        accent: Some(Color(0x7A, 0x1F, 0x3D)),
        logo: &logo,
        organisation: "The Institute of Examples",
        footer: "Institute of Examples, 1 Example Street",
    };
    let options = Options { theme, watermark: "Copy 7 for the reader", ..Options::default() };
    let file = printed(&edition(&content, &images), &options).unwrap();
    pdf::assert_conform("ua1,2a", &[temporary_files::file("pictures.pdf", &file.bytes)]);
}
