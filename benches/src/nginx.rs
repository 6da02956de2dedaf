//! Runs nginx as the upstream, so that the measurements don't depend on a server of our own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{bail, ensure};

// The paths on Debian.
const NGINX: &str = "/usr/sbin/nginx";
const ECHO: &str = "/usr/lib/nginx/modules/ngx_http_echo_module.so";

/// The configuration of nginx.
///
/// There is no master process, so that killing the child process ends nginx. `LISTEN`, `RECORD` and
/// `ECHO` are placeholders.
const CONFIGURATION: &str = r#"
load_module ECHO;
daemon off; master_process off; worker_processes 1;
pid nginx.pid; error_log stderr error;
events { worker_connections 16000; }
http {
  client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  access_log off; keepalive_requests 1000000; default_type application/json;
  server {
    listen LISTEN backlog=16384;
    location /instant/ { return 200 '{"name":"Ada Example"}'; }
    location /record/ { return 200 'RECORD'; }
    location /slow/ { echo_sleep 0.2; echo '{"name":"Ada Example"}'; }
  }
}
"#;

/// A record of 236 bytes, which is a realistic size.
const RECORD: &str = r#"{"name":"Ada Example","state":"NY","status":"ACTIVE","score":640,"since":"2003-04-05","address":{"street":"12 Long Street","city":"Springfield","zip":"10001"},"notes":"no open matters; last seen in the office in March, papers complete"}"#;

/// A running nginx with one process, which is killed when this is dropped.
pub(crate) struct Nginx {
    process: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Nginx {
    /// Starts nginx with its files in `folder` and waits until it listens.
    #[expect(
        clippy::disallowed_methods,
        reason = "nginx doesn't report when it listens, so it is polled"
    )]
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        ensure!(
            Path::new(NGINX).exists() && Path::new(ECHO).exists(),
            "{NGINX} or {ECHO} is missing: apt install nginx-light libnginx-mod-http-echo"
        );
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let text = CONFIGURATION.replace("LISTEN", &address.to_string());
        let text = text.replace("RECORD", RECORD).replace("ECHO", ECHO);
        fs::write(folder.join("nginx.conf"), text)?;
        let mut command = Command::new(NGINX);
        command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]);
        let process = command.arg(folder).stdin(Stdio::null()).spawn()?;
        let mut nginx = Self {
            process,
            address,
            folder: folder.to_owned(),
        };
        while TcpStream::connect(address).is_err() {
            if let Some(status) = nginx.process.try_wait()? {
                bail!("nginx ended with {status}: see its messages above");
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(nginx)
    }

    /// Returns the upstream URL of a location: `instant`, `record`, or `slow` (after 0.2 s).
    pub(crate) fn url(&self, location: &str) -> String {
        format!("http://{}/{location}/", self.address)
    }

    /// Returns the folder with nginx's files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("nginx may still be running: {error}");
        }
    }
}
