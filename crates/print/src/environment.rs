//! The print environment: everything besides its inputs that determines a PDF's bytes. Builds of the same sources have
//! the same environment, and workers take only tasks of their own environment, so that one render key always means the
//! same bytes.

/// The print environment of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Environment {
    /// SHA-256 over the sources that the printer is built from, lower-case hexadecimal.
    pub printer_version: &'static str,
    /// SHA-256 over the fonts, lower-case hexadecimal.
    pub fonts_digest: &'static str,
}

/// Returns the print environment of this build, computed by `build.rs`.
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
