//! Shows the printed pages and the findings in a browser on this machine, and reloads them after each print.
//!
//! Other programs and web pages must not read a draft: the listener is on the loopback interface, every path starts with 128
//! random bits, and a request whose `Host` is not the printed address is refused, which stops DNS rebinding. The page loads
//! nothing from elsewhere, and its content security policy forbids it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::ui::failure::Failure;

/// Longest time that a request for the next round is held open.
const LONGEST_POLL: Duration = Duration::from_secs(25);

const PAGE: &str = include_str!("preview_page/index.html");
const SCRIPT: &str = include_str!("preview_page/preview.js");
const STYLE: &str = include_str!("preview_page/preview.css");

/// Policy of the page: scripts, styles, requests and frames of this server only.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Policy of the PDF, which only the page may frame. Viewers of browsers apply further directives to themselves.
const PDF_POLICY: &str = "frame-ancestors 'self'";

/// State of the preview that the page shows.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Number of the round, from 1; 0 before the first.
    pub round: u64,
    /// Number of the round that printed the PDF; 0 if none did.
    pub printed_round: u64,
    /// The last PDF that was printed.
    pub pdf: Bytes,
    /// One line about the round.
    pub headline: String,
    /// The findings, as `check` prints them.
    pub findings: String,
    /// Whether the round failed, so that the PDF is an earlier one.
    pub has_failed: bool,
}

/// A server that listens.
pub struct PreviewServer {
    listener: TcpListener,
    pages: Pages,
    /// Publishes the rounds.
    pub rounds: Arc<watch::Sender<Shown>>,
}

/// The answers to requests.
#[derive(Clone)]
struct Pages {
    /// The only accepted `Host`.
    host: Arc<str>,
    /// First segment of every path.
    secret: Arc<str>,
    /// A second address of the page, valid once: other users of the machine see the arguments of the browser.
    ticket: Arc<Mutex<Option<String>>>,
    rounds: watch::Receiver<Shown>,
}

impl PreviewServer {
    /// Listens on a random port of the loopback interface.
    pub async fn listen() -> Result<Self, Failure> {
        let listening = || Failure::io("listening on 127.0.0.1");
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
        let listener = listener.map_err(listening())?;
        let address = listener.local_addr().map_err(listening())?;
        let (sender, rounds) = watch::channel(Shown::default());
        let pages = Pages {
            host: address.to_string().into(),
            secret: random_segment()?.into(),
            ticket: Arc::new(Mutex::new(Some(random_segment()?))),
            rounds,
        };
        Ok(Self { listener, pages, rounds: Arc::new(sender) })
    }

    /// Returns the address of the page.
    pub fn address(&self) -> String {
        format!("http://{}/{}/", self.pages.host, self.pages.secret)
    }

    /// Returns an address that leads to the page once.
    pub fn ticket_address(&self) -> String {
        let ticket = self.pages.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        format!("http://{}/{}", self.pages.host, ticket.as_deref().unwrap_or_default())
    }

    /// Serves until the future is dropped.
    pub async fn serve(self) -> Result<(), Failure> {
        let routes = Router::new().fallback(respond).with_state(self.pages);
        axum::serve(self.listener, routes).await.map_err(Failure::io("serving the preview"))
    }
}

/// Returns 128 random bits in hexadecimal.
fn random_segment() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::setup("random bytes for the address of the preview"))?;
    Ok(hex::encode(bytes))
}

async fn respond(State(mut pages): State<Pages>, request: Request) -> Response {
    let host = request.headers().get(header::HOST).map(HeaderValue::as_bytes);
    if host != Some(pages.host.as_bytes()) {
        return text(StatusCode::MISDIRECTED_REQUEST, "use the address that the command printed\n");
    }
    if request.method() != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n");
    }
    let path = request.uri().path().trim_start_matches('/');
    let query = request.uri().query().unwrap_or_default();
    let (first, file) = path.split_once('/').unwrap_or((path, ""));
    if pages.redeems(path) {
        return redirect(&format!("/{}/", pages.secret));
    }
    if first != &*pages.secret || !path.contains('/') {
        return text(StatusCode::NOT_FOUND, "use the address that the command printed\n");
    }
    match file {
        "" => response("text/html; charset=utf-8", PAGE_POLICY, PAGE.into()),
        "preview.js" => response("text/javascript; charset=utf-8", PAGE_POLICY, SCRIPT.into()),
        "preview.css" => response("text/css; charset=utf-8", PAGE_POLICY, STYLE.into()),
        "state" => pages.state(query).await,
        "brief.pdf" => pages.pdf(),
        _ => text(StatusCode::NOT_FOUND, "no such file\n"),
    }
}

impl Pages {
    /// Returns whether a path is the ticket, which is then used up.
    fn redeems(&self, path: &str) -> bool {
        let mut ticket = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        ticket.take_if(|ticket| ticket == path).is_some()
    }

    /// Waits for a round after the one in `after=N`, and returns the newest as JSON.
    async fn state(&mut self, query: &str) -> Response {
        let after = query.strip_prefix("after=").and_then(|number| number.parse().ok()).unwrap_or(0);
        let newer = self.rounds.wait_for(|shown| shown.round > after);
        // Without a newer round, the page receives the one that it has, and asks once more.
        let _ = timeout(LONGEST_POLL, newer).await;
        let shown = self.rounds.borrow();
        let state = json!({
            "round": shown.round,
            "printedRound": shown.printed_round,
            "headline": shown.headline,
            "findings": shown.findings,
            "hasFailed": shown.has_failed,
        });
        response("application/json", PAGE_POLICY, state.to_string().into())
    }

    fn pdf(&self) -> Response {
        let shown = self.rounds.borrow();
        if shown.printed_round == 0 {
            return text(StatusCode::NOT_FOUND, "not printed yet\n");
        }
        response("application/pdf", PDF_POLICY, shown.pdf.clone().into())
    }
}

fn text(status: StatusCode, message: &'static str) -> Response {
    let mut response = response("text/plain; charset=utf-8", PAGE_POLICY, message.into());
    *response.status_mut() = status;
    response
}

fn redirect(path: &str) -> Response {
    let mut response = text(StatusCode::SEE_OTHER, "");
    if let Ok(location) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn response(media_type: &'static str, policy: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}
