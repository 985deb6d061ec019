//! The residents' list under load: a running server asked a thousand times a second from as many places, open loop, so that a request
//! that waits counts its waiting. Beside it the same number of requests for a file that is only sent, as the floor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PER_SECOND: usize = 1_000;
const SECONDS: usize = 10;
const HANDS: usize = 32;

struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn serve(binary: &str, data: &str) -> Server {
    let mut command = Command::new(binary);
    command.args(["serve", "--data", data, "--listen", "127.0.0.1:0"]).env("KAYOI_LOG", "kayoi=info");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|l| l.split_once("127.0.0.1:")?.1.split('/').next()?.parse().ok());
    std::thread::spawn(move || lines.for_each(drop));
    Server { child, port: port.expect("it says where it listens") }
}

/// One request on a connection kept open; gives the status and the bytes of the body as they travel.
fn ask(stream: &mut BufReader<TcpStream>, path: &str) -> (u16, usize) {
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
    stream.get_mut().write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        let lower = line.to_ascii_lowercase();
        if let Some(n) = lower.strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        chunked |= lower.starts_with("transfer-encoding: chunked");
        if line == "\r\n" {
            break;
        }
    }
    let mut body = Vec::new();
    if !chunked {
        body.resize(length, 0);
        stream.read_exact(&mut body).unwrap();
        return (status, length);
    }
    let mut all = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        let n = usize::from_str_radix(line.trim(), 16).unwrap();
        body.resize(n + 2, 0);
        stream.read_exact(&mut body).unwrap();
        all += n;
        if n == 0 {
            return (status, all);
        }
    }
}

struct Seen {
    micros: Vec<u64>,
    largest: usize,
    failed: usize,
}

/// Asks for paths at an even pace; each answer's time runs from when it should have been asked for.
fn load(port: u16, paths: &Arc<Vec<String>>) -> Seen {
    let seen = Arc::new(Mutex::new(Seen { micros: Vec::new(), largest: 0, failed: 0 }));
    let start = Instant::now() + Duration::from_millis(200);
    let hands: Vec<_> = (0..HANDS)
        .map(|hand| {
            let (paths, seen) = (paths.clone(), seen.clone());
            std::thread::spawn(move || {
                let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut stream = BufReader::new(stream);
                let mut own = Seen { micros: Vec::new(), largest: 0, failed: 0 };
                for n in (hand..PER_SECOND * SECONDS).step_by(HANDS) {
                    let due = start + Duration::from_micros((n * 1_000_000 / PER_SECOND) as u64);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let (status, bytes) = ask(&mut stream, &paths[n % paths.len()]);
                    own.micros.push(due.elapsed().as_micros() as u64);
                    own.largest = own.largest.max(bytes);
                    own.failed += usize::from(status != 200);
                }
                let mut all = seen.lock().unwrap();
                all.micros.extend(own.micros);
                all.largest = all.largest.max(own.largest);
                all.failed += own.failed;
            })
        })
        .collect();
    hands.into_iter().for_each(|h| h.join().unwrap());
    let mut seen = Arc::into_inner(seen).unwrap().into_inner().unwrap();
    seen.micros.sort_unstable();
    seen
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [binary, data] = arguments.as_slice() else {
        println!("pages BINARY DATA");
        return;
    };
    let server = serve(binary, data);
    // people live where services stand: a fixed sequence of places around them, none asked for twice
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    let query = "GET /api/export/services.geojson?kind=clinic,salon,shop,pharmacy HTTP/1.0\r\nHost: localhost\r\n\r\n";
    stream.get_mut().write_all(query.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let points = text.split("\"coordinates\":[").skip(1).filter_map(|t| t.split(']').next());
    let points: Vec<[f64; 2]> = points
        .filter_map(|t| {
            let mut v = t.split(',').filter_map(|v| v.parse().ok());
            Some([v.next()?, v.next()?])
        })
        .collect();
    let mut seed = 1u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / f64::from(1u32 << 31)
    };
    let place = |n: usize| {
        let [lon, lat] = points[n * 7 % points.len()];
        format!("/list?at={:.4},{:.4}&want=doctor", lon + (random() - 0.5) * 0.01, lat + (random() - 0.5) * 0.01)
    };
    let lists = Arc::new((0..PER_SECOND * SECONDS).map(place).collect::<Vec<_>>());
    let floor = Arc::new(vec!["/icon.svg".to_owned()]);
    let (list, file) = (load(server.port, &lists), load(server.port, &floor));
    let at = |s: &Seen, part: f64| s.micros[((s.micros.len() - 1) as f64 * part) as usize] as f64 / 1000.0;
    println!("residents' list at {PER_SECOND} requests a second, {SECONDS} s, from as many places as requests");
    for (name, s) in [("list", &list), ("a file of the same server", &file)] {
        println!(
            "  {name:26} p50 {:7.2} ms   p99 {:7.2} ms   most {:7.2} ms   largest answer {:6} bytes (gzip)   failed {}",
            at(s, 0.5),
            at(s, 0.99),
            at(s, 1.0),
            s.largest,
            s.failed
        );
    }
    println!("  ratio of the medians: {:.1}", at(&list, 0.5) / at(&file, 0.5).max(0.001));
}
