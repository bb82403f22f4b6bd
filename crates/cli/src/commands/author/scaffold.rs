//! The texts of `new`, by kind of brief. Front matter with title, kind and language precedes them.

use crate::args::author::KindArg;
use crate::inputs::template_text::LABEL;

/// The headings of the texts in Russian, Persian and Arabic.
const HEADINGS: [(&str, [&str; 3]); 8] = [
    ("Background", ["Предыстория", "پیشینه", "الخلفية"]),
    ("Outlook", ["Перспективы", "چشم\u{200c}انداز", "الآفاق"]),
    ("Politics", ["Политика", "سیاست", "السياسة"]),
    ("Economy", ["Экономика", "اقتصاد", "الاقتصاد"]),
    ("The relationship", ["Отношения", "روابط", "العلاقة"]),
    ("Limits", ["Ограничения", "محدودیت\u{200c}ها", "القيود"]),
    ("What happened", ["Что произошло", "چه رخ داد", "ماذا حدث"]),
    ("What it means", ["Что это значит", "معنای آن", "ماذا يعني ذلك"]),
];

/// The labels of the relationships' types in Russian, Persian and Arabic.
const LABELS: [(&str, [&str; 3]); 2] = [
    ("supplies-weapons-to", ["поставляет оружие", "تأمین\u{200c}کنندهٔ سلاح برای", "يورّد السلاح إلى"]),
    ("cooperates-with", ["сотрудничает", "همکار", "يتعاون مع"]),
];

/// The comment in a text whose language is not English.
const LANGUAGE_COMMENT: &str = "<!-- Write headings and texts in the language of the brief. Keys, terms such as likely, ids, dates, grades and the signs
     ; , % stay in ASCII: the print has the words of its language for them. -->

";

/// Returns the text of a new brief. Its headings are in Russian, Persian or Arabic where that is the language; its prompts are
/// in English.
pub fn text(kind: KindArg, language: &str, title: &str) -> String {
    let (kind, template) = match kind {
        KindArg::Country => ("country", include_str!("scaffold/country.brief.md")),
        KindArg::Event => ("event", include_str!("scaffold/event.brief.md")),
        KindArg::Relationship => ("relationship", include_str!("scaffold/relationship.brief.md")),
        KindArg::Thematic => ("thematic", include_str!("scaffold/thematic.brief.md")),
    };
    // A JSON string is a quoted string of YAML.
    let title = serde_json::Value::from(title);
    format!("---\ntitle: {title}\nkind: {kind}\nlanguage: {language}\n{}", translated(template, language))
}

fn translated(template: &str, language: &str) -> String {
    let language = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if language == "en" {
        return template.to_owned();
    }
    let mut text =
        template.replacen("<!-- The bottom line", &format!("{LANGUAGE_COMMENT}<!-- The bottom line"), 1);
    let column = ["ru", "fa", "ar"].iter().position(|known| *known == language);
    for (r#type, labels) in LABELS {
        let label = column.map_or(LABEL, |column| labels[column]);
        for actor in ["actor-1", "actor-2"] {
            let line = format!(" | {type} | {actor} {{");
            text = text.replace(&line, &format!("{line}label: {label}; "));
        }
    }
    if let Some(column) = column {
        for (english, translations) in HEADINGS {
            for (before, behind) in [("# ", " ^"), ("# ", " {"), ("name: ", ",")] {
                let heading = |word: &str| format!("{before}{word}{behind}");
                text = text.replace(&heading(english), &heading(translations[column]));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use chancery_text::{Context, check, format};
    use clap::ValueEnum;

    use super::{KindArg, text};
    use crate::inputs::template_text::PLACEHOLDERS;

    #[test]
    fn every_scaffold_is_formatted_and_has_no_findings() {
        for kind in KindArg::value_variants() {
            for (language, title) in [("en", "A: \"title\" \\ of # all"), ("fa", "عنوان"), ("tr", "B")] {
                let text = text(*kind, language, title);
                let checked = check(&text, &Context::default(), None);
                assert_eq!(checked.findings, [], "{kind:?}");
                assert_eq!(checked.canonical.unwrap().content().title, title);
                assert_eq!(format(&text, &Context::default()).text, text, "{kind:?}");
            }
        }
    }

    #[test]
    fn headings_are_in_the_languages_of_the_printer() {
        for kind in KindArg::value_variants() {
            for (language, letters) in [("ru", 'а'..='я'), ("fa-IR", 'ا'..='ی'), ("ar", 'ا'..='ي')] {
                let text = text(*kind, language, "T");
                for heading in
                    text.lines().filter(|line| line.starts_with("# ") && !line.starts_with("# as-of"))
                {
                    assert!(heading.contains(|c| letters.contains(&c)), "{kind:?} {language}: {heading}");
                }
                assert!(text.contains("in the language of the brief"));
            }
        }
    }

    #[test]
    fn the_sentences_of_every_scaffold_are_placeholders() {
        for kind in KindArg::value_variants() {
            let text = text(*kind, "en", "T");
            let content = chancery_text::read(&text, &Context::default()).content;
            for statement in chancery_brief::reading_order::statements(&content) {
                assert!(PLACEHOLDERS.contains(&statement.text.as_str()), "{}", statement.text);
            }
        }
    }
}
