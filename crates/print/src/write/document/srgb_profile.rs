//! The sRGB profile of the output intent (ISO 19005-2, 6.2.3): an ICC version 2 display profile with three primaries and
//! one tone curve (ICC.1:2001-04). It was made for this project from the numbers of IEC 61966-2-1 and is in the public
//! domain.

/// The bytes of the colour profile that every file has.
pub const SRGB: &[u8] = include_bytes!("../../../../../assets/color/srgb.icc");

#[cfg(test)]
mod tests {
    use super::SRGB;

    /// Returns the bytes of a tag's data.
    fn tag(name: [u8; 4]) -> &'static [u8] {
        let number = |at: usize| u32::from_be_bytes(SRGB[at..at + 4].try_into().unwrap()) as usize;
        let entry = (0..number(128)).map(|index| 132 + index * 12).find(|at| SRGB[*at..at + 4] == name);
        let entry = entry.expect("the profile has the tag");
        &SRGB[number(entry + 4)..][..number(entry + 8)]
    }

    #[test]
    fn the_profile_is_an_rgb_display_profile_that_states_its_own_size() {
        assert_eq!(u32::from_be_bytes(SRGB[..4].try_into().unwrap()) as usize, SRGB.len());
        assert_eq!((&SRGB[12..24], &SRGB[36..40]), (&b"mntrRGB XYZ "[..], &b"acsp"[..]));
    }

    #[test]
    fn the_tone_curve_matches_srgb_at_known_points() {
        // IEC 61966-2-1: 128/255 is 0.215861 of full light, 10/255 is 0.003035.
        for name in [*b"rTRC", *b"gTRC", *b"bTRC"] {
            let curve = tag(name);
            let point = |index: usize| u16::from_be_bytes(curve[12 + index * 2..][..2].try_into().unwrap());
            assert_eq!([0, 10, 128, 255].map(point), [0, 199, 14_146, 65_535]);
        }
    }
}
