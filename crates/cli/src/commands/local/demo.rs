//! `demo`: starts everything, imports an example, prints it and stops everything.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use chancery_brief::digest::body_digest;
use chancery_client::{Client, ClientConfig, RenderEvent};
use chancery_proto::brief::v1::RevisionDocument;
use chancery_proto::names::{BriefName, BriefOrRevisionName};
use chancery_proto::render::v1::{Render, RenderOptions, RenderState};
use serde_json::json;
use tokio::time::Instant;

use crate::args::Global;
use crate::args::local::Demo;
use crate::commands::author::import;
use crate::commands::render::render_brief;
use crate::connection::{connect_to, read_token};
use crate::inputs::documents::Document;
use crate::local::stack::{Stack, StackSettings};
use crate::local::state_folder::StateFolder;
use crate::local::stop_signal::StopSignal;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::print_warnings;
use crate::ui::text;

pub async fn run(global: &Global, arguments: &Demo) -> Result<(), Failure> {
    let mut stop = StopSignal::listen()?;
    // Cancelling drops the stack, which stops its processes.
    tokio::select! {
        result = run_to_completion(global, arguments) => result,
        () = stop.wait() => Err(Failure::new("CANCELLED", "INTERRUPTED", "interrupted; all processes were stopped")),
    }
}

async fn run_to_completion(global: &Global, arguments: &Demo) -> Result<(), Failure> {
    let example = read_example(&arguments.example)?;
    let mut steps = Steps::start(global.json);
    let state = StateFolder::find(global.data.as_deref())?;

    let running = if arguments.fresh { None } else { state.running() };
    let printed = if let Some(running) = running {
        steps.done(&format!("`chancery up` is already running at {}", running.server));
        print(&running.server, &running.token_file, &example, arguments, &mut steps).await?
    } else {
        let _lock = state.lock()?;
        let mut on_step = |step: String| steps.done(&step);
        let stack = Stack::start(&stack_settings(&state, arguments), &mut on_step).await?;
        let token_file = stack.tokens.admin();
        let printed = print(&stack.service.url(), &token_file, &example, arguments, &mut steps).await;
        // Stops the stack even after a failure, and reports the first failure.
        let stopped = stack.stop().await;
        let printed = printed?;
        stopped?;
        steps.done("stopped everything");
        printed
    };
    output::print(&if global.json {
        json_report(&printed, &arguments.output, &steps)
    } else {
        text_report(&printed, &arguments.output)
    })
}

/// The example: a brief and its revisions.
struct Example {
    brief: String,
    documents: Vec<Document<RevisionDocument>>,
}

/// The result of printing the example.
struct Printed {
    render: Render,
    /// Whether an existing artifact answered the request, so that no worker printed.
    reused: bool,
    /// Whether the file that was replaced had the same bytes; none if there was no file.
    same_as_before: Option<bool>,
}

fn read_example(folder: &Path) -> Result<Example, Failure> {
    let briefs = import::read(&[folder.to_owned()]).map_err(|failure| match failure.code.as_str() {
        "NOT_FOUND" => failure.help(
            "run the demo in the root of the clone (as ./dev demo does), or name a folder with --example",
        ),
        _ => failure,
    })?;
    let mut briefs = briefs.into_iter();
    if let (Some((brief, documents)), None) = (briefs.next(), briefs.next()) {
        return Ok(Example { brief, documents });
    }
    let message = format!("{} does not contain the revisions of exactly one brief", folder.display());
    Err(Failure::new("INVALID_ARGUMENT", "INVALID_EXAMPLE", message))
}

fn stack_settings<'a>(state: &'a StateFolder, arguments: &'a Demo) -> StackSettings<'a> {
    // Free ports, because a service may be running on the default ones.
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    StackSettings {
        state,
        database: &arguments.database,
        fresh: arguments.fresh,
        listen: any_port,
        worker_listen: any_port,
        workers: 1,
        insecure: false,
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
    let client = connect_to(ClientConfig::new(server).with_token(read_token(token_file)?)).await?;
    let imported = import::send(&client, "workspaces/default", &example.documents).await?;
    steps.done(import::summary(&imported).trim_end());

    let before = sha256_of(&arguments.output);
    let name: BriefName =
        imported.name.parse().map_err(Failure::setup("parsing the imported brief's name"))?;
    let (render, reused) = print_newest(&client, name, &arguments.output).await?;
    let artifact = render.artifact.clone().unwrap_or_default();
    let how = if reused { "answered from an existing PDF" } else { "printed by the worker" };
    let revision = render.revision.rsplit('/').next().unwrap_or_default();
    steps.done(&format!("{} revision {revision}: {how}, {} pages", example.brief, artifact.pages));
    Ok(Printed { same_as_before: before.map(|before| before == artifact.sha256), render, reused })
}

async fn print_newest(client: &Client, name: BriefName, path: &Path) -> Result<(Render, bool), Failure> {
    let request = render_brief::request(&BriefOrRevisionName::Brief(name), RenderOptions::default());
    // The first state answers the request itself: success there means that the artifact already existed.
    let mut first_state = None;
    let render = render_brief::to_file(client, request, path, |event| {
        if let RenderEvent::State(render) = event {
            first_state.get_or_insert(render.state());
        }
    })
    .await?;
    Ok((render, first_state == Some(RenderState::Succeeded)))
}

fn json_report(printed: &Printed, path: &Path, steps: &Steps) -> String {
    let artifact = printed.render.artifact.clone().unwrap_or_default();
    let report = json!({
        "file": path,
        "revision": printed.render.revision,
        "pages": artifact.pages,
        "size_bytes": artifact.size_bytes,
        "sha256": artifact.sha256,
        "printed": !printed.reused,
        "same_bytes_as_before": printed.same_as_before,
        "seconds": steps.started.elapsed().as_secs_f64(),
    });
    format!("{report:#}\n")
}

fn text_report(printed: &Printed, path: &Path) -> String {
    let artifact = printed.render.artifact.clone().unwrap_or_default();
    let same = match printed.same_as_before {
        Some(true) => "  (same bytes as the replaced file)",
        Some(false) => "  (differs from the replaced file)",
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
        "\nNext:\n  ./dev up                                  keeps everything running; then, in another terminal:\n  \
         ./dev cli get {brief}\n  ./dev cli render {brief}/revisions/1 -o out/{brief}-1.pdf\n",
    );
    text
}

/// Returns the SHA-256 of a file in hexadecimal; none if it cannot be read.
fn sha256_of(path: &Path) -> Option<String> {
    Some(body_digest(&fs::read(path).ok()?).to_string())
}

/// Prints each step with its duration.
struct Steps {
    json: bool,
    started: Instant,
    last: Instant,
}

impl Steps {
    fn start(json: bool) -> Self {
        let now = Instant::now();
        let mut steps = Self { json, started: now, last: now };
        if let Some(seconds) = env::var("CHANCERY_DEMO_BUILD_SECONDS").ok().and_then(|text| text.parse().ok())
        {
            steps.print("built", seconds);
        }
        steps
    }

    fn done(&mut self, step: &str) {
        let seconds = self.last.elapsed().as_secs_f64();
        self.print(step, seconds);
        self.last = Instant::now();
    }

    fn print(&mut self, step: &str, seconds: f64) {
        let line = format!("{seconds:>6.1} s  {step}");
        if self.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}
