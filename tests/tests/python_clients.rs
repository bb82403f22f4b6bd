//! Clients in another language, as `examples/clients` shows them: Python with grpcio.

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
    let said = run(&stack, script, &["render", "russia-iran", "-o", file.to_str().unwrap()]).await;
    let bytes = std::fs::read(&file).unwrap();
    assert!(said.contains(&pdf::sha256(&bytes)), "{said}");
    pdf::assert_sound(&file);
}
