//! Pages of lists (AIP-158): sizes, and tokens that hold for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
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

/// What the secret of a workspace is mixed with, so that no two uses of it meet.
const KEY_OF_PAGES: &[u8] = b"chancery page tokens: key\0";
const NONCE_OF_PAGES: &[u8] = b"chancery page tokens: nonce\0";

/// What a caller asks for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Page {
    query: String,
    size: usize,
    /// The key of the last item of the page before; none on the first page.
    pub(crate) after: Option<String>,
    /// What tokens are sealed with; none where their keys tell nothing that their reader does not see.
    secret: Option<[u8; 32]>,
}

/// Without the secret.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").field("query", &self.query).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Page {
    /// Of the list that `query` tells apart from all others.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a negative size, `INVALID_PAGE_TOKEN` for a token that is not of this list.
    pub(crate) fn read(query: String, size: i32, token: &str) -> Result<Self, Status> {
        Self::read_with(query, size, token, None)
    }

    /// The same with tokens that nobody but the service can read: where an item stands in the whole of a brief tells how
    /// much of it is withheld.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub(crate) fn read_sealed(
        query: String,
        size: i32,
        token: &str,
        secret: [u8; 32],
    ) -> Result<Self, Status> {
        Self::read_with(query, size, token, Some(secret))
    }

    fn read_with(query: String, size: i32, token: &str, secret: Option<[u8; 32]>) -> Result<Self, Status> {
        if size < 0 {
            return Err(invalid_field("page_size", "a page's size is not negative"));
        }
        let size = if size == 0 { DEFAULT_SIZE } else { size.min(LARGEST_SIZE) };
        let size = usize::try_from(size).map_err(|_| invalid_field("page_size", "out of range"))?;
        let after = match token {
            "" => None,
            token => Some(open(&query, token, secret.as_ref()).ok_or_else(invalid_page_token)?),
        };
        Ok(Self { query, size, after, secret })
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
        let binding = binding(&self.query, key.as_bytes());
        let token = match &self.secret {
            None => [binding.as_slice(), key.as_bytes()].concat(),
            Some(secret) => seal(&self.query, key, secret),
        };
        URL_SAFE_NO_PAD.encode(token)
    }
}

fn open(query: &str, token: &str, secret: Option<&[u8; 32]>) -> Option<String> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let key = match secret {
        None => {
            let (bound, key) = token.split_at_checked(BINDING)?;
            (bound == binding(query, key)).then(|| key.to_vec())?
        }
        Some(secret) => unseal(query, &token, secret)?,
    };
    String::from_utf8(key).ok()
}

/// The nonce is made of all that is sealed and of the secret, so that the same place has the same token and no two
/// places share a nonce.
fn seal(query: &str, key: &str, secret: &[u8; 32]) -> Vec<u8> {
    let digest = Sha256::new().chain_update(NONCE_OF_PAGES).chain_update(secret).chain_update(query);
    let digest: [u8; 32] = digest.chain_update([0]).chain_update(key).finalize().into();
    let mut nonce = [0; NONCE_LEN];
    nonce.copy_from_slice(&digest[..NONCE_LEN]);
    let mut sealed = key.as_bytes().to_vec();
    cipher(secret)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(query.as_bytes()),
            &mut sealed,
        )
        .expect("a place is far shorter than the cipher's limit");
    [nonce.as_slice(), &sealed].concat()
}

fn unseal(query: &str, token: &[u8], secret: &[u8; 32]) -> Option<Vec<u8>> {
    let (nonce, sealed) = token.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let key = cipher(secret).open_in_place(nonce, Aad::from(query.as_bytes()), &mut sealed).ok()?;
    Some(key.to_vec())
}

/// With a key of its own: the secret seals cursors as well.
fn cipher(secret: &[u8; 32]) -> LessSafeKey {
    let key: [u8; 32] = Sha256::new().chain_update(KEY_OF_PAGES).chain_update(secret).finalize().into();
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("the cipher takes keys of 32 bytes"))
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
    fn a_sealed_token_shows_nothing_and_opens_in_its_own_list_with_its_own_secret_only() {
        let sealed =
            |query: &str, token: &str, secret| Page::read_sealed(query.to_owned(), 2, token, [secret; 32]);
        let token = sealed("q", "", 1).unwrap().token("brief 17");
        assert_eq!(token, sealed("q", "", 1).unwrap().token("brief 17"));
        assert_eq!(sealed("q", &token, 1).unwrap().after.as_deref(), Some("brief 17"));
        assert!(sealed("r", &token, 1).is_err() && sealed("q", &token, 2).is_err());
        assert!(read("q", 2, &token).is_err());
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        assert!(!bytes.windows(2).any(|pair| pair == b"17"), "{bytes:?}");
        assert_eq!(token.len(), sealed("q", "", 1).unwrap().token("brief 42").len());
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
