//! Photos with an EXIF orientation: the placed image is rotated, and its scan data is unchanged.

use std::path::{Path, PathBuf};
use std::process::Command;

use chancery_print::Options;
use lopdf::{Document, Object};

use crate::brief::{brief, edition, figure, images, printed};
use crate::make::{mosaic, with_orientation};

/// Returns a photo of 96 by 64 pixels with a dark block of 32 by 32 in its stored top left corner, and a grey one in
/// its top right.
fn marked() -> Vec<u8> {
    mosaic(12, 8, 1, |x, y, _| match (x, y) {
        (0..4, 0..4) => -128,
        (8..12, 0..4) => -40,
        _ => 100,
    })
}

fn print(photo: &[u8]) -> Vec<u8> {
    let content = brief("en", vec![figure(photo, "A photo")]);
    let images = images(&[photo]);
    printed(&edition(&content, &images), &Options::default()).unwrap().bytes
}

/// Returns the matrix of a file's only image, in points.
fn placement(file: &[u8]) -> [f64; 6] {
    let document = Document::load_mem(file).unwrap();
    for (_, page) in document.get_pages() {
        let content = document.get_and_decode_page_content(page).unwrap();
        let mut matrix = None;
        for operation in &content.operations {
            match operation.operator.as_str() {
                "cm" => {
                    let numbers =
                        operation.operands.iter().map(|number| f64::from(number.as_float().unwrap()));
                    matrix = Some(numbers.collect::<Vec<_>>());
                }
                "Do" if operation.operands[0].as_name().unwrap().starts_with(b"I") => {
                    return matrix.unwrap().try_into().unwrap();
                }
                _ => {}
            }
        }
    }
    panic!("no image")
}

fn embedded(file: &[u8]) -> Vec<u8> {
    let document = Document::load_mem(file).unwrap();
    let mut streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    let is_image = |stream: &&lopdf::Stream| {
        stream.dict.get(b"Filter").and_then(Object::as_name).is_ok_and(|name| name == b"DCTDecode")
    };
    streams.find(is_image).unwrap().content.clone()
}

/// Returns the displayed corners of the stored top left and top right pixels, as (right?, top?).
fn corners([a, b, c, d, ..]: [f64; 6]) -> [(bool, bool); 2] {
    // Vectors from the centre of the unit square to its corners.
    let place = |u: f64, v: f64| (a * u + c * v > 0.0, b * u + d * v > 0.0);
    [place(-0.5, 0.5), place(0.5, 0.5)]
}

#[test]
fn all_eight_orientations_place_the_photo_as_viewers_display_it() {
    let photo = marked();
    let upright = print(&photo);
    let [width, _, _, height, ..] = placement(&upright);
    let (left, right) = (false, true);
    let (bottom, top) = (false, true);
    // Exif 2.32, 4.6.4 A: where the 0th row and the 0th column are displayed.
    for (value, expected) in [
        (1, [(left, top), (right, top)]),
        (2, [(right, top), (left, top)]),
        (3, [(right, bottom), (left, bottom)]),
        (4, [(left, bottom), (right, bottom)]),
        (5, [(left, top), (left, bottom)]),
        (6, [(right, top), (right, bottom)]),
        (7, [(right, bottom), (right, top)]),
        (8, [(left, bottom), (left, top)]),
    ] {
        let file = print(&with_orientation(&photo, value));
        let matrix = placement(&file);
        assert_eq!(corners(matrix), expected, "{value}: {matrix:?}");
        let [width_x, width_y, height_x, height_y, origin_x, origin_y] = matrix;
        let (across, down) = (width_x.abs() + height_x.abs(), width_y.abs() + height_y.abs());
        let (expected_across, expected_down) = if value < 5 { (width, height) } else { (height, width) };
        assert!(
            (across - expected_across).abs() < 0.01 && (down - expected_down).abs() < 0.01,
            "{value}: {matrix:?}"
        );
        // The lower left corner determines the rectangle's position.
        let x = origin_x + width_x.min(0.0) + height_x.min(0.0);
        let y = origin_y + width_y.min(0.0) + height_y.min(0.0);
        assert!(x > 0.0 && y > 0.0 && x + across < 596.0 && y + down < 842.0, "{value}: {matrix:?}");
        assert_eq!(embedded(&file), embedded(&upright), "{value}: the scan data is unchanged");
    }
}

#[test]
fn another_program_shows_a_turned_photo_like_the_upright_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/photos");
    let shown = |name: &str| {
        let photo = std::fs::read(folder.join(format!("{name}.jpg"))).unwrap();
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
        std::fs::write(&path, print(&photo)).unwrap();
        let output = Command::new("pdftoppm").args(["-r", "36", "-gray"]).arg(&path).output();
        let output = output.expect("pdftoppm (poppler-utils) can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let (plain, turned) = (shown("plain"), shown("exif6"));
    assert_eq!(plain.len(), turned.len());
    let difference: u64 = plain.iter().zip(&turned).map(|(one, two)| u64::from(one.abs_diff(*two))).sum();
    // The two files were compressed separately; a photo on its side differs thirty times as much.
    let mean_hundredths = difference * 100 / plain.len() as u64;
    assert!(mean_hundredths < 100, "{mean_hundredths} hundredths of a grey level");
}
