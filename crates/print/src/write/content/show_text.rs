//! Text-showing operators (ISO 32000-1, 9.4.3). Runs are written from left to right, as readers without tags expect;
//! they reorder right-to-left text themselves. Readers of tags do not, so each cluster of a right-to-left run is a
//! marked-content sequence of its own, and the structure tree lists them in logical order.

use std::ops::Range;

use crate::fonts::FaceId;
use crate::pages::{ActualText, Glyph, GlyphRun};
use crate::write::WriteError;
use crate::write::content::bounding_box::{milli, units};
use crate::write::content::marked_content::MarkedContent;
use crate::write::file::syntax;
use crate::write::fonts::character_codes::{mappable, speaks_for_itself};
use crate::write::fonts::font_book::{FaceInUse, FontBook};
use crate::write::fonts::font_metrics::{resource_name, rounded};

/// Text state (9.3), which persists across text objects, and the line origin, which does not.
#[derive(Default)]
pub(crate) struct Cursor {
    font: Option<(FaceId, i64)>,
    letterspace: i64,
    /// Last value of `Tz` in 1/1000 percent; `None` is the initial 100 %.
    expansion: Option<u32>,
    line: (i64, i64),
    last: Option<LastArray>,
}

/// The last `TJ` array.
struct LastArray {
    /// Length of the content behind it; nothing else may have been written since.
    end: usize,
    /// Pen position from the line's origin, before scaling.
    pen: i64,
    array_state: ArrayState,
}

impl Cursor {
    /// Resets the line origin: `BT` sets the text line matrix to the identity.
    pub(crate) fn begin_text_object(&mut self) {
        self.line = (0, 0);
    }

    /// Reopens the last array for a run that continues it with the same state, line and sequence. Returns the run's
    /// origin and the pen position, both from the line's origin, and the state in which the array was closed.
    fn continued(&mut self, out: &mut Vec<u8>, run: &GlyphRun, size: i64) -> Option<(i64, i64, ArrayState)> {
        let LastArray { end, pen, array_state } = self.last.take()?;
        let same_state = self.font == Some((run.face, size))
            && self.letterspace == milli(run.letterspace)
            && self.expansion.unwrap_or(100_000) == run.expansion;
        if !same_state || end != out.len() || milli(run.y) != self.line.1 || run.expansion == 0 {
            return None;
        }
        let ahead = nano(units(run.x)).saturating_sub(self.line.0.saturating_mul(1_000_000));
        let base = i128::from(ahead) * 100_000 / i128::from(run.expansion);
        let base = i64::try_from(base).ok()?;
        // More than an em apart, other content is between the runs.
        if (base - pen).abs() > size.saturating_mul(1_000_000) {
            return None;
        }
        out.truncate(
            end - if array_state == ArrayState::String { CLOSED_STRING.len() } else { CLOSED_ARRAY.len() },
        );
        Some((base, pen, array_state))
    }
}

/// Writes a run.
pub(crate) fn show(
    out: &mut Vec<u8>,
    cursor: &mut Cursor,
    sequence: &mut MarkedContent,
    fonts: &mut FontBook,
    page: usize,
    run: &GlyphRun,
) -> Result<(), WriteError> {
    let size = milli(run.size);
    if size <= 0 {
        return Err(WriteError::Size { page });
    }
    let face = fonts.face(run.face)?;
    let origins = origins(run);
    let (clusters, right_to_left) = clusters(run, page)?;
    let joined = if right_to_left { None } else { cursor.continued(out, run, size) };
    if joined.is_none() {
        set_state(out, cursor, run, size);
    }
    let (base, pen, array_state) = joined.unwrap_or((0, 0, ArrayState::Outside));
    let mut line = RunWriter {
        out,
        sequence,
        face,
        page,
        size,
        letterspace: cursor.letterspace,
        base,
        pen,
        rise: 0,
        array_state,
        actual_text_end: None,
    };
    let first_rank = line.sequence.next_rank();
    let mut actual_texts = run.actual_texts.iter().filter(|_| !right_to_left).peekable();
    for cluster in &clusters {
        if let Some(actual) = actual_texts.next_if(|actual| actual.glyphs.start == cluster.glyphs.start) {
            line.begin_actual_text(actual)?;
        }
        if right_to_left {
            line.close();
            line.sequence.split(line.out, first_rank + cluster.place);
        }
        line.cluster(run, &origins, cluster)?;
        line.end_actual_text(cluster.glyphs.end);
    }
    if right_to_left {
        line.close();
        line.sequence.split_end(line.out);
    }
    cursor.last = line.end().filter(|_| !right_to_left);
    Ok(())
}

