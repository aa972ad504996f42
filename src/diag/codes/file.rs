//! Codes of files (F).

table! {
    "F001", Error, "cannot read a file", "The file does not exist or may not be read.", "", "tasktrade run nowhere.trade", "Check the path.";
    "F002", Error, "cannot import a file", "An imported file does not exist or may not be read.", "Paths of imports are relative to the importing file.", "import \"lib/none.trade\"", "Check the path.";
    "F003", Error, "cannot write a file", "A result could not be written; nothing was left half written.", "", "--out /no/such/folder/F.csv", "Check the folder and its permissions.";
    "F004", Error, "the file is being read", "The result would replace the model file or one that it imports.", "The model would be lost.", "tasktrade sweep m.trade --out m.trade", "Write to another file.";
    "F005", Error, "the answer is lost", "Standard output did not take the answer: the disk is full, or the stream is closed.", "A script that goes on would work with half an answer.", "tasktrade solve m.trade > /dev/full", "Free some space, or write elsewhere.";
    "F010", Error, "not UTF-8", "The file has bytes that are no UTF-8 text.", "Files of the language are UTF-8; the message gives the first offending byte.", "a file saved as Latin-1", "Save it as UTF-8.";
    "F011", Error, "a column that is not there", "A file of data has no column of that head, or several that could be meant.", "Heads are read from the file's first line.", "parameter wage[t in Year] = load \"wages.csv\" column \"wages\"", "Name the column as the file does: `column \"…\"`, `by \"…\"` for those of indices.";
    "F012", Error, "a cell that is wrong", "A value of a file of data is missing, doubled, no number, or of no element of its set; the message gives file, line and column.", "A table that is read half is worse than none.", "1998,n/a in wages.csv", "Mend the file, or the set.";
    "F014", Error, "cannot load data", "A file of data does not exist, may not be read, or is no table with one header.", "Paths are relative to the program's file.", "load \"none.csv\"", "Check the path; save as CSV in UTF-8.";
}
