//! Generated images.
#![allow(dead_code, reason = "each test binary uses a part")]

use png::{BitDepth, ColorType};

/// Returns a PNG of any kind with the given samples.
pub(crate) fn png(size: (u32, u32), color: ColorType, depth: BitDepth, samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.0, size.1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == ColorType::Indexed {
        encoder.set_palette(vec![0x1F, 0x4E, 0x79, 0xFF, 0xFF, 0xFF, 0xB0, 0x20, 0x20, 0, 0, 0]);
    }
    encoder.write_header().unwrap().write_image_data(samples).unwrap();
    bytes
}

/// Returns a colour gradient.
pub(crate) fn gradient(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| [(x * 255 / width) as u8, (y * 255 / height) as u8, 128];
    let samples: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    png((width, height), ColorType::Rgb, BitDepth::Eight, &samples)
}

/// Returns a disc that fades towards its edge.
pub(crate) fn glow(edge: u32) -> Vec<u8> {
    let middle = i64::from(edge) / 2;
    let pixel = |x: u32, y: u32| {
        let (dx, dy) = (i64::from(x) - middle, i64::from(y) - middle);
        let alpha = 255 - (dx * dx + dy * dy) * 255 / (middle * middle).max(1);
        [0xB0, 0x20, 0x20, u8::try_from(alpha.max(0)).unwrap()]
    };
    let samples: Vec<u8> = (0..edge).flat_map(|y| (0..edge).flat_map(move |x| pixel(x, y))).collect();
    png((edge, edge), ColorType::Rgba, BitDepth::Eight, &samples)
}

/// Returns a marker with its segment.
pub(crate) fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], data].concat()
}

/// Bits of a scan, with zeros stuffed after `FF`.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for bit in (0..count).rev() {
            self.waiting = self.waiting << 1 | (value >> bit & 1);
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.waiting as u8);
                if self.waiting as u8 == 0xFF {
                    self.bytes.push(0);
                }
                (self.waiting, self.count) = (0, 0);
            }
        }
    }
}

/// Returns a baseline JPEG of flat blocks of 8 x 8 pixels that every viewer displays; `level` gives each component of a
/// block, -128 to 127.
pub(crate) fn mosaic(
    columns: u16,
    rows: u16,
    components: u8,
    level: impl Fn(u16, u16, u8) -> i32,
) -> Vec<u8> {
    let mut scan = Bits::default();
    let mut before = vec![0_i32; usize::from(components)];
    for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
        for component in 0..components {
            // The quantization step is 8, and so is the scale of DC coefficients.
            let difference = level(x, y, component) - before[usize::from(component)];
            before[usize::from(component)] += difference;
            let bits = 32 - difference.unsigned_abs().leading_zeros();
            scan.push(bits, 4);
            let value = if difference < 0 { difference - 1 } else { difference };
            scan.push(value.cast_unsigned() & ((1 << bits) - 1), bits);
            // No AC coefficients.
            scan.push(0, 1);
        }
    }
    scan.push(0x7F, 7);
    let counts = |length: usize, count: u8| {
        let mut counts = vec![0; 16];
        counts[length - 1] = count;
        counts
    };
    let (height, width) = ((rows * 8).to_be_bytes(), (columns * 8).to_be_bytes());
    let each = |data: &dyn Fn(u8) -> Vec<u8>| (1..=components).flat_map(data).collect::<Vec<u8>>();
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xE1, b"Exif\0\0 GPS 35.6892 N 51.3890 E"),
        segment(0xDB, &[&[0][..], &[8; 64]].concat()),
        segment(0xC0, &[&[8][..], &height, &width, &[components], &each(&|id| vec![id, 0x11, 0])].concat()),
        segment(0xC4, &[&[0x00][..], &counts(4, 12), &(0..12).collect::<Vec<u8>>()].concat()),
        segment(0xC4, &[&[0x10][..], &counts(1, 1), &[0]].concat()),
        segment(0xDA, &[&[components][..], &each(&|id| vec![id, 0x00]), &[0, 63, 0]].concat()),
        scan.bytes,
        vec![0xFF, 0xD9],
    ]
    .concat()
}

/// Returns a colour mosaic.
pub(crate) fn colored(columns: u16, rows: u16) -> Vec<u8> {
    mosaic(columns, rows, 3, |x, y, component| match component {
        0 => i32::from(y) * 160 / i32::from(rows) - 60,
        1 => i32::from(x) * 200 / i32::from(columns) - 100,
        _ => 100 - i32::from(x) * 200 / i32::from(columns),
    })
}

/// Returns a JPEG with an EXIF orientation before its other segments.
pub(crate) fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let tiff = [&b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[orientation], &[0; 6]].concat();
    [&jpeg[..2], &segment(0xE1, &[&b"Exif\0\0"[..], &tiff].concat()), &jpeg[2..]].concat()
}

/// Returns a PNG chunk with its checksum.
pub(crate) fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut check = u32::MAX;
    for &byte in kind.iter().chain(data) {
        check ^= u32::from(byte);
        for _ in 0..8 {
            check = if check & 1 == 1 { check >> 1 ^ 0xEDB8_8320 } else { check >> 1 };
        }
    }
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &kind, data, &(!check).to_be_bytes()].concat()
}

/// A logo with every kind of shape.
pub(crate) const LOGO: &str = r##"<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80" width="240" height="80">
  <title>A logo</title>
  <rect x="2" y="2" width="76" height="76" rx="12" fill="#7a1f3d"/>
  <g transform="translate(40 40) rotate(45)" style="fill: none; stroke: #fff; stroke-width: 4">
    <rect x="-18" y="-18" width="36" height="36"/>
    <circle r="8" fill="white" stroke="none"/>
  </g>
  <path fill-rule="evenodd" fill="rgb(31,78,121)" d="M100 10h40v60h-40zM110 20v40h20V20z"/>
  <ellipse cx="170" cy="40" rx="20" ry="30" fill="teal"/>
  <path d="M200 70A30 30 0 0 1 230 10" stroke="#111" stroke-width="3" fill="none" stroke-linecap="round"/>
  <polyline points="200,40 215,55 230,40" fill="none" stroke="maroon" stroke-dasharray="4 2"/>
  <polygon points="150,70 160,75 150,80"/>
  <line x1="90" y1="5" x2="90" y2="75" stroke="silver"/>
</svg>"##;
