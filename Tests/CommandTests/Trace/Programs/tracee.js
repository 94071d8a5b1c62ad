// Opens sockets in several ways, and says which function asked for which.
'use strict';
const http = require('node:http');
const net = require('node:net');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const port = Number(isMainThread ? process.argv[2] : workerData);
const kept = [];
const truth = [];

function keep(site, thing, local) {
    kept.push(thing);
    truth.push(`${site} ${local}`);
}

function leakConnect(done) {
    const socket = net.connect(port, '127.0.0.1', () => {
        keep('leakConnect', socket, socket.localPort);
        done();
    });
}

function leakByName(done) {
    const socket = net.connect({ host: 'localhost', port, family: 4 }, () => {
        keep('leakByName', socket, socket.localPort);
        done();
    });
}

function leakBody(done) {
    http.get({ host: '127.0.0.1', port, path: '/endless', agent: false }, response => {
        response.pause();
        keep('leakBody', response, response.socket.localPort);
        done();
    });
}

class Pool {
    leakAgent(done) {
        const agent = new http.Agent({ keepAlive: true });
        http.get({ host: '127.0.0.1', port, agent }, response => {
            const local = response.socket.localPort;
            response.resume();
            response.on('end', () => {
                keep('leakAgent', agent, local);
                done();
            });
        });
    }
}

async function leakFetch(done) {
    const response = await fetch(`http://127.0.0.1:${port}/endless`);
    keep('leakFetch', response, response.headers.get('x-port'));
    done();
}

// The one way here whose socket is opened before the function returns.
function leakListener(done) {
    const server = net.createServer().listen(0, () => {
        keep('leakListener', server, server.address().port);
        done();
    });
}

function leakInWorker(done) {
    const socket = net.connect(port, '127.0.0.1', () => {
        keep('leakInWorker', socket, socket.localPort);
        done();
    });
}

const shared = new http.Agent({ keepAlive: true, maxSockets: 1 });
shared.on('free', socket => {
    if (kept.includes(socket)) return;
    keep('healthy', socket, socket.localPort);
});
function healthy(done) {
    http.get({ host: '127.0.0.1', port, agent: shared }, response => {
        response.resume();
        response.on('end', done);
    });
}

function churn(done) {
    const socket = net.connect(port, '127.0.0.1', () => socket.destroy());
    socket.on('close', () => done());
}

// Three layers between who starts it and who asks.
function layer1(ask, done) { layer2(ask, done); }
function layer2(ask, done) { layer3(ask, done); }
function layer3(ask, done) { ask(done); }

async function loop(times, pause, ask) {
    for (let round = 0; round < times; round++) {
        await new Promise(done => layer1(ask, done));
        await new Promise(done => setTimeout(done, pause));
    }
}

async function main() {
    const worker = new Worker(__filename, { workerData: port });
    const lines = new Promise(done => worker.on('message', done));
    const pool = new Pool();
    const leaks = [leakConnect, leakByName, leakBody, done => pool.leakAgent(done), leakFetch,
        leakListener];
    await Promise.all([...leaks.map(ask => loop(40, 10, ask)), loop(200, 2, churn),
        loop(400, 1, healthy)]);
    console.log([...truth, ...await lines, 'done'].join('\n'));
}

if (isMainThread) {
    let begun = false;
    process.on('SIGUSR1', () => {
        if (!begun) main();
        begun = true;
    });
    setInterval(() => {}, 1 << 30);
    console.log('ready');
} else {
    setInterval(() => {}, 1 << 30);
    loop(40, 10, leakInWorker).then(() => parentPort.postMessage(truth));
}
