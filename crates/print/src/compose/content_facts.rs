//! Facts of a brief's content that the plan and the parts share.

use chancery_brief::edtf::{self, Edtf};
use chancery_brief::reading_order::{self, LocatedStatement};
use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{
    BriefContent, Dissent, Event, Figure, FigureKind, KeyJudgment, Section, StatementType,
};

/// Returns the forecasts of a brief that still hold, in reading order.
pub(crate) fn forecasts(content: &BriefContent) -> impl Iterator<Item = LocatedStatement<'_>> {
    reading_order::located_statements(content).into_iter().filter(|located| {
        let statement = located.statement;
        statement.withheld.is_none()
            && statement.r#type == StatementType::Forecast as i32
            && reading_order::still_holds(statement)
    })
}

/// Returns the figures of a kind in sections and their subsections, in reading order.
pub(crate) fn figures<'a>(sections: &[&'a Section], kind: FigureKind) -> impl Iterator<Item = &'a Figure> {
    let mut open: Vec<&Section> = sections.iter().rev().copied().collect();
    let sections = std::iter::from_fn(move || {
        let section = open.pop()?;
        open.extend(section.sections.iter().rev());
        Some(section)
    });
    sections.flat_map(|section| &section.blocks).filter_map(move |block| match &block.kind {
        Some(Kind::Figure(figure)) if figure.kind() == kind => Some(figure),
        _ => None,
    })
}

/// Returns the number of the judgment that a dissent disputes, or of one that rests on a disputed statement.
pub(crate) fn disputed_judgment(content: &BriefContent, dissent: &Dissent) -> Option<usize> {
    let disputes = |judgment: &KeyJudgment| {
        let own = judgment.statements.iter().map(|statement| &statement.id);
        own.chain(&judgment.rests_on).chain([&judgment.id]).any(|id| dissent.statement_ids.contains(id))
    };
    Some(content.key_judgments.iter().position(disputes)? + 1)
}

/// Returns events in order of time with their parsed dates; those without a date are last.
pub(crate) fn events_in_time_order(events: &[Event]) -> Vec<(&Event, Option<Edtf>)> {
    let mut events: Vec<_> = events.iter().map(|event| (event, edtf::parse(&event.date).ok())).collect();
    events.sort_by_key(|(_, date)| (date.is_none(), date.map(|date| date.sort_key())));
    events
}
