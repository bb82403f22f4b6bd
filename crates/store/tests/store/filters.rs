//! Filters and orders against a table with every type of field: Postgres must agree with a direct evaluation of the
//! filter.

use std::cmp::Ordering;

use chancery_brief::edtf;
use chancery_brief::marking::Scheme;
use chancery_proto::brief::v1::StatementType;
use chancery_store::filter::{
    Field, FieldType, Filter, KeyKind, Order, PageKey, Schema, SortColumn, SortKey, Sorting,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{Connection, PgConnection, Postgres, QueryBuilder};
use time::{Duration, OffsetDateTime};

use crate::fixture::Fixture;

const TYPES: [StatementType; 3] = [StatementType::Fact, StatementType::Assessment, StatementType::Forecast];

const fn field(name: &'static str, field_type: FieldType, column: &'static str) -> Field {
    Field { name, field_type, column }
}

const SCHEMA: Schema = Schema {
    fields: &[
        field("text", FieldType::Text, "i.body"),
        field("domain", FieldType::Id, "i.domain"),
        field("actors", FieldType::Ids, "i.actors"),
        field("type", FieldType::Enum("StatementType"), "i.type"),
        field("number", FieldType::Integer, "i.number"),
        field("likelihood.low", FieldType::Percent, "i.low"),
        field("flag", FieldType::Bool, "i.flag"),
        field("published_at", FieldType::Timestamp, "i.published_at"),
        field("period", FieldType::Period { latest: "i.latest" }, "i.earliest"),
        field("marking", FieldType::Marking, "i.rank"),
    ],
};

/// A row. Every column except the key may be null.
#[derive(Debug, Clone)]
struct Item {
    text: Option<String>,
    domain: Option<String>,
    actors: Option<Vec<String>>,
    kind: Option<i16>,
    number: Option<i32>,
    low: Option<i16>,
    flag: Option<bool>,
    published_at: Option<OffsetDateTime>,
    days: (Option<i64>, Option<i64>),
    rank: Option<i16>,
}

/// A filter's meaning, from which its text is generated.
#[derive(Debug, Clone)]
enum Said {
    All(Vec<Said>),
    Any(Vec<Said>),
    Not(Box<Said>),
    Comparison(&'static str, &'static str, String),
}

impl Said {
    /// Formats the filter, with parentheses where the grammar needs them; OR binds tighter than AND.
    fn write(&self) -> String {
        let inner = |parts: &[Self], join: &str, keeps: fn(&Self) -> bool| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| if keeps(part) { part.write() } else { format!("({})", part.write()) })
                .collect();
            parts.join(join)
        };
        match self {
            Self::All(parts) => inner(parts, " AND ", |part| !matches!(part, Self::All(_))),
            Self::Any(parts) => inner(parts, " OR ", |part| !matches!(part, Self::All(_) | Self::Any(_))),
            Self::Not(part) if matches!(**part, Self::Comparison(..)) => format!("NOT {}", part.write()),
            Self::Not(part) => format!("-({})", part.write()),
            Self::Comparison(field, comparator, value) => format!("{field} {comparator} {value}"),
        }
    }

    fn holds(&self, item: &Item) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(item)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(item)),
            Self::Not(part) => !part.holds(item),
            Self::Comparison(field, comparator, value) => compared(item, field, comparator, value),
        }
    }
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.to_owned(),
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An absent value differs from every other, and is neither below nor above it.
fn ordered<T: PartialOrd>(left: Option<T>, comparator: &str, right: &T) -> bool {
    let order = left.and_then(|left| left.partial_cmp(right));
    match comparator {
        "=" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ">" => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

fn compared(item: &Item, field: &str, comparator: &str, value: &str) -> bool {
    let text = unquoted(value);
    match (field, comparator) {
        ("text", ":") => {
            let part = text.to_lowercase();
            item.text.as_ref().is_some_and(|text| text.to_lowercase().contains(&part))
        }
        ("text", _) => ordered(item.text.clone(), comparator, &text),
        ("domain", ":") => item.domain.as_ref() == Some(&text),
        ("domain", _) => ordered(item.domain.clone(), comparator, &text),
        ("actors", _) => item.actors.as_ref().is_some_and(|actors| actors.contains(&text)),
        ("type", _) => {
            let number = i32::from(StatementType::from_str_name(&text).unwrap());
            ordered(item.kind.map(i32::from), comparator, &number)
        }
        ("number", _) => ordered(item.number.map(i64::from), comparator, &text.parse().unwrap()),
        ("likelihood.low", _) => ordered(item.low.map(i64::from), comparator, &text.parse().unwrap()),
        ("flag", _) => ordered(item.flag, comparator, &(text == "true")),
        ("published_at", _) => at(item.published_at, comparator, &text),
        ("period", _) => within(item.days, comparator, &text),
        _ => {
            let rank = i16::from(Scheme::Tlp.rank(&text).unwrap());
            ordered(item.rank, comparator, &rank)
        }
    }
}

/// Days are compared as days, moments as moments.
fn at(time: Option<OffsetDateTime>, comparator: &str, text: &str) -> bool {
    match text.split_once('T') {
        None => ordered(time.map(OffsetDateTime::date), comparator, &moment(text).date()),
        Some(_) => ordered(time, comparator, &moment(text)),
    }
}

/// `2025-06-DD` or `2025-06-DDTHH:00:00Z`.
fn moment(text: &str) -> OffsetDateTime {
    let day: i64 = text[8..10].parse().unwrap();
    let hours: i64 = text.get(11..13).map_or(0, |hours| hours.parse().unwrap());
    june(day, hours)
}

fn june(day: i64, hours: i64) -> OffsetDateTime {
    let first = OffsetDateTime::from_unix_timestamp(1_748_736_000).unwrap();
    first + Duration::days(day - 1) + Duration::hours(hours)
}

/// A null bound may be any day.
fn within((first, last): (Option<i64>, Option<i64>), comparator: &str, text: &str) -> bool {
    if first.is_none() && last.is_none() {
        return false;
    }
    let period = edtf::parse(text).unwrap();
    let (earliest, latest) =
        (period.earliest().map(edtf::Day::number), period.latest().map(edtf::Day::number));
    let begins = |day: Option<i64>| day.unwrap_or(i64::MIN);
    let ends = |day: Option<i64>| day.unwrap_or(i64::MAX);
    match comparator {
        ":" => begins(first) <= ends(latest) && ends(last) >= begins(earliest),
        "=" => (first, last) == (earliest, latest),
        "<" => last.is_some_and(|last| last < begins(earliest)),
        "<=" => ends(last) <= ends(latest),
        ">" => first.is_some_and(|first| first > ends(latest)),
        _ => begins(first) >= begins(earliest),
    }
}

const WORDS: [&str; 8] = ["", "iran", "Iran", "100%", "a_b", "a\\b", "say \"no\"", "ax"];
const ACTORS: [&str; 3] = ["iran", "russia", "x-1"];
const ORDERED: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const PERIODS: [&str; 9] = [
    "2024",
    "2024-06",
    "2024-06-15",
    "../2024-06",
    "2024-06/..",
    "2024/2025",
    "2024-XX",
    "202X",
    "/2023-12-31",
];

fn comparison() -> BoxedStrategy<Said> {
    let said = |field: &'static str, comparators: &'static [&'static str], values: BoxedStrategy<String>| {
        (select(comparators), values)
            .prop_map(move |(comparator, value)| Said::Comparison(field, comparator, value))
    };
    let words = |words: &'static [&'static str]| select(words).prop_map(quoted).boxed();
    let plain = |words: &'static [&'static str]| select(words).prop_map(str::to_owned).boxed();
    prop_oneof![
        said("text", &["=", "!="], words(&WORDS)),
        said("text", &[":"], words(&WORDS[1..])),
        said("domain", &["=", "!=", ":"], words(&WORDS)),
        said("actors", &[":"], plain(&ACTORS)),
        said(
            "type",
            &["=", "!="],
            select(&TYPES[..]).prop_map(|value| value.as_str_name().to_owned()).boxed()
        ),
        said("number", &ORDERED, (-2..3_i64).prop_map(|number| number.to_string()).boxed()),
        said("likelihood.low", &ORDERED, (0..=100_i64).prop_map(|number| number.to_string()).boxed()),
        said("flag", &["=", "!="], plain(&["true", "false"])),
        said("published_at", &ORDERED, times()),
        said("period", &["=", "<", "<=", ">", ">=", ":"], plain(&PERIODS)),
        said("marking", &ORDERED, select(Scheme::Tlp.labels()).prop_map(str::to_owned).boxed()),
    ]
    .boxed()
}

