//! The glyphs of a face, for readers of files: which texts a glyph can show, and which glyph an embedded subset has.
//!
//! A glyph shows the characters that `cmap` maps to it. `GSUB` replaces glyphs by others, which then show the same
//! characters: joined forms, ligatures, parts of a decomposed glyph. The closure over all lookups is a superset of what
//! shaping can make of a text.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use read_fonts::tables::gsub::{
    AlternateSubst, LigatureSubst, MultipleSubst, ReverseChainSingleSubst, SingleSubst,
    SubstitutionSubtables as Tables,
};
use read_fonts::tables::hmtx::Hmtx;
use read_fonts::tables::layout::CoverageTable;
use read_fonts::types::{BigEndian, GlyphId, GlyphId16, Tag};
use read_fonts::{FontRef, ReadError, TableProvider as _};

/// Maximum number of texts of a glyph, and of characters of a text.
const MOST_TEXTS: usize = 400;
const LONGEST_TEXT: usize = 24;
/// Maximum number of rounds over all substitutions; a chain of substitutions is shorter.
const ROUNDS: usize = 8;
/// Maximum depth of composite glyphs, and number of components of one at all its levels. Vendored faces have up to 4 levels.
const MAX_DEPTH: usize = 16;
const MOST_COMPONENTS: usize = 250;

/// The glyphs of a face.
#[derive(Debug, Default)]
pub struct FaceGlyphs {
    /// Texts by glyph, sorted.
    texts: Vec<Vec<Box<str>>>,
    by_outline: HashMap<u64, Vec<u16>>,
}

/// A substitution: each output shows the text of the inputs.
struct Substitution {
    inputs: Vec<u16>,
    outputs: Vec<u16>,
}

impl FaceGlyphs {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let Ok(font) = FontRef::new(bytes) else { return Self::default() };
        let count = font.maxp().map_or(0, |maxp| maxp.num_glyphs());
        let mut by_outline: HashMap<u64, Vec<u16>> = HashMap::new();
        if let Some(outlines) = Outlines::of(&font) {
            for glyph in 0..count {
                if let Some(outline) = outlines.hash(glyph) {
                    by_outline.entry(outline).or_default().push(glyph);
                }
            }
        }
        Self { texts: texts(&font, usize::from(count)).unwrap_or_default(), by_outline }
    }

    /// Returns the texts that a glyph can show, alone or as a part of a decomposed glyph.
    pub fn texts(&self, glyph: u16) -> &[Box<str>] {
        self.texts.get(usize::from(glyph)).map_or(&[], Vec::as_slice)
    }

    /// Returns the glyphs of the face with the outline and metrics of a glyph of an embedded subset.
    pub fn like(&self, subset: &EmbeddedFont, glyph: u16) -> &[u16] {
        let outline = subset.0.hash(glyph);
        outline.and_then(|outline| self.by_outline.get(&outline)).map_or(&[], Vec::as_slice)
    }
}

/// An embedded font program.
pub struct EmbeddedFont<'a>(Outlines<'a>);

impl<'a> EmbeddedFont<'a> {
    /// Reads a font program; `None` if it is not one.
    pub fn read(program: &'a [u8]) -> Option<Self> {
        Outlines::of(&FontRef::new(program).ok()?).map(Self)
    }
}

/// The tables that have the outlines and metrics of a font's glyphs.
struct Outlines<'a> {
    hmtx: Hmtx<'a>,
    loca: &'a [u8],
    glyf: &'a [u8],
    has_long_offsets: bool,
}

impl<'a> Outlines<'a> {
    fn of(font: &FontRef<'a>) -> Option<Self> {
        Some(Self {
            hmtx: font.hmtx().ok()?,
            loca: font.table_data(Tag::new(b"loca"))?.as_bytes(),
            glyf: font.table_data(Tag::new(b"glyf"))?.as_bytes(),
            has_long_offsets: font.head().ok()?.index_to_loc_format() != 0,
        })
    }

    /// Returns the hash of a glyph's outline and metrics. Components count by their outlines and not by their numbers,
    /// which a subset changes.
    fn hash(&self, glyph: u16) -> Option<u64> {
        self.nested_hash(glyph, MAX_DEPTH, &mut { MOST_COMPONENTS })
    }

