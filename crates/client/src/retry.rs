//! Delays between retries.

use std::time::Duration;

use tokio::time::sleep;
use tonic::Status;
use tonic_types::StatusExt;

use crate::channel::Client;
use crate::config::Retries;
use crate::error::{Error, is_transient};

/// Returns the delay after `failed` failed attempts: random up to a limit that doubles, so that clients do not retry
/// all at once after an outage, plus the delay that the server gave.
pub(crate) fn retry_delay(retries: &Retries, failed: u32, status: &Status) -> Duration {
    let limit =
        retries.initial_delay.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(retries.max_delay);
    let from_server = status.get_details_retry_info().and_then(|info| info.retry_delay).unwrap_or_default();
    from_server + random_fraction(limit)
}

impl Client {
    /// Waits before the next attempt, or fails if there are no further attempts.
    pub(crate) async fn wait_before_retry(&self, failed: u32, status: &Status) -> Result<(), Error> {
        if !is_transient(status) || failed >= self.retries.attempts {
            return Err(Error::of(status, self.server()));
        }
        sleep(retry_delay(&self.retries, failed.max(1), status)).await;
        Ok(())
    }
}

/// Returns a random duration up to a limit.
fn random_fraction(limit: Duration) -> Duration {
    // Without a source of randomness, uses the middle.
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    limit.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::retry_delay;
    use crate::config::Retries;

    #[test]
    fn delays_stay_below_their_limit() {
        let retries = Retries::default();
        let status = Status::unavailable("x");
        for failed in 1..40 {
            assert!(retry_delay(&retries, failed, &status) <= retries.max_delay);
        }
        assert!(retry_delay(&retries, 1, &status) <= retries.initial_delay);
    }

    #[test]
    fn a_delay_is_at_least_that_of_the_server() {
        let mut details = ErrorDetails::new();
        details.set_retry_info(Some(Duration::from_secs(3)));
        let status = refusal(Code::Unavailable, Reason::Unavailable, "stopping", details);
        assert!(retry_delay(&Retries::default(), 1, &status) >= Duration::from_secs(3));
    }
}
