//! The sRGB profile of the output intent (ISO 19005-2, 6.2.3), made here: an ICC version 2 display profile
//! with three primaries and one tone curve (ICC.1:2001-04), about 0.9 KB.

/// Points of the tone curve.
const CURVE_POINTS: u64 = 256;
/// The D50 white of the profile connection space, as s15Fixed16 numbers.
const D50: [u32; 3] = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];
/// The primaries of IEC 61966-2-1, adapted to D50.
const RED: [u32; 3] = [0x6FA2, 0x38F5, 0x0390];
const GREEN: [u32; 3] = [0x6299, 0xB785, 0x18DA];
const BLUE: [u32; 3] = [0x24A0, 0x0F84, 0xB6CF];
const HEADER_BYTES: usize = 128;

/// The profile's bytes.
pub(crate) fn srgb() -> Vec<u8> {
    let tags: [([u8; 4], Vec<u8>); 9] = [
        (*b"desc", description("sRGB")),
        (*b"cprt", text("Public domain")),
        (*b"wtpt", xyz(D50)),
        (*b"rXYZ", xyz(RED)),
        (*b"gXYZ", xyz(GREEN)),
        (*b"bXYZ", xyz(BLUE)),
        (*b"rTRC", curve()),
        (*b"gTRC", Vec::new()),
        (*b"bTRC", Vec::new()),
    ];
    let directory_bytes = 4 + tags.len() * 12;
    let mut directory = be(tags.len() as u64);
    let mut data = Vec::new();
    let mut last = (0, 0);
    for (tag, content) in &tags {
        // An empty one shares the data of the one before: the three channels have one curve.
        if !content.is_empty() {
            last = (HEADER_BYTES + directory_bytes + data.len(), content.len());
            data.extend_from_slice(content);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        directory.extend_from_slice(tag);
        directory.extend(be(last.0 as u64));
        directory.extend(be(last.1 as u64));
    }
    let mut profile = header((HEADER_BYTES + directory.len() + data.len()) as u64);
    profile.extend(directory);
    profile.extend(data);
    profile
}

/// The low 32 bits, most significant byte first.
fn be(value: u64) -> Vec<u8> {
    value.to_be_bytes()[4..].to_vec()
}

fn header(size: u64) -> Vec<u8> {
    let mut header = be(size);
    header.extend([0; 4]);
    header.extend(be(0x0210_0000));
    header.extend(b"mntrRGB XYZ ");
    // A fixed date: 2000-01-01.
    for part in [2000_u16, 1, 1, 0, 0, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(D50.iter().flat_map(|part| part.to_be_bytes()));
    header.resize(HEADER_BYTES, 0);
    header
}

fn xyz(values: [u32; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    tag.extend(values.iter().flat_map(|value| value.to_be_bytes()));
    tag
}

fn text(ascii: &str) -> Vec<u8> {
    let mut tag = b"text\0\0\0\0".to_vec();
    tag.extend(ascii.bytes());
    tag.push(0);
    tag
}

/// A `textDescriptionType`: ASCII, then an empty Unicode and an empty Macintosh form.
fn description(ascii: &str) -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0".to_vec();
    tag.extend(be(ascii.len() as u64 + 1));
    tag.extend(ascii.bytes());
    tag.push(0);
    tag.extend([0; 8 + 3 + 67]);
    tag
}

fn curve() -> Vec<u8> {
    let mut tag = b"curv\0\0\0\0".to_vec();
    tag.extend(be(CURVE_POINTS));
    for point in 0..CURVE_POINTS {
        tag.extend(linear(point).to_be_bytes());
    }
    tag
}

/// The linear light of a code value out of [`CURVE_POINTS`], in 1/65,535 (IEC 61966-2-1): `v/12.92` up to
/// 0.04045, above it `((v + 0.055)/1.055)^2.4`, taken as `a * a^(1/5)` with `a` the square.
fn linear(point: u64) -> u16 {
    let top = CURVE_POINTS - 1;
    let value = if point * 100_000 <= 4045 * top {
        (point * 65_535 * 100 + 646 * top) / (1292 * top)
    } else {
        let numerator = u128::from(point * 1000 + 55 * top);
        let denominator = u128::from(1055 * top);
        let square = ((numerator * numerator) << 24) / (denominator * denominator);
        let power = square * fifth_root(square);
        u64::try_from((power * 65_535 + (1 << 47)) >> 48).unwrap_or(u64::MAX)
    };
    u16::try_from(value).unwrap_or(u16::MAX)
}

/// The fifth root of a number of at most 1, both in 1/2^24.
fn fifth_root(value: u128) -> u128 {
    let target = value << 96;
    let mut root = 0;
    for bit in (0..=24).rev() {
        let candidate: u128 = root | (1 << bit);
        if candidate.pow(5) <= target {
            root = candidate;
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::{linear, srgb};

    #[test]
    fn the_tone_curve_meets_srgb_at_known_points() {
        // IEC 61966-2-1: 128/255 is 0.215861 of full light, 10/255 is 0.003035.
        assert_eq!(linear(0), 0);
        assert_eq!(linear(255), 65_535);
        assert_eq!(linear(128), 14_146);
        assert_eq!(linear(10), 199);
    }

    #[test]
    fn the_profile_states_its_own_size() {
        let profile = srgb();
        assert_eq!(u32::from_be_bytes(profile[..4].try_into().unwrap()) as usize, profile.len());
        assert_eq!(&profile[36..40], b"acsp");
    }
}
