//! Numbers of figures and tables, counted over the edition in reading order. A figure or table without a caption in this
//! edition is not counted, whatever the cause.

/// The two series of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberedKind {
    Figure,
    Table,
}

/// A figure's or table's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CaptionNumber {
    pub(crate) kind: NumberedKind,
    pub(crate) number: usize,
}

/// Counts the captions of the author's figures and tables.
#[derive(Debug, Default)]
pub(crate) struct CaptionNumbers {
    figures: usize,
    tables: usize,
    /// The kind of the block that is being composed, until its caption is numbered.
    open: Option<NumberedKind>,
}

impl CaptionNumbers {
    /// Begins a block of the author; its first caption gets the next number of its kind.
    pub(crate) fn begin(&mut self, kind: Option<NumberedKind>) {
        self.open = kind;
    }

    /// Returns whether the next caption is numbered.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Returns the number of the caption that is being composed; none for parts of the printer.
    pub(crate) fn next(&mut self) -> Option<CaptionNumber> {
        let kind = self.open.take()?;
        let count = match kind {
            NumberedKind::Figure => &mut self.figures,
            NumberedKind::Table => &mut self.tables,
        };
        *count += 1;
        Some(CaptionNumber { kind, number: *count })
    }
}
