//! Text of a page by marked-content sequence.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::readback::cmap::ToUnicode;
use crate::readback::text_strings::text_string;
use crate::readback::tokens::{Token, Tokens};

/// Text of a page.
#[derive(Debug, Default)]
pub(super) struct PageText {
    /// Text by MCID; `None` if the MCID does not occur.
    pub(super) by_mcid: Vec<Option<String>>,
    /// The text of each artifact.
    pub(super) artifacts: Vec<String>,
    /// Whether any text or painting is outside of all sequences, which no conforming page has.
    pub(super) unmarked: bool,
}

/// The fonts of a page by resource name.
pub(super) type Fonts = BTreeMap<Vec<u8>, Arc<ToUnicode>>;

/// Text of a page's forms by resource name.
pub(super) type Forms = BTreeMap<Vec<u8>, Arc<str>>;

/// Fonts and forms of a page's resources.
#[derive(Clone, Default)]
pub(super) struct Resources {
    pub(super) fonts: Fonts,
    pub(super) forms: Forms,
}

/// An open sequence.
struct Open {
    mcid: Option<usize>,
    is_artifact: bool,
    actual_text: Option<String>,
    text: String,
}

/// Reads a content stream.
pub(super) fn read(content: &[u8], resources: &Resources) -> PageText {
    let mut reader = Reader::new(resources);
    reader.read(content);
    reader.page
}

/// Reads a form's content; its text belongs to the sequence that paints the form.
pub(super) fn read_form(content: &[u8], fonts: Fonts) -> String {
    let resources = Resources { fonts, forms: Forms::new() };
    let mut reader = Reader::new(&resources);
    reader.open.push(Open { mcid: None, is_artifact: true, actual_text: None, text: String::new() });
    reader.read(content);
    reader.open.into_iter().map(|open| open.text).collect()
}

struct Reader<'a, 'f> {
    resources: &'f Resources,
    font: Option<&'f ToUnicode>,
    page: PageText,
    open: Vec<Open>,
    operands: Vec<Token<'a>>,
}

impl<'a, 'f> Reader<'a, 'f> {
    const fn new(resources: &'f Resources) -> Self {
        let page = PageText { by_mcid: Vec::new(), artifacts: Vec::new(), unmarked: false };
        Self { resources, font: None, page, open: Vec::new(), operands: Vec::new() }
    }

    fn read(&mut self, content: &'a [u8]) {
        for token in Tokens::new(content) {
            match token {
                Token::Operator(operator) => {
                    self.operator(operator);
                    self.operands.clear();
                }
                operand => self.operands.push(operand),
            }
        }
    }

    fn operator(&mut self, operator: &[u8]) {
        match operator {
            b"BDC" | b"BMC" => self.begin(),
            b"EMC" => self.end(),
            b"Tf" => {
                if let Some(Token::Name(name)) = self.operands.first() {
                    self.font = self.resources.fonts.get(*name).map(Arc::as_ref);
                }
            }
            b"TJ" | b"Tj" => self.show(),
            b"f" | b"f*" | b"S" | b"B" | b"B*" | b"Do" if self.open.is_empty() => self.page.unmarked = true,
            b"Do" => self.paint(),
            _ => {}
        }
    }

    fn begin(&mut self) {
        let is_artifact = matches!(self.operands.first(), Some(Token::Name(b"Artifact")));
        let mut open = Open { mcid: None, is_artifact, actual_text: None, text: String::new() };
        for pair in self.operands.windows(2) {
            match pair {
                [Token::Name(b"MCID"), Token::Number(number)] => {
                    open.mcid = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
                }
                [Token::Name(b"ActualText"), Token::String(text)] => {
                    open.actual_text = Some(text_string(text).into_owned());
                }
                _ => {}
            }
        }
        self.open.push(open);
    }

    /// Closes a sequence. The text of a nested sequence belongs to the enclosing one too.
    fn end(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        let text = closed.actual_text.unwrap_or(closed.text);
        if let Some(mcid) = closed.mcid {
            // A larger number is not an MCID of the printer.
            if mcid < 1 << 20 {
                if self.page.by_mcid.len() <= mcid {
                    self.page.by_mcid.resize(mcid + 1, None);
                }
                self.page.by_mcid[mcid].get_or_insert_default().push_str(&text);
            }
        } else if closed.is_artifact {
            if !text.is_empty() {
                self.page.artifacts.push(text);
            }
        } else if let Some(around) = self.open.last_mut() {
            around.text.push_str(&text);
        } else {
            self.page.unmarked = true;
        }
    }

    fn paint(&mut self) {
        if let (Some(Token::Name(name)), Some(open)) = (self.operands.first(), self.open.last_mut())
            && let Some(text) = self.resources.forms.get(*name)
        {
            open.text.push_str(text);
        }
    }

    fn show(&mut self) {
        let Some(open) = self.open.last_mut() else {
            self.page.unmarked = true;
            return;
        };
        for operand in &self.operands {
            let Token::String(codes) = operand else { continue };
            for code in codes.chunks(2) {
                let code = u16::from_be_bytes([code[0], code.get(1).copied().unwrap_or(0)]);
                // A code without text is read as U+FFFD.
                open.text.push_str(self.font.and_then(|font| font.text(code)).unwrap_or("\u{FFFD}"));
            }
        }
    }
}
