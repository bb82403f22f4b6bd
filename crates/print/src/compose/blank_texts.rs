//! Texts without visible characters, such as a single soft hyphen. Validation takes them, but what names a file, a
//! bookmark, a link or a picture is replaced: readers cannot see it, and PDF/UA-1 requires a name.

use std::borrow::Cow;

use crate::compose::composer::Composer;
use crate::text::plain_text::is_blank;

impl Composer<'_> {
    /// Returns a name, or its substitute with a warning if it has no visible characters.
    pub(crate) fn visible_name<'t>(
        &mut self,
        what: &'static str,
        name: &'t str,
        substitute: impl Into<Cow<'t, str>>,
    ) -> Cow<'t, str> {
        if !is_blank(name) {
            return name.into();
        }
        self.blank_names.insert((self.part_id().to_owned(), what));
        substitute.into()
    }
}
