//! `migrate`: migrates a database and, for a new installation, writes the first tokens.

use std::fmt::Write as _;

use chancery_print::Fonts;
use chancery_print::environment::environment;
use chancery_store::Bootstrapped;
use serde_json::json;

use crate::args::Global;
use crate::args::operate::Migrate;
use crate::database::migrate::{Migrated, migrate};
use crate::database::token_files::TokenFolders;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Migrate) -> Result<(), Failure> {
    let folders = arguments.init.as_ref().map(|people| TokenFolders {
        people: people.clone(),
        worker: arguments.worker_dir.as_ref().unwrap_or(people).clone(),
    });
    let fonts = chancery_fonts::read(arguments.fonts.as_deref()).map_err(Failure::setup("the fonts"))?;
    let migrated = migrate(&arguments.database, &fonts, folders.as_ref(), global.json).await?;
    output::print(&if global.json {
        json_report(&fonts, folders.as_ref(), &migrated)
    } else {
        text_report(&fonts, folders.as_ref(), &migrated)
    })
}

fn json_report(fonts: &Fonts, folders: Option<&TokenFolders>, migrated: &Migrated) -> String {
    let Migrated { reindexed, bootstrapped } = migrated;
    let files = folders.map(token_files);
    let initialised = match bootstrapped {
        Some(Bootstrapped::Now) => "now",
        Some(Bootstrapped::Before) => "before",
        None => "not requested",
    };
    let report = json!({
        "printer_version": environment().printer_version,
        "fonts_digest": fonts.digest(),
        "added_fonts": fonts.added().collect::<Vec<_>>(),
        "initialised": initialised,
        "reindexed": reindexed.revisions,
        "damaged": reindexed.damage.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "token_files": files,
    });
    format!("{report:#}\n")
}

fn text_report(fonts: &Fonts, folders: Option<&TokenFolders>, migrated: &Migrated) -> String {
    let Migrated { reindexed, bootstrapped } = migrated;
    let mut text = format!(
        "the schema is up to date\nthe active print environment is printer {}, fonts {}\n",
        &environment().printer_version[..12],
        &fonts.digest()[..12]
    );
    if reindexed.revisions > 0 {
        text.push_str(&reindexed.text());
    }
    match (bootstrapped, folders) {
        (Some(Bootstrapped::Now), Some(folders)) => {
            text.push_str("created workspace default; its first tokens are in\n");
            for file in token_files(folders) {
                // Writing to a String does not fail.
                let _ = writeln!(text, "  {file}");
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

fn token_files(folders: &TokenFolders) -> [String; 3] {
    [folders.operator(), folders.admin(), folders.worker()].map(|file| file.display().to_string())
}
