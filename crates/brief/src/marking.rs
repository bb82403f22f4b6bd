//! Markings: handling labels of an ordered scheme, and who may read them.

use std::fmt;
use std::str::FromStr;

/// A scheme of handling labels. A workspace has one, fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// The Traffic Light Protocol 2.0 of FIRST. Its labels are never translated.
    Tlp,
    /// U, C, S, TS.
    Us,
    /// PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED.
    Corporate,
}

/// A label's place in its scheme, 0 the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u8);

/// The highest marking that a caller may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clearance(pub Rank);

/// What stands where something was withheld. A workspace has one, fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Nothing.
    Omit,
    /// One opaque `Withheld` for a run of any length.
    Mark,
}

/// A text or number is no scheme, policy or rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {what}")]
pub struct MarkingError {
    /// What was given.
    pub given: String,
    /// What it should have been.
    pub what: &'static str,
}

/// Labels lowest first. TLP's names and colours are those of FIRST's TLP 2.0; the others are chosen to be
/// told apart and to keep a contrast of 4.5:1 on black.
struct Ladder {
    names: &'static [&'static str],
    colors: &'static [(u8, u8, u8)],
}

const TLP: Ladder = Ladder {
    names: &["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"],
    colors: &[
        (0xff, 0xff, 0xff),
        (0x33, 0xff, 0x00),
        (0xff, 0xc0, 0x00),
        (0xff, 0xc0, 0x00),
        (0xff, 0x2b, 0x2b),
    ],
};
const US: Ladder = Ladder {
    names: &["U", "C", "S", "TS"],
    colors: &[(0x5c, 0xd6, 0x5c), (0x6f, 0xa8, 0xff), (0xff, 0x5a, 0x5a), (0xff, 0x8c, 0x00)],
};
const CORPORATE: Ladder = Ladder {
    names: &["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"],
    colors: &[(0xff, 0xff, 0xff), (0x5c, 0xd6, 0x5c), (0xff, 0xc0, 0x00), (0xff, 0x5a, 0x5a)],
};

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 3] = [Self::Tlp, Self::Us, Self::Corporate];

    /// Its stable name: `tlp`, `us` or `corporate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tlp => "tlp",
            Self::Us => "us",
            Self::Corporate => "corporate",
        }
    }

    /// Its labels, lowest first.
    pub fn labels(self) -> &'static [&'static str] {
        self.ladder().names
    }

    /// The place of a label, by its exact spelling.
    pub fn rank(self, label: &str) -> Option<Rank> {
        (0u8..).zip(self.labels()).find(|(_, name)| **name == label).map(|(place, _)| Rank(place))
    }

    /// The label at a place; above the highest, the highest.
    pub fn label(self, rank: Rank) -> &'static str {
        self.labels()[usize::from(rank.min(self.highest()).0)]
    }

    /// The lowest place.
    pub fn lowest(self) -> Rank {
        Rank::LOWEST
    }

    /// The highest place.
    pub fn highest(self) -> Rank {
        self.ranks().last().unwrap_or(Rank::LOWEST)
    }

    /// Every place, lowest first.
    pub fn ranks(self) -> impl Iterator<Item = Rank> {
        (0u8..).zip(self.labels()).map(|(place, _)| Rank(place))
    }

    /// The colour of a label, red, green and blue, set on black.
    pub fn color(self, rank: Rank) -> (u8, u8, u8) {
        self.ladder().colors[usize::from(rank.min(self.highest()).0)]
    }

    fn ladder(self) -> &'static Ladder {
        match self {
            Self::Tlp => &TLP,
            Self::Us => &US,
            Self::Corporate => &CORPORATE,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = MarkingError;

    fn from_str(text: &str) -> Result<Self, MarkingError> {
        let named = Self::ALL.into_iter().find(|scheme| scheme.as_str() == text);
        named.ok_or_else(|| MarkingError { given: text.to_owned(), what: "marking scheme" })
    }
}

impl Rank {
    /// The lowest place of any scheme.
    pub const LOWEST: Self = Self(0);
    /// Above every label of every scheme: what an unknown label counts as, so that nobody reads it.
    pub(crate) const BEYOND: Self = Self(u8::MAX);
}

impl From<Rank> for i16 {
    fn from(rank: Rank) -> Self {
        Self::from(rank.0)
    }
}

impl From<Rank> for u8 {
    fn from(rank: Rank) -> Self {
        rank.0
    }
}

impl From<u8> for Rank {
    fn from(place: u8) -> Self {
        Self(place)
    }
}

impl TryFrom<i16> for Rank {
    type Error = MarkingError;

    fn try_from(place: i16) -> Result<Self, MarkingError> {
        let rank = u8::try_from(place).map(Self);
        rank.map_err(|_| MarkingError { given: place.to_string(), what: "rank" })
    }
}

impl Clearance {
    /// Whether the holder may read what has this marking.
    pub fn reads(self, marking: Rank) -> bool {
        marking <= self.0
    }
}

impl Policy {
    /// Its stable name: `omit` or `mark`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::Mark => "mark",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Policy {
    type Err = MarkingError;

    fn from_str(text: &str) -> Result<Self, MarkingError> {
        let named = [Self::Omit, Self::Mark].into_iter().find(|policy| policy.as_str() == text);
        named.ok_or_else(|| MarkingError { given: text.to_owned(), what: "withholding policy" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, Rank, Scheme};

    #[test]
    fn each_scheme_and_policy_is_read_from_the_name_that_it_prints() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
        }
        for policy in [Policy::Omit, Policy::Mark] {
            assert_eq!(policy.to_string().parse(), Ok(policy));
        }
        assert!("TLP".parse::<Scheme>().is_err());
    }

    #[test]
    fn labels_and_ranks_belong_to_each_other() {
        for scheme in Scheme::ALL {
            for rank in scheme.ranks() {
                assert_eq!(scheme.rank(scheme.label(rank)), Some(rank));
                scheme.color(rank);
            }
            assert_eq!(scheme.ranks().count(), scheme.labels().len());
        }
        assert!(Scheme::Tlp.rank("TLP:AMBER") < Scheme::Tlp.rank("TLP:AMBER+STRICT"));
        assert_eq!(Scheme::Tlp.rank("tlp:amber"), None);
        assert_eq!(Scheme::Tlp.label(Scheme::Tlp.highest()), "TLP:RED");
        assert_eq!(Scheme::Us.label(Rank::BEYOND), "TS");
    }

    #[test]
    fn a_rank_survives_the_databases_smallint() {
        assert_eq!(Rank::try_from(i16::from(Rank(3))), Ok(Rank(3)));
        assert!(Rank::try_from(-1_i16).is_err());
    }
}
