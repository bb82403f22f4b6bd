//! Omissions of the one-page format.

/// Parts that a page omits in order to fit, each step including those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Abridgement {
    #[default]
    Nothing,
    /// The reversals below the summary of changes.
    Reversals,
    /// The columns of trends: each trend has a line of its fields, without their earlier trends.
    TrendColumns,
}

impl Abridgement {
    /// All steps in order.
    pub(crate) const ALL: [Self; 3] = [Self::Nothing, Self::Reversals, Self::TrendColumns];
}
