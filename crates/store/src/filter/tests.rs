use chancery_brief::marking::Scheme;
use proptest::prelude::{Strategy, any};
use proptest::{prop_assert, prop_assert_eq, proptest};
use sqlx::QueryBuilder;

use super::{Field, FieldType, Filter, MAX_COMPARISONS, MAX_NESTING, MAX_TEXT_BYTES, Schema};

const fn field(name: &'static str, field_type: FieldType) -> Field {
    Field { name, field_type, column: name }
}

const SCHEMA: Schema = Schema {
    fields: &[
        field("text", FieldType::Text),
        field("id", FieldType::Id),
        field("actors", FieldType::Ids),
        field("type", FieldType::Enum("BriefKind")),
        field("n", FieldType::Integer),
        field("low.percent", FieldType::Percent),
        field("flag", FieldType::Bool),
        field("at", FieldType::Timestamp),
        field("earliest", FieldType::Period { latest: "latest" }),
        field("marking", FieldType::Marking),
    ],
};

const BRIEF_KINDS: &str = "expected one of BRIEF_KIND_RELATIONSHIP, BRIEF_KIND_COUNTRY, \
                           BRIEF_KIND_EVENT, BRIEF_KIND_THEMATIC";

fn parse(text: &str) -> Result<Filter, super::FilterError> {
    Filter::parse(text, &SCHEMA, Scheme::Tlp)
}

fn sql(text: &str) -> String {
    let mut query = QueryBuilder::new("");
    parse(text).unwrap().push(&mut query);
    query.sql().as_str().to_owned()
}

/// Where it is refused, and why.
fn refused(text: &str) -> (usize, String) {
    let error = parse(text).unwrap_err();
    (error.position, error.description)
}

#[test]
fn or_binds_tighter_than_and() {
    assert_eq!(sql("n = 1 AND n = 2 OR n = 3"), "((n = $1) and ((n = $2) or (n = $3)))");
    assert_eq!(sql("n = 1 OR n = 2 AND n = 3"), "(((n = $1) or (n = $2)) and (n = $3))");
    assert_eq!(sql("(n = 1 AND n = 2) OR n = 3"), "(((n = $1) and (n = $2)) or (n = $3))");
}

#[test]
fn negation_holds_for_one_term() {
    assert_eq!(sql("NOT n = 1 AND -n = 2"), "(((n = $1) is not true) and ((n = $2) is not true))");
    assert_eq!(sql("-(n = 1 OR n = 2)"), "(((n = $1) or (n = $2)) is not true)");
    assert_eq!(sql("n = -1"), "(n = $1)");
}

#[test]
fn blanks_around_operators_do_not_matter_and_an_empty_filter_lets_all_through() {
    assert_eq!(sql("  n=1   AND\t(n\n>= 2 )  "), "((n = $1) and (n >= $2))");
    assert_eq!((sql(""), sql(" \n ")), ("true".to_owned(), "true".to_owned()));
    assert!(parse(" ").unwrap().is_empty() && !parse("n=1").unwrap().is_empty());
}

