//! Patterns of dates, one table a language.

use super::Case;

/// Patterns and names of one language.
pub(super) struct Patterns {
    /// Day, month and year.
    pub(super) day: &'static str,
    /// Month or season, and year.
    pub(super) month: &'static str,
    /// Winter and the years in which it begins and ends.
    pub(super) winter: &'static str,
    /// A year from 1000 to 9999.
    pub(super) year: &'static str,
    /// A year before 1000 or after 9999.
    pub(super) year_of_era: &'static str,
    /// A year before year 1.
    pub(super) year_before_era: &'static str,
    /// Separates groups of three digits.
    pub(super) group_separator: char,
    /// A decade by its first year.
    pub(super) decade: Inflected,
    /// A century from the 11th.
    pub(super) century: Inflected,
    /// A century up to the 10th.
    pub(super) century_of_era: Inflected,
    /// A century before year 1.
    pub(super) century_before_era: Inflected,
    /// An unspecified month of a year.
    pub(super) some_month: Inflected,
    /// An unspecified day of a month and year.
    pub(super) some_day: Inflected,
    /// An unspecified day of a year.
    pub(super) some_day_of_year: Inflected,
    /// First day, last day, month and year.
    pub(super) days: &'static str,
    /// Day and month.
    pub(super) day_of_month: &'static str,
    /// First day, last day and month.
    pub(super) days_of_month: &'static str,
    /// First month, last month and year.
    pub(super) months: &'static str,
    /// First and last year.
    pub(super) years: &'static str,
    /// Any two dates.
    pub(super) interval: &'static str,
    /// Two dates, of which at least one is uncertain.
    pub(super) interval_with_uncertain_bound: &'static str,
    /// An approximate date.
    pub(super) about: &'static str,
    /// An uncertain date.
    pub(super) perhaps: &'static str,
    /// A date that is both.
    pub(super) perhaps_about: &'static str,
    /// An interval without an end.
    pub(super) from: BoundPatterns,
    /// An interval without a start.
    pub(super) until: BoundPatterns,
    /// A text of `from`, if the end is not known.
    pub(super) end_unknown: &'static str,
    /// A text of `until`, if the start is not known.
    pub(super) start_unknown: &'static str,
    /// Spring to winter.
    pub(super) seasons: [Inflected; 4],
    /// Months between a day and a year, and after prepositions.
    months_after_day: [&'static str; 12],
    /// Months before a year without a day.
    months_before_year: [&'static str; 12],
    /// Months that neither follow a day nor precede a year.
    months_alone: [&'static str; 12],
    /// Short months between a day and a year, and after prepositions.
    short_months_after_day: [&'static str; 12],
    /// Short months that neither follow a day nor precede a year.
    short_months_alone: [&'static str; 12],
}

impl Patterns {
    pub(super) fn month_after_day(&self, month: u8) -> &'static str {
        name(&self.months_after_day, month)
    }

    pub(super) fn month_before_year(&self, month: u8) -> &'static str {
        name(&self.months_before_year, month)
    }

    pub(super) fn month_alone(&self, month: u8) -> &'static str {
        name(&self.months_alone, month)
    }

    pub(super) fn short_month_after_day(&self, month: u8) -> &'static str {
        name(&self.short_months_after_day, month)
    }

    pub(super) fn short_month_alone(&self, month: u8) -> &'static str {
        name(&self.short_months_alone, month)
    }
}

