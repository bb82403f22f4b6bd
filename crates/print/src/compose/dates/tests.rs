use super::{DateStyle, in_words, with_solar_hijri, without_year, year};
use crate::Locale;

const ENGLISH: DateStyle = DateStyle::Locale(Locale::English);
const RUSSIAN: DateStyle = DateStyle::Locale(Locale::Russian);
const PERSIAN: DateStyle = DateStyle::Locale(Locale::Persian);
const ARABIC: DateStyle = DateStyle::Locale(Locale::Arabic);

/// Compares each form in English, Russian, Persian and Arabic. No-break spaces are written as `_`.
fn check(cases: &[(&str, [&str; 4])]) {
    for (edtf, expected) in cases {
        let words =
            [ENGLISH, RUSSIAN, PERSIAN, ARABIC].map(|style| in_words(edtf, style).replace('\u{a0}', "_"));
        assert_eq!(words, *expected, "{edtf}");
    }
}

#[test]
fn dates_are_day_month_year() {
    check(&[
        ("2025-12-31", ["31 December 2025", "31 декабря 2025_г.", "۳۱ دسامبر ۲۰۲۵", "٣١ ديسمبر ٢٠٢٥"]),
        ("2025-03-03", ["3 March 2025", "3 марта 2025_г.", "۳ مارس ۲۰۲۵", "٣ مارس ٢٠٢٥"]),
        ("2026-01-15", ["15 January 2026", "15 января 2026_г.", "۱۵ ژانویهٔ ۲۰۲۶", "١٥ يناير ٢٠٢٦"]),
        ("2025-03", ["March 2025", "март 2025_г.", "مارس ۲۰۲۵", "مارس ٢٠٢٥"]),
        ("2025", ["2025", "2025_г.", "۲۰۲۵", "٢٠٢٥"]),
    ]);
}

#[test]
fn american_dates_are_month_day_year() {
    let american = DateStyle::of(Locale::English, "en-US");
    let words = |edtf| in_words(edtf, american);
    assert_eq!(words("2025-12-31"), "December 31, 2025");
    assert_eq!(words("2025-03-09/2025-03-13"), "March 9–13, 2025");
    assert_eq!(words("2025-03"), "March 2025");
    assert_eq!(words("../2024-12-08"), "until December 8, 2024");
    assert_eq!(words("2024-09-27/2024-12-08"), "September 27, 2024 – December 8, 2024");
    assert_eq!(words("2025-04-08~"), "about April 8, 2025");
    assert_eq!(words("2024-23"), "fall 2024");
    assert_eq!(words("-0043-03-15"), "March 15, 44 BC");
}

#[test]
fn only_english_labels_of_american_content_have_american_dates() {
    assert_eq!(DateStyle::of(Locale::English, "en-Latn-us"), DateStyle::AmericanEnglish);
    assert_eq!(DateStyle::of(Locale::English, "en-GB"), ENGLISH);
    assert_eq!(DateStyle::of(Locale::English, "en"), ENGLISH);
    assert_eq!(DateStyle::of(Locale::English, "es-US"), ENGLISH);
    assert_eq!(DateStyle::of(Locale::English, ""), ENGLISH);
    assert_eq!(DateStyle::of(Locale::Persian, "en-US"), PERSIAN);
}

#[test]
fn intervals_do_not_repeat_what_their_ends_share() {
    check(&[
        (
            "2025-03-09/2025-03-13",
            ["9–13 March 2025", "9–13 марта 2025_г.", "۹ تا ۱۳ مارس ۲۰۲۵", "من ٩ إلى ١٣ مارس ٢٠٢٥"],
        ),
        (
            "2025-01/2025-09",
            [
                "January–September 2025",
                "январь — сентябрь 2025_г.",
                "ژانویه تا سپتامبر ۲۰۲۵",
                "من يناير إلى سبتمبر ٢٠٢٥",
            ],
        ),
        ("2021/2023", ["2021–2023", "2021–2023_гг.", "۲۰۲۱ تا ۲۰۲۳", "من ٢٠٢١ إلى ٢٠٢٣"]),
        ("2025/2025", ["2025", "2025_г.", "۲۰۲۵", "٢٠٢٥"]),
    ]);
}

