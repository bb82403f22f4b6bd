//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use chancery_proto::names::ResourceId;
use chancery_store::DatabaseSettings;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Briefs with evidence: import, publish, read and print them; or run everything on this machine.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct CommandLine {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.\n\
    Briefs may be named in short (russia-iran, russia-iran/revisions/2) or in full.";

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The service [default: the one that `chancery up` runs here, or else <http://127.0.0.1:50051>]
    #[arg(long, global = true, env = "CHANCERY_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// The file with the API token [default: `CHANCERY_TOKEN` or the file in `CHANCERY_TOKEN_FILE`; for the service that
    /// `chancery up` runs here, its admin's]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificates (PEM) to trust instead of the system's, for https
    #[arg(long, global = true, env = "CHANCERY_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// The workspace of short names
    #[arg(long, global = true, env = "CHANCERY_WORKSPACE", value_name = "ID", default_value = "default")]
    pub workspace: ResourceId,
    /// Answers as JSON on standard output, errors as JSON on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Where `up` and `demo` keep database, tokens and logs [default: in the build folder]
    #[arg(long, global = true, env = "CHANCERY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs Postgres, service and worker on this machine until Ctrl-C
    Up(Up),
    /// Starts everything, imports an example, prints it to a PDF, stops everything
    Demo(Demo),
    /// Brings a database up to date; with --init also makes workspace `default` and the first tokens
    Migrate(Migrate),
    /// Reads everything that a database holds and tells what is not as it should be; exit code 1 if anything is not
    Verify(Verify),
    /// Makes anew what is made of revisions: what `verify` finds wrong in projections is mended
    Reindex(Reindex),
    /// Imports published revisions from JSON files
    Import(Import),
    /// Makes a brief with a draft
    Create(Create),
    /// Reads or writes a brief's draft
    #[command(subcommand)]
    Draft(Draft),
    /// Publishes a brief's draft as its next revision
    Publish(BriefArg),
    /// Remarks on the tradecraft of a brief's draft, and tells what it changes without a word
    Lint(BriefArg),
    /// Takes a revision back; it still answers to its name, marked
    Withdraw(Reasoned),
    /// Destroys a revision's content, its editions and the PDFs printed from it, for a spill; takes an admin's token
    Purge(Reasoned),
    /// Hides a brief; for 30 days `undelete` brings it back
    Delete(BriefArg),
    /// Brings a deleted brief back
    Undelete(BriefArg),
    /// Lists the workspace's briefs
    List,
    /// Shows a brief's newest revision, or the named one
    Get(SourceArg),
    /// Lists a brief's revisions
    Revisions(BriefArg),
    /// Tells what changed between two revisions of a brief, statement by statement
    Diff(Diff),
    /// Finds statements and titles of the workspace's briefs by their words
    Search(Search),
    /// Tells what happens to the workspace's briefs, as it happens, until it is interrupted
    Watch(Watch),
    /// Prints a brief to a PDF file
    Render(Render),
    /// Lists the workspace's renders, newest first
    Renders(Renders),
    /// Gives a render up; the printing stops when nobody else waits for it
    Cancel {
        /// The render's id or full name, as `renders` lists it
        name: String,
    },
    /// Prints a draft from a file, without any service; every page is stamped as a draft
    Preview(Preview),
    /// Uploads an image (PNG, JPEG, SVG) that figures can show, and prints its name and SHA-256
    Attach(Attach),
    /// Gets the edition back from a PDF that carries it, and proves that it is the one printed
    Extract(Extract),
    /// Writes a brief's revisions as JSON files that `import` takes
    Export(Export),
    /// Manages the workspace's API tokens
    #[command(subcommand)]
    Token(Token),
    /// Looks after the render queue and its workers; takes the operator's token
    #[command(subcommand)]
    Queue(Queue),
    /// Prints a shell's completion script
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub struct Up {
    /// Where callers reach the service; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,
    /// Where workers reach it; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub worker_listen: SocketAddr,
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=64))]
    pub workers: u8,
    #[command(flatten)]
    pub database: OwnDatabase,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Empties the demo's database first, so that everything is imported and printed again
    #[arg(long)]
    pub fresh: bool,
    /// The folder of the example's revisions
    #[arg(long, value_name = "DIR", default_value = "examples/russia-iran")]
    pub example: PathBuf,
    /// Where the PDF goes
    #[arg(short, long, value_name = "FILE", default_value = "out/russia-iran.pdf")]
    pub output: PathBuf,
    #[command(flatten)]
    pub database: OwnDatabase,
}

