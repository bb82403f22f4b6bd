//! The parts of an edition, each with its own values and without the parts that it contains.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::block::Kind as BlockKind;
use chancery_proto::brief::v1::other_part::Part as Other;
use chancery_proto::brief::v1::part_difference::Part as Pair;
use chancery_proto::brief::v1::{
    Actor, Assumption, Block, BlockPair, BriefContent, Callout, Dissent, Domain, Event, Factor,
    FrontMatterPair, Indicator, InformationGap, KeyJudgment, KeyJudgmentPair, List, ListItem, OtherPart,
    OtherPartPair, Paragraph, Place, Quote, Relationship, Scenario, Section, SectionPair, Source, Statement,
    StatementPair, ValueDifference,
};

use super::values::compare;
use crate::content_tree::{Node, StatementLocation, visit};
use crate::part::{FRONT_MATTER, PartKind};

/// Identifies a part in both editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    FrontMatter,
    Id(PartKind, &'a str),
    /// A block, by the number that both editions give to a pair of blocks.
    Block(usize),
}

/// A part of an edition.
pub(super) struct Part<'a> {
    pub(super) key: Key<'a>,
    /// Id by which a change names the part.
    pub(super) id: &'a str,
    /// The part that contains it.
    pub(super) holder: Key<'a>,
    /// Path of a block; empty for other parts.
    pub(super) path: String,
    pub(super) body: Body<'a>,
}

