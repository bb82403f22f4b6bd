//! Conversion of object store errors.

use std::error::Error;
use std::io;

use chancery_store::StoreError;

/// Signs of a full store in error messages: the HTTP status, and the code of `MinIO`.
const STORE_FULL: [&str; 2] = ["507 Insufficient Storage", "XMinioStorageFull"];

/// Converts the error of a read.
pub(crate) fn of_read(error: object_store::Error) -> StoreError {
    match error {
        object_store::Error::NotFound { path, .. } => StoreError::ArtifactMissing(path),
        other => of_write(other),
    }
}

/// Converts the error of any other operation, for which "not found" means the bucket or folder.
#[allow(clippy::needless_pass_by_value, reason = "for use in map_err")]
pub(crate) fn of_write(error: object_store::Error) -> StoreError {
    use object_store::Error as E;
    let message = with_causes(&error);
    if is_full(&error, &message) {
        return StoreError::ArtifactStoreFull(message);
    }
    match error {
        E::NotFound { .. }
        | E::PermissionDenied { .. }
        | E::Unauthenticated { .. }
        | E::NotImplemented { .. }
        | E::NotSupported { .. }
        | E::InvalidPath { .. }
        | E::UnknownConfigurationKey { .. } => StoreError::ArtifactStoreRefused(message),
        _ if io_kind(&error) == Some(io::ErrorKind::PermissionDenied) => {
            StoreError::ArtifactStoreRefused(message)
        }
        _ => StoreError::ArtifactStoreUnavailable(message),
    }
}

fn is_full(error: &object_store::Error, message: &str) -> bool {
    let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    io_kind(error).is_some_and(|kind| kinds.contains(&kind))
        || STORE_FULL.iter().any(|sign| message.contains(sign))
}

/// Returns the kind of the underlying I/O error, if any.
fn io_kind(error: &object_store::Error) -> Option<io::ErrorKind> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(next) = cause {
        if let Some(error) = next.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = next.source();
    }
    None
}

/// Returns the message with its causes, omitting those that it already repeats.
fn with_causes(error: &object_store::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = next.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use chancery_store::{OpenArtifactStore, StoreError};

    use super::{of_read, of_write};
    use crate::ObjectStores;

    fn of_disk(kind: io::ErrorKind) -> object_store::Error {
        object_store::Error::Generic { store: "test", source: Box::new(io::Error::from(kind)) }
    }

    #[test]
    fn disk_errors_are_converted_by_kind() {
        assert!(matches!(of_write(of_disk(io::ErrorKind::StorageFull)), StoreError::ArtifactStoreFull(_)));
        assert!(matches!(of_write(of_disk(io::ErrorKind::QuotaExceeded)), StoreError::ArtifactStoreFull(_)));
        let denied = of_write(of_disk(io::ErrorKind::PermissionDenied));
        assert!(matches!(denied, StoreError::ArtifactStoreRefused(_)));
        let unavailable = of_write(of_disk(io::ErrorKind::StaleNetworkFileHandle));
        assert!(matches!(unavailable, StoreError::ArtifactStoreUnavailable(_)));
    }

    #[test]
    fn not_found_is_missing_for_reads_and_refused_for_writes() {
        let missing = || object_store::Error::NotFound { path: "a".into(), source: "gone".into() };
        assert!(matches!(of_read(missing()), StoreError::ArtifactMissing(path) if path == "a"));
        assert!(matches!(of_write(missing()), StoreError::ArtifactStoreRefused(_)));
    }

    /// Starts a server with one response to every request.
    fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                // The request is small and arrives in one piece; its contents do not matter.
                let _ = connection.read(&mut [0; 16 * 1024]);
                let _ = connection.write_all(answer.as_bytes());
            }
        });
        endpoint
    }

    async fn write_to(answer: &'static str) -> StoreError {
        let environment = [
            ("AWS_ENDPOINT", server(answer).as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let store = ObjectStores::new(environment).open("s3://bucket/").unwrap();
        let mut upload = store.begin("blob").await.unwrap();
        upload.write(b"%PDF".as_slice().into()).await.unwrap();
        upload.finish().await.unwrap_err()
    }

    #[tokio::test]
    async fn http_errors_are_converted_by_status() {
        let full = "HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let error = write_to(full).await;
        assert!(matches!(error, StoreError::ArtifactStoreFull(_)), "{error}");
        let forbidden = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let error = write_to(forbidden).await;
        assert!(matches!(error, StoreError::ArtifactStoreRefused(_)), "{error}");
        let broken = "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let error = write_to(broken).await;
        assert!(matches!(error, StoreError::ArtifactStoreUnavailable(_)), "{error}");
    }

    #[tokio::test]
    async fn settings_of_google_and_azure_come_from_the_environment() {
        let refused = ObjectStores::new([]).open("az://container/pdfs").unwrap_err();
        assert!(
            matches!(&refused, StoreError::ArtifactStoreRefused(why) if why.contains("az://")),
            "{refused}"
        );
        let account = [("AZURE_STORAGE_ACCOUNT_NAME".to_owned(), "chancery".to_owned())];
        ObjectStores::new(account).open("az://container/pdfs").unwrap();
        let missing = [("GOOGLE_SERVICE_ACCOUNT".to_owned(), "/no/such/key.json".to_owned())];
        let refused = ObjectStores::new(missing).open("gs://bucket/pdfs").unwrap_err();
        assert!(refused.to_string().contains("/no/such/key.json"), "{refused}");
        ObjectStores::new([]).open("gs://bucket/pdfs").unwrap();
    }
}
