//! Prints a revision from its JSON file: `cargo run --example print_json -- REVISION.json OUT.pdf [OPTION...]`.
//!
//! ```text
//! --format full|standard|one-page   --paper a4|letter       --large
//! --locale en|ru|fa|ar              --likelihood as-written|icd203|phia|numbers
//! --section ID (again for more)     --annexes  --no-annexes
//! --draft  --withdrawn              --withdraw-reason TEXT  --superseded-by N
//! --earlier REVISION.json           --show-ids
//! --recipient TEXT                  --watermark TEXT        --attach-data
//! --accent RRGGBB                   --organisation TEXT     --footer TEXT
//! --image FILE (again for more)     --logo FILE
//! ```

use std::ops::ControlFlow;

use chancery_brief::marking::Scheme;
use chancery_brief::validate::canonicalize;
use chancery_print::graphics::Color;
use chancery_print::{
    Edition, Fonts, Format, Images, LikelihoodDisplay, Limits, Locale, Options, Paper, RevisionState,
    TextSize, Theme, print,
};
use chancery_proto::brief::v1::{BriefContent, RevisionDocument};
use sha2::{Digest, Sha256};

type Failure = Box<dyn std::error::Error>;

/// The parsed command line.
#[derive(Default)]
struct Command {
    files: Vec<String>,
    format: Format,
    paper: Paper,
    text_size: TextSize,
    locale: Option<Locale>,
    likelihood: LikelihoodDisplay,
    sections: Vec<String>,
    annexes: Option<bool>,
    state: RevisionState,
    withdraw_reason: String,
    superseded_by: Option<u32>,
    earlier: Option<String>,
    show_ids: bool,
    recipient: String,
    watermark: String,
    attach_data: bool,
    accent: Option<Color>,
    organisation: String,
    footer: String,
    images: Images,
    logo: String,
}

fn main() -> Result<(), Failure> {
    let command = Command::read(std::env::args().skip(1))?;
    let [input, output] = command.files.as_slice() else {
        return Err("usage: print_json REVISION.json OUT.pdf [OPTION...]".into());
    };
    let json = std::fs::read_to_string(input)?;
    let document = read(&json)?;
    let earlier = command.earlier.as_deref().map(std::fs::read_to_string).transpose()?;
    let earlier = earlier.as_deref().map(read).transpose()?;
    let digest = hexadecimal(json.as_bytes());
    let draft = command.state == RevisionState::Draft;
    let content = canonical(&document.content.unwrap_or_default())?;
    let published_at = match &document.publish_time {
        _ if draft => String::new(),
        Some(time) => time.to_string(),
        None => "2026-01-01T00:00:00Z".to_owned(),
    };
    let edition = Edition {
        content: &content,
        brief: &format!("workspaces/default/briefs/{}", document.brief_id),
        revision: if draft { 0 } else { document.revision },
        edition_digest: &digest,
        published_at: &published_at,
        creator: &document.creator,
        import: None,
        state: command.state,
        withdraw_reason: &command.withdraw_reason,
        superseded_by: command.superseded_by,
        earlier: earlier.as_ref().and_then(|earlier| earlier.content.as_ref()),
        earlier_revision: earlier.as_ref().map_or(0, |earlier| earlier.revision),
        combined_changes: None,
        images: &command.images,
    };
    let mut observe = |_| ControlFlow::Continue(());
    let printed = print(&edition, &command.options(), &Limits::default(), &Fonts::default(), &mut observe)
        .map_err(|error| error.to_string())?;
    for warning in &printed.warnings {
        eprintln!("{}: {warning}", warning.code());
    }
    eprintln!("{} pages, {} bytes", printed.pages, printed.bytes.len());
    std::fs::write(output, printed.bytes)?;
    Ok(())
}

/// Returns content as the service stores it, with its marking.
fn canonical(content: &BriefContent) -> Result<BriefContent, Failure> {
    let scheme = Scheme::of_label(&content.default_marking).unwrap_or(Scheme::Tlp);
    Ok(canonicalize(content, scheme)?.into_content())
}

