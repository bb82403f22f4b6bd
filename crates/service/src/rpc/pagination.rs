//! Pages of lists (AIP-158): sizes, and tokens that hold for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_store::Position;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use sha2::{Digest, Sha256};
use tonic::Status;

use crate::rpc::errors::{invalid_field, invalid_page_token};

/// The size of a page when the caller names none.
const DEFAULT_SIZE: i32 = 50;
/// The largest page.
const LARGEST_SIZE: i32 = 1000;
/// How many bytes of a digest over query and key a token begins with: enough that one of another list, or one that was
/// damaged or altered on its way, is not taken by accident. It keeps no secret: a key that somebody makes up leads to
/// another place in the list that he may read anyhow, and the store checks its form.
const BINDING: usize = 8;

/// What a caller asks for.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    query: String,
    size: usize,
    /// The key of the last item of the page before; none on the first page.
    pub(crate) after: Option<String>,
    seal: Option<PageSeal>,
}

/// What seals the tokens of lists whose keys tell more than the items do, such as a place in a brief that counts what is
/// withheld. Their lengths must tell nothing, either. Made of what seals the workspace's cursors, so that all replicas have
/// the same one.
#[derive(Clone)]
pub(crate) struct PageSeal(hmac::Key);

/// Without the key.
impl std::fmt::Debug for PageSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageSeal")
    }
}

impl PageSeal {
    /// Of the workspace whose log stands there.
    pub(crate) fn of(position: &Position) -> Self {
        let cursors = hmac::Key::new(hmac::HMAC_SHA256, &position.key);
        let pages = hmac::sign(&cursors, b"page tokens");
        Self(hmac::Key::new(hmac::HMAC_SHA256, pages.as_ref()))
    }

    /// The nonce is made of what is sealed, so that no two texts have the same one.
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

    /// None never happens: the key is as long as it has to be, and the text is short.
    fn sealing_key(&self) -> Option<LessSafeKey> {
        let key = hmac::sign(&self.0, b"");
        UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).ok().map(LessSafeKey::new)
    }

    fn close(&self, query: &str, key: &str) -> Option<Vec<u8>> {
        let nonce = self.nonce(query, key);
        let mut sealed = key.as_bytes().to_vec();
        let (used, bound) = (Nonce::assume_unique_for_key(nonce), Aad::from(query.as_bytes()));
        self.sealing_key()?.seal_in_place_append_tag(used, bound, &mut sealed).ok()?;
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
    /// Of the list that `query` tells apart from all others.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a negative size, `INVALID_PAGE_TOKEN` for a token that is not of this list.
    pub(crate) fn read(query: String, size: i32, token: &str) -> Result<Self, Status> {
        Self::read_with(None, query, size, token)
    }

    /// The same for a list whose tokens are sealed.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub(crate) fn read_sealed(seal: PageSeal, query: String, size: i32, token: &str) -> Result<Self, Status> {
        Self::read_with(Some(seal), query, size, token)
    }

    fn read_with(seal: Option<PageSeal>, query: String, size: i32, token: &str) -> Result<Self, Status> {
        if size < 0 {
            return Err(invalid_field("page_size", "a page's size is not negative"));
        }
        let size = if size == 0 { DEFAULT_SIZE } else { size.min(LARGEST_SIZE) };
        let size = usize::try_from(size).map_err(|_| invalid_field("page_size", "out of range"))?;
        let after = match token {
            "" => None,
            token => Some(open(seal.as_ref(), &query, token).ok_or_else(invalid_page_token)?),
        };
        Ok(Self { query, size, after, seal })
    }

    /// How many items it holds at most.
    pub(crate) const fn size(&self) -> usize {
        self.size
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
        let token = match &self.seal {
            None => Some([binding(&self.query, key.as_bytes()).as_slice(), key.as_bytes()].concat()),
            Some(seal) => seal.close(&self.query, key),
        };
        URL_SAFE_NO_PAD.encode(token.unwrap_or_default())
    }
}

fn open(seal: Option<&PageSeal>, query: &str, token: &str) -> Option<String> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    if let Some(seal) = seal {
        return seal.open(query, &token);
    }
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
        let refused = |token: &str, read: &dyn Fn(&str) -> Result<Page, Status>| {
            for place in 0..token.len() {
                for bit in 0..7 {
                    let mut bytes = token.to_owned().into_bytes();
                    bytes[place] ^= 1 << bit;
                    let altered = String::from_utf8(bytes).unwrap();
                    assert!(read(&altered).is_err(), "{altered}");
                }
            }
            assert!(read(&token[..token.len() - 1]).is_err() && read(&format!("{token}A")).is_err());
        };
        refused(&read("q", 2, "").unwrap().token("b2"), &|token| read("q", 2, token));
        refused(&read_sealed(1, "q", "").unwrap().token("b2"), &|token| read_sealed(1, "q", token));
    }

    #[test]
    fn a_sealed_token_is_of_its_list_and_workspace_and_does_not_tell_its_key() {
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
    fn sizes_are_bounded_as_the_protos_say() {
        assert!(read("q", -1, "").is_err());
        assert_eq!(read("q", 0, "").unwrap().limit(), 51);
        assert_eq!(read("q", 5000, "").unwrap().limit(), 1001);
    }
}
