//! Where a list is looked up: by this process at an upstream, or by a server.

use std::fs;

use fetcher::settings::{Setting, TABLE};
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Url};

use crate::cli::{FetchArgs, InvalidSetting, Origin, Origins};

/// The upstream's settings that apply to the connection to a server too.
const CONNECTION: [&str; 3] = ["allow_http", "use_proxy", "ca_file"];

/// Where a list is looked up.
pub(super) enum Target {
    /// By this process, at the upstream of this address.
    Upstream(String),
    /// By a server.
    Server(Server),
}

/// A server and how it is reached.
pub(super) struct Server {
    /// Its path ends in a slash.
    pub(super) base: Url,
    /// The `Authorization` header.
    pub(super) authorization: Option<HeaderValue>,
    /// Whether the proxy of `HTTPS_PROXY` and the like is used.
    pub(super) use_proxy: bool,
    /// Certificates to trust in addition to the system's.
    pub(super) certificates: Vec<Certificate>,
}

/// The arguments don't say where to look up the list.
///
/// No message repeats a token, or an address, since that may hold a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("no upstream is set: name its address with --upstream, or a server with --api")]
    None,
    #[error(
        "--upstream ({0}) and --api ({1}) are both set: a server uses its own upstream. Leave one out, or name one with a flag"
    )]
    Both(Origin, Origin),
    #[error(
        "{0} is for a run in this process; a server (--api) has its own upstream and keeps its own runs. Leave it out"
    )]
    LocalOnly(String),
    #[error(
        "--token, --token-file and the address of --api give different tokens: leave all but one out"
    )]
    TwoTokens,
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
}

impl Target {
    /// Reads the target from the arguments. The stronger source of `--upstream` and `--api` decides.
    pub(super) fn new(args: &FetchArgs, origins: &Origins) -> Result<Self, TargetError> {
        let is_server = match (&args.server.api, args.upstream.url()) {
            (None, None) => return Err(TargetError::None),
            (Some(_), Some(_)) => {
                let (upstream, api) = (origins.of("upstream"), origins.of("api"));
                if upstream.source() == api.source() {
                    return Err(TargetError::Both(upstream, api));
                }
                api.source() > upstream.source()
            }
            (api, _) => api.is_some(),
        };
        match is_server {
            true => Server::new(args, origins).map(Self::Server),
            false => Ok(Self::Upstream(
                args.upstream.url().unwrap_or_default().to_owned(),
            )),
        }
    }
}

impl Server {
    fn new(args: &FetchArgs, origins: &Origins) -> Result<Self, TargetError> {
        let is_shared = |setting: &Setting| CONNECTION.contains(&setting.name);
        let mut flags = TABLE
            .iter()
            .filter(|setting| !is_shared(setting))
            .map(Setting::flag)
            .chain(["resume".to_owned()]);
        if let Some(flag) = flags.find(|flag| origins.is_flag(flag)) {
            return Err(TargetError::LocalOnly(format!("--{flag}")));
        }
        let connection = args.upstream.read(origins, is_shared)?;
        let address = args.server.api.as_deref().unwrap_or_default();
        let (base, in_address) = parse(address, connection.allow_http)
            .map_err(|problem| origins.invalid("api", format!("invalid: {problem}")))?;
        let token = token(args, origins, in_address)?;
        let certificates = connection.trusted_certificates.unwrap_or_default();
        Ok(Self {
            base,
            authorization: token
                .map(|token| bearer(&token).ok_or_else(|| origins.invalid("token", TOKEN_PROBLEM)))
                .transpose()?,
            use_proxy: connection.use_proxy,
            certificates: Certificate::from_pem_bundle(&certificates)
                .map_err(|error| origins.invalid("ca-file", format!("invalid: {error}")))?,
        })
    }
}

const TOKEN_PROBLEM: &str = "invalid: a token takes visible ASCII characters without spaces";

/// Returns the token that the flags give, or else the token of another source.
///
/// The flags are `--token-file`, `--token` and `--api`. If several give a token, it must be the same.
/// Of the other sources, a token in the server's address comes first, then the setting `token`.
fn token(
    args: &FetchArgs,
    origins: &Origins,
    in_address: Option<String>,
) -> Result<Option<String>, TargetError> {
    let if_flag = |flag, token: &Option<String>| token.clone().filter(|_| origins.is_flag(flag));
    let file = match &args.server.token_file {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| {
                let problem = format!("{path:?}: it can't be read: {error}");
                origins.invalid("token-file", problem)
            })?;
            Some(text.trim().to_owned())
        }
        None => None,
    };
    let flags = [
        file,
        if_flag("token", &args.server.token),
        if_flag("api", &in_address),
    ];
    let mut flags = flags.into_iter().flatten();
    match flags.next() {
        Some(token) if flags.all(|other| other == token) => Ok(Some(token)),
        Some(_) => Err(TargetError::TwoTokens),
        None => Ok(in_address.or_else(|| args.server.token.clone())),
    }
}

/// Returns the `Authorization` header of a token, or `None` if no header can hold the token.
fn bearer(token: &str) -> Option<HeaderValue> {
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok();
    let mut value = value.filter(|_| is_token)?;
    value.set_sensitive(true);
    Some(value)
}

/// Parses a server's address and the token in it, as in the address that `serve` prints.
///
/// The error says what is wrong, and repeats only the host of the address.
fn parse(address: &str, allow_http: bool) -> Result<(Url, Option<String>), String> {
    const TAKES: &str = "It takes an address such as https://rollcall.example/";
    let mut url = Url::parse(address).map_err(|error| format!("{error}. {TAKES}"))?;
    match url.scheme() {
        "https" => {}
        "http" if allow_http || url.host().is_some_and(fetcher::is_loopback) => {}
        "http" => {
            return Err(format!(
                "it is plain http to {}, so every number would cross the network unencrypted. Use https, or allow it with --allow-http",
                url.host_str().unwrap_or_default()
            ));
        }
        _ => return Err(format!("its scheme is neither https nor http. {TAKES}")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has a user name or a password, which Rollcall doesn't use".to_owned());
    }
    let mut token = None;
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "token" => token = Some(value.into_owned()),
            _ => return Err(format!("it has a query. {TAKES}")),
        }
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok((url, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_serve_prints_is_accepted() {
        for (address, base, token) in [
            (
                "http://127.0.0.1:8686/?token=abc",
                "http://127.0.0.1:8686/",
                Some("abc"),
            ),
            ("http://[::1]:1", "http://[::1]:1/", None),
            ("https://a.example/x", "https://a.example/x/", None),
            ("http://localhost/#/run", "http://localhost/", None),
        ] {
            let (url, found) = parse(address, false).unwrap();
            assert_eq!((url.as_str(), found.as_deref()), (base, token));
        }
    }

    #[test]
    fn an_invalid_address_is_refused_and_not_repeated() {
        for bad in [
            "127.0.0.1:8686",
            "s3cret",
            "ftp://a.example/",
            "https://me:s3cret@a.example/",
            "https://a.example/?key=s3cret",
        ] {
            let error = parse(bad, false).expect_err(bad);
            assert!(!error.contains("s3cret"));
        }
    }

    #[test]
    fn plain_http_to_another_machine_must_be_allowed() {
        let address = "http://a.example/";
        let error = parse(address, false).unwrap_err();
        assert!(error.contains("--allow-http"), "{error}");
        assert!(parse(address, true).is_ok());
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_refused() {
        assert_eq!(bearer("abc").unwrap(), "Bearer abc");
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(bearer(bad).is_none());
        }
    }
}
