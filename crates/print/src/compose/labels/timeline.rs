//! Labels of the timeline, one table a language.

use crate::Locale;
use crate::compose::numerals::Plural;

/// Labels of the timeline in one language.
pub(crate) struct TimelineLabels {
    /// Alternative text: the number of events, which follow as a list.
    pub(crate) alt: Plural,
    /// Introduces the emphasized events in the alternative text.
    pub(crate) highlighted: &'static str,
    /// Name of the lane of events without a field.
    pub(crate) no_field: &'static str,
    /// Name of the inset: the year before which its events are.
    pub(crate) before: &'static str,
    /// Legend: a dot.
    pub(crate) day: &'static str,
    /// Legend: an open dot.
    pub(crate) imprecise: &'static str,
    /// Legend: a bar.
    pub(crate) interval: &'static str,
    /// Legend: a gray bar, by the year before which it begins.
    pub(crate) began_before: &'static str,
    /// Legend: an arrow at the end of a bar.
    pub(crate) continues: &'static str,
    /// Legend: an emphasized event.
    pub(crate) ringed: &'static str,
    /// Legend: the span of the emphasized events.
    pub(crate) shaded: &'static str,
    /// Introduces the events without a date.
    pub(crate) undated: &'static str,
    /// Explains the asterisk.
    pub(crate) no_source: &'static str,
}

impl TimelineLabels {
    /// Returns the labels of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::English => &ENGLISH,
            Locale::Russian => &RUSSIAN,
            Locale::Persian => &PERSIAN,
            Locale::Arabic => &ARABIC,
        }
    }
}

static ENGLISH: TimelineLabels = TimelineLabels {
    alt: Plural::one_other(
        "Timeline of {0} event, which follows as a list.",
        "Timeline of {0} events, which follow as a list in order of time.",
    ),
    highlighted: "Highlighted: {0}.",
    no_field: "No field given",
    before: "Before {0}",
    day: "day",
    imprecise: "about, or not known to the day",
    interval: "from first to last day",
    began_before: "began before {0}",
    continues: "continues",
    ringed: "bold, ringed: highlighted",
    shaded: "shaded: their span",
    undated: "Undated:",
    no_source: "* No source is cited for this event.",
};

static RUSSIAN: TimelineLabels = TimelineLabels {
    alt: Plural::russian(
        "Хронология: {0} событие; далее оно приведено списком.",
        "Хронология: {0} события; далее они приведены списком в порядке времени.",
        "Хронология: {0} событий; далее они приведены списком в порядке времени.",
    ),
    highlighted: "Выделено: {0}.",
    no_field: "Область не указана",
    before: "До {0}",
    day: "день",
    imprecise: "примерно или без точного дня",
    interval: "с первого по последний день",
    began_before: "началось до {0}",
    continues: "продолжается",
    ringed: "полужирный шрифт, обводка: выделено",
    shaded: "фон: промежуток между ними",
    undated: "Без даты:",
    no_source: "* Для этого события источник не указан.",
};

static PERSIAN: TimelineLabels = TimelineLabels {
    alt: Plural::invariant("گاه\u{200c}شمار {0} رویداد، که در ادامه به ترتیب زمان فهرست شده است."),
    highlighted: "برجسته: {0}.",
    no_field: "حوزه نامشخص",
    before: "پیش از {0}",
    day: "روز",
    imprecise: "حدودی، یا بی\u{200c}روز دقیق",
    interval: "از نخستین تا آخرین روز",
    began_before: "آغاز پیش از {0}",
    continues: "ادامه دارد",
    ringed: "سیاه و حلقه\u{200c}دار: برجسته",
    shaded: "سایه: فاصلهٔ آن\u{200c}ها",
    undated: "بی\u{200c}تاریخ:",
    no_source: "* برای این رویداد منبعی ذکر نشده است.",
};

static ARABIC: TimelineLabels = TimelineLabels {
    alt: Plural::arabic([
        "تسلسل زمني بلا أحداث.",
        "تسلسل زمني لحدث واحد يرد بعده في قائمة.",
        "تسلسل زمني لحدثين يردان بعده في قائمة بترتيب الزمن.",
        "تسلسل زمني من {0} أحداث ترد بعده في قائمة بترتيب الزمن.",
        "تسلسل زمني من {0} حدثًا ترد بعده في قائمة بترتيب الزمن.",
        "تسلسل زمني من {0} حدث ترد بعده في قائمة بترتيب الزمن.",
    ]),
    highlighted: "مميَّز: {0}.",
    no_field: "المجال غير محدد",
    before: "قبل {0}",
    day: "يوم",
    imprecise: "تقريبي أو غير معروف باليوم",
    interval: "من أول يوم إلى آخر يوم",
    began_before: "بدأ قبل {0}",
    continues: "مستمر",
    ringed: "غامق بحلقة: مميَّز",
    shaded: "مظلل: المدة بينها",
    undated: "بلا تاريخ:",
    no_source: "* لم يُذكر مصدر لهذا الحدث.",
};
