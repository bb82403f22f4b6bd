//! All objects of a file by number.

use crate::file::cross_references::{self, Location};
use crate::file::inflate::Inflater;
use crate::file::object_streams::Containers;
use crate::file::sections::{Sections, StreamObject};
use crate::refusal::{Place, Refusal};
use crate::syntax::value::{Reader, Value};

/// Maximum number of object numbers for each object.
const MOST_NUMBERS: usize = 4;

/// An object.
#[derive(Debug)]
pub(crate) enum Object<'a> {
    /// No object has the number.
    Free,
    /// A stream.
    Stream(&'a StreamObject<'a>),
    /// Any other object.
    Value(Value<'a>),
    /// An object stream or the cross-references.
    Container,
}

/// All objects.
#[derive(Debug)]
pub(crate) struct Objects<'a> {
    by_number: Vec<Object<'a>>,
    pub(crate) root: u32,
    pub(crate) info: u32,
}

impl<'a> Objects<'a> {
    /// Reads all objects, and checks the cross-references against them.
    pub(crate) fn read(
        bytes: &[u8],
        sections: &'a Sections<'a>,
        containers: &'a Containers,
        (inflater, reader): (&mut Inflater, &mut Reader<'a>),
    ) -> Result<Self, Refusal> {
        let end = &sections.cross_references;
        let trailer = cross_references::trailer(bytes, end)?;
        let contained = containers.objects(reader)?;
        // The printer reserves a few numbers for each page that it does not use.
        let most = (sections.streams.len() + contained.len()).saturating_mul(MOST_NUMBERS) + 64;
        if trailer.size > most {
            return Err(Refusal::new(
                "CROSS_REFERENCES",
                end.place(),
                "the file has too many object numbers",
            ));
        }
        let mut table = Table {
            by_number: std::iter::repeat_with(|| Object::Free).take(trailer.size).collect(),
            locations: vec![Location::Free; trailer.size],
        };
        for stream in &sections.streams {
            let object = if stream.has_type(b"ObjStm") { Object::Container } else { Object::Stream(stream) };
            table.add(stream.number, object, Location::Offset(stream.offset))?;
        }
        for object in contained {
            let location = Location::Compressed { container: object.container, index: object.index };
            table.add(object.number, Object::Value(object.value), location)?;
        }
        table.add(end.number, Object::Container, Location::Offset(end.offset))?;
        cross_references::check(end, &table.locations, inflater)?;
        Ok(Self { by_number: table.by_number, root: trailer.root, info: trailer.info })
    }

    /// Returns an object; a number beyond all is free.
    pub(crate) fn get(&self, number: u32) -> &Object<'a> {
        self.by_number.get(number as usize).unwrap_or(&Object::Free)
    }

    /// Returns the number of object numbers, 0 included.
    pub(crate) const fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Returns the numbers of all objects.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &Object<'a>)> {
        (0..).zip(&self.by_number)
    }
}

struct Table<'a> {
    by_number: Vec<Object<'a>>,
    locations: Vec<Location>,
}

impl<'a> Table<'a> {
    fn add(&mut self, number: u32, object: Object<'a>, location: Location) -> Result<(), Refusal> {
        let index = number as usize;
        let (Some(slot), Some(at)) = (self.by_number.get_mut(index), self.locations.get_mut(index)) else {
            return Err(Refusal::new(
                "CROSS_REFERENCES",
                Place::Object(number),
                "the object is not cross-referenced",
            ));
        };
        if !matches!(slot, Object::Free) {
            return Err(Refusal::new(
                "DUPLICATE_OBJECT",
                Place::Object(number),
                "two objects have one number",
            ));
        }
        (*slot, *at) = (object, location);
        Ok(())
    }
}
