//! Reads a content stream operator by operator.

use crate::content::artifact;
use crate::content::drawing;
use crate::content::fonts::Fonts;
use crate::content::operands::{Numbers, dashes};
use crate::content::sequences::{
    ArtifactKind, FileColor, Mark, Paint, PaintedDrawing, PaintedImage, PaintedPath, Segment, Sequence,
};
use crate::content::text_state::TextState;
use crate::syntax::cursor::{Cursor, Mismatch};

/// State that begins every form.
const FORM_STATE: &[u8] = b"0 Tc\n100 Tz\n[]0 d\n";

/// The part of the document whose content a stream is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A page of this size, in thousandths of a point.
    Page([i64; 2]),
    /// A form of a page of this size, painted as an artifact of this kind.
    Form([i64; 2], ArtifactKind),
}

/// The content of a page or form.
#[derive(Debug, Default)]
pub(crate) struct Painted {
    pub(crate) sequences: Vec<Sequence>,
    /// The codes of all glyphs.
    pub(crate) codes: Vec<u16>,
}

/// Reader of one stream.
pub(crate) struct Reader<'f, 's> {
    fonts: &'s mut Fonts<'f>,
    /// Number of forms and images of the file.
    objects: (usize, usize),
    size: [i64; 2],
    is_form: bool,
    painted: Painted,
    text: TextState,
    in_text: bool,
    /// Whether the last sequence is open.
    is_open: bool,
    /// The replaced text of the glyphs that follow, inside an artifact.
    replaced: Option<Box<str>>,
    fill: Option<FileColor>,
    stroke: Option<FileColor>,
    line_width: Option<i64>,
    dash: Vec<i64>,
    segments: Vec<Segment>,
}

impl<'f, 's> Reader<'f, 's> {
    /// Reads a stream to its end.
    pub(crate) fn read(
        content: &[u8],
        source: Source,
        fonts: &'s mut Fonts<'f>,
        objects: (usize, usize),
    ) -> Result<Painted, Mismatch> {
        let (Source::Page(size) | Source::Form(size, _)) = source;
        let mut reader = Self {
            fonts,
            objects,
            size,
            is_form: false,
            painted: Painted::default(),
            text: TextState::new(),
            in_text: false,
            is_open: false,
            replaced: None,
            fill: None,
            stroke: None,
            line_width: None,
            dash: Vec::new(),
            segments: Vec::new(),
        };
        let mut cursor = Cursor::new(content);
        if let Source::Form(_, kind) = source {
            cursor.expect(FORM_STATE, "a form does not begin with the state that it needs")?;
            reader.is_form = true;
            reader.begin(Mark::Artifact(kind), None, 0);
        }
        while !cursor.is_at_end() {
            let before = cursor;
            reader.operator(&mut cursor).map_err(|mismatch| located(mismatch, &before))?;
        }
        if reader.in_text || reader.is_open != reader.is_form || !reader.segments.is_empty() {
            return Err(cursor.mismatch("the content ends inside a sequence, a text or a path"));
        }
        Ok(reader.painted)
    }

    fn begin(&mut self, mark: Mark, actual_text: Option<Box<str>>, at: usize) {
        self.is_open = true;
        self.painted.sequences.push(Sequence {
            mark,
            actual_text,
            shown: Vec::new(),
            paths: Vec::new(),
            images: Vec::new(),
            drawings: Vec::new(),
            forms: Vec::new(),
            at,
        });
    }

    /// Returns the open sequence.
    fn sequence(&mut self, cursor: &Cursor) -> Result<&mut Sequence, Mismatch> {
        let untagged =
            Mismatch { code: "UNTAGGED", ..cursor.mismatch("content is neither tagged nor an artifact") };
        self.painted.sequences.last_mut().filter(|_| self.is_open).ok_or(untagged)
    }

    fn operator(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        match cursor.peek() {
            Some(b'/') => self.named(cursor),
            Some(b'[') => {
                cursor.skip(b"[");
                if self.in_text { self.show(cursor) } else { self.set_dash(cursor) }
            }
            Some(b'-' | b'0'..=b'9') => {
                let numbers = Numbers::read(cursor)?;
                self.with_numbers(cursor, &numbers)
            }
            Some(b'q') => self.saved(cursor),
            _ => self.plain(cursor),
        }
    }

