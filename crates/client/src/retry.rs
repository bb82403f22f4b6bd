//! Pauses between attempts.

use std::time::Duration;

use tokio::time::sleep;
use tonic::Status;
use tonic_types::StatusExt;

use crate::channel::Client;
use crate::config::Retries;
use crate::error::{Error, is_transient};

/// The pause before the attempt after `failed` failed ones: at random up to a limit that doubles, so that clients that
/// failed together do not come back together; never before the time that the server named.
pub(crate) fn pause(retries: &Retries, failed: u32, status: &Status) -> Duration {
    let limit =
        retries.first_pause.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(retries.longest_pause);
    let asked_for = status.get_details_retry_info().and_then(|info| info.retry_delay).unwrap_or_default();
    asked_for + share(limit)
}

impl Client {
    /// Waits before the next attempt; fails when there shall be none.
    pub(crate) async fn pause_or_fail(&self, failed: u32, status: &Status) -> Result<(), Error> {
        if !is_transient(status) || failed >= self.retries.attempts {
            return Err(Error::of(status, self.server()));
        }
        sleep(pause(&self.retries, failed.max(1), status)).await;
        Ok(())
    }
}

/// Between nothing and all of a duration, evenly.
fn share(limit: Duration) -> Duration {
    // Without randomness the middle is as good as any other share.
    let drawn = getrandom::u32().unwrap_or(u32::MAX / 2);
    limit.mul_f64(f64::from(drawn) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chancery_proto::errors::v1::Reason;
    use chancery_proto::status::refusal;
    use tonic::{Code, Status};
    use tonic_types::ErrorDetails;

    use super::pause;
    use crate::config::Retries;

    #[test]
    fn pauses_stay_below_their_limit() {
        let retries = Retries::default();
        let status = Status::unavailable("x");
        for failed in 1..40 {
            assert!(pause(&retries, failed, &status) <= retries.longest_pause);
        }
        assert!(pause(&retries, 1, &status) <= retries.first_pause);
    }

    #[test]
    fn a_pause_is_no_shorter_than_the_server_asked_for() {
        let mut details = ErrorDetails::new();
        details.set_retry_info(Some(Duration::from_secs(3)));
        let status = refusal(Code::Unavailable, Reason::Unavailable, "stopping", details);
        assert!(pause(&Retries::default(), 1, &status) >= Duration::from_secs(3));
    }
}
