//! Form `XObjects` (ISO 32000-1, 8.10) for content that many pages share: written once, painted on each page.

use std::sync::Arc;

use crate::pages::Item;
use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax::Ref;

/// Initial state of a form. A form inherits the page's graphics state (8.10.1), and pages differ, so it resets every
/// parameter that its content may not set.
pub(crate) const INITIAL_STATE: &[u8] = b"0 Tc\n100 Tz\n[]0 d\n";

/// Form `XObjects` of a file, in the order of first use.
#[derive(Default)]
pub(crate) struct FormXObjects {
    forms: Vec<Form>,
}

struct Form {
    /// Retained, because forms are identified by the address of their items.
    items: Arc<[Item]>,
    content: Vec<u8>,
}

impl FormXObjects {
    /// Returns this many forms without content.
    pub(crate) fn of_count(count: usize) -> Self {
        let form = || Form { items: Arc::from([]), content: Vec::new() };
        Self { forms: std::iter::repeat_with(form).take(count).collect() }
    }

    /// Returns the name of the form that paints these items, if it exists.
    pub(crate) fn name(&self, items: &Arc<[Item]>) -> Option<String> {
        self.forms.iter().position(|form| Arc::ptr_eq(&form.items, items)).map(resource_name)
    }

    /// Adds a form; returns its name.
    pub(crate) fn add(&mut self, items: &Arc<[Item]>, content: Vec<u8>) -> String {
        self.forms.push(Form { items: Arc::clone(items), content });
        resource_name(self.forms.len() - 1)
    }

    /// Writes the forms; returns their names and objects. `fonts` is the pages' font dictionary, `images` are the
    /// file's images.
    pub(crate) fn write(
        self,
        file: &mut PdfFile,
        size: [i64; 2],
        (fonts, images): (Ref, &[(String, Ref)]),
    ) -> Vec<(String, Ref)> {
        let mut written = Vec::with_capacity(self.forms.len());
        for (index, form) in self.forms.into_iter().enumerate() {
            let id = file.reserve();
            file.stream(id, &form.content, |dict| {
                dict.name("Type", "XObject").name("Subtype", "Form");
                dict.milli_array("BBox", &[0, 0, size[0], size[1]]);
                dict.dict("Resources", |resources| {
                    resources.reference("Font", fonts);
                    if !images.is_empty() {
                        resources.dict("XObject", |objects| {
                            for (name, image) in images {
                                objects.reference(name, *image);
                            }
                        });
                    }
                });
            });
            written.push((resource_name(index), id));
        }
        written
    }
}

fn resource_name(index: usize) -> String {
    format!("X{index}")
}
