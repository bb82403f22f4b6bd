//! The channel to the server, with credentials on every call.

use std::sync::Arc;
use std::time::Duration;

use chancery_proto::MESSAGE_LIMIT;
use chancery_proto::admin::v1::admin_service_client::AdminServiceClient;
use chancery_proto::brief::v1::brief_service_client::BriefServiceClient;
use chancery_proto::brief::v1::knowledge_service_client::KnowledgeServiceClient;
use chancery_proto::render::v1::render_service_client::RenderServiceClient;
use chancery_tls::{ClientTls, Connector, PlainText, unencrypted};
use tonic::codegen::http::uri::Scheme;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::config::{ClientConfig, Deadlines, Retries};
use crate::error::{Error, explained};

/// The transport of the generated clients.
pub type Transport = InterceptedService<Channel, Credentials>;

/// Interval and timeout of HTTP/2 pings on connections with open calls.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A connection to a server with the credentials of a caller. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    server: Arc<str>,
    transport: Transport,
    pub(crate) deadlines: Deadlines,
    pub(crate) retries: Retries,
}

impl Client {
    /// Connects to the server.
    ///
    /// # Errors
    /// [`Error::InvalidServer`], [`Error::InvalidAuthority`] and [`Error::InvalidToken`] for an invalid configuration,
    /// [`Error::Unencrypted`] if the connection would be unencrypted although the server is another machine, and
    /// [`Error::Unreachable`] if no server answers.
    pub async fn connect(config: ClientConfig) -> Result<Self, Error> {
        let uri = config.uri()?;
        let credentials = Credentials::bearer(config.token.as_deref())?;
        let connector = connector(&config, uri.scheme() == Some(&Scheme::HTTPS))?;
        let endpoint = Endpoint::from(uri)
            .connect_timeout(config.deadlines.connect)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE);
        let channel = endpoint.connect_with_connector(connector).await;
        let channel = channel.map_err(|error| unreachable(&config.server, &error))?;
        Ok(Self {
            server: config.server.into(),
            transport: InterceptedService::new(channel, credentials),
            deadlines: config.deadlines,
            retries: config.retries,
        })
    }

    /// Returns the URL of the server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the generated client of `BriefService`, for calls with other deadlines or metadata.
    pub fn briefs(&self) -> BriefServiceClient<Transport> {
        BriefServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }

    /// Returns the generated client of `KnowledgeService`.
    pub fn knowledge(&self) -> KnowledgeServiceClient<Transport> {
        KnowledgeServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }

    /// Returns the generated client of `RenderService`.
    pub fn renders(&self) -> RenderServiceClient<Transport> {
        RenderServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }

    /// Returns the generated client of `AdminService`.
    pub fn admin(&self) -> AdminServiceClient<Transport> {
        AdminServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }
}

fn connector(config: &ClientConfig, is_secure: bool) -> Result<Connector, Error> {
    let tls = is_secure.then(|| ClientTls::trusting(config.certificate_authority.as_deref()));
    let tls = tls.transpose().map_err(Error::InvalidAuthority)?.map(Arc::new);
    let plain_text = if config.allow_unencrypted { PlainText::Anywhere } else { PlainText::ThisMachine };
    Ok(Connector::new(tls, plain_text, config.deadlines.connect))
}

fn unreachable(server: &str, error: &tonic::transport::Error) -> Error {
    if let Some(refused) = unencrypted(error) {
        return Error::Unencrypted { server: server.to_owned(), address: refused.0 };
    }
    Error::Unreachable { server: server.to_owned(), cause: explained(error, server) }
}

/// Adds the token to the metadata of each call.
#[derive(Debug, Clone)]
pub struct Credentials {
    authorization: Option<MetadataValue<Ascii>>,
}

impl Credentials {
    fn bearer(token: Option<&str>) -> Result<Self, Error> {
        let Some(token) = token else { return Ok(Self { authorization: None }) };
        let is_token_text = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let value: Option<MetadataValue<Ascii>> =
            format!("Bearer {token}").parse().ok().filter(|_| is_token_text);
        let mut value = value.ok_or(Error::InvalidToken)?;
        // Keeps the token out of debug output and out of the header compression table.
        value.set_sensitive(true);
        Ok(Self { authorization: Some(value) })
    }
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.authorization {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use tonic::Request;
    use tonic::service::Interceptor;

    use super::{Client, Credentials};
    use crate::{ClientConfig, Error};

    #[test]
    fn a_token_is_sent_as_bearer_and_not_in_debug_output() {
        let mut credentials = Credentials::bearer(Some("chy_abc")).unwrap();
        let request = credentials.call(Request::new(())).unwrap();
        assert_eq!(request.metadata().get("authorization").unwrap(), "Bearer chy_abc");
        assert!(!format!("{credentials:?}").contains("chy_abc"));
    }

    #[test]
    fn a_malformed_token_is_refused_before_it_is_sent() {
        for token in ["", "chy_a\n", "chy a", "chy_ü"] {
            assert!(matches!(Credentials::bearer(Some(token)), Err(Error::InvalidToken)), "{token:?}");
        }
    }

    #[tokio::test]
    async fn an_unreachable_server_is_reported_with_the_cause() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = Client::connect(ClientConfig::new(&server)).await.unwrap_err();
        let message = error.to_string();
        assert!(message.contains(&server) && message.contains("onnection refused"), "{message}");
    }
}
