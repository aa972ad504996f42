//! The standard library: files of the language, embedded in the binary.

/// Name and text of every library file.
pub const FILES: &[(&str, &str)] = &[];

/// The text of a library file by its name.
pub fn find(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
