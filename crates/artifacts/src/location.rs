//! What the setting says: the database, or a URL.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// Where new bytes of PDFs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// To Postgres, with everything else.
    Postgres,
    /// To a store outside, by its URL.
    Outside(Url),
}

/// Why a text names no place. Each variant says what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Neither `postgres` nor a URL.
    #[error("neither `postgres` nor a URL: {0}")]
    NoUrl(#[from] url::ParseError),
    /// The scheme is none of those that are known.
    #[error(
        "{0}:// is not known: postgres, file:///FOLDER, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, \
         az://CONTAINER/PREFIX or memory:///"
    )]
    UnknownScheme(String),
    /// The URL lacks its bucket, or its folder.
    #[error("the URL lacks its {0}")]
    Lacks(&'static str),
    /// The URL has a part that would be passed over.
    #[error("the URL may hold no {0}: credentials and endpoints come from the environment")]
    Surplus(&'static str),
}

impl Place {
    /// The URL; none for the database.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Postgres => None,
            Self::Outside(url) => Some(url.as_str()),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    /// URLs that mean the same place become equal: they are what the database knows it by.
    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if text == "postgres" {
            return Ok(Self::Postgres);
        }
        let mut url = Url::parse(text)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PlaceError::Surplus("user and password"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
            return Err(PlaceError::Surplus("port, query and fragment"));
        }
        match (url.scheme(), url.host_str().unwrap_or_default()) {
            ("file", "") if url.path() == "/" => return Err(PlaceError::Lacks("folder")),
            ("file" | "memory", "") => {}
            ("file" | "memory", _) => return Err(PlaceError::Surplus("host (file:///… has three slashes)")),
            ("s3" | "gs" | "az", "") => return Err(PlaceError::Lacks("bucket")),
            ("s3" | "gs" | "az", _) => {}
            (other, _) => return Err(PlaceError::UnknownScheme(other.to_owned())),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(if path.is_empty() { "/" } else { &path });
        Ok(Self::Outside(url))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url().unwrap_or("postgres"))
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn equal_places_have_equal_urls() {
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
            let place: Place = text.parse().unwrap();
            assert_eq!(place.url(), url, "{text}");
            assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (text, said) in [
            ("/var/lib/artifacts", "neither `postgres` nor a URL"),
            ("ftp://host/a", "ftp:// is not known"),
            ("https://bucket.s3.amazonaws.com/a", "https:// is not known"),
            ("s3:///prefix", "lacks its bucket"),
            ("file:///", "lacks its folder"),
            ("file://var/lib/artifacts", "three slashes"),
            ("s3://key:secret@bucket/a", "may hold no user"),
            ("s3://bucket/a?region=x", "may hold no port, query"),
        ] {
            let refused = text.parse::<Place>().unwrap_err().to_string();
            assert!(refused.contains(said), "{text}: {refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
