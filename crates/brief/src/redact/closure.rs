//! The parts visible at a clearance: withholds parts by their own marking, then everything that depends on them, to a
//! fixed point.

use chancery_proto::brief::v1::FigureKind;

use super::parts::{BRIEF, DependsOn, FigureData, Link, Need, Part, PartIndex, Parts};
use crate::marking::Clearance;

impl Parts<'_> {
    /// Returns for each part whether the clearance sees it. Runs in linear time: counters of remaining contents, supports
    /// and referrers show when a part loses its last one.
    pub(super) fn shown_to(&self, clearance: Clearance) -> Vec<bool> {
        let above = |(index, part): (PartIndex, &Part<'_>)| (!clearance.reads(part.rank)).then_some(index);
        Closure::compute(self, self.list.iter().enumerate().skip(1).filter_map(above))
    }

    /// Returns for each part whether any edition contains it: blocks without data and parts that depend on them are in none.
    pub(super) fn with_data(&self) -> Vec<bool> {
        Closure::compute(self, self.empty.iter().copied())
    }
}

struct Closure<'p, 'a> {
    parts: &'p Parts<'a>,
    shown: Vec<bool>,
    /// Withheld parts whose dependents were not withheld yet.
    pending: Vec<PartIndex>,
    /// Links by holder, and by target.
    from: LinksByPart,
    to: LinksByPart,
    /// Number of remaining contents, supports and referrers of each part.
    contents: Vec<usize>,
    supports: Vec<usize>,
    referrers: Vec<usize>,
    /// Number of remaining parts that each kind of figure draws, and the figures by kind.
    data: FigureData,
    figures: Vec<(FigureKind, PartIndex)>,
}

/// Indices of links, grouped by part.
struct LinksByPart {
    starts: Vec<usize>,
    links: Vec<usize>,
}

impl<'p, 'a> Closure<'p, 'a> {
    /// Returns the parts that remain after withholding parts and everything that depends on them.
    fn compute(parts: &'p Parts<'a>, withheld: impl Iterator<Item = PartIndex>) -> Vec<bool> {
        let mut closure = Self::of(parts);
        withheld.for_each(|index| closure.withhold(index));
        while let Some(index) = closure.pending.pop() {
            closure.propagate(index);
        }
        closure.shown
    }

    fn of(parts: &'p Parts<'a>) -> Self {
        let size = parts.list.len();
        let mut closure = Self {
            parts,
            shown: vec![true; size],
            pending: Vec::new(),
            from: LinksByPart::by(size, &parts.links, |link| Some(link.holder)),
            to: LinksByPart::by(size, &parts.links, |link| link.target),
            contents: vec![0; size],
            supports: vec![0; size],
            referrers: vec![0; size],
            data: FigureData::default(),
            figures: Vec::new(),
        };
        for (index, part) in parts.list.iter().enumerate() {
            if let Some(kind) = part.drawn_by {
                *closure.data.of(kind) += 1;
            }
            if let DependsOn::Data(kind) = part.depends_on {
                closure.figures.push((kind, index));
            }
        }
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

    /// Withholds the parts that depend on a withheld part.
    fn propagate(&mut self, index: PartIndex) {
        let part = &self.parts.list[index];
        self.withhold_contents(index, part);
        self.leave_parent(part);
        self.leave_figures(part);
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
            if self.contents[part.parent] == 0
                && self.parts.list[part.parent].depends_on == DependsOn::Contents
            {
                self.withhold(part.parent);
            }
        }
    }

    /// Withholds the figures of a kind with the last part that they draw.
    fn leave_figures(&mut self, part: &Part<'_>) {
        let Some(kind) = part.drawn_by else { return };
        let left = self.data.of(kind);
        *left -= 1;
        if *left == 0 {
            let figures: Vec<PartIndex> =
                self.figures.iter().filter(|(of, _)| *of == kind).map(|(_, figure)| *figure).collect();
            for figure in figures {
                self.withhold(figure);
            }
        }
    }

    /// Handles a link whose holder is withheld.
    fn drop_referrer(&mut self, link: usize) {
        let Some(target) = self.parts.links[link].target else { return };
        self.referrers[target] -= 1;
        if self.referrers[target] == 0 && self.parts.list[target].depends_on == DependsOn::Referrers {
            self.withhold(target);
        }
    }

    /// Handles a link whose target is withheld.
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

impl LinksByPart {
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
