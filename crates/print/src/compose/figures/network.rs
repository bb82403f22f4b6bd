//! The actor network. The two actors with the most ties are pillars at either side; actors tied to them are boxes in
//! rows between, and each tie is a horizontal line with its label above. In this layout lines never cross and labels
//! never overlap, whatever the relationships. Ties between other actors are listed below.

use chancery_proto::brief::v1::{Relationship, RelationshipStatus};

use super::sketch::portion;
use super::timeline::shown;
use crate::compose::labels::filled;
use crate::compose::lexicon;
use crate::compose::lexicon::Lexicon;

/// Maximum number of drawn actors.
const MOST_ACTORS: usize = 12;
/// Maximum length of the list of ties that are not drawn, in characters.
const LONGEST_REST: usize = 1_000;

/// The drawn part of the relationships.
#[derive(Debug)]
pub(super) struct Network {
    /// Names of the pillars.
    pub(super) pillars: [String; 2],
    /// Ties between the pillars.
    pub(super) direct: Vec<Tie>,
    /// The other actors from top to bottom.
    pub(super) rows: Vec<Row>,
    /// Sentences for ties that are not drawn.
    pub(super) rest: Vec<String>,
    /// Whether the drawing shows most of the ties.
    pub(super) tells_most: bool,
    lexicon: Lexicon,
}

/// An actor between the pillars, with its ties to the start and the end pillar.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) ties: [Vec<Tie>; 2],
}

/// A line for one or more relationships of the same direction.
#[derive(Debug)]
pub(super) struct Tie {
    pub(super) direction: Direction,
    /// Whether the relationship has ended or is contested.
    pub(super) dashed: bool,
    pub(super) label: String,
}

/// Direction of a tie, seen from the pillar or from the first of the two pillars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Out,
    In,
    Both,
}

impl Network {
    pub(super) fn of(
        relationships: &[Relationship],
        floor: &str,
        lexicon: Lexicon,
        name_of: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let actors = most_tied(relationships);
        let [first, second, others @ ..] = actors.as_slice() else { return None };
        let mut network = Self {
            pillars: [name_of(first), name_of(second)],
            direct: Vec::new(),
            rows: Vec::new(),
            rest: Vec::new(),
            tells_most: true,
            lexicon,
        };
        let mut rows: Vec<(&str, Row)> = others
            .iter()
            .map(|id| (*id, Row { name: name_of(id), ties: [Vec::new(), Vec::new()] }))
            .collect();
        for relationship in relationships {
            let (from, to) = (relationship.from_id.as_str(), relationship.to_id.as_str());
            let pillar = |id: &str| [*first, *second].iter().position(|pillar| *pillar == id);
            let ties = match (pillar(from), pillar(to)) {
                (Some(from), Some(to)) if from != to => Some((&mut network.direct, from == 0)),
                (Some(pillar), None) => row(&mut rows, to).map(|row| (&mut row.ties[pillar], true)),
                (None, Some(pillar)) => row(&mut rows, from).map(|row| (&mut row.ties[pillar], false)),
                _ => None,
            };
            match ties {
                Some((ties, out)) => {
                    add(ties, relationship, out, label(relationship, floor, lexicon, &name_of));
                }
                None => network.rest.push(sentence(relationship, floor, lexicon, &name_of)),
            }
        }
        network.tells_most = network.rest.len() * 2 <= relationships.len();
        network.rows = in_order(rows);
        Some(network)
    }

    /// Returns whether the list of ties that are not drawn is too long to print.
    pub(super) fn needs_annex(&self) -> bool {
        self.rest.join("; ").chars().count() > LONGEST_REST
    }

    pub(super) fn not_drawn(&self) -> String {
        let list = self.rest.join("; ");
        match self.rest.len() {
            0 => String::new(),
            count if self.needs_annex() => filled(self.lexicon.labels().more_in_annex, &[&count.to_string()]),
            _ => filled(self.lexicon.labels().not_drawn, &[&list]),
        }
    }

