//! Nothing withheld is observable: two workspaces that differ only in what is withheld from a caller return the same
//! bytes for every request of theirs, except for random and clock-dependent values. The remaining observations are
//! listed in docs/GUARANTEES.md, section Clearances, and tested in `leak_list`.

use chancery_brief::marking::{Clearance, Policy, Rank, Scheme};
use chancery_brief::validate::canonicalize;
use chancery_brief::{Canonical, arbitrary, redact};
use chancery_proto::admin::v1::Role;
use chancery_proto::brief::v1::{
    BriefContent, BriefKind, DeleteBriefRequest, PurgeBriefRevisionRequest, RevisionDocument, Section,
    Statement, WithdrawBriefRevisionRequest,
};
use chancery_proto::render::v1::CreateRenderRequest;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::attachments::figure;
use crate::leak_answers::{Reader, answers};
use crate::leak_scene::{OPEN_PICTURE, OTHER_WITHHELD_PICTURE, Side, Twins, WITHHELD_PICTURE, workspace_of};
use crate::scene::Scene;

/// The number of compared pairs of briefs; `CHANCERY_LEAK_CASES` overrides it.
const CASES: usize = 6;

/// Two contents that look the same at a clearance.
struct Pair {
    one: BriefContent,
    other: BriefContent,
}

/// Generates pairs of random content.
struct Pairs {
    runner: TestRunner,
    scheme: Scheme,
    policy: Policy,
    clearance: Rank,
}

impl Pairs {
    fn canonical(&mut self) -> Canonical {
        loop {
            let made = arbitrary::canonical().new_tree(&mut self.runner).unwrap().current();
            if made.scheme() == self.scheme {
                return made;
            }
        }
    }

    /// The second differs in parts above the clearance: other texts, or some or all of them missing.
    fn pair(&mut self) -> Pair {
        loop {
            let full = self.canonical();
            for rank in self.scheme.ranks().filter(|rank| *rank >= self.clearance) {
                if let Some(pair) = self.same_seen(&full, self.without_above(&full, rank)) {
                    return pair;
                }
            }
            if let Some(pair) = self.same_seen(&full, self.reworded(&full)) {
                return pair;
            }
        }
    }

    /// The second is what the clearance sees of the first, as a whole brief.
    fn without_above(&self, full: &Canonical, rank: Rank) -> Option<Canonical> {
        let edition = redact::edition(full, Clearance(rank), Policy::Omit)?;
        canonicalize(&edition, self.scheme).ok()
    }

    /// The second differs in every text above the clearance.
    fn reworded(&self, full: &Canonical) -> Option<Canonical> {
        let json = chancery_proto::json::to_string_pretty(full.content());
        let mut pieces = json.split("canary-");
        let mut reworded = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let canary = piece.split('.').next().unwrap_or_default();
            let rank = canary.rsplit_once("-r").and_then(|(_, rank)| rank.parse::<u8>().ok());
            let is_above = rank.is_some_and(|rank| rank > u8::from(self.clearance));
            reworded.push_str(if is_above { "kanari-" } else { "canary-" });
            reworded.push_str(piece);
        }
        let content: BriefContent = chancery_proto::json::from_str(&reworded).unwrap();
        canonicalize(&content, self.scheme).ok()
    }

    /// Returns the pair if its contents differ and look the same at the clearance.
    fn same_seen(&self, full: &Canonical, other: Option<Canonical>) -> Option<Pair> {
        let other = other?;
        let seen = |content: &Canonical| redact::edition(content, Clearance(self.clearance), self.policy);
        let is_pair = other.content() != full.content() && seen(full).is_some() && seen(full) == seen(&other);
        is_pair.then(|| Pair { one: full.content().clone(), other: other.content().clone() })
    }

    /// Generates content of which the clearance sees nothing.
    fn hidden(&mut self) -> Option<Pair> {
        let above = self.scheme.ranks().find(|rank| *rank > self.clearance)?;
        let content = |word: &str| BriefContent {
            title: format!("Hidden {word}"),
            default_marking: self.scheme.label(above).into(),
            bluf: vec![Statement {
                id: "line".into(),
                text: format!("What is hidden is {word}."),
                r#type: chancery_proto::brief::v1::StatementType::Fact.into(),
                ..Statement::default()
            }],
            language: "en".into(),
            kind: BriefKind::Thematic.into(),
            ..BriefContent::default()
        };
        Some(Pair { one: content("zibeth"), other: content("xyzzy") })
    }
}

