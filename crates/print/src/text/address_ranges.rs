//! Addresses in running text: web and mail addresses, paths of files, DOIs. They are set as they are: they break only
//! after separators and gain no hyphen, which a reader would copy.

use std::ops::Range;

/// Schemes that are not followed by `//`.
const SCHEMES: [&str; 5] = ["mailto:", "doi:", "urn:", "tel:", "geo:"];

/// Returns the byte ranges of a text's addresses, in order.
pub(crate) fn addresses(text: &str) -> Vec<Range<usize>> {
    // Fast path: every address has one of these.
    if !text.contains(['/', '@', ':']) && !text.contains("www.") {
        return Vec::new();
    }
    let tokens = text.split(|c: char| c.is_whitespace() || is_delimiter(c));
    tokens
        .filter_map(|token| {
            let token = token.trim_start_matches(['(', '[', '{', '\'']);
            let address = without_closing_punctuation(token);
            let address = &address[address_start(address)?..];
            let start = address.as_ptr().addr() - text.as_ptr().addr();
            Some(start..start + address.len())
        })
        .collect()
}

/// Returns whether a byte offset is inside of an address.
pub(crate) fn is_inside(addresses: &[Range<usize>], at: usize) -> bool {
    let next = addresses.partition_point(|address| address.start < at);
    next > 0 && at < addresses[next - 1].end
}

/// Returns whether a line may break in an address after a character and before another.
pub(crate) fn may_break(before: char, after: char) -> bool {
    is_separator(before) && !is_separator(after)
}

const fn is_separator(c: char) -> bool {
    matches!(c, '/' | '-' | '.' | '_' | '=' | '%' | ',')
}

/// Returns whether a character is never part of an address.
const fn is_delimiter(c: char) -> bool {
    matches!(
        c,
        '"' | '<'
            | '>'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '…'
            | '—'
            | '\u{3001}'
            | '\u{3002}'
            | '\u{300c}'..='\u{300f}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}'
    )
}

/// Removes punctuation of the sentence. A closing bracket stays if it has its opening bracket in the address.
fn without_closing_punctuation(token: &str) -> &str {
    let mut token = token;
    loop {
        let closes = match token.chars().next_back() {
            Some(')') => token.matches(')').count() > token.matches('(').count(),
            Some(c) => {
                matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | ']' | '}' | '؟' | '،' | '؛')
            }
            None => false,
        };
        if !closes {
            return token;
        }
        token = &token[..token.char_indices().next_back().map_or(0, |(at, _)| at)];
    }
}

/// Returns the offset at which a token's address begins, or `None` if it has none.
fn address_start(token: &str) -> Option<usize> {
    if let Some(at) = token.find("://") {
        let scheme = token[..at]
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |before| before + token[before..].chars().next().map_or(0, char::len_utf8));
        return (scheme < at).then_some(scheme);
    }
    let is_address = SCHEMES.iter().any(|scheme| token.starts_with(scheme))
        || token.starts_with("www.")
        || is_mail(token)
        || is_path(token)
        || is_host_and_path(token)
        || is_doi(token);
    is_address.then_some(0)
}

fn is_mail(token: &str) -> bool {
    token.split_once('@').is_some_and(|(local, host)| !local.is_empty() && is_host(host))
}

/// An absolute path of at least two parts.
fn is_path(token: &str) -> bool {
    let path = token.strip_prefix('~').unwrap_or(token);
    path.starts_with('/') && path[1..].trim_end_matches('/').contains('/')
}

fn is_host_and_path(token: &str) -> bool {
    token.split_once('/').is_some_and(|(host, _)| is_host(host))
}

fn is_doi(token: &str) -> bool {
    let registrant = token.strip_prefix("10.").and_then(|rest| rest.split_once('/'));
    registrant.is_some_and(|(number, _)| {
        number.len() > 3 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

/// Returns whether a text is a host name with a top-level domain.
fn is_host(text: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let Some((labels, top)) = text.rsplit_once('.') else { return false };
    let top = top.split(':').next().unwrap_or(top);
    top.chars().count() > 1 && top.chars().all(char::is_alphabetic) && labels.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    fn found(text: &str) -> Vec<&str> {
        addresses(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn web_and_mail_addresses_paths_and_dois_are_found() {
        let text = "See https://a.eu/en/b-c/ and (www.b.de/x), the file /var/lib/telecommunications/a.conf; \
            mail Press.Office@ministry.example.org. DOI 10.1002/(SICI)1097-0258:15. aa.com.tr/en/x-y “doi:10.1/x”";
        let expected = [
            "https://a.eu/en/b-c/",
            "www.b.de/x",
            "/var/lib/telecommunications/a.conf",
            "Press.Office@ministry.example.org",
            "10.1002/(SICI)1097-0258:15",
            "aa.com.tr/en/x-y",
            "doi:10.1/x",
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn words_with_slashes_and_points_are_not_addresses() {
        for text in
            ["and/or", "km/h", "2024/25", "e.g. this", "U.S./Iran", "10.5/11", "at 5:30", "/ x", "@home"]
        {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_address_in_brackets_keeps_its_own_brackets_only() {
        assert_eq!(found("(https://a.eu/b_(c))"), ["https://a.eu/b_(c)"]);
        assert_eq!(found("参照https://a.jp/経。"), ["https://a.jp/経"]);
        assert_eq!(found("://x"), [""; 0]);
    }
}
