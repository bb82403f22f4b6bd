//! The faces that a file uses, each with its metrics and its codes.

use super::WriteError;
use super::codes::FaceCodes;
use super::fonts::FaceMetrics;
use crate::faces::FaceId;
use crate::fonts::Fonts;

/// A face in use.
pub(super) struct FaceInUse {
    pub(super) face: FaceId,
    pub(super) metrics: FaceMetrics,
    pub(super) codes: FaceCodes,
}

/// All faces in use, by their place among all faces.
#[derive(Default)]
pub(super) struct FontBook {
    pub(super) fonts: Fonts,
    faces: Vec<Option<Box<FaceInUse>>>,
}

impl FontBook {
    /// An empty one for these fonts.
    pub(super) fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.clone(), faces: Vec::new() }
    }

    /// A face, taken into use when it is first asked for.
    pub(super) fn face(&mut self, face: FaceId) -> Result<&mut FaceInUse, WriteError> {
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
    pub(super) fn metrics(&mut self, face: FaceId) -> Result<&FaceMetrics, WriteError> {
        Ok(&self.face(face)?.metrics)
    }

    /// The faces that show at least one glyph.
    pub(super) fn used(&self) -> impl Iterator<Item = &FaceInUse> {
        self.faces.iter().flatten().map(Box::as_ref).filter(|in_use| !in_use.codes.codes().is_empty())
    }
}
