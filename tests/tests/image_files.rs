//! Image files through the command: accepted ones are printed, others are refused before anything is uploaded.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use chancery_proto::brief::v1::{Block, Figure, FigureKind, RevisionDocument, Section, block::Kind};
use chancery_proto::json;
use chancery_testkit::{Command, Stack, files, pdf};

/// Drawings that print; the others in their folder are refused.
const PRINTED_DRAWINGS: [&str; 4] =
    ["a-link.svg", "inkscape-plain.svg", "named-colour.svg", "size-percent.svg"];

fn image_files(folder: &str) -> Vec<PathBuf> {
    let folder = files::root().join("tests/images").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn is_printed(path: &Path) -> bool {
    PRINTED_DRAWINGS.contains(&path.file_name().unwrap().to_str().unwrap())
}

/// The sample's first revision with a section that shows images.
fn showing(images: &[PathBuf]) -> RevisionDocument {
    let mut document = files::revisions("russia-iran").remove(0);
    let figure = |path: &PathBuf| Figure {
        kind: FigureKind::Attachment.into(),
        title: path.file_name().unwrap().to_str().unwrap().to_owned(),
        attachment: pdf::sha256(&fs::read(path).unwrap()),
        alt: "An image for tests".into(),
        ..Figure::default()
    };
    let block = |path| Block { kind: Some(Kind::Figure(figure(path))), ..Block::default() };
    let blocks = images.iter().map(block).collect();
    let section = Section { id: "images".into(), heading: "Images".into(), blocks, ..Section::default() };
    document.content.as_mut().unwrap().sections.push(section);
    document.digest.clear();
    document
}

fn names_code_and_file(text: &str, name: &str) -> bool {
    let codes = ["IMAGE_DAMAGED", "IMAGE_NOT_SUPPORTED", "SVG_NOT_SUPPORTED"];
    codes.iter().any(|code| text.contains(&format!("{name}: {code}: ")))
}

#[tokio::test]
async fn attach_preview_and_themes_refuse_an_image_that_cannot_be_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let drawings = image_files("drawings").into_iter().filter(|path| !is_printed(path));
    for file in image_files("damaged").into_iter().chain(drawings) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let shown = file.display().to_string();
        // The file is refused before any server is called: none is running.
        let refused = Command::new(["attach", &shown, "--marking", "TLP:CLEAR"]).run().await.exits(1);
        assert!(names_code_and_file(&refused.stderr, &name), "{}", refused.stderr);

        fs::write(path("draft.json"), json::to_string_pretty(&showing(std::slice::from_ref(&file)))).unwrap();
        let preview = ["preview", &path("draft.json"), "-o", &path("draft.pdf"), "--image", &shown];
        let refused = Command::new(preview).run().await.exits(1);
        assert!(names_code_and_file(&refused.stderr, &name), "{}", refused.stderr);

        let theme = format!("organisation = \"A desk\"\nlogo = {shown:?}\n");
        fs::write(path("theme.toml"), theme).unwrap();
        let render = ["render", "russia-iran", "-o", &path("out.pdf"), "--theme", &path("theme.toml")];
        let refused = Command::new(render).run().await.exits(1);
        assert!(refused.stderr.contains("theme.toml:2:8: logo: "), "{}", refused.stderr);
    }
    assert!(!Path::new(&path("draft.pdf")).exists());
}

#[tokio::test]
async fn every_accepted_image_is_printed_into_a_conforming_file() {
    let stack = Stack::start().await;
    let drawings = image_files("drawings").into_iter().filter(|path| is_printed(path));
    let accepted: Vec<PathBuf> = image_files("photos").into_iter().chain(drawings).collect();
    for file in &accepted {
        let shown = file.display().to_string();
        let attached = stack.command(&["attach", &shown, "--marking", "TLP:CLEAR"]).run().await.exits(0);
        let has_profile = shown.ends_with("icc-swapped.jpg");
        assert_eq!(attached.stdout.contains("(COLOR_PROFILE_IGNORED)"), has_profile, "{}", attached.stdout);
        if shown.ends_with("exif6.jpg") {
            assert!(attached.stdout.contains("480 by 320 pixels"), "{}", attached.stdout);
        }
    }
    stack.import(vec![showing(&accepted)]).await;
    let output = stack.folder().join("images.pdf");
    let logo = files::root().join("tests/images/drawings/inkscape-plain.svg");
    let theme = stack.folder().join("theme.toml");
    fs::write(&theme, format!("organisation = \"A desk\"\nlogo = {:?}\n", logo.display().to_string()))
        .unwrap();
    let (output_path, theme_path) = (output.display().to_string(), theme.display().to_string());
    let render = ["render", "russia-iran", "-o", &output_path, "--theme", &theme_path];
    stack.command(&render).run().await.exits(0);
    pdf::assert_conforms_to("ua1,2a", &output);
    let text = pdf::text(&output, pdf::A4_PAGE);
    for file in &accepted {
        assert!(text.contains(file.file_name().unwrap().to_str().unwrap()), "{}", file.display());
    }

    let draft = stack.folder().join("draft.json");
    fs::write(&draft, json::to_string_pretty(&showing(&accepted))).unwrap();
    let (draft, preview) =
        (draft.display().to_string(), stack.folder().join("draft.pdf").display().to_string());
    let mut arguments = vec!["preview".to_owned(), draft, "-o".to_owned(), preview];
    for file in &accepted {
        arguments.extend(["--image".to_owned(), file.display().to_string()]);
    }
    let previewed = Command::new(&arguments).run().await.exits(0);
    assert_eq!(previewed.stderr.matches("(COLOR_PROFILE_IGNORED)").count(), 1, "{}", previewed.stderr);
}
