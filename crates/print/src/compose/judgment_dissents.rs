//! Dissents on key judgments, below the table of judgments.

use chancery_proto::brief::v1::Dissent;

use crate::compose::annotations::Value;
use crate::compose::composer::Composer;
use crate::compose::content_facts::disputed_judgment;
use crate::compose::stylesheet::{INK, JUDGMENT_BESIDE_AXIS, LABEL, REMARK};
use crate::flow::{Frame, Grid, Span, TextBlock};
use crate::tags::{Role, TagId};
use crate::units::Length;

impl Composer<'_> {
    /// Adds a dissent on a judgment in a frame.
    pub(crate) fn judgment_dissent(&mut self, sect: TagId, dissent: &Dissent) {
        let Some(number) = disputed_judgment(self.content, dissent) else { return };
        self.begin_part(&dissent.id);
        let page = &self.labels().page;
        let div = self.tag(sect, Role::Div);
        self.frames += 1;
        let outline = Some((INK, Length::milli_pt(600)));
        let frame =
            Frame { id: self.frames, tint: None, rule: None, outline, inset: Length::ZERO, span: Span::Full };
        let framed = |block: TextBlock| TextBlock {
            frame: Some(frame),
            inset: (Length::pt(9), Length::pt(9)),
            span: Span::Full,
            grid: Grid::Free,
            keep_together: true,
            ..block
        };
        let node = self.tag(div, Role::P);
        let mut label = framed(self.block(LABEL));
        let (key_context, text_context) = (self.text_context(node, LABEL), self.text_context(node, REMARK));
        self.push_label(&mut label.inline, key_context, page.differing_view);
        self.push_text(&mut label.inline, text_context, "   ");
        let number = self.lexicon.digits(&number.to_string());
        let values = [Value::Text(&dissent.holder), Value::Text(&number)];
        if !dissent.holder.is_empty() {
            self.push_template(&mut label.inline, text_context, page.held_by_against, &values);
        }
        label.before = Length::pt(9);
        label.padding.0 = Length::pt(5);
        label.keep_with_next = true;
        label.anchors.extend(self.anchors.get(&dissent.id));
        self.push(label);
        let node = self.tag(div, Role::P);
        let mut view = framed(self.block(JUDGMENT_BESIDE_AXIS));
        let text_context = self.text_context(node, JUDGMENT_BESIDE_AXIS);
        self.mark_part(&mut view.inline, text_context, &dissent.marking);
        self.push_text(&mut view.inline, text_context, &dissent.text);
        view.padding.1 = Length::pt(6);
        self.push(view);
        self.begin_part("");
    }
}
