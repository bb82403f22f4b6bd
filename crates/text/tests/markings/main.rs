//! Where a marking can be, everything that reads as one of the scheme is the marking or an error, and ordinary brackets are
//! text; where none can be, it is an error.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_text::{Context, Diagnostic, Severity, code, read};

mod lookalikes;
mod places;

fn front_matter(scheme: &str) -> String {
    format!("---\ntitle: T\nscheme: {scheme}\nsources:\n  a: {{title: A, reliability: B}}\n---\n\n")
}

/// Returns the findings about markings of a body.
fn findings(scheme: &str, body: &str) -> Vec<Diagnostic> {
    let text = front_matter(scheme) + body;
    let codes = [code::UNKNOWN_MARKING, code::FOREIGN_MARKING];
    let found = read(&text, &Context::default()).diagnostics;
    found.into_iter().filter(|found| codes.contains(&found.code)).collect()
}

/// Applies the fix of the only finding about a marking.
fn fixed(scheme: &str, body: &str) -> String {
    let text = front_matter(scheme) + body;
    let found = findings(scheme, body);
    let [only] = found.as_slice() else { panic!("{scheme} {body:?}: {found:?}") };
    assert_eq!(only.severity, Severity::Error, "{body:?}: {only:?}");
    assert!(only.range.start >= text.len() - body.len() && only.range.end <= text.len(), "{body:?}");
    let fix = only.fix.as_ref().unwrap_or_else(|| panic!("{body:?} has no fix: {only:?}"));
    let mut fixed = text.clone();
    fixed.replace_range(fix.range.start..fix.range.end, &fix.replacement);
    fixed.split_off(text.len() - body.len())
}
