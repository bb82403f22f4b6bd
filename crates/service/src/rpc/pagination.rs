//! Pagination of lists (AIP-158): page sizes, and page tokens that are valid for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_store::Position;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::rpc::errors::{invalid_field, invalid_page_token};

const DEFAULT_PAGE_SIZE: i32 = 50;
const MAX_PAGE_SIZE: i32 = 1000;

/// Maximum size of a page's items, in bytes, regardless of the page size.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Length of the digest over query and key that an unsealed token begins with. It rejects tokens of other lists and
/// damaged tokens; it is no protection against forgery. A forged key only leads to another position in a list that the
/// caller may read anyway, and the store checks the key's form.
const BINDING_BYTES: usize = 8;

/// A requested page of a list.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    query: String,
    size: usize,
    /// The key of the previous page's last item; `None` on the first page.
    pub(crate) after: Option<String>,
    seal: Option<PageSeal>,
}

/// Encrypts the tokens of lists whose keys reveal more than their items, such as a position in a brief that counts
/// withheld parts. A sealed token is as long as its key, so such keys must not vary in length with withheld parts. Derived
/// from the key of the workspace's cursors, so that all replicas use the same one.
#[derive(Clone)]
pub(crate) struct PageSeal(hmac::Key);

/// Omits the key.
impl std::fmt::Debug for PageSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageSeal")
    }
}

impl PageSeal {
    /// Derives the seal of the workspace whose change log has this position.
    pub(crate) fn of(position: &Position) -> Self {
        let cursor_key = hmac::Key::new(hmac::HMAC_SHA256, &position.key);
        let page_key = hmac::sign(&cursor_key, b"page tokens");
        Self(hmac::Key::new(hmac::HMAC_SHA256, page_key.as_ref()))
    }

    /// Derives the nonce from the sealed data, so that different data never share a nonce.
    fn nonce(&self, query: &str, key: &str) -> [u8; NONCE_LEN] {
        let length = u64::try_from(query.len()).unwrap_or(u64::MAX);
        let mut signing = hmac::Context::with_key(&self.0);
        for part in [&length.to_be_bytes(), query.as_bytes(), key.as_bytes()] {
            signing.update(part);
        }
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&signing.sign().as_ref()[..NONCE_LEN]);
        nonce
    }

    /// Derives the key that seals tokens. Never `None`: HMAC-SHA256 output has the key's length.
    fn sealing_key(&self) -> Option<LessSafeKey> {
        let key = hmac::sign(&self.0, b"");
        UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).ok().map(LessSafeKey::new)
    }

    fn seal(&self, query: &str, key: &str) -> Option<Vec<u8>> {
        let nonce = self.nonce(query, key);
        let mut sealed = key.as_bytes().to_vec();
        let (unique, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(query.as_bytes()));
        self.sealing_key()?.seal_in_place_append_tag(unique, aad, &mut sealed).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, query: &str, token: &[u8]) -> Option<String> {
        let (nonce, sealed) = token.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let key = self.sealing_key()?.open_in_place(nonce, Aad::from(query.as_bytes()), &mut sealed).ok()?;
        String::from_utf8(key.to_vec()).ok()
    }
}

impl Page {
    /// Reads the page fields of a request. `query` identifies the list among all lists.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a negative size, `INVALID_PAGE_TOKEN` for a token of another list.
    pub(crate) fn read(query: String, size: i32, token: &str) -> Result<Self, Status> {
        Self::read_with(None, query, size, token)
    }

    /// Reads the page fields as [`Page::read`] does, for a list with sealed tokens.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub(crate) fn read_sealed(seal: PageSeal, query: String, size: i32, token: &str) -> Result<Self, Status> {
        Self::read_with(Some(seal), query, size, token)
    }

    fn read_with(seal: Option<PageSeal>, query: String, size: i32, token: &str) -> Result<Self, Status> {
        if size < 0 {
            return Err(invalid_field("page_size", "must not be negative"));
        }
        let size = if size == 0 { DEFAULT_PAGE_SIZE } else { size.min(MAX_PAGE_SIZE) };
        let size = usize::try_from(size).map_err(|_| invalid_field("page_size", "out of range"))?;
        let after = match token {
            "" => None,
            token => Some(open(seal.as_ref(), &query, token).ok_or_else(invalid_page_token)?),
        };
        Ok(Self { query, size, after, seal })
    }

    /// Returns the maximum number of items.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// Returns the number of items to read from the store: one over the page's size, which shows whether a page follows.
    pub(crate) fn limit(&self) -> i64 {
        i64::try_from(self.size).map_or(i64::MAX, |size| size + 1)
    }

    /// Truncates the store's items to the page's size, and returns the token of the next page; empty if there is none.
    pub(crate) fn cut<T>(&self, items: &mut Vec<T>, key: impl Fn(&T) -> String) -> String {
        self.cut_at(items, self.size, key)
    }

    /// Cuts a page as [`Page::cut`] does, at a lower size.
    pub(crate) fn cut_at<T>(&self, items: &mut Vec<T>, size: usize, key: impl Fn(&T) -> String) -> String {
        let size = size.clamp(1, self.size);
        if items.len() <= size {
            return String::new();
        }
        items.truncate(size);
        items.last().map_or_else(String::new, |last| self.token(&key(last)))
    }

    /// Returns the token of the page that begins after a key.
    pub(crate) fn token(&self, key: &str) -> String {
        let token = match &self.seal {
            None => Some([binding(&self.query, key.as_bytes()).as_slice(), key.as_bytes()].concat()),
            Some(seal) => seal.seal(&self.query, key),
        };
        URL_SAFE_NO_PAD.encode(token.unwrap_or_default())
    }
}