    /// Reads an operator that begins with a name: a sequence, a font or a form.
    fn named(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        let at = cursor.position();
        let name = cursor.name()?;
        if cursor.starts_with(b"<<") {
            return self.begin_sequence(name, cursor, at);
        }
        cursor.expect(b" ", "a space does not follow a name")?;
        if cursor.skip(b"Do\n") {
            return self.form(name, cursor);
        }
        let size = cursor.milli()?;
        cursor.expect(b" Tf\n", "a name is not followed by an operator")?;
        let unknown = Mismatch { code: "FONT", ..cursor.mismatch("the page has no font of this name") };
        let font = self.fonts.named(name).filter(|_| self.in_text).ok_or(unknown)?;
        self.text.set_font(font, size);
        Ok(())
    }

    fn begin_sequence(&mut self, tag: &[u8], cursor: &mut Cursor, at: usize) -> Result<(), Mismatch> {
        let beginning = artifact::properties(tag, cursor)?;
        cursor.expect(b"BDC\n", "properties are not followed by a sequence")?;
        let nested = cursor.mismatch("a sequence is inside another in a way that the printer does not write");
        match beginning.mark {
            Some(mark) if !self.is_open && !self.is_form => self.begin(mark, beginning.actual_text, at),
            None if self.is_open && self.replaced.is_none() && self.is_in_artifact() && self.in_text => {
                self.replaced = beginning.actual_text;
            }
            _ => return Err(nested),
        }
        Ok(())
    }

    fn is_in_artifact(&self) -> bool {
        self.painted.sequences.last().is_some_and(|sequence| matches!(sequence.mark, Mark::Artifact(_)))
    }

    fn form(&mut self, name: &[u8], cursor: &Cursor) -> Result<(), Mismatch> {
        let foreign =
            Mismatch { code: "FOREIGN_FORM", ..cursor.mismatch("a form is not one of the page's artifacts") };
        let index = numbered(name, b'X').filter(|index| *index < self.objects.0).ok_or(foreign)?;
        let is_allowed = !self.in_text && !self.is_form;
        let sequence = self.sequence(cursor)?;
        let is_pagination =
            !matches!(sequence.mark, Mark::Tagged { .. } | Mark::Artifact(ArtifactKind::Layout));
        if !is_allowed || !is_pagination {
            return Err(foreign);
        }
        sequence.forms.push(index);
        Ok(())
    }

    fn show(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        let mark = self.sequence(cursor)?.mark;
        let Self { text, painted, fonts, fill, size, replaced, .. } = self;
        let mut shown = text.show(cursor, &mut painted.codes, fonts, (*fill, mark, *size))?;
        cursor.expect(b"TJ\n", "an array is not shown")?;
        shown.actual_text.clone_from(replaced);
        if let Some(sequence) = painted.sequences.last_mut() {
            sequence.shown.push(shown);
        }
        Ok(())
    }

    fn set_dash(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        self.dash = dashes(cursor)?;
        cursor.expect(b"0 d\n", "a dash pattern has an offset")
    }

    fn with_numbers(&mut self, cursor: &mut Cursor, numbers: &Numbers) -> Result<(), Mismatch> {
        let before = *cursor;
        let operator = word(cursor)?;
        match (operator, numbers.as_slice()) {
            (b"Tc" | b"Tz", &[value]) if self.in_text && self.text.set(operator, value) => {}
            // Raised glyphs are inside the sequence or before it.
            (b"Ts", &[value]) if self.in_text && self.text.set(operator, value) => {}
            (b"Td", &[x, y]) if self.in_text => self.text.move_line([x, y]),
            (b"rg", &[red, green, blue]) => self.fill = Some(color([red, green, blue], &before)?),
            (b"RG", &[red, green, blue]) if !self.in_text => {
                self.stroke = Some(color([red, green, blue], &before)?);
            }
            (b"w", &[width]) if !self.in_text && width >= 0 => self.line_width = Some(width),
            (b"m", &[x, y]) => self.segment(Segment::Move([x, y]), &before)?,
            (b"l", &[x, y]) => self.segment(Segment::Line([x, y]), &before)?,
            (b"c", _) => {
                let points = numbers.exactly().ok_or(foreign_operator(&before))?;
                self.segment(Segment::Curve(points), &before)?;
            }
            (b"re", _) => {
                let rect: [i64; 4] = numbers.exactly().ok_or(foreign_operator(&before))?;
                self.segment(Segment::Rect(rect), &before)?;
            }
            _ => return Err(foreign_operator(&before)),
        }
        Ok(())
    }

