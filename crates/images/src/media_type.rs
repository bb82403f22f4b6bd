//! Media types of images.

use std::fmt;
use std::str::FromStr;

/// A media type that figures and themes may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// `image/png` (ISO/IEC 15948).
    Png,
    /// `image/jpeg` (ISO/IEC 10918-1), baseline or progressive.
    Jpeg,
    /// `image/svg+xml`.
    Svg,
}

/// A text that is not an accepted media type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of image/png, image/jpeg, image/svg+xml")]
pub struct MediaTypeError;

impl MediaType {
    /// Returns its name, such as `image/png`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Svg => "image/svg+xml",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Svg => "SVG",
        })
    }
}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        let all = [Self::Png, Self::Jpeg, Self::Svg];
        all.into_iter().find(|media_type| media_type.as_str() == text).ok_or(MediaTypeError)
    }
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    #[test]
    fn media_types_parse_from_their_names() {
        for media_type in [MediaType::Png, MediaType::Jpeg, MediaType::Svg] {
            assert_eq!(media_type.as_str().parse(), Ok(media_type));
        }
        assert!("image/gif".parse::<MediaType>().is_err());
    }
}
