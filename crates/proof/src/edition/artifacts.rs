//! Artifacts: the closed set of each page. Headers, footers and the watermark say what the edition's do; layout artifacts
//! repeat texts and drawings of tables and figures, and are painted before all tagged content.

use std::collections::{BTreeSet, HashMap};

use chancery_print::expected_content::{ExpectedContent, ExpectedStyle, RunningText};

use crate::check_form::Read;
use crate::content::{ArtifactKind, Mark, Painted, Sequence};
use crate::edition::artifact_paths;
use crate::edition::characters::{has_right_to_left, is_ink};
use crate::edition::destinations::Destinations;
use crate::edition::matched::Matched;
use crate::edition::page_references::{PageReferences, Referred, RepeatedList};
use crate::edition::running::is_shown;
use crate::form::Font;
use crate::refusal::{Place, Refusal};

/// The parts of a page's height in which headers and footers are.
const MARGIN: i64 = 8;

/// Checks the artifacts of all pages.
pub(super) fn check(
    read: &Read,
    expected: &ExpectedContent,
    (destinations, matched): (&Destinations, &Matched),
) -> Result<(), Refusal> {
    let pages = PageReferences { read, expected, destinations, matched };
    let check = Check { read, expected, repeated: Repeated::new(expected, pages), destinations };
    for page in 0..read.pages.len() {
        check.page(page)?;
    }
    Ok(())
}

struct Check<'c> {
    read: &'c Read<'c>,
    expected: &'c ExpectedContent,
    repeated: Repeated,
    destinations: &'c Destinations,
}

/// The artifacts of a page by kind.
#[derive(Default)]
struct OnPage<'r> {
    /// Text and style of what forms and the page itself show.
    forms: [String; 3],
    own: [String; 3],
    counts: [usize; 3],
    styles: [Vec<&'r crate::content::Shown>; 3],
}

