//! The print of an arbitrary brief is proven, and no other bytes make the proof panic.

use chancery_brief::marking::{Clearance, Policy};
use chancery_brief::redact;
use chancery_print::testing::edition;
use chancery_print::{Edition, Fonts, Format, Locale, Options, Paper, RevisionState, TextSize};
use chancery_proof::check_form;
use proptest::prelude::*;

use crate::dressed;
use crate::honest::printed_and_proven;
use crate::tiny::Tiny;
use crate::wild::{any_brief, text};

thread_local! {
    /// A font for Thai and Devanagari, which the printer's own fonts do not cover.
    static ADDED: Fonts = {
        let characters: String = ('\u{900}'..='\u{97f}').chain('\u{e01}'..='\u{e5b}').collect();
        let tiny = Tiny { name: "Tiny", characters: &characters, rights: 0, extra: None };
        Fonts::new(vec![("tiny.ttf".into(), tiny.file())]).unwrap()
    };
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
    let rest = (prop::option::of(any::<bool>()), any::<bool>(), any::<bool>());
    (form, locale, rest).prop_map(|((format, paper, text_size), locale, (annexes, attach_data, show_ids))| {
        Options { format, paper, text_size, locale, annexes, attach_data, show_ids, ..Options::default() }
    })
}

fn any_state() -> impl Strategy<Value = RevisionState> {
    prop_oneof![Just(RevisionState::Published), Just(RevisionState::Draft), Just(RevisionState::Withdrawn)]
}

proptest! {
    #![proptest_config(crate::config(24))]

    #[test]
    fn any_edition_of_any_valid_brief_is_proven(
        revisions in dressed::revisions(),
        options in any_options(),
        state in any_state(),
        level in any::<prop::sample::Index>(),
        (mark, follows, added) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let levels = redact::levels(&revisions.current);
        let clearance = Clearance(levels[level.index(levels.len())]);
        let policy = if mark { Policy::Mark } else { Policy::Omit };
        let content = redact::edition(&revisions.current, clearance, policy).unwrap();
        let earlier = redact::edition(&revisions.earlier, clearance, policy);
        let earlier = earlier.as_ref().filter(|_| follows);
        let edition = Edition { state, revision: 3, earlier, ..edition(&content) };
        let fonts = if added { ADDED.with(Fonts::clone) } else { Fonts::default() };
        let found = printed_and_proven(&edition, &options, &fonts).transpose();
        prop_assert!(found.is_ok(), "{}", found.unwrap_err());
    }

    #[test]
    fn any_other_brief_is_proven(content in any_brief(), earlier in any_brief(), options in any_options(), state in any_state(), follows in any::<bool>(), recipient in text()) {
        let recipient: String = recipient.chars().take(100).collect();
        let edition = Edition { state, earlier: follows.then_some(&earlier), ..edition(&content) };
        let options = Options { recipient: &recipient, ..options };
        let found = printed_and_proven(&edition, &options, &Fonts::default()).transpose();
        prop_assert!(found.is_ok(), "{}", found.unwrap_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), spelled in "[0-9a-zA-Z<>/()\\[\\] \n%]{0,200}") {
        prop_assert!(check_form(&bytes).is_err());
        let begins = [b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".as_slice(), spelled.as_bytes()].concat();
        prop_assert!(check_form(&begins).is_err());
    }
}
