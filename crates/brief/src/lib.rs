//! The domain of briefs: validate, mark, redact, canonical bytes and digests.
