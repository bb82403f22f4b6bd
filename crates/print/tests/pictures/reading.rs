//! What is read as a picture, and what is refused before anything is given memory.

use chancery_print::Limits;
use chancery_print::images::{Colors, ImageError, Raster, Samples};
use png::{BitDepth, ColorType};
use proptest::prelude::*;

use crate::make::{colored, glow, gradient, mosaic, png, segment};

fn read(bytes: &[u8]) -> Result<Raster, ImageError> {
    Raster::read(bytes, &Limits::default())
}

#[test]
fn a_jpeg_is_passed_on_without_what_it_says_beside_the_picture() {
    let bytes = colored(6, 4);
    let raster = read(&bytes).unwrap();
    assert_eq!((raster.width, raster.height, raster.colors), (48, 32, Colors::Rgb));
    let Samples::Jpeg(kept) = raster.samples else { panic!("a JPEG") };
    assert!(kept.len() > 100 && !kept.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"JFIF"));
    // What is kept is a whole JPEG of the same picture.
    assert!(read(&kept).unwrap().samples == Samples::Jpeg(kept));
}

#[test]
fn a_jpeg_that_was_cut_anywhere_is_refused() {
    let bytes = mosaic(5, 3, 1, |x, y, _| i32::from(x * y));
    assert_eq!(read(&bytes).unwrap().colors, Colors::Gray);
    for cut in 0..bytes.len() {
        assert!(read(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn cmyk_and_what_pdf_does_not_take_is_named() {
    assert_eq!(read(&mosaic(2, 2, 4, |_, _, _| 0)), Err(ImageError::Cmyk));
    let two = read(&mosaic(2, 2, 2, |_, _, _| 0)).unwrap_err();
    assert_eq!(two, ImageError::Jpeg("neither one nor three components"));
    let mut bytes = colored(2, 2);
    let header = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[header + 1] = 0xC3;
    assert_eq!(read(&bytes).unwrap_err(), ImageError::Jpeg("lossless or arithmetic coding"));
    bytes[header + 1] = 0xC2;
    assert!(read(&bytes).is_ok(), "progressive");
    bytes[header + 4] = 12;
    assert_eq!(read(&bytes).unwrap_err(), ImageError::Jpeg("more than eight bits a sample"));
}

#[test]
fn a_jpeg_with_no_height_or_no_picture_is_refused() {
    let mut bytes = colored(2, 2);
    let header = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[header + 5..header + 7].copy_from_slice(&[0, 0]);
    assert_eq!(read(&bytes), Err(ImageError::Empty { width: 16, height: 0 }));
    let empty = [&[0xFF, 0xD8][..], &segment(0xDB, &[0; 65]), &[0xFF, 0xD9]].concat();
    assert_eq!(read(&empty).unwrap_err(), ImageError::Jpeg("no picture in it"));
}

#[test]
fn a_jpeg_over_the_limit_of_pixels_is_refused() {
    let limits = Limits { max_image_pixels: 100, ..Limits::default() };
    let refused = Raster::read(&colored(2, 2), &limits);
    assert_eq!(refused, Err(ImageError::TooManyPixels { width: 16, height: 16, limit: 100 }));
}

#[test]
fn every_kind_of_png_is_read() {
    let ramp: Vec<u8> = (0..64).map(|value| value * 3).collect();
    let wide = |count: usize| ramp.iter().cycle().take(count).copied().collect::<Vec<u8>>();
    for (color, depth, bytes, colors, alpha) in [
        (ColorType::Grayscale, BitDepth::One, 8, Colors::Gray, false),
        (ColorType::Grayscale, BitDepth::Eight, 64, Colors::Gray, false),
        (ColorType::Grayscale, BitDepth::Sixteen, 128, Colors::Gray, false),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, 128, Colors::Gray, true),
        (ColorType::Indexed, BitDepth::Two, 16, Colors::Rgb, false),
        (ColorType::Rgb, BitDepth::Eight, 192, Colors::Rgb, false),
        (ColorType::Rgba, BitDepth::Sixteen, 512, Colors::Rgb, true),
    ] {
        let raster = read(&png((8, 8), color, depth, &wide(bytes))).unwrap();
        assert_eq!((raster.width, raster.height, raster.colors), (8, 8, colors), "{color:?} {depth:?}");
        assert_eq!(raster.alpha.is_some(), alpha, "{color:?} {depth:?}");
    }
}

#[test]
fn alpha_that_hides_nothing_is_left_out() {
    let opaque = png((2, 1), ColorType::Rgba, BitDepth::Eight, &[1, 2, 3, 255, 4, 5, 6, 255]);
    assert_eq!(read(&opaque).unwrap().alpha, None);
}

#[test]
fn a_png_that_was_cut_or_changed_anywhere_is_refused() {
    let bytes = gradient(20, 20);
    for cut in 0..bytes.len() {
        assert!(read(&bytes[..cut]).is_err(), "{cut}");
    }
    for at in 8..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(read(&changed).is_err(), "{at}");
    }
}

/// A PNG's header chunk, with the check of its bytes.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let data = [&b"IHDR"[..], &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let mut check = u32::MAX;
    for &byte in &data {
        check ^= u32::from(byte);
        for _ in 0..8 {
            check = if check & 1 == 1 { check >> 1 ^ 0xEDB8_8320 } else { check >> 1 };
        }
    }
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0D", &data[..], &(!check).to_be_bytes()].concat()
}

#[test]
fn a_claim_of_a_hundred_thousand_pixels_square_is_not_believed() {
    let (width, height) = (100_000, 100_000);
    let limit = Limits::default().max_image_pixels;
    assert_eq!(read(&claims(width, height)), Err(ImageError::TooManyPixels { width, height, limit }));
    assert!(matches!(read(&claims(0, 5)), Err(ImageError::Png(_) | ImageError::Empty { .. })));
    let limits = Limits { max_image_pixels: u64::MAX, ..Limits::default() };
    assert!(Raster::read(&claims(u32::MAX >> 1, u32::MAX >> 1), &limits).is_err());
}

#[test]
fn the_wrong_kind_is_named_as_such() {
    for bytes in [&b""[..], b"GIF89a", b"%PDF-1.7", b"RIFF\0\0\0\0WEBP", b"\x89PNG"] {
        assert_eq!(read(bytes), Err(ImageError::UnknownKind));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        kind in 0_usize..4,
        at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = match kind {
            0 => colored(3, 3),
            1 => gradient(9, 9),
            2 => glow(9),
            _ => b"\xFF\xD8\xFF".to_vec(),
        };
        let at = at.index(bytes.len());
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        let _ = read(&bytes);
        bytes.truncate(cut.index(bytes.len() + 1));
        let _ = read(&bytes);
    }
}
