//! Knowledge beyond the public API: withdrawn and purged revisions, delivered PDFs, and query plans over a hundred
//! thousand statements.

use chancery_proto::names::BriefName;
use chancery_store::knowledge::{AsOf, Clock, Impact, ImpactTarget, KnowledgeQuery};
use chancery_store::{DatabaseSettings, Principal, Recipient, Role, Store};
use time::OffsetDateTime;

use crate::fixture::{Fixture, brief_name, content, document, person, with_role};

const fn query<'a>(workspace: &'a chancery_proto::names::ResourceId, filter: &'a str) -> KnowledgeQuery<'a> {
    KnowledgeQuery { workspace, filter, order_by: "", as_of: None, after: None, limit: 51 }
}

/// The revisions whose statement `open` is visible.
async fn held(fixture: &Fixture, principal: &Principal, as_of: Option<AsOf>) -> Vec<u32> {
    let workspace = "default".parse().unwrap();
    let request = KnowledgeQuery { as_of, ..query(&workspace, "id = open") };
    let found = fixture.store.knowledge().list_statements(principal, &request).await.unwrap();
    found.into_iter().map(|found| found.revision.revision.0).collect()
}

fn day(number: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(number * 86_400).unwrap()
}

fn published(number: i64) -> AsOf {
    AsOf { time: day(number), clock: Clock::Published }
}

#[tokio::test]
async fn an_earlier_moment_excludes_later_operations() {
    let fixture = Fixture::new().await;
    let documents: Vec<_> = (1..=3_u32)
        .map(|number| {
            let mut document = document(number, content(&format!("No. {number}")));
            document.published_at = Some(day(i64::from(number) * 10));
            document
        })
        .collect();
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &documents).await.unwrap();
    let reader = person("TLP:CLEAR");
    let set = |what: &str| fixture.rows(&format!("update revisions set {what}"));

    // The third was withdrawn on day 40.
    set(
        "withdrawn_at = to_timestamp(40 * 86400), withdrawn_by = 'x', withdraw_reason = 'x' where revision = 3",
    );
    fixture.rows("select settle_current(brief_key) from briefs");
    assert_eq!(held(&fixture, &reader, None).await, [2]);
    for (day, expected) in
        [(9, vec![]), (10, vec![1]), (29, vec![2]), (30, vec![3]), (39, vec![3]), (40, vec![2])]
    {
        assert_eq!(held(&fixture, &reader, Some(published(day))).await, expected, "{day}");
    }

    // The second was purged on day 50: it was the newest until then, but its rows are gone.
    fixture.rows("delete from statements where revision = 2");
    set(
        "body = null, purged_at = to_timestamp(50 * 86400), purged_by = 'x', purge_reason = 'x' where revision = 2",
    );
    fixture.rows("select settle_current(brief_key) from briefs");
    assert_eq!(held(&fixture, &reader, None).await, [1]);
    for (day, expected) in [(19, vec![1]), (20, vec![]), (30, vec![3]), (45, vec![]), (50, vec![1])] {
        assert_eq!(held(&fixture, &reader, Some(published(day))).await, expected, "{day}");
    }

    fixture.rows("update briefs set deleted_at = now(), deleted_by = 'x', purge_at = now()");
    assert_eq!(held(&fixture, &reader, Some(published(30))).await, Vec::<u32>::new());
}

#[tokio::test]
async fn an_earlier_moment_shows_each_clearance_its_newest_revision_then() {
    let fixture = Fixture::new().await;
    let mut closed = content("Two");
    closed.default_marking = "TLP:AMBER".into();
    for statement in statements_of(&mut closed) {
        if statement.marking == "TLP:CLEAR" {
            statement.marking = "TLP:AMBER".into();
        }
    }
    let mut documents = [document(1, content("One")), document(2, closed)];
    (documents[0].published_at, documents[1].published_at) = (Some(day(10)), Some(day(20)));
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &documents).await.unwrap();
    assert_eq!(held(&fixture, &person("TLP:GREEN"), Some(published(30))).await, [1]);
    assert_eq!(held(&fixture, &person("TLP:AMBER"), Some(published(30))).await, [2]);
    assert_eq!(held(&fixture, &person("TLP:AMBER"), Some(published(19))).await, [1]);
    assert_eq!(held(&fixture, &person("TLP:GREEN"), None).await, [1]);
    assert_eq!(held(&fixture, &person("TLP:AMBER"), None).await, [2]);
}

