//! Decides whether an ICC profile describes sRGB (ICC.1:2022; IEC 61966-2-1). Profiles are compared by what they do,
//! their primaries and tone curves, and not by what they are called.

use crate::{Colors, ImageWarning};

/// sRGB's primaries, adapted to D50, in XYZ (ICC's own sRGB profiles).
const SRGB_PRIMARIES: [[f64; 3]; 3] =
    [[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]];
/// Tolerance: profiles of different vendors differ in rounding and white point adaptation.
const PRIMARY_TOLERANCE: f64 = 0.01;
/// A plain gamma of 2.2, which many "sRGB" profiles have, differs by less.
const CURVE_TOLERANCE: f64 = 0.02;
/// Positions at which tone curves are compared.
const SAMPLES: [f64; 4] = [0.1, 0.3, 0.5, 0.8];
/// Maximum length of a profile description in a warning.
const MAX_NAME: usize = 60;

/// Returns a warning when a profile describes another colour space than sRGB.
pub(crate) fn warning(profile: &[u8], colors: Colors) -> Option<ImageWarning> {
    let parsed = Profile::parse(profile);
    if parsed.as_ref().is_some_and(|parsed| parsed.is_srgb(colors)) {
        return None;
    }
    let name = parsed.and_then(|parsed| parsed.description()).filter(|name| !name.is_empty());
    let profile =
        name.map_or_else(|| "a colour profile without a name".to_owned(), |name| format!("{name:?}"));
    Some(ImageWarning::ColorProfileIgnored { profile })
}

struct Profile<'a> {
    bytes: &'a [u8],
    /// Signature, offset and size of each tag.
    tags: Vec<([u8; 4], usize, usize)>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Returns an `s15Fixed16Number` (4.6).
fn fixed_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from(u32_at(bytes, at)?.cast_signed()) / 65_536.0)
}

impl<'a> Profile<'a> {
    /// Reads the header's signature and the tag table (7.2, 7.3).
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.get(36..40)? != b"acsp" {
            return None;
        }
        let count = usize::try_from(u32_at(bytes, 128)?).ok()?.min(100);
        let tags = (0..count).map(|index| {
            let at = 132 + index * 12;
            let signature = bytes.get(at..at + 4)?.try_into().ok()?;
            let range = (u32_at(bytes, at + 4)?, u32_at(bytes, at + 8)?);
            Some((signature, usize::try_from(range.0).ok()?, usize::try_from(range.1).ok()?))
        });
        Some(Self { bytes, tags: tags.collect::<Option<_>>()? })
    }

    fn tag(&self, signature: [u8; 4]) -> Option<&'a [u8]> {
        let (_, offset, size) = self.tags.iter().find(|(known, ..)| *known == signature)?;
        self.bytes.get(*offset..offset.checked_add(*size)?)
    }

    fn is_srgb(&self, colors: Colors) -> bool {
        match (self.bytes.get(16..20), colors) {
            (Some(b"RGB "), Colors::Rgb) => self.has_srgb_matrix().unwrap_or_else(|| self.is_srgb_table()),
            (Some(b"GRAY"), Colors::Gray) => self.has_srgb_curve(*b"kTRC").unwrap_or(false),
            // Gray pixels are sRGB's neutral axis when the tone curve is sRGB's.
            (Some(b"RGB "), Colors::Gray) => {
                self.has_srgb_curve(*b"gTRC").unwrap_or_else(|| self.is_srgb_table())
            }
            _ => false,
        }
    }

    /// Compares primaries and curves; `None` for a profile with tables only.
    fn has_srgb_matrix(&self) -> Option<bool> {
        let mut is_equal = true;
        for (signature, expected) in [*b"rXYZ", *b"gXYZ", *b"bXYZ"].into_iter().zip(SRGB_PRIMARIES) {
            let tag = self.tag(signature)?;
            for (index, expected) in expected.into_iter().enumerate() {
                is_equal &= (fixed_at(tag, 8 + index * 4)? - expected).abs() < PRIMARY_TOLERANCE;
            }
        }
        for signature in [*b"rTRC", *b"gTRC", *b"bTRC"] {
            is_equal &= self.has_srgb_curve(signature)?;
        }
        Some(is_equal)
    }

    fn has_srgb_curve(&self, signature: [u8; 4]) -> Option<bool> {
        let tag = self.tag(signature)?;
        let is_equal = |x: f64| Some((curve(tag, x)? - srgb_to_linear(x)).abs() < CURVE_TOLERANCE);
        SAMPLES.into_iter().map(is_equal).try_fold(true, |all, is_equal| Some(all & is_equal?))
    }

    /// Returns whether a profile's name claims sRGB. Profiles that only have tables, such as ICC's "sRGB v4 preference", can be
    /// recognised only by it.
    fn is_srgb_table(&self) -> bool {
        self.tag(*b"A2B0").is_some() && self.description().is_some_and(|name| name.starts_with("sRGB"))
    }

    /// Returns the profile's description: `textDescriptionType` of version 2, `multiLocalizedUnicodeType` of version 4.
    fn description(&self) -> Option<String> {
        let tag = self.tag(*b"desc")?;
        let name: String = match tag.get(..4)? {
            b"desc" => {
                let length = usize::try_from(u32_at(tag, 8)?).ok()?;
                let text = tag.get(12..12_usize.checked_add(length)?)?;
                text.iter().map(|&byte| char::from(byte)).collect()
            }
            b"mluc" => {
                let (length, offset) = (u32_at(tag, 20)?, u32_at(tag, 24)?);
                let (length, offset) = (usize::try_from(length).ok()?, usize::try_from(offset).ok()?);
                let text = tag.get(offset..offset.checked_add(length)?)?;
                let units: Vec<u16> =
                    text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
            _ => return None,
        };
        let name = name.trim_end_matches('\0').trim();
        Some(name.chars().filter(|character| !character.is_control()).take(MAX_NAME).collect())
    }
}

