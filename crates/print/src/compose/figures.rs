//! Figures as the data that they draw: tagged tables and lists.

use chancery_proto::brief::v1::{Figure, FigureKind, KeyJudgment, Relationship};

use crate::compose::composer::Composer;
use crate::compose::judgments::odds;
use crate::compose::styles::{BODY, CAPTION, META, QUIET, TABLE, TABLE_HEAD};
use crate::compose::tables::{TableMaker, Words};
use crate::compose::words;
use crate::flow::TextBlock;
use crate::tags::{Role, TagId};

impl Composer<'_> {
    pub(crate) fn figure(&mut self, sect: TagId, figure: &Figure) {
        match FigureKind::try_from(figure.kind).unwrap_or_default() {
            FigureKind::Unspecified | FigureKind::Attachment => self.described(sect, figure),
            FigureKind::Timeline => {
                let maker = self.event_table(sect, &figure.title, false);
                self.with_source(sect, figure, maker);
            }
            FigureKind::ActorNetwork => {
                let relationships: Vec<&Relationship> = self.content.relationships.iter().collect();
                let maker = self.relationship_table(sect, &figure.title, &relationships, false);
                self.with_source(sect, figure, maker);
            }
            FigureKind::DomainTrends => {
                let maker = self.domain_trends(sect, &figure.title);
                self.with_source(sect, figure, maker);
            }
            FigureKind::Likelihoods => {
                self.likelihoods(sect, &figure.title);
                let source = self.figure_source(sect, figure);
                self.push(source);
            }
        }
    }

    fn with_source(&mut self, sect: TagId, figure: &Figure, maker: TableMaker) {
        let source = (!figure.source.is_empty()).then(|| self.figure_source(sect, figure));
        maker.finish_with(self, source);
    }

    fn figure_source(&mut self, sect: TagId, figure: &Figure) -> TextBlock {
        self.line(sect, Role::P, META.colored(QUIET), &figure.source)
    }

    /// An image that is not drawn yet: its title and what it shows.
    fn described(&mut self, sect: TagId, figure: &Figure) {
        for (kind, text) in [(CAPTION, &figure.title), (BODY, &figure.alt)] {
            if !text.is_empty() {
                let block = self.line(sect, Role::P, kind, text);
                self.push(block);
            }
        }
    }

    fn domain_trends(&mut self, sect: TagId, title: &str) -> TableMaker {
        let mut maker = TableMaker::begin(self, sect, title, &["Domain", "Trend", "Why"], true, Words::Own);
        for domain in &self.content.domains {
            maker.row(self, Vec::new(), |composer, column, cell, inline| {
                let voice = composer.voice(cell, if column == 0 { TABLE_HEAD } else { TABLE });
                match column {
                    0 if domain.section.is_empty() => composer.say(inline, voice, &domain.name),
                    0 => {
                        let hears = format!("Go to {}", domain.name);
                        composer.link(inline, voice, &domain.section, &domain.name, &hears);
                    }
                    1 => composer.say(inline, voice, words::trend(domain.trend)),
                    _ => composer.say(inline, voice, &domain.why),
                }
            });
        }
        maker
    }

    fn likelihoods(&mut self, sect: TagId, title: &str) {
        let node = self.tag(sect, Role::Div);
        if !title.is_empty() {
            let mut block = self.line(node, Role::P, CAPTION, title);
            block.keep_with_next = true;
            self.push(block);
        }
        let judged: Vec<(&KeyJudgment, String)> = self
            .content
            .key_judgments
            .iter()
            .filter_map(|judgment| Some((judgment, odds(judgment.likelihood.as_ref(), None)?)))
            .collect();
        self.bullets(node, &judged, |composer, (judgment, odds), node, block| {
            let voice = composer.voice(node, BODY);
            let id = &judgment.id;
            composer.link(&mut block.inline, voice, id, id, &format!("Go to {id}"));
            composer.say(&mut block.inline, voice, &format!(": {odds}"));
        });
    }
}
