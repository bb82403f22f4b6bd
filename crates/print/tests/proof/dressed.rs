//! Valid briefs with an earlier revision, in texts of many scripts: the canaries of arbitrary briefs are replaced by
//! prose, empty fields are filled, and tables get columns of every type.

use chancery_brief::{Canonical, arbitrary, validate};
use chancery_proto::brief::v1::{
    BriefContent, ColumnType, Section, Table, TableCell, TableColumn, block::Kind,
};
use chancery_proto::descriptors;
use proptest::prelude::*;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as FieldKind, ReflectMessage, Value};
use unicode_normalization::UnicodeNormalization;

/// Maximum length of the texts of all fields but a statement's, in code points: the limit of titles.
const SHORT: usize = 300;

/// Fields that arbitrary briefs leave empty and that may have any text.
const FREE_TEXTS: [&str; 17] = [
    "subtitle",
    "why",
    "note",
    "origin",
    "publisher",
    "descriptor",
    "revision_note",
    "resolution_criteria",
    "if_wrong",
    "holder",
    "meaning",
    "item",
    "role",
    "short_name",
    "change_summary",
    "attribution",
    "label",
];

const DATES: [&str; 8] =
    ["2026-11-28", "2026-11", "1521~", "19XX", "2026-01/..", "../2025-12-31", "2026-03?", "2024-02/2025-03"];

const NUMBERS: [&str; 10] = [
    "1,234.5",
    "12.25\u{a0}%",
    "\u{2212}0.125",
    "1.2×10⁶",
    "$ 3\u{2013}5 bn",
    "<1 %",
    "n/a",
    "1\u{202f}044\u{202f}118\u{202f}546\u{202f}952",
    "۱٬۲۳۴٫۵",
    "",
];

const ADDRESSES: [&str; 3] = [
    "https://example.org/",
    "https://example.org/report%20of%202025/annex-b?q=a,b&page=12#_=_",
    "https://fa.wikipedia.org/wiki/%D8%B1%D8%B3%D8%A7%D9%86%D9%87%E2%80%8C%D9%87%D8%A7",
];

/// Texts that are hard to set, or that printers take for something else.
const ODD: [&str; 22] = [
    "\u{ad}",
    "\u{200b}\u{2060}",
    "soft\u{ad}hyphen\u{ad}ated\u{ad}",
    "a\u{301}\u{302}\u{303}\u{327} \u{301}\u{e33}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1ee}\u{1f1f7} \u{26a0}\u{fe0f} \u{1f1ee}",
    "\u{2067}روسیه (ایران)\u{2069} 2025\u{2013}2026",
    "\u{202e}reversed\u{202c} \u{202b}\u{2066}x\u{2069}\u{202c}",
    "12\u{a0}345\u{a0}678,90\u{a0}€ and \u{2212}0.125\u{a0}% of 5\u{202f}000\u{202f}km²",
    "See https://example.org/a-very-long-path/with_parts?and=queries&more=of,them#fragment there.",
    "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
    "\u{e000}\u{fffd}\u{f0000}",
    "\u{115f}\u{1160}\u{180e}\u{61c}\u{200e}\u{200f}",
    "\u{e0041}\u{1d173}\u{fff9}a\u{fffa}b\u{fffb}",
    "ﷺ ﷽ ㍿ﬃ ǆ",
    "\u{3000}full\u{3000}width\u{a0}\u{2003}spaces",
    "'\"<>&]]> \\(() %s {0} {} {name}",
    "[1] (2) #3 *4* _5_ \u{25a1}",
    "日本語 한국어 ភាសាខ្មែរ မြန်မာစာ",
    "\u{1d400}\u{1d7d8}\u{20bb7}",
    "10.000,5 million",
    "Ελληνικά, Türkçe, Tiếng Việt, Հայերեն",
    "2",
];

