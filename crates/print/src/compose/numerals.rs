//! Digits, percentages and plural forms of the printer's languages.

use crate::Locale;
use crate::compose::templates::filled;

/// Replaces ASCII digits by the locale's digits; other characters stay.
///
/// Persian uses ۰-۹ (U+06F0) and Arabic ٠-٩ (U+0660), the CLDR default of `ar`, which the eastern Arab countries print.
/// Grades and identifiers stay Latin: callers must not pass them.
pub(crate) fn digits(text: &str, locale: Locale) -> String {
    let zero = match locale {
        Locale::English | Locale::Russian => return text.to_owned(),
        Locale::Persian => '\u{6f0}',
        Locale::Arabic => '\u{660}',
    };
    let local = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit));
    text.chars().map(|c| local(c).unwrap_or(c)).collect()
}

/// Formats a number in the locale's digits.
pub(crate) fn number(value: impl Copy + ToString, locale: Locale) -> String {
    digits(&value.to_string(), locale)
}

/// Formats a number or a range with an en dash: "80–95".
///
/// Persian and Arabic join the ends of a range by a word: "۸۰ تا ۹۵". A dash between numbers would have to be read in the
/// direction that the characters around it give it (UAX #9).
pub(crate) fn range(value: impl Copy + ToString, locale: Locale) -> String {
    let joiner = match locale {
        Locale::English | Locale::Russian => "\u{2013}",
        Locale::Persian => "\u{a0}تا\u{a0}",
        Locale::Arabic => "\u{a0}إلى\u{a0}",
    };
    number(value, locale).replace('\u{2013}', joiner)
}

/// Formats a percentage or a range of percentages: "60%", "80–95%"; Russian "60 %" with a no-break space.
pub(crate) fn percent(value: impl Copy + ToString, locale: Locale) -> String {
    range(value, locale) + percent_sign(locale)
}

/// Returns the sign of a percentage, with the space that the locale puts before it.
pub(crate) const fn percent_sign(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "%",
        Locale::Russian => "\u{a0}%",
        Locale::Persian | Locale::Arabic => "\u{66a}",
    }
}

/// A template in the plural forms of its language.
pub(crate) struct Plural {
    zero: &'static str,
    one: &'static str,
    two: &'static str,
    few: &'static str,
    many: &'static str,
    other: &'static str,
}

impl Plural {
    /// A template that does not depend on the count.
    pub(crate) const fn invariant(text: &'static str) -> Self {
        Self::arabic([text; 6])
    }

    /// Forms of English and Persian.
    pub(crate) const fn one_other(one: &'static str, other: &'static str) -> Self {
        Self { one, ..Self::invariant(other) }
    }

    /// Forms of Russian: 1, 2 to 4, 5 and more.
    pub(crate) const fn russian(one: &'static str, few: &'static str, many: &'static str) -> Self {
        Self { one, few, ..Self::invariant(many) }
    }

    /// Forms of Arabic: 0, 1, 2, 3 to 10, 11 to 99, hundreds.
    pub(crate) const fn arabic([zero, one, two, few, many, other]: [&'static str; 6]) -> Self {
        Self { zero, one, two, few, many, other }
    }

    /// Returns the template for a count.
    pub(crate) const fn of(&self, count: usize, locale: Locale) -> &'static str {
        match PluralCategory::of(count, locale) {
            PluralCategory::Zero => self.zero,
            PluralCategory::One => self.one,
            PluralCategory::Two => self.two,
            PluralCategory::Few => self.few,
            PluralCategory::Many => self.many,
            PluralCategory::Other => self.other,
        }
    }

    /// Returns the template for a count with its placeholders replaced: `{0}` by the count, the others by `values`.
    pub(crate) fn filled(&self, count: usize, values: &[&str], locale: Locale) -> String {
        let count_text = number(count, locale);
        let values: Vec<&str> = [count_text.as_str()].into_iter().chain(values.iter().copied()).collect();
        filled(self.of(count, locale), &values)
    }
}

/// A plural category of CLDR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PluralCategory {
    /// Arabic: 0.
    Zero,
    /// 1; Persian: 0 and 1; Russian: 1, 21, 31, but not 11.
    One,
    /// Arabic: 2.
    Two,
    /// Russian: 2 to 4, 22 to 24, but not 12 to 14; Arabic: 3 to 10, 103 to 110.
    Few,
    /// Russian: all others; Arabic: 11 to 99, 111 to 199.
    Many,
    /// English and Persian: all others; Arabic: 100 to 102, 200 to 202.
    Other,
}

