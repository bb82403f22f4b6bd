//! The texts of `new`, by kind of brief. Front matter with title, kind and language precedes them.

use crate::args::author::KindArg;

/// Returns the text of a new brief.
pub fn text(kind: KindArg, language: &str, title: &str) -> String {
    let (kind, template) = match kind {
        KindArg::Country => ("country", include_str!("scaffold/country.brief.md")),
        KindArg::Event => ("event", include_str!("scaffold/event.brief.md")),
        KindArg::Relationship => ("relationship", include_str!("scaffold/relationship.brief.md")),
        KindArg::Thematic => ("thematic", include_str!("scaffold/thematic.brief.md")),
    };
    // A JSON string is a quoted string of YAML.
    let title = serde_json::Value::from(title);
    format!("---\ntitle: {title}\nkind: {kind}\nlanguage: {language}\n{template}")
}

#[cfg(test)]
mod tests {
    use chancery_text::{Context, check, format};
    use clap::ValueEnum;

    use super::{KindArg, text};

    #[test]
    fn every_scaffold_is_formatted_and_has_no_findings() {
        for kind in KindArg::value_variants() {
            for (language, title) in [("en", "A: \"title\" \\ of # all"), ("fa", "عنوان")] {
                let text = text(*kind, language, title);
                let checked = check(&text, &Context::default(), None);
                assert_eq!(checked.findings, [], "{kind:?}");
                assert_eq!(checked.canonical.unwrap().content().title, title);
                assert_eq!(format(&text, &Context::default()).text, text, "{kind:?}");
            }
        }
    }
}
