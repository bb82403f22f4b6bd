//! From content to its text, in the canonical layout.

mod annotations;
mod blocks;
mod changes;
mod escapes;
mod fenced;
mod front_matter;
mod spans;
mod state;
mod statements;
pub(crate) mod yaml;

use chancery_proto::brief::v1::BriefContent;

pub(crate) use self::escapes::protect_marker;
use self::state::Writer;
use crate::context::Exchange;
use crate::defaults::Container;

/// Writes content in the canonical layout: one sentence a line, values that differ from their defaults, and escapes where
/// the reader needs them.
///
/// Valid content is read back as it was, up to what [`chancery_brief::validate::canonicalize`] fills in. Invalid content
/// is written as far as the text can express it. Withheld parts of an edition are marked by `<!-- withheld -->`, which the
/// reader refuses.
pub fn write(content: &BriefContent, exchange: &Exchange) -> String {
    let mut writer = Writer::new(content, exchange.scheme);
    let floor = writer.floor;
    writer.front_matter(content, exchange);
    if !content.bluf.is_empty() {
        writer.blank();
        writer.statements(&content.bluf, floor, ("", ""), Container::default());
    }
    if !content.key_judgments.is_empty() {
        writer.blank();
        writer.key_judgments(&content.key_judgments);
    }
    writer.sections(&content.sections, floor, 1);
    writer.fenced(content);
    writer.text
}
