//! Document-level objects: structure tree, outline, annotations, embedded file, metadata and output profile.

pub(crate) mod embedded_file;
pub(crate) mod info_dictionary;
pub(crate) mod link_annotations;
pub(crate) mod outline;
pub(crate) mod srgb_profile;
pub(crate) mod structure_tree;
pub(crate) mod structure_types;
pub(crate) mod xmp_packet;
