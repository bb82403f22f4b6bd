//! `verify-pdf`: says how far a PDF can be trusted: whether it has the printer's unaltered form, whether its attached data is
//! the edition that it states, and whether the service published that edition or printed this very file.

use std::fmt::Write as _;

use chancery_brief::digest::body_digest;
use chancery_client::Client;
use chancery_print::{ExtractError, Stated, extract, read_stated};
use chancery_proof::{Refusal, check_form};
use chancery_proto::brief::v1::{BriefRevision, GetBriefRevisionRequest};
use chancery_proto::names::BriefName;
use chancery_proto::render::v1::{ListRendersRequest, RenderState};
use serde::Serialize;

use crate::args::Global;
use crate::args::render::VerifyPdf;
use crate::commands::render::attached_edition::{altered, verified_body};
use crate::connection::connect;
use crate::inputs::limited_read::{MAX_PDF_BYTES, read};
use crate::ui::failure::Failure;
use crate::ui::output;

/// Maximum number of the brief's newest renders among which the file is looked for.
const MAX_RENDERS: usize = 5_000;

/// How far a file is verified, from the most to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Grade {
    /// Byte for byte a PDF that the service has printed.
    Identical,
    /// Of unaltered form, and of an edition that the service has published.
    Published,
    /// Of unaltered form; the service was not asked.
    UnalteredForm,
}

/// The findings.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    grade: Grade,
    /// Number of pages; `null` for a print of another version.
    pages: Option<u32>,
    sha256: String,
    brief: String,
    revision: u32,
    edition_digest: String,
    /// Whether the attached data has the edition's digest; `null` without attached data.
    data_matches: Option<bool>,
    /// The render whose PDF it is.
    render: Option<String>,
    /// The properties that were not verified.
    unverified: Vec<String>,
}

pub async fn run(global: &Global, arguments: &VerifyPdf) -> Result<(), Failure> {
    let pdf = read(&arguments.file, MAX_PDF_BYTES)?;
    let form = check_form(&pdf);
    let refused = |refusal: &Refusal| {
        Failure::new("DATA_LOSS", "ALTERED_FORM", format!("{}: {refusal}", arguments.file.display()))
            .help("the file is no unaltered print of this version: download the PDF again from the service")
    };
    let stated = read_stated(&pdf).map_err(|error| match &form {
        Ok(_) => altered(&error),
        Err(refusal) => refused(refusal),
    })?;
    let mut report = Report {
        grade: Grade::UnalteredForm,
        pages: form.as_ref().ok().map(|form| form.pages),
        sha256: body_digest(&pdf).to_string(),
        brief: stated.brief.clone(),
        revision: stated.revision,
        edition_digest: stated.edition_digest.clone(),
        data_matches: None,
        render: None,
        unverified: Vec::new(),
    };
    let client = if arguments.offline { None } else { Some(connect(global).await?) };
    if let Some(client) = &client {
        find_identical(client, &stated, &mut report).await;
    }
    // A print of an earlier version has another form.
    if report.grade != Grade::Identical {
        form.map_err(|refusal| refused(&refusal))?;
    }
    match extract(&pdf) {
        Ok(extracted) => {
            verified_body(&extracted)?;
            report.data_matches = Some(true);
        }
        Err(ExtractError::NoData) => {
            report.unverified.push("the data of the edition, which is not attached".to_owned());
        }
        Err(error) => return Err(altered(&error)),
    }
    match &client {
        Some(client) => compare_edition(client, &stated, &mut report).await?,
        None => {
            report.unverified.push("that the edition was published: the service was not asked".to_owned());
        }
    }
    if report.grade != Grade::Identical {
        let pages = "that the pages show the edition's text, and who has printed them when: only the service's own PDF \
                     has that";
        report.unverified.push(pages.to_owned());
    }
    output::print(&if global.json {
        format!("{}\n", serde_json::to_string_pretty(&report).map_err(|error| altered(&error))?)
    } else {
        text(&arguments.file.display().to_string(), &report)
    })
}

/// Looks for a render of the brief whose PDF has these bytes.
async fn find_identical(client: &Client, stated: &Stated, report: &mut Report) {
    match identical_render(client, stated, &report.sha256).await {
        Ok(Some(render)) => {
            report.grade = Grade::Identical;
            report.render = Some(render);
        }
        Ok(None) => {
            let message =
                "that the service has printed this very file: no render that you see has these bytes";
            report.unverified.push(message.to_owned());
        }
        // Readers without the role renderer see no renders.
        Err(error) => {
            report.unverified.push(format!("that the service has printed this very file: {}", error.message));
        }
    }
}

/// Compares the edition that the file states with that of the service.
async fn compare_edition(client: &Client, stated: &Stated, report: &mut Report) -> Result<(), Failure> {
    let published = published_revision(client, stated).await?;
    if published.edition_digest != stated.edition_digest && report.grade != Grade::Identical {
        let message = format!(
            "the file states edition {}, but the service has {} as your edition of {}/revisions/{}",
            stated.edition_digest, published.edition_digest, stated.brief, stated.revision
        );
        return Err(Failure::new("FAILED_PRECONDITION", "EDITION_DIFFERS", message)
            .help("the file may be of another clearance: verify it with a token of that clearance"));
    }
    if report.grade == Grade::UnalteredForm {
        report.grade = Grade::Published;
    }
    Ok(())
}

async fn published_revision(client: &Client, stated: &Stated) -> Result<BriefRevision, Failure> {
    let name = format!("{}/revisions/{}", stated.brief, stated.revision);
    let request = GetBriefRevisionRequest { name, ..Default::default() };
    Ok(client.get_brief_revision(request).await?)
}

/// Returns the name of a render of the brief whose PDF has these bytes.
async fn identical_render(client: &Client, stated: &Stated, sha256: &str) -> Result<Option<String>, Failure> {
    let brief: BriefName = stated.brief.parse().map_err(|error| altered(&error))?;
    let mut request = ListRendersRequest {
        parent: format!("workspaces/{}", brief.workspace),
        brief: stated.brief.clone(),
        state: RenderState::Succeeded.into(),
        page_size: 1_000,
        ..Default::default()
    };
    let mut read = 0;
    loop {
        let page = client.list_renders(request.clone()).await?;
        read += page.renders.len();
        let is_same = |render: &&chancery_proto::render::v1::Render| {
            render.artifact.as_ref().is_some_and(|artifact| artifact.sha256 == sha256)
        };
        if let Some(found) = page.renders.iter().find(is_same) {
            return Ok(Some(found.name.clone()));
        }
        if page.next_page_token.is_empty() || read >= MAX_RENDERS {
            return Ok(None);
        }
        request.page_token = page.next_page_token;
    }
}

fn text(file: &str, report: &Report) -> String {
    let verdict = match report.grade {
        Grade::Identical => "identical to a PDF of the service",
        Grade::Published => "of unaltered form and a published edition",
        Grade::UnalteredForm => "of unaltered form",
    };
    let mut text = format!("{file}: {verdict}\n");
    let mut line = |label: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {label:<13}{value}");
    };
    if let Some(pages) = report.pages {
        line("pages", &pages.to_string());
    }
    line("edition", &format!("{}/revisions/{}, {}", report.brief, report.revision, report.edition_digest));
    line(
        "data",
        if report.data_matches == Some(true) { "attached, as the pages state" } else { "not attached" },
    );
    if let Some(render) = &report.render {
        line("render", render);
    }
    for unverified in &report.unverified {
        line("not verified", unverified);
    }
    text
}
