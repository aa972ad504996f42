//! The Arrow C stream of one batch of numbers and repeated words.
//!
//! Structures and ownership are those of the Arrow C data and stream interfaces (arrow.apache.org/docs/format). Every buffer belongs to the table's
//! shared columns or to the private part of its array; a consumer frees an array by its `release`, which drops one share.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

/// A column of a table.
#[derive(Debug)]
pub enum Column {
    Numbers(Vec<f64>),
    /// Words that repeat, by their number.
    Words {
        keys: Vec<i32>,
        words: Vec<String>,
    },
}

type Columns = Arc<Vec<(String, Column)>>;

#[repr(C)]
pub struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *mut c_void,
}

#[repr(C)]
pub struct Array {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private_data: *mut c_void,
}

/// What a capsule named `arrow_array_stream` points to.
#[repr(C)]
pub struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

// SAFETY: the private part is a box of shared, immutable columns and a flag; a consumer calls from one thread at a time, as the interface says.
unsafe impl Send for Stream {}

impl Drop for Stream {
    fn drop(&mut self) {
        // A consumer that has moved the stream out has set `release` to null.
        if let Some(release) = self.release {
            // SAFETY: the stream is whole, and released once.
            unsafe { release(self) };
        }
    }
}

/// Private part of a stream.
struct Source {
    columns: Columns,
    rows: usize,
    given: bool,
}

impl Stream {
    pub fn new(columns: Columns, rows: usize) -> Stream {
        let source = Box::new(Source { columns, rows, given: false });
        Stream {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(last_error),
            release: Some(release_stream),
            private_data: Box::into_raw(source).cast(),
        }
    }
}

unsafe extern "C" fn get_schema(stream: *mut Stream, out: *mut Schema) -> c_int {
    // SAFETY: `private_data` is the box of `Stream::new`; `out` is room for a schema.
    unsafe {
        let source = &*(*stream).private_data.cast::<Source>();
        out.write(schema("+s", "", source.columns.iter().map(|(name, column)| column.schema(name)).collect(), None));
    }
    0
}

unsafe extern "C" fn get_next(stream: *mut Stream, out: *mut Array) -> c_int {
    // SAFETY: as in `get_schema`.
    unsafe {
        let source = &mut *(*stream).private_data.cast::<Source>();
        if source.given {
            out.write(Array::ended());
            return 0;
        }
        source.given = true;
        let children = (0..source.columns.len()).map(|k| column(&source.columns, k)).collect();
        out.write(array(source.rows, vec![null_mut()], children, None, Kept { _columns: Some(source.columns.clone()), ..Kept::default() }));
    }
    0
}

unsafe extern "C" fn last_error(_: *mut Stream) -> *const c_char {
    std::ptr::null()
}

unsafe extern "C" fn release_stream(stream: *mut Stream) {
    // SAFETY: called once; the box is that of `Stream::new`.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Source>()));
        (*stream).release = None;
    }
}

/// Private part of a schema.
struct Named {
    _format: CString,
    _name: CString,
    children: Box<[*mut Schema]>,
    dictionary: *mut Schema,
}

/// A text without the byte that would end it.
fn text(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

fn schema(format: &str, name: &str, children: Vec<Schema>, dictionary: Option<Schema>) -> Schema {
    let mut named = Box::new(Named {
        _format: text(format),
        _name: text(name),
        children: children.into_iter().map(|c| Box::into_raw(Box::new(c))).collect(),
        dictionary: dictionary.map_or(null_mut(), |d| Box::into_raw(Box::new(d))),
    });
    Schema {
        format: named._format.as_ptr(),
        name: named._name.as_ptr(),
        metadata: std::ptr::null(),
        flags: 0,
        n_children: named.children.len() as i64,
        children: named.children.as_mut_ptr(),
        dictionary: named.dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(named).cast(),
    }
}

unsafe extern "C" fn release_schema(this: *mut Schema) {
    // SAFETY: called once; the boxes are those of `schema`. A child that was moved out has no `release` any more.
    unsafe {
        let named = Box::from_raw((*this).private_data.cast::<Named>());
        for child in named.children.iter().copied().chain([named.dictionary]).filter(|c| !c.is_null()) {
            let mut child = Box::from_raw(child);
            if let Some(release) = child.release {
                release(&mut *child);
            }
        }
        (*this).release = None;
    }
}

/// Private part of an array: what its buffers point into.
struct Kept {
    _columns: Option<Columns>,
    offsets: Vec<i32>,
    bytes: Vec<u8>,
    buffers: Box<[*const c_void]>,
    children: Box<[*mut Array]>,
    dictionary: *mut Array,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { _columns: None, offsets: Vec::new(), bytes: Vec::new(), buffers: Box::default(), children: Box::default(), dictionary: null_mut() }
    }
}

impl Array {
    /// What says that a stream has no more.
    fn ended() -> Array {
        Array {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

fn array(length: usize, buffers: Vec<*const c_void>, children: Vec<Array>, dictionary: Option<Array>, kept: Kept) -> Array {
    let mut kept = Box::new(Kept {
        buffers: buffers.into_boxed_slice(),
        children: children.into_iter().map(|c| Box::into_raw(Box::new(c))).collect(),
        dictionary: dictionary.map_or(null_mut(), |d| Box::into_raw(Box::new(d))),
        ..kept
    });
    Array {
        length: length as i64,
        null_count: 0,
        offset: 0,
        n_buffers: kept.buffers.len() as i64,
        n_children: kept.children.len() as i64,
        buffers: kept.buffers.as_mut_ptr(),
        children: kept.children.as_mut_ptr(),
        dictionary: kept.dictionary,
        release: Some(release_array),
        private_data: Box::into_raw(kept).cast(),
    }
}

unsafe extern "C" fn release_array(this: *mut Array) {
    // SAFETY: as in `release_schema`.
    unsafe {
        let kept = Box::from_raw((*this).private_data.cast::<Kept>());
        for child in kept.children.iter().copied().chain([kept.dictionary]).filter(|c| !c.is_null()) {
            let mut child = Box::from_raw(child);
            if let Some(release) = child.release {
                release(&mut *child);
            }
        }
        (*this).release = None;
    }
}

impl Column {
    fn schema(&self, name: &str) -> Schema {
        match self {
            Column::Numbers(_) => schema("g", name, Vec::new(), None),
            Column::Words { .. } => schema("i", name, Vec::new(), Some(schema("u", "", Vec::new(), None))),
        }
    }
}

/// The array of a column; its numbers stay where they are.
fn column(columns: &Columns, k: usize) -> Array {
    let shared = || Kept { _columns: Some(columns.clone()), ..Kept::default() };
    match &columns[k].1 {
        Column::Numbers(values) => array(values.len(), vec![null_mut(), values.as_ptr().cast()], Vec::new(), None, shared()),
        Column::Words { keys, words } => {
            let mut kept = Kept { offsets: vec![0], ..Kept::default() };
            for word in words {
                kept.bytes.extend_from_slice(word.as_bytes());
                kept.offsets.push(kept.bytes.len() as i32);
            }
            let buffers = vec![null_mut(), kept.offsets.as_ptr().cast(), kept.bytes.as_ptr().cast()];
            let dictionary = array(words.len(), buffers, Vec::new(), None, kept);
            array(keys.len(), vec![null_mut(), keys.as_ptr().cast()], Vec::new(), Some(dictionary), shared())
        }
    }
}