    /// Returns the facts for the alternative text, such as "Here to There: supplies, trades with".
    pub(super) fn facts(&self) -> Vec<String> {
        let labels = self.lexicon.labels();
        let mut facts = Vec::new();
        let mut add_facts = |ties: &[Tie], near: &str, far: &str| {
            for tie in ties {
                let ends = match tie.direction {
                    Direction::Out => filled(labels.from_to, &[near, far]),
                    Direction::In => filled(labels.from_to, &[far, near]),
                    Direction::Both => filled(labels.both, &[near, far]),
                };
                facts.push(format!("{ends}: {}", tie.label));
            }
        };
        let [first, second] = &self.pillars;
        add_facts(&self.direct, first, second);
        for row in &self.rows {
            add_facts(&row.ties[0], first, &row.name);
            add_facts(&row.ties[1], second, &row.name);
        }
        facts.extend(self.rest.iter().cloned());
        facts
    }
}

/// Returns the actors by number of relationships, up to the drawn number; ties go to the actor named first.
fn most_tied(relationships: &[Relationship]) -> Vec<&str> {
    let mut counted: Vec<(usize, &str)> = Vec::new();
    for relationship in relationships {
        for id in [relationship.from_id.as_str(), relationship.to_id.as_str()] {
            match counted.iter_mut().find(|(_, other)| *other == id) {
                Some((count, _)) => *count += 1,
                None => counted.push((1, id)),
            }
        }
    }
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counted.into_iter().take(MOST_ACTORS).map(|(_, id)| id).collect()
}

fn row<'r>(rows: &'r mut [(&str, Row)], id: &str) -> Option<&'r mut Row> {
    rows.iter_mut().find(|(other, _)| *other == id).map(|(_, row)| row)
}

/// Orders actors tied to both pillars first, then those tied to one; actors without a line are only listed below.
fn in_order(rows: Vec<(&str, Row)>) -> Vec<Row> {
    let place = |row: &Row| match (row.ties[0].is_empty(), row.ties[1].is_empty()) {
        (false, false) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (true, true) => 3,
    };
    let mut rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).filter(|row| place(row) < 3).collect();
    rows.sort_by_key(place);
    rows
}

/// Adds a relationship to the line of its direction, or as a new line.
fn add(ties: &mut Vec<Tie>, relationship: &Relationship, out: bool, label: String) {
    let direction = match (relationship.symmetric, out) {
        (true, _) => Direction::Both,
        (false, true) => Direction::Out,
        (false, false) => Direction::In,
    };
    let status = RelationshipStatus::try_from(relationship.status).unwrap_or_default();
    let dashed = matches!(status, RelationshipStatus::Ended | RelationshipStatus::Contested);
    match ties.iter_mut().find(|tie| tie.direction == direction && tie.dashed == dashed) {
        Some(tie) => {
            tie.label.push_str("; ");
            tie.label.push_str(&label);
        }
        None => ties.push(Tie { direction, dashed, label }),
    }
}

