//! Markings: handling labels of an ordered scheme, and clearances.

use std::fmt;
use std::str::FromStr;

/// A scheme of handling labels, fixed when a workspace is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// The Traffic Light Protocol 2.0 of FIRST. Its labels are never translated.
    Tlp,
    /// U, C, S, TS.
    Us,
    /// PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED.
    Corporate,
}

/// The position of a label in its scheme, from 0 for the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u8);

/// The highest marking that a caller may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clearance(pub Rank);

/// The policy for marking withheld content in editions, fixed when a workspace is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Nothing.
    Omit,
    /// One opaque `Withheld` for a run of any length.
    Mark,
}

/// A value is not a scheme, policy or rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a {expected}")]
pub struct MarkingError {
    /// The given value.
    pub given: String,
    /// The expected kind of value.
    pub expected: &'static str,
}

/// The labels of a scheme, lowest first. TLP's names and colours are those of FIRST's TLP 2.0; the other colours are
/// distinguishable and have a contrast of 4.5:1 on black.
struct Labels {
    names: &'static [&'static str],
    colors: &'static [(u8, u8, u8)],
}

const TLP: Labels = Labels {
    names: &["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"],
    colors: &[
        (0xff, 0xff, 0xff),
        (0x33, 0xff, 0x00),
        (0xff, 0xc0, 0x00),
        (0xff, 0xc0, 0x00),
        (0xff, 0x2b, 0x2b),
    ],
};
const US: Labels = Labels {
    names: &["U", "C", "S", "TS"],
    colors: &[(0x5c, 0xd6, 0x5c), (0x6f, 0xa8, 0xff), (0xff, 0x5a, 0x5a), (0xff, 0x8c, 0x00)],
};
const CORPORATE: Labels = Labels {
    names: &["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"],
    colors: &[(0xff, 0xff, 0xff), (0x5c, 0xd6, 0x5c), (0xff, 0xc0, 0x00), (0xff, 0x5a, 0x5a)],
};

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 3] = [Self::Tlp, Self::Us, Self::Corporate];

    /// Returns the stable name: `tlp`, `us` or `corporate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tlp => "tlp",
            Self::Us => "us",
            Self::Corporate => "corporate",
        }
    }

    /// Returns the labels, lowest first.
    pub fn labels(self) -> &'static [&'static str] {
        self.definition().names
    }

    /// Returns the scheme that has a label, by its exact spelling. No label is in two schemes.
    pub fn of_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.rank(label).is_some())
    }

    /// Returns the rank of a label, by its exact spelling.
    pub fn rank(self, label: &str) -> Option<Rank> {
        (0u8..).zip(self.labels()).find(|(_, name)| **name == label).map(|(position, _)| Rank(position))
    }

    /// Returns the label of a rank; for ranks above the highest, the highest label.
    pub fn label(self, rank: Rank) -> &'static str {
        self.labels()[usize::from(rank.min(self.highest()).0)]
    }

    /// Returns the lowest rank.
    pub fn lowest(self) -> Rank {
        Rank::LOWEST
    }

    /// Returns the highest rank.
    pub fn highest(self) -> Rank {
        self.ranks().last().unwrap_or(Rank::LOWEST)
    }

    /// Returns all ranks, lowest first.
    pub fn ranks(self) -> impl Iterator<Item = Rank> {
        (0u8..).zip(self.labels()).map(|(position, _)| Rank(position))
    }

    /// Returns the colour of a label on black, as red, green and blue.
    pub fn color(self, rank: Rank) -> (u8, u8, u8) {
        self.definition().colors[usize::from(rank.min(self.highest()).0)]
    }

    fn definition(self) -> &'static Labels {
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
        named.ok_or_else(|| MarkingError { given: text.to_owned(), expected: "marking scheme" })
    }
}

impl Rank {
    /// The lowest rank of every scheme.
    pub const LOWEST: Self = Self(0);
    /// Above every label of every scheme: the rank of unknown labels, so that no clearance reads them.
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
    fn from(rank: u8) -> Self {
        Self(rank)
    }
}

impl TryFrom<i16> for Rank {
    type Error = MarkingError;

    fn try_from(value: i16) -> Result<Self, MarkingError> {
        let rank = u8::try_from(value).map(Self);
        rank.map_err(|_| MarkingError { given: value.to_string(), expected: "rank" })
    }
}

impl Clearance {
    /// Returns whether the holder may read content with this marking.
    pub fn reads(self, marking: Rank) -> bool {
        marking <= self.0
    }
}

impl Policy {
    /// Returns the stable name: `omit` or `mark`.
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
        named.ok_or_else(|| MarkingError { given: text.to_owned(), expected: "withholding policy" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, Rank, Scheme};

    #[test]
    fn schemes_and_policies_round_trip_through_their_names() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
        }
        for policy in [Policy::Omit, Policy::Mark] {
            assert_eq!(policy.to_string().parse(), Ok(policy));
        }
        assert!("TLP".parse::<Scheme>().is_err());
    }

    #[test]
    fn labels_and_ranks_correspond() {
        for scheme in Scheme::ALL {
            for rank in scheme.ranks() {
                assert_eq!(scheme.rank(scheme.label(rank)), Some(rank));
                assert_eq!(Scheme::of_label(scheme.label(rank)), Some(scheme));
                scheme.color(rank);
            }
            assert_eq!(scheme.ranks().count(), scheme.labels().len());
        }
        assert!(Scheme::Tlp.rank("TLP:AMBER") < Scheme::Tlp.rank("TLP:AMBER+STRICT"));
        assert_eq!((Scheme::Tlp.rank("tlp:amber"), Scheme::of_label("tlp:amber")), (None, None));
        assert_eq!(Scheme::Tlp.label(Scheme::Tlp.highest()), "TLP:RED");
        assert_eq!(Scheme::Us.label(Rank::BEYOND), "TS");
    }

    #[test]
    fn ranks_round_trip_through_i16() {
        assert_eq!(Rank::try_from(i16::from(Rank(3))), Ok(Rank(3)));
        assert!(Rank::try_from(-1_i16).is_err());
    }
}
