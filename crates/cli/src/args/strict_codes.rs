//! Codes of `--strict=CODES`, checked against the lists of all codes.

use chancery_brief::{lint, validate};
use chancery_proto::nearest::nearest;
use chancery_text::code;

/// Code of undeclared changes, beside those of warnings.
pub const UNDECLARED_CHANGE: &str = "UNDECLARED_CHANGE";

/// Codes of warnings that count as errors; empty for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrictCodes(pub Vec<String>);

impl StrictCodes {
    /// Returns whether a warning with the code counts as an error.
    pub fn contains(&self, code: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|own| own == code)
    }
}

/// Parses the codes of `check`, separated by commas.
pub fn parse_codes_of_check(text: &str) -> Result<StrictCodes, String> {
    parse(text, &[lint::CODES, code::CODES, validate::code::CODES], &[])
}

/// Parses the codes of `publish`, separated by commas.
pub fn parse_codes_of_publish(text: &str) -> Result<StrictCodes, String> {
    parse(text, &[lint::CODES], &[UNDECLARED_CHANGE])
}

fn parse(
    text: &str,
    lists: &[&[(&'static str, &str)]],
    more: &[&'static str],
) -> Result<StrictCodes, String> {
    if text.is_empty() {
        return Ok(StrictCodes(Vec::new()));
    }
    let listed = lists.iter().flat_map(|list| list.iter().map(|(code, _)| *code));
    let known: Vec<&str> = listed.chain(more.iter().copied()).collect();
    let codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).collect();
    match codes.iter().find(|code| !known.contains(&code.as_str())) {
        Some(unknown) => {
            let remedy = nearest(unknown, &known).map_or_else(
                || "docs/lint/README.md lists all codes".to_owned(),
                |nearest| format!("did you mean {nearest}?"),
            );
            Err(format!("{unknown:?} is no code; {remedy}"))
        }
        None => Ok(StrictCodes(codes)),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_codes_of_check, parse_codes_of_publish};

    #[test]
    fn codes_are_known_or_refused_with_the_nearest_one() {
        let codes = parse_codes_of_check("SINGLE_SOURCE, UNKNOWN_KEY,DUPLICATE_ID").unwrap();
        assert!(codes.contains("UNKNOWN_KEY") && !codes.contains("UNUSED_ACTOR"));
        assert!(parse_codes_of_check("").unwrap().contains("UNUSED_ACTOR"));
        let error = parse_codes_of_check("SINGLE_SOURCE,HEDGE_WITHOUT_LIKELYHOOD").unwrap_err();
        assert_eq!(error, "\"HEDGE_WITHOUT_LIKELYHOOD\" is no code; did you mean HEDGE_WITHOUT_LIKELIHOOD?");
        assert!(parse_codes_of_check("xyz").unwrap_err().ends_with("docs/lint/README.md lists all codes"));
        assert!(
            parse_codes_of_publish("UNDECLARED_CHANGE").is_ok() && parse_codes_of_publish("NUL").is_err()
        );
    }
}
