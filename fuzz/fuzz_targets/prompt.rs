#![no_main]
#![allow(dead_code)] // the other targets

#[path = "../../examples/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::prompt(bytes));
