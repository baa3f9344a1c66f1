//! Objects by their number, in chunks of neighbours.
//!
//! Copies share the chunks, and a change copies one chunk. A chunk has room for the objects that it
//! has, so that objects that are removed give their memory back.

use std::sync::Arc;

use imbl::OrdMap;

use crate::account::base::ids::ChunkNumber;

/// The numbers of one chunk have the same bits above these.
const CHUNK_BITS: u32 = 5;
const CHUNK_SIZE: u64 = 1 << CHUNK_BITS;
/// The room that a chunk keeps when objects are removed.
const SPARE: usize = 4;

#[derive(Clone, Debug)]
pub(crate) struct Chunks<T> {
    /// The chunks that are not empty.
    chunks: OrdMap<ChunkNumber, Arc<Chunk<T>>>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Chunk<T> {
    /// A bit for each number that has an object.
    present: u32,
    /// The objects in the order of their numbers.
    objects: Vec<T>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Chunks<T> {
        Chunks { chunks: OrdMap::new(), len: 0 }
    }
}

impl<T: Clone> Chunks<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        let (at, bit) = split(number);
        let chunk = self.chunks.get(&at)?;
        chunk.objects.get(chunk.place(bit)?)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let (at, bit) = split(number);
        let chunk = self.chunks.get_mut(&at)?;
        let place = chunk.place(bit)?;
        Arc::make_mut(chunk).objects.get_mut(place)
    }

    /// Puts an object under a number, which must be free.
    pub(crate) fn insert(&mut self, number: u64, object: T) {
        let (at, bit) = split(number);
        let chunk = Arc::make_mut(self.chunks.entry(at).or_default());
        let place = chunk.before(bit);
        chunk.present |= bit;
        chunk.objects.insert(place, object);
        self.len += 1;
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<T> {
        let (at, bit) = split(number);
        let shared = self.chunks.get_mut(&at)?;
        let place = shared.place(bit)?;
        let chunk = Arc::make_mut(shared);
        chunk.present &= !bit;
        let object = chunk.objects.remove(place);
        if chunk.objects.is_empty() {
            self.chunks.remove(&at);
        } else if chunk.objects.capacity() > chunk.objects.len() + SPARE {
            chunk.objects.shrink_to_fit();
        }
        self.len -= 1;
        Some(object)
    }

    /// Returns the objects with their numbers, in the order of the numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.chunks.iter().flat_map(|(at, chunk)| {
            let bits = (0..CHUNK_SIZE).filter(|bit| chunk.present & (1 << bit) != 0);
            bits.map(|bit| at.0 << CHUNK_BITS | bit).zip(&chunk.objects)
        })
    }
}

impl<T> Default for Chunk<T> {
    fn default() -> Chunk<T> {
        Chunk { present: 0, objects: Vec::new() }
    }
}

impl<T> Chunk<T> {
    fn place(&self, bit: u32) -> Option<usize> {
        (self.present & bit != 0).then(|| self.before(bit))
    }

    /// Returns the number of objects before a bit.
    fn before(&self, bit: u32) -> usize {
        (self.present & (bit - 1)).count_ones() as usize
    }
}

/// Returns the chunk of a number, and the bit of the number there.
fn split(number: u64) -> (ChunkNumber, u32) {
    (ChunkNumber(number >> CHUNK_BITS), 1 << (number % CHUNK_SIZE))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rand::RngExt;

    use crate::account::base::chunks::Chunks;
    use crate::seed::Seed;

    #[test]
    fn chunks_keep_what_a_plain_map_keeps_and_a_copy_stays_as_it_was() {
        let mut random = Seed::new(0).generator();
        let (mut chunks, mut plain) = (Chunks::default(), BTreeMap::new());
        let mut copies = Vec::new();
        for step in 0..5000_u64 {
            let number = random.random_range(0..300) << random.random_range(0..3_u32);
            match random.random_range(0..3) {
                0 => assert_eq!(chunks.remove(number), plain.remove(&number)),
                1 if !plain.contains_key(&number) => {
                    chunks.insert(number, step);
                    plain.insert(number, step);
                }
                _ => assert_eq!(chunks.get_mut(number), plain.get_mut(&number)),
            }
            if let Some(object) = chunks.get_mut(number) {
                *object += 1;
                *plain.get_mut(&number).unwrap() += 1;
            }
            if step % 500 == 0 {
                copies.push((chunks.clone(), plain.clone()));
            }
        }
        copies.push((chunks, plain));
        for (chunks, plain) in copies {
            assert!(chunks.iter().eq(plain.iter().map(|(number, object)| (*number, object))));
            assert_eq!(chunks.len(), plain.len());
            assert!((0..1300).all(|number| chunks.get(number) == plain.get(&number)));
        }
    }

    #[test]
    fn objects_that_are_removed_give_their_memory_back() {
        let mut chunks = Chunks::default();
        (0..64_u64).for_each(|number| chunks.insert(number, number));
        for number in (0..64).filter(|number| number % 8 != 0) {
            chunks.remove(number);
        }
        let room: usize = chunks.chunks.values().map(|chunk| chunk.objects.capacity()).sum();
        assert!(room <= chunks.len() + 2 * super::SPARE, "{room} places for {}", chunks.len());
        assert!((0..8).all(|number| chunks.remove(8 * number) == Some(8 * number)));
        assert!(chunks.chunks.is_empty());
    }
}
