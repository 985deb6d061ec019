//! A `kayoi serve` of its own, and a plain client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running server; killed when it is dropped.
pub struct Server {
    pub child: Child,
    pub port: u16,
}

impl Server {
    /// Runs a command that ends in `kayoi serve … --listen 127.0.0.1:0`, and waits until it says where it listens.
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.env("KAYOI_LOG", "kayoi=info").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let port = lines.by_ref().find_map(|l| {
            let l = l.unwrap();
            assert!(!l.contains("postgres://"), "the URL may hold a password: {l}");
            let port = l.split_once("http://127.0.0.1:").and_then(|(_, after)| after.split('/').next()?.parse().ok());
            said.push(l);
            port
        });
        // or it would wait on a full pipe
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.unwrap_or_else(|| panic!("it does not say where it listens: {said:?}")) }
    }

    /// A request; nothing if nobody listens, an error if the connection breaks.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Result<Reply, String>> {
        ask(self.port, method, path, headers, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|l| l.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim())
    }
}

/// A request to a port.
pub fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Result<Reply, String>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    headers.iter().for_each(|(n, v)| text += &format!("{n}: {v}\r\n"));
    let asked = stream.write_all(format!("{text}\r\n{body}").as_bytes());
    let mut answer = String::new();
    let read = asked.and_then(|()| stream.read_to_string(&mut answer));
    Some(match (read, answer.split_once("\r\n\r\n")) {
        (Ok(_), Some((head, body))) => {
            let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
            Ok(Reply { status, head: head.to_owned(), body: body.to_owned() })
        }
        (Ok(_), None) => Err("no answer".into()),
        (Err(e), _) => Err(e.to_string()),
    })
}
