//! Python clients with grpcio, as shown in `examples/clients` and the README.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_testkit::programs::{named_by, run_tool};
use chancery_testkit::{Stack, files, pdf};

/// Runs a script of `examples/clients` against a service, with the imported sample brief.
async fn run(stack: &Stack, script: &str, arguments: &[&str]) -> String {
    let python = named_by("CHANCERY_PYTHON").display().to_string();
    let script = files::example(&format!("clients/{script}")).display().to_string();
    let token = stack.token_file("admin").display().to_string();
    let address = stack.url().trim_start_matches("http://").to_owned();
    let all: Vec<String> = [script.as_str(), "--server", &address, "--token-file", &token]
        .iter()
        .chain(arguments)
        .map(|argument| (*argument).to_owned())
        .collect();
    let ran =
        tokio::task::spawn_blocking(move || run_tool(&python, "the Python tools (./dev test does)", all));
    let ran = ran.await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}{err}");
    out.into_owned()
}

#[tokio::test]
async fn a_client_with_reflection_only_lists_gets_renders_and_downloads() {
    works("reflect.py").await;
}

#[tokio::test]
async fn a_client_with_the_proto_files_only_lists_gets_renders_and_downloads() {
    works("brief.py").await;
}

async fn works(script: &str) {
    let stack = Stack::start().await;
    stack.import(files::revisions("russia-iran")).await;
    let listed = run(&stack, script, &["list"]).await;
    assert!(listed.contains("workspaces/default/briefs/russia-iran"), "{listed}");
    let got = run(&stack, script, &["get", "russia-iran"]).await;
    assert!(got.contains("Russia and Iran: a partnership and its limits"), "{got}");
    let file = stack.folder().join("python.pdf");
    let output = run(&stack, script, &["render", "russia-iran", "-o", file.to_str().unwrap()]).await;
    let bytes = std::fs::read(&file).unwrap();
    assert!(output.contains(&pdf::sha256(&bytes)), "{output}");
    pdf::assert_sound(&file);
}

/// The README's code blocks of one language, below its heading "From another service".
fn readme_blocks(language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(files::root().join("README.md")).unwrap();
    let section = readme.split("### From another service").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let fence = format!("```{language}\n");
    let blocks = section.split(&fence).skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Runs a program in a folder, with the tools' Python first on PATH.
async fn run_in(folder: &std::path::Path, program: &str, arguments: &[&str]) -> std::process::Output {
    let python = named_by("CHANCERY_PYTHON");
    let python = python.parent().unwrap().display().to_string();
    let path = format!("{python}:{}", std::env::var("PATH").unwrap());
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).current_dir(folder).env("PATH", path).env("PYTHONPATH", "generated");
    command.output().await.unwrap()
}

#[tokio::test]
async fn the_snippet_in_the_readme_runs_unchanged() {
    let stack = Stack::start().await;
    stack.import(files::revisions("russia-iran")).await;
    let folder = stack.folder().join("readme");
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(files::root().join("proto"), folder.join("proto")).unwrap();
    std::fs::copy(stack.token_file("admin"), folder.join("TOKEN_FILE")).unwrap();

    let generate = readme_blocks("sh").into_iter().find(|block| block.contains("grpc_tools.protoc")).unwrap();
    let ran = run_in(&folder, "sh", &["-e", "-c", &generate]).await;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let [snippet] = readme_blocks("python").try_into().unwrap();
    let here = "127.0.0.1:50051";
    assert!(snippet.contains(here), "{snippet}");
    let snippet = snippet.replace(here, stack.url().trim_start_matches("http://"));
    std::fs::write(folder.join("render.py"), &snippet).unwrap();
    let ran = run_in(&folder, "python", &["render.py"]).await;
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && out.contains("pages"), "{out}{err}");
    pdf::assert_sound(&folder.join("russia-iran.pdf"));

    // It reports the error and leaves no partial PDF.
    std::fs::remove_file(folder.join("russia-iran.pdf")).unwrap();
    std::fs::write(folder.join("render.py"), snippet.replace("briefs/russia-iran", "briefs/nothing"))
        .unwrap();
    let ran = run_in(&folder, "python", &["render.py"]).await;
    assert!(!ran.status.success());
    assert!(String::from_utf8_lossy(&ran.stderr).starts_with("NOT_FOUND: "), "{ran:?}");
    assert!(!folder.join("russia-iran.pdf").exists());
}
