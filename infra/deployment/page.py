"""The page: its files, how each is served, and the settings of its sign-in."""

import json
import re
import secrets
import sys
from datetime import datetime, timedelta, timezone

from .buckets import erase, listed
from .stack import ROOT, Failure

PAGE = ROOT / "target/page"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "json": "application/json",
}
# A file whose name holds a hash of its content never changes; the others are asked for each time.
HASHED = re.compile(r"-[0-9a-f]{16}\.[a-z]+$")
# Whoever has an older page open may still ask for its files.
KEEP_OLD_FILES = timedelta(days=7)


def page_files():
    """Each file with how it is served: the shell last, so that what it refers to is there before it."""
    if not PAGE.exists():
        return []
    paths = [path for path in PAGE.iterdir() if path.name != "index.html.br"]
    return sorted(paths, key=lambda path: (not HASHED.search(path.name.removesuffix(".br")), path.name))


def served(name):
    plain = name.removesuffix(".br")
    extension = plain.rsplit(".", 1)[-1]
    if extension not in TYPES:
        raise Failure(f"target/page/{name} is of no known type: infra/deployment/page.py lists them")
    headers = {
        "ContentType": TYPES[extension],
        "CacheControl": "public, max-age=31536000, immutable" if HASHED.search(plain) else "no-cache",
    }
    return headers | ({"ContentEncoding": "br"} if name.endswith(".br") else {})


def upload_page(stack, outputs):
    bucket = outputs["SiteBucketName"]
    files = page_files()
    if not files:
        if not stack.dry:
            raise Failure("target/page is missing: it is built by `cargo xtask page`")
        print("target/page: not built yet", file=sys.stderr)

    def put(name, body):
        headers = served(name)
        text = f"{name} to {bucket}: {', '.join(headers.values())}"
        stack.step(text, lambda: stack.client("s3").put_object(Bucket=bucket, Key=name, Body=body, **headers))

    # Before the shell, which asks for it.
    put("config.json", json.dumps(config(outputs), indent=1).encode())
    for path in files:
        put(path.name, shell(path) if path.name == "index.html" else path.read_bytes())
    names = [path.name for path in files] + ["config.json"]
    stack.step(
        f"files of earlier pages: erased {KEEP_OLD_FILES.days} days after they were replaced",
        lambda: retire(stack, bucket, names),
    )
    stack.step(
        f"distribution {outputs['DistributionId']}: /index.html and /config.json are asked for anew",
        lambda: stack.client("cloudfront").create_invalidation(
            DistributionId=outputs["DistributionId"],
            InvalidationBatch={
                "CallerReference": secrets.token_hex(8),
                "Paths": {"Quantity": 2, "Items": ["/index.html", "/config.json"]},
            },
        ),
    )


def retire(stack, bucket, names):
    """Erases what the page had before, some days after it was replaced. When that was is marked on a file by the
    first deployment without it, since S3 knows only when it was uploaded."""
    s3 = stack.client("s3")
    # Of one form and one zone, so that their order is that of the texts.
    now = datetime.now(timezone.utc)
    mark, limit = (moment.isoformat(timespec="seconds") for moment in (now, now - KEEP_OLD_FILES))
    for keys in listed(stack, bucket, names):
        gone = []
        for key in keys:
            head = s3.head_object(Bucket=bucket, Key=key)
            replaced = head["Metadata"].get("replaced")
            if replaced is None:
                s3.copy_object(
                    Bucket=bucket,
                    Key=key,
                    CopySource={"Bucket": bucket, "Key": key},
                    MetadataDirective="REPLACE",
                    Metadata={"replaced": mark},
                    **{name: head[name] for name in ("ContentType", "ContentEncoding", "CacheControl") if name in head},
                )
            elif replaced < limit:
                gone.append(key)
        erase(stack, bucket, gone)


def shell(path):
    """The page's shell, marked: one signs in here. On one machine nothing is asked for that isn't there."""
    marked = path.read_text().replace("<body", '<body data-sign-in=""', 1)
    if "data-sign-in" not in marked:
        raise Failure(f"{path} has no body: it is built by `cargo xtask page`")
    return marked.encode()


def config(outputs):
    """How the page signs in: OpenID Connect's names, and Cognito's own way out."""
    sign_in = outputs["SignIn"]
    return {
        "issuer": outputs["Issuer"],
        "clientId": outputs["ClientId"],
        "scope": "openid email",
        "authorizationEndpoint": f"{sign_in}/oauth2/authorize",
        "tokenEndpoint": f"{sign_in}/oauth2/token",
        "revocationEndpoint": f"{sign_in}/oauth2/revoke",
        "logoutEndpoint": f"{sign_in}/logout",
    }