fn set_state(out: &mut Vec<u8>, cursor: &mut Cursor, run: &GlyphRun, size: i64) {
    if cursor.font != Some((run.face, size)) {
        cursor.font = Some((run.face, size));
        syntax::name(out, resource_name(run.face).as_bytes());
        out.push(b' ');
        syntax::milli(out, size);
        out.extend_from_slice(b" Tf\n");
    }
    let letterspace = milli(run.letterspace);
    if cursor.letterspace != letterspace {
        cursor.letterspace = letterspace;
        syntax::milli(out, letterspace);
        out.extend_from_slice(b" Tc\n");
    }
    if cursor.expansion.unwrap_or(100_000) != run.expansion {
        cursor.expansion = Some(run.expansion);
        syntax::milli(out, i64::from(run.expansion));
        out.extend_from_slice(b" Tz\n");
    }
    let (x, y) = (milli(run.x), milli(run.y));
    syntax::milli(out, x - cursor.line.0);
    out.push(b' ');
    syntax::milli(out, y - cursor.line.1);
    out.extend_from_slice(b" Td\n");
    cursor.line = (x, y);
}

/// Returns each glyph's origin relative to the run's, before scaling, in [`units`].
fn origins(run: &GlyphRun) -> Vec<i64> {
    let letterspace = units(run.letterspace);
    let mut x = 0_i64;
    run.glyphs
        .iter()
        .map(|glyph| {
            let origin = x;
            x = x.saturating_add(units(glyph.advance)).saturating_add(letterspace);
            origin
        })
        .collect()
}

/// Adjacent glyphs of one cluster.
struct Cluster<'a> {
    glyphs: Range<usize>,
    text: &'a str,
    /// Its rank in logical order among the run's clusters.
    place: usize,
    /// Whether its script is written from right to left.
    right_to_left: bool,
}

/// Returns the run's clusters in visual order, and whether that differs from their logical order.
fn clusters(run: &GlyphRun, page: usize) -> Result<(Vec<Cluster<'_>>, bool), WriteError> {
    let mut clusters = Vec::with_capacity(run.glyphs.len());
    let mut first = 0;
    for group in run.glyphs.chunk_by(|before, after| before.cluster == after.cluster) {
        let range = &group[0].cluster;
        let text = run.text.get(range.start as usize..range.end as usize);
        let text = text.ok_or(WriteError::Cluster { page, start: range.start, end: range.end })?;
        let right_to_left = text.chars().next().is_some_and(is_right_to_left);
        clusters.push(Cluster {
            glyphs: first..first + group.len(),
            text,
            place: clusters.len(),
            right_to_left,
        });
        first += group.len();
    }
    let start = |cluster: &Cluster| run.glyphs[cluster.glyphs.start].cluster.start;
    if clusters.is_sorted_by_key(start) {
        return Ok((clusters, false));
    }
    let mut logical: Vec<usize> = (0..clusters.len()).collect();
    logical.sort_by_key(|&index| start(&clusters[index]));
    for (place, index) in logical.into_iter().enumerate() {
        clusters[index].place = place;
    }
    Ok((clusters, true))
}

/// Returns whether a character belongs to a right-to-left script (by Unicode blocks).
const fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

const CLOSED_ARRAY: &[u8] = b"]TJ\n";
const CLOSED_STRING: &[u8] = b")]TJ\n";

/// Position of the writer relative to a `TJ` array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ArrayState {
    Outside,
    Array,
    String,
}

/// Writer of one run. Positions are in 1/1,000,000,000 pt: advances (1/1,000,000 em) times sizes (1/1000 pt) are
/// integers in that unit, so the writer knows a reader's pen position exactly and no error accumulates.
struct RunWriter<'a, 'b> {
    out: &'a mut Vec<u8>,
    sequence: &'a mut MarkedContent<'b>,
    face: &'a mut FaceInUse,
    page: usize,
    size: i64,
    letterspace: i64,
    /// The run's origin from the line's origin.
    base: i64,
    pen: i64,
    rise: i64,
    array_state: ArrayState,
    /// The glyph at which the text that replaces those of several clusters ends.
    actual_text_end: Option<usize>,
}

impl RunWriter<'_, '_> {
    /// Begins glyphs whose text is replaced.
    fn begin_actual_text(&mut self, actual: &ActualText) -> Result<(), WriteError> {
        self.close();
        self.sequence.begin_actual_text(self.out, &actual.text)?;
        self.actual_text_end = Some(actual.glyphs.end);
        Ok(())
    }

    /// Ends them after the glyph before `glyph`.
    fn end_actual_text(&mut self, glyph: usize) {
        if self.actual_text_end.take_if(|end| *end <= glyph).is_some() {
            self.close();
            self.sequence.end_actual_text(self.out);
        }
    }

