//! Resource names (AIP-122): parsed once at the edge, typed from there on.

use std::fmt;
use std::str::FromStr;

/// A text that is not a name of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed name {given:?}: expected {form}")]
pub struct NameError {
    /// The text, cut to 200 characters.
    pub given: String,
    /// The expected form.
    pub form: &'static str,
}

/// An id chosen by a user: `[a-z][a-z0-9-]{0,61}[a-z0-9]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(String);

impl ResourceId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ResourceId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bytes = text.as_bytes();
        let inside = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        let fits = (2..=63).contains(&bytes.len())
            && bytes[0].is_ascii_lowercase()
            && bytes.iter().all(inside)
            && bytes[bytes.len() - 1] != b'-';
        if fits { Ok(Self(text.to_owned())) } else { Err(wrong(text, "[a-z][a-z0-9-]{0,61}[a-z0-9]")) }
    }
}

/// The id of a part of a brief, such as an actor or a statement: `[A-Za-z][A-Za-z0-9-]{0,62}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(String);

impl PartId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PartId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = text.len() <= 63
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.bytes().all(inside);
        if fits { Ok(Self(text.to_owned())) } else { Err(wrong(text, "[A-Za-z][A-Za-z0-9-]{0,62}")) }
    }
}

/// A generated key: 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GeneratedId(String);

impl GeneratedId {
    /// Formats 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GeneratedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for GeneratedId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_hexadecimal(text, 32) {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong(text, "32 lower-case hexadecimal digits"))
        }
    }
}

/// A content digest: SHA-256 as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Id(String);

impl Sha256Id {
    /// Formats the digest's bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha256Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Sha256Id {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_hexadecimal(text, 64) {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong(text, "64 lower-case hexadecimal digits"))
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(digit)
}

/// A revision's number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionNumber(pub u32);

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RevisionNumber {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        // Each number has one spelling: no sign, no leading zero. The maximum is the database's integer type's.
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number = text.parse::<i32>().ok().filter(|_| plain).and_then(|number| u32::try_from(number).ok());
        number.map(Self).ok_or_else(|| wrong(text, "a number from 1"))
    }
}

/// Defines a name type: fields in the order of the pattern, each after a literal segment.
macro_rules! resource_name {
    ($(#[$meta:meta])* $name:ident, $form:literal, { $($segment:literal / $field:ident : $type:ty),+ } $(, $last:literal)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            $(#[doc = concat!("The segment after `", $segment, "/`.")] pub $field: $type,)+
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let parts = [$(concat!($segment, "/").to_owned() + &self.$field.to_string()),+];
                f.write_str(&parts.join("/"))?;
                $(write!(f, "/{}", $last)?;)?
                Ok(())
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let refuse = || wrong(text, $form);
                let mut segments = text.split('/');
                $(
                    if segments.next() != Some($segment) { return Err(refuse()); }
                    let $field: $type = segments.next().and_then(|id| id.parse().ok()).ok_or_else(refuse)?;
                )+
                $(if segments.next() != Some($last) { return Err(refuse()); })?
                if segments.next().is_some() { return Err(refuse()); }
                Ok(Self { $($field),+ })
            }
        }
    };
}

resource_name!(
    /// A tenant.
    WorkspaceName, "workspaces/{workspace}", { "workspaces" / workspace: ResourceId }
);
resource_name!(
    /// A brief.
    BriefName, "workspaces/{workspace}/briefs/{brief}",
    { "workspaces" / workspace: ResourceId, "briefs" / brief: ResourceId }
);
resource_name!(
    /// A brief's draft.
    DraftName, "workspaces/{workspace}/briefs/{brief}/draft",
    { "workspaces" / workspace: ResourceId, "briefs" / brief: ResourceId }, "draft"
);
resource_name!(
    /// A revision of a brief.
    RevisionName, "workspaces/{workspace}/briefs/{brief}/revisions/{number}",
    { "workspaces" / workspace: ResourceId, "briefs" / brief: ResourceId, "revisions" / revision: RevisionNumber }
);
resource_name!(
    /// An actor, across all briefs of a workspace.
    ActorName, "workspaces/{workspace}/actors/{actor}",
    { "workspaces" / workspace: ResourceId, "actors" / actor: PartId }
);
resource_name!(
    /// A render.
    RenderName, "workspaces/{workspace}/renders/{render}",
    { "workspaces" / workspace: ResourceId, "renders" / render: GeneratedId }
);
resource_name!(
    /// An API token.
    ApiTokenName, "workspaces/{workspace}/apiTokens/{token}",
    { "workspaces" / workspace: ResourceId, "apiTokens" / token: GeneratedId }
);
resource_name!(
    /// A worker.
    WorkerName, "workers/{worker}", { "workers" / worker: GeneratedId }
);
resource_name!(
    /// A render task.
    TaskName, "renderTasks/{task}", { "renderTasks" / task: GeneratedId }
);
resource_name!(
    /// An image.
    AttachmentName, "workspaces/{workspace}/attachments/{sha256}",
    { "workspaces" / workspace: ResourceId, "attachments" / digest: Sha256Id }
);

