//! Render options: validation and defaults.

use std::fmt;
use std::str::FromStr;

use chancery_proto::brief::v1::BriefContent;
use chancery_proto::names::{AttachmentName, RevisionName};
use chancery_proto::render::v1::{
    Annexes, LikelihoodDisplay, Paper, RenderFormat, RenderOptions, TextSize, Theme,
};

use crate::validate::{clean, is_part_id};
use crate::value_names::value_names;

/// Maximum length of a recipient in code points.
pub const RECIPIENT_LIMIT: usize = 200;
/// Maximum length of a watermark in code points.
pub const WATERMARK_LIMIT: usize = 100;
/// Maximum length of the name of an organisation in code points.
pub const ORGANISATION_LIMIT: usize = 200;
/// Maximum length of the footer line in code points.
pub const FOOTER_LIMIT: usize = 120;
/// Maximum number of sections in a request.
pub const SECTION_LIMIT: usize = 200;

/// Languages of the generated text.
const LANGUAGES: [&str; 4] = ["en", "ru", "fa", "ar"];

/// An option whose value is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOption {
    /// Path in `RenderOptions`, such as `theme.accent_color` or `section_ids[1]`.
    pub path: String,
    /// Message for the caller.
    pub message: String,
}

/// Validates options and returns them in canonical form, with texts in NFC. Does not check what depends on the brief or
/// the workspace.
///
/// # Errors
/// All invalid options, in the order of the proto file.
pub fn checked(options: &RenderOptions) -> Result<RenderOptions, Vec<InvalidOption>> {
    let mut canonical = options.clone();
    let mut checker = Checker { invalid: Vec::new() };
    checker.known::<RenderFormat>("format", canonical.format);
    checker.known::<Paper>("paper", canonical.paper);
    checker.locale(&canonical.locale);
    checker.known::<LikelihoodDisplay>("likelihood_display", canonical.likelihood_display);
    checker.known::<TextSize>("text_size", canonical.text_size);
    if let Some(theme) = &mut canonical.theme {
        checker.theme(theme);
    }
    checker.text("recipient", &mut canonical.recipient, RECIPIENT_LIMIT);
    checker.text("watermark", &mut canonical.watermark, WATERMARK_LIMIT);
    checker.sections(&canonical.section_ids);
    checker.known::<Annexes>("annexes", canonical.annexes);
    checker.comparison(&canonical.compare_to);
    if checker.invalid.is_empty() { Ok(canonical) } else { Err(checker.invalid) }
}

/// Lists the requested sections that the content does not have at its top level.
pub fn unknown_sections(options: &RenderOptions, content: &BriefContent) -> Vec<InvalidOption> {
    let exists = |id: &String| content.sections.iter().any(|section| section.id == *id);
    let unknown = options.section_ids.iter().enumerate().filter(|(_, id)| !exists(id));
    unknown
        .map(|(index, id)| InvalidOption {
            path: format!("section_ids[{index}]"),
            message: format!("the edition has no top-level section {id:?}"),
        })
        .collect()
}

/// Fills in the defaults of unset fields, except the locale, whose default depends on the brief.
#[must_use]
pub fn with_defaults(mut options: RenderOptions) -> RenderOptions {
    if options.format() == RenderFormat::Unspecified {
        options.set_format(RenderFormat::Full);
    }
    if options.paper() == Paper::Unspecified {
        options.set_paper(Paper::A4);
    }
    if options.likelihood_display() == LikelihoodDisplay::Unspecified {
        options.set_likelihood_display(LikelihoodDisplay::AsWritten);
    }
    if options.text_size() == TextSize::Unspecified {
        options.set_text_size(TextSize::Normal);
    }
    if options.annexes() == Annexes::Unspecified {
        let is_full = options.format() == RenderFormat::Full;
        options.set_annexes(if is_full { Annexes::With } else { Annexes::Without });
    }
    // An empty theme prints like none, and so must have the same render key.
    options.theme = options.theme.filter(|theme| *theme != Theme::default());
    options
}

struct Checker {
    invalid: Vec<InvalidOption>,
}

impl Checker {
    fn refuse(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.invalid.push(InvalidOption { path: path.into(), message: message.into() });
    }

