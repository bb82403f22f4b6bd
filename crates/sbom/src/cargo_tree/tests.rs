use super::*;

const TREE: &str = "\
0\tapp v0.1.0 (/src/my app)\tApache-2.0\t
1\tbytes v1.12.2\tMIT\t
1\thyper v1.0.0\tMIT\t
2\tbytes v1.12.2\tMIT\t
2\ttokio v1.2.3\tMIT OR Apache-2.0\t

0\tother v0.1.0 (/src/other)\tApache-2.0\t
1\thyper v1.0.0\tMIT\t (*)
";

fn names(crates: &LinkedCrates, package: &str) -> Vec<String> {
    crates.of(package).unwrap().keys().map(|id| id.name.clone()).collect()
}

#[test]
fn a_package_has_the_dependencies_of_its_dependencies() {
    let crates = LinkedCrates::parse(TREE).unwrap();
    assert_eq!(names(&crates, "app"), ["app", "bytes", "hyper", "tokio"]);
}

#[test]
fn a_repeated_crate_has_the_dependencies_of_its_first_line() {
    let crates = LinkedCrates::parse(TREE).unwrap();
    assert_eq!(names(&crates, "other"), ["bytes", "hyper", "other", "tokio"]);
}

#[test]
fn crates_of_the_workspace_have_a_folder() {
    let crates = LinkedCrates::parse(TREE).unwrap();
    let folders: Vec<_> = crates.of("app").unwrap().values().map(|linked| linked.folder.clone()).collect();
    assert_eq!(folders, [Some(PathBuf::from("/src/my app")), None, None, None]);
}

#[test]
fn a_crate_without_a_licence_is_refused() {
    let error = LinkedCrates::parse("0\tapp v0.1.0\t\t\n").unwrap_err();
    assert_eq!(error.to_string(), "app 0.1.0 names no licence in its manifest");
}

#[test]
fn unexpected_lines_and_packages_are_refused() {
    for text in ["app v0.1.0", "0\tapp\tMIT\t", "1\tapp v0.1.0\tMIT\t", "0\tapp v0.1.0 (/src\tMIT\t"] {
        assert!(LinkedCrates::parse(text).is_err(), "{text:?} was parsed");
    }
    assert!(LinkedCrates::parse(TREE).unwrap().of("absent").is_err());
}
