//! `new`: creates a text to fill in.

use std::path::Path;

use chancery_brief::validate::{TITLE_LIMIT, check_plain_text, is_language};

use super::scaffold;
use crate::args::author::New;
use crate::inputs::brief_form::{BriefForm, stem};
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;

pub fn run(arguments: &New) -> Result<(), Failure> {
    let file = &arguments.file;
    if !is_standard(file) && BriefForm::of(file) != Some(BriefForm::Text) {
        let ending = BriefForm::Text.ending();
        let message = format!("{} does not end in {ending}: name it {}{ending}", file.display(), stem(file));
        return Err(Failure::usage("WRONG_ENDING", message));
    }
    if !is_language(&arguments.language) {
        let message =
            format!("{:?} is not a language tag: expected one such as en or fa-IR", arguments.language);
        return Err(Failure::usage("INVALID_LANGUAGE", message));
    }
    let title = arguments.title.clone().unwrap_or_else(|| title_of(file));
    let is_too_long = title.chars().count() > TITLE_LIMIT;
    if title.trim().is_empty() || is_too_long || title.contains('\n') || check_plain_text(&title).is_err() {
        let message =
            format!("the title must be one line of 1 to {TITLE_LIMIT} characters without control characters");
        return Err(Failure::usage("INVALID_TITLE", message));
    }
    let text = scaffold::text(arguments.kind, &arguments.language, &title);
    if is_standard(file) {
        return output::print_to_reader(&text);
    }
    output::write_new_file(file, 0o666, text.as_bytes())?;
    let name = file.display();
    output::print(&format!(
        "{name}: created; edit it, then run `chancery check {name}` and `chancery fmt {name}`\n"
    ))
}

/// Returns the name of a file as a title: `red-sea.brief.md` is Red sea.
fn title_of(file: &Path) -> String {
    let words = if is_standard(file) { "untitled".to_owned() } else { stem(file).replace(['-', '_'], " ") };
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
