//! Marked-content sequences (ISO 32000-1, 14.6). A sequence is opened when its first content is written, so that none
//! is empty.

use crate::pages::ArtifactKind;
use crate::write::WriteError;
use crate::write::content::bounding_box::Bounds;
use crate::write::file::syntax;
use crate::write::file::syntax::Dict;
use crate::write::file::text_strings::encode_text_string;

/// The element that owns a tagged sequence, and its logical position.
#[derive(Clone, Copy)]
pub(crate) struct ContentOwner {
    pub(crate) node: usize,
    pub(crate) seq: u32,
}

/// The sequence or sequences of adjacent items with one owner.
pub(crate) struct MarkedContent<'a> {
    owner: SequenceOwner<'a>,
    is_open: bool,
}

enum SequenceOwner<'a> {
    Tagged {
        type_name: &'a str,
        mark: ContentOwner,
        first_mcid: usize,
        /// Logical rank of each sequence among the page's sequences.
        ranks: Vec<usize>,
        /// Logical rank of the next sequence, if it differs from its MCID.
        rank: Option<usize>,
    },
    Artifact {
        kind: ArtifactKind,
        bounds: Option<Bounds>,
    },
}

impl<'a> MarkedContent<'a> {
    /// Creates a sequence of an element's content. MCIDs count from `first_mcid`.
    pub(crate) fn tagged(type_name: &'a str, mark: ContentOwner, first_mcid: usize) -> Self {
        Self {
            owner: SequenceOwner::Tagged { type_name, mark, first_mcid, ranks: Vec::new(), rank: None },
            is_open: false,
        }
    }

    /// Returns an artifact.
    pub(crate) fn artifact(kind: ArtifactKind, bounds: Option<Bounds>) -> Self {
        Self { owner: SequenceOwner::Artifact { kind, bounds }, is_open: false }
    }

    /// Creates a sequence for content of an artifact that is already marked; it is never closed.
    pub(crate) fn inside_artifact() -> Self {
        Self { is_open: true, ..Self::artifact(ArtifactKind::Layout, None) }
    }

    /// Opens the sequence unless it is open.
    pub(crate) fn open(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.is_open, true) {
            return;
        }
        match &mut self.owner {
            SequenceOwner::Tagged { type_name, first_mcid, ranks, rank, .. } => {
                let mcid = *first_mcid + ranks.len();
                ranks.push(rank.unwrap_or(mcid));
                begin(out, type_name, |properties| {
                    properties.count("MCID", mcid);
                });
            }
            SequenceOwner::Artifact { kind, bounds } => begin_artifact(out, *kind, *bounds),
        }
    }

    /// Closes the sequence; yields its owner once per MCID, with the logical rank.
    pub(crate) fn close(mut self, out: &mut Vec<u8>) -> impl Iterator<Item = (ContentOwner, usize)> + use<> {
        self.end(out);
        let (mark, ranks) = match self.owner {
            SequenceOwner::Tagged { mark, ranks, .. } => (mark, ranks),
            SequenceOwner::Artifact { .. } => (ContentOwner { node: 0, seq: 0 }, Vec::new()),
        };
        ranks.into_iter().map(move |rank| (mark, rank))
    }

    /// Returns the default logical rank of the next sequence.
    pub(crate) fn next_rank(&self) -> usize {
        match &self.owner {
            SequenceOwner::Tagged { first_mcid, ranks, .. } => first_mcid + ranks.len(),
            SequenceOwner::Artifact { .. } => 0,
        }
    }

    /// Starts a separate sequence with its own logical rank. Artifacts have no order.
    pub(crate) fn split(&mut self, out: &mut Vec<u8>, place: usize) {
        if let SequenceOwner::Tagged { rank, .. } = &mut self.owner {
            *rank = Some(place);
            self.end(out);
        }
    }

    /// Ends the last separate sequence.
    pub(crate) fn split_end(&mut self, out: &mut Vec<u8>) {
        if let SequenceOwner::Tagged { rank, .. } = &mut self.owner {
            *rank = None;
            self.end(out);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.is_open, false) {
            out.extend_from_slice(b"EMC\n");
        }
    }

    /// Begins content with an `ActualText` (14.9.4): of a cluster, or of a word that a line break divides; from right to
    /// left never of a word, which poppler reverses. In tagged content it is a sequence of its own and not nested: poppler
    /// drops the rest of a sequence after a nested one.
    pub(crate) fn begin_actual_text(&mut self, out: &mut Vec<u8>, text: &str) -> Result<(), WriteError> {
        let text = encode_text_string("ActualText", text)?;
        match &mut self.owner {
            SequenceOwner::Tagged { first_mcid, ranks, rank, .. } => {
                let mcid = *first_mcid + ranks.len();
                ranks.push(rank.unwrap_or(mcid));
                self.end(out);
                self.is_open = true;
                begin(out, "Span", |properties| {
                    properties.count("MCID", mcid).bytes("ActualText", &text);
                });
            }
            SequenceOwner::Artifact { .. } => {
                self.open(out);
                begin(out, "Span", |properties| {
                    properties.bytes("ActualText", &text);
                });
            }
        }
        Ok(())
    }

    /// Ends content with an `ActualText`.
    pub(crate) fn end_actual_text(&mut self, out: &mut Vec<u8>) {
        match self.owner {
            SequenceOwner::Tagged { .. } => self.end(out),
            SequenceOwner::Artifact { .. } => out.extend_from_slice(b"EMC\n"),
        }
    }
}

fn begin(out: &mut Vec<u8>, tag: &str, fill: impl FnOnce(&mut Dict)) {
    syntax::name(out, tag.as_bytes());
    let mut properties = Dict::begin(out);
    fill(&mut properties);
    properties.end();
    out.extend_from_slice(b"BDC\n");
}

/// Begins an artifact with its type (14.8.2.2.2).
fn begin_artifact(out: &mut Vec<u8>, kind: ArtifactKind, bounds: Option<Bounds>) {
    let (kind, subtype) = match kind {
        ArtifactKind::Header => ("Pagination", Some("Header")),
        ArtifactKind::Footer => ("Pagination", Some("Footer")),
        ArtifactKind::Watermark => ("Pagination", Some("Watermark")),
        ArtifactKind::Layout => ("Layout", None),
    };
    begin(out, "Artifact", |properties| {
        properties.name("Type", kind);
        if let Some(subtype) = subtype {
            properties.name("Subtype", subtype);
        }
        if let Some(bounds) = bounds {
            properties.milli_array("BBox", &bounds.outer_corners());
        }
    });
}