impl Check<'_> {
    fn page(&self, page: usize) -> Result<(), Refusal> {
        let painted = &self.read.pages[page];
        let refused = |sequence: &Sequence, code, what: &str| {
            Refusal::new(code, Place::Content { page: page + 1, byte: sequence.at }, what)
        };
        let mut on_page = OnPage::default();
        let mut is_tagged = false;
        for sequence in &painted.sequences {
            let kind = match sequence.mark {
                Mark::Tagged { .. } => {
                    is_tagged = true;
                    continue;
                }
                Mark::Artifact(kind) => kind,
            };
            let slot = match kind {
                ArtifactKind::Header => 0,
                ArtifactKind::Footer => 1,
                ArtifactKind::Watermark => 2,
                ArtifactKind::Layout => {
                    if is_tagged && !sequence.paths.is_empty() {
                        return Err(refused(
                            sequence,
                            "ARTIFACT",
                            "an artifact is painted over tagged content",
                        ));
                    }
                    self.layout(sequence, painted).map_err(|what| refused(sequence, "ARTIFACT", what))?;
                    continue;
                }
            };
            let has_paths =
                !sequence.paths.is_empty() || !sequence.images.is_empty() || !sequence.drawings.is_empty();
            if has_paths || (is_tagged && !sequence.forms.is_empty()) {
                return Err(refused(sequence, "ARTIFACT", "a header or footer has a drawing"));
            }
            for form in &sequence.forms {
                on_page.counts[slot] += 1;
                let form = &self.read.forms[*form];
                for sequence in &form.sequences {
                    on_page.forms[slot].push_str(&text(sequence, form, &self.read.document.fonts));
                    on_page.styles[slot].extend(&sequence.shown);
                    if !artifact_paths::is_label(sequence) {
                        return Err(refused(
                            sequence,
                            "ARTIFACT",
                            "a form has a drawing that is not its label",
                        ));
                    }
                }
            }
            if !sequence.shown.is_empty() {
                on_page.own[slot].push_str(&text(sequence, painted, &self.read.document.fonts));
                on_page.styles[slot].extend(&sequence.shown);
            }
        }
        self.compare(page, &on_page)
            .map_err(|(code, what)| Refusal::new(code, Place::Content { page: page + 1, byte: 0 }, what))
    }

    /// Compares headers, footers and the watermark.
    fn compare(&self, page: usize, found: &OnPage) -> Result<(), (&'static str, String)> {
        let running = &self.expected.running;
        let say = |what: &str, text: &str| ("ARTIFACT", format!("{what} says {text:?}"));
        if !is_shown(
            &found.forms[0],
            &[(&running.marking.0, running.marking.0.len() > 60)],
            self.expected.running.right_to_left,
        ) {
            return Err(say("the header", &found.forms[0]));
        }
        if !is_shown(&found.forms[2], &[(&running.watermark.0, false)], self.expected.running.right_to_left) {
            return Err(say("the watermark", &found.forms[2]));
        }
        if !self
            .footers(page)
            .iter()
            .any(|texts| is_shown(&found.forms[1], texts, self.expected.running.right_to_left))
        {
            return Err(say("the footer", &found.forms[1]));
        }
        let number = running.page_number(page + 1, self.read.pages.len());
        if !is_shown(&found.own[1], &[(&number, false)], self.expected.running.right_to_left) {
            return Err(say("the page number", &found.own[1]));
        }
        if !self.is_head(page, &found.own[0]) || !found.own[2].is_empty() {
            return Err(say("the running head", &found.own[0]));
        }
        // One form of each kind whose text is not empty.
        let wanted = [0, 1, 2].map(|slot| usize::from(!found.forms[slot].is_empty()));
        if found.counts != wanted {
            return Err(("ARTIFACT", "a page has a header, footer or watermark twice".to_owned()));
        }
        self.styles(page, found)
    }

    /// Returns what the footer of a page may say: its marking, its facts and the imprint. On later pages the title comes
    /// before the facts.
    fn footers(&self, page: usize) -> Vec<Vec<(&str, bool)>> {
        let running = &self.expected.running;
        let (marking, facts) =
            ((running.marking.0.as_str(), running.marking.0.len() > 60), running.facts.0.as_str());
        let imprint = (running.imprint.0.as_str(), true);
        if page == 0 {
            return vec![vec![marking, (facts, true), imprint]];
        }
        let title = running.footer_title.0.as_str();
        if facts.is_empty() || title.is_empty() {
            return vec![vec![marking, (if facts.is_empty() { title } else { facts }, true), imprint]];
        }
        // The whole line may be shortened as well, so that it ends in the title or in the facts.
        vec![
            vec![marking, (title, true), (running.separator, false), (facts, true), imprint],
            vec![marking, (title, true), imprint],
        ]
    }

    /// Returns whether a page's running head is the title with the parts in which the page begins.
    fn is_head(&self, page: usize, found: &str) -> bool {
        let running = &self.expected.running;
        if page == 0 {
            return found.is_empty();
        }
        let title = running.title.0.as_str();
        let top = self.read.document.pages[page].size[1];
        // Parts that begin on an earlier page, or at the top of this one.
        let begins = |anchor: usize| {
            self.destinations.of(anchor).is_some_and(|(on, y)| {
                on < page || (on == page && y.saturating_mul(MARGIN) > top.saturating_mul(MARGIN - 1))
            })
        };
        let candidates = running.sections.iter().rev().filter(|(anchor, _)| begins(*anchor));
        let mut candidates = candidates.map(|(_, text)| text.0.as_str()).take(4).peekable();
        if candidates.peek().is_none() {
            return is_shown(found, &[(title, true)], self.expected.running.right_to_left);
        }
        candidates.any(|section| {
            is_shown(found, &[(title, true), (section, true)], self.expected.running.right_to_left)
                || is_shown(found, &[(title, true)], self.expected.running.right_to_left)
        })
    }

    /// Compares sizes and colours, and the margin in which the texts are.
    fn styles(&self, page: usize, found: &OnPage) -> Result<(), (&'static str, String)> {
        let running = &self.expected.running;
        let height = self.read.document.pages[page].size[1];
        let sections = running.sections.first().map(|(_, text)| text);
        let header = [Some(&running.marking), Some(&running.title), sections];
        let footer = [Some(&running.marking), Some(&running.facts), Some(&running.footer_title)];
        let header: Vec<ExpectedStyle> = header.into_iter().flatten().filter_map(style).collect();
        let imprint = style(&running.imprint);
        let footer: Vec<ExpectedStyle> = footer
            .into_iter()
            .flatten()
            .filter_map(style)
            .chain(imprint)
            .chain(running.page_number)
            .collect();
        let is_like = |styles: &[ExpectedStyle], shown: &crate::content::Shown| {
            styles.iter().any(|style| style.size == shown.size && style.color == shown.color)
        };
        let headers = found.styles[0].iter();
        let headers_are =
            headers.clone().all(|shown| is_like(&header, shown) && shown.y * MARGIN > height * (MARGIN - 1));
        let footers_are =
            found.styles[1].iter().all(|shown| is_like(&footer, shown) && shown.y * MARGIN < height);
        let watermark = style(&running.watermark);
        let marks_are = found.styles[2].iter().all(|shown| {
            watermark.is_some_and(|style| style.color == shown.color && shown.size <= style.size)
        });
        if headers_are && footers_are && marks_are {
            return Ok(());
        }
        Err(("STYLE", "a header, footer or watermark has another size, colour or place".to_owned()))
    }

    /// Checks a layout artifact: texts and drawings that are repeated, rules and backgrounds.
    fn layout(&self, sequence: &Sequence, painted: &Painted) -> Result<(), &'static str> {
        if !sequence.images.is_empty() || !sequence.drawings.is_empty() || !sequence.forms.is_empty() {
            return Err("an artifact has an image");
        }
        artifact_paths::check(sequence, self.expected)?;
        let shown = text(sequence, painted, &self.read.document.fonts);
        if self.repeated.is_made_of(&shown, self.expected) {
            Ok(())
        } else {
            Err("an artifact says what no table or figure repeats")
        }
    }
}