/// A brief and an earlier revision of it.
#[derive(Clone, Debug)]
pub(crate) struct Revisions {
    pub(crate) current: Canonical,
    pub(crate) earlier: Canonical,
}

/// Generates valid briefs with an earlier revision.
pub(crate) fn revisions() -> impl Strategy<Value = Revisions> {
    let language = prop::sample::select(vec!["en", "ru", "fa", "ar", "th", "de", "hi", "ur"]);
    let texts = language.prop_flat_map(|language| {
        (Just(language), prop::collection::vec(prose(language), 1..24), any::<u64>())
    });
    (arbitrary::revisions(), texts).prop_map(|((earlier, current), (language, prose, seed))| {
        let dressed = |written: &Canonical, revision: u64| {
            let mut dresser = Dresser { language, prose: &prose, seed, revision, drawn: 0 };
            let content = dresser.brief(written.content());
            validate::canonicalize(&content, written.scheme())
                .unwrap_or_else(|invalid| panic!("{:#?}", invalid.violations))
        };
        Revisions { current: dressed(&current, 2), earlier: dressed(&earlier, 1) }
    })
}

/// Generates texts that are mostly in a language.
fn prose(language: &str) -> impl Strategy<Value = String> {
    let sentence = match language {
        "ru" => "[А-Я][а-я]{2,14}( [а-я]{1,12}){0,24}\\.",
        "fa" | "ur" => "[آابپتجچحخدرزژسشصطعغفقکگلمنوهی]{2,9}([ \u{200c}][ابپتجدرسشکگلمنوهی]{1,9}){0,24}؟?",
        "ar" => "[ابتثجحخدذرزسشصضطظعغفقكلمنهوي]{2,9}( [ابتثجدرسشكلمنهوي]{1,9}[\u{64b}-\u{652}]?){0,24}\\.",
        "th" => "([ก-ฮ][ัิีึืุู]?[่้]?[ก-ฮ]?){1,60}",
        "hi" => "([क-ह][ा-ौ]?){1,8}( ([क-ह][ा-ौ]?्?){1,8}){0,16}।",
        _ => "[A-Z][a-z]{2,14}( [a-z]{1,12}){0,24}[.?]",
    };
    prop_oneof![
        8 => sentence,
        1 => "\\PC{0,60}",
        3 => prop::sample::select(ODD.to_vec()).prop_map(str::to_owned),
        1 => "[a-z]{40,300}",
        1 => "[a-z]{2,12}( [a-z]{2,12}){120,300}",
    ]
    .prop_map(|text| {
        let text: String = text.nfc().take(3_900).collect();
        // Validation refuses texts of nothing but white space.
        if text.trim().is_empty() { "Text".to_owned() } else { text }
    })
}

struct Dresser<'a> {
    language: &'a str,
    prose: &'a [String],
    seed: u64,
    revision: u64,
    /// Number of draws so far.
    drawn: u64,
}

