//! Reasons for which peers refuse a certificate of any issuer: its time and its purpose.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::error::{CertificatePurpose, TlsError};

/// Seconds before its expiry from which a certificate is warned of.
const WARNED_BEFORE: i64 = 14 * 24 * 60 * 60;

/// Time between two warnings.
const WARNING_INTERVAL: Duration = Duration::from_hours(12);

/// The times of a certificate, in seconds of Unix time, and whether it is for the purpose that it is used for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    not_before: i64,
    pub(crate) not_after: i64,
    purpose: CertificatePurpose,
    has_purpose: bool,
}

impl Validity {
    /// Reads a certificate.
    ///
    /// # Errors
    /// The defect of a certificate that is not X.509.
    pub(crate) fn of(certificate: &CertificateDer<'_>, purpose: CertificatePurpose) -> Result<Self, String> {
        let (_, certificate) = X509Certificate::from_der(certificate)
            .map_err(|error| format!("not an X.509 certificate: {error}"))?;
        let usage = certificate.extended_key_usage().map_err(|error| error.to_string())?;
        // Without the extension, a certificate is for every purpose (RFC 5280, section 4.2.1.12).
        let has_purpose = usage.is_none_or(|usage| match purpose {
            CertificatePurpose::Server => usage.value.server_auth,
            CertificatePurpose::Client => usage.value.client_auth,
        });
        let times = certificate.validity();
        Ok(Self {
            not_before: times.not_before.timestamp(),
            not_after: times.not_after.timestamp(),
            purpose,
            has_purpose,
        })
    }

    /// Returns why peers refuse the certificate now; `file` is for the message.
    pub(crate) fn problem(&self, file: &Path) -> Option<TlsError> {
        let file = || file.to_owned();
        if !self.has_purpose {
            return Some(TlsError::OtherPurpose { file: file(), purpose: self.purpose });
        }
        let now = now();
        if self.not_after <= now {
            return Some(TlsError::Expired { file: file() });
        }
        (self.not_before > now)
            .then(|| TlsError::NotYetValid { file: file(), seconds: self.not_before.saturating_sub(now) })
    }

    /// Checks the certificate of new files. At the start, `current` is `None`: one that peers refuse is used, with a warning.
    /// As a replacement it is refused, unless the one in use is no better.
    ///
    /// # Errors
    /// See [`Self::problem`].
    pub(crate) fn check(&self, current: Option<&Self>, file: &Path) -> Result<(), TlsError> {
        let Some(problem) = self.problem(file) else { return Ok(()) };
        match current {
            Some(current) if current.problem(file).is_none() => Err(problem),
            _ => {
                tracing::warn!(%problem, "peers will refuse this certificate");
                Ok(())
            }
        }
    }
}

/// Warns of a certificate that expires soon, a few times a day.
#[derive(Debug, Default)]
pub(crate) struct ExpiryWarning {
    last: Mutex<Option<Instant>>,
}

impl ExpiryWarning {
    /// Warns if it is time.
    pub(crate) fn check(&self, validity: &Validity, file: &Path) {
        let left = validity.not_after.saturating_sub(now());
        if left > WARNED_BEFORE {
            return;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= WARNING_INTERVAL) {
            *last = Some(Instant::now());
            let (file, hours) = (file.display(), left / 3_600);
            if left > 0 {
                tracing::warn!(%file, hours, "the certificate expires soon: replace it");
            } else {
                tracing::error!(%file, "the certificate has expired: replace it");
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "certificates expire by the machine's clock")]
fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