macro_rules! bodies {
    ($($kind:ident: $list:ident, $main_text:expr;)+) => {
        /// The message of a part.
        #[derive(Clone, Copy, PartialEq)]
        pub(super) enum Body<'a> {
            FrontMatter(&'a BriefContent),
            KeyJudgment(&'a KeyJudgment),
            Section(&'a Section),
            Block(&'a Block),
            Statement(&'a Statement),
            $($kind(&'a $kind),)+
        }

        impl Body<'_> {
            /// Returns the rank of the part's kind in a list of differences. The body of the brief is listed together.
            pub(super) fn list_rank(self) -> usize {
                match self {
                    $(Self::$kind(_) => PartKind::$kind as usize,)+
                    _ => 0,
                }
            }

            /// Returns the field with the text that identifies the part to readers.
            pub(super) fn main_text(self) -> &'static str {
                match self {
                    Self::FrontMatter(_) => "title",
                    Self::KeyJudgment(_) => "",
                    Self::Section(_) => "heading",
                    Self::Statement(_) => "text",
                    Self::Block(block) => match &block.kind {
                        Some(BlockKind::Table(_)) => "table.caption",
                        Some(BlockKind::Callout(_)) => "callout.title",
                        Some(BlockKind::Figure(_)) => "figure.title",
                        _ => "",
                    },
                    $(Self::$kind(_) => $main_text,)+
                }
            }
        }

        /// Lists the values that differ between two parts of one kind. `common` are the statements of both editions.
        pub(super) fn values(before: Body<'_>, after: Body<'_>, common: &BTreeSet<&str>) -> Vec<ValueDifference> {
            match (before, after) {
                _ if before == after => Vec::new(),
                (Body::FrontMatter(before), Body::FrontMatter(after)) => {
                    compare("BriefContent", &front_matter(before), &front_matter(after))
                }
                (Body::KeyJudgment(before), Body::KeyJudgment(after)) => {
                    compare("KeyJudgment", &own_judgment(before), &own_judgment(after))
                }
                (Body::Section(before), Body::Section(after)) => {
                    compare("Section", &own_section(before), &own_section(after))
                }
                (Body::Block(before), Body::Block(after)) => {
                    compare("Block", &comparable_block(before, common), &comparable_block(after, common))
                }
                (Body::Statement(before), Body::Statement(after)) => compare("Statement", before, after),
                $((Body::$kind(before), Body::$kind(after)) => compare(stringify!($kind), before, after),)+
                // Keys contain the kind, so parts of two kinds are never a pair.
                _ => Vec::new(),
            }
        }

        /// Returns a part before and after; at least one is given.
        pub(super) fn pair(before: Option<Body<'_>>, after: Option<Body<'_>>) -> Option<Pair> {
            macro_rules! both {
                ($variant:ident, $own:expr) => {{
                    let own = |body| if let Body::$variant(part) = body { Some($own(part)) } else { None };
                    (before.and_then(own), after.and_then(own))
                }};
            }
            Some(match after.or(before)? {
                Body::FrontMatter(_) => {
                    let (before, after) = both!(FrontMatter, front_matter);
                    Pair::FrontMatter(FrontMatterPair { before, after })
                }
                Body::KeyJudgment(_) => {
                    let (before, after) = both!(KeyJudgment, KeyJudgment::clone);
                    Pair::KeyJudgment(KeyJudgmentPair { before, after })
                }
                Body::Section(_) => {
                    let (before, after) = both!(Section, own_section);
                    Pair::Section(SectionPair { before, after })
                }
                Body::Block(_) => {
                    let (before, after) = both!(Block, own_block);
                    Pair::Block(BlockPair { before, after })
                }
                Body::Statement(_) => {
                    let (before, after) = both!(Statement, Statement::clone);
                    Pair::Statement(StatementPair { before, after })
                }
                $(Body::$kind(_) => {
                    let wrapped = |part: &$kind| OtherPart { part: Some(Other::$kind(part.clone())) };
                    let (before, after) = both!($kind, wrapped);
                    Pair::OtherPart(OtherPartPair { before, after })
                })+
            })
        }

        fn add_others<'a>(content: &'a BriefContent, parts: &mut Vec<Part<'a>>) {
            $(parts.extend(content.$list.iter().map(|part| Part {
                key: Key::Id(PartKind::$kind, &part.id),
                id: &part.id,
                holder: Key::FrontMatter,
                path: String::new(),
                body: Body::$kind(part),
            }));)+
        }
    };
}

bodies! {
    Domain: domains, "name";
    Factor: factors, "text";
    Actor: actors, "name";
    Place: places, "name";
    Relationship: relationships, "";
    Event: events, "title";
    Source: sources, "title";
    Scenario: scenarios, "title";
    Indicator: indicators, "text";
    Assumption: assumptions, "text";
    InformationGap: information_gaps, "text";
    Dissent: dissents, "text";
}

/// Lists the parts of an edition: the front matter, the body in reading order, then the others by kind. Empty for empty
/// content, which is compared when there is no edition. `block_number` numbers the blocks, given in reading order.
pub(super) fn parts<'a>(content: &'a BriefContent, block_number: impl Fn(usize) -> usize) -> Vec<Part<'a>> {
    if *content == BriefContent::default() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut add = |key, id, holder, body| parts.push(Part { key, id, holder, path: String::new(), body });
    add(Key::FrontMatter, FRONT_MATTER, Key::FrontMatter, Body::FrontMatter(content));
    let mut parents: BTreeMap<&str, Key<'a>> = BTreeMap::new();
    let mut paths = Vec::new();
    // The visit of a block precedes those of its statements.
    let mut block = Key::FrontMatter;
    visit(content, &mut |node| match node {
        Node::KeyJudgment(judgment) => {
            let key = Key::Id(PartKind::KeyJudgment, &judgment.id);
            add(key, &judgment.id, Key::FrontMatter, Body::KeyJudgment(judgment));
        }
        Node::Section(section) => {
            let key = Key::Id(PartKind::Section, &section.id);
            parents.extend(section.sections.iter().map(|inner| (inner.id.as_str(), key)));
            let parent = parents.get(section.id.as_str()).copied().unwrap_or(Key::FrontMatter);
            add(key, &section.id, parent, Body::Section(section));
        }
        Node::Block(located) => {
            let (inner, section) = (located.block, located.section);
            block = Key::Block(block_number(paths.len()));
            paths.push(located.path());
            let id = if inner.id.is_empty() { &section.id } else { &inner.id };
            add(block, id, Key::Id(PartKind::Section, &section.id), Body::Block(inner));
        }
        // Marks of withheld statements have no id and cannot be compared.
        Node::Statement(statement, _) if statement.id.is_empty() => {}
        Node::Statement(statement, location) => {
            let holder = match location {
                StatementLocation::BottomLine => Key::FrontMatter,
                StatementLocation::KeyJudgment(judgment) => Key::Id(PartKind::KeyJudgment, &judgment.id),
                StatementLocation::Section(_) => block,
            };
            let key = Key::Id(PartKind::Statement, &statement.id);
            add(key, &statement.id, holder, Body::Statement(statement));
        }
    });
    let blocks = parts.iter_mut().filter(|part| matches!(part.body, Body::Block(_)));
    blocks.zip(paths).for_each(|(part, path)| part.path = path);
    add_others(content, &mut parts);
    parts
}

/// Returns the values that belong to the brief as a whole. Not included: `changes`, which describe the differences.
fn front_matter(content: &BriefContent) -> BriefContent {
    BriefContent {
        kind: content.kind,
        title: content.title.clone(),
        localized_titles: content.localized_titles.clone(),
        subtitle: content.subtitle.clone(),
        language: content.language.clone(),
        subject: content.subject.clone(),
        as_of: content.as_of.clone(),
        default_marking: content.default_marking.clone(),
        marking: content.marking.clone(),
        likelihood_scale: content.likelihood_scale,
        change_summary: content.change_summary.clone(),
        tags: content.tags.clone(),
        regions: content.regions.clone(),
        translation_of: content.translation_of.clone(),
        ..BriefContent::default()
    }
}

/// Returns a key judgment with the ids of its statements only.
fn own_judgment(judgment: &KeyJudgment) -> KeyJudgment {
    KeyJudgment { statements: ids_only(&judgment.statements), ..judgment.clone() }
}

fn own_section(section: &Section) -> Section {
    Section {
        id: section.id.clone(),
        heading: section.heading.clone(),
        domain: section.domain.clone(),
        marking: section.marking.clone(),
        ..Section::default()
    }
}

fn ids_only(statements: &[Statement]) -> Vec<Statement> {
    statements
        .iter()
        .map(|statement| Statement { id: statement.id.clone(), ..Statement::default() })
        .collect()
}

/// Returns a block with the ids of its statements only.
fn own_block(block: &Block) -> Block {
    map_statements(block, &ids_only, &own_list)
}

fn own_list(list: &List) -> List {
    let items = list.items.iter().map(|item| ListItem {
        statements: ids_only(&item.statements),
        list: item.list.as_ref().map(own_list),
        ..item.clone()
    });
    List { ordered: list.ordered, items: items.collect() }
}

/// Returns a block as it is compared. Sentences are compared by themselves, with the block that contains them; in a list,
/// those of both editions show which items are the same.
fn comparable_block(block: &Block, common: &BTreeSet<&str>) -> Block {
    map_statements(block, &|_| Vec::new(), &|list| comparable_list(list, common))
}

fn comparable_list(list: &List, common: &BTreeSet<&str>) -> List {
    let items = list.items.iter().filter_map(|item| {
        let statements: Vec<Statement> =
            ids_only(&item.statements).into_iter().filter(|one| common.contains(one.id.as_str())).collect();
        let list = item.list.as_ref().map(|list| comparable_list(list, common));
        let list = list.filter(|list| !list.items.is_empty());
        let has_common = !statements.is_empty() || list.is_some();
        has_common.then(|| ListItem { marking: item.marking.clone(), statements, list, withheld: None })
    });
    List { ordered: list.ordered, items: items.collect() }
}

/// Clones a block, replacing its statements or its list.
fn map_statements(
    block: &Block,
    statements: &dyn Fn(&[Statement]) -> Vec<Statement>,
    list: &dyn Fn(&List) -> List,
) -> Block {
    let kind = block.kind.as_ref().map(|kind| match kind {
        BlockKind::Paragraph(paragraph) => {
            let statements = statements(&paragraph.statements);
            BlockKind::Paragraph(Paragraph { statements })
        }
        BlockKind::List(inner) => BlockKind::List(list(inner)),
        BlockKind::Callout(callout) => BlockKind::Callout(Callout {
            title: callout.title.clone(),
            statements: statements(&callout.statements),
        }),
        BlockKind::Quote(quote) => BlockKind::Quote(Quote {
            statements: statements(&quote.statements),
            attribution: quote.attribution.clone(),
        }),
        BlockKind::Table(_) | BlockKind::Figure(_) | BlockKind::Withheld(_) => kind.clone(),
    });
    Block { id: block.id.clone(), marking: block.marking.clone(), kind }
}
