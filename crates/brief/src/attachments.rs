//! The images that content shows.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{BriefContent, FigureKind};

use crate::content_tree::{Node, visit};

/// A figure that shows an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownImage<'a> {
    /// Path of the field that names the image, such as `sections[0].blocks[2].figure.attachment`.
    pub path: String,
    /// SHA-256 of the image in lower-case hexadecimal.
    pub digest: &'a str,
    /// Marking of the block; in canonical content, the effective marking.
    pub marking: &'a str,
    /// Id of the section that contains the figure.
    pub section_id: &'a str,
}

/// Lists the figures of content that show an image, in document order.
pub fn shown_images(content: &BriefContent) -> Vec<ShownImage<'_>> {
    let mut images = Vec::new();
    visit(content, &mut |node| {
        let Node::Block(located) = node else { return };
        if let Some(BlockKind::Figure(figure)) = &located.block.kind
            && figure.kind() == FigureKind::Attachment
        {
            images.push(ShownImage {
                path: format!("{}.figure.attachment", located.path()),
                digest: &figure.attachment,
                marking: &located.block.marking,
                section_id: &located.section.id,
            });
        }
    });
    images
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Block, Figure, Section, block::Kind};

    use super::{BlockKind, BriefContent, FigureKind, shown_images};

    fn figure(kind: FigureKind, attachment: &str) -> Block {
        let figure =
            Figure { kind: kind.into(), attachment: attachment.into(), alt: "A".into(), ..Figure::default() };
        let kind: Option<BlockKind> = Some(Kind::Figure(figure));
        Block { kind, marking: "TLP:GREEN".into(), ..Block::default() }
    }

    #[test]
    fn images_are_found_at_every_depth_and_other_figures_are_skipped() {
        let inner = Section { blocks: vec![figure(FigureKind::Attachment, "b")], ..Section::default() };
        let outer = Section {
            blocks: vec![figure(FigureKind::Timeline, ""), figure(FigureKind::Attachment, "a")],
            sections: vec![inner],
            ..Section::default()
        };
        let content = BriefContent { sections: vec![outer], ..BriefContent::default() };
        let images = shown_images(&content);
        let paths: Vec<_> = images.iter().map(|image| (image.path.as_str(), image.digest)).collect();
        assert_eq!(
            paths,
            [
                ("sections[0].blocks[1].figure.attachment", "a"),
                ("sections[0].sections[0].blocks[0].figure.attachment", "b"),
            ]
        );
        assert!(images.iter().all(|image| image.marking == "TLP:GREEN"));
    }
}