/// Formats the label of a tie, such as "supplies weapons to (missiles, to 2024, ended)".
fn label(
    relationship: &Relationship,
    floor: &str,
    lexicon: Lexicon,
    name_of: &impl Fn(&str) -> String,
) -> String {
    let what = lexicon::relationship(&relationship.r#type);
    format!("{}{what}{}", portion(&relationship.marking, floor), qualified(relationship, lexicon, name_of))
}

fn sentence(
    relationship: &Relationship,
    floor: &str,
    lexicon: Lexicon,
    name_of: &impl Fn(&str) -> String,
) -> String {
    let (from, to) = (name_of(&relationship.from_id), name_of(&relationship.to_id));
    let what = lexicon::relationship(&relationship.r#type);
    format!(
        "{}{from} {what} {to}{}",
        portion(&relationship.marking, floor),
        qualified(relationship, lexicon, name_of)
    )
}

fn qualified(relationship: &Relationship, lexicon: Lexicon, name_of: &impl Fn(&str) -> String) -> String {
    let place = match relationship.place_id.as_str() {
        "" => String::new(),
        id => filled(lexicon.labels().at_place, &[&name_of(id)]),
    };
    let when = relationship.period.as_ref().map(|period| {
        if period.edtf.is_empty() { period.label.clone() } else { shown(&period.edtf, lexicon.labels()) }
    });
    let is_active = relationship.status <= RelationshipStatus::Active as i32;
    let status = if is_active { "" } else { lexicon.relationship_status(relationship.status) };
    let polarity = lexicon.relationship_polarity(relationship.polarity).unwrap_or_default();
    let facts = [
        polarity.as_str(),
        relationship.item.as_str(),
        place.as_str(),
        when.as_deref().unwrap_or_default(),
        status,
    ];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::Relationship;
    use proptest::prelude::*;

    use super::{Direction, MOST_ACTORS, Network};
    use crate::compose::figures::sketch::tests::{ENGLISH, ruled};

    fn relationship(from: &str, to: &str, kind: &str, symmetric: bool, status: i32) -> Relationship {
        Relationship {
            from_id: from.to_owned(),
            to_id: to.to_owned(),
            r#type: kind.to_owned(),
            symmetric,
            status,
            ..Relationship::default()
        }
    }

    fn network(relationships: &[Relationship]) -> Option<Network> {
        Network::of(relationships, "", ENGLISH, |id| format!("Actor {id} of the network"))
    }

    #[test]
    fn relationships_of_one_direction_share_a_line_and_ended_ones_have_their_own() {
        let relationships = [
            relationship("a", "b", "arms", false, 1),
            relationship("b", "a", "pays", false, 1),
            relationship("a", "b", "trains", false, 2),
            relationship("b", "a", "trades-with", true, 5),
            relationship("c", "a", "fears", false, 1),
        ];
        let network = network(&relationships).unwrap();
        let lines: Vec<_> =
            network.direct.iter().map(|tie| (tie.direction, tie.dashed, tie.label.as_str())).collect();
        assert_eq!(
            lines,
            [
                (Direction::Out, false, "arms; trains (weakened)"),
                (Direction::In, false, "pays"),
                (Direction::Both, true, "trades with (ended)"),
            ]
        );
        assert_eq!(network.rows.len(), 1);
        assert_eq!(network.rows[0].ties[0][0].direction, Direction::In);
        assert_eq!(network.facts()[3], "Actor c of the network to Actor a of the network: fears");
    }

    #[test]
    fn a_network_without_central_actors_is_not_drawn() {
        let ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let ring: Vec<_> =
            (0..8).map(|i| relationship(ids[i], ids[(i + 1) % 8], "feeds", false, 1)).collect();
        let network = network(&ring).unwrap();
        assert!(ruled(|ruler| network.sketch(ruler).is_none()));
        assert!(super::Network::of(&[], "", ENGLISH, str::to_owned).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn labels_never_overlap_and_every_relationship_is_shown_once(
            ties in prop::collection::vec(
                ("[ab]|[a-z]", "[ab]|[a-z]", "[a-z]{1,20}(-[a-z]{1,9}){0,6}", any::<bool>(), 0_i32..6), 1..40),
        ) {
            let relationships: Vec<_> = ties
                .iter()
                .map(|(from, to, kind, symmetric, status)| relationship(from, to, kind, *symmetric, *status))
                .collect();
            let Some(network) = network(&relationships) else { return Ok(()) };
            prop_assert!(network.rows.len() <= MOST_ACTORS - 2);
            let sides = network.rows.iter().flat_map(|row| row.ties.iter().flatten());
            let shown_count: usize = network.direct.iter().chain(sides).map(|tie| tie.label.split("; ").count()).sum();
            prop_assert_eq!(shown_count + network.rest.len(), relationships.len());
            let collision = ruled(|ruler| network.sketch(ruler)?.collision(ruler));
            prop_assert_eq!(collision, None);
        }
    }
}
