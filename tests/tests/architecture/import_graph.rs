//! Builds the import graph of a crate's files.
//!
//! A path such as `crate::queue::Lease` is resolved through `use` declarations and re-exports to the file that defines
//! the item, so that an import through a folder's `mod.rs` counts as an import of the defining file. Macro arguments
//! are read as tokens, because `syn` does not parse them. Test modules are left out.
//!
//! A module may use types, traits and constants of its ancestors: a child that extends its parent's type forms one unit
//! with it. Functions of an ancestor count, because they bring in the parent's own imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Item, ItemMod, UseTree};

/// The segments of a module or item below the crate's root.
type ModulePath = Vec<String>;

/// A module: its file, its definitions and its imports by name.
#[derive(Default)]
struct Module {
    file: PathBuf,
    defined: BTreeSet<String>,
    imported: BTreeMap<String, ModulePath>,
    globs: Vec<ModulePath>,
    used: BTreeSet<ModulePath>,
}

/// The modules of one crate.
pub(crate) struct Crate {
    source_folder: PathBuf,
    modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    /// Reads a crate from its folder `src`.
    pub(crate) fn read(source_folder: &Path) -> Self {
        let mut read = Self { source_folder: source_folder.to_owned(), modules: BTreeMap::new() };
        for root in ["lib.rs", "main.rs"] {
            if source_folder.join(root).exists() {
                read.add_file(Vec::new(), &source_folder.join(root));
                break;
            }
        }
        assert!(!read.modules.is_empty(), "{} has neither lib.rs nor main.rs", source_folder.display());
        read
    }

    fn add_file(&mut self, module: ModulePath, file: &Path) {
        let text = fs::read_to_string(file).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add_items(module, file, parsed.items);
    }

    fn add_items(&mut self, module: ModulePath, file: &Path, items: Vec<Item>) {
        let mut added = Module { file: file.to_owned(), ..Module::default() };
        // Declared modules first: whether `words::list` is a path of this crate depends on them.
        let children: BTreeSet<_> = items.iter().filter_map(child_name).collect();
        for item in items {
            match item {
                Item::Mod(child) if is_test(&child.attrs) => drop(child),
                Item::Mod(child) => self.add_child(&module, file, child),
                Item::Use(declaration) => {
                    let mut names = Vec::new();
                    flatten(&declaration.tree, &mut Vec::new(), &mut names);
                    for (path, alias) in names {
                        let Some(path) = absolute(&module, &children, &path) else { continue };
                        if alias == "*" {
                            added.globs.push(path);
                        } else {
                            added.used.insert(path.clone());
                            added.imported.insert(alias, path);
                        }
                    }
                }
                item => {
                    if let Some(name) = defined_name(&item) {
                        added.defined.insert(name);
                    }
                    collect_paths(item.to_token_stream(), &mut |path| {
                        let is_imported = path.len() > 1 && added.imported.contains_key(&path[0]);
                        let path = if is_imported {
                            [added.imported[&path[0]].clone(), path[1..].to_vec()].concat()
                        } else {
                            match absolute(&module, &children, &path) {
                                Some(path) => path,
                                None => return,
                            }
                        };
                        added.used.insert(path);
                    });
                }
            }
        }
        self.modules.insert(module, added);
    }

    fn add_child(&mut self, parent: &ModulePath, file: &Path, child: ItemMod) {
        let name = child.ident.to_string();
        let module = [parent.clone(), vec![name]].concat();
        if let Some((_, items)) = child.content {
            self.add_items(module, file, items);
            return;
        }
        let stem = self.source_folder.join(module.iter().collect::<PathBuf>());
        let candidates = [stem.with_extension("rs"), stem.join("mod.rs")];
        let found = candidates.iter().find(|candidate| candidate.exists());
        self.add_file(module.clone(), found.unwrap_or_else(|| panic!("no file for module {module:?}")));
    }

    /// The module that defines what a path names, and the segments below that module.
    fn definition(
        &self,
        path: &[String],
        visited: &mut BTreeSet<ModulePath>,
    ) -> Option<(ModulePath, ModulePath)> {
        if !visited.insert(path.to_vec()) {
            return None;
        }
        let length = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
        let (home, below) = path.split_at(length);
        let module = &self.modules[home];
        let Some((first, rest)) = below.split_first() else { return Some((home.to_vec(), Vec::new())) };
        if module.defined.contains(first) {
            return Some((home.to_vec(), below.to_vec()));
        }
        if let Some(target) = module.imported.get(first) {
            return self.definition(&[target.as_slice(), rest].concat(), visited);
        }
        let mut through_globs = module.globs.iter();
        let found = through_globs.find_map(|glob| {
            let found = self.definition(&[glob.as_slice(), below].concat(), visited)?;
            self.modules[&found.0].defined.contains(&found.1[0]).then_some(found)
        });
        Some(found.unwrap_or_else(|| (home.to_vec(), below.to_vec())))
    }

