use super::*;

fn registry_crate(license: &str) -> LinkedCrate {
    LinkedCrate { license: license.to_owned(), folder: None, dependencies: BTreeSet::new() }
}

fn id(name: &str, version: &str) -> CrateId {
    CrateId { name: name.to_owned(), version: version.to_owned() }
}

#[test]
fn a_crate_of_the_registry_has_a_purl_a_hash_and_a_licence() {
    let checksum = "ab".repeat(32);
    let component =
        crate_component(&id("wasi", "0.11.1+wasi-1"), &registry_crate("MIT/Apache-2.0"), Some(&checksum));
    let component = component.unwrap();
    assert_eq!(component["purl"], "pkg:cargo/wasi@0.11.1%2Bwasi-1");
    assert_eq!(component["hashes"][0]["content"], *checksum);
    assert_eq!(component["licenses"][0]["expression"], "MIT OR Apache-2.0");
}

#[test]
fn a_crate_of_the_registry_without_a_checksum_is_refused() {
    for checksum in [None, Some("ab")] {
        assert!(crate_component(&id("bytes", "1.0.0"), &registry_crate("MIT"), checksum).is_err());
    }
}

#[test]
fn a_crate_of_the_workspace_has_no_purl() {
    let own = LinkedCrate { folder: Some("/src".into()), ..registry_crate("Apache-2.0") };
    let component = crate_component(&id("chancery-brief", "0.1.0"), &own, None).unwrap();
    assert!(component.get("purl").is_none() && component.get("hashes").is_none());
    assert_eq!(component["licenses"][0]["license"]["id"], "Apache-2.0");
}

#[test]
fn a_debian_package_has_the_distribution_in_its_purl() {
    let package =
        DebianPackage { name: "tar".into(), version: "1:1.35+x~1".into(), architecture: "arm64".into() };
    let image = Image { system: "debian".into(), version: "13".into(), packages: Vec::new() };
    assert_eq!(
        debian_component(&package, &image)["purl"],
        "pkg:deb/debian/tar@1:1.35%2Bx~1?arch=arm64&distro=debian-13"
    );
}

#[test]
fn the_serial_number_changes_with_the_content_only() {
    let serial =
        |content: &str| with_serial_number(json!({ "content": content }))["serialNumber"].to_string();
    assert_eq!(serial("one"), serial("one"));
    assert_ne!(serial("one"), serial("other"));
}
