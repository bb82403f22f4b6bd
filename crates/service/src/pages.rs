//! Pages of lists (AIP-158): sizes, and tokens that hold for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::errors::{invalid_field, invalid_page_token};

/// The size of a page when the caller names none.
const DEFAULT_SIZE: i32 = 50;
/// The largest page.
const LARGEST_SIZE: i32 = 1000;
/// How many bytes of a digest over query and key a token begins with: enough that one of another list, or one that was
/// damaged or altered on its way, is not taken by accident. It keeps no secret: a key that somebody makes up leads to
/// another place in the list that he may read anyhow, and the store checks its form.
const BINDING: usize = 8;

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    query: String,
    size: usize,
    /// The key of the last item of the page before; none on the first page.
    pub(crate) after: Option<String>,
}

impl Page {
    /// Of the list that `query` tells apart from all others.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a negative size, `INVALID_PAGE_TOKEN` for a token that is not of this list.
    pub(crate) fn read(query: String, size: i32, token: &str) -> Result<Self, Status> {
        if size < 0 {
            return Err(invalid_field("page_size", "a page's size is not negative"));
        }
        let size = if size == 0 { DEFAULT_SIZE } else { size.min(LARGEST_SIZE) };
        let size = usize::try_from(size).map_err(|_| invalid_field("page_size", "out of range"))?;
        let after = match token {
            "" => None,
            token => Some(open(&query, token).ok_or_else(invalid_page_token)?),
        };
        Ok(Self { query, size, after })
    }

    /// How many items to ask the store for: one more than the page holds tells whether there is a next page.
    pub(crate) fn limit(&self) -> i64 {
        i64::try_from(self.size).map_or(i64::MAX, |size| size + 1)
    }

    /// Cuts what the store gave to the page's size, and gives the token of the next page; empty when there is none.
    pub(crate) fn cut<T>(&self, items: &mut Vec<T>, key: impl Fn(&T) -> String) -> String {
        self.cut_at(items, self.size, key)
    }

    /// As [`Page::cut`], for a page that ends before its size is reached.
    pub(crate) fn cut_at<T>(&self, items: &mut Vec<T>, size: usize, key: impl Fn(&T) -> String) -> String {
        let size = size.clamp(1, self.size);
        if items.len() <= size {
            return String::new();
        }
        items.truncate(size);
        items.last().map_or_else(String::new, |last| self.token(&key(last)))
    }

    /// The token of the page that begins after a key.
    pub(crate) fn token(&self, key: &str) -> String {
        seal(&self.query, key)
    }
}

fn seal(query: &str, key: &str) -> String {
    let mut token = binding(query, key.as_bytes()).to_vec();
    token.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(token)
}

fn open(query: &str, token: &str) -> Option<String> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (bound, key) = token.split_at_checked(BINDING)?;
    (bound == binding(query, key)).then(|| String::from_utf8(key.to_vec()).ok())?
}

/// The query's length goes first, so that no other query and key look like these together.
fn binding(query: &str, key: &[u8]) -> [u8; BINDING] {
    let length = u64::try_from(query.len()).unwrap_or(u64::MAX);
    let digest = Sha256::new().chain_update(length.to_be_bytes()).chain_update(query).chain_update(key);
    let digest: [u8; 32] = digest.finalize().into();
    let mut binding = [0; BINDING];
    binding.copy_from_slice(&digest[..BINDING]);
    binding
}

#[cfg(test)]
mod tests {
    use super::Page;

    fn read(query: &str, size: i32, token: &str) -> Result<Page, tonic::Status> {
        Page::read(query.to_owned(), size, token)
    }

    #[test]
    fn a_token_leads_on_in_its_own_list_only() {
        let mut items = vec!["a1", "b2", "c3"];
        let token = read("briefs of w1", 2, "").unwrap().cut(&mut items, |item| (*item).to_owned());
        assert_eq!(items, ["a1", "b2"]);
        assert_eq!(read("briefs of w1", 2, &token).unwrap().after.as_deref(), Some("b2"));
        assert!(read("briefs of w2", 2, &token).is_err());
        assert!(read("briefs of w1", 2, "bm9uc2Vuc2U").is_err() && read("briefs of w1", 2, "***").is_err());
    }

    #[test]
    fn a_token_with_any_bit_flipped_is_refused() {
        let mut items = vec!["a1", "b2", "c3"];
        let token = read("q", 2, "").unwrap().cut(&mut items, |item| (*item).to_owned());
        for place in 0..token.len() {
            for bit in 0..7 {
                let mut bytes = token.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                let altered = String::from_utf8(bytes).unwrap();
                assert!(read("q", 2, &altered).is_err(), "{altered}");
            }
        }
        assert!(
            read("q", 2, &token[..token.len() - 1]).is_err() && read("q", 2, &format!("{token}A")).is_err()
        );
    }

    #[test]
    fn the_last_page_has_no_token() {
        let mut items = vec![1, 2];
        assert_eq!(read("q", 2, "").unwrap().cut(&mut items, ToString::to_string), "");
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn sizes_are_bounded_as_the_protos_say() {
        assert!(read("q", -1, "").is_err());
        assert_eq!(read("q", 0, "").unwrap().limit(), 51);
        assert_eq!(read("q", 5000, "").unwrap().limit(), 1001);
    }
}
