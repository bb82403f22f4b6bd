//! Colours as files state them.

use crate::graphics::Color;

/// Returns a colour as files state it.
pub(super) fn file_color(color: Color) -> [i64; 3] {
    [color.0, color.1, color.2].map(|part| (i64::from(part) * 1000 + 127) / 255)
}
