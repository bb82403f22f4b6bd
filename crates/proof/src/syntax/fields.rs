//! Reads a dictionary's entries in the order in which the printer writes them. An entry that is left over is foreign.

use std::borrow::Cow;

use crate::refusal::{Place, Refusal};
use crate::syntax::value::{Array, Dict, Entry, Value};

/// White space between keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// A space only before values that begin with a letter or digit.
    Own,
    /// A space before every value: objects that the printer takes over from printpdf.
    Imported,
}

/// The entries of a dictionary that were not read yet.
#[derive(Clone)]
pub(crate) struct Fields<'v, 'a> {
    entries: &'v [Entry<'a>],
    spacing: Spacing,
    place: Place,
}

impl<'v, 'a> Fields<'v, 'a> {
    pub(crate) fn of(dict: &'v Dict<'a>, spacing: Spacing, place: &Place) -> Self {
        Self { entries: &dict.entries, spacing, place: place.clone() }
    }

    pub(crate) fn refusal(&self, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(code, self.place.clone(), message)
    }

    /// Returns whether the next entry has this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.first().is_some_and(|entry| entry.key == key.as_bytes())
    }

    /// Takes the value of the next entry, which must have this key, and a space before the value or none.
    fn take(&mut self, key: &str, is_spaced: impl FnOnce(&Value) -> bool) -> Result<&'v Value<'a>, Refusal> {
        let Some((entry, rest)) = self.entries.split_first() else {
            return Err(self.refusal("MISSING_KEY", format!("the key {key} is missing")));
        };
        if entry.key != key.as_bytes() {
            return Err(self.foreign(entry, &format!(" where {key} is expected")));
        }
        let is_spaced = self.spacing == Spacing::Imported || is_spaced(&entry.value);
        if entry.is_spaced != is_spaced {
            return Err(self.refusal("SPACING", format!("there is other white space after the key {key}")));
        }
        self.entries = rest;
        Ok(&entry.value)
    }

    fn foreign(&self, entry: &Entry, why: &str) -> Refusal {
        let key = String::from_utf8_lossy(entry.key);
        self.refusal("FOREIGN_KEY", format!("the printer does not write the key {key}{why}"))
    }

    fn wrong(&self, key: &str) -> Refusal {
        self.refusal("FOREIGN_VALUE", format!("the value of {key} is not one that the printer writes"))
    }

    /// Takes a value, with a space before it where its kind needs one.
    pub(crate) fn value(&mut self, key: &str) -> Result<&'v Value<'a>, Refusal> {
        self.take(key, needs_space)
    }

    /// Takes a value with a space before it.
    pub(crate) fn spaced(&mut self, key: &str) -> Result<&'v Value<'a>, Refusal> {
        self.take(key, |_| true)
    }

    /// Takes a value with a space before it unless it is an array.
    pub(crate) fn kids(&mut self, key: &str) -> Result<&'v Value<'a>, Refusal> {
        self.take(key, |value| !matches!(value, Value::Array(_)))
    }

    /// Takes a name.
    pub(crate) fn name(&mut self, key: &str) -> Result<&'a [u8], Refusal> {
        match self.value(key)? {
            Value::Name(name) => Ok(name),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes a name that must be this one.
    pub(crate) fn exactly(&mut self, key: &str, name: &str) -> Result<(), Refusal> {
        self.one_of(key, &[name]).map(drop)
    }

    /// Takes a name that must be one of these; returns it.
    pub(crate) fn one_of<'n>(&mut self, key: &str, names: &[&'n str]) -> Result<&'n str, Refusal> {
        let found = self.name(key)?;
        names.iter().copied().find(|name| name.as_bytes() == found).ok_or_else(|| self.wrong(key))
    }

    /// Takes a name that a function knows; returns what it knows.
    pub(crate) fn known<T>(
        &mut self,
        key: &str,
        find: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, Refusal> {
        find(self.name(key)?).ok_or_else(|| self.wrong(key))
    }

    /// Takes a value that must be this one.
    pub(crate) fn equal(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        if self.value(key)? == value { Ok(()) } else { Err(self.wrong(key)) }
    }

    /// Takes an integer.
    pub(crate) fn integer(&mut self, key: &str) -> Result<i64, Refusal> {
        match self.value(key)? {
            Value::Number(milli) if milli % 1000 == 0 => Ok(milli / 1000),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes a count.
    pub(crate) fn count(&mut self, key: &str) -> Result<usize, Refusal> {
        usize::try_from(self.integer(key)?).map_err(|_| self.wrong(key))
    }

    /// Takes a string.
    pub(crate) fn string(&mut self, key: &str) -> Result<&'v Cow<'a, [u8]>, Refusal> {
        match self.value(key)? {
            Value::String(string) => Ok(string),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes a string if the next entry has this key.
    pub(crate) fn optional_string(&mut self, key: &str) -> Result<Option<&'v Cow<'a, [u8]>>, Refusal> {
        if self.has(key) { self.string(key).map(Some) } else { Ok(None) }
    }

    /// Takes a reference.
    pub(crate) fn reference(&mut self, key: &str) -> Result<u32, Refusal> {
        match self.value(key)? {
            Value::Reference(id) => Ok(*id),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes a reference if the next entry has this key.
    pub(crate) fn optional_reference(&mut self, key: &str) -> Result<Option<u32>, Refusal> {
        if self.has(key) { self.reference(key).map(Some) } else { Ok(None) }
    }

    /// Takes an array.
    pub(crate) fn array(&mut self, key: &str) -> Result<&'v Array<'a>, Refusal> {
        match self.value(key)? {
            Value::Array(array) => Ok(array),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes an array with a space before it.
    pub(crate) fn spaced_array(&mut self, key: &str) -> Result<&'v Array<'a>, Refusal> {
        match self.spaced(key)? {
            Value::Array(array) => Ok(array),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes an array of references, separated by spaces.
    pub(crate) fn references(&mut self, key: &str) -> Result<Vec<u32>, Refusal> {
        let array = self.array(key)?;
        let ids: Option<Vec<u32>> = array.items.iter().map(reference).collect();
        ids.filter(|_| !array.begins_tight).ok_or_else(|| self.wrong(key))
    }

    /// Takes a rectangle in thousandths of a point: left, bottom, right, top.
    pub(crate) fn rectangle(&mut self, key: &str) -> Result<[i64; 4], Refusal> {
        let array = self.array(key)?;
        let edges: Option<Vec<i64>> = array.items.iter().map(number).collect();
        let edges = edges.filter(|_| !array.begins_tight).and_then(|edges| edges.try_into().ok());
        edges.ok_or_else(|| self.wrong(key))
    }

    /// Takes a dictionary.
    pub(crate) fn dict(&mut self, key: &str) -> Result<Self, Refusal> {
        match self.value(key)? {
            Value::Dict(dict) => Ok(Self::of(dict, self.spacing, &self.place)),
            _ => Err(self.wrong(key)),
        }
    }

    /// Takes a dictionary if the next entry has this key.
    pub(crate) fn optional_dict(&mut self, key: &str) -> Result<Option<Self>, Refusal> {
        if self.has(key) { self.dict(key).map(Some) } else { Ok(None) }
    }

    /// Takes all further entries, whose values must be references.
    pub(crate) fn named_references(&mut self) -> Result<Vec<(&'a [u8], u32)>, Refusal> {
        let mut all = Vec::with_capacity(self.entries.len());
        while let Some(entry) = self.entries.first() {
            let key = String::from_utf8_lossy(entry.key).into_owned();
            all.push((entry.key, self.reference(&key)?));
        }
        Ok(all)
    }

    /// Refuses further entries.
    pub(crate) fn end(self) -> Result<(), Refusal> {
        match self.entries.first() {
            Some(entry) => Err(self.foreign(entry, " here")),
            None => Ok(()),
        }
    }
}

/// Returns the number of a reference.
pub(crate) fn reference(value: &Value) -> Option<u32> {
    match value {
        Value::Reference(id) => Some(*id),
        _ => None,
    }
}

/// Returns a number in thousandths.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(milli) => Some(*milli),
        _ => None,
    }
}

const fn needs_space(value: &Value) -> bool {
    !matches!(value, Value::Name(_) | Value::String(_) | Value::Array(_) | Value::Dict(_))
}