pub(crate) fn documents(brief: &str, contents: &[BriefContent]) -> Vec<RevisionDocument> {
    let document = |(content, number): (&BriefContent, u32)| RevisionDocument {
        brief_id: brief.into(),
        revision: number,
        content: Some(content.clone()),
        publish_time: Some(prost_types::Timestamp { seconds: 1_750_000_000 + i64::from(number), nanos: 0 }),
        creator: "Desk".into(),
        ..RevisionDocument::default()
    };
    contents.iter().zip(1..).map(document).collect()
}

/// Fills twins with content that differs only in what is withheld.
async fn fill(twins: &Twins<'_>, pairs: &mut Pairs) {
    revisions(twins, pairs).await;
    unseen(twins, pairs).await;
    deleted(twins, pairs).await;
    purged(twins, pairs).await;
    pictures(twins, pairs).await;
    // Another caller prints, more in one twin than in the other.
    for (side, sources) in [(&twins.one, &["b1", "b2", "b3"][..]), (&twins.other, &["b1"][..])] {
        for source in sources {
            let source = format!("{}/briefs/{source}", workspace_of(side));
            let parent = workspace_of(side);
            let request = CreateRenderRequest { parent, source, ..CreateRenderRequest::default() };
            // In a scheme whose second highest marking is the caller's, there may be nothing to hide.
            drop(side.renders.clone().create_render(request).await);
        }
    }
    // The last change, at which a watcher stops reading.
    for side in [&twins.one, &twins.other] {
        let name = format!("{}/briefs/b1/revisions/1", workspace_of(side));
        let reason = "A mistake".into();
        let request =
            WithdrawBriefRevisionRequest { name, reason, ..WithdrawBriefRevisionRequest::default() };
        side.admin.clone().withdraw_brief_revision(request).await.unwrap();
    }
}

/// Writes `b1`, with about three revisions, one of them hidden, and `b2`.
async fn revisions(twins: &Twins<'_>, pairs: &mut Pairs) {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let mut revisions = vec![Some(pairs.pair()), pairs.hidden(), Some(pairs.pair())];
    if let Some(Some(last)) = revisions.last() {
        // Again: a revision that differs from the previous one only in what is withheld.
        let again = Pair { one: last.other.clone(), other: last.one.clone() };
        revisions.push(Some(again));
    }
    for pair in revisions.into_iter().flatten() {
        one.push(pair.one);
        other.push(pair.other);
    }
    twins.import(documents("b1", &one), documents("b1", &other)).await;
    let Pair { one, other } = pairs.pair();
    twins.import(documents("b2", &[one]), documents("b2", &[other])).await;
}

/// Writes `b3`, which is entirely hidden, in one of the twins.
async fn unseen(twins: &Twins<'_>, pairs: &mut Pairs) {
    if let Some(hidden) = pairs.hidden() {
        twins.one.import(documents("b3", &[hidden.one])).await;
    }
}

/// Deletes a visible brief, and in one of the twins also a hidden one.
async fn deleted(twins: &Twins<'_>, pairs: &mut Pairs) {
    let Pair { one, other } = pairs.pair();
    twins.import(documents("deleted", &[one]), documents("deleted", &[other])).await;
    for side in [&twins.one, &twins.other] {
        delete(side, "deleted").await;
    }
    if let Some(hidden) = pairs.hidden() {
        twins.one.import(documents("deleted-unseen", &[hidden.one])).await;
        delete(&twins.one, "deleted-unseen").await;
    }
}

async fn delete(side: &Side, brief: &str) {
    let name = format!("{}/briefs/{brief}", workspace_of(side));
    let request = DeleteBriefRequest { name, ..DeleteBriefRequest::default() };
    side.admin.clone().delete_brief(request).await.unwrap();
}

