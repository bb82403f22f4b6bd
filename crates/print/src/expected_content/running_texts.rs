//! Texts of headers and footers. Layout may shorten them to their line, with an ellipsis at the end.

use crate::flow::{FACT_SEPARATOR, PageNumberStyle, RunningElements};
use crate::text::inline::Inline;
use crate::text::isolated;

use super::pieces::ExpectedStyle;

/// A text with its style; empty for none.
pub type RunningText = (String, Option<ExpectedStyle>);

/// Texts of headers and footers.
#[derive(Clone, Debug)]
pub struct RunningTexts {
    /// The marking, in header and footer.
    pub marking: RunningText,
    /// The watermark, whose size layout decides.
    pub watermark: RunningText,
    /// The line above the footer's facts.
    pub imprint: RunningText,
    /// The footer's facts on the first page.
    pub facts: RunningText,
    /// The title before the facts on the other pages. It has the facts' style.
    pub footer_title: RunningText,
    /// Between that title and the facts.
    pub separator: &'static str,
    /// The title of the running head.
    pub title: RunningText,
    /// The names of the parts that follow it, by their anchors, in order.
    pub sections: Vec<(usize, RunningText)>,
    /// The style of the page number.
    pub page_number: Option<ExpectedStyle>,
    /// Whether the document runs from right to left, so that layout decides the order of the parts.
    pub right_to_left: bool,
    template: String,
    style: PageNumberStyle,
}

impl RunningTexts {
    /// Returns the page number, counted from 1.
    pub fn page_number(&self, page: usize, pages: usize) -> String {
        let number = self.template.replace("{0}", &page.to_string());
        (self.style.digits)(&number.replace("{1}", &pages.to_string()))
    }
}

/// Returns the texts of running elements.
pub(super) fn of(elements: &RunningElements, style: PageNumberStyle, right_to_left: bool) -> RunningTexts {
    RunningTexts {
        right_to_left,
        marking: text_of(&elements.marking),
        watermark: text_of(&elements.watermark),
        imprint: text_of(&elements.imprint),
        facts: text_of(&elements.facts),
        footer_title: text_of(&elements.footer_title),
        separator: FACT_SEPARATOR,
        title: text_of(&elements.title),
        sections: elements
            .sections
            .iter()
            .map(|(anchor, inline)| (anchor.0 as usize, text_of(inline)))
            .collect(),
        page_number: text_of(&elements.page_number).1,
        template: isolated(elements.number_words),
        style,
    }
}

fn text_of(inline: &Inline) -> RunningText {
    let style = inline.pieces.first().map(|piece| ExpectedStyle::of(&piece.style));
    (inline.text.clone(), style)
}
