//! Walks the objects from the trailer. Each object is reached once, so that at the end the others are known.

use std::collections::BTreeMap;

use crate::file::{Inflater, Object, Objects, StreamObject};
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::{Array, Value};

/// The objects of a file and which of them were reached.
pub(crate) struct Walk<'o, 'a> {
    objects: &'o Objects<'a>,
    reached: Vec<bool>,
    inflater: Inflater,
    inflated: BTreeMap<u32, Vec<u8>>,
}

impl<'o, 'a> Walk<'o, 'a> {
    pub(crate) fn new(objects: &'o Objects<'a>, inflater: Inflater) -> Self {
        Self { objects, reached: vec![false; objects.len()], inflater, inflated: BTreeMap::new() }
    }

    pub(crate) const fn objects(&self) -> &'o Objects<'a> {
        self.objects
    }

    /// Marks an object as reached. Objects that two places share are refused.
    fn reach(&mut self, id: u32) -> Result<&'o Object<'a>, Refusal> {
        let object = self.objects.get(id);
        match self.reached.get_mut(id as usize) {
            Some(reached) if !*reached && !matches!(object, Object::Free) => *reached = true,
            Some(true) => {
                return Err(Refusal::new(
                    "SHARED_OBJECT",
                    Place::Object(id),
                    "two places refer to the object",
                ));
            }
            _ => return Err(Refusal::new("MISSING_OBJECT", Place::Object(id), "the object does not exist")),
        }
        Ok(object)
    }

    /// Reaches an object that is not a stream.
    pub(crate) fn value(&mut self, id: u32) -> Result<&'o Value<'a>, Refusal> {
        match self.reach(id)? {
            Object::Value(value) => Ok(value),
            _ => Err(Refusal::new("OBJECT_KIND", Place::Object(id), "the object is a stream")),
        }
    }

    /// Reaches a dictionary that is not a stream.
    pub(crate) fn dict(&mut self, id: u32, spacing: Spacing) -> Result<Fields<'o, 'a>, Refusal> {
        let place = Place::Object(id);
        match self.value(id)? {
            Value::Dict(dict) => Ok(Fields::of(dict, spacing, &place)),
            _ => Err(Refusal::new("OBJECT_KIND", place, "the object is not a dictionary")),
        }
    }

    /// Reaches an array.
    pub(crate) fn array(&mut self, id: u32) -> Result<&'o Array<'a>, Refusal> {
        match self.value(id)? {
            Value::Array(array) => Ok(array),
            _ => Err(Refusal::new("OBJECT_KIND", Place::Object(id), "the object is not an array")),
        }
    }

    /// Reaches a stream.
    pub(crate) fn stream(&mut self, id: u32) -> Result<(&'o StreamObject<'a>, Fields<'o, 'a>), Refusal> {
        match self.reach(id)? {
            Object::Stream(stream) => {
                Ok((stream, Fields::of(&stream.dict, Spacing::Own, &Place::Object(id))))
            }
            _ => Err(Refusal::new("OBJECT_KIND", Place::Object(id), "the object is not a stream")),
        }
    }

    /// Reads the filter and the length, which end the dictionary of a deflated stream; inflates the stream.
    pub(crate) fn inflated(&mut self, stream: &StreamObject, fields: Fields) -> Result<&[u8], Refusal> {
        deflated_end(fields)?;
        let content = self.inflater.inflate(stream.data, &stream.place())?;
        Ok(self.inflated.entry(stream.number).or_insert(content))
    }

    /// Returns all streams that were inflated, by their object numbers.
    pub(crate) fn take_inflated(&mut self) -> BTreeMap<u32, Vec<u8>> {
        std::mem::take(&mut self.inflated)
    }

    /// Refuses objects that were not reached; returns the inflater.
    pub(crate) fn end(self) -> Result<Inflater, Refusal> {
        let reached = |id: u32| self.reached.get(id as usize).copied().unwrap_or(false);
        let is_left = |(id, object): &(u32, &Object)| {
            !matches!(object, Object::Free | Object::Container) && !reached(*id)
        };
        match self.objects.numbered().find(is_left) {
            Some((id, _)) => {
                Err(Refusal::new("UNREACHABLE_OBJECT", Place::Object(id), "nothing refers to the object"))
            }
            None => Ok(self.inflater),
        }
    }
}

/// Reads the entries that end the dictionary of a deflated stream.
pub(crate) fn deflated_end(mut fields: Fields) -> Result<(), Refusal> {
    fields.exactly("Filter", "FlateDecode")?;
    fields.count("Length")?;
    fields.end()
}
