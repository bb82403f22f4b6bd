//! The forms of files of briefs: the text form, JSON and YAML, each by the ending of its files.

use std::path::Path;

use clap::ValueEnum;

use crate::ui::pending_file::is_standard;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BriefForm {
    /// The text form, NAME.brief.md
    Text,
    /// JSON with the fields of the proto files
    Json,
    /// The same fields in YAML
    Yaml,
}

/// Endings of files with their forms, longer ones first. The first ending of a form is written.
const ENDINGS: [(&str, BriefForm); 6] = [
    (".brief.md", BriefForm::Text),
    (".brief.yaml", BriefForm::Yaml),
    (".brief.yml", BriefForm::Yaml),
    (".yaml", BriefForm::Yaml),
    (".yml", BriefForm::Yaml),
    (".json", BriefForm::Json),
];

impl BriefForm {
    /// Returns the form that the ending of a file names; none for other endings.
    pub fn of(file: &Path) -> Option<Self> {
        ending(file).map(|(_, form)| form)
    }

    /// Returns the form of a file that a command reads or writes: JSON for other endings.
    pub fn or_json(file: &Path) -> Self {
        Self::of(file).unwrap_or(Self::Json)
    }

    /// Returns the form of the text of a file: by its ending, or else JSON if it is an object and the text form if it starts
    /// with front matter or is on standard input.
    pub fn of_text(file: &Path, text: &str) -> Self {
        let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let is_text = start.starts_with("---") || is_standard(file) && !start.starts_with('{');
        Self::of(file).unwrap_or(if is_text { Self::Text } else { Self::Json })
    }

    /// Returns the ending of the files that are written.
    pub fn ending(self) -> &'static str {
        ENDINGS.iter().find(|(_, form)| *form == self).map_or("", |(ending, _)| ending)
    }
}

fn ending(file: &Path) -> Option<(&'static str, BriefForm)> {
    let name = file.file_name()?.to_string_lossy().to_lowercase();
    ENDINGS.into_iter().find(|(ending, _)| name.ends_with(ending))
}

/// Returns whether an argument names a file and not a brief: it has the ending of a form, or is `-` for standard input.
pub fn is_named_by(argument: &str) -> bool {
    let path = Path::new(argument);
    is_standard(path) || BriefForm::of(path).is_some()
}

/// Returns the name of a file without its ending.
pub fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match ending(file).and_then(|(ending, _)| name.len().checked_sub(ending.len())) {
        Some(length) => name[..length].to_owned(),
        None => file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{BriefForm, is_named_by, stem};

    #[test]
    fn the_ending_or_the_first_character_decides_the_form() {
        let form = |file: &str, text: &str| BriefForm::of_text(Path::new(file), text);
        assert_eq!(form("a/suez.brief.md", "{}"), BriefForm::Text);
        assert_eq!(form("SUEZ.BRIEF.MD", ""), BriefForm::Text);
        assert_eq!(form("-", "---\n"), BriefForm::Text);
        assert_eq!(form("-", "\n {\"title\": 1}"), BriefForm::Json);
        assert_eq!(form("suez.json", "---"), BriefForm::Json);
        assert_eq!(form("README.md", "---"), BriefForm::Text);
        assert_eq!(form("README.md", "# Title"), BriefForm::Json);
        assert_eq!(form("red.YML", "{}"), BriefForm::Yaml);
        assert_eq!(BriefForm::of(Path::new("README.md")), None);
    }

    #[test]
    fn a_form_is_recognised_by_the_ending_that_it_writes() {
        for form in [BriefForm::Text, BriefForm::Json, BriefForm::Yaml] {
            assert_eq!(BriefForm::of(Path::new(&format!("a{}", form.ending()))), Some(form));
        }
    }

    #[test]
    fn a_name_is_without_its_ending() {
        let stems = ["a/suez.brief.md", "a/suez.json", "a/suez.brief.yaml", "suez.YML", "suez.txt"];
        assert!(stems.iter().all(|file| stem(Path::new(file)) == "suez"), "{stems:?}");
        assert!(
            is_named_by("-") && is_named_by("suez.json") && !is_named_by("suez") && !is_named_by("suez.txt")
        );
    }
}
