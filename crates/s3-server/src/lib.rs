//! An S3-compatible server for tests: moto from `PyPI`, as a process on a free loopback port.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Prints its port and serves until the end of its standard input, which closes when the test process ends.
const SCRIPT: &str = "
import sys
import urllib.request
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
bucket = urllib.request.Request(f'http://{host}:{port}/' + sys.argv[1], method='PUT')
urllib.request.urlopen(bucket).close()
print(port, flush=True)
sys.stdin.read()
";

/// A running server with one bucket, in memory. Dropping it stops the server.
#[derive(Debug)]
pub struct S3Server {
    child: Child,
    port: u16,
}

impl S3Server {
    /// Name of the bucket.
    pub const BUCKET: &'static str = "chancery-test";

    /// Starts a server.
    ///
    /// # Panics
    /// If `CHANCERY_PYTHON` does not name a Python with moto.
    pub fn start() -> Self {
        let python = env::var_os("CHANCERY_PYTHON")
            .expect("CHANCERY_PYTHON is not set: run the tests with ./dev test, which sets it up");
        let mut child = Command::new(&python)
            .args(["-c", SCRIPT, Self::BUCKET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be run: {error}", python.display()));
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            // An error leaves the line empty, which is reported below.
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let port = line.trim().parse().unwrap_or_else(|_| {
            let _ = child.kill();
            panic!(
                "moto's S3 server does not start: is it in tools/python/requirements.txt? It printed {line:?}"
            )
        });
        Self { child, port }
    }

    /// Returns the URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the number of objects and unfinished uploads.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn object_count(&self) -> usize {
        let (objects, uploads) = (self.get("?list-type=2"), self.get("?uploads"));
        objects.matches("<Key>").count() + uploads.matches("<UploadId>").count()
    }

    /// Sends a request with a dummy credential, which moto requires but does not check.
    fn get(&self, query: &str) -> String {
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, \
                          Signature=none";
        let request = format!(
            "GET /{}{query} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {credential}\r\nConnection: close\r\n\r\n",
            Self::BUCKET,
            self.port
        );
        let mut response = String::new();
        let result = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut connection| {
            connection.write_all(request.as_bytes())?;
            connection.read_to_string(&mut response)
        });
        assert!(result.is_ok() && response.starts_with("HTTP/1.1 200"), "{result:?} {response}");
        response
    }

    /// Returns the environment variables that make a process use the server.
    pub fn environment(&self) -> Vec<(String, String)> {
        let endpoint = self.endpoint();
        [
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
