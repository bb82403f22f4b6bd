//! Measures whether lists and searches stay as fast with a hundred times the data: p50 of fixed mixes of queries,
//! alternating between a small and a large installation.

use std::time::Instant;

use chancery_bench::content::{self, STATEMENTS};
use chancery_bench::installation::{Installation, Postgres};
use chancery_bench::statistics::median;
use chancery_bench::words::KNOWN;
use chancery_client::Client;
use chancery_proto::brief::v1::{ListBriefsRequest, ListStatementsRequest, SearchBriefsRequest};
use chancery_testkit::WORKSPACE;
use chancery_testkit::imports::import;
use tonic::{Code, Status};

use crate::Amounts;

/// Concurrent imports.
const WRITERS: usize = 4;

/// The size of the large installation relative to the small one.
const SMALLER: usize = 100;

/// Searches: half are words that occur in 1 to 5 % of the statements; then rarer words, several words, phrases,
/// prefixes, exclusions, alternatives.
const SEARCHES: [&str; 16] = [
    "harbour",
    "timber",
    "glacier",
    "pilot",
    "orchard",
    "granite",
    "lantern",
    "meadow",
    "sextant",
    "tundra",
    "zeppelin",
    "harbour timber",
    "\"north harbour\"",
    "hovercr*",
    "granite -timber",
    "wharf OR quartz",
];

/// Lists of statements: filter and order.
const STATEMENT_LISTS: [(&str, &str); 8] = [
    ("", ""),
    ("", "publish_time desc"),
    ("domain = \"weather\"", ""),
    ("type = STATEMENT_TYPE_FORECAST", ""),
    ("likelihood = LIKELIHOOD_TERM_ICD203_LIKELY", ""),
    ("actor:\"actor-7\"", ""),
    ("actor:\"actor-150\" AND type = STATEMENT_TYPE_ASSESSMENT", ""),
    ("domain = \"science\" AND low_percent >= 50", "publish_time desc"),
];

/// Lists of briefs.
const BRIEF_LISTS: [(&str, &str); 3] =
    [("", ""), ("", "publish_time desc"), ("kind = BRIEF_KIND_THEMATIC", "")];

enum Query {
    Briefs(ListBriefsRequest),
    Statements(ListStatementsRequest),
    Search(SearchBriefsRequest),
}

impl Query {
    async fn ask(&self, client: &Client) -> Result<(), Status> {
        match self {
            Self::Briefs(request) => client.briefs().list_briefs(request.clone()).await.map(drop),
            Self::Statements(request) => client.knowledge().list_statements(request.clone()).await.map(drop),
            Self::Search(request) => client.briefs().search_briefs(request.clone()).await.map(drop),
        }
    }
}

pub(crate) async fn measure(postgres: &Postgres, amounts: &Amounts) -> anyhow::Result<()> {
    let large = filled(postgres, "large", amounts.statements).await?;
    let small = filled(postgres, "small", amounts.statements / SMALLER).await?;
    for (word, of_ten_thousand) in KNOWN.iter().take(8) {
        let found =
            large.psql.rows(&format!("select count(*) from statements where text ~* '\\y{word}\\y'"))?;
        println!(
            "# {word}: {} of {} statements, {of_ten_thousand} in 10,000 wanted",
            found.concat(),
            amounts.statements
        );
    }
    let clients = (small.client().await?, large.client().await?);
    for (figure, queries) in mixes() {
        compare(figure, &queries, &clients, amounts.queries).await?;
    }
    Ok(())
}

/// Creates an installation with about this number of statements and fresh statistics.
async fn filled(postgres: &Postgres, name: &str, statements: usize) -> anyhow::Result<Installation> {
    let installation = Installation::start(postgres, name, &[]).await?;
    let briefs = (statements / STATEMENTS).max(1);
    let began = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let client = installation.client().await?;
        writers.spawn(async move {
            for number in (writer..briefs).step_by(WRITERS) {
                client.import_brief(import(vec![content::listed(number)])).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    println!("# {name}: {briefs} briefs were imported in {:.0} s", began.elapsed().as_secs_f64());
    installation.psql.rows("vacuum (analyze)")?;
    Ok(installation)
}

fn mixes() -> [(&'static str, Vec<Query>); 3] {
    let parent = || WORKSPACE.to_owned();
    let briefs = BRIEF_LISTS.iter().map(|(filter, order_by)| {
        Query::Briefs(ListBriefsRequest {
            parent: parent(),
            filter: (*filter).to_owned(),
            order_by: (*order_by).to_owned(),
            ..ListBriefsRequest::default()
        })
    });
    let statements = STATEMENT_LISTS.iter().map(|(filter, order_by)| {
        Query::Statements(ListStatementsRequest {
            parent: parent(),
            filter: (*filter).to_owned(),
            order_by: (*order_by).to_owned(),
            ..ListStatementsRequest::default()
        })
    });
    let searches = SEARCHES.iter().map(|query| {
        Query::Search(SearchBriefsRequest {
            parent: parent(),
            query: (*query).to_owned(),
            ..SearchBriefsRequest::default()
        })
    });
    [
        ("serve.list_growth", briefs.collect()),
        ("serve.statements_growth", statements.collect()),
        ("serve.search_growth", searches.collect()),
    ]
}

/// Runs each query alternately on both, so that other load on the machine affects both.
async fn compare(
    figure: &str,
    queries: &[Query],
    (small, large): &(Client, Client),
    rounds: usize,
) -> anyhow::Result<()> {
    let mut took = [Vec::new(), Vec::new()];
    let mut of_each: Vec<[Vec<f64>; 2]> = queries.iter().map(|_| [Vec::new(), Vec::new()]).collect();
    for round in 0..=rounds {
        for (query, of_query) in queries.iter().zip(&mut of_each) {
            for (side, client) in [small, large].into_iter().enumerate() {
                let began = Instant::now();
                match query.ask(client).await {
                    Ok(()) => {}
                    Err(status) if status.code() == Code::Unimplemented => {
                        println!("# {figure}: not implemented");
                        return Ok(());
                    }
                    Err(status) => return Err(status.into()),
                }
                let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
                // The first round warms up.
                if round > 0 {
                    took[side].push(milliseconds);
                    of_query[side].push(milliseconds);
                }
            }
        }
    }
    for (query, [of_small, of_large]) in queries.iter().zip(&mut of_each) {
        println!(
            "# {}: {:.2} ms, {:.2} ms in the large one",
            query.description(),
            median(of_small),
            median(of_large)
        );
    }
    let [of_small, of_large] = &mut took;
    let (of_small, of_large) = (median(of_small), median(of_large));
    println!("{figure} {:.2}", of_large / of_small);
    let name = figure.trim_end_matches("_growth");
    println!("{name}_small_ms {of_small:.2}");
    println!("{name}_large_ms {of_large:.2}");
    Ok(())
}

impl Query {
    fn description(&self) -> String {
        match self {
            Self::Briefs(request) => format!("briefs {:?} by {:?}", request.filter, request.order_by),
            Self::Statements(request) => format!("statements {:?} by {:?}", request.filter, request.order_by),
            Self::Search(request) => format!("search {:?}", request.query),
        }
    }
}