    fn cluster(&mut self, run: &GlyphRun, origins: &[i64], cluster: &Cluster) -> Result<(), WriteError> {
        let text = cluster.text;
        let speaks = speaks_for_itself(text);
        // Fast path: most clusters are one glyph for one character.
        if speaks && cluster.glyphs.len() == 1 && text.chars().nth(1).is_none() {
            let index = cluster.glyphs.start;
            return self.glyph(&run.glyphs[index], origins[index], text);
        }
        let mut order: Vec<usize> = cluster.glyphs.clone().collect();
        if cluster.right_to_left {
            order.reverse();
        }
        if speaks && order.len() > 1 && text.chars().count() == order.len() {
            for (&index, character) in order.iter().zip(text.chars()) {
                self.glyph(&run.glyphs[index], origins[index], character.encode_utf8(&mut [0; 4]))?;
            }
            return Ok(());
        }
        let replaced = self.actual_text_end.is_some();
        let actual_text = !replaced && !text.is_empty() && (!speaks || order.len() > 1);
        if actual_text {
            self.close();
            self.sequence.begin_actual_text(self.out, text)?;
        }
        // Not every reader supports `ActualText`: the first glyph maps to the whole text, the others to an invisible
        // mark.
        let invisible_mark = if cluster.right_to_left { "\u{61C}" } else { "\u{200E}" };
        let first = mappable(text, invisible_mark);
        for (nth, &index) in order.iter().enumerate() {
            self.glyph(&run.glyphs[index], origins[index], if nth == 0 { &first } else { invisible_mark })?;
        }
        if actual_text {
            self.close();
            self.sequence.end_actual_text(self.out);
        }
        Ok(())
    }

    fn glyph(&mut self, glyph: &Glyph, origin: i64, text: &str) -> Result<(), WriteError> {
        let face = self.face.face;
        // `.notdef` must not be shown (ISO 19005-2, 6.2.11.8).
        if glyph.id == 0 {
            return Err(WriteError::NotDef { page: self.page, face, text: text.to_owned() });
        }
        let unknown = || WriteError::UnknownGlyph { page: self.page, face, glyph: glyph.id };
        let advance = self.face.metrics.advance(glyph.id).ok_or_else(unknown)?;
        let code = self.face.codes.code(face, glyph.id, text)?;
        self.rise_to(milli(glyph.offset.1));
        self.move_to(nano(origin.saturating_add(units(glyph.offset.0))).saturating_add(self.base));
        if self.array_state == ArrayState::Outside {
            self.sequence.open(self.out);
        }
        self.show(code);
        let moved =
            advance.saturating_mul(self.size).saturating_add(self.letterspace.saturating_mul(1_000_000));
        self.pen = self.pen.saturating_add(moved);
        Ok(())
    }

    fn rise_to(&mut self, rise: i64) {
        if self.rise != rise {
            self.close();
            self.rise = rise;
            syntax::milli(self.out, rise);
            self.out.extend_from_slice(b" Ts\n");
        }
    }

    /// Moves the pen. A number in `TJ` moves it back by thousandths of the size.
    fn move_to(&mut self, target: i64) {
        let step = self.size.saturating_mul(1000);
        let back = rounded(self.pen.saturating_sub(target), step);
        if back == 0 {
            return;
        }
        match self.array_state {
            ArrayState::Outside => {
                self.sequence.open(self.out);
                self.out.push(b'[');
            }
            ArrayState::Array => self.out.push(b' '),
            ArrayState::String => self.out.push(b')'),
        }
        self.array_state = ArrayState::Array;
        syntax::integer(self.out, back);
        self.pen = self.pen.saturating_sub(back.saturating_mul(step));
    }

    fn show(&mut self, code: u16) {
        match self.array_state {
            ArrayState::Outside => self.out.extend_from_slice(b"[("),
            ArrayState::Array => self.out.push(b'('),
            ArrayState::String => {}
        }
        self.array_state = ArrayState::String;
        for byte in code.to_be_bytes() {
            syntax::string_byte(self.out, byte);
        }
    }

    fn close(&mut self) {
        match self.array_state {
            ArrayState::Outside => {}
            ArrayState::Array => self.out.extend_from_slice(CLOSED_ARRAY),
            ArrayState::String => self.out.extend_from_slice(CLOSED_STRING),
        }
        self.array_state = ArrayState::Outside;
    }

    /// Closes the array; returns it if a later run may reopen it.
    fn end(mut self) -> Option<LastArray> {
        let (array_state, raised) = (self.array_state, self.rise != 0);
        self.close();
        self.rise_to(0);
        let open = array_state != ArrayState::Outside && !raised;
        open.then_some(LastArray { end: self.out.len(), pen: self.pen, array_state })
    }
}

/// Converts units of 1/65,536 pt to 1/1,000,000,000 pt, clamped to nine million points.
fn nano(units: i64) -> i64 {
    const LIMIT: i64 = 9_000_000 * 65_536;
    let units = i128::from(units.clamp(-LIMIT, LIMIT));
    i64::try_from(units * 1_953_125 / 128).unwrap_or(0)
}