impl DraftName {
    /// Returns the brief whose draft this is.
    pub fn brief_name(&self) -> BriefName {
        BriefName { workspace: self.workspace.clone(), brief: self.brief.clone() }
    }
}

impl RevisionName {
    /// Returns the brief whose revision this is.
    pub fn brief_name(&self) -> BriefName {
        BriefName { workspace: self.workspace.clone(), brief: self.brief.clone() }
    }
}

/// A brief, which means its newest revision, or one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BriefOrRevisionName {
    /// Returns the name of the brief.
    Brief(BriefName),
    /// The revision.
    Revision(RevisionName),
}

impl BriefName {
    /// Returns a revision of it.
    pub fn revision(&self, number: RevisionNumber) -> RevisionName {
        RevisionName { workspace: self.workspace.clone(), brief: self.brief.clone(), revision: number }
    }
}

impl BriefOrRevisionName {
    /// Returns the brief.
    pub fn brief_name(&self) -> BriefName {
        match self {
            Self::Brief(brief) => brief.clone(),
            Self::Revision(revision) => revision.brief_name(),
        }
    }

    /// Returns the revision's number, if one is named.
    pub fn revision(&self) -> Option<RevisionNumber> {
        match self {
            Self::Brief(_) => None,
            Self::Revision(revision) => Some(revision.revision),
        }
    }
}

impl FromStr for BriefOrRevisionName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let form = "workspaces/{workspace}/briefs/{brief} or …/revisions/{number}";
        let brief = || text.parse().map(Self::Brief);
        text.parse().map(Self::Revision).or_else(|_: NameError| brief()).map_err(|_| wrong(text, form))
    }
}

fn wrong(given: &str, form: &'static str) -> NameError {
    NameError { given: given.chars().take(200).collect(), form }
}

#[cfg(test)]
mod tests {
    use super::{
        ActorName, AttachmentName, BriefName, BriefOrRevisionName, DraftName, RenderName, RevisionName,
    };

    #[test]
    fn names_format_as_they_were_parsed() {
        for text in [
            "workspaces/default/briefs/russia-iran/revisions/2",
            "workspaces/w1/briefs/b2/revisions/2147483647",
        ] {
            assert_eq!(text.parse::<RevisionName>().unwrap().to_string(), text);
        }
        let draft: DraftName = "workspaces/default/briefs/x1/draft".parse().unwrap();
        assert_eq!(draft.to_string(), "workspaces/default/briefs/x1/draft");
        assert_eq!(draft.brief_name().to_string(), "workspaces/default/briefs/x1");
    }

    #[test]
    fn actors_are_named_by_part_ids() {
        for id in ["iran", "A", "N2-x", &"a".repeat(63)] {
            let text = format!("workspaces/default/actors/{id}");
            assert_eq!(text.parse::<ActorName>().unwrap().to_string(), text);
        }
        for id in ["", "2x", "-a", "a_b", "a/b", "\u{e9}a", "a\0", &"a".repeat(64)] {
            assert!(format!("workspaces/default/actors/{id}").parse::<ActorName>().is_err(), "{id}");
        }
    }

    #[test]
    fn malformed_names_are_rejected() {
        for text in [
            "",
            "briefs/x1",
            "workspaces/default/briefs/",
            "workspaces/Default/briefs/x1",
            "workspaces/default/briefs/x1/",
            "workspaces/default/briefs/x1/revisions/0",
            "workspaces/default/briefs/x1/revisions/01",
            "workspaces/default/briefs/x1/revisions/+1",
            "workspaces/default/briefs/x1/revisions/99999999999",
            "workspaces/default/briefs/-x",
            "workspaces/default/briefs/x-",
            "workspaces/../briefs/x1",
        ] {
            assert!(text.parse::<BriefOrRevisionName>().is_err(), "{text}");
        }
        assert!("workspaces/default/renders/xyz".parse::<RenderName>().is_err());
        let digest = "A".repeat(64);
        assert!(format!("workspaces/default/attachments/{digest}").parse::<AttachmentName>().is_err());
        assert!("workspaces/default/briefs/b1/extra".parse::<BriefName>().is_err());
    }
}
