//! The fields of the front matter.

use chancery_proto::brief::v1::{
    Actor, ActorKind, AsOf, BriefContent, BriefKind, Domain, LikelihoodScale, LocalizedText, Period, Place,
    PlaceKind, Source, SourceReliability, SourceType, Subject, TranslationOf, Trend,
};

use super::lowering::Lowering;
use super::maps::{Map, entries};
use crate::code;
use crate::context::Exchange;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::paths::PathNode;
use crate::syntax::front_matter::FrontMatter;
use crate::syntax::yaml::{YamlNode, YamlValue};

impl Lowering<'_> {
    /// Reads the front matter into the content and the exchange.
    pub(super) fn front_matter(
        &mut self,
        front_matter: FrontMatter,
        content: &mut BriefContent,
        root: &mut PathNode,
    ) -> Exchange {
        let mut map = Map::new(front_matter.entries, "the front matter");
        let exchange = self.exchange(&mut map);
        self.envelope(&mut map, content, root);
        let diagnostics = &mut *self.diagnostics;
        content.tags = map.take_list("tags", "tags", root, diagnostics).unwrap_or_default();
        content.regions = map.take_list("regions", "regions", root, diagnostics).unwrap_or_default();
        content.change_summary = map.take_text("summary", "change_summary", root, diagnostics);
        if let Some(about) = map.take_list("about", "subject", root, diagnostics) {
            content.subject = Some(Subject { entity_ids: about });
        }
        content.sources = self.parts(map.take("sources"), "sources", root, Self::source);
        content.actors = self.parts(map.take("actors"), "actors", root, Self::actor);
        content.places = self.parts(map.take("places"), "places", root, Self::place);
        content.domains = self.parts(map.take("domains"), "domains", root, Self::domain);
        let reliabilities = content.sources.iter().map(|source| (source.id.clone(), source.reliability()));
        self.sources = reliabilities.collect();
        map.finish(self.diagnostics);
        exchange
    }

    fn exchange(&mut self, map: &mut Map) -> Exchange {
        // The record of a revision is no content: its ranges are not kept.
        let mut node = PathNode::default();
        map.take("scheme");
        let mut text = |key| map.take_text(key, "", &mut node, self.diagnostics);
        let (brief, published, creator) = (text("brief"), text("published"), text("creator"));
        let (digest, etag) = (text("digest"), text("etag"));
        let revision = map.take_number("revision", "", &mut node, self.diagnostics).unwrap_or_default();
        Exchange { scheme: self.scheme, brief, revision, published, creator, digest, etag }
    }

    fn envelope(&mut self, map: &mut Map, content: &mut BriefContent, root: &mut PathNode) {
        let diagnostics = &mut *self.diagnostics;
        content.title = map.take_text("title", "title", root, diagnostics);
        content.subtitle = map.take_text("subtitle", "subtitle", root, diagnostics);
        content.language = map.take_text("language", "language", root, diagnostics);
        if content.language.is_empty() {
            "en".clone_into(&mut content.language);
        }
        self.language.clone_from(&content.language);
        warn_of_language(&content.language, root, diagnostics);
        content.kind = map.take_word::<BriefKind>("kind", "kind", root, diagnostics);
        if content.kind == 0 {
            content.set_kind(BriefKind::Thematic);
        }
        content.likelihood_scale =
            map.take_word::<LikelihoodScale>("scale", "likelihood_scale", root, diagnostics);
        if content.likelihood_scale == 0 {
            content.set_likelihood_scale(LikelihoodScale::Icd203);
        }
        self.scale = content.likelihood_scale();
        content.default_marking = self.marking(map, "default_marking", root);
        content.localized_titles = self.localized(map.take("titles"), "localized_titles", root);
        content.as_of = self.as_of(map, root);
        content.translation_of = self.translation(map, root);
    }

    fn as_of(&mut self, map: &mut Map, root: &mut PathNode) -> Option<AsOf> {
        let written = map.take("as-of")?;
        let node = root.field("as_of", written.range);
        if let YamlValue::Text(date) = &written.value {
            node.set("date", written.range);
            return Some(AsOf { date: date.clone(), note: String::new() });
        }
        let mut map = Map::of(written, "as-of", self.diagnostics);
        let mut text = |key| map.take_text(key, key, node, self.diagnostics);
        let as_of = AsOf { date: text("date"), note: text("note") };
        map.finish(self.diagnostics);
        Some(as_of)
    }

    fn translation(&mut self, map: &mut Map, root: &mut PathNode) -> Option<TranslationOf> {
        let written = map.take("translates")?;
        let node = root.field("translation_of", written.range);
        let mut map = Map::of(written, "translates", self.diagnostics);
        let brief_id = map.take_text("brief", "brief_id", node, self.diagnostics);
        let revision = map.take_number("revision", "revision", node, self.diagnostics).unwrap_or_default();
        map.finish(self.diagnostics);
        Some(TranslationOf { brief_id, revision })
    }

    fn marking(&mut self, map: &mut Map, field: &'static str, node: &mut PathNode) -> String {
        let Some(written) = map.take_spanned("marking", self.diagnostics) else { return String::new() };
        node.set(field, written.range);
        self.label(&written)
    }

    /// Reads a map from languages to texts.
    fn localized(
        &mut self,
        written: Option<YamlNode>,
        field: &'static str,
        root: &mut PathNode,
    ) -> Vec<LocalizedText> {
        let Some(written) = written else { return Vec::new() };
        let mut list = PathNode::new(written.range);
        let mut texts = Vec::new();
        for (language, node) in entries(written, "a map of languages", self.diagnostics) {
            let mut path = PathNode::new(language.range.cover(node.range));
            path.set("language", language.range);
            path.set("text", node.range);
            list.push(path);
            let text = match node.value {
                YamlValue::Text(text) => text,
                YamlValue::List(_) | YamlValue::Map(_) => {
                    let message = "expected a text in this language";
                    self.diagnostics.error(code::INVALID_VALUE, node.range, message);
                    String::new()
                }
            };
            texts.push(LocalizedText { language: language.text, text });
        }
        root.add(field, list);
        texts
    }

    /// Reads a map from ids to parts.
    fn parts<T>(
        &mut self,
        written: Option<YamlNode>,
        field: &'static str,
        root: &mut PathNode,
        read: impl Fn(&mut Self, String, &mut Map, &mut PathNode) -> T,
    ) -> Vec<T> {
        let Some(written) = written else { return Vec::new() };
        let mut list = PathNode::new(written.range);
        let mut parts = Vec::new();
        for (id, node) in entries(written, field, self.diagnostics) {
            let mut path = PathNode::new(id.range.cover(node.range));
            path.set_id(&id.text, id.range);
            let mut map = Map::of(node, "the entry", self.diagnostics);
            parts.push(read(self, id.text, &mut map, &mut path));
            map.finish(self.diagnostics);
            list.push(path);
        }
        root.add(field, list);
        parts
    }

    fn source(&mut self, id: String, map: &mut Map, node: &mut PathNode) -> Source {
        let marking = self.marking(map, "marking", node);
        let is_rated = map.has("reliability");
        let reliability = self.reliability(map, node);
        if is_rated && reliability == 0 {
            self.misrated_sources.insert(id.clone());
        }
        let diagnostics = &mut *self.diagnostics;
        let r#type = map.take_word::<SourceType>("type", "type", node, diagnostics);
        let mut text = |key, field| map.take_text(key, field, node, diagnostics);
        Source {
            id,
            title: text("title", "title"),
            publisher: text("publisher", "publisher"),
            date: text("date", "date"),
            url: text("url", "url"),
            r#type,
            reliability,
            descriptor: text("descriptor", "descriptor"),
            marking,
            short_title: text("short-title", "short_title"),
            accessed: text("accessed", "accessed"),
        }
    }

    fn reliability(&mut self, map: &mut Map, node: &mut PathNode) -> i32 {
        map.take_word::<SourceReliability>("reliability", "reliability", node, self.diagnostics)
    }

    fn actor(&mut self, id: String, map: &mut Map, node: &mut PathNode) -> Actor {
        let marking = self.marking(map, "marking", node);
        let labels = self.localized(map.take("labels"), "labels", node);
        let period = self.part_period(map, node);
        let diagnostics = &mut *self.diagnostics;
        let kind = map.take_word::<ActorKind>("kind", "kind", node, diagnostics);
        let member_of = map.take_list("member-of", "member_of", node, diagnostics).unwrap_or_default();
        let mut text = |key, field| map.take_text(key, field, node, diagnostics);
        Actor {
            id,
            name: text("name", "name"),
            kind,
            short_name: text("short-name", "short_name"),
            labels,
            country_code: text("country-code", "country_code"),
            role: text("role", "role"),
            member_of,
            period,
            successor_id: text("successor-id", "successor_id"),
            place_id: text("place-id", "place_id"),
            note: text("note", "note"),
            marking,
        }
    }

    /// Reads a period: `{edtf, label}`, or a date.
    fn part_period(&mut self, map: &mut Map, node: &mut PathNode) -> Option<Period> {
        let written = map.take("period")?;
        let inner = node.field("period", written.range);
        if let YamlValue::Text(edtf) = &written.value {
            inner.set("edtf", written.range);
            return Some(Period { edtf: edtf.clone(), label: String::new() });
        }
        let mut map = Map::of(written, "period", self.diagnostics);
        let edtf = map.take_text("edtf", "edtf", inner, self.diagnostics);
        let label = map.take_text("label", "label", inner, self.diagnostics);
        map.finish(self.diagnostics);
        Some(Period { edtf, label })
    }

    fn place(&mut self, id: String, map: &mut Map, node: &mut PathNode) -> Place {
        let marking = self.marking(map, "marking", node);
        let labels = self.localized(map.take("labels"), "labels", node);
        let diagnostics = &mut *self.diagnostics;
        let kind = map.take_word::<PlaceKind>("kind", "kind", node, diagnostics);
        let latitude_e6 = map.take_number("latitude-e6", "latitude_e6", node, diagnostics);
        let longitude_e6 = map.take_number("longitude-e6", "longitude_e6", node, diagnostics);
        let mut text = |key, field| map.take_text(key, field, node, diagnostics);
        Place {
            id,
            name: text("name", "name"),
            kind,
            labels,
            country_code: text("country-code", "country_code"),
            latitude_e6,
            longitude_e6,
            note: text("note", "note"),
            marking,
        }
    }

    fn domain(&mut self, id: String, map: &mut Map, node: &mut PathNode) -> Domain {
        let marking = self.marking(map, "marking", node);
        let diagnostics = &mut *self.diagnostics;
        let trend = map.take_word::<Trend>("trend", "trend", node, diagnostics);
        let mut text = |key, field| map.take_text(key, field, node, diagnostics);
        Domain {
            id,
            name: text("name", "name"),
            section: text("section", "section"),
            trend,
            why: text("why", "why"),
            marking,
        }
    }
}

