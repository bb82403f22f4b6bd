//! Any brief with any options yields a file that reads back, or an error with the limit it exceeds; never a panic.

use std::ops::ControlFlow;

use chancery_brief::arbitrary;
use chancery_print::graphics::Color;
use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, Fonts, Format, LikelihoodDisplay, Limits, Locale, Options, Paper, PrintError, RevisionState,
    TextSize, Theme, print,
};
use chancery_proto::brief::v1::BriefContent;
use chancery_testkit::pdf;
use proptest::prelude::*;

use crate::temporary_files;
use crate::wild::{any_brief, text};

/// Options and the texts that they borrow.
#[derive(Clone, Debug)]
struct Choice {
    options: Options<'static>,
    texts: [String; 4],
    sections: Vec<String>,
    state: RevisionState,
    superseded_by: Option<u32>,
    follows: bool,
}

impl Choice {
    fn options(&self) -> Options<'_> {
        let [recipient, watermark, organisation, footer] = &self.texts;
        Options {
            recipient,
            watermark,
            sections: &self.sections,
            theme: Theme { organisation, footer, ..self.options.theme },
            ..self.options
        }
    }
}

fn any_options() -> impl Strategy<Value = Options<'static>> {
    let form = (
        prop_oneof![Just(Format::Full), Just(Format::Standard), Just(Format::OnePage)],
        prop_oneof![Just(Paper::A4), Just(Paper::Letter)],
        prop_oneof![Just(TextSize::Normal), Just(TextSize::Large)],
    );
    let locale = prop_oneof![
        Just(None),
        Just(Some(Locale::English)),
        Just(Some(Locale::Russian)),
        Just(Some(Locale::Persian)),
        Just(Some(Locale::Arabic)),
    ];
    let likelihood = prop_oneof![
        Just(LikelihoodDisplay::AsWritten),
        Just(LikelihoodDisplay::Icd203),
        Just(LikelihoodDisplay::Phia),
        Just(LikelihoodDisplay::Numbers),
    ];
    // Up to the lightest grey legible on white.
    let part = || 0_u8..=0x76;
    let look = prop::option::of((part(), part(), part()).prop_map(|(r, g, b)| Color(r, g, b)));
    let rest = (prop::option::of(any::<bool>()), any::<bool>());
    (form, locale, likelihood, look, rest).prop_map(
        |((format, paper, text_size), locale, likelihood, accent, (annexes, attach_data))| Options {
            format,
            paper,
            text_size,
            locale,
            likelihood,
            theme: Theme { accent, ..Theme::default() },
            annexes,
            attach_data,
            ..Options::default()
        },
    )
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let short = text().prop_map(|text| text.chars().take(100).collect());
    let texts = prop::array::uniform4(prop_oneof![Just(String::new()), short]);
    let sections = prop_oneof![
        8 => Just(Vec::new()),
        2 => Just(vec!["deep".to_owned()]),
        1 => Just(vec!["nowhere".to_owned()]),
    ];
    let state = prop_oneof![
        Just(RevisionState::Published),
        Just(RevisionState::Draft),
        Just(RevisionState::Withdrawn)
    ];
    (any_options(), texts, sections, state, prop::option::of(1_u32..9), any::<bool>()).prop_map(
        |(options, texts, sections, state, superseded_by, follows)| Choice {
            options,
            texts,
            sections,
            state,
            superseded_by,
            follows,
        },
    )
}

/// Prints and reads back; qpdf checks one file in eight.
fn try_one(content: &BriefContent, earlier: &BriefContent, choice: &Choice) -> Result<(), TestCaseError> {
    let edition = Edition {
        state: choice.state,
        superseded_by: choice.superseded_by,
        earlier: choice.follows.then_some(earlier),
        ..edition(content)
    };
    let limits = Limits { max_pages: 60, ..Limits::default() };
    let mut observe = |_| ControlFlow::Continue(());
    match print(&edition, &choice.options(), &limits, &Fonts::default(), &mut observe) {
        Ok(printed) => {
            prop_assert!(printed.pages > 0 && printed.pages <= limits.max_pages);
            prop_assert!(choice.options.format != Format::OnePage || printed.pages == 1);
            let text = struct_text(&printed.bytes);
            prop_assert!(text.is_ok(), "{:?}", text.err());
            if printed.bytes.len() % 8 == 0 {
                pdf::assert_sound(&temporary_files::file(
                    &format!("fuzz/{}.pdf", std::process::id()),
                    &printed.bytes,
                ));
            }
        }
        Err(PrintError::PageOverfull { overflows }) => {
            prop_assert!(choice.options.format == Format::OnePage && !overflows.is_empty());
        }
        Err(PrintError::UnknownSection { id }) => prop_assert!(choice.sections.contains(&id)),
        Err(error) => prop_assert!(false, "{error}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(32), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_brief_prints_in_any_way(
        written in arbitrary::canonical(),
        earlier in arbitrary::canonical(),
        choice in any_choice(),
    ) {
        try_one(written.content(), earlier.content(), &choice)?;
    }

    #[test]
    fn whatever_stands_in_a_brief_it_prints_in_any_way(
        content in any_brief(),
        earlier in any_brief(),
        choice in any_choice(),
    ) {
        try_one(&content, &earlier, &choice)?;
    }
}
