//! Failures of commands, as text with positions in the input files or as JSON (`--json`).

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use chancery_client::Error as ClientError;
use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, NamedSource, SourceCode};
use serde::Serialize;

use super::text_position::TextPosition;
use crate::inputs::source_text::SourceText;

/// Number of violations shown with the lines around them; each of the rest gets one line.
const MAX_SNIPPETS: usize = 8;

/// Exit code of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command was rejected or failed.
    Failed = 1,
    /// Invalid command line.
    Usage = 2,
    /// Ctrl-C; shells use 128 plus the signal number.
    Interrupted = 130,
}

/// The failure of a command. `--json` prints the serialised form.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Name of the gRPC code; local failures use the closest code.
    pub code: String,
    /// Stable reason.
    pub reason: String,
    /// Human-readable message.
    pub message: String,
    /// The first violations.
    pub violations: Vec<Violation>,
    /// Number of all violations, listed or not.
    pub total_violations: usize,
    /// Suggested remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip)]
    pub exit: Exit,
}

/// A violation of a rule, located in the request and in the file that the request was read from.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Violation {
    /// Path inside the document or request, such as `content.sections[1].heading`.
    pub path: String,
    /// Description of the violation.
    pub description: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    #[serde(skip)]
    pub text: Option<Arc<str>>,
    /// Whether the path is for programs only: authors of the text form see the line and the key.
    #[serde(skip)]
    pub hides_path: bool,
}

/// A position in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// File name, as given.
    pub file: String,
    #[serde(flatten)]
    pub at: TextPosition,
}

impl Failure {
    /// Creates a failure with the name of a gRPC code and a stable reason.
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

    /// Creates a failure for an invalid command line.
    pub fn usage(reason: &str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new("INVALID_ARGUMENT", reason, message) }
    }

    /// Wraps an I/O error, for `map_err`; `action` says what was attempted.
    pub fn io(action: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let code = match error.kind() {
                io::ErrorKind::NotFound => "NOT_FOUND",
                io::ErrorKind::PermissionDenied => "PERMISSION_DENIED",
                _ => "UNKNOWN",
            };
            Self::new(code, "IO", format!("{action}: {error}"))
        }
    }

    /// Wraps a failure of this machine's setup, for `map_err`; `action` says what was attempted.
    pub fn setup<E: fmt::Display>(action: &str) -> impl FnOnce(E) -> Self {
        move |error| Self::new("FAILED_PRECONDITION", "SETUP", format!("{action}: {error}"))
    }

    /// Adds a suggested remedy.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Adds violations.
    #[must_use]
    pub fn with_violations(self, violations: Vec<Violation>) -> Self {
        Self { total_violations: violations.len(), violations, ..self }
    }

    /// Returns the line that counts the violations that are not listed.
    fn unlisted(&self) -> Option<String> {
        let unlisted = self.total_violations.saturating_sub(self.violations.len());
        (unlisted > 0).then(|| format!("and {unlisted} more; `chancery lint BRIEF FILE` lists all\n"))
    }

    /// Prints the failure to standard error.
    pub fn report(&self, json: bool) {
        let mut errors = io::stderr().lock();
        // A failure to report a failure cannot be reported.
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

    /// Returns the message with the stable reason, which documentation refers to.
    fn headline(&self) -> String {
        let message = shown(&self.message);
        if self.reason.is_empty() { message } else { format!("{message} ({})", self.reason) }
    }

    /// Formats each violation as one line in the format of compilers: `file:line:column: path: description`.
    pub fn plain(&self) -> String {
        let head = std::iter::once(format!("error: {}\n", self.headline()));
        let violations = self.violations.iter().map(|violation| format!("{violation}\n"));
        let help = self.help.iter().map(|help| format!("help: {help}\n"));
        head.chain(violations).chain(self.unlisted()).chain(help).collect()
    }

    /// Shows the first violations with the lines around them.
    fn pretty(&self) -> String {
        let handler = GraphicalReportHandler::new();
        let mut text = String::new();
        let (shown, rest) = self.violations.split_at(self.violations.len().min(MAX_SNIPPETS));
        let head = Report { message: self.headline(), help: self.help.clone(), snippet: None };
        let snippets = shown.iter().map(|violation| Report {
            message: violation.to_string(),
            help: None,
            snippet: violation.snippet(),
        });
        for report in std::iter::once(head).chain(snippets) {
            // Writing to a String does not fail.
            let _ = handler.render_report(&mut text, &report);
        }
        text.extend(rest.iter().map(|violation| format!("  {violation}\n")));
        text.extend(self.unlisted().map(|line| format!("  {line}")));
        text
    }
}

