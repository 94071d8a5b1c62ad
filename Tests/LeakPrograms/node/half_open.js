// A server with allowHalfOpen that does not end its half when the client has ended: CLOSE_WAIT.
'use strict';
const net = require('net');
const { Truth, address } = require('./truth');

const truth = new Truth('allowHalfOpen without end()');
const kept = [];
net.createServer({ allowHalfOpen: true }, (socket) => {
  kept.push(socket);
  truth.leaked();
  socket.on('error', () => {});
  socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
}).listen(address(process.argv[2]));
