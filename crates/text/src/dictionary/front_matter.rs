//! The keys of the front matter and of the maps in it.

use chancery_brief::PartKind;
use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::{
    ActorKind, BriefKind, LikelihoodScale, PlaceKind, SourceReliability, SourceType, Trend,
};

use super::word_lists::{plain_words, words_of};
use super::{Key, Values, Word};

/// The front matter, or a map in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the keys")]
pub enum FrontMatterMap {
    /// The front matter itself.
    Root,
    AsOf,
    Translates,
    Source,
    Actor,
    Place,
    Domain,
    Period,
}

impl FrontMatterMap {
    /// Returns the map that the keys around it lead to; none for maps whose keys the author chooses.
    pub(crate) fn of_path(path: &[&str]) -> Option<Self> {
        Some(match path {
            [] => Self::Root,
            ["as-of"] => Self::AsOf,
            ["translates"] => Self::Translates,
            ["sources", _] => Self::Source,
            ["actors", _] => Self::Actor,
            ["places", _] => Self::Place,
            ["domains", _] => Self::Domain,
            ["actors", _, "period"] => Self::Period,
            _ => return None,
        })
    }
}

/// Lists the keys of the front matter or of a map in it.
pub fn front_matter_keys(map: FrontMatterMap) -> &'static [Key] {
    match map {
        FrontMatterMap::Root => ROOT,
        FrontMatterMap::AsOf => AS_OF,
        FrontMatterMap::Translates => TRANSLATES,
        FrontMatterMap::Source => SOURCE,
        FrontMatterMap::Actor => ACTOR,
        FrontMatterMap::Place => PLACE,
        FrontMatterMap::Domain => DOMAIN,
        FrontMatterMap::Period => PERIOD,
    }
}

fn schemes() -> Vec<Word> {
    plain_words(Scheme::ALL.map(Scheme::as_str))
}

/// Letters of the scale, in upper case as authors write them.
fn reliabilities() -> Vec<Word> {
    let letter = |word: Word| Word { word: word.word.to_ascii_uppercase(), ..word };
    words_of::<SourceReliability>().into_iter().map(letter).collect()
}

const ACTORS_AND_PLACES: &[PartKind] = &[PartKind::Actor, PartKind::Place];

const ROOT: &[Key] = &[
    Key::new("title", Values::Text, "BriefContent", "title"),
    Key::new("subtitle", Values::Text, "BriefContent", "subtitle"),
    Key::new("kind", Values::Words(words_of::<BriefKind>), "BriefContent", "kind"),
    Key::new("language", Values::Text, "BriefContent", "language"),
    Key::new("as-of", Values::Text, "BriefContent", "as_of"),
    Key::new("marking", Values::Marking, "BriefContent", "default_marking"),
    Key::explained("scheme", Values::Words(schemes), "Scheme of the markings; tlp unless written."),
    Key::new("scale", Values::Words(words_of::<LikelihoodScale>), "BriefContent", "likelihood_scale"),
    Key::new("about", Values::Ids(ACTORS_AND_PLACES), "BriefContent", "subject"),
    Key::new("titles", Values::Text, "BriefContent", "localized_titles"),
    Key::new("sources", Values::Text, "BriefContent", "sources"),
    Key::new("actors", Values::Text, "BriefContent", "actors"),
    Key::new("places", Values::Text, "BriefContent", "places"),
    Key::new("domains", Values::Text, "BriefContent", "domains"),
    Key::new("tags", Values::Text, "BriefContent", "tags"),
    Key::new("regions", Values::Ids(&[PartKind::Place]), "BriefContent", "regions"),
    Key::new("summary", Values::Text, "BriefContent", "change_summary"),
    Key::new("translates", Values::Text, "BriefContent", "translation_of"),
    Key::new("brief", Values::Text, "RevisionBody", "brief_id"),
    Key::new("revision", Values::Text, "RevisionBody", "revision"),
    Key::explained("published", Values::Text, "Time when the revision was published, RFC 3339."),
    Key::explained("creator", Values::Text, "Name of the publisher of the revision."),
    Key::explained("digest", Values::Text, "SHA-256 of the canonical revision."),
    Key::explained(
        "etag",
        Values::Text,
        "Etag of the draft that the text was exported from, which `draft set` checks.",
    ),
];

const AS_OF: &[Key] =
    &[Key::new("date", Values::Text, "AsOf", "date"), Key::new("note", Values::Text, "AsOf", "note")];

const TRANSLATES: &[Key] = &[
    Key::new("brief", Values::Text, "TranslationOf", "brief_id"),
    Key::new("revision", Values::Text, "TranslationOf", "revision"),
];

const SOURCE: &[Key] = &[
    Key::new("title", Values::Text, "Source", "title"),
    Key::new("publisher", Values::Text, "Source", "publisher"),
    Key::new("date", Values::Text, "Source", "date"),
    Key::new("type", Values::Words(words_of::<SourceType>), "Source", "type"),
    Key::new("reliability", Values::Words(reliabilities), "Source", "reliability"),
    Key::new("descriptor", Values::Text, "Source", "descriptor"),
    Key::new("url", Values::Text, "Source", "url"),
    Key::new("accessed", Values::Text, "Source", "accessed"),
    Key::new("short-title", Values::Text, "Source", "short_title"),
    Key::new("marking", Values::Marking, "Source", "marking"),
];

const ACTOR: &[Key] = &[
    Key::new("name", Values::Text, "Actor", "name"),
    Key::new("kind", Values::Words(words_of::<ActorKind>), "Actor", "kind"),
    Key::new("short-name", Values::Text, "Actor", "short_name"),
    Key::new("labels", Values::Text, "Actor", "labels"),
    Key::new("country-code", Values::Text, "Actor", "country_code"),
    Key::new("role", Values::Text, "Actor", "role"),
    Key::new("member-of", Values::Ids(&[PartKind::Actor]), "Actor", "member_of"),
    Key::new("period", Values::Text, "Actor", "period"),
    Key::new("successor-id", Values::Id(&[PartKind::Actor]), "Actor", "successor_id"),
    Key::new("place-id", Values::Id(&[PartKind::Place]), "Actor", "place_id"),
    Key::new("note", Values::Text, "Actor", "note"),
    Key::new("marking", Values::Marking, "Actor", "marking"),
];

const PLACE: &[Key] = &[
    Key::new("name", Values::Text, "Place", "name"),
    Key::new("kind", Values::Words(words_of::<PlaceKind>), "Place", "kind"),
    Key::new("labels", Values::Text, "Place", "labels"),
    Key::new("country-code", Values::Text, "Place", "country_code"),
    Key::new("latitude-e6", Values::Text, "Place", "latitude_e6"),
    Key::new("longitude-e6", Values::Text, "Place", "longitude_e6"),
    Key::new("note", Values::Text, "Place", "note"),
    Key::new("marking", Values::Marking, "Place", "marking"),
];

const DOMAIN: &[Key] = &[
    Key::new("name", Values::Text, "Domain", "name"),
    Key::new("section", Values::Id(&[PartKind::Section]), "Domain", "section"),
    Key::new("trend", Values::Words(words_of::<Trend>), "Domain", "trend"),
    Key::new("why", Values::Text, "Domain", "why"),
    Key::new("marking", Values::Marking, "Domain", "marking"),
];

const PERIOD: &[Key] =
    &[Key::new("edtf", Values::Text, "Period", "edtf"), Key::new("label", Values::Text, "Period", "label")];
