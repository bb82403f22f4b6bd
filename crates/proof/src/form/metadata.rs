//! Document-level metadata: the XMP packet, the information dictionary, and the colour profile.

use crate::form::walk::Walk;
use crate::refusal::{Place, Refusal};
use crate::syntax::fields::Spacing;

/// The beginning and the end of every packet (ISO 16684-1).
const PACKET_BEGIN: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>";
const PACKET_END: &str = "<?xpacket end=\"r\"?>";

/// Checks the XMP packet: it has no comment, no document type, no section of unparsed text, and no other instruction
/// than those that begin and end it.
pub(crate) fn packet<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<(), Refusal> {
    let wrong = |what: &str| Refusal::new("XMP", Place::Object(id), what);
    let (stream, mut fields) = walk.stream(id)?;
    fields.exactly("Type", "Metadata")?;
    fields.exactly("Subtype", "XML")?;
    fields.count("Length")?;
    fields.end()?;
    let packet = std::str::from_utf8(stream.data).map_err(|_| wrong("the XMP packet is not UTF-8"))?;
    let inner = packet.strip_prefix(PACKET_BEGIN).and_then(|rest| rest.strip_suffix(PACKET_END));
    let inner = inner.ok_or_else(|| wrong("the XMP packet begins or ends in another way"))?;
    if inner.contains("<!") || inner.contains("<?") {
        return Err(wrong("the XMP packet has a comment, a declaration or an instruction"));
    }
    Ok(())
}

/// Checks the information dictionary (ISO 32000-1, 14.3.3).
pub(crate) fn information<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<(), Refusal> {
    let mut fields = walk.dict(id, Spacing::Own)?;
    for key in ["Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate"] {
        fields.optional_string(key)?;
    }
    fields.end()
}

/// Checks that the profile of the output intent is the printer's.
pub(crate) fn profile<'o>(walk: &mut Walk<'o, 'o>, id: u32) -> Result<(), Refusal> {
    let (stream, mut fields) = walk.stream(id)?;
    let components = fields.integer("N")?;
    let profile = walk.inflated(stream, fields)?;
    if components == 3 && profile == chancery_print::write::SRGB_PROFILE {
        return Ok(());
    }
    Err(Refusal::new("PROFILE", Place::Object(id), "the colour profile is not the printer's"))
}
