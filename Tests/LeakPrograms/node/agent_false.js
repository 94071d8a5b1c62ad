// agent: false on each request: nothing leaks, each request pays a connection.
'use strict';
const http = require('http');
const { Truth, pace } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth('keep-alive is not used: agent: false');
pace(rate, () => {
  truth.opened();
  http.get(`http://${name}/`, { agent: false }, (answer) => {
    answer.resume();
    answer.on('end', () => truth.closed());
  }).on('error', () => {});
});
