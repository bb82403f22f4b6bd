//! Text state (ISO 32000-1, 9.3) and text-showing arrays, with the exact pen position of a reader.

use crate::content::fonts::Fonts;
use crate::content::palette::{is_legible_on_black, is_legible_on_paper};
use crate::content::sequences::{ArtifactKind, FileColor, Mark, Shown};
use crate::syntax::cursor::{Cursor, Mismatch};

/// Smallest type size: 4 points.
const SMALLEST: i64 = 4_000;
/// Smallest type size of a watermark, whose colour is pale.
const SMALLEST_WATERMARK: i64 = 8_000;
/// Range of horizontal scaling in 1/1000 percent.
const SCALING: std::ops::RangeInclusive<i64> = 97_000..=103_000;
/// Largest move of the pen in one step, in thousandths of an em.
const LONGEST_MOVE: i64 = 40_000;

/// Parameters that persist across text objects, and the origin of the line, which does not.
pub(super) struct TextState {
    font: Option<(usize, i64)>,
    letterspace: i64,
    scaling: i64,
    rise: i64,
    line: [i64; 2],
    /// The pen's distance from the line's origin in 1/1,000,000,000 pt, before scaling. Arrays continue at the pen.
    pen: i64,
    /// Whether the state changed after the line's origin was set, so that the pen's position is not known.
    is_lost: bool,
}

impl TextState {
    pub(super) const fn new() -> Self {
        Self { font: None, letterspace: 0, scaling: 100_000, rise: 0, line: [0, 0], pen: 0, is_lost: true }
    }

    pub(super) const fn begin_text_object(&mut self) {
        (self.line, self.pen, self.is_lost) = ([0, 0], 0, true);
    }

    pub(super) const fn rise(&self) -> i64 {
        self.rise
    }

    pub(super) const fn set_font(&mut self, font: usize, size: i64) {
        (self.font, self.is_lost) = (Some((font, size)), true);
    }

    /// Applies an operator with one number.
    pub(super) fn set(&mut self, operator: &[u8], value: i64) -> bool {
        match operator {
            b"Tc" => self.letterspace = value,
            b"Tz" if SCALING.contains(&value) => self.scaling = value,
            b"Ts" => self.rise = value,
            _ => return false,
        }
        self.is_lost |= operator != b"Ts";
        true
    }

    pub(super) const fn move_line(&mut self, [x, y]: [i64; 2]) {
        self.line = [self.line[0].saturating_add(x), self.line[1].saturating_add(y)];
        (self.pen, self.is_lost) = (0, false);
    }

    /// Shows an array after its `[`. Codes are appended to `codes`, and marked as used.
    pub(super) fn show(
        &mut self,
        cursor: &mut Cursor,
        codes: &mut Vec<u16>,
        fonts: &mut Fonts,
        (color, mark, [width, height]): (Option<FileColor>, Mark, [i64; 2]),
    ) -> Result<Shown, Mismatch> {
        let refused = |cursor: &Cursor, code, reason| Mismatch { at: cursor.position(), code, reason };
        let start = *cursor;
        let (Some((font, size)), Some(color)) = (self.font, color) else {
            return Err(refused(&start, "STATE", "text is shown without a font or a colour"));
        };
        if self.is_lost {
            return Err(refused(&start, "STATE", "text is shown without a place"));
        }
        let is_mark = mark == Mark::Artifact(ArtifactKind::Watermark);
        if size < SMALLEST || (is_mark && size < SMALLEST_WATERMARK) {
            return Err(refused(&start, "SMALL_TEXT", "text is smaller than any of the printer's"));
        }
        if !is_mark && !is_legible_on_paper(color) && !is_label(mark, color) {
            return Err(refused(&start, "PALE_TEXT", "text has a colour that cannot be read on paper"));
        }
        if self.rise.saturating_abs() > size * 2 || self.letterspace.saturating_abs() * 50 > size {
            return Err(refused(&start, "STATE", "text is raised or spaced more than the printer's"));
        }
        let first = codes.len();
        let mut pen = Pen { at: self.pen, left: i64::MAX, right: i64::MIN };
        self.array(cursor, codes, (fonts, font, size), &mut pen)?;
        self.pen = pen.at;
        let scaled = |nano: i64| nano / 1_000_000 * self.scaling / 100_000;
        let (left, right) = (self.line[0] + scaled(pen.left), self.line[0] + scaled(pen.right));
        let y = self.line[1].saturating_add(self.rise);
        // A rounding of the pen's position is far below a tenth of a point.
        let is_inside = left >= -100 && right <= width + 100 && y >= 0 && y + size / 4 <= height;
        if !is_inside {
            return Err(refused(&start, "OUTSIDE_PAGE", "text is not on its page"));
        }
        Ok(Shown { font, size, color, y, left, right, codes: first..codes.len(), actual_text: None })
    }

    fn array(
        &self,
        cursor: &mut Cursor,
        codes: &mut Vec<u16>,
        (fonts, font, size): (&mut Fonts, usize, i64),
        pen: &mut Pen,
    ) -> Result<(), Mismatch> {
        let (mut after_number, mut is_empty) = (false, true);
        let mut unescaped = Vec::new();
        while !cursor.skip(b"]") {
            if cursor.peek() == Some(b'(') {
                let at = cursor.position();
                let string = cursor.string_into(&mut unescaped)?;
                let unknown =
                    Mismatch { at, code: "UNKNOWN_CODE", reason: "a string has a code that its font lacks" };
                if string.is_empty() || string.len() % 2 != 0 {
                    return Err(unknown);
                }
                for code in string.chunks_exact(2) {
                    let code = u16::from_be_bytes([code[0], code[1]]);
                    let width = fonts.use_code(font, code).ok_or(unknown)?;
                    codes.push(code);
                    pen.show(width.saturating_mul(size), self.letterspace.saturating_mul(1_000_000));
                }
                (after_number, is_empty) = (false, false);
                continue;
            }
            if after_number {
                cursor.expect(b" ", "the numbers of an array are not separated by a space")?;
            }
            let back = cursor.integer()?;
            if back == 0 || back.abs() > LONGEST_MOVE {
                return Err(cursor.mismatch("a number of an array is zero or too large"));
            }
            pen.at = pen.at.saturating_sub(back.saturating_mul(size).saturating_mul(1000));
            after_number = true;
        }
        if is_empty || after_number {
            return Err(cursor.mismatch("an array shows nothing, or ends in a number"));
        }
        Ok(())
    }
}

/// Returns whether text is that of a marking's label: the form of a header or footer, which is proven to be on black.
fn is_label(mark: Mark, color: FileColor) -> bool {
    matches!(mark, Mark::Artifact(ArtifactKind::Header | ArtifactKind::Footer)) && is_legible_on_black(color)
}

/// The pen, with the extent of the glyphs.
struct Pen {
    at: i64,
    left: i64,
    right: i64,
}

impl Pen {
    fn show(&mut self, advance: i64, letterspace: i64) {
        let end = self.at.saturating_add(advance);
        self.left = self.left.min(self.at);
        self.right = self.right.max(end);
        self.at = end.saturating_add(letterspace);
    }
}
