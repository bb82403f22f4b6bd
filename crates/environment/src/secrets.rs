//! Hides secrets in values of settings.

use clap::error::{ContextKind, ContextValue};

/// Parameters of a database's URL that are no secrets.
const SHOWN_PARAMETERS: [&str; 8] =
    ["application_name", "dbname", "host", "port", "sslcert", "sslkey", "sslmode", "sslrootcert"];

/// Hides the value that an error is about if it may have a password.
pub(crate) fn without_secret(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue)
        && value.contains('@')
    {
        let shown = redacted(value);
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
    error
}

/// Returns a URL without passwords; of anything else nothing.
pub(crate) fn redacted(secret: &str) -> String {
    let Some((scheme, rest)) = secret.split_once("://") else { return "***".to_owned() };
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => format!("{}:***@{host}", user.split(':').next().unwrap_or_default()),
        // A `?` in the password, perhaps.
        None if query.is_some_and(|query| query.contains('@')) => return format!("{scheme}://***"),
        None => place.to_owned(),
    };
    let parameter = |parameter: &str| match parameter.split_once('=') {
        Some((name, _)) if !SHOWN_PARAMETERS.contains(&name) => format!("{name}=***"),
        _ => parameter.to_owned(),
    };
    let query = query.map(|query| query.split('&').map(parameter).collect::<Vec<_>>().join("&"));
    format!("{scheme}://{place}{}", query.map(|query| format!("?{query}")).unwrap_or_default())
}