fn style(text: &RunningText) -> Option<ExpectedStyle> {
    text.1
}

/// Returns the text that the glyphs of a sequence show.
fn text(sequence: &Sequence, painted: &Painted, fonts: &[Font]) -> String {
    let mut text = String::new();
    for shown in &sequence.shown {
        for code in &painted.codes[shown.codes.clone()] {
            text.push_str(&fonts[shown.font].codes[usize::from(*code) - 1].text);
        }
    }
    text
}

/// Texts that layout artifacts may repeat, without white space.
struct Repeated {
    /// By first character.
    texts: HashMap<char, Vec<Vec<char>>>,
    /// All their characters and those of page references. Layout decides the order of what runs from right to left.
    characters: BTreeSet<char>,
    /// Page references in them.
    lists: Vec<RepeatedList>,
    /// The characters with which these may begin.
    list_beginnings: BTreeSet<char>,
}

impl Repeated {
    fn new(expected: &ExpectedContent, pages: PageReferences) -> Self {
        let lists: BTreeSet<Referred> =
            expected.repeated_lists.iter().filter_map(|list| pages.referred(*list)).collect();
        let characters = lists.iter().flat_map(|list| list.characters(expected)).collect();
        let lists: Vec<RepeatedList> =
            lists.into_iter().map(|list| RepeatedList::new(list, expected)).collect();
        let list_beginnings = lists.iter().flat_map(RepeatedList::first_characters).collect();
        let mut repeated = Self { texts: HashMap::new(), characters, lists, list_beginnings };
        for text in &expected.repeated_texts {
            let ink: Vec<char> = text.chars().filter(|character| is_ink(*character)).collect();
            repeated.characters.extend(&ink);
            // Text without a direction runs as its paragraph does.
            if !ink.iter().any(|character| character.is_alphabetic()) {
                repeated.insert(ink.iter().rev().copied().collect());
            }
            repeated.insert(ink);
        }
        repeated
    }

    fn insert(&mut self, ink: Vec<char>) {
        if let Some(first) = ink.first() {
            self.texts.entry(*first).or_default().push(ink);
        }
    }

    /// Returns whether a text is some of these one after the other.
    fn is_made_of(&self, shown: &str, expected: &ExpectedContent) -> bool {
        let shown_ink: Vec<char> = shown.chars().filter(|character| is_ink(*character)).collect();
        if expected.running.right_to_left || has_right_to_left(shown) {
            return shown_ink.iter().all(|character| self.characters.contains(character));
        }
        let mut reached = vec![false; shown_ink.len() + 1];
        reached[0] = true;
        for at in 0..shown_ink.len() {
            if !reached[at] {
                continue;
            }
            let lists =
                if self.list_beginnings.contains(&shown_ink[at]) { self.lists.as_slice() } else { &[] };
            for list in lists {
                reached[at + list.length(expected, &shown_ink[at..])] = true;
            }
            for text in self.texts.get(&shown_ink[at]).map_or(&[][..], Vec::as_slice) {
                if shown_ink[at..].starts_with(text) {
                    reached[at + text.len()] = true;
                }
            }
        }
        reached[shown_ink.len()]
    }
}
