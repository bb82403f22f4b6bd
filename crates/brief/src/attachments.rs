//! The images that content shows.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{BriefContent, FigureKind, Section};

/// A figure that shows an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownImage<'a> {
    /// Where the figure names it, such as `sections[0].blocks[2].figure.attachment`.
    pub path: String,
    /// The image's SHA-256 in lower-case hexadecimal.
    pub digest: &'a str,
    /// The block's marking: in canonical content, its effective one.
    pub marking: &'a str,
    /// The id of the section that holds the figure.
    pub section_id: &'a str,
}

/// The figures of content that show an image, in document order.
pub fn shown_images(content: &BriefContent) -> Vec<ShownImage<'_>> {
    let mut found = Vec::new();
    of_sections("sections", &content.sections, &mut found);
    found
}

fn of_sections<'a>(path: &str, sections: &'a [Section], found: &mut Vec<ShownImage<'a>>) {
    for (index, section) in sections.iter().enumerate() {
        for (place, block) in section.blocks.iter().enumerate() {
            let Some(BlockKind::Figure(figure)) = &block.kind else { continue };
            if figure.kind() == FigureKind::Attachment {
                let path = format!("{path}[{index}].blocks[{place}].figure.attachment");
                found.push(ShownImage {
                    path,
                    digest: &figure.attachment,
                    marking: &block.marking,
                    section_id: &section.id,
                });
            }
        }
        of_sections(&format!("{path}[{index}].sections"), &section.sections, found);
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Block, Figure, block::Kind};

    use super::{BlockKind, BriefContent, FigureKind, Section, shown_images};

    fn figure(kind: FigureKind, attachment: &str) -> Block {
        let figure =
            Figure { kind: kind.into(), attachment: attachment.into(), alt: "A".into(), ..Figure::default() };
        let kind: Option<BlockKind> = Some(Kind::Figure(figure));
        Block { kind, marking: "TLP:GREEN".into(), ..Block::default() }
    }

    #[test]
    fn images_are_found_at_every_depth_and_drawings_are_none() {
        let inner = Section { blocks: vec![figure(FigureKind::Attachment, "b")], ..Section::default() };
        let outer = Section {
            blocks: vec![figure(FigureKind::Timeline, ""), figure(FigureKind::Attachment, "a")],
            sections: vec![inner],
            ..Section::default()
        };
        let content = BriefContent { sections: vec![outer], ..BriefContent::default() };
        let found = shown_images(&content);
        let places: Vec<_> = found.iter().map(|image| (image.path.as_str(), image.digest)).collect();
        assert_eq!(
            places,
            [
                ("sections[0].blocks[1].figure.attachment", "a"),
                ("sections[0].sections[0].blocks[0].figure.attachment", "b"),
            ]
        );
        assert!(found.iter().all(|image| image.marking == "TLP:GREEN"));
    }
}
