//! The standard library and the examples: files of the language, embedded in the binary.

use std::path::{Component, Path};

/// Name and text of every library file.
pub const FILES: &[(&str, &str)] = &[
    ("preferences", include_str!("../../stdlib/preferences.trade")),
    ("schedules", include_str!("../../stdlib/schedules.trade")),
    ("technologies", include_str!("../../stdlib/technologies.trade")),
];

/// The text of a library file by its name.
pub fn find(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// Name and bytes of every file of `examples/`.
pub const EXAMPLES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The folder that the examples are read from where there is no such folder.
pub const EXAMPLES_FOLDER: &str = "examples";

/// The bytes of an example by the path `examples/NAME`.
pub fn example(path: &Path) -> Option<&'static [u8]> {
    let mut parts = path.components().filter(|c| *c != Component::CurDir);
    let (folder, name) = (parts.next()?, parts.next()?);
    if parts.next().is_some() || folder.as_os_str() != EXAMPLES_FOLDER {
        return None;
    }
    EXAMPLES.iter().find(|(n, _)| name.as_os_str() == *n).map(|(_, bytes)| *bytes)
}