    /// Rejects unknown values, which would otherwise print as the default.
    fn known<E: TryFrom<i32>>(&mut self, path: &str, value: i32) {
        if E::try_from(value).is_err() {
            self.refuse(
                path,
                format!("{value} is not a known value; expected one of {}", value_names::<E>()),
            );
        }
    }

    fn locale(&mut self, locale: &str) {
        let mut parts = locale.split('-');
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_region = |part: &str| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
                || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let rest = (parts.next(), parts.next());
        let is_known =
            LANGUAGES.contains(&language.as_str()) && (rest.0.is_none_or(is_region) && rest.1.is_none());
        if !locale.is_empty() && !is_known {
            self.refuse(
                "locale",
                "expected \"en\", \"ru\", \"fa\" or \"ar\", with or without a region, such as \"fa-IR\"",
            );
        }
    }

    /// Checks the form of the name. Which revisions the caller may compare with depends on the brief.
    fn comparison(&mut self, name: &str) {
        if !name.is_empty()
            && let Err(error) = name.parse::<RevisionName>()
        {
            self.refuse("compare_to", format!("{error}; leave it empty to compare with the parent revision"));
        }
    }

    fn theme(&mut self, theme: &mut Theme) {
        if !theme.accent_color.is_empty() {
            match theme.accent_color.parse::<Rgb>() {
                Ok(color) if color.is_legible_on_white() => theme.accent_color = color.to_string(),
                Ok(color) => self.refuse("theme.accent_color", color.contrast_message()),
                Err(error) => self.refuse("theme.accent_color", error.to_string()),
            }
        }
        if !theme.logo.is_empty() {
            if let Err(error) = theme.logo.parse::<AttachmentName>() {
                self.refuse("theme.logo", error.to_string());
            }
            if theme.organisation.is_empty() {
                self.refuse("theme.organisation", "required with a logo, as its alternative text");
            }
        }
        self.text("theme.organisation", &mut theme.organisation, ORGANISATION_LIMIT);
        self.text("theme.footer", &mut theme.footer, FOOTER_LIMIT);
    }

    fn text(&mut self, path: &str, text: &mut String, limit: usize) {
        match clean(text) {
            Ok(cleaned) if cleaned.chars().count() > limit => {
                self.refuse(path, format!("at most {limit} code points"));
            }
            Ok(cleaned) if !text.is_empty() && cleaned.trim().is_empty() => {
                self.refuse(path, "contains only white space");
            }
            Ok(cleaned) => *text = cleaned.into_owned(),
            Err(message) => self.refuse(path, message),
        }
    }

    fn sections(&mut self, ids: &[String]) {
        if ids.len() > SECTION_LIMIT {
            return self.refuse("section_ids", format!("at most {SECTION_LIMIT} sections"));
        }
        for (index, id) in ids.iter().enumerate() {
            let path = || format!("section_ids[{index}]");
            if !is_part_id(id) {
                self.refuse(path(), "expected a section id matching [A-Za-z][A-Za-z0-9-]{0,62}");
            } else if ids[..index].contains(id) {
                self.refuse(path(), format!("{id:?} is a duplicate: remove it"));
            }
        }
    }
}

/// An sRGB colour, written as "#rrggbb".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// The text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected \"#\" and six hexadecimal digits, such as \"#1a4f8a\"")]
pub struct ColorError;

impl Rgb {
    /// Returns whether text in this colour is legible on white: a contrast of 4.5:1 at least (WCAG 2.2, success
    /// criterion 1.4.3).
    pub fn is_legible_on_white(self) -> bool {
        // (1 + 0.05) / (luminance + 0.05) >= 4.5, in millionths.
        10 * (WHITE + FLARE) >= 45 * (self.luminance() + FLARE)
    }

    fn contrast_message(self) -> String {
        let hundredths = 100 * (WHITE + FLARE) / (self.luminance() + FLARE);
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        format!(
            "its contrast with white is {whole}.{rest:02}:1, but text needs 4.5:1: choose a darker colour"
        )
    }