impl Violation {
    /// Creates a violation in a document, whose position is looked up by the path.
    pub fn in_text(file: &Path, text: &SourceText, path: String, description: String) -> Self {
        let position = Some(Position { file: file.display().to_string(), at: text.find(&path) });
        let hides_path = text.is_brief();
        Self { path, description, position, text: Some(Arc::clone(text.text())), hides_path }
    }

    /// Creates a violation at a position of a text.
    pub fn at(file: &Path, text: &Arc<str>, at: TextPosition, path: String, description: String) -> Self {
        let position = Some(Position { file: file.display().to_string(), at });
        Self { path, description, position, text: Some(Arc::clone(text)), hides_path: false }
    }

    fn snippet(&self) -> Option<(NamedSource<Arc<str>>, LabeledSpan)> {
        let (position, text) = (self.position.as_ref()?, self.text.as_ref()?);
        let offset = position.at.offset();
        let label = LabeledSpan::new_primary_with_span(Some(self.description.clone()), offset..offset);
        Some((NamedSource::new(&position.file, Arc::clone(text)), label))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { file, at: TextPosition { line, column, .. } }) = &self.position {
            write!(f, "{}:{line}:{column}: ", shown(file))?;
        }
        if !(self.path.is_empty() || self.hides_path) {
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
                let violations = refusal.violations.iter().map(|violation| Violation {
                    path: violation.field.clone(),
                    description: violation.description.clone(),
                    ..Violation::default()
                });
                let failure = Self::new(refusal.code_name(), refusal.reason_name(), refusal.message.clone());
                Self { total_violations: refusal.total_violations, ..failure.with_violations(violations.collect()) }
            }
            ClientError::InvalidServer { .. } => Self::usage("INVALID_SERVER", message),
            ClientError::InvalidAuthority(_) => Self::usage("INVALID_AUTHORITY", format!("--ca-file: {message}")),
            ClientError::Unencrypted { .. } => Self::usage("UNENCRYPTED", message).help(
                "use https:// (with --ca-file if a private authority signed the service's certificate), a tunnel to this \
                 machine such as `ssh -L`, or --insecure on a network that you trust",
            ),
            ClientError::InvalidToken => Self::new("UNAUTHENTICATED", "INVALID_TOKEN", message),
            ClientError::Unreachable { ref server, .. } => {
                let failure = Self::new("UNAVAILABLE", "UNREACHABLE", message);
                // `up` does not encrypt: who named another server needs no help with this one.
                if server.starts_with("https") {
                    failure
                } else {
                    failure.help(
                        "start everything on this machine with `chancery up` (in a clone: ./dev up), or name another server \
                         with --server or CHANCERY_SERVER",
                    )
                }
            }
            ClientError::TimedOut { .. } => Self::new("DEADLINE_EXCEEDED", "TIMED_OUT", message),
            ClientError::RenderFailed { .. } => Self::new("FAILED_PRECONDITION", "RENDER_FAILED", message),
            ClientError::Damaged { .. } => Self::new("DATA_LOSS", "DAMAGED", message),
            ClientError::Output(error) => Self::io("writing the PDF")(error),
        }
    }
}

/// Escapes the control characters of a text for one line of a terminal: file names may contain any.
pub fn shown(text: &impl ToString) -> String {
    let text = text.to_string();
    if !text.contains(char::is_control) {
        return text;
    }
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// A message as a miette diagnostic.
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

    use super::{Failure, Violation};
    use crate::inputs::source_text::SourceText;

    fn failure() -> Failure {
        let text = "{\n  \"content\": {\n    \"title\": \"\"\n  }\n}\n";
        let text = SourceText::data(text.into(), chancery_proto::json::parse(text).unwrap().into());
        let violation =
            Violation::in_text(Path::new("a.json"), &text, "content.title".into(), "is required".into());
        Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", "the content breaks a rule")
            .with_violations(vec![violation])
    }

    #[test]
    fn a_violation_is_printed_with_file_line_and_column() {
        let failure = failure();
        let position = failure.violations[0].position.clone().unwrap();
        assert_eq!((position.file.as_str(), position.at.line, position.at.column), ("a.json", 3, 14));
        assert!(failure.plain().contains("a.json:3:14: content.title: is required"), "{}", failure.plain());
    }

    #[test]
    fn on_a_terminal_the_violating_line_is_shown() {
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
