//! Syntax of short values: ids, languages, URLs, codes.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns whether a text is a part id: `[A-Za-z][A-Za-z0-9-]{0,62}`.
pub(crate) fn is_part_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Returns whether a text is a brief id.
pub(super) fn is_resource_id(text: &str) -> bool {
    text.parse::<chancery_proto::names::ResourceId>().is_ok()
}

/// Returns whether a text has the form of an ISO 3166-1 alpha-3 code.
pub(super) fn is_country_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns whether a text consists of lower-case words joined by hyphens.
pub(super) fn is_hyphenated(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 100 && text.split('-').all(word)
}

/// Returns whether a text is a SHA-256 in lower-case hexadecimal.
pub(super) fn is_digest(text: &str) -> bool {
    text.parse::<crate::digest::Digest>().is_ok()
}

/// Returns an `http` or `https` URL with a host in the form of RFC 3986, percent-encoding letters and digits beyond ASCII
/// after the host (RFC 3987, section 3.1). The result has at most 2,000 bytes, the limit of a PDF link.
pub(super) fn web_url(text: &str) -> Option<Cow<'_, str>> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let has_host = !host.is_empty() && !host.starts_with(':') && host.is_ascii();
    let encoded = percent_encoded(text);
    (has_host && is_uri(&encoded)).then_some(encoded)
}

fn percent_encoded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(2 * text.len());
    for character in text.chars() {
        let mut bytes = [0; 4];
        let bytes = character.encode_utf8(&mut bytes).bytes();
        if character.is_alphanumeric() && !character.is_ascii() {
            bytes.for_each(|byte| write!(encoded, "%{byte:02X}").expect("writing to a String does not fail"));
        } else {
            encoded.push(character);
        }
    }
    Cow::Owned(encoded)
}

/// Returns whether a text is a `mailto` URL.
pub(super) fn is_mailto(text: &str) -> bool {
    let address = text.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
    address.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) && is_uri(text)
}

fn is_uri(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte);
    text.len() <= 2_000 && text.bytes().all(is_allowed)
}

/// Returns whether a text is a well-formed language tag (RFC 5646, section 2.1), except for grandfathered tags.
pub fn is_language(text: &str) -> bool {
    let subtags: Vec<&str> = text.split('-').collect();
    let fits =
        |subtag: &&str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.len() > 100 || !subtags.iter().all(fits) {
        return false;
    }
    let (first, rest) = (subtags[0], &subtags[1..]);
    if first.eq_ignore_ascii_case("x") {
        return !rest.is_empty();
    }
    first.len() >= 2 && is_alphabetic(first) && follows_language(first, rest)
}

/// Returns whether subtags may follow a language: extended language, script, region, variants, extensions, private use.
fn follows_language(language: &str, mut rest: &[&str]) -> bool {
    let extended = rest.iter().take(3).take_while(|tag| tag.len() == 3 && is_alphabetic(tag)).count();
    if language.len() <= 3 {
        rest = &rest[extended..];
    }
    rest = skip_one(rest, |tag| tag.len() == 4 && is_alphabetic(tag));
    rest =
        skip_one(rest, |tag| (tag.len() == 2 && is_alphabetic(tag)) || (tag.len() == 3 && is_numeric(tag)));
    while let Some((tag, after)) = rest.split_first()
        && (tag.len() >= 5 || (tag.len() == 4 && tag.as_bytes()[0].is_ascii_digit()))
    {
        rest = after;
    }
    follows_variants(rest)
}

/// Returns whether subtags are extensions, each a letter or digit with values of two or more characters, then private
/// use.
fn follows_variants(mut rest: &[&str]) -> bool {
    while let Some((singleton, values)) = rest.split_first() {
        if singleton.len() != 1 {
            return false;
        }
        if singleton.eq_ignore_ascii_case("x") {
            return !values.is_empty();
        }
        let count = values.iter().take_while(|value| value.len() >= 2).count();
        if count == 0 {
            return false;
        }
        rest = &values[count..];
    }
    true
}

fn skip_one<'a, 'b>(tags: &'a [&'b str], fits: impl Fn(&str) -> bool) -> &'a [&'b str] {
    match tags.split_first() {
        Some((tag, rest)) if fits(tag) => rest,
        _ => tags,
    }
}

fn is_alphabetic(tag: &str) -> bool {
    tag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_numeric(tag: &str) -> bool {
    tag.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{is_hyphenated, is_language, is_mailto, is_part_id, web_url};

    #[test]
    fn part_ids_are_validated() {
        for id in ["a", "C-042", "x--", &"a".repeat(63)] {
            assert!(is_part_id(id), "{id}");
        }
        for id in ["", "1a", "-a", "a_b", "é", "a b", &"a".repeat(64)] {
            assert!(!is_part_id(id), "{id}");
        }
    }

    #[test]
    fn language_tags_are_validated() {
        for tag in [
            "en",
            "fa",
            "en-GB",
            "zh-Hant-TW",
            "sr-Latn",
            "es-419",
            "sl-rozaj-biske",
            "de-1996",
            "zh-cmn-Hans-CN",
            "en-a-bbb-x-ab",
            "x-private",
            "de-CH-x-phonebk",
            "fas",
            "ckb-IQ",
        ] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in
            ["", "e", "english!", "en_GB", "en-", "-en", "en--GB", "en-a", "x", "en-x", "123", "en-GB-US"]
        {
            assert!(!is_language(tag), "{tag}");
        }
    }

    #[test]
    fn urls_are_validated_and_encoded() {
        for url in ["https://example.org/a?b=c#d", "http://example.org", "https://[2001:db8::1]:8080/%D8%A7"]
        {
            assert_eq!(web_url(url).as_deref(), Some(url));
        }
        for url in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "https://example.org/a b",
            "https://example.org/\u{202e}a",
            "https://ا.example/",
            "HTTPS://example.org",
            "https://:80/",
        ] {
            assert_eq!(web_url(url), None, "{url}");
        }
        assert_eq!(web_url("https://example.org/ا?q=é").unwrap(), "https://example.org/%D8%A7?q=%C3%A9");
        let longest = format!("https://example.org/{}", "a".repeat(1_980));
        assert!(web_url(&longest).is_some() && web_url(&format!("{longest}a")).is_none());
        assert!(is_mailto("mailto:desk@example.org") && !is_mailto("mailto:") && !is_mailto("mailto:@x"));
    }

    #[test]
    fn relationship_types_are_hyphenated_words() {
        assert!(is_hyphenated("supplies-weapons-to") && is_hyphenated("ally"));
        assert!(
            !is_hyphenated("") && !is_hyphenated("-a") && !is_hyphenated("a--b") && !is_hyphenated("Ally")
        );
    }
}
