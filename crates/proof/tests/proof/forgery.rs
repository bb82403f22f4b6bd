//! Takes a print apart, and puts it together again with a change: with lengths, offsets, cross-references and identifier
//! that are right for the changed file, so that only the rule that the change breaks can refuse it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use sha2::{Digest as _, Sha256};

/// A file in parts.
#[derive(Clone)]
pub(crate) struct Forgery {
    pub(crate) parts: Vec<Part>,
    /// Entries of the trailer before the identifier: `/Root 5 0 R/Info 6 0 R`.
    pub(crate) trailer: String,
    cross_references: u32,
}

/// An object of the file's body.
#[derive(Clone)]
pub(crate) enum Part {
    /// A stream: its dictionary without brackets and length, and its content.
    Stream { number: u32, entries: String, content: Vec<u8>, is_deflated: bool },
    /// An object stream.
    Objects { number: u32, objects: Vec<(u32, Vec<u8>)> },
}

impl Forgery {
    /// Takes a print apart.
    pub(crate) fn of(pdf: &[u8]) -> Self {
        let mut parts = Vec::new();
        let mut at = 15;
        loop {
            let rest = &pdf[at..];
            let head = find(rest, b" 0 obj\n").unwrap();
            let number: u32 = text(&rest[..head]).parse().unwrap();
            let begin = head + 7;
            let end = begin + find(&rest[begin..], b"\nstream\n").unwrap();
            let dict = text(&rest[begin..end]);
            let (entries, length) = dict[2..dict.len() - 2].rsplit_once("/Length ").unwrap();
            let length: usize = length.parse().unwrap();
            let data = &rest[end + 8..end + 8 + length];
            at += end + 8 + length + b"\nendstream\nendobj\n".len();
            if entries.starts_with("/Type/XRef") {
                let trailer = &entries[entries.find("/Root").unwrap()..entries.find("/W [").unwrap()];
                return Self { parts, trailer: trailer.to_owned(), cross_references: number };
            }
            let is_deflated = entries.ends_with("/Filter/FlateDecode");
            let content = if is_deflated { inflated(data) } else { data.to_vec() };
            parts.push(if entries.starts_with("/Type/ObjStm") {
                Part::Objects { number, objects: objects(entries, &content) }
            } else {
                Part::Stream { number, entries: entries.to_owned(), content, is_deflated }
            });
        }
    }

