//! What went wrong, for people (with the place in their file) and for programs (`--json`).

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use chancery_cli::processes::ProcessError;
use chancery_client::Error as ClientError;
use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, NamedSource, SourceCode};
use serde::Serialize;

use crate::source_text::SourceText;

/// Wrong places that are shown with the lines around them; the rest gets one line each.
const SNIPPETS: usize = 8;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Refused or failed.
    Failed = 1,
    /// The command line was wrong.
    Usage = 2,
    /// Ctrl-C, as shells count it.
    Interrupted = 130,
}

/// Why a command did not do what it should. The serialised form is what `--json` prints.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The gRPC code's name; local failures use the code that fits.
    pub code: String,
    /// A stable reason.
    pub reason: String,
    /// For people.
    pub message: String,
    /// The first wrong places.
    pub violations: Vec<Place>,
    /// The number of all wrong places.
    pub total_violations: usize,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip)]
    pub exit: Exit,
}

/// A wrong place: in the request, and in the file that it came from.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Place {
    /// The path inside the document or request, such as `content.sections[1].heading`.
    pub path: String,
    /// What is wrong.
    pub description: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    #[serde(skip)]
    pub text: Option<Arc<str>>,
}

/// A position in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
}

impl Failure {
    /// A failure with a gRPC code's name and a stable reason.
    pub fn new(code: &str, reason: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            reason: reason.to_owned(),
            message: message.into(),
            violations: Vec::new(),
            total_violations: 0,
            help: None,
            exit: Exit::Failed,
        }
    }

    /// A wrong command line.
    pub fn usage(reason: &str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new("INVALID_ARGUMENT", reason, message) }
    }

    /// For `map_err`: the operating system refused something.
    pub fn io(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let code = match error.kind() {
                io::ErrorKind::NotFound => "NOT_FOUND",
                io::ErrorKind::PermissionDenied => "PERMISSION_DENIED",
                _ => "UNKNOWN",
            };
            Self::new(code, "IO", format!("{what}: {error}"))
        }
    }

    /// For `map_err`: something of this machine's setup failed.
    pub fn setup<E: fmt::Display>(what: &str) -> impl FnOnce(E) -> Self {
        move |error| Self::new("FAILED_PRECONDITION", "SETUP", format!("{what}: {error}"))
    }

    /// The same with an advice.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same with wrong places.
    #[must_use]
    pub fn places(self, violations: Vec<Place>) -> Self {
        Self { total_violations: violations.len(), violations, ..self }
    }

    /// The line that counts the wrong places which are not listed.
    fn unlisted(&self) -> Option<String> {
        let unlisted = self.total_violations.saturating_sub(self.violations.len());
        (unlisted > 0).then(|| format!("and {unlisted} more; `chancery lint BRIEF FILE` lists all\n"))
    }

    /// Prints it to standard error.
    pub fn report(&self, json: bool) {
        let mut errors = io::stderr().lock();
        // Nobody is left to hear of a failure to report a failure.
        let _ = if json {
            serde_json::to_writer_pretty(&mut errors, self)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(errors))
        } else if errors.is_terminal() {
            errors.write_all(self.pretty().as_bytes())
        } else {
            errors.write_all(self.plain().as_bytes())
        };
    }

    /// The message with the stable reason, by which documentation and support find it.
    fn headline(&self) -> String {
        if self.reason.is_empty() {
            self.message.clone()
        } else {
            format!("{} ({})", self.message, self.reason)
        }
    }

    /// One line a place, as compilers and editors have it: `file:line:column: path: description`.
    fn plain(&self) -> String {
        let head = std::iter::once(format!("error: {}\n", self.headline()));
        let places = self.violations.iter().map(|place| format!("{place}\n"));
        let help = self.help.iter().map(|help| format!("help: {help}\n"));
        head.chain(places).chain(self.unlisted()).chain(help).collect()
    }

    /// With the lines around the first wrong places.
    fn pretty(&self) -> String {
        let handler = GraphicalReportHandler::new();
        let mut text = String::new();
        let (shown, rest) = self.violations.split_at(self.violations.len().min(SNIPPETS));
        let head = Report { message: self.headline(), help: self.help.clone(), snippet: None };
        let snippets = shown.iter().map(|place| Report {
            message: place.to_string(),
            help: None,
            snippet: place.snippet(),
        });
        for report in std::iter::once(head).chain(snippets) {
            // Writing to a String does not fail.
            let _ = handler.render_report(&mut text, &report);
        }
        text.extend(rest.iter().map(|place| format!("  {place}\n")));
        text.extend(self.unlisted().map(|line| format!("  {line}")));
        text
    }
}

