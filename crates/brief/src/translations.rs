//! The words for likelihoods, confidence and the opening of a brief in the languages other than English that the printer
//! knows: it prints them, and `check` reports a text that uses one in place of its English word. Sentences that use one, or a
//! word of the future, judge: they are no facts.

use chancery_proto::lookalikes::is_invisible;

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Translation {
    /// BCP 47 tag of the language.
    pub language: &'static str,
    /// Levels of confidence, indexed by the number of `ConfidenceLevel`; the unspecified one is empty.
    pub confidence: [&'static str; 4],
    /// The start of the word for confidence, without its endings.
    pub confidence_stem: &'static str,
    /// Likelihood terms by their rank on their scale, from the least likely: ICD 203, then PHIA.
    pub likelihood: [[&'static str; 7]; 2],
    /// Words of a claim about the future.
    pub forecast: &'static [&'static str],
    /// Heading of the bottom line.
    pub bottom_line: &'static str,
    /// Heading of the key judgments.
    pub key_judgments: &'static str,
}

/// Russian.
pub const RUSSIAN: Translation = Translation {
    language: "ru",
    confidence: ["", "высокая", "средняя", "низкая"],
    confidence_stem: "уверенност",
    likelihood: [
        [
            "почти исключено",
            "очень маловероятно",
            "маловероятно",
            "примерно равные шансы",
            "вероятно",
            "весьма вероятно",
            "почти наверняка",
        ],
        [
            "ничтожная вероятность",
            "крайне маловероятно",
            "маловероятно",
            "реальная возможность",
            "вероятно",
            "весьма вероятно",
            "почти наверняка",
        ],
    ],
    forecast: &["будет", "будут", "будем", "собирается", "собираются"],
    bottom_line: "Главное",
    key_judgments: "Ключевые выводы",
};

/// Persian.
pub const PERSIAN: Translation = Translation {
    language: "fa",
    confidence: ["", "بالا", "متوسط", "پایین"],
    confidence_stem: "اطمینان",
    likelihood: [
        [
            "تقریباً ناممکن",
            "بسیار نامحتمل",
            "نامحتمل",
            "احتمال کمابیش برابر",
            "محتمل",
            "بسیار محتمل",
            "تقریباً قطعی",
        ],
        ["احتمال ناچیز", "بسیار نامحتمل", "نامحتمل", "امکان واقعی", "محتمل", "بسیار محتمل", "تقریباً قطعی"],
    ],
    forecast: &["خواهد", "خواهند", "خواهیم", "نخواهد", "نخواهند"],
    bottom_line: "جان کلام",
    key_judgments: "ارزیابی\u{200c}های کلیدی",
};

/// Arabic.
pub const ARABIC: Translation = Translation {
    language: "ar",
    confidence: ["", "عالية", "متوسطة", "منخفضة"],
    confidence_stem: "ثقة",
    likelihood: [
        ["شبه معدوم", "مستبعد جدًّا", "مستبعد", "متكافئ تقريبًا", "مرجَّح", "مرجَّح جدًّا", "شبه مؤكد"],
        ["احتمال ضئيل", "مستبعد جدًّا", "مستبعد", "احتمال واقعي", "مرجَّح", "مرجَّح جدًّا", "شبه مؤكد"],
    ],
    forecast: &["سوف", "لن", "سيكون", "ستكون", "سيتم", "ستتم"],
    bottom_line: "الخلاصة",
    key_judgments: "التقديرات الرئيسية",
};

/// All languages of this module.
pub static ALL: [Translation; 3] = [RUSSIAN, PERSIAN, ARABIC];

/// Returns the words of a language tag, such as `fa-IR`; none for other languages.
pub fn of(language: &str) -> Option<&'static Translation> {
    let name = language.split('-').next().unwrap_or_default();
    ALL.iter().find(|translation| translation.language == name)
}

/// Returns a text in lower case, without the marks that authors write or leave out.
pub fn letters(text: &str) -> String {
    let is_optional = |c: char| is_invisible(c) || matches!(c, '\u{64b}'..='\u{652}');
    let letter = |c: char| match c {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        c => c,
    };
    text.chars().filter(|c| !is_optional(*c)).flat_map(char::to_lowercase).map(letter).collect()
}
