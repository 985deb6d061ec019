//! Compiled files: named, aligned sections of plain numbers, mapped into memory instead of being read.

use bytemuck::Pod;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"KAYOIFL1";
const ALIGN: usize = 64;
const NAME: usize = 24;

/// Why a compiled file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FlatError {
    /// The file cannot be read.
    #[error("コンパイル済みファイルを読めません: {0}")]
    Io(#[from] std::io::Error),
    /// The file is damaged or from another version.
    #[error("コンパイル済みファイルが壊れているか、別の版のものです: {0}")]
    Damaged(&'static str),
}

enum Memory {
    Mapped(memmap2::Mmap),
    Owned(Vec<u64>),
}

impl Memory {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(m) => m,
            Self::Owned(v) => bytemuck::cast_slice(v),
        }
    }
}

/// A compiled file.
#[derive(Clone)]
pub struct Flat {
    memory: Arc<Memory>,
    sections: Arc<HashMap<String, Range<usize>>>,
}

impl Flat {
    /// Maps a file.
    ///
    /// # Errors
    /// If it cannot be read or is not a compiled file of this version.
    #[allow(unsafe_code)]
    pub fn open(path: &Path) -> Result<Self, FlatError> {
        let file = std::fs::File::open(path)?;
        // SAFETY: compiled files are written under a temporary name, renamed into place and never changed afterwards.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Self::of(Memory::Mapped(map))
    }

    /// From bytes in memory.
    ///
    /// # Errors
    /// If they are not a compiled file of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FlatError> {
        let mut words = vec![0u64; bytes.len().div_ceil(8)];
        bytemuck::cast_slice_mut::<u64, u8>(&mut words)[..bytes.len()].copy_from_slice(bytes);
        Self::of(Memory::Owned(words))
    }

    fn of(memory: Memory) -> Result<Self, FlatError> {
        let bytes = memory.bytes();
        let damaged = || FlatError::Damaged("見出し");
        if bytes.get(..8) != Some(MAGIC) {
            return Err(damaged());
        }
        let number = |at: usize| -> Result<usize, FlatError> {
            let raw = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).ok_or_else(damaged)?;
            usize::try_from(u64::from_le_bytes(raw)).map_err(|_| damaged())
        };
        let mut sections = HashMap::new();
        for i in 0..number(8)? {
            let at = 16 + i * (NAME + 16);
            let name = bytes.get(at..at + NAME).ok_or_else(damaged)?;
            let name = std::str::from_utf8(name).map_err(|_| damaged())?.trim_end_matches('\0').to_owned();
            let (start, len) = (number(at + NAME)?, number(at + NAME + 8)?);
            let end = start.checked_add(len).filter(|&e| e <= bytes.len()).ok_or(FlatError::Damaged("途中で切れています"))?;
            sections.insert(name, start..end);
        }
        Ok(Self { memory: Arc::new(memory), sections: Arc::new(sections) })
    }

    /// A section as numbers.
    ///
    /// # Errors
    /// If the section is missing or its length does not fit the type.
    pub fn slice<T: Pod>(&self, name: &'static str) -> Result<&[T], FlatError> {
        let range = self.sections.get(name).ok_or(FlatError::Damaged(name))?.clone();
        bytemuck::try_cast_slice(&self.memory.bytes()[range]).map_err(|_| FlatError::Damaged(name))
    }
}

/// Writes a compiled file section by section.
#[derive(Default)]
pub struct FlatWriter {
    sections: Vec<(String, Vec<u8>)>,
}

impl FlatWriter {
    /// Adds a section.
    pub fn add<T: Pod>(&mut self, name: &str, numbers: &[T]) -> &mut Self {
        self.sections.push((name.to_owned(), bytemuck::cast_slice(numbers).to_vec()));
        self
    }

    /// The whole file.
    pub fn finish(self) -> Vec<u8> {
        let table = 16 + self.sections.len() * (NAME + 16);
        let mut at = table.next_multiple_of(ALIGN);
        let mut head = Vec::with_capacity(at);
        head.extend(MAGIC);
        head.extend((self.sections.len() as u64).to_le_bytes());
        for (name, bytes) in &self.sections {
            let mut padded = [0u8; NAME];
            padded[..name.len()].copy_from_slice(name.as_bytes());
            head.extend(padded);
            head.extend((at as u64).to_le_bytes());
            head.extend((bytes.len() as u64).to_le_bytes());
            at = (at + bytes.len()).next_multiple_of(ALIGN);
        }
        let mut file = head;
        for (_, bytes) in self.sections {
            file.resize(file.len().next_multiple_of(ALIGN), 0);
            file.extend(bytes);
        }
        file
    }
}

/// Hex SHA-256 of some parts: the name of a compiled file.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut h = Sha256::new();
    parts.iter().for_each(|p| h.update(p));
    h.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Writes a file so that a crash leaves either the old one or the new one.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&temporary, bytes)?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_and_a_cut_file_is_refused() {
        let mut w = FlatWriter::default();
        w.add("a", &[1u32, 2, 3]).add("pairs", &[[1i32, -1], [2, -2]]);
        let bytes = w.finish();
        let flat = Flat::from_bytes(&bytes).unwrap();
        assert_eq!(flat.slice::<u32>("a").unwrap(), &[1, 2, 3]);
        assert_eq!(flat.slice::<[i32; 2]>("pairs").unwrap()[1], [2, -2]);
        assert!(flat.slice::<u32>("b").is_err());
        assert!(Flat::from_bytes(&bytes[..bytes.len() - 9]).is_err());
        assert!(Flat::from_bytes(b"KAYOI").is_err());
    }
}
