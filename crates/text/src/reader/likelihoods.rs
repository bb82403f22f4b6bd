//! Likelihood and confidence.

use chancery_brief::likelihood::{bounds, equivalent, scale_terms, words};
use chancery_proto::brief::v1::{Confidence, Likelihood, LikelihoodScale, LikelihoodTerm};
use chancery_proto::lookalikes::in_ascii;
use chancery_proto::nearest::expected_claim;

use super::annotations::Annotations;
use super::lowering::Lowering;
use super::terms::{leading_term, meant_term, percentages};
use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};
use crate::syntax::tokens::Item;
use crate::vocabulary::{CONFIDENCES, SCALES, term};

impl Lowering<'_> {
    pub(super) fn likelihood(
        &mut self,
        annotations: &mut Annotations,
        node: &mut PathNode,
    ) -> Option<Likelihood> {
        annotations.know(SCALES.map(|(name, _)| name));
        annotations.know_terms(self.scale);
        let item = annotations.take_only("likelihood", is_likelihood, self.diagnostics);
        let origin = annotations.take("likelihood-origin", self.diagnostics);
        let Some(item) = item else {
            if let Some(origin) = origin {
                let message = "likelihood-origin describes a likelihood: add a term of the scale";
                self.diagnostics.error(code::NOT_APPLICABLE, origin.range, message);
            }
            return None;
        };
        let mut inner = PathNode::new(item.range);
        for field in ["scale", "term", "low_percent", "high_percent", "point_percent"] {
            inner.set(field, item.range);
        }
        let mut likelihood = self.written_likelihood(&item);
        if let (Some(likelihood), Some(origin)) = (&mut likelihood, origin) {
            inner.set("origin", origin.range);
            likelihood.origin = origin.text;
        }
        node.add("likelihood", inner);
        likelihood
    }

    fn written_likelihood(&mut self, item: &Item) -> Option<Likelihood> {
        let scale = SCALES.iter().find(|(name, _)| *name == item.head.text).map(|(_, scale)| *scale);
        let text = match (scale, &item.value) {
            (Some(_), Some(value)) => Spanned::new(&*value.text, value.range),
            (Some(_) | None, None) => item.head.clone(),
            (None, Some(value)) => {
                let message = "a likelihood has no value: write its origin as `likelihood-origin: …`";
                self.diagnostics.error(code::INVALID_VALUE, value.range, message);
                item.head.clone()
            }
        };
        let (term, rest) = self.term(&text, scale)?;
        let range = text.range;
        let (low, high) = bounds(term);
        let mut likelihood = Likelihood { low_percent: low, high_percent: high, ..Likelihood::default() };
        likelihood.set_scale(chancery_brief::likelihood::scale(term).unwrap_or_default());
        likelihood.set_term(term);
        if let Some(percentages) = percentages(rest) {
            if let Some((low, high)) = percentages.bounds {
                (likelihood.low_percent, likelihood.high_percent) = (low, high);
            }
            likelihood.point_percent = percentages.point;
        } else {
            self.diagnostics.push(malformed_range(term, rest, range));
        }
        Some(likelihood)
    }

    /// Returns the term at the start of a text and what follows it.
    fn term<'i>(
        &mut self,
        text: &'i Spanned,
        scale: Option<LikelihoodScale>,
    ) -> Option<(LikelihoodTerm, &'i str)> {
        let (name, rest) = leading_term(&text.text).unwrap_or((&text.text, ""));
        let wanted = scale.unwrap_or(self.scale);
        if let Some(term) = term(name, wanted) {
            return Some((term, rest));
        }
        let other = SCALES.into_iter().find_map(|(prefix, scale)| Some((prefix, term(name, scale)?)));
        let range = text.range;
        let Some((prefix, found)) = other else {
            let terms: Vec<&str> = scale_terms(wanted).iter().map(|term| words(*term)).collect();
            let remedy = match meant_term(name, wanted) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => expected_claim(name, &terms),
            };
            let message = format!("{name:?} is no term of the scale: {remedy}");
            self.diagnostics.error(code::UNKNOWN_VALUE, range, message);
            return None;
        };
        // A brief should have one scale: its own term is better where it has one.
        let own = equivalent(bounds(found), wanted).filter(|_| scale.is_none()).map(words);
        let proposal =
            own.map(|own| format!("\"{own}\", the term of this brief's scale, or ")).unwrap_or_default();
        let message = format!("\"{name}\" is a term of another scale: write {proposal}`{prefix}: {name}`");
        let error = Diagnostic::error(code::UNKNOWN_VALUE, range, message);
        self.diagnostics.push(if scale.is_none() && own.is_none() {
            error.with_fix(TextRange::at(range.start), format!("{prefix}: "))
        } else {
            error
        });
        Some((found, rest))
    }
}

/// Takes the confidence from the annotations of a part.
pub(super) fn confidence(
    annotations: &mut Annotations,
    node: &mut PathNode,
    diagnostics: &mut Diagnostics,
) -> Option<Confidence> {
    annotations.know(CONFIDENCES.map(|(name, _)| name));
    let level = |item: &Item| CONFIDENCES.iter().find(|(name, _)| *name == item.head.text);
    let item = annotations.take_only("confidence", |item| level(item).is_some(), diagnostics)?;
    let mut inner = PathNode::new(item.range);
    inner.set("level", item.head.range);
    let mut confidence = Confidence::default();
    confidence.set_level(level(&item).map(|(_, level)| *level).unwrap_or_default());
    if let Some(why) = item.value {
        inner.set("why", why.range);
        confidence.why = why.text;
    }
    node.add("confidence", inner);
    Some(confidence)
}

/// Returns whether an annotation is a likelihood: a scale, or a term with or without percentages.
fn is_likelihood(item: &Item) -> bool {
    let head = item.head.text.as_str();
    SCALES.iter().any(|(name, _)| *name == head) || leading_term(head).is_some()
}

/// Reports what follows a term and is no range, with the range that it seems to mean.
fn malformed_range(term: LikelihoodTerm, rest: &str, range: TextRange) -> Diagnostic {
    let name = words(term);
    let (low, high) = bounds(term);
    let ascii = in_ascii(rest).unwrap_or_else(|| rest.to_owned());
    // In some scripts the sign precedes the number.
    let meant = ascii.replace('%', "");
    let meant = if meant.is_empty() { meant } else { format!("{}%", meant.trim()) };
    if percentages(&meant).is_some_and(|meant| meant.bounds.is_some() || meant.point.is_some()) {
        let message = format!("{rest:?} behind the term is no range: write `{name} {meant}`, in ASCII");
        return Diagnostic::error(code::INVALID_VALUE, range, message)
            .with_fix(range, format!("{name} {meant}"));
    }
    let point = ascii
        .trim_matches(['%', ' '])
        .parse()
        .ok()
        .filter(|point| (low..=high).contains(point))
        .unwrap_or(low);
    let message = format!(
        "{rest:?} behind the term is no range: write `{name} {low}-{high}%` or `{name} {low}-{high}% at {point}%`"
    );
    Diagnostic::error(code::INVALID_VALUE, range, message)
}
