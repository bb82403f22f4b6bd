//! A destination of links and outline entries.

/// A named destination.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) name: Vec<u8>,
    pub(crate) page: usize,
    /// In thousandths of a point from the lower edge.
    pub(crate) y: i64,
}
