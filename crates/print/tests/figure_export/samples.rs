//! The figures and tables of the samples, and how to export them.

use chancery_brief::marking::{Clearance, Policy, Scheme};
use chancery_brief::{redact, validate};
use chancery_print::testing::edition;
use chancery_print::{Edition, FigureError, FigureFormat, Fonts, Options, export_figure};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{Block, BriefContent, Section};
use chancery_testkit::files;

/// A figure or table of a sample.
pub(crate) struct Sample {
    /// `suez-2021-2.tab-ship`: a file name.
    pub(crate) name: String,
    pub(crate) content: BriefContent,
    pub(crate) earlier: Option<BriefContent>,
    pub(crate) id: String,
    pub(crate) title: String,
}

impl Sample {
    pub(crate) fn edition(&self) -> Edition<'_> {
        Edition { earlier: self.earlier.as_ref(), ..edition(&self.content) }
    }

    pub(crate) fn exported(&self, format: FigureFormat) -> Vec<u8> {
        self.exported_with(&Options::default(), format)
    }

    pub(crate) fn exported_with(&self, options: &Options, format: FigureFormat) -> Vec<u8> {
        let exported = exported(&self.edition(), &self.id, options, format);
        exported.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// Exports with the built-in fonts.
pub(crate) fn exported(
    edition: &Edition,
    id: &str,
    options: &Options,
    format: FigureFormat,
) -> Result<Vec<u8>, FigureError> {
    export_figure(edition, id, options, &Fonts::default(), format).map(|exported| exported.bytes)
}

/// Returns every figure and table with an id: of all kinds, as drawings and as tables, in three scripts.
pub(crate) fn samples() -> Vec<Sample> {
    let revisions =
        [("russia-iran", 2), ("suez-2021", 2), ("russia-iran-ru", 1), ("russia-iran-fa", 1), ("amber", 1)];
    let mut samples = Vec::new();
    for (brief, revision) in revisions {
        let content = highest_edition(&files::content(brief, revision));
        let earlier = (revision > 1).then(|| highest_edition(&files::content(brief, revision - 1)));
        for (id, title) in with_ids(&content.sections) {
            samples.push(Sample {
                name: format!("{brief}-{revision}.{id}"),
                content: content.clone(),
                earlier: earlier.clone(),
                id,
                title,
            });
        }
    }
    assert!(samples.len() >= 20, "only {} figures and tables", samples.len());
    samples
}

/// Returns one figure or table.
pub(crate) fn sample(name: &str) -> Sample {
    samples().into_iter().find(|sample| sample.name == name).unwrap_or_else(|| panic!("no sample {name}"))
}

fn highest_edition(content: &BriefContent) -> BriefContent {
    let canonical = validate::canonicalize(content, Scheme::Tlp).unwrap();
    redact::edition(&canonical, Clearance(canonical.highest()), Policy::Omit).unwrap()
}

fn with_ids(sections: &[Section]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for section in sections {
        found.extend(section.blocks.iter().filter(|block| !block.id.is_empty()).filter_map(titled));
        found.extend(with_ids(&section.sections));
    }
    found
}

fn titled(block: &Block) -> Option<(String, String)> {
    let title = match &block.kind {
        Some(Kind::Figure(figure)) => &figure.title,
        Some(Kind::Table(table)) => &table.caption,
        _ => return None,
    };
    Some((block.id.clone(), title.clone()))
}
