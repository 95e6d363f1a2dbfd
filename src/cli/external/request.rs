//! One question to another host: `HEAD`, and `GET` where that is not understood; again after a while where the host was busy.
//!
//! In: an address. Out: what it is worth. No body is read, no cookie kept; redirections are followed.

use std::time::Duration;

use ureq::Error;
use ureq::http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use crate::diagnostic::reason;

/// Between the tries.
const AGAIN: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
/// No host is waited for longer, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(10);
const REDIRECTS: u32 = 10;

/// What an address is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It answers.
    Fine,
    /// Its host does not tell programs, or this build cannot ask.
    Unclear(String),
    /// Its host says that there is nothing.
    Bad(String),
    /// Its host cannot be reached.
    Unreached(String),
}

/// Asks, with one set of connections for all threads.
#[derive(Debug)]
pub(super) struct Agent(ureq::Agent);

/// The outcome of one request.
enum Said {
    Status(StatusCode, HeaderMap),
    Failed(Error),
}

impl Agent {
    pub(super) fn new(timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(CONNECT.min(timeout)))
            .user_agent(concat!("biji/", env!("CARGO_PKG_VERSION"), " (checks links)"));
        Self(with_tls(config).build().new_agent())
    }

    /// Asks, several times where that may help.
    pub(super) fn ask(&self, address: &str) -> Answer {
        let Some(wire) = on_the_wire(address) else { return Answer::Unclear("has a host in other letters than ASCII".into()) };
        if !has_tls() && wire.starts_with("https:") {
            return Answer::Unclear("needs TLS, for which this processor is too old or of another kind".into());
        }
        let mut said = self.once(&wire);
        for pause in AGAIN {
            let wait = match &said {
                Said::Status(StatusCode::TOO_MANY_REQUESTS, headers) => retry_after(headers).unwrap_or(pause),
                Said::Status(status, headers) if status.is_server_error() => retry_after(headers).unwrap_or(pause),
                Said::Failed(Error::Io(_) | Error::Timeout(_) | Error::ConnectionFailed | Error::Protocol(_)) => pause,
                _ => break,
            };
            std::thread::sleep(wait.min(LONGEST));
            said = self.once(&wire);
        }
        worth(said)
    }

    /// Many servers answer `HEAD` wrongly: only what it says to be there is believed.
    fn once(&self, address: &str) -> Said {
        match self.0.head(address).call() {
            Ok(response) if response.status().is_success() => return Said::Status(response.status(), HeaderMap::new()),
            Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                return Said::Status(response.status(), response.headers().clone());
            }
            Err(error @ (Error::HostNotFound | Error::Timeout(_) | Error::TooManyRedirects)) => return Said::Failed(error),
            Ok(_) | Err(_) => {}
        }
        match self.0.get(address).header("accept", "text/html,*/*").call() {
            Ok(response) => Said::Status(response.status(), response.headers().clone()),
            Err(error) => Said::Failed(error),
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn worth(said: Said) -> Answer {
    let error = match said {
        Said::Status(status, _) => return worth_of(status),
        Said::Failed(error) => error,
    };
    match error {
        Error::HostNotFound => Answer::Unreached("cannot be reached: there is no such host".into()),
        Error::Timeout(_) => Answer::Unreached("does not answer in time".into()),
        Error::TooManyRedirects => Answer::Bad(format!("leads on more than {REDIRECTS} times")),
        Error::Io(error) => Answer::Unreached(format!("cannot be reached: {}", reason(&error))),
        Error::BadUri(_) | Error::Http(_) => Answer::Bad("is not an address that can be asked".into()),
        other => Answer::Unreached(format!("cannot be reached: {other}")),
    }
}

fn worth_of(status: StatusCode) -> Answer {
    let said = match status.canonical_reason() {
        Some(name) => format!("answers {} {name}", status.as_u16()),
        None => format!("answers {}", status.as_u16()),
    };
    match status.as_u16() {
        200..=399 => Answer::Fine,
        // Whoever must log in, is no browser, asks too often or from the wrong country learns nothing.
        401 | 402 | 403 | 405 | 406 | 407 | 418 | 429 | 451 | 999 => Answer::Unclear(said),
        _ => Answer::Bad(said),
    }
}

/// The address in ASCII: other letters and spaces percent-encoded. `None` when its host is written in other letters.
fn on_the_wire(address: &str) -> Option<String> {
    let start = address.find("//")? + 2;
    let end = address[start..].find(['/', '?']).map_or(address.len(), |at| start + at);
    if !address[..end].is_ascii() {
        return None;
    }
    let mut wire = address[..end].to_owned();
    for byte in address[end..].bytes() {
        let is_plain = byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}');
        if is_plain { wire.push(char::from(byte)) } else { wire.push_str(&format!("%{byte:02X}")) }
    }
    Some(wire)
}

type Builder = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn with_tls(config: Builder) -> Builder {
    if !has_tls() {
        return config;
    }
    let provider = std::sync::Arc::new(rustls_graviola::default_provider());
    let tls = ureq::tls::TlsConfig::builder().provider(ureq::tls::TlsProvider::Rustls).unversioned_rustls_crypto_provider(provider);
    config.tls_config(tls.build())
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn with_tls(config: Builder) -> Builder {
    config
}

/// Whether the processor has what the cryptography is written for; those sold since 2015 or so have.
fn has_tls() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        has!("aes") && has!("ssse3") && has!("avx") && has!("avx2") && has!("adx") && has!("bmi2") && has!("pclmulqdq")
    }
    #[cfg(target_arch = "aarch64")]
    {
        use std::arch::is_aarch64_feature_detected as has;
        has!("neon") && has!("aes") && has!("sha2") && has!("pmull")
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_the_wire() {
        for (address, wire) in [
            ("https://zh.example/wiki/静态 Pod?a=b", Some("https://zh.example/wiki/%E9%9D%99%E6%80%81%20Pod?a=b")),
            ("https://a.example", Some("https://a.example")),
            ("https://a.example/%E9%9D%99", Some("https://a.example/%E9%9D%99")),
            ("https://例.example/", None),
        ] {
            assert_eq!(on_the_wire(address).as_deref(), wire);
        }
    }

    #[test]
    fn statuses() {
        let worth = |status| worth_of(StatusCode::from_u16(status).expect("a status"));
        assert_eq!(worth(200), Answer::Fine);
        assert_eq!(worth(404), Answer::Bad("answers 404 Not Found".into()));
        assert_eq!(worth(410), Answer::Bad("answers 410 Gone".into()));
        assert_eq!(worth(403), Answer::Unclear("answers 403 Forbidden".into()));
        assert_eq!(worth(503), Answer::Bad("answers 503 Service Unavailable".into()));
    }
}