    /// Returns the relative luminance (WCAG 2.2) in millionths.
    fn luminance(self) -> u32 {
        let linear = |channel: u8| LINEAR[usize::from(channel)];
        let weighted = 2126 * u64::from(linear(self.red))
            + 7152 * u64::from(linear(self.green))
            + 722 * u64::from(linear(self.blue));
        // At most a million.
        u32::try_from(weighted / 10_000).unwrap_or(WHITE)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl FromStr for Rgb {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        let digits = text.strip_prefix('#').ok_or(ColorError)?;
        let mut channels = [0; 3];
        hex::decode_to_slice(digits, &mut channels).map_err(|_| ColorError)?;
        let [red, green, blue] = channels;
        Ok(Self { red, green, blue })
    }
}

/// Luminance of white in millionths.
const WHITE: u32 = 1_000_000;
/// Luminance that WCAG adds for ambient light, in millionths.
const FLARE: u32 = 50_000;

/// The linear light of each sRGB channel value in millionths: with c = value / 255, c / 12.92 up to 0.04045, above it
/// ((c + 0.055) / 1.055) to the power of 2.4 (WCAG 2.2, relative luminance).
#[rustfmt::skip]
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125,
    2_428, 2_732, 3_035, 3_347, 3_677, 4_025, 4_391, 4_777,
    5_182, 5_605, 6_049, 6_512, 6_995, 7_499, 8_023, 8_568,
    9_134, 9_721, 10_330, 10_960, 11_612, 12_286, 12_983, 13_702,
    14_444, 15_209, 15_996, 16_807, 17_642, 18_500, 19_382, 20_289,
    21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426,
    29_557, 30_713, 31_896, 33_105, 34_340, 35_601, 36_889, 38_204,
    39_546, 40_915, 42_311, 43_735, 45_186, 46_665, 48_172, 49_707,
    51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010,
    64_803, 66_626, 68_478, 70_360, 72_272, 74_214, 76_185, 78_187,
    80_220, 82_283, 84_376, 86_500, 88_656, 90_842, 93_059, 95_307,
    97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435,
    116_971, 119_538, 122_139, 124_772, 127_438, 130_136, 132_868, 135_633,
    138_432, 141_263, 144_128, 147_027, 149_960, 152_926, 155_926, 158_961,
    162_029, 165_132, 168_269, 171_441, 174_647, 177_888, 181_164, 184_475,
    187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231,
    215_861, 219_526, 223_228, 226_966, 230_740, 234_551, 238_398, 242_281,
    246_201, 250_158, 254_152, 258_183, 262_251, 266_356, 270_498, 274_677,
    278_894, 283_149, 287_441, 291_771, 296_138, 300_544, 304_987, 309_469,
    313_989, 318_547, 323_143, 327_778, 332_452, 337_164, 341_914, 346_704,
    351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690,
    434_154, 439_657, 445_201, 450_786, 456_411, 462_077, 467_784, 473_531,
    479_320, 485_150, 491_021, 496_933, 502_886, 508_881, 514_918, 520_996,
    527_115, 533_276, 539_479, 545_724, 552_011, 558_340, 564_712, 571_125,
    577_580, 584_078, 590_619, 597_202, 603_827, 610_496, 617_207, 623_960,
    630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542,
    686_685, 693_872, 701_102, 708_376, 715_694, 723_055, 730_461, 737_910,
    745_404, 752_942, 760_525, 768_151, 775_822, 783_538, 791_298, 799_103,
    806_952, 814_847, 822_786, 830_770, 838_799, 846_873, 854_993, 863_157,
    871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111,
    938_686, 947_307, 955_973, 964_686, 973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::Section;
    use chancery_proto::render::v1::RenderOptions;

    use super::{
        Annexes, BriefContent, LINEAR, RenderFormat, Rgb, Theme, WHITE, checked, unknown_sections,
        with_defaults,
    };

    fn paths(options: &RenderOptions) -> Vec<String> {
        checked(options).unwrap_err().into_iter().map(|option| option.path).collect()
    }

    fn logo() -> String {
        format!("workspaces/default/attachments/{}", "a".repeat(64))
    }

    #[test]
    fn default_options_are_valid() {
        assert_eq!(checked(&RenderOptions::default()), Ok(RenderOptions::default()));
    }

    #[test]
    fn unknown_values_are_refused() {
        let options = RenderOptions {
            format: 9,
            paper: 9,
            likelihood_display: 9,
            text_size: 9,
            annexes: 9,
            ..Default::default()
        };
        assert_eq!(paths(&options), ["format", "paper", "likelihood_display", "text_size", "annexes"]);
    }

