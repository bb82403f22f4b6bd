//! Languages of a brief, interned, with their shaping and hyphenation data.

/// A language of a [`Languages`] table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LanguageId(u16);

/// Interned languages.
#[derive(Debug, Default)]
pub struct Languages {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    tag: String,
    shaping: Option<harfrust::Language>,
    hyphenation: Option<hypher::Lang>,
}

impl Languages {
    /// Returns the number of a BCP 47 tag.
    pub fn id(&mut self, tag: &str) -> LanguageId {
        let known = self.entries.iter().position(|entry| entry.tag == tag);
        let index = known.unwrap_or_else(|| {
            self.entries.push(Entry::new(tag));
            self.entries.len() - 1
        });
        LanguageId(u16::try_from(index).unwrap_or(0))
    }

    /// Returns the BCP 47 tag.
    pub fn tag(&self, id: LanguageId) -> &str {
        self.entries.get(usize::from(id.0)).map_or("", |entry| &entry.tag)
    }

    pub(crate) fn shaping(&self, id: LanguageId) -> Option<&harfrust::Language> {
        self.entries.get(usize::from(id.0))?.shaping.as_ref()
    }

    pub(crate) fn hyphenation(&self, id: LanguageId) -> Option<hypher::Lang> {
        self.entries.get(usize::from(id.0))?.hyphenation
    }
}

impl Entry {
    fn new(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or("").to_ascii_lowercase();
        Self {
            tag: tag.to_owned(),
            shaping: harfrust::Language::new(tag),
            hyphenation: <[u8; 2]>::try_from(primary.as_bytes()).ok().and_then(hypher::Lang::from_iso),
        }
    }
}

/// Returns whether a language is written from right to left by default.
pub fn is_right_to_left(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or("").to_ascii_lowercase();
    if let Some(script) = parts.find(|part| part.len() == 4 && part.is_ascii()) {
        return matches!(script.to_ascii_lowercase().as_str(), "arab" | "hebr" | "thaa" | "syrc" | "nkoo");
    }
    matches!(primary.as_str(), "ar" | "fa" | "ur" | "ps" | "ckb" | "he" | "yi" | "dv" | "ug" | "sd")
}
