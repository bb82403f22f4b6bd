//! Exported PDF files: they conform, have the text of the figure and its marking, and refer to nothing.

use chancery_print::testing::struct_text;
use chancery_print::{FigureFormat, Options, TextSize};
use chancery_testkit::pdf;
use lopdf::Document;

use crate::samples::samples;
use crate::temporary_files;

#[test]
fn every_exported_pdf_conforms_and_has_the_title_and_the_marking() {
    let mut files = Vec::new();
    for sample in samples() {
        for (size, text_size) in [("normal", TextSize::Normal), ("large", TextSize::Large)] {
            let options = Options { text_size, ..Options::default() };
            let bytes = sample.exported_with(&options, FigureFormat::Pdf);
            let text = struct_text(&bytes).unwrap();
            let name = format!("{}.{size}", sample.name);
            assert!(text.starts_with("TLP:"), "{name}: {text}");
            let title = chancery_print::testing::normal_form(&sample.title);
            assert!(text.contains(&title), "{name}: {title} is not in {text}");
            assert_eq!(Document::load_mem(&bytes).unwrap().get_pages().len(), 1, "{name}");
            files.push(temporary_files::file(&format!("figure-export/{name}.pdf"), &bytes));
        }
    }
    pdf::assert_conform("ua1,2a", &files);
}

#[test]
fn a_figure_by_itself_has_neither_links_nor_an_outline() {
    for sample in samples() {
        let bytes = sample.exported(FigureFormat::Pdf);
        let file = Document::load_mem(&bytes).unwrap();
        let named = |name: &[u8]| {
            file.objects.values().any(|object| object.as_dict().is_ok_and(|dict| dict.get(name).is_ok()))
        };
        assert!(!named(b"Annots") && !named(b"Outlines") && !named(b"Dests"), "{}", sample.name);
    }
}
