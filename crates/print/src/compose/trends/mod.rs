//! The trends of a brief's fields: a table before the forecasts, and a strip on a single page.

mod groups;
mod moved_figure;
mod strip;
mod table;

pub(crate) use self::moved_figure::MovedFigure;
