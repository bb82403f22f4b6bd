//! Object streams (ISO 32000-1, 7.5.7).

use crate::file::inflate::Inflater;
use crate::file::sections::{Sections, StreamObject};
use crate::refusal::{Place, Refusal};
use crate::syntax::cursor::{Cursor, Mismatch};
use crate::syntax::fields::{Fields, Spacing};
use crate::syntax::value::{Reader, Value};

/// Maximum number of objects of an object stream.
const MOST_OBJECTS: usize = 1000;

/// The inflated object streams of a file, in its order.
pub(crate) struct Containers(Vec<Container>);

struct Container {
    number: u32,
    count: usize,
    first: usize,
    content: Vec<u8>,
}

/// An object of an object stream.
pub(crate) struct Contained<'a> {
    pub(crate) number: u32,
    pub(crate) container: u32,
    /// Its index in the object stream.
    pub(crate) index: usize,
    pub(crate) value: Value<'a>,
}

impl Containers {
    pub(crate) fn inflate(sections: &Sections, inflater: &mut Inflater) -> Result<Self, Refusal> {
        let streams = sections.streams.iter().filter(|stream| stream.has_type(b"ObjStm"));
        streams.map(|stream| Container::inflate(stream, inflater)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the content of an object stream.
    pub(crate) fn content(&self, number: u32) -> Option<&[u8]> {
        let index = self.0.binary_search_by_key(&number, |container| container.number);
        let known = index.ok().or_else(|| self.0.iter().position(|container| container.number == number));
        known.map(|index| self.0[index].content.as_slice())
    }

    /// Returns all objects. Each object stream has them one after the other in the stated order.
    pub(crate) fn objects<'a>(&'a self, reader: &mut Reader<'a>) -> Result<Vec<Contained<'a>>, Refusal> {
        let mut all = Vec::with_capacity(self.0.iter().map(|container| container.count).sum());
        for container in &self.0 {
            container.objects(&mut all, reader)?;
        }
        Ok(all)
    }
}

impl Container {
    fn inflate(stream: &StreamObject, inflater: &mut Inflater) -> Result<Self, Refusal> {
        let place = stream.place();
        let mut fields = Fields::of(&stream.dict, Spacing::Own, &place);
        fields.exactly("Type", "ObjStm")?;
        let (count, first) = (fields.count("N")?, fields.count("First")?);
        fields.exactly("Filter", "FlateDecode")?;
        fields.count("Length")?;
        fields.end()?;
        if count == 0 || count > MOST_OBJECTS {
            return Err(Refusal::new(
                "OBJECT_STREAM",
                place,
                "an object stream is empty or has too many objects",
            ));
        }
        let content = inflater.inflate(stream.data, &place)?;
        Ok(Self { number: stream.number, count, first, content })
    }

    fn objects<'a>(&'a self, all: &mut Vec<Contained<'a>>, reader: &mut Reader<'a>) -> Result<(), Refusal> {
        let place = Place::Object(self.number);
        let wrong = |what: &'static str| Refusal::new("OBJECT_STREAM", place.clone(), what);
        let offsets = self.offsets().map_err(|mismatch| wrong(mismatch.reason))?;
        let mut cursor = Cursor::new(&self.content).from(self.first);
        for (index, (number, offset)) in offsets.into_iter().enumerate() {
            if cursor.position().checked_sub(self.first) != Some(offset) {
                return Err(wrong("an object does not lie where its object stream says"));
            }
            let place = Place::Object(number);
            let value = reader
                .value(&mut cursor)
                .map_err(|mismatch| Refusal::new(mismatch.code, place.clone(), mismatch.reason))?;
            if !cursor.skip(b"\n") {
                let code = if cursor.peek() == Some(b'%') { "COMMENT" } else { "GAP" };
                return Err(Refusal::new(code, place, "something follows an object in its object stream"));
            }
            all.push(Contained { number, container: self.number, index, value });
        }
        if cursor.is_at_end() {
            Ok(())
        } else {
            Err(Refusal::new("GAP", place, "an object stream has bytes at its end"))
        }
    }

    fn offsets(&self) -> Result<Vec<(u32, usize)>, Mismatch> {
        let mut cursor = Cursor::new(&self.content);
        let mut offsets = Vec::with_capacity(self.count);
        for _ in 0..self.count {
            let number = u32::try_from(cursor.count()?).ok().filter(|number| *number > 0);
            let number = number.ok_or(cursor.mismatch("an object has no number"))?;
            cursor.expect(b" ", "a space is missing")?;
            offsets.push((number, cursor.count()?));
            cursor.expect(b" ", "a space is missing")?;
        }
        if cursor.position() == self.first {
            Ok(offsets)
        } else {
            Err(cursor.mismatch("the first object does not follow the numbers"))
        }
    }
}
