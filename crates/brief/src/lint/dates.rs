//! Lints dates against the as-of date of the content.

use chancery_proto::brief::v1::{BriefContent, StatementType};

use super::warning::{HORIZON_BEFORE_AS_OF, Warning, YEAR_OF_OTHER_CALENDAR};
use crate::edtf;
use crate::reading_order::{statements, still_holds};

/// Sources and forecasts of a brief are younger: an earlier year was written in another calendar.
pub(super) const OLDEST_YEAR: i64 = 1800;

/// The years that the Solar and the Lunar Hijri calendar had since 1900. Events can be older than sources, but few are of
/// these years.
const HIJRI_YEARS: std::ops::RangeInclusive<i64> = 1278..=1500;

/// Warns of the horizons of statements, then of the dates of events, of sources and of the content itself.
pub(super) fn lint(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let mut warn = |code, id: &str, message: String| warnings.push(Warning::new(code, id, message));
    let as_of_text = content.as_of.as_ref().map_or("", |as_of| as_of.date.as_str());
    let as_of = last_day(as_of_text);
    if as_of.is_some_and(|as_of| as_of.year < OLDEST_YEAR) {
        warn(YEAR_OF_OTHER_CALENDAR, "", of_other_calendar("the as-of date", as_of_text));
        return;
    }
    for statement in statements(content).into_iter().filter(|statement| still_holds(statement)) {
        let Some(horizon) = last_day(&statement.horizon) else { continue };
        if horizon.year < OLDEST_YEAR {
            let message = of_other_calendar("the horizon", &statement.horizon);
            warn(YEAR_OF_OTHER_CALENDAR, &statement.id, message);
        } else if statement.r#type() == StatementType::Forecast && as_of.is_some_and(|as_of| horizon < as_of)
        {
            let message = format!(
                "the forecast is to be judged by {}, before the as-of date of the content, {as_of_text}: correct one of the two \
                 dates, or say what came of it",
                statement.horizon
            );
            warn(HORIZON_BEFORE_AS_OF, &statement.id, message);
        }
    }
    for event in &content.events {
        if last_day(&event.date).is_some_and(|day| HIJRI_YEARS.contains(&day.year)) {
            warn(YEAR_OF_OTHER_CALENDAR, &event.id, of_other_calendar("the date of the event", &event.date));
        }
    }
    for source in &content.sources {
        let dates = [&source.date, &source.accessed];
        let is_old = |date: &&&String| last_day(date).is_some_and(|day| day.year < OLDEST_YEAR);
        if let Some(date) = dates.iter().find(is_old) {
            warn(YEAR_OF_OTHER_CALENDAR, &source.id, of_other_calendar("the date of the source", date));
        }
    }
}

/// Returns the last day that a date can mean; none for one that is empty, malformed or open.
fn last_day(date: &str) -> Option<edtf::Day> {
    edtf::parse(date).ok()?.latest()
}

fn of_other_calendar(name: &str, date: &str) -> String {
    format!(
        "{name}, {date}, is read as one of the Gregorian calendar: convert it to that calendar if it is of another one"
    )
}
