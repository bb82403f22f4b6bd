//! Kinds of calls: each has limits of its own, so that one kind cannot take the room of another.

use std::collections::HashMap;
use std::sync::LazyLock;

use chancery_proto::descriptors;

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
    /// A message with so many bytes that few fit into memory, beside the kind of its call.
    LargeMessage,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; KINDS] =
        [Self::Quick, Self::Waiting, Self::Streaming, Self::Upload, Self::LargeMessage];
}

/// Number of kinds.
pub(super) const KINDS: usize = 5;

/// Methods that wait, with their full names: nothing that merely ends in such a name may wait.
const WAITING: [&str; 5] = [
    "/chancery.render.v1.RenderService/WaitRender",
    "/chancery.worker.v1.RenderWorkerService/AcquireLeases",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// The method that returns all revisions of a brief in one message.
const EXPORT: &str = "/chancery.brief.v1.BriefService/ExportBrief";

/// Methods whose response is a stream of chunks: images, PDFs, and the input of a print.
const CHUNKED: [&str; 4] = [
    "/chancery.brief.v1.BriefService/GetAttachment",
    "/chancery.render.v1.RenderService/DownloadRender",
    "/chancery.render.v1.RenderService/RenderBrief",
    "/chancery.worker.v1.RenderWorkerService/GetRenderInput",
];

/// Maximum size of a request, in bytes, of methods whose requests have no content of briefs and are no streams.
const MAX_SMALL_REQUEST: u64 = 256 << 10;

/// The properties of a method that decide on the admission of its calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Method {
    pub(crate) kind: Kind,
    /// Whether its requests may have the size that all messages may have.
    has_large_requests: bool,
    /// Whether its responses are nearly always large, so that a call takes the place of a large message for its response.
    pub(crate) has_large_responses: bool,
    /// Whether its response is a stream of chunks.
    pub(crate) answers_in_chunks: bool,
}

impl Method {
    /// A method without content of briefs and streams, and every unknown one.
    const SMALL: Self = Self {
        kind: Kind::Quick,
        has_large_requests: false,
        has_large_responses: false,
        answers_in_chunks: false,
    };

    /// Returns the properties of a method, by its path.
    pub(crate) fn of(path: &str) -> Self {
        METHODS.get(path).copied().unwrap_or(Self::SMALL)
    }

    /// Returns the maximum size of a request, in bytes, where it is smaller than that of all messages.
    pub(crate) fn request_limit(self) -> Option<u64> {
        (!self.has_large_requests).then_some(MAX_SMALL_REQUEST)
    }
}

/// Methods by their path.
static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    let own = descriptors::methods().map(|(path, traits)| {
        let kind = match (traits.receives_stream, traits.answers_in_stream) {
            (true, _) => Kind::Upload,
            (false, true) => Kind::Streaming,
            (false, false) => Kind::Quick,
        };
        let has_large_requests = traits.receives_stream || traits.carries_content;
        let has_large_responses = path == EXPORT;
        let answers_in_chunks = CHUNKED.contains(&path.as_str());
        (path, Method { kind, has_large_requests, has_large_responses, answers_in_chunks })
    });
    let mut methods: HashMap<String, Method> = own.collect();
    for path in WAITING {
        methods.entry(path.to_owned()).or_insert(Method::SMALL).kind = Kind::Waiting;
    }
    methods
});

/// Reads the methods' descriptors now, so that the first call need not wait for it.
pub(super) fn prepare() {
    LazyLock::force(&METHODS);
}

impl Kind {
    /// Returns whether a call of this kind may take minutes until its response begins.
    pub(crate) fn may_take_minutes(self) -> bool {
        matches!(self, Self::Waiting | Self::Upload)
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNKED, Kind, Method, WAITING};

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
            ("/chancery.render.v1.RenderService/WaitRender", true),
            ("/grpc.health.v1.Health/Check", true),
            ("/grpc.health.v1.Health/Watch", true),
            ("/no/Such", true),
        ] {
            assert_eq!(Method::of(path).request_limit().is_some(), is_small, "{path}");
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
            assert_eq!(Method::of(path).kind, kind, "{path}");
        }
        assert!(WAITING.iter().all(|path| Method::of(path).kind == Kind::Waiting));
    }

    #[test]
    fn only_exports_have_large_responses() {
        assert!(Method::of("/chancery.brief.v1.BriefService/ExportBrief").has_large_responses);
        assert!(!Method::of("/chancery.brief.v1.BriefService/GetBrief").has_large_responses);
        assert!(chancery_proto::descriptors::permission(super::EXPORT).is_some());
    }

    #[test]
    fn chunks_are_streamed() {
        for path in CHUNKED {
            let method = Method::of(path);
            assert!(method.kind == Kind::Streaming && method.answers_in_chunks, "{path}");
        }
    }

    #[test]
    fn every_waiting_method_of_this_service_exists() {
        let ours = WAITING.iter().filter(|path| path.starts_with("/chancery."));
        assert!(ours.clone().all(|path| chancery_proto::descriptors::permission(path).is_some()));
    }
}
