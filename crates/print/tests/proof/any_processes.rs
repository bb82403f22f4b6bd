//! A hundred processes in different environments print the same file.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use chancery_print::Options;

use crate::samples::{printed, sample};

/// Environment variable with the output path of a child process.
const WRITE_TO: &str = "CHANCERY_TEST_WRITE_TO";

/// Makes glibc use its plain string and number functions.
const PLAIN_CPU: &str =
    "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-FMA,-FMA4,-BMI2,-SSE4_2,-SSE4_1,-SSSE3,-ERMS";

const PROCESSES: usize = 100;
const AT_ONCE: usize = 4;

#[test]
fn a_hundred_processes_with_other_folders_time_zones_and_locales_write_the_same_bytes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("any-processes");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let expected = printed(&sample("scripts-1").content, &Options::default()).unwrap().bytes;
    let numbers: Vec<usize> = (0..PROCESSES).collect();
    for batch in numbers.chunks(AT_ONCE) {
        let children: Vec<Child> = batch.iter().map(|number| another(*number, &folder)).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
    }
    for number in numbers {
        let written = std::fs::read(folder.join(number.to_string())).unwrap();
        assert!(written == expected, "process {number} wrote another file");
    }
}

/// Starts a process with its own environment.
fn another(number: usize, folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "any_processes::the_other_process_writes_its_file"])
        .env(WRITE_TO, folder.join(number.to_string()))
        .env("LC_ALL", ["C", "fa_IR.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8"][number % 4])
        .env("TZ", ["UTC", "Asia/Tehran", "America/St_Johns"][number % 3])
        .current_dir([folder, Path::new("/")][number % 2])
        .stdout(Stdio::null());
    if number.is_multiple_of(5) {
        command.env("GLIBC_TUNABLES", PLAIN_CPU);
    }
    if number.is_multiple_of(7) {
        // Shifts allocations to other addresses.
        command.env("MALLOC_PERTURB_", "85").env("MALLOC_ARENA_MAX", "1");
    }
    command.spawn().unwrap()
}

#[test]
#[ignore = "the other process's part of the test above"]
fn the_other_process_writes_its_file() {
    let printed = printed(&sample("scripts-1").content, &Options::default()).unwrap();
    std::fs::write(std::env::var(WRITE_TO).unwrap(), printed.bytes).unwrap();
}
