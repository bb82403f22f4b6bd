//! Proof of uploaded PDFs: a task is finished only with the file that its input must look like, whatever a worker sends.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use chancery_print::{Edition, Fonts, Images, Limits, Options, TaskInput};
use chancery_proof::Refusal;
use chancery_store::{Lease, PrintEnvironment, ProofFinding, RenderInput, Store, StoreError};
use prost::bytes::{Bytes, BytesMut};
use tokio::sync::Semaphore;
use tonic::Status;

use crate::rpc::errors::{internal, status};
use crate::workers::messages::MAX_PAGES;

/// When a PDF must be proven before its task is finished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProofPolicy {
    /// Where the task's print environment is the service's own. Others occur while an installation is upgraded, and their
    /// PDFs are recorded as not proven.
    #[default]
    WhereKnown,
    /// Always: PDFs of other print environments are refused.
    Required,
    /// Never: workers are trusted.
    Off,
}

/// Number of files that are proven at once, each with its bytes in memory.
const CONCURRENT_PROOFS: usize = 2;

/// Maximum duration of a print that decides about a refused file.
const REPRINT_TIMEOUT: Duration = Duration::from_mins(1);

/// Proves files. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Proofs {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: ProofPolicy,
    fonts: Fonts,
    environment: PrintEnvironment,
    permits: Semaphore,
    counts: Counts,
}

/// Counts of proofs since the start.
#[derive(Debug, Default)]
struct Counts {
    proven: AtomicU64,
    reprinted: AtomicU64,
    refused: AtomicU64,
    not_covered: AtomicU64,
}

/// Counts of proofs since the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProofCounts {
    /// Files that were proven.
    pub proven: u64,
    /// Files that the proof refused and that the service printed itself with the same bytes.
    pub reprinted: u64,
    /// Files that were refused.
    pub refused: u64,
    /// Files of other print environments, which were accepted or refused unread.
    pub not_covered: u64,
}

/// An uploaded file whose bytes are staged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StagedFile<'a> {
    pub(crate) blob: &'a str,
    pub(crate) size_bytes: u64,
    pub(crate) pages: u32,
    pub(crate) environment: PrintEnvironment,
}

/// The result of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The file is what the input must look like.
    Proven,
    /// As [`Self::Proven`], but the proof lacks a case: the service has printed the same bytes itself.
    Reprinted,
    /// The file is not read: its print environment is another one, or the policy says so.
    NotCovered,
    /// The file is something else.
    Refused(ProofFinding),
}

