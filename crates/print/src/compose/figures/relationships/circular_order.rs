//! Orders the nodes of a graph on a circle so that few of its edges, drawn as chords, cross.
//!
//! Two chords cross if exactly one end of the one lies between the ends of the other. The search places the nodes one
//! after another and counts a crossing as soon as it is certain: when a node closes a chord, every chord that began
//! between the chord's ends and is still open will cross it. A branch ends when it is no better than the best order so
//! far. Nodes with a neighbour among the latest ones are tried first, so that a cycle or a tree is in a crossing-free
//! order at once. The number of steps is limited; up to about ten nodes the result is the best order.

/// Maximum number of nodes.
pub(super) const MOST_NODES: usize = 16;
/// Maximum number of placements that are tried.
const MOST_STEPS: u32 = 60_000;
/// Weight of a crossing against the length of the chords along the circle.
const CROSSING: u32 = 1_000;

/// Returns the nodes `0..count` in an order with few crossings and short chords, the first node first.
///
/// # Panics
/// If there are more than [`MOST_NODES`] nodes.
pub(super) fn circular_order(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    assert!(count <= MOST_NODES, "{count} nodes");
    let mut neighbours = vec![0_u16; count];
    for &(a, b) in edges.iter().filter(|(a, b)| a != b) {
        neighbours[a] |= 1 << b;
        neighbours[b] |= 1 << a;
    }
    let mut search = Search { neighbours, placed: Vec::with_capacity(count), best: None, steps: 0 };
    if count > 0 {
        search.placed.push(0);
        search.extend(0);
    }
    search.best.map_or_else(|| (0..count).collect(), |(_, order)| order)
}

/// Returns the number of pairs of edges that cross.
pub(super) fn crossings(order: &[usize], edges: &[(usize, usize)]) -> usize {
    let position = |node: usize| order.iter().position(|of| *of == node).unwrap_or(0);
    let chords: Vec<(usize, usize)> =
        edges.iter().map(|&(a, b)| (position(a).min(position(b)), position(a).max(position(b)))).collect();
    let crosses = |&(a, b): &(usize, usize), &(c, d): &(usize, usize)| a < c && c < b && b < d;
    chords.iter().map(|one| chords.iter().filter(|other| crosses(one, other)).count()).sum()
}

struct Search {
    /// The neighbours of each node as bits.
    neighbours: Vec<u16>,
    placed: Vec<usize>,
    best: Option<(u32, Vec<usize>)>,
    steps: u32,
}

impl Search {
    /// Completes the order in every way that may be better than the best.
    fn extend(&mut self, cost: u32) {
        if self.best.as_ref().is_some_and(|(best, _)| cost >= *best) {
            return;
        }
        if self.placed.len() == self.neighbours.len() {
            self.best = Some((cost, self.placed.clone()));
            return;
        }
        for node in self.candidates() {
            self.steps += 1;
            if self.steps > MOST_STEPS && self.best.is_some() {
                return;
            }
            let added = self.cost_of_placing(node);
            self.placed.push(node);
            self.extend(cost + added);
            self.placed.pop();
        }
    }

    /// Returns the nodes that are not placed: first the neighbours of the node placed last, then of the one before it.
    fn candidates(&self) -> Vec<usize> {
        let mut candidates: Vec<usize> =
            (0..self.neighbours.len()).filter(|node| !self.placed.contains(node)).collect();
        let latest =
            |node: &usize| self.placed.iter().rposition(|placed| self.neighbours[*node] & 1 << placed != 0);
        candidates.sort_by_key(|node| std::cmp::Reverse(latest(node)));
        candidates
    }

    /// Returns the weight of the crossings that become certain, and the length of the chords that the node closes.
    fn cost_of_placing(&self, node: usize) -> u32 {
        let placed = self.placed.iter().fold(1_u16 << node, |bits, of| bits | 1 << of);
        let closes = |of: &usize| self.neighbours[node] & 1 << of != 0;
        let mut open = 0;
        let mut cost = 0;
        // From the node backwards: `open` counts the open chords that began since.
        for (back, of) in self.placed.iter().rev().enumerate() {
            if closes(of) {
                let along = (back + 1).min(self.neighbours.len() - back - 1);
                cost += open * CROSSING + u32::try_from(along).unwrap_or(u32::MAX);
            }
            open += (self.neighbours[*of] & !placed).count_ones();
        }
        cost
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{circular_order, crossings};

    fn best(count: usize, edges: &[(usize, usize)]) -> usize {
        crossings(&circular_order(count, edges), edges)
    }

    /// Returns the smallest number of crossings of all orders.
    fn smallest(count: usize, edges: &[(usize, usize)]) -> usize {
        fn every(order: &mut Vec<usize>, from: usize, edges: &[(usize, usize)], best: &mut usize) {
            if from == order.len() {
                *best = crossings(order, edges).min(*best);
            }
            for next in from..order.len() {
                order.swap(from, next);
                every(order, from + 1, edges, best);
                order.swap(from, next);
            }
        }
        let mut best = usize::MAX;
        every(&mut (0..count).collect(), 1, edges, &mut best);
        best
    }

    #[test]
    fn a_ring_in_any_order_of_its_nodes_is_found() {
        for count in 3..=12 {
            // Nodes a fixed distance apart are neighbours.
            for step in (1..count).filter(|step| (2..=count).all(|of| step % of != 0 || count % of != 0)) {
                let edges: Vec<_> =
                    (0..count).map(|at| (at * step % count, (at + 1) * step % count)).collect();
                let order = circular_order(count, &edges);
                assert_eq!(order[0], 0);
                for (at, node) in order.iter().enumerate() {
                    let next = order[(at + 1) % count];
                    let tied = |&(a, b): &(usize, usize)| (a, b) == (*node, next) || (b, a) == (*node, next);
                    assert!(edges.iter().any(tied), "{count} {step}: {order:?}");
                }
            }
        }
    }

    #[test]
    fn trees_and_rings_with_leaves_have_no_crossing() {
        let tree =
            [(0, 7), (7, 3), (0, 9), (9, 11), (3, 1), (7, 2), (9, 4), (11, 5), (0, 6), (6, 8), (8, 10)];
        assert_eq!(best(12, &tree), 0);
        let double_star = [
            (0, 11),
            (0, 2),
            (11, 5),
            (0, 4),
            (11, 3),
            (0, 6),
            (11, 7),
            (0, 8),
            (11, 9),
            (0, 10),
            (11, 1),
            (5, 0),
        ];
        assert_eq!(best(12, &double_star), 0);
        assert_eq!(best(4, &[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_order_of_seven_nodes_has_fewer_crossings(
            edges in prop::collection::btree_set((0_usize..7, 0_usize..7), 0..14),
        ) {
            let edges: Vec<_> = edges.into_iter().filter(|(a, b)| a < b).collect();
            prop_assert_eq!(best(7, &edges), smallest(7, &edges));
        }
    }
}
