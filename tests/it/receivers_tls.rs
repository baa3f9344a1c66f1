//! Receivers with TLS, and certificates of one's own.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::delivery::{logged, read_request, serve};
use crate::process::{Server, command, run};
use crate::receivers::attempted;

/// A receiver with a certificate, which accepts each webhook.
struct SecureHook {
    url: String,
    folder: TempDir,
}

/// The parameters of a certificate for these names.
fn names(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn authority(names: &[&str]) -> CertificateParams {
    let mut params = self::names(names);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn expired(mut params: CertificateParams) -> CertificateParams {
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    params
}

impl SecureHook {
    /// With a certificate that is signed by itself, which the file `own.pem` has.
    fn signed_by_itself(host: &str, params: CertificateParams) -> SecureHook {
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let hook = SecureHook::new(host, vec![certificate.der().clone()], &key);
        fs::write(hook.file("own.pem"), certificate.pem()).unwrap();
        hook
    }

    /// With a certificate of an authority that is in the file `ca.pem`.
    fn of_an_authority(host: &str, params: CertificateParams) -> SecureHook {
        let mut of_authority = authority(&[]);
        of_authority.distinguished_name.push(rcgen::DnType::CommonName, "my authority");
        let authority = CertifiedIssuer::self_signed(of_authority, KeyPair::generate().unwrap());
        let authority = authority.unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let hook = SecureHook::new(host, vec![certificate.der().clone()], &key);
        fs::write(hook.file("ca.pem"), authority.pem()).unwrap();
        hook
    }

    fn new(
        host: &str,
        chain: Vec<rustls::pki_types::CertificateDer<'static>>,
        key: &KeyPair,
    ) -> SecureHook {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let tls = Arc::new(tls);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = rustls::ServerConnection::new(tls.clone()).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
                if stream.conn.complete_io(&mut stream.sock).is_ok() {
                    read_request(&mut stream);
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    stream.write_all(answer).unwrap();
                }
            }
        });
        SecureHook {
            url: format!("https://{host}:{port}/hooks"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The state of a webhook to this receiver, and the receiver's answer.
    #[track_caller]
    fn attempt(&self, flags: &[&str]) -> (String, Value) {
        let server = serve(&[&self.url], &[&["--webhook-retries", "0"], flags].concat());
        attempted(&server)
    }

    #[track_caller]
    fn accepts(&self, flags: &[&str]) {
        let (state, answer) = self.attempt(flags);
        assert_eq!(state, "delivered", "{answer}");
    }

    /// Both the reason and the hint have these words.
    #[track_caller]
    fn is_not_trusted(&self, flags: &[&str], error: &str, hint: &[&str]) {
        let (state, answer) = self.attempt(flags);
        assert_eq!((&*state, &answer["status"]), ("failed", &Value::Null));
        assert!(answer["error"].as_str().unwrap().contains(error), "{answer}");
        for words in hint {
            assert!(answer["hint"].as_str().unwrap().contains(words), "{answer}");
        }
    }
}

const BOTH: &[&str] = &["--webhook-ca FILE", "--webhook-insecure"];

#[test]
fn a_certificate_of_ones_own_authority_is_trusted_with_its_file() {
    for host in ["localhost", "127.0.0.1"] {
        let hook = SecureHook::of_an_authority(host, names(&["localhost", "127.0.0.1"]));
        hook.is_not_trusted(&[], "signed by an authority that is not known", BOTH);
        hook.accepts(&["--webhook-ca", hook.file("ca.pem").to_str().unwrap()]);
    }
}

/// `openssl req -x509` makes a certificate that is an authority's, and ASP.NET one that is none.
#[test]
fn a_certificate_that_is_signed_by_itself_is_trusted_with_its_file() {
    let params: [fn(&[&str]) -> CertificateParams; 2] = [authority, names];
    for (params, reason) in params.into_iter().zip(["signed by itself", "is not known"]) {
        let hook = SecureHook::signed_by_itself("localhost", params(&["localhost"]));
        let other = SecureHook::signed_by_itself("localhost", params(&["localhost"]));
        hook.is_not_trusted(&[], reason, BOTH);
        hook.accepts(&["--webhook-ca", hook.file("own.pem").to_str().unwrap()]);
        let (state, answer) =
            hook.attempt(&["--webhook-ca", other.file("own.pem").to_str().unwrap()]);
        assert_eq!(state, "failed", "{answer}");
    }
}

#[test]
fn a_certificate_that_is_trusted_must_be_for_the_name_and_the_time() {
    let hook = SecureHook::signed_by_itself("localhost", authority(&["a.test", "b.test"]));
    let own = hook.file("own.pem");
    let flags = ["--webhook-ca", own.to_str().unwrap()];
    hook.is_not_trusted(&flags, "is not for localhost, but for a.test, b.test", &["--webhook-url"]);
    let hook = SecureHook::of_an_authority("localhost", names(&[]));
    let ca = hook.file("ca.pem");
    let flags = ["--webhook-ca", ca.to_str().unwrap()];
    hook.is_not_trusted(&flags, "not for localhost, but for no name at all", &["alternative name"]);
    for params in [expired(authority(&["localhost"])), expired(names(&["localhost"]))] {
        let hook = SecureHook::signed_by_itself("localhost", params);
        let own = hook.file("own.pem");
        let flags = ["--webhook-ca", own.to_str().unwrap()];
        hook.is_not_trusted(&flags, "has expired", &["make a new certificate"]);
    }
}

#[test]
fn without_verification_any_certificate_does_and_the_log_says_so_once() {
    for params in [expired(authority(&["other.test"])), names(&["localhost"])] {
        let hook = SecureHook::signed_by_itself("localhost", params);
        let flags = ["--webhook-retries", "0", "--webhook-insecure"];
        let server = serve(&[&hook.url], &flags);
        let (state, answer) = attempted(&server);
        assert_eq!(state, "delivered", "{answer}");
        let said = server.log().matches("--webhook-insecure").count();
        assert_eq!(said, 1, "{}", server.log());
    }
}

/// Starts with variables of OpenSSL.
fn with(variables: &[(&str, &PathBuf)], url: &str) -> Server {
    let flags = ["--port", "0", "--webhook-delay", "0s", "--webhook-url", url];
    let mut command: Command = command(&flags);
    command.args(["--webhook-retries", "0"]).envs(variables.iter().copied());
    Server::spawn(command)
}

#[test]
fn the_variables_of_openssl_add_certificates_and_a_bad_one_is_said() {
    let hook = SecureHook::of_an_authority("localhost", names(&["localhost"]));
    let folder = hook.folder.path().to_path_buf();
    for variable in [("SSL_CERT_FILE", &hook.file("ca.pem")), ("SSL_CERT_DIR", &folder)] {
        let (state, answer) = attempted(&with(&[variable], &hook.url));
        assert_eq!(state, "delivered", "{variable:?}: {answer}");
    }
    let absent = hook.file("absent");
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let server = with(&[(name, &absent)], &hook.url);
        logged(&server, &["WARN", name, absent.to_str().unwrap()]);
        assert_eq!(attempted(&server).0, "failed");
    }
}

#[test]
fn certificates_of_the_environment_count_for_a_receiver_that_is_set_later() {
    let hook = SecureHook::of_an_authority("localhost", names(&["localhost"]));
    for (file, expected) in [("ca.pem", "delivered"), ("absent", "failed")] {
        let flags = ["--port", "0", "--webhook-delay", "0s", "--webhook-retries", "0"];
        let mut command: Command = command(&flags);
        command.env("SSL_CERT_FILE", hook.file(file));
        let server = Server::spawn(command);
        let endpoint = json!({"url": hook.url});
        let answer = server.request("PUT", "/_emulator/webhooks/endpoint", Some(&endpoint));
        assert_eq!(answer.0, 200, "{}", answer.1);
        let (state, answer) = attempted(&server);
        assert_eq!(state, expected, "{answer}");
        let is_said = server.log().contains("SSL_CERT_FILE is ignored");
        assert_eq!(is_said, file == "absent", "{}", server.log());
    }
}

/// `/dev/zero` has no end.
#[test]
fn a_file_of_certificates_is_read_up_to_its_limit() {
    let finished = run(&["serve", "--port", "0", "--webhook-ca", "/dev/zero"]);
    assert_eq!(finished.code, 2);
    let sentence = "cannot read /dev/zero: it is larger than 4MiB";
    assert!(finished.stderr.contains(sentence), "{}", finished.stderr);
}

#[test]
fn a_file_of_certificates_is_read_as_windows_leaves_it() {
    let hook = SecureHook::of_an_authority("localhost", names(&["localhost"]));
    let text = fs::read_to_string(hook.file("ca.pem")).unwrap().replace('\n', "\r\n");
    let marked = format!("\u{feff}{text}");
    let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [marked.as_bytes(), &wide] {
        fs::write(hook.file("ca.pem"), bytes).unwrap();
        hook.accepts(&["--webhook-ca", hook.file("ca.pem").to_str().unwrap()]);
    }
}

#[test]
fn tls_to_a_receiver_without_it_and_the_other_way_round_have_a_hint() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", plain.local_addr().unwrap());
    thread::spawn(move || {
        for stream in plain.incoming() {
            stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    let (_, answer) = attempted(&serve(&[&url], &["--webhook-retries", "0"]));
    assert_eq!(answer["error"], "the receiver does not speak TLS");
    assert!(answer["hint"].as_str().unwrap().starts_with("write http:// instead"), "{answer}");

    let hook = SecureHook::signed_by_itself("localhost", names(&["localhost"]));
    let url = hook.url.replace("https://", "http://");
    let (_, answer) = attempted(&serve(&[&url], &["--webhook-retries", "0"]));
    assert!(answer["hint"].as_str().unwrap().contains("write https://"), "{answer}");
}