impl Proofs {
    pub(crate) fn new(policy: ProofPolicy, fonts: Fonts) -> Result<Self, StoreError> {
        let damaged = |error| StoreError::Damaged(format!("the build's print environment: {error}"));
        let printer_version = chancery_print::environment::environment().printer_version;
        let environment = PrintEnvironment {
            printer_version: printer_version.parse().map_err(damaged)?,
            fonts_digest: fonts.digest().parse().map_err(damaged)?,
        };
        let permits = Semaphore::new(CONCURRENT_PROOFS);
        let shared = Shared { policy, fonts, environment, permits, counts: Counts::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Returns the print environment whose files can be proven.
    pub(crate) fn environment(&self) -> PrintEnvironment {
        self.shared.environment
    }

    pub(crate) fn counts(&self) -> ProofCounts {
        let Counts { proven, reprinted, refused, not_covered } = &self.shared.counts;
        ProofCounts {
            proven: proven.load(Relaxed),
            reprinted: reprinted.load(Relaxed),
            refused: refused.load(Relaxed),
            not_covered: not_covered.load(Relaxed),
        }
    }

    /// Proves a staged file against the input of its task.
    ///
    /// # Errors
    /// Of reading the input or the file.
    pub(crate) async fn prove(
        &self,
        store: &Store,
        lease: &Lease,
        file: StagedFile<'_>,
    ) -> Result<Verdict, Status> {
        let verdict = self.verdict(store, lease, file).await?;
        let Counts { proven, reprinted, refused, not_covered } = &self.shared.counts;
        let count = match &verdict {
            Verdict::Proven => proven,
            Verdict::Reprinted => reprinted,
            Verdict::Refused(_) => refused,
            Verdict::NotCovered => not_covered,
        };
        count.fetch_add(1, Relaxed);
        Ok(verdict)
    }

    async fn verdict(&self, store: &Store, lease: &Lease, file: StagedFile<'_>) -> Result<Verdict, Status> {
        match self.shared.policy {
            ProofPolicy::Off => return Ok(Verdict::NotCovered),
            ProofPolicy::WhereKnown if file.environment != self.shared.environment => {
                return Ok(Verdict::NotCovered);
            }
            ProofPolicy::Required if file.environment != self.shared.environment => {
                let message = "the file is of another print environment than this service's: its workers must be of \
                               the service's version, with its fonts";
                return Ok(refused("OTHER_ENVIRONMENT", message));
            }
            ProofPolicy::WhereKnown | ProofPolicy::Required => {}
        }
        // Held while the bytes are in memory.
        let _permit = self.shared.permits.acquire().await.map_err(|error| internal(&error))?;
        let input = store.queue().render_input(lease).await.map_err(status)?;
        let images = images(store, &input).await?;
        let pdf = bytes(store, file).await?;
        let (shared, pages) = (Arc::clone(&self.shared), file.pages);
        tokio::task::spawn_blocking(move || judge(&pdf, pages, &input, &images, &shared.fonts))
            .await
            .map_err(|error| internal(&error))
    }
}

/// Compares a file with what its input must look like.
fn judge(pdf: &[u8], pages: u32, input: &RenderInput, images: &Images, fonts: &Fonts) -> Verdict {
    let task = TaskInput::decode(&input.manifest, &input.edition, input.comparison.as_ref(), images);
    let task = match task {
        Ok(task) => task,
        Err(error) => return refused("INPUT_MALFORMED", &format!("the edition does not decode: {error}")),
    };
    let options = match task.options() {
        Ok(options) => options,
        Err(error) => return refused("UNKNOWN_OPTION", &error.to_string()),
    };
    // The service does not know the `--max-pages` of the workers, which may be up to this.
    let limits = Limits { max_pages: MAX_PAGES, ..Limits::default() };
    match chancery_proof::prove(pdf, &task.edition(), &options, &limits, fonts) {
        Ok(proven) if proven.pages == pages => Verdict::Proven,
        Ok(proven) => refused(
            "PAGES_DIFFER",
            &format!("the header states {pages} pages, but the file has {}", proven.pages),
        ),
        Err(refusal) => decide(&refusal, pdf, pages, &task.edition(), (&options, fonts)),
    }
}

/// Decides about a file that the proof refused. The proof accounts for everything that the printer can do, and may lack a
/// rare case: a brief with unusual characters must not have every honest worker suspended. So the service prints a file
/// that has the printer's form itself, and believes equal bytes.
fn decide(
    refusal: &Refusal,
    pdf: &[u8],
    pages: u32,
    edition: &Edition<'_>,
    (options, fonts): (&Options<'_>, &Fonts),
) -> Verdict {
    let place = &refusal.place;
    if chancery_proof::check_form(pdf).is_ok_and(|form| form.pages == pages)
        && is_reprinted(pdf, pages, edition, (options, fonts))
    {
        tracing::warn!(
            code = refusal.code(), %place,
            "the proof does not cover this print, which is the service's own byte by byte: please report it"
        );
        return Verdict::Reprinted;
    }
    refused(refusal.code(), &format!("at {place}"))
}

/// Returns whether the service prints the same bytes.
fn is_reprinted(
    pdf: &[u8],
    pages: u32,
    edition: &Edition<'_>,
    (options, fonts): (&Options<'_>, &Fonts),
) -> bool {
    let limits = Limits { max_pages: pages, ..Limits::default() };
    let end = Instant::now() + REPRINT_TIMEOUT;
    let proceed =
        &mut |_| if Instant::now() < end { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    chancery_print::print(edition, options, &limits, fonts, proceed).is_ok_and(|printed| printed.bytes == pdf)
}

fn refused(code: &str, message: &str) -> Verdict {
    Verdict::Refused(ProofFinding { code: code.to_owned(), message: message.to_owned() })
}

async fn bytes(store: &Store, file: StagedFile<'_>) -> Result<Bytes, Status> {
    let reader = store.artifacts().open_staged(file.blob, file.size_bytes).map_err(status)?;
    let mut bytes = BytesMut::with_capacity(usize::try_from(file.size_bytes).unwrap_or_default());
    while (bytes.len() as u64) < file.size_bytes {
        bytes.extend_from_slice(&reader.read(bytes.len() as u64).await.map_err(status)?);
    }
    Ok(bytes.freeze())
}

async fn images(store: &Store, input: &RenderInput) -> Result<Images, Status> {
    let mut images = Images::new();
    for name in &input.images {
        let mut image = Vec::new();
        loop {
            let data = store.attachments().bytes(name, image.len() as u64).await.map_err(status)?;
            if data.is_empty() {
                break;
            }
            image.extend_from_slice(&data);
        }
        images.insert(name.digest.to_string(), image);
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use chancery_brief::digest::{body_bytes, body_digest};
    use chancery_print::{Fonts, Images, Limits, TaskInput};
    use chancery_proto::brief::v1::block::Kind;
    use chancery_proto::brief::v1::{Block, BriefContent, Figure, FigureKind, Section};
    use chancery_proto::worker::v1::RenderInputManifest;
    use chancery_store::RenderInput;

    use super::{Verdict, decide, judge};
    use crate::workers::messages::MAX_PAGES;

    /// An image that leaves no room for another on its page.
    const TALL: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 1300\">\
        <rect width=\"1000\" height=\"1300\" fill=\"#888\"/></svg>";

    /// The input of a task whose print has more than this number of pages, and its images.
    fn input_of_many_pages(pages: u32) -> (RenderInput, Images) {
        let digest = body_digest(TALL).to_string();
        let figure = Figure {
            kind: FigureKind::Attachment.into(),
            attachment: digest.clone(),
            alt: "Grey".into(),
            ..Figure::default()
        };
        let block = Block { kind: Some(Kind::Figure(figure)), ..Block::default() };
        let blocks = (0..=pages).map(|_| block.clone()).collect();
        let section = Section { id: "s1".into(), heading: "Figures".into(), blocks, ..Section::default() };
        let content = BriefContent {
            title: "A long brief".into(),
            language: "en".into(),
            sections: vec![section],
            ..BriefContent::default()
        };
        let manifest = RenderInputManifest {
            brief: "workspaces/default/briefs/long".into(),
            revision: 1,
            ..RenderInputManifest::default()
        };
        let edition = body_bytes("long", 1, &content).into();
        let input = RenderInput { manifest, edition, comparison: None, images: Vec::new() };
        (input, Images::from_iter([(digest, TALL.to_vec())]))
    }

    #[test]
    fn a_file_that_the_proof_refuses_is_believed_if_the_service_prints_the_same() {
        let (input, images) = input_of_many_pages(1);
        let task = TaskInput::decode(&input.manifest, &input.edition, None, &images).unwrap();
        let (options, fonts) = (task.options().unwrap(), Fonts::default());
        let print = |edition: &chancery_print::Edition<'_>| {
            let proceed = &mut |_| ControlFlow::Continue(());
            chancery_print::print(edition, &options, &Limits::default(), &fonts, proceed).unwrap()
        };
        let honest = print(&task.edition());
        let other = print(&chancery_print::Edition { revision: 2, ..task.edition() });
        // A refusal that is wrong about an honest print, and right about another one and about other bytes.
        let refusal = chancery_proof::check_form(b"%PDF").unwrap_err();
        let decide = |pdf: &[u8], pages| decide(&refusal, pdf, pages, &task.edition(), (&options, &fonts));
        assert_eq!(decide(&honest.bytes, honest.pages), Verdict::Reprinted);
        let refused = |verdict| matches!(verdict, Verdict::Refused(_));
        assert!(refused(decide(&other.bytes, other.pages)));
        assert!(refused(decide(&honest.bytes, honest.pages + 1)));
        assert!(refused(decide(&honest.bytes[..honest.bytes.len() - 1], honest.pages)));
        assert!(refused(decide(b"MZ", 1)));
    }

    #[test]
    fn a_file_is_proven_with_more_pages_than_workers_print_by_default() {
        let default = Limits::default().max_pages;
        let (input, images) = input_of_many_pages(default);
        let task = TaskInput::decode(&input.manifest, &input.edition, None, &images).unwrap();
        let options = task.options().unwrap();
        // Of a worker with a higher `--max-pages`.
        let limits = Limits { max_pages: MAX_PAGES, ..Limits::default() };
        let fonts = Fonts::default();
        let proceed = &mut |_| ControlFlow::Continue(());
        let printed = chancery_print::print(&task.edition(), &options, &limits, &fonts, proceed).unwrap();
        assert!(printed.pages > default, "{} pages", printed.pages);
        let verdict = judge(&printed.bytes, printed.pages, &input, &images, &fonts);
        assert_eq!(verdict, Verdict::Proven);
    }
}
