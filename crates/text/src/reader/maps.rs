//! The entries of a map of the front matter, taken key by key; what remains is unknown.

use chancery_proto::nearest::{expected, nearest};

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};
use crate::syntax::separators::{is_foreign_comma, is_foreign_semicolon};
use crate::syntax::values::quoted;
use crate::syntax::yaml::{YamlNode, YamlValue};
use crate::vocabulary::Words;

use super::annotations::word;

/// A map of the front matter.
pub(super) struct Map {
    entries: Vec<(Spanned, YamlNode)>,
    known: Vec<&'static str>,
    /// Name of the map, for messages.
    place: &'static str,
}

impl Map {
    pub(super) fn new(entries: Vec<(Spanned, YamlNode)>, place: &'static str) -> Self {
        Self { entries, known: Vec::new(), place }
    }

    /// Reads a map, or reports another value.
    pub(super) fn of(node: YamlNode, place: &'static str, diagnostics: &mut Diagnostics) -> Self {
        Self::new(entries(node, place, diagnostics), place)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<YamlNode> {
        self.known.push(key);
        let index = self.entries.iter().position(|(entry, _)| entry.text == key)?;
        Some(self.entries.remove(index).1)
    }

    /// Returns whether the map has a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(entry, _)| entry.text == key)
    }

    pub(super) fn take_spanned(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Spanned> {
        let node = self.take(key)?;
        Some(Spanned::new(text(&node, key, diagnostics)?, node.range))
    }

    pub(super) fn take_text(
        &mut self,
        key: &'static str,
        field: &'static str,
        path: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> String {
        let Some(value) = self.take_spanned(key, diagnostics) else { return String::new() };
        path.set(field, value.range);
        value.text
    }

    /// Takes a list of texts. A single text is a list with it; of ids, it may contain several.
    pub(super) fn take_list(
        &mut self,
        key: &'static str,
        field: &'static str,
        path: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<String>> {
        let node = self.take(key)?;
        let items: Vec<Spanned> = match &node.value {
            YamlValue::List(items) => {
                let item = |item: &YamlNode| Some(Spanned::new(text(item, key, diagnostics)?, item.range));
                items.iter().filter_map(item).collect()
            }
            YamlValue::Text(single) if single.is_empty() => Vec::new(),
            YamlValue::Text(single) => vec![Spanned::new(single, node.range)],
            YamlValue::Map(_) => {
                let message = format!("{key} is a list: write `{key}: [one, two]`");
                diagnostics.error(code::INVALID_VALUE, node.range, message);
                Vec::new()
            }
        };
        report_joined(&items, key, diagnostics);
        path.add(field, PathNode::of_items(node.range, items.iter().map(|item| item.range)));
        Some(items.into_iter().map(|item| item.text).collect())
    }

    pub(super) fn take_word<W: Words + Into<i32>>(
        &mut self,
        key: &'static str,
        field: &'static str,
        path: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> i32 {
        let Some(value) = self.take_spanned(key, diagnostics) else { return 0 };
        path.set(field, value.range);
        word::<W>(key, &value, diagnostics).map_or(0, Into::into)
    }

    /// Takes a whole number.
    pub(super) fn take_number<N: std::str::FromStr>(
        &mut self,
        key: &'static str,
        field: &'static str,
        path: &mut PathNode,
        diagnostics: &mut Diagnostics,
    ) -> Option<N> {
        let value = self.take_spanned(key, diagnostics)?;
        path.set(field, value.range);
        let number = value.text.parse().ok();
        if number.is_none() {
            let message = format!("{key} is a whole number, not {:?}", value.text);
            diagnostics.error(code::INVALID_VALUE, value.range, message);
        }
        number
    }

    /// Reports the keys that nothing took.
    pub(super) fn finish(self, diagnostics: &mut Diagnostics) {
        for (key, _) in &self.entries {
            if self.known.contains(&key.text.as_str()) {
                // Occurs twice, which is reported already.
                continue;
            }
            diagnostics.push_error_with(|| {
                let suggestion = expected(&key.text, &self.known);
                let message = format!("{} has no field {:?}: {suggestion}", self.place, key.text);
                let error = Diagnostic::error(code::UNKNOWN_KEY, key.range, message);
                match nearest(&key.text, &self.known) {
                    Some(nearest) => error.with_fix(key.range, nearest),
                    None => error,
                }
            });
        }
    }
}

/// Warns of items with the comma of another script, which separates none; items in quotation marks are what they say.
pub(super) fn report_joined(items: &[Spanned], key: &str, diagnostics: &mut Diagnostics) {
    for item in items {
        let is_bare = item.range.end - item.range.start == item.text.len();
        let comma = item.text.char_indices().find(|(_, c)| is_foreign_comma(*c) || is_foreign_semicolon(*c));
        let Some((at, comma)) = comma.filter(|_| is_bare) else { continue };
        let range = TextRange::new(item.range.start + at, item.range.start + at + comma.len_utf8());
        let message = format!(
            "{key} are separated by \",\", not by \"{comma}\": replace it, or write {} for one item",
            quoted(&item.text)
        );
        let warning = Diagnostic::warning(code::WRONG_SEPARATOR, range, message);
        diagnostics.push(warning.with_fix(range, ","));
    }
}

/// Returns the entries of a map, or reports another value.
pub(super) fn entries(
    node: YamlNode,
    place: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Spanned, YamlNode)> {
    let form = node.value.form();
    match node.value {
        YamlValue::Map(entries) => entries,
        YamlValue::Text(text) if text.is_empty() => Vec::new(),
        YamlValue::Text(_) | YamlValue::List(_) => {
            let message = format!("{place} is a map, such as `{{key: value}}`, not {form}");
            diagnostics.error(code::INVALID_VALUE, node.range, message);
            Vec::new()
        }
    }
}

/// Returns a text, or reports another value.
fn text(node: &YamlNode, key: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    match &node.value {
        YamlValue::Text(text) => {
            refuse_controls(text, node.range, diagnostics);
            warn_of_curly_quotes(text, node.range, diagnostics);
            Some(text.clone())
        }
        YamlValue::List(_) | YamlValue::Map(_) => {
            let message =
                format!("{key} is a text, not {}: quote a text that starts with [ or {{", node.value.form());
            diagnostics.error(code::INVALID_VALUE, node.range, message);
            None
        }
    }
}

/// Warns of a text in curly quotation marks, which are part of it.
fn warn_of_curly_quotes(text: &str, range: TextRange, diagnostics: &mut Diagnostics) {
    let inside = text.strip_prefix(['“', '„', '”']).and_then(|rest| rest.strip_suffix(['”', '“']));
    let is_bare = range.end - range.start == text.len();
    if let Some(inside) = inside.filter(|_| is_bare) {
        let message = "curly quotation marks quote nothing in YAML, and are part of the text: write a straight \" on both sides";
        let warning = Diagnostic::warning(code::CURLY_QUOTE, range, message);
        diagnostics.push(warning.with_fix(range, quoted(inside)));
    }
}

fn refuse_controls(text: &str, range: TextRange, diagnostics: &mut Diagnostics) {
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let message = format!(
            "the text contains U+{:04X}, a control character: write it on one line",
            u32::from(control)
        );
        diagnostics.error(code::CONTROL_CHARACTER, range, message);
    }
}
