//! Values that the text leaves out. The reader fills them in and the writer leaves them out by the same functions.

use chancery_brief::edtf::{self, Date, Edtf, Precision};
use chancery_brief::lint::judges;
use chancery_proto::brief::v1::{DatePrecision, Statement, StatementType};

/// The block of a sentence, as far as it determines the type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Container {
    /// Its sentences explain, and claim nothing.
    Callout,
    /// Its words are those of the source.
    Quote,
    #[default]
    Other,
}

/// Returns the type of a statement whose text states none. A citation makes it a fact, unless its words judge: these are
/// the author's, and not the source's.
pub(crate) fn statement_type(statement: &Statement, container: Container, language: &str) -> StatementType {
    if !statement.horizon.is_empty() {
        return StatementType::Forecast;
    }
    if container == Container::Callout {
        return StatementType::Narrative;
    }
    let reports = statement.likelihood.is_none()
        && !statement.citations.is_empty()
        && (container == Container::Quote || !judges(&statement.text, language));
    if reports { StatementType::Fact } else { StatementType::Assessment }
}

/// Returns the precision that the form of a date implies.
pub(crate) fn precision(date: &str) -> DatePrecision {
    match edtf::parse(date) {
        Ok(Edtf::Interval(..)) => DatePrecision::Interval,
        Ok(Edtf::Date(date)) => of_date(&date),
        Err(_) => DatePrecision::Unknown,
    }
}

fn of_date(date: &Date) -> DatePrecision {
    if date.uncertain || date.approximate || date.unspecified_digits > 0 {
        return DatePrecision::Approximate;
    }
    match date.precision {
        Precision::Day(..) => DatePrecision::Day,
        Precision::Month(_) | Precision::SomeDay(_) => DatePrecision::Month,
        Precision::Year | Precision::SomeMonth | Precision::SomeDayOfYear => DatePrecision::Year,
        Precision::Season(_) => DatePrecision::Approximate,
    }
}

#[cfg(test)]
mod tests {
    use super::{DatePrecision, precision};

    #[test]
    fn the_form_of_a_date_implies_its_precision() {
        let cases = [
            ("2026-07-06", DatePrecision::Day),
            ("2026-07", DatePrecision::Month),
            ("2026", DatePrecision::Year),
            ("2025/2026", DatePrecision::Interval),
            ("2014~", DatePrecision::Approximate),
            ("201X", DatePrecision::Approximate),
            ("", DatePrecision::Unknown),
            ("soon", DatePrecision::Unknown),
        ];
        for (date, expected) in cases {
            assert_eq!(precision(date), expected, "{date}");
        }
    }
}
