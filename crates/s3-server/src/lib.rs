//! A real S3-compatible server for tests: moto from `PyPI`, in a separate process on a free loopback port.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Serves until its standard input is closed, which happens when the test ends in any way. Prints its port.
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

/// A running server with one bucket. Dropping it stops it and deletes its objects.
#[derive(Debug)]
pub struct S3Server {
    child: Child,
    port: u16,
}

impl S3Server {
    /// The name of the initial bucket.
    pub const BUCKET: &'static str = "chancery-test";

    /// Starts a server.
    ///
    /// # Panics
    /// Panics if `CHANCERY_PYTHON` does not name a Python with moto; the test must not be skipped.
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
            // An error here leaves the line empty, which is reported below.
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

    /// Returns its endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the numbers of objects and of unfinished uploads.
    ///
    /// # Panics
    /// Panics if it does not respond.
    pub fn held(&self) -> usize {
        let (objects, uploads) = (self.get("?list-type=2"), self.get("?uploads"));
        objects.matches("<Key>").count() + uploads.matches("<UploadId>").count()
    }

    /// Authorization that moto requires and does not check.
    fn get(&self, query: &str) -> String {
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, \
                          Signature=none";
        let request = format!(
            "GET /{}{query} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {credential}\r\nConnection: close\r\n\r\n",
            Self::BUCKET,
            self.port
        );
        let mut answer = String::new();
        let response = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut connection| {
            connection.write_all(request.as_bytes())?;
            connection.read_to_string(&mut answer)
        });
        assert!(response.is_ok() && answer.starts_with("HTTP/1.1 200"), "{response:?} {answer}");
        answer
    }

    /// Returns the environment that directs a process to it.
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
