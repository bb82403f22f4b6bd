//! `attach`: uploads an image for figures.

use std::fmt::Write;

use chancery_proto::brief::v1::{Attachment, AttachmentHeader};

use crate::args::Global;
use crate::args::author::Attach;
use crate::connection::connect;
use crate::inputs::images::Image;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &Attach) -> Result<(), Failure> {
    let image = Image::read(&arguments.file)?;
    let header = AttachmentHeader {
        parent: format!("workspaces/{}", global.workspace),
        media_type: image.report.media_type.as_str().to_owned(),
        marking: arguments.marking.clone(),
        sha256: String::new(),
        ..AttachmentHeader::default()
    };
    let attachment = connect(global).await?.upload_attachment(header, image.bytes).await?;
    output::response(global.json, &attachment, || summary(&attachment))
}

fn summary(attachment: &Attachment) -> String {
    let Attachment { name, media_type, marking, width, height, size_bytes, .. } = attachment;
    let digest = name.rsplit('/').next().unwrap_or_default();
    let size = if *width == 0 { String::new() } else { format!(", {width} by {height} pixels") };
    let warnings = attachment.warnings.iter().fold(String::new(), |mut text, warning| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "warning: {} ({})", warning.text, warning.code);
        text
    });
    format!(
        "{name}: {media_type}{size}, {size_bytes} bytes, {marking}\n\
         in a figure: \"kind\": \"FIGURE_KIND_ATTACHMENT\", \"attachment\": \"{digest}\"\n{warnings}"
    )
}