    #[test]
    fn a_locale_is_a_supported_language_with_or_without_a_region() {
        let with = |locale: &str| RenderOptions { locale: locale.into(), ..Default::default() };
        for locale in ["", "en", "fa-IR", "ar-001", "EN-gb"] {
            checked(&with(locale)).unwrap();
        }
        for locale in ["de", "en-", "en-x-y", "en-Latn", "english", "en_GB", "-"] {
            assert_eq!(paths(&with(locale)), ["locale"], "{locale}");
        }
    }

    #[test]
    fn texts_are_bounded_without_controls_and_in_nfc() {
        let recipient = |text: &str| RenderOptions { recipient: text.into(), ..Default::default() };
        assert_eq!(checked(&recipient("Rene\u{301}")).unwrap().recipient, "René");
        checked(&recipient(&"é".repeat(200))).unwrap();
        for text in [&"a".repeat(201), "a\nb", "a\u{202e}b", " "] {
            assert_eq!(paths(&recipient(text)), ["recipient"], "{text:?}");
        }
        let theme = Theme { organisation: "a".repeat(201), footer: "a".repeat(121), ..Default::default() };
        let options = RenderOptions { theme: Some(theme), watermark: "a".repeat(101), ..Default::default() };
        assert_eq!(paths(&options), ["theme.organisation", "theme.footer", "watermark"]);
    }

    #[test]
    fn a_theme_has_a_legible_accent_and_an_organisation_with_its_logo() {
        let with = |theme: Theme| RenderOptions { theme: Some(theme), ..Default::default() };
        let accent = |color: &str| with(Theme { accent_color: color.into(), ..Default::default() });
        // The well-known pair on both sides of 4.5:1 (4.54 and 4.48).
        checked(&accent("#767676")).unwrap();
        for color in ["#777777", "#FFFF00", "1a4f8a", "#1a4f8", "#1a4f8g", "#1a4f8a0", "#é4f8"] {
            assert_eq!(paths(&accent(color)), ["theme.accent_color"], "{color}");
        }
        assert!(checked(&accent("#777777")).unwrap_err()[0].message.contains("4.47:1"));
        assert_eq!(paths(&with(Theme { logo: logo(), ..Default::default() })), ["theme.organisation"]);
        let named = Theme { logo: "logo.png".into(), organisation: "A desk".into(), ..Default::default() };
        assert_eq!(paths(&with(named)), ["theme.logo"]);
    }

    #[test]
    fn a_comparison_names_a_revision() {
        let with = |name: &str| RenderOptions { compare_to: name.into(), ..Default::default() };
        checked(&with("workspaces/default/briefs/b1/revisions/1")).unwrap();
        for name in ["1", "b1", "workspaces/default/briefs/b1", "workspaces/default/briefs/b1/revisions/0"] {
            assert_eq!(paths(&with(name)), ["compare_to"], "{name}");
        }
    }

    #[test]
    fn sections_are_unique_ids() {
        let with = |ids: &[&str]| RenderOptions {
            section_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        assert_eq!(
            paths(&with(&["a", "b", "a", "", "c d"])),
            ["section_ids[2]", "section_ids[3]", "section_ids[4]"]
        );
        let sections = vec![Section { id: "a".into(), ..Default::default() }];
        let content = BriefContent { sections, ..Default::default() };
        let unknown = unknown_sections(&with(&["a", "b"]), &content);
        assert_eq!(unknown.iter().map(|option| option.path.as_str()).collect::<Vec<_>>(), ["section_ids[1]"]);
    }

    #[test]
    fn annexes_default_by_format_and_the_locale_has_no_default() {
        let full = with_defaults(RenderOptions { theme: Some(Theme::default()), ..Default::default() });
        assert_eq!((full.format(), full.annexes()), (RenderFormat::Full, Annexes::With));
        assert_eq!((full.locale.as_str(), full.theme.clone()), ("", None));
        let standard = RenderOptions { format: RenderFormat::Standard.into(), ..Default::default() };
        assert_eq!(with_defaults(standard).annexes(), Annexes::Without);
        assert_eq!(with_defaults(full.clone()), full);
    }

    #[test]
    fn linear_light_increases_with_the_channel() {
        assert!(LINEAR.is_sorted() && LINEAR[0] == 0 && LINEAR[255] == WHITE);
        let white = Rgb { red: 255, green: 255, blue: 255 };
        assert_eq!((white.luminance(), white.to_string().as_str()), (WHITE, "#ffffff"));
    }
}