/// Returns the name of a month from 1 to 12, to which the parser restricts months.
fn name(names: &[&'static str; 12], month: u8) -> &'static str {
    names[usize::from(month.saturating_sub(1)) % 12]
}

/// Patterns of an interval that is open on one side, by the certainty of its bound.
pub(super) struct BoundPatterns {
    pub(super) certain: &'static str,
    /// A certain date on the second of a month: Russian "со 2 марта".
    pub(super) second_day: &'static str,
    pub(super) about: &'static str,
    pub(super) perhaps: &'static str,
    pub(super) perhaps_about: &'static str,
}

/// A pattern in the nominative and the genitive.
pub(super) struct Inflected(&'static str, &'static str);

impl Inflected {
    const fn same(text: &'static str) -> Self {
        Self(text, text)
    }

    pub(super) const fn of(&self, case: Case) -> &'static str {
        match case {
            Case::Nominative => self.0,
            Case::Genitive => self.1,
        }
    }
}

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const SHORT_ENGLISH_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) static ENGLISH: Patterns = DAY_FIRST_ENGLISH;

/// English with the month before the day.
pub(super) static AMERICAN_ENGLISH: Patterns = Patterns {
    day: "{1} {0}, {2}",
    days: "{2} {0}–{1}, {3}",
    day_of_month: "{1} {0}",
    days_of_month: "{2} {0}–{1}",
    seasons: [
        Inflected::same("spring"),
        Inflected::same("summer"),
        Inflected::same("fall"),
        Inflected::same("winter"),
    ],
    ..DAY_FIRST_ENGLISH
};

const DAY_FIRST_ENGLISH: Patterns = Patterns {
    day: "{0} {1} {2}",
    month: "{0} {1}",
    winter: "{0} {1}–{2}",
    year: "{0}",
    year_of_era: "AD {0}",
    year_before_era: "{0} BC",
    group_separator: ',',
    decade: Inflected("{0}s", "the {0}s"),
    century: Inflected("{0} century", "the {0} century"),
    century_of_era: Inflected("{0} century AD", "the {0} century AD"),
    century_before_era: Inflected("{0} century BC", "the {0} century BC"),
    some_month: Inflected::same("some month of {0}"),
    some_day: Inflected::same("some day of {0} {1}"),
    some_day_of_year: Inflected::same("some day of {0}"),
    days: "{0}–{1} {2} {3}",
    day_of_month: "{0} {1}",
    days_of_month: "{0}–{1} {2}",
    months: "{0}–{1} {2}",
    years: "{0}–{1}",
    interval: "{0} – {1}",
    interval_with_uncertain_bound: "{0} – {1}",
    about: "about {0}",
    perhaps: "perhaps {0}",
    perhaps_about: "perhaps about {0}",
    from: BoundPatterns {
        certain: "from {0}",
        second_day: "from {0}",
        about: "from about {0}",
        perhaps: "perhaps from {0}",
        perhaps_about: "perhaps from about {0}",
    },
    until: BoundPatterns {
        certain: "until {0}",
        second_day: "until {0}",
        about: "until about {0}",
        perhaps: "perhaps until {0}",
        perhaps_about: "perhaps until about {0}",
    },
    end_unknown: "{0}, end unknown",
    start_unknown: "{0}, start unknown",
    seasons: [
        Inflected::same("spring"),
        Inflected::same("summer"),
        Inflected::same("autumn"),
        Inflected::same("winter"),
    ],
    months_after_day: ENGLISH_MONTHS,
    months_before_year: ENGLISH_MONTHS,
    months_alone: ENGLISH_MONTHS,
    short_months_after_day: SHORT_ENGLISH_MONTHS,
    short_months_alone: SHORT_ENGLISH_MONTHS,
};

const RUSSIAN_MONTHS: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