fn times() -> BoxedStrategy<String> {
    let day = (1..5_i64).prop_map(|day| format!("2025-06-{day:02}"));
    let hour = (1..5_i64, 0..24_i64).prop_map(|(day, hour)| format!("2025-06-{day:02}T{hour:02}:00:00Z"));
    prop_oneof![day, hour].boxed()
}

fn said() -> BoxedStrategy<Said> {
    comparison()
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 2..4).prop_map(Said::All),
                vec(inner.clone(), 2..4).prop_map(Said::Any),
                inner.prop_map(|inner| Said::Not(Box::new(inner))),
            ]
        })
        .boxed()
}

fn item() -> impl Strategy<Value = Item> {
    let word = || option::weighted(0.8, select(&WORDS[..]).prop_map(str::to_owned));
    let actors = vec(select(&ACTORS[..]).prop_map(str::to_owned), 0..3);
    let published_at =
        (1..5_i64, prop_oneof![Just(0), Just(23), 0..24_i64]).prop_map(|(day, hour)| june(day, hour));
    let period = prop_oneof![Just(None), select(&PERIODS[..]).prop_map(Some)].prop_map(|period| {
        let period = period.map(|text| edtf::parse(text).unwrap());
        let number = |day: Option<edtf::Day>| day.map(edtf::Day::number);
        period.map_or((None, None), |period| (number(period.earliest()), number(period.latest())))
    });
    let texts = (word(), word(), option::weighted(0.8, actors));
    let numbers = (
        option::weighted(0.8, 0..4_i16),
        option::weighted(0.8, -2..3_i32),
        option::weighted(0.8, 0..=100_i16),
        option::weighted(0.8, 0..5_i16),
    );
    let rest = (option::weighted(0.8, any::<bool>()), option::weighted(0.8, published_at), period);
    (texts, numbers, rest).prop_map(
        |((text, domain, actors), (kind, number, low, rank), (flag, published_at, days))| Item {
            text,
            domain,
            actors,
            kind,
            number,
            low,
            flag,
            published_at,
            days,
            rank,
        },
    )
}

