//! Values that the text leaves out. The reader fills them in and the writer leaves them out by the same functions.

use chancery_brief::edtf::{self, Date, Edtf, Precision};
use chancery_proto::brief::v1::{DatePrecision, Statement, StatementType};

/// Returns the type of a statement whose text states none.
pub(crate) fn statement_type(statement: &Statement, is_in_callout: bool) -> StatementType {
    if !statement.horizon.is_empty() {
        StatementType::Forecast
    } else if is_in_callout {
        StatementType::Narrative
    } else if statement.likelihood.is_some() || statement.citations.is_empty() {
        StatementType::Assessment
    } else {
        StatementType::Fact
    }
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
