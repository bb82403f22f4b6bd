//! Randomly damaged files: with the printer's own bytes, and in parts that are put together again.

use chancery_print::testing::struct_text;
use chancery_proof::check_form;

use crate::edition::proof;
use crate::forgery::{Forgery, Part};
use crate::form::print;
use crate::oracle::agrees;

/// Number of accepted files that another reader reads as well: it takes a second for each.
const SEEN_BY_ANOTHER_READER: usize = 10;

/// A generator of numbers (splitmix64) with a fixed seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    /// Flips a bit, cuts, inserts or repeats some bytes.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(8)).min(bytes.len());
        match self.below(5) {
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.insert(at, u8::try_from(self.below(256)).unwrap()),
            _ => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
        }
    }
}

#[test]
fn no_damaged_file_is_accepted() {
    let mut numbers = Numbers(7);
    for _ in 0..3_000 {
        let mut file = print().to_vec();
        numbers.damage(&mut file);
        assert!(file == print() || check_form(&file).is_err(), "a damaged file was accepted");
    }
}

/// Where a text lies on its page, the area of a link, the height of a destination and a bounding box are layout's own:
/// files that differ in them alone are accepted if they stay within bounds. Their text, tags and metadata are the same.
#[test]
fn damaged_parts_are_accepted_only_where_they_say_the_same() {
    let whole = Forgery::of(print());
    let said = struct_text(print()).unwrap();
    let mut numbers = Numbers(11);
    let (mut accepted, mut count) = (0, 0);
    for _ in 0..400 {
        let mut forged = whole.clone();
        let part = numbers.below(forged.parts.len());
        match &mut forged.parts[part] {
            Part::Stream { content, .. } => numbers.damage(content),
            Part::Objects { objects, .. } => {
                let object = numbers.below(objects.len());
                numbers.damage(&mut objects[object].1);
            }
        }
        let file = forged.file();
        if file == print() {
            continue;
        }
        count += 1;
        if proof(&file).is_ok() {
            accepted += 1;
            if accepted <= SEEN_BY_ANOTHER_READER {
                agrees(&file);
            }
            assert_eq!(struct_text(&file).unwrap(), said);
        }
    }
    println!("{accepted} of {count} damaged files were accepted");
    assert!(accepted * 4 < count, "{accepted} of {count} damaged files were accepted");
}
