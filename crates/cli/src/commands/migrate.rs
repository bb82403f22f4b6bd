//! `migrate`: the schema, this build's print environment, and at the first time workspace `default` with its tokens.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use chancery_brief::digest::Digest;
use chancery_print::Fonts;
use chancery_print::environment::environment;
use chancery_store::{
    Bootstrapped, DatabaseSettings, FirstSecrets, PrintEnvironment, ReindexScope, StoreError,
};
use serde_json::json;

use crate::args::{Global, Migrate};
use crate::commands::integrity::{Done, run_reindex};
use crate::failure::Failure;
use crate::output;

/// Where the first tokens go.
#[derive(Debug, Clone)]
pub struct TokenFolders {
    /// For the operator's and the admin's.
    pub people: PathBuf,
    /// For the worker's.
    pub worker: PathBuf,
}

impl TokenFolders {
    /// All in one folder.
    pub fn one(folder: &Path) -> Self {
        Self { people: folder.to_owned(), worker: folder.to_owned() }
    }

    pub fn operator(&self) -> PathBuf {
        self.people.join("operator.token")
    }

    pub fn admin(&self) -> PathBuf {
        self.people.join("admin.token")
    }

    pub fn worker(&self) -> PathBuf {
        self.worker.join("worker.token")
    }

    fn keep(&self, secrets: &FirstSecrets) -> Result<(), String> {
        let files = [
            (self.operator(), &secrets.operator),
            (self.admin(), &secrets.admin),
            (self.worker(), &secrets.worker),
        ];
        for (file, secret) in files {
            make_private_folder(file.parent().unwrap_or(Path::new("/")))
                .and_then(|()| output::write_file(&file, 0o600, format!("{}\n", secret.reveal()).as_bytes()))
                .map_err(|failure| failure.message)?;
        }
        Ok(())
    }
}

pub async fn run(global: &Global, arguments: &Migrate) -> Result<(), Failure> {
    let folders = arguments.init.as_ref().map(|people| TokenFolders {
        people: people.clone(),
        worker: arguments.worker_dir.as_ref().unwrap_or(people).clone(),
    });
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let migrated = migrate(&arguments.database, &fonts, folders.as_ref(), global.json).await?;
    output::print(&told(global.json, &fonts, folders.as_ref(), &migrated))
}

/// What was done.
pub struct Migrated {
    /// To revisions of an older version.
    reindexed: Done,
    /// About workspace `default`.
    pub bootstrapped: Option<Bootstrapped>,
}

/// Brings the database up to date, makes anew what older versions made of revisions, and with folders for tokens makes what a new installation needs.
pub async fn migrate(
    database: &DatabaseSettings,
    fonts: &Fonts,
    folders: Option<&TokenFolders>,
    is_silent: bool,
) -> Result<Migrated, Failure> {
    let store = database.connect("chancery migrate").await.map_err(refused)?;
    store.migrate().await.map_err(refused)?;
    let reindexed = run_reindex(&store, &ReindexScope::Outdated, is_silent).await?;
    store.renders().set_print_environment(print_environment(fonts)?).await.map_err(refused)?;
    let bootstrapped = match folders {
        Some(folders) => {
            Some(store.access().bootstrap(|secrets| folders.keep(secrets)).await.map_err(refused)?)
        }
        None => None,
    };
    Ok(Migrated { reindexed, bootstrapped })
}

fn print_environment(fonts: &Fonts) -> Result<PrintEnvironment, Failure> {
    let environment = environment();
    let digest =
        |text: &str| text.parse::<Digest>().map_err(Failure::setup("this build's print environment"));
    Ok(PrintEnvironment {
        printer_version: digest(environment.printer_version)?,
        fonts_digest: digest(fonts.digest())?,
    })
}

fn told(as_json: bool, fonts: &Fonts, folders: Option<&TokenFolders>, migrated: &Migrated) -> String {
    let Migrated { reindexed, bootstrapped } = migrated;
    let environment = environment();
    let files = folders.map(|folders| [folders.operator(), folders.admin(), folders.worker()]);
    if as_json {
        let initialised = match bootstrapped {
            Some(Bootstrapped::Now) => "now",
            Some(Bootstrapped::Before) => "before",
            None => "not asked for",
        };
        let told = json!({
            "printer_version": environment.printer_version,
            "fonts_digest": fonts.digest(),
            "added_fonts": fonts.added().collect::<Vec<_>>(),
            "initialised": initialised,
            "reindexed": reindexed.revisions,
            "damaged": reindexed.damage.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "token_files": files.as_ref().map(|files| files.each_ref().map(|file| file.display().to_string())),
        });
        return format!("{told:#}\n");
    }
    let mut text = format!(
        "the schema is up to date\nthe active print environment is printer {}, fonts {}\n",
        &environment.printer_version[..12],
        &fonts.digest()[..12]
    );
    if reindexed.revisions > 0 {
        text.push_str(&reindexed.told());
    }
    match (bootstrapped, files) {
        (Some(Bootstrapped::Now), Some(files)) => {
            text.push_str("workspace default was made; its first tokens are in\n");
            for file in files {
                // Writing to a String does not fail.
                let _ = writeln!(text, "  {}", file.display());
            }
        }
        (Some(Bootstrapped::Before), _) => {
            text.push_str(
                "workspace default exists: no tokens were written; `chancery token issue` writes one, with access to \
                 the database alone\n",
            );
        }
        _ => {}
    }
    text
}

/// A folder that is there keeps its mode: a container's volume has an owner already.
fn make_private_folder(folder: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(Failure::io(format!("making {}", folder.display())))
}

#[allow(clippy::needless_pass_by_value, reason = "so that callers can write map_err(refused)")]
pub fn refused(error: StoreError) -> Failure {
    let failure = Failure::new("FAILED_PRECONDITION", "DATABASE", error.to_string());
    match error {
        StoreError::Database(_) => {
            failure.help("is Postgres up, and do DATABASE_URL and DATABASE_PASSWORD_FILE name it?")
        }
        _ => failure,
    }
}
