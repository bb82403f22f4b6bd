//! Attached images as figures.

use chancery_print::testing::struct_text;
use chancery_print::{ImageProblem, Images, Options, Paper, PrintError};
use lopdf::{Document, Object, Stream};

use crate::brief::{brief, digest, edition, figure, images, paragraph, printed};
use crate::make::{colored, glow, gradient, mosaic};

/// Returns the image `XObjects` of a file except masks.
fn pictures(bytes: &[u8]) -> Vec<Stream> {
    let file = Document::load_mem(bytes).unwrap();
    let masks: Vec<_> = file
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok()?.dict.get(b"SMask").ok()?.as_reference().ok())
        .collect();
    let is_image = |stream: &Stream| {
        stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
    };
    let streams = file
        .objects
        .iter()
        .filter(|(id, _)| !masks.contains(id))
        .filter_map(|(_, object)| object.as_stream().ok());
    streams.filter(|stream| is_image(stream)).cloned().collect()
}

#[test]
fn attached_pictures_are_printed_with_caption_source_and_alternative_text() {
    let (photo, chart, stamp) = (colored(60, 40), gradient(300, 200), glow(120));
    let content = brief(
        "en",
        vec![
            figure(&photo, "A photo"),
            paragraph("c-1", "What appears between the pictures."),
            figure(&chart, "A chart"),
            figure(&stamp, "A stamp"),
        ],
    );
    let images = images(&[&photo, &chart, &stamp]);
    let file = printed(&edition(&content, &images), &Options::default()).unwrap();
    let text = struct_text(&file.bytes).unwrap();
    for title in ["A photo", "A chart", "A stamp"] {
        assert!(text.contains(title) && text.contains(&format!("Source of {title}: the desk")), "{text}");
        assert!(file.bytes.len() > 1000);
    }
    let found = pictures(&file.bytes);
    assert_eq!(found.len(), 3);
    let transparent = Document::load_mem(&file.bytes).unwrap();
    let groups = transparent.objects.values().filter(|object| {
        object.as_dict().is_ok_and(|dict| dict.has_type(b"Page") && dict.get(b"Group").is_ok())
    });
    assert_eq!(groups.count(), 1, "exactly one page declares transparency");
}

#[test]
fn the_pixels_of_a_png_come_back_from_the_file() {
    let chart = gradient(30, 20);
    let content = brief("en", vec![figure(&chart, "A chart")]);
    let images = images(&[&chart]);
    let file = printed(&edition(&content, &images), &Options::default()).unwrap();
    let mut expected = vec![0; 30 * 20 * 3];
    let mut reader = png::Decoder::new(std::io::Cursor::new(&chart)).read_info().unwrap();
    reader.next_frame(&mut expected).unwrap();
    assert_eq!(unfiltered(&pictures(&file.bytes)[0], 30 * 3, 3), expected);
}

/// Undoes PNG's filters (ISO 15948, 9.2).
fn unfiltered(stream: &Stream, row_bytes: usize, step: usize) -> Vec<u8> {
    use std::io::Read as _;
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(&stream.content[..]).read_to_end(&mut rows).unwrap();
    let mut above = vec![0_u8; row_bytes];
    let mut all = Vec::new();
    for row in rows.chunks_exact(row_bytes + 1) {
        let mut line = row[1..].to_vec();
        for at in 0..row_bytes {
            let a = if at < step { 0 } else { i32::from(line[at - step]) };
            let (b, c) = (i32::from(above[at]), if at < step { 0 } else { i32::from(above[at - step]) });
            let p = a + b - c;
            let nearest = [a, b, c].into_iter().min_by_key(|value| (p - value).abs()).unwrap();
            let predicted = match row[0] {
                0 => 0,
                1 => a,
                2 => b,
                4 => nearest,
                other => panic!("filter {other}"),
            };
            line[at] = line[at].wrapping_add(u8::try_from(predicted).unwrap());
        }
        all.extend_from_slice(&line);
        above = line;
    }
    all
}

#[test]
fn a_picture_that_is_placed_twice_is_written_once() {
    let photo = colored(60, 40);
    let content = brief("en", vec![figure(&photo, "First"), figure(&photo, "Second")]);
    let images = images(&[&photo]);
    let file = printed(&edition(&content, &images), &Options::default()).unwrap();
    assert_eq!(pictures(&file.bytes).len(), 1);
    let text = struct_text(&file.bytes).unwrap();
    assert!(text.contains("First") && text.contains("Second"));
}

#[test]
fn camera_metadata_of_a_photo_is_not_in_the_print() {
    let photo = colored(20, 20);
    let content = brief("en", vec![figure(&photo, "A photo")]);
    let file = printed(&edition(&content, &images(&[&photo])), &Options::default()).unwrap();
    assert!(photo.windows(3).any(|bytes| bytes == b"GPS"));
    assert!(!file.bytes.windows(3).any(|bytes| bytes == b"GPS"));
}

#[test]
fn a_missing_or_invalid_image_is_reported_with_its_figure() {
    let photo = colored(4, 4);
    let content = brief("en", vec![figure(&photo, "A photo")]);
    let nothing = Images::new();
    let Err(PrintError::Image { element, why }) = printed(&edition(&content, &nothing), &Options::default())
    else {
        panic!("it is not there");
    };
    assert_eq!(why, ImageProblem::Missing);
    for part in ["s-pictures", "A photo", &digest(&photo)] {
        assert!(element.contains(part), "{element}");
    }
    let cmyk = mosaic(2, 2, 4, |_, _, _| 0);
    let content = brief("en", vec![figure(&cmyk, "Printed matter")]);
    let refused = printed(&edition(&content, &images(&[&cmyk])), &Options::default()).unwrap_err();
    assert!(
        refused.to_string().contains("Printed matter") && refused.to_string().contains("CMYK"),
        "{refused}"
    );
}

#[test]
fn the_same_pictures_print_to_the_same_bytes_in_both_directions_and_on_both_papers() {
    let (photo, stamp) = (colored(200, 400), glow(64));
    for (language, paper) in [("en", Paper::A4), ("fa", Paper::Letter)] {
        let content = brief(language, vec![figure(&photo, "Tall"), figure(&stamp, "Small")]);
        let images = images(&[&photo, &stamp]);
        let options = Options { paper, ..Options::default() };
        let first = printed(&edition(&content, &images), &options).unwrap();
        assert_eq!(first.bytes, printed(&edition(&content, &images), &options).unwrap().bytes);
    }
}
