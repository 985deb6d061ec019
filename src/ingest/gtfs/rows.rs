//! Rows of a GTFS table by column name, read one at a time: stop times run to millions.

use std::collections::HashMap;

/// A table being read.
pub struct Rows<'a> {
    columns: HashMap<String, usize>,
    reader: csv::Reader<&'a [u8]>,
}

/// One row.
pub struct Row<'r> {
    columns: &'r HashMap<String, usize>,
    record: &'r csv::StringRecord,
}

impl Row<'_> {
    /// The trimmed value of a column; empty if there is no such column.
    pub fn get(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|i| self.record.get(*i)).map_or("", str::trim)
    }

    /// The first of several spellings of a column that is there.
    pub fn any(&self, columns: &[&str]) -> &str {
        columns.iter().map(|c| self.get(c)).find(|v| !v.is_empty()).unwrap_or_default()
    }
}

impl<'a> Rows<'a> {
    /// Over decoded text.
    pub fn new(content: &'a str) -> Self {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content.trim_start_matches('\u{feff}').as_bytes());
        let heads = reader.headers().cloned().unwrap_or_default();
        let columns = heads.iter().enumerate().map(|(i, h)| (h.trim().trim_matches('"').to_lowercase(), i)).collect();
        Self { columns, reader }
    }

    /// True if the table has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Calls for every readable row with its line number.
    pub fn each(&mut self, mut f: impl FnMut(usize, &Row)) {
        let mut record = csv::StringRecord::new();
        while let Ok(true) = self.reader.read_record(&mut record) {
            let line = record.position().map_or(0, |p| p.line() as usize);
            if !record.iter().all(|v| v.trim().is_empty()) {
                f(line, &Row { columns: &self.columns, record: &record });
            }
        }
    }
}
