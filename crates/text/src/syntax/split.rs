//! Splits a raw paragraph into sentences, by the rule of [`chancery_brief::sentences`].

use chancery_brief::sentences::{self, SentenceRange, Unit};

use crate::syntax::spans::{Action, Mark};

/// Splits a text with its marks, which include the groups as [`Action::Skip`].
pub(crate) fn split(text: &str, marks: &[Mark]) -> Vec<SentenceRange> {
    sentences::split(text, &units(text, marks))
}

fn units(text: &str, marks: &[Mark]) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut at = 0;
    let mut is_escaped = false;
    let copy = |from: usize, to: usize, depth: usize, is_escaped: &mut bool, units: &mut Vec<Unit>| {
        for (offset, c) in text[from..to.max(from)].char_indices() {
            let escaped = std::mem::take(is_escaped);
            let at = from + offset;
            let end = at + c.len_utf8();
            let unit = Unit { at, end, character: Some(c), is_escaped: escaped, is_in_span: depth > 0 };
            units.push(unit);
        }
    };
    for mark in marks {
        copy(at, mark.start, depth, &mut is_escaped, &mut units);
        at = mark.end;
        match mark.action {
            Action::Open(_) => depth += 1,
            Action::Close(_) => depth = depth.saturating_sub(1),
            Action::Escape => is_escaped = true,
            Action::Skip => {
                let unit = Unit {
                    at: mark.start,
                    end: mark.end,
                    character: None,
                    is_escaped: false,
                    is_in_span: depth > 0,
                };
                units.push(unit);
            }
        }
    }
    copy(at, text.len(), depth, &mut is_escaped, &mut units);
    units
}
