//! Neutral briefs of known size.

use chancery_proto::brief::v1::{
    Actor, ActorKind, Block, BriefContent, BriefKind, Citation, CitationRole, Domain, KeyJudgment,
    Likelihood, LikelihoodScale, LikelihoodTerm, Paragraph, RevisionDocument, Section, Source, SourceType,
    Statement, StatementType, block::Kind,
};
use chancery_testkit::imports::document;
use prost::Message as _;

use crate::words::{Dice, Words};

/// Statements per brief for lists and searches.
pub const STATEMENTS: usize = 50;

/// Actors per workspace.
const ACTORS: usize = 200;

const DOMAINS: [&str; 6] = ["trade", "transport", "energy", "weather", "culture", "science"];
const TYPES: [StatementType; 4] =
    [StatementType::Fact, StatementType::Fact, StatementType::Assessment, StatementType::Forecast];
const TERMS: [(LikelihoodTerm, u32, u32); 3] = [
    (LikelihoodTerm::Icd203Unlikely, 20, 45),
    (LikelihoodTerm::Icd203Likely, 55, 80),
    (LikelihoodTerm::Icd203VeryLikely, 80, 95),
];

/// Builds a brief of about `STATEMENTS` statements.
pub fn listed(number: usize) -> RevisionDocument {
    let mut dice = Dice::new(number as u64 + 1);
    document(&format!("brief-{number:05}"), 1, content(&mut dice, STATEMENTS))
}

/// Builds a brief whose content has about this number of bytes.
pub fn of_size(brief_id: &str, bytes: usize) -> RevisionDocument {
    let mut statements = 10;
    loop {
        let content = content(&mut Dice::new(1), statements);
        let size = content.encoded_len();
        if size >= bytes {
            return document(brief_id, 1, content);
        }
        // Half of what is missing at a time, so that the result is close to the size and comes soon.
        statements += ((bytes - size) * statements / size / 2).max(1);
    }
}

fn content(dice: &mut Dice, count: usize) -> BriefContent {
    let words = Words::default();
    let actor_ids: Vec<String> = (0..5).map(|_| format!("actor-{}", dice.below(ACTORS))).collect();
    let actor_ids = distinct(actor_ids);
    let source_ids: Vec<String> = (0..4).map(|number| format!("source-{number}")).collect();
    let mut statements =
        (0..count).map(|number| statement(dice, &words, number, &actor_ids, &source_ids)).collect::<Vec<_>>();
    let judged = statements.split_off(count - 1);
    let rests_on = statements.iter().take(3).map(|statement| statement.id.clone()).collect();
    let bluf = statements.split_off(statements.len() - 2);
    let sections =
        statements.chunks(12).zip(0..).map(|(statements, number)| section(dice, &words, statements, number));
    let sections: Vec<Section> = sections.collect();
    let title = words.sentence(dice);
    BriefContent {
        kind: BriefKind::Thematic.into(),
        title: title.trim_end_matches('.').chars().take(80).collect::<String>().trim_end().to_owned(),
        language: "en".into(),
        default_marking: "TLP:CLEAR".into(),
        likelihood_scale: LikelihoodScale::Icd203.into(),
        bluf,
        key_judgments: vec![KeyJudgment {
            id: "judgment".into(),
            statements: judged,
            rests_on,
            ..KeyJudgment::default()
        }],
        sections,
        domains: DOMAINS.iter().map(|id| domain(id)).collect(),
        actors: actor_ids.iter().map(|id| actor(dice, &words, id)).collect(),
        sources: source_ids.iter().map(|id| source(dice, &words, id)).collect(),
        ..BriefContent::default()
    }
}

fn distinct(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn statement(
    dice: &mut Dice,
    words: &Words,
    number: usize,
    actors: &[String],
    sources: &[String],
) -> Statement {
    let kind = TYPES[dice.below(TYPES.len())];
    let likelihood = (kind != StatementType::Fact).then(|| {
        let (term, low, high) = TERMS[dice.below(TERMS.len())];
        Likelihood {
            scale: LikelihoodScale::Icd203.into(),
            term: term.into(),
            low_percent: low,
            high_percent: high,
            ..Likelihood::default()
        }
    });
    Statement {
        id: format!("s-{number}"),
        text: words.sentence(dice),
        r#type: kind.into(),
        likelihood,
        domain: dice.few_often(&DOMAINS).to_string(),
        actor_ids: vec![dice.few_often(actors).clone()],
        citations: vec![Citation {
            source_id: sources[number % sources.len()].clone(),
            role: CitationRole::States.into(),
            ..Citation::default()
        }],
        ..Statement::default()
    }
}

fn section(dice: &mut Dice, words: &Words, statements: &[Statement], number: usize) -> Section {
    let heading: String = words.sentence(dice).chars().take(40).collect();
    let paragraph = |statements: &[Statement]| Block {
        kind: Some(Kind::Paragraph(Paragraph { statements: statements.to_vec() })),
        ..Block::default()
    };
    Section {
        id: format!("section-{number}"),
        heading: heading.trim_end().to_owned(),
        blocks: statements.chunks(4).map(paragraph).collect(),
        ..Section::default()
    }
}

fn domain(id: &str) -> Domain {
    Domain { id: id.to_owned(), name: id.to_owned(), ..Domain::default() }
}

fn actor(dice: &mut Dice, words: &Words, id: &str) -> Actor {
    let name: String = words.sentence(dice).chars().take(30).collect();
    Actor {
        id: id.to_owned(),
        name: name.trim_end().to_owned(),
        kind: ActorKind::Organisation.into(),
        ..Actor::default()
    }
}

fn source(dice: &mut Dice, words: &Words, id: &str) -> Source {
    let title: String = words.sentence(dice).chars().take(60).collect();
    Source {
        id: id.to_owned(),
        title: title.trim_end().to_owned(),
        r#type: SourceType::Research.into(),
        ..Source::default()
    }
}
