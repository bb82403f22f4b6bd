//! Parts after the body: factors, assumptions, gaps, dissents, actors, relationships, timeline.

use chancery_proto::brief::v1::{Actor, Relationship};

use crate::compose::composer::{Composer, TextContext};
use crate::compose::content_facts::events_in_time_order;
use crate::compose::labels::filled;
use crate::compose::sentence_ends::as_sentence;
use crate::compose::stylesheet::{BODY, META, QUIET, TABLE, TABLE_HEAD};
use crate::compose::tables::TableMaker;
use crate::compose::text_origin::TextOrigin;
use crate::compose::{lexicon, stylesheet};
use crate::flow::{Span, TextBlock};
use crate::tags::{AnchorId, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

impl Composer<'_> {
    pub(crate) fn anchor_of(&self, id: &str) -> Vec<AnchorId> {
        self.anchors.get(id).copied().into_iter().collect()
    }

    /// Adds a heading that is in neither the contents nor the outline; returns its section.
    pub(crate) fn subheading(&mut self, sect: TagId, text: &str) -> TagId {
        let inner = self.tag(sect, Role::Sect);
        let mut heading = self.label_line(inner, Role::H(2), stylesheet::heading(2), text);
        heading.before = stylesheet::above_heading(2);
        heading.after = Length::pt(3);
        heading.keep_with_next = true;
        self.push(heading);
        inner
    }

    /// Appends a part's portion marking, if it prints one.
    pub(crate) fn mark_part(&mut self, inline: &mut Inline, text_context: TextContext, marking: &str) {
        if let Some(marking) = self.portion(marking).map(str::to_owned) {
            self.portion_word(inline, text_context, &marking);
        }
    }

    /// Appends linked references such as " (Trade; Key judgment 2)".
    fn rests_on(&mut self, inline: &mut Inline, text_context: TextContext, ids: &[String]) {
        if ids.is_empty() {
            return;
        }
        let small = TextContext { style: self.sheet.fit(META).style, ..text_context };
        self.push_text(inline, small, " (");
        self.links(inline, small, ids);
        self.push_text(inline, small, ")");
    }

    pub(crate) fn factors(&mut self, sect: TagId) {
        for (kind, heading) in self.lexicon.factors() {
            let factors: Vec<_> =
                self.content.factors.iter().filter(|factor| factor.kind == kind as i32).collect();
            if factors.is_empty() {
                continue;
            }
            let inner = self.subheading(sect, heading);
            self.bullets(inner, &factors, |composer, factor, node, block| {
                let text_context = composer.text_context(node, BODY);
                composer.begin_part(&factor.id);
                block.anchors = composer.anchor_of(&factor.id);
                composer.mark_part(&mut block.inline, text_context, &factor.marking);
                composer.push_text(&mut block.inline, text_context, &factor.text);
                composer.rests_on(&mut block.inline, text_context, &factor.statement_ids);
            });
        }
    }

    pub(crate) fn assumptions(&mut self, sect: TagId) {
        let content = self.content;
        self.bullets(sect, &content.assumptions, |composer, assumption, node, block| {
            let text_context = composer.text_context(node, BODY);
            composer.begin_part(&assumption.id);
            block.anchors = composer.anchor_of(&assumption.id);
            composer.mark_part(&mut block.inline, text_context, &assumption.marking);
            if assumption.if_wrong.is_empty() {
                composer.push_text(&mut block.inline, text_context, &assumption.text);
            } else {
                composer.push_text(&mut block.inline, text_context, &as_sentence(&assumption.text));
                let italic = composer.text_context(node, BODY.italic());
                composer.push_text(&mut block.inline, text_context, " ");
                composer.push_label(&mut block.inline, italic, composer.labels().if_wrong);
                composer.push_text(&mut block.inline, text_context, " ");
                composer.push_text(&mut block.inline, text_context, &assumption.if_wrong);
            }
            composer.rests_on(&mut block.inline, text_context, &assumption.statement_ids);
        });
    }

    pub(crate) fn gaps(&mut self, sect: TagId) {
        let content = self.content;
        self.bullets(sect, &content.information_gaps, |composer, gap, node, block| {
            let text_context = composer.text_context(node, BODY);
            composer.begin_part(&gap.id);
            block.anchors = composer.anchor_of(&gap.id);
            composer.mark_part(&mut block.inline, text_context, &gap.marking);
            composer.push_text(&mut block.inline, text_context, &gap.text);
        });
    }

    pub(crate) fn dissents(&mut self, sect: TagId) {
        let content = self.content;
        self.bullets(sect, &content.dissents, |composer, dissent, node, block: &mut TextBlock| {
            let text_context = composer.text_context(node, BODY);
            composer.begin_part(&dissent.id);
            block.anchors = composer.anchor_of(&dissent.id);
            composer.mark_part(&mut block.inline, text_context, &dissent.marking);
            if !dissent.holder.is_empty() {
                let strong = composer.text_context(node, BODY.strong());
                composer.push_text(&mut block.inline, strong, &format!("{}: ", dissent.holder));
            }
            composer.push_text(&mut block.inline, text_context, &dissent.text);
            composer.rests_on(&mut block.inline, text_context, &dissent.statement_ids);
        });
    }

    pub(crate) fn actors(&mut self, sect: TagId) {
        let labels = self.labels();
        let actors = &self.content.actors;
        let head = [labels.actor, labels.kind, labels.other_languages, labels.remarks];
        let (columns, head) = filled_columns(head, |column| match column {
            2 => actors.iter().any(|actor| !actor.labels.is_empty()),
            3 => actors.iter().any(|of| of.period.is_some() || !of.role.is_empty() || !of.note.is_empty()),
            _ => true,
        });
        let mut maker = TableMaker::begin(self, sect, "", &head, true, TextOrigin::Printer);
        maker.block.span = Span::Full;
        for actor in &self.content.actors {
            let anchors = self.anchor_of(&actor.id);
            self.begin_part(&actor.id);
            maker.row(self, anchors, |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                composer.actor_cell(inline, text_context, actor, columns[column]);
            });
        }
        maker.finish(self);
    }

    fn actor_cell(&mut self, inline: &mut Inline, text_context: TextContext, actor: &Actor, column: usize) {
        match column {
            0 => {
                self.mark_part(inline, text_context, &actor.marking);
                self.push_text(inline, text_context, &actor.name);
            }
            1 => self.push_label(inline, text_context, self.lexicon.actor_kind(actor.kind)),
            2 => {
                for (index, label) in actor.labels.iter().enumerate() {
                    if index > 0 {
                        self.push_text(inline, text_context, "; ");
                    }
                    let role = Role::Span { actual_text: None };
                    let node = self.flow.tags.add(text_context.node, role, Some(label.language.clone()));
                    self.push_text(
                        inline,
                        TextContext { node, language: &label.language, ..text_context },
                        &label.text,
                    );
                }
            }
            _ => {
                let period = actor.period.as_ref().map(|period| self.period_words(period));
                let facts = [actor.role.clone(), period.unwrap_or_default(), actor.note.clone()];
                let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
                self.push_text(inline, text_context, &facts.join("; "));
            }
        }
    }

    pub(crate) fn relationships(&mut self, sect: TagId) {
        let relationships: Vec<&Relationship> = self.content.relationships.iter().collect();
        self.relationship_table(sect, "", &relationships, true).finish(self);
    }

    pub(crate) fn relationship_table(
        &mut self,
        sect: TagId,
        caption: &str,
        relationships: &[&Relationship],
        anchored: bool,
    ) -> TableMaker {
        let dated = relationships.iter().any(|relationship| relationship.period.is_some());
        let assessed = relationships
            .iter()
            .any(|relationship| self.lexicon.relationship_polarity(relationship.polarity).is_some());
        let founded = relationships.iter().any(|relationship| !relationship.statement_ids.is_empty());
        let labels = self.labels();
        let head = [
            labels.from,
            labels.relationship,
            labels.to,
            labels.when,
            labels.status,
            labels.effect,
            labels.rests_on_head,
        ];
        let (columns, head) = filled_columns(head, |column| match column {
            3 => dated,
            5 => assessed,
            6 => founded,
            _ => true,
        });
        let mut maker = TableMaker::begin(self, sect, caption, &head, true, TextOrigin::Printer);
        maker.block.span = Span::Full;
        for relationship in relationships {
            let anchors = if anchored { self.anchor_of(&relationship.id) } else { Vec::new() };
            let outer = self.replace_part(&relationship.id);
            maker.row(self, anchors, |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                composer.relationship_cell(inline, text_context, relationship, columns[column]);
            });
            self.begin_part(&outer);
        }
        maker
    }

    fn relationship_cell(
        &mut self,
        inline: &mut Inline,
        text_context: TextContext,
        relationship: &Relationship,
        column: usize,
    ) {
        match column {
            0 => {
                self.mark_part(inline, text_context, &relationship.marking);
                let name = self.name_of(&relationship.from_id);
                self.push_text(inline, text_context, &name);
            }
            1 => {
                self.push_text(inline, text_context, &lexicon::relationship(relationship));
                if !relationship.item.is_empty() {
                    self.push_text(inline, text_context, &format!(": {}", relationship.item));
                }
                if !relationship.place_id.is_empty() {
                    let place = filled(self.labels().at_place, &[&self.name_of(&relationship.place_id)]);
                    self.push_text(inline, text_context, " ");
                    self.push_label(inline, text_context, &place);
                }
                if relationship.symmetric {
                    let mutual = format!(" ({})", self.labels().page.tie_mutual);
                    self.push_label(inline, text_context, &mutual);
                }
                if !relationship.note.is_empty() {
                    self.push_text(inline, text_context, &format!(" ({})", relationship.note));
                }
            }
            2 => {
                let name = self.name_of(&relationship.to_id);
                self.push_text(inline, text_context, &name);
            }
            3 => {
                let Some(period) = &relationship.period else { return };
                self.push_label(inline, text_context, &self.lexicon.date(&period.edtf));
                match (period.edtf.as_str(), period.label.as_str()) {
                    (_, "") => {}
                    ("", remark) => self.push_text(inline, text_context, remark),
                    (_, remark) => self.push_text(inline, text_context, &format!(" ({remark})")),
                }
            }
            4 => self.push_label(inline, text_context, self.lexicon.relationship_status(relationship.status)),
            5 => {
                let polarity = self.lexicon.relationship_polarity(relationship.polarity);
                self.push_label(inline, text_context, &polarity.unwrap_or_default());
            }
            _ => self.links(inline, text_context, &relationship.statement_ids),
        }
    }

    /// Returns the short name of an actor or place after its portion marking, or its id if it is not in this edition.
    pub(crate) fn name_of(&self, id: &str) -> String {
        self.names.get(id).map_or_else(|| id.to_owned(), |name| name.clone().into_owned())
    }

    pub(crate) fn timeline(&mut self, sect: TagId) {
        self.event_table(sect, "", true, &[]).finish(self);
    }

    /// Makes a table of events by date, undated ones last; titles of highlighted events are bold.
    pub(crate) fn event_table(
        &mut self,
        sect: TagId,
        caption: &str,
        anchored: bool,
        highlight_ids: &[String],
    ) -> TableMaker {
        let labels = self.labels();
        let events = &self.content.events;
        let has_actors = events.iter().any(|event| !event.actor_ids.is_empty());
        let head = [labels.date, labels.event, labels.actors_head, labels.rests_on_head];
        let (columns, head) = filled_columns(head, |column| column != 2 || has_actors);
        let mut maker = TableMaker::begin(self, sect, caption, &head, true, TextOrigin::Printer);
        maker.block.span = Span::Full;
        for (event, _) in events_in_time_order(&self.content.events) {
            let anchors = if anchored { self.anchor_of(&event.id) } else { Vec::new() };
            let outer = self.replace_part(&event.id);
            maker.row(self, anchors, |composer, column, cell, inline| {
                let text_context = composer.text_context(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                match columns[column] {
                    0 if event.date.is_empty() => {
                        composer.push_label(inline, text_context, composer.labels().undated);
                    }
                    0 => composer.push_label(inline, text_context, &composer.lexicon.date(&event.date)),
                    1 => {
                        composer.mark_part(inline, text_context, &event.marking);
                        let highlighted = highlight_ids.contains(&event.id);
                        let text_context = if highlighted {
                            composer.text_context(cell, TABLE.strong())
                        } else {
                            text_context
                        };
                        composer.push_text(inline, text_context, &event.title);
                        if !event.note.is_empty() {
                            let quiet = composer.text_context(cell, TABLE.colored(QUIET));
                            composer.push_text(inline, quiet, &format!(" {}", event.note));
                        }
                    }
                    2 => {
                        let names: Vec<String> =
                            event.actor_ids.iter().map(|id| composer.name_of(id)).collect();
                        composer.push_text(
                            inline,
                            text_context,
                            &names.join(composer.labels().page.list_comma),
                        );
                    }
                    _ => {
                        composer.links(inline, text_context, &event.statement_ids);
                        composer.source_names(inline, text_context, &event.source_ids);
                    }
                }
            });
            self.begin_part(&outer);
        }
        maker
    }
}

/// Returns the columns of a table that are not empty, and their headings.
fn filled_columns<const COUNT: usize>(
    headings: [&str; COUNT],
    is_filled: impl Fn(usize) -> bool,
) -> (Vec<usize>, Vec<&str>) {
    (0..COUNT).filter(|column| is_filled(*column)).map(|column| (column, headings[column])).unzip()
}
