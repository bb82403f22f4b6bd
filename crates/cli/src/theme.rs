//! Theme files: an organisation's look on paper, as TOML or JSON.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chancery_brief::digest::Digest;
use chancery_brief::render_options::checked;
use chancery_images::MediaType;
use chancery_proto::json;
use chancery_proto::render::v1::{RenderOptions, Theme as ThemeMessage};
use serde::Deserialize;
use toml::Spanned;

use crate::documents::text_of;
use crate::failure::{Failure, Place, Position};
use crate::images::Image;

/// A theme, checked. Its message names no logo: how a logo is named depends on where it is kept.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Accent, organisation and footer.
    pub message: ThemeMessage,
    /// The logo.
    pub logo: Option<Logo>,
}

/// A theme's logo.
#[derive(Debug, Clone)]
pub struct Logo {
    /// What its bytes are.
    pub media_type: MediaType,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The file's keys.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    accent: String,
    logo: String,
    organisation: String,
    footer: String,
}

/// A theme file's text.
struct Source<'a> {
    file: &'a Path,
    text: Arc<str>,
    is_json: bool,
}

impl Theme {
    /// Reads a theme file: JSON when its name ends so, TOML otherwise. The logo's path starts from the file's folder.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let is_json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let source = Source { file, text: text_of(file)?, is_json };
        let written = source.parse()?;
        let message = ThemeMessage {
            accent_color: written.accent,
            organisation: written.organisation,
            footer: written.footer,
            logo: String::new(),
        };
        let message = source.check(message, !written.logo.is_empty())?;
        let logo = match written.logo.as_str() {
            "" => None,
            path => Some(source.logo(path)?),
        };
        Ok(Self { message, logo })
    }
}

impl Source<'_> {
    fn parse(&self) -> Result<Written, Failure> {
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

    /// The theme as it is kept, by the rules that the service has.
    fn check(&self, theme: ThemeMessage, has_logo: bool) -> Result<ThemeMessage, Failure> {
        let no_digest = format!("workspaces/xx/attachments/{}", "0".repeat(64));
        let logo = if has_logo { no_digest } else { String::new() };
        let theme = Some(ThemeMessage { logo, ..theme });
        match checked(&RenderOptions { theme, ..RenderOptions::default() }) {
            Ok(options) => Ok(ThemeMessage { logo: String::new(), ..options.theme.unwrap_or_default() }),
            Err(found) => {
                let places = found.iter().map(|option| {
                    let key = match option.path.trim_start_matches("theme.") {
                        "accent_color" => "accent",
                        key => key,
                    };
                    self.place(key, &option.message, self.position_of(key))
                });
                Err(self.failure().places(places.collect()))
            }
        }
    }

    fn logo(&self, path: &str) -> Result<Logo, Failure> {
        let file = self.file.parent().unwrap_or(Path::new(".")).join(path);
        let image = Image::read(&file)
            .map_err(|failure| self.refuse("logo", &failure.message, self.position_of("logo")))?;
        Ok(Logo { media_type: image.report.media_type, digest: image.digest, bytes: image.bytes })
    }

    /// Line and column of a key's value; of the file's beginning when the key is not there.
    fn position_of(&self, key: &str) -> Option<(usize, usize)> {
        if self.is_json {
            return json::locate(&self.text, key);
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
        self.failure().places(vec![self.place(key, message, position)])
    }

    fn failure(&self) -> Failure {
        let message = format!("{} is no theme that can be printed", self.file.display());
        Failure::new("INVALID_ARGUMENT", "INVALID_THEME", message)
    }

    fn place(&self, key: &str, message: &str, position: Option<(usize, usize)>) -> Place {
        let file = self.file.display().to_string();
        Place {
            path: key.to_owned(),
            description: message.to_owned(),
            position: position.map(|(line, column)| Position { file, line, column }),
            text: Some(Arc::clone(&self.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Theme;
    use crate::failure::Failure;

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
        let place = &failure.violations[0];
        let position = place.position.clone().unwrap();
        assert_eq!(Path::new(&position.file).file_name().unwrap(), name);
        (place.path.clone(), position.line, position.column)
    }

    #[test]
    fn both_forms_say_the_same() {
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
    fn what_is_wrong_is_found_by_key_line_and_column() {
        let pale = "organisation = \"A desk\"\naccent = \"#ffcc00\"\n";
        assert_eq!(refused("theme.toml", pale), ("accent".into(), 2, 10));
        assert_eq!(refused("theme.json", "{\n \"accent\": \"#ffcc00\"}"), ("accent".into(), 2, 12));
        assert_eq!(refused("theme.toml", "footer = \"F\"\nacent = \"#000000\"\n").1, 2);
        assert_eq!(refused("theme.json", "{\n \"acent\": \"#000000\"}").1, 2);
        assert_eq!(refused("theme.toml", "footer = F\n").1, 1);
        assert_eq!(refused("theme.toml", "footer = \"a\"\nfooter = \"b\"\n").1, 2);
    }

    #[test]
    fn a_logo_is_an_image_that_is_there_and_has_a_name_beside_it() {
        assert_eq!(refused("theme.toml", "logo = \"logo.svg\"\n").0, "organisation");
        let missing = "organisation = \"A desk\"\nlogo = \"none.png\"\n";
        assert_eq!(refused("theme.toml", missing), ("logo".into(), 2, 8));
        let other = "organisation = \"A desk\"\nlogo = \"page.html\"\n";
        assert_eq!(refused("theme.toml", other), ("logo".into(), 2, 8));
    }
}