fn statements_of(
    content: &mut chancery_proto::brief::v1::BriefContent,
) -> Vec<&mut chancery_proto::brief::v1::Statement> {
    let blocks = content.sections.iter_mut().flat_map(|section| &mut section.blocks);
    let statements = blocks.filter_map(|block| match &mut block.kind {
        Some(chancery_proto::brief::v1::block::Kind::Paragraph(paragraph)) => Some(&mut paragraph.statements),
        _ => None,
    });
    statements.flatten().collect()
}

/// Records that a token began to download the edition of a rank, or that the download completed.
fn deliver(fixture: &Fixture, revision: u32, rank: i16, token: &str, begun_as: &str) -> String {
    let inserted = fixture.rows(&format!(
        "insert into render_deliveries (workspace_id, render_id, brief_id, revision, edition_digest, artifact_digest,
            event, read_offset, subject, begun_as, visible_from)
        select 'default', repeat('a', 32), brief_id, revision, digest, sha256('pdf'::bytea),
            case when {begun_as} is null then 'BEGUN' else 'COMPLETED' end, 0,
            'workspaces/default/apiTokens/' || '{token}', {begun_as}, from_rank
        from editions where revision = {revision} and from_rank = {rank}
        returning delivery_id"
    ));
    inserted.into_iter().next().unwrap()
}

async fn impact(fixture: &Fixture, principal: &Principal, target: ImpactTarget<'_>) -> Impact {
    let brief: BriefName = brief_name("b1");
    fixture.store.knowledge().trace_impact(principal, &brief, target).await.unwrap()
}

#[tokio::test]
async fn deliveries_of_pdfs_with_the_part_are_listed_for_callers_who_may_read_them() {
    let fixture = Fixture::new().await;
    let documents = [document(1, content("One")), document(2, content("Two"))];
    fixture.store.briefs().import(&person("TLP:RED"), &brief_name("b1"), &documents).await.unwrap();
    let token = fixture.rows("select token_id from api_tokens where workspace_id = 'default'").remove(0);
    let begun = deliver(&fixture, 1, 0, &token, "null::bigint");
    deliver(&fixture, 1, 0, &token, &begun);
    deliver(&fixture, 2, 4, &token, "null::bigint");
    deliver(&fixture, 2, 0, "gone", "null::bigint");

    // Every edition has the open statement; the highest edition is for the highest clearance.
    let target = ImpactTarget::Statement("open");
    let all = impact(&fixture, &with_role(Role::Publisher, "TLP:RED"), target).await;
    let delivered: Vec<(u32, bool)> =
        all.deliveries.iter().map(|found| (found.revision.revision.0, found.complete)).collect();
    assert_eq!((delivered, all.total_deliveries), (vec![(2, false), (2, false), (1, true)], 3));
    let recipients: Vec<&Recipient> =
        all.deliveries.iter().filter_map(|found| found.recipient.as_ref()).collect();
    assert_eq!(recipients[0].subject, "workspaces/default/apiTokens/gone");
    assert_eq!(recipients[1].subject, format!("workspaces/default/apiTokens/{token}"));
    assert!(recipients[0].display_name.is_empty() && !recipients[1].display_name.is_empty());
    let open = impact(&fixture, &with_role(Role::Reader, "TLP:CLEAR"), target).await;
    assert_eq!(open.total_deliveries, 2);
    assert!(open.deliveries.iter().all(|found| found.recipient.is_none()));

    // The informant is in the highest edition only.
    let secret =
        impact(&fixture, &with_role(Role::Reader, "TLP:RED"), ImpactTarget::Source("informant")).await;
    assert_eq!(secret.total_deliveries, 1);
    assert_eq!(secret.parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>(), ["secret"]);
}

