//! Signs and verifies tokens: `jsonwebtoken` with HS512 by ring. The backends of `jsonwebtoken`
//! bring RSA and curves along; ring is in the binary for TLS already, and HMAC is enough.
//!
//! Nothing here checks the times of a token. The caller compares them with the account's time.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn sign(claims: &impl Serialize, key: &[u8]) -> String {
    use_ring();
    encode(&Header::new(Algorithm::HS512), claims, &EncodingKey::from_secret(key))
        .expect("any key signs any claims")
}

/// Returns the claims of a token that was signed with this key.
pub(super) fn verify<T: DeserializeOwned>(token: &str, key: &[u8]) -> Option<T> {
    use_ring();
    let mut validation = Validation::new(Algorithm::HS512);
    // This check would read the system's time.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    Some(decode(token, &DecodingKey::from_secret(key), &validation).ok()?.claims)
}

/// Returns the claims of a token without checking its signature.
pub(super) fn read_unverified<T: DeserializeOwned>(token: &str) -> Option<T> {
    insecure_decode_claims(token).ok()
}

/// Installs ring for the whole process. If another provider was installed before, its HS512 gives
/// the same bytes.
fn use_ring() {
    let _already_chosen = RING.install_default();
}

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs512::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| {
        Ok(Box::new(Hs512::new(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs512(hmac::Key);

impl Hs512 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Hs512, Error> {
        match algorithm {
            Algorithm::HS512 => Ok(Hs512(hmac::Key::new(hmac::HMAC_SHA512, key))),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    }
}

impl Signer<Vec<u8>> for Hs512 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs512 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, tag).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs512 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS512
    }
}

impl JwtVerifier for Hs512 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS512
    }
}