/// Returns how many leading items fit into one response: at least one, however large it is.
pub(crate) fn fitting<T>(items: &[T], size: impl Fn(&T) -> usize) -> usize {
    let mut bytes = 0;
    let fits = |item: &&T| {
        bytes += size(item);
        bytes <= MAX_PAGE_BYTES
    };
    items.iter().take_while(fits).count().max(1)
}

fn open(seal: Option<&PageSeal>, query: &str, token: &str) -> Option<String> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    if let Some(seal) = seal {
        return seal.open(query, &token);
    }
    let (found, key) = token.split_at_checked(BINDING_BYTES)?;
    (found == binding(query, key)).then(|| String::from_utf8(key.to_vec()).ok())?
}

/// Digests query and key, with the query's length first, so that no other pair has the same input.
fn binding(query: &str, key: &[u8]) -> [u8; BINDING_BYTES] {
    let length = u64::try_from(query.len()).unwrap_or(u64::MAX);
    let digest = Sha256::new().chain_update(length.to_be_bytes()).chain_update(query).chain_update(key);
    let digest: [u8; 32] = digest.finalize().into();
    let mut binding = [0; BINDING_BYTES];
    binding.copy_from_slice(&digest[..BINDING_BYTES]);
    binding
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chancery_store::Position;
    use tonic::Status;

    use super::{Page, PageSeal};

    fn read(query: &str, size: i32, token: &str) -> Result<Page, Status> {
        Page::read(query.to_owned(), size, token)
    }

    fn read_sealed(key: u8, query: &str, token: &str) -> Result<Page, Status> {
        let position = Position { epoch: "0".repeat(32).parse().unwrap(), number: 1, key: [key; 32] };
        Page::read_sealed(PageSeal::of(&position), query.to_owned(), 2, token)
    }

    #[test]
    fn a_page_token_continues_its_own_list_only() {
        let mut items = vec!["a1", "b2", "c3"];
        let token = read("briefs of w1", 2, "").unwrap().cut(&mut items, |item| (*item).to_owned());
        assert_eq!(items, ["a1", "b2"]);
        assert_eq!(read("briefs of w1", 2, &token).unwrap().after.as_deref(), Some("b2"));
        assert!(read("briefs of w2", 2, &token).is_err());
        assert!(read("briefs of w1", 2, "bm9uc2Vuc2U").is_err() && read("briefs of w1", 2, "***").is_err());
    }

    #[test]
    fn a_page_token_with_any_bit_flipped_is_rejected() {
        let assert_rejects_alterations = |token: &str, read: &dyn Fn(&str) -> Result<Page, Status>| {
            for index in 0..token.len() {
                for bit in 0..7 {
                    let mut bytes = token.to_owned().into_bytes();
                    bytes[index] ^= 1 << bit;
                    let altered = String::from_utf8(bytes).unwrap();
                    assert!(read(&altered).is_err(), "{altered}");
                }
            }
            assert!(read(&token[..token.len() - 1]).is_err() && read(&format!("{token}A")).is_err());
        };
        assert_rejects_alterations(&read("q", 2, "").unwrap().token("b2"), &|token| read("q", 2, token));
        assert_rejects_alterations(&read_sealed(1, "q", "").unwrap().token("b2"), &|token| {
            read_sealed(1, "q", token)
        });
    }

    #[test]
    fn a_sealed_token_is_bound_to_its_list_and_workspace_and_hides_its_key() {
        let token = read_sealed(1, "q", "").unwrap().token("the key");
        assert_eq!(read_sealed(1, "q", &token).unwrap().after.as_deref(), Some("the key"));
        assert!(read_sealed(1, "r", &token).is_err() && read_sealed(2, "q", &token).is_err());
        assert!(read("q", 2, &token).is_err());
        assert!(read_sealed(1, "q", &read("q", 2, "").unwrap().token("the key")).is_err());
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        assert!(!bytes.windows(3).any(|three| three == b"key"));
    }

    #[test]
    fn the_last_page_has_no_token() {
        let mut items = vec![1, 2];
        assert_eq!(read("q", 2, "").unwrap().cut(&mut items, ToString::to_string), "");
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn page_sizes_have_the_documented_bounds() {
        assert!(read("q", -1, "").is_err());
        assert_eq!(read("q", 0, "").unwrap().limit(), 51);
        assert_eq!(read("q", 5000, "").unwrap().limit(), 1001);
    }
}