    /// As [`Self::hash`], with the levels and the number of components that are left.
    fn nested_hash(&self, glyph: u16, levels: usize, left: &mut usize) -> Option<u64> {
        let levels = levels.checked_sub(1)?;
        let id = GlyphId::new(u32::from(glyph));
        let mut hasher = DefaultHasher::new();
        (self.hmtx.advance(id)?, self.hmtx.side_bearing(id)?).hash(&mut hasher);
        let data = self.data(glyph)?;
        if data.first().is_some_and(|byte| byte & 0x80 != 0) {
            let (data, components) = without_components(data)?;
            data.hash(&mut hasher);
            *left = left.checked_sub(components.len())?;
            for component in components {
                self.nested_hash(component, levels, left)?.hash(&mut hasher);
            }
        } else {
            trimmed(data).hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    fn data(&self, glyph: u16) -> Option<&'a [u8]> {
        let glyph = usize::from(glyph);
        self.glyf.get(self.offset(glyph)?..self.offset(glyph + 1)?)
    }

    fn offset(&self, index: usize) -> Option<usize> {
        if self.has_long_offsets {
            let bytes = self.loca.get(index * 4..index * 4 + 4)?;
            return usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok();
        }
        let bytes = self.loca.get(index * 2..index * 2 + 2)?;
        Some(usize::from(u16::from_be_bytes(bytes.try_into().ok()?)) * 2)
    }
}

/// Returns data without the zeros that pad it, as many as the table's format needs.
fn trimmed(data: &[u8]) -> &[u8] {
    let end = data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &data[..end]
}

/// Returns a composite glyph's data with the numbers of its components set to zero ("glyf" in OpenType), and these.
fn without_components(data: &[u8]) -> Option<(Vec<u8>, Vec<u16>)> {
    const WORDS: u16 = 1;
    const SCALE: u16 = 8;
    const MORE: u16 = 0x20;
    const TWO_SCALES: u16 = 0x40;
    const MATRIX: u16 = 0x80;
    let mut data = data.to_vec();
    let mut components = Vec::new();
    let mut at = 10;
    loop {
        let flags = u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?);
        let number = data.get_mut(at + 2..at + 4)?;
        components.push(u16::from_be_bytes([number[0], number[1]]));
        number.fill(0);
        (components.len() <= MOST_COMPONENTS).then_some(())?;
        at += 4 + if flags & WORDS != 0 { 4 } else { 2 };
        at += match () {
            () if flags & SCALE != 0 => 2,
            () if flags & TWO_SCALES != 0 => 4,
            () if flags & MATRIX != 0 => 8,
            () => 0,
        };
        if flags & MORE == 0 {
            data.truncate(at);
            return Some((data, components));
        }
    }
}

fn texts(font: &FontRef, count: usize) -> Option<Vec<Vec<Box<str>>>> {
    let mut texts: Vec<BTreeSet<String>> = vec![BTreeSet::new(); count];
    let cmap = font.cmap().ok()?;
    let (_, _, subtable) = cmap.best_subtable()?;
    for (code_point, glyph) in subtable.iter() {
        if let (Some(character), Some(texts)) =
            (char::from_u32(code_point), texts.get_mut(glyph.to_u32() as usize))
        {
            texts.insert(String::from(character));
        }
    }
    let substitutions = substitutions(font).unwrap_or_default();
    for _ in 0..ROUNDS {
        let mut has_changed = false;
        for substitution in &substitutions {
            has_changed |= apply(substitution, &mut texts);
        }
        if !has_changed {
            break;
        }
    }
    let boxed = |texts: BTreeSet<String>| texts.into_iter().map(String::into_boxed_str).collect();
    Some(texts.into_iter().map(boxed).collect())
}

