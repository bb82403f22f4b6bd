//! A bill of materials in the terms of `CycloneDX` 1.5 (<https://cyclonedx.org/docs/1.5/json/>).

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cargo_tree::{CrateId, LinkedCrate, LinkedCrates};
use crate::debian::{DebianPackage, Image};
use crate::embedded::{EmbeddedFile, embedded_files};
use crate::lockfile::Checksums;
use crate::toolchain::Toolchain;

#[cfg(test)]
mod tests;

/// A bill of materials of one package.
pub(crate) struct Bill(Value);

impl Bill {
    /// Describes a package, whose binary is the bill's component.
    pub(crate) fn new(
        package: &str,
        crates: &LinkedCrates,
        checksums: &Checksums,
        toolchain: &Toolchain,
        image: Option<&Image>,
    ) -> Result<Self> {
        let linked = crates.of(package)?;
        let standard_library = standard_library(toolchain);
        let mut subject = None;
        let mut components = Vec::new();
        let mut dependencies = Vec::new();
        for (id, linked_crate) in &linked {
            let component = crate_component(id, linked_crate, checksums.get(id))?;
            let mut depends_on: BTreeSet<String> = linked_crate.dependencies.iter().map(reference).collect();
            if let Some(folder) = &linked_crate.folder {
                for file in embedded_files(folder)? {
                    let file = file_component(&file);
                    depends_on.extend(file["bom-ref"].as_str().map(str::to_owned));
                    components.push(file);
                }
            }
            if id.name == package {
                depends_on.extend(standard_library["bom-ref"].as_str().map(str::to_owned));
                let mut component = component;
                component["type"] = json!("application");
                subject = Some(component);
            } else {
                components.push(component);
            }
            dependencies.push(json!({ "ref": reference(id), "dependsOn": depends_on }));
        }
        components.push(standard_library);
        if let Some(image) = image {
            components.push(system_component(image));
            components.extend(image.packages.iter().map(|package| debian_component(package, image)));
        }
        let subject = subject.with_context(|| format!("{package} is not among its own crates"))?;
        let bill = json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {
                "lifecycles": [{ "phase": "build" }],
                "tools": { "components": [{
                    "type": "application",
                    "name": env!("CARGO_PKG_NAME"),
                    "version": env!("CARGO_PKG_VERSION"),
                }] },
                "component": subject,
                "properties": [{ "name": "chancery:target", "value": toolchain.host }],
            },
            "components": components,
            "dependencies": dependencies,
        });
        Ok(Self(with_serial_number(bill)))
    }

    /// Returns the JSON text, indented, with a line end.
    pub(crate) fn to_json(&self) -> Result<String> {
        Ok(format!("{}\n", serde_json::to_string_pretty(&self.0)?))
    }
}

/// The reference of a crate within the bill.
fn reference(id: &CrateId) -> String {
    format!("cargo:{}@{}", id.name, id.version)
}

/// Crates of this workspace are published nowhere. They have neither a purl, which would denote a crate of the same name on
/// crates.io, nor an archive to hash.
fn crate_component(id: &CrateId, linked: &LinkedCrate, checksum: Option<&str>) -> Result<Value> {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(id),
        "name": id.name,
        "version": id.version,
        "licenses": licenses(&linked.license),
    });
    if linked.folder.is_none() {
        let checksum =
            checksum.with_context(|| format!("Cargo.lock has no checksum of {} {}", id.name, id.version))?;
        ensure!(checksum.len() == 64, "the checksum of {} {} is not a SHA-256", id.name, id.version);
        component["purl"] = json!(format!("pkg:cargo/{}@{}", id.name, purl_version(&id.version)));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    Ok(component)
}

fn standard_library(toolchain: &Toolchain) -> Value {
    json!({
        "type": "library",
        "bom-ref": format!("rust:std@{}", toolchain.version),
        "name": "std",
        "description": "Rust standard library",
        "version": toolchain.version,
        "licenses": licenses("MIT OR Apache-2.0"),
        "externalReferences": [{ "type": "vcs", "url": "https://github.com/rust-lang/rust" }],
    })
}

fn file_component(file: &EmbeddedFile) -> Value {
    json!({
        "type": "file",
        "bom-ref": format!("file:{}", file.name),
        "name": file.name,
        "licenses": licenses(&file.license),
        "hashes": [{ "alg": "SHA-256", "content": file.digest }],
    })
}

fn system_component(image: &Image) -> Value {
    json!({
        "type": "operating-system",
        "bom-ref": format!("os:{}@{}", image.system, image.version),
        "name": image.system,
        "version": image.version,
    })
}

/// Licences of Debian packages are left out: their texts are in `/usr/share/doc/PACKAGE/copyright`, in a form that has no
/// SPDX expression.
fn debian_component(package: &DebianPackage, image: &Image) -> Value {
    let DebianPackage { name, version, architecture } = package;
    let Image { system, version: release, .. } = image;
    let version_in_purl = purl_version(version);
    let purl =
        format!("pkg:deb/{system}/{name}@{version_in_purl}?arch={architecture}&distro={system}-{release}");
    json!({
        "type": "library",
        "bom-ref": format!("deb:{name}:{architecture}@{version}"),
        "name": name,
        "version": version,
        "purl": purl,
    })
}

/// Percent-encodes a version as the specification of purls demands: `:` and `~` remain.
fn purl_version(version: &str) -> String {
    let encode = |character: char| match character {
        '+' | '%' | '@' | '?' | '#' | '/' => format!("%{:02X}", u32::from(character)),
        other => other.to_string(),
    };
    version.chars().map(encode).collect()
}

/// Older manifests separate the licences to choose from by `/`.
fn licenses(expression: &str) -> Value {
    let choices: Vec<&str> = expression.split('/').map(str::trim).collect();
    let expression = choices.join(" OR ");
    if expression.contains(' ') {
        json!([{ "expression": expression }])
    } else {
        json!([{ "license": { "id": expression } }])
    }
}

/// Adds a UUID of version 8 (RFC 9562) that is made of the content's SHA-256.
fn with_serial_number(mut bill: Value) -> Value {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(bill.to_string())[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    bill["serialNumber"] = json!(format!("urn:uuid:{}", groups.join("-")));
    bill
}
