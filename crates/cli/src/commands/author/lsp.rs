//! `lsp`: the language server for an editor.

use std::path::Path;

use chancery_lsp::{DEBOUNCE, Ended, Settings};
use url::Url;

use super::check::coverage;
use crate::args::author::Lsp;
use crate::inputs::brief_text::FolderImages;
use crate::ui::failure::Failure;

pub async fn run(arguments: &Lsp) -> Result<(), Failure> {
    let settings = Settings {
        images: Box::new(|file| Box::new(FolderImages::beside(file))),
        coverage: coverage(arguments.no_glyphs, arguments.fonts.as_deref())?,
        lint_pages: arguments.lint_pages.as_deref().map(folder_url).transpose()?,
        debounce: DEBOUNCE,
    };
    match chancery_lsp::serve(tokio::io::stdin(), tokio::io::stdout(), settings).await {
        Ended::Shutdown => Ok(()),
        Ended::Abandoned => {
            Err(Failure::new("CANCELLED", "ABANDONED", "the editor left without shutting the server down"))
        }
    }
}

/// Returns the URL of a folder, which is a URL or a path.
fn folder_url(written: &str) -> Result<Url, Failure> {
    let refuse = |problem: String| {
        let message = format!(
            "--lint-pages {written:?}: {problem}; expected a folder, or a URL such as https://example.org/lint"
        );
        Failure::usage("INVALID_URL", message)
    };
    if written.contains("://") {
        let url = Url::parse(&format!("{}/", written.trim_end_matches('/')));
        return url.map_err(|error| refuse(error.to_string()));
    }
    let folder = Path::new(written).canonicalize().map_err(|error| refuse(error.to_string()))?;
    Url::from_directory_path(&folder).map_err(|()| refuse("no path of a folder".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::folder_url;

    #[test]
    fn a_folder_and_a_url_are_urls_of_folders() {
        let url = folder_url("https://example.org/docs/lint").unwrap();
        assert_eq!(url.join("CODE.md").unwrap().as_str(), "https://example.org/docs/lint/CODE.md");
        let folder = tempfile::tempdir().unwrap();
        let url = folder_url(&folder.path().display().to_string()).unwrap();
        assert!(
            url.join("CODE.md")
                .unwrap()
                .to_file_path()
                .unwrap()
                .starts_with(folder.path().canonicalize().unwrap())
        );
        assert!(folder_url("no/such/folder").is_err());
    }
}
