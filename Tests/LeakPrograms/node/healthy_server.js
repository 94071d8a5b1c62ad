// Healthy: an HTTP server with hundreds of kept connections, each in use every few seconds.
'use strict';
const http = require('http');
const { Truth, address } = require('./truth');

const truth = new Truth(null);
const server = http.createServer((request, answer) => {
  truth.opened();
  answer.end('ok');
});
server.keepAliveTimeout = 60000;
server.listen(address(process.argv[2]));
