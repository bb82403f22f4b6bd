//! The shared protobuf definitions: generated messages, clients and servers, the descriptor set, the JSON
//! mapping and resource names. No I/O.

pub mod codec;
pub mod descriptors;
pub mod document;
pub mod json;
pub mod lookalikes;
pub mod masks;
pub mod message_reader;
pub mod names;
pub mod nearest;
pub mod schema;
pub mod status;

/// `chancery.options.v1`: required permissions of methods.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod options {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.options.v1.rs"));
    }
}

/// `chancery.errors.v1`: stable error reasons.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod errors {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.errors.v1.rs"));
    }
}

/// `chancery.brief.v1`: briefs and their content.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod brief {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.brief.v1.rs"));
    }
}

/// `chancery.render.v1`: PDFs on demand.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod render {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.render.v1.rs"));
    }
}

/// `chancery.worker.v1`: the protocol between service and workers.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod worker {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.worker.v1.rs"));
    }
}

/// `chancery.admin.v1`: workspaces and API tokens.
#[allow(missing_docs, clippy::pedantic, clippy::large_enum_variant)]
pub mod admin {
    /// Version 1.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/chancery.admin.v1.rs"));
    }
}

/// Maximum size of a message that servers and clients accept, in bytes: 16 MiB, as documented in the protos.
pub const MESSAGE_LIMIT: usize = 16 * 1024 * 1024;
