//! Vector drawings between `q` and `Q`, clipped to a rectangle.

use crate::content::operands::{Numbers, dashes};
use crate::syntax::cursor::{Cursor, Mismatch};

/// Maximum number of operators of a drawing.
const MOST: usize = 4_000_000;

/// Reads a drawing after its `q`, up to its `Q`. Returns the rectangle to which it is clipped.
pub(super) fn read(cursor: &mut Cursor) -> Result<[i64; 4], Mismatch> {
    let numbers = Numbers::read(cursor)?;
    let rect = numbers.exactly().ok_or(cursor.mismatch("a drawing is not clipped to a rectangle"))?;
    cursor.expect(b"re\nW\nn\n", "a drawing is not clipped to a rectangle")?;
    for _ in 0..MOST {
        if cursor.skip(b"Q\n") {
            return Ok(rect);
        }
        operator(cursor)?;
    }
    Err(cursor.mismatch("a drawing has too many operators"))
}

fn operator(cursor: &mut Cursor) -> Result<(), Mismatch> {
    if cursor.skip(b"[") {
        dashes(cursor)?;
        cursor.expect(b" ", "a dash pattern is not followed by its offset")?;
        Numbers::read(cursor)?;
        return cursor.expect(b"d\n", "a dash pattern is not followed by its operator");
    }
    let before = *cursor;
    let numbers = Numbers::read(cursor)?;
    let operators: &[&[u8]] = match numbers.as_slice().len() {
        0 => &[b"h\n", b"f\n", b"f*\n", b"B\n", b"B*\n", b"S\n", b"n\n"],
        1 => &[b"w\n", b"J\n", b"j\n", b"M\n"],
        2 => &[b"m\n", b"l\n"],
        3 => &[b"rg\n", b"RG\n"],
        6 => &[b"c\n"],
        _ => &[],
    };
    if operators.iter().any(|operator| cursor.skip(operator)) {
        return Ok(());
    }
    Err(Mismatch {
        code: "FOREIGN_OPERATOR",
        ..before.mismatch("a drawing has an operator that the printer does not write")
    })
}
