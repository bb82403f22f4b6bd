//! Views and read masks of requests (AIP-157), compiled to masks over encoded messages.

use chancery_proto::brief::v1::BriefView;
use chancery_proto::descriptors;
use chancery_proto::masks::ReadMask;
use prost_types::FieldMask;
use tonic::Status;

use crate::rpc::errors::{internal, invalid_field, unknown_value};

/// Returns the mask for a request's view and read mask; `None` for the whole message. `default_view` applies if the view
/// is unspecified.
///
/// # Errors
/// `INVALID_FIELD` for an unknown view, and for paths that name no field.
pub(crate) fn read_mask(
    message: &str,
    view: i32,
    default_view: BriefView,
    mask: Option<&FieldMask>,
) -> Result<Option<ReadMask>, Status> {
    let view = match BriefView::try_from(view) {
        Ok(BriefView::Unspecified) => default_view,
        Ok(view) => view,
        Err(_) => return Err(unknown_value("view", "BriefView")),
    };
    let paths = mask.map_or(&[][..], |mask| mask.paths.as_slice());
    if view == BriefView::Full && paths.is_empty() {
        return Ok(None);
    }
    let missing = || internal(&std::io::Error::other(format!("there is no message {message}")));
    let descriptor = descriptors::message(message).ok_or_else(missing)?;
    let mask = ReadMask::of(view == BriefView::Basic, paths, &descriptor);
    mask.map_err(|error| invalid_field("read_mask", error.to_string()))
}