    /// Puts the file together.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let size = self.cross_references as usize + 1;
        let mut rows: Vec<(u8, u32, u16)> = vec![(0, 0, u16::MAX); size];
        for part in &self.parts {
            let offset = u32::try_from(file.len()).unwrap();
            match part {
                Part::Stream { number, entries, content, is_deflated } => {
                    rows[*number as usize] = (1, offset, 0);
                    let data = if *is_deflated { deflated(content) } else { content.clone() };
                    stream(&mut file, *number, entries, &data);
                }
                Part::Objects { number, objects } => {
                    rows[*number as usize] = (1, offset, 0);
                    let (mut head, mut body) = (String::new(), Vec::new());
                    for (index, (id, object)) in objects.iter().enumerate() {
                        rows[*id as usize] = (2, *number, u16::try_from(index).unwrap());
                        write!(head, "{id} {} ", body.len()).unwrap();
                        body.extend_from_slice(object);
                    }
                    let entries =
                        format!("/Type/ObjStm/N {}/First {}/Filter/FlateDecode", objects.len(), head.len());
                    stream(&mut file, *number, &entries, &deflated(&[head.as_bytes(), &body].concat()));
                }
            }
        }
        let offset = file.len();
        rows[self.cross_references as usize] = (1, u32::try_from(offset).unwrap(), 0);
        let mut table = Vec::new();
        let mut above = [0_u8; 7];
        for (kind, middle, last) in rows {
            let row: Vec<u8> =
                [kind].into_iter().chain(middle.to_be_bytes()).chain(last.to_be_bytes()).collect();
            table.push(2);
            table.extend(row.iter().zip(above).map(|(now, before)| now.wrapping_sub(before)));
            above.copy_from_slice(&row);
        }
        let digest = Sha256::digest(&file);
        file.extend_from_slice(
            format!(
                "{} 0 obj\n<</Type/XRef/Size {size}{}/W [1 4 2]/ID [",
                self.cross_references, self.trailer
            )
            .as_bytes(),
        );
        let mut identifier = vec![b'('];
        for byte in &digest[..16] {
            match byte {
                b'(' | b')' | b'\\' => identifier.extend([b'\\', *byte]),
                b'\r' => identifier.extend(b"\\r"),
                _ => identifier.push(*byte),
            }
        }
        identifier.push(b')');
        file.extend_from_slice(&[identifier.clone(), b" ".to_vec(), identifier].concat());
        let data = deflated(&table);
        file.extend_from_slice(
            format!(
                "]/DecodeParms<</Predictor 12/Columns 7>>/Filter/FlateDecode/Length {}>>\nstream\n",
                data.len()
            )
            .as_bytes(),
        );
        file.extend_from_slice(&data);
        file.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{offset}\n%%EOF\n").as_bytes());
        file
    }

    /// Changes the first object that contains a text.
    pub(crate) fn replace(mut self, from: &str, to: &str) -> Self {
        let object = self.objects().find(|object| find(object, from.as_bytes()).is_some());
        let object = object.unwrap_or_else(|| panic!("no object has {from:?}"));
        replace(object, from, to);
        self
    }

    /// Changes the content of a page, from 0.
    pub(crate) fn content(mut self, page: usize, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let pages = self.parts.iter_mut().filter_map(|part| match part {
            Part::Stream { entries, content, .. } if entries == "/Filter/FlateDecode" && is_page(content) => {
                Some(content)
            }
            _ => None,
        });
        change(pages.collect::<Vec<_>>()[page]);
        self
    }

    /// Changes the content of the first stream whose entries contain a text.
    pub(crate) fn stream(mut self, entries: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let found = self.parts.iter_mut().find_map(|part| match part {
            Part::Stream { entries: own, content, .. } if own.contains(entries) => Some(content),
            _ => None,
        });
        change(found.unwrap_or_else(|| panic!("no stream has {entries:?}")));
        self
    }

    /// Adds an object before the last object stream's others; returns its number.
    pub(crate) fn add(&mut self, object: &str) -> u32 {
        let number = self.cross_references;
        self.cross_references += 1;
        let last = self.parts.iter_mut().rev().find_map(|part| match part {
            Part::Objects { objects, .. } => Some(objects),
            Part::Stream { .. } => None,
        });
        last.unwrap().push((number, format!("{object}\n").into_bytes()));
        number
    }

    /// Adds a stream at the end; returns its number.
    pub(crate) fn add_stream(&mut self, entries: &str, content: &[u8]) -> u32 {
        let number = self.cross_references;
        self.cross_references += 1;
        let is_deflated = entries.ends_with("/Filter/FlateDecode");
        self.parts.push(Part::Stream {
            number,
            entries: entries.to_owned(),
            content: content.to_vec(),
            is_deflated,
        });
        number
    }

    /// Swaps the texts of two letters of a font.
    pub(crate) fn swap_texts(&mut self) {
        let found = self.parts.iter_mut().find_map(|part| match part {
            Part::Stream { content, .. } if content.starts_with(b"/CIDInit") => Some(content),
            _ => None,
        });
        let map = found.unwrap();
        // "a" and "e" are in every text.
        let (a, e) = (find(map, b"> <0061>\n").unwrap() + 3, find(map, b"> <0065>\n").unwrap() + 3);
        map[a + 3] = b'5';
        map[e + 3] = b'1';
    }

    /// Swaps the areas of the first two links.
    pub(crate) fn swap_link_areas(&mut self) {
        let links: Vec<&mut Vec<u8>> =
            self.objects().filter(|object| object.starts_with(b"<</Subtype/Link/Rect[")).collect();
        let area = |object: &[u8]| {
            let end = find(object, b"]").unwrap();
            object[20..end].to_vec()
        };
        let areas: Vec<Vec<u8>> = links.iter().map(|object| area(object)).collect();
        let other = areas.iter().position(|other| other[1..4] != areas[0][1..4]).unwrap();
        for (index, object) in links.into_iter().enumerate() {
            let new = if index == 0 {
                &areas[other]
            } else if index == other {
                &areas[0]
            } else {
                continue;
            };
            object.splice(20..20 + areas[index].len(), new.iter().copied());
        }
    }

    /// Adds bytes after the last object of the first object stream.
    pub(crate) fn gap(mut self) -> Self {
        let found = self.parts.iter_mut().find_map(|part| match part {
            Part::Objects { objects, .. } => objects.last_mut(),
            Part::Stream { .. } => None,
        });
        found.unwrap().1.extend_from_slice(b"hidden\n");
        self
    }

    /// Adds to the forms and images of the pages' resources.
    pub(crate) fn replace_in_resources(mut self, ending: &str) -> Self {
        let object = self.objects().find(|object| object.starts_with(b"<</Font ")).unwrap();
        let at = object.windows(4).rposition(|window| window == b">>>>").unwrap();
        object.splice(at..at + 2, ending.bytes());
        self
    }

    fn objects(&mut self) -> impl Iterator<Item = &mut Vec<u8>> {
        self.parts.iter_mut().flat_map(|part| match part {
            Part::Objects { objects, .. } => objects.iter_mut().map(|(_, object)| object).collect(),
            Part::Stream { .. } => Vec::new(),
        })
    }
}

/// Replaces the first occurrence of a text.
pub(crate) fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let at = find(bytes, from.as_bytes()).unwrap_or_else(|| panic!("{from:?} does not occur"));
    bytes.splice(at..at + from.len(), to.bytes());
}

/// Returns the position of a text.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

fn is_page(content: &[u8]) -> bool {
    content.starts_with(b"/Artifact") || find(content, b"BDC\n").is_some()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect())
}

fn objects(entries: &str, content: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let first: usize = entries.split("/First ").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let head = text(&content[..first]);
    let numbers: Vec<usize> = head.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let body = &content[first..];
    let ends = numbers.chunks(2).skip(1).map(|pair| pair[1]).chain([body.len()]);
    let pairs = numbers.chunks(2).zip(ends);
    pairs.map(|(pair, end)| (u32::try_from(pair[0]).unwrap(), body[pair[1]..end].to_vec())).collect()
}

fn stream(file: &mut Vec<u8>, number: u32, entries: &str, data: &[u8]) {
    file.extend_from_slice(
        format!("{number} 0 obj\n<<{entries}/Length {}>>\nstream\n", data.len()).as_bytes(),
    );
    file.extend_from_slice(data);
    file.extend_from_slice(b"\nendstream\nendobj\n");
}

/// Deflates as the printer does.
pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn inflated(data: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    flate2::read::ZlibDecoder::new(data).read_to_end(&mut content).unwrap();
    content
}
