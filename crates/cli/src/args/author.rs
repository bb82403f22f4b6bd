//! Arguments of the commands that write briefs: `import`, `create`, `draft`, `lint` and `attach`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Import {
    /// JSON files of revisions, or folders of revision-*.json files
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Create {
    /// Name of the new brief
    pub name: String,
    /// JSON of chancery.brief.v1.BriefContent for the draft; - reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Draft {
    /// Prints the draft as JSON, with the etag that `set` checks
    Get {
        /// Name of the brief
        name: String,
        /// File to write; - writes standard output
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
    },
    /// Replaces the draft; fails if the draft has changed since the file's etag was read
    Set {
        /// Name of the brief
        name: String,
        /// JSON of chancery.brief.v1.BriefDraft, as printed by `draft get`; - reads standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Lint {
    /// Name of the brief
    pub name: String,
    /// Content to check instead of the draft: JSON of content (as for `create`), a draft or a revision; - reads standard
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
