//! JPEG and PNG files: accepted ones in their printable form, and damaged ones, which are refused.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test's helpers may fail as tests do"
)]

mod make;

use std::fs;
use std::path::{Path, PathBuf};

use chancery_images::{
    Colors, ImageError, ImageReport, ImageWarning, Limits, MediaType, Orientation, PreparedImage, Raster,
    Samples, check, prepare,
};
use png::{BitDepth, ColorType};
use proptest::prelude::*;

use make::{chunk, colored, glow, gradient, mosaic, png, segment, with_orientation};

fn read_within(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    let report = check(bytes, limits);
    match prepare(bytes, limits) {
        Ok(PreparedImage::Raster(raster)) => {
            let report = report.unwrap();
            assert_eq!((report.width, report.height), raster.displayed_size());
            Ok((*raster).clone())
        }
        Ok(PreparedImage::Vector(_)) => panic!("a drawing"),
        Err(error) => {
            assert_eq!(report.unwrap_err(), error, "the check and the preparation differ");
            Err(error)
        }
    }
}

fn read(bytes: &[u8]) -> Result<Raster, ImageError> {
    read_within(bytes, &Limits::default())
}

fn report(bytes: &[u8]) -> ImageReport {
    check(bytes, &Limits::default()).unwrap()
}

/// Returns the message of a refusal with the given code.
fn refused(bytes: &[u8], code: &str) -> String {
    let error = read(bytes).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    error.to_string()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn photo(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/photos").join(name)).unwrap()
}

/// Returns the offset of a marker.
fn marker(bytes: &[u8], marker: u8) -> usize {
    bytes.windows(2).position(|pair| pair == [0xFF, marker]).unwrap()
}

#[test]
fn every_photo_is_accepted_and_every_damaged_file_is_refused() {
    for path in files("photos") {
        read(&fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let expected = [
        ("dnl.jpg", "IMAGE_NOT_SUPPORTED", "height is defined after"),
        ("dtd.svg", "SVG_NOT_SUPPORTED", "delete the <!DOCTYPE"),
        ("filter-bad.png", "IMAGE_DAMAGED", "ilter"),
        ("idat-crc.png", "IMAGE_DAMAGED", "CRC"),
        ("idat-cut.png", "IMAGE_DAMAGED", "export it again"),
        ("ihdr-crc.png", "IMAGE_DAMAGED", "CRC"),
        ("malformed.svg", "SVG_NOT_SUPPORTED", "line 1, <svg>: it is malformed"),
        ("no-ns.svg", "SVG_NOT_SUPPORTED", "xmlns"),
        ("no-plte.png", "IMAGE_DAMAGED", "palette"),
        ("sampling5.jpg", "IMAGE_DAMAGED", "sampling factor"),
    ];
    let found = files("damaged");
    assert_eq!(found.len(), expected.len());
    for (path, (name, code, part)) in found.iter().zip(expected) {
        assert_eq!(path.file_name().unwrap(), name);
        let bytes = fs::read(path).unwrap();
        let error = check(&bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(part), "{name}: {error}");
        assert_eq!(prepare(&bytes, &Limits::default()).unwrap_err(), error);
    }
}

#[test]
fn a_jpeg_is_passed_on_without_its_metadata() {
    let bytes = colored(6, 4);
    let raster = read(&bytes).unwrap();
    assert_eq!((raster.width, raster.height, raster.colors), (48, 32, Colors::Rgb));
    let Samples::Jpeg(kept) = raster.samples else { panic!("a JPEG") };
    assert!(kept.len() > 100 && !kept.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"JFIF"));
    // The remaining segments are a complete JPEG of the same image.
    assert!(read(&kept).unwrap().samples == Samples::Jpeg(kept));
}

#[test]
fn the_orientation_turns_the_displayed_size_and_leaves_the_scan_data_alone() {
    let plain = colored(6, 4);
    let Samples::Jpeg(scan) = read(&plain).unwrap().samples else { panic!("a JPEG") };
    let expected = [
        Orientation::Upright,
        Orientation::MirrorHorizontal,
        Orientation::Rotate180,
        Orientation::MirrorVertical,
        Orientation::Transpose,
        Orientation::Rotate90,
        Orientation::Transverse,
        Orientation::Rotate270,
    ];
    for (value, orientation) in (1..=8).zip(expected) {
        let bytes = with_orientation(&plain, value);
        let raster = read(&bytes).unwrap();
        assert_eq!((raster.width, raster.height, raster.orientation), (48, 32, orientation));
        assert!(raster.samples == Samples::Jpeg(scan.clone()), "{value}");
        let report = report(&bytes);
        assert_eq!((report.width, report.height), if value < 5 { (48, 32) } else { (32, 48) });
    }
    for value in [0, 9, 255] {
        assert_eq!(read(&with_orientation(&plain, value)).unwrap().orientation, Orientation::Upright);
    }
    let first = with_orientation(&with_orientation(&plain, 3), 6);
    assert_eq!(read(&first).unwrap().orientation, Orientation::Rotate90, "the first EXIF segment counts");
    let report = report(&photo("exif6.jpg"));
    assert_eq!((report.width, report.height), (480, 320));
}

#[test]
fn a_png_s_orientation_counts_before_and_behind_its_pixels() {
    let plain = gradient(6, 4);
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0";
    let exif = chunk(*b"eXIf", tiff);
    for at in [33, plain.len() - 12] {
        let bytes = [&plain[..at], &exif, &plain[at..]].concat();
        assert_eq!(read(&bytes).unwrap().orientation, Orientation::Rotate270, "{at}");
        assert_eq!((report(&bytes).width, report(&bytes).height), (4, 6));
    }
}

#[test]
fn colour_spaces_other_than_srgb_are_warned_of() {
    assert_eq!(report(&photo("plain.jpg")).warnings, []);
    let [ImageWarning::ColorProfileIgnored { .. }] = report(&photo("icc-swapped.jpg")).warnings[..] else {
        panic!("a warning");
    };
    // A part is missing, or the data is not a profile.
    let plain = colored(2, 2);
    for profile in [&b"ICC_PROFILE\0\x01\x02nothing"[..], b"ICC_PROFILE\0\x01\x01nothing"] {
        let bytes = [&plain[..2], &segment(0xE2, profile), &plain[2..]].concat();
        assert_eq!(report(&bytes).warnings.len(), 1);
    }
    let plain = gradient(4, 4);
    let with = |chunks: &[u8]| [&plain[..33], chunks, &plain[33..]].concat();
    let gamma = |value: u32| chunk(*b"gAMA", &value.to_be_bytes());
    let primaries = |red: u32| {
        chunk(
            *b"cHRM",
            &[31_270, 32_900, red, 33_000, 30_000, 60_000, 15_000, 6_000].map(u32::to_be_bytes).concat(),
        )
    };
    for (chunks, count) in [
        (gamma(45_455), 0),
        (gamma(100_000), 1),
        (primaries(64_000), 0),
        (primaries(68_000), 1),
        ([chunk(*b"sRGB", &[0]), gamma(100_000)].concat(), 0),
        (chunk(*b"cICP", &[1, 13, 0, 1]), 0),
        (chunk(*b"cICP", &[9, 16, 0, 1]), 1),
    ] {
        assert_eq!(report(&with(&chunks)).warnings.len(), count, "{:?}", String::from_utf8_lossy(&chunks));
    }
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
fn scan_data_that_was_cut_and_closed_again_is_refused() {
    for name in ["plain.jpg", "progressive.jpg", "restarts.jpg"] {
        let whole = photo(name);
        let scan = marker(&whole, 0xDA);
        // Cuts between the first scan's header and the end, which is appended again.
        for cut in (scan + 20..whole.len() - 40).step_by(97) {
            let bytes = [&whole[..cut], &[0xFF, 0xD9]].concat();
            let is_between_scans = name == "progressive.jpg" && read(&bytes).is_ok();
            assert!(is_between_scans || read(&bytes).is_err(), "{name} {cut}");
        }
        let tail = [&whole[..whole.len() - 2], &[0x12, 0x34, 0x56, 0x78, 0xFF, 0xD9]].concat();
        assert!(refused(&tail, "IMAGE_DAMAGED").contains("more pixel data"), "{name}");
        let behind = [&whole[..], b"trailing bytes"].concat();
        assert!(read(&behind).is_ok(), "bytes behind the end are left out");
    }
}

#[test]
fn a_jpeg_without_a_table_or_with_a_wrong_restart_is_refused() {
    let bytes = photo("restarts.jpg");
    for (kind, part) in [(0xC4, "not defined"), (0xDB, "not defined")] {
        let mut bytes = bytes.clone();
        // Turns every table of a kind into a comment.
        let end = marker(&bytes, 0xDA);
        for at in 0..end {
            if bytes[at] == 0xFF && bytes[at + 1] == kind {
                bytes[at + 1] = 0xFE;
            }
        }
        assert!(refused(&bytes, "IMAGE_DAMAGED").contains(part), "{kind:X}");
    }
    let mut swapped = bytes.clone();
    let second = marker(&swapped, 0xD1);
    swapped[second + 1] = 0xD2;
    assert!(refused(&swapped, "IMAGE_DAMAGED").contains("restart marker"));
    let mut interval = bytes;
    let at = marker(&interval, 0xDD);
    interval[at + 5] += 1;
    refused(&interval, "IMAGE_DAMAGED");
}

#[test]
fn cmyk_and_other_unsupported_encodings_are_refused_with_a_cure() {
    let cmyk = refused(&mosaic(2, 2, 4, |_, _, _| 0), "IMAGE_NOT_SUPPORTED");
    assert!(cmyk.contains("CMYK") && cmyk.contains("sRGB"), "{cmyk}");
    assert!(refused(&mosaic(2, 2, 2, |_, _, _| 0), "IMAGE_NOT_SUPPORTED").contains("one nor three"));
    let mut bytes = colored(2, 2);
    let header = marker(&bytes, 0xC0);
    bytes[header + 1] = 0xC3;
    assert!(refused(&bytes, "IMAGE_NOT_SUPPORTED").contains("arithmetic"));
    bytes[header + 1] = 0xC2;
    refused(&bytes, "IMAGE_DAMAGED");
    bytes[header + 1] = 0xC1;
    assert!(read(&bytes).is_ok(), "extended sequential");
    bytes[header + 4] = 12;
    assert!(refused(&bytes, "IMAGE_NOT_SUPPORTED").contains("8 bits"));
    let mut uneven = colored(2, 2);
    uneven[header + 11] = 0x31;
    uneven[header + 14] = 0x21;
    assert!(refused(&uneven, "IMAGE_NOT_SUPPORTED").contains("ratios"));
}

#[test]
fn a_jpeg_with_no_height_or_no_picture_is_refused() {
    let mut bytes = colored(2, 2);
    let header = marker(&bytes, 0xC0);
    bytes[header + 5..header + 7].copy_from_slice(&[0, 0]);
    assert!(refused(&bytes, "IMAGE_DAMAGED").contains("16 by 0"));
    let empty = [&[0xFF, 0xD8][..], &segment(0xDB, &[&[0][..], &[1; 64]].concat()), &[0xFF, 0xD9]].concat();
    assert!(refused(&empty, "IMAGE_DAMAGED").contains("no pixels"));
}

#[test]
fn a_jpeg_whose_scans_only_keep_viewers_busy_is_refused() {
    let whole = photo("progressive.jpg");
    let (frame, end) = (marker(&whole, 0xC2), whole.len() - 2);
    let mut bytes = whole[..end].to_vec();
    // 65,000 by 700 pixels, whose only data is one bit for each of many refining scans.
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x02, 0xBC, 0xFD, 0xE8]);
    assert!(read(&[&bytes[..], &[0xFF, 0xD9]].concat()).is_err());
    let scan = segment(0xDA, &[1, 1, 0, 0, 0, 0x10]);
    let more = [scan, vec![0; 40_000]].concat().repeat(199);
    let small = [&whole[..end], &more, &[0xFF, 0xD9]].concat();
    assert!(refused(&small, "IMAGE_DAMAGED").contains("too many scans"));
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

#[test]
fn a_png_s_adler_sum_is_checked() {
    let bytes = gradient(20, 20);
    let data = bytes.windows(4).position(|kind| kind == b"IDAT").unwrap() + 4;
    let end = bytes.len() - 16;
    let mut stream = bytes[data..end].to_vec();
    let last = stream.len() - 1;
    stream[last] ^= 1;
    let changed = [&bytes[..data - 8], &chunk(*b"IDAT", &stream), &bytes[end + 4..]].concat();
    refused(&changed, "IMAGE_DAMAGED");
}

/// Returns a PNG's header chunk.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(*b"IHDR", &header)].concat()
}

#[test]
fn claimed_sizes_above_the_limits_are_refused() {
    let (width, height) = (100_000, 100_000);
    let limit = Limits::default().max_pixels;
    assert_eq!(read(&claims(width, height)), Err(ImageError::TooManyPixels { width, height, limit }));
    refused(&claims(0, 5), "IMAGE_DAMAGED");
    let unlimited = Limits { max_pixels: u64::MAX, ..Limits::default() };
    assert!(read_within(&claims(u32::MAX >> 1, u32::MAX >> 1), &unlimited).is_err());
    let few = Limits { max_pixels: 100, ..Limits::default() };
    let refused = read_within(&colored(2, 2), &few);
    assert_eq!(refused, Err(ImageError::TooManyPixels { width: 16, height: 16, limit: 100 }));
    let short = Limits { max_bytes: 10, ..Limits::default() };
    assert_eq!(read_within(&[0; 11], &short), Err(ImageError::TooManyBytes { limit: 10 }));
}

#[test]
fn a_wrong_kind_is_reported() {
    assert_eq!(read(b""), Err(ImageError::Empty));
    for bytes in [&b"GIF89a"[..], b"%PDF-1.7", b"RIFF\0\0\0\0WEBP", b"\x89PNG", b"{\"svg\": 1}"] {
        assert_eq!(read(bytes), Err(ImageError::UnknownType));
    }
    assert_eq!(report(&gradient(2, 2)).media_type, MediaType::Png);
    assert_eq!(report(&colored(2, 2)).media_type, MediaType::Jpeg);
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        kind in 0_usize..6,
        at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = match kind {
            0 => colored(3, 3),
            1 => gradient(9, 9),
            2 => glow(9),
            3 => photo("progressive.jpg"),
            4 => photo("restarts.jpg"),
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
