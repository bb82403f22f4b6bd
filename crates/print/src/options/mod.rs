//! Print options and limits.

pub(crate) mod from_request;

use chancery_images::{MAX_FILE_BYTES, MAX_PIXELS};

use crate::graphics::Color;

/// Options of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// The sort of document.
    pub format: Format,
    /// The paper.
    pub paper: Paper,
    /// The size of the type.
    pub text_size: TextSize,
    /// Language of the printer's labels. `None` uses the brief's language if the printer has labels in it, else
    /// English.
    pub locale: Option<Locale>,
    /// How likelihoods are displayed.
    pub likelihood: LikelihoodDisplay,
    /// The organisation's look.
    pub theme: Theme<'a>,
    /// Recipient of this copy; empty for none.
    pub recipient: &'a str,
    /// Text painted behind the content of every page; empty for none.
    pub watermark: &'a str,
    /// The ids of the top-level sections to print; empty for all.
    pub sections: &'a [String],
    /// Whether annexes are printed; none leaves it to the format.
    pub annexes: Option<bool>,
    /// Whether the edition is attached as JSON: the file is PDF/A-3a then.
    pub attach_data: bool,
    /// Whether the ids of statements and other parts are printed. Otherwise ids exist only as destinations, and
    /// references name a part by its visible text.
    pub show_ids: bool,
}

/// Sorts of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Everything, with cover, contents and annexes.
    #[default]
    Full,
    /// Bottom line, key judgments, changes, body and endnotes.
    Standard,
    /// One page.
    OnePage,
}

/// Paper sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// 210 x 297 mm.
    #[default]
    A4,
    /// 8.5 x 11 in.
    Letter,
}

/// Sizes of type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// 10 on 14 points, with a side column.
    #[default]
    Normal,
    /// Large print: 14 on 20 points, one column.
    Large,
}

/// Languages of the printer's labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English.
    English,
    /// Russian.
    Russian,
    /// Persian.
    Persian,
    /// Arabic.
    Arabic,
}

impl Locale {
    /// Returns the locale of a BCP 47 tag, or `None` if the printer has no labels in its language.
    pub fn of(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "ru" => Some(Self::Russian),
            "fa" => Some(Self::Persian),
            "ar" => Some(Self::Arabic),
            _ => None,
        }
    }

    /// Returns the language's BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
            Self::Persian => "fa",
            Self::Arabic => "ar",
        }
    }
}

/// How likelihoods are displayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LikelihoodDisplay {
    /// The stored term with its percentages.
    #[default]
    AsWritten,
    /// Adds the ICD 203 term to a term of another scale.
    Icd203,
    /// Adds the PHIA term to a term of another scale.
    Phia,
    /// Percentages only.
    Numbers,
}

/// An organisation's look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme<'a> {
    /// The one accent colour; none for the printer's own.
    pub accent: Option<Color>,
    /// The logo on the first page: its digest in [`crate::Edition::images`]; empty for none.
    pub logo: &'a str,
    /// The organisation's name; empty when it has none.
    pub organisation: &'a str,
    /// A line in every page's footer; empty for none.
    pub footer: &'a str,
}

/// Resource limits of a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of pages.
    pub max_pages: u32,
    /// Maximum number of pixels of an image.
    pub max_image_pixels: u64,
    /// Maximum size of an image file in bytes.
    pub max_image_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pages: 2_000, max_image_pixels: MAX_PIXELS, max_image_bytes: MAX_FILE_BYTES }
    }
}

impl Limits {
    /// Returns the limits of an image.
    pub(crate) const fn images(&self) -> chancery_images::Limits {
        chancery_images::Limits { max_bytes: self.max_image_bytes, max_pixels: self.max_image_pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn a_region_does_not_change_the_language() {
        assert_eq!(Locale::of("fa-IR"), Some(Locale::Persian));
        assert_eq!(Locale::of("EN"), Some(Locale::English));
        assert_eq!(Locale::of("de"), None);
        assert_eq!(Locale::of(""), None);
    }
}
