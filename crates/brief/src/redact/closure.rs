//! Which parts a clearance sees: its own marking first, then what follows from what is withheld, to a fixed point.

use super::parts::{BRIEF, Link, LivesBy, Need, Part, PartIndex, Parts};
use crate::marking::Clearance;

impl Parts<'_> {
    /// For each part whether the clearance sees it. Takes time linear in parts and references: what withholding one
    /// part takes along is found by counting down, not by looking again.
    pub(super) fn shown_to(&self, clearance: Clearance) -> Vec<bool> {
        let mut closure = Closure::of(self);
        for (index, part) in self.list.iter().enumerate().skip(1) {
            if !clearance.reads(part.rank) {
                closure.withhold(index);
            }
        }
        while let Some(index) = closure.pending.pop() {
            closure.follow(index);
        }
        closure.shown
    }
}

struct Closure<'p, 'a> {
    parts: &'p Parts<'a>,
    shown: Vec<bool>,
    /// Withheld, consequences not drawn yet.
    pending: Vec<PartIndex>,
    /// Links by holder, and by target.
    from: Grouped,
    to: Grouped,
    /// What is left of each part's contents, supports and referrers.
    contents: Vec<usize>,
    supports: Vec<usize>,
    referrers: Vec<usize>,
}

/// Numbers of links, grouped by a part.
struct Grouped {
    starts: Vec<usize>,
    links: Vec<usize>,
}

impl<'p, 'a> Closure<'p, 'a> {
    fn of(parts: &'p Parts<'a>) -> Self {
        let size = parts.list.len();
        let mut closure = Self {
            parts,
            shown: vec![true; size],
            pending: Vec::new(),
            from: Grouped::by(size, &parts.links, |link| Some(link.holder)),
            to: Grouped::by(size, &parts.links, |link| link.target),
            contents: vec![0; size],
            supports: vec![0; size],
            referrers: vec![0; size],
        };
        for part in parts.list.iter().skip(1).filter(|part| part.is_contents) {
            closure.contents[part.parent] += 1;
        }
        for link in &parts.links {
            if let Some(target) = link.target {
                closure.referrers[target] += 1;
            }
            if link.need == Need::Supporting {
                closure.supports[link.holder] += 1;
            }
        }
        closure
    }

    fn withhold(&mut self, index: PartIndex) {
        if self.shown[index] && index != BRIEF {
            self.shown[index] = false;
            self.pending.push(index);
        }
    }

    /// Draws the consequences of a withheld part.
    fn follow(&mut self, index: PartIndex) {
        let part = &self.parts.list[index];
        self.withhold_contents(index, part);
        self.leave_parent(part);
        for link in self.from.links_of(index) {
            self.drop_referrer(link);
        }
        for link in self.to.links_of(index) {
            self.drop_target(link);
        }
    }

    fn withhold_contents(&mut self, index: PartIndex, part: &Part<'_>) {
        let mut child = index + 1;
        while child < part.end {
            self.withhold(child);
            child = self.parts.list[child].end;
        }
    }

    fn leave_parent(&mut self, part: &Part<'_>) {
        if part.is_contents {
            self.contents[part.parent] -= 1;
            if self.contents[part.parent] == 0 && self.parts.list[part.parent].lives_by == LivesBy::Contents {
                self.withhold(part.parent);
            }
        }
    }

    /// The holder of this link is withheld.
    fn drop_referrer(&mut self, link: usize) {
        let Some(target) = self.parts.links[link].target else { return };
        self.referrers[target] -= 1;
        if self.referrers[target] == 0 && self.parts.list[target].lives_by == LivesBy::Referrers {
            self.withhold(target);
        }
    }

    /// The target of this link is withheld.
    fn drop_target(&mut self, link: usize) {
        let Link { holder, need, .. } = self.parts.links[link];
        match need {
            Need::Required => self.withhold(holder),
            Need::Supporting => {
                self.supports[holder] -= 1;
                if self.supports[holder] == 0 {
                    self.withhold(holder);
                }
            }
            Need::Optional => {}
        }
    }
}

impl Grouped {
    fn by(size: usize, links: &[Link<'_>], part: impl Fn(&Link<'_>) -> Option<PartIndex>) -> Self {
        let mut starts = vec![0; size + 1];
        for index in links.iter().filter_map(&part) {
            starts[index + 1] += 1;
        }
        for index in 0..size {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut grouped = vec![0; starts[size]];
        for (number, link) in links.iter().enumerate() {
            if let Some(index) = part(link) {
                grouped[next[index]] = number;
                next[index] += 1;
            }
        }
        Self { starts, links: grouped }
    }

    fn links_of(&self, index: PartIndex) -> Vec<usize> {
        self.links[self.starts[index]..self.starts[index + 1]].to_vec()
    }
}
