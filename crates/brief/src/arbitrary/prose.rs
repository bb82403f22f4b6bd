//! Statements, key judgments, sections and blocks.

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::{
    Block, BriefContent, Callout, Citation, Confidence, ConfidenceLevel, Figure, FigureKind, KeyJudgment,
    Likelihood, LikelihoodTerm, List, ListItem, Paragraph, Quote, Section, Span, SpanKind, Statement,
    StatementType, Table, TableCell, TableColumn, TableRow,
};

use super::{ACTORS, Author, DOMAINS, PLACES, SOURCES, canary};
use crate::marking::Rank;

impl Author<'_> {
    pub(super) fn statements(&mut self, enclosing: Rank, count: usize) -> Vec<Statement> {
        (0..count).map(|_| self.statement(enclosing)).collect()
    }

    fn statement(&mut self, enclosing: Rank) -> Statement {
        let id = self.new_id("s");
        let (rank, marking) = self.marking(enclosing);
        let text = canary(&id, rank);
        let spans = self.spans(text.len());
        let mut statement = Statement {
            text,
            spans,
            marking,
            domain: self.maybe_id("d", DOMAINS),
            actor_ids: self.ids("a", ACTORS, 2),
            place_ids: self.ids("p", PLACES, 1),
            citations: self.citations(rank),
            likelihood: self.likelihood(),
            topics: vec!["trade".into(), "arms".into()],
            id,
            ..Statement::default()
        };
        statement.set_type(StatementType::Assessment);
        statement
    }

    fn spans(&mut self, length: usize) -> Vec<Span> {
        let target = match self.below(6) {
            1 => "https://example.org/".to_owned(),
            2 => format!("#a{}", self.below(ACTORS) + 1),
            3 => format!("#src{}", self.below(SOURCES) + 1),
            _ => return Vec::new(),
        };
        let end = u32::try_from(length).expect("canaries are short");
        let mut span = Span { start: 0, end, target, ..Span::default() };
        span.set_kind(SpanKind::Link);
        vec![span]
    }

    fn citations(&mut self, enclosing: Rank) -> Vec<Citation> {
        let sources = self.ids("src", SOURCES, 2);
        let cite = |source_id: String| {
            let (rank, marking) = self.marking(enclosing);
            Citation { locator: canary(&source_id, rank), source_id, marking, ..Citation::default() }
        };
        sources.into_iter().map(cite).collect()
    }

    fn likelihood(&mut self) -> Option<Likelihood> {
        let mut likelihood = Likelihood::default();
        likelihood.set_term(LikelihoodTerm::Icd203Likely);
        match self.below(3) {
            0 => None,
            1 => Some(likelihood),
            _ => {
                Some(Likelihood { low_percent: 60, high_percent: 70, point_percent: Some(65), ..likelihood })
            }
        }
    }

    pub(super) fn body(&mut self, content: &mut BriefContent, floor: Rank) {
        content.key_judgments = (0..self.below(3)).map(|_| self.key_judgment(floor)).collect();
        content.sections = (0..self.below(4)).map(|_| self.section(floor, 1)).collect();
        // All statements exist only now.
        let statements = self.count_of("s");
        for judgment in &mut content.key_judgments {
            judgment.rests_on = self.ids("s", statements, 3);
        }
    }

    fn key_judgment(&mut self, floor: Rank) -> KeyJudgment {
        let id = self.new_id("kj");
        let (rank, marking) = self.marking(floor);
        let count = 1 + self.below(2);
        let mut confidence = Confidence { why: canary(&id, rank), ..Confidence::default() };
        confidence.set_level(ConfidenceLevel::Moderate);
        KeyJudgment {
            statements: self.statements(rank, count),
            likelihood: self.likelihood(),
            confidence: Some(confidence),
            marking,
            revises_id: if self.one_in(3) { "kj-earlier".into() } else { String::new() },
            id,
            ..KeyJudgment::default()
        }
    }

    fn section(&mut self, enclosing: Rank, depth: usize) -> Section {
        let id = self.new_id("sec");
        let (rank, marking) = self.marking(enclosing);
        let inner = if depth < 4 { self.below(3) } else { 0 };
        Section {
            heading: canary(&id, rank),
            domain: self.maybe_id("d", DOMAINS),
            marking,
            blocks: (0..self.below(4)).map(|_| self.block(rank)).collect(),
            sections: (0..inner).map(|_| self.section(rank, depth + 1)).collect(),
            id,
        }
    }

    fn block(&mut self, enclosing: Rank) -> Block {
        let id = if self.one_in(2) { self.new_id("b") } else { String::new() };
        let (rank, marking) = self.marking(enclosing);
        let count = self.below(4);
        let kind = match self.below(7) {
            0 | 1 => BlockKind::Paragraph(Paragraph { statements: self.statements(rank, count) }),
            2 => BlockKind::List(self.list(rank, 1)),
            3 => BlockKind::Table(self.table(rank)),
            4 => {
                let title = if self.one_in(2) { canary("callout", rank) } else { String::new() };
                BlockKind::Callout(Callout { title, statements: self.statements(rank, count) })
            }
            5 => {
                let attribution = if self.one_in(2) { canary("quote", rank) } else { String::new() };
                BlockKind::Quote(Quote { statements: self.statements(rank, count), attribution })
            }
            _ => {
                let mut figure = Figure { title: canary("figure", rank), ..Figure::default() };
                let kinds = [
                    FigureKind::Timeline,
                    FigureKind::ActorNetwork,
                    FigureKind::DomainTrends,
                    FigureKind::Likelihoods,
                ];
                figure.set_kind(kinds[self.below(kinds.len())]);
                BlockKind::Figure(figure)
            }
        };
        Block { id, marking, kind: Some(kind) }
    }

    fn list(&mut self, enclosing: Rank, depth: usize) -> List {
        let count = self.below(4);
        List {
            ordered: self.one_in(2),
            items: (0..count).map(|_| self.list_item(enclosing, depth)).collect(),
        }
    }

    fn list_item(&mut self, enclosing: Rank, depth: usize) -> ListItem {
        let (rank, marking) = self.marking(enclosing);
        let count = self.below(3);
        ListItem {
            marking,
            statements: self.statements(rank, count),
            list: (depth < 6 && self.one_in(3)).then(|| self.list(rank, depth + 1)),
            withheld: None,
        }
    }

    fn table(&mut self, enclosing: Rank) -> Table {
        let rows = (0..self.below(4)).map(|_| {
            let (rank, marking) = self.marking(enclosing);
            TableRow { marking, cells: vec![TableCell { text: canary("row", rank) }], withheld: None }
        });
        Table {
            rows: rows.collect(),
            caption: canary("table", enclosing),
            columns: vec![TableColumn::default()],
            source_id: self.maybe_id("src", SOURCES),
            row_headers: false,
        }
    }

    pub(super) fn count_of(&self, sort: &str) -> usize {
        self.numbers.get(sort).copied().unwrap_or_default()
    }
}
