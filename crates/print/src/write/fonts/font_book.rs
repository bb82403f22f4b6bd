//! The faces that a file uses, each with its metrics and its codes.

use crate::fonts::{FaceId, Fonts};
use crate::write::WriteError;
use crate::write::fonts::character_codes::FaceCodes;
use crate::write::fonts::font_metrics::FaceMetrics;

/// A face in use.
pub(crate) struct FaceInUse {
    pub(crate) face: FaceId,
    pub(crate) metrics: FaceMetrics,
    pub(crate) codes: FaceCodes,
}

/// All faces in use, by their place among all faces.
#[derive(Default)]
pub(crate) struct FontBook {
    pub(crate) fonts: Fonts,
    faces: Vec<Option<Box<FaceInUse>>>,
}

impl FontBook {
    /// An empty one for these fonts.
    pub(crate) fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.clone(), faces: Vec::new() }
    }

    /// A face, taken into use when it is first asked for.
    pub(crate) fn face(&mut self, face: FaceId) -> Result<&mut FaceInUse, WriteError> {
        let index = face.index();
        if self.faces.len() <= index {
            self.faces.resize_with(index + 1, || None);
        }
        let slot = &mut self.faces[index];
        if slot.is_none() {
            let metrics = FaceMetrics::of(face, &self.fonts)?;
            *slot = Some(Box::new(FaceInUse { face, metrics, codes: FaceCodes::default() }));
        }
        slot.as_deref_mut().ok_or(WriteError::Font { face, what: "it is not in use".to_owned() })
    }

    /// A face's metrics.
    pub(crate) fn metrics(&mut self, face: FaceId) -> Result<&FaceMetrics, WriteError> {
        Ok(&self.face(face)?.metrics)
    }

    /// The faces that show at least one glyph.
    pub(crate) fn used(&self) -> impl Iterator<Item = &FaceInUse> {
        self.faces.iter().flatten().map(Box::as_ref).filter(|in_use| !in_use.codes.codes().is_empty())
    }
}
