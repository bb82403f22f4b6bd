//! The text form of a brief, `NAME.brief.md`: front matter in YAML, then Markdown with one sentence a line. Evidence trails
//! each sentence: `(MARKING) text [citations] {annotations} ^id`.
//!
//! [`read`] turns a text into content with the position of every value, [`write()`] turns content into a text, and
//! [`format()`] splits paragraphs into sentences and assigns ids. Reading what was written gives the same content in canonical
//! form ([`chancery_brief::validate::canonicalize`]). The crate reads no files: a [`Resolver`] finds the images that a text names.
//!
//! ```
//! use chancery_text::{Context, Exchange, Positions, format, read, write};
//!
//! let draft = r#"---
//! title: Red Sea shipping
//! sources:
//!   unctad: {title: Review of Maritime Transport 2026, type: research, reliability: B}
//! ---
//!
//! Most lines are unlikely to be back before July. [@unctad B2, ch. 2] {unlikely; by 2027-06-30} They wait.
//! "#;
//!
//! // The paragraph has no ids yet: the formatter splits it into sentences.
//! let text = format(draft, &Context::default()).text;
//! assert!(text.ends_with("\
//! Most lines are unlikely to be back before July. [@unctad B2, ch. 2] {unlikely; by 2027-06-30} ^s-01
//! They wait. ^s-02
//! "));
//!
//! let reading = read(&text, &Context::default());
//! assert!(!reading.has_errors());
//! assert_eq!(reading.content.bluf[0].citations[0].credibility, 2);
//!
//! // Validation reports paths of the content; the author sees lines.
//! let range = reading.paths.find("bluf[1].text");
//! assert_eq!((range.of(&text), Positions::new(&text).of(range.start).line), ("They wait.", 8));
//!
//! assert_eq!(read(&write(&reading.content, &Exchange::default()), &Context::default()).content, reading.content);
//! ```

mod check;
pub mod code;
mod context;
mod defaults;
mod diagnostics;
pub mod dictionary;
mod etag;
mod format;
mod ids;
pub mod outline;
mod parse;
mod paths;
mod positions;
mod range;
mod reader;
mod reattach;
pub mod slot;
mod syntax;
mod vocabulary;
mod writer;
mod yaml_document;

pub use self::check::{
    Check, Fixed, Fixing, apply_safe_fixes, check, fix, rule_message, safe_fixes, with_remedy,
};
pub use self::context::{Context, Exchange, Resolver};
pub use self::diagnostics::{DIAGNOSTIC_LIMIT, Diagnostic, Fix, Severity};
pub use self::etag::with_etag;
pub use self::format::{Formatted, FormattingNote, format, format_valid};
pub use self::ids::NearestId;
pub use self::parse::TEXT_LIMIT;
pub use self::paths::Paths;
pub use self::positions::{Position, Positions};
pub use self::range::TextRange;
pub use self::reader::{Reading, read};
pub use self::writer::write;
pub use self::yaml_document::{YamlReading, read_yaml, write_yaml};
