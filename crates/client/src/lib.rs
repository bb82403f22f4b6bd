//! A typed client of the Chancery service: one channel, credentials and a deadline on every call, retries of idempotent
//! calls, and downloads that resume after an interruption.
//!
//! ```no_run
//! # async fn example() -> Result<(), chancery_client::Error> {
//! use chancery_client::{Client, ClientConfig};
//! use chancery_proto::render::v1::CreateRenderRequest;
//!
//! let client = Client::connect(ClientConfig::new("http://127.0.0.1:50051").with_token("chy_...")).await?;
//! let mut pdf = Vec::new();
//! let request = CreateRenderRequest {
//!     parent: "workspaces/default".into(),
//!     source: "workspaces/default/briefs/russia-iran".into(),
//!     ..Default::default()
//! };
//! let render = client.render_to(request, &mut pdf, |_| ()).await?;
//! println!("{} is {} bytes", render.name, pdf.len());
//! # Ok(())
//! # }
//! ```

mod attachments;
mod calls;
mod channel;
mod config;
mod error;
mod render;
mod request_ids;
mod retry;
mod watch;

pub use channel::{Client, Credentials, Transport};
pub use config::{ClientConfig, Deadlines, Retries};
pub use error::{Error, Refusal, Violation};
pub use render::RenderEvent;
