//! Checks actors, places, relationships, events and sources.

use chancery_proto::brief::v1::{
    Actor, ActorKind, DatePrecision, Event, Place, PlaceKind, PloverType, Relationship, RelationshipPolarity,
    RelationshipStatus, Source, SourceReliability, SourceType,
};

use super::checker::Checker;
use super::{SHORT_TITLE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, code, forms};
use crate::part::PartKind;

/// A right angle in millionths of a degree.
const RIGHT_ANGLE_E6: u32 = 90_000_000;
const ACTOR_OR_PLACE: &[PartKind] = &[PartKind::Actor, PartKind::Place];

impl Checker<'_> {
    pub(super) fn actor(&mut self, actor: &mut Actor) {
        self.own_id(&actor.id);
        self.required_text("name", &mut actor.name, TITLE_LIMIT);
        self.chosen::<ActorKind>("kind", actor.kind);
        self.text("short_name", &mut actor.short_name, TITLE_LIMIT);
        self.localized("labels", &mut actor.labels, TITLE_LIMIT);
        self.country_code(&actor.country_code);
        self.text("role", &mut actor.role, TEXT_LIMIT);
        self.others("member_of", &actor.member_of, &actor.id, &[PartKind::Actor]);
        self.period(actor.period.as_mut());
        self.other("successor_id", &actor.successor_id, &actor.id, &[PartKind::Actor]);
        self.reference("place_id", &actor.place_id, &[PartKind::Place]);
        self.text("note", &mut actor.note, TEXT_LIMIT);
        self.own_marking(&mut actor.marking);
    }

    pub(super) fn place(&mut self, place: &mut Place) {
        self.own_id(&place.id);
        self.required_text("name", &mut place.name, TITLE_LIMIT);
        self.chosen::<PlaceKind>("kind", place.kind);
        self.localized("labels", &mut place.labels, TITLE_LIMIT);
        self.country_code(&place.country_code);
        self.coordinates(place);
        self.text("note", &mut place.note, TEXT_LIMIT);
        self.own_marking(&mut place.marking);
    }

    fn coordinates(&mut self, place: &Place) {
        if place.latitude_e6.is_some_and(|latitude| latitude.unsigned_abs() > RIGHT_ANGLE_E6) {
            self.violate("latitude_e6", code::OUT_OF_RANGE, "expected -90 to 90 degrees");
        }
        if place.longitude_e6.is_some_and(|longitude| longitude.unsigned_abs() > 2 * RIGHT_ANGLE_E6) {
            self.violate("longitude_e6", code::OUT_OF_RANGE, "expected -180 to 180 degrees");
        }
        if place.latitude_e6.is_some() != place.longitude_e6.is_some() {
            let missing = if place.latitude_e6.is_none() { "latitude_e6" } else { "longitude_e6" };
            self.violate(missing, code::REQUIRED, "latitude and longitude must be set together");
        }
    }

    pub(super) fn relationship(&mut self, relationship: &mut Relationship) {
        self.own_id(&relationship.id);
        self.required_reference("from_id", &relationship.from_id, ACTOR_OR_PLACE);
        self.required_reference("to_id", &relationship.to_id, ACTOR_OR_PLACE);
        if !forms::is_hyphenated(&relationship.r#type) {
            self.violate("type", code::INVALID_FORM, "expected lower-case words of ASCII letters and digits, joined by hyphens, such as trades-with");
        }
        self.text("label", &mut relationship.label, TITLE_LIMIT);
        self.period(relationship.period.as_mut());
        self.known::<RelationshipStatus>("status", relationship.status);
        self.references("statement_ids", &relationship.statement_ids, &[PartKind::Statement]);
        self.text("item", &mut relationship.item, TEXT_LIMIT);
        self.reference("domain", &relationship.domain, &[PartKind::Domain]);
        self.reference("place_id", &relationship.place_id, &[PartKind::Place]);
        self.text("note", &mut relationship.note, TEXT_LIMIT);
        self.own_marking(&mut relationship.marking);
        self.known::<RelationshipPolarity>("polarity", relationship.polarity);
    }

    pub(super) fn event(&mut self, event: &mut Event) {
        self.own_id(&event.id);
        self.required_text("title", &mut event.title, TITLE_LIMIT);
        self.date("date", &event.date);
        self.known::<DatePrecision>("precision", event.precision);
        self.known::<PloverType>("type", event.r#type);
        self.references("actor_ids", &event.actor_ids, &[PartKind::Actor]);
        self.references("place_ids", &event.place_ids, &[PartKind::Place]);
        self.references("statement_ids", &event.statement_ids, &[PartKind::Statement]);
        self.references("source_ids", &event.source_ids, &[PartKind::Source]);
        self.text("note", &mut event.note, TEXT_LIMIT);
        self.own_marking(&mut event.marking);
    }

    pub(super) fn source(&mut self, source: &mut Source) {
        self.own_id(&source.id);
        self.required_text("title", &mut source.title, TEXT_LIMIT);
        self.text("publisher", &mut source.publisher, TEXT_LIMIT);
        self.date("date", &source.date);
        if !source.url.is_empty() {
            self.web_url("url", &mut source.url);
        }
        self.known::<SourceType>("type", source.r#type);
        self.known::<SourceReliability>("reliability", source.reliability);
        self.text("descriptor", &mut source.descriptor, TEXT_LIMIT);
        self.own_marking(&mut source.marking);
        self.optional_text("short_title", &mut source.short_title, SHORT_TITLE_LIMIT);
        self.single_date("accessed", &source.accessed);
    }
}