    fn segment(&mut self, segment: Segment, cursor: &Cursor) -> Result<(), Mismatch> {
        if self.in_text {
            return Err(cursor.mismatch("a path is inside a text"));
        }
        let begins = matches!(segment, Segment::Move(_) | Segment::Rect(_));
        if self.segments.is_empty() && !begins {
            return Err(cursor.mismatch("a path does not begin with a point"));
        }
        self.segments.push(segment);
        Ok(())
    }

    /// Reads what is between `q` and `Q`: an image or a drawing.
    fn saved(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        let foreign = foreign_operator(cursor);
        if self.in_text || !self.segments.is_empty() {
            return Err(foreign);
        }
        let start = *cursor;
        if cursor.skip(b"q\n") {
            let rect = drawing::read(cursor)?;
            self.inside(
                [rect[0], rect[1], rect[0].saturating_add(rect[2]), rect[1].saturating_add(rect[3])],
                cursor,
            )?;
            let length = cursor.position() - start.position();
            let bytes = start.rest().get(..length).unwrap_or_default().into();
            self.sequence(cursor)?.drawings.push(PaintedDrawing { rect, bytes });
            return Ok(());
        }
        cursor.expect(b"q ", "an operator is unknown").map_err(|_| foreign)?;
        let matrix: [i64; 6] = Numbers::read(cursor)?.exactly().ok_or(foreign)?;
        cursor.expect(b"cm ", "an image is not placed").map_err(|_| foreign)?;
        let image = numbered(cursor.name()?, b'I').filter(|index| *index < self.objects.1).ok_or(foreign)?;
        cursor.expect(b" Do Q\n", "an image is not painted").map_err(|_| foreign)?;
        // The unit square's edges and its corner (ISO 32000-1, 8.3.3).
        let ([across, corner], is_straight) = (
            [[matrix[0] + matrix[2], matrix[1] + matrix[3]], [matrix[4], matrix[5]]],
            (matrix[0] == 0 && matrix[3] == 0) || (matrix[1] == 0 && matrix[2] == 0),
        );
        let opposite = [corner[0].saturating_add(across[0]), corner[1].saturating_add(across[1])];
        if !is_straight {
            return Err(Mismatch { code: "IMAGE", ..cursor.mismatch("an image is slanted") });
        }
        let low = [corner[0].min(opposite[0]), corner[1].min(opposite[1])];
        let high = [corner[0].max(opposite[0]), corner[1].max(opposite[1])];
        self.inside([low[0], low[1], high[0], high[1]], cursor)?;
        self.sequence(cursor)?.images.push(PaintedImage { image, matrix });
        Ok(())
    }

    /// Refuses what is outside of the page, but for a rounding of lines at its edges.
    fn inside(&self, [left, bottom, right, top]: [i64; 4], cursor: &Cursor) -> Result<(), Mismatch> {
        let [width, height] = self.size;
        if left >= -1_000 && bottom >= -1_000 && right <= width + 1_000 && top <= height + 1_000 {
            return Ok(());
        }
        Err(Mismatch { code: "OUTSIDE_PAGE", ..cursor.mismatch("a path or image is not on its page") })
    }