/// Adds the texts of the inputs to the outputs; returns whether any is new.
fn apply(substitution: &Substitution, texts: &mut [BTreeSet<String>]) -> bool {
    let mut joined = vec![String::new()];
    for input in &substitution.inputs {
        let Some(own) = texts.get(usize::from(*input)) else { return false };
        let longer = joined.iter().flat_map(|before| own.iter().map(move |text| format!("{before}{text}")));
        joined = longer.filter(|text| text.chars().count() <= LONGEST_TEXT).take(MOST_TEXTS).collect();
    }
    let mut has_changed = false;
    for output in &substitution.outputs {
        let Some(own) = texts.get_mut(usize::from(*output)) else { continue };
        for text in &joined {
            has_changed |= own.len() < MOST_TEXTS && !own.contains(text) && own.insert(text.clone());
        }
    }
    has_changed
}

/// Returns all substitutions of `GSUB`; contextual lookups refer to others of them. Glyphs have 16-bit numbers: the
/// formats for more do not occur in faces that a PDF can embed.
fn substitutions(font: &FontRef) -> Option<Vec<Substitution>> {
    let mut found = Vec::new();
    for lookup in font.gsub().ok()?.lookup_list().ok()?.lookups().iter().flatten() {
        match lookup.subtables().ok()? {
            Tables::Single(tables) => tables.iter().flatten().for_each(|table| single(&table, &mut found)),
            Tables::Multiple(tables) => {
                for table in tables.iter().flatten() {
                    let MultipleSubst::Format1(table) = table else { continue };
                    for (input, sequence) in covered(table.coverage()).zip(table.sequences().iter().flatten())
                    {
                        found.push(Substitution {
                            inputs: vec![input],
                            outputs: numbers(sequence.substitute_glyph_ids()),
                        });
                    }
                }
            }
            Tables::Alternate(tables) => {
                for table in tables.iter().flatten() {
                    let AlternateSubst::Format1(table) = table else { continue };
                    for (input, set) in covered(table.coverage()).zip(table.alternate_sets().iter().flatten())
                    {
                        found.push(Substitution {
                            inputs: vec![input],
                            outputs: numbers(set.alternate_glyph_ids()),
                        });
                    }
                }
            }
            Tables::Ligature(tables) => {
                for table in tables.iter().flatten() {
                    let LigatureSubst::Format1(table) = table else { continue };
                    for (first, set) in covered(table.coverage()).zip(table.ligature_sets().iter().flatten())
                    {
                        for ligature in set.ligatures().iter().flatten() {
                            let mut inputs = vec![first];
                            inputs.extend(numbers(ligature.component_glyph_ids()));
                            let outputs = vec![ligature.ligature_glyph().to_u16()];
                            found.push(Substitution { inputs, outputs });
                        }
                    }
                }
            }
            Tables::Reverse(tables) => {
                for table in tables.iter().flatten() {
                    let ReverseChainSingleSubst::Format1(table) = table else { continue };
                    pairs(table.coverage(), table.substitute_glyph_ids(), &mut found);
                }
            }
            _ => {}
        }
    }
    Some(found)
}

fn single(table: &SingleSubst, found: &mut Vec<Substitution>) {
    match table {
        SingleSubst::Format1(table) => {
            let delta = table.delta_glyph_id();
            found.extend(covered(table.coverage()).map(|input| Substitution {
                inputs: vec![input],
                outputs: vec![input.wrapping_add_signed(delta)],
            }));
        }
        SingleSubst::Format2(table) => pairs(table.coverage(), table.substitute_glyph_ids(), found),
        _ => {}
    }
}

/// Adds the substitutions of covered glyphs, each by one glyph.
fn pairs(
    coverage: Result<CoverageTable, ReadError>,
    outputs: &[BigEndian<GlyphId16>],
    found: &mut Vec<Substitution>,
) {
    for (input, output) in covered(coverage).zip(numbers(outputs)) {
        found.push(Substitution { inputs: vec![input], outputs: vec![output] });
    }
}

fn covered(coverage: Result<CoverageTable, ReadError>) -> impl Iterator<Item = u16> {
    let glyphs: Vec<u16> = match coverage {
        Ok(coverage) => coverage.iter().filter_map(|glyph| u16::try_from(glyph.to_u32()).ok()).collect(),
        Err(_) => Vec::new(),
    };
    glyphs.into_iter()
}

fn numbers(glyphs: &[BigEndian<GlyphId16>]) -> Vec<u16> {
    glyphs.iter().map(|glyph| glyph.get().to_u16()).collect()
}
