//! Arguments of the commands for operators: `migrate`, `certificates`, `verify`, `reindex`, `token` and `queue`.

use std::path::PathBuf;

use chancery_proto::names::ResourceId;
use chancery_store::{DatabaseSettings, Role};
use clap::{Args, Subcommand, ValueEnum};

use super::strict_codes::{StrictCodes, parse_codes_of_publish};
use crate::names::workspace_id;

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Creates workspace `default` and writes operator.token, admin.token and worker.token (mode 0600) to this folder,
    /// unless the workspace exists
    #[arg(long, value_name = "DIR")]
    pub init: Option<PathBuf>,
    /// Separate folder for worker.token
    #[arg(long, value_name = "DIR", requires = "init")]
    pub worker_dir: Option<PathBuf>,
    /// Folder of fonts that the workers add to the built-in ones
    #[arg(long, env = "CHANCERY_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Certificates {
    /// Folder of the authority: `authority.pem` and its private key, created if missing. Keep it from everyone else
    #[arg(long, value_name = "DIR")]
    pub authority: PathBuf,
    /// Folder for server.pem, server.key and authority.pem
    #[arg(long, value_name = "DIR", requires = "host")]
    pub service: Option<PathBuf>,
    /// Host name or address of the service that its certificate names; may be repeated
    #[arg(long, value_name = "HOST", requires = "service")]
    pub host: Vec<String>,
    /// Folder for worker.pem, worker.key and authority.pem
    #[arg(long, value_name = "DIR")]
    pub workers: Option<PathBuf>,
    /// Folder for authority.pem alone, which callers name with --ca-file
    #[arg(long, value_name = "DIR")]
    pub trust: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Skips the bytes of PDFs
    #[arg(long)]
    pub no_artifacts: bool,
}

#[derive(Debug, Args)]
pub struct Reindex {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Starts with this brief, in order of names: resumes an interrupted run
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Workspace {
    /// Shows the workspace
    Show,
    /// Sets what drafts must satisfy to be published, in place of the rules before
    Rules {
        /// Refuses drafts with warnings of these codes, separated by commas; `UNDECLARED_CHANGE` also for differences that
        /// `changes` does not declare; all of them without codes
        #[arg(long, value_name = "CODES", num_args = 0..=1, require_equals = true, default_missing_value = "",
              value_parser = parse_codes_of_publish, required_unless_present = "none")]
        strict: Option<StrictCodes>,
        /// Removes the rules
        #[arg(long, conflicts_with = "strict")]
        none: bool,
    },
    /// Sets which prints two workers must agree on, byte by byte, before they are delivered, in place of the setting before
    Agreement {
        /// Prints with this marking or a higher one, such as TLP:AMBER
        #[arg(long, value_name = "MARKING", required_unless_present_any = ["percent", "none"])]
        from: Option<String>,
        /// A share of all other prints, drawn at random
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(i32).range(0..=100))]
        percent: Option<i32>,
        /// Demands no agreement
        #[arg(long, conflicts_with_all = ["from", "percent"])]
        none: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Creates a token and prints its secret, which is shown only once
    Create {
        /// Display name of the token, such as its holder
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// Role of the token; may be repeated
        #[arg(long = "role", value_enum, required = true, value_name = "ROLE")]
        roles: Vec<RoleArg>,
        /// Highest marking that the token can read, such as TLP:AMBER; none for worker, operator and enroller
        #[arg(long, value_name = "MARKING", default_value = "")]
        clearance: String,
        /// Expiry time of the token, such as 2027-01-01T00:00:00Z, or "never" [default: in 90 days; never for worker and
        /// enroller]
        #[arg(long, value_name = "TIME", value_parser = expiry)]
        expires: Option<Expires>,
        /// Prints tasks of this workspace only; may be repeated. For worker and enroller
        #[arg(long = "only-workspace", value_name = "WORKSPACE")]
        only_workspaces: Vec<ResourceId>,
        /// Prints tasks up to this marking only; may be repeated, once for each marking scheme. For worker and enroller
        #[arg(long = "highest-marking", value_name = "MARKING")]
        highest_markings: Vec<String>,
        /// File for the secret (mode 0600) [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Issues a token directly in the database, without the service. Use it when no token works, for example after a
    /// restore or when secrets were lost
    Issue(IssueToken),
    /// Lists the workspace's tokens, without secrets
    List {
        /// Lists only the tokens that this token created, by its id or full name
        #[arg(long, value_name = "TOKEN")]
        creator: Option<String>,
        /// Lists the tokens of worker processes, too
        #[arg(long)]
        enrolled: bool,
    },
    /// Revokes a token permanently
    Revoke {
        /// Id or full name of the token
        token: String,
        /// Revokes all tokens that it created, too, directly or through others
        #[arg(long)]
        with_created: bool,
    },
    /// Makes a token invalid until it is resumed
    Suspend {
        /// Id or full name of the token
        token: String,
        /// Reason, for people
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Ends the suspension of a token
    Resume {
        /// Id or full name of the token
        token: String,
    },
}

/// When a token expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    Never,
    At(prost_types::Timestamp),
}

