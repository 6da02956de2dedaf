//! A visit to the page with sign-in: actions and checks.

use std::time::Duration;

use serde_json::Value;

use crate::browser::Browser;
use crate::issuer::Issuer;
use crate::sign_in_site::SignInSite;
use crate::support::upstream::Upstream;
use crate::visit::browser_data;

/// A token's life that outlasts any test.
pub const HOUR: Duration = Duration::from_secs(3_600);
/// The heading of the page for a new list.
pub const COMPOSE: &str = "Look up Social Security Numbers";

/// A browser at a page with sign-in.
pub struct SignInVisit {
    pub browser: Browser,
    pub site: SignInSite,
    pub issuer: Issuer,
}

impl SignInVisit {
    /// Starts site, issuer and browser; access tokens have this life.
    pub async fn new(upstream: &Upstream, life: Duration) -> Self {
        let issuer = Issuer::new(life).await;
        let (browser, site) = tokio::join!(Browser::open(), SignInSite::new(upstream, &issuer));
        Self {
            browser,
            site,
            issuer,
        }
    }

    /// Opens an address of the page, such as `/history`.
    pub async fn goto(&self, path: &str) {
        self.browser.goto(&self.site.at(path)).await;
    }

    /// Signs in as this user, and waits for the page with this heading.
    pub async fn sign_in(&self, user: &str, heading: &str) {
        self.browser.click(&format!("as-{user}")).await;
        self.browser.wait_for_text("heading", heading).await;
        let name = format!("{user}@example.gov");
        self.browser.wait_for_text("user", &name).await;
    }

    /// Starts a run of these numbers, and returns its path.
    pub async fn start(&self, numbers: &[String]) -> String {
        self.browser.type_in("numbers", &numbers.join("\n")).await;
        self.browser.click("start").await;
        let path = self
            .browser
            .wait_for("location.pathname.startsWith('/executions/') && location.pathname")
            .await;
        path.as_str().unwrap().to_owned()
    }

    /// Waits for the page's notice that starts with this title.
    pub async fn wait_for_notice(&self, title: &str) {
        let title = Value::from(title);
        self.browser
            .wait_for(&format!(
                "document.querySelector('main > [data-testid=trouble]')?.innerText.startsWith({title})"
            ))
            .await;
    }

    /// Checks that the page doesn't redirect to the issuer by itself, and that it had this many visits.
    ///
    /// The worker handles calls in order. So once it has read a list, any sign-in that was requested
    /// before has begun, and its state is in the session storage.
    pub async fn check_no_redirect(&self, visits: u32) {
        let browser = &self.browser;
        browser.click("nav-new").await;
        browser.type_in("numbers", "\n123-45-6789").await;
        browser
            .wait_for("document.querySelector('[data-testid=report-numbers]')?.checkVisibility()")
            .await;
        assert_eq!(
            browser.evaluate("sessionStorage.length").await,
            0,
            "a sign-in has begun"
        );
        assert_eq!(self.issuer.counts().visits, visits, "the page redirected");
    }

    /// Checks that no token and no verifier is in the storage, an address or the document.
    pub async fn check_no_secret(&self) {
        let data = browser_data(&self.browser).await;
        let secrets = self.issuer.secrets();
        assert!(secrets.len() >= 4, "tokens or the verifier are missing");
        for secret in secrets {
            assert!(!data.contains(&secret), "the page stores {secret}");
        }
        assert_eq!(self.browser.evaluate("sessionStorage.length").await, 0);
        assert_eq!(self.browser.evaluate("location.search").await, "");
    }
}
