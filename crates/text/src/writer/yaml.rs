//! YAML in one line for each entry.

use crate::syntax::markings::has_marking;
use crate::syntax::values::quoted;

/// Returns a scalar: plain where no reader of YAML could take it for anything but a text or number, else quoted.
pub(crate) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str) -> bool {
    let is_allowed = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '-' | '_' | '.' | '/' | '+' | '(' | ')' | '~' | '%' | '\'' | '’' | '–')
    };
    let mut characters = text.chars().peekable();
    let mut is_free = text.starts_with(char::is_alphanumeric) && !text.ends_with(' ');
    while let Some(c) = characters.next() {
        let is_inner_colon = c == ':' && characters.peek().is_some_and(|next| next.is_alphanumeric());
        is_free &= is_allowed(c) || is_inner_colon;
    }
    is_free && !has_marking(text)
}

/// Returns a list in brackets.
pub(super) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// The entries of a map in braces.
#[derive(Debug, Default)]
pub(super) struct Map {
    entries: Vec<String>,
}

impl Map {
    /// Adds a value in its written form.
    pub(super) fn raw(&mut self, key: &str, written: &str) {
        self.entries.push(format!("{}: {written}", scalar(key)));
    }

    /// Adds a text, unless it is empty.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.raw(key, &scalar(text));
        }
    }

    pub(super) fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.raw(key, &list(texts));
        }
    }

    pub(super) fn written(&self) -> String {
        format!("{{{}}}", self.entries.join(", "))
    }
}
