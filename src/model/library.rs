//! The standard library: files of the language, embedded in the binary.

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
