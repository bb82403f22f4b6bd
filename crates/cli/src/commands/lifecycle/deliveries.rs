//! Deliveries of the PDFs of a withdrawn or purged revision.

use chancery_proto::brief::v1::PdfDelivery;

use crate::ui::text::time;

/// Formats one line for each download, so that its recipient can be notified.
pub fn text(deliveries: &[PdfDelivery], total: i64) -> String {
    if total == 0 {
        return "no PDF of it was downloaded\n".to_owned();
    }
    let line = |delivery: &PdfDelivery| {
        let recipient = if delivery.recipient.is_empty() { &delivery.subject } else { &delivery.recipient };
        let end = if delivery.complete { "" } else { ", not confirmed as complete" };
        format!("  {}  {recipient}  {}{end}\n", time(delivery.deliver_time.as_ref()), delivery.render)
    };
    let lines: String = deliveries.iter().map(line).collect();
    format!("{total} download(s) of its PDFs, newest first:\n{lines}")
}