#[test]
fn other_intervals_have_both_ends_in_full() {
    check(&[
        (
            "2024-09-27/2024-12-08",
            [
                "27 September 2024 – 8 December 2024",
                "27 сентября 2024_г. — 8 декабря 2024_г.",
                "۲۷ سپتامبر ۲۰۲۴ تا ۸ دسامبر ۲۰۲۴",
                "من ٢٧ سبتمبر ٢٠٢٤ إلى ٨ ديسمبر ٢٠٢٤",
            ],
        ),
        (
            "2011/2024-12-08",
            [
                "2011 – 8 December 2024",
                "2011_г. — 8 декабря 2024_г.",
                "۲۰۱۱ تا ۸ دسامبر ۲۰۲۴",
                "من ٢٠١١ إلى ٨ ديسمبر ٢٠٢٤",
            ],
        ),
        (
            "2011~/2024-12",
            [
                "about 2011 – December 2024",
                "около 2011_г. — декабрь 2024_г.",
                "حدود ۲۰۱۱ تا دسامبر ۲۰۲۴",
                "من نحو ٢٠١١ إلى ديسمبر ٢٠٢٤",
            ],
        ),
        (
            "2021?/2023",
            [
                "perhaps 2021 – 2023",
                "предположительно 2021_г. — 2023_г.",
                "شاید ۲۰۲۱ تا ۲۰۲۳",
                "ربما ٢٠٢١ – ٢٠٢٣",
            ],
        ),
        (
            "19XX/2024",
            ["20th century – 2024", "XX_в. — 2024_г.", "سدهٔ ۲۰ میلادی تا ۲۰۲۴", "من القرن ٢٠ إلى ٢٠٢٤"],
        ),
        (
            "-0043/0014",
            [
                "44 BC – AD 14",
                "44_г. до_н._э. — 14_г. н._э.",
                "۴۴ پیش از میلاد تا ۱۴ میلادی",
                "من ٤٤ قبل الميلاد إلى ١٤ ميلادية",
            ],
        ),
    ]);
}

#[test]
fn open_and_unknown_ends_are_named() {
    check(&[
        (
            "../2024-12-08",
            ["until 8 December 2024", "до 8 декабря 2024_г.", "تا ۸ دسامبر ۲۰۲۴", "حتى ٨ ديسمبر ٢٠٢٤"],
        ),
        ("2022/..", ["from 2022", "с 2022_г.", "از ۲۰۲۲", "اعتبارًا من ٢٠٢٢"]),
        (
            "2025-10-02/..",
            ["from 2 October 2025", "со 2 октября 2025_г.", "از ۲ اکتبر ۲۰۲۵", "اعتبارًا من ٢ أكتوبر ٢٠٢٥"],
        ),
        ("2025-03/..", ["from March 2025", "с марта 2025_г.", "از مارس ۲۰۲۵", "اعتبارًا من مارس ٢٠٢٥"]),
        ("1984~/..", ["from about 1984", "примерно с 1984_г.", "از حدود ۱۹۸۴", "اعتبارًا من نحو ١٩٨٤"]),
        ("../1984?", ["perhaps until 1984", "предположительно до 1984_г.", "شاید تا ۱۹۸۴", "ربما حتى ١٩٨٤"]),
        (
            "1984%/..",
            [
                "perhaps from about 1984",
                "предположительно примерно с 1984_г.",
                "شاید از حدود ۱۹۸۴",
                "ربما اعتبارًا من نحو ١٩٨٤",
            ],
        ),
        ("2001-21/..", ["from spring 2001", "с весны 2001_г.", "از بهار ۲۰۰۱", "اعتبارًا من ربيع ٢٠٠١"]),
        ("201X/..", ["from the 2010s", "с 2010-х_гг.", "از دههٔ ۲۰۱۰", "اعتبارًا من عقد ٢٠١٠"]),
        (
            "1985-04-12/",
            [
                "from 12 April 1985, end unknown",
                "с 12 апреля 1985_г., окончание неизвестно",
                "از ۱۲ آوریل ۱۹۸۵، پایان نامعلوم",
                "اعتبارًا من ١٢ أبريل ١٩٨٥، وتاريخ الانتهاء غير معروف",
            ],
        ),
        (
            "/1985",
            [
                "until 1985, start unknown",
                "до 1985_г., начало неизвестно",
                "تا ۱۹۸۵، آغاز نامعلوم",
                "حتى ١٩٨٥، وتاريخ البدء غير معروف",
            ],
        ),
    ]);
}