/// The database of `up` and `demo`.
#[derive(Debug, Args)]
pub struct OwnDatabase {
    /// A database to use instead of a private Postgres
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// The file with that database's password
    #[arg(long, env = "DATABASE_PASSWORD_FILE", value_name = "FILE")]
    pub database_password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Makes workspace `default`, and writes operator.token, admin.token and worker.token here (mode 0600), once
    #[arg(long, value_name = "DIR")]
    pub init: Option<PathBuf>,
    /// Where worker.token goes instead
    #[arg(long, value_name = "DIR", requires = "init")]
    pub worker_dir: Option<PathBuf>,
    /// The folder of fonts that the workers add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Passes over the bytes of PDFs
    #[arg(long)]
    pub no_artifacts: bool,
}

#[derive(Debug, Args)]
pub struct Reindex {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Begins with this brief, in the order of names: a run that was ended can be gone on with
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
}

#[derive(Debug, Args)]
pub struct Import {
    /// JSON files of revisions, or folders of revision-*.json
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Create {
    /// The new brief's name
    pub name: String,
    /// The draft's content: JSON of chancery.brief.v1.BriefContent; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Draft {
    /// Prints the draft as JSON, with the etag that `set` checks
    Get {
        /// The brief's name
        name: String,
        /// Where to write it; - is standard output
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
    },
    /// Replaces the draft; refused when somebody else wrote since the etag in the file
    Set {
        /// The brief's name
        name: String,
        /// JSON of chancery.brief.v1.BriefDraft, as `draft get` prints it; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Extract {
    /// The PDF, rendered with --attach-data
    pub file: PathBuf,
    /// Where the JSON goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct BriefArg {
    /// The brief's name
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Watch {
    /// Only these briefs [default: all]
    #[arg(value_name = "BRIEF")]
    pub names: Vec<String>,
    /// Goes on after this cursor, as --json prints it with each line
    #[arg(long, value_name = "CURSOR", default_value = "", hide_default_value = true)]
    pub cursor: String,
    /// Begins with what happens from now on, without the current state
    #[arg(long, conflicts_with = "cursor")]
    pub from_now: bool,
    /// Ends with the current state
    #[arg(long, conflicts_with_all = ["cursor", "from_now"])]
    pub until_current: bool,
}

#[derive(Debug, Args)]
pub struct Reasoned {
    /// The revision's name, such as russia-iran/revisions/2
    pub name: String,
    /// Why: of a withdrawal for everyone who may see the revision, of a purge for the audit
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct Search {
    /// Words that must all be there; "in quotes" next to each other; a beginning with a star (sanct*); what must not be
    /// there with a minus (-war); OR between alternatives
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub query: String,
    /// The language that the words are read in, such as fa [default: those that the briefs are written in]
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub language: String,
    /// Which statements, such as `actor:iran AND type = STATEMENT_TYPE_FORECAST`: see docs/FILTERS.md
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=100))]
    pub limit: i32,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// The brief's name
    pub name: String,
    /// The earlier revision; the one before the later unless given
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub from: u32,
    /// The later revision; the newest unless given
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub to: u32,
}

#[derive(Debug, Args)]
pub struct SourceArg {
    /// The name of a brief or of one of its revisions
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Render {
    /// The name of a brief (its newest revision) or of one of its revisions
    pub name: String,
    /// Where the PDF goes; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// How soon, when others wait too
    #[arg(long, value_enum, default_value_t = PriorityArg::Normal)]
    pub priority: PriorityArg,
    /// By which the server knows this request again for a day: repeated, it makes no second render
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub request_id: String,
    #[command(flatten)]
    pub options: PrintOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PriorityArg {
    /// Before the others
    Interactive,
    /// The usual one
    Normal,
    /// After the others
    Bulk,
}

#[derive(Debug, Args)]
pub struct Preview {
    /// JSON of a revision, a draft or content alone, as `export`, `draft get` and `create` have it; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the PDF goes; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// An image that a figure shows, found by its SHA-256; may be repeated
    #[arg(long = "image", value_name = "FILE")]
    pub images: Vec<PathBuf>,
    /// A folder of fonts to add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// How the workspace marks its parts
    #[arg(long, value_enum, default_value_t = SchemeArg::Tlp)]
    pub scheme: SchemeArg,
    #[command(flatten)]
    pub options: PrintOptions,
}

#[derive(Debug, Args)]
pub struct Attach {
    /// The image
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Its marking, such as TLP:GREEN: figures that show it are marked at least so
    #[arg(long, value_name = "MARKING")]
    pub marking: String,
}

/// How a brief is printed.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct PrintOptions {
    /// The sort of document
    #[arg(long, value_enum, default_value_t = FormatArg::Full)]
    pub format: FormatArg,
    /// The sheet
    #[arg(long, value_enum, default_value_t = Sheet::A4)]
    pub paper: Sheet,
    /// The language of the printer's own words: en, ru, fa or ar [default: the brief's, or else en]
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub locale: String,
    /// How likelihoods read
    #[arg(long, value_enum, default_value_t = LikelihoodArg::AsWritten)]
    pub likelihood: LikelihoodArg,
    /// Type of 14 points in one column
    #[arg(long)]
    pub large_print: bool,
    /// The organisation's look: TOML or JSON with accent, logo, organisation and footer
    #[arg(long, value_name = "FILE")]
    pub theme: Option<PathBuf>,
    /// Whom the copy is for
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub recipient: String,
    /// A text behind the content of every page
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub watermark: String,
    /// A top-level section to print; may be repeated [default: all]
    #[arg(long = "section", value_name = "ID")]
    pub sections: Vec<String>,
    /// With the annexes [default: for the full format]
    #[arg(long, conflicts_with = "no_annexes")]
    pub annexes: bool,
    /// Without the annexes
    #[arg(long)]
    pub no_annexes: bool,
    /// Attaches the edition to the PDF as JSON
    #[arg(long)]
    pub attach_data: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FormatArg {
    /// Everything: contents, body, annexes
    Full,
    /// Without contents and annexes
    Standard,
    /// Exactly one page
    OnePage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LikelihoodArg {
    /// The stored word with its percentages
    AsWritten,
    /// With the ICD 203 term
    Icd203,
    /// With the term of the PHIA yardstick
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

#[derive(Debug, Args)]
pub struct Renders {
    /// Only renders in this state
    #[arg(long, value_enum)]
    pub state: Option<RenderStateArg>,
    /// Only renders of this brief
    #[arg(long, value_name = "NAME")]
    pub brief: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RenderStateArg {
    /// Waiting for a worker
    Queued,
    /// A worker is at it
    Running,
    /// Printed
    Succeeded,
    /// Ended without a PDF
    Failed,
    /// Given up
    Cancelled,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Sheet {
    /// 210 by 297 mm
    A4,
    /// 8.5 by 11 inches
    Letter,
}

#[derive(Debug, Args)]
pub struct Export {
    /// The name of a brief (all revisions) or of one of its revisions
    pub name: String,
    /// A file for one revision, or a folder for revision-N.json files; without it, standard output
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Makes a token and prints its secret, which cannot be seen again
    Create {
        /// For people: whose token it is
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// What it allows; may be repeated
        #[arg(long = "role", value_enum, required = true, value_name = "ROLE")]
        roles: Vec<RoleArg>,
        /// The highest marking that its holder may read, such as TLP:AMBER; none for worker and operator
        #[arg(long, value_name = "MARKING", default_value = "")]
        clearance: String,
        /// When it ends by itself, such as 2027-01-01T00:00:00Z
        #[arg(long, value_name = "TIME")]
        expires: Option<prost_types::Timestamp>,
        /// A file for the secret (mode 0600) instead of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Issues a token with access to the database alone, for when no token works: after a restore, or when secrets
    /// were lost. No service is needed
    Issue(IssueToken),
    /// Lists the workspace's tokens, without secrets
    List,
    /// Ends a token's use for good
    Revoke {
        /// The token's id or full name
        token: String,
    },
}

#[derive(Debug, Args)]
pub struct IssueToken {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// A name for the token, shown to people [default: one that names this command]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// A role of the token; may be repeated [default: admin, or operator with --workspace system]
    #[arg(long = "role", value_enum, value_name = "ROLE")]
    pub roles: Vec<RoleArg>,
    /// The highest marking that the token can read, such as TLP:AMBER [default: the workspace's highest for an admin;
    /// required for other roles; none for worker and operator]
    #[arg(long, value_name = "MARKING")]
    pub clearance: Option<String>,
    /// When the token expires, such as 2027-01-01T00:00:00Z [default: never]
    #[arg(long, value_name = "TIME")]
    pub expires: Option<prost_types::Timestamp>,
    /// A new file for the secret (mode 0600) instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Queue {
    /// What waits, for whom, and who is there to print it
    Stats,
    /// Lists tasks that were given up, those that died last first
    Dead(DeadTasks),
    /// Queues a dead task's inputs anew; ends its quarantine
    Requeue {
        /// The task's id or full name, as `queue dead` lists it
        task: String,
    },
    /// Lists the workers that were seen in the last day
    Workers,
    /// Gives a worker no more tasks; what it has it prints to the end
    Drain {
        /// Its name or id, as `queue workers` lists it
        worker: String,
        /// Gives it tasks again
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Debug, Args)]
pub struct DeadTasks {
    /// Only tasks of this workspace [default: of all]
    #[arg(long, value_name = "WORKSPACE")]
    pub of: Option<ResourceId>,
    /// Also tasks that were requeued, or requested anew
    #[arg(long)]
    pub all: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArg {
    /// Reads briefs
    Reader,
    /// Reads and writes drafts
    Author,
    /// Publishes and imports
    Publisher,
    /// Prints
    Renderer,
    /// Manages the workspace's tokens, and all of the above
    Admin,
    /// Workspace `system`: takes render tasks
    Worker,
    /// Workspace `system`: manages workspaces, the render queue and its workers
    Operator,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::CommandLine;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
