//! The state of the database at the end of a run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use chancery_postgres::Psql;
use chancery_testkit::programs::run_tool;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The tables of the render queue, and the text of each PDF.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// All tasks.
    pub tasks: Vec<Task>,
    /// The events of leases, in time order.
    pub attempts: Vec<Attempt>,
    /// All renders.
    pub renders: Vec<RenderRow>,
    /// Tasks that are queued or leased.
    pub queue: Vec<QueueRow>,
    /// All PDFs.
    pub artifacts: Vec<ArtifactRow>,
    /// The text of each PDF, by SHA-256.
    pub texts: BTreeMap<String, String>,
}

/// A row of `render_tasks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The id.
    pub task_id: String,
    /// The render key, in hexadecimal.
    pub key: String,
    /// The generation.
    pub generation: i32,
    /// The state.
    pub state: String,
    /// The epoch.
    pub epoch: i64,
    /// The lease that finished it.
    pub finished_epoch: Option<i64>,
    /// The SHA-256 of the PDF.
    pub artifact: Option<String>,
}

/// A row of `render_attempts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The task.
    pub task_id: String,
    /// The lease.
    pub epoch: i64,
    /// The event.
    pub event: String,
    /// The worker.
    pub worker: String,
    /// The worker's token, with LEASED and PRINTED.
    pub token: String,
    /// The SHA-256 of the PDF, with PRINTED.
    pub artifact: Option<String>,
}

/// A row of `renders`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderRow {
    /// The id.
    pub render_id: String,
    /// The task.
    pub task_id: String,
    /// Whether a caller cancelled it.
    pub is_cancelled: bool,
}

impl RenderRow {
    /// The render's resource name.
    pub fn name(&self) -> String {
        format!("{}/renders/{}", crate::WORKSPACE, self.render_id)
    }
}

impl Snapshot {
    /// The task of each render, by the render's name.
    pub fn tasks_of_renders(&self) -> BTreeMap<String, &str> {
        self.renders.iter().map(|row| (row.name(), row.task_id.as_str())).collect()
    }
}

/// A row of `render_queue`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The task.
    pub task_id: String,
}

/// A row of `artifacts`, with the actual digest and size of its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactRow {
    /// The SHA-256 in its name.
    pub digest: String,
    /// The size.
    pub size: i64,
    /// The SHA-256 of the stored bytes.
    pub stored_digest: String,
    /// The number of stored bytes.
    pub stored_size: i64,
}

const TASKS: &str = "select task_id, encode(render_key, 'hex') as key, generation, state, epoch, finished_epoch, \
     encode(artifact_digest, 'hex') as artifact from render_tasks order by task_id";
const ATTEMPTS: &str = "select task_id, epoch, event, worker, token_id as token, encode(artifact_digest, 'hex') as artifact \
     from render_attempts order by at, epoch, event";
const RENDERS: &str =
    "select render_id, task_id, cancelled_at is not null as is_cancelled from renders order by render_id";
const QUEUE: &str = "select task_id from render_queue order by task_id";
const ARTIFACTS: &str = "select encode(a.digest, 'hex') as digest, a.size_bytes as size, \
     encode(sha256(string_agg(c.bytes, '' order by c.ordinal)), 'hex') as stored_digest, \
     sum(octet_length(c.bytes)) as stored_size \
     from artifacts a join artifact_chunks c using (blob_id) group by a.workspace_id, a.digest order by 1";

/// Counts the tasks that have not ended.
///
/// # Errors
/// Fails if the database does not respond.
pub fn open_tasks(psql: &Psql) -> Result<u64> {
    let rows = psql.rows("select count(*) from render_tasks where state in ('QUEUED', 'RUNNING')")?;
    rows.concat().parse().context("the count is not a number")
}

/// Reads the whole snapshot and saves the PDFs in a folder.
///
/// # Errors
/// Fails if the database does not respond, or a PDF cannot be written.
pub fn take(psql: &Psql, folder: &Path) -> Result<Snapshot> {
    let mut snapshot = Snapshot {
        tasks: rows(psql, TASKS)?,
        attempts: rows(psql, ATTEMPTS)?,
        renders: rows(psql, RENDERS)?,
        queue: rows(psql, QUEUE)?,
        artifacts: rows(psql, ARTIFACTS)?,
        texts: BTreeMap::new(),
    };
    fs::create_dir_all(folder)?;
    for artifact in &snapshot.artifacts {
        let text = text_of(psql, &artifact.digest, folder)?;
        snapshot.texts.insert(artifact.digest.clone(), text);
    }
    Ok(snapshot)
}

fn rows<T: DeserializeOwned>(psql: &Psql, query: &str) -> Result<Vec<T>> {
    let lines = psql.rows(&format!("select to_json(r) from ({query}) r"))?;
    lines.iter().map(|line| serde_json::from_str(line).with_context(|| line.clone())).collect()
}

/// Returns the words of a PDF.
fn text_of(psql: &Psql, digest: &str, folder: &Path) -> Result<String> {
    let query = format!(
        "select encode(string_agg(c.bytes, '' order by c.ordinal), 'hex') \
         from artifacts a join artifact_chunks c using (blob_id) where a.digest = '\\x{digest}'"
    );
    let bytes = from_hexadecimal(&psql.rows(&query)?.concat())?;
    let file = folder.join(format!("{digest}.pdf"));
    fs::write(&file, bytes)?;
    let text = run_tool("pdftotext", "poppler-utils", [file.as_os_str(), "-".as_ref()]);
    Ok(String::from_utf8_lossy(&text.stdout).into_owned())
}

fn from_hexadecimal(text: &str) -> Result<Vec<u8>> {
    text.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}