fn expiry(text: &str) -> Result<Expires, String> {
    if text == "never" {
        return Ok(Expires::Never);
    }
    let time = text
        .parse()
        .map_err(|error| format!("{error}; expected a time such as 2027-01-01T00:00:00Z, or \"never\""));
    time.map(Expires::At)
}

#[derive(Debug, Args)]
pub struct IssueToken {
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Display name of the token [default: one that names this command]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Role of the token; may be repeated [default: admin, or operator with --workspace system]
    #[arg(long = "role", value_enum, value_name = "ROLE")]
    pub roles: Vec<RoleArg>,
    /// Highest marking that the token can read, such as TLP:AMBER [default: the workspace's highest for an admin;
    /// required for other roles; none for worker, operator and enroller]
    #[arg(long, value_name = "MARKING")]
    pub clearance: Option<String>,
    /// Expiry time of the token, such as 2027-01-01T00:00:00Z [default: in 90 days; never for worker and enroller]
    #[arg(long, value_name = "TIME")]
    pub expires: Option<prost_types::Timestamp>,
    /// New file for the secret (mode 0600) [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Queue {
    /// Shows queue lengths by workspace and by print environment, with the number of live workers
    Stats,
    /// Lists dead tasks, newest first
    Dead(DeadTasks),
    /// Requeues the inputs of a dead or failed task, which lifts its quarantine
    Requeue {
        /// Id or full name of the task, as listed by `queue dead`
        task: String,
    },
    /// Lists the workers seen in the last day
    Workers,
    /// Lists uploaded files that the service refused, newest first
    Refusals {
        /// Maximum number of refusals
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Deletes a PDF in all workspaces, so that it is delivered no more
    Invalidate {
        /// SHA-256 of the PDF, or the PDF file
        pdf: String,
        /// Reason, for the change log
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Stops leasing tasks to a worker; running prints finish
    Drain {
        /// Name or id of the worker, as listed by `queue workers`
        worker: String,
        /// Leases tasks to the worker again
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Debug, Args)]
pub struct DeadTasks {
    /// Lists only tasks of this workspace [default: all workspaces]
    #[arg(long, alias = "of", value_name = "WORKSPACE", value_parser = workspace_id)]
    pub in_workspace: Option<ResourceId>,
    /// Also lists tasks that were requeued or requested again
    #[arg(long)]
    pub all: bool,
    /// Also lists tasks that failed in a way that a retry would repeat
    #[arg(long)]
    pub failed: bool,
    /// Maximum number of tasks
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
    /// Requests renders
    Renderer,
    /// Manages the workspace's tokens, and all of the above
    Admin,
    /// Workspace `system`: leases render tasks
    Worker,
    /// Workspace `system`: manages workspaces, the render queue and its workers
    Operator,
    /// Workspace `system`: exchanged by each worker process for a token of its own
    Enroller,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Reader => Self::Reader,
            RoleArg::Author => Self::Author,
            RoleArg::Publisher => Self::Publisher,
            RoleArg::Renderer => Self::Renderer,
            RoleArg::Admin => Self::Admin,
            RoleArg::Worker => Self::Worker,
            RoleArg::Operator => Self::Operator,
            RoleArg::Enroller => Self::Enroller,
        }
    }
}
