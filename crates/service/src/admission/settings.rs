//! Settings of the limits of calls.

use std::time::Duration;

use clap::Args;

use super::limits::CallLimits;
use super::unread::UnreadResponses;
use crate::durations::positive_seconds;

/// Parses a number of calls.
fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| "expected an integer from 1 to 1000000".to_owned())
}

/// Limits of calls. Each listener has the numbers for itself.
#[derive(Debug, Clone, Args)]
pub struct CallSettings {
    /// Maximum number of concurrent calls, except long polls, streams and uploads.
    #[arg(long, env = "CHANCERY_MAX_CALLS", default_value_t = 256, value_name = "N", value_parser = count)]
    pub max_calls: usize,
    /// Maximum number of concurrent long polls.
    #[arg(long, env = "CHANCERY_MAX_WAITING_CALLS", default_value_t = 10_000, value_name = "N", value_parser = count)]
    pub max_waiting_calls: usize,
    /// Maximum number of open response streams, such as watches and downloads.
    #[arg(long, env = "CHANCERY_MAX_STREAMS", default_value_t = 4_000, value_name = "N", value_parser = count)]
    pub max_streams: usize,
    /// Maximum number of concurrent uploads.
    #[arg(long, env = "CHANCERY_MAX_UPLOADS", default_value_t = 256, value_name = "N", value_parser = count)]
    pub max_uploads: usize,
    /// Maximum number of requests of more than 256 KiB, and of exports, that are received or handled at once. Each takes up to
    /// 16 MiB of memory, and several times as much while it is decoded or encoded.
    #[arg(long, env = "CHANCERY_MAX_LARGE_MESSAGES", default_value_t = 16, value_name = "N", value_parser = count)]
    pub max_large_messages: usize,
    /// Maximum size of all responses that their callers have not read yet, in MiB. They are in memory until then. An open
    /// download counts half a MiB.
    #[arg(long, env = "CHANCERY_MAX_UNREAD_RESPONSES", default_value_t = 256, value_name = "MIB",
        value_parser = clap::value_parser!(u32).range(16..=1_048_576))]
    pub max_unread_responses: u32,
    /// Percentage of each of these numbers that one token may use.
    #[arg(long, env = "CHANCERY_MAX_PERCENT_PER_TOKEN", default_value_t = 25, value_name = "PERCENT",
        value_parser = clap::value_parser!(u32).range(1..=100))]
    pub max_percent_per_token: u32,
    /// Maximum number of unknown tokens per second from one address (IPv6: from one network of 64 bits), and five times as
    /// many at once. Beyond it, tokens that the service has not seen lately are not looked up.
    #[arg(long, env = "CHANCERY_MAX_UNKNOWN_TOKENS", default_value_t = 20, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_unknown_tokens: u32,
    /// Maximum number of concurrent calls of one connection.
    #[arg(long, env = "CHANCERY_MAX_STREAMS_PER_CONNECTION", default_value_t = 1_000, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_streams_per_connection: u32,
    /// Maximum number of calls per second, and five times as many at once, that are refused on one connection, and that are
    /// cancelled within a second of their start with one token. Beyond it, refusals are held back for one to two seconds, or calls with the
    /// token wait as long before they begin.
    #[arg(long, env = "CHANCERY_MAX_FAILED_CALLS", default_value_t = 100, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_failed_calls: u32,
    /// Maximum duration of a call, except long polls and uploads, in seconds.
    #[arg(long, env = "CHANCERY_CALL_TIMEOUT", default_value = "30", value_parser = positive_seconds)]
    pub call_timeout: Duration,
}

impl CallSettings {
    /// Returns the counter of a listener's unread responses.
    pub(crate) fn unread_responses(&self) -> UnreadResponses {
        UnreadResponses::new((self.max_unread_responses as usize) << 20, self.max_percent_per_token as usize)
    }

    /// Returns the limits of each listener.
    pub(crate) fn limits(&self) -> CallLimits {
        CallLimits {
            quick: self.max_calls,
            waiting: self.max_waiting_calls,
            streaming: self.max_streams,
            uploads: self.max_uploads,
            large_messages: self.max_large_messages,
        }
    }
}
