//! Compiles a checked filter to SQL. Only static text and binds are pushed.

use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

use crate::filter::scan::Comparator;
use crate::filter::schema::{Predicate, PredicateKind};
use crate::filter::{Filter, Node};

impl Filter {
    /// Pushes a condition that is true for matching items, and false or null for others.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        match &self.root {
            None => _ = query.push("true"),
            Some(root) => push(root, query),
        }
    }
}

/// Pushes the condition of a node. Negations use `is not true`, so that null and false are equivalent everywhere.
fn push(node: &Node<Predicate>, query: &mut QueryBuilder<Postgres>) {
    match node {
        Node::All(nodes) => push_joined(nodes, " and ", query),
        Node::Any(nodes) => push_joined(nodes, " or ", query),
        Node::Not(inner) => {
            query.push("(");
            push(inner, query);
            query.push(" is not true)");
        }
        Node::Leaf(test) => {
            query.push("(");
            push_test(test, query);
            query.push(")");
        }
    }
}

fn push_joined(nodes: &[Node<Predicate>], join: &'static str, query: &mut QueryBuilder<Postgres>) {
    query.push("(");
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            query.push(join);
        }
        push(node, query);
    }
    query.push(")");
}

fn push_test(test: &Predicate, query: &mut QueryBuilder<Postgres>) {
    let column = test.column;
    match &test.kind {
        PredicateKind::Text { is_equal, value } => {
            query.push(column).push(equality(*is_equal)).push_bind(value.clone());
        }
        PredicateKind::Contains(part) => {
            // The ICU collation folds case: in a database with locale C, letters outside ASCII would have none.
            query.push(column).push(" collate \"und-x-icu\" ilike ").push_bind(pattern(part));
        }
        PredicateKind::Holds(value) => {
            query.push(column).push(" @> array[").push_bind(value.clone()).push("]::text[]");
        }
        PredicateKind::Number(comparator, number) => {
            query.push(column).push(operator(*comparator)).push_bind(*number);
        }
        PredicateKind::Bool { is_equal, value } => {
            query.push(column).push(equality(*is_equal)).push_bind(*value);
        }
        PredicateKind::Time { comparator, from, until: None } => {
            query.push(column).push(operator(*comparator)).push_bind(*from);
        }
        PredicateKind::Time { comparator, from, until: Some(until) } => {
            push_day(column, *comparator, (*from, *until), query);
        }
        PredicateKind::Period { latest, comparator, first, last } => {
            push_period((column, latest), *comparator, (*first, *last), query);
        }
    }
}

/// Compares a time with a whole day.
fn push_day(
    column: &'static str,
    comparator: Comparator,
    (from, until): (OffsetDateTime, OffsetDateTime),
    query: &mut QueryBuilder<Postgres>,
) {
    let (sign, bound) = match comparator {
        Comparator::Less => (" < ", from),
        Comparator::LessOrEqual => (" < ", until),
        Comparator::Greater => (" >= ", until),
        Comparator::GreaterOrEqual => (" >= ", from),
        Comparator::Equal | Comparator::NotEqual | Comparator::Has => {
            query.push("(").push(column).push(" >= ").push_bind(from);
            query.push(" and ").push(column).push(" < ").push_bind(until).push(")");
            if comparator == Comparator::NotEqual {
                query.push(" is not true");
            }
            return;
        }
    };
    query.push(column).push(sign).push_bind(bound);
}

/// Compares ranges of days, in which a null bound is infinite; two null bounds mean that there is no period. An index
/// on the range, restricted to rows with a period, supports each operator.
fn push_period(
    (earliest, latest): (&'static str, &'static str),
    comparator: Comparator,
    (first, last): (Option<i64>, Option<i64>),
    query: &mut QueryBuilder<Postgres>,
) {
    let sign = match comparator {
        Comparator::Has => " && ",
        Comparator::Less => " << ",
        Comparator::LessOrEqual => " &< ",
        Comparator::Greater => " >> ",
        Comparator::GreaterOrEqual => " &> ",
        Comparator::Equal | Comparator::NotEqual => " = ",
    };
    query.push("int8range(").push(earliest).push(", ").push(latest).push(", '[]')").push(sign);
    query.push("int8range(").push_bind(first).push(", ").push_bind(last).push(", '[]')");
    query.push(" and coalesce(").push(earliest).push(", ").push(latest).push(") is not null");
}

const fn equality(is_equal: bool) -> &'static str {
    if is_equal { " = " } else { " is distinct from " }
}

const fn operator(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Equal | Comparator::Has => " = ",
        Comparator::NotEqual => " is distinct from ",
        Comparator::Less => " < ",
        Comparator::LessOrEqual => " <= ",
        Comparator::Greater => " > ",
        Comparator::GreaterOrEqual => " >= ",
    }
}

/// Escapes a text for LIKE.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for sign in part.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}
