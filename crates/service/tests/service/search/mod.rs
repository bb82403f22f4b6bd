//! Full-text search.

mod hits;
mod languages;
mod pages;
mod queries;
mod scene;
mod spelling;
mod visibility;
