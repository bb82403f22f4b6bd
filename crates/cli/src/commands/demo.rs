//! `demo`: from nothing to a PDF, with everything on this machine.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use chancery_client::{Client, RenderEvent};
use chancery_proto::names::{BriefName, BriefOrRevisionName};
use chancery_proto::render::v1::{Render, RenderOptions, RenderState};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::args::{Demo, Global};
use crate::commands::up::StopSignal;
use crate::commands::{import, render};
use crate::connection::{connect_to, read_token};
use crate::failure::Failure;
use crate::output;
use crate::stack::{Stack, StackSettings};
use crate::state::StateFolder;
use crate::{print_warnings, text};

pub async fn run(global: &Global, arguments: &Demo) -> Result<(), Failure> {
    let mut stop = StopSignal::new()?;
    // Dropped in the middle, what has started is stopped.
    tokio::select! {
        ran = run_to_the_end(global, arguments) => ran,
        () = stop.wait() => Err(Failure::new("CANCELLED", "INTERRUPTED", "interrupted; everything is stopped")),
    }
}

async fn run_to_the_end(global: &Global, arguments: &Demo) -> Result<(), Failure> {
    let example = read_example(&arguments.example)?;
    let mut steps = Steps::begin(global.json);
    let state = StateFolder::find(global.data.as_deref())?;

    let running = if arguments.fresh { None } else { state.running() };
    let printed = if let Some(running) = running {
        steps.done(&format!("`chancery up` runs already, at {}", running.server));
        print(&running.server, &running.token_file, &example, arguments, &mut steps).await?
    } else {
        let _lock = state.lock()?;
        let mut on_step = |step: String| steps.done(&step);
        let stack = Stack::start(&stack_settings(&state, arguments), &mut on_step).await?;
        let token_file = stack.tokens.admin();
        let printed = print(&stack.service.url(), &token_file, &example, arguments, &mut steps).await;
        // Whatever came of it, nothing shall run on; the first mistake is the one to tell.
        let stopped = stack.stop().await;
        let printed = printed?;
        stopped?;
        steps.done("stopped everything");
        printed
    };
    output::print(&told(global.json, &printed, &arguments.output, &steps))
}

/// The example's brief, with its documents.
struct Example {
    brief: String,
    documents: Vec<crate::documents::Document<chancery_proto::brief::v1::RevisionDocument>>,
}

/// What the demo came to.
struct Printed {
    render: Render,
    /// Whether the PDF was there before, so that no worker printed it now.
    answered: bool,
    /// Whether the file that stood there before has the same bytes; none when there was no file.
    same_as_before: Option<bool>,
}

fn read_example(folder: &Path) -> Result<Example, Failure> {
    let briefs = import::read(&[folder.to_owned()]).map_err(|failure| match failure.code.as_str() {
        "NOT_FOUND" => failure
            .help("run the demo in the clone's root (./dev demo does), or name a folder with --example"),
        _ => failure,
    })?;
    let mut briefs = briefs.into_iter();
    if let (Some((brief, documents)), None) = (briefs.next(), briefs.next()) {
        return Ok(Example { brief, documents });
    }
    let message = format!("{} does not hold the revisions of one brief", folder.display());
    Err(Failure::new("INVALID_ARGUMENT", "INVALID_EXAMPLE", message))
}

fn stack_settings<'a>(state: &'a StateFolder, arguments: &'a Demo) -> StackSettings<'a> {
    // Any free ports: the demo shall not meet with a service that runs on the usual ones.
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    StackSettings {
        state,
        database: &arguments.database,
        fresh: arguments.fresh,
        listen: anywhere,
        worker_listen: anywhere,
        workers: 1,
    }
}

/// Imports the example and prints its newest revision.
async fn print(
    server: &str,
    token_file: &Path,
    example: &Example,
    arguments: &Demo,
    steps: &mut Steps,
) -> Result<Printed, Failure> {
    let client = connect_to(server, Some(read_token(token_file)?), None).await?;
    let imported = import::send(&client, "workspaces/default", &example.documents).await?;
    steps.done(import::told(&imported).trim_end());

    let before = sha256_of(&arguments.output);
    let name: BriefName = imported.name.parse().map_err(Failure::setup("the imported brief's name"))?;
    let (render, answered) = print_newest(&client, name, &arguments.output).await?;
    let artifact = render.artifact.clone().unwrap_or_default();
    let how = if answered { "answered from the finished print" } else { "printed by the worker" };
    let revision = render.revision.rsplit('/').next().unwrap_or_default();
    steps.done(&format!("{} revision {revision}: {how}, {} pages", example.brief, artifact.pages));
    Ok(Printed { same_as_before: before.map(|before| before == artifact.sha256), render, answered })
}

async fn print_newest(client: &Client, name: BriefName, path: &Path) -> Result<(Render, bool), Failure> {
    let request = render::request(&BriefOrRevisionName::Brief(name), RenderOptions::default());
    // The first state is the answer to the request: a finished one means that nobody had to print.
    let mut first = None;
    let render = render::to_file(client, request, path, |event| {
        if let RenderEvent::State(render) = event {
            first.get_or_insert(render.state());
        }
    })
    .await?;
    Ok((render, first == Some(RenderState::Succeeded)))
}

fn told(as_json: bool, printed: &Printed, path: &Path, steps: &Steps) -> String {
    let artifact = printed.render.artifact.clone().unwrap_or_default();
    if as_json {
        let told = json!({
            "file": path,
            "revision": printed.render.revision,
            "pages": artifact.pages,
            "size_bytes": artifact.size_bytes,
            "sha256": artifact.sha256,
            "printed": !printed.answered,
            "same_bytes_as_before": printed.same_as_before,
            "seconds": steps.begun.elapsed().as_secs_f64(),
        });
        return format!("{told:#}\n");
    }
    let same = match printed.same_as_before {
        Some(true) => "  (the same bytes as the file that was there)",
        Some(false) => "  (other bytes than the file that was there)",
        None => "",
    };
    let mut text = format!(
        "\n{}\n  {}, {} KB{same}\n  SHA-256 {}\n",
        path.display(),
        text::pages(artifact.pages),
        artifact.size_bytes.div_ceil(1_000),
        artifact.sha256
    );
    text.push_str(&print_warnings::text(&printed.render.print_warnings, "  "));
    let brief = printed.render.revision.split('/').nth(3).unwrap_or_default();
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "\nNext:\n  ./dev up                                  leaves everything running; then, in another terminal:\n  \
         ./dev cli get {brief}\n  ./dev cli render {brief}/revisions/1 -o out/{brief}-1.pdf\n",
    );
    text
}

/// The file's SHA-256 in hexadecimal; none when it cannot be read.
fn sha256_of(path: &PathBuf) -> Option<String> {
    let digest = Sha256::digest(fs::read(path).ok()?);
    Some(digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Tells each step with its time.
struct Steps {
    json: bool,
    begun: Instant,
    last: Instant,
}

impl Steps {
    fn begin(json: bool) -> Self {
        let now = Instant::now();
        let mut steps = Self { json, begun: now, last: now };
        if let Some(seconds) = env::var("CHANCERY_DEMO_BUILD_SECONDS").ok().and_then(|text| text.parse().ok())
        {
            steps.tell("built", seconds);
        }
        steps
    }

    fn done(&mut self, step: &str) {
        let seconds = self.last.elapsed().as_secs_f64();
        self.tell(step, seconds);
        self.last = Instant::now();
    }

    fn tell(&mut self, step: &str, seconds: f64) {
        let line = format!("{seconds:>6.1} s  {step}");
        if self.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}
