//! Codes of files (F).

table! {
    "F001", Error, "cannot read a file", "The file does not exist or may not be read.", "", "tasktrade run nowhere.trade", "Check the path.";
    "F002", Error, "cannot import a file", "An imported file does not exist or may not be read.", "Paths of imports are relative to the importing file.", "import \"lib/none.trade\"", "Check the path.";
    "F003", Error, "cannot write a file", "A result could not be written; nothing was left half written.", "", "--out /no/such/folder/F.csv", "Check the folder and its permissions.";
    "F004", Error, "the file is being read", "The result would replace the model file or one that it imports.", "The model would be lost.", "tasktrade sweep m.trade --out m.trade", "Write to another file.";
    "F005", Error, "the answer is lost", "Standard output did not take the answer: the disk is full, or the stream is closed.", "A script that goes on would work with half an answer.", "tasktrade solve m.trade > /dev/full", "Free some space, or write elsewhere.";
    "F010", Error, "not UTF-8", "The file has bytes that are no UTF-8 text.", "Files of the language are UTF-8; the message gives the first offending byte.", "a file saved as Latin-1", "Save it as UTF-8.";
}
