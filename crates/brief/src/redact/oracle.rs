//! A naive second implementation of redaction on JSON, which reapplies all rules until nothing changes. Shares no code
//! with the implementation that it checks, not even the list of fields.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::BriefContent;
use chancery_proto::json;
use serde_json::{Map, Value};

use crate::marking::{Clearance, Rank, Scheme};

const LISTS: [&str; 12] = [
    "entityIds",
    "regions",
    "restsOn",
    "statementIds",
    "actorIds",
    "placeIds",
    "memberOf",
    "indicatorIds",
    "replacedBy",
    "sourceIds",
    "evidenceIds",
    "highlightIds",
];
const OPTIONAL: [&str; 6] = ["domain", "section", "successorId", "placeId", "sourceId", "revisesId"];
const REQUIRED: [&str; 4] = ["fromId", "toId", "statementId", "partId"];

pub(super) fn value(content: &BriefContent) -> Value {
    serde_json::from_str(&json::to_string_pretty(content)).unwrap()
}

/// Returns the edition under OMIT, without empty lists and texts.
pub(super) fn edition(full: &Value, scheme: Scheme, clearance: Clearance) -> Value {
    let referred = references(full);
    let every_id = ids(full);
    let mut content = full.clone();
    loop {
        let before = content.clone();
        let look = Look {
            scheme,
            clearance,
            referred: &referred,
            every_id: &every_id,
            ids: ids(&content),
            references: references(&content),
            drawn: drawn(&content),
        };
        look.prune("", &mut content);
        if content == before {
            break;
        }
    }
    quotes(&mut content, scheme, clearance);
    let banner = scheme.label(banner(&content, scheme));
    content["marking"] = banner.into();
    content
}

struct Look<'a> {
    scheme: Scheme,
    clearance: Clearance,
    referred: &'a BTreeSet<String>,
    every_id: &'a BTreeSet<String>,
    ids: BTreeSet<String>,
    references: BTreeSet<String>,
    drawn: BTreeSet<&'static str>,
}

/// Returns the kinds of figures that have something to draw.
fn drawn(content: &Value) -> BTreeSet<&'static str> {
    let kinds = [
        ("FIGURE_KIND_TIMELINE", count(content, &["events"]) > 0),
        ("FIGURE_KIND_ACTOR_NETWORK", count(content, &["relationships"]) > 0),
        ("FIGURE_KIND_DOMAIN_TRENDS", count(content, &["domains"]) > 0),
        ("FIGURE_KIND_LIKELIHOODS", has_likelihood(content)),
        ("FIGURE_KIND_ATTACHMENT", true),
    ];
    kinds.into_iter().filter(|(_, has_data)| *has_data).map(|(kind, _)| kind).collect()
}

/// Returns whether a judgment or a statement that still holds has a likelihood.
fn has_likelihood(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_likelihood),
        Value::Object(fields) => {
            let status = fields.get("status").and_then(Value::as_str).unwrap_or_default();
            let holds = !["STATEMENT_STATUS_SUPERSEDED", "STATEMENT_STATUS_WITHDRAWN"].contains(&status);
            holds && fields.contains_key("likelihood") || fields.values().any(has_likelihood)
        }
        _ => false,
    }
}

impl Look<'_> {
    fn prune(&self, key: &str, value: &mut Value) {
        match value {
            Value::Array(items) => {
                items.retain_mut(|item| {
                    let before = item.clone();
                    self.prune(key, item);
                    self.keeps(key, &before, item)
                });
            }
            Value::Object(fields) => {
                for (name, inner) in fields.iter_mut() {
                    self.prune(name, inner);
                }
                if key == "items" && fields.get("list").is_some_and(|list| count(list, &["items"]) == 0) {
                    fields.remove("list");
                }
                let gone = |id: &str| self.every_id.contains(id) && !self.ids.contains(id);
                fields.retain(|name, inner| {
                    !(OPTIONAL.contains(&name.as_str())
                        && inner.as_str().is_some_and(gone)
                        && key != "citations")
                        && inner.as_array().is_none_or(|items| !items.is_empty())
                });
            }
            _ => {}
        }
    }

    fn keeps(&self, key: &str, before: &Value, after: &Value) -> bool {
        let Some(part) = after.as_object() else {
            return !LISTS.contains(&key) || self.ids.contains(after.as_str().unwrap());
        };
        let text = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
        if part.contains_key("marking") && !self.clearance.reads(self.scheme.rank(text("marking")).unwrap()) {
            return false;
        }
        let lost_all = |fields: &[&str]| count(before, fields) > 0 && count(after, fields) == 0;
        match key {
            "spans" => text("target").strip_prefix('#').is_none_or(|id| self.ids.contains(id)),
            "citations" => self.ids.contains(text("sourceId")),
            "keyJudgments" => !lost_all(&["restsOn"]) && !lost_all(&["statements"]),
            "factors" | "scenarios" | "assumptions" | "dissents" => !lost_all(&["statementIds"]),
            "relationships" => {
                !lost_all(&["statementIds"])
                    && self.ids.contains(text("fromId"))
                    && self.ids.contains(text("toId"))
            }
            "events" => !lost_all(&["statementIds", "sourceIds"]),
            "changes" => {
                let gone = |id: &str| self.every_id.contains(id) && !self.ids.contains(id);
                !lost_all(&["evidenceIds"]) && !gone(text("statementId")) && !gone(text("partId"))
            }
            "sections" => !lost_all(&["blocks", "sections"]),
            "blocks" => {
                let lost_sentences = ["paragraph", "callout", "quote"].iter().any(|kind| {
                    let (Some(before), Some(after)) = (before.get(kind), after.get(kind)) else {
                        return false;
                    };
                    count(before, &["statements"]) > 0 && count(after, &["statements"]) == 0
                });
                let is_empty = ["list", "table"]
                    .iter()
                    .any(|kind| after.get(kind).is_some_and(|block| count(block, &["items", "rows"]) == 0));
                let draws_nothing = after
                    .get("figure")
                    .is_some_and(|figure| !self.drawn.contains(figure["kind"].as_str().unwrap()));
                !lost_sentences && !is_empty && !draws_nothing
            }
            "items" => count(after, &["statements"]) > 0 || after.get("list").is_some(),
            "sources" | "actors" | "places" | "domains" => {
                !self.referred.contains(text("id")) || self.references.contains(text("id"))
            }
            _ => true,
        }
    }
}