#[test]
fn qualifiers_are_words() {
    check(&[
        ("2000~", ["about 2000", "около 2000_г.", "حدود ۲۰۰۰", "نحو ٢٠٠٠"]),
        ("2000?", ["perhaps 2000", "предположительно 2000_г.", "شاید ۲۰۰۰", "ربما ٢٠٠٠"]),
        (
            "2000%",
            ["perhaps about 2000", "предположительно около 2000_г.", "شاید حدود ۲۰۰۰", "ربما نحو ٢٠٠٠"],
        ),
        (
            "2025-04-08~",
            ["about 8 April 2025", "около 8 апреля 2025_г.", "حدود ۸ آوریل ۲۰۲۵", "نحو ٨ أبريل ٢٠٢٥"],
        ),
        ("2023-10~", ["about October 2023", "около октября 2023_г.", "حدود اکتبر ۲۰۲۳", "نحو أكتوبر ٢٠٢٣"]),
        (
            "2023-10?",
            [
                "perhaps October 2023",
                "предположительно октябрь 2023_г.",
                "شاید اکتبر ۲۰۲۳",
                "ربما أكتوبر ٢٠٢٣",
            ],
        ),
        ("../19XX", ["until the 20th century", "до XX_в.", "تا سدهٔ ۲۰ میلادی", "حتى القرن ٢٠"]),
        ("201X~", ["about the 2010s", "около 2010-х_гг.", "حدود دههٔ ۲۰۱۰", "نحو عقد ٢٠١٠"]),
    ]);
}

#[test]
fn unspecified_digits_are_decades_centuries_and_some_day_or_month() {
    check(&[
        ("201X", ["2010s", "2010-е_гг.", "دههٔ ۲۰۱۰", "عقد ٢٠١٠"]),
        ("200X", ["2000–2009", "2000–2009_гг.", "۲۰۰۰ تا ۲۰۰۹", "من ٢٠٠٠ إلى ٢٠٠٩"]),
        ("19XX", ["20th century", "XX_в.", "سدهٔ ۲۰ میلادی", "القرن ٢٠"]),
        ("20XX", ["21st century", "XXI_в.", "سدهٔ ۲۱ میلادی", "القرن ٢١"]),
        ("11XX", ["12th century", "XII_в.", "سدهٔ ۱۲ میلادی", "القرن ١٢"]),
        ("00XX", ["1st century AD", "I_в. н._э.", "سدهٔ ۱ میلادی", "القرن ١ الميلادي"]),
        ("-05XX", ["6th century BC", "VI_в. до_н._э.", "سدهٔ ۶ پیش از میلاد", "القرن ٦ قبل الميلاد"]),
        (
            "-004X",
            [
                "50 BC – 41 BC",
                "50_г. до_н._э. — 41_г. до_н._э.",
                "۵۰ پیش از میلاد تا ۴۱ پیش از میلاد",
                "من ٥٠ قبل الميلاد إلى ٤١ قبل الميلاد",
            ],
        ),
        ("2004-XX", ["some month of 2004", "один из месяцев 2004_г.", "ماهی در ۲۰۰۴", "أحد أشهر عام ٢٠٠٤"]),
        (
            "1985-04-XX",
            [
                "some day of April 1985",
                "один из дней апреля 1985_г.",
                "روزی در آوریل ۱۹۸۵",
                "أحد أيام أبريل ١٩٨٥",
            ],
        ),
        ("1985-XX-XX", ["some day of 1985", "один из дней 1985_г.", "روزی در ۱۹۸۵", "أحد أيام عام ١٩٨٥"]),
    ]);
}