#[test]
fn every_type_takes_its_values() {
    for text in [
        r#"text = "a \"b\" \\ c" AND text : 100% AND text != """#,
        "id = iran AND id : iran AND actors : iran",
        "type = BRIEF_KIND_COUNTRY OR type != \"BRIEF_KIND_EVENT\"",
        "n >= -9223372036854775808 AND low.percent <= 100 AND flag = true",
        "at > 2025-06-01T10:00:00Z AND at < 2025-06-01T10:00:00.123456+03:30 AND at = 2025-06-01",
        "at = 0001-01-01 AND at = 9999-12-30",
        "earliest : 2024-21 AND earliest < 1985~ AND earliest > ../1985 AND earliest = 19XX AND earliest : 2024?/..",
        "marking >= TLP:AMBER+STRICT AND marking != \"TLP:RED\"",
    ] {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn wrong_values_and_operators_are_refused_where_they_stand() {
    let fields = "text, id, actors, type, n, low.percent, flag, at, earliest, marking";
    assert_eq!(refused("n = 1 AND m = 2"), (10, format!("unknown field; expected one of {fields}")));
    for (text, position, description) in [
        ("n : 1", 0, "unsupported operator for this field; expected one of = != < <= > >="),
        ("actors = a", 0, "unsupported operator for this field; expected one of :"),
        ("text < a", 0, "unsupported operator for this field; expected one of = != :"),
        ("earliest != 2024", 0, "unsupported operator for this field; expected one of = < <= > >= :"),
        ("n = one", 4, "expected a whole number"),
        ("n = \"1\"", 4, "expected a whole number"),
        ("n = 1.5", 4, "expected a whole number"),
        ("n = 9223372036854775808", 4, "expected a whole number"),
        ("low.percent = 101", 14, "expected a whole number from 0 to 100"),
        ("flag = yes", 7, "expected true or false"),
        ("flag = \"true\"", 7, "expected true or false"),
        ("type = brief_kind_country", 7, BRIEF_KINDS),
        ("type = BRIEF_KIND_UNSPECIFIED", 7, BRIEF_KINDS),
        (
            "marking = RED",
            10,
            "expected one of the workspace's markings: TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED",
        ),
        (
            "earliest : 2024-13",
            11,
            "not an EDTF level 1 date such as 2026-01-10, 2026-01, 2026 or 2025/2026: months are 01 to 12, seasons 21 to 24",
        ),
        ("text : \"\"", 7, "the text is empty, which would match everything; expected a text"),
    ] {
        assert_eq!(refused(text), (position, description.to_owned()), "{text}");
    }
    for time in [
        "now",
        "2025",
        "2025-06",
        "2025-06-01?",
        "2025-06-31",
        "2025-06-01T10:00:00",
        "2025-06-01T10:00Z",
        "2025-06-01T24:00:00Z",
        "2025-06-01T10:00:00.1234567Z",
        "2025-06-01T10:00:00.Z",
        "2025-06-01T10:00:00+24:00",
        "2025-06-01T10:00:00é01:00",
        "0000-01-01",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31",
        "Y12345",
        "2025-06-01TT10:00:00Z",
    ] {
        assert_eq!(refused(&format!("at > {time}")).0, 5, "{time}");
    }
}

#[test]
fn unsupported_syntax_is_rejected_with_its_position() {
    for (text, position, description) in [
        ("n = 1 n = 2", 6, "expected AND or OR between comparisons"),
        ("(n = 1) (n = 2)", 8, "expected AND or OR between comparisons"),
        ("n = 1 and n = 2", 6, "write AND, OR and NOT in capitals, with spaces around them"),
        ("iran", 0, "expected an operator after the field: one of = != < <= > >= :"),
        ("\"iran\"", 0, "expected a field name"),
        ("n(1) = 1", 0, "functions are not supported"),
        ("n = f(1)", 4, "functions are not supported"),
        ("text = *a", 7, "wildcards are not supported: quote the value"),
        ("text = a*", 8, "wildcards are not supported: quote the value"),
        ("text = a'b", 8, "unexpected character in a value: quote the value"),
        ("text = \"a\"b", 10, "unexpected character in a value: quote the value"),
        ("text = \"a", 7, "unclosed quotation mark"),
        (r#"text = "\n""#, 8, "in quotes, a backslash can only escape \" or \\"),
        ("n == 1", 3, "expected a value; write an empty value as \"\""),
        ("n =", 3, "expected a value; write an empty value as \"\""),
        ("n = AND", 4, "expected a value; quote AND, OR and NOT to use them as values"),
        ("(n = 1", 0, "this parenthesis is not closed"),
        ("n = 1)", 5, "unmatched closing parenthesis"),
        ("()", 1, "expected a field name"),
        ("n = 1 AND", 9, "expected a comparison, found the end of the text"),
        ("AND n = 1", 0, "expected a comparison before this operator"),
        ("NOT NOT n = 1", 4, "expected a comparison before this operator"),
        ("n = 1 AND(n = 2)", 6, "AND must have a blank on both sides"),
        ("NOT(n = 1)", 0, "NOT must have a blank on both sides"),
        ("(n = 1)AND n = 2", 7, "AND must have a blank on both sides"),
        ("- n = 1", 1, "expected a field name"),
        ("n = 1; drop table briefs", 7, "expected AND or OR between comparisons"),
    ] {
        assert_eq!(refused(text), (position, description.to_owned()), "{text}");
    }
}

#[test]
fn limits_hold_before_anything_is_looked_up() {
    let many = |count: usize| vec!["n=1"; count].join(" AND ");
    assert!(parse(&many(MAX_COMPARISONS)).is_ok());
    assert_eq!(refused(&many(MAX_COMPARISONS + 1)).1, "the filter has more than 64 comparisons");
    assert_eq!(
        refused(&many(10_000)),
        (MAX_TEXT_BYTES, "the text has 79995 bytes, over the limit of 8192".into())
    );
    let nested = |depth: usize| format!("{}n=1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_NESTING)).is_ok());
    assert_eq!(refused(&nested(MAX_NESTING + 1)), (16, "parentheses nest deeper than 16 levels".into()));
    assert_eq!(refused(&nested(4000)).0, 16);
    assert_eq!(refused(&nested(100_000)).0, MAX_TEXT_BYTES);
    assert_eq!(refused("text = \"a\0\""), (9, "NUL is not allowed".into()));
    let long = format!("text = \"{}\"", "é".repeat(4000));
    assert!(parse(&long).is_ok());
    assert_eq!(parse(&format!("{}=1", "x".repeat(8000))).unwrap_err().text.chars().count(), 41);
}

/// Any text in quotes.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Pieces that lead further into the grammar than random characters do.
fn near_filters() -> impl Strategy<Value = String> {
    let pieces = [
        "n",
        "text",
        "at",
        "actors",
        "earliest",
        "=",
        "!=",
        ":",
        "<",
        ">=",
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "-",
        " ",
        "\"",
        "\\",
        "1",
        "2024-21/..",
        "é",
        "*",
        ".",
        "'",
        "TLP:RED",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_of_a_caller_becomes_sql(value in any::<String>()) {
        let value = value.replace('\0', "");
        let given = format!("text = {0} OR id != {0} OR actors : {0} OR text : x{1}", quoted(&value), "y");
        let expected = "((text = $1) or (id is distinct from $2) or (actors @> array[$3]::text[]) or (text collate \"und-x-icu\" ilike $4))";
        prop_assert_eq!(sql(&given), expected);
    }

    #[test]
    fn any_text_is_parsed_or_rejected_at_a_position_in_it(text in any::<String>(), near in near_filters()) {
        for text in [text, near] {
            if let Err(error) = parse(&text) {
                prop_assert!(text.is_char_boundary(error.position), "{:?}", error);
                prop_assert!(!error.description.is_empty());
            }
        }
    }
}
