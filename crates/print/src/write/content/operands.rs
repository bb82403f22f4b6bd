//! Operands of content-stream operators.

use crate::graphics::Color;
use crate::write::file::syntax;

pub(crate) fn operands(out: &mut Vec<u8>, values: &[i64]) {
    for &value in values {
        syntax::milli(out, value);
        out.push(b' ');
    }
}

/// Writes colour components as decimals with three places, which is finer than 1/255.
pub(crate) fn color_operands(out: &mut Vec<u8>, Color(red, green, blue): Color) {
    operands(out, &[red, green, blue].map(|part| (i64::from(part) * 1000 + 127) / 255));
}
