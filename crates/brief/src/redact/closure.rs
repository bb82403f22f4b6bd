//! Which parts a clearance sees: its own marking first, then what follows from what is withheld, to a fixed point.

use chancery_proto::brief::v1::FigureKind;

use super::parts::{BRIEF, FigureData, Link, LivesBy, Need, Part, PartIndex, Parts};
use crate::marking::Clearance;

impl Parts<'_> {
    /// For each part whether the clearance sees it. Takes time linear in parts and references: what withholding one
    /// part takes along is found by counting down, not by looking again.
    pub(super) fn shown_to(&self, clearance: Clearance) -> Vec<bool> {
        let above = |(index, part): (PartIndex, &Part<'_>)| (!clearance.reads(part.rank)).then_some(index);
        Closure::without(self, self.list.iter().enumerate().skip(1).filter_map(above))
    }

    /// For each part whether it is in an edition at all: parts that hold no data at any clearance are not.
    pub(super) fn with_data(&self) -> Vec<bool> {
        Closure::without(self, self.empty.iter().copied())
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
    /// What is left for each kind of figure to draw, and the figures of that kind.
    data: FigureData,
    figures: Vec<(FigureKind, PartIndex)>,
}

/// Numbers of links, grouped by a part.
struct Grouped {
    starts: Vec<usize>,
    links: Vec<usize>,
}

impl<'p, 'a> Closure<'p, 'a> {
    /// The parts that are left without these and without what needs them.
    fn without(parts: &'p Parts<'a>, gone: impl Iterator<Item = PartIndex>) -> Vec<bool> {
        let mut closure = Self::of(parts);
        gone.for_each(|index| closure.withhold(index));
        while let Some(index) = closure.pending.pop() {
            closure.follow(index);
        }
        closure.shown
    }

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
            data: FigureData::default(),
            figures: Vec::new(),
        };
        for (index, part) in parts.list.iter().enumerate() {
            if let Some(kind) = part.drawn_by {
                *closure.data.of(kind) += 1;
            }
            if let LivesBy::Data(kind) = part.lives_by {
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

    /// Draws the consequences of a withheld part.
    fn follow(&mut self, index: PartIndex) {
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
            if self.contents[part.parent] == 0 && self.parts.list[part.parent].lives_by == LivesBy::Contents {
                self.withhold(part.parent);
            }
        }
    }

    /// Withholds the figures that draw such parts with the last of those.
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
