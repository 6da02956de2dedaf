//! Who looks the list up: this process, at an upstream, or a server.

use std::path::{Path, PathBuf};
use std::{fs, io};

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::cli::FetchArgs;

/// Who looks the list up.
pub(super) enum Target {
    /// This process, at the upstream of this address.
    Upstream(String),
    /// A server.
    Server(Server),
}

/// A server, and what lets one in.
pub(super) struct Server {
    /// Its path ends in a slash.
    pub(super) base: Url,
    /// The `Authorization` header.
    pub(super) authorization: Option<HeaderValue>,
}

/// Who is to look the list up isn't clear. No message repeats a token or an address, which may
/// hold one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error(
        "there is nobody to ask: name the upstream's address with --upstream, or a server with --api"
    )]
    None,
    #[error("--upstream and --api are both given: a server asks its own upstream; leave one out")]
    Both,
    #[error("ROLLCALL_UPSTREAM and ROLLCALL_API are both set: say which with --upstream or --api")]
    BothVariables,
    #[error(
        "{0} is for an upstream that this process asks; a server (--api) has its own settings: leave it out"
    )]
    ForUpstream(String),
    #[error(
        "--resume keeps a run of this process; a server (--api) keeps its own: leave one of them out"
    )]
    Resume,
    #[error("the address of --api is no good: {0}; it takes one such as https://rollcall.example/")]
    Address(String),
    #[error(
        "the address of --api is plain http to {0}, so every number would cross the network unencrypted: use https, or allow it with --allow-http"
    )]
    PlainHttp(String),
    #[error(
        "--token, --token-file and the address of --api don't give the same token: leave all but one out"
    )]
    TwoTokens,
    #[error(
        "ROLLCALL_TOKEN is for the server of ROLLCALL_API, and --api names another: give that one's token with --token or --token-file"
    )]
    OtherServers,
    #[error("the file of --token-file, {0}, can't be read: {1}")]
    TokenFile(PathBuf, io::Error),
    #[error("the server's token is no good: it takes visible ASCII characters without spaces")]
    Token,
}

impl Target {
    /// A flag outdoes a variable, and a variable a settings file.
    pub(super) fn of(args: &FetchArgs) -> Result<Self, TargetError> {
        let given = &args.given;
        let api = args.server.api.as_deref();
        match (api, args.url.as_deref()) {
            (None, None) => Err(TargetError::None),
            (None, Some(url)) => Ok(Self::Upstream(url.to_owned())),
            (Some(_), Some(_)) if given.by_flag("api") && given.by_flag("url") => {
                Err(TargetError::Both)
            }
            (Some(_), Some(url)) if given.by_flag("url") => Ok(Self::Upstream(url.to_owned())),
            (Some(_), Some(_)) if !given.by_flag("api") && given.is("url") => {
                Err(TargetError::BothVariables)
            }
            (Some(api), _) => Server::of(args, api).map(Self::Server),
        }
    }
}

impl Server {
    fn of(args: &FetchArgs, address: &str) -> Result<Self, TargetError> {
        if let Some(flag) = args.given.for_upstream.first() {
            return Err(TargetError::ForUpstream(flag.clone()));
        }
        if args.resume.is_some() {
            return Err(TargetError::Resume);
        }
        let (base, in_address) = read(address, args.given.reach.allow_http)?;
        let token = token(args, &base, in_address)?;
        Ok(Self {
            base,
            authorization: token.as_deref().map(bearer).transpose()?,
        })
    }
}

/// The token of the flags and of an address outdoes the variable's, which may be another server's,
/// and surely is where the variables name another.
fn token(
    args: &FetchArgs,
    base: &Url,
    in_address: Option<String>,
) -> Result<Option<String>, TargetError> {
    let by_flag = |id, token: &Option<String>| token.clone().filter(|_| args.given.by_flag(id));
    let file = args
        .server
        .token_file
        .as_deref()
        .map(token_in)
        .transpose()?;
    let given = [
        file,
        by_flag("token", &args.server.token),
        by_flag("api", &in_address),
    ];
    let mut given = given.into_iter().flatten();
    match given.next() {
        Some(token) if given.all(|other| other == token) => Ok(Some(token)),
        Some(_) => Err(TargetError::TwoTokens),
        None if in_address.is_some() => Ok(in_address),
        None if args.given.by_flag("api") && args.server.token.is_some() => {
            let other = std::env::var("ROLLCALL_API").ok();
            let other = other.and_then(|address| Url::parse(&address).ok());
            match other.is_some_and(|other| other.origin() != base.origin()) {
                true => Err(TargetError::OtherServers),
                false => Ok(args.server.token.clone()),
            }
        }
        None => Ok(args.server.token.clone()),
    }
}

fn token_in(path: &Path) -> Result<String, TargetError> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| TargetError::TokenFile(path.to_owned(), error))?;
    Ok(text.trim().to_owned())
}

fn bearer(token: &str) -> Result<HeaderValue, TargetError> {
    let is_good = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok();
    let mut value = value.filter(|_| is_good).ok_or(TargetError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The server's address, and the token that stands in it as `serve` prints it.
fn read(address: &str, allow_http: bool) -> Result<(Url, Option<String>), TargetError> {
    let bad = |why: &str| TargetError::Address(why.to_owned());
    let mut url = Url::parse(address).map_err(|error| bad(&error.to_string()))?;
    match url.scheme() {
        "https" => {}
        "http" if allow_http || url.host().is_some_and(fetcher::is_loopback) => {}
        "http" => {
            let host = url.host_str().unwrap_or_default();
            return Err(TargetError::PlainHttp(host.to_owned()));
        }
        _ => return Err(bad("its scheme is neither https nor http")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            "it holds a name or a password, which no Rollcall takes",
        ));
    }
    let mut token = None;
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "token" => token = Some(value.into_owned()),
            _ => return Err(bad("it has a query")),
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
    fn the_address_that_serve_prints_is_good_as_it_is() {
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
            let (url, found) = read(address, false).unwrap();
            assert_eq!((url.as_str(), found.as_deref()), (base, token));
        }
    }

    #[test]
    fn an_address_that_is_no_good_is_refused_and_nothing_of_it_told() {
        for bad in [
            "127.0.0.1:8686",
            "s3cret",
            "ftp://a.example/",
            "https://me:s3cret@a.example/",
            "https://a.example/?key=s3cret",
        ] {
            let error = read(bad, false).unwrap_err();
            assert!(matches!(error, TargetError::Address(_)), "{bad}");
            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn plain_http_beyond_this_machine_needs_to_be_allowed() {
        let address = "http://a.example/";
        assert!(matches!(
            read(address, false),
            Err(TargetError::PlainHttp(_))
        ));
        assert!(read(address, true).is_ok());
    }

    #[test]
    fn a_token_that_is_no_header_is_refused() {
        assert_eq!(bearer("abc").unwrap(), "Bearer abc");
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(bearer(bad).is_err());
        }
    }
}
