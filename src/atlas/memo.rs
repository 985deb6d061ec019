//! What was worked out once for a picture and holds as long as the picture stands, so that a slider moved asks for little.

use crate::model::{KindId, rules};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// The last answers about kinds of service, by what was asked, as many as there is room for (`[limits] remembered_bytes`).
/// A copy of a picture may be changed before it is asked, so a copy of this begins empty.
#[derive(Default)]
pub struct Memo(Mutex<Vec<Kept>>);

#[derive(Clone)]
struct Kept {
    kind: KindId,
    asked: String,
    by_timetable: bool,
    bytes: usize,
    answer: Arc<dyn Any + Send + Sync>,
}

/// A question about one kind that has the same answer whenever it is asked of the same picture.
pub struct Asked {
    /// The kind whose services the answer follows from.
    pub kind: KindId,
    /// Everything else it follows from, and what of it is told.
    pub words: String,
    /// It follows from timetables too.
    pub by_timetable: bool,
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memo {
    /// The answer to a question, made if it is not remembered. Two that ask first together make it twice.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        asked: Asked,
        bytes: impl FnOnce(&T) -> usize,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        if let Some(known) = self.find(&asked) {
            return known;
        }
        // made outside of the lock: the making uses the worker threads, and one of them may want to remember something itself
        let made = Arc::new(make());
        let bytes = bytes(&made);
        self.keep(Kept { kind: asked.kind, asked: asked.words, by_timetable: asked.by_timetable, bytes, answer: made.clone() });
        made
    }

    /// What still holds where the services of some kinds are others, and perhaps the timetables.
    pub fn without(&self, kinds: &[KindId], timetables: bool) -> Self {
        let gone = |k: &Kept| kinds.contains(&k.kind) || timetables && k.by_timetable;
        Self(Mutex::new(self.lock().iter().filter(|k| !gone(k)).cloned().collect()))
    }

    fn find<T: Any + Send + Sync>(&self, asked: &Asked) -> Option<Arc<T>> {
        let mut kept = self.lock();
        let at = kept.iter().position(|k| k.kind == asked.kind && k.asked == asked.words)?;
        // the last asked for is the last to go
        let found = kept.remove(at);
        let answer = found.answer.clone();
        kept.push(found);
        answer.downcast().ok()
    }

    fn keep(&self, new: Kept) {
        let mut kept = self.lock();
        kept.retain(|k| k.kind != new.kind || k.asked != new.asked);
        kept.push(new);
        let mut over = kept.iter().map(|k| k.bytes).sum::<usize>().saturating_sub(rules().limits.remembered_bytes);
        let going = kept
            .iter()
            .take_while(|k| {
                let goes = over > 0;
                over = over.saturating_sub(k.bytes);
                goes
            })
            .count();
        kept.drain(..going);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn asked(kind: u8, words: &str, by_timetable: bool) -> Asked {
        Asked { kind: KindId(kind), words: words.into(), by_timetable }
    }

    /// Asks, and says whether the answer had to be made.
    fn made(memo: &Memo, asked: Asked, bytes: usize) -> bool {
        let made = Cell::new(false);
        let answer = memo.recall(
            asked,
            |_: &u32| bytes,
            || {
                made.set(true);
                7
            },
        );
        assert_eq!(*answer, 7);
        made.get()
    }

    #[test]
    fn an_answer_is_made_once_and_a_copy_knows_nothing() {
        let memo = Memo::default();
        assert!(made(&memo, asked(1, "a", false), 4));
        assert!(!made(&memo, asked(1, "a", false), 4));
        assert!(made(&memo, asked(2, "a", false), 4));
        assert!(made(&memo.clone(), asked(1, "a", false), 4));
    }

    #[test]
    fn what_was_asked_longest_ago_makes_room() {
        let (memo, most) = (Memo::default(), rules().limits.remembered_bytes);
        assert!(made(&memo, asked(1, "a", false), most / 2));
        assert!(made(&memo, asked(1, "b", false), most / 2));
        assert!(!made(&memo, asked(1, "a", false), most / 2));
        assert!(made(&memo, asked(1, "c", false), most / 2));
        assert!(!made(&memo, asked(1, "a", false), most / 2));
        assert!(made(&memo, asked(1, "b", false), most / 2));
        assert!(made(&memo, asked(1, "larger than all there is", false), most + 1));
        assert!(made(&memo, asked(1, "larger than all there is", false), most + 1));
    }

    #[test]
    fn a_change_forgets_what_follows_from_it() {
        let memo = Memo::default();
        for (kind, by_timetable) in [(1, false), (1, true), (2, false), (2, true)] {
            made(&memo, asked(kind, if by_timetable { "bus" } else { "walk" }, by_timetable), 4);
        }
        let other_services = memo.without(&[KindId(1)], false);
        assert!(made(&other_services, asked(1, "walk", false), 4));
        assert!(!made(&other_services, asked(2, "bus", true), 4));
        let other_lines = memo.without(&[], true);
        assert!(!made(&other_lines, asked(1, "walk", false), 4));
        assert!(made(&other_lines, asked(2, "bus", true), 4));
    }
}
