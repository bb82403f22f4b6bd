//! The state of the walk from the tree to the content.

use std::collections::{BTreeMap, BTreeSet};

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{Change, LikelihoodScale, SourceReliability};

use crate::code;
use crate::context::Context;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::range::Spanned;
use crate::syntax::markings::intended;

/// A declared change with the ranges of its fields.
pub(super) type LocatedChange = (Change, PathNode);

pub(super) struct Lowering<'l> {
    pub(super) context: &'l Context<'l>,
    pub(super) scheme: Scheme,
    pub(super) scale: LikelihoodScale,
    pub(super) language: String,
    /// Whether all of the front matter was read.
    pub(super) has_front_matter: bool,
    /// Ids of the sources whose reliability could not be read.
    pub(super) misrated_sources: BTreeSet<String>,
    /// The sources of the front matter, by id.
    pub(super) sources: BTreeMap<String, SourceReliability>,
    /// Comparisons that are left between unknown sources and the known ones.
    pub(super) comparisons: usize,
    pub(super) diagnostics: &'l mut Diagnostics,
    /// Warnings about terms in the words of sentences.
    pub(super) wording: Diagnostics,
    /// Changes on the lines of statements, in order.
    pub(super) statement_changes: Vec<LocatedChange>,
    /// Changes on the lines of other parts.
    pub(super) part_changes: Vec<LocatedChange>,
}

impl Lowering<'_> {
    /// Checks a label and returns it.
    pub(super) fn label(&mut self, label: &Spanned) -> String {
        if !label.text.is_empty() && self.scheme.rank(&label.text).is_none() {
            let scheme = self.scheme;
            self.diagnostics.push_error_with(|| {
                let labels = scheme.labels();
                let message = format!(
                    "{:?} is no marking of the scheme {scheme}: expected one of {}",
                    label.text,
                    labels.join(", ")
                );
                let error = Diagnostic::error(code::UNKNOWN_MARKING, label.range, message);
                let meant = label.text.trim_matches(['(', ')', '[', ']', ' ']).to_uppercase();
                match intended(&label.text, scheme).or_else(|| intended(&meant, scheme)) {
                    Some(nearest) => error.with_fix(label.range, nearest),
                    None => error,
                }
            });
        }
        label.text.clone()
    }
}
