//! One key judgment, a page of them, and more than a page.

use chancery_print::{Format, PrintError};
use chancery_proto::brief::v1::{
    BriefContent, Confidence, ConfidenceLevel, KeyJudgment, Likelihood, LikelihoodScale, LikelihoodTerm,
};
use chancery_testkit::pdf;

use crate::{Print, SENTENCE, brief, long_formats, options, paragraph, section, statement, try_print};

const COUNTS: [usize; 5] = [1, 7, 13, 14, 40];

fn judgment(number: usize) -> KeyJudgment {
    let mut confidence = Confidence { why: SENTENCE.to_owned(), ..Confidence::default() };
    confidence.set_level(ConfidenceLevel::Moderate);
    let likelihood = Likelihood {
        scale: LikelihoodScale::Icd203.into(),
        term: LikelihoodTerm::Icd203Likely.into(),
        low_percent: 55,
        high_percent: 80,
        ..Likelihood::default()
    };
    KeyJudgment {
        id: format!("kj-{number}"),
        statements: vec![statement(
            &format!("kj-{number}-s"),
            &format!("First{number} {SENTENCE} Last{number}"),
        )],
        likelihood: Some(likelihood),
        confidence: Some(confidence),
        ..KeyJudgment::default()
    }
}

fn judged(count: usize) -> BriefContent {
    let blocks = vec![paragraph(vec![statement("s-1", SENTENCE)])];
    BriefContent {
        bluf: vec![statement("s-2", SENTENCE)],
        key_judgments: (1..=count).map(judgment).collect(),
        ..brief("Judgments", vec![section("sec", "Body", blocks)])
    }
}

/// Returns the page of the first occurrence of a word.
fn page_of(print: &Print, word: &str) -> usize {
    let has = |page: &&pdf::PageWords| page.3.iter().any(|(found, _)| found == word);
    print.pages.iter().find(has).unwrap_or_else(|| panic!("no {word}")).0
}

#[test]
fn no_judgment_is_divided_by_a_page_and_every_page_of_them_has_the_head() {
    let mut files = Vec::new();
    for (format, options) in long_formats() {
        for count in COUNTS {
            let print = Print::new(&format!("judgments-{count}-{format}"), &judged(count), &options);
            for number in 1..=count {
                let [first, last] =
                    [format!("First{number}"), format!("Last{number}")].map(|word| page_of(&print, &word));
                assert_eq!(first, last, "{format}, {count}: judgment {number}");
                let words = &print.pages[first - 1].3;
                let heads = words.iter().filter(|(word, _)| word.starts_with("Confidence")).count();
                assert!(heads > 0, "{format}, {count}: page {first} of judgments has no head");
            }
            files.push(print.file);
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn a_single_page_has_up_to_seven_or_names_their_number() {
    for count in COUNTS {
        let content = judged(count);
        match try_print(&content, &options(Format::OnePage)) {
            Ok(_) => assert!(count <= 7),
            Err(error @ PrintError::PageOverfull { .. }) => {
                let expected = format!("there are {count} key judgments; the maximum is 7");
                assert!(count > 7 && error.to_string().contains(&expected), "{error}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_judgment_that_nearly_fills_a_page_begins_below_its_heading() {
    for sentences in (1..45).step_by(2) {
        let mut content = judged(1);
        content.bluf.clear();
        content.key_judgments[0].statements[0].text =
            format!("First1 {}", [SENTENCE].repeat(sentences).join(" "));
        let (format, options) = &long_formats()[0];
        let print = Print::new(&format!("tall-judgment-{sentences}-{format}"), &content, options);
        let (heading, first) = (page_of(&print, "judgments"), page_of(&print, "First1"));
        assert_eq!(first, heading, "{sentences} sentences");
    }
}
