//! Arguments of the commands that write briefs: `new`, `check`, `fmt`, `convert`, `lsp`, `import`, `create`, `draft`, `lint` and `attach`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::render::SchemeArg;
use super::strict_codes::{StrictCodes, parse_codes_of_check};
use crate::inputs::brief_form::BriefForm;

#[derive(Debug, Args)]
pub struct Check {
    /// Files to check: NAME.brief.md, or JSON or YAML of a revision, a draft or content; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Writes the fixes that cannot change the meaning of a text, then checks it again
    #[arg(long)]
    pub fix: bool,
    /// Fails on warnings too, or on those with the codes; separate codes by commas
    #[arg(long, value_name = "CODES", num_args = 0..=1, require_equals = true, default_missing_value = "",
          value_parser = parse_codes_of_check)]
    pub strict: Option<StrictCodes>,
    /// Does not warn of characters that no font has, which saves a fifth of a second
    #[arg(long)]
    pub no_glyphs: bool,
    /// Folder of fonts to add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Marking scheme of JSON and YAML files; a text states its own
    #[arg(long, value_enum, default_value_t = SchemeArg::Tlp)]
    pub scheme: SchemeArg,
}

#[derive(Debug, Args)]
pub struct Fmt {
    /// Texts to format in place, NAME.brief.md; - reads standard input and writes standard output
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Writes nothing, names the files that would change, and fails if there are any
    #[arg(long)]
    pub check: bool,
    /// Earlier revision: a file, or the name of a brief, whose revisions are read from the service. Sentences that lost
    /// their ids get them back if 60 % of their words are the same in the same section, declared changes get the earlier
    /// text and confidence, and new parts none of the ids that were used before
    #[arg(long, value_name = "FILE|BRIEF")]
    pub against: Option<String>,
}

#[derive(Debug, Args)]
pub struct Convert {
    /// File of content, a draft or a revision: NAME.brief.md, JSON or YAML; - reads standard input
    #[arg(value_name = "IN")]
    pub file: PathBuf,
    /// File to write, in the form of its ending: .brief.md, .json or .yaml; - writes standard output, and needs --to
    #[arg(short, long, value_name = "OUT", default_value = "-", hide_default_value = true)]
    pub output: PathBuf,
    /// Form of IN [default: by its ending; on standard input JSON or text, by the first character]
    #[arg(long, value_enum, value_name = "FORM")]
    pub from: Option<BriefForm>,
    /// Form of OUT [default: by its ending]
    #[arg(long, value_enum, value_name = "FORM")]
    pub to: Option<BriefForm>,
    /// Replaces OUT if it exists
    #[arg(long)]
    pub force: bool,
    /// Marking scheme of JSON and YAML content that has no marking; a text states its own
    #[arg(long, value_enum, default_value_t = SchemeArg::Tlp)]
    pub scheme: SchemeArg,
}

#[derive(Debug, Args)]
pub struct Lsp {
    /// Does not warn of characters that no font has, which saves a fifth of a second at the start
    #[arg(long)]
    pub no_glyphs: bool,
    /// Folder of fonts to add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Folder with the pages of the codes, docs/lint, or its URL: diagnostics then link to them
    #[arg(long, env = "CHANCERY_LINT_PAGES", value_name = "DIR|URL")]
    pub lint_pages: Option<String>,
    /// Accepted and ignored, because editors pass it: the server always uses standard input and output
    #[arg(long, hide = true)]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub struct New {
    /// File to create, NAME.brief.md; - writes standard output
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Kind of brief
    #[arg(long, value_enum, default_value_t = KindArg::Thematic)]
    pub kind: KindArg,
    /// Language of the brief, such as en or fa
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub language: String,
    /// Title of the brief [default: the name of the file]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// About a country, with its domains
    Country,
    /// About an event, with a timeline
    Event,
    /// About two actors and what binds them
    Relationship,
    /// About a topic
    Thematic,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Files of revisions (NAME.brief.md with brief and revision in the front matter, JSON or YAML), or folders of files
    /// named revision-N.json, revision-N.brief.yaml or revision-N.brief.md, of which the first of one name is read
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Create {
    /// Name of the new brief
    pub name: String,
    /// Content of the draft: NAME.brief.md, or JSON or YAML of content, a draft or a revision; - reads standard input. Images that
    /// a text names by their files are uploaded
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Draft {
    /// Writes the draft with the etag that `set` checks
    Get {
        /// Name of the brief
        name: String,
        /// File to write: text if its name ends in .brief.md, YAML if in .yaml or .yml, else JSON [default: JSON on
        /// standard output; on a terminal, the text]
        #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
        output: PathBuf,
    },
    /// Replaces the draft; fails if the draft has changed since the file's etag was read. Writes the new etag into the
    /// file, so that it can be set once more
    Set(SetDraft),
    /// Sets the draft back to the revision that it is based on, as you may read it; on a terminal, shows what is lost and
    /// asks first
    Reset {
        /// Name of the brief
        name: String,
        /// Resets without a prompt; required without a terminal
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub struct SetDraft {
    /// Name of the brief
    pub name: String,
    /// NAME.brief.md, JSON or YAML, as written by `draft get`; - reads standard input. Images that a text names by their files
    /// are uploaded
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replaces the draft regardless of the file's etag, which may then be missing
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct Lint {
    /// Name of the brief
    pub name: String,
    /// Content to check instead of the draft: NAME.brief.md, or JSON or YAML of content, a draft or a revision; - reads standard
    /// input. For content that breaks rules, the brief need not exist
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Attach {
    /// Image file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Marking of the image, such as TLP:GREEN; figures that show the image need at least this marking
    #[arg(long, value_name = "MARKING")]
    pub marking: String,
}
