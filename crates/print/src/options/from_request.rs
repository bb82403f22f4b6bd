//! Conversion of `RenderOptions` to [`Options`].

use chancery_brief::render_options::Rgb;
use chancery_proto::render::v1 as wire;

use crate::graphics::Color;
use crate::options::{Format, LikelihoodDisplay, Locale, Options, Paper, TextSize, Theme};

/// An option value that this printer does not support.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unsupported value of options.{path}; this printer may be older than the caller")]
pub struct UnknownOption {
    /// The field path in `RenderOptions`, such as `theme.accent_color`.
    pub path: &'static str,
}

impl<'a> Options<'a> {
    /// Converts a request's options. Unset fields take the printer's defaults.
    ///
    /// # Errors
    /// [`UnknownOption`] for a value that this build does not support.
    pub fn of_request(options: &'a wire::RenderOptions) -> Result<Self, UnknownOption> {
        let unknown = |path| move |_| UnknownOption { path };
        let format = wire::RenderFormat::try_from(options.format).map_err(unknown("format"))?;
        let paper = wire::Paper::try_from(options.paper).map_err(unknown("paper"))?;
        let likelihood = wire::LikelihoodDisplay::try_from(options.likelihood_display);
        let text_size = wire::TextSize::try_from(options.text_size).map_err(unknown("text_size"))?;
        let annexes = wire::Annexes::try_from(options.annexes).map_err(unknown("annexes"))?;
        Ok(Self {
            format: format_of(format),
            paper: match paper {
                wire::Paper::Unspecified | wire::Paper::A4 => Paper::A4,
                wire::Paper::Letter => Paper::Letter,
            },
            text_size: match text_size {
                wire::TextSize::Unspecified | wire::TextSize::Normal => TextSize::Normal,
                wire::TextSize::Large => TextSize::Large,
            },
            locale: locale(&options.locale)?,
            likelihood: likelihood_of(likelihood.map_err(unknown("likelihood_display"))?),
            theme: options.theme.as_ref().map_or(Ok(Theme::default()), theme)?,
            recipient: &options.recipient,
            watermark: &options.watermark,
            sections: &options.section_ids,
            annexes: match annexes {
                wire::Annexes::Unspecified => None,
                wire::Annexes::With => Some(true),
                wire::Annexes::Without => Some(false),
            },
            attach_data: options.attach_data,
            show_ids: options.show_ids,
        })
    }
}

fn format_of(format: wire::RenderFormat) -> Format {
    match format {
        wire::RenderFormat::Unspecified | wire::RenderFormat::Full => Format::Full,
        wire::RenderFormat::Standard => Format::Standard,
        wire::RenderFormat::OnePage => Format::OnePage,
    }
}

fn likelihood_of(display: wire::LikelihoodDisplay) -> LikelihoodDisplay {
    match display {
        wire::LikelihoodDisplay::Unspecified | wire::LikelihoodDisplay::AsWritten => {
            LikelihoodDisplay::AsWritten
        }
        wire::LikelihoodDisplay::Icd203 => LikelihoodDisplay::Icd203,
        wire::LikelihoodDisplay::Phia => LikelihoodDisplay::Phia,
        wire::LikelihoodDisplay::Numbers => LikelihoodDisplay::Numbers,
    }
}

fn locale(tag: &str) -> Result<Option<Locale>, UnknownOption> {
    if tag.is_empty() {
        return Ok(None);
    }
    Locale::of(tag).map(Some).ok_or(UnknownOption { path: "locale" })
}

fn theme(theme: &wire::Theme) -> Result<Theme<'_>, UnknownOption> {
    let accent = match theme.accent_color.as_str() {
        "" => None,
        text => {
            let Rgb { red, green, blue } =
                text.parse().map_err(|_| UnknownOption { path: "theme.accent_color" })?;
            Some(Color(red, green, blue))
        }
    };
    // The name's last segment is the digest.
    let logo = theme.logo.rsplit('/').next().unwrap_or_default();
    Ok(Theme { accent, logo, organisation: &theme.organisation, footer: &theme.footer })
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1 as wire;

    use super::{Color, Format, LikelihoodDisplay, Locale, Options, Paper, TextSize, Theme};

    #[test]
    fn an_empty_request_has_the_default_options() {
        let request = wire::RenderOptions::default();
        assert_eq!(Options::of_request(&request), Ok(Options::default()));
    }

    #[test]
    fn every_option_reaches_the_printer() {
        let theme = wire::Theme {
            accent_color: "#1a4F8a".into(),
            logo: "workspaces/default/attachments/abc".into(),
            organisation: "A desk".into(),
            footer: "Not for sale".into(),
        };
        let request = wire::RenderOptions {
            format: wire::RenderFormat::OnePage.into(),
            paper: wire::Paper::Letter.into(),
            locale: "fa-IR".into(),
            likelihood_display: wire::LikelihoodDisplay::Phia.into(),
            text_size: wire::TextSize::Large.into(),
            theme: Some(theme),
            recipient: "A reader".into(),
            watermark: "COPY".into(),
            section_ids: vec!["body".into()],
            annexes: wire::Annexes::Without.into(),
            attach_data: true,
            show_ids: true,
            // The revision to compare with arrives as an edition, not as a name.
            compare_to: "workspaces/default/briefs/b1/revisions/1".into(),
        };
        let expected = Options {
            format: Format::OnePage,
            paper: Paper::Letter,
            text_size: TextSize::Large,
            locale: Some(Locale::Persian),
            likelihood: LikelihoodDisplay::Phia,
            theme: Theme {
                accent: Some(Color(0x1a, 0x4f, 0x8a)),
                logo: "abc",
                organisation: "A desk",
                footer: "Not for sale",
            },
            recipient: "A reader",
            watermark: "COPY",
            sections: &request.section_ids,
            annexes: Some(false),
            attach_data: true,
            show_ids: true,
        };
        assert_eq!(Options::of_request(&request), Ok(expected));
    }

    #[test]
    fn an_unknown_value_is_reported_with_its_field() {
        let named = |options: wire::RenderOptions| Options::of_request(&options).unwrap_err().path;
        assert_eq!(named(wire::RenderOptions { format: 9, ..Default::default() }), "format");
        assert_eq!(named(wire::RenderOptions { locale: "de".into(), ..Default::default() }), "locale");
        let theme = wire::Theme { accent_color: "red".into(), ..Default::default() };
        let options = wire::RenderOptions { theme: Some(theme), ..Default::default() };
        assert_eq!(named(options), "theme.accent_color");
    }
}
