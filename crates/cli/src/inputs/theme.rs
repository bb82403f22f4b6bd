//! Theme files in TOML or JSON: accent, logo, organisation and footer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_brief::digest::Digest;
use chancery_brief::render_options::checked;
use chancery_images::MediaType;
use chancery_proto::json;
use chancery_proto::render::v1::{RenderOptions, Theme as ThemeMessage};
use serde::Deserialize;
use toml::Spanned;

use crate::inputs::documents::read_text;
use crate::inputs::images::Image;
use crate::ui::failure::{Failure, Violation};
use crate::ui::text_position::TextPosition;

/// A checked theme. Its message names no logo, because the name depends on where the logo is stored.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Accent, organisation and footer.
    pub message: ThemeMessage,
    /// The logo, if any.
    pub logo: Option<Logo>,
}

/// The logo of a theme.
#[derive(Debug, Clone)]
pub struct Logo {
    /// Media type of the bytes.
    pub media_type: MediaType,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// Content of the file.
    pub bytes: Vec<u8>,
}

/// The keys of a theme file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ThemeKeys {
    accent: String,
    logo: String,
    organisation: String,
    footer: String,
}

/// The text of a theme file.
struct ThemeSource<'a> {
    file: &'a Path,
    text: Arc<str>,
    is_json: bool,
}

impl Theme {
    /// Reads a theme file: JSON if its name ends in `.json`, TOML otherwise. The path of the logo is relative to the file.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let source = ThemeSource { file, text: read_text(file)?, is_json: is_json(file) };
        let keys = source.parse()?;
        let message = ThemeMessage {
            accent_color: keys.accent,
            organisation: keys.organisation,
            footer: keys.footer,
            logo: String::new(),
        };
        let message = source.check(message, !keys.logo.is_empty())?;
        let logo = match keys.logo.as_str() {
            "" => None,
            path => Some(source.logo(path)?),
        };
        Ok(Self { message, logo })
    }

    /// Returns the file of the logo that a theme file names, if it can be read.
    pub fn logo_file(file: &Path) -> Option<PathBuf> {
        let source = ThemeSource { file, text: read_text(file).ok()?, is_json: is_json(file) };
        let keys = source.parse().ok()?;
        (!keys.logo.is_empty()).then(|| beside(file, &keys.logo))
    }
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Returns the file that a path names, relative to the folder of a theme file.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new(".")).join(path)
}

