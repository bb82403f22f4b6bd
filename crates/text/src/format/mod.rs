//! The formatter: one sentence a line, an id for each part that needs one, and single spaces between the parts of a line.
//!
//! It edits the text in place. Front matter, comments, blank lines and the order of annotations stay as they are, and so
//! does every line with an error.

mod edits;
mod lines;
mod passages;

use self::edits::Edits;
use self::passages::{Layout, formatted};
use crate::context::Context;
use crate::parse::{Parsed, parse};
use crate::range::TextRange;
use crate::reader::{Reading, read};
use crate::syntax::parts::Parts;
use crate::syntax::sentences::Passage;
use crate::syntax::tree::{Element, ElementKind, List, ListItem};

/// A formatted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text, with LF at the ends of lines and no byte order mark.
    pub text: String,
    /// The changes that matter to the author, in the order of the text.
    pub notes: Vec<FormattingNote>,
    /// Whether the text has errors of form. Their lines are as they were, and an id that could not be read there may have
    /// been assigned to another part.
    pub has_errors: bool,
}

/// A change by the formatter, or a part that it left as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormattingNote {
    /// The line in the text before formatting, from 1.
    pub line: usize,
    /// Message for the author.
    pub message: String,
}

/// Formats a text. The content of the result is that of the text, because the reader assigns the same ids. The result is a
/// fixed point if the text has no errors.
pub fn format(text: &str, context: &Context<'_>) -> Formatted {
    let text = with_line_feeds(text);
    let parsed = parse(&text, context);
    let mut formatter =
        Formatter { text: &text, parsed: &parsed, edits: Edits::default(), notes: Vec::new() };
    formatter.elements(&parsed.elements);
    let mut notes = formatter.notes;
    notes.sort_by_key(|(at, _)| *at);
    let notes = numbered(&text, notes);
    let has_errors = !parsed.errors.is_empty();
    Formatted { text: formatter.edits.apply(&text), notes, has_errors }
}

/// Formats a text without errors of form.
///
/// # Errors
/// The reading of a text that has errors, or that formatting would change the content of.
pub fn format_valid(text: &str, context: &Context<'_>) -> Result<Formatted, Box<Reading>> {
    let formatted = format(text, context);
    let before = read(text, context);
    if !formatted.has_errors && read(&formatted.text, context).content == before.content {
        return Ok(formatted);
    }
    Err(Box::new(before))
}

/// Returns the text without byte order mark, each line ending with LF alone.
fn with_line_feeds(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut normalised = String::with_capacity(text.len() + 1);
    for line in text.split_inclusive('\n') {
        normalised.push_str(line.trim_end_matches(['\r', '\n']));
        normalised.push('\n');
    }
    normalised
}

/// Replaces the offsets of notes, which are sorted, by the numbers of their lines.
fn numbered(text: &str, notes: Vec<(usize, String)>) -> Vec<FormattingNote> {
    let (mut line, mut counted) = (1, 0);
    let mut numbered = Vec::with_capacity(notes.len());
    for (at, message) in notes {
        let at = at.min(text.len());
        line += text.get(counted..at).unwrap_or_default().matches('\n').count();
        counted = at;
        numbered.push(FormattingNote { line, message });
    }
    numbered
}

struct Formatter<'f> {
    text: &'f str,
    parsed: &'f Parsed,
    edits: Edits,
    /// Messages with their offsets.
    notes: Vec<(usize, String)>,
}

impl Formatter<'_> {
    fn elements(&mut self, elements: &[Element]) {
        let mut is_in_section = false;
        for element in elements {
            if let Some(own) = &element.own {
                self.title(own);
            }
            match &element.kind {
                ElementKind::Heading { title, .. } => {
                    is_in_section = true;
                    self.title(title);
                }
                ElementKind::Paragraph(passage) => {
                    let layout = Layout { first: Some(""), others: "", is_in_quote: false };
                    self.passage(passage, &layout, None);
                }
                ElementKind::Callout { title, passage } => {
                    self.title(title);
                    self.quoted(passage);
                }
                ElementKind::Quote { passage, .. } => self.quoted(passage),
                ElementKind::List(list) => self.list(list, !is_in_section && list.ordered),
                ElementKind::Table(table) => self.title(&table.title),
                ElementKind::Fenced { entries, .. } => entries.iter().for_each(|entry| self.title(entry)),
                ElementKind::Figure(figure) => self.renumber(&figure.parts),
                ElementKind::Empty(_) => {}
            }
        }
    }

    fn has_error(&self, range: TextRange) -> bool {
        self.parsed.errors.iter().any(|error| error.touches(range))
    }

    /// Formats a line of its own, except a sentence.
    fn title(&mut self, parts: &Parts) {
        if self.has_error(parts.range) {
            return;
        }
        self.note_id(parts);
        self.edits.replace(self.text, parts.range, lines::title(parts));
    }

    /// Replaces the id of a figure, whose line stays as it is.
    fn renumber(&mut self, parts: &Parts) {
        if let (Some(id), Some(assigned), false) =
            (&parts.id, &parts.assigned_id, self.has_error(parts.range))
        {
            self.note_id(parts);
            self.edits.replace(self.text, id.range, assigned.clone());
        }
    }

    fn quoted(&mut self, passage: &Passage) {
        let layout = Layout { first: Some("> "), others: "> ", is_in_quote: true };
        self.passage(passage, &layout, None);
    }

    fn list(&mut self, list: &List, are_judgments: bool) {
        for item in &list.items {
            self.item(item, are_judgments);
        }
    }

    fn item(&mut self, item: &ListItem, is_judgment: bool) {
        let indentation = " ".repeat(item.indentation);
        let layout = Layout { first: None, others: &indentation, is_in_quote: false };
        let own_line = item.assigned_id.as_ref().filter(|_| is_judgment).map(|id| {
            self.notes.push((item.range.start, std::format!("the key judgment is now ^{id}")));
            std::format!("\n{indentation}^{id}")
        });
        self.passage(&item.passage, &layout, own_line);
        if let Some(own) = &item.own {
            self.title(own);
        }
        if let Some(inner) = &item.list {
            self.list(inner, false);
        }
    }

    /// Formats the sentences of a passage and adds a line behind them.
    fn passage(&mut self, passage: &Passage, layout: &Layout<'_>, behind: Option<String>) {
        let Some((range, mut formatted)) = formatted(self.text, passage, self.parsed.scheme, layout) else {
            return;
        };
        if self.has_error(range) {
            let message = "not formatted, because of the errors in these lines";
            self.notes.push((range.start, message.to_owned()));
            return;
        }
        let starts = passage.sentences.iter().map(|sentence| sentence.range.start);
        let is_split = !starts.eq(passage.lines.iter().map(|line| line.start));
        if passage.is_raw && is_split && passage.sentences.len() > 1 {
            let message = std::format!("split into {} sentences", passage.sentences.len());
            self.notes.push((range.start, message));
        }
        passage.sentences.iter().for_each(|sentence| self.note_id(sentence));
        formatted.push_str(&behind.unwrap_or_default());
        self.edits.replace(self.text, range, formatted);
    }

    fn note_id(&mut self, parts: &Parts) {
        let Some(assigned) = &parts.assigned_id else { return };
        let message = match &parts.id {
            Some(id) => std::format!("the second part with the id {} is now ^{assigned}", id.text),
            None => match parts.overlap {
                Some(overlap) => {
                    std::format!("^{assigned} again, whose earlier text has {overlap} % of its words")
                }
                None => std::format!("the part is now ^{assigned}"),
            },
        };
        self.notes.push((parts.range.start, message));
    }
}
