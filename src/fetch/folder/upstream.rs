//! Which upstream a run asks, so that no other goes on with it.

use fetcher::{Fetcher, UpstreamSettings};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The upstream that is to be asked. Its query and headers may be secrets.
pub(in crate::fetch) struct Upstream {
    /// Scheme, host and path.
    place: String,
    query: String,
    headers: Vec<u8>,
}

/// The same as a folder keeps it: its query and headers can be compared, and not be read.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    place: String,
    /// Random, of this folder alone, so that a guess can't be looked up in a table.
    key: String,
    query: String,
    headers: String,
}

impl Upstream {
    /// That of these settings, which a fetcher has taken.
    pub(in crate::fetch) fn of(settings: &UpstreamSettings, fetcher: &Fetcher) -> Self {
        let url = Url::parse(&settings.url).ok();
        let url = url.as_ref();
        let (host, path) = fetcher.upstream();
        let mut sorted: Vec<_> = settings.headers.iter().collect();
        sorted.sort_by_key(|(name, _)| name.as_str());
        // A name or password in the address is sent as a header.
        let user = url.map_or("", Url::username);
        let password = url.and_then(Url::password).unwrap_or_default();
        let mut headers = format!("{user}:{password}\n").into_bytes();
        for (name, value) in sorted {
            headers.extend([name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat());
        }
        Self {
            place: format!("{}://{host}{path}", url.map_or("", Url::scheme)),
            query: url.and_then(Url::query).unwrap_or_default().to_owned(),
            headers,
        }
    }

    pub(super) fn kept(&self) -> Kept {
        self.kept_by(format!("{:032x}", rand::random::<u128>()))
    }

    fn kept_by(&self, key: String) -> Kept {
        let hash = |what: &[u8]| {
            let hash = Sha256::new().chain_update(&key).chain_update(what);
            format!("{:x}", hash.finalize())
        };
        Kept {
            place: self.place.clone(),
            query: hash(self.query.as_bytes()),
            headers: hash(&self.headers),
            key,
        }
    }
}

impl Kept {
    /// What the wanted upstream differs in.
    pub(super) fn differences(&self, wanted: &Upstream) -> Vec<String> {
        let place = &wanted.place;
        let there = wanted.kept_by(self.key.clone());
        let mut differs = Vec::new();
        if self.place != there.place {
            differs.push(format!("it asks {}, not {place}", self.place));
        }
        if self.query != there.query {
            differs.push("the query of its upstream's address is another".to_owned());
        }
        if self.headers != there.headers {
            differs.push(
                "the headers it sends are others (with --new-headers it goes on with these)"
                    .to_owned(),
            );
        }
        differs
    }

    /// Takes these headers for its own.
    pub(super) fn take_headers(&mut self, wanted: &Upstream) {
        self.headers = wanted.kept_by(self.key.clone()).headers;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use store::Store;

    fn upstream(url: &str, headers: &[(&'static str, &'static str)]) -> Upstream {
        let mut settings = UpstreamSettings::new(url);
        settings.allow_http = true;
        let headers = headers.iter().map(|(name, value)| {
            let (name, value) = (name.parse().unwrap(), value.parse().unwrap());
            (name, value)
        });
        settings.headers = HeaderMap::from_iter(headers);
        let fetcher = Fetcher::new(Store::in_memory(), settings.clone()).unwrap();
        Upstream::of(&settings, &fetcher)
    }

    #[test]
    fn whatever_decides_who_answers_is_told_apart_and_nothing_else() {
        let kept = upstream("https://a.example/x?t=1", &[("x-a", "1"), ("x-b", "2")]).kept();
        let headers = &[("x-b", "2"), ("x-a", "1")][..];
        let same = upstream("https://a.example/x/?t=1", headers);
        assert!(kept.differences(&same).is_empty());
        for (url, headers, named) in [
            ("http://a.example/x?t=1", headers, "it asks https://a.ex"),
            (
                "https://a.example:1/x?t=1",
                headers,
                "not https://a.example:1",
            ),
            (
                "https://a.example/y?t=1",
                headers,
                "not https://a.example/y/",
            ),
            ("https://a.example/x", headers, "the query"),
            ("https://u:p@a.example/x?t=1", headers, "the headers"),
            ("https://a.example/x?t=1", &headers[1..], "the headers"),
        ] {
            let told = kept.differences(&upstream(url, headers));
            assert!(
                matches!(&told[..], [told] if told.contains(named)),
                "{told:?}"
            );
        }
    }
}
