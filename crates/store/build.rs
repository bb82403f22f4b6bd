//! The migrations are part of the binary: a new one rebuilds it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
