use super::*;

const RELEASE: &str = "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=\"13\"\nID=debian\n";
const STATUS: &str = "\
Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.41-12
Description: GNU C Library
 Version: a continued line is no field

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2+b5
";

#[test]
fn installed_packages_are_listed_by_name() {
    let image = Image::parse(RELEASE, STATUS).unwrap();
    assert_eq!((image.system.as_str(), image.version.as_str()), ("debian", "13"));
    let packages: Vec<_> = image.packages.iter().map(|package| (&*package.name, &*package.version)).collect();
    assert_eq!(packages, [("bash", "5.2.37-2+b5"), ("libc6", "2.41-12")]);
}

#[test]
fn a_damaged_database_is_refused() {
    for status in
        ["", "Package: bash\n", "Package: bash\nStatus: install ok installed\nArchitecture: amd64\n"]
    {
        assert!(Image::parse(RELEASE, status).is_err(), "{status:?} was parsed");
    }
    assert!(Image::parse("ID=debian\n", STATUS).is_err());
}
