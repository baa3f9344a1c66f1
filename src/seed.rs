//! The only source of randomness: labelled child seeds.
//!
//! A [`Seed`] hashes its parent, a label and a key into 32 fresh bytes. No generator is ever stored.
//! So an extra draw in one place changes no other draw, and an account draws the same bytes in
//! whichever order other accounts make their requests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use rand::rngs::{ChaCha8Rng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 32 bytes from which ids, generators and further seeds are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root of everything, from `--seed`.
    pub fn new(number: u64) -> Seed {
        Seed(Sha256::digest(number.to_be_bytes()).into())
    }

    /// A seed that nobody can guess, from the operating system: for secrets, and for nothing that a
    /// test compares.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn unpredictable() -> Result<Seed, String> {
        let mut bytes = [0; 32];
        let filled = SysRng.try_fill_bytes(&mut bytes);
        filled.map_err(|problem| format!("the system has no random bytes: {problem}"))?;
        Ok(Seed(bytes))
    }

    /// The child for a label and a number, such as `("link", 7)`.
    pub fn numbered(&self, label: &str, number: u64) -> Seed {
        self.named(label, &number.to_be_bytes())
    }

    /// The child for a label and any bytes, such as `("person", curp)`.
    pub fn named(&self, label: &str, key: &[u8]) -> Seed {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update((label.len() as u64).to_be_bytes());
        hash.update(label);
        hash.update(key);
        Seed(hash.finalize().into())
    }

    /// The child for a label alone.
    pub fn child(&self, label: &str) -> Seed {
        self.named(label, &[])
    }

    /// The seed as a version 4 UUID.
    pub fn uuid(&self) -> Uuid {
        let (half, _) = self.0.split_at(16);
        uuid::Builder::from_slice(half)
            .expect("half of 32 bytes is 16")
            .with_version(uuid::Version::Random)
            .with_variant(uuid::Variant::RFC4122)
            .into_uuid()
    }

    /// A generator that starts from this seed.
    pub fn generator(&self) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.0)
    }

    /// The seed that a generator draws next.
    pub fn drawn(generator: &mut ChaCha8Rng) -> Seed {
        let mut bytes = [0; 32];
        generator.fill_bytes(&mut bytes);
        Seed(bytes)
    }

    /// The 32 bytes themselves.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<String> for Seed {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Seed, &'static str> {
        let bytes = URL_SAFE.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Seed).ok_or("expected 32 bytes in base64")
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> String {
        URL_SAFE.encode(seed.0)
    }
}