#[test]
fn a_date_without_its_year_keeps_what_only_the_year_can_tell() {
    let cases = [
        ("2025-03-10", ["10 Mar", "10 марта", "۱۰ مارس", "١٠ مارس"]),
        ("2025-10-02", ["2 Oct", "2 окт.", "۲ اکتبر", "٢ أكتوبر"]),
        ("2025-05", ["May", "май", "مه", "مايو"]),
        ("2023-10~", ["about Oct", "около окт.", "حدود اکتبر", "نحو أكتوبر"]),
        ("2025-09-27/2025-09-28", ["27–28 Sep", "27–28 сен.", "۲۷ تا ۲۸ سپتامبر", "من ٢٧ إلى ٢٨ سبتمبر"]),
        (
            "2025-02-27/2025-03-02",
            ["27 Feb – 2 Mar", "27 фев. — 2 марта", "۲۷ فوریه تا ۲ مارس", "من ٢٧ فبراير إلى ٢ مارس"],
        ),
        ("2025-03-02/..", ["from 2 Mar", "со 2 марта", "از ۲ مارس", "اعتبارًا من ٢ مارس"]),
        ("2025", ["2025", "2025_г.", "۲۰۲۵", "٢٠٢٥"]),
        (
            "2024-12-30/2025-01-02",
            [
                "30 December 2024 – 2 January 2025",
                "30 декабря 2024_г. — 2 января 2025_г.",
                "۳۰ دسامبر ۲۰۲۴ تا ۲ ژانویهٔ ۲۰۲۵",
                "من ٣٠ ديسمبر ٢٠٢٤ إلى ٢ يناير ٢٠٢٥",
            ],
        ),
    ];
    for (edtf, expected) in cases {
        let words =
            [ENGLISH, RUSSIAN, PERSIAN, ARABIC].map(|style| without_year(edtf, style).replace('\u{a0}', "_"));
        assert_eq!(words, expected, "{edtf}");
    }
    let american = DateStyle::of(Locale::English, "en-US");
    assert_eq!(without_year("2025-03-10", american), "Mar 10");
    assert_eq!(without_year("2025-09-27/2025-09-28", american), "Sep 27–28");
}

#[test]
fn years_of_an_axis_are_numbers_with_the_era_only_where_it_is_needed() {
    let years = |number| [ENGLISH, RUSSIAN, PERSIAN].map(|style| year(number, style).replace('\u{a0}', "_"));
    assert_eq!(years(2025), ["2025", "2025", "۲۰۲۵"]);
    assert_eq!(years(-49), ["50 BC", "50_г. до_н._э.", "۵۰ پیش از میلاد"]);
}

#[test]
fn winter_spans_two_years() {
    check(&[
        ("2024-21", ["spring 2024", "весна 2024_г.", "بهار ۲۰۲۴", "ربيع ٢٠٢٤"]),
        ("2024-22", ["summer 2024", "лето 2024_г.", "تابستان ۲۰۲۴", "صيف ٢٠٢٤"]),
        ("2024-23~", ["about autumn 2024", "около осени 2024_г.", "حدود پاییز ۲۰۲۴", "نحو خريف ٢٠٢٤"]),
        ("2023-24", ["winter 2023–2024", "зима 2023–2024_гг.", "زمستان ۲۰۲۳ تا ۲۰۲۴", "شتاء ٢٠٢٣–٢٠٢٤"]),
    ]);
}

