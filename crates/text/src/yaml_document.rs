//! YAML files with the fields of the JSON form: every value is a text, a number or a word by the type of its field, so that
//! `no`, `on` and `1991` are texts in a text field.

use chancery_proto::document::{Key, Node, Value};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::refusal;
use crate::range::TextRange;
use crate::syntax::values::quoted;
use crate::syntax::yaml::{DOCUMENT, YamlNode, YamlValue, read_map};
use crate::writer::yaml::scalar;

/// Longest list of short texts that is written in one line, in characters.
const LINE_WIDTH: usize = 100;

/// Texts that other readers of YAML take for a truth value or for none.
const RESERVED: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];

/// A YAML file as values.
#[derive(Debug, Clone)]
pub struct YamlReading {
    /// The values, without those that could not be read.
    pub document: Node,
    /// Problems of form in the order of the text: what is no YAML, aliases, anchors and tags.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of further problems, which are not listed.
    pub omitted: usize,
}

/// Reads the values of a YAML file. An error in one entry at the first column hides no error of another.
pub fn read_yaml(text: &str) -> YamlReading {
    let mut diagnostics = Diagnostics::default();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let range = TextRange::new(start, text.len());
    let entries = match refusal(text) {
        Some(refusal) => {
            diagnostics.push(refusal);
            Vec::new()
        }
        None => read_map(text, range, DOCUMENT, &mut diagnostics).0,
    };
    let entries = entries.into_iter().map(|(key, value)| {
        (Key { range: key.range.start..key.range.end, name: key.text }, converted(value))
    });
    let document = Node { range: start..text.len(), value: Value::Map(entries.collect()) };
    let (diagnostics, omitted) = diagnostics.finish();
    YamlReading { document, diagnostics, omitted }
}

fn converted(node: YamlNode) -> Node {
    let value = match node.value {
        YamlValue::Text(text) if node.is_plain => Value::Plain(text),
        YamlValue::Text(text) => Value::Text(text),
        YamlValue::List(items) => Value::List(items.into_iter().map(converted).collect()),
        YamlValue::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                (Key { range: key.range.start..key.range.end, name: key.text }, converted(value))
            });
            Value::Map(entries.collect())
        }
    };
    Node { range: node.range.start..node.range.end, value }
}

/// Writes values as YAML, in which texts that other readers could take for something else are quoted.
pub fn write_yaml(document: &Node) -> String {
    let mut yaml = String::new();
    match &document.value {
        Value::Map(entries) => write_map(entries, 0, &mut yaml),
        other => {
            yaml.push_str(&in_line(other).unwrap_or_default());
            yaml.push('\n');
        }
    }
    yaml
}

/// Writes the entries of a map, of which the first continues a line.
fn write_map(entries: &[(Key, Node)], depth: usize, yaml: &mut String) {
    for (index, (key, node)) in entries.iter().enumerate() {
        if index > 0 {
            indent(depth, yaml);
        }
        yaml.push_str(&scalar(&key.name));
        yaml.push(':');
        match (&node.value, in_line(&node.value)) {
            (_, Some(value)) => {
                yaml.push(' ');
                yaml.push_str(&value);
                yaml.push('\n');
            }
            (Value::Map(inner), None) => {
                yaml.push('\n');
                indent(depth + 1, yaml);
                write_map(inner, depth + 1, yaml);
            }
            (Value::List(items), None) => {
                yaml.push('\n');
                write_items(items, depth + 1, yaml);
            }
            _ => yaml.push('\n'),
        }
    }
}

fn write_items(items: &[Node], depth: usize, yaml: &mut String) {
    for item in items {
        indent(depth, yaml);
        yaml.push_str("- ");
        match (&item.value, in_line(&item.value)) {
            (_, Some(value)) => {
                yaml.push_str(&value);
                yaml.push('\n');
            }
            (Value::Map(inner), None) => write_map(inner, depth + 1, yaml),
            (Value::List(inner), None) => {
                yaml.push('\n');
                write_items(inner, depth + 1, yaml);
            }
            _ => yaml.push('\n'),
        }
    }
}

fn indent(depth: usize, yaml: &mut String) {
    yaml.extend(std::iter::repeat_n("  ", depth));
}