impl Dresser<'_> {
    fn brief(&mut self, content: &BriefContent) -> BriefContent {
        let descriptor = descriptors::message("chancery.brief.v1.BriefContent").unwrap();
        let mut dynamic = DynamicMessage::decode(descriptor, content.encode_to_vec().as_slice()).unwrap();
        self.message(&mut dynamic);
        let mut content: BriefContent = dynamic.transcode_to().unwrap();
        self.language.clone_into(&mut content.language);
        content.sections.iter_mut().for_each(|section| self.section(section));
        content
    }

    fn message(&mut self, message: &mut DynamicMessage) {
        let descriptor = message.descriptor();
        let own = descriptor.name().to_owned();
        for field in descriptor.fields() {
            if message.has_field(&field) {
                self.value(&own, &field, message.get_field_mut(&field));
            } else if let Some(value) = self.filled(&own, &field) {
                message.set_field(&field, value);
            }
        }
        if own == "Statement" {
            let text = message.get_field_by_name("text").unwrap().as_str().unwrap_or_default().to_owned();
            let end = u32::try_from(text.chars().count()).unwrap();
            for span in message.get_field_by_name_mut("spans").unwrap().as_list_mut().unwrap() {
                span.as_message_mut().unwrap().set_field_by_name("end", Value::U32(end));
            }
        }
    }

    fn value(&mut self, own: &str, field: &FieldDescriptor, value: &mut Value) {
        match value {
            Value::Message(inner) => self.message(inner),
            Value::List(items) => items.iter_mut().for_each(|item| self.value(own, field, item)),
            Value::String(text) if text.starts_with("canary-") => {
                let is_long = own == "Statement" && field.name() == "text";
                *text = self.text_for(text, is_long);
            }
            _ => {}
        }
    }

    /// Returns a value for half of the empty fields that it knows.
    fn filled(&mut self, own: &str, field: &FieldDescriptor) -> Option<Value> {
        if self.draw(2) == 0 || field.is_list() {
            return None;
        }
        let one_of = |texts: &[&str], index: usize| Some(Value::String(texts[index].to_owned()));
        match (own, field.name()) {
            ("Event", "date") | ("Statement", "horizon") => one_of(&DATES, self.draw(DATES.len())),
            ("Source", "url") => one_of(&ADDRESSES, self.draw(ADDRESSES.len())),
            ("Source", "reliability" | "type") | ("Domain", "trend") => {
                let FieldKind::Enum(of) = field.kind() else { return None };
                Some(Value::EnumNumber(i32::try_from(1 + self.draw(of.values().len() - 1)).unwrap()))
            }
            ("Citation", "credibility") => Some(Value::U32(u32::try_from(self.draw(7)).unwrap())),
            (_, name) if FREE_TEXTS.contains(&name) && field.kind() == FieldKind::String => {
                let drawn = self.draw(1_000);
                Some(Value::String(self.text_for(&format!("{own}.{name}.{drawn}"), false)))
            }
            _ => None,
        }
    }

    fn section(&mut self, section: &mut Section) {
        for block in &mut section.blocks {
            if let Some(Kind::Table(table)) = &mut block.kind {
                self.table(table);
            }
        }
        section.sections.iter_mut().for_each(|section| self.section(section));
    }

    /// Adds up to eleven columns of any type.
    fn table(&mut self, table: &mut Table) {
        table.row_headers = self.draw(2) == 1;
        for column in 1..=self.draw(12) {
            let kinds = [ColumnType::Text, ColumnType::Number, ColumnType::Date];
            let kind = kinds[self.draw(kinds.len())];
            let heading = self.text_for(&format!("column {column}"), false);
            table.columns.push(TableColumn { heading, r#type: kind.into() });
            for row in &mut table.rows {
                let text = match kind {
                    ColumnType::Number => NUMBERS[self.draw(NUMBERS.len())].to_owned(),
                    ColumnType::Date => DATES[self.draw(DATES.len())].to_owned(),
                    _ => self.text_for(&format!("cell {column}"), false),
                };
                row.cells.push(TableCell { text });
            }
        }
    }

    /// Returns the prose of a key. One in four keys has another text in each revision.
    fn text_for(&self, key: &str, is_long: bool) -> String {
        let own = hash(key.as_bytes(), self.seed);
        let own = if own.is_multiple_of(4) { hash(&self.revision.to_be_bytes(), own) } else { own };
        let text = &self.prose[index(own >> 8, self.prose.len())];
        if is_long || text.chars().count() <= SHORT {
            text.clone()
        } else {
            text.chars().take(SHORT).collect()
        }
    }

    fn draw(&mut self, limit: usize) -> usize {
        self.drawn += 1;
        index(hash(&self.drawn.to_be_bytes(), self.seed) >> 8, limit)
    }
}

fn index(number: u64, limit: usize) -> usize {
    usize::try_from(number % u64::try_from(limit).unwrap()).unwrap()
}

/// FNV-1a.
fn hash(bytes: &[u8], seed: u64) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
