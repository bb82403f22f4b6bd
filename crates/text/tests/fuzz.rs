//! Mutations of a kept corpus: the texts of `examples` and `corpus`, where each text that once broke a rule stays.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short texts")]

#[path = "support/invariants.rs"]
mod invariants;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chancery_testkit::fuzz::config;
use invariants::{FRONT_MATTER, PIECES, check};
use proptest::prelude::*;
use proptest::sample::Index;

/// Largest text of the corpus: mutations of small ones reach more in the same time.
const LARGEST: usize = 64 * 1024;

/// Longest time for all reading and writing of one text, at any optimization. The usual time is a tenth of a second.
const LONGEST: Duration = Duration::from_secs(20);

/// Returns the texts of the corpus in the order of their paths.
fn corpus() -> &'static [String] {
    static CORPUS: OnceLock<Vec<String>> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = texts_in(&root.join("tests/corpus"));
        let examples = fs::read_dir(root.join("../../examples")).unwrap();
        files.extend(examples.flat_map(|folder| texts_in(&folder.unwrap().path())));
        files.sort();
        let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        texts.into_iter().filter(|text| text.len() <= LARGEST).collect()
    })
}

fn texts_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|file| file.to_string_lossy().ends_with(".brief.md")).collect()
}

/// A change of a text. Indices select lines or bytes.
#[derive(Debug, Clone)]
enum Mutation {
    Insert(Index, &'static str),
    Remove(Index, usize),
    DuplicateLine(Index, Index),
    RemoveLine(Index),
    SwapLines(Index, Index),
    /// Inserts a line of another text of the corpus.
    Splice(Index, Index, Index),
    /// Cuts the text.
    Cut(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    let piece = || proptest::sample::select(PIECES.to_vec());
    prop_oneof![
        4 => (index(), piece()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        3 => (index(), 1..12_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        2 => (index(), index()).prop_map(|(from, to)| Mutation::DuplicateLine(from, to)),
        2 => index().prop_map(Mutation::RemoveLine),
        2 => (index(), index()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        3 => (index(), index(), index()).prop_map(|(text, line, at)| Mutation::Splice(text, line, at)),
        1 => index().prop_map(Mutation::Cut),
    ]
}

impl Mutation {
    fn apply(&self, text: &str) -> String {
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        match self {
            _ if text.is_empty() => return (*PIECES.first().unwrap()).to_owned(),
            Self::Insert(at, piece) => {
                let at = boundary(text, at.index(text.len()));
                return [&text[..at], piece, &text[at..]].concat();
            }
            Self::Remove(at, length) => {
                let at = boundary(text, at.index(text.len()));
                return [&text[..at], &text[boundary(text, at + length)..]].concat();
            }
            Self::DuplicateLine(from, to) => {
                let line = *from.get(&lines);
                lines.insert(to.index(lines.len()), line);
            }
            Self::RemoveLine(at) => {
                lines.remove(at.index(lines.len()));
            }
            Self::SwapLines(one, other) => {
                let (one, other) = (one.index(lines.len()), other.index(lines.len()));
                lines.swap(one, other);
            }
            Self::Splice(other, line, at) => {
                let other: Vec<&str> = other.get(corpus()).split_inclusive('\n').collect();
                let line = *line.get(&other);
                lines.insert(at.index(lines.len()), line);
            }
            Self::Cut(at) => return text[..boundary(text, at.index(text.len()))].to_owned(),
        }
        lines.concat()
    }
}

/// Returns the nearest start of a character at or before an offset, or the end.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn check_in_time(text: &str) {
    let start = Instant::now();
    check(text);
    assert!(start.elapsed() < LONGEST, "{:?}\n{text}", start.elapsed());
}

#[test]
fn the_corpus_keeps_the_rules() {
    assert!(corpus().len() > 50);
    for text in corpus() {
        check_in_time(text);
    }
}

proptest! {
    #![proptest_config(config("./dev fuzz text", 300))]

    #[test]
    fn mutated_texts_keep_the_rules(
        text in proptest::sample::select(corpus().to_vec()).no_shrink(),
        mutations in proptest::collection::vec(mutation(), 1..8),
    ) {
        check_in_time(&mutations.iter().fold(text, |text, mutation| mutation.apply(&text)));
    }

    #[test]
    fn shuffled_lines_keep_the_rules(
        lines in proptest::collection::vec((any::<Index>(), any::<Index>()), 1..25),
    ) {
        let line = |(text, line): &(Index, Index)| {
            let lines: Vec<&str> = text.get(corpus()).split_inclusive('\n').collect();
            *line.get(&lines)
        };
        check_in_time(&(FRONT_MATTER.to_owned() + &lines.iter().map(line).collect::<String>()));
    }
}
