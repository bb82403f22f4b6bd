//! The words for changes, confidence and likelihood, one table a language, to be reviewed as a whole.
//!
//! Within a table no two entries may be confused: a statement that is "scaled back" (less likely or less certain than
//! its author once wrote) is not a judgment that is "less sure" (lower confidence), and no word of uncertainty is also a
//! term of likelihood.

use chancery_brief::translations;

use crate::Locale;

/// Words for changes, confidence and likelihood in one language. Arrays are indexed by the enum's number; the
/// unspecified value's word is empty.
pub(crate) struct AnalyticTerms {
    /// Kinds of declared changes of statements (`ChangeKind`).
    pub(crate) changes: [&'static str; 16],
    /// Changes of key judgments against an earlier revision.
    pub(crate) judgments: JudgmentChanges,
    /// Levels of confidence (`ConfidenceLevel`).
    pub(crate) confidence: [&'static str; 4],
    /// Ratings of information, 1 to 6 (NATO Admiralty scale), short enough to follow a grade such as "F2".
    pub(crate) credibility: [&'static str; 7],
    /// A likelihood, confidence or horizon that is not stated.
    pub(crate) not_stated: &'static str,
    /// A horizon without an end.
    pub(crate) open_ended: &'static str,
    /// Meanings of likelihood terms by their rank on their scale, from the least likely, printed beside the terms: ICD
    /// 203, then PHIA. `None` in English, the language of the scales.
    pub(crate) likelihood: Option<[[&'static str; 7]; 2]>,
}

/// Words for changes of key judgments.
pub(crate) struct JudgmentChanges {
    /// No earlier judgment.
    pub(crate) new: &'static str,
    /// A higher likelihood.
    pub(crate) likelier: &'static str,
    /// A lower likelihood.
    pub(crate) less_likely: &'static str,
    /// A higher confidence.
    pub(crate) surer: &'static str,
    /// A lower confidence.
    pub(crate) less_sure: &'static str,
    /// Rests on a statement that replaced a superseded one.
    pub(crate) reversed: &'static str,
    /// Another text with the same likelihood and confidence.
    pub(crate) reworded: &'static str,
    /// The same text, likelihood and confidence.
    pub(crate) unchanged: &'static str,
}

impl AnalyticTerms {
    /// Returns the words of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::English => &ENGLISH,
            Locale::Russian => &RUSSIAN,
            Locale::Persian => &PERSIAN,
            Locale::Arabic => &ARABIC,
        }
    }
}

static ENGLISH: AnalyticTerms = AnalyticTerms {
    changes: [
        "",
        "confirmed",
        "updated",
        "corrected",
        "no longer holds",
        "disputed",
        "did not come true",
        "withdrawn",
        "added",
        "strengthened",
        "scaled back",
        "dated",
        "closed",
        "extended",
        "quantified",
        "partly answered",
    ],
    judgments: JudgmentChanges {
        new: "new",
        likelier: "likelier",
        less_likely: "less likely",
        surer: "surer",
        less_sure: "less sure",
        reversed: "reversed",
        reworded: "reworded",
        unchanged: "unchanged",
    },
    confidence: ["", "high", "moderate", "low"],
    credibility: [
        "",
        "confirmed",
        "probably true",
        "possibly true",
        "doubtful",
        "improbable",
        "truth cannot be judged",
    ],
    not_stated: "not stated",
    open_ended: "open-ended",
    likelihood: None,
};

/// Changes agree with "утверждение", judgments with "вывод", confidence with "уверенность".
static RUSSIAN: AnalyticTerms = AnalyticTerms {
    changes: [
        "",
        "подтверждено",
        "обновлено",
        "исправлено",
        "больше не верно",
        "оспаривается",
        "не сбылось",
        "отозвано",
        "добавлено",
        "усилено",
        "ослаблено",
        "верно для своего времени",
        "вопрос закрыт",
        "расширено",
        "уточнено числом",
        "отвечено частично",
    ],
    judgments: JudgmentChanges {
        new: "новый",
        likelier: "вероятнее",
        less_likely: "менее вероятно",
        surer: "уверенность выше",
        less_sure: "уверенность ниже",
        reversed: "пересмотрен",
        reworded: "переформулирован",
        unchanged: "без изменений",
    },
    confidence: translations::RUSSIAN.confidence,
    credibility: [
        "",
        "подтверждено",
        "вероятно верно",
        "возможно верно",
        "сомнительно",
        "неправдоподобно",
        "достоверность оценить нельзя",
    ],
    not_stated: "не указано",
    open_ended: "без срока",
    likelihood: Some(translations::RUSSIAN.likelihood),
};

static PERSIAN: AnalyticTerms = AnalyticTerms {
    changes: [
        "",
        "تأیید شد",
        "به\u{200c}روز شد",
        "اصلاح شد",
        "دیگر برقرار نیست",
        "محل مناقشه",
        "تحقق نیافت",
        "پس گرفته شد",
        "افزوده شد",
        "تقویت شد",
        "تعدیل شد",
        "ویژه زمان نگارش",
        "خاتمه یافت",
        "گسترش یافت",
        "کمّی شد",
        "تا حدی پاسخ یافت",
    ],
    judgments: JudgmentChanges {
        new: "جدید",
        likelier: "محتمل\u{200c}تر",
        less_likely: "کم\u{200c}احتمال\u{200c}تر",
        surer: "اطمینان بیشتر",
        less_sure: "اطمینان کمتر",
        reversed: "بازنگری\u{200c}شده",
        reworded: "بازنویسی\u{200c}شده",
        unchanged: "بی\u{200c}تغییر",
    },
    confidence: translations::PERSIAN.confidence,
    credibility: ["", "تأییدشده", "احتمالاً درست", "شاید درست", "مشکوک", "نامحتمل", "درستی سنجیدنی نیست"],
    not_stated: "گفته نشده",
    open_ended: "بدون سررسید",
    likelihood: Some(translations::PERSIAN.likelihood),
};

/// Changes are masculine, confidence agrees with "ثقة".
static ARABIC: AnalyticTerms = AnalyticTerms {
    changes: [
        "",
        "مؤكَّد",
        "محدَّث",
        "مصحَّح",
        "لم يعد صحيحًا",
        "محل خلاف",
        "لم يتحقق",
        "مسحوب",
        "مضاف",
        "معزَّز",
        "مخفَّف",
        "صحيح في حينه",
        "أُغلق ملفه",
        "موسَّع",
        "محدَّد كميًّا",
        "أُجيب عنه جزئيًّا",
    ],
    judgments: JudgmentChanges {
        new: "جديد",
        likelier: "أكثر ترجيحًا",
        less_likely: "أقل ترجيحًا",
        surer: "ثقة أعلى",
        less_sure: "ثقة أدنى",
        reversed: "تبدّل",
        reworded: "أُعيدت صياغته",
        unchanged: "دون تغيير",
    },
    confidence: translations::ARABIC.confidence,
    credibility: [
        "",
        "مؤكَّدة",
        "صحيحة على الأرجح",
        "ربما صحيحة",
        "مشكوك فيها",
        "مستبعدة",
        "لا يمكن تقدير صحتها",
    ],
    not_stated: "لم يُذكر",
    open_ended: "دون أجل محدد",
    likelihood: Some(translations::ARABIC.likelihood),
};

#[cfg(test)]
mod tests {
    use super::AnalyticTerms;
    use crate::Locale;

    #[test]
    fn no_two_words_of_one_kind_are_equal_in_any_language() {
        for locale in [Locale::English, Locale::Russian, Locale::Persian, Locale::Arabic] {
            let terms = AnalyticTerms::of(locale);
            let judgments = &terms.judgments;
            let judgments = [
                judgments.new,
                judgments.likelier,
                judgments.less_likely,
                judgments.surer,
                judgments.less_sure,
                judgments.reversed,
                judgments.reworded,
                judgments.unchanged,
            ];
            assert_ne!(terms.not_stated, terms.open_ended, "{locale:?}");
            for words in [&terms.changes[1..], &judgments, &terms.confidence[1..], &terms.credibility[1..]] {
                let mut distinct = words.to_vec();
                distinct.sort_unstable();
                distinct.dedup();
                assert_eq!(distinct.len(), words.len(), "{locale:?}: {words:?}");
                assert!(!words.contains(&""), "{locale:?}: {words:?}");
            }
        }
    }

    #[test]
    fn english_has_the_words_of_the_page() {
        let terms = AnalyticTerms::of(Locale::English);
        let reversals = [4, 3, 6, 10, 5, 7].map(|kind| terms.changes[kind]);
        let expected =
            ["no longer holds", "corrected", "did not come true", "scaled back", "disputed", "withdrawn"];
        assert_eq!(reversals, expected);
    }
}