fn count(value: &Value, fields: &[&str]) -> usize {
    fields.iter().filter_map(|field| value.get(field)?.as_array()).map(Vec::len).sum()
}

fn objects(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, visit)),
        Value::Object(fields) => {
            visit(fields);
            fields.values().for_each(|inner| objects(inner, visit));
        }
        _ => {}
    }
}

pub(super) fn ids(content: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    objects(content, &mut |fields| ids.extend(fields.get("id").and_then(Value::as_str).map(str::to_owned)));
    ids
}

/// Returns the references of an object, without those of its children.
pub(super) fn references_of(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in fields {
        if LISTS.contains(&name.as_str()) {
            let targets = value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
            found.extend(targets.map(|target| (name.clone(), target)));
        } else if let Some(target) = value.as_str() {
            let link = if name == "target" { target.strip_prefix('#') } else { None };
            let single = OPTIONAL.contains(&name.as_str()) || REQUIRED.contains(&name.as_str());
            found.extend(link.or(single.then_some(target)).map(|target| (name.clone(), target.to_owned())));
        }
    }
    found
}

fn references(content: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    objects(content, &mut |fields| found.extend(references_of(fields).into_iter().map(|(_, target)| target)));
    found
}

fn quotes(content: &mut Value, scheme: Scheme, clearance: Clearance) {
    let mut parts = BTreeMap::new();
    objects(content, &mut |fields| {
        if let (Some(id), Some(marking)) = (fields.get("id"), fields.get("marking")) {
            parts.insert(id.to_string(), scheme.rank(marking.as_str().unwrap()).unwrap());
        }
    });
    let Some(changes) = content.get_mut("changes").and_then(Value::as_array_mut) else { return };
    for change in changes {
        let rank = |label: &Value| scheme.rank(label.as_str().unwrap()).unwrap();
        if !clearance.reads(rank(&change["wasMarking"])) {
            let subject = change.get("statementId").or_else(|| change.get("partId")).unwrap();
            let own = rank(&change["marking"]);
            let higher = parts.get(&subject.to_string()).map_or(own, |part| own.max(*part));
            change["wasMarking"] = scheme.label(higher).into();
            change.as_object_mut().unwrap().remove("was");
        }
    }
}

fn banner(content: &Value, scheme: Scheme) -> Rank {
    let mut highest = scheme.rank(content["defaultMarking"].as_str().unwrap()).unwrap();
    let mut inner = content.clone();
    inner.as_object_mut().unwrap().remove("marking");
    objects(&inner, &mut |fields| {
        let quoted = fields.get("wasMarking").filter(|_| fields.contains_key("was"));
        for label in fields.get("marking").into_iter().chain(quoted) {
            highest = highest.max(scheme.rank(label.as_str().unwrap()).unwrap());
        }
    });
    highest
}

/// Returns every text of the content.
pub(super) fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|inner| texts(inner, found)),
        Value::String(text) => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

/// Returns every object with an id, with its own references.
pub(super) fn holders(value: &Value, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    objects(value, &mut |fields| {
        if let Some(id) = fields.get("id").and_then(Value::as_str) {
            visit(id, fields);
        }
    });
}

/// Returns the path of the first difference between two values.
pub(super) fn difference(one: &Value, other: &Value, path: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
            let null = Value::Null;
            names.into_iter().find_map(|name| {
                let (left, right) = (left.get(name).unwrap_or(&null), right.get(name).unwrap_or(&null));
                difference(left, right, &format!("{path}.{name}"))
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let pairs = left.iter().zip(right).enumerate();
            pairs
                .into_iter()
                .find_map(|(index, (left, right))| difference(left, right, &format!("{path}[{index}]")))
        }
        _ => (one != other).then(|| format!("{path}: {one} against {other}")),
    }
}