impl PluralCategory {
    /// Returns the category of a count (Unicode CLDR, plural rules for cardinals).
    const fn of(count: usize, locale: Locale) -> Self {
        match locale {
            Locale::English => match count {
                1 => Self::One,
                _ => Self::Other,
            },
            Locale::Persian => match count {
                0 | 1 => Self::One,
                _ => Self::Other,
            },
            Locale::Russian => match (count % 100, count % 10) {
                (0..=10 | 15.., 1) => Self::One,
                (0..=10 | 15.., 2..=4) => Self::Few,
                _ => Self::Many,
            },
            Locale::Arabic => match (count, count % 100) {
                (0, _) => Self::Zero,
                (1, _) => Self::One,
                (2, _) => Self::Two,
                (_, 3..=10) => Self::Few,
                (_, 11..=99) => Self::Many,
                _ => Self::Other,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Plural, PluralCategory, digits, percent};
    use crate::Locale;

    #[test]
    fn digits_are_the_locales_and_other_characters_stay() {
        assert_eq!(digits("7–9, 12", Locale::English), "7–9, 12");
        assert_eq!(digits("7–9, 12", Locale::Russian), "7–9, 12");
        assert_eq!(digits("7–9, 12", Locale::Persian), "۷–۹, ۱۲");
        assert_eq!(digits("0123456789", Locale::Arabic), "٠١٢٣٤٥٦٧٨٩");
        assert_eq!(digits("0123456789", Locale::Persian), "۰۱۲۳۴۵۶۷۸۹");
    }

    #[test]
    fn every_language_has_one_style_of_percentages() {
        assert_eq!(percent(60, Locale::English), "60%");
        assert_eq!(percent(60, Locale::Russian), "60\u{a0}%");
        assert_eq!(percent(60, Locale::Persian), "۶۰٪");
        assert_eq!(percent(60, Locale::Arabic), "٦٠٪");
        assert_eq!(percent("80–95", Locale::English), "80–95%");
        assert_eq!(percent("80–95", Locale::Russian), "80–95\u{a0}%");
        assert_eq!(percent("80–95", Locale::Persian), "۸۰\u{a0}تا\u{a0}۹۵٪");
        assert_eq!(percent("80–95", Locale::Arabic), "٨٠\u{a0}إلى\u{a0}٩٥٪");
    }

    #[test]
    fn a_plural_has_the_form_of_its_count() {
        let english = Plural::one_other("{0} source, {1}", "{0} sources, {1}");
        assert_eq!(english.filled(1, &["A1"], Locale::English), "1 source, A1");
        assert_eq!(english.filled(6, &["A1–D1"], Locale::English), "6 sources, A1–D1");
        let russian = Plural::russian("{0} источник", "{0} источника", "{0} источников");
        let russian = [1, 2, 5, 11, 21, 28].map(|count| russian.filled(count, &[], Locale::Russian));
        let expected =
            ["1 источник", "2 источника", "5 источников", "11 источников", "21 источник", "28 источников"];
        assert_eq!(russian, expected);
        assert_eq!(Plural::invariant("{0} منبع").filled(6, &[], Locale::Persian), "۶ منبع");
    }

    #[test]
    fn plural_categories_are_those_of_cldr() {
        use PluralCategory::{Few, Many, One, Other, Two, Zero};
        let all = |locale, counts: &[usize]| -> Vec<_> {
            counts.iter().map(|count| PluralCategory::of(*count, locale)).collect()
        };
        assert_eq!(all(Locale::English, &[0, 1, 2, 21, 101]), [Other, One, Other, Other, Other]);
        assert_eq!(
            all(Locale::Russian, &[0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 100, 101, 111, 112, 121]),
            [Many, One, Few, Few, Many, Many, Many, Many, One, Few, Many, Many, One, Many, Many, One]
        );
        assert_eq!(
            all(Locale::Arabic, &[0, 1, 2, 3, 10, 11, 26, 99, 100, 101, 102, 103, 110, 111, 200, 202]),
            [Zero, One, Two, Few, Few, Many, Many, Many, Other, Other, Other, Few, Few, Many, Other, Other]
        );
        assert_eq!(all(Locale::Persian, &[0, 1, 2, 35]), [One, One, Other, Other]);
    }
}