impl ThemeSource<'_> {
    fn parse(&self) -> Result<ThemeKeys, Failure> {
        if self.is_json {
            serde_json::from_str(&self.text).map_err(|error| {
                let text = error.to_string();
                let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
                self.refuse("", message, Some((error.line().max(1), error.column().max(1))))
            })
        } else {
            toml::from_str(&self.text).map_err(|error| {
                let offset = error.span().map_or(0, |span| span.start);
                self.refuse("", error.message(), Some(self.position(offset)))
            })
        }
    }

    /// Checks the theme by the rules of the service and returns its canonical form.
    fn check(&self, theme: ThemeMessage, has_logo: bool) -> Result<ThemeMessage, Failure> {
        let placeholder = format!("workspaces/xx/attachments/{}", "0".repeat(64));
        let logo = if has_logo { placeholder } else { String::new() };
        let theme = Some(ThemeMessage { logo, ..theme });
        match checked(&RenderOptions { theme, ..RenderOptions::default() }) {
            Ok(options) => Ok(ThemeMessage { logo: String::new(), ..options.theme.unwrap_or_default() }),
            Err(found) => {
                let violations = found.iter().map(|option| {
                    let key = match option.path.trim_start_matches("theme.") {
                        "accent_color" => "accent",
                        key => key,
                    };
                    self.violation(key, &option.message, self.position_of(key))
                });
                Err(self.failure().with_violations(violations.collect()))
            }
        }
    }

    fn logo(&self, path: &str) -> Result<Logo, Failure> {
        let file = beside(self.file, path);
        let image = Image::read(&file)
            .map_err(|failure| self.refuse("logo", &failure.message, self.position_of("logo")))?;
        Ok(Logo { media_type: image.report.media_type, digest: image.digest, bytes: image.bytes })
    }

    /// Returns the line and column of the value of a key, or of the start of the file if the key is missing.
    fn position_of(&self, key: &str) -> Option<(usize, usize)> {
        if self.is_json {
            return Some(self.position(json::parse(&self.text).ok()?.find(key).range.start));
        }
        let keys: BTreeMap<String, Spanned<toml::Value>> = toml::from_str(&self.text).ok()?;
        Some(self.position(keys.get(key).map_or(0, |value| value.span().start)))
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before.len() - line_start + 1)
    }

    fn refuse(&self, key: &str, message: &str, position: Option<(usize, usize)>) -> Failure {
        self.failure().with_violations(vec![self.violation(key, message, position)])
    }

    fn failure(&self) -> Failure {
        let message = format!("{} is not a printable theme", self.file.display());
        Failure::new("INVALID_ARGUMENT", "INVALID_THEME", message)
    }

    fn violation(&self, key: &str, message: &str, position: Option<(usize, usize)>) -> Violation {
        let (line, column) = position.unwrap_or((1, 1));
        let at = TextPosition::of_bytes(&self.text, line, column);
        Violation::at(self.file, &self.text, at, key.to_owned(), message.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Theme;
    use crate::ui::failure::Failure;

    const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>";

    fn read(name: &str, text: &str) -> Result<Theme, Failure> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("logo.svg"), LOGO).unwrap();
        std::fs::write(folder.path().join("page.html"), "<html/>").unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        Theme::read(&file)
    }

    fn refused(name: &str, text: &str) -> (String, usize, usize) {
        let failure = read(name, text).unwrap_err();
        assert_eq!(failure.reason, "INVALID_THEME");
        let violation = &failure.violations[0];
        let position = violation.position.clone().unwrap();
        assert_eq!(Path::new(&position.file).file_name().unwrap(), name);
        (violation.path.clone(), position.at.line, position.at.column)
    }

    #[test]
    fn toml_and_json_give_the_same_theme() {
        let toml = "accent = \"#1A4F8A\"\nlogo = \"logo.svg\"\norganisation = \"A desk\"\nfooter = \"F\"\n";
        let json = r##"{"accent": "#1A4F8A", "logo": "logo.svg", "organisation": "A desk", "footer": "F"}"##;
        let (one, two) = (read("theme.toml", toml).unwrap(), read("theme.json", json).unwrap());
        assert_eq!(one.message, two.message);
        assert_eq!((one.message.accent_color.as_str(), one.message.footer.as_str()), ("#1a4f8a", "F"));
        let logo = one.logo.unwrap();
        assert_eq!((logo.media_type.as_str(), logo.digest), ("image/svg+xml", two.logo.unwrap().digest));
        assert!(read("theme.toml", "").unwrap().logo.is_none());
    }

    #[test]
    fn violations_are_located_by_key_line_and_column() {
        let pale = "organisation = \"A desk\"\naccent = \"#ffcc00\"\n";
        assert_eq!(refused("theme.toml", pale), ("accent".into(), 2, 10));
        assert_eq!(refused("theme.json", "{\n \"accent\": \"#ffcc00\"}"), ("accent".into(), 2, 12));
        assert_eq!(refused("theme.toml", "footer = \"F\"\nacent = \"#000000\"\n").1, 2);
        assert_eq!(refused("theme.json", "{\n \"acent\": \"#000000\"}").1, 2);
        assert_eq!(refused("theme.toml", "footer = F\n").1, 1);
        assert_eq!(refused("theme.toml", "footer = \"a\"\nfooter = \"b\"\n").1, 2);
    }

    #[test]
    fn a_logo_is_an_existing_image_and_needs_an_organisation() {
        assert_eq!(refused("theme.toml", "logo = \"logo.svg\"\n").0, "organisation");
        let missing = "organisation = \"A desk\"\nlogo = \"none.png\"\n";
        assert_eq!(refused("theme.toml", missing), ("logo".into(), 2, 8));
        let other = "organisation = \"A desk\"\nlogo = \"page.html\"\n";
        assert_eq!(refused("theme.toml", other), ("logo".into(), 2, 8));
    }
}
