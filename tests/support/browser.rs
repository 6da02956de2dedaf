//! A headless Chromium, driven by WebDriver.

mod chromedriver;
mod devtools;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use tokio::time::MissedTickBehavior;

use crate::support::wait::LIMIT;

use chromedriver::Chromedriver;
pub use devtools::{VIEWPORTS, Viewport};

/// Time between two polls.
const INTERVAL: Duration = Duration::from_millis(50);

const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    // Two pages of the address bar: their renderers take longer to start than all else.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--window-size=1280,900",
];

/// A browser. Dropping it without [`Browser::close`], which checks its console, panics.
pub struct Browser {
    driver: Option<WebDriver>,
    expected: Mutex<Vec<&'static str>>,
    _chromedriver: Chromedriver,
    home: TempDir,
}

impl Browser {
    /// Starts a browser with an empty profile.
    pub async fn open() -> Self {
        let home = TempDir::new().unwrap();
        let (chromedriver, address) = Chromedriver::start(home.path());
        let mut chromium = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            chromium.add_arg(argument).unwrap();
        }
        let profile = home.path().join("profile");
        chromium
            .add_arg(&format!("--user-data-dir={}", profile.display()))
            .unwrap();
        chromium
            .set_browser_log_level(LoggingPrefsLogLevel::All)
            .unwrap();
        // The client needs a TLS provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(LIMIT)
            .build()
            .unwrap();
        let driver = WebDriver::builder(address, chromium)
            .client(client)
            .await
            .expect("Chromium starts");
        let limited = driver.set_script_timeout(LIMIT).await;
        limited.expect("a time limit for scripts");
        Self {
            driver: Some(driver),
            expected: Mutex::default(),
            _chromedriver: chromedriver,
            home,
        }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is open")
    }

    /// Opens an address.
    pub async fn goto(&self, address: &str) {
        self.driver().goto(address).await.expect("the page opens");
    }

    /// Resizes the window, in pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let resized = self.driver().set_window_rect(0, 0, width, height).await;
        resized.expect("the window takes a size");
    }

    /// Reloads the page.
    pub async fn reload(&self) {
        self.driver().refresh().await.expect("the page reloads");
    }

    /// The address in the address bar.
    pub async fn address(&self) -> String {
        self.driver().current_url().await.unwrap().into()
    }

    /// Evaluates a JavaScript expression; a promise is awaited.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let value = self.try_evaluate(expression).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_evaluate(&self, expression: &str) -> WebDriverResult<Value> {
        let script = format!("return ({expression})");
        let result = self.driver().execute(script, Vec::new()).await?;
        Ok(result.json().clone())
    }

    /// Evaluates a JavaScript expression until its value is truthy, and returns that value.
    ///
    /// An error counts as false: an element may be missing, or the browser may leave the page.
    pub async fn wait_for(&self, expression: &str) -> Value {
        let began = Instant::now();
        let mut polls = tokio::time::interval(INTERVAL);
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            polls.tick().await;
            let result = self.try_evaluate(expression).await;
            if let Ok(value) = &result {
                let is_falsy = matches!(value, Value::Null | Value::Bool(false))
                    || *value == 0
                    || *value == "";
                if !is_falsy {
                    return value.clone();
                }
            }
            if began.elapsed() > LIMIT {
                self.screenshot("timed-out").await;
                let shown = self.evaluate("document.body.innerText").await;
                panic!("not true in time: {expression}: {result:?}\nthe page shows: {shown}");
            }
        }
    }

    /// Waits for the element with this test id, and returns its text.
    pub async fn text(&self, id: &str) -> String {
        // In one call: the element may be replaced between two.
        let found = self
            .wait_for(&format!(
                "(found => found && {{text: found.innerText.trim()}})(document.querySelector('[data-testid=\"{id}\"]'))"
            ))
            .await;
        found["text"].as_str().unwrap().to_owned()
    }

    /// Waits until the element with this test id shows this text.
    pub async fn wait_for_text(&self, id: &str, text: &str) {
        let wanted = Value::from(text);
        self.wait_for(&format!(
            "document.querySelector('[data-testid=\"{id}\"]')?.innerText.trim() === {wanted}"
        ))
        .await;
    }

    /// Whether an element with this test id is in the document and visible.
    pub async fn is_visible(&self, id: &str) -> bool {
        let found =
            format!("document.querySelector('[data-testid=\"{id}\"]')?.checkVisibility() === true");
        self.evaluate(&found).await == true
    }

    /// Waits until no element with this test id is visible.
    pub async fn wait_until_hidden(&self, id: &str) {
        let element = format!("document.querySelector('[data-testid=\"{id}\"]')");
        self.wait_for(&format!("!{element}?.checkVisibility()"))
            .await;
    }

    /// Clicks the element with this test id, once it can be clicked.
    pub async fn click(&self, id: &str) {
        let clicked = self.until_done(async || {
            let query = self.driver().query(By::Testid(id)).wait(LIMIT, INTERVAL);
            query.and_clickable().first().await?.click().await
        });
        let clicked = clicked.await;
        clicked.unwrap_or_else(|error| panic!("{id} can't be clicked: {error}"));
    }

    /// Types into the element with this test id; in a file field, a path selects that file.
    pub async fn type_in(&self, id: &str, text: &str) {
        let typed = self.until_done(async || self.element(id).await.send_keys(text).await);
        let typed = typed.await;
        typed.unwrap_or_else(|error| panic!("can't type into {id}: {error}"));
    }

    /// Repeats an action while it fails because the page is changing.
    async fn until_done(
        &self,
        action: impl AsyncFn() -> WebDriverResult<()>,
    ) -> WebDriverResult<()> {
        let began = Instant::now();
        let mut polls = tokio::time::interval(INTERVAL);
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            polls.tick().await;
            match action().await {
                Err(error) if is_repeatable(&error) && began.elapsed() < LIMIT => {}
                result => return result,
            }
        }
    }

    /// Selects an option of the select with this test id by its text.
    pub async fn select_option(&self, id: &str, text: &str) {
        let option = format!("//*[@data-testid='{id}']/option[text()='{text}']");
        let query = self.driver().query(By::XPath(option)).wait(LIMIT, INTERVAL);
        query.first().await.unwrap().click().await.unwrap();
    }

    /// Selects a file with this content in the file field with this test id.
    pub async fn upload(&self, id: &str, name: &str, content: &[u8]) {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        self.type_in(id, path.to_str().unwrap()).await;
    }

    async fn element(&self, id: &str) -> WebElement {
        let query = self.driver().query(By::Testid(id)).wait(LIMIT, INTERVAL);
        let found = query.first().await;
        found.unwrap_or_else(|error| panic!("there is no {id}: {error}"))
    }

    /// Saves a screenshot as `target/screenshots/NAME.png`.
    pub async fn screenshot(&self, name: &str) {
        let folder = screenshot_folder();
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        self.driver().screenshot(&path).await.unwrap();
    }

    /// Permits console messages with these words, because the test causes them.
    pub fn expect_in_console(&self, words: &'static str) {
        self.expected.lock().unwrap().push(words);
    }

    /// Checks that the console has no error or warning, and ends the browser.
    ///
    /// A violation of the content security policy is such an error.
    pub async fn close(mut self) {
        let driver = self.driver.take().expect("it is open");
        let log = driver.browser_log().await.expect("the console");
        let expected = self.expected.lock().unwrap().clone();
        let unexpected: Vec<_> = log
            .into_iter()
            .filter(|entry| matches!(entry.level.as_str(), "SEVERE" | "WARNING"))
            .filter(|entry| !expected.iter().any(|words| entry.message.contains(words)))
            // Chromium warns where a slow machine uses a preloaded file late.
            .filter(|entry| !entry.message.contains("was preloaded using link preload"))
            .map(|entry| entry.message)
            .collect();
        driver.quit().await.expect("Chromium ends");
        assert!(unexpected.is_empty(), "the console says {unexpected:#?}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Quitting could hang, so the browser is killed with its process group.
            let _ = driver.leak();
            assert!(
                thread::panicking(),
                "the console wasn't checked: call `Browser::close`"
            );
        }
    }
}

/// Whether an action failed before it did anything: its element was replaced, covered or hidden.
fn is_repeatable(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::StaleElementReference(_)
            | WebDriverErrorInner::ElementClickIntercepted(_)
            | WebDriverErrorInner::ElementNotInteractable(_)
    )
}

fn screenshot_folder() -> PathBuf {
    let tests = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tests.parent().unwrap().join("screenshots")
}
