//! Abbreviations whose full stop does not end a sentence, in lower case and without that full stop.

/// English and Latin.
const ENGLISH: [&str; 64] = [
    "adm", "amb", "approx", "apr", "assoc", "aug", "ave", "bn", "brig", "ca", "capt", "cf", "cmdr", "co",
    "col", "corp", "cpl", "dec", "dept", "dr", "ed", "eds", "esp", "est", "etc", "feb", "ft", "gen", "gov",
    "hon", "inc", "incl", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar", "messrs", "min", "mr", "mrs",
    "ms", "mt", "nov", "oct", "pres", "prof", "rep", "resp", "ret", "rev", "sen", "sep", "sept", "sgt", "sr",
    "st", "supp", "viz", "vs", "yr",
];

/// English, only before a number: "no." also ends sentences.
const BEFORE_NUMBER: [&str; 19] = [
    "art", "arts", "ch", "chs", "ex", "fig", "figs", "fn", "no", "nos", "op", "p", "para", "paras", "pp",
    "sec", "sect", "vol", "vols",
];

/// Russian.
const RUSSIAN: [&str; 24] = [
    "акад",
    "ген",
    "гг",
    "г",
    "др",
    "им",
    "кв",
    "млн",
    "млрд",
    "напр",
    "о",
    "обл",
    "п",
    "пер",
    "пп",
    "просп",
    "проф",
    "руб",
    "см",
    "ст",
    "стр",
    "тыс",
    "ул",
    "чл",
];

/// Returns whether a word is a listed abbreviation, an initial or a dotted acronym: `Dr`, `J`, `U.S`.
///
/// `next` is the first character of the next word.
pub(super) fn takes_full_stop(word: &str, next: Option<char>) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    if is_initials(word) {
        return true;
    }
    let lower = word.to_lowercase();
    let is_in = |list: &[&str]| list.contains(&lower.as_str());
    is_in(&ENGLISH) || is_in(&RUSSIAN) || is_in(&BEFORE_NUMBER) && next.is_some_and(char::is_numeric)
}

/// Returns whether a word consists of single letters with full stops between them.
fn is_initials(word: &str) -> bool {
    let is_letter = |part: &str| {
        let mut characters = part.chars();
        characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
    };
    !word.is_empty() && word.split('.').all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::takes_full_stop;

    #[test]
    fn abbreviations_initials_and_acronyms_take_a_full_stop() {
        for word in ["Dr", "(Dr", "Min", "Ft", "Ret", "No", "J", "U.S", "e.g", "млн", "т.е"] {
            assert!(takes_full_stop(word, Some('1')), "{word}");
        }
        for word in ["300", "S-300", "fell", "EU", "", "2.5"] {
            assert!(!takes_full_stop(word, Some('1')), "{word}");
        }
        assert!(!takes_full_stop("no", Some('T')));
    }
}