    /// Reads an operator without operands.
    fn plain(&mut self, cursor: &mut Cursor) -> Result<(), Mismatch> {
        let before = *cursor;
        match word(cursor)? {
            b"BT" if !self.in_text && self.segments.is_empty() && (!self.is_open || self.is_form) => {
                self.in_text = true;
                self.text.begin_text_object();
            }
            b"ET" if self.in_text && (!self.is_open || self.is_form) && self.replaced.is_none() => {
                self.in_text = false;
            }
            b"EMC" => self.end_sequence(&before)?,
            b"h" => self.segment(Segment::Close, &before)?,
            b"f" => self.paint(&before, true)?,
            b"S" => self.paint(&before, false)?,
            _ => return Err(foreign_operator(&before)),
        }
        Ok(())
    }

    fn end_sequence(&mut self, cursor: &Cursor) -> Result<(), Mismatch> {
        if self.replaced.take().is_some() {
            return Ok(());
        }
        let wrong = cursor.mismatch("a sequence is empty, or ends where none is open");
        let raised = self.text.rise() != 0;
        let is_form = self.is_form;
        let sequence = self.sequence(cursor)?;
        let is_empty = sequence.shown.is_empty()
            && sequence.paths.is_empty()
            && sequence.images.is_empty()
            && sequence.drawings.is_empty()
            && sequence.forms.is_empty();
        if is_empty || is_form || (raised && sequence.shown.is_empty()) || !self.segments.is_empty() {
            return Err(wrong);
        }
        self.is_open = false;
        Ok(())
    }

    fn paint(&mut self, cursor: &Cursor, is_filled: bool) -> Result<(), Mismatch> {
        let state =
            Mismatch { code: "STATE", ..cursor.mismatch("a path is painted without a colour or a width") };
        let segments = std::mem::take(&mut self.segments);
        if segments.is_empty() || self.in_text {
            return Err(cursor.mismatch("there is no path to paint"));
        }
        let paint = if is_filled {
            Paint::Fill(self.fill.ok_or(state)?)
        } else {
            let (color, width) = self.stroke.zip(self.line_width).ok_or(state)?;
            Paint::Stroke { color, width, dash: self.dash.clone() }
        };
        let path = PaintedPath { segments, paint };
        self.inside(path.bounds(), cursor)?;
        self.sequence(cursor)?.paths.push(path);
        Ok(())
    }
}

/// Reads an operator with the line end after it.
fn word<'c>(cursor: &mut Cursor<'c>) -> Result<&'c [u8], Mismatch> {
    let rest = cursor.rest();
    let end = rest.iter().take(8).position(|byte| *byte == b'\n').ok_or(foreign_operator(cursor))?;
    let word = &rest[..end];
    if word.contains(&b'%') {
        return Err(Mismatch { code: "COMMENT", ..cursor.mismatch("a content stream has a comment") });
    }
    cursor.take(end + 1);
    Ok(word)
}

fn foreign_operator(cursor: &Cursor) -> Mismatch {
    let reason = "a content stream has an operator that the printer does not write here";
    Mismatch { code: "FOREIGN_OPERATOR", ..cursor.mismatch(reason) }
}

fn color(color: FileColor, cursor: &Cursor) -> Result<FileColor, Mismatch> {
    // A component is a number of 255ths, rounded as the printer rounds it.
    let is_component =
        |part: i64| (0..=1000).contains(&part) && ((part * 255 + 500) / 1000 * 1000 + 127) / 255 == part;
    if color.into_iter().all(is_component) {
        return Ok(color);
    }
    Err(Mismatch { code: "COLOR", ..cursor.mismatch("a colour is not one of 256 levels a component") })
}

/// Returns the index of a numbered name.
fn numbered(name: &[u8], letter: u8) -> Option<usize> {
    let (first, digits) = name.split_first()?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| *first == letter && digits.len() < 8)?;
    let index: usize = digits.parse().ok()?;
    (index.to_string() == digits).then_some(index)
}

/// Places a mismatch without a position of its own at the operator.
const fn located(mismatch: Mismatch, before: &Cursor) -> Mismatch {
    if mismatch.at < before.position() { Mismatch { at: before.position(), ..mismatch } } else { mismatch }
}