    /// Each file, with the files that it uses and the items that it imports from them.
    pub(crate) fn imports(&self) -> BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>> {
        let mut imports: BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>> = BTreeMap::new();
        for (path, module) in &self.modules {
            for used in &module.used {
                let Some((home, below)) = self.definition(used, &mut BTreeSet::new()) else { continue };
                let Some(item) = below.first() else { continue };
                let is_ancestor = path.starts_with(&home);
                let is_type = item.starts_with(char::is_uppercase);
                let target = &self.modules[&home].file;
                if *target == module.file || (is_ancestor && is_type) {
                    continue;
                }
                let from = imports.entry(self.relative(&module.file)).or_default();
                from.entry(self.relative(target)).or_default().insert(below.join("::"));
            }
        }
        imports
    }

    fn relative(&self, file: &Path) -> PathBuf {
        file.strip_prefix(&self.source_folder).unwrap().to_owned()
    }

    /// The import cycles, each as lines `file -> file: items`.
    pub(crate) fn cycles(&self) -> Vec<Vec<String>> {
        let imports = self.imports();
        let reachable = |start: &PathBuf| {
            let mut reached = BTreeSet::new();
            let mut open = vec![start];
            while let Some(file) = open.pop() {
                for next in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
                    if reached.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
            reached
        };
        let reached: BTreeMap<_, _> = imports.keys().map(|file| (file.clone(), reachable(file))).collect();
        let are_mutual = |one: &PathBuf, other: &PathBuf| {
            reached[one].contains(other) && reached.get(other).is_some_and(|back| back.contains(one))
        };
        let mut cycles = Vec::new();
        let mut done = BTreeSet::new();
        for file in imports.keys().filter(|file| reached[*file].contains(*file)) {
            if !done.insert(file.clone()) {
                continue;
            }
            let members: Vec<_> = imports.keys().filter(|other| are_mutual(file, other)).collect();
            done.extend(members.iter().map(|member| (*member).clone()));
            let mut lines = Vec::new();
            for from in &members {
                for (to, items) in imports[*from].iter().filter(|(to, _)| members.contains(to)) {
                    let items: Vec<_> = items.iter().map(String::as_str).collect();
                    lines.push(format!("{} -> {}: {}", from.display(), to.display(), items.join(", ")));
                }
            }
            cycles.push(lines);
        }
        cycles
    }
}

/// The code of a file without test modules, test functions and comments.
pub(crate) fn code_without_tests(text: &str) -> String {
    let mut parsed = syn::parse_file(text).unwrap();
    remove_tests(&mut parsed.items);
    // Tokens are separated by spaces.
    parsed.to_token_stream().to_string().replace(" :: ", "::")
}

fn remove_tests(items: &mut Vec<Item>) {
    items.retain(|item| match item {
        Item::Mod(item) => !is_test(&item.attrs),
        Item::Fn(item) => !is_test(&item.attrs),
        Item::Impl(item) => !is_test(&item.attrs),
        Item::Use(item) => !is_test(&item.attrs),
        _ => true,
    });
    for item in items {
        if let Item::Mod(ItemMod { content: Some((_, items)), .. }) = item {
            remove_tests(items);
        }
    }
}

fn child_name(item: &Item) -> Option<String> {
    match item {
        Item::Mod(child) if !is_test(&child.attrs) => Some(child.ident.to_string()),
        _ => None,
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// Flattens a use tree into pairs of a path and the name that it binds.
fn flatten(tree: &UseTree, prefix: &mut ModulePath, names: &mut Vec<(ModulePath, String)>) {
    let extended = |last: String| [prefix.clone(), vec![last]].concat();
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, names);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            names.push((prefix.clone(), prefix.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => names.push((extended(name.ident.to_string()), name.ident.to_string())),
        UseTree::Rename(rename) => {
            names.push((extended(rename.ident.to_string()), rename.rename.to_string()));
        }
        UseTree::Glob(_) => names.push((prefix.clone(), "*".to_owned())),
        UseTree::Group(group) => group.items.iter().for_each(|item| flatten(item, prefix, names)),
    }
}

/// A path from the crate's root; none if it leads to another crate or a local name.
fn absolute(module: &ModulePath, children: &BTreeSet<String>, path: &[String]) -> Option<ModulePath> {
    let ups = path.iter().take_while(|segment| *segment == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module.as_slice(), &path[1..]].concat()),
        "super" => Some([&module[..module.len().checked_sub(ups)?], &path[ups..]].concat()),
        first if children.contains(first) => Some([module.as_slice(), path].concat()),
        _ => None,
    }
}

fn defined_name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Calls `found` with every path of two segments or more, those within macro arguments included.
fn collect_paths(tokens: TokenStream, found: &mut impl FnMut(ModulePath)) {
    let mut path = ModulePath::new();
    let mut colons = 0;
    let end = |path: &mut ModulePath, found: &mut dyn FnMut(ModulePath)| {
        if path.len() > 1 {
            found(std::mem::take(path));
        }
        path.clear();
    };
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    end(&mut path, found);
                }
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Group(group) => {
                end(&mut path, found);
                colons = 0;
                collect_paths(group.stream(), found);
            }
            _ => {
                end(&mut path, found);
                colons = 0;
            }
        }
    }
    end(&mut path, found);
}
