//! Arguments of the commands that print briefs: `render`, `renders`, `preview`, `figure` and `extract`.

use std::path::PathBuf;

use chancery_brief::marking::Scheme;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Render {
    /// Name of a brief (prints its newest revision) or of one of its revisions
    pub name: String,
    /// PDF file to write; - writes standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Priority in the render queue
    #[arg(long, value_enum, default_value_t = PriorityArg::Normal)]
    pub priority: PriorityArg,
    /// Idempotency key, valid for a day: repeating a request with the same key creates no second render
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub request_id: String,
    /// Earlier revision of the same brief to compare with: its number or name [default: the parent revision]
    #[arg(long, value_name = "N|NAME")]
    pub compare_to: Option<String>,
    #[command(flatten)]
    pub options: PrintOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PriorityArg {
    /// Before normal renders
    Interactive,
    /// The default
    Normal,
    /// After normal renders
    Bulk,
}

#[derive(Debug, Args)]
pub struct Preview {
    /// NAME.brief.md, or JSON or YAML of a revision (as written by `export`), a draft (`draft get`) or content alone; -
    /// reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// PDF file to write; - writes standard output [default with --watch: NAME.pdf beside FILE; with --open: none]
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["watch", "open"])]
    pub output: Option<PathBuf>,
    /// Prints again, and lists the findings of `check`, whenever the file, an image of it, the theme or the revision to
    /// compare with is saved, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Shows the pages and the findings in the browser, on a page of this machine that reloads after each save; prints
    /// its address. Implies --watch
    #[arg(long)]
    pub open: bool,
    /// Earlier revision to compare with, in the same form as FILE: prints what changed since
    #[arg(long, value_name = "FILE")]
    pub since: Option<PathBuf>,
    /// Prints what a reader with this clearance sees, such as TLP:GREEN: parts with a higher marking are omitted [default:
    /// everything]
    #[arg(long, value_name = "MARKING")]
    pub clearance: Option<String>,
    /// Image of a figure, matched by its SHA-256; may be repeated. Images that a text names by their files need no flag
    #[arg(long = "image", value_name = "FILE")]
    pub images: Vec<PathBuf>,
    /// Folder of fonts to add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Marking scheme of JSON and YAML content; a text states its own
    #[arg(long, value_enum, default_value_t = SchemeArg::Tlp)]
    pub scheme: SchemeArg,
    #[command(flatten)]
    pub options: PrintOptions,
}

#[derive(Debug, Args)]
pub struct Figure {
    /// File as for `preview`, or name of a brief (its newest revision) or of one of its revisions; - reads standard input
    #[arg(value_name = "FILE|BRIEF")]
    pub source: String,
    /// Id of the figure or table
    #[arg(value_name = "FIGURE-ID")]
    pub id: String,
    /// SVG or PDF file to write, by its ending; - writes standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// File format [default: by the ending of the output file]
    #[arg(long, value_enum)]
    pub format: Option<FigureFormatArg>,
    /// Earlier revision to compare with: a file if the figure is from a file, else a number or name of a revision
    /// [default: none for a file, else the parent revision]
    #[arg(long, value_name = "FILE|N|NAME")]
    pub since: Option<String>,
    /// Folder of fonts to add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Marking scheme of the content of a JSON or YAML file; a text states its own
    #[arg(long, value_enum, default_value_t = SchemeArg::Tlp)]
    pub scheme: SchemeArg,
    #[command(flatten)]
    pub options: FigureOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FigureFormatArg {
    /// For web pages, slides and drawing programs
    Svg,
    /// For slides and documents
    Pdf,
}

/// Options of a print that apply to a figure by itself.
#[derive(Debug, Args)]
pub struct FigureOptions {
    /// Language of generated text such as axis labels: en, ru, fa or ar [default: the brief's language, or else en]
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub locale: String,
    /// Notation of likelihoods
    #[arg(long, value_enum, default_value_t = LikelihoodArg::AsWritten)]
    pub likelihood: LikelihoodArg,
    /// Sets text at 14 points, which turns drawings into tables
    #[arg(long)]
    pub large_print: bool,
    /// Theme of the organisation, of which the accent colour applies: TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub theme: Option<PathBuf>,
    /// Prints the ids of parts next to them
    #[arg(long)]
    pub show_ids: bool,
}

/// Layout and content options of a print.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct PrintOptions {
    /// Document format
    #[arg(long, value_enum, default_value_t = FormatArg::Full)]
    pub format: FormatArg,
    /// Paper size
    #[arg(long, value_enum, default_value_t = PaperArg::A4)]
    pub paper: PaperArg,
    /// Language of generated text such as headings: en, ru, fa or ar [default: the brief's language, or else en]
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub locale: String,
    /// Notation of likelihoods
    #[arg(long, value_enum, default_value_t = LikelihoodArg::AsWritten)]
    pub likelihood: LikelihoodArg,
    /// Sets text at 14 points in one column
    #[arg(long)]
    pub large_print: bool,
    /// Theme of the organisation: TOML or JSON with accent, logo, organisation and footer
    #[arg(long, value_name = "FILE")]
    pub theme: Option<PathBuf>,
    /// Recipient of the copy
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub recipient: String,
    /// Watermark behind the content of every page
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub watermark: String,
    /// Top-level section to print; may be repeated [default: all]
    #[arg(long = "section", value_name = "ID")]
    pub sections: Vec<String>,
    /// Includes the annexes [default: for the full format]
    #[arg(long, conflicts_with = "no_annexes")]
    pub annexes: bool,
    /// Omits the annexes
    #[arg(long)]
    pub no_annexes: bool,
    /// Attaches the edition to the PDF as JSON
    #[arg(long)]
    pub attach_data: bool,
    /// Prints the ids of statements and other parts next to them
    #[arg(long)]
    pub show_ids: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FormatArg {
    /// Contents, body and annexes
    Full,
    /// No contents or annexes
    Standard,
    /// Exactly one page
    OnePage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LikelihoodArg {
    /// The stored word with its percentages
    AsWritten,
    /// The ICD 203 term
    Icd203,
    /// The term of the PHIA yardstick
    Phia,
    /// Percentages only
    Numbers,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemeArg {
    /// TLP:CLEAR to TLP:RED
    Tlp,
    /// U, C, S, TS
    Us,
    /// PUBLIC to RESTRICTED
    Corporate,
}

impl SchemeArg {
    /// Returns the scheme.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::Tlp => Scheme::Tlp,
            Self::Us => Scheme::Us,
            Self::Corporate => Scheme::Corporate,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PaperArg {
    /// 210 by 297 mm
    A4,
    /// 8.5 by 11 inches
    Letter,
}

#[derive(Debug, Args)]
pub struct Renders {
    /// Lists only renders in this state
    #[arg(long, value_enum)]
    pub state: Option<RenderStateArg>,
    /// Lists only renders of this brief
    #[arg(long, value_name = "NAME")]
    pub brief: Option<String>,
    /// Maximum number of renders
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RenderStateArg {
    /// Waiting for a worker
    Queued,
    /// Leased by a worker
    Running,
    /// Printed
    Succeeded,
    /// Ended without a PDF
    Failed,
    /// Cancelled by a caller
    Cancelled,
}

#[derive(Debug, Args)]
pub struct VerifyPdf {
    /// PDF file
    pub file: PathBuf,
    /// Checks the file alone, without asking the service
    #[arg(long)]
    pub offline: bool,
}

#[derive(Debug, Args)]
pub struct Extract {
    /// PDF file, rendered with --attach-data
    pub file: PathBuf,
    /// File to write, in the form of its ending: .json, .yaml or .brief.md [default: JSON on standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
