//! Compiles `proto/` with protox (no protoc on the machine) into messages, clients, servers and a
//! descriptor set with comments for reflection.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = [
        "chancery/options/v1/permission.proto",
        "chancery/errors/v1/reason.proto",
        "chancery/brief/v1/content.proto",
        "chancery/brief/v1/differences.proto",
        "chancery/brief/v1/lifecycle.proto",
        "chancery/brief/v1/search.proto",
        "chancery/brief/v1/watch.proto",
        "chancery/brief/v1/brief_service.proto",
        "chancery/brief/v1/knowledge_service.proto",
        "chancery/render/v1/render_service.proto",
        "chancery/worker/v1/render_worker_service.proto",
        "chancery/admin/v1/admin_service.proto",
    ];
    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    // protox's own encoding keeps the method options; prost's typed descriptors would drop them.
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let descriptors = compiler.file_descriptor_set();

    let mut config = prost_build::Config::new();
    config.enable_type_names();
    tonic_prost_build::configure()
        .build_transport(false)
        .codec_path("crate::codec::StrictCodec")
        .bytes(".")
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}
