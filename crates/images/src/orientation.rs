//! Orientations of photos: cameras store the sensor's rows and note how the photo is displayed.

/// Orientation of stored rows and columns for display (Exif 2.32, tag 274 `Orientation`). Rotations are clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    MirrorHorizontal,
    /// 3: rotated by 180 degrees.
    Rotate180,
    /// 4: mirrored top to bottom.
    MirrorVertical,
    /// 5: mirrored along the diagonal from the top left to the bottom right corner.
    Transpose,
    /// 6: rotated by 90 degrees.
    Rotate90,
    /// 7: mirrored along the diagonal from the top right to the bottom left corner.
    Transverse,
    /// 8: rotated by 270 degrees.
    Rotate270,
}

impl Orientation {
    /// Returns the orientation of a tag's value. A value outside of 1 to 8 is ignored, as viewers do.
    pub(crate) const fn from_exif(value: u16) -> Self {
        match value {
            2 => Self::MirrorHorizontal,
            3 => Self::Rotate180,
            4 => Self::MirrorVertical,
            5 => Self::Transpose,
            6 => Self::Rotate90,
            7 => Self::Transverse,
            8 => Self::Rotate270,
            _ => Self::Upright,
        }
    }

    /// Returns the displayed width and height of stored ones.
    pub const fn displayed(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self {
            Self::Upright | Self::MirrorHorizontal | Self::Rotate180 | Self::MirrorVertical => {
                (width, height)
            }
            Self::Transpose | Self::Rotate90 | Self::Transverse | Self::Rotate270 => (height, width),
        }
    }
}
