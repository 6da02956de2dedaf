//! Stacks of `infra/template.yaml` in the emulator, deployed and removed by what `cargo xtask deploy`
//! and `destroy` call.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::emulator::told;
use axum::http::header;
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequest;
use reqwest::{Client, Response};
use serde_json::{Value, json};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");
/// Who may sign in.
pub const USER: &str = "ann@example.gov";

fn python(script: &str) -> Command {
    let mut command = Command::new(told("PYTHON"));
    command.arg(Path::new(REPOSITORY).join("infra").join(script));
    command
}

/// The zips of the Lambdas that were built for the tests.
fn zips() -> &'static Path {
    static ZIPS: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zips");
        std::fs::create_dir_all(&folder).expect("a folder for the zips");
        for (name, bootstrap) in [("api.zip", "API"), ("fetcher.zip", "FETCHER")] {
            let packed = python("pack.py")
                .arg(told(bootstrap))
                .arg(folder.join(name))
                .status();
            assert!(packed.expect("Python").success());
        }
        folder
    });
    &ZIPS
}

/// A stack; dropping it removes it.
pub struct Stack {
    name: String,
    answer: Value,
    client: Client,
}

impl Stack {
    /// Deploys one, with these parameters of the template.
    pub async fn up(parameters: Value) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rollcall-{}-{number}", process::id());
        let request = json!({
            "stack": name,
            "endpoint": told("ENDPOINT"),
            "architecture": match env::consts::ARCH { "aarch64" => "arm64", _ => "x86_64" },
            "parameters": parameters,
            "user": USER,
            "zips": zips(),
        });
        let output = call("deploy", request).await;
        assert!(output.status.success(), "{}", said(&output));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("outputs");
        let address: http::Uri = answer["outputs"]["Address"]
            .as_str()
            .and_then(|address| address.parse().ok())
            .expect("an address");
        let port = address.port_u16().expect("the emulator's port");
        // The address is a subdomain of `localhost`, which a browser knows and this client is told.
        let client = client()
            .resolve(
                address.host().expect("a host"),
                SocketAddr::from(([127, 0, 0, 1], port)),
            )
            .build()
            .expect("a client");
        Self {
            name,
            answer,
            client,
        }
    }

    /// One of the stack's outputs.
    pub fn output(&self, name: &str) -> &str {
        self.answer["outputs"][name].as_str().expect(name)
    }

    /// Asks for something below the page's address, `path` without a first slash.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.output("Address"));
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    /// The access token of the user whom the deployment let in, as a header's value.
    pub async fn token(&self) -> String {
        let password = self.answer["password"].as_str().expect("a password");
        let (pool, client) = (self.output("UserPoolId"), self.output("ClientId"));
        sign_in(pool, client, USER, password).await
    }

    /// The client that knows where the page's address is.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Removes it now; says what was done.
    pub async fn down(&self) -> String {
        let output = call("destroy", self.destroying()).await;
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    }

    fn destroying(&self) -> Value {
        json!({"stack": self.name, "endpoint": told("ENDPOINT"), "yes": true})
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let output = deployer("destroy", &self.destroying()).output();
        assert!(output.is_ok_and(|output| output.status.success()) || std::thread::panicking());
    }
}

/// Lets somebody into a user pool, with a password that will do.
pub async fn let_in(pool: &str, user: &str) -> &'static str {
    const PASSWORD: &str = "Correct-horse-battery-1";
    let mut who = json!({"UserPoolId": pool, "Username": user});
    who["MessageAction"] = "SUPPRESS".into();
    who["TemporaryPassword"] = PASSWORD.into();
    cognito("AdminCreateUser", &who).await;
    let password =
        json!({"UserPoolId": pool, "Username": user, "Password": PASSWORD, "Permanent": true});
    cognito("AdminSetUserPassword", &password).await;
    PASSWORD
}

/// Signs in; the access token as a header's value.
pub async fn sign_in(pool: &str, client: &str, user: &str, password: &str) -> String {
    let asked = json!({
        "UserPoolId": pool,
        "ClientId": client,
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": user, "PASSWORD": password},
    });
    let answer = cognito("AdminInitiateAuth", &asked).await;
    let token = &answer["AuthenticationResult"]["AccessToken"];
    format!("Bearer {}", token.as_str().expect("a token"))
}

/// A call of one of Cognito's actions.
pub async fn cognito(action: &str, body: &Value) -> Value {
    let target = format!("AWSCognitoIdentityProviderService.{action}");
    aws("cognito-idp", &target, body).await
}

/// A call of the deployer, not yet made.
pub fn deployer(what: &str, request: &Value) -> Command {
    let mut command = python("deploy.py");
    command.arg(what).arg(request.to_string());
    command
}

/// Runs the deployer to its end, on a thread that may wait.
async fn call(what: &'static str, request: Value) -> Output {
    tokio::task::spawn_blocking(move || deployer(what, &request).output())
        .await
        .expect("no panic")
        .expect("Python")
}

/// What it said it does.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn client() -> reqwest::ClientBuilder {
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().no_brotli().no_gzip()
}

/// A call of a service's action that takes JSON, signed as the account's owner.
pub async fn aws(service: &str, target: &str, body: &Value) -> Value {
    let var = |name| env::var(name).expect(name);
    let credential = AwsCredential {
        key_id: var("AWS_ACCESS_KEY_ID"),
        secret_key: var("AWS_SECRET_ACCESS_KEY"),
        token: None,
    };
    let mut signed: HttpRequest = http::Request::post(format!("{}/", told("ENDPOINT")))
        .header("x-amz-target", target)
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(body.to_string().into())
        .expect("a request");
    AwsAuthorizer::new(&credential, service, &var("AWS_REGION"))
        .try_authorize(&mut signed, None)
        .expect("a signature");
    let answer = client()
        .build()
        .expect("a client")
        .post(signed.uri().to_string())
        .headers(signed.headers().clone())
        .body(body.to_string())
        .send()
        .await
        .expect("an answer");
    let text = answer.text().await.expect("its body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}
