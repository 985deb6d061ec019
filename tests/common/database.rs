//! A real PostgreSQL for the tests, started once for each test program and stopped when that ends.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder its socket is in.
fn server() -> &'static PathBuf {
    static SERVER: OnceLock<PathBuf> = OnceLock::new();
    SERVER.get_or_init(|| {
        let dir = tempfile::Builder::new().prefix("kayoi-pg").tempdir().unwrap().keep();
        // PostgreSQL refuses to run as root
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let bin = newest_bin();
        let (data, log) = (dir.join("data"), dir.join("log"));
        let script = format!(
            "set -e; cd /; {bin}/initdb -D {data} -U kayoi -A trust -E UTF8 --locale=C.UTF-8 >{log} 2>&1\n\
             {bin}/postgres -D {data} -k {dir} -h '' -c fsync=off -c max_connections=200 >>{log} 2>&1 & P=$!\n\
             cat >/dev/null; kill -INT $P; wait $P || true; rm -rf {dir}",
            bin = bin.display(),
            data = data.display(),
            dir = dir.display(),
            log = log.display()
        );
        let mut command = if is_root {
            assert!(Command::new("chown").args(["postgres"]).arg(&dir).status().unwrap().success());
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--", "sh", "-c", &script]);
            c
        } else {
            let mut c = Command::new("sh");
            c.args(["-c", &script]);
            c
        };
        // its own group: a Ctrl-C of the tests reaches it through the pipe, after they are done
        let mut child = command.stdin(Stdio::piped()).process_group(0).spawn().expect("make test installs PostgreSQL");
        // open until this program ends, however it ends
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(b"\n").unwrap();
        std::mem::forget(pipe);
        std::thread::spawn(move || child.wait());
        for _ in 0..600 {
            let ready = Command::new(bin.join("pg_isready")).args(["-q", "-h"]).arg(&dir).status();
            if ready.is_ok_and(|s| s.success()) {
                return dir;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("PostgreSQL did not start: {}", std::fs::read_to_string(log).unwrap_or_default());
    })
}

fn newest_bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("make test installs PostgreSQL");
    let mut bins: Vec<PathBuf> = versions.map(|v| v.unwrap().path().join("bin")).filter(|b| b.join("initdb").exists()).collect();
    bins.sort();
    bins.pop().expect("make test installs PostgreSQL")
}

/// The URL of a new, empty database.
pub fn url() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (dir, name) = (server(), format!("kayoi{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let statement = format!("CREATE DATABASE {name}");
    let mut psql = Command::new("psql");
    psql.args(["-q", "-U", "kayoi", "-d", "postgres", "-c", &statement, "-h"]).arg(dir);
    assert!(psql.status().unwrap().success());
    format!("postgres://kayoi@localhost/{name}?host={}", dir.display())
}
