//! Briefs with images.

use std::ops::ControlFlow;

use chancery_print::testing;
use chancery_print::{Edition, Fonts, Images, Limits, Options, PrintError, Printed, print};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, Figure, FigureKind, Section};
use chancery_testkit::content;
use sha2::{Digest as _, Sha256};

/// Returns an image's digest, which is its name.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn images(pictures: &[&[u8]]) -> Images {
    pictures.iter().map(|bytes| (digest(bytes), bytes.to_vec())).collect()
}

pub(crate) fn figure(bytes: &[u8], title: &str) -> Block {
    let figure = Figure {
        kind: FigureKind::Attachment.into(),
        title: title.to_owned(),
        source: format!("Source of {title}: the desk"),
        attachment: digest(bytes),
        alt: format!("What {title} shows"),
        ..Figure::default()
    };
    Block { kind: Some(Kind::Figure(figure)), ..Block::default() }
}

pub(crate) fn paragraph(id: &str, text: &str) -> Block {
    content::paragraph(vec![content::statement(id, text)])
}

pub(crate) fn brief(language: &str, blocks: Vec<Block>) -> BriefContent {
    let section =
        Section { id: "s-pictures".into(), heading: "Pictures".into(), blocks, ..Section::default() };
    BriefContent {
        title: "A brief with pictures".into(),
        language: language.into(),
        sections: vec![section],
        ..BriefContent::default()
    }
}

pub(crate) fn edition<'a>(content: &'a BriefContent, images: &'a Images) -> Edition<'a> {
    Edition { images, ..testing::edition(content) }
}

pub(crate) fn printed(edition: &Edition, options: &Options) -> Result<Printed, PrintError> {
    print(edition, options, &Limits::default(), &Fonts::default(), &mut |_| ControlFlow::Continue(()))
}
