//! The configured location of new PDFs: the database, or a URL.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The location of new PDFs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactLocation {
    /// Postgres, with all other data.
    Postgres,
    /// A folder or an object store, by URL.
    External(Url),
}

/// An invalid location.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// Neither `postgres` nor a URL.
    #[error("neither `postgres` nor a URL: {0}")]
    InvalidUrl(#[from] url::ParseError),
    /// The scheme is not supported.
    #[error(
        "unknown scheme {0}://: expected postgres, file:///FOLDER, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, \
         az://CONTAINER/PREFIX or memory:///"
    )]
    UnknownScheme(String),
    /// The URL has no bucket or folder.
    #[error(
        "the URL has no {0}: expected file:///FOLDER, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
    )]
    Missing(&'static str),
    /// The URL has a part that would be ignored.
    #[error("the URL must not contain {0}: credentials and endpoints come from the environment")]
    NotAllowed(&'static str),
}

impl ArtifactLocation {
    /// Returns the URL of an external location; `None` for Postgres.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Postgres => None,
            Self::External(url) => Some(url.as_str()),
        }
    }
}

impl FromStr for ArtifactLocation {
    type Err = LocationError;

    /// Normalises URLs, because the database identifies stores by URL.
    fn from_str(text: &str) -> Result<Self, LocationError> {
        if text == "postgres" {
            return Ok(Self::Postgres);
        }
        let mut url = Url::parse(text)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(LocationError::NotAllowed("user and password"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
            return Err(LocationError::NotAllowed("port, query and fragment"));
        }
        match (url.scheme(), url.host_str().unwrap_or_default()) {
            ("file", "") if url.path() == "/" => return Err(LocationError::Missing("folder")),
            ("file" | "memory", "") => {}
            ("file" | "memory", _) => {
                return Err(LocationError::NotAllowed("host (file:///… has three slashes)"));
            }
            ("s3" | "gs" | "az", "") => return Err(LocationError::Missing("bucket")),
            ("s3" | "gs" | "az", _) => {}
            (other, _) => return Err(LocationError::UnknownScheme(other.to_owned())),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(if path.is_empty() { "/" } else { &path });
        Ok(Self::External(url))
    }
}

impl fmt::Display for ArtifactLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url().unwrap_or("postgres"))
    }
}

#[cfg(test)]
mod tests {
    use super::ArtifactLocation;

    #[test]
    fn equal_locations_have_equal_urls() {
        for (text, url) in [
            ("postgres", None),
            ("file:///var/lib/chancery/artifacts/", Some("file:///var/lib/chancery/artifacts")),
            ("s3://bucket/some/prefix/", Some("s3://bucket/some/prefix")),
            ("s3://bucket", Some("s3://bucket/")),
            ("s3://bucket/", Some("s3://bucket/")),
            ("gs://bucket/a", Some("gs://bucket/a")),
            ("az://container/a", Some("az://container/a")),
            ("memory:///", Some("memory:///")),
        ] {
            let location: ArtifactLocation = text.parse().unwrap();
            assert_eq!(location.url(), url, "{text}");
            assert_eq!(location.to_string().parse::<ArtifactLocation>().unwrap(), location);
        }
    }

    #[test]
    fn an_error_names_the_fault() {
        for (text, message) in [
            ("/var/lib/artifacts", "neither `postgres` nor a URL"),
            ("ftp://host/a", "unknown scheme ftp://"),
            ("https://bucket.s3.amazonaws.com/a", "unknown scheme https://"),
            ("s3:///prefix", "has no bucket"),
            ("file:///", "has no folder"),
            ("file://var/lib/artifacts", "three slashes"),
            ("s3://key:secret@bucket/a", "must not contain user"),
            ("s3://bucket/a?region=x", "must not contain port, query"),
        ] {
            let refused = text.parse::<ArtifactLocation>().unwrap_err().to_string();
            assert!(refused.contains(message), "{text}: {refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