/// 1,000 briefs of 100 statements, inserted in the form that publishing writes.
const MANY: &str = "
    insert into briefs (workspace_id, brief_id, uid, created_by)
    select 'default', 'brief-' || lpad(n::text, 4, '0'), md5(n::text), 'x' from generate_series(1, 1000) n;
    insert into revisions (brief_key, revision, body, digest, content_digest, content_schema, redaction_version, floor,
        highest, published_at, creator, recorded_by, title, current_until)
    select brief_key, 1, '', sha256(uid::bytea), sha256(uid::bytea), 1, 1, 0, 4,
        '2025-01-01'::timestamptz + make_interval(hours => brief_key::integer), 'x', 'x', 'A brief', 16
    from briefs;
    insert into statements (workspace_id, brief_id, brief_key, revision, statement_id, from_rank, until_rank,
        current_until, position, place, holder_id, brief_kind, language, published_at, recorded_at, text, type, status,
        likelihood_term, likelihood_low, likelihood_high, confidence, marking, domain, actor_ids, place_ids, source_ids,
        topics, period_from, period_until, body)
    select 'default', b.brief_id, b.brief_key, 1, 's' || n, case when n % 10 = 0 then 2 else 0 end, 16, 16, n, 4, 'body',
        1, 'en', r.published_at, r.recorded_at, 'A sentence about something', 1 + n % 4, 1,
        case when n % 5 = 0 then 1 + n % 7 else 0 end, 20, 45, 2, 0,
        'domain-' || (b.brief_key * 100 + n) % 200, array['actor-' || (b.brief_key * 7 + n) % 500], '{}',
        array['source-' || b.brief_key % 300], '{}',
        case when n % 3 = 0 then 7300 + (b.brief_key * 100 + n) % 12000 end,
        case when n % 3 = 0 then 7310 + (b.brief_key * 100 + n) % 12000 end, ''
    from briefs b join revisions r using (brief_key), generate_series(1, 100) n;
    analyze statements; analyze revisions; analyze briefs;";

/// Rows that two pages of 50 may read, of 100,000: some are above the clearance, or match one of two conditions only.
const MOST_FETCHED: i64 = 2000;

/// The number of sequential scans of statements and of rows fetched by indexes, as reported by finished sessions.
fn reads(fixture: &Fixture) -> (i64, i64) {
    while fixture.rows("select count(*) from pg_stat_activity where application_name = 'knowledge'") != ["0"]
    {
        std::thread::yield_now();
    }
    let counters = "select seq_scan, idx_tup_fetch from pg_stat_user_tables where relname = 'statements'";
    let row = fixture.rows(counters).remove(0);
    let (sequential, fetched) = row.split_once('|').unwrap();
    (sequential.parse().unwrap(), fetched.parse().unwrap())
}

#[tokio::test]
async fn queries_over_a_hundred_thousand_statements_use_indexes() {
    let fixture = Fixture::new().await;
    fixture.rows(MANY);
    let workspace = "default".parse().unwrap();
    for (filter, order_by, is_common) in [
        ("", "", true),
        ("", "brief desc", true),
        ("", "publish_time desc", true),
        ("actor : actor-17", "", true),
        ("actor : actor-17", "publish_time desc", true),
        ("actor : nobody", "", false),
        ("source : source-8 AND type = STATEMENT_TYPE_FACT", "", true),
        ("domain = domain-3", "", true),
        ("domain = nothing", "", false),
        ("type = STATEMENT_TYPE_FORECAST", "", true),
        ("likelihood = LIKELIHOOD_TERM_ICD203_VERY_UNLIKELY", "", true),
        ("likelihood = LIKELIHOOD_TERM_PHIA_UNLIKELY", "", false),
        ("period : 1999-06", "", true),
        ("period : 1999 AND actor : actor-17", "period", false),
        ("period < 1990-02", "period", true),
    ] {
        let before = reads(&fixture);
        let store: Store =
            DatabaseSettings::of_url(fixture.database.url()).connect("knowledge").await.unwrap();
        let request = KnowledgeQuery { order_by, ..query(&workspace, filter) };
        let first = store.knowledge().list_statements(&person("TLP:GREEN"), &request).await.unwrap();
        assert!(first.len() == 51 || !is_common, "{filter}: {}", first.len());
        if let Some(last) = first.get(50) {
            let next = KnowledgeQuery { after: Some(&last.page_key), ..request };
            store.knowledge().list_statements(&person("TLP:GREEN"), &next).await.unwrap();
        }
        store.close().await;
        let after = reads(&fixture);
        assert_eq!(before.0, after.0, "full scan: {filter} by {order_by:?}");
        let fetched = after.1 - before.1;
        assert!(fetched <= MOST_FETCHED, "{fetched} rows were fetched: {filter} by {order_by:?}");
    }
}