/// Years have the abbreviation "г.", which serves every case; a no-break space precedes it.
pub(super) static RUSSIAN: Patterns = Patterns {
    day: "{0} {1} {2}",
    month: "{0} {1}",
    winter: "{0} {1}–{2}\u{a0}гг.",
    year: "{0}\u{a0}г.",
    year_of_era: "{0}\u{a0}г. н.\u{a0}э.",
    year_before_era: "{0}\u{a0}г. до\u{a0}н.\u{a0}э.",
    group_separator: '\u{a0}',
    decade: Inflected("{0}-е\u{a0}гг.", "{0}-х\u{a0}гг."),
    century: Inflected::same("{0}\u{a0}в."),
    century_of_era: Inflected::same("{0}\u{a0}в. н.\u{a0}э."),
    century_before_era: Inflected::same("{0}\u{a0}в. до\u{a0}н.\u{a0}э."),
    some_month: Inflected("один из месяцев {0}", "одного из месяцев {0}"),
    some_day: Inflected("один из дней {0} {1}", "одного из дней {0} {1}"),
    some_day_of_year: Inflected("один из дней {0}", "одного из дней {0}"),
    days: "{0}–{1} {2} {3}",
    day_of_month: "{0} {1}",
    days_of_month: "{0}–{1} {2}",
    months: "{0} — {1} {2}",
    years: "{0}–{1}\u{a0}гг.",
    interval: "{0} — {1}",
    interval_with_uncertain_bound: "{0} — {1}",
    about: "около {0}",
    perhaps: "предположительно {0}",
    perhaps_about: "предположительно около {0}",
    from: BoundPatterns {
        certain: "с {0}",
        second_day: "со {0}",
        about: "примерно с {0}",
        perhaps: "предположительно с {0}",
        perhaps_about: "предположительно примерно с {0}",
    },
    until: BoundPatterns {
        certain: "до {0}",
        second_day: "до {0}",
        about: "примерно до {0}",
        perhaps: "предположительно до {0}",
        perhaps_about: "предположительно примерно до {0}",
    },
    end_unknown: "{0}, окончание неизвестно",
    start_unknown: "{0}, начало неизвестно",
    seasons: [
        Inflected("весна", "весны"),
        Inflected("лето", "лета"),
        Inflected("осень", "осени"),
        Inflected("зима", "зимы"),
    ],
    months_after_day: [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    months_before_year: RUSSIAN_MONTHS,
    months_alone: RUSSIAN_MONTHS,
    short_months_after_day: [
        "янв.",
        "фев.",
        "марта",
        "апр.",
        "мая",
        "июня",
        "июля",
        "авг.",
        "сен.",
        "окт.",
        "нояб.",
        "дек.",
    ],
    short_months_alone: [
        "янв.",
        "фев.",
        "март",
        "апр.",
        "май",
        "июнь",
        "июль",
        "авг.",
        "сен.",
        "окт.",
        "нояб.",
        "дек.",
    ],
};

const PERSIAN_MONTHS: [&str; 12] = [
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
];

/// Months that end in a silent h have the ezafe before a year, as in CLDR's format names.
const PERSIAN_MONTHS_BEFORE_YEAR: [&str; 12] = [
    "ژانویهٔ",
    "فوریهٔ",
    "مارس",
    "آوریل",
    "مهٔ",
    "ژوئن",
    "ژوئیهٔ",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
];

pub(super) static PERSIAN: Patterns = Patterns {
    day: "{0} {1} {2}",
    month: "{0} {1}",
    winter: "{0} {1} تا {2}",
    year: "{0}",
    year_of_era: "{0} میلادی",
    year_before_era: "{0} پیش از میلاد",
    group_separator: '\u{66c}',
    decade: Inflected::same("دههٔ {0}"),
    century: Inflected::same("سدهٔ {0} میلادی"),
    century_of_era: Inflected::same("سدهٔ {0} میلادی"),
    century_before_era: Inflected::same("سدهٔ {0} پیش از میلاد"),
    some_month: Inflected::same("ماهی در {0}"),
    some_day: Inflected::same("روزی در {0} {1}"),
    some_day_of_year: Inflected::same("روزی در {0}"),
    days: "{0} تا {1} {2} {3}",
    day_of_month: "{0} {1}",
    days_of_month: "{0} تا {1} {2}",
    months: "{0} تا {1} {2}",
    years: "{0} تا {1}",
    interval: "{0} تا {1}",
    interval_with_uncertain_bound: "{0} تا {1}",
    about: "حدود {0}",
    perhaps: "شاید {0}",
    perhaps_about: "شاید حدود {0}",
    from: BoundPatterns {
        certain: "از {0}",
        second_day: "از {0}",
        about: "از حدود {0}",
        perhaps: "شاید از {0}",
        perhaps_about: "شاید از حدود {0}",
    },
    until: BoundPatterns {
        certain: "تا {0}",
        second_day: "تا {0}",
        about: "تا حدود {0}",
        perhaps: "شاید تا {0}",
        perhaps_about: "شاید تا حدود {0}",
    },
    end_unknown: "{0}، پایان نامعلوم",
    start_unknown: "{0}، آغاز نامعلوم",
    seasons: [
        Inflected::same("بهار"),
        Inflected::same("تابستان"),
        Inflected::same("پاییز"),
        Inflected::same("زمستان"),
    ],
    months_after_day: PERSIAN_MONTHS_BEFORE_YEAR,
    months_before_year: PERSIAN_MONTHS_BEFORE_YEAR,
    months_alone: PERSIAN_MONTHS,
    short_months_after_day: PERSIAN_MONTHS,
    short_months_alone: PERSIAN_MONTHS,
};

pub(super) const SOLAR_HIJRI_MONTHS: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];

