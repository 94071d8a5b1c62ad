// Opens sockets in several ways, and says which function asked for which.
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

// What signals need of libc, which the standard library does not offer.
#[repr(C)]
struct SignalSet([u64; 16]);
extern "C" {
    fn sigemptyset(set: *mut SignalSet) -> i32;
    fn sigaddset(set: *mut SignalSet, signal: i32) -> i32;
    fn pthread_sigmask(how: i32, set: *const SignalSet, old: *mut SignalSet) -> i32;
    fn sigwait(set: *const SignalSet, signal: *mut i32) -> i32;
}
const SIG_BLOCK: i32 = 0;
const SIGUSR1: i32 = 10;

static KEPT: Mutex<Vec<(&str, TcpStream)>> = Mutex::new(Vec::new());

fn keep(site: &'static str, stream: TcpStream) {
    KEPT.lock().unwrap().push((site, stream));
}

#[inline(never)]
fn leak_in_main(port: u16) {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    keep("tracee::leak_in_main", stream);
}

#[inline(never)]
fn leak_in_thread(port: u16) {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    keep("tracee::leak_in_thread", stream);
}

#[inline(never)]
fn leak_with_timeout(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
    keep("tracee::leak_with_timeout", stream);
}

#[inline(never)]
fn leak_a_copy(port: u16) {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    keep("tracee::leak_a_copy", stream.try_clone().unwrap());
}

#[inline(never)]
fn leak_generic<Place: Into<Ipv4Addr>>(place: Place, port: u16) {
    let stream = TcpStream::connect((place.into(), port)).unwrap();
    keep("tracee::leak_generic", stream);
}

fn leak_in_closure() -> Box<dyn Fn(u16) + Send> {
    let mut path = String::from("/");
    black_box(&mut path);
    Box::new(move |port| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        ask(&mut stream, &path);
        keep("tracee::leak_in_closure", stream);
    })
}

mod pool {
    pub struct Pool {
        pub size: usize,
    }

    impl Pool {
        #[inline(never)]
        pub fn leak_in_method(&mut self, port: u16) {
            let stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            self.size += 1;
            super::keep("tracee::pool::Pool::leak_in_method", stream);
        }
    }
}

trait Asks {
    fn port(&self) -> u16;

    #[inline(never)]
    fn leak_in_trait(&self) {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        keep("tracee::Asks::leak_in_trait", stream);
    }
}

impl Asks for u16 {
    fn port(&self) -> u16 {
        *self
    }
}

fn ask(stream: &mut TcpStream, path: &str) {
    let mut answer = [0; 4096];
    write!(stream, "GET {path} HTTP/1.1\r\nHost: tracee\r\n\r\n").unwrap();
    let count = stream.read(&mut answer).unwrap();
    assert!(count > 0);
}

#[inline(never)]
fn healthy(port: u16) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    for _ in 0..500 {
        ask(&mut stream, "/");
        std::thread::sleep(Duration::from_millis(1));
    }
    keep("tracee::healthy", stream);
}

#[inline(never)]
fn churn(port: u16) {
    drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
}

// Three layers between who starts it and who asks; what follows each call keeps its frame.
#[inline(never)]
fn layer1(ask: &mut dyn FnMut(u16), port: u16) {
    layer2(ask, port);
    black_box(1);
}
#[inline(never)]
fn layer2(ask: &mut dyn FnMut(u16), port: u16) {
    layer3(ask, port);
    black_box(2);
}
#[inline(never)]
fn layer3(ask: &mut dyn FnMut(u16), port: u16) {
    ask(port);
    black_box(3);
}

fn repeat(times: usize, pause: u64, port: u16, mut ask: impl FnMut(u16)) {
    for _ in 0..times {
        layer1(&mut ask, port);
        std::thread::sleep(Duration::from_millis(pause));
    }
}

fn main() {
    let port: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut begin = SignalSet([0; 16]);
    let mut signal = 0;
    unsafe {
        sigemptyset(&mut begin);
        sigaddset(&mut begin, SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &begin, std::ptr::null_mut());
        println!("ready");
        sigwait(&begin, &mut signal);
    }
    std::thread::scope(|threads| {
        threads.spawn(|| repeat(40, 10, port, leak_in_thread));
        threads.spawn(|| repeat(40, 10, port, leak_with_timeout));
        threads.spawn(|| repeat(40, 10, port, leak_a_copy));
        threads.spawn(|| repeat(40, 10, port, |port| leak_generic([127, 0, 0, 1], port)));
        threads.spawn(|| repeat(40, 10, port, leak_in_closure()));
        threads.spawn(|| {
            let mut pool = pool::Pool { size: 0 };
            repeat(40, 10, port, |port| pool.leak_in_method(port));
        });
        threads.spawn(|| repeat(40, 10, port, |port| port.leak_in_trait()));
        threads.spawn(|| repeat(200, 2, port, churn));
        for _ in 0..4 {
            threads.spawn(|| repeat(1, 0, port, healthy));
        }
        repeat(40, 10, port, leak_in_main);
    });
    for (site, stream) in KEPT.lock().unwrap().iter() {
        println!("{site} {}", stream.local_addr().unwrap().port());
    }
    println!("done");
    unsafe { sigwait(&begin, &mut signal) };
}
