//! Bounded decompression.

use flate2::{Decompress, FlushDecompress, Status};

use crate::refusal::{Place, Refusal};

/// All streams of a file together inflate to at most this many bytes for each byte of the file, and
/// [`ALLOWANCE`] more. Repetitive pages deflate to a fiftieth.
const LARGEST_RATIO: usize = 64;
/// Bytes that a file of any size may inflate to besides.
const ALLOWANCE: usize = 1 << 20;
/// Upper bound for a file of any size.
const LARGEST: usize = 1 << 30;

/// Inflates the streams of one file within its budget.
pub(crate) struct Inflater {
    state: Decompress,
    budget: usize,
}

impl Inflater {
    pub(crate) fn new(file_bytes: usize) -> Self {
        let budget = file_bytes.saturating_mul(LARGEST_RATIO).saturating_add(ALLOWANCE).min(LARGEST);
        Self { state: Decompress::new(true), budget }
    }

    /// Inflates a stream. All of its bytes must be used, and its checksum must be right.
    pub(crate) fn inflate(&mut self, deflated: &[u8], place: &Place) -> Result<Vec<u8>, Refusal> {
        let malformed = |what: &str| Refusal::new("DEFLATE", place.clone(), what);
        self.state.reset(true);
        let mut content = Vec::with_capacity(deflated.len().saturating_mul(5).min(self.budget));
        loop {
            let read = usize::try_from(self.state.total_in()).unwrap_or(usize::MAX).min(deflated.len());
            let before = content.len();
            let status = self
                .state
                .decompress_vec(&deflated[read..], &mut content, FlushDecompress::Finish)
                .map_err(|_| malformed("a stream cannot be inflated"))?;
            if content.len() > self.budget {
                return Err(Refusal::new(
                    "INFLATED_SIZE",
                    place.clone(),
                    "the file inflates to too many bytes",
                ));
            }
            match status {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if content.len() == content.capacity() => {
                    content
                        .reserve(content.len().max(4096).min(self.budget.saturating_sub(content.len()) + 1));
                }
                Status::Ok | Status::BufError => {
                    let now = usize::try_from(self.state.total_in()).unwrap_or(usize::MAX);
                    if now == read && content.len() == before {
                        return Err(malformed("a stream ends before its content"));
                    }
                }
            }
        }
        if usize::try_from(self.state.total_in()).ok() != Some(deflated.len()) {
            return Err(Refusal::new("GAP", place.clone(), "a stream has bytes after its deflated content"));
        }
        self.budget -= content.len();
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{ALLOWANCE, Inflater};
    use crate::refusal::Place;

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn streams_inflate_to_their_end_and_no_further() {
        let mut stream = deflated(b"content");
        assert_eq!(Inflater::new(100).inflate(&stream, &Place::File).unwrap(), b"content");
        assert_eq!(Inflater::new(100).inflate(&stream[..9], &Place::File).unwrap_err().code(), "DEFLATE");
        assert_eq!(Inflater::new(100).inflate(b"", &Place::File).unwrap_err().code(), "DEFLATE");
        stream.push(0);
        assert_eq!(Inflater::new(100).inflate(&stream, &Place::File).unwrap_err().code(), "GAP");
        stream.pop();
        *stream.last_mut().unwrap() ^= 1;
        assert_eq!(Inflater::new(100).inflate(&stream, &Place::File).unwrap_err().code(), "DEFLATE");
    }

    #[test]
    fn a_bomb_is_refused_within_the_budget() {
        let stream = deflated(&vec![0; 8 * ALLOWANCE]);
        let refusal = Inflater::new(100).inflate(&stream, &Place::File).unwrap_err();
        assert_eq!(refusal.code(), "INFLATED_SIZE");
        assert!(Inflater::new(usize::MAX).inflate(&stream, &Place::File).is_ok());
    }
}
