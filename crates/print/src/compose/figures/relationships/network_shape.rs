//! The shape of a network's drawing: its actors on a ring in an order in which few ties cross, or around one of them in
//! the middle.

use super::circular_order::{circular_order, crossings};

/// Minimum number of neighbours of an actor in the middle.
const FEWEST_SPOKES: usize = 3;

/// Where the nodes of a network are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NetworkShape {
    /// The node in the middle.
    pub(super) hub: Option<usize>,
    /// The other nodes clockwise.
    pub(super) ring: Vec<usize>,
}

/// Returns the shapes of a network of `count` nodes, the clearest first: around an actor that takes part in at least
/// half of the ties, if no more ties cross than on a ring, then a ring.
pub(super) fn network_shapes(count: usize, edges: &[(usize, usize)]) -> Vec<NetworkShape> {
    let pairs = distinct_pairs(edges);
    let ring = circular_order(count, &pairs);
    let crossed = crossings(&ring, &pairs);
    let around = hub(count, edges, &pairs).map(|hub| around(hub, count, &pairs));
    let around = around.filter(|(_, crossed_around)| *crossed_around <= crossed).map(|(shape, _)| shape);
    around.into_iter().chain([NetworkShape { hub: None, ring }]).collect()
}

fn distinct_pairs(edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> =
        edges.iter().filter(|(a, b)| a != b).map(|&(a, b)| (a.min(b), a.max(b))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Returns the first node with the most neighbours, if it takes part in half of the ties. A tie of a node with itself
/// needs space beside the node, which the middle does not have.
fn hub(count: usize, edges: &[(usize, usize)], pairs: &[(usize, usize)]) -> Option<usize> {
    let degree = |node: usize| pairs.iter().filter(|(a, b)| *a == node || *b == node).count();
    let most = (0..count).map(degree).max()?;
    let hub = (0..count).find(|node| degree(*node) == most)?;
    let is_central = most >= FEWEST_SPOKES && most * 2 >= pairs.len();
    (is_central && !edges.contains(&(hub, hub))).then_some(hub)
}

/// Returns the shape around a node, and the number of pairs of ties that cross in it.
fn around(hub: usize, count: usize, pairs: &[(usize, usize)]) -> (NetworkShape, usize) {
    let others: Vec<usize> = (0..count).filter(|node| *node != hub).collect();
    let place = |node: usize| others.iter().position(|other| *other == node);
    let between: Vec<(usize, usize)> =
        pairs.iter().filter_map(|&(a, b)| Some((place(a)?, place(b)?))).collect();
    let order = circular_order(others.len(), &between);
    let is_spoke = |at: usize| pairs.iter().any(|&(a, b)| (a, b) == ends(hub, others[order[at]]));
    let crossed_spokes = |&(a, b): &(usize, usize)| {
        let at = |node: usize| order.iter().position(|of| *of == node).unwrap_or(0);
        let (from, to) = (at(a).min(at(b)), at(a).max(at(b)));
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..order.len()).filter(|at| *at != from && *at != to).partition(|at| (from..to).contains(at));
        // The middle is on the side of the longer arc, and on both of equal ones.
        let spokes = |arc: &[usize]| arc.iter().filter(|at| is_spoke(**at)).count();
        match inside.len().cmp(&outside.len()) {
            std::cmp::Ordering::Less => spokes(&inside),
            std::cmp::Ordering::Greater => spokes(&outside),
            std::cmp::Ordering::Equal => order.len(),
        }
    };
    let crossed = crossings(&order, &between) + between.iter().map(crossed_spokes).sum::<usize>();
    (NetworkShape { hub: Some(hub), ring: order.into_iter().map(|at| others[at]).collect() }, crossed)
}

const fn ends(a: usize, b: usize) -> (usize, usize) {
    if a < b { (a, b) } else { (b, a) }
}

#[cfg(test)]
mod tests {
    use super::network_shapes;

    fn first(count: usize, edges: &[(usize, usize)]) -> (Option<usize>, Vec<usize>) {
        let shape = network_shapes(count, edges).swap_remove(0);
        (shape.hub, shape.ring)
    }

    #[test]
    fn a_star_is_around_its_hub_in_the_order_of_its_spokes() {
        let spokes: Vec<(usize, usize)> = (0..8).filter(|node| *node != 3).map(|node| (node, 3)).collect();
        assert_eq!(first(8, &spokes).0, Some(3));
        let wheel: Vec<(usize, usize)> = (1..7).flat_map(|node| [(0, node), (node, node % 6 + 1)]).collect();
        let (hub, ring) = first(7, &wheel);
        assert_eq!(hub, Some(0));
        assert!(ring == [1, 2, 3, 4, 5, 6] || ring == [1, 6, 5, 4, 3, 2], "{ring:?}");
    }

    #[test]
    fn rings_paths_and_pairs_have_no_hub() {
        let ring: Vec<(usize, usize)> = (0..6).map(|node| (node, (node + 1) % 6)).collect();
        assert_eq!(first(6, &ring).0, None);
        assert_eq!(first(4, &[(0, 1), (1, 2), (2, 3)]).0, None);
        assert_eq!(first(2, &[(0, 1), (1, 0), (0, 0)]), (None, vec![0, 1]));
        assert_eq!(first(1, &[(0, 0)]), (None, vec![0]));
    }

    #[test]
    fn a_hub_that_more_ties_would_cross_is_on_the_ring() {
        let complete: Vec<(usize, usize)> = (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b))).collect();
        assert_eq!(first(5, &complete).0, None);
        assert_eq!(
            first(4, &complete[..].iter().copied().filter(|(_, b)| *b < 4).collect::<Vec<_>>()).0,
            Some(0)
        );
        let with_loop = [(0, 1), (0, 2), (0, 3), (0, 0)];
        assert_eq!(first(4, &with_loop).0, None);
    }
}