/// The tags of languages by their names, in English and their own.
const LANGUAGES: [(&str, &str); 12] = [
    ("english", "en"),
    ("persian", "fa"),
    ("farsi", "fa"),
    ("russian", "ru"),
    ("arabic", "ar"),
    ("french", "fr"),
    ("german", "de"),
    ("spanish", "es"),
    ("chinese", "zh"),
    ("turkish", "tr"),
    ("hebrew", "he"),
    ("ukrainian", "uk"),
];

/// Warns of a language whose tag starts with a word of more than three letters: it is well-formed, but no language has it,
/// and what depends on the language, such as the words of the print and the rules that read English, does not apply.
fn warn_of_language(language: &str, root: &PathNode, diagnostics: &mut Diagnostics) {
    /// Longest code of a language.
    const LONGEST: usize = 3;
    let name = language.split('-').next().unwrap_or_default();
    if name.len() <= LONGEST || !name.is_ascii() {
        return;
    }
    let range = root.range_of("language");
    let message = format!(
        "{language:?} is the code of no language: write one such as en, fa or ru, or no language for English"
    );
    let warning = Diagnostic::warning(code::DOUBTFUL_LANGUAGE, range, message);
    let tag = LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, tag)| *tag);
    diagnostics.push(match tag {
        Some(tag) => warning.with_fix(range, tag),
        None => warning,
    });
}
