//! Arguments of the commands that read briefs: `get`, `diff`, `search`, `watch` and `export`.

use std::path::PathBuf;

use clap::Args;

use crate::inputs::brief_form::BriefForm;

#[derive(Debug, Args)]
pub struct BriefOrRevisionArg {
    /// Name of a brief or of one of its revisions
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// Name of the brief
    pub name: String,
    /// Earlier revision [default: the one before the later revision]
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub from: u32,
    /// Later revision [default: the newest]
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub to: u32,
}

#[derive(Debug, Args)]
pub struct Search {
    /// Words that must all match; "in quotes" matches a phrase, sanct* a prefix; -war excludes a word; OR separates
    /// alternatives
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub query: String,
    /// Language of the query's words, such as fa [default: the languages of the briefs]
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub language: String,
    /// Filter on statements, such as `actor:iran AND type = STATEMENT_TYPE_FORECAST`: see docs/FILTERS.md
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// Maximum number of hits
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=100))]
    pub limit: i32,
}

#[derive(Debug, Args)]
pub struct Watch {
    /// Briefs to watch [default: all]
    #[arg(value_name = "BRIEF")]
    pub names: Vec<String>,
    /// Resumes after this cursor, which --json prints with each line
    #[arg(long, value_name = "CURSOR", default_value = "", hide_default_value = true)]
    pub cursor: String,
    /// Starts with the next change, without the current state
    #[arg(long, conflicts_with = "cursor")]
    pub from_now: bool,
    /// Exits after the current state
    #[arg(long, conflicts_with_all = ["cursor", "from_now"])]
    pub until_current: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Name of a brief (all revisions) or of one of its revisions
    pub name: String,
    /// File for one revision, or folder for files named revision-N.json, revision-N.brief.yaml or revision-N.brief.md
    /// [default: standard output]
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
    /// Form of the files [default: text if the output ends in .brief.md, YAML if in .yaml or .yml, else JSON]
    #[arg(long, value_enum)]
    pub format: Option<BriefForm>,
}