/// The month names of Egypt, the Gulf and the pan-Arab press, not those of the Levant or the Maghreb.
const ARABIC_MONTHS: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

pub(super) static ARABIC: Patterns = Patterns {
    day: "{0} {1} {2}",
    month: "{0} {1}",
    winter: "{0} {1}–{2}",
    year: "{0}",
    year_of_era: "{0} ميلادية",
    year_before_era: "{0} قبل الميلاد",
    group_separator: '\u{66c}',
    decade: Inflected::same("عقد {0}"),
    century: Inflected::same("القرن {0}"),
    century_of_era: Inflected::same("القرن {0} الميلادي"),
    century_before_era: Inflected::same("القرن {0} قبل الميلاد"),
    some_month: Inflected::same("أحد أشهر عام {0}"),
    some_day: Inflected::same("أحد أيام {0} {1}"),
    some_day_of_year: Inflected::same("أحد أيام عام {0}"),
    days: "من {0} إلى {1} {2} {3}",
    day_of_month: "{0} {1}",
    days_of_month: "من {0} إلى {1} {2}",
    months: "من {0} إلى {1} {2}",
    years: "من {0} إلى {1}",
    interval: "من {0} إلى {1}",
    // "Perhaps" does not follow a preposition.
    interval_with_uncertain_bound: "{0} – {1}",
    about: "نحو {0}",
    perhaps: "ربما {0}",
    perhaps_about: "ربما نحو {0}",
    from: BoundPatterns {
        certain: "اعتبارًا من {0}",
        second_day: "اعتبارًا من {0}",
        about: "اعتبارًا من نحو {0}",
        perhaps: "ربما اعتبارًا من {0}",
        perhaps_about: "ربما اعتبارًا من نحو {0}",
    },
    until: BoundPatterns {
        certain: "حتى {0}",
        second_day: "حتى {0}",
        about: "حتى نحو {0}",
        perhaps: "ربما حتى {0}",
        perhaps_about: "ربما حتى نحو {0}",
    },
    end_unknown: "{0}، وتاريخ الانتهاء غير معروف",
    start_unknown: "{0}، وتاريخ البدء غير معروف",
    seasons: [
        Inflected::same("ربيع"),
        Inflected::same("صيف"),
        Inflected::same("خريف"),
        Inflected::same("شتاء"),
    ],
    months_after_day: ARABIC_MONTHS,
    months_before_year: ARABIC_MONTHS,
    months_alone: ARABIC_MONTHS,
    short_months_after_day: ARABIC_MONTHS,
    short_months_alone: ARABIC_MONTHS,
};
