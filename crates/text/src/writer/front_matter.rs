//! The front matter.

use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{
    Actor, ActorKind, BriefContent, BriefKind, Domain, LikelihoodScale, LocalizedText, Period, Place,
    PlaceKind, Source, SourceReliability, SourceType, Trend,
};

use super::state::{Writer, stated};
use super::yaml::{Map, list, scalar};
use crate::context::Exchange;
use crate::vocabulary::{Words, word};

impl Writer<'_> {
    pub(super) fn front_matter(&mut self, content: &BriefContent, exchange: &Exchange) {
        self.line("---");
        self.exchange(exchange);
        self.envelope(content);
        let sources = content.sources.iter().map(|source| (&source.id, self.source(source))).collect();
        self.parts("sources", sources);
        let actors = content.actors.iter().map(|actor| (&actor.id, self.actor(actor))).collect();
        self.parts("actors", actors);
        let places = content.places.iter().map(|place| (&place.id, self.place(place))).collect();
        self.parts("places", places);
        let domains = content.domains.iter().map(|domain| (&domain.id, self.domain(domain))).collect();
        self.parts("domains", domains);
        self.line("---");
    }

    fn exchange(&mut self, exchange: &Exchange) {
        if exchange.scheme != Scheme::Tlp {
            self.field("scheme", exchange.scheme.as_str());
        }
        self.field("brief", &exchange.brief);
        if exchange.revision > 0 {
            self.field("revision", &exchange.revision.to_string());
        }
        self.field("published", &exchange.published);
        self.field("creator", &exchange.creator);
        self.field("digest", &exchange.digest);
        self.field("etag", &exchange.etag);
    }

    fn envelope(&mut self, content: &BriefContent) {
        self.field("title", &content.title);
        self.field("subtitle", &content.subtitle);
        if !content.localized_titles.is_empty() {
            self.raw_field("titles", &localized(&content.localized_titles));
        }
        if content.kind() != BriefKind::Thematic {
            self.field("kind", &word(content.kind()));
        }
        if content.language != "en" {
            self.field("language", &content.language);
        }
        if let Some(subject) = &content.subject {
            self.raw_field("about", &list(&subject.entity_ids));
        }
        if let Some(as_of) = &content.as_of {
            let mut map = Map::default();
            map.text("date", &as_of.date);
            map.text("note", &as_of.note);
            let is_date = as_of.note.is_empty() && !as_of.date.is_empty();
            self.raw_field("as-of", &if is_date { scalar(&as_of.date) } else { map.written() });
        }
        self.field("marking", &content.default_marking);
        if !matches!(content.likelihood_scale(), LikelihoodScale::Unspecified | LikelihoodScale::Icd203) {
            self.field("scale", &word(content.likelihood_scale()));
        }
        if let Some(original) = &content.translation_of {
            let mut map = Map::default();
            map.text("brief", &original.brief_id);
            map.raw("revision", &original.revision.to_string());
            self.raw_field("translates", &map.written());
        }
        self.field("summary", &content.change_summary);
        for (key, texts) in [("tags", &content.tags), ("regions", &content.regions)] {
            if !texts.is_empty() {
                self.raw_field(key, &list(texts));
            }
        }
    }

    fn field(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.raw_field(key, &scalar(text));
        }
    }

    fn raw_field(&mut self, key: &str, written: &str) {
        self.line(&format!("{key}: {written}"));
    }

    fn parts(&mut self, key: &str, parts: Vec<(&String, Map)>) {
        if parts.is_empty() {
            return;
        }
        self.line(&format!("{key}:"));
        for (id, map) in parts {
            self.line(&format!("  {}: {}", scalar(id), map.written()));
        }
    }

    fn source(&self, source: &Source) -> Map {
        let mut map = Map::default();
        map.text("title", &source.title);
        map.text("short-title", &source.short_title);
        map.text("publisher", &source.publisher);
        map.text("date", &source.date);
        map.text("url", &source.url);
        map.text("accessed", &source.accessed);
        map.text("type", &specified(source.r#type(), SourceType::Unspecified));
        let reliability = specified(source.reliability(), SourceReliability::Unspecified);
        map.text("reliability", &reliability.to_ascii_uppercase());
        map.text("descriptor", &source.descriptor);
        map.text("marking", stated(&source.marking, self.floor));
        map
    }

    fn actor(&self, actor: &Actor) -> Map {
        let mut map = Map::default();
        map.text("name", &actor.name);
        map.text("short-name", &actor.short_name);
        map.text("kind", &specified(actor.kind(), ActorKind::Unspecified));
        add_labels(&mut map, &actor.labels);
        map.text("country-code", &actor.country_code);
        map.text("role", &actor.role);
        map.list("member-of", &actor.member_of);
        if let Some(period) = &actor.period {
            map.raw("period", &written_period(period));
        }
        map.text("successor-id", &actor.successor_id);
        map.text("place-id", &actor.place_id);
        map.text("note", &actor.note);
        map.text("marking", stated(&actor.marking, self.floor));
        map
    }

    fn place(&self, place: &Place) -> Map {
        let mut map = Map::default();
        map.text("name", &place.name);
        map.text("kind", &specified(place.kind(), PlaceKind::Unspecified));
        add_labels(&mut map, &place.labels);
        map.text("country-code", &place.country_code);
        for (key, degrees) in [("latitude-e6", place.latitude_e6), ("longitude-e6", place.longitude_e6)] {
            if let Some(degrees) = degrees {
                map.raw(key, &degrees.to_string());
            }
        }
        map.text("note", &place.note);
        map.text("marking", stated(&place.marking, self.floor));
        map
    }

    fn domain(&self, domain: &Domain) -> Map {
        let mut map = Map::default();
        map.text("name", &domain.name);
        map.text("section", &domain.section);
        map.text("trend", &specified(domain.trend(), Trend::Unspecified));
        map.text("why", &domain.why);
        map.text("marking", stated(&domain.marking, self.floor));
        map
    }
}

/// Returns the word of a value; empty for the unspecified one.
fn specified<W: Words>(value: W, unspecified: W) -> String {
    if value == unspecified { String::new() } else { word(value) }
}

fn add_labels(map: &mut Map, labels: &[LocalizedText]) {
    if !labels.is_empty() {
        map.raw("labels", &localized(labels));
    }
}

fn localized(texts: &[LocalizedText]) -> String {
    let mut map = Map::default();
    for text in texts {
        map.raw(&text.language, &scalar(&text.text));
    }
    map.written()
}

fn written_period(period: &Period) -> String {
    if period.label.is_empty() && !period.edtf.is_empty() {
        return scalar(&period.edtf);
    }
    let mut map = Map::default();
    map.text("edtf", &period.edtf);
    map.text("label", &period.label);
    map.written()
}
