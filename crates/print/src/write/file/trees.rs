//! Number trees and name trees (ISO 32000-1, 7.9.6 and 7.9.7): leaves below one root.

use crate::write::file::pdf_file::PdfFile;
use crate::write::file::syntax;
use crate::write::file::syntax::{Dict, Ref};

/// Maximum number of entries of a leaf.
const LEAF: usize = 64;

/// Writes a number tree of references. `entries` must be sorted.
pub(crate) fn number_tree(file: &mut PdfFile, entries: &[(usize, Ref)]) -> Ref {
    let write_key = |out: &mut Vec<u8>, key: &usize| syntax::count(out, *key);
    tree(file, "Nums", entries, &write_key, &mut |out, &id| syntax::reference(out, id))
}

/// Writes a name tree. `entries` must be sorted by their bytes.
pub(crate) fn name_tree<V>(
    file: &mut PdfFile,
    entries: &[(Vec<u8>, V)],
    mut write_value: impl FnMut(&mut Vec<u8>, &V),
) -> Ref {
    let write_key = |out: &mut Vec<u8>, key: &Vec<u8>| syntax::bytes(out, key);
    tree(file, "Names", entries, &write_key, &mut write_value)
}

type WriteKey<'a, K> = &'a dyn Fn(&mut Vec<u8>, &K);
type WriteValue<'a, V> = &'a mut dyn FnMut(&mut Vec<u8>, &V);

fn tree<K, V>(
    file: &mut PdfFile,
    name: &str,
    entries: &[(K, V)],
    key: WriteKey<K>,
    value: WriteValue<V>,
) -> Ref {
    let root = file.reserve();
    let mut leaf = |dict: &mut Dict, entries: &[(K, V)]| {
        syntax::array(dict.key(name), entries, |out, (k, v)| {
            key(out, k);
            out.push(b' ');
            value(out, v);
        });
    };
    if entries.len() <= LEAF {
        file.dict(root, |dict| leaf(dict, entries));
        return root;
    }
    let mut leaves = Vec::new();
    for chunk in entries.chunks(LEAF) {
        let id = file.reserve();
        leaves.push(id);
        file.dict(id, |dict| {
            if let (Some(first), Some(last)) = (chunk.first(), chunk.last()) {
                syntax::array(dict.key("Limits"), &[&first.0, &last.0], |out, limit| key(out, limit));
            }
            leaf(dict, chunk);
        });
    }
    file.dict(root, |dict| {
        dict.references("Kids", &leaves);
    });
    root
}
