//! `ToUnicode` maps (ISO 32000-1, 9.10.3) as the printer writes them: `bfchar` with two-byte codes.

/// Text by code.
#[derive(Debug, Default)]
pub(super) struct ToUnicode {
    by_code: Vec<Option<Box<str>>>,
}

impl ToUnicode {
    /// Parses a map; malformed entries are ignored.
    pub(super) fn parse(content: &[u8]) -> Self {
        let content = String::from_utf8_lossy(content);
        let mut map = Self::default();
        for block in content.split("beginbfchar").skip(1) {
            let block = block.split("endbfchar").next().unwrap_or_default();
            let mut strings = block.split('<').skip(1).filter_map(|rest| rest.split('>').next());
            while let (Some(code), Some(text)) = (strings.next(), strings.next()) {
                map.insert(code, text);
            }
        }
        map
    }

    fn insert(&mut self, code: &str, text: &str) {
        let Ok(code) = u16::from_str_radix(code, 16) else { return };
        let units: Option<Vec<u16>> = text
            .as_bytes()
            .chunks(4)
            .map(|unit| std::str::from_utf8(unit).ok().and_then(|unit| u16::from_str_radix(unit, 16).ok()))
            .collect();
        let text = units.and_then(|units| String::from_utf16(&units).ok());
        let at = usize::from(code);
        if self.by_code.len() <= at {
            self.by_code.resize(at + 1, None);
        }
        self.by_code[at] = text.map(Into::into);
    }

    /// Returns the text of a code.
    pub(super) fn text(&self, code: u16) -> Option<&str> {
        self.by_code.get(usize::from(code))?.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::ToUnicode;

    #[test]
    fn ligatures_and_characters_beyond_the_first_plane_are_read() {
        let map = ToUnicode::parse(b"2 beginbfchar\n<0001> <00660069>\n<0002> <D83DDE00>\nendbfchar\n");
        assert_eq!((map.text(1), map.text(2), map.text(3)), (Some("fi"), Some("\u{1F600}"), None));
    }
}
