//! The figure of trends that moves out of the body: the table of trends has its title and source.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, Figure, FigureKind, Section};

use crate::compose::inherited_markings::own_or;

/// A figure of trends and the block that has it.
#[derive(Clone, Copy)]
pub(crate) struct MovedFigure<'a> {
    pub(crate) figure: &'a Figure,
    pub(super) block_id: &'a str,
    /// The marking of the block or of the section around it; empty without one.
    pub(super) marking: &'a str,
}

impl<'a> MovedFigure<'a> {
    /// Returns the first figure of trends in the sections. A figure that is the only block of its section stays there,
    /// since the section would be empty.
    pub(crate) fn of(sections: &[&'a Section]) -> Option<Self> {
        sections.iter().find_map(|section| moved(section, ""))
    }
}

fn moved<'a>(section: &'a Section, enclosing: &'a str) -> Option<MovedFigure<'a>> {
    let enclosing = own_or(&section.marking, enclosing);
    let found = section.blocks.iter().find_map(|block| {
        let figure = trends(block)?;
        Some(MovedFigure { figure, block_id: &block.id, marking: own_or(&block.marking, enclosing) })
    });
    let stays = section.blocks.len() == 1 && section.sections.is_empty();
    let within = || section.sections.iter().find_map(|section| moved(section, enclosing));
    found.filter(|_| !stays).or_else(within)
}

fn trends(block: &Block) -> Option<&Figure> {
    let Some(Kind::Figure(figure)) = &block.kind else { return None };
    (figure.kind() == FigureKind::DomainTrends).then_some(figure)
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::block::Kind;
    use chancery_proto::brief::v1::{Block, Figure, FigureKind, Paragraph, Section};

    use super::MovedFigure;

    fn figure(kind: FigureKind, title: &str) -> Block {
        let figure = Figure { kind: kind as i32, title: title.to_owned(), ..Figure::default() };
        Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
    }

    fn paragraph() -> Block {
        Block { kind: Some(Kind::Paragraph(Paragraph::default())), ..Block::default() }
    }

    fn section(marking: &str, blocks: Vec<Block>, sections: Vec<Section>) -> Section {
        Section { marking: marking.to_owned(), blocks, sections, ..Section::default() }
    }

    fn moved(section: &Section) -> Option<(&str, &str)> {
        MovedFigure::of(&[section]).map(|moved| (moved.figure.title.as_str(), moved.marking))
    }

    #[test]
    fn the_first_figure_of_trends_moves_with_the_marking_around_it() {
        let trends = |title| figure(FigureKind::DomainTrends, title);
        let inner = section("", vec![paragraph(), trends("Inner")], vec![]);
        let outer = section("TLP:GREEN", vec![figure(FigureKind::Timeline, "Events")], vec![inner.clone()]);
        assert_eq!(moved(&outer), Some(("Inner", "TLP:GREEN")));
        let both = section("", vec![trends("Outer"), paragraph()], vec![inner]);
        assert_eq!(moved(&both), Some(("Outer", "")));
    }

    #[test]
    fn a_figure_that_is_its_sections_only_block_stays() {
        let alone = section("", vec![figure(FigureKind::DomainTrends, "Alone")], vec![]);
        assert_eq!(moved(&alone), None);
    }
}