/// Returns a value that fits in the line of its key: a scalar, nothing, or a short list of scalars.
fn in_line(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(text) | Value::Plain(text) => Some(text.clone()),
        Value::Text(text) => Some(text_scalar(text)),
        Value::Map(entries) => entries.is_empty().then(|| "{}".to_owned()),
        Value::List(items) => {
            let is_scalar = |item: &Node| !matches!(item.value, Value::Map(_) | Value::List(_));
            if !items.iter().all(is_scalar) {
                return None;
            }
            let items: Option<Vec<String>> = items.iter().map(|item| in_line(&item.value)).collect();
            let line = format!("[{}]", items?.join(", "));
            (line.chars().count() <= LINE_WIDTH).then_some(line)
        }
    }
}

fn text_scalar(text: &str) -> String {
    let is_number_like = text.starts_with(|c: char| c.is_numeric() || matches!(c, '+' | '-' | '.'));
    let is_reserved = RESERVED.contains(&text.to_lowercase().as_str());
    if is_number_like || is_reserved { quoted(text) } else { scalar(text) }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::BriefContent;
    use chancery_proto::document::Node;
    use chancery_proto::message_reader::read_message;

    use super::{read_yaml, write_yaml};
    use crate::code;

    fn content(yaml: &str) -> BriefContent {
        let reading = read_yaml(yaml);
        assert_eq!(reading.diagnostics, []);
        read_message(&reading.document).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn values_have_the_types_of_their_fields() {
        let read = content(
            "title: no\ntags: [on, 1991, ~, \"null\"]\nkind: event\nsubtitle:\nscenarios:\n- id: y\n  percent: 60\n  \
             text: >\n    two\n    lines\nsections:\n  - {id: a, heading: A, blocks: [{list: {ordered: true, items: }}]}\n",
        );
        assert_eq!((read.title.as_str(), read.subtitle.as_str(), read.kind), ("no", "", 3));
        assert_eq!(read.tags, ["on", "1991", "~", "null"]);
        let scenario = &read.scenarios[0];
        assert_eq!((scenario.id.as_str(), scenario.percent, scenario.text.as_str()), ("y", 60, "two lines"));
    }

    #[test]
    fn aliases_tags_and_depth_are_refused_and_hide_nothing() {
        let codes =
            |yaml: &str| read_yaml(yaml).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
        assert_eq!(codes("title: &a x\nsubtitle: *a\nlanguage: !!str en\n"), [code::YAML_FEATURE; 3]);
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        assert!(codes(bomb).iter().all(|found| *found == code::YAML_FEATURE));
        assert_eq!(codes(&format!("tags: {}\n", "[".repeat(5_000))), [code::INVALID_YAML]);
        assert_eq!(codes("title: [a\nkind: {b\nsubtitle: x\n"), [code::INVALID_YAML; 2]);
        assert_eq!(codes("- a\n"), [code::INVALID_YAML]);
        assert_eq!(codes("title: a\0\n"), [code::NUL]);
    }

    #[test]
    fn a_duplicate_key_is_a_problem_of_the_reader() {
        let reading = read_yaml("title: a\nas_of: {date: 2026, date: 2027}\nasOf: {date: 2026}\n");
        let problems = read_message::<BriefContent>(&reading.document).unwrap_err();
        let paths: Vec<&str> = problems.listed.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["as_of.date", "asOf"]);
    }

    #[test]
    fn written_values_are_read_back() {
        let read = content(
            "title: \"Yes: 1\"\ntags: [\"no\", \"1991\", a b]\nscenarios:\n  - id: a\n    percent: 5\nactors:\n  - {id: b, kind: non-state-group}\n\
             sources:\n  - {id: s, reliability: B, date: 2026-11}\nregions: []\n",
        );
        let yaml = write_yaml(&Node::of_message(&read));
        let expected = "title: \"Yes: 1\"\nactors:\n  - id: b\n    kind: non-state-group\nsources:\n  - id: s\n    date: \"2026-11\"\n    \
             reliability: B\nscenarios:\n  - id: a\n    percent: 5\ntags: [\"no\", \"1991\", a b]\n";
        assert_eq!(yaml, expected);
        assert_eq!(content(&yaml), read);
    }
}
