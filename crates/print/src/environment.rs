//! What decides a PDF's bytes besides its inputs. Two builds of the same sources have the same environment; workers
//! print only tasks of theirs, so that one render key always means the same bytes.

/// The print environment of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Environment {
    /// SHA-256 over the sources that the printer is built from, lower-case hexadecimal.
    pub printer_version: &'static str,
    /// SHA-256 over the fonts, lower-case hexadecimal.
    pub fonts_digest: &'static str,
}

/// The print environment of this build; `build.rs` works it out.
pub const fn environment() -> Environment {
    Environment {
        printer_version: env!("CHANCERY_PRINTER_VERSION"),
        fonts_digest: env!("CHANCERY_FONTS_DIGEST"),
    }
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn both_digests_are_sha_256_in_hexadecimal() {
        let environment = environment();
        for digest in [environment.printer_version, environment.fonts_digest] {
            assert_eq!(digest.len(), 64);
            assert!(digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        }
        assert_ne!(environment.printer_version, environment.fonts_digest);
    }
}
