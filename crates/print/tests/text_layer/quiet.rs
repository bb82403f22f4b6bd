//! Printing writes nothing to standard error: a worker's log belongs to the worker.

use std::process::Command;

use chancery_print::Fonts;

use crate::clusters::{THAI, font};
use crate::{brief, printed};

/// Scripts with their own segmentation, damaged sequences, invisible characters.
const ODD: [&str; 5] = [
    "ភាសាខ្មែរ ລາວ မြန်မာစာ ᨲᩫ᩠ᩅᨾᩮᩬᩥᨦ ꪼꪕ 日本語 한국어",
    "\u{1f468}\u{200d}\u{200d}\u{fe0f} \u{0301}\u{0e33} \u{1f1ee}",
    "\u{2067}\u{202e}abc \u{2068}روسیه\u{2069}",
    "\u{ad}\u{ad}a\u{ad} \u{ad}b\u{200b}\u{2060}",
    "\u{e000}\u{fffd}\u{115f}\u{1160}",
];

#[test]
fn printing_odd_text_writes_nothing_to_standard_error() {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--exact", "quiet::odd_text_prints", "--nocapture"];
    let ran = Command::new(program).args(arguments).output().unwrap();
    assert!(ran.status.success());
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
}

#[test]
fn odd_text_prints() {
    for (language, fonts) in [("th", font(THAI)), ("en", Fonts::default())] {
        let mut texts = vec![THAI];
        texts.extend(ODD);
        printed(&brief(language, THAI, &texts), &fonts);
    }
}