/// Purges a brief's first revision, and in one of the twins also a hidden one.
async fn purged(twins: &Twins<'_>, pairs: &mut Pairs) {
    let pairs = [Some(pairs.pair()), pairs.hidden(), Some(pairs.pair())];
    let (one, other): (Vec<_>, Vec<_>) =
        pairs.into_iter().flatten().map(|Pair { one, other }| (one, other)).unzip();
    let has_hidden = one.len() == 3;
    twins.import(documents("purged", &one), documents("purged", &other)).await;
    purge(&twins.one, 1).await;
    purge(&twins.other, 1).await;
    if has_hidden {
        purge(&twins.one, 2).await;
    }
}

async fn purge(side: &Side, revision: u32) {
    let name = format!("{}/briefs/purged/revisions/{revision}", workspace_of(side));
    let request =
        PurgeBriefRevisionRequest { name, reason: "A spill".into(), ..PurgeBriefRevisionRequest::default() };
    side.admin.clone().purge_brief_revision(request).await.unwrap();
}

/// Writes a brief with a visible image and a withheld one, which differs between the twins.
async fn pictures(twins: &Twins<'_>, pairs: &mut Pairs) {
    let lowest = pairs.scheme.label(pairs.scheme.lowest());
    let Some(above) = pairs.scheme.ranks().find(|rank| *rank > pairs.clearance) else { return };
    let above = pairs.scheme.label(above);
    for (side, withheld) in [(&twins.one, WITHHELD_PICTURE), (&twins.other, OTHER_WITHHELD_PICTURE)] {
        let shown =
            [(side.upload(OPEN_PICTURE, lowest).await, lowest), (side.upload(withheld, above).await, above)];
        let blocks = shown.map(|(attachment, marking)| figure(&attachment, marking));
        let section = Section {
            id: "pictures".into(),
            heading: "Seen".into(),
            blocks: blocks.into(),
            ..Section::default()
        };
        let content = BriefContent {
            kind: BriefKind::Thematic.into(),
            title: "Pictures".into(),
            language: "en".into(),
            default_marking: lowest.into(),
            sections: vec![section],
            ..BriefContent::default()
        };
        side.import(documents("pictures", &[content])).await;
    }
}

fn cases() -> usize {
    std::env::var("CHANCERY_LEAK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_withheld_is_observable_in_any_response() {
    let scene = Scene::new().await;
    let mut runner = TestRunner::deterministic();
    for case in 0..cases() {
        let scheme = Scheme::ALL[case % 3];
        let policy = [Policy::Omit, Policy::Mark][case % 2];
        let ranks: Vec<Rank> = scheme.ranks().collect();
        // The highest clearance sees everything.
        let clearance = ranks[case % (ranks.len() - 1)];
        let twins = Twins::new(&scene, case, scheme, policy).await;
        let (one, other) = twins.readers(scheme.label(clearance), &[Role::Reader, Role::Renderer]).await;
        let began = (one.began().await, other.began().await);
        let mut pairs = Pairs {
            runner: TestRunner::new_with_rng(runner.config().clone(), runner.new_rng()),
            scheme,
            policy,
            clearance,
        };
        fill(&twins, &mut pairs).await;
        let (one_told, other_told) = (answers(&one, &began.0).await, answers(&other, &began.1).await);
        assert!(one_told.len() > 50, "{}", one_told.len());
        for ((what, one_told), (_, other_told)) in one_told.iter().zip(&other_told) {
            let label = scheme.label(clearance);
            assert_eq!(first_difference(one_told, other_told), None, "case {case}: {what} as {label}");
        }
        assert_eq!(one_told.len(), other_told.len());
        // Twins that differ in visible content are distinguished, so this comparison can fail.
        let cleared = twins.readers(scheme.label(scheme.highest()), &[Role::Reader, Role::Renderer]).await;
        let (one_told, other_told) = (all_seen(&cleared.0).await, all_seen(&cleared.1).await);
        assert_ne!(one_told, other_told, "case {case}");
    }
}

/// Returns the first difference between two texts, with the text around it.
pub(crate) fn first_difference<'t>(one: &'t str, other: &'t str) -> Option<(&'t str, &'t str)> {
    if one == other {
        return None;
    }
    let at = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let around = |text: &'t str| {
        let from = (0..=at.saturating_sub(80)).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
        let until = (at + 80..text.len()).find(|place| text.is_char_boundary(*place)).unwrap_or(text.len());
        &text[from..until]
    };
    Some((around(one), around(other)))
}

async fn all_seen(reader: &Reader) -> Vec<(String, String)> {
    answers(reader, "").await
}
