//! Migrating a database: schema, outdated projections, print environment, first tokens.

use chancery_brief::digest::Digest;
use chancery_print::Fonts;
use chancery_print::environment::environment;
use chancery_store::{Bootstrapped, DatabaseSettings, PrintEnvironment, ReindexScope};

use super::reindex::{ReindexReport, reindex};
use super::token_files::TokenFolders;
use crate::ui::failure::Failure;

/// The result of a migration.
pub struct Migrated {
    /// Revisions that an older version had projected.
    pub reindexed: ReindexReport,
    /// Whether workspace `default` was created; none without folders for its tokens.
    pub bootstrapped: Option<Bootstrapped>,
}

/// Migrates the schema, reindexes revisions that an older version projected and activates this build's print
/// environment. With `folders`, also creates workspace `default` and writes its first tokens.
pub async fn migrate(
    database: &DatabaseSettings,
    fonts: &Fonts,
    folders: Option<&TokenFolders>,
    is_silent: bool,
) -> Result<Migrated, Failure> {
    let store = database.connect("chancery migrate").await?;
    store.migrate().await?;
    let reindexed = reindex(&store, &ReindexScope::Outdated, is_silent).await?;
    store.renders().set_print_environment(print_environment(fonts)?, &fonts.glyph_coverage()).await?;
    let bootstrapped = match folders {
        Some(folders) => {
            let write = |secrets: &_| folders.write(secrets).map_err(|failure| failure.message);
            Some(store.access().bootstrap(write).await?)
        }
        None => None,
    };
    Ok(Migrated { reindexed, bootstrapped })
}

fn print_environment(fonts: &Fonts) -> Result<PrintEnvironment, Failure> {
    let environment = environment();
    let digest =
        |text: &str| text.parse::<Digest>().map_err(Failure::setup("reading this build's print environment"));
    Ok(PrintEnvironment {
        printer_version: digest(environment.printer_version)?,
        fonts_digest: digest(fonts.digest())?,
    })
}
