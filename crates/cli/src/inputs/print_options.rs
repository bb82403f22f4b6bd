//! Converts the print flags to the options of a request.

use chancery_brief::render_options::InvalidOption;
use chancery_proto::render::v1::{
    Annexes, LikelihoodDisplay, Paper, RenderFormat, RenderOptions, TextSize, Theme,
};

use crate::args::render::{FigureOptions, FormatArg, LikelihoodArg, PaperArg, PrintOptions};
use crate::ui::failure::{Failure, Violation};

/// Converts the flags to the request's options.
pub fn render_options(flags: &PrintOptions, theme: Option<Theme>) -> RenderOptions {
    let format = match flags.format {
        FormatArg::Full => RenderFormat::Full,
        FormatArg::Standard => RenderFormat::Standard,
        FormatArg::OnePage => RenderFormat::OnePage,
    };
    let paper = match flags.paper {
        PaperArg::A4 => Paper::A4,
        PaperArg::Letter => Paper::Letter,
    };
    let annexes = match (flags.annexes, flags.no_annexes) {
        (true, _) => Annexes::With,
        (false, true) => Annexes::Without,
        (false, false) => Annexes::Unspecified,
    };
    RenderOptions {
        format: format.into(),
        paper: paper.into(),
        locale: flags.locale.clone(),
        likelihood_display: likelihood_display(flags.likelihood).into(),
        text_size: text_size(flags.large_print).into(),
        theme,
        recipient: flags.recipient.clone(),
        watermark: flags.watermark.clone(),
        section_ids: flags.sections.clone(),
        annexes: annexes.into(),
        attach_data: flags.attach_data,
        show_ids: flags.show_ids,
        compare_to: String::new(),
    }
}

/// Converts the flags of a figure by itself to a request's options.
pub fn figure_options(flags: &FigureOptions, theme: Option<Theme>) -> RenderOptions {
    RenderOptions {
        locale: flags.locale.clone(),
        likelihood_display: likelihood_display(flags.likelihood).into(),
        text_size: text_size(flags.large_print).into(),
        theme,
        show_ids: flags.show_ids,
        ..RenderOptions::default()
    }
}

const fn likelihood_display(flag: LikelihoodArg) -> LikelihoodDisplay {
    match flag {
        LikelihoodArg::AsWritten => LikelihoodDisplay::AsWritten,
        LikelihoodArg::Icd203 => LikelihoodDisplay::Icd203,
        LikelihoodArg::Phia => LikelihoodDisplay::Phia,
        LikelihoodArg::Numbers => LikelihoodDisplay::Numbers,
    }
}

const fn text_size(is_large: bool) -> TextSize {
    if is_large { TextSize::Large } else { TextSize::Normal }
}

/// Returns the failure of options that break rules.
pub fn invalid_options(options: &[InvalidOption]) -> Failure {
    let violations = options.iter().map(|option| Violation {
        path: format!("options.{}", option.path),
        description: option.message.clone(),
        ..Violation::default()
    });
    let message = format!("{} invalid option(s)", options.len());
    Failure::new("INVALID_ARGUMENT", "INVALID_FIELD", message).with_violations(violations.collect())
}

#[cfg(test)]
mod tests {
    use chancery_proto::render::v1::{
        Annexes, LikelihoodDisplay, Paper, RenderFormat, RenderOptions, TextSize,
    };
    use clap::Parser;

    use super::render_options;
    use crate::args::{Command, CommandLine};

    fn options(flags: &[&str]) -> RenderOptions {
        let line = ["chancery", "render", "b1", "-o", "b1.pdf"].iter().chain(flags);
        match CommandLine::try_parse_from(line).unwrap().command {
            Command::Render(render) => render_options(&render.options, None),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_flag_reaches_the_request() {
        let flags = "--format one-page --paper letter --locale fa --likelihood icd203 --large-print --recipient R \
            --watermark W --section one --section two --no-annexes --attach-data --show-ids";
        let expected = RenderOptions {
            format: RenderFormat::OnePage.into(),
            paper: Paper::Letter.into(),
            locale: "fa".into(),
            likelihood_display: LikelihoodDisplay::Icd203.into(),
            text_size: TextSize::Large.into(),
            theme: None,
            recipient: "R".into(),
            watermark: "W".into(),
            section_ids: vec!["one".into(), "two".into()],
            annexes: Annexes::Without.into(),
            attach_data: true,
            show_ids: true,
            ..RenderOptions::default()
        };
        assert_eq!(options(&flags.split_whitespace().collect::<Vec<_>>()), expected);
        assert_eq!(options(&["--annexes"]).annexes(), Annexes::With);
        assert_eq!(options(&["--format", "standard"]).annexes(), Annexes::Unspecified);
    }
}
