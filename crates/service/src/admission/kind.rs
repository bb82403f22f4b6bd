//! Kinds of calls: each has limits of its own, so that one kind cannot take the room of another.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use chancery_proto::descriptors;
use tonic::body::Body;

use super::held_body::holding;

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One message in, one out, at once. Calls of unknown methods count here.
    Quick,
    /// Waits for something to happen, up to minutes.
    Waiting,
    /// Returns a stream.
    Streaming,
    /// Receives a stream.
    Upload,
}

/// Number of kinds.
pub(crate) const KINDS: usize = 4;

/// Methods that wait, with their full names: nothing that merely ends in such a name may wait.
const WAITING: [&str; 5] = [
    "/chancery.render.v1.RenderService/WaitRender",
    "/chancery.worker.v1.RenderWorkerService/AcquireLeases",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Maximum size of a request, in bytes, of methods whose requests have no content of briefs and are no streams.
const MAX_SMALL_REQUEST: u64 = 256 << 10;

/// Methods whose requests may have the size that all messages may have.
static LARGE_REQUESTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let large = |traits: &descriptors::MethodTraits| traits.receives_stream || traits.carries_content;
    descriptors::methods().filter(|(_, traits)| large(traits)).map(|(path, _)| path).collect()
});

/// Returns the maximum size of the request of a method, in bytes, where it is smaller than that of all messages.
pub(crate) fn request_limit(path: &str) -> Option<u64> {
    (!LARGE_REQUESTS.contains(path)).then_some(MAX_SMALL_REQUEST)
}

static KIND_BY_PATH: LazyLock<HashMap<String, Kind>> = LazyLock::new(|| {
    let methods = descriptors::methods().map(|(path, traits)| {
        let kind = match (traits.receives_stream, traits.answers_in_stream) {
            (true, _) => Kind::Upload,
            (false, true) => Kind::Streaming,
            (false, false) => Kind::Quick,
        };
        (path, kind)
    });
    methods.chain(WAITING.map(|path| (path.to_owned(), Kind::Waiting))).collect()
});

/// Reads the methods' descriptors now, so that the first call need not wait for it.
pub(super) fn prepare() {
    LazyLock::force(&KIND_BY_PATH);
    LazyLock::force(&LARGE_REQUESTS);
}

impl Kind {
    /// Returns the kind of a method, by its path.
    pub(crate) fn of(path: &str) -> Self {
        KIND_BY_PATH.get(path).copied().unwrap_or(Self::Quick)
    }

    /// Keeps a call's permit: of streams until they end, of other calls until the response's head, when their work is done
    /// and the caller may read as slowly as it likes.
    pub(crate) fn hold_while_open<T: Send + Unpin + 'static>(self, body: Body, held: T) -> Body {
        match self {
            Self::Quick | Self::Upload => body,
            Self::Waiting | Self::Streaming => holding(body, held),
        }
    }

    /// Returns whether a call of this kind may take minutes until its response begins.
    pub(crate) fn may_take_minutes(self) -> bool {
        matches!(self, Self::Waiting | Self::Upload)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, WAITING, request_limit};

    #[test]
    fn requests_without_content_are_limited_to_a_small_size() {
        for (path, is_small) in [
            ("/chancery.brief.v1.BriefService/ImportBrief", false),
            ("/chancery.brief.v1.BriefService/LintBrief", false),
            ("/chancery.brief.v1.BriefService/UploadAttachment", false),
            ("/chancery.worker.v1.RenderWorkerService/UploadArtifact", false),
            ("/chancery.worker.v1.RenderWorkerService/RenewLeases", true),
            ("/chancery.brief.v1.BriefService/GetBrief", true),
            ("/chancery.render.v1.RenderService/CreateRender", true),
            ("/grpc.health.v1.Health/Check", true),
            ("/no/Such", true),
        ] {
            assert_eq!(request_limit(path).is_some(), is_small, "{path}");
        }
    }

    #[test]
    fn kinds_go_by_the_full_name_of_a_method() {
        for (path, kind) in [
            ("/chancery.brief.v1.BriefService/GetBrief", Kind::Quick),
            ("/chancery.brief.v1.BriefService/WatchBriefs", Kind::Streaming),
            ("/chancery.brief.v1.BriefService/UploadAttachment", Kind::Upload),
            ("/chancery.worker.v1.RenderWorkerService/UploadArtifact", Kind::Upload),
            ("/grpc.health.v1.Health/Check", Kind::Quick),
            ("/grpc.anything.v1.Service/Method", Kind::Quick),
            ("/other/WaitRender", Kind::Quick),
            ("WaitRender", Kind::Quick),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
        assert!(WAITING.iter().all(|path| Kind::of(path) == Kind::Waiting));
    }

    #[test]
    fn every_waiting_method_of_this_service_exists() {
        let ours = WAITING.iter().filter(|path| path.starts_with("/chancery."));
        assert!(ours.clone().all(|path| chancery_proto::descriptors::permission(path).is_some()));
    }
}
