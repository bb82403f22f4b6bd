//! Any valid brief with any options yields a file that reads back and conforms; any other brief does, or yields an error
//! with the limit it exceeds; never a panic.

use std::cell::RefCell;
use std::ops::ControlFlow;

use chancery_brief::marking::{Clearance, Policy};
use chancery_brief::redact;
use chancery_print::graphics::Color;
use chancery_print::testing::{edition, struct_text};
use chancery_print::{
    Edition, Fonts, Format, LikelihoodDisplay, Limits, Locale, Options, Paper, PrintError, RevisionState,
    TextSize, Theme, print,
};
use chancery_proto::brief::v1::BriefContent;
use chancery_testkit::pdf;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::dressed::Revisions;
use crate::tiny::Tiny;
use crate::wild::{any_brief, text};
use crate::{dressed, temporary_files};

thread_local! {
    /// A font for Thai and Devanagari, which the printer's own fonts do not cover.
    static ADDED: Fonts = {
        let characters: String = ('\u{900}'..='\u{97f}').chain('\u{e01}'..='\u{e5b}').collect();
        let tiny = Tiny { name: "Tiny", characters: &characters, rights: 0, extra: None };
        Fonts::new(vec![("tiny.ttf".into(), tiny.file())]).unwrap()
    };
}

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
    let rest = (prop::option::of(any::<bool>()), any::<bool>(), any::<bool>());
    (form, locale, likelihood, look, rest).prop_map(
        |((format, paper, text_size), locale, likelihood, accent, (annexes, attach_data, show_ids))| {
            Options {
                format,
                paper,
                text_size,
                locale,
                likelihood,
                theme: Theme { accent, ..Theme::default() },
                annexes,
                attach_data,
                show_ids,
                ..Options::default()
            }
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

/// The revision that a print compares with.
#[derive(Clone, Copy, Debug)]
enum Comparison {
    None,
    Parent,
    /// An earlier one, with the combined changes since.
    Chosen,
}

/// The reader of a print and the edition for them.
#[derive(Clone, Debug)]
struct Reader {
    /// Index among the clearances that have an edition of their own.
    level: prop::sample::Index,
    policy: Policy,
    comparison: Comparison,
    has_added_font: bool,
    /// Index of the only section to print, if there is one.
    section: Option<prop::sample::Index>,
}

fn any_reader() -> impl Strategy<Value = Reader> {
    let comparison = prop_oneof![Just(Comparison::None), Just(Comparison::Parent), Just(Comparison::Chosen)];
    let policy = prop_oneof![Just(Policy::Omit), Just(Policy::Mark)];
    let section = prop::option::weighted(0.1, any::<prop::sample::Index>());
    (any::<prop::sample::Index>(), policy, comparison, any::<bool>(), section).prop_map(
        |(level, policy, comparison, has_added_font, section)| Reader {
            level,
            policy,
            comparison,
            has_added_font,
            section,
        },
    )
}

/// Prints an edition of a valid brief. Only the one-page format may have no room for it.
fn printed_for(revisions: &Revisions, reader: &Reader, choice: &Choice) -> Option<Vec<u8>> {
    let levels = redact::levels(&revisions.current);
    let clearance = Clearance(levels[reader.level.index(levels.len())]);
    let content = redact::edition(&revisions.current, clearance, reader.policy).unwrap();
    let earlier = redact::edition(&revisions.earlier, clearance, reader.policy);
    let (earlier, earlier_revision, combined_changes) = match reader.comparison {
        Comparison::None => (None, 0, None),
        Comparison::Parent => (earlier.as_ref(), 0, None),
        Comparison::Chosen => (earlier.as_ref(), 1, Some(content.changes.as_slice())),
    };
    let edition = Edition {
        state: choice.state,
        superseded_by: choice.superseded_by,
        withdraw_reason: if choice.state == RevisionState::Withdrawn { &choice.texts[0] } else { "" },
        revision: 3,
        earlier,
        earlier_revision,
        combined_changes,
        ..edition(&content)
    };
    let only = reader.section.filter(|_| !content.sections.is_empty());
    let sections: Vec<String> =
        only.iter().map(|index| content.sections[index.index(content.sections.len())].id.clone()).collect();
    // Files with attached data conform to another part of PDF/A.
    let options = Options { sections: &sections, attach_data: false, ..choice.options() };
    let fonts = if reader.has_added_font { ADDED.with(Fonts::clone) } else { Fonts::default() };
    let mut observe = |_| ControlFlow::Continue(());
    match print(&edition, &options, &Limits::default(), &fonts, &mut observe) {
        Ok(printed) => {
            struct_text(&printed.bytes).unwrap();
            Some(printed.bytes)
        }
        Err(PrintError::PageOverfull { overflows }) => {
            assert!(options.format == Format::OnePage && !overflows.is_empty());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn any_edition_of_any_valid_brief_prints_in_any_way_and_conforms() {
    let mut config = crate::config(50);
    config.max_shrink_iters = 500;
    // One Java process checks two files of five.
    let checked = usize::try_from(config.cases).unwrap() * 2 / 5;
    let files = RefCell::new(Vec::new());
    let mut runner = TestRunner::new(config);
    let cases = (dressed::revisions(), any_reader(), any_choice());
    let ran = runner.run(&cases, |(revisions, reader, choice)| {
        let printed = printed_for(&revisions, &reader, &choice);
        let number = files.borrow().len();
        if let Some(bytes) = printed.filter(|_| number < checked) {
            files.borrow_mut().push(temporary_files::file(&format!("fuzz/valid-{number}.pdf"), &bytes));
        }
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
    pdf::assert_conform("ua1,2a", &files.into_inner());
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
    #![proptest_config(crate::config(32))]

    #[test]
    fn whatever_stands_in_a_brief_it_prints_in_any_way(
        content in any_brief(),
        earlier in any_brief(),
        choice in any_choice(),
    ) {
        try_one(&content, &earlier, &choice)?;
    }
}