impl Command {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut command = Self::default();
        while let Some(argument) = arguments.next() {
            if argument.starts_with("--") {
                command.option(&argument, &mut arguments)?;
            } else {
                command.files.push(argument);
            }
        }
        Ok(command)
    }

    fn option(&mut self, name: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), Failure> {
        let mut value = || rest.next().ok_or_else(|| format!("{name} needs a value"));
        match name {
            "--format" => self.format = format(&value()?)?,
            "--paper" => self.paper = paper(&value()?)?,
            "--large" => self.text_size = TextSize::Large,
            "--locale" => self.locale = Some(Locale::of(&value()?).ok_or("no words in this language")?),
            "--likelihood" => self.likelihood = likelihood(&value()?)?,
            "--section" => self.sections.push(value()?),
            "--annexes" => self.annexes = Some(true),
            "--no-annexes" => self.annexes = Some(false),
            "--draft" => self.state = RevisionState::Draft,
            "--withdrawn" => self.state = RevisionState::Withdrawn,
            "--superseded-by" => self.superseded_by = Some(value()?.parse()?),
            "--withdraw-reason" => self.withdraw_reason = value()?,
            "--show-ids" => self.show_ids = true,
            "--earlier" => self.earlier = Some(value()?),
            "--recipient" => self.recipient = value()?,
            "--watermark" => self.watermark = value()?,
            "--attach-data" => self.attach_data = true,
            "--accent" => self.accent = Some(color(&value()?)?),
            "--organisation" => self.organisation = value()?,
            "--footer" => self.footer = value()?,
            "--image" => drop(self.image(&value()?)?),
            "--logo" => self.logo = self.image(&value()?)?,
            _ => return Err(format!("no option {name}").into()),
        }
        Ok(())
    }

    /// Adds an image; content and theme refer to it by its digest.
    fn image(&mut self, path: &str) -> Result<String, Failure> {
        let bytes = std::fs::read(path)?;
        let digest = hexadecimal(&bytes);
        self.images.insert(digest.clone(), bytes);
        Ok(digest)
    }

    fn options(&self) -> Options<'_> {
        Options {
            format: self.format,
            paper: self.paper,
            text_size: self.text_size,
            locale: self.locale,
            likelihood: self.likelihood,
            theme: Theme {
                accent: self.accent,
                logo: &self.logo,
                organisation: &self.organisation,
                footer: &self.footer,
            },
            recipient: &self.recipient,
            watermark: &self.watermark,
            sections: &self.sections,
            annexes: self.annexes,
            attach_data: self.attach_data,
            show_ids: self.show_ids,
        }
    }
}

fn format(name: &str) -> Result<Format, Failure> {
    match name {
        "full" => Ok(Format::Full),
        "standard" => Ok(Format::Standard),
        "one-page" => Ok(Format::OnePage),
        _ => Err("--format takes full, standard or one-page".into()),
    }
}

fn paper(name: &str) -> Result<Paper, Failure> {
    match name {
        "a4" => Ok(Paper::A4),
        "letter" => Ok(Paper::Letter),
        _ => Err("--paper takes a4 or letter".into()),
    }
}

fn likelihood(name: &str) -> Result<LikelihoodDisplay, Failure> {
    match name {
        "as-written" => Ok(LikelihoodDisplay::AsWritten),
        "icd203" => Ok(LikelihoodDisplay::Icd203),
        "phia" => Ok(LikelihoodDisplay::Phia),
        "numbers" => Ok(LikelihoodDisplay::Numbers),
        _ => Err("--likelihood takes as-written, icd203, phia or numbers".into()),
    }
}

fn color(digits: &str) -> Result<Color, Failure> {
    let [_, red, green, blue] = u32::from_str_radix(digits.trim_start_matches('#'), 16)?.to_be_bytes();
    Ok(Color(red, green, blue))
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Returns a revision's document, or bare content.
fn read(json: &str) -> Result<RevisionDocument, Failure> {
    if let Ok(document) = chancery_proto::json::from_str::<RevisionDocument>(json) {
        return Ok(document);
    }
    let content: BriefContent = chancery_proto::json::from_str(json)?;
    let brief_id = "example".to_owned();
    Ok(RevisionDocument { brief_id, revision: 1, content: Some(content), ..RevisionDocument::default() })
}