impl Place {
    /// In a document's text: the position is looked up by the path.
    pub fn in_text(file: &Path, text: &SourceText, path: String, description: String) -> Self {
        let found = text.find(&path);
        let position =
            found.map(|(line, column)| Position { file: file.display().to_string(), line, column });
        Self { path, description, position, text: Some(Arc::clone(text.text())) }
    }

    fn snippet(&self) -> Option<(NamedSource<Arc<str>>, LabeledSpan)> {
        let (position, text) = (self.position.as_ref()?, self.text.as_ref()?);
        let line_start: usize = text.split_inclusive('\n').take(position.line - 1).map(str::len).sum();
        let offset = (line_start + position.column.saturating_sub(1)).min(text.len());
        let label = LabeledSpan::new_primary_with_span(Some(self.description.clone()), offset..offset);
        Some((NamedSource::new(&position.file, Arc::clone(text)), label))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { file, line, column }) = &self.position {
            write!(f, "{file}:{line}:{column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.description)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Refused(refusal) => {
                let places = refusal.violations.iter().map(|violation| Place {
                    path: violation.field.clone(),
                    description: violation.description.clone(),
                    ..Place::default()
                });
                let failure = Self::new(refusal.code_name(), refusal.reason_name(), refusal.message.clone());
                Self { total_violations: refusal.total_violations, ..failure.places(places.collect()) }
            }
            ClientError::InvalidServer { .. } => Self::usage("INVALID_SERVER", message),
            ClientError::InvalidToken => Self::new("UNAUTHENTICATED", "INVALID_TOKEN", message),
            ClientError::Unreachable { .. } => Self::new("UNAVAILABLE", "UNREACHABLE", message).help(
                "start everything on this machine with `chancery up` (in a clone: ./dev up), or name another server \
                 with --server or CHANCERY_SERVER",
            ),
            ClientError::TimedOut { .. } => Self::new("DEADLINE_EXCEEDED", "TIMED_OUT", message),
            ClientError::RenderFailed { .. } => Self::new("FAILED_PRECONDITION", "RENDER_FAILED", message),
            ClientError::Damaged { .. } => Self::new("DATA_LOSS", "DAMAGED", message),
            ClientError::Output(error) => Self::io("writing the PDF")(error),
        }
    }
}

impl From<ProcessError> for Failure {
    fn from(error: ProcessError) -> Self {
        Self::new("FAILED_PRECONDITION", "PROCESS", error.to_string())
    }
}

/// One message in miette's terms.
#[derive(Debug)]
struct Report {
    message: String,
    help: Option<String>,
    snippet: Option<(NamedSource<Arc<str>>, LabeledSpan)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.snippet.as_ref().map(|(_, label)| Box::new(std::iter::once(label.clone())) as Box<_>)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Failure, Place, Position};
    use crate::source_text::SourceText;

    fn failure() -> Failure {
        let text = SourceText::new("{\n  \"content\": {\n    \"title\": \"\"\n  }\n}\n".into());
        let place = Place::in_text(Path::new("a.json"), &text, "content.title".into(), "is required".into());
        Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", "the content breaks a rule").places(vec![place])
    }

    #[test]
    fn a_wrong_place_is_named_with_file_line_and_column() {
        let failure = failure();
        let position = Position { file: "a.json".into(), line: 3, column: 14 };
        assert_eq!(failure.violations[0].position, Some(position));
        assert!(failure.plain().contains("a.json:3:14: content.title: is required"), "{}", failure.plain());
    }

    #[test]
    fn on_a_terminal_the_line_itself_is_shown() {
        let pretty = failure().pretty();
        assert!(pretty.contains("a.json:3:14") && pretty.contains("\"title\": \"\""), "{pretty}");
    }

    #[test]
    fn programs_get_code_reason_message_and_violations() {
        let json = serde_json::to_value(failure()).unwrap();
        assert_eq!(json["code"], "INVALID_ARGUMENT");
        assert_eq!(json["reason"], "INVALID_CONTENT");
        assert_eq!(json["violations"][0]["line"], 3);
        assert_eq!(json["violations"][0]["path"], "content.title");
        assert!(json.get("help").is_none());
    }
}
