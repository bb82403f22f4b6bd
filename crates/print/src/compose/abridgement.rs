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
    /// The column of likelihoods: each is below its judgment, whose sentences have the column's width as well.
    LikelihoodColumn,
    /// The trends.
    Trends,
    /// The scenarios and the indicators that they refer to.
    Scenarios,
}

impl Abridgement {
    /// Returns the next step; `None` if nothing else can be omitted.
    pub(crate) const fn next(self) -> Option<Self> {
        match self {
            Self::Nothing => Some(Self::Reversals),
            Self::Reversals => Some(Self::TrendColumns),
            Self::TrendColumns => Some(Self::LikelihoodColumn),
            Self::LikelihoodColumn => Some(Self::Trends),
            Self::Trends => Some(Self::Scenarios),
            Self::Scenarios => None,
        }
    }
}
