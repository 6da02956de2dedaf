//! Chromedriver in a process group of its own.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Runs chromedriver in the background. The shell kills its process group when its standard input
/// is closed: by this program, or because this program has ended.
const SCRIPT: &str = "chromedriver --port=0 & exec >&-; read -r _; kill -KILL 0";

/// Chromedriver and the Chromiums that it starts. They are killed on drop.
pub struct Chromedriver {
    /// The shell, which leads the process group.
    leader: Child,
    // Kept open, so that later output doesn't fail.
    stdout: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// Starts chromedriver with its files in this folder, and returns its address.
    pub fn start(home: &Path) -> (Self, String) {
        let mut output = String::new();
        // Chromedriver chooses a port that is free for one version of IP, and exits if another
        // process has that port for the other version. Then it is started again.
        for _ in 0..10 {
            let mut chromedriver = Self::spawn(home);
            let port = chromedriver.stdout.by_ref().lines().find_map(|line| {
                let line = line.ok()?;
                output.push_str(&line);
                output.push('\n');
                let (_, port) = line.split_once("successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            });
            if let Some(port) = port {
                return (chromedriver, format!("http://127.0.0.1:{port}"));
            }
        }
        panic!("chromedriver doesn't start; is it installed? Its output:\n{output}");
    }

    fn spawn(home: &Path) -> Self {
        let mut leader = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("HOME", home)
            .env("TMPDIR", home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let stdout = BufReader::new(leader.stdout.take().unwrap());
        Self { leader, stdout }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        drop(self.leader.stdin.take());
        let _ = self.leader.wait();
    }
}
