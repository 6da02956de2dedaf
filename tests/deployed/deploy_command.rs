//! The deploy command: region, failures, small accounts, and the files of earlier pages.

use std::process::{self, Command, Output};

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions};

use crate::support::aws::{client, setting};
use crate::support::stack::{self, Stack};

const UPSTREAM: [&str; 2] = ["--upstream", "http://127.0.0.1:9/ssn/"];
/// A parameter that CloudFormation accepts, and that fails the deployment.
const WRONG: [&str; 2] = ["--set", "PassesDefinition=none.json"];

/// Runs an xtask command on a stack in the emulator.
async fn xtask(what: &str, stack: &str, arguments: &[&str]) -> Output {
    let mut command = stack::xtask(what, stack);
    match what {
        "deploy" => command.args(["--built", &setting("ZIPS")]),
        _ => command.arg("--yes"),
    };
    command.args(arguments);
    stack::run_command(command).await
}

/// The messages of a command, after a check of its success.
fn messages(output: &Output, succeeds: bool) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), succeeds, "{text}");
    text
}

#[test]
fn the_region_flag_overrides_the_environment() {
    let bucket = |region: &[&str]| {
        let output = Command::new(setting("XTASK"))
            .args(["deploy", "--dry-run"])
            .args(region)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a search path"))
            // Not rustup's `cargo`, which needs more variables.
            .env("CARGO", env!("CARGO"))
            // AWS_REGION and --region override it, as they override a profile's region.
            .env("AWS_DEFAULT_REGION", "us-west-2")
            .env("AWS_REGION", "eu-west-1")
            .output()
            .expect("the command");
        let text = messages(&output, true);
        let name = text.lines().find_map(|line| line.strip_prefix("bucket "));
        name.and_then(|line| line.split(':').next())
            .expect(&text)
            .to_owned()
    };
    assert_eq!(bucket(&[]), "rollcall-code-ACCOUNT-eu-west-1");
    let bucket = bucket(&["--region", "ap-south-1"]);
    assert_eq!(bucket, "rollcall-code-ACCOUNT-ap-south-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_creation_says_why_and_can_be_repeated_or_removed() {
    let stack = format!("rollcall-failing-{}", process::id());
    let failing = [UPSTREAM, WRONG].concat();
    let why = " failed: Passes: ";

    let deployed = messages(&xtask("deploy", &stack, &failing).await, false);
    assert!(deployed.contains(why), "{deployed}");
    let code = deployed
        .lines()
        .find_map(|line| {
            line.strip_prefix("bucket ")?
                .strip_suffix(": created for the code, private, TLS only")
        })
        .expect("the bucket of the code");
    let code = format!("{}/{code}", setting("ENDPOINT"));
    let http = client().build().expect("a client");
    // An unsigned request for an existing bucket gets 403.
    let status = async || http.get(&code).send().await.expect("a response").status();
    assert_eq!(status().await, 403);

    // The first call destroys the stack and its code. The second one finds no stack.
    messages(&xtask("destroy", &stack, &[]).await, true);
    assert_eq!(status().await, 404);
    let again = messages(&xtask("destroy", &stack, &[]).await, true);
    assert!(again.contains("there is no stack"), "{again}");

    // A deployment over a failed one needs all arguments again, and replaces the stack.
    messages(&xtask("deploy", &stack, &failing).await, false);
    let without = messages(&xtask("deploy", &stack, &[]).await, false);
    assert!(without.contains("pass --upstream"), "{without}");
    let many = ["--set", "FetcherConcurrency=10000"];
    let anew = xtask("deploy", &stack, &[UPSTREAM, many].concat()).await;
    let anew = messages(&anew, true);
    assert!(anew.contains("deleted and created again"), "{anew}");
    let warning = "warning: FetcherConcurrency is 10000, but the account runs ";
    assert!(anew.contains(warning), "{anew}");

    // A failed update shows its reason, and leaves the stack unchanged.
    let changed = messages(&xtask("deploy", &stack, &WRONG).await, false);
    assert!(changed.contains(why), "{changed}");
    assert!(
        changed.contains(warning),
        "the warning isn't repeated: {changed}"
    );
    messages(&xtask("deploy", &stack, &[]).await, true);
    messages(&xtask("destroy", &stack, &[]).await, true);
}

/// Puts an earlier page's file, which was replaced at that time.
async fn put(bucket: &AmazonS3, name: &str, replaced: Option<&str>) {
    let mut attributes = Attributes::from_iter([
        (Attribute::ContentType, "text/css; charset=utf-8"),
        (Attribute::ContentEncoding, "br"),
        (
            Attribute::CacheControl,
            "public, max-age=31536000, immutable",
        ),
    ]);
    if let Some(replaced) = replaced {
        attributes.insert(
            Attribute::Metadata("replaced".into()),
            replaced.to_owned().into(),
        );
    }
    bucket
        .put_opts(&name.into(), "p{}".into(), PutOptions::from(attributes))
        .await
        .expect("a put file");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_page_files_are_kept_for_days() {
    let stack = Stack::with_upstream(UPSTREAM[1]).await;
    let bucket = AmazonS3Builder::from_env()
        .with_bucket_name(stack.output("SiteBucketName"))
        .build()
        .expect("the page's bucket");
    let replaced = "style-0000000000000000.css.br";
    let long_ago = "style-1111111111111111.css.br";
    put(&bucket, replaced, None).await;
    put(&bucket, long_ago, Some("2020-01-01T00:00:00+00:00")).await;
    let before = bucket
        .get(&replaced.into())
        .await
        .expect("the earlier file");

    let mark = Attribute::Metadata("replaced".into());
    let mut marked = None;
    // The second deployment keeps the first one's mark.
    for _ in 0..2 {
        messages(&xtask("deploy", stack.name(), &[]).await, true);
        let gone = bucket.head(&long_ago.into()).await;
        assert!(matches!(gone, Err(object_store::Error::NotFound { .. })));
        let mut attributes = bucket
            .get(&replaced.into())
            .await
            .expect("the replaced file")
            .attributes;
        let now = attributes.remove(&mark).expect("a mark");
        assert_eq!(marked.get_or_insert(now.clone()), &now);
        assert_eq!(attributes, before.attributes);
    }
    // The page's current files aren't marked.
    let shell = bucket
        .get(&Path::from("index.html"))
        .await
        .expect("the page");
    assert_eq!(shell.attributes.get(&mark), None);
}
