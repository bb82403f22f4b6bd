//! Faces used by a file, with their metrics and codes.

use std::sync::Arc;

use crate::fonts::{FaceId, Fonts};
use crate::write::WriteError;
use crate::write::fonts::character_codes::FaceCodes;
use crate::write::fonts::font_metrics::FaceMetrics;

/// A face in use.
pub(crate) struct FaceInUse {
    pub(crate) face: FaceId,
    pub(crate) metrics: Arc<FaceMetrics>,
    pub(crate) codes: FaceCodes,
}

/// Faces in use, indexed by face.
#[derive(Default)]
pub(crate) struct FontBook {
    pub(crate) fonts: Fonts,
    faces: Vec<Option<Box<FaceInUse>>>,
}

impl FontBook {
    /// Returns an empty one for these fonts.
    pub(crate) fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.clone(), faces: Vec::new() }
    }

    /// Returns a face, adding it at its first use.
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

    /// Returns a face's metrics.
    pub(crate) fn metrics(&mut self, face: FaceId) -> Result<&FaceMetrics, WriteError> {
        Ok(&self.face(face)?.metrics)
    }

    /// Returns the faces with at least one code.
    pub(crate) fn used(&self) -> impl Iterator<Item = &FaceInUse> {
        self.faces.iter().flatten().map(Box::as_ref).filter(|in_use| !in_use.codes.codes().is_empty())
    }
}
