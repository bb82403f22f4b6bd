//! Standard output and files.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use chancery_proto::json;
use prost::{Message, Name};

use crate::ui::failure::Failure;
use crate::ui::pending_file::PendingFile;
pub use crate::ui::pending_file::is_standard;

/// Prints a response as JSON, or as plain text.
pub fn response<M: Message + Name>(
    as_json: bool,
    message: &M,
    plain: impl FnOnce() -> String,
) -> Result<(), Failure> {
    print(&if as_json { json::to_string_pretty(message) } else { plain() })
}

/// Prints text. A closed pipe (`| head`) is not an error.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::io("writing to standard output")),
    }
}

/// Prints a text that must not be lost: a reader that closed the pipe is an error.
pub fn print_to_reader(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    written.map_err(Failure::io("writing to standard output"))
}

/// Creates a folder that only its owner can read. An existing folder keeps its mode: a container's volume already has
/// an owner.
pub fn create_private_folder(folder: &Path) -> Result<(), Failure> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(Failure::io(format!("creating {}", folder.display())))
}

/// Endings of other documents than the commands write.
const ENDINGS: [&str; 23] = [
    "pdf", "json", "jsonl", "md", "txt", "svg", "png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "html",
    "htm", "doc", "docx", "odt", "csv", "xml", "yaml", "yml", "zip",
];

/// Checks that a file name does not have the ending of another kind of document, so that neither a program nor a reader
/// takes the file for something else, and a file given in the wrong place is not replaced.
pub fn check_ending(path: &Path, what: &str, ending: &str) -> Result<(), Failure> {
    let Some(own) = path.extension().map(|own| own.to_string_lossy().to_lowercase()) else { return Ok(()) };
    if own == ending || !ENDINGS.contains(&own.as_str()) {
        return Ok(());
    }
    let name = path.display();
    let suggested = path.with_extension(ending);
    Err(Failure::usage(
        "WRONG_ENDING",
        format!(
            "{name} has the ending of another kind of document, and {what} would be written to it; name it {}",
            suggested.display()
        ),
    ))
}

/// Creates a file atomically; fails if the path exists.
pub fn write_new_file(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Failure> {
    let mut pending = PendingFile::create_new(path, mode)?;
    pending.write(bytes)?;
    pending.finish_new()
}

/// Writes a file, replacing an existing one atomically.
pub fn write_file(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Failure> {
    let mut pending = PendingFile::create(path, mode)?;
    pending.write(bytes)?;
    pending.finish()
}

/// Writes a file like [`write_file`], without waiting until the disk has it: for files that are written again soon.
pub fn write_unsynced(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Failure> {
    let mut pending = PendingFile::create(path, mode)?;
    pending.write(bytes)?;
    pending.finish_unsynced()
}

/// Replaces the text of an existing file atomically. Fails if its text is no longer `earlier`, so that an edit made
/// while the command ran is not lost.
pub fn replace_text(path: &Path, earlier: &str, text: &str) -> Result<(), Failure> {
    let mut pending = PendingFile::create(path, 0o666)?;
    pending.write(text.as_bytes())?;
    pending.finish_if_still(earlier)
}

/// Formats rows under headings, each column as wide as its widest cell.
pub fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let headings = headings.map(str::to_owned);
    let lines = || std::iter::once(&headings).chain(rows);
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    lines().fold(String::new(), |text, row| {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text + cells.join("  ").trim_end() + "\n"
    })
}

/// Formats a table, or the message if there are no rows.
pub fn table_or<const N: usize>(headings: [&str; N], rows: &[[String; N]], no_rows: &str) -> String {
    if rows.is_empty() { format!("{no_rows}\n") } else { table(headings, rows) }
}

#[cfg(test)]
mod tests {
    use super::{PendingFile, table};

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/x.pdf");
        let mut pending = PendingFile::create(&path, 0o644).unwrap();
        pending.write(b"half").unwrap();
        drop(pending);
        assert_eq!(std::fs::read_dir(folder.path().join("sub")).unwrap().count(), 0);
    }

    #[test]
    fn a_finished_file_replaces_an_existing_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pdf");
        for content in ["first and longer", "second"] {
            super::write_file(&path, 0o644, content.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a".to_owned(), "long".to_owned()], ["bcd".to_owned(), "x".to_owned()]];
        assert_eq!(table(["ID", "NAME"], &rows), "ID   NAME\na    long\nbcd  x\n");
    }
}
