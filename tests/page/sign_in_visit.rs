//! A browser before a page where one signs in, and what a reader does there.

use std::time::Duration;

use serde_json::Value;

use crate::browser::Browser;
use crate::issuer::Issuer;
use crate::sign_in_site::SignInSite;
use crate::support::upstream::Upstream;
use crate::visit::browser_data;

/// Longer than any test.
pub const HOUR: Duration = Duration::from_secs(3_600);
/// The heading of the page of a new list.
pub const COMPOSE: &str = "Look up Social Security Numbers";

/// A browser before a page where one signs in.
pub struct SignInVisit {
    pub browser: Browser,
    pub site: SignInSite,
    pub issuer: Issuer,
}

impl SignInVisit {
    /// Opens both; the page believes that access tokens are good for so long.
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

    /// Signs in as this user, and waits for the page of this heading.
    pub async fn sign_in(&self, user: &str, heading: &str) {
        self.browser.click(&format!("as-{user}")).await;
        self.browser.wait_for_text("heading", heading).await;
        let name = format!("{user}@example.gov");
        self.browser.wait_for_text("user", &name).await;
    }

    /// Starts a run of these numbers; its address.
    pub async fn start(&self, numbers: &[String]) -> String {
        self.browser.type_in("numbers", &numbers.join("\n")).await;
        self.browser.click("start").await;
        let path = self
            .browser
            .wait_for("location.pathname.startsWith('/executions/') && location.pathname")
            .await;
        path.as_str().unwrap().to_owned()
    }

    /// Waits until the page tells this of a sign-in.
    pub async fn wait_for_notice(&self, title: &str) {
        let title = Value::from(title);
        self.browser
            .wait_for(&format!(
                "document.querySelector('main > [data-testid=trouble]')?.innerText.startsWith({title})"
            ))
            .await;
    }

    /// Checks that the page has not left by itself and does not, after so many visits at the issuer.
    /// The worker is asked for something else: what it was asked before, a sign-in too, is done then,
    /// and a page that leaves has noted that by then.
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
            "it leaves"
        );
        assert_eq!(self.issuer.counts().visits, visits, "it left");
    }

    /// Checks that no token and no verifier is in the tab's storage, its addresses or the document.
    pub async fn check_no_secret(&self) {
        let kept = browser_data(&self.browser).await;
        let secrets = self.issuer.secrets();
        assert!(secrets.len() >= 4, "there are tokens and a verifier");
        for secret in secrets {
            assert!(!kept.contains(&secret), "the page keeps {secret}");
        }
        assert_eq!(self.browser.evaluate("sessionStorage.length").await, 0);
        assert_eq!(self.browser.evaluate("location.search").await, "");
    }
}