const TABLE: &str = "create temporary table items (
    id bigint primary key, body text, domain text collate \"C\", actors text[], type smallint, number integer,
    low smallint, flag boolean, published_at timestamptz, earliest bigint, latest bigint, rank smallint)";

async fn fill(connection: &mut PgConnection, items: &[Item]) {
    sqlx::query("truncate items").execute(&mut *connection).await.unwrap();
    let mut query = QueryBuilder::<Postgres>::new("insert into items ");
    query.push_values((0_i64..).zip(items), |mut row, (id, item)| {
        row.push_bind(id)
            .push_bind(item.text.clone())
            .push_bind(item.domain.clone())
            .push_bind(item.actors.clone())
            .push_bind(item.kind)
            .push_bind(item.number)
            .push_bind(item.low)
            .push_bind(item.flag)
            .push_bind(item.published_at)
            .push_bind(item.days.0)
            .push_bind(item.days.1)
            .push_bind(item.rank);
    });
    query.build().execute(connection).await.unwrap();
}

async fn connected(fixture: &Fixture) -> PgConnection {
    let mut connection = PgConnection::connect(fixture.database.url()).await.unwrap();
    sqlx::query(TABLE).execute(&mut connection).await.unwrap();
    connection
}

/// Runs a property on a thread that may block on the runtime.
async fn for_cases<T: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    mut property: impl AsyncFnMut(&mut PgConnection, T),
) {
    let fixture = Fixture::new().await;
    let mut connection = connected(&fixture).await;
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let shared = std::cell::RefCell::new((&mut connection, &mut property));
        runner
            .run(&strategy, |value| {
                let (connection, property) = &mut *shared.borrow_mut();
                handle.block_on(property(connection, value));
                Ok(())
            })
            .unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_agrees_with_a_direct_evaluation_of_any_filter() {
    for_cases(600, (said(), vec(item(), 1..8)), async |connection, (said, items)| {
        let text = said.write();
        let filter =
            Filter::parse(&text, &SCHEMA, Scheme::Tlp).unwrap_or_else(|error| panic!("{text}: {error}"));
        fill(connection, &items).await;
        let mut query = QueryBuilder::new("select i.id from items i where ");
        filter.push(&mut query);
        query.push(" order by i.id");
        let found: Vec<i64> = query.build_query_scalar().fetch_all(connection).await.unwrap();
        let expected: Vec<i64> =
            (0_i64..).zip(&items).filter(|(_, item)| said.holds(item)).map(|(id, _)| id).collect();
        assert_eq!(found, expected, "{text}");
    })
    .await;
}

const fn key(column: &'static str, kind: KeyKind, is_nullable: bool) -> SortKey {
    SortKey { column, kind, is_nullable }
}

const ID: SortKey = key("i.id", KeyKind::Integer, false);

const SORTING: Sorting = Sorting {
    columns: &[
        SortColumn { name: "id", keys: &[ID] },
        SortColumn { name: "domain", keys: &[key("i.domain", KeyKind::Text, true)] },
        SortColumn { name: "text", keys: &[key("coalesce(i.body, '')", KeyKind::Text, false)] },
        SortColumn {
            name: "period",
            keys: &[key("i.earliest", KeyKind::Integer, true), key("i.latest", KeyKind::Integer, true)],
        },
        SortColumn { name: "published_at", keys: &[key("i.published_at", KeyKind::Timestamp, true)] },
        SortColumn { name: "low", keys: &[key("coalesce(i.low, 0)", KeyKind::Integer, false)] },
    ],
    default: "id desc",
    tie_breakers: &[ID],
};

fn order_text() -> impl Strategy<Value = String> {
    let names = ["domain", "text", "period", "published_at", "low", "id"];
    let directions = vec(select(vec!["", " asc", " desc"]), 6);
    (proptest::sample::subsequence(names.to_vec(), 0..=3).prop_shuffle(), directions).prop_map(
        |(names, directions)| {
            let keys: Vec<String> =
                names.iter().zip(directions).map(|(name, direction)| format!("{name}{direction}")).collect();
            keys.join(", ")
        },
    )
}

async fn page(
    connection: &mut PgConnection,
    order: &Order,
    after: Option<&str>,
    size: i64,
) -> Vec<(i64, String)> {
    let mut query = QueryBuilder::new("select i.id, ");
    order.push_key(&mut query);
    query.push(" from items i where ");
    match after {
        None => _ = query.push("true"),
        Some(token) => order.start(token).unwrap().push(&mut query),
    }
    query.push(" order by ");
    order.push(&mut query);
    query.push(" limit ").push_bind(size);
    let rows: Vec<(i64, Vec<Option<String>>)> = query.build_query_as().fetch_all(connection).await.unwrap();
    rows.into_iter().map(|(id, keys)| (id, PageKey::new(keys).encode())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_order_and_size_go_through_the_list_once() {
    for_cases(300, (order_text(), vec(item(), 1..12), 1..5_i64), async |connection, (text, items, size)| {
        let order = Order::parse(&text, &SORTING).unwrap();
        fill(connection, &items).await;
        let whole: Vec<i64> =
            page(connection, &order, None, 100).await.into_iter().map(|(id, _)| id).collect();
        assert_eq!(whole.len(), items.len());
        let (mut gone_through, mut after) = (Vec::new(), None);
        loop {
            let found = page(connection, &order, after.as_deref(), size).await;
            gone_through.extend(found.iter().map(|(id, _)| *id));
            after = found.into_iter().next_back().map(|(_, token)| token);
            if after.is_none() {
                break;
            }
        }
        assert_eq!(gone_through, whole, "{text}");
    })
    .await;
}

#[tokio::test]
async fn nulls_sort_last_in_either_direction() {
    let fixture = Fixture::new().await;
    let mut connection = connected(&fixture).await;
    let item = |domain: Option<&str>| Item {
        text: None,
        domain: domain.map(str::to_owned),
        actors: None,
        kind: None,
        number: None,
        low: None,
        flag: None,
        published_at: None,
        days: (None, None),
        rank: None,
    };
    fill(&mut connection, &[item(None), item(Some("a")), item(Some("b"))]).await;
    for (text, expected) in [("domain", [1, 2, 0]), ("domain desc", [2, 1, 0])] {
        let order = Order::parse(text, &SORTING).unwrap();
        let found = page(&mut connection, &order, None, 3).await;
        assert_eq!(found.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), expected, "{text}");
    }
}