/// Returns a tone curve's value (10.6 `curveType`, 10.18 `parametricCurveType`).
#[expect(clippy::many_single_char_names, reason = "the parameters have their letters from the standard")]
fn curve(tag: &[u8], x: f64) -> Option<f64> {
    match tag.get(..4)? {
        b"curv" => {
            let count = usize::try_from(u32_at(tag, 8)?).ok()?;
            match count {
                0 => Some(x),
                1 => Some(libm::pow(x, f64::from(u16_at(tag, 12)?) / 256.0)),
                _ => table(tag.get(12..)?, count, x),
            }
        }
        b"para" => {
            let kind = u16_at(tag, 8)?;
            let parameter = |index: usize| fixed_at(tag, 12 + index * 4);
            let g = parameter(0)?;
            let power = |a: f64, b: f64| libm::pow((a * x + b).max(0.0), g);
            match kind {
                0 => Some(libm::pow(x, g)),
                1 => Some(power(parameter(1)?, parameter(2)?)),
                2 => Some(power(parameter(1)?, parameter(2)?) + parameter(3)?),
                3 | 4 => {
                    let (a, b, c, d) = (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
                    let (e, f) = if kind == 4 { (parameter(5)?, parameter(6)?) } else { (0.0, 0.0) };
                    Some(if x >= d { power(a, b) + e } else { c * x + f })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the table entry nearest to `x`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a table's index, between 0 and its length"
)]
fn table(entries: &[u8], count: usize, x: f64) -> Option<f64> {
    let index = (x * (count - 1) as f64).round() as usize;
    Some(f64::from(u16_at(entries, index.checked_mul(2)?)?) / 65_535.0)
}

fn srgb_to_linear(x: f64) -> f64 {
    if x <= 0.04045 { x / 12.92 } else { libm::pow((x + 0.055) / 1.055, 2.4) }
}

#[cfg(test)]
mod tests {
    use super::{SRGB_PRIMARIES, warning};
    use crate::Colors;

    type Tag = ([u8; 4], Vec<u8>);

    fn profile(space: [u8; 4], tags: &[Tag]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes[16..20].copy_from_slice(&space);
        bytes[36..40].copy_from_slice(b"acsp");
        bytes.extend(u32::try_from(tags.len()).unwrap().to_be_bytes());
        let mut offset = 132 + tags.len() * 12;
        for (signature, data) in tags {
            bytes.extend(signature);
            bytes.extend(u32::try_from(offset).unwrap().to_be_bytes());
            bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            offset += data.len();
        }
        for (_, data) in tags {
            bytes.extend(data);
        }
        bytes
    }

    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    fn fixed(value: f64) -> [u8; 4] {
        ((value * 65_536.0) as i32).to_be_bytes()
    }

    fn matrix(primaries: [[f64; 3]; 3], curve: &[u8]) -> Vec<Tag> {
        let signatures = [*b"rXYZ", *b"gXYZ", *b"bXYZ"].into_iter().zip(primaries);
        let xyz = signatures.map(|(signature, [x, y, z])| {
            (signature, [&b"XYZ \0\0\0\0"[..], &fixed(x), &fixed(y), &fixed(z)].concat())
        });
        let curves = [*b"rTRC", *b"gTRC", *b"bTRC"].map(|signature| (signature, curve.to_vec()));
        xyz.chain(curves).collect()
    }

    fn gamma(value: u16) -> Vec<u8> {
        [&b"curv\0\0\0\0\0\0\0\x01"[..], &value.to_be_bytes()].concat()
    }

    fn parametric() -> Vec<u8> {
        let parameters = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045].map(fixed).concat();
        [&b"para\0\0\0\0\0\x03\0\0"[..], &parameters].concat()
    }

    #[test]
    fn srgb_is_recognised_by_its_primaries_and_curve() {
        for curve in [parametric(), gamma(563)] {
            assert_eq!(warning(&profile(*b"RGB ", &matrix(SRGB_PRIMARIES, &curve)), Colors::Rgb), None);
        }
        assert_eq!(warning(&profile(*b"GRAY", &[(*b"kTRC", parametric())]), Colors::Gray), None);
        assert_eq!(warning(&profile(*b"RGB ", &matrix(SRGB_PRIMARIES, &parametric())), Colors::Gray), None);
    }

    #[test]
    fn other_colour_spaces_are_named() {
        let adobe = [[0.6097, 0.3111, 0.0195], [0.2053, 0.6257, 0.0609], [0.1492, 0.0632, 0.7446]];
        let mut tags = matrix(adobe, &gamma(563));
        // A name that claims sRGB is not sufficient.
        let name = b"sRGB by name\0";
        let length = u32::try_from(name.len()).unwrap().to_be_bytes();
        tags.push((*b"desc", [&b"desc\0\0\0\0"[..], &length, name].concat()));
        let found = warning(&profile(*b"RGB ", &tags), Colors::Rgb).unwrap();
        assert!(found.to_string().contains("\"sRGB by name\""), "{found}");
        assert_eq!(found.code(), "COLOR_PROFILE_IGNORED");
        assert!(warning(&profile(*b"RGB ", &matrix(SRGB_PRIMARIES, &gamma(256))), Colors::Rgb).is_some());
        assert!(warning(&profile(*b"GRAY", &[(*b"kTRC", gamma(461))]), Colors::Gray).is_some());
        assert!(warning(&profile(*b"CMYK", &[]), Colors::Rgb).is_some());
        assert!(warning(b"no profile", Colors::Rgb).is_some());
        assert!(warning(&profile(*b"RGB ", &[]), Colors::Rgb).is_some());
    }

    #[test]
    fn a_profile_that_is_cut_anywhere_is_survived() {
        let whole = profile(*b"RGB ", &matrix(SRGB_PRIMARIES, &parametric()));
        for end in 0..whole.len() {
            assert!(warning(&whole[..end], Colors::Rgb).is_some(), "{end}");
        }
    }
}