#[test]
fn years_of_few_or_many_digits_name_their_era() {
    check(&[
        ("0000", ["1 BC", "1_г. до_н._э.", "۱ پیش از میلاد", "١ قبل الميلاد"]),
        ("-1985", ["1986 BC", "1986_г. до_н._э.", "۱۹۸۶ پیش از میلاد", "١٩٨٦ قبل الميلاد"]),
        ("0044", ["AD 44", "44_г. н._э.", "۴۴ میلادی", "٤٤ ميلادية"]),
        (
            "-0043-03-15",
            ["15 March 44 BC", "15 марта 44_г. до_н._э.", "۱۵ مارس ۴۴ پیش از میلاد", "١٥ مارس ٤٤ قبل الميلاد"],
        ),
        ("Y17000", ["AD 17,000", "17_000_г. н._э.", "۱۷٬۰۰۰ میلادی", "١٧٬٠٠٠ ميلادية"]),
        (
            "Y-170000002",
            [
                "170,000,003 BC",
                "170_000_003_г. до_н._э.",
                "۱۷۰٬۰۰۰٬۰۰۳ پیش از میلاد",
                "١٧٠٬٠٠٠٬٠٠٣ قبل الميلاد",
            ],
        ),
    ]);
}

#[test]
fn times_are_dates_in_words() {
    for time in [
        "2026-01-15T09:30:00Z",
        "2026-01-15T09:30:00.123456Z",
        "2026-01-15T23:30:00-04:00",
        "2026-01-15T09:30:00",
        "2026-01-15t09:30:00z",
        "2026-01-15 09:30:00Z",
    ] {
        assert_eq!(in_words(time, ENGLISH), "15 January 2026", "{time}");
    }
}

#[test]
fn texts_that_are_not_dates_stay() {
    for other in ["soon", "", "2025-13", "2025-04-31", "January 2025", "2026-01-15Tomorrow", "2025-04T10:00"]
    {
        assert_eq!(in_words(other, ENGLISH), other);
        assert_eq!(in_words(other, PERSIAN), other);
    }
}

/// The forms that `chancery_brief::edtf` accepts; see its tests.
#[test]
fn no_accepted_form_is_printed_in_notation() {
    let dates = [
        "1985",
        "1985-04",
        "1985-04-12",
        "1985-04-12T23:20:30+04:30",
        "Y170000002",
        "Y-170000002",
        "2001-21",
        "2001-24~",
        "1984?",
        "2004-06~",
        "2004-06-11%",
        "201X",
        "20XX",
        "2004-XX",
        "1985-04-XX",
        "1985-XX-XX",
        "-1985",
        "0000",
        "-05XX",
        "-004X",
        "20XX~",
    ];
    for style in [ENGLISH, DateStyle::AmericanEnglish, RUSSIAN, PERSIAN, ARABIC] {
        for text in dates {
            for other in dates {
                for form in
                    [text.to_owned(), format!("{text}/.."), format!("../{text}"), format!("{text}/{other}")]
                {
                    if chancery_brief::edtf::parse(&form).is_err() {
                        continue;
                    }
                    let words = in_words(&form, style);
                    let notation = ['/', '~', '?', '%', '{', 'Y', 'T', 'Z'];
                    assert!(!words.is_empty() && !words.contains(notation), "{form}: {words}");
                    assert!(!words.contains("..") && !words.contains("XX-"), "{form}: {words}");
                }
            }
        }
    }
}

#[test]
fn persian_adds_the_solar_hijri_date_of_a_day() {
    assert_eq!(with_solar_hijri("2025-12-31", PERSIAN), "۳۱ دسامبر ۲۰۲۵ (۱۰ دی ۱۴۰۴)");
    assert_eq!(with_solar_hijri("2026-01-15T09:30:00Z", PERSIAN), "۱۵ ژانویهٔ ۲۰۲۶ (۲۵ دی ۱۴۰۴)");
    assert_eq!(with_solar_hijri("2024-03-20", PERSIAN), "۲۰ مارس ۲۰۲۴ (۱ فروردین ۱۴۰۳)");
    assert_eq!(with_solar_hijri("2025-12", PERSIAN), "دسامبر ۲۰۲۵");
    assert_eq!(with_solar_hijri("2025-12-31~", PERSIAN), "حدود ۳۱ دسامبر ۲۰۲۵");
    assert_eq!(with_solar_hijri("1900-01-01", PERSIAN), "۱ ژانویهٔ ۱۹۰۰");
    assert_eq!(with_solar_hijri("2025-12-31", ENGLISH), "31 December 2025");
    assert_eq!(with_solar_hijri("2025-12-31", ARABIC), "٣١ ديسمبر ٢٠٢٥");
}
